// SPDX-License-Identifier: Apache-2.0
// The Ethereum side through viem.
import { createPublicClient, createWalletClient, defineChain, http, type Address, type Hex } from 'viem';
import type { EthAccount } from './chain.js';
import { rpc } from './processes.js';

/** Transactions to this address carry a SCALE-encoded native call that runs as the sender's account. */
export const RUNTIME_PALLETS: Address = '0x6d6f646c70792f70616464720000000000000000';

/** The development keys that Ethereum tools know. */
export const DEV_KEYS = {
  alith: '0x5fb92d6e98884f76de468fa3f6278f8807c48bebc13595d45af5bdc4da702133',
  baltathar: '0x8075991ce870b93a8870eca0c0f91913d12f47948ca0fd25b49c6fa7cdbeee8b',
} as const satisfies Record<string, Hex>;

export interface Wallet {
  balance(address: Address): Promise<bigint>;
  nonce(address: Address): Promise<number>;
  /** Sends and waits for the receipt. */
  send(to: Address, value: bigint, data?: Hex): Promise<{ hash: Hex; status: 'success' | 'reverted' }>;
}

export async function wallet(url: string, account: EthAccount): Promise<Wallet> {
  const id = Number(await rpc<Hex>(url, 'eth_chainId', []));
  const chain = defineChain({
    id,
    name: 'OpenLedger development',
    nativeCurrency: { name: 'OPEN', symbol: 'OPEN', decimals: 18 },
    rpcUrls: { default: { http: [url] } },
  });
  const reader = createPublicClient({ chain, transport: http(url), pollingInterval: 200 });
  const writer = createWalletClient({ chain, transport: http(url), account: account.evm });
  return {
    balance: (address) => reader.getBalance({ address }),
    nonce: (address) => reader.getTransactionCount({ address }),
    send: async (to, value, data) => {
      const hash = await writer.sendTransaction({ to, value, ...(data === undefined ? {} : { data }) });
      const { status } = await reader.waitForTransactionReceipt({ hash, timeout: 30_000 });
      return { hash, status };
    },
  };
}
