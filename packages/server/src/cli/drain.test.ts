import { VirtualClock } from '@poise/clock';
import { beforeEach, describe, expect, test } from 'vitest';
import { MaintenanceMode } from '../desk/maintenance-mode.ts';
import { PlainError, phrase } from '../messages/catalogue.ts';
import { EN } from '../messages/en.ts';
import { maintenanceCommands } from '../parts/maintenance-commands.ts';
import type { Arguments } from './command.ts';
import { DRAIN_EXIT, drain } from './drain.ts';
import type { Terminal } from './terminal.ts';

const NOTICE_MS = 60_000;
const LIMIT_MS = 600_000;

let clock: VirtualClock;
let desktops: number;
let mode: MaintenanceMode;
let lines: string[];
let stopped: number;
let takers: number | null;
let interrupt: () => void;
let watches: number;
let awaited: number;
/** The server is gone. */
let isGone: boolean;
let ends: number;
/** So often the server was not stopped, because a desktop was there. */
let refusals: number;

beforeEach(() => {
  clock = new VirtualClock();
  desktops = 2;
  takers = 1;
  mode = new MaintenanceMode({
    clock,
    noticeMs: NOTICE_MS,
    limitMs: LIMIT_MS,
    connected: () => ({ desktop: desktops, fippa: 0, thirdparty: 1 }),
    awaited: () => awaited,
  });
  lines = [];
  stopped = 0;
  watches = 0;
  awaited = 0;
  isGone = false;
  ends = 0;
  refusals = 0;
});

function begin(...flags: string[]): Promise<number> {
  const commands = maintenanceCommands(mode, () => takers);
  const given: Arguments = {
    flags: new Set(flags),
    value: () => undefined,
    values: () => [],
    positionals: [],
  };
  const terminal = { messages: EN, print: (line: string) => lines.push(line) } as unknown as Terminal;
  return drain(given, terminal, {
    clock,
    onInterrupt: (interrupted) => {
      watches++;
      interrupt = interrupted;
      return () => watches--;
    },
    ask: async (command) => {
      if (isGone) throw new PlainError(phrase('control.notRunning', { path: '/data' }));
      return commands[command]?.();
    },
    stop: async () => {
      if (isGone) throw new PlainError(phrase('control.notRunning', { path: '/data' }));
      refusals += Number(desktops > 0);
      if (desktops > 0) return null;
      stopped++;
      isGone = true;
      return 0;
    },
    ended: async () => {
      ends++;
      return 0;
    },
  });
}

/** Time passes, and each look of the command has its answer before the next. */
async function pass(ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 1_000) {
    await new Promise(setImmediate);
    clock.advance(1_000);
  }
  await new Promise(setImmediate);
}

const ANNOUNCED = 'Announced, soon desktops move to another node: 2.';
const IDLE = 'No desktop is here now. Agents whose connection is lost are waited for.';
const DONE = 'No desktop is left here. Programs that are no desktops, and do not move: 1.';

test('that nobody can take over is told when it begins, and again after somebody could', async () => {
  takers = 0;
  void begin();
  await pass(3_000);
  const NOBODY = 'No other node can take desktops over now: they stay until one can.';
  expect(lines).toEqual([NOBODY, ANNOUNCED]);
  takers = 1;
  await pass(2_000);
  takers = 0;
  await pass(2_000);
  expect(lines).toEqual([NOBODY, ANNOUNCED, NOBODY]);
  // Without the word of other nodes nothing is said.
  takers = null;
  await pass(NOTICE_MS);
  expect(lines.filter((line) => line === NOBODY)).toHaveLength(2);
});

test('each change is a line, and when the last desktop has gone the command is done', async () => {
  const status = begin();
  await pass(NOTICE_MS + 2_000);
  expect(lines).toEqual([ANNOUNCED, 'Desktops move to another node. Still here: 2.']);
  desktops = 1;
  await pass(2_000);
  desktops = 0;
  await pass(20_000);
  expect(await status).toBe(0);
  expect(lines.slice(2)).toEqual([
    'Desktops move to another node. Still here: 1.',
    'Desktops move to another node. Still here: 0.',
    DONE,
  ]);
  // Who stops it now stops it without a loss: nobody may come meanwhile.
  expect(mode.state).toMatchObject({ mode: 'IN_PROGRESS', outcome: 'COMPLETED' });
  expect([stopped, watches]).toEqual([0, 0]);
});

test('--stop stops the server, after that and not before', async () => {
  const status = begin('stop');
  await pass(NOTICE_MS);
  desktops = 0;
  await pass(10_000);
  expect(stopped).toBe(0);
  await pass(30_000);
  expect([await status, stopped]).toEqual([0, 1]);
});

describe('a server without desktops', () => {
  test('is done within seconds: the notice is for nobody', async () => {
    desktops = 0;
    const status = begin('stop');
    await pass(5_000);
    expect([await status, stopped, lines]).toEqual([0, 1, [IDLE, DONE]]);
  });

  test('as soon as the last one has gone by itself', async () => {
    const status = begin();
    await pass(10_000);
    desktops = 0;
    await pass(4_000);
    expect([await status, mode.state.outcome]).toEqual([0, 'COMPLETED']);
  });

  test('waits for those who are between two connections', async () => {
    desktops = 0;
    awaited = 1;
    const status = begin();
    await pass(NOTICE_MS - 2_000);
    expect(mode.state).toMatchObject({ mode: 'INITIATING', outcome: 'IN_PROGRESS' });
    awaited = 0;
    desktops = 1;
    await pass(5_000);
    expect(mode.state).toMatchObject({ mode: 'IN_PROGRESS', outcome: 'IN_PROGRESS' });
    desktops = 0;
    await pass(20_000);
    expect(await status).toBe(0);
  });

  test('one look alone is not enough: a page may be on its way', async () => {
    desktops = 0;
    void begin();
    await pass(1_000);
    desktops = 1;
    await pass(1_000);
    desktops = 0;
    await pass(1_000);
    desktops = 1;
    await pass(5_000);
    expect(mode.state).toMatchObject({ mode: 'INITIATING', outcome: 'IN_PROGRESS' });
  });
});

describe('two at once', () => {
  test('one begins the mode, one joins it; one stops the server, and both are done', async () => {
    const both = [begin('stop'), begin('stop')];
    await pass(3_000);
    desktops = 0;
    await pass(10_000);
    expect([await Promise.all(both), stopped, ends]).toEqual([[0, 0], 1, 1]);
  });

  test('the server is gone before the second has seen why, when no desktop was left', async () => {
    const status = begin('stop');
    await pass(NOTICE_MS + 2_000);
    desktops = 0;
    await pass(2_000);
    isGone = true;
    await pass(2_000);
    expect([await status, ends]).toEqual([0, 1]);
  });

  test.each([
    ['desktops were left', ['stop'], 2],
    ['it was not to be stopped', [], 0],
  ] as const)('a server that ends meanwhile is an error where %s', async (_what, flags, left) => {
    const status = begin(...flags);
    const failed = expect(status).rejects.toThrow(PlainError);
    await pass(NOTICE_MS + 2_000);
    desktops = left;
    await pass(2_000);
    isGone = true;
    await pass(2_000);
    await failed;
    expect(ends).toBe(0);
  });
});

describe('who has come since no desktop was left', () => {
  beforeEach(async () => {
    desktops = 0;
    const status = begin();
    await pass(10_000);
    expect([await status, lines]).toEqual([0, [IDLE, DONE]]);
    desktops = 1;
    lines = [];
  });
  const MOVES = 'Desktops move to another node. Still here: 1.';

  test('is waited for', async () => {
    const status = begin('stop');
    await pass(30_000);
    expect([stopped, lines]).toEqual([0, [MOVES]]);
    desktops = 0;
    await pass(10_000);
    expect([await status, stopped, lines.at(-1)]).toEqual([0, 1, DONE]);
  });

  test('is waited for by several, as long as the limit says', async () => {
    const statuses = [begin('stop'), begin('stop')];
    await pass(LIMIT_MS - 5_000);
    expect(mode.state.mode).toBe('IN_PROGRESS');
    await pass(10_000);
    expect([await Promise.all(statuses), stopped]).toEqual([[DRAIN_EXIT.left, DRAIN_EXIT.left], 0]);
    expect(mode.state).toMatchObject({ mode: null, outcome: 'FAILED' });
  });
});

test('--stop: a desktop that comes between the last look and the stop is waited for', async () => {
  desktops = 0;
  const status = begin('stop');
  await pass(3_000);
  expect(lines.at(-1)).toBe(DONE);
  // Seen as empty; the pause before the stop has begun.
  desktops = 1;
  await pass(10_000);
  expect([stopped, refusals, lines.at(-1)]).toEqual([0, 1, 'Desktops move to another node. Still here: 1.']);
  desktops = 0;
  await pass(30_000);
  expect([await status, stopped, refusals, lines.at(-1)]).toEqual([0, 1, 1, DONE]);
});

describe('a status of its own tells', () => {
  test('that desktops are left at the limit; then nothing is stopped', async () => {
    const status = begin('stop');
    await pass(LIMIT_MS + 2_000);
    expect([await status, stopped]).toEqual([DRAIN_EXIT.left, 0]);
    expect(lines.at(-1)).toBe(
      'The maintenance mode is over, with desktops still here: 2. The server works on.',
    );
  });

  test('that somebody else has ended the mode', async () => {
    const status = begin();
    await pass(5_000);
    mode.end();
    await pass(2_000);
    expect(await status).toBe(DRAIN_EXIT.left);
  });

  test('that it was interrupted: the mode ends with it, at once', async () => {
    const status = begin('stop');
    await pass(NOTICE_MS + 1_000);
    interrupt();
    expect([await status, stopped, watches]).toEqual([DRAIN_EXIT.interrupted, 0, 0]);
    expect(mode.state.mode).toBeNull();
  });
});

test('a mode that is on already is followed, not begun anew', async () => {
  mode.start();
  await pass(NOTICE_MS + 1_000);
  desktops = 0;
  const status = begin();
  await pass(30_000);
  expect([await status, lines.at(-1)]).toEqual([0, DONE]);
});

test('a mode that has emptied the server already is done at once', async () => {
  desktops = 0;
  mode.start();
  await pass(30_000);
  const status = begin('stop');
  await pass(5_000);
  expect([await status, stopped, lines]).toEqual([0, 1, [DONE]]);
});

test('--json prints whole answers', async () => {
  const status = begin('json');
  await pass(NOTICE_MS - 2_000);
  desktops = 0;
  awaited = 1;
  await pass(30_000);
  expect(await status).toBe(0);
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { mode: 'INITIATING', status: 'IN_PROGRESS', pending: 2 },
    { mode: 'INITIATING', status: 'IN_PROGRESS', pending: 0 },
    { mode: 'IN_PROGRESS', status: 'IN_PROGRESS' },
    { mode: 'IN_PROGRESS', status: 'COMPLETED', completionAt: null },
  ]);
});
