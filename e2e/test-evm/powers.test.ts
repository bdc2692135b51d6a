// SPDX-License-Identifier: Apache-2.0
// The governor meets the chain: a referendum delegates named powers to the timelock, gOPEN's holders use them by a
// proposal of the governor (wrap, delegate, propose, vote, queue, execute), and governance takes them back.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { hexToU8a, u8aConcat } from '@polkadot/util';
import { encodeFunctionData, keccak256, parseEther, toHex, type Address, type Hex } from 'viem';
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts';
import { OPEN, open, type Chain } from '../src/chain.js';
import { artifact, deployAll, settings } from '../src/contracts.js';
import { DEV_KEYS, ethClient, type EthClient } from '../src/ethereum.js';
import { Government } from '../src/government.js';
import { createDatanet } from '../src/story.js';

/** The precompile of `pallet-powers`. */
const POWERS: Address = '0x0000000000000000000000000000000008070000';
const STATES = ['Pending', 'Active', 'Canceled', 'Defeated', 'Succeeded', 'Queued', 'Expired', 'Executed'] as const;

interface Proposal { targets: Address[]; values: bigint[]; calldatas: Hex[]; description: string }
interface Shares { platform: number; workers: number; lineage: number; contributors: number }

describe('the governor\'s timelock with powers of the chain', () => {
  let government: Government;
  let chain: Chain;
  let alith: EthClient;
  let governor: Address;
  let timelock: Address;
  let treasury: { address: string };

  const native = (address: Address): { address: string } => ({
    address: chain.keyring.encodeAddress(u8aConcat(hexToU8a(address), new Uint8Array(12).fill(0xee))),
  });
  /** Makes blocks until `is` holds: the governor's times are seconds of the chain's clock, which is the wall's. */
  const until = async (what: string, is: () => Promise<boolean>): Promise<void> => {
    const end = Date.now() + 90_000;
    while (!(await is())) {
      if (Date.now() > end) throw new Error(`${what} did not come`);
      await new Promise((resolve) => setTimeout(resolve, 200));
      await government.block();
    }
  };

  before(async () => {
    government = await Government.start();
    chain = government.chain;
    const { alice } = government.people;
    const id = new TextEncoder().encode('modlop/trsry');
    treasury = { address: chain.keyring.encodeAddress(u8aConcat(id, new Uint8Array(32 - id.length))) };
    await chain.send(alice, chain.api.tx.balances.transferKeepAlive(treasury.address, 1_000n * OPEN));
    alith = await ethClient(government.node.eth, privateKeyToAccount(DEV_KEYS.alith));
    const { contracts } = await deployAll(alith, settings('development'));
    ({ OpenLedgerGovernor: governor, TimelockController: timelock } = contracts as Record<string, Address> as { OpenLedgerGovernor: Address; TimelockController: Address });
    const token = contracts['GOPEN']!;
    await alith.write('GOPEN', token, 'deposit', [], parseEther('600'));
    await alith.write('GOPEN', token, 'delegate', [alith.account.address]);
    await until('the delegation', async () => {
      const { timestamp } = await alith.reader.getBlock();
      return (await alith.read<bigint>('GOPEN', token, 'getPastVotes', [alith.account.address, timestamp - 1n]).catch(() => 0n)) > 0n;
    });
  });
  after(async () => {
    await government?.stop();
  });

  const use = (functionName: string, args: unknown[]): Hex => encodeFunctionData({ abi: artifact('IPowers').abi, functionName, args });
  const plan = (description: string, ...calldatas: Hex[]): Proposal =>
    ({ targets: calldatas.map(() => POWERS), values: calldatas.map(() => 0n), calldatas, description });
  const step = (name: 'propose' | 'queue' | 'execute', { targets, values, calldatas, description }: Proposal) =>
    alith.write('OpenLedgerGovernor', governor, name, [targets, values, calldatas, name === 'propose' ? description : keccak256(toHex(description))]);
  /** Proposes, votes for it, queues it and waits out the timelock's delay. */
  const queued = async (proposal: Proposal): Promise<bigint> => {
    const { targets, values, calldatas, description } = proposal;
    await step('propose', proposal);
    const id = await alith.read<bigint>('OpenLedgerGovernor', governor, 'hashProposal', [targets, values, calldatas, keccak256(toHex(description))]);
    const is = (state: (typeof STATES)[number]) => async (): Promise<boolean> => STATES[await alith.read<number>('OpenLedgerGovernor', governor, 'state', [id])] === state;
    await until('the vote', is('Active'));
    await alith.write('OpenLedgerGovernor', governor, 'castVote', [id, 1]);
    await until('the end of the vote', is('Succeeded'));
    await step('queue', proposal);
    const eta = await alith.read<bigint>('OpenLedgerGovernor', governor, 'proposalEta', [id]);
    await until('the timelock\'s delay', async () => (await alith.reader.getBlock()).timestamp >= eta);
    return id;
  };
  const feeShares = (): Promise<Shares> => alith.read<Shares>('IPowers', POWERS, 'feeShares');
  const delegate = (power: unknown): Promise<number> =>
    government.enact(chain.api.tx.powers.delegate(native(timelock).address, power as never));
  const shares = (platform: number, contributors: number): Shares =>
    ({ platform: platform * 10_000, workers: 200_000, lineage: 200_000, contributors: contributors * 10_000 });
  /** The precompile's own name for why a proposal's execution fails. */
  const fails = (attempt: Promise<unknown>, name: string): Promise<void> =>
    assert.rejects(attempt, (error: unknown) => {
      assert.match(String(error), new RegExp(name.replace('.', '\\.')));
      return true;
    });

  test('without a power the timelock cannot change anything of the chain', async () => {
    const proposal = plan('Without a power', use('splitFees', [shares(5, 55)]));
    await queued(proposal);
    await fails(step('execute', proposal), 'Powers.NotAuthorized');
    assert.equal((await feeShares()).platform, 100_000);
  });

  test('delegate by referendum, then propose, vote, queue, execute: the chain\'s parameter has changed', async (t) => {
    await delegate({ FeeSplit: { least: shares(2, 40), most: { ...shares(10, 60), workers: 300_000, lineage: 300_000 } } });
    await delegate({ TreasurySpend: { cap: 10n * OPEN, period: 1_000 } });
    await delegate('FeaturedDatanets');
    const { dave } = government.people;
    for (let made = 0; made < 2; made += 1) await createDatanet({ chain, url: government.url, folder: '' }, dave, [dave.address]);
    const payee = privateKeyToAccount(generatePrivateKey()).address;
    const before = await chain.free(treasury);
    const proposal = plan(
      'Less for the platform, seven OPEN for work done, and two datanets to begin with',
      use('splitFees', [shares(5, 55)]),
      use('spend', [payee, parseEther('7')]),
      use('feature', [[1n, 0n]]),
    );
    const id = await queued(proposal);
    assert.equal((await feeShares()).platform, 100_000);
    await step('execute', proposal);
    assert.equal(STATES[await alith.read<number>('OpenLedgerGovernor', governor, 'state', [id])], 'Executed');
    // seen from the EVM, and from the native side
    assert.deepEqual(await feeShares(), shares(5, 55));
    const parameter = JSON.stringify((await chain.api.query.parameters.parameters({ Payments: 'Shares' })).toJSON());
    assert.match(parameter, /"platform":50000,.*"contributors":550000/);
    assert.equal(await chain.free(native(payee)), 7n * OPEN);
    // what rounds off in transactions of the EVM goes to the treasury
    const gone = before - (await chain.free(treasury));
    assert(gone <= 7n * OPEN && gone > 7n * OPEN - OPEN / 1_000n, `${gone}`);
    assert.deepEqual((await chain.api.query.powers.featured()).toJSON(), [1, 0]);
    assert.deepEqual(await alith.read<bigint[]>('IPowers', POWERS, 'featured'), [1n, 0n]);
    t.diagnostic(`fee shares ${parameter}; ${open(7n * OPEN)} from the treasury; featured datanets 1, 0`);
  });

  test('what is beyond the cap or the bounds is refused, though the holders voted for it', async () => {
    const [greedy, dear] = [
      plan('All to the platform', use('splitFees', [shares(50, 10)])),
      plan('Four more', use('spend', [alith.account.address, parseEther('4')])),
    ];
    await queued(greedy);
    await fails(step('execute', greedy), 'Powers.SharesOutOfBounds');
    await queued(dear);
    await fails(step('execute', dear), 'Powers.CapExceeded');
    const { left, cap } = await alith.read<{ left: bigint; cap: bigint }>('IPowers', POWERS, 'powersOf', [timelock]);
    assert.deepEqual([left, cap], [parseEther('3'), parseEther('10')]);
  });

  test('nobody else has the powers, and what two thirds of the council take back is gone at once', async () => {
    await fails(alith.write('IPowers', POWERS, 'spend', [alith.account.address, 1n]), 'Powers.NotAuthorized');
    const { alice, bob } = government.people;
    const proposal = plan('Within the bounds', use('splitFees', [shares(6, 54)]));
    await queued(proposal);
    const call = chain.api.tx.powers.revoke(native(timelock).address, 'FeeSplit');
    await government.carry({ collective: 'council', threshold: 2, voters: [alice, bob], call });
    await fails(step('execute', proposal), 'Powers.NotAuthorized');
    assert.equal((await feeShares()).platform, 50_000);
  });
});
