// One installation and build at a time in one checkout: two would tear node_modules from under each other.
import { createHash } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const LOOK_MS = 250;

/** Outside the checkout, because `npm ci` takes node_modules away. */
export const lockPath = (root) =>
  join(tmpdir(), `poise-build-${createHash('sha256').update(root).digest('hex').slice(0, 16)}.lock`);

/**
 * Waits until nobody else has the lock. A process that died leaves nothing that would hold up others.
 * @param onWait told once, with the process id of the holder
 * @returns the function that gives the lock back; the end of the process does so too
 */
export function takeBuildLock(path, onWait, pid = process.pid) {
  const text = `${pid}\n`;
  let told = false;
  while (!create(path, text)) {
    const holder = read(path);
    if (holder === null) continue;
    if (!isAlive(Number.parseInt(holder, 10) || 0)) {
      removeStale(path, holder, pid);
      continue;
    }
    if (!told) onWait(Number.parseInt(holder, 10));
    told = true;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LOOK_MS);
  }
  const release = () => {
    if (read(path) === text) rmSync(path, { force: true });
  };
  process.once('exit', release);
  return () => {
    process.off('exit', release);
    release();
  };
}

/** The lock appears with its content, so that nobody finds it empty. */
function create(path, text) {
  const own = `${path}.${text.trim()}.new`;
  writeFileSync(own, text, { mode: 0o600 });
  try {
    linkSync(own, path);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(own, { force: true });
  }
}

function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

/** Takes the file away only if it is still the one that was found stale. */
function removeStale(path, text, pid) {
  const aside = `${path}.${pid}`;
  try {
    renameSync(path, aside);
  } catch {
    return;
  }
  // Another process was faster and this is its lock: give it back.
  if (read(aside) !== text) renameSync(aside, path);
  else rmSync(aside, { force: true });
}

function isAlive(pid) {
  if (pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
