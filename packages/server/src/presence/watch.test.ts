/** The rules of docs/presence.md, each on virtual time with a scripted CTI server. */
import { AgentState, type DecodedMessage } from '@poise/ged188';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { PresenceCentre, type PresenceCentreOptions } from '../../test/centre/presence-centre.ts';
import { agent, TEST_DATA } from '../../test/centre/test-directory.ts';
import { ATTEMPT_PAUSES_MS } from '../domain/presence.ts';

let p: PresenceCentre;
afterEach(() => p?.close());

const GRACE = 60_000;
/** The line, the grace period, the decision and the request are a millisecond apart. */
const DUE = GRACE + 3;

async function signedIn(options: PresenceCentreOptions = {}): Promise<PresenceCentre> {
  p = await PresenceCentre.open(options);
  p.arrives('3001');
  await p.signsIn('3001');
  return p;
}
const pass = (ms: number) => p.centre.clock.advance(ms);
const stateOf = (user = '3001') => p.centre.desk.agents.get(user).state;

/** Keeps the presence-driven sign-outs for the test to answer. */
function hold(): DecodedMessage[] {
  const held: DecodedMessage[] = [];
  p.centre.server.onAgentRequest = (request) => void held.push(request);
  return held;
}

test('the last session gone, sixty seconds, a forced sign-out with reason 255', async () => {
  await signedIn();
  p.leaves('3001');
  pass(GRACE);
  expect(p.asked).toEqual([]);
  pass(3);
  expect(p.asked).toHaveLength(1);
  expect(p.asked[0]).toMatchObject({
    AgentState: AgentState.LOGOUT,
    AgentWorkMode: 0,
    EventReasonCode: 255,
    ForcedFlag: 1,
    AgentServiceReq: 1,
    AgentInstrument: '2003',
    AgentID: '3001',
  });
  expect(stateOf()).toBe('LOGOUT');
  expect(p.watch.phaseOf('3001')).toBe('absent');
  pass(300_000);
  expect(p.asked).toHaveLength(1);
});

test('presence is told, and the last unavailable one ends the subscription of the client log', async () => {
  p = await PresenceCentre.open();
  p.arrives('2001');
  p.leaves('2001', 'phone', false);
  p.leaves('2001');
  const kinds = () => p.centre.told.map(({ kind }) => kind);
  expect(kinds()).toEqual(['presence', 'presence', 'presence']);
  pass(1);
  expect(kinds().slice(3)).toEqual(['unsubscribe', 'presence.monitor']);
  expect(p.centre.told[3]).toMatchObject({
    node: '/finesse/api/User/2001/ClientLog',
    jid: '2001@fin1.example',
  });
});

test('a page that is loaded anew, or comes back in the last millisecond, stays signed in', async () => {
  await signedIn();
  for (const away of [0, 1, 5_000, GRACE + 1]) {
    p.leaves('3001');
    pass(away);
    p.arrives('3001');
    pass(2 * GRACE);
  }
  expect(p.asked).toEqual([]);
  expect(stateOf()).toBe('NOT_READY');
});

test('a session that comes after the decision, but before the request left, is in time', async () => {
  await signedIn();
  p.leaves('3001');
  pass(GRACE + 2);
  expect(p.watch.phaseOf('3001')).toBe('requested');
  p.arrives('3001');
  pass(2 * GRACE);
  expect(p.asked).toEqual([]);
  expect((await p.records()).map(({ outcome }) => outcome)).toEqual(['cancelled']);
});

test('in the queue behind a request of the agent it is decided when its turn comes', async () => {
  await signedIn();
  p.leaves('3001');
  pass(GRACE - 1_000);
  const held = hold();
  await p.centre.put('3001', { state: 'READY' }, 'r1');
  pass(1_100);
  expect(p.asked).toEqual([]);
  p.arrives('3001');
  p.centre.server.play(held[0]!);
  pass(1_000);
  expect(p.asked).toEqual([]);
  expect(stateOf()).toBe('READY');
});

test('a session that comes after the request was sent sees the LOGOUT event', async () => {
  await signedIn();
  const held = hold();
  p.leaves('3001');
  pass(DUE);
  p.arrives('3001');
  p.centre.published.length = 0;
  p.centre.server.play(held[0]!);
  expect(p.centre.published[0]).toMatchObject({ node: '/finesse/api/User/3001' });
  expect(p.centre.published[0]!.payload).toContain('<state>LOGOUT</state>');
  expect(p.watch.phaseOf('3001')).toBe('present');
  expect((await p.records())[0]).toMatchObject({ cause: 'presence', outcome: 'signedOut', reasonCode: 255 });
});

test('of several sessions the last one counts', async () => {
  await signedIn();
  p.arrives('3001', 'isi');
  p.leaves('3001', 'desktop', false);
  pass(10 * GRACE);
  expect(p.asked).toEqual([]);
  p.leaves('3001', 'isi');
  pass(DUE);
  expect(p.asked).toHaveLength(1);
});

test('with presence.resources desktop a program does not keep him signed in, and alone is not watched', async () => {
  await signedIn({ resources: 'desktop' });
  p.arrives('3001', 'isi');
  p.arrives('2001', 'isi');
  await p.signsIn('2001', '1001');
  p.leaves('3001', 'desktop', false);
  p.leaves('2001', 'isi');
  pass(DUE);
  expect(p.asked.map(({ AgentID }) => AgentID)).toEqual(['3001']);
});

test('who has never had a session here is not signed out, whatever he does elsewhere', async () => {
  p = await PresenceCentre.open();
  await p.signsIn('3001');
  pass(10 * GRACE);
  expect(p.asked).toEqual([]);
});

test('signed out meanwhile: no request, and nothing left to wait for', async () => {
  await signedIn();
  p.leaves('3001');
  pass(10_000);
  await p.centre.put('3001', { state: 'LOGOUT' }, 'r1');
  expect(p.watch.phaseOf('3001')).toBe('absent');
  await p.signsIn('3001');
  pass(10 * GRACE);
  expect(p.asked).toEqual([]);
  expect(await p.records()).toEqual([]);
});

test('who was signed out before the session went is forgotten with the grace period', async () => {
  p = await PresenceCentre.open();
  p.arrives('3001');
  p.leaves('3001');
  pass(DUE);
  expect(p.asked).toEqual([]);
  expect(p.watch.phaseOf('3001')).toBe('absent');
  expect(p.kept.size).toBe(0);
});

test('a sign-in over REST within the grace period begins it anew', async () => {
  p = await PresenceCentre.open();
  p.arrives('3001');
  p.leaves('3001');
  pass(GRACE - 1_000);
  await p.signsIn('3001');
  pass(GRACE - 1_000);
  expect(p.asked).toEqual([]);
  pass(2_000);
  expect(p.asked).toHaveLength(1);
});

test.each(['confirmed', 'refused because it changes nothing'])(
  '… also of who is signed in already, %s',
  async (how) => {
    await signedIn();
    const { server } = p.centre;
    server.event('3001', AgentState.AVAILABLE, '2003');
    p.leaves('3001');
    pass(GRACE - 1_000);
    server.onAgentRequest = (request) => {
      if (how === 'confirmed') server.confirm(request);
      else server.refuse(request, 259);
      server.onAgentRequest = (next) => server.play(next);
    };
    await p.signsIn('3001');
    pass(GRACE - 1_000);
    expect(p.asked).toEqual([]);
    pass(2_000);
    expect(p.asked).toHaveLength(1);
  },
);

test.each([
  ['done', 'sent'],
  ['done', 'confirmed'],
  ['refused', 'sent'],
])('… also one that is under way when the grace period ends: %s later, %s then', async (outcome, at) => {
  await signedIn();
  const { server } = p.centre;
  p.leaves('3001');
  pass(GRACE - 10);
  const held = hold();
  await p.signsIn('3001');
  if (at === 'confirmed') server.confirm(held[0]!);
  pass(1_000);
  expect(p.asked).toEqual([]);
  expect(held).toHaveLength(1);
  server.onAgentRequest = (request) => server.play(request);
  if (outcome === 'refused') server.refuse(held[0]!, 33);
  else if (at === 'sent') server.play(held[0]!);
  else server.event('3001', AgentState.NOT_READY, '2003');
  pass(GRACE - 2_000);
  expect(p.asked).toEqual([]);
  pass(3_000);
  expect(p.asked).toHaveLength(1);
  expect(await p.records()).toMatchObject([{ outcome: 'signedOut', attempts: 1 }]);
});

test('… of who was signed out before, too: he is watched', async () => {
  p = await PresenceCentre.open();
  p.arrives('3001');
  p.leaves('3001');
  pass(GRACE - 10);
  const held = hold();
  await p.signsIn('3001');
  pass(1_000);
  p.centre.server.onAgentRequest = (request) => p.centre.server.play(request);
  p.centre.server.play(held[0]!);
  pass(GRACE - 2_000);
  expect(p.asked).toEqual([]);
  pass(3_000);
  expect(p.asked).toHaveLength(1);
  expect(stateOf()).toBe('LOGOUT');
});

test('a sign-in that is refused begins nothing anew', async () => {
  await signedIn();
  p.leaves('3001');
  pass(GRACE - 1_000);
  p.centre.server.onAgentRequest = (request) => {
    p.centre.server.refuse(request, 33);
    p.centre.server.onAgentRequest = (next) => p.centre.server.play(next);
  };
  await p.signsIn('3001', '2005');
  pass(2_000);
  expect(p.asked).toHaveLength(1);
});

test('without a grace period he is signed out at once', async () => {
  await signedIn({ graceMs: 0 });
  p.leaves('3001');
  pass(3);
  expect(p.asked).toHaveLength(1);
});

test('steps of the wall clock do no harm', async () => {
  await signedIn();
  p.leaves('3001');
  pass(30_000);
  p.centre.clock.step(3_600_000);
  pass(GRACE - 30_000);
  expect(p.asked).toEqual([]);
  pass(3);
  expect(p.asked).toHaveLength(1);
});

test('a user who is deleted or renamed is forgotten', async () => {
  await signedIn();
  p.leaves('3001');
  const users = TEST_DATA.users.filter(({ loginId }) => loginId !== '3001');
  p.centre.directory.replace({ ...TEST_DATA, users: [...users, agent('3009', 'dev1', 'Dev', 'One', 5002)] });
  p.watch.directoryChanged();
  pass(DUE);
  expect(p.asked).toEqual([]);
  expect(p.watch.phaseOf('3001')).toBe('absent');
});

// ---- services that are down ---------------------------------------------------------------------

test('the notification service down: unknown is not away; then one whole grace period for those who do not come back', async () => {
  await signedIn();
  p.arrives('2001');
  await p.signsIn('2001', '1001');
  p.services.partChanged('notification', 'stopping');
  expect(p.centre.desk.status.reason).toBe('The notification service is not available.');
  pass(10 * GRACE);
  expect(p.asked).toEqual([]);
  p.services.partChanged('notification', 'started');
  pass(GRACE - 10);
  p.arrives('2001');
  expect(p.asked).toEqual([]);
  pass(20);
  expect(p.asked.map(({ AgentID }) => AgentID)).toEqual(['3001']);
  pass(10 * GRACE);
  expect(p.asked).toHaveLength(1);
});

test('a grace period that ran when the notification service went down begins anew when it is back', async () => {
  await signedIn();
  p.leaves('3001');
  pass(GRACE - 1);
  p.services.partChanged('notification', 'failed');
  pass(GRACE);
  p.services.partChanged('notification', 'started');
  pass(GRACE - 1);
  expect(p.asked).toEqual([]);
  pass(10);
  expect(p.asked).toHaveLength(1);
});

test('the webservices down: sessions stay and are still seen, nobody is signed out, then the same', async () => {
  await signedIn();
  p.arrives('2001');
  await p.signsIn('2001', '1001');
  await p.services.webservices.stop();
  expect(p.service).toBe(false);
  p.leaves('3001');
  pass(10 * GRACE);
  expect(p.asked).toEqual([]);
  await p.services.webservices.start();
  expect(p.service).toBe(true);
  pass(GRACE - 1_000);
  expect(p.asked).toEqual([]);
  pass(2_000);
  expect(p.asked.map(({ AgentID }) => AgentID)).toEqual(['3001']);
  expect(stateOf('2001')).toBe('NOT_READY');
});

test('after a kill those who were here get one grace period from the moment that everything serves', async () => {
  await signedIn();
  p.arrives('2001');
  await p.signsIn('2001', '1001');
  const kept = [...p.kept.values()];
  const { agents } = p.centre.server;
  await p.close();
  p = await PresenceCentre.open({ kept, running: false });
  for (const [id, state] of agents) p.centre.server.agents.set(id, state);
  p.centre.server.listening = false;
  await p.start();
  pass(10 * GRACE);
  expect(p.asked).toEqual([]);
  p.centre.server.listening = true;
  while (!p.centre.desk.status.inService) pass(100);
  pass(30_000);
  p.arrives('2001');
  pass(GRACE);
  expect(p.asked.map(({ AgentID }) => AgentID)).toEqual(['3001']);
});

describe('with another node that can be asked', () => {
  let answer: 'present' | 'absent' | 'unknown';
  const askedElsewhere: string[] = [];
  const monitored = () =>
    p.centre.told.flatMap((told) => (told.kind === 'presence.monitor' ? [told.event] : []));
  const answered = async () => {
    await Promise.resolve();
    pass(10);
  };

  beforeEach(async () => {
    askedElsewhere.length = 0;
    await signedIn({
      hasPeer: true,
      elsewhere: async (loginId) => {
        askedElsewhere.push(loginId);
        return answer;
      },
    });
  });

  test('who is present there is not signed out, and forgotten here', async () => {
    answer = 'present';
    p.arrives('3001');
    p.leaves('3001');
    pass(DUE);
    await answered();
    pass(10 * GRACE);
    expect(p.asked).toEqual([]);
    expect(askedElsewhere).toEqual(['3001']);
    expect(monitored()).toContain('elsewhere');
    expect(p.kept.size).toBe(0);
  });

  test.each(['absent', 'unknown'] as const)(
    'who was seen to leave is signed out when he is %s there',
    async (there) => {
      answer = there;
      p.arrives('3001');
      p.leaves('3001');
      pass(DUE);
      await answered();
      expect(p.asked).toHaveLength(1);
    },
  );

  test('who does not come back after an outage here, and may be there, is asked for until that node says, or is gone', async () => {
    answer = 'unknown';
    p.arrives('3001');
    p.services.partChanged('notification', 'stopping');
    p.services.partChanged('notification', 'started');
    pass(DUE);
    for (let k = 0; k < 5; k++) {
      await answered();
      pass(30_000);
    }
    expect(p.asked).toEqual([]);
    expect(monitored().filter((event) => event === 'perhapsElsewhere')).toHaveLength(1);
    answer = 'absent';
    await answered();
    pass(30_000);
    await answered();
    expect(p.asked).toHaveLength(1);
  });

  test('a sign-out of who has no session here is the other node’s to record', async () => {
    await p.signsIn('2001', '1001');
    p.centre.server.event('2001', AgentState.LOGOUT, '1001', 0);
    pass(10);
    await p.log.flush();
    expect(await p.records()).toEqual([]);
    p.centre.server.event('3001', AgentState.LOGOUT, '2003', 0);
    pass(10);
    await p.log.flush();
    expect(await p.records()).toMatchObject([{ agentId: '3001', cause: 'system' }]);
  });

  test.each([
    ['absent', 1],
    ['unknown', 0],
    ['present', 0],
  ] as const)(
    'who does not come back after an outage here and is %s there: %s sign-outs',
    async (there, count) => {
      answer = there;
      p.arrives('3001');
      p.services.partChanged('notification', 'stopping');
      p.services.partChanged('notification', 'started');
      pass(DUE);
      await answered();
      expect(p.asked).toHaveLength(count);
    },
  );

  test('an answer that comes after his return changes nothing', async () => {
    answer = 'absent';
    p.arrives('3001');
    p.leaves('3001');
    pass(DUE);
    p.arrives('3001');
    await answered();
    pass(10 * GRACE);
    expect(askedElsewhere).toEqual(['3001']);
    expect(p.asked).toEqual([]);
  });
});

test('a resource taken over by a newcomer who never becomes available is gone', async () => {
  await signedIn();
  p.arrives('3001');
  pass(GRACE);
  p.leaves('3001', 'desktop', true, 'replaced');
  pass(DUE);
  expect(await p.records()).toMatchObject([{ departure: 'replaced', outcome: 'signedOut' }]);
});

test('what is kept says who is here, and since when he is not', async () => {
  await signedIn();
  const at = p.centre.clock.now();
  expect(p.kept.get('3001')).toMatchObject({ departure: null, awaySince: null });
  p.leaves('3001', 'desktop', true, 'idle');
  expect(p.kept.get('3001')).toEqual({
    loginId: '3001',
    session: { jid: '3001@fin1.example/desktop', transport: 'bosh', address: '10.1.2.3' },
    departure: 'idle',
    awaySince: at,
    lastActiveAt: at,
    isSignedIn: true,
  });
  pass(DUE);
  expect(p.kept.size).toBe(0);
});

test('a page that is closed after its sign-out leaves nothing behind: who signs in again without it is not signed out', async () => {
  await signedIn();
  p.arrives('3001');
  p.centre.server.event('3001', AgentState.LOGOUT, '2003', 0);
  pass(10);
  p.leaves('3001');
  expect(p.watch.phaseOf('3001')).toBe('absent');
  pass(500);
  await p.signsIn('3001', '1003');
  pass(10 * GRACE);
  expect(p.asked).toEqual([]);
});

test('… unless he has asked to be signed in before the page goes: then he is, without a page, and not for long', async () => {
  await signedIn();
  p.arrives('3001');
  const { server } = p.centre;
  server.event('3001', AgentState.LOGOUT, '2003', 0);
  pass(10);
  server.onAgentRequest = (request) => server.confirm(request);
  await p.centre.put('3001', { state: 'LOGIN', extension: '2003' }, 'again');
  pass(10);
  p.leaves('3001');
  pass(500);
  server.onAgentRequest = (request) => server.play(request);
  server.event('3001', AgentState.NOT_READY, '2003', 0);
  pass(GRACE - 1_000);
  expect(p.asked).toEqual([]);
  pass(2_000);
  expect(p.asked).toHaveLength(1);
  expect(stateOf()).toBe('LOGOUT');
});

// ---- nobody stays signed in wrongly -------------------------------------------------------------

test('no time runs while the link is down, for nobody can come back then; one whole grace period when it is back', async () => {
  await signedIn();
  const { server } = p.centre;
  p.leaves('3001');
  server.listening = false;
  server.drop();
  pass(10 * GRACE);
  expect(p.asked).toEqual([]);
  server.listening = true;
  while (!p.centre.desk.status.inService) pass(100);
  pass(GRACE - 1_000);
  expect(p.asked).toEqual([]);
  pass(2_000);
  expect(p.asked).toHaveLength(1);
  expect(stateOf()).toBe('LOGOUT');
});

test('a session lost while the link is down may come back when it is up', async () => {
  await signedIn();
  const { server } = p.centre;
  server.listening = false;
  server.drop();
  p.leaves('3001');
  pass(2 * GRACE);
  server.listening = true;
  while (!p.centre.desk.status.inService) pass(100);
  pass(GRACE - 1_000);
  p.arrives('3001');
  pass(2 * GRACE);
  expect(p.asked).toEqual([]);
});

test('… unless he came back, or was signed out, meanwhile', async () => {
  await signedIn();
  p.arrives('2001');
  await p.signsIn('2001', '1001');
  const { server } = p.centre;
  p.leaves('3001');
  p.leaves('2001');
  server.listening = false;
  server.drop();
  pass(2 * GRACE);
  server.agents.delete('2001');
  server.listening = true;
  p.arrives('3001');
  while (!p.centre.desk.status.inService) pass(100);
  pass(2 * GRACE);
  expect(p.asked).toEqual([]);
});

test('lost with the link: asked again when it is back, however often that happens', async () => {
  await signedIn();
  const { server } = p.centre;
  hold();
  p.leaves('3001');
  pass(DUE);
  for (let times = 1; times <= ATTEMPT_PAUSES_MS.length + 2; times += 1) {
    expect(p.asked).toHaveLength(times);
    server.drop();
    while (!p.centre.desk.status.inService) pass(100);
    pass(2_000);
  }
  server.onAgentRequest = (request) => server.play(request);
  server.drop();
  while (stateOf() !== 'LOGOUT') pass(100);
  expect((await p.records()).map(({ outcome }) => outcome)).toEqual(['signedOut']);
});

test('without an answer it is asked again with growing pauses, and given up after a bounded number', async () => {
  await signedIn();
  hold();
  p.leaves('3001');
  pass(GRACE);
  pass(3_600_000);
  expect(p.asked).toHaveLength(ATTEMPT_PAUSES_MS.length + 1);
  expect(p.watch.phaseOf('3001')).toBe('absent');
  expect(await p.records()).toMatchObject([
    { outcome: 'unanswered', attempts: ATTEMPT_PAUSES_MS.length + 1, invokeId: p.asked.at(-1)!.InvokeID },
  ]);
});

test('a passing refusal is asked again, one for good is recorded with its constant', async () => {
  await signedIn();
  const { server } = p.centre;
  server.onAgentRequest = (request) => server.refuse(request, 33);
  p.leaves('3001');
  pass(DUE);
  expect(p.watch.phaseOf('3001')).toBe('due');
  server.onAgentRequest = (request) => server.refuse(request, 22);
  pass(1_500);
  expect(p.asked).toHaveLength(2);
  pass(10 * GRACE);
  expect(p.asked).toHaveLength(2);
  expect(await p.records()).toMatchObject([{ outcome: 'refused', attempts: 2, state: null }]);
  expect((await p.records())[0]!.refusal).toMatch(/^22/);
});

test('a full queue is waited for', async () => {
  await signedIn({ requestLimits: { perAgentMax: 1, settleMs: 5_000, signInSettleMs: 10_000 } });
  const { server } = p.centre;
  const held = hold();
  p.leaves('3001');
  pass(GRACE - 100);
  await p.centre.put('3001', { state: 'READY' }, 'r1');
  pass(200);
  expect(p.asked).toEqual([]);
  server.play(held[0]!);
  server.onAgentRequest = (request) => server.play(request);
  pass(1_500);
  expect(p.asked).toHaveLength(1);
  expect(stateOf()).toBe('LOGOUT');
});

test('confirmed, but he stays READY: asked again', async () => {
  await signedIn();
  const { server } = p.centre;
  server.event('3001', AgentState.AVAILABLE, '2003');
  server.onAgentRequest = (request) => server.confirm(request);
  p.leaves('3001');
  pass(DUE);
  server.onAgentRequest = (request) => server.play(request);
  pass(10_000);
  expect(p.asked).toHaveLength(2);
  expect(stateOf()).toBe('LOGOUT');
});

// ---- what the deployments make of it ------------------------------------------------------------

test('CCE makes him NOT_READY: recorded as such, and he is left alone', async () => {
  await signedIn();
  const { server } = p.centre;
  server.onAgentRequest = (request) => {
    server.confirm(request);
    server.event('3001', AgentState.NOT_READY, '2003', 50_002);
  };
  p.leaves('3001');
  pass(10 * GRACE);
  expect(p.asked).toHaveLength(1);
  expect(stateOf()).toBe('NOT_READY');
  expect(await p.records()).toMatchObject([
    { outcome: 'notReady', state: 'NOT_READY', reasonCode: 50_002, cause: 'presence' },
  ]);
});

test('… and once more, when he goes without having been ready: a record of its own, and so has the next one', async () => {
  await signedIn();
  const { server } = p.centre;
  const gone = async (): Promise<void> => {
    server.onAgentRequest = (request) => {
      server.confirm(request);
      server.event('3001', AgentState.NOT_READY, '2003', 50_002);
    };
    p.leaves('3001');
    pass(2 * GRACE);
    p.arrives('3001');
  };
  await gone();
  await gone();
  server.event('3001', AgentState.AVAILABLE, '2003');
  pass(1_000);
  await gone();
  expect(p.asked).toHaveLength(3);
  const records = await p.records();
  expect(records).toHaveLength(3);
  for (const record of records)
    expect(record).toMatchObject({
      outcome: 'notReady',
      state: 'NOT_READY',
      reasonCode: 50_002,
      attempts: 1,
    });
  expect(new Set(records.map(({ awaySince }) => awaySince)).size).toBe(3);
});

test('… and he is back before that is told: the record ends all the same', async () => {
  await signedIn();
  const { server } = p.centre;
  server.event('3001', AgentState.NOT_READY, '2003', 50_002);
  const held = hold();
  p.leaves('3001');
  pass(DUE);
  p.arrives('3001');
  server.confirm(held[0]!);
  server.event('3001', AgentState.NOT_READY, '2003', 50_002);
  expect(await p.records()).toMatchObject([{ outcome: 'notReady', reasonCode: 50_002 }]);
});

test('on a call: taken, shown as no wish of his, and recorded at the end of the call', async () => {
  await signedIn();
  const { server } = p.centre;
  server.event('3001', AgentState.TALKING, '2003');
  server.onAgentRequest = (request) => server.confirm(request);
  p.leaves('3001');
  pass(DUE);
  expect(p.centre.desk.agents.get('3001').pendingState).toBe('');
  pass(10_000);
  expect((await p.records())[0]).toMatchObject({ outcome: 'pending', state: null });
  pass(600_000);
  expect(p.asked).toHaveLength(1);
  server.event('3001', AgentState.WORK_NOT_READY, '2003');
  server.event('3001', AgentState.NOT_READY, '2003', 50_002);
  expect(await p.records()).toMatchObject([{ outcome: 'notReady', reasonCode: 50_002 }]);
});

test('CCX: a NOT_READY of the system while he is being signed out is not taken for the sign-out', async () => {
  await signedIn({ profile: { deployment: 'CCX' } });
  const { server } = p.centre;
  server.event('3001', AgentState.AVAILABLE, '2003');
  server.onAgentRequest = (request) => {
    server.event('3001', AgentState.NOT_READY, '2003', 32_763);
    server.confirm(request);
  };
  p.leaves('3001');
  pass(DUE);
  server.onAgentRequest = (request) => server.play(request);
  // Confirmed, and no event tells that he is signed out: asked again.
  pass(12_000);
  expect(stateOf()).toBe('LOGOUT');
  expect(await p.records()).toMatchObject([{ outcome: 'signedOut', reasonCode: 255, attempts: 2 }]);
});

test.each(['before', 'after'])(
  '… and the sign-out that comes %s the confirmation is its own',
  async (when) => {
    await signedIn({ profile: { deployment: 'CCX' } });
    const { server } = p.centre;
    server.event('3001', AgentState.AVAILABLE, '2003');
    const held = hold();
    p.leaves('3001');
    pass(DUE);
    server.event('3001', AgentState.NOT_READY, '2003', 32_763);
    if (when === 'after') server.confirm(held[0]!);
    server.event('3001', AgentState.LOGOUT, '2003', 255);
    if (when === 'before') server.confirm(held[0]!);
    pass(300_000);
    expect(p.asked).toHaveLength(1);
    expect(await p.records()).toMatchObject([
      { cause: 'presence', outcome: 'signedOut', state: 'LOGOUT', reasonCode: 255, attempts: 1 },
    ]);
  },
);

test('supervisors are signed out as agents', async () => {
  p = await PresenceCentre.open();
  p.arrives('2050');
  await p.signsIn('2050', '1050');
  p.leaves('2050');
  pass(DUE);
  expect(p.asked).toMatchObject([{ AgentID: '2050' }]);
});

// ---- records ------------------------------------------------------------------------------------

test('a record says who, when, how the session ended, and what became of it', async () => {
  await signedIn({ profile: { deployment: 'CCX' } });
  const left = p.centre.clock.now();
  p.leaves('3001', 'desktop', true, 'idle');
  pass(DUE);
  expect(await p.records()).toEqual([
    {
      id: 1,
      at: left + GRACE + 2,
      agentId: '3001',
      cause: 'presence',
      actingId: '',
      session: { jid: '3001@fin1.example/desktop', transport: 'bosh', address: '10.1.2.3' },
      departure: 'idle',
      lastActiveAt: left,
      awaySince: left,
      graceMs: GRACE,
      requestId: 'sign-out-1',
      invokeId: p.asked[0]!.InvokeID,
      attempts: 1,
      outcome: 'signedOut',
      state: 'LOGOUT',
      reasonCode: 255,
      refusal: null,
      endedAt: left + DUE,
    },
  ]);
});

test('sign-outs by a supervisor and by the CTI server are recorded, the agent’s own are not', async () => {
  await signedIn();
  p.arrives('2001');
  await p.signsIn('2001', '1001');
  await p.centre.put('2050', { state: 'LOGOUT' }, 'by-2050', '2001');
  await p.centre.put('3001', { state: 'LOGOUT' }, 'own');
  await p.signsIn('3001');
  p.centre.server.event('3001', AgentState.LOGOUT, '2003', 50_001);
  expect(await p.records()).toMatchObject([
    { agentId: '2001', cause: 'supervisor', actingId: '2050', requestId: 'by-2050', outcome: 'signedOut' },
    { agentId: '3001', cause: 'system', actingId: '', reasonCode: 50_001, requestId: '', attempts: 0 },
  ]);
});

test('an own sign-out whose event is late, or comes at the end of a call, stays his own', async () => {
  await signedIn();
  const { server } = p.centre;
  server.onAgentRequest = (request) => server.confirm(request);
  await p.centre.put('3001', { state: 'LOGOUT' }, 'own');
  pass(30_000);
  server.event('3001', AgentState.LOGOUT, '2003', 1);
  expect(await p.records()).toEqual([]);
});

test('signed in when the process ended, signed out when the next one is in service: recorded as the doing of the system', async () => {
  await signedIn();
  p.arrives('3001');
  await p.signsIn('2001', '1001');
  p.arrives('2001');
  p.centre.server.event('2001', AgentState.LOGOUT, '1001', 0);
  const kept = [...p.kept.values()];
  expect(kept.map(({ loginId, isSignedIn }) => [loginId, isSignedIn])).toEqual([
    ['3001', true],
    ['2001', false],
  ]);
  await p.centre.close();
  // The CTI server went with it: nobody is signed in.
  p = await PresenceCentre.open({ kept });
  while (!p.centre.desk.status.inService) pass(100);
  expect(await p.records()).toMatchObject([{ agentId: '3001', cause: 'system', outcome: 'signedOut' }]);
  expect(p.watch.phaseOf('3001')).toBe('absent');
  pass(10 * GRACE);
  expect(p.asked).toEqual([]);
});

describe('a sign-out that was under way when the process was killed', () => {
  /** The next process finds the agent like this at the CTI server; undefined: signed out. */
  async function restarted(state: number | undefined, options: PresenceCentreOptions = {}): Promise<void> {
    const kept = [...p.kept.values()];
    const recorded = await p.records();
    await p.close();
    p = await PresenceCentre.open({ ...options, kept, recorded, running: false });
    if (state !== undefined) p.centre.server.agents.set('3001', { state, extension: '2003' });
    await p.start();
    while (!p.centre.desk.status.inService) pass(100);
  }
  async function asked(options: PresenceCentreOptions = {}): Promise<void> {
    await signedIn(options);
    p.centre.server.event('3001', AgentState.AVAILABLE, '2003');
    hold();
    p.leaves('3001');
    pass(DUE);
    expect(await p.records()).toMatchObject([{ outcome: 'requested', endedAt: null }]);
  }
  async function pending(options: PresenceCentreOptions = {}): Promise<void> {
    await signedIn(options);
    p.centre.server.event('3001', AgentState.TALKING, '2003');
    p.centre.server.onAgentRequest = (request) => p.centre.server.confirm(request);
    p.leaves('3001');
    pass(DUE + 10_000);
    expect(await p.records()).toMatchObject([{ outcome: 'pending', endedAt: null }]);
  }

  test.each([
    ['CCX', undefined, 'signedOut', 'LOGOUT'],
    ['CCE', undefined, 'signedOut', 'LOGOUT'],
    ['CCE', AgentState.NOT_READY, 'notReady', 'NOT_READY'],
    ['CCX', AgentState.NOT_READY, 'unanswered', null],
    ['CCE', AgentState.AVAILABLE, 'unanswered', null],
  ] as const)('%s, found in state %s: %s, in this one record', async (deployment, found, outcome, state) => {
    const options: PresenceCentreOptions = { profile: { deployment } };
    for (const begun of [asked, pending]) {
      await begun(options);
      await restarted(found, options);
      const records = await p.records();
      expect(records).toMatchObject([{ id: 1, cause: 'presence', outcome, state, reasonCode: null }]);
      expect(records[0]!.endedAt).not.toBeNull();
      await p.close();
    }
  });

  test('in a call: open until its end, whoever tells of it', async () => {
    await pending({ profile: { deployment: 'CCX' } });
    await restarted(AgentState.TALKING, { profile: { deployment: 'CCX' } });
    pass(1_000);
    expect(await p.records()).toMatchObject([{ outcome: 'pending', endedAt: null }]);
    p.centre.server.event('3001', AgentState.LOGOUT, '2003', 255);
    expect(await p.records()).toMatchObject([{ cause: 'presence', outcome: 'signedOut', reasonCode: 255 }]);
  });

  test('in a call, and still away: the same absence is one record', async () => {
    await asked({ profile: { deployment: 'CCX' } });
    await restarted(AgentState.TALKING, { profile: { deployment: 'CCX' } });
    pass(DUE + 1_000);
    expect(p.asked).toHaveLength(1);
    p.centre.server.event('3001', AgentState.LOGOUT, '2003', 255);
    expect(await p.records()).toMatchObject([{ id: 1, attempts: 2, outcome: 'signedOut', reasonCode: 255 }]);
  });

  test.each([
    ['CCE', AgentState.NOT_READY, 'notReady', 50_002],
    ['CCX', AgentState.NOT_READY, 'unanswered', null],
    ['CCE', AgentState.AVAILABLE, 'unanswered', null],
  ] as const)('%s, in a call, then in state %s: %s', async (deployment, next, outcome, reasonCode) => {
    const options: PresenceCentreOptions = { profile: { deployment } };
    await pending(options);
    await restarted(AgentState.TALKING, options);
    p.centre.server.event('3001', next, '2003', 50_002);
    const records = await p.records();
    expect(records).toMatchObject([{ id: 1, cause: 'presence', outcome, reasonCode }]);
    expect(records[0]!.endedAt).not.toBeNull();
  });

  test('in a call, asked again, and not ready before the answer: the answer ends the record', async () => {
    await asked({ profile: { deployment: 'CCX' } });
    await restarted(AgentState.TALKING, { profile: { deployment: 'CCX' } });
    const held = hold();
    pass(DUE + 1_000);
    p.centre.server.event('3001', AgentState.NOT_READY, '2003', 32_763);
    expect(await p.records()).toMatchObject([{ outcome: 'requested', endedAt: null }]);
    p.centre.server.play(held[0]!);
    pass(1_000);
    expect(await p.records()).toMatchObject([{ id: 1, attempts: 2, outcome: 'signedOut', reasonCode: 255 }]);
  });

  test('in a call, come back, and gone again: a record of its own, and the first one is over', async () => {
    await pending();
    await restarted(AgentState.TALKING);
    p.arrives('3001');
    pass(5_000);
    p.leaves('3001');
    pass(DUE);
    expect(await p.records()).toMatchObject([{ outcome: 'cancelled' }, { id: 2, attempts: 1 }]);
  });
});

test('a sign-out at the end of a call is over when he signs out by himself, or is asked for anew', async () => {
  await signedIn();
  const { server } = p.centre;
  server.event('3001', AgentState.TALKING, '2003');
  server.onAgentRequest = (request) => server.confirm(request);
  for (let absence = 0; absence < 2; absence += 1) {
    p.leaves('3001');
    pass(DUE + 10_000);
    p.arrives('3001');
    pass(1_000);
  }
  expect(await p.records()).toMatchObject([{ outcome: 'cancelled' }, { outcome: 'pending' }]);
  await p.centre.put('3001', { state: 'LOGOUT' }, 'own');
  server.event('3001', AgentState.LOGOUT, '2003', 1);
  const records = await p.records();
  expect(records).toHaveLength(2);
  expect(records[1]!.endedAt).not.toBeNull();
});

test('a sign-out at the end of a call that leaves him READY is over when he is back', async () => {
  await signedIn();
  const { server } = p.centre;
  server.event('3001', AgentState.TALKING, '2003');
  server.onAgentRequest = (request) => server.confirm(request);
  p.leaves('3001');
  pass(DUE + 10_000);
  p.arrives('3001');
  server.event('3001', AgentState.WORK_READY, '2003');
  expect(await p.records()).toMatchObject([{ outcome: 'pending', endedAt: null }]);
  server.event('3001', AgentState.AVAILABLE, '2003');
  const records = await p.records();
  expect(records).toMatchObject([{ outcome: 'cancelled', state: null, reasonCode: null }]);
  expect(records[0]!.endedAt).not.toBeNull();
  expect(p.centre.told.filter(({ kind }) => kind === 'signOut.forced')).toHaveLength(2);
  pass(2 * GRACE);
  expect(p.asked).toHaveLength(1);
});

test.each([
  ['CCE', AgentState.AVAILABLE],
  ['CCX', AgentState.AVAILABLE],
  ['CCX', AgentState.NOT_READY],
] as const)(
  '%s: … and is asked for once more while he is away, in the same record (state %s)',
  async (deployment, state) => {
    await signedIn({ profile: { deployment } });
    const { server } = p.centre;
    server.event('3001', AgentState.TALKING, '2003');
    server.onAgentRequest = (request) => server.confirm(request);
    p.leaves('3001');
    pass(DUE + 10_000);
    expect(p.watch.phaseOf('3001')).toBe('taken');
    server.onAgentRequest = (request) => server.play(request);
    server.event('3001', state, '2003');
    pass(1_002);
    expect(p.asked).toHaveLength(2);
    expect(stateOf()).toBe('LOGOUT');
    expect(await p.records()).toMatchObject([{ outcome: 'signedOut', reasonCode: 255, attempts: 2 }]);
    expect(p.watch.phaseOf('3001')).toBe('absent');
    expect(p.kept.size).toBe(0);
  },
);

test('… in vain, as often as any other: then it is given up', async () => {
  await signedIn();
  const { server } = p.centre;
  server.event('3001', AgentState.TALKING, '2003');
  server.onAgentRequest = (request) => server.confirm(request);
  p.leaves('3001');
  pass(DUE + 10_000);
  server.event('3001', AgentState.AVAILABLE, '2003');
  pass(600_000);
  expect(p.asked).toHaveLength(1 + ATTEMPT_PAUSES_MS.length);
  expect(await p.records()).toMatchObject([{ outcome: 'unanswered' }]);
  expect(p.watch.phaseOf('3001')).toBe('absent');
});

test('… while the notification service is down: he has a whole grace period to come back', async () => {
  await signedIn();
  const { server } = p.centre;
  server.event('3001', AgentState.TALKING, '2003');
  server.onAgentRequest = (request) => server.confirm(request);
  p.leaves('3001');
  pass(DUE + 10_000);
  p.services.partChanged('notification', 'stopping');
  server.event('3001', AgentState.AVAILABLE, '2003');
  pass(10 * GRACE);
  p.services.partChanged('notification', 'started');
  pass(GRACE - 1_000);
  expect(p.asked).toHaveLength(1);
  pass(2_000);
  expect(p.asked).toHaveLength(2);
});

test('made NOT_READY at the end of a call: over, and nobody is waited for any more', async () => {
  await signedIn();
  const { server } = p.centre;
  server.event('3001', AgentState.TALKING, '2003');
  server.onAgentRequest = (request) => server.confirm(request);
  p.leaves('3001');
  pass(DUE + 10_000);
  server.event('3001', AgentState.NOT_READY, '2003', 50_002);
  pass(10 * GRACE);
  expect(p.asked).toHaveLength(1);
  expect(p.watch.phaseOf('3001')).toBe('absent');
  expect(await p.records()).toMatchObject([{ outcome: 'notReady', reasonCode: 50_002 }]);
});

test('CCE, not ready before, and no event ever tells of the sign-out: the record ends all the same', async () => {
  await signedIn();
  const { server } = p.centre;
  server.event('3001', AgentState.NOT_READY, '2003', 7);
  server.onAgentRequest = (request) => server.confirm(request);
  p.leaves('3001');
  pass(DUE + 10_000);
  expect(await p.records()).toMatchObject([{ outcome: 'pending', endedAt: null }]);
  pass(GRACE);
  expect(await p.records()).toMatchObject([{ outcome: 'notReady', state: 'NOT_READY' }]);
  expect(p.asked).toHaveLength(1);
});

test('… and told late: one record, with what was told', async () => {
  await signedIn();
  const { server } = p.centre;
  server.onAgentRequest = (request) => server.confirm(request);
  p.leaves('3001');
  pass(DUE + 30_000);
  server.event('3001', AgentState.LOGOUT, '2003', 50_002);
  pass(10 * GRACE);
  expect(await p.records()).toMatchObject([{ outcome: 'signedOut', reasonCode: 50_002 }]);
});

test.each([7, 0])(
  '… and told too late, when the record has ended (reason %i): it is the same record',
  async (before) => {
    await signedIn();
    const { server } = p.centre;
    if (before > 0) server.event('3001', AgentState.NOT_READY, '2003', before);
    server.onAgentRequest = (request) => server.confirm(request);
    p.leaves('3001');
    pass(DUE + 2 * GRACE);
    expect(await p.records()).toMatchObject([{ outcome: 'notReady', reasonCode: before }]);
    server.event('3001', AgentState.LOGOUT, '2003', 50_002);
    const [first] = await p.records();
    expect(await p.records()).toMatchObject([
      { cause: 'presence', outcome: 'signedOut', reasonCode: 50_002, attempts: 1 },
    ]);
    // The next sign-out is another one.
    server.event('3001', AgentState.NOT_READY, '2003');
    server.event('3001', AgentState.LOGOUT, '2003');
    expect((await p.records()).map(({ id, cause }) => [id === first!.id, cause])).toEqual([
      [true, 'presence'],
      [false, 'system'],
    ]);
  },
);

test('a sign-out that was given up unanswered, and is told after all, is one record', async () => {
  await signedIn();
  const { server } = p.centre;
  server.event('3001', AgentState.AVAILABLE, '2003');
  server.onAgentRequest = () => {};
  p.leaves('3001');
  pass(3_600_000);
  expect(p.watch.phaseOf('3001')).toBe('absent');
  expect(await p.records()).toMatchObject([{ outcome: 'unanswered' }]);
  server.event('3001', AgentState.LOGOUT, '2003', 50_002);
  expect(await p.records()).toMatchObject([{ cause: 'presence', outcome: 'signedOut', reasonCode: 50_002 }]);
});

test('… and he came back, READY, before the confirmation: it has not come about', async () => {
  await signedIn();
  const { server } = p.centre;
  server.event('3001', AgentState.AVAILABLE, '2003');
  const held = hold();
  p.leaves('3001');
  pass(DUE);
  p.arrives('3001');
  server.confirm(held[0]!);
  pass(2 * GRACE);
  expect(await p.records()).toMatchObject([{ outcome: 'unanswered', state: null }]);
});

test('found signed out when the link is back: recorded as the doing of the system', async () => {
  await signedIn();
  const { server } = p.centre;
  server.drop();
  server.agents.delete('3001');
  while (!p.centre.desk.status.inService) pass(100);
  expect(await p.records()).toMatchObject([{ agentId: '3001', cause: 'system', outcome: 'signedOut' }]);
});

test('records that cannot be written wait', async () => {
  await signedIn();
  p.store.failing = true;
  p.leaves('3001');
  pass(DUE);
  await p.log.flush();
  expect(p.store.records.size).toBe(0);
  p.store.failing = false;
  expect(await p.records()).toMatchObject([{ outcome: 'signedOut' }]);
});

test('the record has a line of its own in the webservices log', async () => {
  await signedIn();
  p.leaves('3001');
  pass(DUE);
  const told = p.centre.told.filter(({ kind }) => kind === 'signOut.forced');
  expect(told).toMatchObject([{ cause: { user: '3001', requestId: 'sign-out-1' } }]);
});
