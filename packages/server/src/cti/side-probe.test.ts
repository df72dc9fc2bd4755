/** One side is waited for, the other is tried beside it. Each side is a server of its own. */
import { FailureStatus, type Fields } from '@poise/ged188';
import { afterEach, describe, expect, test } from 'vitest';
import { LinkPicture } from '../../test/cti/link-picture.ts';
import type { ScriptedCtiServer } from '../../test/cti/scripted-cti-server.ts';
import { OPENING_ALONE_MS, UNDELIVERED_ALONE_MS } from './link-state.ts';
import { PROBE_OFFLINE_RETRY_MS, PROBE_RETRY_MS, PROBE_TRANSITIONS } from './side-probe.ts';

let picture: LinkPicture | undefined;
afterEach(async () => {
  await picture?.link.stop();
  // Nothing goes on after the end; the server's own answers come to nothing.
  picture?.clock.advance(120_000);
  if (picture !== undefined) expect(picture.clock.pending).toBe(0);
  picture = undefined;
});

/** In service on side A, with both sides up. */
async function inService(): Promise<LinkPicture> {
  picture = new LinkPicture({ agents: ['a', 'b'], sidesApart: true });
  await picture.start();
  expect(picture.link.info.servers.map(({ active }) => active)).toEqual([true, false]);
  return picture;
}

function down(side: ScriptedCtiServer): void {
  side.listening = false;
  side.drop();
}

/** Whatever comes is read, and nothing is answered any more. */
function silent(side: ScriptedCtiServer): void {
  side.onOpen = () => {};
  delivers(side, false);
}

function delivers(side: ScriptedCtiServer, does: boolean): void {
  side.answersHeartbeats = does;
  side.answersConfiguration = does;
  side.answersQueries = does;
  side.answersSnapshots = does;
}

/** OPEN_CONF takes so long. */
function opensAfter(link: LinkPicture, side: ScriptedCtiServer, ms: number, then = () => {}): void {
  side.onOpen = (fields: Fields) => {
    link.clock.schedule(ms, () => {
      side.open(fields);
      then();
    });
  };
}

/** From now until in service, ms. */
function wait(link: LinkPicture, withinMs: number): number {
  const from = link.clock.monotonic();
  const times = link.inServiceAt.length;
  while (link.inServiceAt.length === times && link.clock.monotonic() - from < withinMs)
    link.clock.advance(10);
  expect(link.link.state).toBe('IN_SERVICE');
  return link.inServiceAt.at(-1)! - from;
}

const opens = (side: ScriptedCtiServer): number =>
  side.received.filter(({ name }) => name === 'OPEN_REQ').length;

/** Of 5 s; the rest is for the recovery. */
const FOUND_WITHIN_MS = OPENING_ALONE_MS[0]! + PROBE_RETRY_MS + 10;
const OUTAGES_S = [0.1, 1, 2, 5, 10, 30.3, 60, 61.9, 100, 1_000];

describe('the side in service is back within 5 s after it accepts, while the other', () => {
  test.each(OUTAGES_S)('accepts and is silent, and it was away for %d s', async (seconds) => {
    const link = await inService();
    silent(link.sideB);
    down(link.server);
    link.clock.advance(seconds * 1_000);
    expect(link.link.state).not.toBe('IN_SERVICE');
    link.server.listening = true;
    expect(wait(link, 120_000)).toBeLessThanOrEqual(FOUND_WITHIN_MS);
  });

  test.each(OUTAGES_S)('opens a session and delivers nothing, and it was away for %d s', async (seconds) => {
    const link = await inService();
    delivers(link.sideB, false);
    down(link.server);
    link.clock.advance(seconds * 1_000);
    expect(link.link.state).not.toBe('IN_SERVICE');
    link.server.listening = true;
    expect(wait(link, 120_000)).toBeLessThanOrEqual(FOUND_WITHIN_MS);
  });

  test.each(OUTAGES_S)('closes each connection after 3 s, and it was away for %d s', async (seconds) => {
    const link = await inService();
    link.sideB.onOpen = () => void link.clock.schedule(3_000, () => link.sideB.drop());
    down(link.server);
    link.clock.advance(seconds * 1_000);
    link.server.listening = true;
    expect(wait(link, 120_000)).toBeLessThanOrEqual(FOUND_WITHIN_MS);
  });
});

test.each(OUTAGES_S)(
  'a frozen side does not keep the link from the other, which accepts after %d s',
  async (s) => {
    const link = await inService();
    down(link.sideB);
    silent(link.server);
    while (link.link.inService) link.clock.advance(100);
    link.clock.advance(s * 1_000);
    link.sideB.listening = true;
    expect(wait(link, 120_000)).toBeLessThanOrEqual(FOUND_WITHIN_MS);
  },
);

describe('a slow server has its time', () => {
  test.each([8, 30, 59])('when it is the only one that accepts: %d s', async (seconds) => {
    const link = await inService();
    opensAfter(link, link.server, seconds * 1_000);
    down(link.sideB);
    link.server.drop();
    expect(wait(link, 70_000)).toBeLessThanOrEqual(seconds * 1_000 + 10);
    expect(opens(link.server)).toBe(2);
    // All that time the other one was asked.
    expect(link.attempts.filter((attempt) => attempt.startsWith('b')).length).toBeGreaterThan(seconds / 2);
  });

  test.each([8, 30, 59])('when the other accepts and is silent: %d s', async (seconds) => {
    const link = await inService();
    opensAfter(link, link.server, seconds * 1_000);
    silent(link.sideB);
    link.server.drop();
    expect(wait(link, 70_000)).toBeLessThanOrEqual(seconds * 1_000 + 10);
    expect(opens(link.server)).toBe(2);
    expect(opens(link.sideB)).toBe(1);
  });

  test.each([8, 30, 59])(
    'when both sides are slow, and the one that is first is used: %d s',
    async (seconds) => {
      const link = await inService();
      opensAfter(link, link.server, seconds * 1_000);
      opensAfter(link, link.sideB, seconds * 1_000);
      link.server.drop();
      expect(wait(link, 70_000)).toBeLessThanOrEqual(seconds * 1_000 + 10);
      link.clock.advance(200_000);
      expect(link.link.state).toBe('IN_SERVICE');
      expect([opens(link.server), opens(link.sideB)]).toEqual([2, 1]);
      expect(link.sideB.connected).toBe(false);
    },
  );

  test.each([8, 30, 59])(
    'when both share sessions, and openings are read that were given up: %d s',
    async (s) => {
      const link = await inService();
      const { server: a, sideB: b } = link;
      const ends = (side: ScriptedCtiServer) => () =>
        side.send('FAILURE_EVENT', { Status: FailureStatus.NEW_SESSION_OPENED });
      opensAfter(link, a, s * 1_000, ends(b));
      opensAfter(link, b, s * 1_000, ends(a));
      a.drop();
      // Once or twice the server ends the session for the opening of the other side; then that side is left alone.
      link.clock.advance(s * 4_000);
      const times = link.inServiceAt.length;
      expect(link.link.state).toBe('IN_SERVICE');
      link.clock.advance(600_000);
      expect(link.inServiceAt.length).toBe(times);
      expect(link.link.state).toBe('IN_SERVICE');
      const said = link.observed.flatMap((one) => (one.kind === 'operator' ? [one.text] : []));
      expect(said.filter((text) => text.includes('another client'))).toEqual([]);
      // Another loss is no reason to wait for the other side.
      silent(a);
      b.onOpen = (fields) => b.open(fields);
      a.drop();
      expect(wait(link, 10_000)).toBeLessThanOrEqual(FOUND_WITHIN_MS);
    },
  );

  test('when its configuration takes 8 s on both sides: they are not exchanged for each other for ever', async () => {
    const link = await inService();
    for (const side of [link.server, link.sideB]) {
      side.answersConfiguration = false;
      side.onOpen = (fields) => {
        side.open(fields);
        link.clock.schedule(8_000, () => side.send('CONFIG_END_EVENT', { ConfigEndStatus: 1 }));
      };
    }
    link.server.drop();
    expect(wait(link, 60_000)).toBeLessThanOrEqual(UNDELIVERED_ALONE_MS[0]! + 8_000 + 10);
  });
});

test('a session that delivers is not left: the other side is asked no longer', async () => {
  const link = await inService();
  link.server.onAgentQuery = (fields) => link.clock.schedule(8_000, () => link.server.query(fields));
  link.server.drop();
  expect(wait(link, 60_000)).toBeGreaterThanOrEqual(8_000);
  expect(opens(link.sideB)).toBe(0);
  expect(link.attempts.filter((attempt) => attempt.startsWith('b'))).toEqual([]);
});

test('a server that ends the silent session for the one on its other side is not taken for a stranger', async () => {
  const link = await inService();
  const { server: a, sideB: b } = link;
  delivers(a, false);
  b.onOpen = (fields) => {
    // First the end of the older one.
    a.send('FAILURE_EVENT', { Status: FailureStatus.NEW_SESSION_OPENED });
    link.clock.schedule(100, () => b.open(fields));
  };
  a.drop();
  expect(wait(link, 20_000)).toBeLessThanOrEqual(FOUND_WITHIN_MS + 100);
  expect(opens(b)).toBe(1);
  expect(link.observed.filter(({ kind }) => kind === 'operator')).toEqual([]);
});

test('a side whose peripheral is offline does not end the opening of the other', async () => {
  const link = await inService();
  opensAfter(link, link.server, 30_000);
  link.sideB.onOpen = ({ InvokeID, ServicesRequested: ServicesGranted }) =>
    link.sideB.send('OPEN_CONF', { InvokeID, ServicesGranted, PGStatus: 4, PeripheralOnline: 0 });
  link.server.drop();
  expect(wait(link, 60_000)).toBeLessThanOrEqual(30_010);
  expect(opens(link.sideB)).toBe(Math.ceil(28_000 / PROBE_OFFLINE_RETRY_MS));
});

test('a refusal of the other side is reported once a minute, and ends nothing', async () => {
  const link = await inService();
  opensAfter(link, link.server, 50_000);
  link.sideB.onOpen = ({ InvokeID }) => link.sideB.send('FAILURE_CONF', { InvokeID, Status: 36 });
  link.server.drop();
  expect(wait(link, 60_000)).toBeLessThanOrEqual(50_010);
  const said = link.observed.flatMap((one) => (one.kind === 'operator' ? [one.text] : []));
  expect(said).toEqual(['The CTI server refused the session (status 36).']);
});

test('what is told of a change of sides is the end of one attempt and the steps of the other', async () => {
  const link = await inService();
  silent(link.server);
  link.observed.length = 0;
  link.server.drop();
  link.clock.advance(3_000);
  const told = link.observed.flatMap((one) =>
    one.kind === 'cti.link' ? [`${one.state} ${one.side}: ${one.reason}`] : [],
  );
  expect(told).toEqual([
    'DISCONNECTED A: reset by peer',
    'CONNECTING A: attempt 2',
    'OPENING A: connected',
    'DISCONNECTED A: the other side has answered first',
    'CONNECTING B: attempt 3',
    'OPENING B: connected beside the other side',
    'CONFIGURING B: session of version 24',
    'RECOVERING B: configuration received',
    'IN_SERVICE B: the state of all agents is known',
  ]);
  expect(link.link.info.servers.map(({ active }) => active)).toEqual([false, true]);
});

test('a link that is stopped while the other side is tried leaves nothing open', async () => {
  const link = await inService();
  silent(link.server);
  silent(link.sideB);
  link.server.drop();
  link.clock.advance(3_000);
  expect([link.server.connected, link.sideB.connected]).toEqual([true, true]);
  await link.link.stop();
  expect([link.server.connected, link.sideB.connected]).toEqual([false, false]);
  expect(link.clock.pending).toBe(0);
});

test('a probe can be ended in every state, and is taken over only while its OPEN_REQ is on its way', () => {
  for (const [state, transitions] of Object.entries(PROBE_TRANSITIONS)) {
    expect(transitions.end).toBe(state === 'OFF' ? undefined : 'OFF');
    expect(transitions.taken).toBe(state === 'OPENING' ? 'OFF' : undefined);
  }
});
