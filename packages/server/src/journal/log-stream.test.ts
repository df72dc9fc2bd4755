import { VirtualClock } from '@poise/clock';
import { beforeEach, expect, test } from 'vitest';
import { ClientLogs } from './client-logs.ts';
import { FAMILIES, type Family } from './families.ts';
import { LogStream, type LogStreamLimits } from './log-stream.ts';
import { MemoryLogFiles } from './memory-log-files.ts';
import { Timestamps } from './timestamps.ts';

const START = Date.UTC(2026, 10, 20, 12, 0, 0);
let clock: VirtualClock;
let files: MemoryLogFiles;
let failures: string[];

beforeEach(() => {
  clock = new VirtualClock(START);
  files = new MemoryLogFiles(() => clock.now());
  failures = [];
});

function stream(
  family: Family,
  limits: Partial<LogStreamLimits> = {},
  times = new Timestamps(() => 0),
): LogStream {
  return new LogStream({
    family,
    root: '/logs',
    clock,
    files,
    times,
    limits,
    onFailure: (path, error) => failures.push(`${path}: ${(error as Error).message}`),
  });
}

/** Lets the promises of a file system in memory run their course. */
async function settle(): Promise<void> {
  for (let i = 0; i < 200; i++) await Promise.resolve();
}

const small: Family = { ...FAMILIES.webservices, fileBytesMax: 25, directoryBytesMax: 75, filesMax: 10 };
const FOLDER = '/logs/desktop/logs/webservices';

test('lines reach the file after the flush time, in order and together', async () => {
  const log = stream(FAMILIES.webservices);
  log.write('one', clock.now());
  log.write('zwei ä', clock.now());
  await settle();
  expect(files.names()).toEqual([]);
  clock.advance(50);
  await settle();
  expect(files.names()).toEqual([`${FOLDER}/Desktop-webservices.2026-11-20T12-00-00.000.startup.log`]);
  expect(files.text(log.path)).toBe('one\nzwei ä\n');
});

test('a full stamped file is followed by a new one and the oldest beyond the cap are deleted', async () => {
  const log = stream(small);
  for (let i = 0; i < 6; i++) {
    log.write(`line ${i} of twenty b`, clock.now());
    clock.advance(50);
    await settle();
  }
  expect(files.names()).toEqual([
    `${FOLDER}/Desktop-webservices.2026-11-20T12-00-00.200.log.zip`,
    `${FOLDER}/Desktop-webservices.2026-11-20T12-00-00.250.log.zip`,
    `${FOLDER}/Desktop-webservices.2026-11-20T12-00-00.300.log`,
  ]);
  expect(files.text(log.path)).toBe('line 5 of twenty b\n');
});

test.each([-5, 5])(
  'when the clock is set by %i hours, files go on in their order, and the oldest are deleted',
  async (hours) => {
    let looks = 0;
    class Counting extends Timestamps {
      override fileStamp(atMs: number): string {
        looks += 1;
        return super.fileStamp(atMs);
      }
    }
    const log = stream(small, {}, new Counting(() => 0));
    const paths: string[] = [];
    for (let i = 0; i < 6; i++) {
      if (i === 2) clock.step(hours * 3_600_000);
      log.write(`line ${i} of twenty b`, clock.now());
      clock.advance(50);
      await settle();
      paths.push(log.path);
    }
    expect(files.names()).toEqual([`${paths[3]}.zip`, `${paths[4]}.zip`, paths[5]]);
    expect(files.text(log.path)).toBe('line 5 of twenty b\n');
    // Not each millisecond of five hours.
    expect(looks).toBeLessThan(50);
  },
);

test('at the end of summer time files go on in their order, too', async () => {
  const change = START + 1_000;
  const log = stream(small, {}, new Timestamps((at) => (at < change ? 120 : 60)));
  const paths: string[] = [];
  for (let i = 0; i < 4; i++) {
    log.write(`line ${i} of twenty b`, clock.now());
    clock.advance(i === 1 ? 1_000 : 50);
    await settle();
    paths.push(log.path);
  }
  expect(paths).toEqual([...paths].sort());
  expect(new Set(paths).size).toBe(4);
});

test('the first file of a start says so, full ones are packed, and the end does not wait for that', async () => {
  const log = stream(small);
  const write = async (text: string) => {
    log.write(text, clock.now());
    clock.advance(50);
    await settle();
  };
  await write('line 0 of twenty b');
  await write('line 1 of twenty b');
  const first = `${FOLDER}/Desktop-webservices.2026-11-20T12-00-00.000.startup.log.zip`;
  expect(files.text(first)).toBe('line 0 of twenty b\n');
  let open = () => {};
  files.gate = new Promise((resolve) => {
    open = resolve;
  });
  const third = write('line 2 of twenty b');
  await settle();
  open();
  await third;
  files.gate = undefined;
  await log.close();
  expect(files.names().filter((name) => !name.endsWith('.zip'))).toContain(log.path);
  expect(failures).toEqual([]);
});

test('a full file that cannot be packed stays and is told', async () => {
  files.zip = () => Promise.reject(new Error('no room'));
  const log = stream(small);
  for (const at of [0, 1]) {
    log.write(`line ${at} of twenty b`, clock.now());
    clock.advance(50);
    await settle();
  }
  const first = `${FOLDER}/Desktop-webservices.2026-11-20T12-00-00.000.startup.log`;
  expect(files.text(first)).toBe('line 0 of twenty b\n');
  expect(failures).toEqual([`${first}: no room`]);
});

test('files of other families in the same folder are never deleted', async () => {
  files.files.set(`${FOLDER}/Error-Desktop-webservices.x.log`, { bytes: Buffer.alloc(1000), modifiedMs: 0 });
  const log = stream(small);
  log.write('x', clock.now());
  await log.flush();
  expect(files.names()).toContain(`${FOLDER}/Error-Desktop-webservices.x.log`);
});

test('a daily file changes with the day of its lines, not of the flush', async () => {
  const log = stream(FAMILIES.access);
  const midnight = START + 12 * 3_600_000;
  log.write('yesterday', midnight - 1);
  log.write('today', midnight);
  await log.flush();
  expect(files.text('/logs/finesse/logs/localhost_access_log.2026-11-20.txt')).toBe('yesterday\n');
  expect(files.text('/logs/finesse/logs/localhost_access_log.2026-11-21.txt')).toBe('today\n');
});

test('a daily file goes on after a restart and gets a second part when it is full', async () => {
  const family = { ...FAMILIES.access, fileBytesMax: 100_000 };
  const first = stream(family);
  first.write('a', clock.now());
  await first.close();
  const second = stream(family);
  second.write('b', clock.now());
  await second.flush();
  expect(files.names()).toHaveLength(1);
  for (let i = 0; i < 3; i++) {
    second.write('x'.repeat(60_000), clock.now());
    await second.flush();
  }
  expect(files.names().map((name) => name.replace(/.*log\./, ''))).toEqual([
    '2026-11-20.1.txt',
    '2026-11-20.2.txt',
    '2026-11-20.txt',
  ]);
});

test('old days are deleted beyond the number of files', async () => {
  const log = stream({ ...FAMILIES.access, filesMax: 2 });
  for (let day = 0; day < 4; day++) {
    clock.advance(24 * 3_600_000);
    log.write('x', clock.now());
    await log.flush();
  }
  expect(files.names().map((name) => name.slice(-14))).toEqual(['2026-11-23.txt', '2026-11-24.txt']);
});

test('a fixed file is shifted to numbered ones, of which the last is deleted', async () => {
  const log = stream({ ...FAMILIES.notificationInfo, fileBytesMax: 4, directoryBytesMax: 12, filesMax: 9 });
  for (const line of ['a', 'b', 'c', 'd', 'e', 'f', 'g']) {
    log.write(line, clock.now());
    await log.flush();
  }
  const folder = '/logs/desktop/logs/openfire/info.log';
  expect(files.names()).toEqual([folder, `${folder}.1`, `${folder}.2`]);
  expect([files.text(folder), files.text(`${folder}.1`), files.text(`${folder}.2`)]).toEqual([
    'g\n',
    'e\nf\n',
    'c\nd\n',
  ]);
});

test('lines beyond the queue are dropped and counted, while the disk is slow', async () => {
  let open = () => {};
  files.gate = new Promise((resolve) => {
    open = resolve;
  });
  const log = stream(FAMILIES.webservices, { queueLinesMax: 3 });
  for (let i = 0; i < 10; i++) log.write(`line ${i}`, clock.now());
  expect([log.queuedLines, log.dropped]).toEqual([3, 7]);
  open();
  await log.flush();
  expect([log.queuedLines, log.dropped]).toEqual([0, 7]);
  expect(files.text(log.path)).toBe('line 0\nline 1\nline 2\n');
});

test('the queue is bounded in characters too', () => {
  const log = stream(FAMILIES.webservices, { queueCharactersMax: 100 });
  log.write('x'.repeat(99), clock.now());
  log.write('xx', clock.now());
  expect([log.queuedLines, log.dropped]).toEqual([1, 1]);
});

test('a full disk is reported, tried again with growing pauses, and nothing queued is lost', async () => {
  files.failure = new Error('ENOSPC');
  const log = stream(FAMILIES.webservices);
  log.write('kept', clock.now());
  for (const pause of [50, 1_000, 2_000]) {
    clock.advance(pause);
    await settle();
  }
  expect(failures).toHaveLength(3);
  expect(log.failing).toBe(true);
  files.failure = undefined;
  clock.advance(4_000);
  await settle();
  expect(files.text(log.path)).toBe('kept\n');
  expect([log.failing, log.dropped]).toEqual([false, 0]);
});

test('a disk that takes a few bytes at a time gets every byte once, also when it fails in between', async () => {
  files.writeMax = 3;
  const log = stream(FAMILIES.webservices);
  log.write('0123456789', clock.now());
  await log.flush();
  expect(files.text(log.path)).toBe('0123456789\n');
});

test('what a dead disk still refuses at the end is counted as lost', async () => {
  files.failure = new Error('EROFS');
  const log = stream(FAMILIES.webservices);
  log.write('lost', clock.now());
  await log.close();
  expect([log.dropped, clock.pending]).toEqual([1, 0]);
  log.write('late', clock.now());
  expect(log.dropped).toBe(2);
});

test('a file that somebody deleted is made anew', async () => {
  const log = stream(FAMILIES.webservices);
  log.write('a', clock.now());
  await log.flush();
  files.files.clear();
  clock.advance(10_000);
  log.write('b', clock.now());
  await log.flush();
  expect(files.text(log.path)).toBe('b\n');
});

test('client logs are one file each, capped in size, number and total', async () => {
  const logs = new ClientLogs({
    root: '/logs',
    files,
    times: new Timestamps(() => 0),
    limits: { fileBytesMax: 10, filesMax: 3, directoryBytesMax: 25, pendingMax: 10 },
    onFailure: (path) => failures.push(path),
  });
  logs.submit('2001', 'ää ää ää', START);
  logs.submit('2001', 'second', START);
  logs.submit('../2002', 'third', START + 1);
  logs.submit('2003', 'x', START + 2);
  await logs.flush();
  const folder = '/logs/desktop/logs/clientlogs';
  expect(files.names()).toEqual([
    `${folder}/clientlog.2001.2026-11-20T12-00-00.000-1.log`,
    `${folder}/clientlog.2003.2026-11-20T12-00-00.002.log`,
    `${folder}/clientlog.___2002.2026-11-20T12-00-00.001.log`,
  ]);
  logs.submit('2004', 'ää ää ää', START + 3);
  logs.submit('2005', 'aää ää ää', START + 4);
  await logs.flush();
  expect(files.names()).toHaveLength(3);
  expect(files.text(`${folder}/clientlog.2005.2026-11-20T12-00-00.004.log`)).toBe('aää ää');
});

test('a zip is kept byte by byte under its own ending, counts as any other, and is lost as a whole when it is too long', async () => {
  const logs = new ClientLogs({
    root: '/logs',
    files,
    times: new Timestamps(() => 0),
    limits: { fileBytesMax: 10, filesMax: 2 },
    onFailure: (path) => failures.push(path),
  });
  const folder = '/logs/desktop/logs/clientlogs';
  logs.submit('2001', Uint8Array.of(0x50, 0x4b, 0x00, 0x0a, 0xff), START);
  logs.submit('2001', new Uint8Array(11), START + 1);
  await logs.flush();
  expect(files.names()).toEqual([`${folder}/clientlog.2001.2026-11-20T12-00-00.000.zip`]);
  expect([...(files.files.get(files.names()[0] as string)?.bytes ?? [])]).toEqual([
    0x50, 0x4b, 0x00, 0x0a, 0xff,
  ]);
  expect(logs.dropped).toBe(1);
  logs.submit('2002', 'text', START + 2);
  logs.submit('2003', Uint8Array.of(1), START + 3);
  await logs.flush();
  expect(files.names()).toEqual([
    `${folder}/clientlog.2002.2026-11-20T12-00-00.002.log`,
    `${folder}/clientlog.2003.2026-11-20T12-00-00.003.zip`,
  ]);
});

test('client logs beyond the queue are dropped', async () => {
  const logs = new ClientLogs({
    root: '/logs',
    files,
    times: new Timestamps(() => 0),
    limits: { pendingMax: 1 },
    onFailure: () => {},
  });
  for (let i = 0; i < 4; i++) logs.submit('2001', `${i}`, START);
  await logs.flush();
  expect(logs.dropped).toBeGreaterThan(0);
  expect(files.names().length + logs.dropped).toBe(4);
});
