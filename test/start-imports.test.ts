/**
 * What a start loads from others, whatever is set: each package costs memory and time of every start, also where nothing needs it. What only
 * some settings or requests need is imported by them.
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { expect, test } from 'vitest';

const packages = resolve(import.meta.dirname, '../packages');

/** What a file imports at once: neither types nor `import()`. */
function imports(file: string): string[] {
  const text = readFileSync(file, 'utf8').replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
  const found = text.matchAll(/^(?:import|export)\s+(?!type\s)([^'";]*?\sfrom\s+)?'([^']+)';/gm);
  return [...found]
    .filter(([, names]) => names === undefined || !namesOnlyTypes(names))
    .map((match) => match[2] as string);
}

/** `{ type A, type B } from`. */
function namesOnlyTypes(names: string): boolean {
  const braces = /^\{([^}]*)\}\s+from\s+$/.exec(names)?.[1];
  return braces?.split(',').every((name) => name.trim() === '' || name.trim().startsWith('type ')) ?? false;
}

test('a start loads no package that only some settings or requests need', () => {
  const seen = new Set<string>();
  const others = new Set<string>();
  const visit = (file: string): void => {
    if (seen.has(file) || !existsSync(file)) return;
    seen.add(file);
    for (const target of imports(file)) {
      const ours = /^@poise\/([^/]+)$/.exec(target)?.[1];
      if (ours !== undefined) visit(join(packages, ours, 'src/index.ts'));
      else if (target.startsWith('.')) visit(resolve(dirname(file), target));
      else if (!target.startsWith('node:')) others.add(target);
    }
  };
  visit(join(packages, 'server/src/cli/poise.ts'));
  visit(join(packages, 'server/src/cli/start.ts'));
  visit(join(packages, 'server/src/main.ts'));

  expect(seen.size).toBeGreaterThan(500);
  expect([...others].sort()).toEqual([
    '@photostructure/sqlite',
    'csv-parse/sync',
    'fastify',
    'kysely',
    'saxes',
    'ws',
  ]);
});
