import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { OUTPUT_CHARACTERS, shellRunner } from './shell-runner.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'poise-shell-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

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
