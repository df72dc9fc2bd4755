import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { processTracer } from './tracer.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'poise-tracer-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A command that does as the script says; it gets the arguments of `poise`. */
function command(script: string): string {
  const path = join(folder, 'command.mjs');
  writeFileSync(
    path,
    `import { writeFileSync } from 'node:fs';\nconst given = process.argv.slice(2);\n${script}`,
  );
  return path;
}

test('is the command with the question, an agent never taken for an option', async () => {
  const report = join(folder, 'report.html');
  const tracer = processTracer(
    command(
      'writeFileSync(given[given.indexOf("--html") + 1], JSON.stringify([given, process.env.POISE_LANGUAGE, process.cwd()]));',
    ),
  );
  await tracer({ ask: 'why', agent: '--html', at: '08:00', language: 'fr' }, folder, report);
  expect(JSON.parse(readFileSync(report, 'utf8'))).toEqual([
    ['trace', 'why', '--html', report, '--at=08:00', '--', '--html', '.'],
    'fr',
    realpathSync(folder),
  ]);
  await tracer({ ask: 'overview', language: 'en' }, folder, report);
  expect(JSON.parse(readFileSync(report, 'utf8'))[0]).toEqual([
    'trace',
    'overview',
    '--html',
    report,
    '--',
    '.',
  ]);
});

test.each([
  ['console.error("There is no agent 7.\\nusage: …"); process.exit(1);', 'There is no agent 7.'],
  ['process.kill(process.pid, "SIGKILL");', 'The tracer has ended without a word.'],
])('%s is one sentence', async (script, said) => {
  const tracer = processTracer(command(script));
  await expect(tracer({ ask: 'overview', language: 'en' }, folder, join(folder, 'r'))).rejects.toMatchObject({
    code: 'TRACER_FAILED',
    message: said,
  });
});

test('one that does not end is ended', async () => {
  const tracer = processTracer(command('setInterval(() => {}, 1000);'), 300);
  await expect(tracer({ ask: 'overview', language: 'en' }, folder, join(folder, 'r'))).rejects.toMatchObject({
    code: 'TRACER_FAILED',
  });
});
