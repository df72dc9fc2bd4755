import { existsSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeDirectories } from './make-directories.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'poise-directories-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

test('all that are missing are made, with their mode, and what is there stays', () => {
  const path = join(root, 'a/b/c');
  makeDirectories(path, 0o700);
  for (const made of ['a', 'a/b', 'a/b/c'])
    expect(statSync(join(root, made)).mode & 0o777).toBe(process.platform === 'win32' ? 0o666 : 0o700);
  writeFileSync(join(path, 'kept'), '');
  makeDirectories(path);
  expect(existsSync(join(path, 'kept'))).toBe(true);
});

test.each(['file', 'file/below', 'dangling', 'dangling/below'])('%s is refused', (name) => {
  writeFileSync(join(root, 'file'), '');
  symlinkSync(join(root, 'nowhere/else'), join(root, 'dangling'));
  expect(() => makeDirectories(join(root, name))).toThrow(/EEXIST|ENOTDIR/);
});

test.skipIf(process.platform !== 'linux')('a file system in which nothing can be made says so', () => {
  expect(() => makeDirectories('/proc/poise/data')).toThrow(/ENOENT/);
});
