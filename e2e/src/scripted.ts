// SPDX-License-Identifier: Apache-2.0
// A worker without a program: it answers what it is told to.
import { hexToU8a, stringToU8a, u8aConcat, u8aToHex } from '@polkadot/util';
import { blake2AsU8a } from '@polkadot/util-crypto';
import type { Account } from './chain.js';
import type { Entry } from './inference.js';
import { rpc } from './processes.js';
import type { Stage } from './story.js';

const COMMIT_TAG = 'openledger/inference/commit/v1';
const SALT = `0x${'5a'.repeat(32)}`;

/** What a worker says. */
export interface Answer {
  output: string;
  query: number[];
  entries: Entry[];
}

interface Duty {
  request: number;
  modelVersion: string;
  worker: { account: string; epoch: number };
  duty: string;
}

export class ScriptedWorker {
  private constructor(readonly stage: Stage, readonly account: Account) {}

  /** Bonds and hosts one model. */
  static async open(stage: Stage, account: Account, model: number, bond: bigint): Promise<ScriptedWorker> {
    const capabilities = { kernelClass: 'Generic', memoryMib: 1, engineVersion: 'by hand' };
    const { register, host } = stage.chain.api.tx.workers;
    await stage.chain.send(account, register(capabilities, bond));
    await stage.chain.send(account, host(model));
    return new ScriptedWorker(stage, account);
  }

  /** What it has to do about a request, once it was drawn. */
  async duty(request: number): Promise<Duty | undefined> {
    const open = await rpc<Duty[]>(this.stage.url, 'openledger_openRequests', [this.account.address]);
    return open.find((each) => each.request === request);
  }

  /** Commits to an answer and reveals it: two blocks, where transactions make them. */
  async answer(request: number, { output, query, entries }: Answer): Promise<void> {
    const { api } = this.stage.chain;
    const duty = await this.duty(request);
    if (duty?.duty !== 'commit') throw new Error(`nothing to commit to for request ${request}`);
    const names = { influence: 'Influence', spans: 'Spans', retrieval: 'Retrieval' };
    const report = entries.map((entry) => ({ ...entry, evidence: names[entry.evidence] }));
    const reveal = api.tx.inference.reveal(request, output, query, report, SALT);
    const domain = [
      api.genesisHash.toU8a(),
      api.registry.createType('u64', request).toU8a(),
      hexToU8a(duty.modelVersion),
      this.account.publicKey,
      api.registry.createType('u32', duty.worker.epoch).toU8a(),
    ];
    // the rest of what is committed to stands in the call as it is hashed
    const shown = reveal.method.args.slice(1).map((argument) => argument.toU8a());
    const tag = api.registry.createType('Bytes', u8aToHex(stringToU8a(COMMIT_TAG))).toU8a();
    const commitment = blake2AsU8a(u8aConcat(tag, ...domain, ...shown), 256);
    await this.stage.chain.send(this.account, api.tx.inference.commit(request, commitment));
    await this.stage.chain.send(this.account, reveal);
  }
}
