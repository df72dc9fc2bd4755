import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { editDistance, similarTo } from './similar.ts';
import { loadSettings } from './sources.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'poise-settings-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function file(text: string, name = 'settings.yaml'): string {
  const path = join(directory, name);
  writeFileSync(path, text);
  return path;
}

describe('precedence', () => {
  test('the command line wins over the environment, that over the file, that over the default', async () => {
    const path = file('node:\n  name: file\npresence:\n  idle: 61s\n  sweep: 31s\n  grace: 62s\n');
    const { settings, origins } = await loadSettings({
      file: path,
      env: { POISE_PRESENCE_SWEEP: '32s', POISE_PRESENCE_GRACE: '63s' },
      set: ['presence.grace=64s'],
    });
    expect(settings.presence).toMatchObject({ idle: 61_000, sweep: 32_000, grace: 64_000 });
    expect(settings.node.name).toBe('file');
    expect(origins.get('presence.sweep')).toEqual({ kind: 'environment', name: 'POISE_PRESENCE_SWEEP' });
    expect(origins.get('presence.grace')).toEqual({ kind: 'command' });
    expect(origins.get('domain')).toEqual({ kind: 'default' });
  });

  test('variables of client programs are no settings', async () => {
    const { settings } = await loadSettings({ env: { POISE_URL: 'http://localhost:8082' } });
    expect(settings.domain).toBe('localhost');
    await expect(loadSettings({ env: { POISE_URLS: 'x' } })).rejects.toThrow('POISE_URLS');
  });

  test('the last of several --set of one key counts', async () => {
    const { settings } = await loadSettings({ set: ['domain=a.example', 'domain=b.example'] });
    expect(settings.domain).toBe('b.example');
  });

  test('a value may contain equals signs', async () => {
    const { settings } = await loadSettings({ set: ['bench.password=a=b=c'] });
    expect(settings.bench.password).toBe('a=b=c');
  });
});

describe('the file', () => {
  test('takes nested and dotted keys, comments and lists', async () => {
    const path = file('# ours\ncti.a: cti.example:42027\nhttps:\n  hosts: [a.example, b.example]\n');
    const { settings } = await loadSettings({ file: path });
    expect(settings.cti.a).toEqual({ host: 'cti.example', port: 42027 });
    expect(settings.https.hosts).toEqual(['a.example', 'b.example']);
  });

  test('may be empty', async () => {
    expect((await loadSettings({ file: file('') })).settings.domain).toBe('localhost');
  });

  test('in the data directory is read without being asked for', async () => {
    file('domain: found.example\n', 'poise.yaml');
    expect((await loadSettings({ data: directory })).settings.domain).toBe('found.example');
    expect((await loadSettings({ env: { POISE_DATA: directory } })).settings.domain).toBe('found.example');
  });

  test.each([
    ['no: [closed', 'Cannot read the settings file'],
    ['just text', 'it is not a mapping of settings'],
    ['domain: a\ndomain: b', 'Cannot read the settings file'],
    ['presence:\n  idel: 5s', 'Unknown setting presence.idel (in '],
    ['a: &a [1]\nb: *a', 'Cannot read the settings file'],
  ])('that says %j is refused in one plain sentence', async (text, part) => {
    await expect(loadSettings({ file: file(text) })).rejects.toThrow(part);
  });

  test('that does not exist is named', async () => {
    const path = join(directory, 'none.yaml');
    await expect(loadSettings({ file: path })).rejects.toThrow(
      `Cannot read the settings file ${path}: ENOENT.`,
    );
  });
});

describe('the environment', () => {
  test('with an unknown variable is refused', async () => {
    await expect(loadSettings({ env: { POISE_PRESENCE_IDEL: '5s' } })).rejects.toThrow(
      'Unknown setting presence.idel (from the environment variable POISE_PRESENCE_IDEL). Did you mean presence.idle?',
    );
  });

  test('of other programs does not matter', async () => {
    await expect(loadSettings({ env: { PATH: '/bin', POISE_TEST_LONG: '1' } })).resolves.toBeDefined();
  });
});

test('--set without an equals sign is explained', async () => {
  await expect(loadSettings({ set: ['domain'] })).rejects.toThrow(
    'Cannot read the setting "domain". Write it as KEY=VALUE.',
  );
});

test('nearness counts changes, insertions, deletions and swaps', () => {
  expect(editDistance('kitten', 'sitting')).toBe(3);
  expect(editDistance('idel', 'idle')).toBe(1);
  expect(editDistance('', 'abc')).toBe(3);
  expect(similarTo('strat', ['start', 'stop', 'status'])).toBe('start');
  expect(similarTo('xyz', ['start', 'stop'])).toBeUndefined();
});
