// SPDX-License-Identifier: Apache-2.0
// A node with a trained, registered model: what most tests begin with.
import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { after } from 'node:test';
import { Chain, OPEN, type Account } from '../src/chain.js';
import { hosts, startWorker } from '../src/inference.js';
import { baseSpec, headSpec, registerAdapter, registerBase, storeHead, trainBase, trainHead } from '../src/models.js';
import { DevNode, endLeftovers, scratch, type NodeOptions, type Process } from '../src/processes.js';
import { acceptAll, contribute, createDatanet, fund, grantAccess, LICENCE_TEXT, publishVersion, readDigits, splitDigits, store, type Contributed, type Stage } from '../src/story.js';

// after everything else in a test file
after(async () => assert.deepEqual(await endLeftovers(), [], 'processes were left over'));

export interface World extends Stage {
  node: DevNode;
  alice: Account;
  workers: Process[];
  close(): Promise<void>;
}

/** What training and serving need of a world. */
export type Place = Stage & Pick<World, 'alice' | 'workers'>;

export async function open(options: NodeOptions = {}): Promise<World> {
  const node = await DevNode.start(options);
  const chain = await Chain.connect(node.ws);
  const folder = scratch('test');
  const workers: Process[] = [];
  const world: World = {
    node, chain, folder, workers,
    url: `http://127.0.0.1:${node.rpcPort}`,
    alice: chain.account('//Alice'),
    // what the world holds now: a test may have started another node
    close: async () => {
      await Promise.all(world.workers.map((worker) => worker.stop()));
      await world.chain.disconnect();
      await world.node.stop();
      if (!process.env.OPENLEDGER_KEEP) rmSync(folder, { recursive: true, force: true });
    },
  };
  return world;
}

export interface Trained {
  datanet: number;
  version: number;
  termsHash: string;
  contributions: Contributed[];
  base: number;
  head: number;
  /** What the head was registered as. */
  spec: object;
  price: bigint;
  digits: { pixels: number[]; label: number }[];
}

/** Bob's datanet with digits of four people, and Dave's head on it at one OPEN an answer. */
export async function train(world: Place): Promise<Trained> {
  const { chain } = world;
  const [bob, dave] = [chain.account('//Bob'), chain.account('//Dave')];
  const people = Array.from({ length: 4 }, (_, index) => chain.account(`//Contributor/${index}`));
  await fund(world, world.alice, people, 1_000n * OPEN);
  await store(world, LICENCE_TEXT);
  const split = await splitDigits(world);
  const { datanet, termsHash } = await createDatanet(world, bob, []);
  const each = split.contributions.length / people.length;
  const contributions = (
    await Promise.all(people.map((person, index) => contribute(world, datanet, person, split.contributions.slice(index * each, (index + 1) * each))))
  ).flat();
  await acceptAll(world, bob, datanet, contributions.map(({ contribution }) => contribution));
  const { version } = await publishVersion(world, bob, datanet);
  await grantAccess(world, bob, datanet, dave);
  const fitted = await trainBase(world, split);
  await store(world, fitted.artifact);
  const base = await registerBase(world, dave, baseSpec(fitted.artifact.id, split.base), OPEN);
  const trained = await trainHead(world, fitted.path, datanet, contributions, split);
  await storeHead(world, trained);
  const source = { datanet, version, licenceHash: termsHash, maxShare: 500_000 };
  const spec = headSpec(trained);
  const head = await registerAdapter(world, dave, spec, [base], [source], OPEN);
  return { datanet, version, termsHash, contributions, base, head, spec, price: OPEN, digits: readDigits(split.heldOut) };
}

/** Starts workers that host `model` and waits until the chain knows them. */
export async function serve(world: Place, model: number, suris: string[]): Promise<Process[]> {
  await fund(world, world.alice, suris.map((suri) => world.chain.account(suri)), 2_000n * OPEN);
  const before = await hosts(world, model);
  const started = await Promise.all(suris.map((suri) => startWorker(world, suri, [model])));
  world.workers.push(...started);
  const until = Date.now() + 90_000 + 2 * world.chain.patienceMs;
  while ((await hosts(world, model)) < before + suris.length) {
    const dead = started.find((worker) => !worker.running);
    if (dead) throw new Error(`worker ${dead.name} ended early`);
    if (Date.now() > until) throw new Error('the workers did not register');
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return started;
}

/** Makes one block: every transaction does, and every block is a tick. By somebody who does nothing else. */
export const tick = async ({ chain }: Pick<World, 'chain'>): Promise<unknown> =>
  chain.send(chain.account('//Charlie'), chain.api.tx.system.remark('0x00'));

/** Makes blocks, so that deadlines come, until `done`; with a pause between them where others need time to act. */
export async function meanwhile<T>(world: Pick<World, 'chain'>, done: Promise<T>, pauseMs = 0): Promise<T> {
  let waiting = true;
  const settled = done.finally(() => (waiting = false));
  settled.catch(() => undefined);
  while (waiting) {
    await tick(world);
    if (pauseMs > 0) await Promise.race([settled.catch(() => undefined), new Promise((resolve) => setTimeout(resolve, pauseMs))]);
  }
  return settled;
}
