// SPDX-License-Identifier: Apache-2.0
// Audit records by their public interfaces: a node's RPC writes them, the verifier meets neither node nor network.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { OPEN } from '../src/chain.js';
import { ask, ended, explain, type Explanation } from '../src/inference.js';
import { binary, rpc, RpcError } from '../src/processes.js';
import { tool } from '../src/tools.js';
import type { Trained, World } from './world.js';

interface Record {
  block: { hash: string; number: number };
  explanation: { payment: Explanation; contributions: { contribution: number; owner: string }[] };
  state: { items: { name: string; value: string | null }[]; proof: string[] };
  attestation: { call: string; signature: string } | null;
  signer: string | null;
  signature: string | null;
}

interface Verdict {
  code: number;
  verified?: boolean;
  error?: string;
  signer?: string;
  attested?: boolean;
}

/** `openledger-worker verify-record`, which may end with any code. */
const verify = (...args: string[]): Promise<Verdict> =>
  new Promise((resolve) => {
    execFile(binary('openledger-worker'), ['verify-record', ...args], (error, stdout) => {
      const code = error ? Number(error.code) : 0;
      resolve({ code, ...(stdout ? (JSON.parse(stdout) as object) : {}) });
    });
  });

export function auditRecords(world: () => World, trained: () => Trained): void {
  let folder: string;
  let record: Record;
  let request: number;
  const file = (name: string, content: unknown): string => {
    const path = join(folder, name);
    writeFileSync(path, JSON.stringify(content));
    return path;
  };

  it('proves a payment to somebody who has the record and a header alone', async () => {
    const { chain, url } = world();
    folder = join(world().folder, 'records');
    mkdirSync(folder, { recursive: true });
    const asked = await ask(world(), chain.account('//Eve'), trained().head, trained().digits[7]!.pixels, 2n * OPEN, 'Single');
    request = asked.request;
    assert((await ended(world(), request, asked.block)).settled);
    record = await rpc<Record>(url, 'openledger_auditRecord', [request]);
    assert.deepEqual(record.explanation.payment, await explain(world(), request));
    assert(record.attestation, 'the worker\'s signed reveal');
    assert(record.explanation.contributions.length > 0);
    const header = file('header.json', await rpc(url, 'chain_getHeader', [record.block.hash]));
    const path = file('record.json', record);
    for (const trusted of [['--header', header], ['--block-hash', record.block.hash]]) {
      const verdict = await verify(path, ...trusted);
      assert.deepEqual([verdict.code, verdict.verified, verdict.attested, verdict.signer], [0, true, true, record.signer]);
    }
  });

  it('is signed by whoever exports it, after it was checked', async () => {
    const out = join(folder, 'own.json');
    const eve = world().chain.account('//Eve').address;
    const printed = await tool<Verdict>('audit-record', '--url', world().url.replace('http', 'ws'), '--request', `${request}`, '--suri', '//Eve', '--out', out);
    assert.deepEqual([printed.verified, printed.signer, printed.attested], [true, eve, true]);
    const { block } = await tool<{ block: string }>('audit-record', '--url', world().url.replace('http', 'ws'), '--request', `${request}`, '--at', record.block.hash, '--out', join(folder, 'again.json'));
    assert.equal(block, record.block.hash);
  });

  it('is refused by name when anything in it is changed, or the header is another block\'s', async () => {
    const header = join(folder, 'header.json');
    const changed = (name: string, change: (copy: Record) => void): Promise<Verdict> => {
      const copy = structuredClone(record);
      change(copy);
      return verify(file(`${name}.json`, copy), '--header', header);
    };
    const refusals: [string, (copy: Record) => void][] = [
      ['ExplanationMismatch', ({ explanation }) => (explanation.payment.parts[0]!.amount = '1')],
      ['ExplanationMismatch', ({ explanation }) => (explanation.contributions[0]!.owner = world().chain.account('//Eve').address)],
      ['ValueMismatch', ({ state }) => (state.items[0]!.value = '0x00')],
      ['NotProved', ({ state }) => state.proof.shift()],
      ['AttestationForeign', ({ attestation }) => (attestation!.call = `${attestation!.call}00`)],
      ['AttestationSignature', ({ attestation }) => (attestation!.signature = '0x00')],
      ['BlockMismatch', ({ block }) => (block.number += 1)],
      ['NotSigned', (copy) => (copy.signature = null)],
      ['BadSignature', (copy) => (copy.signer = world().chain.account('//Eve').address)],
      ['BadSignature', (copy) => (copy.attestation = null)],
      ['Malformed', (copy) => Object.assign(copy, { surplus: 1 })],
      ['UnknownFormat', (copy) => Object.assign(copy, { format: 'openledger/audit-record/v0' })],
    ];
    for (const [index, [name, change]] of refusals.entries()) {
      const verdict = await changed(`${index}`, change);
      assert.deepEqual([verdict.code, verdict.verified, verdict.error], [1, false, name]);
    }
    const genesis = await rpc<string>(world().url, 'chain_getBlockHash', [0]);
    const other = file('other.json', await rpc(world().url, 'chain_getHeader', [genesis]));
    const wrong = await verify(join(folder, 'record.json'), '--header', other);
    assert.deepEqual([wrong.code, wrong.error], [1, 'WrongBlock']);
    assert.equal((await verify(join(folder, 'record.json'), '--header', join(folder, 'none.json'))).code, 2);
  });

  it('does not exist for what is not settled, nor at a block that is none', async () => {
    const refused = async (parameters: unknown[]): Promise<string> => {
      const error = await rpc(world().url, 'openledger_auditRecord', parameters).catch((caught: unknown) => caught);
      assert(error instanceof RpcError, String(error));
      return String(error.data);
    };
    assert.equal(await refused([1_000_000]), 'NotSettled');
    assert.equal(await refused([request, `0x${'11'.repeat(32)}`]), 'UnknownBlock');
  });
}
