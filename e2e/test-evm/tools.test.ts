// SPDX-License-Identifier: Apache-2.0
// The tools that Ethereum developers have, with their own defaults, on a development node: ethers and Foundry.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, describe, test } from 'node:test';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Contract, ContractFactory, JsonRpcProvider, NonceManager, parseEther, toQuantity, Wallet, type EventLog } from 'ethers';
import { artifact } from '../src/contracts.js';
import { DEV_KEYS } from '../src/ethereum.js';
import { openNode, type Endpoints } from './node.js';
import { repository } from '../src/tools.js';

const run = promisify(execFile);

describe('Ethereum developers\' tools', () => {
  let node: Endpoints;
  let provider: JsonRpcProvider;
  let signer: Wallet;
  let token: string;
  const gopen = artifact('GOPEN');

  before(async () => {
    node = await openNode();
    provider = new JsonRpcProvider(node.eth, undefined, { pollingInterval: 200, cacheTimeout: -1 });
    signer = new Wallet(DEV_KEYS.alith, provider);
  });
  after(async () => {
    provider?.destroy();
    await node?.stop();
  });
  const at = (address: string): Contract => new Contract(address, gopen.abi as never, signer);

  test('ethers deploys, sends, reads events and decodes errors', async () => {
    const deployed = await new ContractFactory(gopen.abi as never, gopen.bytecode, signer).deploy();
    await deployed.waitForDeployment();
    token = await deployed.getAddress();
    const contract = at(token);
    await (await contract.getFunction('deposit')({ value: parseEther('2') })).wait();
    assert.equal(await contract.getFunction('balanceOf')(signer.address), parseEther('2'));
    const [event] = (await contract.queryFilter('Deposit', 0)) as EventLog[];
    assert.equal(event!.args.getValue('amount'), parseEther('2'));
    await assert.rejects(contract.getFunction('withdraw').staticCall(parseEther('3')), (error: { revert?: { name: string } }) => {
      assert.equal(error.revert?.name, 'ERC20InsufficientBalance');
      return true;
    });
    // the gas estimate of a transaction carries the same data, which ethers leaves to the caller to decode
    await assert.rejects(contract.getFunction('withdraw')(parseEther('3')), (error: { data?: string }) => {
      assert.equal(contract.interface.parseError(error.data ?? '0x')?.name, 'ERC20InsufficientBalance');
      return true;
    });
  });

  test('ethers sends many transactions at once', async () => {
    const contract = at(token).connect(new NonceManager(signer)) as Contract;
    const sent = [];
    for (let index = 0; index < 10; index += 1) sent.push(await contract.getFunction('deposit')({ value: 1n }));
    const receipts = await Promise.all(sent.map((response) => response.wait()));
    assert.ok(receipts.every((receipt) => receipt?.status === 1));
    assert.equal(await contract.getFunction('balanceOf')(signer.address), parseEther('2') + 10n);
  });

  test('a wallet sends as MetaMask does on a network that it does not know', async () => {
    const send = (method: string, ...params: unknown[]): Promise<unknown> => provider.send(method, params);
    assert.deepEqual([await send('eth_chainId'), await send('net_version')], ['0x1e60', '7776']);
    const mined = async (transaction: { to: string; value: bigint; data?: string }): Promise<{ gasUsed: bigint; limit: bigint }> => {
      const call = { from: signer.address, to: transaction.to, value: toQuantity(transaction.value), data: transaction.data ?? '0x' };
      await send('eth_getCode', call.to, 'latest');
      const { baseFeePerGas } = (await send('eth_getBlockByNumber', 'latest', false)) as { baseFeePerGas: string };
      const history = (await send('eth_feeHistory', '0x5', 'latest', [10, 20, 30])) as { baseFeePerGas: string[]; reward: string[][] };
      assert.equal(history.baseFeePerGas.at(-1), baseFeePerGas);
      // half as much again as what is estimated, twice the base fee, and a tip of 1.5 gwei although nobody takes tips
      const limit = (BigInt((await send('eth_estimateGas', call)) as string) * 3n) / 2n;
      const maxPriorityFeePerGas = 1_500_000_000n;
      const raw = await signer.signTransaction({
        ...transaction, type: 2, chainId: 7776, gasLimit: limit, maxPriorityFeePerGas,
        maxFeePerGas: 2n * BigInt(baseFeePerGas) + maxPriorityFeePerGas,
        nonce: Number(await send('eth_getTransactionCount', signer.address, 'pending')),
      });
      const hash = (await send('eth_sendRawTransaction', raw)) as string;
      const receipt = await provider.waitForTransaction(hash, 1, 30_000);
      assert.equal(receipt?.status, 1);
      assert.equal(receipt.gasPrice, BigInt(baseFeePerGas), 'the chain\'s price, without the tip');
      assert.equal(((await send('eth_getTransactionByHash', hash)) as { blockHash: string }).blockHash, receipt.blockHash);
      return { gasUsed: receipt.gasUsed, limit };
    };
    const plain = await mined({ to: new Wallet(DEV_KEYS.baltathar).address, value: 1n });
    assert(plain.gasUsed < plain.limit && plain.gasUsed < 100_000n, `${plain.gasUsed}`);
    const deposit = at(token).interface.encodeFunctionData('deposit');
    const called = await mined({ to: token, value: 1n, data: deposit });
    assert(called.gasUsed < called.limit);
    await mined({ to: token, value: 0n, data: at(token).interface.encodeFunctionData('withdraw', [1n]) });
    assert.equal(await at(token).getFunction('balanceOf')(signer.address), parseEther('2') + 10n);
  });

  test('forge creates a contract with nothing but a key and a URL', async () => {
    const contracts = join(repository, 'contracts');
    const arguments_ = ['create', 'src/GOPEN.sol:GOPEN', '--rpc-url', node.eth, '--private-key', DEV_KEYS.alith, '--broadcast'];
    const { stdout } = await run(join(contracts, 'tools', 'forge'), arguments_, { cwd: contracts, maxBuffer: 16 << 20 });
    const created = /Deployed to: (0x[0-9a-fA-F]{40})/.exec(stdout)?.[1];
    assert.equal(await at(created!).getFunction('symbol')(), 'gOPEN');
  });

  test('a forge script broadcasts', async () => {
    const contracts = join(repository, 'contracts');
    const arguments_ = [
      'script', 'script/Wrap.s.sol', '--sig', 'run(address,uint256)', token, '5', '--sender', signer.address,
      '--rpc-url', node.eth, '--private-key', DEV_KEYS.alith, '--broadcast', '--non-interactive',
      // forge would take the gas from its own simulation, which knows no storage deposits
      '--skip-simulation',
    ];
    await run(join(contracts, 'tools', 'forge'), arguments_, { cwd: contracts, maxBuffer: 16 << 20 });
    const contract = at(token);
    assert.equal(await contract.getFunction('balanceOf')(signer.address), parseEther('2') + 15n);
    assert.equal(await contract.getFunction('delegates')(signer.address), signer.address);
  });
});
