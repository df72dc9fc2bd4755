import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { OUTPUT_CHARACTERS, shellRunner } from './shell-runner.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'poise-shell-'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

function command(script: string): string {
  const path = join(folder, 'command.mjs');
  writeFileSync(path, script);
  return path;
}

test('words are words and never options; answers come one after the other', async () => {
  const run = shellRunner(
    command(`
      process.stdin.setEncoding('utf8');
      let answers = '';
      for await (const text of process.stdin) answers += text;
      console.log(JSON.stringify([process.argv.slice(2), answers]));
      console.error('told');
      process.exitCode = 1;
    `),
    '/data',
  );
  const { status, output, isCut } = await run({ words: ['file', '--data', '/etc'], answers: ['y', 'n'] });
  expect([status, isCut]).toEqual([1, false]);

  expect(output).toContain('told');
});

test('an output without end is cut, a command without end is ended', async () => {
  const much = shellRunner(command(`process.stdout.write('x'.repeat(${OUTPUT_CHARACTERS + 10}));`), '/data');
  const { output, isCut } = await much({ words: ['a'], answers: [] });
  expect([output.length, isCut]).toEqual([OUTPUT_CHARACTERS, true]);
  const endless = shellRunner(command('setInterval(() => {}, 1000);'), '/data', 300);
  expect(await endless({ words: ['a'], answers: [] })).toEqual({ status: 128, output: '', isCut: true });
});

test('the time zone is that of the server; where none is named, that of the machine', async () => {
  const script = command(`
    console.log(JSON.stringify([process.env.TZ ?? null, Intl.DateTimeFormat().resolvedOptions().timeZone]));
  `);
  const zones = async () =>
    JSON.parse((await shellRunner(script, '/data')({ words: ['a'], answers: [] })).output);
  vi.stubEnv('TZ', 'Europe/Zurich');
  expect(await zones()).toEqual(['Europe/Zurich', 'Europe/Zurich']);
  vi.stubEnv('TZ', undefined);
  const [named, used] = await zones();
  // An empty name is one that no date can be told in.
  expect(named).toBe(null);
  expect(() => new Intl.DateTimeFormat('en', { timeZone: used })).not.toThrow();
});
