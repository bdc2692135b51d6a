// SPDX-License-Identifier: Apache-2.0
// Plain transfers in great number, by native extrinsics and by Ethereum transactions: signed before, sent in batches.
import { setTimeout as delay } from 'node:timers/promises';
import { keccak256, stringToHex, type Hex } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { OPEN, type Account, type Chain } from './chain.js';
import { rpc } from './processes.js';
import { fund, type Stage } from './story.js';

/** Calls in one JSON-RPC batch, and batches at a time. */
const BATCH = 50;
const PARALLEL = 4;
const AMOUNT = OPEN / 1000n;

export interface Run {
  /** From the first submission until the last was in a block. */
  seconds: number;
  /** Of them until the pool had all. */
  submitted: number;
  /** Transactions in the block that had most, without inherents. */
  fullest: number;
}

/** Signs calls with nonces that follow each other, without asking the node for each. */
export async function signed(chain: Chain, account: Account, calls: ReturnType<Chain['api']['tx']>[]): Promise<string[]> {
  const first = await chain.nonce(account);
  const signing = calls.map(async (call, index) => {
    await call.signAsync(account as Parameters<typeof call.signAsync>[0], { nonce: first + BigInt(index), era: 0 });
    return call.toHex();
  });
  return Promise.all(signing);
}

/** Puts transactions into the pool by JSON-RPC, in order for each sender. */
export async function submit(url: string, method: string, transactions: string[]): Promise<void> {
  const batches: string[][] = [];
  for (let from = 0; from < transactions.length; from += BATCH) batches.push(transactions.slice(from, from + BATCH));
  const lane = async (): Promise<void> => {
    for (let batch = batches.shift(); batch; batch = batches.shift()) {
      const calls = batch.map((hex, id) => ({ jsonrpc: '2.0', id, method, params: [hex] }));
      const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(calls) });
      const failed = ((await response.json()) as { error?: { message: string } }[]).find(({ error }) => error);
      if (failed) throw new Error(`the pool refused a transaction: ${failed.error?.message}`);
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, lane));
}

/** Sends what is signed and waits until `arrived`. */
async function run(stage: Stage, send: () => Promise<void>, arrived: () => Promise<boolean>): Promise<Run> {
  const height = async (): Promise<number> => Number((await rpc<{ number: string }>(stage.url, 'chain_getHeader', [])).number);
  const first = (await height()) + 1;
  const start = performance.now();
  await send();
  const submitted = (performance.now() - start) / 1000;
  while (!(await arrived())) {
    if (performance.now() - start > 240_000) throw new Error('the transfers are not all in blocks within 240 s');
    await delay(50);
  }
  const seconds = (performance.now() - start) / 1000;
  const counts: number[] = [];
  for (let block = first; block <= (await height()); block += 1) {
    const hash = await rpc<string>(stage.url, 'chain_getBlockHash', [block]);
    const { block: { extrinsics } } = await rpc<{ block: { extrinsics: string[] } }>(stage.url, 'chain_getBlock', [hash]);
    counts.push(extrinsics.length);
  }
  // every block has two inherents
  return { seconds, submitted, fullest: Math.max(...counts) - 2 };
}

/** The senders' transactions by turns. */
const interleaved = (lists: string[][]): string[] => lists[0]!.map((_, index) => lists.map((list) => list[index]!)).flat();

/** `count` native transfers from `senders` accounts. */
export async function nativeTransfers(stage: Stage & { alice: Account }, count: number, senders: number): Promise<Run> {
  const { chain } = stage;
  const accounts = Array.from({ length: senders }, (_, index) => chain.account(`//Sender/${index}`));
  await fund(stage, stage.alice, accounts, 100n * OPEN);
  const before = await Promise.all(accounts.map((account) => chain.nonce(account)));
  const to = chain.account('//Ferdie').address;
  const lists: string[][] = [];
  for (const account of accounts) {
    lists.push(await signed(chain, account, Array.from({ length: count / senders }, () => chain.api.tx.balances.transferKeepAlive!(to, AMOUNT))));
  }
  const addresses = accounts.map(({ address }) => address);
  return run(stage, () => submit(stage.url, 'author_submitExtrinsic', interleaved(lists)), async () => {
    const now = (await chain.api.query.system.account!.multi(addresses)) as unknown as { nonce: { toBigInt(): bigint } }[];
    return now.every(({ nonce }, index) => nonce.toBigInt() >= before[index]! + BigInt(count / senders));
  });
}

/** `count` transfers from `senders` Ethereum keys through the Ethereum RPC at `url`. */
export async function ethereumTransfers(stage: Stage & { alice: Account }, url: string, count: number, senders: number): Promise<Run> {
  const { chain } = stage;
  const keys = Array.from({ length: senders }, (_, index) => keccak256(stringToHex(`sender ${index}`)));
  const accounts = keys.map((key) => chain.eth(key));
  await fund(stage, stage.alice, accounts as never, 100n * OPEN);
  const chainId = Number(await rpc<Hex>(url, 'eth_chainId', []));
  const price = BigInt(await rpc<Hex>(url, 'eth_gasPrice', [])) * 2n;
  const to = privateKeyToAccount(keccak256(stringToHex('receiver'))).address;
  const gas = BigInt(await rpc<Hex>(url, 'eth_estimateGas', [{ from: accounts[0]!.evm.address, to, value: `0x${AMOUNT.toString(16)}` }]));
  const before = await Promise.all(accounts.map((account) => chain.nonce(account)));
  const each = count / senders;
  const lists = await Promise.all(accounts.map(({ evm }, sender) => Promise.all(Array.from({ length: each }, (_, index) =>
    evm.signTransaction({
      type: 'eip1559', chainId, to, value: AMOUNT, gas, maxFeePerGas: price, maxPriorityFeePerGas: 0n, nonce: Number(before[sender]!) + index,
    })))));
  const addresses = accounts.map(({ address }) => address);
  return run(stage, () => submit(url, 'eth_sendRawTransaction', interleaved(lists)), async () => {
    const now = (await chain.api.query.system.account!.multi(addresses)) as unknown as { nonce: { toBigInt(): bigint } }[];
    return now.every(({ nonce }, index) => nonce.toBigInt() >= before[index]! + BigInt(each));
  });
}
