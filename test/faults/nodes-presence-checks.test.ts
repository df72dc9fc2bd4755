/** What the model demands of records, and of nodes that stand still, by nodes that are nothing but their happenings and their disks. */
import { VirtualClock } from '@poise/clock';
import { AgentState } from '@poise/ged188';
import { beforeEach, describe, expect, test } from 'vitest';
import type { SignOutRecord } from '../../packages/server/src/domain/presence.ts';
import { Happenings } from '../../packages/server/src/happenings.ts';
import { Disk, NOTICE_MS, type SimNode } from './node.ts';
import { NodesPresenceChecks } from './nodes-presence-checks.ts';
import type { Place } from './place.ts';
import { SimProcess } from './process.ts';
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
/** Of the user, all at the first node. */
let sessions: object[];

beforeEach(() => {
  broken = [];
  clock = new VirtualClock();
  sessions = [{ user: USER, available: true }];
  nodes = ['node1', 'node2'].map(
    (host, at) =>
      ({
        host,
        happenings: new Happenings(() => clock.now()),
        process: new SimProcess(host, clock),
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
  clock.advance(10_000);
});

/** He has left, and all nodes are well for as long as they have to be. */
function leaves(): void {
  sessions = [];
  clock.advance(WELL_MS);
}

const signsOut = (at: number, reason: number) =>
  nodes[at]!.happenings.publish('cti.sent', {
    name: 'SET_AGENT_STATE_REQ',
    fields: { AgentID: USER, AgentState: AgentState.LOGOUT, EventReasonCode: reason },
  } as never);

const records = (at: number, id: number, cause: SignOutRecord['cause']) =>
  places[at]!.disk.signOuts.save([{ id, agentId: USER, cause } as SignOutRecord]);

test.each([2, 0])('a sign-out with %i records is found', (count) => {
  leaves();
  signsOut(0, 255);
  for (let at = 0; at < count; at++) records(at, 1, at === 0 ? 'presence' : 'system');
  clock.advance(RECORDED_MS);
  expect(broken).toEqual([`one record of each sign-out: ${USER} has ${count}`]);
});

test('whom that has made NOT_READY a supervisor may sign out at once: that is a sign-out, and a record, of its own', () => {
  leaves();
  signsOut(0, 255);
  records(0, 1, 'presence');
  clock.advance(3_000);
  signsOut(0, 999);
  records(0, 2, 'supervisor');
  clock.advance(RECORDED_MS);
  expect(broken).toEqual([]);
});

describe('whose node stands still', () => {
  const [tooEarly, lateEnough] = [NOTICE_MS - 5_000, NOTICE_MS + 5_000];
  /** Of invariants, without what else is wrong with records here. */
  const wrongful = () => broken.filter((line) => line.startsWith('no wrongful sign-out'));

  test.each([tooEarly, lateEnough])(
    'is signed out by another one after %i ms: too early before 180 s',
    (ms) => {
      nodes[0]!.process.freeze();
      clock.advance(ms);
      signsOut(1, 255);
      expect(wrongful()).toHaveLength(ms < NOTICE_MS ? 1 : 0);
    },
  );

  test('may be signed out after the grace period where the other one has stood still as well', () => {
    nodes[0]!.process.freeze();
    clock.advance(WELL_MS);
    nodes[1]!.process.freeze();
    nodes[1]!.process.thaw();
    signsOut(1, 255);
    expect(wrongful()).toEqual([]);
  });

  test('so may he be, when it goes on, sees that he is gone, and stands still again', () => {
    const { process } = nodes[0]!;
    process.freeze();
    clock.advance(WELL_MS);
    process.thaw();
    sessions = [];
    clock.advance(10_000);
    process.freeze();
    clock.advance(WELL_MS);
    signsOut(1, 255);
    expect(wrongful()).toEqual([]);
  });

  test('and who had left it before', () => {
    sessions = [];
    clock.advance(1_000);
    nodes[0]!.process.freeze();
    clock.advance(WELL_MS);
    signsOut(1, 255);
    expect(wrongful()).toEqual([]);
  });
});
