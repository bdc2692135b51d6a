// SPDX-License-Identifier: Apache-2.0
// Starts and stops the project's own binaries on free ports, and sees to it that none of them is left over.
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { createServer } from 'node:net';
import { createWriteStream, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';

const target =
  process.env.CARGO_TARGET_DIR ??
  join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'openledger', 'target');

/** Path of a binary of ours. */
export const binary = (name: string): string => join(target, process.env.OPENLEDGER_PROFILE ?? 'debug', name);

/** A port nobody listens on. */
export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => (address && typeof address === 'object' ? resolve(address.port) : reject(new Error('no port'))));
    });
  });

/** A new folder, which whoever asks for it removes. */
export const scratch = (name: string): string => mkdtempSync(join(tmpdir(), `openledger-${name}-`));

/** Waits for `work`, but not for ever. */
export async function within<T>(ms: number, what: string, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} took longer than ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Process ids of a process's children. */
export const children = (pid: number): number[] => {
  try {
    return execFileSync('pgrep', ['-P', `${pid}`], { encoding: 'utf8', timeout: 10_000 }).trim().split('\n').map(Number);
  } catch {
    return [];
  }
};

const alive = (pid: number): boolean => {
  try {
    // the state stands after the name, which is in brackets; Z has ended and waits for its parent
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
};

const running = new Set<Process>();
/** What our processes had started when they were ended, by process id. */
const orphans = new Map<number, string>();

/** Ends what still runs and names it: nothing may outlive its test. Children of ended processes get ten seconds. */
export async function endLeftovers(): Promise<string[]> {
  const left = [...running].map((child) => child.name);
  for (const child of running) child.kill();
  const until = Date.now() + 10_000;
  const remaining = (): [number, string][] => [...orphans].filter(([pid]) => alive(pid));
  while (remaining().length > 0 && Date.now() < until) await new Promise((resolve) => setTimeout(resolve, 50));
  for (const [pid, name] of remaining()) {
    left.push(name);
    process.kill(pid, 'SIGKILL');
  }
  orphans.clear();
  return left;
}

process.on('exit', () => {
  for (const child of running) child.kill();
});
for (const [signal, number] of [['SIGHUP', 1], ['SIGINT', 2], ['SIGTERM', 15]] as const)
  process.once(signal, () => process.exit(128 + number));

export class Process {
  readonly exited: Promise<number | null>;
  #child: ChildProcess;

  constructor(readonly name: string, command: string, args: string[], logFile: string, env: NodeJS.ProcessEnv = {}) {
    const log = createWriteStream(logFile, { flags: 'a' });
    this.#child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } });
    this.#child.stdout?.pipe(log, { end: false });
    this.#child.stderr?.pipe(log, { end: false });
    running.add(this);
    this.exited = new Promise((resolve) => {
      const ended = (code: number | null): void => {
        running.delete(this);
        resolve(code);
      };
      this.#child.once('exit', ended);
      this.#child.once('error', () => ended(null));
    });
  }

  get pid(): number {
    if (this.#child.pid === undefined) throw new Error(`${this.name} did not start`);
    return this.#child.pid;
  }

  get running(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  kill(signal: NodeJS.Signals = 'SIGKILL'): void {
    const pid = this.#child.pid;
    if (pid !== undefined && this.running) for (const child of children(pid)) orphans.set(child, `a child of ${this.name}`);
    this.#child.kill(signal);
  }

  /** Asks it to end, and insists after ten seconds. */
  async stop(): Promise<void> {
    if (!this.running) return;
    this.kill('SIGTERM');
    const insist = setTimeout(() => this.kill('SIGKILL'), 10_000);
    await this.exited;
    clearTimeout(insist);
  }
}

export interface NodeOptions {
  sealing?: string;
  basePath?: string;
  rpcPort?: number;
  ethPort?: number;
  extra?: string[];
}

/** A development node with ports and a base path of its own. */
export class DevNode {
  private constructor(
    readonly rpcPort: number,
    readonly ethPort: number,
    readonly folder: string,
    readonly process: Process,
    private readonly ownsFolder: boolean,
  ) {}

  get ws(): string {
    return `ws://127.0.0.1:${this.rpcPort}`;
  }

  get eth(): string {
    return `http://127.0.0.1:${this.ethPort}`;
  }

  static async start(options: NodeOptions = {}): Promise<DevNode> {
    const folder = options.basePath ?? scratch('node');
    const rpcPort = options.rpcPort ?? (await freePort());
    const ethPort = options.ethPort ?? (await freePort());
    const args = [
      '--dev', '--base-path', folder,
      '--rpc-port', `${rpcPort}`, '--eth-rpc-port', `${ethPort}`,
      '--port', `${await freePort()}`, '--prometheus-port', `${await freePort()}`,
      '--sealing', options.sealing ?? 'instant',
      ...(options.extra ?? []),
    ];
    const child = new Process('node', binary('openledger-node'), args, join(folder, 'node.log'));
    const node = new DevNode(rpcPort, ethPort, folder, child, options.basePath === undefined);
    await Promise.all([answers(`http://127.0.0.1:${rpcPort}`, 'system_health', child), answers(node.eth, 'eth_chainId', child)]);
    return node;
  }

  async stop(): Promise<void> {
    await this.process.stop();
    if (this.ownsFolder && !process.env.OPENLEDGER_KEEP) rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Waits until a JSON-RPC server answers `method`, for at most five minutes. */
export async function answers(url: string, method: string, child?: Process): Promise<void> {
  const until = Date.now() + 300_000;
  for (;;) {
    if (child && !child.running) throw new Error(`${child.name} ended before it answered at ${url}`);
    try {
      await rpc(url, method, []);
      return;
    } catch (error) {
      if (Date.now() > until) throw new Error(`${url} does not answer ${method}: ${String(error)}`);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}

export class RpcError extends Error {
  constructor(readonly code: number, message: string, readonly data?: unknown) {
    super(message);
  }
}

/** One JSON-RPC call over HTTP. */
export async function rpc<T = unknown>(url: string, method: string, params: unknown[]): Promise<T> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
    signal: AbortSignal.timeout(20_000),
  });
  const body = (await response.json()) as { result?: T; error?: { code: number; message: string; data?: unknown } };
  if (body.error) throw new RpcError(body.error.code, body.error.message, body.error.data);
  return body.result as T;
}
