// SPDX-License-Identifier: Apache-2.0
// make deploy-contracts: puts the contracts onto a running chain and writes their addresses to a file.
//   OPENLEDGER_ETH_URL       Ethereum RPC (http://127.0.0.1:8545)
//   OPENLEDGER_DEPLOYER_KEY  who pays for it (the development key Alith)
//   OPENLEDGER_SETTINGS      a name in contracts/settings, or a file (development)
import { privateKeyToAccount } from 'viem/accounts';
import type { Hex } from 'viem';
import { deployAll, keep, settings } from './contracts.js';
import { DEV_KEYS, ethClient } from './ethereum.js';

const url = process.env.OPENLEDGER_ETH_URL ?? 'http://127.0.0.1:8545';
const key = (process.env.OPENLEDGER_DEPLOYER_KEY ?? DEV_KEYS.alith) as Hex;
const client = await ethClient(url, privateKeyToAccount(key)).catch((error: unknown) => {
  // what fetch throws when nobody listens
  if (!(error instanceof TypeError)) throw error;
  console.error(`Nothing answers at ${url}: start a development chain (make dev), or say where one is (OPENLEDGER_ETH_URL).`);
  process.exit(1);
});
const deployment = await deployAll(client, settings(process.env.OPENLEDGER_SETTINGS ?? 'development'));
for (const [name, address] of Object.entries(deployment.contracts)) console.log(`${address}  ${name}`);
console.log(`written to ${keep(deployment)}`);
