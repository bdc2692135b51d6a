// SPDX-License-Identifier: Apache-2.0
// The chain's figures of docs/benchmarks.md, as a table in Markdown. Starts nodes and workers of its own.
// Arguments: latency, load, or nothing for both.
import { once } from 'node:events';
import { cpus, totalmem } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import type { EventRecord } from '@polkadot/types/interfaces';
import { u8aToHex } from '@polkadot/util';
import { open, serve, train, type Trained, type World } from '../test/world.js';
import { OPEN, type Chain } from './chain.js';
import { Memory } from './memory.js';
import { encodeInput, number } from './story.js';
import { ask, type Verification } from './inference.js';
import { nativeTransfers, signed, submit } from './transfers.js';

/** Requests one after the other, of either kind. */
const ROUNDS = 20;
/** Requests at once. */
const IN_FLIGHT = 100;
/** A block this often where many transactions come at once. */
const BLOCK_MS = 1000;
const TRANSFERS = 4000;
const SENDERS = 20;
const QUORUM: Verification = { Quorum: { k: 3, threshold: 2 } };
/** What a consumer pays at most for one answer. */
const MAX_FEE = 5n * OPEN;

const rows: [string, string][] = [];
const note = (what: string, figure: string): void => {
  rows.push([what, figure]);
  console.error(`${what}: ${figure}`);
};

const sorted = (values: number[]): number[] => [...values].sort((a, b) => a - b);
const median = (values: number[]): number => sorted(values)[Math.floor(values.length / 2)] ?? NaN;
const spread = (values: number[]): string =>
  `${Math.round(median(values))} (${Math.round(Math.min(...values))} to ${Math.round(Math.max(...values))})`;

interface Moment {
  block: number;
  at: number;
}

/** What became of every request, with the time at which this client heard of the finalized block. */
class Follower {
  readonly requested = new Map<number, Moment>();
  readonly ended = new Map<number, Moment & { settled: boolean }>();
  most = 0;
  #next: number;
  #queue: Promise<void> = Promise.resolve();
  #waiting: (() => void)[] = [];
  #stop: (() => void) | undefined;

  private constructor(private readonly chain: Chain, from: number) {
    this.#next = from;
  }

  static async start(chain: Chain): Promise<Follower> {
    const { api } = chain;
    const head = (await api.rpc.chain.getHeader(await api.rpc.chain.getFinalizedHead())).number.toNumber();
    const follower = new Follower(chain, head + 1);
    follower.#stop = await api.rpc.chain.subscribeFinalizedHeads((header) => {
      const [block, at] = [header.number.toNumber(), performance.now()];
      follower.#queue = follower.#queue.then(() => follower.#read(block, at));
    });
    return follower;
  }

  stop(): void {
    this.#stop?.();
  }

  async #read(head: number, at: number): Promise<void> {
    const { api } = this.chain;
    for (; this.#next <= head; this.#next += 1) {
      const block = this.#next;
      const then = await api.at(await api.rpc.chain.getBlockHash(block));
      for (const { event } of (await then.query.system.events()) as unknown as EventRecord[]) {
        if (event.section !== 'inference') continue;
        const request = number((event.data as unknown as { request: unknown }).request);
        if (event.method === 'Requested') this.requested.set(request, { block, at });
        if (event.method === 'Settled' || event.method === 'Refunded') {
          this.ended.set(request, { block, at, settled: event.method === 'Settled' });
        }
      }
      this.most = Math.max(this.most, this.requested.size - this.ended.size);
    }
    this.#waiting.splice(0).forEach((wake) => wake());
  }

  async until(done: () => boolean, timeoutMs: number): Promise<void> {
    const deadline = Date.now() + timeoutMs;
    while (!done()) {
      if (Date.now() > deadline) throw new Error(`not done within ${timeoutMs} ms`);
      await Promise.race([new Promise<void>((resolve) => this.#waiting.push(resolve)), delay(1000)]);
    }
  }
}

/** From the client's send to the settled answer in a finalized block that the client hears of. */
async function latency(world: World, trained: Trained): Promise<void> {
  const follower = await Follower.start(world.chain);
  const consumer = world.chain.account('//Eve');
  const kinds: [string, Verification, Moment[]][] = [['`Single`', 'Single', []], ['`Quorum` of 3', QUORUM, []]];
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [, verification, taken] of kinds) {
      const { pixels } = trained.digits[round % trained.digits.length]!;
      const start = performance.now();
      const { request } = await ask(world, consumer, trained.head, pixels, MAX_FEE, verification);
      await follower.until(() => follower.ended.has(request), 60_000);
      const [from, to] = [follower.requested.get(request)!, follower.ended.get(request)!];
      if (!to.settled) throw new Error(`request ${request} was refunded`);
      taken.push({ block: to.block - from.block, at: to.at - start });
    }
  }
  follower.stop();
  for (const [kind, , taken] of kinds) {
    note(`request → settled, ${kind}, ${ROUNDS} of them, instant blocks`,
      `${spread(taken.map(({ block }) => block))} blocks, ${spread(taken.map(({ at }) => at))} ms`);
  }
}

async function load(world: World, trained: Trained, memory: Memory): Promise<void> {
  const { api } = world.chain;
  const consumer = world.chain.account('//Eve');
  const call = (index: number): ReturnType<Chain['api']['tx']> => {
    const { pixels } = trained.digits[index % trained.digits.length]!;
    return api.tx.inference.request!(trained.head, { Inline: u8aToHex(encodeInput(pixels)) }, MAX_FEE, 'Single');
  };
  const transactions = await signed(world.chain, consumer, Array.from({ length: IN_FLIGHT }, (_, index) => call(index)));
  const follower = await Follower.start(world.chain);
  memory.peak();
  const start = performance.now();
  await submit(world.url, 'author_submitExtrinsic', transactions);
  await follower.until(() => follower.ended.size >= IN_FLIGHT, 240_000);
  const seconds = (Math.max(...[...follower.ended.values()].map(({ at }) => at)) - start) / 1000;
  follower.stop();
  const settled = [...follower.ended.values()].filter((end) => end.settled).length;
  note(`${IN_FLIGHT} requests at once to one worker, a block every ${BLOCK_MS} ms`,
    `${settled} settled, ${follower.ended.size - settled} refunded, ${follower.most} in flight at most, all ended after ${seconds.toFixed(1)} s`);
}

/** Plain transfers from many senders, from the first submission until the last is in a block. */
async function transfers(world: World): Promise<void> {
  const run = await nativeTransfers(world, TRANSFERS, SENDERS);
  note(`${TRANSFERS} plain transfers, a block every ${BLOCK_MS} ms`,
    `${Math.round(TRANSFERS / run.seconds)} a second: ${run.seconds.toFixed(1)} s until the last was in a block, ` +
    `${run.submitted.toFixed(1)} s of them until the pool had all; ${run.fullest} in the fullest block`);
}

async function idleBlocks(chain: Chain, blocks: number): Promise<void> {
  const header = chain.api.rpc.chain;
  const until = (await header.getHeader()).number.toNumber() + blocks;
  await new Promise<void>((resolve, reject) => {
    header.subscribeNewHeads(({ number: block }) => {
      if (block.toNumber() >= until) resolve();
    }).catch(reject);
  });
}

const mib = (bytes: number): string => `${Math.round(bytes / (1 << 20))} MiB`;

async function onInstantBlocks(): Promise<void> {
  const world = await open();
  try {
    const trained = await train(world);
    await serve(world, trained.head, ['//Bench/A', '//Bench/B', '//Bench/C']);
    await latency(world, trained);
  } finally {
    await world.close();
  }
}

async function onTimedBlocks(): Promise<void> {
  const world = await open({ sealing: `${BLOCK_MS}` });
  const memory = new Memory();
  try {
    memory.watch('node', world.node.process.pid);
    // a transaction born in a block that the pool has not seen yet is refused
    await idleBlocks(world.chain, 3);
    const trained = await train(world);
    const [worker] = await serve(world, trained.head, ['//Bench/A']);
    memory.watch('worker', worker!.pid);
    await idleBlocks(world.chain, 20);
    const rest = memory.now();
    await load(world, trained, memory);
    const peak = memory.peak();
    for (const who of ['node', 'worker']) {
      note(`memory of the ${who}${who === 'worker' ? ' with its child' : ''} (RSS)`,
        `${mib(rest.get(who) ?? 0)} at rest, ${mib(peak.get(who) ?? 0)} at most with ${IN_FLIGHT} requests in flight`);
    }
    await transfers(world);
  } finally {
    memory.stop();
    await world.close();
  }
}

const wanted = process.argv.slice(2);
if (wanted.length === 0 || wanted.includes('latency')) await onInstantBlocks();
if (wanted.length === 0 || wanted.includes('load')) await onTimedBlocks();
console.log(`${cpus().length} cores of ${cpus()[0]?.model ?? 'an unknown processor'}, ${Math.round(totalmem() / 2 ** 30)} GiB; development build\n`);
console.log('| what | figure |\n| --- | --- |');
for (const [what, figure] of rows) console.log(`| ${what} | ${figure} |`);
if (process.stdout.writableNeedDrain) await once(process.stdout, 'drain');
process.exit(0);
