// SPDX-License-Identifier: Apache-2.0
// The contracts that earn: a datanet's shares contribute its data and are paid for it, and an application sells the
// answers of the model that was trained on it. A real worker answers.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { hexToU8a, u8aToHex } from '@polkadot/util';
import { parseEther, parseEventLogs, type Address, type Hex, type TransactionReceipt } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { open as told, OPEN } from '../src/chain.js';
import { artifact } from '../src/contracts.js';
import { DEV_KEYS, ethClient, type EthClient } from '../src/ethereum.js';
import { ended } from '../src/inference.js';
import { baseSpec, headSpec, registerAdapter, registerBase, storeHead, trainBase, trainHead } from '../src/models.js';
import { acceptAll, createDatanet, decodeOutput, encodeInput, grantAccess, LICENCE_TEXT, publishVersion, readDigits, splitDigits, store, type Contributed, type Split } from '../src/story.js';
import { fileBlob } from '../src/tools.js';
import { open, serve, type World } from '../test/world.js';
import { caughtUp } from './node.js';

const INFERENCE: Address = '0x0000000000000000000000000000000008030000';
const DATANETS: Address = '0x0000000000000000000000000000000008010000';
const FEE = parseEther('0.1') + 1n;
const FILES = 12;
/** The third development key. */
const CHARLETH: Hex = '0x0b6e18cafb6ed99687ec547bd28139cafdd2bffe70e6b688025de6b445aa5c5b';

describe('applications on the chain', () => {
  let world: World;
  let owner: EthClient;
  let buyer: EthClient;
  let split: Split;
  let datanet: number;
  let shares: Address;
  let contributions: Contributed[];
  let base: number;
  let model: number;
  let digits: { pixels: number[]; label: number }[];

  before(async () => {
    world = await open();
    owner = await ethClient(world.node.eth, privateKeyToAccount(DEV_KEYS.alith));
    buyer = await ethClient(world.node.eth, privateKeyToAccount(DEV_KEYS.baltathar));
    await store(world, LICENCE_TEXT);
    split = await splitDigits(world);
    digits = readDigits(split.heldOut);
    ({ datanet } = await createDatanet(world, world.chain.eth(DEV_KEYS.alith), []));
  });
  after(() => world?.close());

  const deploy = async (name: string, args: unknown[]): Promise<Address> => {
    const { abi, bytecode } = artifact(name);
    const { contractAddress, status } = await owner.receipt(await owner.writer.deployContract({ abi, bytecode, args }));
    assert.equal(status, 'success');
    return contractAddress!;
  };
  const balance = (address: Address): Promise<bigint> => owner.reader.getBalance({ address });
  /** The chain's clock moves by blocks, and on a development chain each transaction makes one. */
  const pass = async (ticks: number): Promise<void> => {
    for (let passed = 0; passed < ticks; passed += 1) await world.chain.send(world.alice, world.chain.api.tx.system.remark('0x'));
    await caughtUp(world.chain, owner);
  };
  /** The request of a transaction, by the precompile's log of it as an indexer decodes it. */
  const asked = ({ logs, to }: TransactionReceipt): number => {
    const [log] = parseEventLogs({ abi: artifact('IInference').abi, eventName: 'Requested', logs });
    assert.equal(log!.address, INFERENCE);
    const { request, consumer } = log!.args as unknown as { request: bigint; consumer: Address };
    assert.equal(consumer.toLowerCase(), to);
    return Number(request);
  };
  const input = (digit: number): Hex => u8aToHex(encodeInput(digits[digit]!.pixels));

  test('the owner of a datanet makes its shares, which contribute and own what they contributed', async () => {
    const factory = await deploy('DatanetSharesFactory', []);
    await assert.rejects(buyer.write('DatanetSharesFactory', factory, 'create', [BigInt(datanet)]), /NotDatanetOwner/);
    await owner.write('DatanetSharesFactory', factory, 'create', [BigInt(datanet)]);
    shares = await owner.read<Address>('DatanetSharesFactory', factory, 'sharesOf', [BigInt(datanet)]);
    await assert.rejects(owner.write('DatanetSharesFactory', factory, 'create', [BigInt(datanet)]), /AlreadyExists/);
    const all = await owner.read<bigint>('DatanetShares', shares, 'totalSupply');
    assert.equal(await owner.read<bigint>('DatanetShares', shares, 'balanceOf', [owner.account.address]), all);

    contributions = [];
    for (const file of split.contributions.slice(0, FILES)) {
      const blob = fileBlob(file);
      await store(world, blob);
      const args = [blob.id, BigInt(blob.bytes.length), 'text/csv', readDigits(file).length];
      if (contributions.length === 0) {
        await assert.rejects(buyer.write('DatanetShares', shares, 'contribute', args, 2n * OPEN), /NotDatanetOwner/);
        // nobody has sent the contract anything that it could put down
        await assert.rejects(owner.write('DatanetShares', shares, 'contribute', args), /Token\.FundsUnavailable/);
      }
      const contribution = contributions.length;
      await owner.write('DatanetShares', shares, 'contribute', args, 2n * OPEN);
      const record = await owner.read<{ owner: Address }>('IDatanets', DATANETS, 'getContribution', [BigInt(datanet), BigInt(contribution)]);
      assert.equal(record.owner, shares);
      contributions.push({ contribution, owner: world.chain.account('//Nobody'), file, blob });
    }
    assert.equal(await balance(shares), 0n, 'what was too much came back');
  });

  test('a model is trained on the datanet and served', async () => {
    const { chain } = world;
    const [alith, dave] = [chain.eth(DEV_KEYS.alith), chain.account('//Dave')];
    await acceptAll(world, alith, datanet, contributions.map(({ contribution }) => contribution));
    const { version } = await publishVersion(world, alith, datanet);
    await grantAccess(world, alith, datanet, dave);
    const fitted = await trainBase(world, split);
    await store(world, fitted.artifact);
    base = await registerBase(world, dave, baseSpec(fitted.artifact.id, split.base), OPEN);
    const trained = await trainHead(world, fitted.path, datanet, contributions, split);
    await storeHead(world, trained);
    const [, licenceHash] = await owner.read<[unknown, Hex]>('IDatanets', DATANETS, 'getLicence', [BigInt(datanet)]);
    const source = { datanet, version, licenceHash, maxShare: 500_000 };
    model = await registerAdapter(world, dave, headSpec(trained), [base], [source], OPEN);
    await serve(world, model, ['//Worker/0']);
  });

  test('an application sells an answer and splits its own fee to the wei', async (t) => {
    const payees = [owner, buyer].map(({ account }, index) => ({ account: account.address, share: BigInt(index + 1) }));
    const application = await deploy('PayPerCall', [BigInt(model), 1, 1, FEE, payees]);
    const price = await buyer.read<bigint>('PayPerCall', application, 'price');
    assert.equal(price, OPEN + FEE);
    await assert.rejects(buyer.write('PayPerCall', application, 'ask', [input(0)], price), /ValueTooLow|FundsUnavailable/);

    const from = (await world.chain.api.rpc.chain.getHeader()).number.toNumber();
    const before = await balance(buyer.account.address);
    const mined = await buyer.write('PayPerCall', application, 'ask', [input(0)], price + 5n * OPEN);
    const spent = before - (await balance(buyer.account.address)) - mined.gasUsed * mined.effectiveGasPrice;
    assert(spent < price + OPEN, `${spent}: what is too much comes back at once`);
    const id = asked(mined);
    const answer = await ended(world, id, from);
    assert(answer.settled, answer.reason);
    await caughtUp(world.chain, owner);
    await buyer.write('PayPerCall', application, 'settle', [BigInt(id)]);
    const output = await buyer.read<Hex>('PayPerCall', application, 'answer', [BigInt(id)]);
    assert.equal(output, u8aToHex(answer.output!));
    assert.equal(decodeOutput(hexToU8a(output)).digit, digits[0]!.label);

    const earned = await Promise.all(payees.map(({ account }) => buyer.read<bigint>('PayPerCall', application, 'earned', [account])));
    // a third and two thirds; the rest of the division is the first payee's
    assert.deepEqual(earned, [FEE - (FEE * 2n) / 3n, (FEE * 2n) / 3n]);
    for (const { account } of payees) await buyer.write('PayPerCall', application, 'withdraw', [account]);
    await assert.rejects(buyer.write('PayPerCall', application, 'withdraw', [payees[0]!.account]), /NothingDue/);
    assert.equal(await balance(application), 0n);
    t.diagnostic(`asked for ${told(spent)}, of which ${told(price)} are the price; the payees got ${earned.join(' and ')} wei`);
  });

  test('who asked for an answer that never came is paid back', async () => {
    const application = await deploy('PayPerCall', [BigInt(base), 1, 1, FEE, [{ account: owner.account.address, share: 1n }]]);
    const from = (await world.chain.api.rpc.chain.getHeader()).number.toNumber();
    const id = asked(await buyer.write('PayPerCall', application, 'ask', [input(0)], 5n * OPEN));
    await assert.rejects(buyer.write('PayPerCall', application, 'collect', [BigInt(id)]), /NothingDue/);
    await assert.rejects(owner.write('PayPerCall', application, 'collectTo', [BigInt(id), owner.account.address]), /NotPayer/);
    // nobody hosts the base network
    await pass(40);
    assert.equal((await ended(world, id, from)).reason, 'TooFewWorkers');
    const before = await balance(buyer.account.address);
    await owner.write('PayPerCall', application, 'collect', [BigInt(id)]);
    assert.equal((await balance(buyer.account.address)) - before, OPEN + FEE);
    assert.equal(await owner.read<bigint>('PayPerCall', application, 'earned', [owner.account.address]), 0n);
  });

  test('the datanet\'s pay reaches who holds its shares', async (t) => {
    const units = await owner.read<bigint>('DatanetShares', shares, 'totalSupply');
    await owner.write('DatanetShares', shares, 'transfer', [buyer.account.address, units / 4n]);
    const before = await owner.read<bigint>('DatanetShares', shares, 'claimable', [owner.account.address]);
    assert(before > 0n, 'the bonds of accepted contributions came back');
    assert.equal(await owner.read<bigint>('DatanetShares', shares, 'claimable', [buyer.account.address]), 0n);

    // pay for the one answer vests by time
    await pass(15);
    const keys = contributions.map(({ contribution }) => ({ model: BigInt(model), datanet: BigInt(datanet), contribution: BigInt(contribution) }));
    await buyer.write('DatanetShares', shares, 'collect', [keys]);
    const [older, newer] = await Promise.all([owner, buyer].map(({ account }) => owner.read<bigint>('DatanetShares', shares, 'claimable', [account.address])));
    const pay = older! - before + newer!;
    assert(pay > (OPEN * 4n) / 10n && pay <= OPEN, `${pay}: half of the price of one answer, and a little carry`);
    const difference = pay - 4n * newer!;
    assert(difference > -4n && difference < 1_000_000_000_000n, `a quarter of ${pay} is not ${newer}`);
    // a native transfer, which runs no code, is revenue as well
    const account = { address: world.chain.keyring.encodeAddress(`${shares}${'ee'.repeat(12)}`) };
    await world.chain.send(world.alice, world.chain.api.tx.balances.transferKeepAlive(account.address, 4n * OPEN));
    await caughtUp(world.chain, owner);
    const holders = [owner.account.address, buyer.account.address];
    const had = await Promise.all(holders.map(balance));
    // by somebody else's hand, so that no fee of theirs is in the figures
    const other = await ethClient(world.node.eth, privateKeyToAccount(CHARLETH));
    for (const holder of holders) await other.write('DatanetShares', shares, 'claimFor', [holder]);
    const got = await Promise.all(holders.map(async (holder, index) => (await balance(holder)) - had[index]!));
    // a whole number of wei for each of the 10^12 units
    const step = 1_000_000_000_000n;
    assert(got[0]! >= older! + 3n * OPEN && got[0]! < older! + 3n * OPEN + step, `${got[0]}`);
    assert(got[1]! >= newer! + OPEN && got[1]! < newer! + OPEN + step, `${got[1]}`);
    // to the wei: what is left is what does not divide among the shares
    assert.equal(await balance(shares), await owner.read<bigint>('DatanetShares', shares, 'carry'));
    t.diagnostic(`${told(pay)} for one answer: ${told(older! - before)} and ${told(newer!)} to who holds three quarters and a quarter`);
  });
});
