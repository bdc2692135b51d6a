// SPDX-License-Identifier: Apache-2.0
// The chain that these tests talk to: a development node of their own, or the one that runs already, if
// OPENLEDGER_ETH_URL (with OPENLEDGER_WS_URL) names it.
import assert from 'node:assert/strict';
import type { Chain } from '../src/chain.js';
import type { EthClient } from '../src/ethereum.js';
import { DevNode } from '../src/processes.js';

export interface Endpoints {
  /** Ethereum RPC. */
  eth: string;
  /** The node's own RPC. */
  ws: string;
  stop(): Promise<void>;
}

export async function openNode(): Promise<Endpoints> {
  const { OPENLEDGER_ETH_URL: eth, OPENLEDGER_WS_URL: ws } = process.env;
  if (!eth) return DevNode.start();
  return { eth, ws: ws ?? 'ws://127.0.0.1:9944', stop: async () => {} };
}

/** Waits until the Ethereum side has seen the blocks that the native side has: it learns of them a moment later. */
export async function caughtUp({ api }: Chain, { reader }: EthClient): Promise<void> {
  const { number: head } = await api.rpc.chain.getHeader();
  for (const end = Date.now() + 30_000; (await reader.getBlockNumber({ cacheTime: 0 })) < head.toBigInt(); ) {
    assert.ok(Date.now() < end, 'the Ethereum side does not follow');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
