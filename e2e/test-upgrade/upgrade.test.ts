// SPDX-License-Identifier: Apache-2.0
// A runtime upgrade of a running chain by referendum: authorised by hash, applied by anybody, after which the chain goes
// on, the migration has run once, and the state holds. The new runtime is this one with the next specification
// version, one migration, and the checks of `try-runtime` as a runtime API.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { u8aToHex } from '@polkadot/util';
import { blake2AsHex, xxhashAsHex } from '@polkadot/util-crypto';
import { OPEN, type Chain } from '../src/chain.js';
import { Government } from '../src/government.js';
import { binary, rpc, RpcError, scratch } from '../src/processes.js';
import { createDatanet, number } from '../src/story.js';
import { fails } from '../test/errors.js';

/** Migrations with their own checks before and after, and then `try_state` of every pallet. */
const ALL_CHECKS = '0x01';
/** `try_state` of every pallet. */
const TRY_STATE = '0x03';

const key = (pallet: string, item: string): string => `${xxhashAsHex(pallet, 128)}${xxhashAsHex(item, 128).slice(2)}`;
const UPGRADED_FROM = key('Development', 'UpgradedFrom');
const STORAGE_VERSION = key('Development', ':__STORAGE_VERSION__:');

describe('a runtime upgrade of a running chain', () => {
  let government: Government;
  let chain: Chain;
  let code: Uint8Array;
  /** The block whose state has the new code and is still the old state. */
  let applied: string;
  const datanets: number[] = [];

  before(async () => {
    const folder = scratch('upgrade');
    const file = join(folder, 'code.wasm');
    execFileSync(binary('openledger-upgrade-rehearsal'), [file]);
    code = readFileSync(file);
    rmSync(folder, { recursive: true });
    government = await Government.start();
    chain = government.chain;
  });
  after(async () => {
    await government?.stop();
  });

  const specification = async (): Promise<number> => (await rpc<{ specVersion: number }>(government.url, 'state_getRuntimeVersion', [])).specVersion;
  const stored = (at: string): Promise<string | null> => rpc<string | null>(government.url, 'state_getStorage', [at]);
  const featured = async (): Promise<number[]> => {
    // one byte of length, then eight of each id
    const bytes = Buffer.from((await stored(key('Powers', 'Featured')))!.slice(2), 'hex');
    return Array.from({ length: (bytes.length - 1) / 8 }, (_, index) => Number(bytes.readBigUInt64LE(1 + 8 * index)));
  };
  /** Runs the checks of the code of a block on that block's state; nothing of it is kept. */
  const checks = (which: string, at?: string): Promise<string> => rpc<string>(government.url, 'state_call', ['TryRuntime_on_runtime_upgrade', which, ...(at ? [at] : [])]);

  it('has a state worth keeping', async () => {
    const { alice, dave, eve } = government.people;
    for (let made = 0; made < 3; made += 1) datanets.push((await createDatanet({ chain, url: government.url, folder: '' }, dave, [dave.address])).datanet);
    await chain.send(eve, chain.api.tx.datanets.contribute(datanets[0]!, `0x${'11'.repeat(32)}`, 10, 'text/csv', 1));
    await government.enact(chain.api.tx.powers.feature([datanets[2]!, datanets[0]!, datanets[1]!]));
    await government.enact(chain.api.tx.powers.delegate(alice.address, { TreasurySpend: { cap: OPEN, period: 100 } }));
    assert.deepEqual(await featured(), [2, 0, 1]);
    assert.equal(await specification(), 1);
    assert.equal(await stored(STORAGE_VERSION), '0x0000');
    await assert.rejects(checks(TRY_STATE), (error: unknown) => error instanceof RpcError, 'the old runtime has no such checks');
  });

  it('is authorised by referendum alone and applied by anybody, and by no other code', async (t) => {
    const { alice, eve } = government.people;
    const { authorizeUpgrade, applyAuthorizedUpgrade } = chain.api.tx.system;
    const hash = blake2AsHex(code);
    await fails(chain.send(alice, authorizeUpgrade(hash)), 'BadOrigin');
    await fails(chain.send(eve, applyAuthorizedUpgrade(u8aToHex(code))), 'system.NothingAuthorized').catch((error: unknown) => {
      // the pool may refuse it before it is in a block
      assert.match(String(error), /1010|invalid/i);
    });
    const block = await government.enact(authorizeUpgrade(hash));
    t.diagnostic(`block ${block}: a referendum authorised ${hash} (${code.length} bytes)`);
    const other = new Uint8Array(code);
    other[other.length - 1]! ^= 1;
    await assert.rejects(chain.send(eve, applyAuthorizedUpgrade(u8aToHex(other))), 'other code');
    const included = await chain.send(eve, applyAuthorizedUpgrade(u8aToHex(code)));
    chain.event(included, 'parachainSystem', 'ValidationFunctionStored');
    assert.equal(await specification(), 1);
    const from = await government.now();
    const { block: at } = await government.comes('parachainSystem', ['ValidationFunctionApplied'], from);
    applied = (await chain.api.rpc.chain.getBlockHash(at)).toHex();
    t.diagnostic(`block ${at}: the relay chain let it go ahead`);
  });

  it('migrates the old state with every check of the migration, tried before it happens', async (t) => {
    assert.equal(await rpc(government.url, 'state_getStorage', [UPGRADED_FROM, applied]), null, 'it has not run yet');
    const weights = await checks(ALL_CHECKS, applied);
    t.diagnostic(`TryRuntime_on_runtime_upgrade on the state from before: ${weights}`);
  });

  it('has run the migration once, in the first block of the new runtime', async (t) => {
    const from = await government.now();
    await government.block();
    assert.equal(await specification(), 2);
    const trace = Buffer.from((await stored(UPGRADED_FROM))!.slice(2), 'hex');
    const [spec, block] = [trace.readUInt32LE(0), trace.readUInt32LE(4)];
    // the migration runs before the block has its number
    assert.deepEqual([spec, block], [1, from]);
    assert.equal(await stored(STORAGE_VERSION), '0x0100');
    assert.deepEqual(await featured(), [0, 1, 2]);
    await government.block();
    assert.equal((await stored(UPGRADED_FROM))!.slice(10), u8aToHex(trace).slice(10), 'it ran twice');
    t.diagnostic(`block ${from + 1}: specification 1 became 2, storage version 0 became 1, the featured datanets are in order`);
  });

  it('goes on: old state is there, transactions and referenda work', async (t) => {
    const { alice, dave, eve } = government.people;
    // clients notice the new runtime by themselves
    for (let waited = 0; chain.api.runtimeVersion.specVersion.toNumber() !== 2; waited += 1) {
      assert(waited < 100, 'the client did not notice');
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    await chain.send(dave, chain.api.tx.datanets.accept(datanets[0]!, 0, null));
    await chain.send(eve, chain.api.tx.datanets.contribute(datanets[1]!, `0x${'22'.repeat(32)}`, 10, 'text/csv', 1));
    const { data } = await government.comes('datanets', ['Contributed'], await government.now());
    assert.equal(number(data.contribution), 0);
    await government.enact(chain.api.tx.powers.revoke(alice.address, 'TreasurySpend'));
    t.diagnostic(`block ${await government.now()}: contributions, judgements and a referendum after the upgrade`);
  });

  it('holds every invariant of every pallet, and the check would notice if not', async (t) => {
    t.diagnostic(`TryRuntime try_state of all pallets: ${await checks(TRY_STATE)}`);
    // a featured datanet that does not exist: only a referendum that writes storage by hand can do that
    const broken = `0x04${'ff'.repeat(8)}`;
    await government.enact(chain.api.tx.system.setStorage([[key('Powers', 'Featured'), broken]]));
    await assert.rejects(checks(TRY_STATE), (error: unknown) => error instanceof RpcError);
    t.diagnostic('with a broken value it fails');
  });
});
