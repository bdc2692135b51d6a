// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { Chain, OPEN } from '../src/chain.js';
import { ask, ended, startWorker } from '../src/inference.js';
import { children, DevNode, scratch, type Process } from '../src/processes.js';
import { open, serve, train, type Trained, type World } from './world.js';

describe('a request survives whatever dies', () => {
  let world: World;
  let trained: Trained;
  let worker: Process;
  const basePath = scratch('crash');

  before(async () => {
    world = await open({ basePath });
    trained = await train(world);
    [worker] = (await serve(world, trained.head, ['//Worker/crash'])) as [Process];
  });
  after(async () => {
    await world?.close();
    rmSync(basePath, { recursive: true, force: true });
  });

  const endsOnce = async (request: number, block: number): Promise<void> => {
    const end = await ended(world, request, block, 120_000);
    assert(end.settled || end.reason);
    const stage = (await world.chain.api.query.inference.requests(request)).toJSON() as { fee: string; stage: object };
    assert(Object.keys(stage.stage).some((name) => name === 'settled' || name === 'refunded'), JSON.stringify(stage));
    let times = 0;
    const head = (await world.chain.api.rpc.chain.getHeader()).number.toNumber();
    for (let number = block; number <= head; number += 1) {
      const at = await world.chain.api.at(await world.chain.api.rpc.chain.getBlockHash(number));
      for (const { event } of (await at.query.system.events()) as unknown as { event: { section: string; method: string; data: { request?: { toString(): string } } } }[])
        if (event.section === 'inference' && ['Settled', 'Refunded'].includes(event.method) && event.data.request?.toString() === `${request}`) times += 1;
    }
    assert.equal(times, 1, 'the request ended more than once');
  };

  it('when the worker\'s child is killed', async () => {
    const { request, block } = await ask(world, world.chain.account('//Eve'), trained.head, trained.digits[0]!.pixels, OPEN, 'Single');
    for (const child of children(worker.pid)) process.kill(child, 'SIGKILL');
    await endsOnce(request, block);
  });

  it('when the worker is killed and comes back', async () => {
    const { request, block } = await ask(world, world.chain.account('//Eve'), trained.head, trained.digits[1]!.pixels, OPEN, 'Single');
    worker.kill();
    await worker.exited;
    worker = await startWorker(world, '//Worker/crash', [trained.head]);
    world.workers.push(worker);
    await endsOnce(request, block);
  });

  it('when the node is killed and comes back', async () => {
    const { request, block } = await ask(world, world.chain.account('//Eve'), trained.head, trained.digits[2]!.pixels, OPEN, 'Single');
    world.node.process.kill();
    await world.node.process.exited;
    await world.chain.disconnect();
    world.node = await DevNode.start({ basePath, rpcPort: world.node.rpcPort, ethPort: world.node.ethPort });
    world.chain = await Chain.connect(world.node.ws);
    await endsOnce(request, block);
  });
});
