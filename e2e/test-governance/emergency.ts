// SPDX-License-Identifier: Apache-2.0
// Emergencies: single calls are paused by the technical committee and by referendum, all but the exempt ones by safe
// mode; clients see a name; governance and the ways back are never stopped.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import type { KeyringPair } from '@polkadot/keyring/types';
import type { Address, Hash } from 'viem';
import { DispatchError, OPEN, type Chain } from '../src/chain.js';
import { DEV_KEYS, ethClient, RUNTIME_PALLETS } from '../src/ethereum.js';
import { aye, type Call, type Government } from '../src/government.js';
import { createDatanet, number } from '../src/story.js';
import { fails } from '../test/errors.js';

/** The precompile of datanets: calling it without a function does nothing but cost gas. */
const DATANETS: Address = '0x0000000000000000000000000000000008010000';

export function emergencies(world: () => Government): void {
  describe('an emergency', () => {
    let government: Government;
    let chain: Chain;
    let alice: KeyringPair, bob: KeyringPair, charlie: KeyringPair, dave: KeyringPair, eve: KeyringPair;
    let datanet: number;
    let contents = 0;

    before(async () => {
      government = world();
      chain = government.chain;
      ({ alice, bob, charlie, dave, eve } = government.people);
      ({ datanet } = await createDatanet({ chain, url: government.url, folder: '' }, dave, [dave.address]));
    });

    /** A contribution that nobody made before. */
    const contribution = (): Call => {
      contents += 1;
      return chain.api.tx.datanets.contribute(datanet, `0x${contents.toString(16).padStart(64, '0')}`, 10, 'text/csv', 1);
    };
    const contribute = async (): Promise<number> =>
      number(chain.event(await chain.send(eve, contribution()), 'datanets', 'Contributed').contribution);
    const pause = (pallet: string, call: string): Call => chain.api.tx.txPause.pause([pallet, call]);
    const unpause = (pallet: string, call: string): Call => chain.api.tx.txPause.unpause([pallet, call]);
    const FILTERED = 'system.CallFiltered';

    it('pauses one call by two thirds of the technical committee, and lets it go on by referendum', async (t) => {
      const first = await contribute();
      const call = pause('Datanets', 'contribute');
      await fails(chain.send(alice, call), 'BadOrigin');
      const stopped = await government.carry({ collective: 'technicalCommittee', threshold: 2, voters: [alice, bob], call });
      const [pallet, name] = chain.event(stopped, 'txPause', 'CallPaused').fullName as [{ toUtf8(): string }, { toUtf8(): string }];
      t.diagnostic(`paused: ${pallet.toUtf8()}.${name.toUtf8()}`);
      await assert.rejects(contribute(), (error: unknown) => {
        assert(error instanceof DispatchError);
        t.diagnostic(`a contributor sees "${error.message}"`);
        assert.equal(error.reason, FILTERED);
        return true;
      });
      await fails(chain.send(eve, chain.api.tx.utility.batchAll([contribution()])), FILTERED);
      // what was contributed before can be taken back with its deposit
      const held = await chain.held(eve);
      await chain.send(eve, chain.api.tx.datanets.withdraw(datanet, first));
      assert(held - (await chain.held(eve)) >= OPEN);
      await government.enact(unpause('Datanets', 'contribute'));
      t.diagnostic(`unpaused by referendum: contribution ${await contribute()}`);
    });

    it('pauses one call by referendum', async () => {
      await government.enact(pause('Datanets', 'contribute'));
      await fails(contribute(), FILTERED);
      await fails(government.enact(pause('Datanets', 'contribute')), 'txPause.IsPaused');
      await government.carry({ collective: 'council', threshold: 2, voters: [alice, bob], call: unpause('Datanets', 'contribute') });
      await contribute();
    });

    it('never pauses government, the clock, or a way back', async (t) => {
      const exempt = [
        ['Democracy', 'vote'], ['TechnicalCommittee', 'vote'], ['Scheduler', 'cancel'], ['TxPause', 'unpause'], ['Timestamp', 'set'],
        ['ParachainSystem', 'set_validation_data'], ['Datanets', 'withdraw'], ['Workers', 'withdraw_unbonded'], ['Attribution', 'open_rows'],
      ] as const;
      for (const [pallet, call] of exempt)
        await fails(
          government.carry({ collective: 'technicalCommittee', threshold: 2, voters: [alice, bob], call: pause(pallet, call) }),
          'txPause.Unpausable',
        );
      t.diagnostic(`refused as Unpausable: ${exempt.map((names) => names.join('.')).join(', ')}`);
    });

    it('stops all but the exempt calls in safe mode, in which a referendum still runs', async (t) => {
      const { forceEnter, forceExit, enter } = chain.api.tx.safeMode;
      await fails(chain.send(eve, enter()), 'safeMode.NotConfigured');
      const kept = await contribute();
      const entered = await government.carry({
        collective: 'technicalCommittee', threshold: 3, voters: [alice, bob, charlie], call: forceEnter(),
      });
      t.diagnostic(`safe mode until block ${String(chain.event(entered, 'safeMode', 'Entered').until)} unless it ends before`);
      await fails(contribute(), FILTERED);
      await fails(chain.send(eve, chain.api.tx.balances.transferKeepAlive(dave.address, OPEN)), FILTERED);
      await chain.send(eve, chain.api.tx.datanets.withdraw(datanet, kept));
      // from the preimage to the enactment
      await government.enact(forceExit());
      assert.equal((await chain.api.query.safeMode.enteredUntil()).toString(), '');
      await chain.send(eve, chain.api.tx.balances.transferKeepAlive(dave.address, OPEN));
      t.diagnostic('a referendum ended it');
    });

    it('lets votes be given, taken back and unlocked in safe mode', async () => {
      await government.carry({
        collective: 'technicalCommittee', threshold: 3, voters: [alice, bob, charlie], call: chain.api.tx.safeMode.forceEnter(),
      });
      const referendum = await government.proposed(pause('Datanets', 'create'));
      await government.vote(eve, referendum, aye(OPEN));
      await chain.send(eve, chain.api.tx.democracy.removeVote(referendum));
      await chain.send(eve, chain.api.tx.democracy.unlock(eve.address));
      await government.carry({ collective: 'council', threshold: 2, voters: [alice, bob], call: chain.api.tx.safeMode.forceExit() });
      await contribute();
    });

    it('refuses Ethereum transactions that are stopped before they cost anything, and takes a vote that one carries', async () => {
      const alith = chain.eth(DEV_KEYS.alith);
      const { address } = alith.evm;
      const { reader, writer, receipt } = await ethClient(government.node.eth, alith.evm);
      const has = (): Promise<unknown[]> => Promise.all([chain.free(alith), reader.getTransactionCount({ address })]);
      const transfer = (): Promise<Hash> => writer.sendTransaction({ to: DATANETS, value: 0n, gas: 1_000_000n });
      await government.carry({
        collective: 'technicalCommittee', threshold: 3, voters: [alice, bob, charlie], call: chain.api.tx.safeMode.forceEnter(),
      });
      const before = await has();
      await assert.rejects(transfer(), /stopped/i);
      await government.block();
      assert.deepEqual(await has(), before);
      const referendum = await government.proposed(pause('Datanets', 'create'));
      const vote = chain.api.tx.democracy.vote(referendum, aye(OPEN)).method.toHex();
      const { status } = await receipt(await writer.sendTransaction({ to: RUNTIME_PALLETS, data: vote, gas: 5_000_000n }));
      assert.equal(status, 'success');
      assert.equal(JSON.stringify(await chain.api.query.democracy.votingOf(alith.address)).includes(`[[${referendum},`), true);
      await government.carry({ collective: 'council', threshold: 2, voters: [alice, bob], call: chain.api.tx.safeMode.forceExit() });
    });
  });
}
