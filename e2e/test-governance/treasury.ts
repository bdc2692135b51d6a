// SPDX-License-Identifier: Apache-2.0
// The treasury's money: a spend by referendum, and a bounty from its funding to who did the work.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import type { KeyringPair } from '@polkadot/keyring/types';
import { open, OPEN, type Chain } from '../src/chain.js';
import type { Government } from '../src/government.js';
import { number } from '../src/story.js';
import { fails } from '../test/errors.js';

export function treasury(world: () => Government): void {
  describe('the treasury', () => {
    let government: Government;
    let chain: Chain;
    let alice: KeyringPair, bob: KeyringPair, dave: KeyringPair, eve: KeyringPair;
    let pot: { address: string };
    /** Somebody new, so that what arrives is all that there is. */
    const newcomer = (name: string): KeyringPair => chain.account(`//Newcomer/${name}`);

    before(async () => {
      government = world();
      chain = government.chain;
      ({ alice, bob, dave, eve } = government.people);
      const id = new TextEncoder().encode('modlop/trsry');
      pot = { address: chain.keyring.encodeAddress(new Uint8Array([...id, ...new Uint8Array(32 - id.length)])) };
      await chain.send(alice, chain.api.tx.balances.transferKeepAlive(pot.address, 10_000n * OPEN));
    });

    it('pays what a referendum approved, once, to whom it said', async (t) => {
      const payee = newcomer('payee');
      const { spend, payout } = chain.api.tx.treasury;
      const call = spend(null, 25n * OPEN, payee.address, null);
      await fails(chain.send(alice, call), 'BadOrigin');
      const before = await chain.free(pot);
      const enacted = await government.enact(call);
      const { data } = await government.comes('treasury', ['AssetSpendApproved'], enacted);
      await chain.send(eve, payout(number(data.index)));
      assert.equal(await chain.free(payee), 25n * OPEN);
      assert.equal(await chain.free(pot), before - 25n * OPEN);
      await fails(chain.send(eve, payout(number(data.index))), 'treasury.AlreadyAttempted');
      t.diagnostic(`spend ${number(data.index)} by referendum: ${open(25n * OPEN)} from the treasury, ${open(before)} before`);
    });

    it('voids an approved spend by half of the council before it is paid', async () => {
      const enacted = await government.enact(chain.api.tx.treasury.spend(null, OPEN, eve.address, (await government.now()) + 1_000));
      const { data } = await government.comes('treasury', ['AssetSpendApproved'], enacted);
      const index = number(data.index);
      await fails(chain.send(eve, chain.api.tx.treasury.payout(index)), 'treasury.EarlyPayout');
      await government.carry({ collective: 'council', threshold: 2, voters: [alice, bob], call: chain.api.tx.treasury.voidSpend(index) });
      await fails(chain.send(eve, chain.api.tx.treasury.payout(index)), 'treasury.InvalidIndex');
    });

    it('funds a bounty by referendum, which its curator awards', async (t) => {
      const { fundBounty, checkStatus, acceptCurator, awardBounty } = chain.api.tx.bounties;
      const worker = newcomer('worker');
      const { Lookup: { hash } } = await government.noted(dave, chain.api.tx.system.remark('Write the operator\'s guide'));
      const fund = fundBounty(null, 50n * OPEN, bob.address, hash);
      await fails(chain.send(bob, fund), 'BadOrigin');
      const before = await chain.free(pot);
      const enacted = await government.enact(fund);
      const bounty = number((await government.comes('bounties', ['BountyCreated'], enacted)).data.index);
      assert.equal(await chain.free(pot), before - 50n * OPEN);
      await chain.send(eve, checkStatus(bounty, null));
      await fails(chain.send(eve, acceptCurator(bounty, null)), 'bounties.RequireCurator');
      const held = await chain.held(bob);
      await chain.send(bob, acceptCurator(bounty, null));
      assert.equal(await chain.held(bob), held + 5n * OPEN);
      await fails(chain.send(eve, awardBounty(bounty, null, worker.address)), 'bounties.RequireCurator');
      await chain.send(bob, awardBounty(bounty, null, worker.address));
      assert.equal(await chain.free(worker), 50n * OPEN);
      await chain.send(eve, checkStatus(bounty, null));
      assert.equal(await chain.held(bob), held);
      t.diagnostic(`bounty ${bounty}: ${open(50n * OPEN)} to who did the work; the curator's deposit of ${open(5n * OPEN)} came back`);
    });

    it('gets a bounty\'s money back when its curator gives it up', async () => {
      const { fundBounty, checkStatus, acceptCurator, closeBounty } = chain.api.tx.bounties;
      const { Lookup: { hash } } = await government.noted(dave, chain.api.tx.system.remark('Nobody does it'));
      const before = await chain.free(pot);
      const enacted = await government.enact(fundBounty(null, 20n * OPEN, bob.address, hash));
      const bounty = number((await government.comes('bounties', ['BountyCreated'], enacted)).data.index);
      const held = await chain.held(bob);
      await chain.send(bob, checkStatus(bounty, null));
      await chain.send(bob, acceptCurator(bounty, null));
      await chain.send(bob, closeBounty(bounty, null));
      await chain.send(bob, checkStatus(bounty, null));
      assert.equal(await chain.held(bob), held);
      assert.equal(await chain.free(pot), before);
    });
  });
}
