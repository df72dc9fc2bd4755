/** What the model demands of records, by nodes that are nothing but their happenings and their disks. */
import { VirtualClock } from '@poise/clock';
import { AgentState } from '@poise/ged188';
import { beforeEach, expect, test } from 'vitest';
import type { SignOutRecord } from '../../packages/server/src/domain/presence.ts';
import { Happenings } from '../../packages/server/src/happenings.ts';
import { Disk, type SimNode } from './node.ts';
import { NodesPresenceChecks } from './nodes-presence-checks.ts';
import type { Place } from './place.ts';
import type { World } from './world.ts';

const USER = '2002';
/** Long enough for all nodes to count as well, and for a grace period. */
const WELL_MS = 100_000;
/** The model waits so long for a record, and a little. */
const RECORDED_MS = 6_000;

let broken: string[];
let clock: VirtualClock;
let places: Place[];
let nodes: SimNode[];

beforeEach(() => {
  broken = [];
  clock = new VirtualClock();
  let sessions = [{ user: USER, available: true }];
  nodes = ['node1', 'node2'].map(
    (host, at) =>
      ({
        host,
        happenings: new Happenings(() => clock.now()),
        process: { alive: true, running: true, ranSince: 0 },
        desk: { status: { inService: true } },
        notification: { sessions: () => (at === 0 ? sessions : []) },
        part: { health: () => ({ ready: true, reason: '' }) },
      }) as unknown as SimNode,
  );
  places = nodes.map(
    (node) =>
      ({ host: node.host, disk: new Disk(), node, line: { isDown: false, since: 0 } }) as unknown as Place,
  );
  const world = {
    clock,
    places,
    nodes,
    desktops: new Map(),
    nodesCalm: true,
    calm: true,
    calmSince: 0,
    emptiedAt: Number.NEGATIVE_INFINITY,
    lostAt: Number.NEGATIVE_INFINITY,
    apartUntil: Number.NEGATIVE_INFINITY,
    unwrittenUntil: Number.NEGATIVE_INFINITY,
    signsOut: false,
    signedOutAtPhone: new Set(),
    cti: { server: { centre: { model: { agent: () => ({ status: { state: 'NOT_READY' } }) } } } },
    line: () => {},
    broken: (invariant: string, detail: string) => broken.push(`${invariant}: ${detail}`),
    get now() {
      return clock.monotonic();
    },
  };
  const checks = new NodesPresenceChecks(world as unknown as World);
  for (const node of nodes) checks.watch(node);
  checks.begin();
  clock.advance(2_000);
  sessions = [];
  clock.advance(WELL_MS);
});

const signsOut = (at: number, reason: number) =>
  nodes[at]!.happenings.publish('cti.sent', {
    name: 'SET_AGENT_STATE_REQ',
    fields: { AgentID: USER, AgentState: AgentState.LOGOUT, EventReasonCode: reason },
  } as never);

const records = (at: number, id: number, cause: SignOutRecord['cause']) =>
  places[at]!.disk.signOuts.save([{ id, agentId: USER, cause } as SignOutRecord]);

test.each([2, 0])('a sign-out with %i records is found', (count) => {
  signsOut(0, 255);
  for (let at = 0; at < count; at++) records(at, 1, at === 0 ? 'presence' : 'system');
  clock.advance(RECORDED_MS);
  expect(broken).toEqual([`one record of each sign-out: ${USER} has ${count}`]);
});

test('whom that has made NOT_READY a supervisor may sign out at once: that is a sign-out, and a record, of its own', () => {
  signsOut(0, 255);
  records(0, 1, 'presence');
  clock.advance(3_000);
  signsOut(0, 999);
  records(0, 2, 'supervisor');
  clock.advance(RECORDED_MS);
  expect(broken).toEqual([]);
});
