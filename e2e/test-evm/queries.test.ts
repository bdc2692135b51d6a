// SPDX-License-Identifier: Apache-2.0
// What wallets, debuggers and indexers ask of a chain's state: tags of blocks, calls on changed state, fees of the past,
// traces, and what is still there after a restart.
import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { encodeFunctionData, parseEther, type Abi, type Address, type Hex, type TransactionReceipt } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { artifact } from '../src/contracts.js';
import { DEV_KEYS, ethClient, type EthClient } from '../src/ethereum.js';
import { DevNode, rpc, RpcError, scratch } from '../src/processes.js';

const gopen = artifact('GOPEN');
const abi = gopen.abi as Abi;
const SOMEWHERE: Address = '0x00000000000000000000000000000000000000aa';
const UNKNOWN: Hex = `0x${'77'.repeat(32)}`;
const TAGS = ['latest', 'pending', 'safe', 'finalized'] as const;

interface Call { type: string; from: Address; to: Address; gasUsed: Hex; input: Hex; output?: Hex; error?: string; revertReason?: string; logs?: unknown[] }

describe('what is asked of the state', () => {
  const basePath = scratch('queries');
  let node: DevNode;
  let client: EthClient;
  let token: Address;
  let deposit: TransactionReceipt;

  const eth = <T = unknown>(method: string, ...params: unknown[]): Promise<T> => rpc<T>(node.eth, method, params);
  const refusal = async (call: Promise<unknown>): Promise<string> => {
    const error = await call.then((value) => assert.fail(`answered ${JSON.stringify(value)}`), (error: unknown) => error);
    assert.ok(error instanceof RpcError, String(error));
    return `${error.code} ${error.data === undefined ? error.message : String(error.data)}`;
  };
  const hex = (value: bigint | number): Hex => `0x${value.toString(16)}`;
  const start = async (): Promise<DevNode> =>
    DevNode.start({ basePath, ...(node && { rpcPort: node.rpcPort, ethPort: node.ethPort }) });

  before(async () => {
    node = await start();
    client = await ethClient(node.eth, privateKeyToAccount(DEV_KEYS.alith));
    const deployed = await client.receipt(await client.writer.deployContract({ abi, bytecode: gopen.bytecode, args: [] }));
    token = deployed.contractAddress!;
    deposit = await client.write('GOPEN', token, 'deposit', [], 100n);
  });
  after(async () => {
    await node?.stop();
    rmSync(basePath, { recursive: true, force: true });
  });

  test('every tag names a block, and state is read at it', async () => {
    const at = deposit.blockNumber;
    const earliest = await eth<{ number: Hex; hash: Hex }>('eth_getBlockByNumber', 'earliest', false);
    assert.equal(earliest.number, '0x0');
    for (const tag of TAGS) {
      const block = await eth<{ number: Hex }>('eth_getBlockByNumber', tag, false);
      assert.ok(BigInt(block.number) >= at, tag);
      assert.equal(BigInt(await eth<Hex>('eth_getTransactionCount', client.account.address, tag)), 2n, tag);
      assert.notEqual(await eth('eth_getCode', token, tag), '0x', tag);
    }
    assert.equal(await eth('eth_getTransactionCount', client.account.address, 'earliest'), '0x0');
    assert.equal(await eth('eth_getCode', token, 'earliest'), '0x');
    const data = encodeFunctionData({ abi, functionName: 'totalSupply' });
    const supply = (block: unknown): Promise<Hex> => eth<Hex>('eth_call', { to: token, data }, block);
    assert.equal(BigInt(await supply(hex(at - 1n))), 0n);
    // by number, by hash, and as EIP-1898 says
    for (const block of [hex(at), deposit.blockHash, { blockHash: deposit.blockHash }, { blockNumber: hex(at) }])
      assert.equal(BigInt(await supply(block)), 100n, JSON.stringify(block));
    const byHash = await eth<{ number: Hex; transactions: Hex[] }>('eth_getBlockByHash', deposit.blockHash, false);
    assert.deepEqual([BigInt(byHash.number), byHash.transactions], [at, [deposit.transactionHash]]);
    assert.equal((await eth<unknown[]>('eth_getBlockReceipts', hex(at))).length, 1);

    assert.equal(await eth('eth_getBlockByNumber', '0xffffff', false), null);
    assert.equal(await eth('eth_getBlockByHash', UNKNOWN, false), null);
    assert.equal(await eth('eth_getTransactionReceipt', UNKNOWN), null);
    assert.equal(await refusal(eth('eth_getBlockByNumber', 'nonsense', false)), '-32602 InvalidParams');
    assert.equal(await refusal(eth('eth_getBalance', token, 'nonsense')), '-32602 InvalidParams');
    assert.equal(await refusal(eth('eth_getBalance', '0x12', 'latest')), '-32602 InvalidParams');
    assert.equal(await refusal(eth('eth_getBalance', token, UNKNOWN)), '-32000 UnknownBlock');
  });

  test('a call sees the state that it overrides, and nothing stays', async () => {
    const call = (override: object): Promise<Hex> => eth<Hex>('eth_call', { to: SOMEWHERE, data: '0x' }, 'latest', { [SOMEWHERE]: override });
    assert.equal(BigInt(await call({ code: '0x602a5f5260205ff3' })), 42n, 'code');
    assert.equal(BigInt(await call({ code: '0x475f5260205ff3', balance: '0x1234' })), 0x1234n, 'balance');
    const slot = `0x${'00'.repeat(32)}`;
    const seven = `0x${'00'.repeat(31)}07`;
    const load = '0x5f545f5260205ff3';
    assert.equal(BigInt(await call({ code: load, stateDiff: { [slot]: seven } })), 7n, 'stateDiff');
    assert.equal(BigInt(await call({ code: load, state: { [slot]: seven } })), 7n, 'state');
    assert.equal(await eth('eth_getCode', SOMEWHERE, 'latest'), '0x');
    // all of a contract's state
    const data = encodeFunctionData({ abi, functionName: 'totalSupply' });
    const emptied = await eth<Hex>('eth_call', { to: token, data }, 'latest', { [token]: { state: {} } });
    assert.equal(BigInt(emptied), 0n);
    assert.equal(BigInt(await eth<Hex>('eth_call', { to: token, data }, 'latest')), 100n);
    // whoever has nothing can be given something for a call
    const poor: Address = '0x00000000000000000000000000000000000000bb';
    const give = { from: poor, to: token, data: encodeFunctionData({ abi, functionName: 'deposit' }), value: hex(parseEther('1')) };
    assert.equal(await refusal(eth('eth_call', give, 'latest')), '-32000 InsufficientFunds');
    assert.equal(await refusal(eth('eth_call', { to: token, data, gas: '0x1' }, 'latest')), '-32000 IntrinsicGasTooLow');
    assert.equal(await eth('eth_call', give, 'latest', { [poor]: { balance: hex(parseEther('1000')) } }), '0x');
    assert.match(await refusal(eth('eth_call', { to: token, data }, 'latest', { [token]: { balance: 'x' } })), /^-32602/);
    assert.match(await refusal(eth('eth_call', { to: token, data }, 'latest', { '0x12': {} })), /^-32602/);
  });

  test('gas is near Ethereum\'s, and the past says what it cost', async () => {
    const price = BigInt(await eth<Hex>('eth_gasPrice'));
    assert.ok(price >= 1_000_000_000n);
    assert.equal(await eth('eth_maxPriorityFeePerGas'), '0x0');
    const estimate = async (to: Address): Promise<bigint> =>
      BigInt(await eth<Hex>('eth_estimateGas', { from: client.account.address, to, value: '0x1' }));
    const known = await estimate(privateKeyToAccount(DEV_KEYS.baltathar).address);
    assert.ok(known >= 21_000n && known < 100_000n, `a transfer takes ${known} gas`);
    const fresh = await estimate(SOMEWHERE);
    assert.ok(fresh > known && fresh < 300_000n, `a transfer to a new account takes ${fresh} gas`);

    interface History { oldestBlock: Hex; baseFeePerGas: Hex[]; gasUsedRatio: number[]; reward: Hex[][] }
    const head = BigInt(await eth<Hex>('eth_blockNumber'));
    const history = await eth<History>('eth_feeHistory', '0x2', hex(head), [25, 75]);
    assert.equal(BigInt(history.oldestBlock), head - 1n);
    assert.deepEqual([history.baseFeePerGas.length, history.gasUsedRatio.length], [3, 2]);
    assert.ok(history.baseFeePerGas.every((fee) => BigInt(fee) >= 1_000_000_000n));
    // there are no tips
    assert.deepEqual(history.reward, [['0x0', '0x0'], ['0x0', '0x0']]);
    const all = await eth<History>('eth_feeHistory', hex(5_000), 'latest', []);
    assert.ok(all.gasUsedRatio.length <= 1_024);
    assert.deepEqual((await eth<History>('eth_feeHistory', '0x0', 'latest', [])).gasUsedRatio, []);
    assert.ok((await client.reader.estimateFeesPerGas()).maxFeePerGas! >= price, 'viem finds a price');
  });

  test('transactions, calls and blocks are traced by calls and by state', async () => {
    const options = { tracer: 'callTracer', tracerConfig: { withLogs: true } };
    const trace = await eth<Call>('debug_traceTransaction', deposit.transactionHash, options);
    assert.deepEqual([trace.type, trace.from, trace.to], ['CALL', client.account.address.toLowerCase(), token.toLowerCase()]);
    assert.equal(trace.logs?.length, 2);
    const block = await eth<{ txHash: Hex; result: Call }[]>('debug_traceBlockByNumber', hex(deposit.blockNumber), options);
    assert.deepEqual(block.map(({ txHash, result }) => [txHash, result.type]), [[deposit.transactionHash, 'CALL']]);
    assert.deepEqual(await eth('debug_traceBlockByHash', deposit.blockHash, options), block);

    const withdraw = { from: client.account.address, to: token, data: encodeFunctionData({ abi, functionName: 'withdraw', args: [parseEther('9')] }) };
    const failed = await eth<Call>('debug_traceCall', withdraw, 'latest', { tracer: 'callTracer' });
    assert.ok(failed.error, 'a revert is in the trace');

    const before = await eth<Record<Address, { code?: Hex }>>('debug_traceTransaction', deposit.transactionHash, { tracer: 'prestateTracer' });
    assert.ok(before[token.toLowerCase() as Address]?.code);
    const changed = await eth<{ pre: object; post: object }>('debug_traceTransaction', deposit.transactionHash, { tracer: 'prestateTracer', tracerConfig: { diffMode: true } });
    assert.ok(token.toLowerCase() in changed.pre && token.toLowerCase() in changed.post);

    const nothing = '-32000 TraceNotFound';
    assert.equal(await refusal(eth('debug_traceTransaction', UNKNOWN, options)), nothing);
    // neither opcodes, which are what is meant when no tracer is named, nor other tracers
    for (const other of [undefined, {}, { tracer: '4byteTracer' }])
      assert.equal(await refusal(eth('debug_traceTransaction', deposit.transactionHash, ...(other ? [other] : []))), nothing);
  });

  test('what is not there says so', async () => {
    const methods = [
      'eth_getProof', 'eth_createAccessList', 'eth_blobBaseFee', 'eth_simulateV1', 'eth_sign', 'eth_signTransaction',
      'trace_block', 'debug_storageRangeAt', 'debug_getRawBlock', 'eth_mining', 'eth_hashrate', 'eth_getWork', 'eth_coinbase',
      'eth_protocolVersion', 'personal_listAccounts',
    ];
    for (const method of methods) assert.equal(await refusal(eth(method)), '-32601 Method not found', method);
    assert.equal(await eth('eth_syncing'), false);
  });

  test('receipts, blocks and traces outlive a restart', async () => {
    const ask = (): Promise<unknown[]> => Promise.all([
      eth('eth_getTransactionReceipt', deposit.transactionHash),
      eth('eth_getTransactionByHash', deposit.transactionHash),
      eth('eth_getBlockByHash', deposit.blockHash, true),
      eth('eth_getBlockReceipts', deposit.blockHash),
      eth('eth_getLogs', { address: token, blockHash: deposit.blockHash }),
      eth('debug_traceTransaction', deposit.transactionHash, { tracer: 'callTracer' }),
    ]);
    const before = await ask();
    assert.ok(before.every(Boolean));
    await node.process.stop();
    node = await start();
    for (const end = Date.now() + 30_000; (await eth('eth_getTransactionReceipt', deposit.transactionHash).catch(() => null)) === null; ) {
      assert.ok(Date.now() < end, 'the receipt is gone');
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    assert.deepEqual(await ask(), before);
  });
});
