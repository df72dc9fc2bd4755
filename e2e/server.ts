/** Starts the real command in a process of its own, on free ports and an empty data directory. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');
const PORTS = {
  http: 8082,
  https: 8445,
  bosh: 7071,
  boshTls: 7443,
  xmpp: 5222,
  xmppTls: 5223,
  ctiA: 42027,
  ctiB: 43027,
  metrics: 9464,
} as const;

export type Ports = Record<keyof typeof PORTS, number>;

export interface RunningPoise {
  readonly ports: Ports;
  readonly data: string;
  readonly child: ChildProcess;
  /** What it printed so far. */
  output(): string;
  stop(): Promise<number | null>;
}

export interface LaunchedPoise {
  readonly child: ChildProcess;
  /** What it printed so far, on both streams. */
  output(): string;
  /** Waits until it has printed something. Rejects when it ends before. */
  says(pattern: RegExp): Promise<void>;
  /** Waits for its end. @returns its exit status, or the signal that killed it */
  ended(): Promise<number | NodeJS.Signals>;
  /** Sends a signal. @returns its exit status, or the signal that killed it */
  end(signal: NodeJS.Signals): Promise<number | NodeJS.Signals>;
}

/**
 * Runs the command with these arguments.
 * @param build folder of the release that is run; default: this repository
 */
export function launchPoise(args: readonly string[], build = root): LaunchedPoise {
  const child = spawn(process.execPath, [join(build, 'packages/server/bin/poise.mjs'), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  const looks = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      text += chunk;
      for (const look of looks) look();
    });
  // `close` comes when both streams have been read to their ends.
  const over = once(child, 'close').then(([code, signal]) => (code ?? signal) as number | NodeJS.Signals);
  return {
    child,
    output: () => text,
    says: (pattern) =>
      new Promise((done, fail) => {
        const look = () => {
          if (!pattern.test(text)) return;
          looks.delete(look);
          done();
        };
        looks.add(look);
        look();
        void over.then((status) => fail(new Error(`poise ended with ${status}:\n${text}`)));
      }),
    ended: () => over,
    end(signal) {
      child.kill(signal);
      return over;
    },
  };
}

const free = (port: number) =>
  new Promise<boolean>((done) => {
    const probe = createServer();
    probe.once('error', () => done(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => done(true)));
  });

const taken = new Set<number>();

/**
 * Offsets at which no port is one of those that systems give to connections and to who asks for any port (Linux: 32768 to 60999): there
 * anybody could get it before its server listens, or while it is down. The CTI ports are above these, the others below.
 */
const OFFSETS = { first: 19_000, step: 10, count: 350 };

/** An offset at which every port is free; test workers, also those of other runs, begin their search at different places. */
export async function freeOffset(): Promise<number> {
  const worker = Number(process.env['VITEST_POOL_ID'] ?? 1);
  const { first, step, count } = OFFSETS;
  for (let k = 0; k < count; k++) {
    const offset = first + ((process.ppid * 61 + worker * 37 + k) % count) * step;
    if (taken.has(offset)) continue;
    taken.add(offset);
    const all = await Promise.all(Object.values(PORTS).map((p) => free(p + offset)));
    if (all.every(Boolean)) return offset;
  }
  throw new Error('no free ports');
}

/** The ports of a server with this offset. */
export function portsAt(offset: number): Ports {
  return Object.fromEntries(Object.entries(PORTS).map(([name, port]) => [name, port + offset])) as Ports;
}

export function dataDirectory(): string {
  return mkdtempSync(join(tmpdir(), 'poise-e2e-'));
}

interface StartOptions {
  readonly data?: string;
  readonly args?: readonly string[];
  readonly command?: readonly string[];
  /** Where the ports are; asked again when one of them was taken meanwhile. */
  readonly offset?: () => Promise<number>;
}

/** How often somebody else may take a port between the look for it and the start. */
const ATTEMPTS = 4;

/** Starts it, and waits until it serves. Rejects with what it printed when it ends before. */
export async function startPoise(options: StartOptions = {}): Promise<RunningPoise> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await startOnce(options);
    } catch (error) {
      // Of two test runs on one machine both may have found the same ports free.
      const isTaken = /^The part \S+ cannot start: .*\bports\.\w+/m.test(String(error));
      if (!isTaken || attempt === ATTEMPTS) throw error;
    }
  }
}

async function startOnce(options: StartOptions): Promise<RunningPoise> {
  const offset = await (options.offset ?? freeOffset)();
  const data = options.data ?? dataDirectory();
  const command = options.command ?? ['start', '--demo'];
  const poise = launchPoise([
    ...command,
    '--data',
    data,
    '--set',
    `ports.offset=${offset}`,
    ...(options.args ?? []),
  ]);
  const { child } = poise;
  await poise.says(/^poise: IN_SERVICE/m).catch((error: unknown) => {
    if (options.data === undefined) rmSync(data, { recursive: true, force: true });
    throw error;
  });
  return {
    ports: portsAt(offset),
    data,
    child,
    output: poise.output,
    async stop() {
      if (child.exitCode === null && child.signalCode === null) await poise.end('SIGTERM');
      if (options.data === undefined) rmSync(data, { recursive: true, force: true });
      taken.delete(offset);
      return child.exitCode;
    },
  };
}

/** A REST call with Basic authentication, to 127.0.0.1 unless a host is named. */
export async function rest(
  poise: Pick<RunningPoise, 'ports'> & { readonly host?: string },
  user: string,
  method: string,
  path: string,
  body?: string,
  headers: Record<string, string> = {},
): Promise<{ status: number; text: string; headers: Headers }> {
  const response = await fetch(`http://${poise.host ?? '127.0.0.1'}:${poise.ports.http}/finesse/api${path}`, {
    method,
    headers: {
      authorization: `Basic ${Buffer.from(`${user}:${user}`).toString('base64')}`,
      ...(body === undefined ? {} : { 'content-type': 'application/xml' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body }),
  });
  return { status: response.status, text: await response.text(), headers: response.headers };
}

export const signInBody = (extension: string) =>
  `<User><state>LOGIN</state><extension>${extension}</extension></User>`;
export const signOutBody = '<User><state>LOGOUT</state></User>';

/** Path of a program or undefined: tests that need it say why they are skipped. */
export function program(...candidates: string[]): string | undefined {
  return candidates.find((path) => existsSync(path));
}
