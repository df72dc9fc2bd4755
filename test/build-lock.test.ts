// Two `npm start` in one checkout install and build one after the other.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

let dir: string;
let lock: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'poise-build-lock-'));
  lock = join(dir, 'lock');
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const MODULE = new URL('../scripts/lock.mjs', import.meta.url).href;

/** A process that takes the lock, notes begin and end of its work, and tells for whom it waited. */
function worker(name: string, heard: () => void = () => {}): Promise<string> {
  const code = `
    const { appendFileSync } = await import('node:fs');
    const { takeBuildLock } = await import(${JSON.stringify(MODULE)});
    const release = takeBuildLock(${JSON.stringify(lock)}, (pid) => console.log('waits', pid));
    appendFileSync(${JSON.stringify(join(dir, 'work'))}, 'begin ${name}\\n');
    for (let n = 0; n < 3e6; n++);
    appendFileSync(${JSON.stringify(join(dir, 'work'))}, 'end ${name}\\n');
    release();`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString();
    heard();
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status) => (status === 0 ? resolve(said) : reject(new Error(`status ${status}`))));
  });
}

test('the work of several processes never overlaps, and the lock is gone afterwards', async () => {
  await Promise.all(['a', 'b', 'c'].map((name) => worker(name)));
  const lines = readFileSync(join(dir, 'work'), 'utf8').trim().split('\n');
  expect(lines).toHaveLength(6);
  for (let n = 0; n < 6; n += 2) expect(lines[n + 1]).toBe(lines[n]?.replace('begin', 'end'));
  expect(existsSync(lock)).toBe(false);
});

test('whoever has to wait says for which process, and goes on when it is done', async () => {
  writeFileSync(lock, `${process.pid}\n`);
  expect(await worker('a', () => rmSync(lock))).toBe(`waits ${process.pid}\n`);
});

test('what a dead process left behind holds up nobody', async () => {
  writeFileSync(lock, '999999999\n');
  expect(await worker('a')).toBe('');
});
