// SPDX-License-Identifier: Apache-2.0
// Referenda through the calls that Polkadot.js apps offers, on a development node: from the preimage to the parameter
// that has changed, and each way to stop one.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { SubmittableExtrinsic } from '@polkadot/api/types';
import type { KeyringPair } from '@polkadot/keyring/types';
import { blake2AsHex } from '@polkadot/util-crypto';
import { Chain, DispatchError, OPEN, type Found, type Included } from '../src/chain.js';
import { DevNode, rpc } from '../src/processes.js';
import { number } from '../src/story.js';
import { fails } from '../test/errors.js';

type Call = SubmittableExtrinsic<'promise'>;
/** What democracy calls a proposal whose bytes the preimage pallet has. */
interface Lookup {
  Lookup: { hash: string; len: number };
}

describe('government by referendum', () => {
  let node: DevNode;
  let chain: Chain;
  let running = true;
  let pump: Promise<void>;
  let alice: KeyringPair, bob: KeyringPair, charlie: KeyringPair, dave: KeyringPair, eve: KeyringPair;

  before(async () => {
    // deadlines count blocks, so no block comes unasked
    node = await DevNode.start({ sealing: 'manual' });
    chain = await Chain.connect(node.ws);
    pump = pumping();
    const account = (name: string): KeyringPair => chain.account(`//${name}`);
    [alice, bob, charlie, dave, eve] = [account('Alice'), account('Bob'), account('Charlie'), account('Dave'), account('Eve')];
  });
  after(async () => {
    running = false;
    await pump;
    await chain?.disconnect();
    await node?.stop();
  });

  const block = (): Promise<unknown> => rpc(node.ws.replace('ws', 'http'), 'engine_createBlock', [true, true, null]);
  /** Makes a block whenever a transaction waits for one. */
  async function pumping(): Promise<void> {
    while (running) {
      const waiting = await rpc<unknown[]>(node.ws.replace('ws', 'http'), 'author_pendingExtrinsics', []);
      if (waiting.length > 0) await block();
      else await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** Makes blocks, one at a time, until one of the events stands in one from `from` on. */
  async function comes(section: string, methods: string[], from: number, matches: (data: Found['data']) => boolean = () => true): Promise<Found> {
    for (let made = 0; made < 60; made += 1) {
      const found = await chain.find(section, methods, matches, from);
      if (found) return found;
      await block();
    }
    throw new Error(`${section}.${methods.join(' or ')} did not come within 60 blocks`);
  }
  const now = async (): Promise<number> => (await chain.api.rpc.chain.getHeader()).number.toNumber();

  /** A call that only a referendum may make: pay vests after so many answers. */
  const vestAfter = (answers: number): Call =>
    chain.api.tx.parameters.setParameter({ Rewards: { VestAnswers: ['VestAnswers', answers] } });
  const vestAnswers = async (): Promise<number> => {
    const set = (await chain.api.query.parameters.parameters({ Rewards: 'VestAnswers' })).toJSON();
    return (set as { rewards: { vestAnswers: number } }).rewards.vestAnswers;
  };

  /** Notes the call's preimage. */
  async function noted(by: KeyringPair, call: Call): Promise<Lookup> {
    const hash = blake2AsHex(call.method.toU8a());
    const len = call.method.encodedLength;
    await chain.send(by, chain.api.tx.preimage.notePreimage(call.method.toHex()));
    return { Lookup: { hash, len } };
  }

  const aye = (balance: bigint, conviction = 'None'): unknown => ({ Standard: { vote: { aye: true, conviction }, balance } });
  const nay = (balance: bigint): unknown => ({ Standard: { vote: { aye: false, conviction: 'None' }, balance } });
  const vote = (by: KeyringPair, referendum: number, how: unknown): Promise<Included> =>
    chain.send(by, chain.api.tx.democracy.vote(referendum, how as never));

  /** Proposes a call in public, and returns the referendum that it becomes. */
  async function proposed(call: Call): Promise<number> {
    const proposal = await noted(alice, call);
    const included = await chain.send(alice, chain.api.tx.democracy.propose(proposal as never, 100n * OPEN));
    const index = number(chain.event(included, 'democracy', 'Proposed').proposalIndex);
    const from = await now();
    // a proposal may become a referendum in the next block already
    await chain.send(bob, chain.api.tx.democracy.second(index)).catch((error: unknown) => {
      if (!(error instanceof DispatchError && error.reason === 'democracy.ProposalMissing')) throw error;
    });
    return number((await comes('democracy', ['Started'], from)).data.refIndex);
  }

  interface Motion {
    collective: 'council' | 'technicalCommittee';
    threshold: number;
    voters: KeyringPair[];
    call: Call;
  }
  /** Has a collective vote on a call, and returns the call that ends the vote. */
  async function motion({ collective, threshold, voters, call }: Motion): Promise<Call> {
    const tx = chain.api.tx[collective]!;
    const length = call.method.encodedLength;
    const included = await chain.send(voters[0]!, tx.propose!(threshold, call, length));
    const { proposalHash, proposalIndex } = chain.event(included, collective, 'Proposed');
    for (const voter of voters) await chain.send(voter, tx.vote!(proposalHash, proposalIndex, true));
    return tx.close!(proposalHash, proposalIndex, { refTime: 2_000_000_000n, proofSize: 100_000n }, length) as Call;
  }
  /** Ends votes in one block; fails as what was voted for does. */
  async function carry(...motions: Motion[]): Promise<void> {
    const closes: Call[] = [];
    for (const each of motions) closes.push(await motion(each));
    const closed = await chain.send(alice, chain.api.tx.utility.batchAll(closes));
    for (const { event } of closed.events) {
      if (event.method !== 'Executed') continue;
      const result = (event.data as unknown as { result: { isOk: boolean; asErr: unknown } }).result;
      if (!result.isOk) throw chain.error(result.asErr);
    }
  }

  const ended = (referendum: number, from: number): Promise<Found> =>
    comes('democracy', ['Passed', 'NotPassed', 'Cancelled'], from, ({ refIndex }) => number(refIndex) === referendum);

  it('carries a public proposal that is seconded and voted for with conviction and by a delegate', async () => {
    const before = await vestAnswers();
    const wanted = before + 7;
    const referendum = await proposed(vestAfter(wanted));
    // Dave's thousand count six times and lock as long; Eve's go with Dave's
    await chain.send(eve, chain.api.tx.democracy.delegate({ Id: dave.address }, 'Locked1x', 500n * OPEN));
    await vote(dave, referendum, aye(1_000n * OPEN, 'Locked6x'));
    await vote(charlie, referendum, nay(50n * OPEN));
    const { tally } = ((await chain.api.query.democracy.referendumInfoOf(referendum)).toJSON() as {
      ongoing: { tally: { ayes: string; nays: string } };
    }).ongoing;
    assert.equal(BigInt(tally.ayes), 6_000n * OPEN + 500n * OPEN);
    // without conviction, which locks nothing, a tenth
    assert.equal(BigInt(tally.nays), 5n * OPEN);
    const passed = await ended(referendum, await now());
    assert.equal(passed.method, 'Passed');
    const { data } = await comes('scheduler', ['Dispatched'], passed.block);
    assert((data.result as { isOk: boolean }).isOk);
    assert.equal(await vestAnswers(), wanted);
    await fails(chain.send(dave, chain.api.tx.democracy.delegate({ Id: dave.address }, 'None', 1n)), 'democracy.Nonsense');
    await chain.send(eve, chain.api.tx.democracy.undelegate());
  });

  it('drops what more vote against', async () => {
    const before = await vestAnswers();
    const referendum = await proposed(vestAfter(before + 1));
    await vote(dave, referendum, nay(1_000n * OPEN));
    assert.equal((await ended(referendum, await now())).method, 'NotPassed');
    assert.equal(await vestAnswers(), before);
  });

  it('hurries a proposal of the council through the technical committee', async () => {
    const wanted = (await vestAnswers()) + 11;
    const proposal = await noted(alice, vestAfter(wanted));
    const { externalProposeMajority, fastTrack } = chain.api.tx.democracy;
    const from = await now();
    await carry(
      { collective: 'council', threshold: 3, voters: [alice, bob, charlie], call: externalProposeMajority(proposal as never) },
      { collective: 'technicalCommittee', threshold: 2, voters: [alice, bob], call: fastTrack(proposal.Lookup.hash, 3, 1) },
    );
    const { data, block: start } = await comes('democracy', ['Started'], from);
    const referendum = number(data.refIndex);
    await vote(dave, referendum, aye(10n * OPEN));
    const passed = await ended(referendum, start);
    assert.equal(passed.method, 'Passed');
    assert(passed.block - start <= 5, 'it was not hurried');
    await comes('scheduler', ['Dispatched'], passed.block);
    assert.equal(await vestAnswers(), wanted);
  });

  it('lets a member of the technical committee veto, and the proposal stay away', async () => {
    const proposal = await noted(bob, vestAfter(99));
    const external: Motion = { collective: 'council', threshold: 2, voters: [alice, bob], call: chain.api.tx.democracy.externalPropose(proposal as never) };
    const veto = chain.api.tx.democracy.vetoExternal(proposal.Lookup.hash);
    const { execute } = chain.api.tx.technicalCommittee;
    const byMember = (): Call => execute!(veto, veto.method.encodedLength) as Call;
    await fails(chain.send(charlie, veto), 'BadOrigin');
    await fails(chain.send(dave, byMember()), 'technicalCommittee.NotMember');
    // in one block, or the proposal might become a referendum in between
    const vetoed = await chain.send(charlie, chain.api.tx.utility.batchAll([await motion(external), byMember()]));
    assert.equal(String(chain.event(vetoed, 'democracy', 'Vetoed').proposalHash), proposal.Lookup.hash);
    await fails(carry(external), 'democracy.ProposalBlacklisted');
  });

  it('lets the council stop a referendum', async () => {
    const before = await vestAnswers();
    const referendum = await proposed(vestAfter(before + 5));
    const cancel = chain.api.tx.democracy.emergencyCancel(referendum);
    await fails(chain.send(alice, cancel), 'BadOrigin');
    const from = await now();
    await carry({ collective: 'council', threshold: 2, voters: [alice, bob], call: cancel });
    assert.equal((await ended(referendum, from)).method, 'Cancelled');
    assert.equal(await vestAnswers(), before);
  });

  it('refuses votes that cannot count', async () => {
    const referendum = await proposed(vestAfter(50));
    await fails(vote(dave, referendum, aye(2_000_000n * OPEN)), 'democracy.InsufficientFunds');
    await fails(vote(dave, referendum + 1, aye(OPEN)), 'democracy.ReferendumInvalid');
    await fails(chain.send(dave, chain.api.tx.democracy.propose({ Lookup: { hash: blake2AsHex('nothing'), len: 7 } } as never, 99n * OPEN)), 'democracy.ValueLow');
    await fails(chain.send(dave, chain.api.tx.democracy.second(1_000)), 'democracy.ProposalMissing');
    await vote(dave, referendum, nay(OPEN));
    assert.equal((await ended(referendum, await now())).method, 'NotPassed');
  });

  it('refuses parameters out of bounds, and whoever is no referendum', async () => {
    const before = await vestAnswers();
    await fails(chain.send(alice, vestAfter(1)), 'BadOrigin');
    const half = { platform: 500_000, workers: 0, lineage: 0, contributors: 0 };
    const shares = chain.api.tx.parameters.setParameter({ Payments: { Shares: ['Shares', half] } });
    // shares that do not sum to one cannot be decoded: noted they can be, enacted never
    const referendum = await proposed(shares);
    await vote(dave, referendum, aye(10n * OPEN));
    const passed = await ended(referendum, await now());
    assert.equal(passed.method, 'Passed');
    assert.equal((await comes('scheduler', ['CallUnavailable', 'Dispatched'], passed.block)).method, 'CallUnavailable');
    assert.equal((await chain.api.query.parameters.parameters({ Payments: 'Shares' })).toString(), '');
    assert.equal(await vestAnswers(), before);
  });
});
