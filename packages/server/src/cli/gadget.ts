/** `poise gadget serve`: a developer's folder as a gadget on the demonstration desktop, with data that are thrown away. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { PlainError, phrase } from '../messages/catalogue.ts';
import type { Arguments } from './command.ts';
import type { ServedGadget } from './main-types.ts';
import { start } from './start.ts';
import type { Terminal } from './terminal.ts';

const FILES_MAX = 8;
/** Folders within folders that are looked into; those of packages and hidden ones are not. */
const DEPTH_MAX = 4;

export async function gadgetServe(given: Arguments, terminal: Terminal): Promise<number> {
  const gadget = await gadgetIn(resolve(terminal.cwd, given.positionals[0] as string));
  const data = await mkdtemp(join(tmpdir(), 'poise-gadget-'));
  const asDemo: Arguments = {
    flags: new Set([...given.flags, 'demo']),
    value: (name) => (name === 'data' ? data : given.value(name)),
    values: (name) => given.values(name),
    positionals: [],
  };
  try {
    return await start(asDemo, terminal, 'server', async () => {
      const { startPoise } = await import('../main.ts');
      return { startPoise: (options) => startPoise({ ...options, gadget }) };
    });
  } finally {
    await rm(data, { recursive: true, force: true });
  }
}

/** The gadget files of a folder: XML whose root is a Module. @throws PlainError when there are none */
export async function gadgetIn(dir: string): Promise<ServedGadget> {
  const files: string[] = [];
  try {
    for (const name of await xmlFiles(dir)) {
      const isGadget = /<(?:\w+:)?Module[\s>]/.test(await readFile(join(dir, name), 'utf8'));
      if (isGadget && files.length < FILES_MAX) files.push(name);
    }
  } catch (error) {
    throw new PlainError(phrase('gadget.folder', { dir }), { cause: error });
  }
  if (files.length === 0) throw new PlainError(phrase('gadget.folderEmpty', { dir }));
  return { name: basename(dir), dir, files };
}

/** Paths with `/`, those at the top first. */
async function xmlFiles(dir: string, below = '', depth = 1): Promise<string[]> {
  const entries = (await readdir(join(dir, below), { withFileTypes: true })).sort((a, b) =>
    a.name < b.name ? -1 : 1,
  );
  const files = entries
    .filter((entry) => entry.isFile() && /\.xml$/i.test(entry.name))
    .map(({ name }) => below + name);
  for (const entry of entries) {
    if (entry.isDirectory() && depth < DEPTH_MAX && !/^\.|^node_modules$/.test(entry.name))
      files.push(...(await xmlFiles(dir, `${below}${entry.name}/`, depth + 1)));
  }
  return files;
}
