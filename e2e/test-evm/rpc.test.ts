// SPDX-License-Identifier: Apache-2.0
// The Ethereum JSON-RPC of a node, as wallets and indexers use it: filters, subscriptions, the transaction pool, and
// what becomes of input that is wrong. The chain makes a block when a test says so.
import assert from 'node:assert/strict';
import { readFileSync, rmSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { JsonRpcProvider, Wallet, WebSocketProvider } from 'ethers';
import {
  createPublicClient, createTestClient, encodeFunctionData, http, pad, parseEther, parseGwei, toEventSelector, webSocket,
  type Abi, type Address, type Hex,
} from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { artifact } from '../src/contracts.js';
import { DEV_KEYS } from '../src/ethereum.js';
import { answers, children, DevNode, rpc, RpcError, scratch, within } from '../src/processes.js';

const CHAIN = 7776;
const INFERENCE: Address = '0x0000000000000000000000000000000008030000';
const alith = privateKeyToAccount(DEV_KEYS.alith);
const baltathar = privateKeyToAccount(DEV_KEYS.baltathar);
const gopen = artifact('GOPEN');
const abi = gopen.abi as Abi;

interface Log { address: Hex; blockNumber: Hex; logIndex: Hex; transactionHash: Hex; removed: boolean }
interface Pool { pending: Record<string, Record<string, { hash: Hex }>>; queued: Record<string, Record<string, { hash: Hex }>> }

describe('Ethereum JSON-RPC', () => {
  const basePath = scratch('rpc');
  let node: DevNode;
  let token: Address;

  const eth = <T = unknown>(method: string, ...params: unknown[]): Promise<T> => rpc<T>(node.eth, method, params);
  const seal = async (): Promise<void> => {
    const before = await eth<Hex>('eth_blockNumber');
    await rpc(`http://127.0.0.1:${node.rpcPort}`, 'engine_createBlock', [true, true, null]);
    await until(async () => (await eth<Hex>('eth_blockNumber')) !== before);
  };
  const until = async (condition: () => Promise<boolean>): Promise<void> => {
    for (const end = Date.now() + 30_000; !(await condition()); ) {
      assert.ok(Date.now() < end, 'waited for half a minute');
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  const nonce = async (of: Address, at = 'pending'): Promise<number> => Number(await eth<Hex>('eth_getTransactionCount', of, at));
  const send = async (change: object = {}, from = alith): Promise<Hex> => {
    const transaction = {
      type: 'eip1559', chainId: CHAIN, to: baltathar.address, value: 1n, gas: 1_000_000n, maxFeePerGas: parseGwei('2'),
      maxPriorityFeePerGas: 0n, nonce: await nonce(from.address), ...change,
    };
    return eth<Hex>('eth_sendRawTransaction', await from.signTransaction(transaction as never));
  };
  const deposit = (value = 1n, gas = 100_000_000n): Promise<Hex> =>
    send({ to: token, value, gas, data: encodeFunctionData({ abi, functionName: 'deposit' }) });
  /** The name and code of the error that a call ends with. */
  const refusal = async (call: Promise<unknown>): Promise<string> => {
    const error = await call.then((value) => assert.fail(`answered ${JSON.stringify(value)}`), (error: unknown) => error);
    assert.ok(error instanceof RpcError, String(error));
    return `${error.code} ${String(error.data)}`;
  };
  const start = async (): Promise<DevNode> =>
    DevNode.start({ sealing: 'manual', basePath, ...(node && { rpcPort: node.rpcPort, ethPort: node.ethPort }) });

  before(async () => {
    node = await start();
    const from = { from: alith.address, data: gopen.bytecode };
    const gas = BigInt(await eth<Hex>('eth_estimateGas', from));
    const hash = await send({ to: undefined, value: 0n, gas, data: gopen.bytecode });
    await seal();
    const receipt = await eth<{ status: Hex; contractAddress: Address }>('eth_getTransactionReceipt', hash);
    assert.equal(receipt.status, '0x1');
    token = receipt.contractAddress;
  });
  after(async () => {
    await node?.stop();
    rmSync(basePath, { recursive: true, force: true });
  });

  test('every method of the server behind it is there, and says who answers', async () => {
    const servers = children(node.process.pid).map((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8'));
    const inner = servers.map((line) => /listen-addr=([0-9.:]+)/.exec(line)?.[1]).find(Boolean);
    const methods = async (url: string): Promise<string[]> => (await rpc<{ methods: string[] }>(url, 'rpc_methods', [])).methods;
    const [ours, theirs] = await Promise.all([methods(node.eth), methods(`http://${inner}`)]);
    assert.deepEqual(theirs.filter((method) => !ours.includes(method)), []);
    assert.match(await eth<string>('web3_clientVersion'), /^openledger-node\/v/);
    assert.equal(await eth('web3_sha3', '0x68656c6c6f20776f726c64'), '0x47173285a8d7341e5e972fc677286384f802f8ef42a5ec5f03bbfa254cb01fad');
    assert.equal(await eth('net_version'), `${CHAIN}`);
    assert.equal(await eth('net_listening'), true);
    assert.equal(await eth('net_peerCount'), '0x0');
    assert.equal(await eth('eth_getUncleCountByBlockNumber', 'latest'), '0x0');
    assert.equal(await eth('eth_getUncleByBlockNumberAndIndex', 'latest', '0x0'), null);
  });

  test('filters tell what came since they were last asked, once', async () => {
    const blocks = await eth<Hex>('eth_newBlockFilter');
    const all = await eth<Hex>('eth_newFilter', { address: token });
    const none = await eth<Hex>('eth_newFilter', { address: baltathar.address });
    const pending = await eth<Hex>('eth_newPendingTransactionFilter');
    assert.deepEqual(await eth('eth_getFilterChanges', blocks), []);

    const hashes = [await deposit(), await deposit()];
    const waiting: Hex[] = [];
    await until(async () => waiting.push(...(await eth<Hex[]>('eth_getFilterChanges', pending))) >= 2);
    assert.deepEqual(waiting, hashes);
    await seal();
    await seal();
    const latest = await eth<{ hash: Hex }>('eth_getBlockByNumber', 'latest', false);
    const seen = await eth<Hex[]>('eth_getFilterChanges', blocks);
    assert.equal(seen.length, 2);
    assert.equal(seen[1], latest.hash);
    const logs = await eth<Log[]>('eth_getFilterChanges', all);
    assert.deepEqual([...new Set(logs.map((log) => log.transactionHash))], hashes);
    assert.ok(logs.every((log) => !log.removed));
    for (const filter of [blocks, all, none, pending]) assert.deepEqual(await eth('eth_getFilterChanges', filter), []);

    const earlier = await eth<Hex>('eth_newFilter', { address: token, fromBlock: '0x0' });
    assert.deepEqual(await eth('eth_getFilterLogs', earlier), await eth('eth_getLogs', { address: token, fromBlock: '0x0' }));
    assert.equal(await refusal(eth('eth_getFilterLogs', blocks)), '-32000 FilterNotFound');
    for (const filter of [blocks, all, none, pending, earlier]) assert.equal(await eth('eth_uninstallFilter', filter), true);
    assert.equal(await eth('eth_uninstallFilter', blocks), false);
    assert.equal(await refusal(eth('eth_getFilterChanges', blocks)), '-32000 FilterNotFound');
  });

  test('logs are found by range, contract and topic', async () => {
    const hash = await deposit(7n);
    await seal();
    const { blockNumber, blockHash } = await eth<{ blockNumber: Hex; blockHash: Hex }>('eth_getTransactionReceipt', hash);
    const [transfer, deposited] = [toEventSelector('Transfer(address,address,uint256)'), toEventSelector('Deposit(address,address,uint256)')];
    const [nobody, me] = [pad('0x'), pad(alith.address).toLowerCase() as Hex];
    const found = async (topics: unknown[], range: object = { fromBlock: blockNumber, toBlock: blockNumber }): Promise<Hex[]> =>
      (await eth<{ topics: Hex[] }[]>('eth_getLogs', { address: token, topics, ...range })).map((log) => log.topics[0]!);
    for (const [topics, expected] of [
      [[], [transfer, deposited]],
      [[transfer], [transfer]],
      [[[transfer, deposited]], [transfer, deposited]],
      [[null, nobody], [transfer]],
      [[null, null, me], [transfer, deposited]],
      [[[transfer, deposited], me], [deposited]],
      [[transfer, me], []],
      [[nobody], []],
      [[transfer, null, null], [transfer]],
      [[transfer, null, null, null], []],
      [[null, null, null], [transfer, deposited]],
    ] as const) {
      assert.deepEqual(await found([...topics]), expected, JSON.stringify(topics));
      assert.deepEqual(await found([...topics], { blockHash }), expected, JSON.stringify(topics));
    }
    for (const range of [{ fromBlock: 'latest' }, { fromBlock: 'finalized', toBlock: 'pending' }, { fromBlock: 'safe' }, {}])
      assert.deepEqual(await found([transfer], range), [transfer], JSON.stringify(range));
    const before = `0x${(Number(blockNumber) - 1).toString(16)}`;
    assert.deepEqual(await found([transfer], { fromBlock: before, toBlock: before }), []);
    const after = `0x${(Number(blockNumber) + 1).toString(16)}`;
    assert.deepEqual(await found([transfer], { fromBlock: after, toBlock: after }), []);
  });

  test('viem watches events through a filter', async () => {
    const client = createPublicClient({ transport: http(node.eth), pollingInterval: 100 });
    const seen: string[] = [];
    const unwatch = client.watchContractEvent({
      address: token, abi, eventName: 'Deposit', onLogs: (logs) => seen.push(...logs.map((log) => log.transactionHash ?? '')),
    });
    await new Promise((resolve) => setTimeout(resolve, 500));
    const hash = await deposit();
    await seal();
    await until(async () => seen.length > 0);
    unwatch();
    assert.deepEqual(seen, [hash]);
  });

  test('subscriptions see every block, log and transaction of a burst once', async () => {
    const client = createPublicClient({ transport: webSocket(node.eth.replace('http', 'ws')) });
    const { subscribe } = client.transport;
    const told: Record<'newHeads' | 'logs' | 'newPendingTransactions', unknown[]> = { newHeads: [], logs: [], newPendingTransactions: [] };
    const subscriptions = await Promise.all((['newHeads', 'logs', 'newPendingTransactions'] as const).map((name) =>
      subscribe({
        params: (name === 'logs' ? [name, { address: token }] : [name]) as never,
        onData: (data: { result?: unknown }) => void told[name].push(data.result),
        onError: (error: unknown) => assert.fail(String(error)),
      }),
    ));
    const first = Number(await eth<Hex>('eth_blockNumber')) + 1;
    const hashes: Hex[] = [];
    for (let block = 0; block < 12; block += 1) {
      hashes.push(await deposit());
      await rpc(`http://127.0.0.1:${node.rpcPort}`, 'engine_createBlock', [true, true, null]);
    }
    await until(async () => told.newHeads.length >= 12 && told.logs.length >= 24);
    const numbers = (told.newHeads as { number: Hex }[]).map((head) => Number(head.number));
    assert.deepEqual(numbers, Array.from({ length: 12 }, (_, index) => first + index));
    const byQuery = await eth<Log[]>('eth_getLogs', { address: token, fromBlock: `0x${first.toString(16)}` });
    assert.deepEqual(told.logs, byQuery);
    assert.deepEqual(told.newPendingTransactions, hashes);
    await Promise.all(subscriptions.map((subscription) => subscription.unsubscribe()));

    const ethers = new WebSocketProvider(node.eth.replace('http', 'ws'));
    const block = new Promise<number>((resolve) => void ethers.once('block', resolve));
    await ethers.getNetwork();
    await new Promise((resolve) => setTimeout(resolve, 500));
    await seal();
    assert.equal(await within(20_000, 'a block over ethers', block), first + 12);
    await ethers.send('eth_chainId', []); // after the answer to its own unsubscribing
    await ethers.destroy();
  });

  test('the pool shows what waits, what is queued behind a gap, and the next nonce', async () => {
    const client = createTestClient({ mode: 'anvil', transport: http(node.eth) });
    const next = await nonce(alith.address);
    const [ready, queued] = [await send({ nonce: next }), await send({ nonce: next + 2 })];
    assert.deepEqual(await client.getTxpoolStatus(), { pending: 1, queued: 1 });
    assert.equal(await nonce(alith.address), next + 1);
    assert.equal(await nonce(alith.address, 'latest'), next);
    const content = await eth<Pool>('txpool_content');
    assert.equal(content.pending[alith.address]![next]!.hash, ready);
    assert.equal(content.queued[alith.address]![next + 2]!.hash, queued);
    const inspected = await eth<{ pending: Record<string, Record<string, string>> }>('txpool_inspect');
    assert.match(inspected.pending[alith.address]![next]!, /: 1 wei \+ 1000000 gas × 2000000000 wei$/);
    const waiting = await eth<{ blockHash: null; from: Hex }>('eth_getTransactionByHash', queued);
    assert.equal(waiting.blockHash, null);
    assert.equal(waiting.from, alith.address.toLowerCase());

    assert.equal(await refusal(send({ nonce: next + 2, value: 2n })), '-32000 ReplacementUnderpriced');
    assert.equal(await refusal(send({ nonce: next + 2 })), '-32000 AlreadyKnown');
    const raced = await Promise.allSettled([2n, 3n].map((value) => send({ nonce: next + 4, value })));
    assert.deepEqual(raced.map(({ status }) => status).sort(), ['fulfilled', 'rejected'], 'one of two at a time');
    const last = await send({ nonce: next + 3 });

    const between = await send({ nonce: next + 1 });
    await until(async () => (await client.getTxpoolStatus()).pending === 5);
    await seal();
    for (const hash of [ready, between, queued, last])
      assert.equal((await eth<{ status: Hex }>('eth_getTransactionReceipt', hash)).status, '0x1');
    assert.deepEqual(await client.getTxpoolStatus(), { pending: 0, queued: 0 });
  });

  test('transactions that cannot be are refused by name', async () => {
    const next = await nonce(alith.address);
    const expected: [object, string][] = [
      [{ chainId: 1 }, '-32000 WrongChainId'],
      [{ type: 'legacy', chainId: undefined, gasPrice: parseGwei('2'), maxFeePerGas: undefined, maxPriorityFeePerGas: undefined }, '-32000 UnprotectedTransaction'],
      [{ nonce: next - 1 }, '-32000 NonceTooLow'],
      [{ nonce: 2 ** 32 }, '-32000 NonceTooHigh'],
      [{ maxFeePerGas: parseGwei('0.5') }, '-32000 FeeTooLow'],
      [{ value: 2n ** 128n }, '-32000 InsufficientFunds'],
      [{ gas: 2n ** 63n }, '-32000 InsufficientFunds'],
      [{ gas: 1n }, '-32000 IntrinsicGasTooLow'],
      [{ to: '0x6d6f646c70792f70616464720000000000000000', value: 0n, data: '0xffff' }, '-32000 TransactionRefused'],
    ];
    for (const [change, name] of expected) assert.equal(await refusal(send(change)), name, JSON.stringify(Object.keys(change)));
    assert.equal(await refusal(eth('eth_sendRawTransaction', '0xdeadbeef')), '-32000 MalformedTransaction');
    assert.equal(await refusal(eth('eth_sendRawTransaction', 'hello')), '-32602 InvalidParams');

    const first = await send({ nonce: next });
    const replaced = await refusal(send({ nonce: next, value: 2n, maxFeePerGas: parseGwei('50') }));
    assert.equal(replaced, '-32000 ReplacementUnderpriced');
    assert.equal(await refusal(send({ nonce: next })), '-32000 AlreadyKnown');
    await seal();
    assert.equal((await eth<{ status: Hex }>('eth_getTransactionReceipt', first)).status, '0x1');

    const wallet = new Wallet(DEV_KEYS.alith, new JsonRpcProvider(node.eth, CHAIN, { staticNetwork: true }));
    const to = baltathar.address;
    const fixed = { to, gasLimit: 1_000_000n, type: 0, gasPrice: parseGwei('2') };
    await assert.rejects(wallet.sendTransaction({ ...fixed, nonce: next }), { code: 'NONCE_EXPIRED' });
    await assert.rejects(wallet.sendTransaction({ ...fixed, value: 2n ** 100n }), { code: 'INSUFFICIENT_FUNDS' });
    wallet.provider?.destroy();
  });

  test('queries that cannot be answered are refused by name', async () => {
    const logs = (filter: object): Promise<string> => refusal(eth('eth_getLogs', filter));
    assert.equal(await logs({ fromBlock: '0x0', toBlock: '0xf4240' }), '-32005 BlockRangeTooWide');
    assert.equal(await logs({ fromBlock: '0x2', toBlock: '0x1' }), '-32602 InvalidBlockRange');
    assert.equal(await logs({ blockHash: `0x${'77'.repeat(32)}` }), '-32000 UnknownBlock');
    assert.equal(await logs({ topics: ['0x12'] }), '-32602 InvalidParams');
    assert.equal(await refusal(eth('eth_newFilter', { address: 1 })), '-32602 InvalidParams');
    assert.equal(await refusal(eth('eth_getFilterChanges')), '-32602 InvalidParams');
    assert.equal(await refusal(eth('debug_traceBlockByHash', `0x${'77'.repeat(32)}`)), '-32000 UnknownBlock');
    assert.equal(await refusal(eth('eth_getProof', token, [], 'latest')), '-32601 undefined');
  });

  test('calldata that is wrong reverts with a name', async () => {
    const reverts = async (to: Address, data: Hex, value?: Hex): Promise<string> => {
      const error = await eth('eth_call', { from: alith.address, to, data, value }, 'latest').catch((error: RpcError) => error);
      assert.ok(error instanceof RpcError);
      assert.equal(error.code, 3);
      return error.message;
    };
    const inference = artifact('IInference').abi as Abi;
    const request = encodeFunctionData({ abi: inference, functionName: 'request', args: [1n, '0x', 2n ** 128n, 3, 2] });
    assert.match(await reverts(INFERENCE, '0xdeadbeef'), /Precompile\.UnknownFunction/);
    assert.match(await reverts(INFERENCE, request.slice(0, -64) as Hex), /Precompile\.MalformedInput/);
    assert.match(await reverts(INFERENCE, request), /Precompile\.AmountTooLarge/);
    assert.match(await reverts(INFERENCE, request, '0x1'), /Precompile\.NotPayable/);
    assert.match(await reverts(token, '0xdeadbeef'), /execution reverted/);

    // and in a block: it costs its gas and nothing else
    const before = BigInt(await eth<Hex>('eth_getBalance', alith.address, 'latest'));
    const gas = 3_000_000n;
    const hashes = [
      await send({ to: INFERENCE, value: 0n, gas, data: '0xdeadbeef' }),
      await send({ to: INFERENCE, value: 0n, gas, data: request.slice(0, -64) as Hex }),
      await send({ to: INFERENCE, value: parseEther('1'), gas, data: request }),
    ];
    await seal();
    let fees = 0n;
    for (const hash of hashes) {
      const receipt = await eth<{ status: Hex; gasUsed: Hex; effectiveGasPrice: Hex; logs: unknown[] }>('eth_getTransactionReceipt', hash);
      assert.deepEqual([receipt.status, receipt.logs], ['0x0', []]);
      fees += BigInt(receipt.gasUsed) * BigInt(receipt.effectiveGasPrice);
    }
    const paid = before - BigInt(await eth<Hex>('eth_getBalance', alith.address, 'latest'));
    assert.ok(paid <= fees && paid > (fees * 99n) / 100n, `${paid} of ${fees}: the chain does not round to whole gas`);
    assert.equal(await eth('eth_getBalance', INFERENCE, 'latest'), '0x0');
  });

  test('a flood of subscriptions ends at the connection\'s limit, and others go on', async () => {
    const client = createPublicClient({ transport: webSocket(node.eth.replace('http', 'ws')) });
    let told = 0;
    const one = { params: ['newHeads'] as never, onData: () => void (told += 1) };
    const all = await Promise.allSettled(Array.from({ length: 200 }, () => client.transport.subscribe(one)));
    const refused = all.flatMap((one) => (one.status === 'rejected' ? [one.reason as { code: number }] : []));
    assert.equal(all.length - refused.length, 64);
    assert.deepEqual([...new Set(refused.map(({ code }) => code))], [-32006]);
    await seal();
    await until(async () => told >= 64);
    const { reason } = (await Promise.allSettled([client.transport.subscribe({ params: ['syncing'] as never, onData: () => {} })]))[0] as PromiseRejectedResult;
    assert.ok(reason, 'there is no such subscription');
    (await client.transport.getRpcClient()).close();
  });

  test('logs outlive a restart, filters do not, and a server that dies comes back', async () => {
    const before = await eth<Log[]>('eth_getLogs', { address: token, fromBlock: '0x0' });
    assert.ok(before.length >= 28);
    const filter = await eth<Hex>('eth_newBlockFilter');
    await node.process.stop();
    node = await start();
    await until(async () => (await eth<Log[]>('eth_getLogs', { address: token, fromBlock: '0x0' })).length === before.length);
    assert.deepEqual(await eth('eth_getLogs', { address: token, fromBlock: '0x0' }), before);
    assert.equal(await refusal(eth('eth_getFilterChanges', filter)), '-32000 FilterNotFound');

    const blocks = await eth<Hex>('eth_newBlockFilter');
    const server = children(node.process.pid).find((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('ethereum-rpc-child'));
    process.kill(server!, 'SIGKILL');
    await until(async () => eth('eth_chainId').then(() => false, (error: RpcError) => error.data === 'ServerStarting'));
    await rpc(`http://127.0.0.1:${node.rpcPort}`, 'engine_createBlock', [true, true, null]);
    await answers(node.eth, 'eth_chainId', node.process);
    assert.equal((await eth<Hex[]>('eth_getFilterChanges', blocks)).length, 1);
  });

  test('a flood of filters ends at the cap, and the node lives on', async () => {
    const batch = Array.from({ length: 1_000 }, (_, id) => ({ jsonrpc: '2.0', id, method: 'eth_newPendingTransactionFilter', params: [] }));
    const names = new Set<string>();
    for (let round = 0; round < 5; round += 1) {
      const response = await fetch(node.eth, {
        method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(batch),
      });
      const replies = (await response.json()) as { error?: { code: number; data: string } }[];
      for (const { error } of replies) if (error) names.add(`${error.code} ${error.data}`);
    }
    assert.deepEqual([...names], ['-32005 TooManyFilters']);
    const hash = await send({ value: parseEther('1') });
    await seal();
    assert.equal((await eth<{ status: Hex }>('eth_getTransactionReceipt', hash)).status, '0x1');
  });
});
