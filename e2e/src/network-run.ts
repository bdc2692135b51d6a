// SPDX-License-Identifier: Apache-2.0
// `make network`: starts the network and keeps it until it is told to stop.
import { NetworkError } from './network-error.js';
import { Network } from './network.js';

let network: Network | undefined;
let stopping = false;

async function stop(code: number): Promise<void> {
  if (stopping) return;
  stopping = true;
  await network?.stop();
  process.exit(code);
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void stop(0));

try {
  network = await Network.start({ say: (line) => console.log(line) });
} catch (error) {
  console.error(error instanceof NetworkError ? error.message : error);
  process.exit(1);
}
console.log('\nThe network runs. In Polkadot.js apps, open one of these as a custom endpoint:');
for (const { name, ws } of network.validators) console.log(`  relay chain  ${ws}  ${name}`);
for (const { name, ws } of network.collators) console.log(`  parachain    ${ws}  ${name}`);
console.log(`Logs: ${network.logs}\nCtrl-C ends it.`);
const ended = network.nodes.map(async (node) => {
  while (node.running) await new Promise((resolve) => setTimeout(resolve, 1000));
  if (!stopping) console.error(`NodeEnded: ${node.name} has ended; see ${node.log}`);
});
await Promise.race(ended);
await stop(1);
