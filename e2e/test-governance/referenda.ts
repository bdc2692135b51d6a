// SPDX-License-Identifier: Apache-2.0
// Referenda through the calls that Polkadot.js apps offers, on a development node: from the preimage to the parameter
// that has changed, and each way to stop one.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import type { KeyringPair } from '@polkadot/keyring/types';
import { blake2AsHex } from '@polkadot/util-crypto';
import { open, OPEN, type Chain } from '../src/chain.js';
import { aye, nay, type Call, type Government, type Motion } from '../src/government.js';
import { number } from '../src/story.js';
import { fails } from '../test/errors.js';

export function referenda(world: () => Government): void {
  describe('government by referendum', () => {
    let government: Government;
    let chain: Chain;
    let alice: KeyringPair, bob: KeyringPair, charlie: KeyringPair, dave: KeyringPair, eve: KeyringPair;

    before(async () => {
      government = world();
      chain = government.chain;
      ({ alice, bob, charlie, dave, eve } = government.people);
    });

    /** A call that only a referendum may make: pay vests after so many answers. */
    const vestAfter = (answers: number): Call =>
      chain.api.tx.parameters.setParameter({ Rewards: { VestAnswers: ['VestAnswers', answers] } });
    const vestAnswers = async (): Promise<number> => {
      const set = (await chain.api.query.parameters.parameters({ Rewards: 'VestAnswers' })).toJSON();
      return (set as { rewards: { vestAnswers: number } }).rewards.vestAnswers;
    };

    it('carries a public proposal that is seconded and voted for with conviction and by a delegate', async (t) => {
      const before = await vestAnswers();
      const wanted = before + 7;
      const referendum = await government.proposed(vestAfter(wanted));
      // Dave's thousand count six times and lock as long; Eve's go with Dave's
      await chain.send(eve, chain.api.tx.democracy.delegate({ Id: dave.address }, 'Locked1x', 500n * OPEN));
      await government.vote(dave, referendum, aye(1_000n * OPEN, 'Locked6x'));
      await government.vote(charlie, referendum, nay(50n * OPEN));
      const { tally } = ((await chain.api.query.democracy.referendumInfoOf(referendum)).toJSON() as {
        ongoing: { tally: { ayes: string; nays: string } };
      }).ongoing;
      assert.equal(BigInt(tally.ayes), 6_000n * OPEN + 500n * OPEN);
      // without conviction, which locks nothing, a tenth
      assert.equal(BigInt(tally.nays), 5n * OPEN);
      const passed = await government.ended(referendum, await government.now());
      assert.equal(passed.method, 'Passed');
      const { data } = await government.comes('scheduler', ['Dispatched'], passed.block);
      assert((data.result as { isOk: boolean }).isOk);
      assert.equal(await vestAnswers(), wanted);
      t.diagnostic(`referendum ${referendum}: ${open(BigInt(tally.ayes))} for, ${open(BigInt(tally.nays))} against; Rewards.VestAnswers went from ${before} to ${wanted}`);
      await fails(chain.send(dave, chain.api.tx.democracy.delegate({ Id: dave.address }, 'None', 1n)), 'democracy.Nonsense');
      await chain.send(eve, chain.api.tx.democracy.undelegate());
    });

    it('drops what more vote against', async () => {
      const before = await vestAnswers();
      const referendum = await government.proposed(vestAfter(before + 1));
      await government.vote(dave, referendum, nay(1_000n * OPEN));
      assert.equal((await government.ended(referendum, await government.now())).method, 'NotPassed');
      assert.equal(await vestAnswers(), before);
    });

    it('hurries a proposal of the council through the technical committee', async (t) => {
      const wanted = (await vestAnswers()) + 11;
      const proposal = await government.noted(alice, vestAfter(wanted));
      const { externalProposeMajority, fastTrack } = chain.api.tx.democracy;
      const from = await government.now();
      await government.carry(
        { collective: 'council', threshold: 3, voters: [alice, bob, charlie], call: externalProposeMajority(proposal as never) },
        { collective: 'technicalCommittee', threshold: 2, voters: [alice, bob], call: fastTrack(proposal.Lookup.hash, 3, 1) },
      );
      const { data, block: start } = await government.comes('democracy', ['Started'], from);
      const referendum = number(data.refIndex);
      await government.vote(dave, referendum, aye(10n * OPEN));
      const passed = await government.ended(referendum, start);
      assert.equal(passed.method, 'Passed');
      assert(passed.block - start <= 5, 'it was not hurried');
      await government.comes('scheduler', ['Dispatched'], passed.block);
      assert.equal(await vestAnswers(), wanted);
      t.diagnostic(`referendum ${referendum}: voted on for ${passed.block - start} blocks; Rewards.VestAnswers became ${wanted}`);
    });

    it('lets a member of the technical committee veto, and the proposal stay away', async () => {
      const proposal = await government.noted(bob, vestAfter(99));
      const external: Motion = { collective: 'council', threshold: 2, voters: [alice, bob], call: chain.api.tx.democracy.externalPropose(proposal as never) };
      const veto = chain.api.tx.democracy.vetoExternal(proposal.Lookup.hash);
      const { execute } = chain.api.tx.technicalCommittee;
      const byMember = (): Call => execute!(veto, veto.method.encodedLength) as Call;
      await fails(chain.send(charlie, veto), 'BadOrigin');
      await fails(chain.send(dave, byMember()), 'technicalCommittee.NotMember');
      // in one block, or the proposal might become a referendum in between
      const vetoed = await chain.send(charlie, chain.api.tx.utility.batchAll([await government.motion(external), byMember()]));
      assert.equal(String(chain.event(vetoed, 'democracy', 'Vetoed').proposalHash), proposal.Lookup.hash);
      await fails(government.carry(external), 'democracy.ProposalBlacklisted');
    });

    it('lets the council stop a referendum', async (t) => {
      const before = await vestAnswers();
      const referendum = await government.proposed(vestAfter(before + 5));
      const cancel = chain.api.tx.democracy.emergencyCancel(referendum);
      await fails(chain.send(alice, cancel), 'BadOrigin');
      const from = await government.now();
      await government.carry({ collective: 'council', threshold: 2, voters: [alice, bob], call: cancel });
      assert.equal((await government.ended(referendum, from)).method, 'Cancelled');
      assert.equal(await vestAnswers(), before);
      t.diagnostic(`referendum ${referendum} was cancelled; Rewards.VestAnswers is still ${before}`);
    });

    it('lets the technical committee stop a referendum, once for each proposal', async () => {
      const before = await vestAnswers();
      const call = vestAfter(before + 6);
      const cancelled = async (): Promise<void> => {
        const referendum = await government.proposed(call);
        const from = await government.now();
        const cancel = chain.api.tx.democracy.emergencyCancel(referendum);
        await government.carry({ collective: 'technicalCommittee', threshold: 2, voters: [bob, charlie], call: cancel });
        assert.equal((await government.ended(referendum, from)).method, 'Cancelled');
      };
      await cancelled();
      assert.equal(await vestAnswers(), before);
      await fails(cancelled(), 'democracy.AlreadyCanceled');
    });

    it('bars a proposal for ever when the whole technical committee says so', async (t) => {
      const before = await vestAnswers();
      const call = vestAfter(before + 8);
      const hash = blake2AsHex(call.method.toU8a());
      const referendum = await government.proposed(call);
      const blacklist = chain.api.tx.democracy.blacklist(hash, referendum);
      await fails(chain.send(alice, blacklist), 'BadOrigin');
      await fails(government.carry({ collective: 'technicalCommittee', threshold: 2, voters: [alice, bob], call: blacklist }), 'BadOrigin');
      const from = await government.now();
      await government.carry({ collective: 'technicalCommittee', threshold: 3, voters: [alice, bob, charlie], call: blacklist });
      assert.equal((await government.ended(referendum, from)).method, 'Cancelled');
      const again = { Lookup: { hash, len: call.method.encodedLength } };
      await fails(chain.send(alice, chain.api.tx.democracy.propose(again as never, 100n * OPEN)), 'democracy.ProposalBlacklisted');
      await fails(
        government.carry({ collective: 'council', threshold: 2, voters: [alice, bob], call: chain.api.tx.democracy.externalPropose(again as never) }),
        'democracy.ProposalBlacklisted',
      );
      assert.equal(await vestAnswers(), before);
      t.diagnostic(`referendum ${referendum} was cancelled, and its proposal does not come back`);
    });

    it('locks what was voted with conviction, and counts no token that is on hold', async () => {
      const voter = chain.account('//Voter');
      await chain.send(alice, chain.api.tx.balances.transferKeepAlive(voter.address, 3_200n * OPEN));
      const capabilities = { kernelClass: 'Generic', memoryMib: 1, engineVersion: 'none' };
      await chain.send(voter, chain.api.tx.workers.register(capabilities, 1_000n * OPEN));
      const from = await government.now();
      const referendum = await government.proposed(vestAfter(60));
      await fails(government.vote(voter, referendum, aye(3_000n * OPEN)), 'democracy.InsufficientFunds');
      await government.vote(voter, referendum, aye(2_000n * OPEN, 'Locked1x'));
      // a lock and a hold overlap: of 2,200 free ones, 2,000 less the 1,000 on hold stay
      await fails(chain.send(voter, chain.api.tx.balances.transferKeepAlive(alice.address, 1_500n * OPEN)), '{"token":"Frozen"}');
      // the same tokens may vote on another question, and lock no longer for that
      const other = await government.proposed(vestAfter(61));
      await government.vote(voter, other, nay(2_000n * OPEN));
      await fails(chain.send(voter, chain.api.tx.democracy.delegate({ Id: dave.address }, 'None', OPEN)), 'democracy.VotesExist');
      for (const each of [referendum, other]) await government.ended(each, from);
      // the winners' tokens stay locked for VoteLockingPeriod, and then go free
      for (let passed = 0; passed < 8; passed += 1) await government.block();
      for (const each of [referendum, other]) await chain.send(voter, chain.api.tx.democracy.removeVote(each));
      await chain.send(voter, chain.api.tx.democracy.unlock(voter.address));
      await chain.send(voter, chain.api.tx.balances.transferKeepAlive(alice.address, 1_500n * OPEN));
    });

    it('refuses votes that cannot count', async () => {
      const referendum = await government.proposed(vestAfter(50));
      await fails(government.vote(dave, referendum, aye(2_000_000n * OPEN)), 'democracy.InsufficientFunds');
      await fails(government.vote(dave, referendum + 1, aye(OPEN)), 'democracy.ReferendumInvalid');
      await fails(chain.send(dave, chain.api.tx.democracy.propose({ Lookup: { hash: blake2AsHex('nothing'), len: 7 } } as never, 99n * OPEN)), 'democracy.ValueLow');
      await fails(chain.send(dave, chain.api.tx.democracy.second(1_000)), 'democracy.ProposalMissing');
      await government.vote(dave, referendum, nay(OPEN));
      assert.equal((await government.ended(referendum, await government.now())).method, 'NotPassed');
    });

    it('refuses parameters out of bounds, and whoever is no referendum', async (t) => {
      const before = await vestAnswers();
      await fails(chain.send(alice, vestAfter(1)), 'BadOrigin');
      const half = { platform: 500_000, workers: 0, lineage: 0, contributors: 0 };
      const shares = chain.api.tx.parameters.setParameter({ Payments: { Shares: ['Shares', half] } });
      // shares that do not sum to one cannot be decoded: noted they can be, enacted never
      const referendum = await government.proposed(shares);
      await government.vote(dave, referendum, aye(10n * OPEN));
      const passed = await government.ended(referendum, await government.now());
      assert.equal(passed.method, 'Passed');
      assert.equal((await government.comes('scheduler', ['CallUnavailable', 'Dispatched'], passed.block)).method, 'CallUnavailable');
      assert.equal((await chain.api.query.parameters.parameters({ Payments: 'Shares' })).toString(), '');
      assert.equal(await vestAnswers(), before);
      t.diagnostic(`referendum ${referendum} passed; what it would have set cannot be decoded: scheduler.CallUnavailable`);
    });
  });
}
