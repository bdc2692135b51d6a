// SPDX-License-Identifier: Apache-2.0
// Why a network of nodes does not come up or does not go on, by name.
import { existsSync, readFileSync } from 'node:fs';

export type Reason =
  | 'BinaryMissing'
  | 'DefinitionMalformed'
  | 'NoBlocks'
  | 'NodeEnded'
  | 'NodeSilent'
  | 'ParaIdMismatch'
  | 'PortTaken'
  | 'SpecFailed';

export class NetworkError extends Error {
  constructor(readonly reason: Reason, message: string) {
    super(`${reason}: ${message}`);
    this.name = 'NetworkError';
  }
}

/** The last lines of a log, for an error message. */
export function tail(file: string, lines = 15): string {
  if (!existsSync(file)) return `${file} was not written`;
  const text = readFileSync(file, 'utf8').trimEnd().split('\n');
  return [`the end of ${file}:`, ...text.slice(-lines).map((line) => `  ${line}`)].join('\n');
}
