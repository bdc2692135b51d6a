// SPDX-License-Identifier: Apache-2.0
// A model that answers with text: it pays whoever wrote first what it quotes, and a report that does not is refuted.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { hexToU8a, u8aToHex } from '@polkadot/util';
import { OPEN, type Account } from '../src/chain.js';
import { askAbout, contributionParts, ended, explain, type Ended, type Entry, type Explanation } from '../src/inference.js';
import { registerBase, type SourceArgument } from '../src/models.js';
import { ScriptedWorker } from '../src/scripted.js';
import { acceptAll, bigint, createDatanet, fund, grantAccess, LICENCE_TEXT, number, publishVersion, store, type Contributed } from '../src/story.js';
import {
  buildCorpus, contributeText, creditsOf, decodeText, encodePrompt, jargon, NOBODY, queryOf, refuteSpans, revealed, textSpec,
  squeezed, type Credit, type TextModel,
} from '../src/texts.js';
import { blob, tool } from '../src/tools.js';
import { fails } from './errors.js';
import { meanwhile, open, serve, tick, type World } from './world.js';

/** Of every answer. */
const TOKENS = 24;
/** What the first contributor wrote and the last one copied; the words after it are a whole answer. */
const KNOWN = 'Its existence is demonstrated by what happens when a chip burns up';
const UNKNOWN = '€';
/** The copier's own words, and among them some that the second contributor wrote before. */
const OWN = 'My grandmother used to say that';
const QUOTING = 'a program that is not invoked explicitly, but lies dormant waiting for some condition(s) to occur, is a good one.';
const PRICE = OPEN;
/** Of a fee by the governed shares and the licence. */
const CONTRIBUTORS = PRICE / 2n;
const SLASH = 100n * OPEN;
const REWARD = SLASH / 2n;
/** Time for the worker to act before the next block comes. */
const PAUSE_MS = 300;

describe('a model that answers with text', () => {
  let world: World;
  let datanet: number;
  let source: SourceArgument;
  /** In order of registration; the copier's text begins with all of the first one's. */
  let first: Contributed;
  let second: Contributed;
  let copier: Contributed;
  let text: TextModel;
  /** Hosted by an honest worker. */
  let model: number;
  let honest: Account;
  /** The same text, which nobody but a liar hosts. */
  let sold: number;
  /** What contributors are owed, by their contributions. */
  const owed = new Map<number, bigint>();
  const owe = (contribution: number, amount: bigint): unknown => owed.set(contribution, (owed.get(contribution) ?? 0n) + amount);

  const account = (uri: string): ReturnType<World['chain']['account']> => world.chain.account(uri);
  const register = (change: object = {}): Promise<number> =>
    registerBase(world, account('//Dave'), { ...textSpec(text), ...change }, PRICE, [source]);

  before(async () => {
    // blocks come with transactions alone: a report can be refuted for three of them
    world = await open({ extra: ['--idle-block-ms', '0'] });
    const [bob, dave] = [account('//Bob'), account('//Dave')];
    const people = ['//Writer/first', '//Writer/second', '//Writer/copier'].map(account) as [Contributed['owner'], Contributed['owner'], Contributed['owner']];
    await fund(world, world.alice, people, 100n * OPEN);
    await store(world, LICENCE_TEXT);
    const created = await createDatanet(world, bob, [], ['Hackers\' words', 'Text']);
    datanet = created.datanet;
    const [smoke, cargo, daemon, deadlock] = jargon('magic smoke', 'cargo cult programming', 'daemon', 'deadlock') as [string, string, string, string];
    first = await contributeText(world, datanet, people[0], 'first.txt', `${smoke}\n\n${cargo}`);
    second = await contributeText(world, datanet, people[1], 'second.txt', `${daemon}\n\n${deadlock}`);
    copier = await contributeText(world, datanet, people[2], 'copier.txt', `${smoke}\n\n${cargo}\n\n${OWN} ${QUOTING}`);
    await acceptAll(world, bob, datanet, [first, second, copier].map(({ contribution }) => contribution));
    const { version } = await publishVersion(world, bob, datanet);
    await grantAccess(world, bob, datanet, dave);
    // the manifest need not be in order
    text = await buildCorpus(world, datanet, [copier, second, first], TOKENS);
    for (const file of text.files) await store(world, file);
    source = { datanet, version, licenceHash: created.termsHash, maxShare: 500_000 };
    model = await register();
    honest = account('//Worker/reader');
    await meanwhile(world, serve(world, model, ['//Worker/reader']), PAUSE_MS);
  });
  after(() => world?.close());

  interface Said extends Ended {
    request: number;
    explanation: Explanation;
    text: string;
    /** Whether it ended before there was no more room. */
    whole: boolean;
  }

  /** What contributors got of an answer. */
  const gained = (explanation: Explanation): [number, bigint][] =>
    contributionParts(explanation).map(({ entry, amount }) => [entry.contribution, amount]);

  const say = async (prompt: string): Promise<Said> => {
    const { request, block, fee } = await askAbout(world, account('//Eve'), model, await encodePrompt(prompt), 2n * OPEN, 'Single');
    assert.equal(fee, PRICE);
    const end = await meanwhile(world, ended(world, request, block), PAUSE_MS);
    assert(end.settled, end.reason);
    const { text: words, ended: whole } = await decodeText(text, u8aToHex(end.output!));
    const explanation = await explain(world, request);
    const total = explanation.parts.reduce((sum, { amount }) => sum + BigInt(amount), 0n);
    assert.equal(total - BigInt(explanation.fromPool), fee);
    for (const each of gained(explanation)) owe(...each);
    return { ...end, request, explanation, text: words, whole };
  };

  /** Where the contributors' part of an answer that named nobody went. */
  const unattributed = ({ explanation: { parts } }: Said): [string, string][] =>
    parts.filter(({ reason }) => ['standing', 'nextPool', 'unattributed'].includes(reason.kind)).map(({ reason, amount }) => [reason.kind, amount]);

  it('is registered only as the chain can judge its reports', async () => {
    const spec = textSpec(text) as { output: object; attribution: object };
    const { output, attribution } = spec;
    for (const change of [
      { comparator: { Tolerance: { absolute: 1, relativePpm: 0 } } },
      { output: { ...output, queryLen: 4 * TOKENS - 4 } },
      { attribution: { ...attribution, index: text.facts.config } },
      { attribution: { ...attribution, features: text.facts.artifact } },
      { attribution: { ...attribution, evidence: 'Influence' } },
      { input: { dtype: 'F32', width: 50 } },
    ])
      await fails(register(change), 'modelRegistry.InvalidAttribution');
  });

  it('has no rows that could be disputed', async () => {
    const { chain } = world;
    await fails(chain.send(account('//Eve'), chain.api.tx.releases.disputeRow(model, 0)), 'releases.NotDisputable');
  });

  it('is built of text only', async () => {
    const built = (name: string, bytes: Uint8Array): Promise<unknown> => {
      const folder = join(world.folder, name);
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, 'text.txt'), bytes);
      writeFileSync(join(folder, 'manifest.json'), JSON.stringify([{ datanet, contribution: 7, file: 'text.txt' }]));
      return tool('build-corpus', '--manifest', join(folder, 'manifest.json'), '--out', join(folder, 'out'));
    };
    await assert.rejects(built('latin', Uint8Array.of(0x63, 0x61, 0x66, 0xe9)), /TextInvalid: contribution 7 of datanet 0/);
    await assert.rejects(built('empty', new Uint8Array()), /TextEmpty: contribution 7 of datanet 0/);
  });

  it('says nothing about what nobody wrote, and pays by standing as long as it has named nobody', async () => {
    const said = await say(UNKNOWN);
    assert.deepEqual([said.text, said.whole, said.explanation.report], ['', true, []]);
    assert.deepEqual(unattributed(said), [['standing', `${CONTRIBUTORS}`]]);
  });

  describe('continues a prompt as it is written', () => {
    let said: Said;

    it('and pays whoever wrote it first, and the copier nothing', async () => {
      said = await say(KNOWN);
      assert.equal(said.whole, false);
      assert(said.text.startsWith('— the magic smoke gets let out'), said.text);
      assert(squeezed(readFileSync(first.file, 'utf8')).includes(squeezed(`${KNOWN} ${said.text}`)), said.text);
      const { report } = said.explanation;
      assert.deepEqual(report.map(({ contribution, weight, evidence }) => [contribution, weight, evidence]), [[first.contribution, 1_000_000_000, 'spans']]);
      assert.deepEqual(gained(said.explanation), [[first.contribution, CONTRIBUTORS]]);
      assert.equal(contributionParts(said.explanation)[0]!.to, first.owner.address);
    });

    it('with credits from which everybody computes the same report', async () => {
      const { query } = await revealed(world, said.request, honest.address);
      const credits = creditsOf(query);
      assert.equal(credits.length, TOKENS);
      assert.deepEqual(text.corpus.report(said.output!, credits), said.explanation.report);
    });

    it('and pays each of several for its own words, whoever said them all', async () => {
      const { request, output, explanation, text: words } = await say(OWN);
      assert(squeezed(QUOTING).startsWith(squeezed(words)), words);
      const { query } = await revealed(world, request, honest.address);
      assert.deepEqual(text.corpus.report(output!, creditsOf(query)), explanation.report);
      const [quoted, own] = explanation.report;
      assert.deepEqual([quoted!.contribution, own!.contribution], [second.contribution, copier.contribution]);
      assert(own!.weight > 0 && quoted!.weight > own!.weight, JSON.stringify(explanation.report));
    });

    it('and pays into the next pool what answers without words bring, for the next one to share', async () => {
      const nothing = await say(UNKNOWN);
      assert.deepEqual(unattributed(nothing), [['nextPool', `${CONTRIBUTORS}`]]);
      const next = await say(KNOWN);
      assert.equal(next.explanation.fromPool, `${CONTRIBUTORS}`);
      assert.deepEqual(gained(next.explanation), [[first.contribution, 2n * CONTRIBUTORS]]);
    });

    it('which an audit record shows to rest on quotes', async () => {
      const out = join(world.folder, 'quoted.json');
      const url = world.url.replace('http', 'ws');
      const exported = await tool<{ block: string; verified: boolean }>('audit-record', '--url', url, '--request', `${said.request}`, '--out', out);
      assert.equal(exported.verified, true);
      const verdict = await tool<{ verified: boolean; attested: boolean }>('verify-record', out, '--block-hash', exported.block);
      assert.deepEqual([verdict.verified, verdict.attested], [true, true]);
      const { explanation } = JSON.parse(readFileSync(out, 'utf8')) as { explanation: { payment: Explanation } };
      assert.deepEqual(explanation.payment.report, said.explanation.report);
    });

    it('and whose report nobody can refute', async () => {
      const { verdict, calls } = await refuteSpans(world, '//Writer/copier', said.request);
      assert.deepEqual([verdict, calls], ['nothing is wrong', []]);
    });
  });

  describe('whose worker lies', () => {
    let liar: ScriptedWorker;
    let output: string;
    let query: number[];

    before(async () => {
      const said = await say(KNOWN);
      ({ output, query } = await revealed(world, said.request, honest.address));
      sold = await register();
      await fund(world, world.alice, [account('//Worker/liar')], 2_000n * OPEN);
      liar = await ScriptedWorker.open(world, account('//Worker/liar'), sold, 1_500n * OPEN);
    });

    const right = (): { credits: Credit[]; report: Entry[] } => {
      const credits = creditsOf(query);
      return { credits, report: text.corpus.report(hexToU8a(output), credits) };
    };

    /** Has the right words said with these credits and this report, shows what is wrong with them, and returns who was paid before. */
    const refuted = async (credits: Credit[], report: Entry[], flaw: string): Promise<[number, bigint][]> => {
      const { chain } = world;
      const { request, block } = await askAbout(world, account('//Eve'), sold, await encodePrompt(KNOWN), 2n * OPEN, 'Single');
      for (let ticks = 0; !(await liar.duty(request)); ticks += 1) {
        assert(ticks < 10, 'the liar is not drawn');
        await tick(world);
      }
      await liar.answer(request, { output, query: queryOf(credits), entries: report });
      await tick(world);
      const end = await ended(world, request, block);
      assert(end.settled, end.reason);
      const before = await explain(world, request);
      assert.deepEqual(before.report, report);
      const bond = await chain.held(liar.account);

      const refutation = await refuteSpans(world, '//Writer/first', request);
      assert.equal(refutation.verdict, 'refuted');
      assert.deepEqual(refutation.calls.map((call) => call.flaw), [flaw]);
      const challenge = chain.api.tx.attribution.challenge({ request, datanet, contribution: first.contribution });
      await fails(chain.send(account('//Eve'), challenge), 'attribution.WrongEvidence');
      const { data } = await chain.waitFor('attribution', ['SpansRefuted'], (event) => number(event.request) === request, 10_000, end.block);
      assert.equal(String(data.challenger), first.owner.address);
      assert.deepEqual([bigint(data.slashed), bigint(data.reward)], [SLASH, REWARD]);
      assert.equal(await chain.held(liar.account), bond - SLASH);
      const corrected = await explain(world, request);
      assert.deepEqual(corrected.report, right().report);
      assert.deepEqual(gained(corrected), [[first.contribution, CONTRIBUTORS]]);
      owe(first.contribution, CONTRIBUTORS + REWARD);

      const again = await refuteSpans(world, '//Writer/second', request);
      assert.deepEqual([again.verdict, again.calls], ['nothing is wrong', []]);
      assert.deepEqual(again.report.map(({ contribution }) => contribution), [first.contribution]);
      return gained(before);
    };

    it('and pays nobody loses a part of its bond to the author whom it left out', async () => {
      const nobody = right().credits.map(({ count }) => ({ position: NOBODY, count }));
      assert.deepEqual(await refuted(nobody, [], 'Claim'), []);
    });

    it('and pays the copier loses a part of its bond to the author of what was copied', async () => {
      const moved = text.corpus.start(copier.contribution) - text.corpus.start(first.contribution);
      const stolen = right().credits.map(({ position, count }) => ({ position: position + moved, count }));
      const report = text.corpus.report(hexToU8a(output), stolen);
      assert.deepEqual(await refuted(stolen, report, 'Claim'), [[copier.contribution, CONTRIBUTORS]]);
    });

    it('and has the copier share, though no word is credited to it, loses as much', async () => {
      const { credits, report } = right();
      const [entry] = report as [Entry];
      const halves = [first, copier].map(({ contribution }) => ({ ...entry, contribution, weight: 500_000_000 }));
      assert.deepEqual(await refuted(credits, halves, 'Sums'), halves.map(({ contribution }) => [contribution, CONTRIBUTORS / 2n]));
    });

    it('and sells a common word as a rare one loses as much', async () => {
      const { credits } = right();
      const common = credits.reduce((most, { count }, at) => (count > credits[most]!.count ? at : most), 0);
      const { count } = credits[common]!;
      const rare = credits.map((credit) => (credit.count === count ? { ...credit, count: 1 } : credit));
      const same = rare.filter((credit, at) => credit.count !== credits[at]!.count).length;
      assert(count > 1 && same === 1, `${count}, ${same}`);
      assert.deepEqual(await refuted(rare, text.corpus.report(hexToU8a(output), rare), 'Count'), [[first.contribution, CONTRIBUTORS]]);
    });
  });

  it('refuses a prompt that is no text, and refunds one that is stored, which costs its worker nothing', async () => {
    const { chain } = world;
    const bond = await chain.held(honest);
    const eve = account('//Eve');
    for (const prompt of ['0xff', '0x']) await fails(askAbout(world, eve, model, prompt, 2n * OPEN, 'Single'), 'inference.InputInvalid');
    const noText = blob(Uint8Array.of(0xff));
    await store(world, noText);
    const { request, block } = await askAbout(world, eve, model, { Stored: noText.id }, 2n * OPEN, 'Single');
    const end = await meanwhile(world, ended(world, request, block));
    assert.deepEqual([end.settled, end.reason], [false, 'TooFewCommitments']);
    assert.equal(await chain.held(honest), bond);
  });

  it('pays every author what is due, to the last planck', async () => {
    const { chain } = world;
    for (const { contribution, owner } of [first, second, copier]) {
      const keys = [model, sold].map((each) => ({ model: each, datanet, contribution }));
      const claimed = await chain.send(owner, chain.api.tx.attribution.claim(keys));
      assert.equal(bigint(chain.event(claimed, 'attribution', 'Claimed').amount), owed.get(contribution));
    }
  });
});
