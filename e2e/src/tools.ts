// SPDX-License-Identifier: Apache-2.0
// The model builder's command line: it knows files, not the chain.
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { u8aToHex } from '@polkadot/util';
import { blake2AsU8a } from '@polkadot/util-crypto';
import { binary } from './processes.js';

const run = promisify(execFile);
export const repository = fileURLToPath(new URL('../..', import.meta.url));
export const digitsTable = join(repository, 'data', 'digits.csv.gz');

/** Runs `openledger-worker <args>` and reads the JSON it prints. */
export async function tool<T = Record<string, unknown>>(...args: string[]): Promise<T> {
  try {
    const { stdout } = await run(binary('openledger-worker'), args, { maxBuffer: 16 << 20, timeout: 180_000, killSignal: 'SIGKILL' });
    return JSON.parse(stdout) as T;
  } catch (error) {
    const { stderr } = error as { stderr?: string };
    throw new Error(`openledger-worker ${args[0]}: ${stderr?.trim() || String(error)}`);
  }
}

/** Bytes and the id they go by. */
export interface Blob {
  bytes: Uint8Array;
  id: string;
}

export const blob = (bytes: Uint8Array): Blob => ({ bytes, id: u8aToHex(blake2AsU8a(bytes, 256)) });
export const fileBlob = (path: string): Blob => blob(readFileSync(path));
