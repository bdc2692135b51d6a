// SPDX-License-Identifier: Apache-2.0
// Frontier's native calls through @polkadot/api, from an account of a Polkadot.js key, against contracts that Ethereum
// wallets see as well; and money that was sent to an address before it had its account.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { u8aToHex } from '@polkadot/util';
import { decodeAddress, keccakAsU8a } from '@polkadot/util-crypto';
import { encodeFunctionData, getContractAddress, getCreate2Address, keccak256, pad, parseEther, type Abi, type Address, type Hex } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { Chain } from '../src/chain.js';
import { artifact } from '../src/contracts.js';
import { DEV_KEYS, ethClient, type EthClient } from '../src/ethereum.js';
import { caughtUp, openNode, type Endpoints } from './node.js';

const GAS = 2_000_000_000n;
const gopen = artifact('GOPEN');
const abi = gopen.abi as Abi;

/** The address that an account of a Polkadot.js key has on the Ethereum side. */
const addressOf = (account: string): Address => u8aToHex(keccakAsU8a(decodeAddress(account)).slice(-20)) as Address;

describe('Frontier\'s calls', () => {
  let node: Endpoints;
  let chain: Chain;
  let alith: EthClient;
  let price: bigint;
  let source: Address;
  let token: Address;

  before(async () => {
    node = await openNode();
    chain = await Chain.connect(node.ws);
    alith = await ethClient(node.eth, privateKeyToAccount(DEV_KEYS.alith));
    price = await alith.reader.getGasPrice();
    source = addressOf(chain.account('//Alice').address);
  });
  after(async () => {
    await chain?.disconnect();
    await node?.stop();
  });

  const evm = (): Record<string, (...args: unknown[]) => never> => chain.api.tx.evm as never;
  const nonce = async (): Promise<bigint> => BigInt(await alith.reader.getTransactionCount({ address: source }));
  /** Sends a call of the pallet as Alice, and returns the pallet's events by name. */
  const send = async (call: never): Promise<[string, Record<string, unknown>][]> => {
    const { events } = await chain.send(chain.account('//Alice'), call);
    await caughtUp(chain, alith);
    return events
      .filter(({ event }) => event.section === 'evm')
      .map(({ event }) => [event.method, event.data.toJSON() as never]);
  };

  test('create puts a contract where Ethereum would', async () => {
    const number = await nonce();
    const expected = getContractAddress({ from: source, nonce: number });
    const told = await send(evm().create!(source, gopen.bytecode, 0, GAS, price * 2n, null, number, []));
    assert.equal(told.at(-1)![0], 'Created');
    token = expected;
    assert.notEqual(await alith.reader.getCode({ address: expected }), undefined);
    assert.equal(await alith.read('GOPEN', token, 'symbol'), 'gOPEN');
  });

  test('create2 puts it where code and salt say', async () => {
    const salt = pad('0x05');
    const expected = getCreate2Address({ from: source, salt, bytecodeHash: keccak256(gopen.bytecode) });
    const told = await send(evm().create2!(source, gopen.bytecode, salt, 0, GAS, price, 0, null, []));
    assert.equal(told.at(-1)![0], 'Created');
    assert.notEqual(await alith.reader.getCode({ address: expected }), undefined);
  });

  test('call runs a contract, and its logs are told', async () => {
    const deposit = encodeFunctionData({ abi, functionName: 'deposit' });
    const told = await send(evm().call!(source, token, deposit, parseEther('3'), GAS, price, null, await nonce(), []));
    assert.deepEqual(told.map(([name]) => name), ['Log', 'Log', 'Executed']);
    const [, { 0: log }] = told[0] as [string, { 0: { address: Address; topics: Hex[] } }];
    assert.equal(log.address.toLowerCase(), token.toLowerCase());
    assert.equal(await alith.read('GOPEN', token, 'balanceOf', [source]), parseEther('3'));
  });

  test('code and storage are read as view functions, because they are stored elsewhere', async () => {
    const pallet = chain.api.runtimeMetadata.asLatest.pallets.find(({ name }) => name.toString() === 'Evm') as unknown as {
      viewFunctions: Iterable<{ name: { toString(): string }; id: { toHex(): Hex } }>;
    };
    const view = async (name: string, input: Hex): Promise<Uint8Array> => {
      const id = [...pallet.viewFunctions].find((each) => each.name.toString() === name)!.id.toHex();
      const [prefix, suffix] = [id.slice(0, 34), `0x${id.slice(34)}`];
      const answer = await chain.api.call.runtimeViewFunction!.executeViewFunction!({ prefix, suffix }, input);
      return (answer as unknown as { asOk: { toU8a(bare: boolean): Uint8Array } }).asOk.toU8a(true);
    };
    const code = chain.api.createType('Bytes', await view('account_codes', token)).toHex();
    assert.equal(code, await alith.reader.getCode({ address: token }));
    // OpenZeppelin's ERC20 has the supply in its third place
    const place = pad('0x02');
    const supply = u8aToHex(await view('account_storages', `${token}${place.slice(2)}`));
    assert.equal(BigInt(supply), parseEther('3'));
    assert.equal(supply, await alith.reader.getStorageAt({ address: token, slot: place }));
  });

  test('a call that reverts is told as failed in a transaction that stands', async () => {
    const withdraw = encodeFunctionData({ abi, functionName: 'withdraw', args: [parseEther('4')] });
    const told = await send(evm().call!(source, token, withdraw, 0, GAS, price, null, null, []));
    assert.deepEqual(told.map(([name]) => name), ['ExecutedFailed']);
    assert.equal(await alith.read('GOPEN', token, 'balanceOf', [source]), parseEther('3'));
  });

  test('what Frontier refuses is refused under Frontier\'s names', async () => {
    const call = (change: { source?: Address; gas?: bigint; fee?: bigint; nonce?: bigint; value?: bigint }): Promise<unknown> =>
      send(evm().call!(change.source ?? source, token, '0x', change.value ?? 0n, change.gas ?? GAS, change.fee ?? price, null, change.nonce ?? null, []));
    const refused = (change: object, name: RegExp): Promise<void> => assert.rejects(call(change), name);
    await refused({ fee: price - 1n }, /GasPriceTooLow/);
    await refused({ nonce: 1_000_000n }, /InvalidNonce/);
    await refused({ gas: 1n }, /GasLimitTooLow/);
    await refused({ value: 2n ** 127n }, /BalanceLow/);
    await refused({ source: alith.account.address }, /BadOrigin/);
  });

  test('money sent to an address before its account was there comes home', async () => {
    const fresh = chain.keyring.addFromUri(`//Fresh${Date.now()}`);
    const address = addressOf(fresh.address);
    const free = (): Promise<bigint> => chain.free(fresh);
    // From an Ethereum wallet, and to an account that nobody has seen: it goes to the account of the address's own key.
    await alith.receipt(await alith.writer.sendTransaction({ to: address, value: parseEther('5') }));
    assert.equal(await free(), 0n);
    assert.equal(await alith.reader.getBalance({ address }), parseEther('5'));

    await chain.send(chain.account('//Alice'), chain.api.tx.balances.transferKeepAlive(fresh.address, parseEther('1')));
    await caughtUp(chain, alith);
    // what keeps the account in existence cannot be spent, so the Ethereum side leaves it out
    const existential = (chain.api.consts.balances.existentialDeposit as unknown as { toBigInt(): bigint }).toBigInt();
    assert.equal(await alith.reader.getBalance({ address }), parseEther('1') - existential, 'now the address is the account');
    await chain.send(fresh, evm().withdraw!(address, parseEther('5')));
    assert.ok(await free() > parseEther('5.9'));
    // and from now on both names are one account
    await alith.receipt(await alith.writer.sendTransaction({ to: address, value: parseEther('5') }));
    assert.ok(await free() > parseEther('10.9'));
    await caughtUp(chain, alith);
    assert.equal(await alith.reader.getBalance({ address }), (await free()) - existential);
  });
});
