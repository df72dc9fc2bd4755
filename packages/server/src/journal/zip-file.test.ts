import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import yauzl from 'yauzl';
import { zipFile } from './zip-file.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'poise-zip-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const TIME = new Date(2026, 10, 20, 12, 0, 4);

/** A foreign reader: names and contents. */
async function unzipped(path: string): Promise<ReadonlyArray<readonly [string, string, number]>> {
  const zip = await promisify<string, yauzl.Options, yauzl.ZipFile>(yauzl.open)(path, {
    lazyEntries: false,
    autoClose: false,
  });
  const entries: yauzl.Entry[] = [];
  zip.on('entry', (entry: yauzl.Entry) => entries.push(entry));
  await new Promise((resolve) => zip.once('end', resolve));
  const found: Array<readonly [string, string, number]> = [];
  for (const entry of entries) {
    const stream = await promisify(zip.openReadStream.bind(zip) as typeof zip.openReadStream)(entry);
    let text = '';
    for await (const chunk of stream as NodeJS.ReadableStream) text += String(chunk);
    found.push([entry.fileName, text, entry.getLastModDate().getTime()]);
  }
  zip.close();
  return found;
}

test('a file becomes a ZIP that others read, with the time of its lines, for its owner and group', async () => {
  const path = join(folder, 'Desktop-webservices.2026.log');
  const text = 'a line of the log\n'.repeat(20_000);
  writeFileSync(path, text);
  utimesSync(path, TIME, TIME);
  await zipFile(path, 0o640);
  expect(readdirSync(folder)).toEqual(['Desktop-webservices.2026.log.zip']);
  const zip = `${path}.zip`;
  expect(await unzipped(zip)).toEqual([['Desktop-webservices.2026.log', text, TIME.getTime()]]);
  expect(statSync(zip).mtime).toEqual(TIME);
  expect(statSync(zip).mode & 0o777).toBe(0o640);
  expect(statSync(zip).size).toBeLessThan(text.length / 20);
  if (existsSync('/usr/bin/unzip')) execFileSync('/usr/bin/unzip', ['-tq', zip]);
});

test('an empty file, too', async () => {
  const path = join(folder, 'empty.log');
  writeFileSync(path, '');
  await zipFile(path, 0o640);
  expect((await unzipped(`${path}.zip`)).map(([name, text]) => [name, text])).toEqual([['empty.log', '']]);
});

test('work that is given up leaves the file as it was', async () => {
  const path = join(folder, 'a.log');
  writeFileSync(path, 'x'.repeat(5_000_000));
  await expect(zipFile(path, 0o640, AbortSignal.abort())).rejects.toThrow();
  expect(readdirSync(folder)).toEqual(['a.log']);
  expect(readFileSync(path, 'utf8')).toHaveLength(5_000_000);
});
