// SPDX-License-Identifier: Apache-2.0
// Who made which block of a chain whose collators take turns by Aura.
import type { Chain } from './chain.js';

/** The address of the author of block `number`: the slot in its digest counts the authorities round. */
export async function author({ api, keyring }: Chain, number: number): Promise<string> {
  const hash = await api.rpc.chain.getBlockHash(number);
  const header = await api.rpc.chain.getHeader(hash);
  const claim = header.digest.logs.find((log) => log.isPreRuntime && log.asPreRuntime[0].toString() === 'aura');
  if (!claim) throw new Error(`block ${number} says no slot`);
  const bytes = claim.asPreRuntime[1].toU8a(true);
  const slot = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getBigUint64(0, true);
  const at = await api.at(hash);
  const authorities = (await at.query.aura.authorities()) as unknown as { toU8a(): Uint8Array }[];
  const key = authorities[Number(slot % BigInt(authorities.length))];
  if (!key) throw new Error(`block ${number} has no authorities`);
  return keyring.encodeAddress(key.toU8a());
}

/** The number of the last finalized block. */
export async function finalized({ api }: Chain): Promise<number> {
  return (await api.rpc.chain.getHeader(await api.rpc.chain.getFinalizedHead())).number.toNumber();
}

/** How many of the blocks `from` to `to` each author made. */
export async function authorship(chain: Chain, from: number, to: number): Promise<Map<string, number>> {
  const blocks = new Map<string, number>();
  for (let number = from; number <= to; number += 1) {
    const name = await author(chain, number);
    blocks.set(name, (blocks.get(name) ?? 0) + 1);
  }
  return blocks;
}
