// SPDX-License-Identifier: Apache-2.0
// Contracts that ask a model and are called back: a real worker answers, and some contracts misbehave.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { hexToU8a, u8aConcat, u8aToHex } from '@polkadot/util';
import { blake2AsHex } from '@polkadot/util-crypto';
import { decodeErrorResult, encodeFunctionData, parseEther, type Abi, type Address, type Hex } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { OPEN, type Found } from '../src/chain.js';
import { artifact } from '../src/contracts.js';
import { DEV_KEYS, ethClient, type EthClient } from '../src/ethereum.js';
import { ended, explain, type Entry } from '../src/inference.js';
import { decodeOutput, encodeInput, number, bigint } from '../src/story.js';
import { open, serve, train, type Trained, type World } from '../test/world.js';
import { caughtUp } from './node.js';

const INFERENCE: Address = '0x0000000000000000000000000000000008030000';
const GAS = 1_500_000n;
const STORAGE = parseEther('0.1');
const MOODS = ['Calm', 'Reverts', 'BurnsAllGas', 'AsksAgain', 'Reenters'] as const;

/** The id of a report as contracts hear it: BLAKE2b-256 of the SCALE-encoded entries. */
function reportId(report: Entry[]): Hex {
  const little = (value: bigint, bytes: number): Uint8Array =>
    Uint8Array.from({ length: bytes }, (_, index) => Number((BigInt.asUintN(8 * bytes, value) >> BigInt(8 * index)) & 0xffn));
  assert(report.length < 64, 'the length is one byte');
  const entries = report.map(({ datanet, contribution, weight, score }) =>
    u8aConcat(little(BigInt(datanet), 8), little(BigInt(contribution), 8), little(BigInt(weight), 4), little(BigInt(score), 8), [0]));
  return blake2AsHex(u8aConcat([report.length << 2], ...entries), 256);
}

describe('a contract that asks a model', () => {
  let world: World;
  let trained: Trained;
  let client: EthClient;

  before(async () => {
    world = await open();
    trained = await train(world);
    await serve(world, trained.head, ['//Worker/0']);
    client = await ethClient(world.node.eth, privateKeyToAccount(DEV_KEYS.alith));
  });
  after(() => world?.close());

  const input = (digit: number): Hex => u8aToHex(encodeInput(trained.digits[digit]!.pixels));
  const block = async (): Promise<number> => (await world.chain.api.rpc.chain.getHeader()).number.toNumber();
  const deploy = async (name: string, args: unknown[], value = parseEther('20')): Promise<Address> => {
    const { abi, bytecode } = artifact(name);
    const { contractAddress, status } = await client.receipt(await client.writer.deployContract({ abi, bytecode, args }));
    assert.equal(status, 'success');
    const given = await client.receipt(await client.writer.sendTransaction({ to: contractAddress!, value }));
    assert.equal(given.status, 'success');
    return contractAddress!;
  };
  const misbehaver = (mood: (typeof MOODS)[number], value?: bigint): Promise<Address> =>
    deploy('Misbehaver', [MOODS.indexOf(mood)], value);
  /** Asks through a contract; the request, and the block before. */
  const ask = async (contract: Address, model = trained.head, gas = GAS): Promise<{ request: number; from: number }> => {
    const from = await block();
    const mined = await client.write('Misbehaver', contract, 'ask', [BigInt(model), input(0), gas, STORAGE]);
    const asked = mined.logs.find((log) => log.address === INFERENCE)!;
    return { request: Number(BigInt(asked.topics[1]!)), from };
  };
  const told = async (request: number, from: number): Promise<Found> => {
    const found = await world.chain.waitFor('callbacks', ['Delivered', 'Failed'], (data) => number(data.request) === request, 120_000, from);
    await caughtUp(world.chain, client);
    return found;
  };
  const prepaid = async (contract: Address): Promise<bigint> => {
    const holds = await world.chain.api.query.balances.holds(`${contract}${'ee'.repeat(12)}`);
    const list = holds.toJSON() as { id: { callbacks?: string }; amount: string | number }[];
    return list.filter(({ id }) => id.callbacks !== undefined).reduce((sum, { amount }) => sum + BigInt(amount), 0n);
  };

  test('is brought the answer, the report\'s id and what it did not use', async () => {
    const feed = await deploy('AnswerFeed', [BigInt(trained.head), 1, 1, GAS, STORAGE]);
    const from = await block();
    const mined = await client.write('AnswerFeed', feed, 'ask', [input(0)]);
    const request = Number(BigInt(mined.logs.find((log) => log.address === INFERENCE)!.topics[1]!));
    const [end, delivered] = await Promise.all([ended(world, request, from), told(request, from)]);
    assert(end.settled, end.reason);
    assert.equal(delivered.method, 'Delivered', JSON.stringify(delivered.data));
    assert(delivered.block >= end.block);

    const output = await client.read<Hex>('AnswerFeed', feed, 'latest');
    assert.equal(output, u8aToHex(end.output!));
    assert.equal(decodeOutput(hexToU8a(output)).digit, trained.digits[0]!.label);
    const [status, , , report] = await client.read<[number, bigint, Hex, Hex]>('AnswerFeed', feed, 'questions', [BigInt(request)]);
    assert.equal(status, 2);
    assert.equal(report, reportId((await explain(world, request)).report));
    assert.equal(await prepaid(feed), 0n);
    const { fee, returned, gasUsed } = delivered.data;
    assert(bigint(fee) > 0n && bigint(fee) < OPEN / 100n);
    assert(bigint(returned) > 0n);
    console.log(`  a callback that keeps an answer of ${end.output!.length} bytes: ${String(gasUsed)} gas`);
    await assert.rejects(client.write('AnswerFeed', feed, 'refresh', [BigInt(request)]), /NotPending/);
    await assert.rejects(client.read('IInference', INFERENCE, 'callbackOf', [BigInt(request)]), /Callbacks\.NotFound/);
  });

  test('that reverts has its answer paid and settled all the same', async () => {
    const contract = await misbehaver('Reverts');
    const { request, from } = await ask(contract);
    const failed = await told(request, from);
    assert.equal(failed.method, 'Failed');
    const failure = (failed.data.failure as { toJSON(): { reverted?: { data: Hex } } }).toJSON();
    const { errorName, args } = decodeErrorResult({ abi: artifact('Misbehaver').abi as Abi, data: failure.reverted!.data });
    assert.deepEqual([errorName, args], ['Grumpy', [BigInt(request)]]);
    assert((await ended(world, request, from)).settled);
    const { parts } = await explain(world, request);
    assert.equal(parts.reduce((sum, { amount }) => sum + BigInt(amount), 0n) >= trained.price, true);
    assert.equal(await client.read('Misbehaver', contract, 'calls'), 0n);
    assert.equal(await prepaid(contract), 0n);
  });

  test('that burns all gas pays for its limit, and the chain goes on', async () => {
    const contract = await misbehaver('BurnsAllGas');
    const { request, from } = await ask(contract);
    const failed = await told(request, from);
    assert.equal(failed.method, 'Failed');
    const failure = (failed.data.failure as { toJSON(): { trapped?: unknown } }).toJSON();
    assert(failure.trapped !== undefined, JSON.stringify(failure));
    const used = bigint(failed.data.gasUsed);
    assert(used > (GAS * 9n) / 10n && used < GAS + 300_000n, `${used}`);
    assert((await ended(world, request, from)).settled);
    assert.equal(await client.read('Misbehaver', contract, 'calls'), 0n);
    assert.equal(await prepaid(contract), 0n);
  });

  test('again in its callback is called back for each request once', async () => {
    // for three requests
    const contract = await misbehaver('AsksAgain', parseEther('4.5'));
    const { request, from } = await ask(contract);
    let last: Found;
    let count = 0;
    do {
      last = await told(request + count, from);
      count += 1;
    } while (last.method === 'Delivered' && count < 6);
    assert(count >= 3, `${count}`);
    assert.equal(last.method, 'Failed', 'it has no money left for another');
    assert.equal(await client.read('Misbehaver', contract, 'calls'), BigInt(count - 1));
    assert.equal(await prepaid(contract), 0n);
  });

  test('and re-enters the precompile for its own request is refused there', async () => {
    const contract = await misbehaver('Reenters');
    const { request, from } = await ask(contract);
    assert.equal((await told(request, from)).method, 'Delivered');
    assert.equal(await client.read('Misbehaver', contract, 'refusals'), 3n);
    assert.equal(await client.read('Misbehaver', contract, 'calls'), 1n);
  });

  test('hears of an answer that never came, and has its money back', async () => {
    const contract = await misbehaver('Calm');
    const before = await client.reader.getBalance({ address: contract });
    // nobody hosts the base network
    const { request, from } = await ask(contract, trained.base);
    for (let ticks = 0; ticks < 40; ticks += 1) await world.chain.send(world.alice, world.chain.api.tx.system.remark('0x'));
    assert.equal((await told(request, from)).method, 'Delivered');
    assert.equal((await ended(world, request, from)).reason, 'TooFewWorkers');
    assert.equal(await client.read('Misbehaver', contract, 'calls'), 1n);
    assert.equal(await client.read('Misbehaver', contract, 'lastSettled'), false);
    const spent = before - (await client.reader.getBalance({ address: contract }));
    assert(spent < OPEN, `${spent}: the price is back`);
  });

  test('takes its request back, callback and all', async () => {
    const contract = await misbehaver('Reverts');
    const { api } = world.chain;
    const from = await block();
    // in one block: drawing comes with the next one
    const asking = encodeFunctionData({ abi: artifact('Misbehaver').abi as Abi, functionName: 'ask', args: [BigInt(trained.base), input(0), GAS, STORAGE] });
    const { logs } = await client.receipt(await client.writer.sendTransaction({ to: contract, data: asking, gas: 500_000_000n }));
    const request = Number(BigInt(logs.find((log) => log.address === INFERENCE)!.topics[1]!));
    assert(await prepaid(contract) > 0n);
    await client.write('Misbehaver', contract, 'cancel', [BigInt(request)]);
    const dropped = await world.chain.waitFor('callbacks', ['Dropped'], (data) => number(data.request) === request, 60_000, from);
    assert(bigint(dropped.data.returned) > 0n);
    assert.equal(await prepaid(contract), 0n);
    assert.equal((await api.query.callbacks!.waiting!(request)).isEmpty, true);
  });

  test('with too much gas, without money or without code is refused by name', async () => {
    const contract = await misbehaver('Calm', parseEther('2'));
    const asking = (gas: bigint, storage: bigint): Promise<unknown> =>
      client.write('Misbehaver', contract, 'ask', [BigInt(trained.head), input(0), gas, storage]);
    await assert.rejects(asking(10n ** 12n, 0n), /Callbacks\.GasLimitTooHigh/);
    await assert.rejects(asking(0n, 0n), /Callbacks\.GasLimitTooLow/);
    await assert.rejects(asking(GAS, parseEther('3')), /Token\.FundsUnavailable/);
    await assert.rejects(asking(GAS, 2n ** 128n), /Precompile\.AmountTooLarge/);
    const direct = [BigInt(trained.head), input(0), OPEN, 1, 1, GAS, 0n];
    await assert.rejects(client.write('IInference', INFERENCE, 'requestWithCallback', direct), /Callbacks\.NotAContract/);
    await assert.rejects(world.chain.send(world.alice, world.chain.api.tx.callbacks!.deliver!(99_999, { refTime: 0, proofSize: 0 })), /callbacks\.NotFound/);
    assert.equal(await prepaid(contract), 0n);
  });
});
