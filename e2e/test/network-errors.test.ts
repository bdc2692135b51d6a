// SPDX-License-Identifier: Apache-2.0
// What a network of nodes that cannot come up says; the network itself has tests of its own.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { parseDefinition, readDefinition } from '../src/definition.js';
import { NetworkError, tail, type Reason } from '../src/network-error.js';
import { builtBinary, claimPort, merge, NetworkNode, nodeKey, readJson, waitUntil, writeJson } from '../src/network.js';
import { scratch } from '../src/processes.js';

const named = (reason: Reason, ...parts: string[]) => (error: unknown): boolean => {
  assert(error instanceof NetworkError, String(error));
  assert.equal(error.reason, reason);
  for (const part of parts) assert(error.message.includes(part), error.message);
  return true;
};

describe('the definition of the network', () => {
  it('has two validators and two collators of one parachain', () => {
    const { relay, parachain } = readDefinition();
    assert.equal(relay.nodes.length, 2);
    assert.equal(parachain.nodes.length, 2);
    assert.deepEqual(parachain.specCommand, ['openledger-node', 'export-chain-spec', '--chain', 'local_testnet']);
    assert(relay.nodes.every(({ command, args }) => command === 'openledger-relay' && args.includes('--insecure-validator-i-know-what-i-do')));
  });

  it('names what is wrong with it', () => {
    const relay = '[relaychain]\nchain = "r"\nchain_spec_command = "c"\ndefault_command = "c"\n[[relaychain.nodes]]\nname = "a"\n';
    const parachain = '[[parachains]]\nid = 1\nchain = "p"\nchain_spec_command = "c"\n[[parachains.collators]]\ncommand = "c"\n';
    const settings = '[settings]\ntimeout = 1\n';
    assert.throws(() => parseDefinition('settings = ['), named('DefinitionMalformed', 'not TOML'));
    assert.throws(() => parseDefinition(settings), named('DefinitionMalformed', 'relaychain is missing'));
    assert.throws(() => parseDefinition(settings + relay), named('DefinitionMalformed', 'parachains is missing'));
    assert.throws(() => parseDefinition(settings + relay + parachain), named('DefinitionMalformed', 'collators[0].name is missing'));
    const collator = `${parachain}name = "a"\n`;
    assert.throws(() => parseDefinition(settings + relay + collator), named('DefinitionMalformed', 'two nodes a'));
    assert.throws(() => parseDefinition(settings + relay + collator.replace('id = 1', 'id = "x"')), named('DefinitionMalformed', 'id is "x"'));
    assert.throws(() => parseDefinition(`${settings}${relay}${collator}${collator}`), named('DefinitionMalformed', 'more than one parachain'));
  });

  it('changes only what its patch names', () => {
    const genesis = { configuration: { config: { needed_approvals: 2, lookahead: 5 } }, keys: [1, 2] };
    const patched = merge(genesis, { configuration: { config: { needed_approvals: 1 } } });
    assert.deepEqual(patched, { configuration: { config: { needed_approvals: 1, lookahead: 5 } }, keys: [1, 2] });
  });
});

describe('a specification', () => {
  it('keeps amounts that JavaScript would round', () => {
    const text = '{"a":[617099999999999700000000001,-9007199254740993,5],"b":{"c":340282366920938463463374607431768211455},"d":"0x61709999999999970"}';
    assert.equal(writeJson(readJson(text)), text);
    assert.equal(readJson<{ b: { c: string } }>(text.replaceAll(':', ': ')).b.c, 'number 340282366920938463463374607431768211455');
  });
});

describe('a network that cannot come up', () => {
  it('names a binary that is not there', () => {
    assert.throws(() => builtBinary('no-such-node'), named('BinaryMissing', 'no-such-node', 'make network'));
  });

  it('names a port that is taken, and who wanted it', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    await assert.rejects(claimPort(port, 'alice'), named('PortTaken', 'alice', `${port}`));
    await new Promise((resolve) => server.close(resolve));
    assert.equal(await claimPort(port, 'alice'), port);
  });

  it('shows the end of the log of a node that has ended', async () => {
    const log = join(scratch('network-errors'), 'bob.log');
    writeFileSync(log, 'first\nthe reason\n');
    const node = new NetworkNode('bob', 1, log, 'openledger-node', []);
    await assert.rejects(node.reaches(1, 60_000), named('NodeEnded', 'bob', 'the reason'));
  });

  it('gives up waiting in time, with the reason it was given', async () => {
    const stuck = (): NetworkError => new NetworkError('NoBlocks', 'bob has no block 1');
    await assert.rejects(waitUntil(() => Promise.reject(new Error('refused')), 10, [], stuck), named('NoBlocks', 'bob'));
  });

  it('quotes only the last lines of a log', () => {
    const log = join(scratch('network-errors'), 'alice.log');
    assert.match(tail(log), /was not written/);
    writeFileSync(log, Array.from({ length: 40 }, (_, line) => `line ${line}`).join('\n'));
    assert(tail(log).includes('line 39'));
    assert(!tail(log).includes('line 24'));
  });

  it('knows its nodes by keys that follow from their names', () => {
    assert.notEqual(nodeKey('alice').secret, nodeKey('bob').secret);
    assert.equal(nodeKey('alice').secret.length, 64);
    assert.match(nodeKey('alice').peer, /^12D3KooW/);
  });
});
