// SPDX-License-Identifier: Apache-2.0
// Government on a development node of its own: referenda from the preimage to what they decide, and motions of council
// and technical committee, through the calls that Polkadot.js apps offers.
import assert from 'node:assert/strict';
import type { SubmittableExtrinsic } from '@polkadot/api/types';
import type { KeyringPair } from '@polkadot/keyring/types';
import { blake2AsHex } from '@polkadot/util-crypto';
import { Chain, DispatchError, OPEN, type Account, type Found, type Included } from './chain.js';
import { DevNode, rpc } from './processes.js';
import { number } from './story.js';

export type Call = SubmittableExtrinsic<'promise'>;
/** What democracy calls a proposal whose bytes the preimage pallet has. */
export interface Lookup {
  Lookup: { hash: string; len: number };
}
export interface Motion {
  collective: 'council' | 'technicalCommittee';
  threshold: number;
  voters: KeyringPair[];
  call: Call;
}

/** The members of council and technical committee, and two more voters. */
export interface People {
  alice: KeyringPair;
  bob: KeyringPair;
  charlie: KeyringPair;
  dave: KeyringPair;
  eve: KeyringPair;
}

export const aye = (balance: bigint, conviction = 'None'): unknown => ({ Standard: { vote: { aye: true, conviction }, balance } });
export const nay = (balance: bigint): unknown => ({ Standard: { vote: { aye: false, conviction: 'None' }, balance } });

export class Government {
  readonly people: People;
  #running = true;
  #pump: Promise<void>;

  private constructor(readonly node: DevNode, readonly chain: Chain) {
    const account = (name: string): KeyringPair => chain.account(`//${name}`);
    this.people = { alice: account('Alice'), bob: account('Bob'), charlie: account('Charlie'), dave: account('Dave'), eve: account('Eve') };
    this.#pump = this.#pumping();
  }

  /** Deadlines count blocks, so no block comes unasked. */
  static async start(): Promise<Government> {
    const node = await DevNode.start({ sealing: 'manual' });
    try {
      return new Government(node, await Chain.connect(node.ws));
    } catch (error) {
      await node.stop();
      throw error;
    }
  }

  async stop(): Promise<void> {
    this.#running = false;
    await this.#pump;
    await this.chain.disconnect();
    await this.node.stop();
  }

  get url(): string {
    return this.node.ws.replace('ws', 'http');
  }

  block(): Promise<unknown> {
    return rpc(this.url, 'engine_createBlock', [true, true, null]);
  }

  /**
   * Makes a block whenever a transaction waits for one. An empty one only if the transaction still waits after some tries:
   * the pool may list what the last block has taken already, and a block in which a referendum begins or ends is full.
   */
  async #pumping(): Promise<void> {
    for (let tries = 0; this.#running; ) {
      const waiting = await rpc<unknown[]>(this.url, 'author_pendingExtrinsics', []);
      if (waiting.length === 0) tries = 0;
      else if (tries === 3) {
        await this.block();
        tries = 0;
        continue;
      } else if (await rpc(this.url, 'engine_createBlock', [false, true, null]).then(() => true, () => false)) {
        tries = 0;
        continue;
      } else tries += 1;
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
  }

  async now(): Promise<number> {
    return (await this.chain.api.rpc.chain.getHeader()).number.toNumber();
  }

  /** Makes blocks, one at a time, until one of the events stands in one from `from` on. */
  async comes(section: string, methods: string[], from: number, matches: (data: Found['data']) => boolean = () => true): Promise<Found> {
    let next = from;
    for (let made = 0; made < 60; made += 1) {
      // each block is final when it is made
      const head = await this.now();
      const found = await this.chain.find(section, methods, matches, next);
      if (found) return found;
      next = Math.max(next, head + 1);
      await this.block();
    }
    throw new Error(`${section}.${methods.join(' or ')} did not come within 60 blocks`);
  }

  /** Notes the call's preimage, unless it was noted before. */
  async noted(by: Account, call: Call): Promise<Lookup> {
    const hash = blake2AsHex(call.method.toU8a());
    const len = call.method.encodedLength;
    await this.chain.send(by, this.chain.api.tx.preimage.notePreimage(call.method.toHex())).catch((error: unknown) => {
      if (!(error instanceof DispatchError && error.reason === 'preimage.AlreadyNoted')) throw error;
    });
    return { Lookup: { hash, len } };
  }

  vote(by: Account, referendum: number, how: unknown): Promise<Included> {
    return this.chain.send(by, this.chain.api.tx.democracy.vote(referendum, how as never));
  }

  /** Proposes a call in public, and returns the referendum that it becomes. */
  async proposed(call: Call): Promise<number> {
    const { alice, bob } = this.people;
    const proposal = await this.noted(alice, call);
    const included = await this.chain.send(alice, this.chain.api.tx.democracy.propose(proposal as never, 100n * OPEN));
    const index = number(this.chain.event(included, 'democracy', 'Proposed').proposalIndex);
    const from = await this.now();
    // a proposal may become a referendum in the next block already
    await this.chain.send(bob, this.chain.api.tx.democracy.second(index)).catch((error: unknown) => {
      if (!(error instanceof DispatchError && error.reason === 'democracy.ProposalMissing')) throw error;
    });
    return number((await this.comes('democracy', ['Started'], from)).data.refIndex);
  }

  /** How a referendum ends. */
  ended(referendum: number, from: number): Promise<Found> {
    return this.comes('democracy', ['Passed', 'NotPassed', 'Cancelled'], from, ({ refIndex }) => number(refIndex) === referendum);
  }

  /** Carries a call by referendum, as root. Returns the block of it, or throws its error. */
  async enact(call: Call): Promise<number> {
    const referendum = await this.proposed(call);
    await this.vote(this.people.dave, referendum, aye(1_000n * OPEN));
    const passed = await this.ended(referendum, await this.now());
    assert.equal(passed.method, 'Passed');
    const { data, block } = await this.comes('scheduler', ['Dispatched'], passed.block);
    const result = data.result as { isOk: boolean; asErr: unknown };
    if (!result.isOk) throw this.chain.error(result.asErr);
    return block;
  }

  /** Has a collective vote on a call, and returns the call that ends the vote. */
  async motion({ collective, threshold, voters, call }: Motion): Promise<Call> {
    const tx = this.chain.api.tx[collective]!;
    const length = call.method.encodedLength;
    const included = await this.chain.send(voters[0]!, tx.propose!(threshold, call, length));
    const { proposalHash, proposalIndex } = this.chain.event(included, collective, 'Proposed');
    await Promise.all(voters.map((voter) => this.chain.send(voter, tx.vote!(proposalHash, proposalIndex, true))));
    return tx.close!(proposalHash, proposalIndex, { refTime: 2_000_000_000n, proofSize: 100_000n }, length) as Call;
  }

  /** Ends votes in one block; fails as what was voted for does. */
  async carry(...motions: Motion[]): Promise<Included> {
    const closes: Call[] = [];
    for (const each of motions) closes.push(await this.motion(each));
    const closed = await this.chain.send(this.people.alice, this.chain.api.tx.utility.batchAll(closes));
    for (const { event } of closed.events) {
      if (event.method !== 'Executed') continue;
      const result = (event.data as unknown as { result: { isOk: boolean; asErr: unknown } }).result;
      if (!result.isOk) throw this.chain.error(result.asErr);
    }
    return closed;
  }
}
