// SPDX-License-Identifier: Apache-2.0
// The Ethereum side through viem.
import {
  createPublicClient, createWalletClient, defineChain, http, type Abi, type Account, type Address, type Chain,
  type Hex, type HttpTransport, type PublicClient, type TransactionReceipt, type WalletClient,
} from 'viem';
import type { EthAccount } from './chain.js';
import { artifact } from './contracts.js';
import { rpc } from './processes.js';

/** Transactions to this address carry a SCALE-encoded native call that runs as the sender's account. */
export const RUNTIME_PALLETS: Address = '0x6d6f646c70792f70616464720000000000000000';

/** The development keys that Ethereum tools know. */
export const DEV_KEYS = {
  alith: '0x5fb92d6e98884f76de468fa3f6278f8807c48bebc13595d45af5bdc4da702133',
  baltathar: '0x8075991ce870b93a8870eca0c0f91913d12f47948ca0fd25b49c6fa7cdbeee8b',
} as const satisfies Record<string, Hex>;

/** One key on one Ethereum RPC, with viem's own clients. */
export interface EthClient {
  account: Account;
  reader: PublicClient<HttpTransport, Chain>;
  writer: WalletClient<HttpTransport, Chain, Account>;
  receipt(hash: Hex): Promise<TransactionReceipt>;
  /** Calls a function of a contract of ours without a transaction. */
  read<T>(contract: string, address: Address, functionName: string, args?: unknown[]): Promise<T>;
  /** Calls it with one, waits, and throws the contract's own error when it fails. */
  write(contract: string, address: Address, functionName: string, args?: unknown[], value?: bigint): Promise<TransactionReceipt>;
}

export async function ethClient(url: string, account: Account): Promise<EthClient> {
  const id = Number(await rpc<Hex>(url, 'eth_chainId', []));
  const chain = defineChain({
    id,
    name: 'OpenLedger development',
    nativeCurrency: { name: 'OPEN', symbol: 'OPEN', decimals: 18 },
    rpcUrls: { default: { http: [url] } },
  });
  const transport = http(url);
  const reader = createPublicClient({ chain, transport, pollingInterval: 200 });
  const writer = createWalletClient({ chain, transport, account });
  const receipt = (hash: Hex): Promise<TransactionReceipt> => reader.waitForTransactionReceipt({ hash, timeout: 30_000 });
  return {
    account, reader, writer, receipt,
    read: async <T>(contract: string, address: Address, functionName: string, args: unknown[] = []): Promise<T> => {
      const abi: Abi = artifact(contract).abi;
      return (await reader.readContract({ address, abi, functionName, args })) as T;
    },
    write: async (contract, address, functionName, args = [], value) => {
      const abi: Abi = artifact(contract).abi;
      const call = { address, abi, functionName, args, account, ...(value === undefined ? {} : { value }) };
      const { request } = await reader.simulateContract(call);
      const mined = await receipt(await writer.writeContract(request as Parameters<typeof writer.writeContract>[0]));
      if (mined.status !== 'success') throw new Error(`${contract}.${functionName} failed in a block: ${mined.transactionHash}`);
      return mined;
    },
  };
}

export interface Wallet {
  balance(address: Address): Promise<bigint>;
  nonce(address: Address): Promise<number>;
  /** Sends and waits for the receipt. */
  send(to: Address, value: bigint, data?: Hex): Promise<{ hash: Hex; status: 'success' | 'reverted' }>;
}

export async function wallet(url: string, account: EthAccount): Promise<Wallet> {
  const { reader, writer, receipt } = await ethClient(url, account.evm);
  return {
    balance: (address) => reader.getBalance({ address }),
    nonce: (address) => reader.getTransactionCount({ address }),
    send: async (to, value, data) => {
      const hash = await writer.sendTransaction({ to, value, ...(data === undefined ? {} : { data }) });
      const { status } = await receipt(hash);
      return { hash, status };
    },
  };
}
