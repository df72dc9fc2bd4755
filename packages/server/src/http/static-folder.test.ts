import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:fs';
import { mkdir, mkdtemp, open, rm, utimes, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve, sep } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isHashedAsset, StaticFolder, safeRelativePath } from './static-folder.ts';

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'poise-static-'));
});

afterEach(async () => {
  await rm(root, { recursive: true, force: true });
});

test('whatever the path is made of, it stays below the root', () => {
  const piece = fc.oneof(
    fc.constantFrom(
      '..',
      '.',
      '/',
      '\\',
      '%2e',
      '%2E',
      '%2f',
      '%5c',
      '%00',
      '%25',
      ':',
      '~',
      'a',
      'b.txt',
      ' ',
      'C:',
    ),
    fc.string(),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const relative = safeRelativePath(pieces.join(''));
      if (relative === null) return;
      const path = resolve(sep, 'root', ...relative.split('/'));
      expect(path === resolve(sep, 'root') || path.startsWith(resolve(sep, 'root') + sep)).toBe(true);
      expect(relative).not.toMatch(/(^|\/)\.|\\|:|\u0000/);
    }),
  );
});

test('ordinary names pass, escaped ones are decoded once', () => {
  expect(safeRelativePath('a/b.js')).toBe('a/b.js');
  expect(safeRelativePath('caf%C3%A9%20menu.html')).toBe('café menu.html');
  expect(safeRelativePath('%252e%252e')).toBe('%2e%2e');
  expect(safeRelativePath('x'.repeat(1025))).toBeNull();
});

test('a changed file is read again, with another tag', async () => {
  await writeFile(join(root, 'a.txt'), 'one');
  const folder = new StaticFolder({ root });
  const first = await folder.file('a.txt');
  expect(await folder.file('a.txt')).toBe(first);
  await writeFile(join(root, 'a.txt'), 'two');
  await utimes(join(root, 'a.txt'), new Date(2_000_000_000_000), new Date(2_000_000_000_000));
  const second = await folder.file('a.txt');
  expect(second?.content?.toString()).toBe('two');
  expect(second?.etag).not.toBe(first?.etag);
});

test('memory is bounded: the file that was not used for longest goes, large ones are streamed', async () => {
  for (const name of ['a', 'b', 'c']) await writeFile(join(root, `${name}.bin`), Buffer.alloc(100));
  await writeFile(join(root, 'large.bin'), Buffer.alloc(500));
  const folder = new StaticFolder({ root, cacheBytesMax: 250, cachedFileBytesMax: 200 });
  const a = await folder.file('a.bin');
  const b = await folder.file('b.bin');
  expect(await folder.file('a.bin')).toBe(a);
  await folder.file('c.bin');
  expect(folder.cachedBytes).toBe(200);
  expect(await folder.file('a.bin')).toBe(a);
  expect(await folder.file('b.bin')).not.toBe(b);

  const large = await folder.file('large.bin');
  expect(large?.content).toBeUndefined();
  let bytes = 0;
  for await (const chunk of large!.stream()) bytes += (chunk as Buffer).length;
  expect([bytes, folder.cachedBytes]).toEqual([500, 200]);
});

test('server pages are not handed out, folders and missing files are not found', async () => {
  await mkdir(join(root, 'sub.txt'));
  await writeFile(join(root, 'page.JSP'), 'source');
  const folder = new StaticFolder({ root });
  for (const path of ['page.JSP', 'sub.txt', 'none', '']) expect(await folder.file(path)).toBeNull();
  expect(await new StaticFolder({ root: join(root, 'none') }).file('a')).toBeNull();
});

const mkfifo = (path: string) => spawnSync('mkfifo', [path]).status === 0;

/** Frees a thread that waits for a writer. */
const letGo = (pipe: string) =>
  open(pipe, constants.O_WRONLY | constants.O_NONBLOCK).then(
    (handle) => handle.close(),
    () => {},
  );

test('a named pipe is not found, and nobody waits for its other end', async (context) => {
  const pipe = join(root, 'pipe.txt');
  if (!mkfifo(pipe)) return context.skip('this system has no mkfifo');
  const folder = new StaticFolder({ root });
  let release = (): void => {};
  const stuck = new Promise<string>((resolve) => {
    const timer = setTimeout(resolve, 30_000, 'stuck');
    release = () => clearTimeout(timer);
  });
  try {
    expect(await Promise.race([folder.file('pipe.txt'), stuck])).toBeNull();
  } finally {
    release();
    await letGo(pipe);
  }
});

test('a pipe that took the place of a large file ends its stream at once', async (context) => {
  const path = join(root, 'large.bin');
  await writeFile(path, Buffer.alloc(500));
  const large = await new StaticFolder({ root, cachedFileBytesMax: 200 }).file('large.bin');
  await rm(path);
  if (!mkfifo(path)) return context.skip('this system has no mkfifo');
  const stream = large!.stream();
  const stuck = setTimeout(() => stream.destroy(new Error('stuck')), 30_000);
  try {
    expect(await stream.toArray()).toEqual([]);
  } finally {
    clearTimeout(stuck);
    await letGo(path);
  }
});

test('a socket in the folder is not found', async ({ skip }) => {
  if (process.platform === 'win32') return skip('Windows has no sockets in folders');
  const server = createServer().listen(join(root, 'socket.txt'));
  await once(server, 'listening');
  try {
    expect(await new StaticFolder({ root }).file('socket.txt')).toBeNull();
  } finally {
    server.close();
  }
});

test('hashed assets are told by their name', () => {
  expect(isHashedAsset('assets/index-B3xk9_2a.js')).toBe(true);
  expect(isHashedAsset('assets/index-B3xk9_2a.js.map')).toBe(true);
  expect(isHashedAsset('index.html')).toBe(false);
  expect(isHashedAsset('assets/logo.svg')).toBe(false);
});
