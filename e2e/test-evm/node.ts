// SPDX-License-Identifier: Apache-2.0
// The chain that these tests talk to: a development node of their own, or the one that runs already, if
// OPENLEDGER_ETH_URL (with OPENLEDGER_WS_URL) names it.
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
