// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { DispatchError, OPEN } from '../src/chain.js';
import { DEV_KEYS, RUNTIME_PALLETS, wallet } from '../src/ethereum.js';
import { ask, contributionParts, ended, explain } from '../src/inference.js';
import { baseSpec, registerAdapter, registerBase } from '../src/models.js';
import { rpc, RpcError } from '../src/processes.js';
import { bigint, contributeCall, CONTRIBUTION_DEPOSIT, decodeOutput, store, TERMS } from '../src/story.js';
import { blob } from '../src/tools.js';
import { open, serve, train, type Trained, type World } from './world.js';

const fails = (attempt: Promise<unknown>, name: string): Promise<void> =>
  assert.rejects(attempt, (error: unknown) => {
    assert(error instanceof DispatchError, String(error));
    assert.equal(error.reason, name);
    return true;
  });

describe('a paid, attributed inference', () => {
  let world: World;
  let trained: Trained;

  before(async () => {
    world = await open();
    trained = await train(world);
    await serve(world, trained.head, ['//Worker/0', '//Worker/1', '//Worker/2']);
  });
  after(() => world?.close());

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

  describe('bad input', () => {
    it('names every defect of a datanet and a contribution', async () => {
      const { api } = world.chain;
      const create = (name: string, terms: object): Promise<unknown> =>
        world.chain.send(world.alice, api.tx.datanets.create(name, 'Image', terms, 'Curated', CONTRIBUTION_DEPOSIT, []));
      await fails(create('n'.repeat(65), TERMS), 'datanets.NameTooLong');
      await fails(create('x', { ...TERMS, id: 'WTFPL' }), 'datanets.UnknownLicence');
      const known = trained.contributions[0]!;
      await fails(world.chain.send(world.alice, contributeCall(world, trained.datanet, known.blob, 15)), 'datanets.AlreadyExists');
    });

    it('names every defect of a model', async () => {
      const dave = world.chain.account('//Dave');
      const spec = baseSpec(trained.termsHash, '/dev/null');
      await fails(registerAdapter(world, dave, spec, [trained.head + 1], [], OPEN), 'modelRegistry.LineageCycle');
      await fails(registerBase(world, dave, { ...spec, royalty: 1_000_000 }, OPEN), 'modelRegistry.RoyaltyCapExceeded');
      const source = { datanet: trained.datanet, version: trained.version, licenceHash: trained.termsHash, maxShare: 499_999 };
      await fails(registerAdapter(world, dave, spec, [trained.base], [source], OPEN), 'modelRegistry.ShareAboveBound');
    });

    it('names every defect of a request, a commitment and a claim', async () => {
      const { chain } = world;
      const eve = chain.account('//Eve');
      const pixels = trained.digits[5]!.pixels;
      await fails(ask(world, eve, trained.head, pixels, OPEN - 1n, 'Single'), 'inference.PriceAboveMaximum');
      const { request, block } = await ask(world, eve, trained.head, pixels, OPEN, 'Single');
      const hash = `0x${'11'.repeat(32)}`;
      await fails(chain.send(eve, chain.api.tx.inference.reveal(request, '0x', [], [], hash)), 'inference.NotDrawn');
      await ended(world, request, block);
      await fails(chain.send(eve, chain.api.tx.attribution.claim([])), 'attribution.NothingToClaim');
    });

    it('refuses blobs above the cap and proofs that do not hold', async () => {
      await assert.rejects(store(world, blob(new Uint8Array((4 << 20) + 1))), RpcError);
      await assert.rejects(rpc(world.url, 'openledger_membershipProof', [trained.datanet, 99, 0]), RpcError);
      await assert.rejects(rpc(world.url, 'openledger_getBlob', ['0x1234']), RpcError);
      assert.equal(await rpc(world.url, 'openledger_getBlob', [`0x${'00'.repeat(32)}`]), null);
      await assert.rejects(rpc(world.url, 'openledger_explain', [123_456]), RpcError);
    });
  });
});
