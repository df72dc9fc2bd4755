import { VirtualClock } from '@poise/clock';
import { beforeEach, describe, expect, test } from 'vitest';
import { settle } from '../test/wire-texts.ts';
import { type ClockMeasurement, ClockWatch, driftLine, type ServerTime } from './clock-watch.ts';

let clock: VirtualClock;
let watch: ClockWatch;
let measured: ClockMeasurement[];
let questions: { answer(time: ServerTime): void; refuse(): void }[];
let woken: number;
/** By how much its last timer was late, ms. */
let late: number;
/** Server minus client, ms. */
let ahead: number;

beforeEach(() => {
  clock = new VirtualClock();
  measured = [];
  questions = [];
  woken = 0;
  ahead = 0;
  watch = new ClockWatch({
    clock,
    intervalMs: 60_000,
    ask: () =>
      new Promise((resolve, reject) =>
        questions.push({ answer: resolve, refuse: () => reject(new Error()) }),
      ),
    measured: (measurement) => measured.push(measurement),
    woke: (lateMs) => {
      woken++;
      late = lateMs;
    },
  });
  watch.start();
});

const serverTime = (): ServerTime => ({
  currentTimestamp: new Date(clock.now() + ahead),
  timezoneOffset: -360,
});

/** Answers the open question: the server writes halfway. */
async function answer(roundTripMs = 0): Promise<void> {
  clock.advance(roundTripMs / 2);
  const written = serverTime();
  clock.advance(roundTripMs / 2);
  questions.shift()!.answer(written);
  await settle();
}

async function minute(): Promise<void> {
  clock.advance(60_000);
  await settle();
}

test('the server is asked at once and then every minute, whatever comes of it', async () => {
  expect(questions).toHaveLength(1);
  await answer();
  await minute();
  expect(questions).toHaveLength(1);
  questions.shift()!.refuse();
  await settle();
  await minute();
  await answer();
  expect(measured).toHaveLength(2);
});

test('drift is server minus client at the middle of the round trip: positive when the server is ahead', async () => {
  ahead = 7_000;
  await answer(400);
  expect(measured[0]).toMatchObject({ drift: 7_000, roundTrip: 400, offset: 7_000, timezoneOffset: -360 });
  expect(measured[0]!.serverTime - measured[0]!.clientTime).toBe(7_000);
});

test('what lies within the doubt of a slow answer does not move the timers', async () => {
  ahead = 1_000;
  await answer(20);
  await minute();
  ahead = 1_300;
  await answer(800);
  expect(measured[1]).toMatchObject({ drift: 1_300, offset: 1_000 });
  await minute();
  await answer(20);
  expect(measured[2]!.offset).toBe(1_300);
});

describe('a jump', () => {
  test('is looked at a second time at once, and believed when it is still there', async () => {
    await answer();
    await minute();
    ahead = 3_600_000;
    await answer();
    expect(measured[1]).toMatchObject({ drift: 3_600_000, offset: 0 });
    clock.advance(1_000);
    await answer();
    expect(measured[2]!.offset).toBe(3_600_000);
  });

  test('of one answer alone, as from a proxy that kept an old one, changes nothing', async () => {
    await answer();
    await minute();
    ahead = -86_400_000;
    await answer();
    clock.advance(1_000);
    ahead = 0;
    await answer();
    expect(measured.map(({ offset }) => offset)).toEqual([0, 0, 0]);
    await minute();
    expect(questions).toHaveLength(1);
  });
});

test.each<[string, () => void]>([
  ['without a time', () => questions.shift()!.answer({ currentTimestamp: null, timezoneOffset: null })],
  [
    'that comes after a sleep, or while the clock of the computer is set',
    () => {
      const written = serverTime();
      clock.step(600_000);
      questions.shift()!.answer(written);
    },
  ],
])('an answer %s is no measurement, and the next question follows', async (_title, happens) => {
  happens();
  await settle();
  expect(measured).toEqual([]);
  await minute();
  expect(questions).toHaveLength(1);
});

test('another server is measured anew', async () => {
  await answer();
  watch.forget();
  watch.start();
  ahead = 50_000;
  await answer();
  expect(measured.at(-1)!.offset).toBe(50_000);
});

test('after the end a late answer says nothing, and no timer is left', async () => {
  watch.stop();
  await answer();
  expect(measured).toEqual([]);
  expect(clock.pending).toBe(0);
});

describe('a sleep', () => {
  test('is noticed by a timer that fires long after its time', () => {
    clock.step(600_000);
    clock.advance(15_000);
    expect(woken).toBe(1);
    expect(late).toBe(600_000);
    clock.advance(120_000);
    expect(woken).toBe(1);
  });

  test('is no matter of a few seconds', () => {
    clock.step(15_000);
    clock.advance(15_000);
    expect(woken).toBe(0);
  });
});

test.each<[string, number, number, string]>([
  [
    'fin1.ucce.local',
    -300,
    -360,
    '2019-01-11T12:24:14.586 -05:00: : fin1.ucce.local: Jan 11 2019 11:24:14.577 -0600: Header : ' +
      'Client: 2019-01-11T17:24:14.580Z, Server: 2019-01-11T17:24:14.577Z, Drift: -3 ms, Network Latency (round trip): 12 ms',
  ],
  [
    'a',
    345,
    0,
    '2019-01-11T23:09:14.586 +05:45: : a: Jan 11 2019 17:24:14.577 +0000: Header : ' +
      'Client: 2019-01-11T17:24:14.580Z, Server: 2019-01-11T17:24:14.577Z, Drift: -3 ms, Network Latency (round trip): 12 ms',
  ],
])('the line of %s has the form of the original', (host, pcOffset, timezoneOffset, line) => {
  const measurement = {
    clientTime: Date.parse('2019-01-11T17:24:14.580Z'),
    serverTime: Date.parse('2019-01-11T17:24:14.577Z'),
    drift: -3.2,
    roundTrip: 12,
    offset: 0,
    timezoneOffset,
  };
  expect(driftLine(host, measurement, pcOffset)).toBe(line);
});
