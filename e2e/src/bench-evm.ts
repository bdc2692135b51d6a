// SPDX-License-Identifier: Apache-2.0
// The Ethereum side's figures of docs/benchmarks.md, as tables in Markdown. Starts nodes and workers of its own.
// Arguments: gas, transfers, or nothing for both.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { cpus, totalmem } from 'node:os';
import { keccak256, parseEventLogs, toHex, type Abi, type Address, type Hex, type TransactionReceipt } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { u8aToHex } from '@polkadot/util';
import { decodeAddress } from '@polkadot/util-crypto';
import { open, serve, train, type World } from '../test/world.js';
import { OPEN } from './chain.js';
import { artifact } from './contracts.js';
import { DEV_KEYS, ethClient } from './ethereum.js';
import { contributionParts, ended, explain, type Explanation } from './inference.js';
import { rpc } from './processes.js';
import { encodeInput, fund } from './story.js';
import { ethereumTransfers, nativeTransfers, type Run } from './transfers.js';

const INFERENCE: Address = '0x0000000000000000000000000000000008030000';
/** A block this often where many transactions come at once. */
const BLOCK_MS = 1000;
const TRANSFERS = 2000;
const SENDERS = 20;
const ROUNDS = 3;
/** One gas: a billion planck, at 20,000 planck a picosecond (runtime/src/configs/money.rs). */
const PICOSECONDS_PER_GAS = 50_000n;

const tables: string[] = [];
const table = (title: string, rows: string[][]): void => {
  const line = (cells: string[]): string => `| ${cells.join(' | ')} |`;
  const [head, ...rest] = rows;
  tables.push([`**${title}**`, '', line(head!), line(head!.map(() => '---')), ...rest.map(line), ''].join('\n'));
  console.error(tables[tables.length - 1]);
};

const count = (value: bigint): string => value.toLocaleString('en');
const times = (over: bigint, under: bigint): string => `${(Number(over) / Number(under)).toFixed(1)}×`;

interface Weight { refTime: bigint; proofSize: bigint }

/** What hooks and inherents weighed in a block, by the chain's own account. */
async function mandatory({ chain }: World, block: number): Promise<Weight> {
  const at = await chain.api.at(await chain.api.rpc.chain.getBlockHash(block));
  const { mandatory } = (await at.query.system.blockWeight!()) as unknown as {
    mandatory: { refTime: { toBigInt(): bigint }; proofSize: { toBigInt(): bigint } };
  };
  return { refTime: mandatory.refTime.toBigInt(), proofSize: mandatory.proofSize.toBigInt() };
}

/** Gas of a weight: the dimension that costs more counts, as in every fee of the chain. */
async function gasOf({ chain }: World, weight: Weight): Promise<bigint> {
  const most = (chain.api.consts.system!.blockWeights as unknown as { maxBlock: { refTime: { toBigInt(): bigint }; proofSize: { toBigInt(): bigint } } }).maxBlock;
  const byProof = (weight.proofSize * most.refTime.toBigInt()) / most.proofSize.toBigInt();
  return (weight.refTime > byProof ? weight.refTime : byProof) / PICOSECONDS_PER_GAS;
}

/** The address under which contracts know a native account. */
const addressOf = (account: string): Address => {
  const id = decodeAddress(account);
  if (id.slice(20).every((byte) => byte === 0xee)) return toHex(id.slice(0, 20));
  return `0x${keccak256(id).slice(-40)}`;
};

async function gas(): Promise<void> {
  const world = await open();
  try {
    const trained = await train(world);
    await serve(world, trained.head, ['//Bench/A']);
    const client = await ethClient(world.node.eth, privateKeyToAccount(DEV_KEYS.alith));
    const { api } = world.chain;
    const rows: string[][] = [['what', 'in Solidity, gas', 'of it storage deposits', 'natively, gas', 'ratio', 'without deposits']];
    const weights: string[][] = [['what', 'in Solidity, ms', 'natively, ms', 'in Solidity, KiB of proof', 'natively, KiB of proof']];

    // the yardstick knows the same accounts
    const known = await api.query.modelRegistry!.models!(trained.base);
    const parent = (known.toJSON() as { owner: string }).owner;
    const { abi, bytecode } = artifact('SoliditySettlement');
    const sink = privateKeyToAccount(keccak256('0x01')).address;
    const yardstick = (await client.receipt(await client.writer.deployContract({ abi, bytecode, args: [sink, 1_000n, 1_000_000n, 10n] }))).contractAddress!;
    await client.receipt(await client.writer.sendTransaction({ to: sink, value: OPEN }));
    const owners = trained.contributions.map(({ owner }) => addressOf(owner.address));
    await client.write('SoliditySettlement', yardstick, 'register', [BigInt(trained.datanet), owners]);

    const deposits = async (): Promise<bigint> => {
      const holds = (await api.query.balances.holds(`${yardstick}${'ee'.repeat(12)}`)).toJSON() as { id: { revive?: string }; amount: string | number }[];
      return holds.filter(({ id }) => id.revive !== undefined).reduce((sum, { amount }) => sum + BigInt(amount), 0n);
    };
    const answers: { explanation: Explanation; native: bigint; weight: Weight; asked: bigint }[] = [];
    for (let round = 0; round < 2; round += 1) {
      const from = (await api.rpc.chain.getHeader()).number.toNumber();
      const input = u8aToHex(encodeInput(trained.digits[round]!.pixels));
      const mined = await client.write('IInference', INFERENCE, 'request', [BigInt(trained.head), input, OPEN, 1, 1]);
      const request = Number(BigInt(mined.logs.find(({ address }) => address === INFERENCE)!.topics[1]!));
      const end = await ended(world, request, from);
      assert(end.settled, end.reason);
      // the same hooks without a settlement: the block after
      await world.chain.send(world.alice, api.tx.system.remark('0x'));
      const [with_, without] = await Promise.all([mandatory(world, end.block), mandatory(world, end.block + 1)]);
      const weight = { refTime: with_.refTime - without.refTime, proofSize: with_.proofSize - without.proofSize };
      answers.push({ explanation: await explain(world, request), native: await gasOf(world, weight), weight, asked: mined.gasUsed });
    }
    const price = BigInt(await rpc<Hex>(world.node.eth, 'eth_gasPrice', []));
    for (const [round, { explanation, native, weight }] of answers.entries()) {
      const before = await deposits();
      const worker = explanation.parts.find(({ reason }) => reason.kind === 'worker')!;
      const owner = explanation.parts.find(({ reason }) => reason.kind === 'modelOwner')!;
      const mined: TransactionReceipt = await client.write('SoliditySettlement', yardstick, 'settle', [{
        request: BigInt(explanation.request),
        model: BigInt(explanation.model),
        owner: addressOf(owner.to!),
        workers: [addressOf(worker.to!)],
        royalties: [{ owner: addressOf(parent), ppm: 100_000 }],
        report: explanation.report.map(({ datanet, contribution, weight, score }) =>
          ({ datanet: BigInt(datanet), contribution: BigInt(contribution), weight, score: BigInt(score) })),
      }], BigInt(explanation.fee));
      checkAmounts(abi, mined, explanation);
      const deposit = ((await deposits()) - before) / price;
      const what = `${round === 0 ? 'first answer, all storage new' : 'next answer'}: ${explanation.report.length} entries`;
      rows.push([what, count(mined.gasUsed), count(deposit), count(native), times(mined.gasUsed, native), times(mined.gasUsed - deposit, native)]);
      const used = await rpc<{ ref_time: number; proof_size: number }>(world.node.eth, 'polkadot_postDispatchWeight', [mined.transactionHash]);
      const solidity = { refTime: BigInt(used.ref_time), proofSize: BigInt(used.proof_size) };
      const ms = ({ refTime }: Weight): string => (Number(refTime) / 1e9).toFixed(1);
      const kib = ({ proofSize }: Weight): string => (Number(proofSize) / 1024).toFixed(0);
      weights.push([what, ms(solidity), ms(weight), kib(solidity), kib(weight)]);
    }
    table('Settling one answer in Solidity and natively, the same amounts to the planck', rows);
    table('The same in weight', weights);
    table('Asking through the precompile', [['what', 'gas'], ...answers.map(({ asked }, round) => [`request ${round + 1}, with its deposit held beside the gas`, count(asked)])]);
  } finally {
    await world.close();
  }
}

/** The contract paid what the chain paid. */
function checkAmounts(abi: Abi, mined: TransactionReceipt, explanation: Explanation): void {
  const logs = parseEventLogs({ abi, logs: mined.logs }) as unknown as { eventName: string; args: Record<string, bigint> }[];
  const of = (name: string): Record<string, bigint>[] => logs.filter(({ eventName }) => eventName === name).map(({ args }) => args);
  const accrued = of('Accrued').map(({ contribution, amount }) => `${contribution} ${amount}`).sort();
  const paid = contributionParts(explanation).map(({ entry, amount }) => `${entry.contribution} ${amount}`).sort();
  assert.deepEqual(accrued, paid, 'contributions');
  const taken = of('TakenBack').map(({ contribution, amount }) => `${contribution} ${amount}`).sort();
  assert.deepEqual(taken, explanation.takenBack.map(({ contribution, amount }) => `${contribution} ${amount}`).sort(), 'taken back');
  const credited = of('Credited').map(({ amount }) => String(amount)).sort();
  const fixed = explanation.parts.filter(({ reason }) => ['worker', 'modelOwner', 'royalty', 'dust'].includes(reason.kind));
  assert.deepEqual(credited, fixed.map(({ amount }) => amount).sort(), 'worker, owner, ancestors, dust');
  const [settled] = of('Settled');
  assert.equal(String(settled!.fee), explanation.fee);
  assert.equal(String(settled!.fromPool), explanation.fromPool);
}

async function transfers(): Promise<void> {
  const world = await open({ sealing: `${BLOCK_MS}` });
  try {
    await fund(world, world.alice, [world.chain.account('//Ferdie')], OPEN);
    const runs: Record<'native' | 'ethereum', Run[]> = { native: [], ethereum: [] };
    for (let round = 0; round < ROUNDS; round += 1) {
      runs.native.push(await nativeTransfers(world, TRANSFERS, SENDERS));
      runs.ethereum.push(await ethereumTransfers(world, world.node.eth, TRANSFERS, SENDERS));
    }
    const middle = (values: number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
    const rate = (of: Run[]): number => TRANSFERS / middle(of.map(({ seconds }) => seconds));
    const row = (name: string, of: Run[]): string[] => [
      name, rate(of).toFixed(0), middle(of.map(({ seconds }) => seconds)).toFixed(1),
      middle(of.map(({ submitted }) => submitted)).toFixed(1), `${Math.max(...of.map(({ fullest }) => fullest))}`,
    ];
    table(`${TRANSFERS} plain transfers of ${SENDERS} senders, a block every ${BLOCK_MS} ms, medians of ${ROUNDS} rounds by turns`, [
      ['path', 'a second', 'seconds until the last was in a block', 'of them until the pool had all', 'in the fullest block'],
      row('native extrinsics', runs.native),
      row('Ethereum RPC', runs.ethereum),
      ['ratio, Ethereum to native', (rate(runs.ethereum) / rate(runs.native)).toFixed(2), '', '', ''],
    ]);
  } finally {
    await world.close();
  }
}

const wanted = process.argv.slice(2);
if (wanted.length === 0 || wanted.includes('gas')) await gas();
if (wanted.length === 0 || wanted.includes('transfers')) await transfers();
console.log(`${cpus().length} cores of ${cpus()[0]?.model ?? 'an unknown processor'}, ${Math.round(totalmem() / 2 ** 30)} GiB; development build\n`);
console.log(tables.join('\n'));
if (process.stdout.writableNeedDrain) await once(process.stdout, 'drain');
process.exit(0);
