/** Presence over several nodes (docs/presence.md, *Several nodes*), each race on virtual time. */
import { describe, expect, test, vi } from 'vitest';
import { PresenceNode, PresenceNodes } from '../../test/cluster/presence-nodes.ts';
import { DECISION_MS, SETTLE_MS } from './shared-presence.ts';
import { SILENT_MS } from './signs-of-life.ts';

// Much is computed; a busy machine takes its time.
vi.setConfig({ testTimeout: 120_000 });

const GRACE = 60_000;

async function two(options?: ConstructorParameters<typeof PresenceNodes>[0]): Promise<PresenceNodes> {
  const centre = new PresenceNodes(options);
  await centre.node('a');
  await centre.node('b');
  await centre.pass(20_000);
  return centre;
}
const [A, B] = [0, 1] as const;

test('who leaves the only node at which he was is signed out by it, once, after the grace period', async () => {
  const centre = await two();
  const [a, b] = [centre.nodes[A]!, centre.nodes[B]!];
  a.arrives('3001');
  centre.signsIn('3001');
  await centre.pass(10_000);
  a.leaves('3001');
  await centre.pass(GRACE - 100);
  expect(centre.signOuts).toEqual([]);
  await centre.pass(1_000);
  expect(centre.signOuts).toMatchObject([{ node: 'a', loginId: '3001' }]);
  await centre.pass(5 * GRACE);
  expect(centre.signOuts).toHaveLength(1);
  expect(centre.wrong).toEqual([]);
  expect(await a.records()).toMatchObject([{ agentId: '3001', cause: 'presence', outcome: 'signedOut' }]);
  expect(await b.records()).toEqual([]);
});

/** He has left a for b; nothing that follows at a signs him out. When he leaves b, too, b does it, once. */
const MOVES: Record<string, (centre: PresenceNodes, a: PresenceNode, b: PresenceNode) => Promise<void>> = {
  'a sees him go, then b sees him come': async (centre, a, b) => {
    a.leaves('3001');
    await centre.pass(5_000);
    b.arrives('3001');
  },
  'b sees him come, then a sees him go': async (centre, a, b) => {
    b.arrives('3001');
    await centre.pass(5_000);
    a.leaves('3001');
  },
  'b sees him come long before a notices that he is gone': async (centre, a, b) => {
    b.arrives('3001');
    await centre.pass(120_000);
    a.leaves('3001');
  },
  'both at one moment': async (_centre, a, b) => {
    b.arrives('3001');
    a.leaves('3001');
  },
  'b sees him come in the last moment, before it has written it': async (centre, a, b) => {
    a.leaves('3001');
    await centre.pass(GRACE + 1);
    b.arrives('3001');
  },
  'b sees him come, and cannot write it for two minutes': async (centre, a, b) => {
    b.cut(true);
    b.arrives('3001');
    a.leaves('3001');
    await centre.pass(120_000);
    b.cut(false);
  },
  'a is cut off while he moves': async (centre, a, b) => {
    a.cut(true);
    a.leaves('3001');
    b.arrives('3001');
    await centre.pass(120_000);
    a.cut(false);
  },
  'both are cut off while he moves, a is back first': async (centre, a, b) => {
    a.cut(true);
    b.cut(true);
    a.leaves('3001');
    b.arrives('3001');
    await centre.pass(120_000);
    a.cut(false);
    await centre.pass(9_000);
    b.cut(false);
  },
  'both are cut off while he moves, b is back when his grace period is over at a, and cannot be asked otherwise':
    async (centre, a, b) => {
      centre.isDark = true;
      a.cut(true);
      b.cut(true);
      b.arrives('3001');
      a.leaves('3001');
      await centre.pass(GRACE - 11_000);
      a.cut(false);
      await centre.pass(13_000);
      b.cut(false);
    },
  'he comes back to a, and goes to b again': async (centre, a, b) => {
    a.leaves('3001');
    b.arrives('3001');
    await centre.pass(100);
    a.arrives('3001');
    b.leaves('3001');
    await centre.pass(30_000);
    b.arrives('3001');
    a.leaves('3001');
  },
  'the bucket is emptied by hand': async (centre, a, b) => {
    a.leaves('3001');
    b.arrives('3001');
    await centre.pass(1_000);
    centre.hub.empty('presence');
    await centre.pass(58_000);
    centre.hub.empty('presence');
  },
  ...Object.fromEntries(
    [20_000, 90_000, 200_000].flatMap((ms) => [
      [
        `a stands still for ${ms / 1000} s while he moves`,
        async (centre: PresenceNodes, a: PresenceNode, b: PresenceNode) => {
          a.stand(true);
          a.leaves('3001');
          b.arrives('3001');
          await centre.pass(ms);
          a.stand(false);
        },
      ],
      [
        `a stands still for ${ms / 1000} s at the end of his grace period, and he moves meanwhile`,
        async (centre: PresenceNodes, a: PresenceNode, b: PresenceNode) => {
          a.leaves('3001');
          await centre.pass(GRACE);
          a.stand(true);
          b.arrives('3001');
          await centre.pass(ms);
          a.stand(false);
        },
      ],
      [
        `a stands still for ${ms / 1000} s while b answers that it does not have him, and he moves meanwhile`,
        async (centre: PresenceNodes, a: PresenceNode, b: PresenceNode) => {
          a.leaves('3001');
          await centre.pass(GRACE + 6);
          a.stand(true);
          await centre.pass(1);
          b.arrives('3001');
          await centre.pass(ms);
          a.stand(false);
        },
      ],
      [
        `b stands still for ${ms / 1000} s just after he came`,
        async (centre: PresenceNodes, a: PresenceNode, b: PresenceNode) => {
          a.leaves('3001');
          await centre.pass(58_000);
          b.arrives('3001');
          b.stand(true);
          await centre.pass(Math.min(ms, 9_000));
          b.stand(false);
        },
      ],
    ]),
  ),
};

test.each(Object.keys(MOVES))('who moves is not signed out by the node left behind: %s', async (name) => {
  const centre = await two();
  const [a, b] = [centre.nodes[A]!, centre.nodes[B]!];
  a.arrives('3001');
  centre.signsIn('3001');
  await centre.pass(10_000);
  await MOVES[name]!(centre, a, b);
  await centre.pass(10 * GRACE);
  expect(centre.wrong).toEqual([]);
  expect(centre.signOuts).toEqual([]);
  expect(a.watch.phaseOf('3001')).toBe('absent');
  b.leaves('3001');
  await centre.pass(2 * GRACE);
  expect(centre.signOuts).toMatchObject([{ node: 'b', loginId: '3001' }]);
  expect(centre.wrong).toEqual([]);
});

test('of two nodes that saw him leave at one moment one signs him out, and has the record', async () => {
  const centre = await two();
  const [a, b] = [centre.nodes[A]!, centre.nodes[B]!];
  a.arrives('3001');
  b.arrives('3001');
  centre.signsIn('3001');
  await centre.pass(10_000);
  a.leaves('3001');
  b.leaves('3001');
  await centre.pass(10 * GRACE);
  expect(centre.signOuts).toHaveLength(1);
  expect(centre.wrong).toEqual([]);
  expect([...(await a.records()), ...(await b.records())]).toMatchObject([
    { agentId: '3001', cause: 'presence', outcome: 'signedOut' },
  ]);
});

test('so it is where the sign-out makes him NOT_READY: the other one does not ask for it once more', async () => {
  const centre = await two({ leadsTo: 'NOT_READY' });
  const [a, b] = [centre.nodes[A]!, centre.nodes[B]!];
  a.arrives('3001');
  b.arrives('3001');
  centre.signsIn('3001');
  await centre.pass(10_000);
  a.leaves('3001');
  b.leaves('3001');
  await centre.pass(10 * GRACE);
  expect(centre.signOuts).toHaveLength(1);
  expect([...(await a.records()), ...(await b.records())]).toMatchObject([
    { agentId: '3001', cause: 'presence', outcome: 'notReady' },
  ]);
  expect([a, b].map(({ watch }) => watch.phaseOf('3001'))).toEqual(['absent', 'absent']);
});

test.each([
  ['he comes to another node', true],
  ['so long that the decision is an old one', false],
])('a sign-out that waits in his queue is decided again: %s', async (_what, comes) => {
  const centre = await two();
  const [a, b] = centre.nodes as [PresenceNode, PresenceNode];
  a.arrives('3001');
  centre.signsIn('3001');
  await centre.pass(10_000);
  a.queueMs = DECISION_MS + 500;
  a.leaves('3001');
  await centre.pass(GRACE + 1_000);
  expect(a.watch.phaseOf('3001')).toBe('requested');
  if (comes) b.arrives('3001');
  await centre.pass(DECISION_MS);
  a.queueMs = 0;
  expect(centre.signOuts).toEqual([]);
  await centre.pass(10 * GRACE);
  expect(centre.signOuts).toHaveLength(comes ? 0 : 1);
  expect((await a.records()).map(({ outcome }) => outcome)).toEqual([comes ? 'cancelled' : 'signedOut']);
  expect(centre.wrong).toEqual([]);
});

test('the users of a node that died are taken over by one, get a whole grace period there, and are signed out with a record', async () => {
  const centre = await two();
  await centre.node('c');
  await centre.pass(20_000);
  const [a, b, c] = centre.nodes as [PresenceNode, PresenceNode, PresenceNode];
  for (const loginId of ['3001', '3002', '3003']) a.arrives(loginId);
  b.arrives('3002');
  centre.signsIn('3001', '3002', '3003');
  await centre.pass(10_000);
  const died = centre.clock.monotonic();
  a.kill();
  await centre.pass(2_000);
  c.arrives('3003');
  await centre.pass(GRACE);
  expect(centre.signOuts).toEqual([]);
  await centre.pass(GRACE);
  expect(centre.signOuts.map(({ loginId }) => loginId)).toEqual(['3001']);
  expect(centre.signOuts[0]!.at - died).toBeGreaterThan(8_000 + GRACE);
  expect(centre.signOuts[0]!.at - died).toBeLessThan(18_000 + GRACE);
  const records = [...(await b.records()), ...(await c.records())];
  expect(records).toMatchObject([
    { agentId: '3001', cause: 'presence', outcome: 'signedOut', session: { jid: '3001@a/desktop' } },
  ]);
  expect([b, c].filter(({ lines }) => lines.includes('added 3001'))).toHaveLength(1);
  await centre.pass(10 * GRACE);
  expect(centre.signOuts).toHaveLength(1);
  expect(centre.wrong).toEqual([]);
  // Nothing of the dead node is left.
  const left = [...centre.hub.entries('presence')].map(({ key }) => key).sort();
  expect(left).toEqual(['3002.b', '3003.c']);
});

test('a sign-out that a node had asked for when it died ends in its record, though the node does not come back', async () => {
  const centre = await two();
  const [a, b] = centre.nodes as [PresenceNode, PresenceNode];
  // One database.
  b.store.others.set('a', a.store);
  for (const loginId of ['3001', '3002']) a.arrives(loginId);
  centre.signsIn('3001', '3002');
  await centre.pass(20_000);
  centre.ctiMs = 5_000;
  for (const loginId of ['3001', '3002']) a.leaves(loginId);
  await centre.pass(GRACE + 2_000);
  expect(centre.signOuts.map(({ loginId }) => loginId)).toEqual(['3001', '3002']);
  expect((await a.records()).map(({ outcome }) => outcome)).toEqual(['requested', 'requested']);
  a.kill();
  // That of the other one is lost.
  await centre.pass(4_000);
  centre.signsIn('3002');
  await centre.pass(40_000);
  expect((await a.records()).map(({ agentId, outcome }) => [agentId, outcome])).toEqual([
    ['3001', 'signedOut'],
    ['3002', 'unanswered'],
  ]);
  await centre.pass(2 * GRACE);
  // He is the heir's now.
  expect((await b.records()).map(({ agentId, outcome }) => [agentId, outcome])).toEqual([
    ['3002', 'signedOut'],
  ]);
});

test('a node that comes back with what its store has kept signs out nobody who moved, and who did not once', async () => {
  const centre = await two();
  const [a, b] = centre.nodes as [PresenceNode, PresenceNode];
  for (const loginId of ['3001', '3002']) a.arrives(loginId);
  centre.signsIn('3001', '3002');
  await centre.pass(10_000);
  a.kill();
  b.arrives('3001');
  await centre.pass(30_000);
  const again = await centre.node('a', { kept: [...a.kept.values()] });
  await centre.pass(10 * GRACE);
  expect(centre.signOuts.map(({ loginId }) => loginId)).toEqual(['3002']);
  expect(centre.wrong).toEqual([]);
  expect(again.watch.phaseOf('3001')).toBe('absent');
  expect(b.watch.phaseOf('3001')).toBe('present');
  expect([...(await again.records()), ...(await b.records())]).toHaveLength(1);
});

test('all nodes gone at once: who does not come back is signed out once, by whichever is there first', async () => {
  const centre = await two();
  const [a, b] = centre.nodes as [PresenceNode, PresenceNode];
  a.arrives('3001');
  b.arrives('3002');
  centre.signsIn('3001', '3002');
  await centre.pass(10_000);
  a.kill();
  b.kill();
  await centre.pass(30_000);
  await centre.node('b', { kept: [...b.kept.values()] });
  await centre.pass(5_000);
  const again = await centre.node('a', { kept: [...a.kept.values()] });
  again.arrives('3002');
  await centre.pass(10 * GRACE);
  expect(centre.signOuts.map(({ loginId }) => loginId)).toEqual(['3001']);
  expect(centre.wrong).toEqual([]);
});

test('the heir of a dead node dies, too: the next one inherits', async () => {
  const centre = await two();
  const [a, b] = centre.nodes as [PresenceNode, PresenceNode];
  a.arrives('3001');
  centre.signsIn('3001');
  await centre.pass(10_000);
  a.kill();
  await centre.pass(20_000);
  expect(b.watch.phaseOf('3001')).toBe('away');
  await centre.node('c');
  b.kill();
  await centre.pass(3 * GRACE);
  expect(centre.signOuts).toMatchObject([{ node: 'c', loginId: '3001' }]);
  expect(centre.wrong).toEqual([]);
});

test('cut off from all others a node signs nobody out, and decides when it sees them again', async () => {
  const centre = await two();
  const [a, b] = centre.nodes as [PresenceNode, PresenceNode];
  for (const loginId of ['3001', '3002']) a.arrives(loginId);
  centre.signsIn('3001', '3002');
  await centre.pass(10_000);
  // NATS is gone.
  a.cut(true);
  b.cut(true);
  a.leaves('3001');
  await centre.pass(20 * GRACE);
  expect(centre.signOuts).toEqual([]);
  expect(a.watch.phaseOf('3001')).toBe('due');
  expect(a.lines.filter((line) => line === 'perhapsElsewhere 3001')).toHaveLength(1);
  a.cut(false);
  b.cut(false);
  await centre.pass(SETTLE_MS + 5_000);
  expect(centre.signOuts).toMatchObject([{ node: 'a', loginId: '3001' }]);
  await centre.pass(10 * GRACE);
  expect(centre.signOuts).toHaveLength(1);
  expect(centre.wrong).toEqual([]);
});

test('a node that alone is cut off goes on serving: its agents are not signed out by those who take it for dead', async () => {
  const centre = await two();
  const [a, b] = centre.nodes as [PresenceNode, PresenceNode];
  a.arrives('3001');
  centre.signsIn('3001');
  await centre.pass(10_000);
  a.cut(true);
  await centre.pass(20 * GRACE);
  expect(centre.signOuts).toEqual([]);
  a.cut(false);
  await centre.pass(5_000);
  expect(b.watch.phaseOf('3001')).toBe('absent');
  await centre.pass(10 * GRACE);
  expect(centre.signOuts).toEqual([]);
  // It is gone with its machine: nobody answers any more.
  a.kill();
  centre.isDark = true;
  await centre.pass(3 * GRACE);
  expect(centre.signOuts).toMatchObject([{ node: 'b', loginId: '3001' }]);
  expect(centre.wrong).toEqual([]);
});

test('a node that has never seen another signs out as without nodes, also while the engine is out of reach', async () => {
  const centre = new PresenceNodes();
  const a = await centre.node('a');
  a.arrives('3001');
  a.arrives('3002');
  centre.signsIn('3001', '3002');
  await centre.pass(1_000);
  a.leaves('3001');
  await centre.pass(GRACE + 100);
  expect(centre.signOuts.map(({ loginId }) => loginId)).toEqual(['3001']);
  a.cut(true);
  a.leaves('3002');
  await centre.pass(GRACE + 100);
  expect(centre.signOuts.map(({ loginId }) => loginId)).toEqual(['3001', '3002']);
});

test('… but not where another is configured', async () => {
  const centre = new PresenceNodes();
  const a = await centre.node('a', { hosts: ['b'] });
  a.arrives('3001');
  centre.signsIn('3001');
  await centre.pass(20_000);
  a.cut(true);
  a.leaves('3001');
  await centre.pass(10 * GRACE);
  expect(centre.signOuts).toEqual([]);
});

test('2,000 sign-ins at once are written in a few rounds, and 2,000 users of a dead node are inherited', async () => {
  const centre = await two();
  const [a, b] = centre.nodes as [PresenceNode, PresenceNode];
  const all = Array.from({ length: 2_000 }, (_, n) => String(10_000 + n));
  for (const loginId of all) a.arrives(loginId);
  centre.signsIn(...all);
  await centre.pass(1_000);
  expect([...centre.hub.entries('presence')]).toHaveLength(2_000);
  a.kill();
  await centre.pass(20_000);
  expect(b.watch.counts().away).toBe(2_000);
  await centre.pass(2 * GRACE);
  expect(centre.signOuts).toHaveLength(2_000);
  expect(centre.wrong).toEqual([]);
});

test.each([
  ['while this node is out of service', false],
  ['while it serves', true],
])('who has gone to another node is signed out %s: whose record it is', async (_when, isServing) => {
  const centre = await two();
  const [a, b] = [centre.nodes[A]!, centre.nodes[B]!];
  a.arrives('3001');
  centre.signsIn('3001');
  await centre.pass(10_000);
  if (!isServing) {
    a.isInService = false;
    a.watch.outOfService();
  }
  // He is shown at both: the end of a BOSH session is seen long after it.
  b.arrives('3001');
  await centre.pass(10_000);
  // Found by a query when the link is back; nobody told this node that he had asked for it himself.
  a.isInService = true;
  a.watch.inService();
  await centre.pass(1_000);
  const going = { agentId: '3001', actingId: '', requestId: '', state: 'LOGOUT', reasonCode: 0 } as const;
  a.watch.signedOut({ ...going, by: 'system' });
  b.watch.signedOut({ ...going, by: 'agent' });
  expect([(await a.records()).length, await b.records()]).toEqual([isServing ? 1 : 0, []]);
});

/** Three nodes that share a database; c, or whoever comes after a was cut off, has never seen a. */
async function threeOnOneDatabase(): Promise<PresenceNodes> {
  const centre = new PresenceNodes({ database: true });
  for (const name of ['a', 'b', 'c']) await centre.node(name);
  await centre.pass(20_000);
  return centre;
}

describe('a node that is cut off from NATS and from all others, but not from its agents and the database', () => {
  test('keeps its users; who leaves it is signed out by another one after a whole grace period', async () => {
    const centre = await threeOnOneDatabase();
    const [a, b, c] = centre.nodes as [PresenceNode, PresenceNode, PresenceNode];
    for (const loginId of ['3001', '3002', '3003']) a.arrives(loginId);
    centre.signsIn('3001', '3002', '3003');
    await centre.pass(10_000);
    a.isolate(true);
    await centre.pass(20 * GRACE);
    expect(centre.signOuts).toEqual([]);
    a.leaves('3002');
    await centre.pass(GRACE - 1_000);
    expect(centre.signOuts).toEqual([]);
    await centre.pass(GRACE + 35_000);
    expect(centre.signOuts.map(({ loginId }) => loginId)).toEqual(['3002']);
    expect(['b', 'c']).toContain(centre.signOuts[0]!.node);
    // He has moved: whoever waited for him forgets him.
    a.leaves('3003');
    b.arrives('3003');
    await centre.pass(10 * GRACE);
    a.isolate(false);
    await centre.pass(10 * GRACE);
    expect(centre.signOuts).toHaveLength(1);
    expect([a, b, c].map(({ watch }) => watch.phaseOf('3001'))).toEqual(['present', 'absent', 'absent']);
    expect([a, b, c].map(({ watch }) => watch.phaseOf('3003'))).toEqual(['absent', 'present', 'absent']);
    expect(centre.wrong).toEqual([]);
  });

  test('… who leaves it just before his time at the heir is over has a whole one all the same', async () => {
    const centre = await threeOnOneDatabase();
    const [a] = centre.nodes as [PresenceNode];
    a.arrives('3001');
    centre.signsIn('3001');
    await centre.pass(10_000);
    a.isolate(true);
    const heir = () => centre.nodes.find(({ watch }) => watch.phaseOf('3001') === 'away');
    for (let k = 0; k < 60 && heir() === undefined; k++) await centre.pass(1_000);
    await centre.pass(GRACE - 3_000);
    expect(heir()).toBeDefined();
    a.leaves('3001');
    await centre.pass(3 * GRACE);
    expect(centre.signOuts).toHaveLength(1);
    expect(centre.wrong).toEqual([]);
  });

  test('… and when it dies there, they are signed out once, after a whole grace period', async () => {
    const centre = await threeOnOneDatabase();
    const [a] = centre.nodes as [PresenceNode];
    a.arrives('3001');
    centre.signsIn('3001');
    await centre.pass(10_000);
    a.isolate(true);
    await centre.pass(5 * GRACE);
    a.kill();
    const died = centre.clock.monotonic();
    await centre.pass(5 * GRACE);
    expect(centre.signOuts.map(({ loginId }) => loginId)).toEqual(['3001']);
    expect(centre.signOuts[0]!.at - died).toBeLessThan(SILENT_MS + 35_000 + GRACE);
    expect(centre.wrong).toEqual([]);
  });

  test('… and a node that was started since and has never seen it keeps them, too', async () => {
    const centre = await threeOnOneDatabase();
    const [a, b, c] = centre.nodes as [PresenceNode, PresenceNode, PresenceNode];
    a.arrives('3001');
    centre.signsIn('3001');
    await centre.pass(10_000);
    a.isolate(true);
    await centre.pass(30_000);
    // One of them is the heir.
    for (const node of [b, c]) node.kill();
    await centre.node('d');
    const [, , , d] = centre.nodes as [unknown, unknown, unknown, PresenceNode];
    await centre.pass(30_000);
    expect(d.watch.phaseOf('3001')).toBe('away');
    await centre.pass(20 * GRACE);
    expect(centre.signOuts).toEqual([]);
    a.leaves('3001');
    await centre.pass(3 * GRACE);
    expect(centre.signOuts).toMatchObject([{ node: 'd', loginId: '3001' }]);
    expect(centre.wrong).toEqual([]);
  });

  test('… also who went there while nobody saw it, and the node that he left knows of no other one', async () => {
    const centre = new PresenceNodes({ database: true });
    const b = await centre.node('b');
    b.arrives('3001');
    centre.signsIn('3001');
    await centre.pass(20_000);
    const a = new PresenceNode(centre, 'a', {});
    centre.nodes.push(a);
    a.isolate(true);
    void a.start();
    await centre.pass(20_000);
    b.leaves('3001');
    a.arrives('3001');
    await centre.pass(10 * GRACE);
    expect(centre.signOuts).toEqual([]);
    a.leaves('3001');
    await centre.pass(3 * GRACE);
    expect(centre.signOuts).toMatchObject([{ node: 'b', loginId: '3001' }]);
    expect(centre.wrong).toEqual([]);
  });
});

test('a node that is out of reach of NATS alone is asked over HTTPS at the host that it has written, also by one that has never seen it', async () => {
  const centre = new PresenceNodes({ database: true });
  const b = await centre.node('b');
  b.arrives('3001');
  centre.signsIn('3001');
  await centre.pass(20_000);
  const a = new PresenceNode(centre, 'a', {});
  centre.nodes.push(a);
  a.cut(true);
  void a.start();
  await centre.pass(20_000);
  expect(b.shared.hostsGone()).toEqual(['a']);
  a.isolate(false);
  await centre.pass(20_000);
  expect(b.shared.hostsGone()).toEqual([]);
});

test('who dies with a database at hand is inherited and signed out as without one, and as soon', async () => {
  const at: number[] = [];
  for (const database of [false, true]) {
    const centre = new PresenceNodes({ database });
    for (const name of ['a', 'b']) await centre.node(name);
    await centre.pass(20_000);
    const [a] = centre.nodes as [PresenceNode];
    a.arrives('3001');
    centre.signsIn('3001');
    await centre.pass(10_000);
    const died = centre.clock.monotonic();
    a.kill();
    await centre.pass(5 * GRACE);
    expect(centre.signOuts).toHaveLength(1);
    expect(centre.wrong).toEqual([]);
    at.push(centre.signOuts[0]!.at - died);
  }
  expect(Math.abs(at[1]! - at[0]!)).toBeLessThan(100);
});

test('the database away: nodes decide as without one, and wait when it is back until whoever lives has written again', async () => {
  const centre = await threeOnOneDatabase();
  const [a, b] = centre.nodes as [PresenceNode, PresenceNode];
  const database = centre.database!;
  for (const loginId of ['3001', '3002']) b.arrives(loginId);
  centre.signsIn('3001', '3002', '3003');
  await centre.pass(10_000);
  database.isDown = true;
  b.leaves('3001');
  await centre.pass(GRACE + 5_000);
  expect(centre.signOuts).toMatchObject([{ node: 'b', loginId: '3001' }]);
  // He goes to a node that nobody reaches, and it cannot write that he came.
  a.isolate(true);
  b.leaves('3002');
  a.arrives('3002');
  a.isWithoutDatabase = true;
  await centre.pass(GRACE - 3_000);
  database.isDown = false;
  await centre.pass(6_000);
  a.isWithoutDatabase = false;
  await centre.pass(10 * GRACE);
  expect(centre.signOuts).toHaveLength(1);
  expect(centre.wrong).toEqual([]);
});

test('an orderly end takes the sign back', async () => {
  const centre = await threeOnOneDatabase();
  const [a] = centre.nodes as [PresenceNode];
  expect(centre.database!.nodes).toEqual(['a', 'b', 'c']);
  await a.shared.close();
  await centre.pass(20_000);
  expect(centre.database!.nodes).toEqual(['b', 'c']);
});
