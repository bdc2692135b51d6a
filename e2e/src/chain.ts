// SPDX-License-Identifier: Apache-2.0
// The native side of the chain through @polkadot/api: accounts, transactions, decoded errors.
import { ApiPromise, Keyring, WsProvider } from '@polkadot/api';
import type { SubmittableExtrinsic } from '@polkadot/api/types';
import type { KeyringPair } from '@polkadot/keyring/types';
import type { EventRecord } from '@polkadot/types/interfaces';
import type { ISubmittableResult, Signer } from '@polkadot/types/types';
import { u8aConcat, u8aToHex, hexToU8a } from '@polkadot/util';
import { blake2AsU8a } from '@polkadot/util-crypto';
import { privateKeyToAccount, sign } from 'viem/accounts';
import { keccak256, type Hex } from 'viem';
import { within } from './processes.js';

export const OPEN = 10n ** 18n;

/** "12.345 OPEN", cut to four places. */
export function open(planck: bigint): string {
  const sign = planck < 0n ? '-' : '';
  const value = planck < 0n ? -planck : planck;
  const fraction = ((value % OPEN) / 10n ** 14n).toString().padStart(4, '0');
  return `${sign}${(value / OPEN).toLocaleString('en')}.${fraction} OPEN`;
}

/** An extrinsic that was included and failed, with the pallet's own name for why. */
export class DispatchError extends Error {
  constructor(readonly reason: string, docs: string) {
    super(docs ? `${reason}: ${docs}` : reason);
  }
}

/** Who signs: a keyring pair, or an Ethereum key through our signature type. */
export type Account = KeyringPair | EthAccount;

/** One Ethereum key: an address, and the account that is the address and twelve bytes 0xEE. */
export class EthAccount {
  readonly evm: ReturnType<typeof privateKeyToAccount>;
  readonly address: string;
  readonly publicKey: Uint8Array;
  #key: Hex;

  constructor(key: Hex, keyring: Keyring) {
    this.#key = key;
    this.evm = privateKeyToAccount(key);
    this.publicKey = u8aConcat(hexToU8a(this.evm.address), new Uint8Array(12).fill(0xee));
    this.address = keyring.encodeAddress(this.publicKey);
  }

  /** Signs a native payload: the `Eth` variant, over the keccak hash of what every other key signs. */
  get signer(): Signer {
    const key = this.#key;
    return {
      signRaw: async ({ data }) => {
        const payload = hexToU8a(data);
        const message = payload.length > 256 ? blake2AsU8a(payload, 256) : payload;
        const { r, s, yParity } = await sign({ hash: keccak256(message), privateKey: key });
        const signature = u8aConcat([3], hexToU8a(r), hexToU8a(s), [yParity ?? 0]);
        return { id: 1, signature: u8aToHex(signature) };
      },
    };
  }
}

export interface Included {
  block: string;
  events: EventRecord[];
}

/** An event and where it stands. */
export interface Found {
  method: string;
  data: Record<string, unknown>;
  block: number;
}

export class Chain {
  readonly keyring = new Keyring({ type: 'sr25519', ss58Format: 42 });
  #nonces = new Map<string, bigint>();

  private constructor(readonly api: ApiPromise, readonly patienceMs: number) {}

  /** `patienceMs`: how long a transaction may take until it is final. */
  static async connect(url: string, patienceMs = 60_000): Promise<Chain> {
    const provider = new WsProvider(url, 1000, {}, 60_000);
    const connecting = ApiPromise.create({ provider, noInitWarn: true, throwOnConnect: false, rpc: openledgerRpc });
    try {
      return new Chain(await within(120_000, `connecting to ${url}`, connecting), patienceMs);
    } catch (error) {
      await provider.disconnect();
      throw error;
    }
  }

  disconnect(): Promise<void> {
    return within(10_000, 'disconnecting', this.api.disconnect());
  }

  account(uri: string): KeyringPair {
    return this.keyring.addFromUri(uri);
  }

  eth(key: Hex): EthAccount {
    return new EthAccount(key, this.keyring);
  }

  async free(account: { address: string }): Promise<bigint> {
    const { data } = (await this.api.query.system.account(account.address)) as unknown as { data: { free: { toBigInt(): bigint } } };
    return data.free.toBigInt();
  }

  async held(account: { address: string }): Promise<bigint> {
    const { data } = (await this.api.query.system.account(account.address)) as unknown as { data: { reserved: { toBigInt(): bigint } } };
    return data.reserved.toBigInt();
  }

  async nonce(account: { address: string }): Promise<bigint> {
    return BigInt((await this.api.rpc.system.accountNextIndex(account.address)).toString());
  }

  /** Sends and waits until it is finalized; throws [`DispatchError`] when it fails. */
  async send(account: Account, extrinsic: SubmittableExtrinsic<'promise'>): Promise<Included> {
    const known = this.#nonces.get(account.address);
    const next = await this.nonce(account);
    const nonce = known !== undefined && known > next ? known : next;
    this.#nonces.set(account.address, nonce + 1n);
    try {
      return await this.#submit(account, extrinsic, nonce);
    } catch (error) {
      if (!(error instanceof DispatchError)) this.#nonces.delete(account.address);
      throw error;
    }
  }

  #submit(account: Account, extrinsic: SubmittableExtrinsic<'promise'>, nonce: bigint): Promise<Included> {
    return new Promise((resolve, reject) => {
      const timeout = setTimeout(() => reject(new Error(`not finalized within ${this.patienceMs / 1000} s`)), this.patienceMs);
      let stop: (() => void) | undefined;
      const done = (settle: () => void): void => {
        clearTimeout(timeout);
        stop?.();
        settle();
      };
      const watch = (result: ISubmittableResult): void => {
        if (result.isError) done(() => reject(new Error(`the pool refused it: ${result.status.type}`)));
        if (!result.status.isFinalized) return;
        const block = result.status.asFinalized.toHex();
        const failure = result.events.find(({ event }) => this.api.events.system.ExtrinsicFailed.is(event));
        if (failure) done(() => reject(this.error(failure.event.data[0])));
        else done(() => resolve({ block, events: result.events }));
      };
      const options = account instanceof EthAccount ? { nonce, signer: account.signer } : { nonce };
      const signer = account instanceof EthAccount ? account.address : account;
      extrinsic.signAndSend(signer, options, watch).then(
        (unsubscribe) => {
          stop = unsubscribe;
        },
        (error: unknown) => done(() => reject(error instanceof Error ? error : new Error(String(error)))),
      );
    });
  }

  /** The pallet's own words for a dispatch error. */
  error(data: unknown): DispatchError {
    const error = data as { isModule: boolean; asModule: Parameters<ApiPromise['registry']['findMetaError']>[0]; toString(): string };
    if (!error.isModule) return new DispatchError(error.toString(), '');
    const { section, name, docs } = this.api.registry.findMetaError(error.asModule);
    return new DispatchError(`${section}.${name}`, docs.join(' '));
  }

  /** The data of the first event `section.method` of `included`, by field name. */
  event(included: Included, section: string, method: string): Record<string, unknown> {
    const found = included.events.find(({ event }) => event.section === section && event.method === method);
    if (!found) throw new Error(`no event ${section}.${method}`);
    return namedFields(found);
  }

  /** The first of the events `methods` in final blocks from `from` on that satisfies `matches`. */
  async find(section: string, methods: string[], matches: (data: Found['data']) => boolean, from: number): Promise<Found | undefined> {
    const head = (await this.api.rpc.chain.getHeader(await this.api.rpc.chain.getFinalizedHead())).number.toNumber();
    for (let block = from; block <= head; block += 1) {
      const at = await this.api.at(await this.api.rpc.chain.getBlockHash(block));
      const events = (await at.query.system.events()) as unknown as EventRecord[];
      for (const record of events) {
        if (record.event.section !== section || !methods.includes(record.event.method)) continue;
        const data = namedFields(record);
        if (matches(data)) return { method: record.event.method, data, block };
      }
    }
    return undefined;
  }

  /** Waits for one of the events `methods` that satisfies `matches`, from block `from` on. */
  async waitFor(
    section: string,
    methods: string[],
    matches: (data: Found['data']) => boolean,
    timeoutMs = this.patienceMs,
    from?: number,
  ): Promise<Found> {
    const until = Date.now() + timeoutMs;
    let next = from ?? (await this.api.rpc.chain.getHeader()).number.toNumber();
    for (;;) {
      const head = (await this.api.rpc.chain.getHeader(await this.api.rpc.chain.getFinalizedHead())).number.toNumber();
      const found = await this.find(section, methods, matches, next);
      if (found) return found;
      next = Math.max(next, head + 1);
      if (Date.now() > until) throw new Error(`${section}.${methods.join(' or ')} did not come within ${timeoutMs} ms`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

function namedFields({ event }: EventRecord): Record<string, unknown> {
  const names = event.data.names ?? event.data.map((_, index) => `${index}`);
  return Object.fromEntries(names.map((name, index) => [name, event.data[index]]));
}

const text = (name: string, isOptional = false): { name: string; type: string; isOptional: boolean } => ({ name, type: 'Json', isOptional });
const openledgerRpc = {
  openledger: {
    explain: { description: 'Every part of a request\'s payment', params: [text('request')], type: 'Json' },
    auditRecord: { description: 'The same, proved and signed', params: [text('request'), text('at', true)], type: 'Json' },
    membershipProof: { description: 'A contribution\'s path to a version', params: [text('datanet'), text('version'), text('contribution')], type: 'Json' },
    openRequests: { description: 'Open work of a worker', params: [text('worker')], type: 'Json' },
    putBlob: { description: 'Stores bytes', params: [text('bytes')], type: 'Json' },
    getBlob: { description: 'Bytes by content id', params: [text('id')], type: 'Json' },
  },
};
