// A server of our own for a measurement: `poise start --bench N` in a process of its own, on one core where that can be had.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { NODE_FLAGS } from '../scripts/toolchain.mjs';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
export const PASSWORD = 'bench-secret';
export const FIRST_AGENT = 8_000_001;
export const poise = join(root, 'packages/server/bin/poise.mjs');

const hasTaskset = os.cpus().length > 1 && spawnSync('taskset', ['-V']).status === 0;

/** Moves this process, the generator, to the second core. */
export function pinGenerator() {
  if (hasTaskset) spawnSync('taskset', ['-a', '-pc', '1', String(process.pid)], { stdio: 'ignore' });
}

/** A data directory that ends with this process. */
export function dataDirectory() {
  const data = mkdtempSync(join(os.tmpdir(), 'poise-bench-'));
  // Servers are killed before it (below), and may still write: an error here would keep what else is to be done at the end from being done.
  process.on('exit', () => rmSync(data, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 }));
  return data;
}

/**
 * Starts a server with N bench agents and resolves when it is in service. It ends with this process.
 *
 * @param options `command`: `start` or `cti`; `only`: parts, as `poise start --only` takes them; `data`: of another
 *   server, else a new one; `imports`: modules that are loaded into it first, which `say` can write to (file descriptor 3);
 *   `pinned`: whether it has the first core alone to run on (default), which several servers would have to share
 */
export async function startServer(agents, portOffset, settings = {}, options = {}) {
  const {
    command: verb = 'start',
    only = null,
    data = dataDirectory(),
    imports = [],
    pinned = true,
  } = options;
  const set = Object.entries({ 'ports.offset': portOffset, ...settings }).flatMap(([key, value]) => [
    '--set',
    `${key}=${value}`,
  ]);
  const parts = only === null ? [] : ['--only', only];
  const command = [
    process.execPath,
    ...NODE_FLAGS,
    ...imports.flatMap((module) => ['--import', module]),
    poise,
    verb,
    '--bench',
    String(agents),
    '--data',
    data,
    ...parts,
    ...set,
  ];
  const [program, ...args] = hasTaskset && pinned ? ['taskset', '-c', '0', ...command] : command;
  const started = performance.now();
  const server = spawn(program, args, {
    stdio: ['ignore', 'pipe', 'inherit', ...(imports.length > 0 ? ['pipe'] : [])],
  });
  process.prependListener('exit', () => server.kill('SIGKILL'));
  process.on('SIGINT', () => process.exit(130));
  await new Promise((resolve, reject) => {
    let text = '';
    server.stdout.on('data', (chunk) => {
      text += chunk;
      if (/^poise: IN_SERVICE/m.test(text)) resolve();
    });
    server.on('exit', (code) => reject(new Error(`the server ended with ${code}`)));
    setTimeout(() => reject(new Error('not in service within 60 s')), 60_000).unref();
  });
  return {
    data,
    pid: server.pid,
    /** As a crash ends it; resolves when it is gone. */
    kill: () =>
      new Promise((gone) => {
        if (server.exitCode !== null || server.signalCode !== null) return gone();
        server.once('exit', gone);
        server.kill('SIGKILL');
      }),
    inServiceMs: Math.round(performance.now() - started),
    port: (port) => port + portOffset,
    say: (line) => server.stdio[3].write(line),
    /** Resident memory now, MB; null where /proc is not there. */
    rssMb: () =>
      fromProc(server.pid, 'status', (text) => round(Number(/VmRSS:\s+(\d+)/.exec(text)[1]) / 1024)),
    /** Processor seconds used so far, user and system. */
    cpuSeconds: () =>
      fromProc(server.pid, 'stat', (text) => {
        const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
        return (Number(fields[11]) + Number(fields[12])) / 100;
      }),
  };
}

function fromProc(pid, file, read) {
  try {
    return read(readFileSync(`/proc/${pid}/${file}`, 'utf8'));
  } catch {
    return null;
  }
}

export const round = (x) => Math.round(x * 100) / 100;

/** p50, p95, p99 and the greatest of a list of ms. */
export function quantiles(list) {
  const sorted = Float64Array.from(list).sort();
  const q = (p) => round(sorted[Math.min(sorted.length - 1, Math.floor(p * sorted.length))] ?? Number.NaN);
  return { p50_ms: q(0.5), p95_ms: q(0.95), p99_ms: q(0.99), max_ms: q(1) };
}
