import { VirtualClock } from '@poise/clock';
import { AgentState, FailureStatus } from '@poise/ged188';
import { afterEach, expect, test } from 'vitest';
import { TestCentre } from '../../test/centre/test-centre.ts';
import { LinkPicture } from '../../test/cti/link-picture.ts';
import { Happenings } from '../happenings.ts';
import { CTI_LINK_DEFAULTS, CtiLink } from './link.ts';
import {
  LINK_TRANSITIONS,
  type LinkState,
  nextLinkState,
  OPENING_ALONE_MS,
  RECONNECT_DELAYS_MS,
  reconnectDelayMs,
} from './link-state.ts';
import type { CtiSocketFactory } from './socket.ts';

let centre: TestCentre | undefined;
afterEach(async () => {
  await centre?.close();
  centre = undefined;
});

const states = (told: TestCentre['told']) =>
  told.flatMap((happening) => (happening.kind === 'cti.link' ? [happening.state] : []));

test('the link opens, gets configuration and states, and then is in service', async () => {
  centre = new TestCentre();
  await centre.app.ready();
  expect(centre.desk.status.inService).toBe(false);
  await centre.link.start();
  centre.clock.advance(10);
  expect(states(centre.told)).toEqual([
    'DISCONNECTED',
    'CONNECTING',
    'OPENING',
    'CONFIGURING',
    'RECOVERING',
    'IN_SERVICE',
  ]);
  const names = centre.server.received.map(({ name }) => name);
  expect(names.slice(0, 2)).toEqual(['OPEN_REQ', 'CONFIG_REQUEST_EVENT']);
  expect(names.filter((name) => name === 'QUERY_AGENT_STATE_REQ')).toHaveLength(7);
  expect(centre.server.received[0]!.fields).toMatchObject({
    ClientSignature: 'Poise-node1',
    VersionNumber: 24,
  });
  expect(centre.link.health()).toMatchObject({ state: 'running', ready: true });
  expect(centre.desk.status.inService).toBe(true);
});

test('agents who are signed in when the link comes are known and published', async () => {
  centre = new TestCentre();
  centre.server.agents.set('3001', { state: AgentState.AVAILABLE, extension: '2003' });
  await centre.app.ready();
  await centre.link.start();
  centre.clock.advance(10);
  expect(centre.published.map(({ node }) => node)).toEqual([
    '/finesse/api/SystemInfo',
    '/finesse/api/User/3001',
    '/finesse/api/Team/5002/Users',
  ]);
  expect(centre.published[1]!.payload).toContain('<state>READY</state>\n<stateChangeTime></stateChangeTime>');
});

test('after a loss the states are asked again and the last state of every agent is published after IN_SERVICE', async () => {
  centre = await TestCentre.open();
  await centre.put('3001', { state: 'LOGIN', extension: '2003' }, 'r1');
  centre.server.drop();
  expect(centre.desk.status.inService).toBe(false);
  centre.server.agents.set('3001', { state: AgentState.AVAILABLE, extension: '2003' });
  centre.published.length = 0;
  centre.clock.advance(100);
  const nodes = centre.published.map(({ node }) => node);
  expect(nodes[0]).toBe('/finesse/api/SystemInfo');
  expect(nodes.filter((node) => /User\/\w+$/.test(node))).toHaveLength(7);
  const user = centre.published.find(({ node }) => node === '/finesse/api/User/3001')!;
  expect(user.payload).toContain('<state>READY</state>');
});

test('an event that arrives during recovery is newer than the answer to the query', async () => {
  centre = new TestCentre();
  centre.server.answersQueries = false;
  await centre.app.ready();
  await centre.link.start();
  centre.clock.advance(5);
  expect(centre.link.state).toBe('RECOVERING');
  centre.server.event('3001', AgentState.TALKING, '2003');
  const query = centre.server.received.find(
    ({ name, fields }) => name === 'QUERY_AGENT_STATE_REQ' && fields.AgentID === '3001',
  )!;
  centre.server.send('QUERY_AGENT_STATE_CONF', {
    InvokeID: query.fields.InvokeID,
    AgentState: AgentState.LOGOUT,
    MRDID: 1,
    NumTasks: 0,
    AgentMode: 0,
    MaxTaskLimit: 1,
    ICMAgentID: 0,
    AgentAvailabilityStatus: 0,
  });
  expect(centre.desk.agents.get('3001').state).toBe('TALKING');
});

test('queries that are never answered do not keep the server out of service for ever', async () => {
  centre = new TestCentre();
  centre.server.answersQueries = false;
  centre.server.answersConfiguration = false;
  await centre.app.ready();
  await centre.link.start();
  centre.clock.advance(40_000);
  expect(centre.link.state).toBe('IN_SERVICE');
});

test('three heartbeats without an answer end the connection, and a new one is made', async () => {
  centre = await TestCentre.open();
  centre.server.answersHeartbeats = false;
  centre.clock.advance(30_000);
  expect(centre.server.connections).toBeGreaterThan(1);
  expect(states(centre.told)).toContain('DISCONNECTED');
});

test('an offline peripheral takes the server out of service until it is back', async () => {
  centre = await TestCentre.open();
  centre.server.peripheral(false);
  expect(centre.link.state).toBe('PERIPHERAL_OFFLINE');
  expect(centre.desk.status.inService).toBe(false);
  expect(centre.link.health().reason).toBe('The peripheral of the CTI server is offline.');
  // To the clients of SystemInfo, too: the CTI server itself is connected.
  expect(centre.desk.systemInfo()).toMatchObject({
    status: 'OUT_OF_SERVICE',
    statusReason: 'The peripheral of the CTI server is offline.',
    lastHeartbeatOk: true,
  });
  centre.server.peripheral(true);
  centre.clock.advance(10);
  expect(centre.desk.status.inService).toBe(true);
  expect(centre.desk.systemInfo().statusReason).toBe('');
  centre.server.peripheral(false);
  await centre.link.stop();
  expect(centre.desk.systemInfo().statusReason).toBe('The CTI server is not connected.');
});

test('garbage from the CTI server ends the connection, and only that', async () => {
  centre = await TestCentre.open();
  centre.server.raw(new Uint8Array([0xff, 0xff, 0xff, 0xff, 0, 0, 0, 30, 1, 2, 3]));
  expect(centre.link.state).toBe('DISCONNECTED');
  centre.clock.advance(100);
  expect(centre.link.state).toBe('IN_SERVICE');
});

test('events of unknown agents, other media and monitors mean nothing', async () => {
  centre = await TestCentre.open();
  centre.server.event('99999', AgentState.AVAILABLE, '1');
  centre.server.event('3001', AgentState.AVAILABLE, '1', 0, { MRDID: 2 });
  centre.server.event('3001', AgentState.AVAILABLE, '1', 0, { MonitorID: 7 });
  centre.server.event('3001', AgentState.PAUSED, '1');
  expect(centre.published).toEqual([]);
});

test('a stopped link sends its goodbye and stays stopped', async () => {
  centre = await TestCentre.open();
  await centre.link.stop();
  centre.clock.advance(60_000);
  expect(centre.server.received.at(-1)!.name).not.toBe('OPEN_REQ');
  expect(centre.link.health()).toMatchObject({ state: 'stopped', ready: false });
  expect(centre.clock.pending).toBe(0);
});

/** A link to two sides with sockets of the test's own. */
function linkTo(connect: CtiSocketFactory): { clock: VirtualClock; link: CtiLink } {
  const clock = new VirtualClock();
  const link = new CtiLink({
    settings: {
      ...CTI_LINK_DEFAULTS,
      a: { host: 'a', port: 1 },
      b: { host: 'b', port: 2 },
      version: 24,
      peripheralId: 1,
      clientSignature: 's',
    },
    clock,
    happenings: new Happenings(() => clock.now()),
    connect,
    agentIds: () => [],
    listener: () => {
      throw new Error('nothing was heard');
    },
  });
  return { clock, link };
}

test('sides A and B are tried in turn, slower and slower, until one answers', async () => {
  const attempts: Array<[number, string]> = [];
  const { clock, link } = linkTo((address, events) => {
    attempts.push([clock.monotonic(), address.host]);
    clock.schedule(0, () => events.closed('connection refused'));
    return { write: () => {}, unsentBytes: 0, destroy: () => {} };
  });
  const start = clock.monotonic();
  await link.start();
  clock.advance(20_000);
  expect(attempts.map(([, host]) => host).slice(0, 6)).toEqual(['a', 'b', 'a', 'b', 'a', 'b']);
  expect(attempts.map(([at]) => at - start).slice(0, 6)).toEqual([0, 0, 0, 250, 500, 900]);
  const last = attempts.slice(-4);
  expect(last.map(([, host]) => host).sort()).toEqual(['a', 'a', 'b', 'b']);
  expect(last.map(([at]) => at - last[0]![0])).toEqual([0, 400, 800, 1_200]);
  await link.stop();
  expect(link.health().reason).toBe('The CTI link is stopped.');
});

test('a link whose session another client of the same name takes over waits longer each time, and says why', async () => {
  centre = await TestCentre.open();
  const { clock, server, told } = centre;
  const waits: number[] = [];
  for (let n = 0; n < 6; n += 1) {
    server.send('FAILURE_EVENT', { Status: FailureStatus.NEW_SESSION_OPENED });
    const { connections } = server;
    const since = clock.monotonic();
    while (server.connections === connections) clock.advance(1_000);
    waits.push((clock.monotonic() - since) / 1_000);
    clock.advance(1_000);
  }
  expect(waits).toEqual([5, 15, 30, 60, 120, 120]);
  const said = told.flatMap((happening) => (happening.kind === 'operator' ? [happening.text] : []));
  expect(said.find((text) => text.includes('node.name'))).toContain('Next attempt in 5 s');
  // Another loss is not made to wait for that.
  const { connections } = server;
  server.drop();
  clock.advance(10);
  expect(server.connections).toBe(connections + 1);
  // Long afterwards it begins anew.
  clock.advance(700_000);
  server.send('FAILURE_EVENT', { Status: FailureStatus.NEW_SESSION_OPENED });
  clock.advance(5_100);
  expect(server.connections).toBe(connections + 2);
});

test('a connection that does not come about within 2 s is given up for the other side', async () => {
  const hosts: string[] = [];
  const { clock, link } = linkTo((address) => {
    hosts.push(address.host);
    return { write: () => {}, unsentBytes: 0, destroy: () => {} };
  });
  await link.start();
  clock.advance(1_999);
  expect(hosts).toEqual(['a']);
  clock.advance(2);
  expect(hosts).toEqual(['a', 'b']);
  expect(link.health().reason).toBe('The CTI link is connecting: attempt 2.');
  await link.stop();
});

test('while a side accepts and says nothing the other is tried beside it, and each has its 60 s', async () => {
  const opened: string[] = [];
  const closed: string[] = [];
  const { clock, link } = linkTo(({ host }, events) => {
    const now = () => `${host} ${(clock.monotonic() - start) / 1_000}`;
    clock.schedule(0, () => events.connected());
    return {
      write: () => void opened.push(now()),
      unsentBytes: 0,
      destroy: () => void closed.push(now()),
    };
  });
  const start = clock.monotonic();
  await link.start();
  clock.advance(130_000);
  await link.stop();
  expect(opened).toEqual(['a 0', 'b 2', 'a 60.8', 'b 62.8', 'a 121.6', 'b 123.6']);
  expect(closed.slice(0, 4)).toEqual(['a 60', 'b 62', 'a 120.8', 'b 122.8']);
  expect(clock.pending).toBe(0);
});

test('a side that is lost, and then accepts and says nothing, does not keep us from the other for long', async () => {
  const picture = await new LinkPicture({ agents: ['a'], twoSides: true }).start();
  const { server, clock } = picture;
  const { onOpen } = server;
  for (const sides of ['ab', 'ba']) {
    const lost = clock.monotonic();
    picture.attempts.length = 0;
    server.onOpen = () => {};
    server.drop();
    clock.advance(OPENING_ALONE_MS[0]! - 1);
    server.onOpen = onOpen;
    clock.advance(100);
    expect(picture.link.state).toBe('IN_SERVICE');
    expect(picture.attempts).toEqual([`${sides[0]} ${lost}`, `${sides[1]} ${lost + OPENING_ALONE_MS[0]!}`]);
    expect(picture.inServiceAt.at(-1)! - lost).toBeLessThan(OPENING_ALONE_MS[0]! + 100);
  }
  await picture.link.stop();
});

test('openings that were given up, read late by a server that stood still, make nobody wait', async () => {
  centre = await TestCentre.open();
  const { clock, server, told } = centre;
  // The server is lost, and twice after that it accepts and is silent until the opening is given up.
  const { onOpen } = server;
  server.onOpen = () => {};
  server.drop();
  for (let n = 0; n < 2; n += 1) {
    clock.advance(400);
    expect(centre.link.state).toBe('OPENING');
    if (n === 1) server.onOpen = onOpen;
    server.drop();
  }
  clock.advance(1_000);
  expect(centre.link.state).toBe('IN_SERVICE');
  const { connections } = server;
  for (let n = 1; n <= 2; n += 1) {
    server.send('FAILURE_EVENT', { Status: FailureStatus.NEW_SESSION_OPENED });
    clock.advance(100);
    expect(centre.link.state).toBe('IN_SERVICE');
    expect(server.connections).toBe(connections + n);
  }
  for (let n = 0; n < 8 && centre.link.state === 'IN_SERVICE'; n += 1) {
    server.send('FAILURE_EVENT', { Status: FailureStatus.NEW_SESSION_OPENED });
    clock.advance(100);
  }
  // No more than were given up: then it is a stranger.
  expect(centre.link.state).toBe('DISCONNECTED');
  const said = told.flatMap((happening) => (happening.kind === 'operator' ? [happening.text] : []));
  expect(said.some((text) => text.includes('given up; next attempt at once'))).toBe(true);
  expect(said.some((text) => text.includes('Next attempt in 5 s'))).toBe(true);
});

test('a CTI server that takes no more data is left', async () => {
  const destroyed: string[] = [];
  const { clock, link } = linkTo((address, events) => {
    clock.schedule(0, () => events.connected());
    const unsentBytes = CTI_LINK_DEFAULTS.unsentBytesMax + 1;
    return { write: () => {}, unsentBytes, destroy: () => void destroyed.push(address.host) };
  });
  await link.start();
  clock.advance(1);
  expect(destroyed[0]).toBe('a');
  await link.stop();
});

test('every state can be left, every state can be stopped, and nothing else is possible', () => {
  for (const [state, transitions] of Object.entries(LINK_TRANSITIONS)) {
    if (state !== 'STOPPED') expect(transitions.stop).toBe('STOPPED');
    expect(Object.keys(transitions).length).toBeGreaterThan(0);
  }
  expect(nextLinkState('IN_SERVICE', 'attempt')).toBeUndefined();
  expect(nextLinkState('STOPPED' satisfies LinkState, 'lost')).toBeUndefined();
  expect(reconnectDelayMs(1_000)).toBe(RECONNECT_DELAYS_MS.at(-1));
});
