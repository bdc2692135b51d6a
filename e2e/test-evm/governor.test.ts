// SPDX-License-Identifier: Apache-2.0
// gOPEN, its governor and the timelock on a development node, through viem: wrap, delegate, propose, vote, queue,
// execute; and the same money seen from the native side.
import assert from 'node:assert/strict';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { u8aConcat, hexToU8a } from '@polkadot/util';
import { BaseError, ContractFunctionRevertedError, decodeErrorResult, encodeFunctionData, getAddress, keccak256, parseEther, parseSignature, toHex, zeroHash, type Address, type Hex } from 'viem';
import { generatePrivateKey, privateKeyToAccount, type PrivateKeyAccount } from 'viem/accounts';
import { Chain } from '../src/chain.js';
import { artifact, deployAll, keep, settings, type Deployment } from '../src/contracts.js';
import { DEV_KEYS, ethClient, type EthClient } from '../src/ethereum.js';
import { scratch } from '../src/processes.js';
import { openNode, type Endpoints } from './node.js';

const SUPPORT = { against: 0, for: 1, abstain: 2 } as const;
const STATES = ['Pending', 'Active', 'Canceled', 'Defeated', 'Succeeded', 'Queued', 'Expired', 'Executed'] as const;

describe('the governor of gOPEN\'s holders', () => {
  let node: Endpoints;
  let chain: Chain;
  let alith: EthClient;
  let baltathar: EthClient;
  let alithKey: PrivateKeyAccount;
  let deployment: Deployment;
  let token: Address;
  let governor: Address;
  let timelock: Address;
  const chosen = settings('development');

  before(async () => {
    node = await openNode();
    chain = await Chain.connect(node.ws);
    alithKey = privateKeyToAccount(DEV_KEYS.alith);
    alith = await ethClient(node.eth, alithKey);
    baltathar = await ethClient(node.eth, privateKeyToAccount(DEV_KEYS.baltathar));
    deployment = await deployAll(alith, chosen);
    ({ GOPEN: token, OpenLedgerGovernor: governor, TimelockController: timelock } = deployment.contracts as Record<string, Address>);
  });
  after(async () => {
    await chain?.disconnect();
    await node?.stop();
  });

  /** Waits until `is` holds: idle blocks move the chain's clock. */
  const until = async (what: string, is: () => Promise<boolean>): Promise<void> => {
    const end = Date.now() + 90_000;
    while (!(await is())) {
      if (Date.now() > end) throw new Error(`${what} did not come`);
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  };
  const stateOf = async (id: bigint): Promise<string> => STATES[await alith.read<number>('OpenLedgerGovernor', governor, 'state', [id])]!;
  const native = (address: Address): { address: string } => ({
    address: chain.keyring.encodeAddress(u8aConcat(hexToU8a(address), new Uint8Array(12).fill(0xee))),
  });

  interface Proposal { targets: Address[]; values: bigint[]; calldatas: Hex[]; description: string }
  const propose = async (by: EthClient, proposal: Proposal): Promise<bigint> => {
    const { targets, values, calldatas, description } = proposal;
    await by.write('OpenLedgerGovernor', governor, 'propose', [targets, values, calldatas, description]);
    return by.read<bigint>('OpenLedgerGovernor', governor, 'hashProposal', [targets, values, calldatas, keccak256(toHex(description))]);
  };
  const step = (by: EthClient, name: 'queue' | 'execute' | 'cancel', { targets, values, calldatas, description }: Proposal) =>
    by.write('OpenLedgerGovernor', governor, name, [targets, values, calldatas, keccak256(toHex(description))]);
  const call = (target: Address, contract: string, functionName: string, args: unknown[], value = 0n, description = functionName): Proposal => ({
    targets: [target], values: [value], description,
    calldatas: [encodeFunctionData({ abi: artifact(contract).abi, functionName, args })],
  });
  /** The contract's own name for why a call failed. */
  const refused = async (promise: Promise<unknown>, name: string): Promise<void> => {
    await assert.rejects(promise, (error: unknown) => {
      const reverted = error instanceof BaseError ? error.walk((cause) => cause instanceof ContractFunctionRevertedError) : null;
      assert.ok(reverted instanceof ContractFunctionRevertedError, `not a revert: ${String(error)}`);
      // the governor passes the timelock's own errors on
      const foreign = reverted.data || !reverted.raw ? undefined : decodeErrorResult({ abi: artifact('TimelockController').abi, data: reverted.raw });
      assert.equal(reverted.data?.errorName ?? foreign?.errorName, name);
      return true;
    });
  };

  test('the deployment leaves the timelock to the governor alone, and is written to a file', async () => {
    const role = (name: string): Promise<Hex> => alith.read('TimelockController', timelock, name);
    const has = async (name: string, who: Address): Promise<boolean> => alith.read('TimelockController', timelock, 'hasRole', [await role(name), who]);
    assert.equal(await has('DEFAULT_ADMIN_ROLE', deployment.deployer), false);
    assert.equal(await has('PROPOSER_ROLE', governor), true);
    assert.equal(await has('PROPOSER_ROLE', deployment.deployer), false);
    assert.equal(await alith.read<bigint>('OpenLedgerGovernor', governor, 'votingPeriod'), BigInt(chosen.governor.votingPeriod));
    const folder = scratch('deployment');
    const written = JSON.parse(readFileSync(keep(deployment, join(folder, 'contracts.json')), 'utf8')) as Deployment;
    rmSync(folder, { recursive: true });
    assert.deepEqual(written, deployment);
    for (const address of Object.values(written.contracts)) assert.ok(await alith.reader.getCode({ address }));
  });

  test('wrapped OPEN is the native balance of the contract\'s account, one to one', async () => {
    await alith.write('GOPEN', token, 'deposit', [], parseEther('600'));
    await baltathar.write('GOPEN', token, 'deposit', [], parseEther('300'));
    const supply = await alith.read<bigint>('GOPEN', token, 'totalSupply');
    assert.equal(supply, parseEther('900'));
    assert.equal(await alith.reader.getBalance({ address: token }), supply);
    const existential = chain.api.consts.balances.existentialDeposit as unknown as { toBigInt(): bigint };
    assert.equal(await chain.free(native(token)), supply + existential.toBigInt());
  });

  test('OPEN comes back to the wei, also for an account that does not exist yet', async () => {
    const fresh = privateKeyToAccount(generatePrivateKey()).address;
    await alith.write('GOPEN', token, 'withdrawTo', [fresh, 12_345n]);
    assert.equal(await alith.reader.getBalance({ address: fresh }), 12_345n);
    await alith.write('GOPEN', token, 'deposit', [], 12_345n);
    await refused(alith.write('GOPEN', token, 'withdraw', [parseEther('601')]), 'ERC20InsufficientBalance');
    await refused(alith.write('GOPEN', token, 'deposit', [], 0n), 'ZeroAmount');
  });

  test('a wallet\'s signed permit allows, once', async () => {
    const spender = baltathar.account.address;
    const deadline = BigInt(Math.floor(Date.now() / 1000) + 3600);
    const signature = await alithKey.signTypedData({
      domain: { name: 'Governance OPEN', version: '1', chainId: deployment.chainId, verifyingContract: token },
      types: { Permit: [
        { name: 'owner', type: 'address' }, { name: 'spender', type: 'address' }, { name: 'value', type: 'uint256' },
        { name: 'nonce', type: 'uint256' }, { name: 'deadline', type: 'uint256' },
      ] },
      primaryType: 'Permit',
      message: { owner: alithKey.address, spender, value: 5n, nonce: 0n, deadline },
    });
    const { r, s, v } = parseSignature(signature);
    const permit = [alithKey.address, spender, 5n, deadline, Number(v), r, s];
    await baltathar.write('GOPEN', token, 'permit', permit);
    assert.equal(await alith.read<bigint>('GOPEN', token, 'allowance', [alithKey.address, spender]), 5n);
    await refused(baltathar.write('GOPEN', token, 'permit', permit), 'ERC2612InvalidSigner');
  });

  test('wrap, delegate, propose, vote, queue, execute: the parameter has changed and the money has moved', async () => {
    await alith.write('GOPEN', token, 'delegate', [alith.account.address]);
    await baltathar.write('GOPEN', token, 'delegate', [baltathar.account.address]);
    await until('the delegation', async () => (await alith.read<bigint>('GOPEN', token, 'getVotes', [alith.account.address])) === parseEther('600'));
    await alith.receipt(await alith.writer.sendTransaction({ to: timelock, value: parseEther('7') }));
    const payee = privateKeyToAccount(generatePrivateKey()).address;
    const floor = call(governor, 'OpenLedgerGovernor', 'setQuorumFloor', [parseEther('250')]);
    const proposal: Proposal = {
      targets: [governor, payee], values: [0n, parseEther('3')], calldatas: [floor.calldatas[0]!, '0x'],
      description: 'A higher floor, and three OPEN from the treasury',
    };
    // votes of the second before count, so the delegation has to be older
    await until('the next second', async () => {
      const { timestamp } = await alith.reader.getBlock();
      return (await alith.read<bigint>('GOPEN', token, 'getPastVotes', [alith.account.address, timestamp - 1n]).catch(() => 0n)) > 0n;
    });
    const id = await propose(alith, proposal);
    assert.equal(await stateOf(id), 'Pending');
    await refused(alith.write('OpenLedgerGovernor', governor, 'castVote', [id, SUPPORT.for]), 'GovernorUnexpectedProposalState');
    await until('the vote', async () => (await stateOf(id)) === 'Active');
    await alith.write('OpenLedgerGovernor', governor, 'castVote', [id, SUPPORT.for]);
    await baltathar.write('OpenLedgerGovernor', governor, 'castVote', [id, SUPPORT.against]);
    await refused(alith.write('OpenLedgerGovernor', governor, 'castVote', [id, SUPPORT.for]), 'GovernorAlreadyCastVote');
    await until('the end of the vote', async () => (await stateOf(id)) === 'Succeeded');
    await step(baltathar, 'queue', proposal);
    assert.equal(await stateOf(id), 'Queued');
    await refused(step(alith, 'execute', proposal), 'TimelockUnexpectedOperationState');
    const eta = await alith.read<bigint>('OpenLedgerGovernor', governor, 'proposalEta', [id]);
    await until('the timelock\'s delay', async () => (await alith.reader.getBlock()).timestamp >= eta);
    await step(baltathar, 'execute', proposal);
    assert.equal(await stateOf(id), 'Executed');
    assert.equal(await alith.read<bigint>('OpenLedgerGovernor', governor, 'quorumFloor'), parseEther('250'));
    assert.equal(await alith.reader.getBalance({ address: payee }), parseEther('3'));
    assert.equal(await alith.reader.getBalance({ address: timelock }), parseEther('4'));
    const [executed] = await alith.reader.getContractEvents({
      address: governor, abi: artifact('OpenLedgerGovernor').abi, eventName: 'ProposalExecuted', fromBlock: 'earliest',
    });
    assert.equal((executed as unknown as { args: { proposalId: bigint } }).args.proposalId, id);
  });

  test('what is voted down is not carried out, and what is taken back is not voted on', async () => {
    const defeated = call(governor, 'OpenLedgerGovernor', 'setQuorumFloor', [0n], 0n, 'No floor');
    const withdrawn = call(governor, 'OpenLedgerGovernor', 'setVotingDelay', [0], 0n, 'No delay');
    const [down, back] = [await propose(baltathar, defeated), await propose(alith, withdrawn)];
    await step(alith, 'cancel', withdrawn);
    assert.equal(await stateOf(back), 'Canceled');
    await until('the vote', async () => (await stateOf(down)) === 'Active');
    await alith.write('OpenLedgerGovernor', governor, 'castVote', [down, SUPPORT.against]);
    await until('the end of the vote', async () => (await stateOf(down)) === 'Defeated');
    await refused(step(baltathar, 'queue', defeated), 'GovernorUnexpectedProposalState');
  });

  test('nobody acts for the governor or the timelock', async () => {
    await refused(alith.write('OpenLedgerGovernor', governor, 'setQuorumFloor', [1n]), 'GovernorOnlyExecutor');
    await refused(
      alith.write('TimelockController', timelock, 'schedule', [governor, 0n, '0x', zeroHash, zeroHash, 10n]),
      'AccessControlUnauthorizedAccount',
    );
    const poor = await ethClient(node.eth, privateKeyToAccount(generatePrivateKey()));
    await refused(
      propose(poor, call(governor, 'OpenLedgerGovernor', 'setQuorumFloor', [0n], 0n, 'By nobody')),
      'GovernorInsufficientProposerVotes',
    );
  });

  test('a native transfer to the token wraps nothing and backs what is there', async () => {
    const supply = await alith.read<bigint>('GOPEN', token, 'totalSupply');
    const alice = chain.account('//Alice');
    await chain.send(alice, chain.api.tx.balances.transferKeepAlive(native(token).address, parseEther('1')));
    assert.equal(await alith.read<bigint>('GOPEN', token, 'totalSupply'), supply);
    assert.equal(await alith.reader.getBalance({ address: getAddress(token) }), supply + parseEther('1'));
  });
});
