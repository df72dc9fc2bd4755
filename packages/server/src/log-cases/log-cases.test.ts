import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { VirtualClock } from '@poise/clock';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { CASE_LIMITS, type CaseLimits, LogCases, OWN_CASE } from './log-cases.ts';
import type { Tracer } from './tracer.ts';

let root: string;
let clock: VirtualClock;
let asked: { question: unknown; logs: string }[];
let flushed: number;
let tracer: Tracer;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'poise-cases-'));
  clock = new VirtualClock(0);
  asked = [];
  flushed = 0;
  tracer = async (question, logs, report) => {
    asked.push({ question, logs });
    writeFileSync(report, `report ${asked.length}`);
  };
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const make = (limits: Partial<CaseLimits> = {}) =>
  new LogCases({
    root: join(root, 'cases'),
    ownLogs: {
      folder: '/own/logs',
      flush: async () => {
        flushed += 1;
      },
    },
    tracer: (...given) => tracer(...given),
    clock,
    limits,
  });
const bytes = (text: string) => Readable.from([Buffer.from(text)]);
const question = { ask: 'why', agent: '1001003', language: 'de' } as const;
const kept = () => readdirSync(join(root, 'cases'));

test('files are stored under their names, read by the tracer, and the report is there until the case goes', async () => {
  const cases = make();
  const id = await cases.create();
  expect(await cases.write(id, 'info.log', bytes('one'))).toEqual({ name: 'info.log', bytes: 3 });
  await cases.write(id, 'info.log', bytes('three'));
  expect(await cases.report(id, question)).toBe(1);
  expect(asked).toEqual([{ question, logs: join(root, 'cases', id, 'logs') }]);
  const stored = readdirSync(asked[0]!.logs, { recursive: true }).filter((name) => /log$/.test(String(name)));
  expect(stored.map((name) => readFileSync(join(asked[0]!.logs, String(name)), 'utf8')).sort()).toEqual([
    'one',
    'three',
  ]);
  expect(String(await cases.page(id, 1))).toBe('report 1');
  await cases.remove(id);
  expect(kept()).toEqual([]);
  await expect(cases.page(id, 1)).rejects.toMatchObject({ code: 'NO_CASE' });
});

test.each([
  ['../../../etc/passwd', 'passwd'],
  ['..', 'log'],
  ['', 'log'],
  ['C:\\logs\\a b.log', 'a_b.log'],
  ['.ssh/../x\u0000\n.log', 'x__.log'],
  ['core.123.6.tomcat.1400000000', 'core.123.6.tomcat.1400000000'],
])('the name %j stays in the folder as %s', async (name, safe) => {
  const cases = make();
  const id = await cases.create();
  expect((await cases.write(id, name, bytes(''))).name).toBe(safe);
});

test('the own logs are written out before they are read, and cannot be added to', async () => {
  const cases = make();
  expect(await cases.report(OWN_CASE, { ask: 'overview', language: 'en' })).toBe(1);
  expect([flushed, asked[0]?.logs]).toEqual([1, '/own/logs']);
  await expect(cases.write(OWN_CASE, 'x', bytes('x'))).rejects.toMatchObject({ code: 'NO_CASE' });
});

test('a case goes after an hour in which nobody has touched it', async () => {
  const cases = make();
  const id = await cases.create();
  clock.advance(CASE_LIMITS.idleMs - 1);
  await cases.write(id, 'a.log', bytes('x'));
  clock.advance(CASE_LIMITS.idleMs - 1);
  expect(cases.files(id)).toHaveLength(1);
  clock.advance(1);
  expect(() => cases.files(id)).toThrow('NO_CASE');
});

test('nothing is without bound: cases, files, bytes, reports; what was too much leaves nothing behind', async () => {
  const cases = make({ cases: 2, filesPerCase: 2, bytes: 10, reportsPerCase: 2 });
  const [first, second] = [await cases.create(), await cases.create()];
  await expect(cases.create()).rejects.toMatchObject({ code: 'TOO_MANY_CASES' });
  await cases.write(first, 'a', bytes('12345'));
  await expect(cases.write(second, 'b', bytes('123456'))).rejects.toMatchObject({ code: 'CASES_FULL' });
  expect(cases.files(second)).toEqual([]);
  expect(readdirSync(join(root, 'cases', second, 'logs'))).toEqual([]);
  await cases.write(second, 'b', bytes('12345'));
  await cases.remove(second);
  await cases.write(first, 'c', bytes('12345'));
  await expect(cases.write(first, 'd', bytes(''))).rejects.toMatchObject({ code: 'TOO_MANY_FILES' });
  for (const number of [1, 2, 3]) expect(await cases.report(first, question)).toBe(number);
  await expect(cases.page(first, 1)).rejects.toMatchObject({ code: 'NO_REPORT' });
  expect(String(await cases.page(first, 3))).toBe('report 3');
});

test('an upload that breaks off leaves nothing behind', async () => {
  const cases = make();
  const id = await cases.create();
  const broken = Readable.from(
    (async function* () {
      yield Buffer.from('half');
      throw new Error('gone');
    })(),
  );
  await expect(cases.write(id, 'a', broken)).rejects.toThrow('gone');
  expect(cases.files(id)).toEqual([]);
});

test('the tracer reads one case at a time, and another one when it has failed', async () => {
  const cases = make();
  const id = await cases.create();
  let fail: (error: Error) => void = () => {};
  tracer = () =>
    new Promise((_resolve, reject) => {
      fail = reject;
    });
  const first = cases.report(id, question);
  await expect(cases.report(OWN_CASE, question)).rejects.toMatchObject({ code: 'TRACER_BUSY' });
  await expect.poll(() => fail.name).not.toBe('fail');
  fail(new Error('out of memory'));
  await expect(first).rejects.toThrow('out of memory');
  tracer = async (_question, _logs, report) => writeFileSync(report, 'after');
  expect(await cases.report(id, question)).toBe(2);
});

test('what an earlier process left is deleted at the start', async () => {
  await mkdir(join(root, 'cases', 'old', 'logs'), { recursive: true });
  const cases = make();
  await cases.open();
  expect(readdirSync(root)).toEqual([]);
});
