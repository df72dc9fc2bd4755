import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { EN } from '../messages/en.ts';
import { sealerIn } from '../settings/seal.ts';
import { Store } from '../store/store.ts';
import type { Arguments } from './command.ts';
import { startSettings } from './settings-arguments.ts';
import type { Terminal } from './terminal.ts';

let data: string;
let errors: string[];
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'poise-start-'));
  errors = [];
});
afterEach(() => rmSync(data, { recursive: true, force: true }));

const start = (env: Record<string, string> = {}, set: string[] = []) =>
  startSettings(
    {
      value: (name: string) => (name === 'data' ? data : undefined),
      values: (name: string) => (name === 'set' ? set : []),
    } as unknown as Arguments,
    {
      env,
      cwd: data,
      messages: EN,
      printError: (line: string) => void errors.push(line),
    } as unknown as Terminal,
    false,
  );
async function stored(settings: Record<string, string>): Promise<void> {
  const store = await Store.open({ path: data });
  await store.change(async (repositories) => {
    for (const [key, value] of Object.entries(settings)) await repositories.settings.save({ key, value });
  });
  await store.close();
}

it('a start takes what is stored, below the environment and the command line', async () => {
  await stored({
    'cti.a': 'stored.example:1',
    'cti.b': 'stored.example:2',
    'node.secondary': 'stored.example',
    'enterpriseDatabase.password': sealerIn(data).seal('enterpriseDatabase.password', 's3cret'),
  });
  const { settings, origins } = await start({ POISE_CTI_B: 'env.example:2' }, ['node.secondary=set.example']);
  expect([settings.cti.a, settings.cti.b, settings.node.secondary]).toEqual([
    { host: 'stored.example', port: 1 },
    { host: 'env.example', port: 2 },
    'set.example',
  ]);
  expect(settings.enterpriseDatabase.password).toBe('s3cret');
  expect(['cti.a', 'cti.b', 'node.secondary'].map((key) => origins.get(key as 'cti.a')?.kind)).toEqual([
    'store',
    'environment',
    'command',
  ]);
  expect(errors).toEqual([]);
});

it('a start tells of what it cannot use, and starts', async () => {
  await stored({ 'cti.a': 'nowhere', 'from.later': '1' });
  const { origins } = await start();
  expect(origins.get('cti.a')).toEqual({ kind: 'default' });
  expect(errors).toEqual([
    'The stored setting "cti.a" cannot be used and is passed over.',
    'The stored setting "from.later" cannot be used and is passed over.',
  ]);
});
