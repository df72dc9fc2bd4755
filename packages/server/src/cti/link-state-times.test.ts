import { AgentState, type Fields, TeamConfigOperation } from '@poise/ged188';
import { afterEach, expect, test } from 'vitest';
import { LinkPicture } from '../../test/cti/link-picture.ts';

/** Since when agents have been in their states, after a start and after a loss of the link. */

let picture: LinkPicture | undefined;
afterEach(async () => {
  await picture?.link.stop();
  picture = undefined;
});

const AGENTS = ['a', 'b', 's'];

/** Agent a talks, b is not ready, s is signed out. */
function create(): LinkPicture {
  picture = new LinkPicture({ agents: AGENTS });
  // Not on a whole second, as no clock ever is.
  picture.clock.advance(700_300);
  picture.server.agents.set('a', { state: AgentState.TALKING, extension: '2001' });
  picture.server.agents.set('b', { state: AgentState.NOT_READY, extension: '2002' });
  return picture;
}

type Member = readonly [agentId: string, state: number, seconds: number];

const team = (...members: readonly Member[]): readonly [string, Fields] => [
  'AGENT_TEAM_CONFIG_EVENT',
  {
    PeripheralID: 5000,
    TeamID: 5000,
    NumberOfAgents: members.length,
    ConfigOperation: TeamConfigOperation.RESTORE_PERMANENT_CONFIG,
    DepartmentID: 0,
    agents: members.map(([AtcAgentID, AtcAgentState, AtcStateDuration]) => ({
      AtcAgentID,
      AgentFlags: 0,
      AtcAgentState,
      AtcStateDuration,
    })),
  },
];

const times = (link: LinkPicture) => AGENTS.map((id) => link.agents.get(id).stateChangeTime);

test('after a start the lists of the teams tell the times, as whole seconds; who is in none has no time', async () => {
  const link = create();
  const second = Math.floor(link.clock.now() / 1000) * 1000;
  link.server.replay = [team(['a', AgentState.TALKING, 42], ['s', AgentState.LOGOUT, 600])];
  await link.start();
  expect(times(link)).toEqual([second - 42_000, null, second - 600_000]);
});

test('the lists may come after the answers to the queries', async () => {
  const link = create();
  const second = Math.floor(link.clock.now() / 1000) * 1000;
  link.server.answersSnapshots = false;
  await link.start();
  expect(link.inServiceAt).toEqual([]);
  link.server.send(...team(['a', AgentState.TALKING, 42]));
  link.clock.advance(30_000);
  expect(link.inServiceAt).toHaveLength(1);
  expect(times(link)).toEqual([second - 42_000, null, null]);
});

test('a time of another state than the present one tells nothing, nor does the zero of who never signed in', async () => {
  const link = create();
  link.server.replay = [team(['a', AgentState.AVAILABLE, 42], ['s', AgentState.LOGOUT, 0])];
  await link.start();
  expect(times(link)).toEqual([null, null, null]);
});

test('a live event wins, be it before or after the list that it contradicts', async () => {
  const link = create();
  link.server.answersSnapshots = false;
  link.server.replay = [team(['a', AgentState.TALKING, 42], ['b', AgentState.NOT_READY, 50])];
  await link.start();
  link.clock.advance(1_234);
  const at = link.clock.now();
  link.server.event('a', AgentState.HOLD, '2001');
  link.server.event('b', AgentState.AVAILABLE, '2002');
  link.clock.advance(500);
  link.server.event('b', AgentState.NOT_READY, '2002');
  const back = link.clock.now();
  link.server.send(...team(['a', AgentState.TALKING, 43]));
  link.clock.advance(30_000);
  expect(link.inServiceAt).toHaveLength(1);
  expect(times(link)).toEqual([at, back, null]);
});

test('in service a list tells times that are not known, and changes none', async () => {
  const link = create();
  await link.start();
  link.clock.advance(5_000);
  const at = link.clock.now();
  link.server.event('b', AgentState.AVAILABLE, '2002');
  link.clock.advance(5_000);
  const second = Math.floor(link.clock.now() / 1000) * 1000;
  link.server.send(...team(['a', AgentState.TALKING, 42], ['b', AgentState.AVAILABLE, 4]));
  expect(times(link)).toEqual([second - 42_000, at, null]);
});

test('when the link comes back, a time that the lists confirm stays as exact as it was', async () => {
  const link = create();
  await link.start();
  link.server.event('b', AgentState.NOT_READY, '2002', 10);
  link.clock.advance(9_000);
  const at = link.clock.now();
  link.server.event('a', AgentState.HOLD, '2001');
  link.clock.advance(60_950);
  link.server.replay = [team(['a', AgentState.HOLD, 60])];
  loseLink(link);
  expect(link.inServiceAt).toHaveLength(2);
  expect(link.agents.get('a').stateChangeTime).toBe(at);
});

test('a state that was left and entered again in the gap has the later time, and no reason of the earlier period', async () => {
  const link = create();
  await link.start();
  link.server.event('a', AgentState.TALKING, '2001');
  link.server.event('b', AgentState.AVAILABLE, '2002');
  link.server.event('b', AgentState.NOT_READY, '2002', 10);
  link.clock.advance(60_000);
  link.server.replay = [team(['a', AgentState.TALKING, 5], ['b', AgentState.NOT_READY, 4])];
  const second = Math.floor(link.clock.now() / 1000) * 1000;
  loseLink(link);
  expect(times(link)).toEqual([second - 5_000, second - 4_000, null]);
  expect(link.agents.get('b').reasonCode).toBe(0);
});

test('from a CTI server that tells no durations at all nothing follows: what was known stands', async () => {
  const link = create();
  await link.start();
  link.server.event('b', AgentState.NOT_READY, '2002', 10);
  const at = link.clock.now();
  link.clock.advance(60_000);
  loseLink(link);
  expect(link.inServiceAt).toHaveLength(2);
  expect(link.agents.get('b')).toMatchObject({ stateChangeTime: at, reasonCode: 10 });
});

test('a time that nobody confirms is unknown when the link comes back; one of the new session is not', async () => {
  const link = create();
  await link.start();
  link.server.event('a', AgentState.HOLD, '2001');
  link.server.event('b', AgentState.AVAILABLE, '2002');
  link.server.event('b', AgentState.NOT_READY, '2002', 10);
  link.clock.advance(60_000);
  link.server.answersSnapshots = false;
  link.server.replay = [team(['a', AgentState.HOLD, 60])];
  loseLink(link);
  const at = link.clock.now();
  link.server.event('a', AgentState.TALKING, '2001');
  link.clock.advance(30_000);
  expect(link.inServiceAt).toHaveLength(2);
  expect(times(link)).toEqual([at, null, null]);
  expect(link.agents.get('b')).toMatchObject({ state: 'NOT_READY', reasonCode: 0 });
});

test('an absence of the peripheral within a session makes no time unknown', async () => {
  const link = create();
  await link.start();
  const at = link.clock.now();
  link.server.event('b', AgentState.AVAILABLE, '2002');
  link.server.peripheral(false);
  link.clock.advance(60_000);
  link.server.peripheral(true);
  link.clock.advance(1_000);
  expect(link.inServiceAt).toHaveLength(2);
  expect(times(link)).toEqual([null, at, null]);
});

/** The link is lost and comes back. */
function loseLink(link: LinkPicture): void {
  link.server.drop();
  link.clock.advance(2_000);
}

test('an event for the sake of a wish tells the wish and the time, whatever the state was before the gap', async () => {
  const link = create();
  const wish = (state: number, seconds: number) =>
    link.server.event('a', state, '2001', 0, {
      StateDuration: seconds,
      NextAgentState: AgentState.NOT_READY,
    });
  link.server.answersConfiguration = false;
  await link.start();
  const second = Math.floor(link.clock.now() / 1000) * 1000;
  wish(AgentState.TALKING, 30);
  link.clock.advance(60_000);
  expect(link.inServiceAt).toHaveLength(1);
  expect(link.agents.get('a')).toMatchObject({
    pendingState: 'NOT_READY',
    stateChangeTime: second - 30_000,
  });
  link.server.drop();
  link.clock.advance(100);
  const later = Math.floor(link.clock.now() / 1000) * 1000;
  wish(AgentState.TALKING, 10);
  link.clock.advance(60_000);
  expect(link.inServiceAt).toHaveLength(2);
  expect(link.agents.get('a')).toMatchObject({
    pendingState: 'NOT_READY',
    stateChangeTime: later - 10_000,
  });
});
