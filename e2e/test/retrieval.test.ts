// SPDX-License-Identifier: Apache-2.0
// A model that answers from passages: it cites them, pays for what it quotes and for what it was made with, and whoever it
// leaves out refutes it.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { hexToU8a, u8aToHex } from '@polkadot/util';
import { OPEN, type Account } from '../src/chain.js';
import { askAbout, contributionParts, ended, explain, type Entry, type Explanation } from '../src/inference.js';
import { registerBase, type SourceArgument } from '../src/models.js';
import { ScriptedWorker } from '../src/scripted.js';
import { acceptAll, bigint, createDatanet, fund, grantAccess, LICENCE_TEXT, number, publishVersion, store, type Contributed } from '../src/story.js';
import {
  buildCorpus, contributeText, creditsOf, decodeCited, encodeQuestion, jargon, logOf, logQuery, refuteSpans, retrieve, revealed, textSpec,
  squeezed, type Log, type TextModel,
} from '../src/texts.js';
import { fails } from './errors.js';
import { meanwhile, open, serve, tick, type World } from './world.js';

/** Of every answer. */
const TOKENS = 24;
const PASSAGES = 4;
const QUESTION = 'Which program lies dormant waiting for some condition?';
const PRICE = OPEN;
const SLASH = 100n * OPEN;
const REWARD = SLASH / 2n;
/** The governed parts of spans and retrieval. */
const QUOTED = 750_000_000;
const CITED = 250_000_000;
/** Time for the worker to act before the next block comes. */
const PAUSE_MS = 300;

describe('a model that answers from passages', () => {
  let world: World;
  let datanet: number;
  let source: SourceArgument;
  /** Whose words the question calls for. */
  let called: Contributed;
  let friend: Contributed;
  let contributed: Contributed[];
  let text: TextModel;
  let model: number;
  let honest: Account;
  let input: string;

  const account = (uri: string): ReturnType<World['chain']['account']> => world.chain.account(uri);
  const register = (change: object = {}): Promise<number> =>
    registerBase(world, account('//Dave'), { ...textSpec(text), ...change }, PRICE, [source]);

  before(async () => {
    // blocks come with transactions alone: a report can be refuted for three of them
    world = await open({ extra: ['--idle-block-ms', '0'] });
    const [bob, dave] = [account('//Bob'), account('//Dave')];
    const entries = jargon('daemon', 'deadlock', 'magic smoke', 'cargo cult programming', 'kluge', 'foo');
    const people = entries.map((_, index) => account(`//Writer/${index}`));
    await fund(world, world.alice, people, 100n * OPEN);
    await store(world, LICENCE_TEXT);
    const created = await createDatanet(world, bob, [], ['Hackers\' words', 'Text']);
    datanet = created.datanet;
    contributed = [];
    for (const [index, entry] of entries.entries()) contributed.push(await contributeText(world, datanet, people[index]!, `${index}.txt`, entry));
    [called, , friend] = contributed as [Contributed, Contributed, Contributed];
    await acceptAll(world, bob, datanet, contributed.map(({ contribution }) => contribution));
    const { version } = await publishVersion(world, bob, datanet);
    await grantAccess(world, bob, datanet, dave);
    text = await buildCorpus(world, datanet, contributed, TOKENS, PASSAGES);
    for (const file of text.files) await store(world, file);
    source = { datanet, version, licenceHash: created.termsHash, maxShare: 500_000 };
    model = await register();
    input = await encodeQuestion(text, QUESTION);
    honest = account('//Worker/reader');
    await meanwhile(world, serve(world, model, ['//Worker/reader']), PAUSE_MS);
  });
  after(() => world?.close());

  /** Parts of a report by one kind of evidence. */
  const part = (report: Entry[], evidence: Entry['evidence']): number =>
    report.filter((entry) => entry.evidence === evidence).reduce((sum, { weight }) => sum + weight, 0);
  const paid = (explanation: Explanation): bigint => contributionParts(explanation).reduce((sum, { amount }) => sum + amount, 0n);

  it('is registered only as the chain can judge its log', async () => {
    const spec = textSpec(text) as { input: object; output: object; attribution: object };
    for (const change of [
      { attribution: { ...spec.attribution, passages: PASSAGES + 1 } },
      { attribution: { ...spec.attribution, passages: PASSAGES - 1 } },
      { output: { ...spec.output, queryLen: 4 * TOKENS } },
      { input: { dtype: 'Utf8', width: 200 } },
    ])
      await fails(register(change), 'modelRegistry.InvalidAttribution');
    await fails(register({ input: { dtype: 'Token', width: 2_049 } }), 'modelRegistry.InvalidInputSchema');
  });

  it('refuses questions that are no tokens', async () => {
    const eve = account('//Eve');
    for (const question of ['0x', '0x01', '0xffff', '0x0100ffff']) await fails(askAbout(world, eve, model, question, 2n * OPEN, 'Single'), 'inference.InputInvalid');
    await fails(askAbout(world, eve, model, `0x${'0100'.repeat(101)}`, 2n * OPEN, 'Single'), 'inference.InputTooLarge');
  });

  describe('cites whom it read', () => {
    let request: number;
    let output: string;
    let query: number[];
    let report: Entry[];

    before(async () => {
      const asked = await askAbout(world, account('//Eve'), model, input, 2n * OPEN, 'Single');
      const end = await meanwhile(world, ended(world, asked.request, asked.block), PAUSE_MS);
      assert(end.settled, end.reason);
      request = asked.request;
      ({ output, query } = await revealed(world, request, honest.address));
      assert.equal(output, u8aToHex(end.output!));
      ({ report } = await explain(world, request));
    });

    it('as anybody finds it with the text alone', async () => {
      const { citations, text: said } = await decodeCited(text, output, query);
      assert.deepEqual(citations, (await retrieve(text, QUESTION, PASSAGES)).citations);
      assert.equal(citations[0]!.contribution, called.contribution);
      assert(squeezed(citations[0]!.text).startsWith(squeezed(said)), said);
      assert.deepEqual(logOf(query, TOKENS).passages.map(({ position }) => position), citations.map(({ position }) => position));
    });

    it('and pays three parts to whom it quotes and one to whose passages it was made with', async () => {
      assert.deepEqual([part(report, 'spans'), part(report, 'retrieval')], [QUOTED, CITED]);
      const quoted = text.corpus.report(hexToU8a(output), creditsOf(query.slice(0, 4 * TOKENS)));
      assert.deepEqual(report.filter(({ evidence }) => evidence === 'spans').map(({ contribution, score }) => [contribution, score]), quoted.map(({ contribution, score }) => [contribution, score]));
      const cited = new Map<number, bigint>();
      const { citations } = await decodeCited(text, output, query);
      logOf(query, TOKENS).passages.forEach(({ score }, at) => {
        const { contribution } = citations[at]!;
        cited.set(contribution, (cited.get(contribution) ?? 0n) + BigInt(score));
      });
      assert.deepEqual(new Map(report.filter(({ evidence }) => evidence === 'retrieval').map(({ contribution, score }) => [contribution, BigInt(score)])), cited);
      assert.equal(paid(await explain(world, request)), PRICE / 2n);
    });

    it('and whose report nobody can refute', async () => {
      const { verdict, calls } = await refuteSpans(world, '//Writer/2', request);
      assert.deepEqual([verdict, calls], ['nothing is wrong', []]);
    });

    describe('or whose worker lies', () => {
      let sold: number;
      let liar: ScriptedWorker;
      let truth: Log;

      before(async () => {
        sold = await register();
        await fund(world, world.alice, [account('//Worker/liar')], 2_000n * OPEN);
        liar = await ScriptedWorker.open(world, account('//Worker/liar'), sold, 1_500n * OPEN);
        truth = logOf(query, TOKENS);
        assert.equal(truth.passages.length, PASSAGES);
      });

      const quoted = (): Entry[] => report.filter(({ evidence }) => evidence === 'spans');

      /** Has the right words said with this log and report, and what is wrong with them shown by somebody who is not paid. */
      const refuted = async (log: Log, entries: Entry[], flaws: string[]): Promise<void> => {
        const { chain } = world;
        const asked = await askAbout(world, account('//Eve'), sold, input, 2n * OPEN, 'Single');
        for (let ticks = 0; !(await liar.duty(asked.request)); ticks += 1) {
          assert(ticks < 10, 'the liar is not drawn');
          await tick(world);
        }
        const said = [...query.slice(0, 4 * TOKENS), ...logQuery(log, PASSAGES)];
        await liar.answer(asked.request, { output, query: said, entries });
        await tick(world);
        const end = await ended(world, asked.request, asked.block);
        assert(end.settled, end.reason);
        assert.deepEqual((await explain(world, asked.request)).report, entries);
        const bond = await chain.held(liar.account);

        const refutation = await refuteSpans(world, '//Writer/0', asked.request);
        assert.equal(refutation.verdict, 'refuted');
        assert.deepEqual(refutation.calls.map(({ flaw }) => flaw), flaws);
        const { data } = await chain.waitFor('attribution', ['SpansRefuted'], (event) => number(event.request) === asked.request, 10_000, end.block);
        assert.equal(String(data.challenger), called.owner.address);
        assert.deepEqual([bigint(data.slashed), bigint(data.reward)], [SLASH, REWARD]);
        assert.equal(await chain.held(liar.account), bond - SLASH, 'once, whatever else was wrong');
        const corrected = await explain(world, asked.request);
        assert.deepEqual(corrected.report, report);
        assert.equal(paid(corrected), PRICE / 2n);
        const again = await refuteSpans(world, '//Writer/1', asked.request);
        assert.deepEqual([again.verdict, again.calls], ['nothing is wrong', []]);
      };

      it('and leaves out the passage that the question calls for', async () => {
        const [best, ...passages] = truth.passages;
        assert.equal(text.corpus.start(called.contribution), best!.position);
        // its weights are those that the honest report has without that passage
        const entries = await reportOf(passages);
        await refuted({ ...truth, passages }, entries, ['Retrieved']);
      });

      it('and cites a friend, whom the question does not call for', async () => {
        const position = text.corpus.start(friend.contribution);
        const others = truth.passages.slice(0, PASSAGES - 1).filter((passage) => passage.position !== position);
        const passages = [{ position, score: 99 << 16 }, ...others];
        await refuted({ ...truth, passages }, await reportOf(passages), await flawsOf(passages));
      });

      it('and cites what is no passage', async () => {
        const position = text.corpus.start(friend.contribution) + 1;
        const passages = [{ position, score: 99 << 16 }, ...truth.passages.slice(0, PASSAGES - 1)];
        await refuted({ ...truth, passages }, await reportOf(passages), ['Cited', 'Retrieved']);
      });

      it('and says that a word of the question is rarer than it is', async () => {
        const at = truth.counts.findIndex((count) => count > 1);
        const counts = truth.counts.map((count, index) => (index === at ? 1 : count));
        await refuted({ ...truth, counts }, report, ['Term']);
      });

      /** Which flaws a friend's passage takes: its score, and whatever it stands in the place of. */
      const flawsOf = async (passages: Log['passages']): Promise<string[]> => {
        const missing = truth.passages.filter(({ position }) => !passages.some((passage) => passage.position === position));
        return ['Retrieved', ...missing.map(() => 'Retrieved')];
      };

      /** The honest report of what is quoted with the report of these passages. */
      const reportOf = async (passages: Log['passages']): Promise<Entry[]> => {
        const scores = new Map<number, bigint>();
        for (const { position, score } of passages) {
          const contribution = text.corpus.contributionAt(position);
          scores.set(contribution, (scores.get(contribution) ?? 0n) + BigInt(score));
        }
        const entries = text.corpus.shared(scores, CITED).map((entry): Entry => ({ ...entry, evidence: 'retrieval' }));
        const order = (a: Entry, b: Entry): number => a.datanet - b.datanet || a.contribution - b.contribution || (a.evidence === 'spans' ? -1 : 1);
        return [...quoted(), ...entries].sort(order);
      };
    });
  });
});
