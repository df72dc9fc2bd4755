/**
 * Who may import whom: the table of docs/architecture.md, held by a test. A room may import what stands
 * beside it in the table, itself, and nothing else of ours.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '..');

/** The rows of a table of docs/architecture.md: first column → names in the last one; `*` stands for everything. */
function table(head: string): Readonly<Record<string, readonly string[]>> {
  const page = readFileSync(join(root, 'docs/architecture.md'), 'utf8');
  const lines = page.slice(page.indexOf(head)).split('\n').slice(2);
  const rows = lines.slice(0, lines.indexOf('')).map((line) => line.split('|').map((cell) => cell.trim()));
  return Object.fromEntries(
    rows.map((cells) => {
      const allowed = cells.at(-2) as string;
      const names = allowed === '–' ? [] : allowed === 'everything' ? ['*'] : allowed.split(/,\s*/);
      return [(cells[1] as string).replaceAll('`', ''), names];
    }),
  );
}

const PACKAGES = table('| package | what it is | may import |');
const ROOMS = table('| room | purpose | may import |');

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

test('every package and every room of the server stands in the tables, and nothing else', () => {
  expect(Object.keys(PACKAGES).sort()).toEqual(readdirSync(join(root, 'packages')).sort());
  // A file and a folder of the same name are one room.
  const rooms = new Set(
    readdirSync(join(root, 'packages/server/src')).map((name) => name.replace(/\.ts$/, '')),
  );
  expect(Object.keys(ROOMS).sort()).toEqual([...rooms].filter((name) => name !== 'index').sort());
});

test('a package imports only the packages beside it in the table, by their public door', () => {
  const wrong: string[] = [];
  for (const [name, allowed] of Object.entries(PACKAGES)) {
    for (const file of sources(join(root, 'packages', name, 'src'))) {
      for (const target of imports(file)) {
        const where = `${relative(root, file)} imports ${target}`;
        const ours = /^@poise\/([^/]+)(\/.+)?$/.exec(target);
        // Styles have a door of their own: only a bundler can read them.
        const isInside = ours?.[2] !== undefined && target !== '@poise/pages/theme';
        if (ours && (!allowed.includes(ours[1] as string) || isInside)) wrong.push(where);
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
      if (other !== room && other !== 'happenings' && !allowed.includes('*') && !allowed.includes(other))
        wrong.push(`${relative(root, file)} imports ${target}: ${room} may not import ${other}`);
    }
  }
  expect(wrong).toEqual([]);
});
