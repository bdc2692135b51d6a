// SPDX-License-Identifier: Apache-2.0
// A relay chain of validators and collators of ours, started from the definition in zombienet/network.toml.
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { u8aConcat, u8aToHex } from '@polkadot/util';
import { base58Encode, blake2AsU8a, ed25519PairFromSeed } from '@polkadot/util-crypto';
import { readDefinition, type ChainDefinition, type Definition, type NodeDefinition } from './definition.js';
import { NetworkError, tail } from './network-error.js';
import { binary, freePort, Process, rpc, scratch } from './processes.js';

const exec = promisify(execFile);
/** Specifications hold the code of a runtime in hexadecimal. */
const LARGEST_SPEC_BYTES = 256 << 20;
/** Where a chain keeps its runtime's code: the key `:code`. */
const CODE_KEY = '0x3a636f6465';
const PVF_WORKERS = ['polkadot-prepare-worker', 'polkadot-execute-worker'];

/** The path of a binary that has been built. */
export function builtBinary(name: string): string {
  const path = binary(name);
  if (!existsSync(path)) throw new NetworkError('BinaryMissing', `${path} is not there; \`make network\` builds it`);
  return path;
}

/** Fails if somebody listens on `port` of this machine. */
export function claimPort(port: number, purpose: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(new NetworkError('PortTaken', `${purpose} cannot have port ${port}: ${error.code ?? error.message}`)),
    );
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(port)));
  });
}

/** Waits until `attempt` gives something; names `reason` after `timeoutMs`, or when a process it needs has ended. */
export async function waitUntil<T>(
  attempt: () => Promise<T | undefined>,
  timeoutMs: number,
  needs: NetworkNode[],
  reason: () => NetworkError,
): Promise<T> {
  const until = Date.now() + timeoutMs;
  for (;;) {
    const ended = needs.find((node) => !node.running);
    if (ended) throw new NetworkError('NodeEnded', `${ended.name} has ended; ${tail(ended.log)}`);
    const found = await attempt().catch(() => undefined);
    if (found !== undefined) return found;
    if (Date.now() > until) throw reason();
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

/** One node: what it is started with, and the process while it runs. */
export class NetworkNode {
  #process?: Process;

  constructor(
    readonly name: string,
    readonly rpcPort: number,
    readonly log: string,
    private readonly command: string,
    private readonly args: string[],
    /** Where Ethereum clients reach it, if they do. */
    readonly eth?: string,
  ) {}

  get url(): string {
    return `http://127.0.0.1:${this.rpcPort}`;
  }

  get ws(): string {
    return `ws://127.0.0.1:${this.rpcPort}`;
  }

  get running(): boolean {
    return this.#process?.running ?? false;
  }

  /** Starts it, for the first time or again, with what it has stored. */
  start(): void {
    this.#process = new Process(this.name, builtBinary(this.command), this.args, this.log);
  }

  kill(): Promise<unknown> {
    this.#process?.kill('SIGKILL');
    return this.#process?.exited ?? Promise.resolve();
  }

  async stop(): Promise<void> {
    await this.#process?.stop();
  }

  /** The number of its best block. */
  async best(): Promise<number> {
    return Number((await rpc<{ number: string }>(this.url, 'chain_getHeader', [])).number);
  }

  answers(timeoutMs: number): Promise<unknown> {
    const silent = (): NetworkError =>
      new NetworkError('NodeSilent', `${this.name} does not answer at ${this.url} after ${timeoutMs / 1000} s; ${tail(this.log)}`);
    return waitUntil(() => rpc(this.url, 'system_health', []), timeoutMs, [this], silent);
  }

  /** Waits for its block `number`. */
  reaches(number: number, timeoutMs: number, others: NetworkNode[] = []): Promise<number> {
    const stuck = (): NetworkError => {
      const logs = [this, ...others].map(({ log }) => tail(log)).join('\n');
      return new NetworkError('NoBlocks', `${this.name} has no block ${number} after ${timeoutMs / 1000} s; ${logs}`);
    };
    const attempt = async (): Promise<number | undefined> => {
      const best = await this.best();
      return best >= number ? best : undefined;
    };
    return waitUntil(attempt, timeoutMs, [this, ...others], stuck);
  }
}

interface Spec {
  id: string;
  para_id?: number;
  genesis: { runtimeGenesis?: { patch?: Table }; raw?: { top: Record<string, string> } };
}

type Table = Record<string, unknown>;

const isTable = (value: unknown): value is Table => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Puts `patch` over `table`, table by table. */
export function merge(table: Table, patch: Table): Table {
  const merged = { ...table };
  for (const [key, value] of Object.entries(patch)) {
    const old = merged[key];
    merged[key] = isTable(old) && isTable(value) ? merge(old, value) : value;
  }
  return merged;
}

/** Reads JSON with the numbers that JavaScript would round, amounts of planck for one, as texts that `writeJson` knows. */
export const readJson = <T>(text: string): T =>
  JSON.parse(text.replace(/(?<=[[:,\s])-?\d{16,}(?=[\s,\]}])/g, (digits) => `"number ${digits}"`)) as T;

export const writeJson = (value: unknown): string => JSON.stringify(value).replace(/"number (-?\d+)"/g, '$1');

async function output(command: string, args: string[]): Promise<string> {
  try {
    return (await exec(builtBinary(command), args, { maxBuffer: LARGEST_SPEC_BYTES })).stdout;
  } catch (error) {
    if (error instanceof NetworkError) throw error;
    const { stderr } = error as { stderr?: string };
    throw new NetworkError('SpecFailed', `${command} ${args.join(' ')}: ${stderr?.trim().slice(-2000) || String(error)}`);
  }
}

/** The plain specification of a chain of the definition. */
async function plainSpec({ specCommand: [command = '', ...args] }: ChainDefinition): Promise<Spec> {
  return readJson<Spec>(await output(command, args));
}

/** Writes `spec` and what `command` makes of it with the genesis as storage; returns the latter's path and content. */
async function rawSpec(command: string, spec: Spec, folder: string): Promise<{ file: string; spec: Spec }> {
  const plain = join(folder, `${spec.id}.json`);
  writeFileSync(plain, writeJson(spec));
  const raw = await output(command, ['export-chain-spec', '--chain', plain, '--raw']);
  const file = join(folder, `${spec.id}-raw.json`);
  writeFileSync(file, raw);
  return { file, spec: JSON.parse(raw) as Spec };
}

/** The parachain's specification, and what the relay chain has to know of it. */
async function parachainSpec(definition: Definition, folder: string): Promise<{ file: string; head: string; code: string }> {
  const { parachain } = definition;
  const command = parachain.specCommand[0] ?? '';
  const plain = await plainSpec(parachain);
  if (plain.para_id !== parachain.id) {
    throw new NetworkError('ParaIdMismatch', `the definition says ${parachain.id}, the specification of ${parachain.chain} says ${plain.para_id}`);
  }
  const { file, spec } = await rawSpec(command, plain, folder);
  const code = spec.genesis.raw?.top[CODE_KEY];
  if (!code) throw new NetworkError('SpecFailed', `${file} holds no runtime code`);
  const head = (await output(command, ['export-genesis-head', '--chain', file])).trim();
  return { file, head, code };
}

/** The relay chain's specification with the parachain registered in its first block. */
async function relaySpec(definition: Definition, plain: Spec, head: string, code: string, folder: string): Promise<string> {
  const { relay, parachain } = definition;
  const patched = plain.genesis.runtimeGenesis?.patch;
  if (!patched) throw new NetworkError('SpecFailed', `the specification of ${relay.chain} has no genesis that can be patched`);
  const registered = { paras: { paras: [[parachain.id, { genesis_head: head, validation_code: code, parachain: true }]] } };
  const spec = { ...plain, genesis: { runtimeGenesis: { ...plain.genesis.runtimeGenesis, patch: merge(merge(patched, relay.patch), registered) } } };
  return (await rawSpec(relay.specCommand[0] ?? '', spec, folder)).file;
}

/** A node's network key and the peer id that others know it by. Anybody can make this key: it is for tests. */
export function nodeKey(name: string): { secret: string; peer: string } {
  const seed = blake2AsU8a(`openledger test network: ${name}`, 256);
  const { publicKey } = ed25519PairFromSeed(seed);
  // the identity multihash of a protobuf message with the key's type and bytes
  const peer = base58Encode(u8aConcat([0, 36, 8, 1, 18, 32], publicKey));
  return { secret: u8aToHex(seed).slice(2), peer };
}

interface Ports {
  rpc: number;
  p2p: number;
}

async function ports(node: NodeDefinition, free: boolean): Promise<Ports> {
  const wanted = free ? undefined : node.rpcPort;
  return { rpc: wanted === undefined ? await freePort() : await claimPort(wanted, node.name), p2p: await freePort() };
}

const bootnode = (name: string, port: number): string => `/ip4/127.0.0.1/tcp/${port}/p2p/${nodeKey(name).peer}`;

const ETH_PORT = '--eth-rpc-port=';

/** A collator's own arguments, with a free port for Ethereum clients in place of the definition's if `free`. */
async function ethereumPort(args: string[], free: boolean): Promise<{ args: string[]; port?: number }> {
  const given = args.find((each) => each.startsWith(ETH_PORT))?.slice(ETH_PORT.length);
  if (given === undefined) return { args };
  const port = free ? await freePort() : await claimPort(Number(given), 'Ethereum clients');
  return { args: [...args.filter((each) => !each.startsWith(ETH_PORT)), `${ETH_PORT}${port}`], port };
}

/** What every node is told. */
const common = (node: NodeDefinition, at: Ports, spec: string, data: string, bootnodes: string[]): string[] => [
  '--name', node.name, '--chain', spec, '--base-path', data,
  '--node-key', nodeKey(node.name).secret, '--port', `${at.p2p}`, '--rpc-port', `${at.rpc}`, '--rpc-cors', 'all',
  '--no-mdns', '--no-telemetry', '--no-prometheus',
  ...bootnodes.flatMap((address) => ['--bootnodes', address]),
  ...node.args,
];

export interface NetworkOptions {
  /** Take free ports instead of those of the definition. */
  freePorts?: boolean;
  definition?: Definition;
  /** Told what happens. */
  say?: (line: string) => void;
}

export class Network {
  private constructor(
    readonly definition: Definition,
    readonly folder: string,
    readonly validators: NetworkNode[],
    readonly collators: NetworkNode[],
  ) {}

  get nodes(): NetworkNode[] {
    return [...this.validators, ...this.collators];
  }

  get logs(): string {
    return join(this.folder, 'logs');
  }

  /** Starts everything and waits until every collator has a block of the parachain that is not the first. */
  static async start({ freePorts = false, definition = readDefinition(), say = () => {} }: NetworkOptions = {}): Promise<Network> {
    const { relay, parachain, timeoutMs } = definition;
    for (const { command } of [...relay.nodes, ...parachain.nodes]) builtBinary(command);
    PVF_WORKERS.forEach(builtBinary);
    const relayPorts = await Promise.all(relay.nodes.map((node) => ports(node, freePorts)));
    const paraPorts = await Promise.all(parachain.nodes.map((node) => ports(node, freePorts)));
    const ethereum = await Promise.all(parachain.nodes.map((node) => ethereumPort(node.args, freePorts)));
    const insidePorts = await Promise.all(parachain.nodes.map(() => ports({ name: '', command: '', args: [] }, true)));

    const folder = scratch('network');
    const [specs, logs, data] = ['specs', 'logs', 'data'].map((name) => join(folder, name)) as [string, string, string];
    for (const each of [specs, logs, data]) mkdirSync(each);
    say(`logs: ${logs}`);
    const network: { started?: Network } = {};
    try {
      say('making the specifications of both chains');
      const [para, plain] = await Promise.all([parachainSpec(definition, specs), plainSpec(relay)]);
      const relayFile = await relaySpec(definition, plain, para.head, para.code, specs);

      const relayBoot = relay.nodes.map(({ name }, index) => bootnode(name, relayPorts[index]!.p2p));
      const paraBoot = parachain.nodes.map(({ name }, index) => bootnode(name, paraPorts[index]!.p2p));
      const others = (all: string[], index: number): string[] => all.filter((_, each) => each !== index);
      const node = (each: NodeDefinition, at: Ports, args: string[], eth?: string): NetworkNode =>
        new NetworkNode(each.name, at.rpc, join(logs, `${each.name}.log`), each.command, args, eth);
      const validators = relay.nodes.map((each, index) => {
        const at = relayPorts[index]!;
        const own = common(each, at, relayFile, join(data, each.name), others(relayBoot, index));
        return node(each, at, [...own, '--validator', '--workers-path', dirname(builtBinary(PVF_WORKERS[0]!))]);
      });
      const collators = parachain.nodes.map((each, index) => {
        const at = paraPorts[index]!;
        const { args, port } = ethereum[index]!;
        const own = common({ ...each, args }, at, para.file, join(data, each.name), others(paraBoot, index));
        const inside = insidePorts[index]!;
        const embedded = [
          '--chain', relayFile, '--port', `${inside.p2p}`, '--rpc-port', `${inside.rpc}`, '--no-mdns', '--no-telemetry', '--no-prometheus',
          ...relayBoot.flatMap((address) => ['--bootnodes', address]),
        ];
        return node(each, at, [...own, '--collator', '--', ...embedded], port === undefined ? undefined : `http://127.0.0.1:${port}`);
      });
      network.started = new Network(definition, folder, validators, collators);

      say(`starting ${validators.length} validators and ${collators.length} collators`);
      for (const each of network.started.nodes) each.start();
      await Promise.all(network.started.nodes.map((each) => each.answers(timeoutMs)));
      say('waiting for the relay chain');
      await Promise.all(validators.map((each) => each.reaches(1, timeoutMs, validators)));
      say('waiting for the parachain');
      await Promise.all(collators.map((each) => each.reaches(1, timeoutMs, validators)));
      return network.started;
    } catch (error) {
      await network.started?.stop();
      throw error;
    }
  }

  /** Ends every node; the logs stay. */
  async stop(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.stop()));
    if (process.env.OPENLEDGER_KEEP) return;
    for (const each of ['specs', 'data']) rmSync(join(this.folder, each), { recursive: true, force: true });
  }
}
