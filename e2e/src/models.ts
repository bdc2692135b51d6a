// SPDX-License-Identifier: Apache-2.0
// The builder's part of the story: train, store, register.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Account } from './chain.js';
import { blob, fileBlob, tool, type Blob } from './tools.js';
import { number, store, type Contributed, type Split, type Stage } from './story.js';

export const PIXELS = 64;
export const FEATURES = 32;

/** What `openledger-worker train-head` prints, as far as it is used here. */
export interface Trained {
  artifact: string;
  config: string;
  training_config: string;
  output: { output_bytes: number; query_len: number; classes: number };
  attribution: { root: string; index: string; features: string; rows: number };
  evaluation: { dataset: string; accuracy_ppm: number; samples: number };
  accuracy: number;
  gradient_norm: number;
  iterations: number;
}

export interface Head {
  facts: Trained;
  /** Everything that a worker or an auditor may ask for. */
  files: Blob[];
}

/** Fits the base network to its own part of the digits and writes it as ONNX. */
export async function trainBase(stage: Stage, split: Split): Promise<{ path: string; artifact: Blob }> {
  const path = join(stage.folder, 'base.onnx');
  await tool('train-base', '--data', split.base, '--out', path);
  return { path, artifact: fileBlob(path) };
}

/** Trains a head on contributions to its optimum and builds its influence index. */
export async function trainHead(stage: Stage, base: string, datanet: number, contributions: Contributed[], split: Split): Promise<Head> {
  const out = join(stage.folder, 'head');
  mkdirSync(out, { recursive: true });
  const manifest = join(stage.folder, 'manifest.json');
  writeFileSync(
    manifest,
    JSON.stringify(contributions.map(({ contribution, file }) => ({ datanet, contribution, file }))),
  );
  const facts = await tool<Trained>(
    'train-head', '--base', base, '--manifest', manifest, '--held-out', split.heldOut, '--out', out,
  );
  const names = ['head.safetensors', 'adapter_config.json', 'training.json', 'features.olfx', 'index.olix'];
  return { facts, files: [...names.map((name) => fileBlob(join(out, name))), fileBlob(split.heldOut)] };
}

const hash = (path: string): string => blob(readFileSync(path)).id;

export const ROYALTY = 100_000;

/** The base network as the registry sees it: 64 pixels to 32 features on the grid of 12 fraction bits. */
export const baseSpec = (artifact: string, trainedOn: string): object => ({
  artifact,
  config: hash(trainedOn),
  format: 'Onnx',
  input: { dtype: 'F32', width: PIXELS },
  output: { outputBytes: FEATURES * 4, queryLen: 0, classes: 0 },
  comparator: { Tolerance: { absolute: 8, relativePpm: 0 } },
  royalty: ROYALTY,
  trainingConfig: hash(trainedOn),
  attribution: null,
  evaluation: null,
});

/** The head: ten logits with 16 fraction bits; two workers may differ by a few steps of the features' grid. */
export const headSpec = ({ facts }: Head): object => ({
  artifact: facts.artifact,
  config: facts.config,
  format: 'Safetensors',
  input: { dtype: 'F32', width: PIXELS },
  output: { outputBytes: facts.output.output_bytes, queryLen: facts.output.query_len, classes: facts.output.classes },
  comparator: { Tolerance: { absolute: 4096, relativePpm: 1000 } },
  royalty: 0,
  trainingConfig: facts.training_config,
  attribution: facts.attribution,
  evaluation: { dataset: facts.evaluation.dataset, accuracyPpm: facts.evaluation.accuracy_ppm, samples: facts.evaluation.samples },
});

export async function registerBase(
  stage: Stage, owner: Account, spec: object, price: bigint | null, sources: SourceArgument[] = [],
): Promise<number> {
  const call = stage.chain.api.tx.modelRegistry.registerBase(spec, sources, price);
  return number(stage.chain.event(await stage.chain.send(owner, call), 'modelRegistry', 'ModelRegistered').model);
}

export interface SourceArgument {
  datanet: number;
  version: number;
  licenceHash: string;
  maxShare: number;
}

export async function registerAdapter(
  stage: Stage, owner: Account, spec: object, parents: number[], sources: SourceArgument[], price: bigint | null,
): Promise<number> {
  const call = stage.chain.api.tx.modelRegistry.registerAdapter(spec, parents, sources, price);
  return number(stage.chain.event(await stage.chain.send(owner, call), 'modelRegistry', 'ModelRegistered').model);
}

export async function storeHead(stage: Stage, head: Head): Promise<void> {
  for (const each of head.files) await store(stage, each);
}
