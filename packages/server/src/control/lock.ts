/** One server for each data directory: a file that bears the process id of the one that has it. */
import { closeSync, openSync, readFileSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';

/** A lock this young may belong to a server that is still starting and cannot answer yet. */
const STARTING_MS = 30_000;
const ATTEMPTS = 5;

export interface Lock {
  release(): void;
}

export type LockResult =
  | { readonly ok: true; readonly lock: Lock }
  | { readonly ok: false; readonly pid: number };

export interface LockOptions {
  readonly path: string;
  readonly pid?: number;
  readonly nowMs?: () => number;
  /** Whether somebody answers at the control socket. */
  readonly answers: () => Promise<boolean>;
  readonly isAlive?: (pid: number) => boolean;
}

/** Takes the lock, or says who has it. A lock left behind by a process that died is taken over. */
export async function takeLock(options: LockOptions): Promise<LockResult> {
  const { path, pid = process.pid, nowMs = Date.now, answers, isAlive = processIsAlive } = options;
  const text = `${pid}\n`;
  let holder = 0;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    if (create(path, text)) return { ok: true, lock: { release: () => release(path, text) } };
    const found = read(path);
    if (found === null) continue;
    holder = Number.parseInt(found.text, 10) || 0;
    if (await answers()) return { ok: false, pid: holder };
    const starting = nowMs() - found.changedMs < STARTING_MS && holder !== pid && isAlive(holder);
    if (starting) return { ok: false, pid: holder };
    removeStale(path, found.text, pid);
  }
  return { ok: false, pid: holder };
}

function create(path: string, text: string): boolean {
  let file: number;
  try {
    file = openSync(path, 'wx', 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
  writeSync(file, text);
  closeSync(file);
  return true;
}

function read(path: string): { text: string; changedMs: number } | null {
  try {
    return { text: readFileSync(path, 'utf8'), changedMs: statSync(path).mtimeMs };
  } catch {
    return null;
  }
}

/** Takes the file away only if it is still the one that was found stale. */
function removeStale(path: string, text: string, pid: number): void {
  const aside = `${path}.${pid}.stale`;
  try {
    renameSync(path, aside);
  } catch {
    return;
  }
  // Another process was faster and this is its lock: give it back.
  if (readFileSync(aside, 'utf8') !== text) renameSync(aside, path);
  else rmSync(aside, { force: true });
}

function release(path: string, text: string): void {
  if (read(path)?.text === text) rmSync(path, { force: true });
}

/** Whether there is such a process, of whatever user. */
export function processIsAlive(pid: number): boolean {
  if (pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
