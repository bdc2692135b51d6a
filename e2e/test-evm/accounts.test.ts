// SPDX-License-Identifier: Apache-2.0
// One key, one account: what an address and an account id stand for, seen from both sides, and the trap of an account
// that has no address yet.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { u8aToHex } from '@polkadot/util';
import { decodeAddress, keccakAsU8a } from '@polkadot/util-crypto';
import { parseEther, type Address } from 'viem';
import { Chain, type Account, type EthAccount } from '../src/chain.js';
import { DEV_KEYS, ethClient, type EthClient } from '../src/ethereum.js';
import { number, TERMS } from '../src/story.js';
import { caughtUp, openNode, type Endpoints } from './node.js';

const DATANETS: Address = '0x0000000000000000000000000000000008010000';
/** The address of an account that is no Ethereum key's. */
const addressOf = ({ publicKey }: { publicKey: Uint8Array }): Address => u8aToHex(keccakAsU8a(publicKey).slice(-20)) as Address;

describe('one key is one account', () => {
  let node: Endpoints;
  let chain: Chain;
  let alith: EthAccount;
  let client: EthClient;
  let alice: ReturnType<Chain['account']>;
  let existential: bigint;

  before(async () => {
    node = await openNode();
    chain = await Chain.connect(node.ws);
    alith = chain.eth(DEV_KEYS.alith);
    client = await ethClient(node.eth, alith.evm);
    alice = chain.account('//Alice');
    existential = (chain.api.consts.balances.existentialDeposit as unknown as { toBigInt(): bigint }).toBigInt();
  });
  after(async () => {
    await chain?.disconnect();
    await node?.stop();
  });

  /** What both sides say that an account has; they have to agree. */
  const has = async (account: Account, address: Address): Promise<bigint> => {
    await caughtUp(chain, client);
    const [native, ethereum] = await Promise.all([chain.free(account), client.reader.getBalance({ address })]);
    // Ethereum shows what can be spent
    assert.equal(ethereum, native > existential ? native - existential : 0n, 'the two sides do not agree');
    return native;
  };
  const byEthereum = (to: Address, value: bigint): Promise<unknown> =>
    client.writer.sendTransaction({ to, value }).then((hash) => client.receipt(hash));
  const byPolkadot = (to: string | { Address20: Address }, value: bigint): Promise<unknown> =>
    chain.send(alice, chain.api.tx.balances.transferKeepAlive(to, value));

  test('money for an Ethereum key arrives by its address and by its account id', async () => {
    const baltathar = chain.eth(DEV_KEYS.baltathar);
    const address = baltathar.evm.address;
    assert.equal(u8aToHex(decodeAddress(baltathar.address)), `${address.toLowerCase()}${'ee'.repeat(12)}`);
    const before = await has(baltathar, address);
    await byEthereum(address, parseEther('1'));
    assert.equal(await has(baltathar, address), before + parseEther('1'));
    await byPolkadot(baltathar.address, parseEther('2'));
    assert.equal(await has(baltathar, address), before + parseEther('3'));
    await byPolkadot({ Address20: address }, parseEther('3'));
    assert.equal(await has(baltathar, address), before + parseEther('6'));
  });

  test('money for a Polkadot.js key arrives by its account id and by its address', async () => {
    const bob = chain.account('//Bob');
    const before = await has(bob, addressOf(bob));
    await byPolkadot(bob.address, parseEther('1'));
    assert.equal(await has(bob, addressOf(bob)), before + parseEther('1'));
    await byEthereum(addressOf(bob), parseEther('2'));
    assert.equal(await has(bob, addressOf(bob)), before + parseEther('3'));
    await byPolkadot({ Address20: addressOf(bob) }, parseEther('3'));
    assert.equal(await has(bob, addressOf(bob)), before + parseEther('6'));
  });

  test('what one side owns the other side sees, and hands on to it', async () => {
    const { datanets } = chain.api.tx;
    const create = async (who: Account): Promise<number> => {
      const made = await chain.send(who, datanets!.create!('of both sides', 'Image', TERMS, 'Curated', 0n, []));
      return number(chain.event(made, 'datanets', 'DatanetCreated').datanet);
    };
    const seen = async (datanet: number): Promise<Address> => {
      await caughtUp(chain, client);
      return (await client.read<{ owner: Address }>('IDatanets', DATANETS, 'getDatanet', [BigInt(datanet)])).owner;
    };
    const owner = async (datanet: number): Promise<string> =>
      ((await chain.api.query.datanets!.datanets!(datanet)).toJSON() as { owner: string }).owner;

    const ofAlice = await create(alice);
    assert.equal((await seen(ofAlice)).toLowerCase(), addressOf(alice));
    const ofAlith = await create(alith);
    assert.equal(await seen(ofAlith), alith.evm.address);

    // from a wallet to a Polkadot.js key, by its address
    await client.write('IDatanets', DATANETS, 'transferOwnership', [BigInt(ofAlith), addressOf(alice)]);
    await chain.send(alice, datanets!.acceptOwnership!(ofAlith));
    assert.equal(await owner(ofAlith), alice.address);
    // and from a Polkadot.js key to a wallet, by its account id
    await chain.send(alice, datanets!.transferOwnership!(ofAlice, alith.address));
    await caughtUp(chain, client);
    await client.write('IDatanets', DATANETS, 'acceptOwnership', [BigInt(ofAlice)]);
    assert.equal(await seen(ofAlice), alith.evm.address);
  });

  test('the trap: an address whose account was never there leads elsewhere, and the money comes home', async () => {
    const fresh = chain.account(`//Never/${Date.now()}`);
    const address = addressOf(fresh);
    const elsewhere = chain.keyring.encodeAddress(`${address}${'ee'.repeat(12)}`);
    await byEthereum(address, parseEther('5'));
    assert.equal(await chain.free(fresh), 0n);
    // with the existential deposit of a new account, which the sender paid
    const waiting = parseEther('5') + existential;
    assert.equal(await chain.free({ address: elsewhere }), waiting);
    // Mapping is no way out without money for its fee, and with money it is done already.
    await assert.rejects(chain.send(fresh, chain.api.tx.revive!.mapAccount!()), /balance too low|1010/i);
    await byPolkadot(fresh.address, parseEther('1'));
    const held = await chain.held(fresh);
    await chain.send(fresh, chain.api.tx.revive!.mapAccount!());
    assert.equal(await chain.held(fresh), held, 'it changes nothing and takes no deposit');
    await chain.send(fresh, chain.api.tx.evm!.withdraw!(address, waiting));
    assert.equal(await chain.free({ address: elsewhere }), 0n);
    assert.ok((await has(fresh, address)) > parseEther('5.9'));
  });

  test('an account that was emptied falls into it again', async () => {
    const poor = chain.account(`//Emptied/${Date.now()}`);
    const address = addressOf(poor);
    await byPolkadot(poor.address, parseEther('2'));
    await byEthereum(address, parseEther('1'));
    assert.equal(await has(poor, address), parseEther('3'));
    await chain.send(poor, chain.api.tx.balances.transferAll(alice.address, false));
    assert.equal(await chain.free(poor), 0n);
    await byEthereum(address, parseEther('4'));
    assert.equal(await chain.free(poor), 0n, 'nobody is behind the address now');
    await byPolkadot(poor.address, parseEther('1'));
    // its numbers begin again, which the first connection does not know
    const again = await Chain.connect(node.ws);
    await again.send(poor, again.api.tx.evm!.withdraw!(address, parseEther('4')));
    await again.disconnect();
    assert.ok((await has(poor, address)) > parseEther('4.9'));
  });

  test('nobody takes what waits for another', async () => {
    const fresh = chain.account(`//Robbed/${Date.now()}`);
    const address = addressOf(fresh);
    await byEthereum(address, parseEther('3'));
    for (const thief of [alice, alith]) {
      await assert.rejects(chain.send(thief, chain.api.tx.evm!.withdraw!(address, parseEther('3'))), /BadOrigin/);
    }
    await byPolkadot(fresh.address, parseEther('1'));
    await assert.rejects(chain.send(alice, chain.api.tx.evm!.withdraw!(address, parseEther('3'))), /BadOrigin/);
    await chain.send(fresh, chain.api.tx.evm!.withdraw!(address, parseEther('3')));
    assert.ok((await has(fresh, address)) > parseEther('3.9'));
  });

  test('ownership offered to an address without an account is not lost', async () => {
    const fresh = chain.account(`//Offered/${Date.now()}`);
    const made = await chain.send(alith, chain.api.tx.datanets!.create!('offered', 'Image', TERMS, 'Curated', 0n, []));
    const datanet = number(chain.event(made, 'datanets', 'DatanetCreated').datanet);
    const offer = (): Promise<unknown> => client.write('IDatanets', DATANETS, 'transferOwnership', [BigInt(datanet), addressOf(fresh)]);
    await caughtUp(chain, client);
    await offer();
    await byPolkadot(fresh.address, parseEther('1'));
    const accept = (): Promise<unknown> => chain.send(fresh, chain.api.tx.datanets!.acceptOwnership!(datanet));
    // it was offered to the address's own key, which nobody has; until somebody accepts it is still Alith's
    await assert.rejects(accept(), /datanets\.NotAuthorized/);
    await offer();
    await accept();
  });
});
