// SPDX-License-Identifier: Apache-2.0
// What a curator measures of a contribution, on the chain and again by somebody else.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { contribute, createDatanet } from '../src/story.js';
import { tool } from '../src/tools.js';
import { fails } from './errors.js';
import type { Trained, World } from './world.js';

interface OnChain {
  share: number;
  method: string;
  against: number;
  evidence: string | null;
}

export function novelty(world: () => World, trained: () => Trained): void {
  it('keeps with a contribution how much of it was new, which anybody measures again', async () => {
    const { chain, folder } = world();
    const { api } = chain;
    const [bob, eve] = [chain.account('//Bob'), chain.account('//Eve')];
    const { datanet } = await createDatanet(world(), bob, []);
    const [known, fresh] = trained().contributions.map(({ file }) => readFileSync(file, 'utf8'));
    const copied = known!.split('\n').slice(0, 10).join('\n');
    const files = [known!, `${copied}\n${fresh!.split('\n').slice(0, 5).join('\n')}\n`].map((rows, index) => {
      const path = join(folder, `novelty-${index}.csv`);
      writeFileSync(path, rows);
      return path;
    });
    const [first, second] = await contribute(world(), datanet, eve, files);
    await chain.send(bob, api.tx.datanets.accept(datanet, first!.contribution, null));
    const manifest = join(folder, 'novelty.json');
    const registered = { datanet, contribution: first!.contribution, file: files[0], content: first!.blob.id };
    writeFileSync(manifest, JSON.stringify([registered]));
    const measure = (): Promise<{ on_chain: OnChain }> =>
      tool('signals', '--file', files[1]!, '--manifest', manifest, '--datanet', `${datanet}`);
    const { on_chain: measured } = await measure();
    assert.deepEqual(measured, { share: 333_333, method: 'Rows', against: 1, evidence: null });
    const accept = (novelty: OnChain): Promise<unknown> =>
      chain.send(bob, api.tx.datanets.accept(datanet, second!.contribution, { ...novelty }));
    await fails(accept({ ...measured, against: 2 }), 'datanets.NoveltyAgainstUnknown');
    await accept(measured);
    const stored = async (contribution: number): Promise<unknown> =>
      ((await api.query.datanets.contributions(datanet, contribution)).toJSON() as { novelty: unknown }).novelty;
    assert.deepEqual(await stored(second!.contribution), (await measure()).on_chain);
    assert.equal(await stored(first!.contribution), null);
  });
}
