import { VirtualClock } from '@poise/clock';
import { AgentState } from '@poise/ged188';
import { afterEach, expect, test } from 'vitest';
import { LinkPicture } from '../../test/cti/link-picture.ts';
import { ALIKE_QUIET_MS, DIFFERENT_TOLD_MAX, LinkNewsRoom, Repetitions, STANDING_MS } from './link-news.ts';

let picture: LinkPicture | undefined;
afterEach(async () => {
  await picture?.link.stop();
  picture = undefined;
});

const news = ({ observed }: LinkPicture): string[] =>
  observed.flatMap((happening) =>
    happening.kind === 'cti.link' ? [`${happening.state} ${happening.side}: ${happening.reason}`] : [],
  );

async function outage(): Promise<LinkPicture> {
  picture = new LinkPicture({ agents: ['a'], twoSides: true });
  picture.server.agents.set('a', { state: AgentState.NOT_READY, extension: '2001' });
  await picture.start();
  picture.observed.length = 0;
  picture.server.listening = false;
  picture.server.drop();
  return picture;
}

test('however long both sides were away, service is back within 750 ms after one accepts, and its recovery', async () => {
  const link = await outage();
  link.clock.advance(3_600_000);
  for (let n = 0; n < 20; n += 1) {
    const accepts = link.clock.monotonic();
    link.server.listening = true;
    link.clock.advance(5_000);
    expect(link.inServiceAt.at(-1)! - accepts).toBeLessThanOrEqual(750);
    link.server.listening = false;
    link.server.drop();
    link.clock.advance(60_000 + 37 * n);
  }
});

test('nor does a side whose machine is gone, and from which nothing comes back, keep the link from the other for long', async () => {
  const link = await outage();
  link.server.blackHole = 'b';
  link.clock.advance(60_000);
  const waits: number[] = [];
  for (let n = 0; n < 40; n += 1) {
    link.clock.advance(60_000 + 149 * n);
    const accepts = link.clock.monotonic();
    link.server.listening = true;
    link.clock.advance(10_000);
    expect(link.link.state).toBe('IN_SERVICE');
    waits.push(link.inServiceAt.at(-1)! - accepts);
    link.server.listening = false;
    link.server.drop();
  }
  expect(Math.min(...waits)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...waits)).toBeLessThanOrEqual(3_000);
});

test('an hour of refusals is told once per side, and then once a minute', async () => {
  const link = await outage();
  link.clock.advance(5_000);
  const first = news(link);
  expect(first[0]).toBe('DISCONNECTED A: reset by peer');
  expect(first.filter((line) => line === 'DISCONNECTED A: connection refused')).toHaveLength(1);
  expect(first.filter((line) => line === 'DISCONNECTED B: connection refused')).toHaveLength(1);
  link.observed.length = 0;
  link.clock.advance(3_600_000);
  const told = news(link);
  // CONNECTING and DISCONNECTED of each side, sixty times.
  expect(told.length).toBeGreaterThan(200);
  expect(told.length).toBeLessThanOrEqual(242);
  expect(told.find((line) => line.startsWith('DISCONNECTED A'))).toMatch(
    /^DISCONNECTED A: connection refused \(\d+ more alike before\)$/,
  );
  link.observed.length = 0;
  link.server.listening = true;
  link.clock.advance(1_000);
  expect(news(link).map((line) => line.split(' ')[0])).toEqual([
    'CONNECTING',
    'OPENING',
    'CONFIGURING',
    'RECOVERING',
    'IN_SERVICE',
  ]);
});

test('an end of another kind, or of an attempt that came further, is told at once', () => {
  const told: string[] = [];
  const room = new LinkNewsRoom(new VirtualClock(), ({ state, reason }) => told.push(`${state} ${reason}`));
  const hear = (state: Parameters<typeof room.heard>[0]['state'], reason = '') =>
    room.heard({ state, side: 'A', reason });
  const attempt = (reason: string, opens = false) => {
    told.length = 0;
    hear('CONNECTING');
    if (opens) hear('OPENING');
    hear('DISCONNECTED', reason);
    return told.map((line) => line.trim());
  };
  expect(attempt('refused')).toEqual(['CONNECTING', 'DISCONNECTED refused']);
  expect(attempt('refused')).toEqual([]);
  expect(attempt('no route')).toEqual(['CONNECTING', 'DISCONNECTED no route']);
  expect(attempt('refused', true)).toEqual(['CONNECTING', 'OPENING', 'DISCONNECTED refused']);
  expect(attempt('refused', true)).toEqual([]);
  hear('IN_SERVICE');
  expect(attempt('refused')).toEqual(['CONNECTING', 'DISCONNECTED refused']);
});

test('an attempt that stands is told, although one before came as far, and so is what follows in it', () => {
  const clock = new VirtualClock();
  const told: string[] = [];
  const room = new LinkNewsRoom(clock, ({ state }) => told.push(state));
  const hear = (...states: Parameters<typeof room.heard>[0]['state'][]) => {
    for (const state of states) room.heard({ state, side: 'A', reason: 'r' });
  };
  hear('CONNECTING', 'OPENING', 'CONFIGURING', 'RECOVERING', 'DISCONNECTED');
  told.length = 0;
  hear('CONNECTING', 'OPENING', 'PERIPHERAL_OFFLINE');
  clock.advance(STANDING_MS - 1);
  expect(told).toEqual([]);
  clock.advance(1);
  expect(told).toEqual(['CONNECTING', 'OPENING', 'PERIPHERAL_OFFLINE']);
  hear('CONFIGURING', 'PERIPHERAL_OFFLINE');
  expect(told.slice(3)).toEqual(['CONFIGURING', 'PERIPHERAL_OFFLINE']);
  hear('DISCONNECTED');
  expect(told.slice(5)).toEqual(['DISCONNECTED']);
  hear('CONNECTING', 'DISCONNECTED', 'CONNECTING', 'DISCONNECTED');
  expect(told.slice(6)).toEqual(['CONNECTING', 'DISCONNECTED']);
});

test('reasons that are different each time are bounded, too', () => {
  let now = 0;
  const repetitions = new Repetitions(() => now);
  const told = () => Array.from({ length: 100 }, (_, n) => repetitions.next(`reason ${now + n}`));
  expect(told().filter((n) => n !== null)).toHaveLength(DIFFERENT_TOLD_MAX);
  now = ALIKE_QUIET_MS;
  expect(told().filter((n) => n !== null)).toHaveLength(DIFFERENT_TOLD_MAX);
});

test('a server that refuses every session is reported once a minute', async () => {
  const link = await outage();
  link.server.listening = true;
  link.server.onOpen = ({ InvokeID }) => link.server.send('FAILURE_CONF', { InvokeID, Status: 36 });
  link.clock.advance(300_000);
  const said = link.observed.filter(({ kind }) => kind === 'operator');
  expect(link.attempts.length).toBeGreaterThan(300);
  expect(said.length).toBeGreaterThanOrEqual(5);
  expect(said.length).toBeLessThanOrEqual(6);
  expect(news(link).length).toBeLessThan(60);
});
