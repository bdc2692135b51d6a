// SPDX-License-Identifier: Apache-2.0
// An index and its features as a dispute shows them: rows with Merkle proofs.
import { readFileSync } from 'node:fs';
import { u8aConcat, u8aToHex } from '@polkadot/util';
import { blake2AsU8a } from '@polkadot/util-crypto';

const HEADER_BYTES = 58;
const ENTRY_BYTES = 24;
const ROW_HEADER_BYTES = 12;
/** Inside a row. */
const PROBABILITY_AT = 6;
/** Of a row's link: its next row. */
const NEXT_BYTES = 4;
/** Of the features' file: header and an entry of its table. */
const FEATURES_HEADER_BYTES = 20;
const KEY_BYTES = 16;
/** Before the numbers of a row of features. */
const FEATURES_ROW_HEADER_BYTES = 6;

type Hash = Uint8Array;
const hash = (...parts: Uint8Array[]): Hash => blake2AsU8a(u8aConcat(...parts), 256);

/** All levels of the tree over `leaves`. */
const levels = (leaves: Uint8Array[]): Hash[][] => {
  const tree = [leaves.map((bytes) => hash(Uint8Array.of(0), bytes))];
  for (let level = tree[0]!; level.length > 1; level = tree[tree.length - 1]!)
    tree.push(
      Array.from({ length: Math.ceil(level.length / 2) }, (_, at) => {
        const [left, right] = [level[2 * at]!, level[2 * at + 1]];
        return right ? hash(Uint8Array.of(1), left, right) : left;
      }),
    );
  return tree;
};

const root = (tree: Hash[][]): Hash => tree[tree.length - 1]![0]!;

const proof = (tree: Hash[][], row: number): string[] =>
  tree.flatMap((level, height) => {
    const sibling = level[(row >> height) ^ 1];
    return sibling ? [u8aToHex(sibling)] : [];
  });

/** Where the parts of an index lie: rows of `row` bytes, then links of `link` bytes. */
export interface Layout {
  rows: number;
  classes: number;
  dims: number;
  contributions: number;
  start: number;
  row: number;
  links: number;
  link: number;
}

export function layout(index: Uint8Array): Layout {
  const view = new DataView(index.buffer, index.byteOffset, index.byteLength);
  const [classes, dims] = [view.getUint16(6, true), view.getUint16(8, true)];
  const [rows, contributions] = [view.getUint32(12, true), view.getUint32(16, true)];
  const start = HEADER_BYTES + ENTRY_BYTES * contributions;
  const row = ROW_HEADER_BYTES + 2 * classes * (dims + 1);
  return { rows, classes, dims, contributions, start, row, links: start + rows * row, link: NEXT_BYTES + 8 * classes };
}

/** The files of a release. */
export class Release {
  readonly classes: number;
  readonly dims: number;
  readonly rows: number;
  readonly #header: Uint8Array;
  readonly #table: Hash[][];
  readonly #released: Uint8Array[];
  readonly #features: Uint8Array[];
  readonly #trees: [Hash[][], Hash[][]];

  constructor(index: Uint8Array, featuresPath: string) {
    const at = layout(index);
    const { contributions } = at;
    [this.classes, this.dims, this.rows] = [at.classes, at.dims, at.rows];
    this.#header = index.slice(0, HEADER_BYTES);
    const part = (start: number, length: number, row: number): Uint8Array => index.slice(start + row * length, start + (row + 1) * length);
    this.#released = Array.from({ length: this.rows }, (_, row) => u8aConcat(part(at.start, at.row, row), part(at.links, at.link, row)));
    const counts = new Array<number>(contributions).fill(0);
    for (const row of this.#released) counts[new DataView(row.buffer).getUint32(0, true)]! += 1;
    let first = 0;
    const places = counts.map((rows, ordinal) => {
      const numbers = new DataView(new ArrayBuffer(8));
      numbers.setUint32(0, first, true);
      numbers.setUint32(4, rows, true);
      first += rows;
      const entry = HEADER_BYTES + ENTRY_BYTES * ordinal;
      return u8aConcat(index.slice(entry, entry + ENTRY_BYTES), new Uint8Array(numbers.buffer));
    });
    this.#table = levels(places);
    const features = new Uint8Array(readFileSync(featuresPath));
    const begin = FEATURES_HEADER_BYTES + KEY_BYTES * contributions;
    const width = (features.length - begin) / this.rows;
    this.#features = Array.from({ length: this.rows }, (_, row) => features.slice(begin + row * width, begin + (row + 1) * width));
    this.#trees = [levels(this.#released), levels(this.#features)];
  }

  /** What a model registers. */
  root(): string {
    return u8aToHex(hash(Uint8Array.of(2), this.#header, root(this.#table), root(this.#trees[0])));
  }

  shown(): object {
    return { header: u8aToHex(this.#header), table: u8aToHex(root(this.#table)), rows: u8aToHex(root(this.#trees[0])) };
  }

  row(row: number): object {
    const [released, features] = this.#trees;
    return {
      released: u8aToHex(this.#released[row]!),
      releasedProof: proof(released, row),
      features: u8aToHex(this.#features[row]!),
      featuresProof: proof(features, row),
    };
  }

  /** Sums that satisfy every equation because they allow anything. */
  shamSums(): string {
    const width = this.dims + 1;
    const sums = new Uint8Array(16 * (this.classes + 1) * width);
    // 2^126, little endian, for each input
    for (let at = 0; at < width; at += 1) sums[16 * (this.classes * width + at) + 15] = 0x40;
    return u8aToHex(sums);
  }
}

/**
 * An index in which a row's influence is another one that says the same of the row itself: what one number of a pair gains
 * the other loses, each by the other's feature. So its sums and its leave-one-out probability are still right, and only its
 * equation shows that it is false.
 */
export function bent(index: Uint8Array, featuresPath: string, row: number): Uint8Array {
  const { start, row: length, rows, classes, dims, contributions } = layout(index);
  const changed = new Uint8Array(index);
  const numbers = new DataView(changed.buffer);
  const features = new Uint8Array(readFileSync(featuresPath));
  const begin = FEATURES_HEADER_BYTES + KEY_BYTES * contributions;
  const width = (features.length - begin) / rows;
  const own = new DataView(features.buffer, begin + row * width + FEATURES_ROW_HEADER_BYTES, 2 * dims);
  const fits = (number: number): boolean => number >= -32_768 && number <= 32_767;
  for (let at = 0; at < classes; at += 1)
    for (let feature = 0; feature + 1 < dims; feature += 2) {
      const place = start + row * length + ROW_HEADER_BYTES + 2 * (at * (dims + 1) + feature);
      const [gains, loses] = [own.getInt16(2 * (feature + 1), true), own.getInt16(2 * feature, true)];
      const pair = [numbers.getInt16(place, true) + gains, numbers.getInt16(place + 2, true) - loses] as const;
      if (!pair.every(fits)) continue;
      pair.forEach((number, side) => numbers.setInt16(place + 2 * side, number, true));
    }
  return changed;
}

/** An index in which the leave-one-out probability of a row that leads its cluster is another one. */
export function praised(index: Uint8Array, row: number): Uint8Array {
  const { start, row: length } = layout(index);
  const changed = new Uint8Array(index);
  const numbers = new DataView(changed.buffer);
  const at = start + row * length + PROBABILITY_AT;
  numbers.setUint16(at, numbers.getUint16(at, true) ^ 0x4000, true);
  return changed;
}
