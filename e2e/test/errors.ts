// SPDX-License-Identifier: Apache-2.0
// What a client sees when it, a worker or a contributor sends something wrong: each has a name of its own.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import type { Codec } from '@polkadot/types/types';
import { DispatchError, OPEN, type Account } from '../src/chain.js';
import { ask, ended, hosts, startWorker } from '../src/inference.js';
import { baseSpec, registerAdapter, registerBase } from '../src/models.js';
import { rpc, RpcError } from '../src/processes.js';
import { bigint, contribute, contributeCall, CONTRIBUTION_DEPOSIT, number, store, TERMS } from '../src/story.js';
import { blob } from '../src/tools.js';
import type { Trained, World } from './world.js';

/** The chain refuses a transaction by this name. */
export const fails = (attempt: Promise<unknown>, name: string): Promise<void> =>
  assert.rejects(attempt, (error: unknown) => {
    assert(error instanceof DispatchError, String(error));
    assert.equal(error.reason, name);
    return true;
  });

/** The node refuses a call by this name and code. */
const refuses = (attempt: Promise<unknown>, name: string, code: number): Promise<void> =>
  assert.rejects(attempt, (error: unknown) => {
    assert(error instanceof RpcError, String(error));
    assert.deepEqual([error.data, error.code], [name, code]);
    return true;
  });

const HASH = `0x${'11'.repeat(32)}`;

interface Leaf {
  leaf: { datanet: number; contribution: number; owner: string; content: string; size: number; leafCount: number };
  proof: { leafIndex: number; leafCount: number; items: string[] };
}

type Verify = (version: number, leaf: Leaf['leaf'], proof: Leaf['proof']) => Promise<Codec & { isOk: boolean; asErr: Codec }>;

/** Tests against `world`, once it is there. */
export function badInput(world: () => World, trained: () => Trained): void {
  describe('bad input has a name', () => {
    it('of a datanet', async () => {
      const { chain, alice } = world();
      const create = (name: string, terms: object): Promise<unknown> =>
        chain.send(alice, chain.api.tx.datanets.create(name, 'Image', terms, 'Curated', CONTRIBUTION_DEPOSIT, []));
      await fails(create('n'.repeat(65), TERMS), 'datanets.NameTooLong');
      await fails(create('', TERMS), 'datanets.NameNotText');
      await fails(create('x', { ...TERMS, id: 'WTFPL' }), 'datanets.UnknownLicence');
      await fails(create('x', { ...TERMS, id: 'CC-BY-NC-4.0' }), 'datanets.LicenceTooWide');
    });

    it('of a contribution', async () => {
      const { chain, alice } = world();
      const { datanet, contributions } = trained();
      const small = blob(new TextEncoder().encode('one row'));
      const send = (rows: number, what = small): Promise<unknown> => chain.send(alice, contributeCall(world(), datanet, what, rows));
      await fails(send(15, contributions[0]!.blob), 'datanets.AlreadyExists');
      await fails(send(small.bytes.length + 1), 'datanets.LeafCountAboveSize');
      await fails(send(0), 'datanets.ZeroLeafCount');
      await fails(send(1, { ...small, bytes: new Uint8Array() }), 'datanets.ZeroSize');
    });

    it('of a size that is a lie, which the curator rejects', async () => {
      const { chain } = world();
      const liar = chain.account('//Contributor/0');
      const bob = chain.account('//Bob');
      const { datanet } = trained();
      const lie = blob(new TextEncoder().encode('less than it says'));
      const call = chain.api.tx.datanets.contribute(datanet, lie.id, 4_000, 'text/csv', 15);
      const contribution = number(chain.event(await chain.send(liar, call), 'datanets', 'Contributed').contribution);
      const reject = chain.api.tx.datanets.reject(datanet, contribution, 'SizeMismatch');
      await fails(chain.send(liar, reject), 'datanets.NotAuthorized');
      const rejected = chain.event(await chain.send(bob, reject), 'datanets', 'ContributionRejected');
      assert.equal(String(rejected.reason), 'SizeMismatch');
      assert.equal(bigint(rejected.forfeited), 0n);
      await fails(chain.send(bob, reject), 'datanets.NotFound');
      await store(world(), lie);
      const junk = chain.event(await chain.send(liar, call), 'datanets', 'Contributed').contribution;
      const forfeit = await chain.send(bob, chain.api.tx.datanets.reject(datanet, number(junk), 'Junk'));
      assert.equal(bigint(chain.event(forfeit, 'datanets', 'ContributionRejected').forfeited), CONTRIBUTION_DEPOSIT);
    });

    it('of a membership proof', async () => {
      const { chain, url } = world();
      const { datanet, version } = trained();
      const proof = (...of: number[]): Promise<Leaf> => rpc<Leaf>(url, 'openledger_membershipProof', of);
      const { leaf, proof: path } = await proof(datanet, version, 1);
      const verify = (chain.api.call as unknown as Record<string, Record<string, Verify>>).datanetsApi!.verifyMembership!;
      assert((await verify(version, leaf, path)).isOk);
      const wrong = async (...what: Parameters<Verify>): Promise<string> => (await verify(...what)).asErr.toString();
      assert.equal(await wrong(version, { ...leaf, owner: world().alice.address }, path), 'InvalidProof');
      assert.equal(await wrong(version, leaf, { ...path, items: path.items.slice(1) }), 'InvalidProof');
      assert.equal(await wrong(version, leaf, { ...path, leafIndex: path.leafIndex + 1 }), 'InvalidProof');
      assert.equal(await wrong(99, leaf, path), 'NotFound');
      await refuses(proof(datanet, 99, 0), 'NotFound', 7021);
      const file = join(world().folder, 'late.csv');
      const { pixels, label } = trained().digits[7]!;
      writeFileSync(file, `${[...pixels, label].join(',')}\n`);
      const [late] = await contribute(world(), datanet, chain.account('//Contributor/0'), [file]);
      await refuses(proof(datanet, version, late!.contribution), 'NotInVersion', 7022);
    });

    it('of a model', async () => {
      const { chain } = world();
      const dave = chain.account('//Dave');
      const { datanet, version, termsHash, base } = trained();
      const spec = baseSpec(termsHash, '/dev/null');
      const own = number(await chain.api.query.modelRegistry.nextModelId());
      await fails(registerAdapter(world(), dave, spec, [own], [], OPEN), 'modelRegistry.LineageCycle');
      await fails(registerAdapter(world(), dave, spec, [own + 1], [], OPEN), 'modelRegistry.ParentNotFound');
      await fails(registerBase(world(), dave, { ...spec, royalty: 1_000_000 }, OPEN), 'modelRegistry.RoyaltyCapExceeded');
      const source = { datanet, version, licenceHash: termsHash, maxShare: 499_999 };
      await fails(registerAdapter(world(), dave, spec, [base], [source], OPEN), 'modelRegistry.ShareAboveBound');
    });

    it('of an index under a wrong root, whose model no worker offers', async () => {
      const { alice, chain, workers } = world();
      const { datanet, version, termsHash, base, head, spec } = trained();
      const { attribution } = spec as { attribution: object };
      const wrong = { ...spec, attribution: { ...attribution, root: HASH } };
      const source = { datanet, version, licenceHash: termsHash, maxShare: 500_000 };
      const model = await registerAdapter(world(), chain.account('//Dave'), wrong, [base], [source], OPEN);
      const careful = '//Worker/careful';
      await chain.send(alice, chain.api.tx.balances.transferKeepAlive(chain.account(careful).address, 2_000n * OPEN));
      const before = await hosts(world(), head);
      workers.push(await startWorker(world(), careful, [model, head]));
      const until = Date.now() + 60_000;
      while ((await hosts(world(), head)) === before) {
        assert(Date.now() < until, 'the worker hosts nothing');
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
      assert.equal(await hosts(world(), model), 0, 'the list is hosted in its order');
      const log = readFileSync(join(world().folder, 'worker-Workercareful', 'worker.log'), 'utf8');
      assert.match(log, /AttributionRootMismatch/);
    });

    it('of a request and a claim', async () => {
      const { chain } = world();
      const eve = chain.account('//Eve');
      const { head, digits } = trained();
      const pixels = digits[5]!.pixels;
      await fails(ask(world(), eve, head, pixels, OPEN - 1n, 'Single'), 'inference.PriceAboveMaximum');
      await fails(ask(world(), eve, head, [...pixels, 0], OPEN, 'Single'), 'inference.InputTooLarge');
      await fails(ask(world(), eve, head, pixels.slice(1), OPEN, 'Single'), 'inference.InputInvalid');
      await fails(ask(world(), eve, head, [NaN, ...pixels.slice(1)], OPEN, 'Single'), 'inference.InputInvalid');
      await fails(ask(world(), eve, head, pixels, OPEN, { Quorum: { k: 2, threshold: 3 } }), 'inference.InvalidVerification');
      await fails(chain.send(eve, chain.api.tx.attribution.claim([])), 'attribution.NothingToClaim');
      await refuses(rpc(world().url, 'openledger_explain', [123_456]), 'NotSettled', 7011);
    });

    it('of a blob', async () => {
      const { url } = world();
      const put = (text: string): Promise<unknown> => rpc(url, 'openledger_putBlob', [text]);
      await refuses(store(world(), blob(new Uint8Array((4 << 20) + 1))), 'BlobTooLarge', 7001);
      await refuses(put('0x123'), 'BlobMalformed', 7002);
      await refuses(rpc(url, 'openledger_getBlob', ['0x1234']), 'ContentIdMalformed', 7003);
      assert.equal(await rpc(url, 'openledger_getBlob', [`0x${'00'.repeat(32)}`]), null);
    });

    describe('of a worker', () => {
      let mallory: Account;
      let model: number;

      before(async () => {
        const { chain, alice } = world();
        mallory = chain.account('//Worker/mallory');
        await chain.send(alice, chain.api.tx.balances.transferKeepAlive(mallory.address, 2_000n * OPEN));
        model = await registerBase(world(), chain.account('//Dave'), baseSpec(HASH, '/dev/null'), OPEN);
        const capabilities = { kernelClass: 'Generic', memoryMib: 1, engineVersion: 'by hand' };
        const { register, host } = chain.api.tx.workers;
        await fails(chain.send(mallory, register(capabilities, OPEN)), 'workers.BondTooSmall');
        await fails(chain.send(mallory, host(model)), 'workers.NotFound');
        await chain.send(mallory, register(capabilities, 1_000n * OPEN));
        await fails(chain.send(mallory, host(1_000_000)), 'workers.ModelNotHostable');
        await chain.send(mallory, host(model));
      });

      /** A request that only Mallory is drawn for, and the block it was made in. */
      const drawn = async (): Promise<{ request: number; block: number }> => {
        const { chain } = world();
        const { request, block } = await ask(world(), chain.account('//Eve'), model, trained().digits[0]!.pixels, OPEN, 'Single');
        await chain.waitFor('inference', ['Drawn'], (data) => number(data.request) === request, 60_000, block);
        return { request, block };
      };
      const commit = (who: Account, request: number): Promise<unknown> =>
        world().chain.send(who, world().chain.api.tx.inference.commit(request, HASH));
      const reveal = (who: Account, request: number, bytes: number): Promise<unknown> =>
        world().chain.send(who, world().chain.api.tx.inference.reveal(request, `0x${'00'.repeat(bytes)}`, [], [], HASH));
      const RIGHT_LENGTH = 128;

      it('who was not drawn, commits twice, reveals another thing, another shape or too much, or comes late', async () => {
        const { chain } = world();
        const eve = chain.account('//Eve');
        const revealed = await drawn();
        await fails(commit(eve, revealed.request), 'inference.NotDrawn');
        await fails(reveal(mallory, revealed.request, RIGHT_LENGTH), 'inference.NotCommitted');
        await commit(mallory, revealed.request);
        await fails(commit(mallory, revealed.request), 'inference.AlreadyCommitted');
        await fails(reveal(eve, revealed.request, RIGHT_LENGTH), 'inference.NotDrawn');
        await fails(reveal(mallory, revealed.request, RIGHT_LENGTH), 'inference.CommitmentMismatch');
        await fails(reveal(mallory, revealed.request, RIGHT_LENGTH - 4), 'inference.OutputWrongLength');
        await fails(reveal(mallory, revealed.request, 1_025), 'inference.OutputTooLarge');
        const silent = await drawn();

        // every transaction makes a block, and every block a tick: both deadlines pass
        const open = async (): Promise<unknown[]> => rpc<unknown[]>(world().url, 'openledger_openRequests', [mallory.address]);
        for (let ticks = 0; (await open()).length > 0; ticks += 1) {
          assert(ticks < 200, 'the deadlines do not pass');
          await chain.send(world().alice, chain.api.tx.system.remark('0x'));
        }
        await fails(commit(mallory, silent.request), 'inference.DeadlinePassed');
        await fails(reveal(mallory, revealed.request, RIGHT_LENGTH), 'inference.DeadlinePassed');
        for (const { request, block } of [revealed, silent]) {
          const end = await ended(world(), request, block);
          assert.equal(end.settled, false);
        }
      });
    });
  });
}
