// SPDX-License-Identifier: Apache-2.0
// Reads the part of zombienet's network definition that a relay chain and one parachain need.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'smol-toml';
import { NetworkError } from './network-error.js';
import { repository } from './tools.js';

export const definitionFile = join(repository, 'zombienet', 'network.toml');

export interface NodeDefinition {
  name: string;
  command: string;
  args: string[];
  /** Where it listens unless the network is started on free ports. */
  rpcPort?: number;
}

export interface ChainDefinition {
  chain: string;
  /** Prints the plain chain specification. */
  specCommand: string[];
  nodes: NodeDefinition[];
}

export interface Definition {
  timeoutMs: number;
  /** `patch` is merged into the genesis of the relay chain's specification. */
  relay: ChainDefinition & { patch: Table };
  parachain: ChainDefinition & { id: number };
}

type Table = Record<string, unknown>;

/** A table of the file, with the place it stands in for error messages. */
class Section {
  constructor(readonly place: string, readonly table: Table) {}

  #wrong(key: string, wanted: string): NetworkError {
    const given = this.table[key];
    const what = given === undefined ? 'is missing' : `is ${JSON.stringify(given)}`;
    return new NetworkError('DefinitionMalformed', `${this.place}.${key} ${what}; it has to be ${wanted}`);
  }

  text(key: string, otherwise?: string): string {
    const value = this.table[key] ?? otherwise;
    if (typeof value !== 'string' || value === '') throw this.#wrong(key, 'a text');
    return value;
  }

  number(key: string): number {
    const value = this.table[key];
    if (typeof value !== 'number' || !Number.isInteger(value) || value < 0) throw this.#wrong(key, 'a whole number');
    return value;
  }

  texts(key: string): string[] {
    const value = this.table[key] ?? [];
    if (!Array.isArray(value) || !value.every((each) => typeof each === 'string')) throw this.#wrong(key, 'a list of texts');
    return value as string[];
  }

  section(key: string): Section {
    const value = this.table[key];
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw this.#wrong(key, 'a table');
    return new Section(`${this.place}.${key}`, value as Table);
  }

  sections(key: string): Section[] {
    const value = this.table[key];
    if (!Array.isArray(value) || value.length === 0) throw this.#wrong(key, 'a list of tables');
    return value.map((each: unknown, index) => new Section(`${this.place}.${key}[${index}]`, each as Table));
  }

  has(key: string): boolean {
    return this.table[key] !== undefined;
  }
}

function nodes(chain: Section, key: string): NodeDefinition[] {
  const fallback = chain.has('default_command') ? chain.text('default_command') : undefined;
  return chain.sections(key).map((node) => ({
    name: node.text('name'),
    command: node.text('command', fallback),
    args: [...chain.texts('default_args'), ...node.texts('args')],
    rpcPort: node.has('rpc_port') ? node.number('rpc_port') : undefined,
  }));
}

function chain(section: Section, key: string): ChainDefinition {
  const name = section.text('chain');
  const command = section.text('chain_spec_command').replaceAll('{{chainName}}', name);
  return { chain: name, specCommand: command.split(' '), nodes: nodes(section, key) };
}

/** The table at the end of a path that need not be there. */
function optional(section: Section, ...path: string[]): Table {
  let here = section;
  for (const key of path) {
    if (!here.has(key)) return {};
    here = here.section(key);
  }
  return here.table;
}

export function parseDefinition(text: string, place = 'network.toml'): Definition {
  let table: Table;
  try {
    table = parse(text) as Table;
  } catch (error) {
    throw new NetworkError('DefinitionMalformed', `${place} is not TOML: ${(error as Error).message}`);
  }
  const file = new Section(place, table);
  const relay = file.section('relaychain');
  const [parachain, ...others] = file.sections('parachains') as [Section, ...Section[]];
  if (others.length > 0) throw new NetworkError('DefinitionMalformed', `${place} has more than one parachain`);
  const patch = optional(relay, 'genesis', 'runtimeGenesis', 'patch');
  const definition = {
    timeoutMs: file.section('settings').number('timeout') * 1000,
    relay: { ...chain(relay, 'nodes'), patch },
    parachain: { ...chain(parachain, 'collators'), id: parachain.number('id') },
  };
  const names = [...definition.relay.nodes, ...definition.parachain.nodes].map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice) throw new NetworkError('DefinitionMalformed', `${place} names two nodes ${twice}`);
  return definition;
}

export function readDefinition(file = definitionFile): Definition {
  return parseDefinition(readFileSync(file, 'utf8'), file);
}
