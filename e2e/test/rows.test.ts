// SPDX-License-Identifier: Apache-2.0
// Disputes of released rows: an owner that stands by a true row, one that is silent about a false row, and one that lies.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { u8aToHex } from '@polkadot/util';
import { OPEN } from '../src/chain.js';
import { ask } from '../src/inference.js';
import { registerAdapter } from '../src/models.js';
import { Process, binary } from '../src/processes.js';
import { Release, bent, praised } from '../src/releases.js';
import { bigint, store } from '../src/story.js';
import { blob, tool } from '../src/tools.js';
import { fails } from './errors.js';
import { meanwhile, open, train, type Trained, type World } from './world.js';

const RELEASE_BOND = 100n * OPEN;
const ROW_BOND = 20n * OPEN;
const FALSE_ROW = 17;
/** What transactions of a whole dispute cost at most. */
const FEES = OPEN;

describe('a released row', () => {
  let world: World;
  let trained: Trained;
  let falseIndex: Uint8Array;

  before(async () => {
    world = await open();
    trained = await train(world);
    falseIndex = bent(honest(), join(world.folder, 'head', 'features.olfx'), FALSE_ROW);
  });
  after(() => world?.close());

  const honest = (): Uint8Array => new Uint8Array(readFileSync(join(world.folder, 'head', 'index.olix')));
  const release = (index = falseIndex): Release => new Release(index, join(world.folder, 'head', 'features.olfx'));
  const account = (uri: string): ReturnType<World['chain']['account']> => world.chain.account(uri);

  /** Registers the head of `spec` under an index in which one row is false. */
  const registerFalse = async (index = falseIndex): Promise<number> => {
    await store(world, blob(index));
    const spec = trained.spec as { attribution: object };
    const attribution = { ...spec.attribution, root: release(index).root(), index: blob(index).id };
    const source = { datanet: trained.datanet, version: trained.version, licenceHash: trained.termsHash, maxShare: 500_000 };
    return registerAdapter(world, account('//Dave'), { ...spec, attribution }, [trained.base], [source], OPEN);
  };

  /** The command line's verdict on a row that `suri` disputes. */
  const dispute = async (suri: string, model: number, row: number, ...more: string[]): Promise<string> => {
    const folder = join(world.folder, 'disputes');
    mkdirSync(folder, { recursive: true });
    const { verdict } = await tool<{ verdict: string }>(
      'dispute-row', '--url', world.node.ws, '--suri', suri, '--blobs', folder, '--model', `${model}`, '--row', `${row}`, ...more,
    );
    return verdict;
  };

  it('has the same root for a client as for the worker', () => {
    const { attribution } = trained.spec as { attribution: { root: string } };
    assert.equal(release(honest()).root(), attribution.root);
  });

  it('that is right costs whoever disputes it the bond, by the owner\'s worker alone', async () => {
    const folder = join(world.folder, 'owner');
    mkdirSync(folder, { recursive: true });
    const args = ['run', '--url', world.node.ws, '--suri', '//Dave', '--base-path', folder];
    const owner = new Process('owner', binary('openledger-worker'), args, join(folder, 'worker.log'));
    try {
      const [ferdie, dave] = [account('//Ferdie'), account('//Dave')];
      await assert.rejects(dispute('//Ferdie', trained.head, 3), /satisfies its equation/);
      const before = await Promise.all([ferdie, dave].map((who) => world.chain.free(who)));
      assert.equal(await dispute('//Ferdie', trained.head, 3, '--anyway'), 'upheld');
      const after = await Promise.all([ferdie, dave].map((who) => world.chain.free(who)));
      const [lost, won] = [before[0]! - after[0]!, after[1]! - before[1]!];
      assert(lost >= ROW_BOND && lost < ROW_BOND + FEES, `${lost}`);
      assert(won > ROW_BOND - FEES && won <= ROW_BOND, `${won}`);
    } finally {
      await owner.stop();
    }
  });

  it('that is wrong and that nobody stands by ends the model and costs its owner the bond', async () => {
    const { chain } = world;
    const model = await registerFalse();
    const [ferdie, dave] = [account('//Ferdie'), account('//Dave')];
    const before = { free: await chain.free(ferdie), held: await chain.held(dave) };
    assert.equal(await meanwhile(world, dispute('//Ferdie', model, FALSE_ROW)), 'refuted');
    const reward = (await chain.free(ferdie)) - before.free;
    assert(reward > RELEASE_BOND / 2n - FEES && reward <= RELEASE_BOND / 2n, `${reward}`);
    assert.equal(await chain.held(dave), before.held - RELEASE_BOND);
    assert.equal(await chain.held(ferdie), 0n);
    await fails(ask(world, account('//Eve'), model, trained.digits[0]!.pixels, 2n * OPEN, 'Single'), 'modelRegistry.ReleaseRefuted');
    await fails(chain.send(ferdie, chain.api.tx.releases.disputeRow(model, 0)), 'releases.NotDisputable');
    await fails(chain.send(dave, chain.api.tx.modelRegistry.reclaimBond(model)), 'modelRegistry.NotFound');
  });

  it('whose label is said to be believed by others than it is, is refuted by one transaction', async () => {
    const { chain } = world;
    const model = await registerFalse(praised(honest(), FALSE_ROW));
    const [ferdie, dave] = [account('//Ferdie'), account('//Dave')];
    const before = { free: await chain.free(ferdie), held: await chain.held(dave) };
    const from = (await chain.api.rpc.chain.getHeader()).number.toNumber();
    assert.equal(await dispute('//Ferdie', model, FALSE_ROW), 'refuted');
    const ofModel = (data: { key?: unknown }): boolean => String((data.key as { model: unknown }).model) === `${model}`;
    const end = await chain.waitFor('releases', ['RowRefuted'], ofModel, 60_000, from);
    assert.equal(bigint(end.data.reward), RELEASE_BOND / 2n);
    // nothing was disputed, and a proof that holds is free
    assert.equal(await chain.find('releases', ['RowDisputed'], ofModel, from), undefined);
    assert.equal((await chain.free(ferdie)) - before.free, RELEASE_BOND / 2n);
    assert.equal(await chain.held(dave), before.held - RELEASE_BOND);
  });

  it('that is wrong is found out whatever its owner says of it', async () => {
    const { chain } = world;
    const model = await registerFalse();
    const [ferdie, dave] = [account('//Ferdie'), account('//Dave')];
    const head = u8aToHex(readFileSync(join(world.folder, 'head', 'head.safetensors')));
    const key = { model, row: FALSE_ROW, challenger: ferdie.address };
    const calls = chain.api.tx.releases;
    const from = (await chain.api.rpc.chain.getHeader()).number.toNumber();
    const verdict = dispute('//Ferdie', model, FALSE_ROW);
    verdict.catch(() => undefined);
    const seen = (method: string, past: number): ReturnType<World['chain']['waitFor']> =>
      chain.waitFor('releases', [method], () => true, 60_000, past);
    let at = (await seen('RowDisputed', from)).block;
    const lies = release();
    await chain.send(dave, calls.claimSums(key, lies.shown(), lies.row(FALSE_ROW), lies.shamSums(), head));
    for (let rows = lies.rows; rows > 1;) {
      const parts = Math.min(16, rows);
      await chain.send(dave, calls.split(key, Array.from({ length: parts - 1 }, (_, part) => `0x${`${part}`.padStart(64, '0')}`)));
      const chosen = await seen('PartChosen', at + 1);
      at = chosen.block;
      rows = Number(chosen.data.high) - Number(chosen.data.low);
      assert.equal(Number(chosen.data.low), 0, 'the first part is false already');
    }
    assert.equal(await verdict, 'refuted');
    const end = await chain.find('releases', ['RowRefuted'], (data) => String((data.key as { model: unknown }).model) === `${model}`, at);
    assert(end);
    assert.equal(bigint(end.data.reward), RELEASE_BOND / 2n);
    assert.equal(bigint(end.data.rest), RELEASE_BOND / 2n);
    // the release that is true is still there
    const owner = await chain.api.query.modelRegistry.bonds(trained.head);
    assert.equal((owner.toJSON() as { refuted: boolean }).refuted, false);
  });
});
