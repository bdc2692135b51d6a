// SPDX-License-Identifier: Apache-2.0
// Forge's builds, and how the project's contracts get onto a chain.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { getAddress, getContract, zeroAddress, type Abi, type Address, type Hex } from 'viem';
import type { EthClient } from './ethereum.js';
import { repository } from './tools.js';

export interface Artifact {
  abi: Abi;
  bytecode: Hex;
}

/** What `forge build` made of a contract. */
export function artifact(name: string): Artifact {
  const path = join(repository, 'contracts', 'out', `${name}.sol`, `${name}.json`);
  if (!existsSync(path)) throw new Error(`${name} is not built: run make contracts`);
  const { abi, bytecode } = JSON.parse(readFileSync(path, 'utf8')) as { abi: Abi; bytecode: { object: Hex } };
  return { abi, bytecode: bytecode.object };
}

/** Seconds, hundredths and wei, as `contracts/settings/*.json` has them. Wei are text: they do not fit a number. */
export interface Settings {
  timelockDelay: number;
  governor: {
    votingDelay: number;
    votingPeriod: number;
    proposalThreshold: string;
    quorumPercent: number;
    quorumFloor: string;
  };
  payPerCall?: {
    model: number;
    committee: number;
    threshold: number;
    fee: string;
    payees: { account: string; share: number }[];
  };
}

/** The settings of that name, or those in the file of that path. */
export function settings(name: string): Settings {
  const named = join(repository, 'contracts', 'settings', `${name}.json`);
  return JSON.parse(readFileSync(existsSync(named) ? named : name, 'utf8')) as Settings;
}

export interface Deployment {
  chainId: number;
  deployer: Address;
  /** The block that the last contract went into. */
  block: number;
  contracts: Record<string, Address>;
}

/** Deploys every contract and hands the timelock over to the governor: the deployer keeps no power. */
export async function deployAll(client: EthClient, chosen: Settings): Promise<Deployment> {
  const deployer = client.account.address;
  let block = 0;
  const create = async (name: string, args: unknown[]): Promise<Address> => {
    const { abi, bytecode } = artifact(name);
    const hash = await client.writer.deployContract({ abi, bytecode, args });
    const receipt = await client.receipt(hash);
    if (receipt.status !== 'success' || !receipt.contractAddress) throw new Error(`${name} was not created: ${hash}`);
    block = Number(receipt.blockNumber);
    return getAddress(receipt.contractAddress);
  };

  const GOPEN = await create('GOPEN', []);
  const TimelockController = await create('TimelockController', [BigInt(chosen.timelockDelay), [], [zeroAddress], deployer]);
  const { governor } = chosen;
  const OpenLedgerGovernor = await create('OpenLedgerGovernor', [GOPEN, TimelockController, {
    ...governor,
    proposalThreshold: BigInt(governor.proposalThreshold),
    quorumPercent: BigInt(governor.quorumPercent),
    quorumFloor: BigInt(governor.quorumFloor),
  }]);
  const timelock = getContract({ address: TimelockController, abi: artifact('TimelockController').abi, client: client.reader });
  const role = async (name: string): Promise<Hex> => (await timelock.read[name]!()) as Hex;
  const [admin, proposer, canceller] = await Promise.all(['DEFAULT_ADMIN_ROLE', 'PROPOSER_ROLE', 'CANCELLER_ROLE'].map(role));
  await client.write('TimelockController', TimelockController, 'grantRole', [proposer, OpenLedgerGovernor]);
  await client.write('TimelockController', TimelockController, 'grantRole', [canceller, OpenLedgerGovernor]);
  await client.write('TimelockController', TimelockController, 'renounceRole', [admin, deployer]);
  if (await timelock.read['hasRole']!([admin, deployer])) throw new Error('the deployer is still the timelock\'s admin');

  const contracts: Record<string, Address> = { GOPEN, TimelockController, OpenLedgerGovernor };
  contracts['DatanetSharesFactory'] = await create('DatanetSharesFactory', []);
  if (chosen.payPerCall) {
    const { model, committee, threshold, fee, payees } = chosen.payPerCall;
    contracts['PayPerCall'] = await create('PayPerCall', [
      BigInt(model), committee, threshold, BigInt(fee),
      payees.map(({ account, share }) => ({ account: account === 'deployer' ? deployer : getAddress(account), share: BigInt(share) })),
    ]);
  }
  return { chainId: client.reader.chain.id, deployer, block, contracts };
}

/** Where the addresses on a chain are kept. */
export const deploymentFile = (chainId: number): string => join(repository, 'contracts', 'deployments', `${chainId}.json`);

export function keep(deployment: Deployment, path = deploymentFile(deployment.chainId)): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify(deployment, null, 2)}\n`);
  return path;
}
