// SPDX-License-Identifier: Apache-2.0
// Plays the story of a paid, attributed inference against a running development chain and shows it on screen.
import { rmSync } from 'node:fs';
import { Chain, DispatchError, OPEN, open, type Account } from './chain.js';
import { DEV_KEYS, RUNTIME_PALLETS, wallet } from './ethereum.js';
import { ask, contributionParts, ended, explain, hosts, startWorker, type Ended, type Explanation, type Verification } from './inference.js';
import { baseSpec, headSpec, registerAdapter, registerBase, storeHead, trainBase, trainHead } from './models.js';
import { rpc, scratch, type Process } from './processes.js';
import { digit, elapsed, heading, line, table } from './screen.js';
import {
  acceptAll, bigint, contribute, contributeCall, contributionIds, createDatanet, CONTRIBUTION_DEPOSIT, decodeOutput, fund, grantAccess, LICENCE_TEXT,
  publishVersion, readDigits, splitDigits, store, type Contributed, type Stage,
} from './story.js';
import { blob } from './tools.js';

const url = process.env.OPENLEDGER_RPC ?? 'http://127.0.0.1:9944';
const ethUrl = process.env.OPENLEDGER_ETH_RPC ?? 'http://127.0.0.1:8545';
const stage: Stage = { chain: await connect(), url, folder: scratch('demo') };
const { chain } = stage;
const { api } = chain;
const workers: Process[] = [];

async function connect(): Promise<Chain> {
  try {
    await rpc(url, 'system_health', []);
  } catch {
    console.error(`No chain answers at ${url}. Start one with: make dev`);
    process.exit(1);
  }
  return Chain.connect(url.replace('http', 'ws'));
}

const run = process.env.OPENLEDGER_DEMO_RUN ?? Date.now().toString(36);
const name = (what: string): string => `//Demo/${run}/${what}`;
const account = (what: string): ReturnType<Chain['account']> => chain.account(name(what));
const names = new Map<string, string>();
const called = (address: string | null): string => (address === null ? '' : (names.get(address) ?? `${address.slice(0, 8)}…`));

const alice = chain.account('//Alice');
const [owner, curator, builder, consumer] = ['owner', 'curator', 'builder', 'consumer'].map((who) => account(who)) as [
  ReturnType<typeof account>, ReturnType<typeof account>, ReturnType<typeof account>, ReturnType<typeof account>,
];
const contributors = Array.from({ length: 10 }, (_, index) => account(`contributor${index}`));
const workerNames = ['A', 'B', 'C'].map((letter) => name(`worker${letter}`));
const people: [string, { address: string }][] = [
  ['owner', owner], ['curator', curator], ['builder', builder], ['consumer', consumer],
  ...contributors.map((each, index): [string, { address: string }] => [`contributor ${index}`, each]),
  ...workerNames.map((suri, index): [string, { address: string }] => [`worker ${'ABC'[index]}`, chain.account(suri)]),
];
for (const [title, { address }] of people) names.set(address, title);
names.set(alice.address, 'Alice');
names.set(chain.account('//Ferdie//stash').address, 'node\'s worker');

async function refused(what: string, attempt: Promise<unknown>): Promise<void> {
  try {
    await attempt;
  } catch (error) {
    if (!(error instanceof DispatchError)) throw error;
    line(`${what}: refused, ${error.message}`);
    return;
  }
  throw new Error(`${what} was not refused`);
}

async function balances(who: [string, { address: string }][]): Promise<void> {
  const rows = await Promise.all(who.map(async ([title, each]) => [title, open(await chain.free(each)), open(await chain.held(each))]));
  table(['account', 'free', 'held'], rows);
}

async function gather(): Promise<{ datanet: number; termsHash: string; accepted: Contributed[]; split: Awaited<ReturnType<typeof splitDigits>> }> {
  heading('Ten contributors put handwritten digits into a datanet');
  const split = await splitDigits(stage);
  await fund(stage, alice, people.map(([, each]) => each), 2_000n * OPEN);
  await store(stage, LICENCE_TEXT);
  const { datanet, termsHash } = await createDatanet(stage, owner, [curator.address]);
  line(`datanet ${datanet}, licence CC-BY-4.0 with training allowed and a 50 % contributors' share, curated`);
  const perOwner = Math.floor(split.contributions.length / contributors.length);
  const accepted = (
    await Promise.all(contributors.map((each, index) => contribute(stage, datanet, each, split.contributions.slice(index * perOwner, (index + 1) * perOwner))))
  ).flat();
  line(`${accepted.length} contributions by ${contributors.length} people, ${accepted.length * readDigits(accepted[0]?.file ?? '').length} digits`);

  const [thief] = contributors.slice(-1) as [Account];
  const [first] = accepted as [Contributed];
  await refused('the same bytes again', chain.send(thief, contributeCall(stage, datanet, first.blob, 15)));
  const copy = blob(new Uint8Array([...first.blob.bytes, 10]));
  const junk = blob(new TextEncoder().encode('0,0,0,this is no digit\n'));
  await Promise.all([store(stage, copy), store(stage, junk)]);
  const before = await chain.held(thief);
  const planted = contributionIds(
    await chain.send(thief, api.tx.utility.batchAll([contributeCall(stage, datanet, copy, 15), contributeCall(stage, datanet, junk, 1)])),
  );
  const during = await chain.held(thief);
  await acceptAll(stage, curator, datanet, accepted.map(({ contribution }) => contribution));
  await chain.send(curator, api.tx.utility.batchAll([
    api.tx.datanets.reject(datanet, planted[0], 'Duplicate'),
    api.tx.datanets.reject(datanet, planted[1], 'Junk'),
  ]));
  line(`the curator accepted ${accepted.length}, rejected one duplicate and one junk: ${open(2n * CONTRIBUTION_DEPOSIT)} of deposits forfeited`);
  line(`held of that contributor: ${open(before)}, with the two planted ones ${open(during)}, afterwards ${open(await chain.held(thief))}`);
  return { datanet, termsHash, accepted, split };
}

interface Models {
  base: number;
  head: number;
  heldOut: { pixels: number[]; label: number }[];
}

async function build({ datanet, termsHash, accepted, split }: Awaited<ReturnType<typeof gather>>): Promise<Models> {
  heading('The owner publishes a version; a model is trained on it');
  const version = await publishVersion(stage, owner, datanet);
  line(`version ${version.version}: ${version.leaves} contributions under root ${version.root.slice(0, 18)}…`);
  const member = accepted[7]?.contribution ?? 0;
  const proof = await rpc<{ proof: { items: string[] } }>(url, 'openledger_membershipProof', [datanet, version.version, member]);
  line(`contribution ${member} is in it: ${proof.proof.items.length} hashes prove it`);

  await grantAccess(stage, owner, datanet, builder);
  line('the owner lets the builder train on it');
  const base = await trainBase(stage, split);
  await store(stage, base.artifact);
  const baseModel = await registerBase(stage, builder, baseSpec(base.artifact.id, split.base), OPEN / 10n);
  line(`base model ${baseModel}: ${base.artifact.bytes.length.toLocaleString('en')} bytes of ONNX, fitted to digits that nobody contributed`);
  const head = await trainHead(stage, base.path, datanet, accepted, split);
  await storeHead(stage, head);
  const source = { datanet, version: version.version, licenceHash: termsHash, maxShare: 500_000 };
  const headModel = await registerAdapter(stage, builder, headSpec(head), [baseModel], [source], OPEN);
  const { attribution, accuracy, gradient_norm, evaluation } = head.facts;
  line(`adapter ${headModel}: trained on ${attribution.rows} digits to a gradient of ${gradient_norm.toExponential(1)}; accuracy ${accuracy.toFixed(4)} on ${evaluation.samples} held-out digits`);
  if (accuracy <= 0.93) throw new Error('a sane model is above 0.93');
  return { base: baseModel, head: headModel, heldOut: readDigits(split.heldOut) };
}

async function startWorkers(model: number): Promise<void> {
  heading('Three workers bond and host the adapter');
  for (const suri of workerNames) workers.push(await startWorker(stage, suri, [model]));
  const until = Date.now() + 60_000;
  while ((await hosts(stage, model)) < workerNames.length) {
    const dead = workers.find((worker) => !worker.running);
    if (dead) throw new Error(`worker ${dead.name} ended; its log is in ${stage.folder}`);
    if (Date.now() > until) throw new Error('the workers did not register within a minute');
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  line(`${workerNames.length} workers, 1,000 OPEN bonded each, run the model in a child process`);
}

function showPayment(explanation: Explanation): void {
  const reasons: Record<string, string> = { treasury: 'treasury', worker: 'worker', modelOwner: 'model owner', nextPool: 'next pool', dust: 'rounding' };
  const other = explanation.parts.filter(({ reason, amount }) => reason.kind !== 'contribution' && BigInt(amount) > 0n);
  table(
    ['part', 'to', 'amount'],
    other.map(({ to, amount, reason }) => [
      reason.kind === 'royalty' ? `royalty of base ${reason.model}` : (reasons[reason.kind] ?? reason.kind),
      reason.kind === 'treasury' ? 'treasury' : called(to),
      open(BigInt(amount)),
    ]),
  );
  const paid = contributionParts(explanation).sort((a, b) => b.entry.weight - a.entry.weight);
  table(
    ['contribution', 'by', 'weight', 'pending pay'],
    paid.slice(0, 5).map(({ entry, to, amount }) => [`${entry.contribution}`, called(to), (entry.weight / 1e9).toFixed(4), open(amount)]),
  );
  const negative = explanation.report.filter(({ weight }) => weight < 0).length;
  line(`… ${Math.max(0, paid.length - 5)} more; ${negative} contributions spoke against the answer; ${explanation.takenBack.length} were debited for it`);
  const total = explanation.parts.reduce((sum, { amount }) => sum + BigInt(amount), 0n) - BigInt(explanation.fromPool);
  if (total !== BigInt(explanation.fee)) throw new Error(`the parts sum to ${total}, the fee is ${explanation.fee}`);
  line(`the parts sum to the fee of ${open(BigInt(explanation.fee))}, to the last planck`);
}

async function answer(model: number, sample: { pixels: number[]; label: number }, verification: Verification): Promise<Ended & { request: number }> {
  const before = Date.now();
  const { request, block, fee } = await ask(stage, consumer, model, sample.pixels, 10n * OPEN, verification);
  const end = await ended(stage, request, block);
  if (!end.settled || !end.output) throw new Error(`request ${request} ended as ${end.reason}`);
  const told = decodeOutput(end.output).digit;
  const how = verification === 'Single' ? 'Single' : `Quorum ${verification.Quorum.threshold} of ${verification.Quorum.k}`;
  line(`request ${request} (${how}): "${told}", truly ${sample.label}; ${open(fee)}; ${end.block - block} blocks, ${Date.now() - before} ms; by ${end.cluster.map(called).join(', ')}`);
  return { ...end, request };
}

async function askAway({ head, heldOut }: Models): Promise<Explanation> {
  heading('A consumer asks about digits the model has never seen');
  await balances([['consumer', consumer]]);
  const [one, two, three] = heldOut as [Models['heldOut'][0], Models['heldOut'][0], Models['heldOut'][0]];
  for (const row of digit(one.pixels)) line(row);
  const single = await answer(head, one, 'Single');
  showPayment(await explain(stage, single.request));
  const quorum = await answer(head, two, { Quorum: { k: 3, threshold: 2 } });
  showPayment(await explain(stage, quorum.request));
  await answer(head, three, 'Single');
  await balances([['consumer', consumer]]);
  return explain(stage, single.request);
}

async function claim(explanation: Explanation): Promise<void> {
  heading('After the vesting window a contributor claims');
  const [best] = contributionParts(explanation).sort((a, b) => b.entry.weight - a.entry.weight);
  const who = contributors.find(({ address }) => address === best?.to);
  if (!best || !who) throw new Error('nobody was paid');
  const before = await chain.free(who);
  const key = { model: explanation.model, datanet: best.entry.datanet, contribution: best.entry.contribution };
  const until = Date.now() + 60_000;
  for (let early = false; ; early = true) {
    try {
      await chain.send(who, api.tx.attribution.claim([key]));
      break;
    } catch (error) {
      if (!(error instanceof DispatchError) || Date.now() > until) throw error;
      if (!early) line(`too early: ${error.message}`);
      await new Promise((resolve) => setTimeout(resolve, 1_000));
    }
  }
  const after = await chain.free(who);
  line(`${called(who.address)} claimed for contribution ${best.entry.contribution}: ${open(before)} before, ${open(after)} after the claim and its fees`);
}

async function oneKey({ head, heldOut }: Models): Promise<void> {
  heading('One Ethereum key is one account');
  const alith = chain.eth(DEV_KEYS.alith);
  const evm = await wallet(ethUrl, alith);
  names.set(alith.address, 'Alith');
  const show = async (did: string): Promise<void> => {
    const [native, nonce, balance, ethNonce] = await Promise.all([chain.free(alith), chain.nonce(alith), evm.balance(alith.evm.address), evm.nonce(alith.evm.address)]);
    line(`${did.padEnd(40)} native: nonce ${nonce}, ${open(native)}   Ethereum: nonce ${ethNonce}, ${open(balance + deposit)}`);
    if (nonce !== BigInt(ethNonce) || native !== balance + deposit) throw new Error('two nonces or balances for one account');
  };
  // Ethereum shows what can be spent: all but the existential deposit
  const deposit = bigint(api.consts.balances.existentialDeposit);
  line(`${alith.evm.address} is ${alith.address}`);
  line(`balances include the existential deposit of ${deposit} planck, which eth_getBalance leaves out`);
  await show('at first');
  const sample = heldOut[3] as Models['heldOut'][0];
  const { request, block } = await ask(stage, alith, head, sample.pixels, 10n * OPEN, 'Single');
  const end = await ended(stage, request, block);
  await show(`paid request ${request} by a native extrinsic${end.settled ? '' : ' (refunded)'}`);
  const sent = await evm.send('0x3Cd0A705a2DC65e5b1E1205896BaA2be8A07c6e0', OPEN);
  await show(`sent 1 OPEN by Ethereum (${sent.status})`);
  const remark = api.tx.system.remarkWithEvent('sent by an Ethereum wallet').method.toHex();
  const dispatched = await evm.send(RUNTIME_PALLETS, 0n, remark);
  await show(`dispatched a native call (${dispatched.status})`);
}

/** Seven workers are wanted where there are fewer, so nobody can be drawn. */
async function askInVain({ head, heldOut }: Models): Promise<() => Promise<void>> {
  const sample = heldOut[4] as Models['heldOut'][0];
  const before = await chain.held(consumer);
  const { request, block, fee } = await ask(stage, consumer, head, sample.pixels, 10n * OPEN, { Quorum: { k: 7, threshold: 4 } });
  const during = await chain.held(consumer);
  return async () => {
    heading('A request that nobody serves');
    line(`request ${request} wanted seven workers, ${await hosts(stage, head)} host the model; held: ${open(during)}, before it ${open(before)}`);
    const end = await ended(stage, request, block, 90_000);
    if (end.settled) throw new Error('somebody served it');
    line(`${end.block - block} blocks later the chain had refunded ${open(fee)} by itself: ${end.reason}; held: ${open(await chain.held(consumer))}`);
  };
}

let failed = true;
try {
  const gathered = await gather();
  await balances([['owner', owner], ['curator', curator], ['contributor 0', contributors[0] as { address: string }], ['contributor 9', contributors[9] as { address: string }]]);
  const models = await build(gathered);
  await startWorkers(models.head);
  const explanation = await askAway(models);
  const inVain = await askInVain(models);
  await oneKey(models);
  await inVain();
  await claim(explanation);
  heading(`Done in ${elapsed().toFixed(0)} seconds`);
  failed = false;
} finally {
  await Promise.all(workers.map((worker) => worker.stop()));
  await chain.disconnect();
  if (failed) console.error(`\nThe demo stopped. Files and the workers' logs are in ${stage.folder}`);
  else rmSync(stage.folder, { recursive: true, force: true });
}
