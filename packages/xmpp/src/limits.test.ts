import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { LIMITS, limitsWith } from './limits.ts';

test('defaults are what the table says, and single ones can be replaced', () => {
  const limits = limitsWith({ bindBurst: 7 });
  for (const [name, { default: value }] of Object.entries(LIMITS))
    expect(limits).toHaveProperty(name, name === 'bindBurst' ? 7 : value);
});

test('each limit is used, and stands in the documentation with its default', () => {
  const root = join(import.meta.dirname, '..');
  const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && !file.endsWith('limits.ts'))
    .map((file) => readFileSync(join(root, 'src', file), 'utf8'))
    .join('\n');
  const documentation = readFileSync(join(root, '..', '..', 'docs', 'xmpp.md'), 'utf8');
  for (const [name, { default: value, unit }] of Object.entries(LIMITS)) {
    expect(sources).toContain(name);
    expect(documentation).toContain(`| ${name} | ${value} | ${unit} |`);
  }
});
