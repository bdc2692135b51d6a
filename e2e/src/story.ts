// SPDX-License-Identifier: Apache-2.0
// The steps of the story, each through the public interfaces only. The demo tells them; the tests check them.
import type { SubmittableExtrinsic } from '@polkadot/api/types';
import type { KeyringPair } from '@polkadot/keyring/types';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { u8aToHex } from '@polkadot/util';
import { Chain, OPEN, type Account, type Included } from './chain.js';
import { rpc } from './processes.js';
import { blob, fileBlob, tool, digitsTable, type Blob } from './tools.js';

export type Call = SubmittableExtrinsic<'promise'>;

/** Where the story plays. */
export interface Stage {
  chain: Chain;
  /** The node's HTTP RPC. */
  url: string;
  /** A folder for files. */
  folder: string;
}

export const number = (value: unknown): number => Number(String(value).replaceAll(',', ''));
export const bigint = (value: unknown): bigint => BigInt(String(value).replaceAll(',', ''));

/** Stores bytes at the node and returns their content id. */
export async function store(stage: Stage, { bytes, id }: Blob): Promise<string> {
  const stored = await rpc<string>(stage.url, 'openledger_putBlob', [u8aToHex(bytes)]);
  if (stored !== id) throw new Error(`the node stored ${id} as ${stored}`);
  return stored;
}

/** Sends OPEN from a rich account to many. */
export async function fund(stage: Stage, from: Account, to: { address: string }[], amount: bigint): Promise<void> {
  const { api } = stage.chain;
  await stage.chain.send(from, api.tx.utility.batchAll(to.map(({ address }) => api.tx.balances.transferKeepAlive(address, amount))));
}

/** The digits in three parts that share no digit: for the base network, for contributions, held out. */
export interface Split {
  base: string;
  contributions: string[];
  heldOut: string;
}

export async function splitDigits(stage: Stage): Promise<Split> {
  const out = join(stage.folder, 'digits');
  await tool('digits', 'split', '--csv', digitsTable, '--out', out);
  const contributions = readdirSync(join(out, 'contributions')).sort().map((name) => join(out, 'contributions', name));
  return { base: join(out, 'base.csv'), contributions, heldOut: join(out, 'held-out.csv') };
}

/** Digits of a file: 64 pixels and the label. */
export function readDigits(path: string): { pixels: number[]; label: number }[] {
  return readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map((row) => row.split(',').map(Number))
    .map((values) => ({ pixels: values.slice(0, 64), label: values[64] ?? -1 }));
}

/** What a digit looks like to the chain: 64 numbers as f32, little endian. */
export function encodeInput(pixels: number[]): Uint8Array {
  const bytes = new Uint8Array(pixels.length * 4);
  const view = new DataView(bytes.buffer);
  pixels.forEach((pixel, index) => view.setFloat32(index * 4, pixel, true));
  return bytes;
}

/** The class with the largest logit (first of equals) of an output of i32, little endian. */
export function decodeOutput(bytes: Uint8Array): { digit: number; logits: number[] } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const logits = Array.from({ length: bytes.byteLength / 4 }, (_, index) => view.getInt32(index * 4, true));
  return { digit: logits.indexOf(Math.max(...logits)), logits };
}

export const LICENCE_TEXT = blob(new TextEncoder().encode('Creative Commons Attribution 4.0 International\n'));

/** Training and paid use allowed, half of every fee to the contributors. */
export const TERMS = {
  id: 'CC-BY-4.0',
  training: true,
  commercial: true,
  contributorShare: 500_000,
  expiresAt: null,
  text: LICENCE_TEXT.id,
};

export const CONTRIBUTION_DEPOSIT = OPEN;

export async function createDatanet(
  stage: Stage, owner: Account, curators: string[], [name, modality] = ['Handwritten digits', 'Image'],
): Promise<{ datanet: number; termsHash: string }> {
  const { api } = stage.chain;
  const call = api.tx.datanets.create(name, modality, TERMS, 'Curated', CONTRIBUTION_DEPOSIT, curators);
  const created = stage.chain.event(await stage.chain.send(owner, call), 'datanets', 'DatanetCreated');
  return { datanet: number(created.datanet), termsHash: String(created.terms_hash ?? created.termsHash) };
}

export interface Contributed {
  contribution: number;
  owner: KeyringPair;
  file: string;
  blob: Blob;
}

export const contributeCall = (stage: Stage, datanet: number, { bytes, id }: Blob, rows: number): Call =>
  stage.chain.api.tx.datanets.contribute(datanet, id, bytes.length, 'text/csv', rows);

/** One contributor stores and registers some files in one batch. */
export async function contribute(stage: Stage, datanet: number, owner: KeyringPair, files: string[]): Promise<Contributed[]> {
  const blobs = files.map(fileBlob);
  await Promise.all(blobs.map((each) => store(stage, each)));
  const calls = blobs.map((each, index) => contributeCall(stage, datanet, each, readDigits(files[index] ?? '').length));
  const included = await stage.chain.send(owner, stage.chain.api.tx.utility.batchAll(calls));
  return contributionIds(included).map((contribution, index) => ({
    contribution,
    owner,
    file: files[index] ?? '',
    blob: blobs[index] as Blob,
  }));
}

export function contributionIds(included: Included): number[] {
  return included.events
    .filter(({ event }) => event.section === 'datanets' && event.method === 'Contributed')
    .map(({ event }) => number((event.data as unknown as { contribution: unknown }).contribution));
}

export async function acceptAll(stage: Stage, curator: Account, datanet: number, contributions: number[]): Promise<void> {
  const { api } = stage.chain;
  await stage.chain.send(curator, api.tx.utility.batchAll(contributions.map((each) => api.tx.datanets.accept(datanet, each, null))));
}

export async function publishVersion(stage: Stage, owner: Account, datanet: number): Promise<{ version: number; root: string; leaves: number }> {
  const included = await stage.chain.send(owner, stage.chain.api.tx.datanets.publishVersion(datanet));
  const { version, root, leaves } = stage.chain.event(included, 'datanets', 'VersionPublished');
  return { version: number(version), root: String(root), leaves: number(leaves) };
}

/** Lets somebody train on a curated datanet. */
export async function grantAccess(stage: Stage, owner: Account, datanet: number, who: { address: string }): Promise<void> {
  await stage.chain.send(owner, stage.chain.api.tx.datanets.grantAccess(datanet, who.address, null));
}
