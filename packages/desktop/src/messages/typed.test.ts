import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

test('what people typed is drawn by Typed, and by nothing else', () => {
  const source = new URL('../', import.meta.url);
  const bare = readdirSync(source, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.tsx') && readFileSync(new URL(path, source), 'utf8').includes('<bdi'))
    .map((path) => path.replaceAll('\\', '/'));
  // The title of the page has 128 characters at most.
  expect(bare.sort()).toEqual(['messages/typed.tsx']);
});
