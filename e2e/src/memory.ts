// SPDX-License-Identifier: Apache-2.0
// Resident memory of processes and all their children, sampled from /proc.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

const SAMPLE_MS = 100;

interface Entry {
  parent: number;
  bytes: number;
}

export class Memory {
  readonly #page = Number(execFileSync('getconf', ['PAGESIZE'], { encoding: 'utf8' }));
  readonly #watched = new Map<string, number>();
  readonly #timer = setInterval(() => this.#sample(), SAMPLE_MS);
  #peak = new Map<string, number>();

  watch(name: string, pid: number): void {
    this.#watched.set(name, pid);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Bytes of each watched process with its children. */
  now(): Map<string, number> {
    const all = this.#processes();
    const sum = (pid: number): number =>
      [...all].reduce((bytes, [child, { parent }]) => (parent === pid ? bytes + sum(child) : bytes), all.get(pid)?.bytes ?? 0);
    return new Map([...this.#watched].map(([name, pid]) => [name, sum(pid)]));
  }

  /** The most since the last call. */
  peak(): Map<string, number> {
    this.#sample();
    const peak = this.#peak;
    this.#peak = new Map();
    return peak;
  }

  #sample(): void {
    for (const [name, bytes] of this.now()) this.#peak.set(name, Math.max(this.#peak.get(name) ?? 0, bytes));
  }

  #processes(): Map<number, Entry> {
    const found = new Map<number, Entry>();
    for (const name of readdirSync('/proc').filter((each) => /^\d+$/.test(each))) {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
        // the command's name, in parentheses, may hold anything
        const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
        found.set(Number(name), { parent: Number(fields[1]), bytes: Number(fields[21]) * this.#page });
      } catch {
        // it ended meanwhile
      }
    }
    return found;
  }
}
