// SPDX-License-Identifier: Apache-2.0
// Text models: who wrote what, the corpus that it makes, and what each quoted token of an answer is worth.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Entry } from './inference.js';
import { contributionIds, number, store, type Contributed, type Stage } from './story.js';
import { fileBlob, repository, tool, type Blob } from './tools.js';

/** Entries of the Jargon File by their headwords, with their lines joined to paragraphs. */
export function jargon(...heads: string[]): string[] {
  const file = gunzipSync(readFileSync(join(repository, 'data', 'jargon.txt.gz'))).toString('utf8');
  const entries = file.split(/\n {3}:(?=[^\n:]+: )/);
  return heads.map((head) => {
    const entry = entries.find((each) => each.startsWith(`${head}: `));
    if (!entry) throw new Error(`the Jargon File has no entry ${head}`);
    return entry.split(/\n\s*\n/).map((paragraph) => paragraph.trim().replace(/\s+/g, ' ')).join('\n\n').trim();
  });
}

/** One contributor stores and registers a text, a data point for each of its words. */
export async function contributeText(stage: Stage, datanet: number, owner: Contributed['owner'], name: string, text: string): Promise<Contributed> {
  const file = join(stage.folder, name);
  writeFileSync(file, text);
  const stored = fileBlob(file);
  await store(stage, stored);
  const words = text.split(/\s+/).length;
  const call = stage.chain.api.tx.datanets.contribute(datanet, stored.id, stored.bytes.length, 'text/plain', words);
  const [contribution] = contributionIds(await stage.chain.send(owner, call));
  return { contribution: contribution!, owner, file, blob: stored };
}

/** What `openledger-worker build-corpus` prints, as far as it is used here. */
interface Built {
  artifact: string;
  config: string;
  format: string;
  input: { dtype: string; width: number };
  output: { output_bytes: number; query_len: number; classes: number };
  comparator: string;
  training_config: string;
  attribution: { root: string; index: string; features: string; rows: number; evidence: string; passages: number };
}

export interface TextModel {
  facts: Built;
  /** Everything that a worker or a refuter may ask for. */
  files: Blob[];
  corpus: Corpus;
  /** Path of the corpus. */
  path: string;
  /** Path of the vocabulary, with which an answer is read. */
  tokenizer: string;
}

/** Makes a text model of accepted contributions, by the ticks of their registration on the chain; with passages, one that answers from so many. */
export async function buildCorpus(stage: Stage, datanet: number, contributions: Contributed[], tokens: number, passages = 0): Promise<TextModel> {
  const out = join(stage.folder, 'corpus');
  mkdirSync(out, { recursive: true });
  const entries = contributions.map(async ({ contribution, file, blob }) => {
    const stored = await stage.chain.api.query.datanets.contributions(datanet, contribution);
    const { registeredAt } = stored.toJSON() as { registeredAt: number };
    return { datanet, contribution, file, content: blob.id, registered: registeredAt };
  });
  const manifest = join(stage.folder, 'corpus.json');
  writeFileSync(manifest, JSON.stringify(await Promise.all(entries)));
  const facts = await tool<Built>('build-corpus', '--manifest', manifest, '--out', out, '--tokens', `${tokens}`, '--passages', `${passages}`, '--prompt-bytes', '200');
  const [corpus, tokenizer, recipe] = ['corpus.olsa', 'tokenizer.olwt', 'training.json'].map((name) => join(out, name)) as [string, string, string];
  return { facts, files: [corpus, tokenizer, recipe].map(fileBlob), corpus: new Corpus(readFileSync(corpus)), path: corpus, tokenizer };
}

/** A text model as the registry sees it. */
export const textSpec = ({ facts }: TextModel): object => ({
  artifact: facts.artifact,
  config: facts.config,
  format: facts.format,
  input: facts.input,
  output: { outputBytes: facts.output.output_bytes, queryLen: facts.output.query_len, classes: facts.output.classes },
  comparator: facts.comparator,
  royalty: 0,
  trainingConfig: facts.training_config,
  attribution: facts.attribution,
  evaluation: null,
});

/** A text without its white space, which the tokens of an answer do not keep. */
export const squeezed = (text: string): string => text.replace(/\s+/g, '');

/** The position of a token that is credited to nobody. */
export const NOBODY = 0xffff_ffff;
const SEPARATOR = 0xffff;
const WEIGHT_ONE = 1_000_000_000n;
const HEADER_BYTES = 52;
const DOCUMENT_BYTES = 28;

/** Who is paid for a token of an answer: a position in the corpus, and how often the token stands there. */
export interface Credit {
  position: number;
  count: number;
}

/** The credits in a query vector: four numbers of 16 bits each, low halves first. */
export function creditsOf(query: number[]): Credit[] {
  const bits = new DataView(new Int16Array(query).buffer);
  return Array.from({ length: query.length / 4 }, (_, at) => ({ position: bits.getUint32(8 * at, true), count: bits.getUint32(8 * at + 4, true) }));
}

/** The query vector of credits. */
export function queryOf(credits: Credit[]): number[] {
  const bits = new DataView(new ArrayBuffer(8 * credits.length));
  credits.forEach(({ position, count }, at) => {
    bits.setUint32(8 * at, position, true);
    bits.setUint32(8 * at + 4, count, true);
  });
  return [...new Int16Array(bits.buffer)];
}

/** A passage that an answer was made with. */
export interface Passage {
  position: number;
  score: number;
}

/** The end of a query vector of a model that answers from passages. */
export interface Log {
  passages: Passage[];
  /** How often each of the question's terms stands in the text. */
  counts: number[];
}

/** Terms of a question, at most. */
const MAX_TERMS = 32;

/** The log behind the credits of so many tokens. */
export function logOf(query: number[], tokens: number): Log {
  const pairs = creditsOf(query.slice(4 * tokens));
  const logged = pairs.slice(0, pairs.length - MAX_TERMS / 2);
  const passages = logged.filter(({ position }) => position !== NOBODY).map(({ position, count }) => ({ position, score: count }));
  return { passages, counts: pairs.slice(logged.length).flatMap(({ position, count }) => [position, count]) };
}

/** A log of at most `most` passages as numbers of a query vector. */
export function logQuery({ passages, counts }: Log, most: number): number[] {
  const logged = Array.from({ length: most }, (_, at) => {
    const { position, score } = passages[at] ?? { position: NOBODY, score: 0 };
    return { position, count: score };
  });
  const counted = Array.from({ length: MAX_TERMS / 2 }, (_, at) => ({ position: counts[2 * at]!, count: counts[2 * at + 1]! }));
  return queryOf([...logged, ...counted]);
}

/** The contributions' tokens in order of registration, read from the shard's file. */
export class Corpus {
  /** Tokens without the separators. */
  readonly total: number;
  readonly documents: { datanet: number; contribution: number; start: number }[];

  constructor(file: Uint8Array) {
    const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
    const documents = view.getUint32(12, true);
    this.total = view.getUint32(8, true) - documents;
    this.documents = Array.from({ length: documents }, (_, index) => {
      const at = HEADER_BYTES + DOCUMENT_BYTES * index;
      return { datanet: Number(view.getBigUint64(at + 8, true)), contribution: Number(view.getBigUint64(at + 16, true)), start: view.getUint32(at + 24, true) };
    });
  }

  /** Where a contribution's tokens begin. */
  start(contribution: number): number {
    return this.documents.find((document) => document.contribution === contribution)!.start;
  }

  /** The report that follows from an answer's credits, computed here a second time. */
  report(output: Uint8Array, credits: Credit[]): Entry[] {
    const prices = this.#prices(output, credits);
    const scores = this.documents.map(() => 0n);
    credits.forEach(({ position }, at) => {
      if (position === NOBODY) return;
      const after = this.documents.findIndex(({ start }) => start > position);
      scores[(after < 0 ? this.documents.length : after) - 1]! += prices[at] ?? 0n;
    });
    const sums = new Map(this.documents.map(({ contribution }, index) => [contribution, scores[index]!]));
    return this.shared(sums, Number(WEIGHT_ONE)).map((entry) => ({ ...entry, evidence: 'spans' }));
  }

  /** Entries by scores, without their kind: `whole` divided between those above zero. */
  shared(scores: Map<number, bigint>, whole: number): Omit<Entry, 'evidence'>[] {
    const named = this.documents
      .map(({ datanet, contribution }) => ({ datanet, contribution, score: scores.get(contribution) ?? 0n }))
      .filter(({ score }) => score > 0n)
      .sort((a, b) => a.datanet - b.datanet || a.contribution - b.contribution);
    const weights = shares(named.map(({ score }) => score), BigInt(whole));
    return named.map((entry, index) => ({ ...entry, score: `${entry.score}`, weight: weights[index]! }));
  }

  /** Whose tokens stand at a position. */
  contributionAt(position: number): number {
    return this.documents.filter(({ start }) => start <= position).at(-1)!.contribution;
  }

  /** What each token of the answer is worth, with 16 fraction bits. */
  #prices(output: Uint8Array, credits: Credit[]): bigint[] {
    const view = new DataView(output.buffer, output.byteOffset, output.byteLength);
    const tokens = Array.from({ length: output.length / 2 }, (_, at) => view.getUint16(2 * at, true));
    const end = tokens.indexOf(SEPARATOR);
    const seen = new Map<number, number>();
    return tokens.slice(0, end < 0 ? tokens.length : end).map((token, at) => {
      const times = seen.get(token) ?? 0;
      seen.set(token, times + 1);
      const rarity = bits(credits[at]!.count, this.total);
      const repeated = bits(times, at);
      return times > 0 && repeated < rarity ? repeated : rarity;
    });
  }
}

/** `log2(x)` with 16 fraction bits, by squaring. */
function log2(x: number): bigint {
  const whole = BigInt(x.toString(2).length - 1);
  let mantissa = BigInt(x) << (63n - whole);
  let result = whole;
  for (let bit = 0; bit < 16; bit += 1) {
    const square = (mantissa * mantissa) >> 63n;
    const aboveTwo = square >> 64n > 0n ? 1n : 0n;
    mantissa = square >> aboveTwo;
    result = (result << 1n) | aboveTwo;
  }
  return result;
}

/** Bits of what was seen `times` times in `total`. */
const bits = (times: number, total: number): bigint => (times === 0 || times > total ? 0n : log2(total) - log2(times));

/** Parts of a whole by largest remainder. */
function shares(scores: bigint[], all: bigint): number[] {
  const total = scores.reduce((sum, score) => sum + score, 0n);
  const parts = scores.map((score, index) => ({ index, whole: (all * score) / total, rest: (all * score) % total }));
  let left = all - parts.reduce((sum, { whole }) => sum + whole, 0n);
  for (const part of [...parts].sort((a, b) => (a.rest === b.rest ? a.index - b.index : a.rest < b.rest ? 1 : -1))) {
    if (left === 0n) break;
    part.whole += 1n;
    left -= 1n;
  }
  return parts.map(({ whole }) => Number(whole));
}

/** The prompt as a request carries it. */
export async function encodePrompt(prompt: string): Promise<string> {
  return (await tool<{ input: string }>('encode-input', '--text', prompt)).input;
}

/** The question as a request carries it to a model that answers from passages. */
export async function encodeQuestion(model: TextModel, question: string): Promise<string> {
  return (await tool<{ input: string }>('encode-input', '--text', question, '--tokenizer', model.tokenizer)).input;
}

/** Whose words an answer was made with. */
export interface Citation {
  position: number;
  datanet: number;
  contribution: number;
  tokens: [number, number];
  bits: number;
  text: string;
}

/** What a model would cite for a question. */
export const retrieve = (model: TextModel, question: string, passages: number): Promise<{ citations: Citation[] }> =>
  tool('retrieve', question, '--corpus', model.path, '--tokenizer', model.tokenizer, '--passages', `${passages}`);

/** The words of an answer and what it cites. */
export const decodeCited = (model: TextModel, output: string, query: number[]): Promise<{ text: string; citations: Citation[] }> =>
  tool('decode-output', output, '--tokenizer', model.tokenizer, '--corpus', model.path, '--query', query.join(','));

/** The words of an answer. */
export const decodeText = (model: TextModel, output: string): Promise<{ text: string; tokens: number[]; ended: boolean }> =>
  tool('decode-output', output, '--tokenizer', model.tokenizer);

/** What `openledger-worker refute-spans` prints. */
export interface Refutation {
  verdict: 'refuted' | 'nothing is wrong';
  calls: { call: string; flaw: string; where: object; contributions: { datanet: number; contribution: number }[] }[];
  report: { datanet: number; contribution: number; evidence: string; score: number }[];
}

/** Has the report of a request judged, and corrected, by whoever `suri` is. */
export function refuteSpans(stage: Stage, suri: string, request: number): Promise<Refutation> {
  const blobs = join(stage.folder, 'refuter');
  mkdirSync(blobs, { recursive: true });
  return tool('refute-spans', '--url', stage.url.replace('http', 'ws'), '--suri', suri, '--blobs', blobs, '--request', `${request}`);
}

/** What a worker revealed for a request. */
export async function revealed(stage: Stage, request: number, worker: string): Promise<{ output: string; query: number[] }> {
  const stored = await stage.chain.api.query.inference.reveals(request, worker);
  const { output, query } = stored.toJSON() as { output: string; query: number[] };
  return { output, query: query.map(number) };
}

