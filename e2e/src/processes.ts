// SPDX-License-Identifier: Apache-2.0
// Starts and stops the project's own binaries on free ports.
import { spawn, type ChildProcess } from 'node:child_process';
import { createServer } from 'node:net';
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
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

/** A folder that goes away with the test. */
export const scratch = (name: string): string => mkdtempSync(join(tmpdir(), `openledger-${name}-`));

export class Process {
  readonly exited: Promise<number | null>;
  #child: ChildProcess;

  constructor(readonly name: string, command: string, args: string[], logFile: string, env: NodeJS.ProcessEnv = {}) {
    const log = createWriteStream(logFile, { flags: 'a' });
    this.#child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } });
    this.#child.stdout?.pipe(log, { end: false });
    this.#child.stderr?.pipe(log, { end: false });
    this.exited = new Promise((resolve) => {
      this.#child.once('exit', (code) => resolve(code));
      this.#child.once('error', () => resolve(null));
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

/** Waits until a JSON-RPC server answers `method`, for at most two minutes. */
export async function answers(url: string, method: string, child?: Process): Promise<void> {
  const until = Date.now() + 120_000;
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
