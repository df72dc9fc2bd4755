/**
 * Who may import whom: the table of docs/architecture.md, held by a test. A room may import what stands
 * beside it in the table, itself, and nothing else of ours.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '..');

/** Packages: name → packages it may import. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  clock: [],
  xml: [],
  ged188: ['clock'],
  xmpp: ['clock', 'xml'],
  acd: ['clock', 'ged188'],
  client: ['xml'],
  server: ['clock', 'xml', 'ged188', 'xmpp', 'acd'],
  desktop: ['client'],
};

/** Rooms of packages/server/src: room → rooms it may import. `*` stands for every room (composition root). */
const ROOMS: Readonly<Record<string, readonly string[]>> = {
  main: ['*'],
  cli: [
    'settings',
    'store',
    'demo',
    'accounts',
    'certificates',
    'control',
    'parts',
    'messages',
    'happenings',
    'main',
  ],
  desk: ['commands', 'cti', 'notify', 'objects', 'domain', 'store', 'happenings'],
  rest: ['objects', 'commands', 'domain', 'store', 'accounts', 'happenings'],
  commands: ['domain', 'cti', 'store', 'accounts', 'happenings'],
  cti: ['domain', 'store', 'parts', 'happenings'],
  notify: ['domain', 'objects', 'store', 'happenings'],
  objects: ['domain', 'store'],
  domain: ['store'],
  'cti-host': ['accounts', 'store', 'parts', 'happenings'],
  'xmpp-host': ['accounts', 'store', 'parts', 'happenings'],
  http: ['parts', 'happenings', 'messages'],
  journal: ['parts', 'happenings'],
  ops: ['parts', 'happenings', 'accounts'],
  accounts: ['store', 'happenings'],
  store: ['happenings', 'messages'],
  demo: ['store', 'accounts'],
  settings: ['messages'],
  certificates: ['messages'],
  control: ['parts', 'happenings', 'messages'],
  parts: ['happenings', 'messages'],
  messages: [],
  happenings: [],
};

function sources(dir: string): string[] {
  return readdirSync(dir, { withFileTypes: true }).flatMap((entry) => {
    const path = join(dir, entry.name);
    if (entry.isDirectory())
      return entry.name === 'dist' || entry.name === 'node_modules' ? [] : sources(path);
    return /\.tsx?$/.test(entry.name) && !/\.test\.tsx?$/.test(entry.name) ? [path] : [];
  });
}

function imports(file: string): string[] {
  const text = readFileSync(file, 'utf8').replace(/\/\*[\s\S]*?\*\/|(^|\s)\/\/.*$/gm, '');
  return [...text.matchAll(/(?:from|import)\s*\(?\s*['"]([^'"]+)['"]/g)].map((m) => m[1] as string);
}

test('a package imports only the packages beside it in the table, by their public door', () => {
  const wrong: string[] = [];
  for (const [name, allowed] of Object.entries(PACKAGES)) {
    for (const file of sources(join(root, 'packages', name, 'src'))) {
      for (const target of imports(file)) {
        const where = `${relative(root, file)} imports ${target}`;
        const ours = /^@poise\/([^/]+)(\/.+)?$/.exec(target);
        if (ours && (!allowed.includes(ours[1] as string) || ours[2])) wrong.push(where);
        if (
          target.startsWith('.') &&
          !resolve(dirname(file), target).startsWith(join(root, 'packages', name))
        )
          wrong.push(where);
      }
    }
  }
  expect(wrong).toEqual([]);
});

test('inside the server a room imports only the rooms beside it in the table', () => {
  const src = join(root, 'packages/server/src');
  const roomOf = (path: string) => (relative(src, path).split(/[\\/]/)[0] as string).replace(/\.ts$/, '');
  const wrong: string[] = [];
  for (const file of sources(src)) {
    const room = roomOf(file);
    if (room === 'index') continue;
    const allowed = ROOMS[room];
    if (allowed === undefined) {
      wrong.push(`${relative(root, file)} stands in no room of the table`);
      continue;
    }
    for (const target of imports(file)) {
      if (!target.startsWith('.')) continue;
      const other = roomOf(resolve(dirname(file), target));
      if (other !== room && !allowed.includes('*') && !allowed.includes(other))
        wrong.push(`${relative(root, file)} imports ${target}: ${room} may not import ${other}`);
    }
  }
  expect(wrong).toEqual([]);
});
