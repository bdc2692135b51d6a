// SPDX-License-Identifier: Apache-2.0
// The consumer's and the workers' part of the story.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { hexToU8a, u8aToHex } from '@polkadot/util';
import type { Account } from './chain.js';
import { binary, freePort, Process, rpc } from './processes.js';
import { bigint, encodeInput, number, type Stage } from './story.js';

export type Verification = 'Single' | { Quorum: { k: number; threshold: number } };

/** A worker process beside the node, with a folder of its own. */
export async function startWorker(stage: Stage, suri: string, models: number[], bond = 1000): Promise<Process> {
  const folder = join(stage.folder, `worker-${suri.replaceAll('/', '')}`);
  mkdirSync(folder, { recursive: true });
  const args = [
    'run', '--url', stage.url.replace('http', 'ws'), '--suri', suri, '--base-path', folder,
    '--prometheus-port', `${await freePort()}`, '--register', '--bond', `${bond}`,
    '--host', models.join(','),
  ];
  return new Process(suri, binary('openledger-worker'), args, join(folder, 'worker.log'));
}

export async function hosts(stage: Stage, model: number): Promise<number> {
  const stored = await stage.chain.api.query.workers.hosts(model);
  return (stored as unknown as { length: number }).length;
}

export interface Asked {
  request: number;
  fee: bigint;
  /** The block that the request went into. */
  block: number;
}

/** Pays for an answer about a digit. */
export const ask = (
  stage: Stage, consumer: Account, model: number, pixels: number[], maxFee: bigint, verification: Verification,
): Promise<Asked> => askAbout(stage, consumer, model, u8aToHex(encodeInput(pixels)), maxFee, verification);

/** Pays for an answer to an input in hexadecimal, or to one that is stored. */
export async function askAbout(
  stage: Stage, consumer: Account, model: number, input: string | { Stored: string }, maxFee: bigint, verification: Verification,
): Promise<Asked> {
  const given = typeof input === 'string' ? { Inline: input } : input;
  const call = stage.chain.api.tx.inference.request(model, given, maxFee, verification);
  const included = await stage.chain.send(consumer, call);
  const { request, fee } = stage.chain.event(included, 'inference', 'Requested');
  const header = await stage.chain.api.rpc.chain.getHeader(included.block);
  return { request: number(request), fee: bigint(fee), block: header.number.toNumber() };
}

export interface Ended {
  settled: boolean;
  block: number;
  output?: Uint8Array;
  representative?: string;
  cluster: string[];
  reason?: string;
  fee: bigint;
}

/** Waits until a request has ended, one way or the other. */
export async function ended(stage: Stage, request: number, from: number, timeoutMs = 60_000): Promise<Ended> {
  const isIt = (data: Record<string, unknown>): boolean => number(data.request) === request;
  const { method, data, block } = await stage.chain.waitFor('inference', ['Settled', 'Refunded'], isIt, timeoutMs, from);
  const fee = bigint(data.fee);
  if (method === 'Refunded') return { settled: false, block, cluster: [], reason: String(data.reason), fee };
  const name = ({ account }: { account: { toString(): string } }): string => account.toString();
  return {
    settled: true,
    block,
    output: hexToU8a(String(data.output)),
    representative: name(data.representative as Parameters<typeof name>[0]),
    cluster: (data.cluster as Parameters<typeof name>[0][]).map(name),
    fee,
  };
}

export interface Entry {
  datanet: number;
  contribution: number;
  weight: number;
  /** Decimal string: it may be beyond what a number keeps exactly. */
  score: string;
  evidence: 'influence' | 'spans' | 'retrieval';
}

export type Reason =
  | { kind: 'treasury' | 'worker' | 'modelOwner' | 'nextPool' | 'dust' | 'unattributed' }
  | { kind: 'standing'; datanet: number; version: number }
  | { kind: 'royalty'; model: number }
  | ({ kind: 'contribution' } & Omit<Entry, 'score'>);

/** What `openledger_explain` answers. Amounts are decimal strings of planck. */
export interface Explanation {
  request: number;
  model: number;
  consumer: string;
  fee: string;
  fromPool: string;
  report: Entry[];
  parts: { to: string | null; amount: string; reason: Reason }[];
  takenBack: { datanet: number; contribution: number; amount: string }[];
}

export const explain = (stage: Stage, request: number): Promise<Explanation> =>
  rpc<Explanation>(stage.url, 'openledger_explain', [request]);

/** The parts of the payment that went to contributions. */
export const contributionParts = (explanation: Explanation): { entry: Omit<Entry, 'score'>; to: string | null; amount: bigint }[] =>
  explanation.parts.flatMap(({ to, amount, reason }) =>
    reason.kind === 'contribution' ? [{ entry: reason, to, amount: BigInt(amount) }] : [],
  );
