// SPDX-License-Identifier: Apache-2.0
// What shows that the runtime is a parachain and not only a development toy.
import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { after, before, describe, it, type TestContext } from 'node:test';
import { createPublicClient, parseEther, webSocket, type TransactionReceipt } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { author, authorship, finalized } from '../src/authors.js';
import { Chain, open, OPEN } from '../src/chain.js';
import { ask, contributionParts, ended, explain } from '../src/inference.js';
import { NetworkError, tail } from '../src/network-error.js';
import { Network, waitUntil } from '../src/network.js';
import { scratch } from '../src/processes.js';
import { DEV_KEYS, ethClient } from '../src/ethereum.js';
import { decodeOutput } from '../src/story.js';
import { serve, train, type Place } from '../test/world.js';

/** How long it may take until a transaction is final: some blocks of both chains, on a slow machine. */
const PATIENCE_MS = 300_000;
/** How long an awaited number of blocks may take. */
const BLOCKS_MS = 600_000;

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(1));

describe('a relay chain of two validators with two collators', () => {
  let network: Network;
  let relay: Chain;
  let place: Place;
  let names: Map<string, string>;
  /** Of a transfer by an Ethereum wallet. */
  let receipt: TransactionReceipt;
  const started = Date.now();
  const tell = (t: TestContext, line: string): void => t.diagnostic(`${Math.round((Date.now() - started) / 1000)} s: ${line}`);

  before(async () => {
    network = await Network.start({ freePorts: true, say: (line) => console.log(`${Math.round((Date.now() - started) / 1000)} s: ${line}`) });
    const [validator, collator] = [network.validators[0]!, network.collators[0]!];
    relay = await Chain.connect(validator.ws, PATIENCE_MS);
    const chain = await Chain.connect(collator.ws, PATIENCE_MS);
    place = { chain, url: collator.url, folder: scratch('network-test'), alice: chain.account('//Alice'), workers: [] };
    names = new Map(['Alice', 'Bob'].map((name) => [chain.account(`//${name}`).address, name]));
  });

  after(async () => {
    await Promise.all((place?.workers ?? []).map((worker) => worker.stop()));
    await place?.chain.disconnect();
    await relay?.disconnect();
    await network?.stop();
    if (place && !process.env.OPENLEDGER_KEEP) rmSync(place.folder, { recursive: true, force: true });
  });

  /** Waits until finalized blocks after `from` satisfy `enough`, and returns the last one's number. */
  async function finalizedUntil(from: number, enough: (to: number) => Promise<boolean>): Promise<number> {
    const until = Date.now() + BLOCKS_MS;
    for (;;) {
      const to = await finalized(place.chain);
      if (to > from && (await enough(to))) return to;
      if (Date.now() > until) {
        const logs = network.nodes.map(({ log }) => tail(log)).join('\n');
        throw new NetworkError('NoBlocks', `finalized blocks up to ${to} are not what was waited for; ${logs}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
  }

  const shares = (blocks: Map<string, number>): string =>
    [...blocks].map(([address, count]) => `${names.get(address) ?? address} ${count}`).join(', ');

  it('has the parachain registered on the relay chain', async (t) => {
    const id = network.definition.parachain.id;
    const { paras } = relay.api.query;
    assert.equal((await paras.paraLifecycles(id)).toString(), 'Parachain');
    const registered = (await paras.parachains()).toJSON() as number[];
    assert.deepEqual(registered, [id]);
    const head = (await paras.heads(id)).toHex();
    assert(head.length > 2);
    const said = Number(await place.chain.api.query.parachainInfo.parachainId());
    assert.equal(said, id);
    tell(t, `parachain ${id} is registered; its head on the relay chain has ${(head.length - 2) / 2} bytes`);
  });

  it('finalises what both collators author', async (t) => {
    const to = await finalizedUntil(0, async (last) => {
      const blocks = await authorship(place.chain, 1, last);
      return [...names.keys()].every((address) => (blocks.get(address) ?? 0) >= 2);
    });
    const blocks = await authorship(place.chain, 1, to);
    assert.deepEqual([...blocks.keys()].sort(), [...names.keys()].sort());
    const hashes = await Promise.all(network.collators.map(async (collator) => {
      const chain = await Chain.connect(collator.ws, PATIENCE_MS);
      const hash = (await chain.api.rpc.chain.getBlockHash(to)).toHex();
      await chain.disconnect();
      return hash;
    }));
    assert.equal(new Set(hashes).size, 1, 'the collators have different blocks');
    tell(t, `blocks 1 to ${to} are final; authors: ${shares(blocks)}; the relay chain's last final block is ${await finalized(relay)}`);
  });

  it('settles a paid inference with one worker', async (t) => {
    const trained = await train(place);
    tell(t, `datanet ${trained.datanet} has ${trained.contributions.length} contributions, model ${trained.head} is registered`);
    await serve(place, trained.head, ['//Worker/0']);
    tell(t, 'one worker hosts it');
    const sample = trained.digits[0]!;
    const eve = place.chain.account('//Eve');
    const { request, fee, block } = await ask(place, eve, trained.head, sample.pixels, 2n * OPEN, 'Single');
    const end = await ended(place, request, block, 3 * PATIENCE_MS);
    assert(end.settled, end.reason);
    assert.equal(decodeOutput(end.output!).digit, sample.label);
    const explanation = await explain(place, request);
    const paid = explanation.parts.reduce((sum, { amount }) => sum + BigInt(amount), 0n);
    assert.equal(paid - BigInt(explanation.fromPool), fee);
    const contributions = contributionParts(explanation);
    assert(contributions.length > 0);
    tell(t, `request ${request} of block ${block} settled in block ${end.block}: ${open(fee)} paid, ${contributions.length} contributions have a part, the answer is ${sample.label}`);
  });

  it('serves Ethereum wallets on a collator', async (t) => {
    const url = network.collators[1]!.eth!;
    const to = privateKeyToAccount(DEV_KEYS.baltathar).address;
    const { reader, writer } = await ethClient(url, privateKeyToAccount(DEV_KEYS.alith));
    const before = await reader.getBalance({ address: to });
    const hash = await writer.sendTransaction({ to, value: parseEther('1') });
    receipt = await reader.waitForTransactionReceipt({ hash, timeout: BLOCKS_MS });
    assert.equal(receipt.status, 'success');
    assert.equal((await reader.getBalance({ address: to })) - before, parseEther('1'));
    const until = Date.now() + BLOCKS_MS;
    for (let final = 0n; final < receipt.blockNumber; final = (await reader.getBlock({ blockTag: 'finalized' })).number) {
      assert(Date.now() < until, `block ${receipt.blockNumber} is not final, block ${final} is`);
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
    // a re-organised block would have another receipt
    receipt = await reader.getTransactionReceipt({ hash });

    const client = createPublicClient({ transport: webSocket(url.replace('http', 'ws'), { reconnect: false }) });
    const heads: bigint[] = [];
    const unwatch = client.watchBlocks({ onBlock: ({ number }) => heads.push(number) });
    while (new Set(heads).size < 3) {
      assert(Date.now() < until, `heads ${heads.join(', ')} are all that came`);
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
    unwatch();
    (await client.transport.getRpcClient()).close();
    const seen = [...new Set(heads)].sort((a, b) => Number(a - b));
    assert.deepEqual(seen, seen.map((_, index) => seen[0]! + BigInt(index)), 'a head was left out');
    tell(t, `a transfer is in block ${receipt.blockNumber}, which is final; heads ${seen.join(', ')} came in turn`);
  });

  it('has a killed collator back, and it authors again', async (t) => {
    const bob = network.collators[1]!;
    const address = [...names].find(([, name]) => name === 'Bob')![0];
    await bob.kill();
    assert(!bob.running);
    const killed = await finalized(place.chain);
    const alone = await finalizedUntil(killed, async (to) => to >= killed + 4);
    tell(t, `killed at block ${killed}; the other went on to ${alone}: ${shares(await authorship(place.chain, killed + 1, alone))}`);
    bob.start();
    await bob.answers(BLOCKS_MS);
    const back = await place.chain.api.rpc.chain.getHeader();
    const from = back.number.toNumber();
    const to = await finalizedUntil(from, async (last) => (await authorship(place.chain, from + 1, last)).has(address));
    assert.equal(await author(place.chain, to), address);
    const wallet = (): ReturnType<typeof ethClient> => ethClient(bob.eth!, privateKeyToAccount(DEV_KEYS.alith));
    const { reader } = await waitUntil(wallet, BLOCKS_MS, [bob], () => new NetworkError('NodeSilent', `no Ethereum client is answered; ${tail(bob.log)}`));
    assert.deepEqual(await reader.getTransactionReceipt({ hash: receipt.transactionHash }), receipt);
    tell(t, `back at block ${from}; it authored block ${to}, which is final; the transfer's receipt is as it was`);
  });
});
