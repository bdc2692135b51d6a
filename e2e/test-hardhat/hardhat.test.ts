// SPDX-License-Identifier: Apache-2.0
// Hardhat 3 with its own defaults: it signs with the keys of its configuration and fills in gas, price, nonce and chain.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { decodeErrorResult, encodeFunctionData, parseEther, type Abi, type Hex } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { artifact } from '../src/contracts.js';
import { DEV_KEYS } from '../src/ethereum.js';
import { repository } from '../src/tools.js';
import { openNode, type Endpoints } from '../test-evm/node.js';

const gopen = artifact('GOPEN');
const abi = gopen.abi as Abi;
const alith = privateKeyToAccount(DEV_KEYS.alith).address;
/** Hardhat is no package of this folder: it needs a newer Node than everything else does. `make e2e-hardhat` fetches both. */
const HARDHAT: string = 'hardhat/hre';

interface Provider {
  request(call: { method: string; params: unknown[] }): Promise<unknown>;
}

interface Connection {
  provider: Provider;
  close(): Promise<void>;
}

interface Hardhat {
  createHardhatRuntimeEnvironment(config: object, globals: object, root: string): Promise<{ network: { connect(choice: { network: string }): Promise<Connection> } }>;
}

describe('Hardhat 3', () => {
  let node: Endpoints;

  before(async () => {
    node = await openNode();
  });
  after(() => node?.stop());

  const connect = async (change: object = {}): Promise<Connection> => {
    const { createHardhatRuntimeEnvironment } = (await import(HARDHAT)) as Hardhat;
    const network = { type: 'http', url: node.eth, accounts: [DEV_KEYS.alith], ...change };
    const environment = await createHardhatRuntimeEnvironment({ networks: { openledger: network } }, {}, `${repository}/e2e`);
    return environment.network.connect({ network: 'openledger' });
  };
  const mined = async (provider: Provider, hash: unknown): Promise<{ status: Hex; contractAddress: Hex }> => {
    for (const end = Date.now() + 30_000; ; ) {
      const receipt = await provider.request({ method: 'eth_getTransactionReceipt', params: [hash] });
      if (receipt) return receipt as never;
      assert.ok(Date.now() < end, 'it is not in a block');
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };

  test('deploys, sends and reads without a word about gas', async () => {
    const { provider, close } = await connect();
    const send = (transaction: object): Promise<unknown> =>
      provider.request({ method: 'eth_sendTransaction', params: [{ from: alith, ...transaction }] });
    const { status, contractAddress: to } = await mined(provider, await send({ data: gopen.bytecode }));
    assert.equal(status, '0x1');
    const deposit = encodeFunctionData({ abi, functionName: 'deposit' });
    assert.equal((await mined(provider, await send({ to, value: '0x64', data: deposit }))).status, '0x1');
    const data = encodeFunctionData({ abi, functionName: 'balanceOf', args: [alith] });
    assert.equal(BigInt((await provider.request({ method: 'eth_call', params: [{ to, data }, 'latest'] })) as Hex), 100n);

    const tooMuch = encodeFunctionData({ abi, functionName: 'withdraw', args: [parseEther('3')] });
    await assert.rejects(send({ to, data: tooMuch }), (error: { code?: number; data?: Hex | { data: Hex } }) => {
      const raw = typeof error.data === 'object' ? error.data.data : error.data;
      assert.equal(decodeErrorResult({ abi, data: raw! }).errorName, 'ERC20InsufficientBalance');
      return true;
    });
    await close();
  });

  test('refuses the network when it is configured for another chain', async () => {
    const { provider, close } = await connect({ chainId: 1 });
    await assert.rejects(provider.request({ method: 'eth_sendTransaction', params: [{ from: alith, to: alith }] }), /chain/i);
    await close();
  });
});
