import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { DEFAULT_LAYOUT, parseLayout } from '@poise/layout';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { layoutWithGadgets, watchFolder } from '../gadgets/index.ts';
import { gadgetIn } from './gadget.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'poise gadget-'));
  for (const path of ['z/a', 'node_modules/x', '.hidden']) await mkdir(join(dir, path), { recursive: true });
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const MODULE = '<?xml version="1.0"?>\n<Module><ModulePrefs/></Module>';

test('a folder is served with the gadgets in it, those at the top first', async () => {
  for (const path of ['z/a/c.xml', 'b.xml', 'node_modules/x/d.xml', '.hidden/e.xml'])
    await writeFile(join(dir, path), MODULE);
  await writeFile(join(dir, 'messages.xml'), '<messagebundle/>');
  expect(await gadgetIn(dir)).toEqual({ name: basename(dir), dir, files: ['b.xml', 'z/a/c.xml'] });
});

test('a folder without a gadget, and none at all, are told in a sentence', async () => {
  await writeFile(join(dir, 'messages.xml'), '<messagebundle/>');
  await expect(gadgetIn(dir)).rejects.toThrow(
    `The folder ${dir} holds no gadget: no XML file with a Module.`,
  );
  await expect(gadgetIn(join(dir, 'none'))).rejects.toThrow(
    `The folder ${join(dir, 'none')} cannot be read.`,
  );
});

test('the gadgets get the first tab of every role', () => {
  const reading = parseLayout(
    layoutWithGadgets(DEFAULT_LAYOUT, { name: 'My <gadget>', files: ['a b.xml', 'c/d.xml'] }),
  );
  if (!reading.ok) throw new Error(reading.errors[0]?.message);
  const tabs = reading.layout.layouts.map(({ tabs: [first] }) => first);
  expect(tabs).toHaveLength(2);
  for (const tab of tabs) {
    expect([tab?.id, tab?.label]).toEqual(['gadgetInDevelopment', 'My <gadget>']);
    expect(tab?.columns.flat().map(({ url }) => url)).toEqual([
      '/3rdpartygadget/files/My%20%3Cgadget%3E/a%20b.xml',
      '/3rdpartygadget/files/My%20%3Cgadget%3E/c/d.xml',
    ]);
  }
});

test('changes below the folder are counted', async () => {
  const watched = watchFolder(dir);
  const before = watched.count();
  await writeFile(join(dir, 'z/a/new.js'), 'x');
  await expect.poll(() => watched.count()).toBeGreaterThan(before);
  watched.close();
});
