// SPDX-License-Identifier: Apache-2.0
// Every function of every precompile, by the interfaces' own ABI: what writes is refused in static and delegate calls and
// with value, what reads works in both, and calldata that is cut short or means nothing has a name.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { encodeFunctionData, parseEther, toHex, type Abi, type AbiFunction, type AbiParameter, type Address, type Hex } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { artifact } from '../src/contracts.js';
import { DEV_KEYS } from '../src/ethereum.js';
import { rpc, RpcError } from '../src/processes.js';
import { openNode, type Endpoints } from './node.js';

const INTERFACES = ['IDatanets', 'IModelRegistry', 'IInference', 'IAttribution', 'IWorkers', 'IDemocracy', 'IPowers'] as const;
const addressOf = (index: number): Address => `0x00000000000000000000000000000000080${index + 1}0000`;
/** Where a call is tried with other code than nothing. */
const SOMEWHERE: Address = '0x00000000000000000000000000000000000000aa';
const from = privateKeyToAccount(DEV_KEYS.alith).address;

/** A value of a type: nothing, or the caller. */
function nothing(type: AbiParameter): unknown {
  if (type.type.endsWith('[]')) return [];
  if (type.type === 'tuple')
    return Object.fromEntries((type as { components: readonly AbiParameter[] }).components.map((part) => [part.name, nothing(part)]));
  if (type.type === 'bool') return false;
  if (type.type === 'address') return from;
  if (type.type === 'string') return '';
  if (type.type === 'bytes') return '0x';
  const fixed = /^bytes(\d+)$/.exec(type.type);
  if (fixed) return toHex(new Uint8Array(Number(fixed[1])));
  return /^u?int(8|16|32)$/.test(type.type) ? 0 : 0n;
}

/** Code that passes its calldata on to `to` by an opcode, and returns or reverts with what comes back. */
function passing(opcode: 'f4' | 'fa', to: Address): Hex {
  const call = `365f5f375f5f365f73${to.slice(2)}5a${opcode}3d5f5f3e`;
  const success = call.length / 2 + 6;
  return `0x${call}60${success.toString(16)}573d5ffd5b3d5ff3`;
}

describe('the precompiles', () => {
  let node: Endpoints;
  before(async () => {
    node = await openNode();
  });
  after(() => node?.stop());

  /** The reason for which a call is refused, or nothing when it is not. */
  const refusal = async (call: object, overrides?: object): Promise<string | undefined> => {
    try {
      await rpc(node.eth, 'eth_call', [{ from, ...call }, 'latest', ...(overrides ? [overrides] : [])]);
      return undefined;
    } catch (error) {
      assert(error instanceof RpcError && error.code === 3, String(error));
      return error.message.replace('execution reverted: revert: ', '');
    }
  };
  const functions = (name: string): AbiFunction[] => (artifact(name).abi as Abi).filter((item) => item.type === 'function');
  const calldata = (item: AbiFunction): Hex =>
    encodeFunctionData({ abi: [item], functionName: item.name, args: item.inputs.map(nothing) });
  /** Every function once, with its precompile. */
  const all = (): [string, AbiFunction, Address][] =>
    INTERFACES.flatMap((name, index) => functions(name).map((item): [string, AbiFunction, Address] => [`${name}.${item.name}`, item, addressOf(index)]));

  test('refuse what writes in static and delegate calls, and read in both', async (t) => {
    const counted = { writes: 0, reads: 0 };
    for (const [name, item, to] of all()) {
      const data = calldata(item);
      const through = (opcode: 'f4' | 'fa'): Promise<string | undefined> =>
        refusal({ to: SOMEWHERE, data }, { [SOMEWHERE]: { code: passing(opcode, to) } });
      const [delegated, fixed] = [await through('f4'), await through('fa')];
      if (item.stateMutability === 'view') {
        counted.reads += 1;
        // what it says of nothing does not depend on how it is called
        const direct = await refusal({ to, data });
        assert.deepEqual([delegated, fixed], [direct, direct], name);
        assert.doesNotMatch(String(direct), /Precompile\./, name);
      } else {
        counted.writes += 1;
        assert.deepEqual([delegated, fixed], ['Precompile.DelegateCall', 'Precompile.StaticCall'], name);
      }
    }
    t.diagnostic(`${counted.writes} functions that write, ${counted.reads} that read`);
    assert(counted.writes >= 60 && counted.reads >= 45, JSON.stringify(counted));
  });

  test('take no value', async () => {
    for (const [name, item, to] of all())
      assert.equal(await refusal({ to, data: calldata(item), value: toHex(parseEther('1')) }), 'Precompile.NotPayable', name);
  });

  test('name calldata that is cut short and functions that they do not have', async () => {
    for (const [name, item, to] of all()) {
      const data = calldata(item);
      assert.equal(await refusal({ to, data: data.slice(0, 8) }), 'Precompile.UnknownFunction', name);
      if (item.inputs.length > 0) assert.equal(await refusal({ to, data: data.slice(0, -2) }), 'Precompile.MalformedInput', name);
    }
    for (const index of INTERFACES.keys())
      for (const data of ['0x', '0xdeadbeef'] as const) assert.equal(await refusal({ to: addressOf(index), data }), 'Precompile.UnknownFunction');
  });
});
