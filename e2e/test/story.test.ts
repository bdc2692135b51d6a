// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { DispatchError, OPEN } from '../src/chain.js';
import { DEV_KEYS, RUNTIME_PALLETS, wallet } from '../src/ethereum.js';
import { ask, contributionParts, ended, explain } from '../src/inference.js';
import { bigint, decodeOutput } from '../src/story.js';
import { badInput, fails } from './errors.js';
import { novelty } from './novelty.js';
import { auditRecords } from './records.js';
import { open, serve, train, type Trained, type World } from './world.js';

describe('a paid, attributed inference', () => {
  let world: World;
  let trained: Trained;

  before(async () => {
    // a worker inside the node as well, for the second model: the head
    world = await open({ extra: ['--worker', '--worker-host', '1'] });
    trained = await train(world);
    await serve(world, trained.head, ['//Worker/0', '//Worker/1', '//Worker/2']);
  });
  after(() => world?.close());

  it('tells clients what the chain has by its metadata', () => {
    const { api } = world.chain;
    const pallets = api.runtimeMetadata.asLatest.pallets.map(({ name }) => name.toString());
    for (const pallet of ['Datanets', 'ModelRegistry', 'Workers', 'Inference', 'Attribution', 'Democracy', 'Revive'])
      assert(pallets.includes(pallet), pallet);
    for (const errors of [api.errors.datanets, api.errors.modelRegistry, api.errors.workers, api.errors.inference, api.errors.attribution])
      for (const error of Object.values(errors)) assert(error.meta.docs.length > 0, error.meta.name.toString());
    const { name, decimals, unit } = { name: api.runtimeVersion.specName.toString(), decimals: api.registry.chainDecimals[0], unit: api.registry.chainTokens[0] };
    assert.deepEqual([name, decimals, unit], ['openledger', 18, 'OPEN']);
  });

  it('answers one worker\'s way and pays to the last planck', async () => {
    const { chain } = world;
    const eve = chain.account('//Eve');
    const sample = trained.digits[0]!;
    const { request, block, fee } = await ask(world, eve, trained.head, sample.pixels, 2n * OPEN, 'Single');
    assert.equal(fee, trained.price);
    const end = await ended(world, request, block);
    assert(end.settled, end.reason);
    assert.equal(decodeOutput(end.output!).digit, sample.label);
    const explanation = await explain(world, request);
    const total = explanation.parts.reduce((sum, { amount }) => sum + BigInt(amount), 0n);
    assert.equal(total - BigInt(explanation.fromPool), fee);
    const paid = contributionParts(explanation);
    assert(paid.length > 0);
    const owners = new Map(trained.contributions.map(({ contribution, owner }) => [contribution, owner.address]));
    for (const { entry, to } of paid) assert.equal(to, owners.get(entry.contribution));
    const positive = explanation.report.filter(({ weight }) => weight > 0).reduce((sum, { weight }) => sum + weight, 0);
    assert.equal(positive, 1_000_000_000);
  });

  it('agrees by quorum of three', async () => {
    const sample = trained.digits[1]!;
    const { request, block, fee } = await ask(world, world.chain.account('//Eve'), trained.head, sample.pixels, 9n * OPEN, { Quorum: { k: 3, threshold: 2 } });
    const end = await ended(world, request, block);
    assert(end.settled, end.reason);
    assert(end.cluster.length >= 2);
    assert.equal(end.fee, fee);
    const workers = (await explain(world, request)).parts.filter(({ reason }) => reason.kind === 'worker');
    assert.deepEqual(workers.map(({ to }) => to).sort(), [...end.cluster].sort());
  });

  it('is answered by the worker inside the node as by those beside it', async () => {
    const inside = world.chain.account('//Ferdie//stash').address;
    const sample = trained.digits[6]!;
    const { request, block } = await ask(world, world.chain.account('//Eve'), trained.head, sample.pixels, 9n * OPEN, { Quorum: { k: 4, threshold: 4 } });
    const end = await ended(world, request, block);
    assert(end.settled, end.reason);
    assert.equal(end.cluster.length, 4);
    assert(end.cluster.includes(inside));
  });

  it('lets the contributor claim after the window, once', async () => {
    const { chain } = world;
    const { request, block } = await ask(world, chain.account('//Eve'), trained.head, trained.digits[2]!.pixels, 2n * OPEN, 'Single');
    await ended(world, request, block);
    const best = contributionParts(await explain(world, request)).sort((a, b) => (a.amount < b.amount ? 1 : -1))[0]!;
    const who = trained.contributions.find(({ contribution }) => contribution === best.entry.contribution)!.owner;
    const key = { model: trained.head, datanet: trained.datanet, contribution: best.entry.contribution };
    const until = Date.now() + 60_000;
    for (;;) {
      try {
        const included = await chain.send(who, chain.api.tx.attribution.claim([key]));
        assert(bigint(chain.event(included, 'attribution', 'Claimed').amount) > 0n);
        break;
      } catch (error) {
        if (!(error instanceof DispatchError) || Date.now() > until) throw error;
        await new Promise((resolve) => setTimeout(resolve, 500));
      }
    }
    await fails(chain.send(who, chain.api.tx.attribution.claim([])), 'attribution.NothingToClaim');
  });

  it('refunds a request that nobody serves, by the chain alone', async () => {
    const dave = world.chain.account('//Ferdie');
    const held = await world.chain.held(dave);
    const { request, block, fee } = await ask(world, dave, trained.base, trained.digits[3]!.pixels, 2n * OPEN, 'Single');
    assert((await world.chain.held(dave)) >= held + fee);
    const end = await ended(world, request, block, 90_000);
    assert.equal(end.settled, false);
    assert.equal(end.reason, 'TooFewWorkers');
    assert((await world.chain.held(dave)) < held + fee);
  });

  it('treats one Ethereum key as one account on three ways', async () => {
    const { chain } = world;
    const alith = chain.eth(DEV_KEYS.alith);
    const evm = await wallet(world.node.eth, alith);
    const same = async (): Promise<bigint> => {
      const [native, ethereum] = await Promise.all([chain.nonce(alith), evm.nonce(alith.evm.address)]);
      assert.equal(native, BigInt(ethereum));
      return native;
    };
    const start = await same();
    const { request, block } = await ask(world, alith, trained.head, trained.digits[4]!.pixels, 2n * OPEN, 'Single');
    await ended(world, request, block);
    assert.equal(await same(), start + 1n);
    const to = chain.eth(DEV_KEYS.baltathar);
    const before = await chain.free(to);
    assert.equal((await evm.send(to.evm.address, OPEN)).status, 'success');
    assert.equal(await chain.free(to), before + OPEN);
    assert.equal(await same(), start + 2n);
    const remark = chain.api.tx.system.remarkWithEvent('native, from a wallet').method.toHex();
    assert.equal((await evm.send(RUNTIME_PALLETS, 0n, remark)).status, 'success');
    assert.equal(await same(), start + 3n);
  });

  novelty(() => world, () => trained);

  auditRecords(() => world, () => trained);

  badInput(() => world, () => trained);
});
