import { AgentState, type DecodedMessage } from '@poise/ged188';
import { afterEach, describe, expect, test } from 'vitest';
import { NodePair } from '../../test/centre/node-pair.ts';
import { TraceBook } from '../action-trace/trace-book.ts';
import { forceSignOut } from '../commands/force-sign-out.ts';
import { FOREIGN_PER_LANE_MAX } from '../commands/foreign-requests.ts';

let pair: NodePair;
afterEach(() => pair?.close());

/** 3001 signed in at 2003, as both nodes know. */
async function signedIn(): Promise<NodePair> {
  pair = await NodePair.open();
  await pair.a.put('3001', { state: 'LOGIN', extension: '2003' }, 'sign-in');
  pair.clock.advance(50);
  return pair.quiet();
}

/** Keeps what reaches the CTI server from A for the test to answer. */
function hold(): DecodedMessage[] {
  const held: DecodedMessage[] = [];
  pair.a.server.onAgentRequest = (request) => void held.push(request);
  return held;
}
const READY = ['User/3001 PUT READY', 'Team/5002/Users PUT READY'];

describe('a request about an agent, made at A', () => {
  test('the outcome bears its requestId at both nodes, once', async () => {
    await signedIn();
    await pair.a.put('3001', { state: 'READY' }, 'r1');
    pair.clock.advance(60_000);
    expect(pair.answers('r1')).toEqual({ a: READY, b: READY });
    expect(pair.b.published.filter(({ node }) => node === '/finesse/api/User/3001')).toHaveLength(1);
  });

  test('a sign-in is known with its details at B, too', async () => {
    pair = await NodePair.open();
    const mobile = '<mode>CALL_BY_CALL</mode><dialNumber>5551234</dialNumber>';
    await pair.a.put('3001', { state: 'LOGIN', extension: '2003', mobileAgent: mobile }, 'r1');
    pair.clock.advance(50);
    expect(pair.answers('r1').b).toEqual(pair.answers('r1').a);
    expect(pair.b.desk.agents.get('3001').mobile).toEqual({ mode: 'CALL_BY_CALL', dialNumber: '5551234' });
    expect(pair.b.answers('r1')[0]!.payload).toBe(pair.a.answers('r1')[0]!.payload);
  });

  test('its refusal is told at B as at A', async () => {
    await signedIn();
    pair.a.server.onAgentRequest = (request) => pair.a.server.refuse(request, 70);
    await pair.a.put('3001', { state: 'READY' }, 'r1');
    pair.clock.advance(60_000);
    const { a, b } = pair.answers('r1');
    expect(a).toEqual([expect.stringMatching(/^User\/3001 put CF_/)]);
    expect(b).toEqual(a);
    expect(pair.b.answers('r1')[0]!.payload).toBe(pair.a.answers('r1')[0]!.payload);
  });

  test('what is not sent at all is told at B: the agent as he is, or the refusal that is ours', async () => {
    await signedIn();
    await pair.a.put('3001', { state: 'NOT_READY' }, 'same');
    pair.clock.advance(60_000);
    expect(pair.answers('same').a).toEqual(['User/3001 PUT NOT_READY', 'Team/5002/Users PUT NOT_READY']);
    expect(pair.answers('same').b).toEqual(pair.answers('same').a);
    await pair.a.put('3001', { state: 'LOGOUT' }, 'out');
    pair.clock.advance(60_000);
    await pair.a.put('3001', { state: 'READY' }, 'late');
    pair.clock.advance(60_000);
    expect(pair.answers('late').a).toHaveLength(1);
    expect(pair.answers('late').b).toEqual(pair.answers('late').a);
  });

  test('confirmed without an event: the agent as he is, at B as at A', async () => {
    await signedIn();
    const held = hold();
    await pair.a.put('3001', { state: 'READY' }, 'r1');
    pair.a.server.confirm(held[0]!);
    pair.clock.advance(60_000);
    expect(pair.answers('r1').a).toEqual(['User/3001 PUT NOT_READY', 'Team/5002/Users PUT NOT_READY']);
    expect(pair.answers('r1').b).toEqual(pair.answers('r1').a);
  });

  test('never answered: the same error at B, after the same time', async () => {
    await signedIn();
    hold();
    await pair.a.put('3001', { state: 'READY' }, 'r1');
    pair.clock.advance(19_000);
    expect(pair.answers('r1')).toEqual({ a: [], b: [] });
    pair.clock.advance(1_100);
    expect(pair.answers('r1').a).toEqual(['User/3001 put CF_REQUEST_TIMEOUT_REJECTION']);
    expect(pair.answers('r1').b).toEqual(pair.answers('r1').a);
    pair.clock.advance(60_000);
    expect(pair.answers('r1').b).toHaveLength(1);
  });

  test('an event that B hears later is the outcome, also when A has answered before', async () => {
    await signedIn();
    pair.eventDelayMs = 800;
    await pair.a.put('3001', { state: 'READY' }, 'r1');
    pair.clock.advance(700);
    expect(pair.answers('r1')).toEqual({ a: READY, b: [] });
    pair.clock.advance(200);
    expect(pair.answers('r1').b).toEqual(READY);
    pair.clock.advance(60_000);
    expect(pair.answers('r1').b).toEqual(READY);
  });

  test('an event that B never hears: after a second it is told what it has, once', async () => {
    await signedIn();
    pair.eventDelayMs = null;
    await pair.a.put('3001', { state: 'READY' }, 'r1');
    pair.clock.advance(990);
    expect(pair.answers('r1').b).toEqual([]);
    pair.clock.advance(60_000);
    expect(pair.answers('r1').b).toEqual(['User/3001 PUT NOT_READY', 'Team/5002/Users PUT NOT_READY']);
  });

  test('an event that overtakes the word of its request is told once more with the requestId, at once', async () => {
    await signedIn();
    const held = hold();
    // The word comes after it.
    pair.fabricB.cut(true);
    await pair.a.put('3001', { state: 'READY' }, 'r1');
    pair.a.server.confirm(held[0]!);
    pair.b.server.event('3001', AgentState.AVAILABLE, '2003');
    expect(pair.b.published).toHaveLength(2);
    pair.fabricB.cut(false);
    pair.a.server.event('3001', AgentState.AVAILABLE, '2003');
    pair.clock.advance(1);
    // Its team has been told, and nobody in it waits.
    expect(pair.answers('r1').b).toEqual(READY.slice(0, 1));
    pair.clock.advance(60_000);
    expect(pair.answers('r1').b).toEqual(READY.slice(0, 1));
  });

  test('without a requestId nobody is told the same twice', async () => {
    await signedIn();
    const held = hold();
    await pair.a.put('3001', { state: 'READY' }, '');
    pair.a.server.confirm(held[0]!);
    pair.b.server.event('3001', AgentState.AVAILABLE, '2003');
    pair.a.server.event('3001', AgentState.AVAILABLE, '2003');
    pair.clock.advance(60_000);
    expect(pair.b.published.filter(({ node }) => node === '/finesse/api/User/3001')).toHaveLength(1);
  });

  test('a wish that is kept for the end of the call is kept at both', async () => {
    await signedIn();
    pair.a.server.event('3001', AgentState.TALKING, '2003');
    pair.clock.advance(1);
    pair.quiet();
    const held = hold();
    await pair.a.put('3001', { state: 'NOT_READY' }, 'r1');
    pair.a.server.confirm(held[0]!);
    pair.clock.advance(60_000);
    expect(pair.answers('r1').a).toHaveLength(2);
    expect(pair.b.answers('r1')).toEqual(pair.a.answers('r1'));
    expect(pair.b.desk.agents.get('3001')).toMatchObject({ state: 'TALKING', pendingState: 'NOT_READY' });
  });

  test('without a requestId nothing is made up for an event that B does not hear, nor for a node that has died', async () => {
    await signedIn();
    pair.eventDelayMs = null;
    await pair.a.put('3001', { state: 'READY' }, '');
    pair.clock.advance(60_000);
    hold();
    await pair.a.put('3001', { state: 'NOT_READY' }, '');
    pair.fabricA.cut(true);
    pair.clock.advance(60_000);
    expect(pair.b.published).toEqual([]);
  });

  test('requests at both nodes at the same time, of one requestId or of two: each is answered once at each', async () => {
    await signedIn();
    await Promise.all([
      pair.a.put('3001', { state: 'READY' }, 'r1'),
      pair.b.put('3001', { state: 'READY' }, 'r2'),
    ]);
    pair.clock.advance(60_000);
    expect(pair.answers('r1')).toEqual({ a: READY, b: READY });
    expect(pair.answers('r2')).toEqual({ a: READY, b: READY });
    pair.quiet();
    await Promise.all([
      pair.a.put('3001', { state: 'NOT_READY' }, 'r3'),
      pair.b.put('3001', { state: 'NOT_READY' }, 'r3'),
    ]);
    pair.clock.advance(60_000);
    const { a, b } = pair.answers('r3');
    expect([a.length, b.length]).toEqual([4, 4]);
  });

  test('A dies in between: B answers as one that the CTI server does not answer, and forgets', async () => {
    await signedIn();
    hold();
    await pair.a.put('3001', { state: 'READY' }, 'r1');
    pair.fabricA.cut(true);
    pair.clock.advance(24_900);
    expect(pair.answers('r1').b).toEqual([]);
    pair.clock.advance(200);
    expect(pair.answers('r1').b).toEqual(['User/3001 put CF_REQUEST_TIMEOUT_REJECTION']);
    pair.clock.advance(60_000);
    expect(pair.answers('r1').b).toHaveLength(1);
  });

  test('A dies after its request was carried out: the event is the outcome at B', async () => {
    await signedIn();
    hold();
    await pair.a.put('3001', { state: 'READY' }, 'r1');
    pair.fabricA.cut(true);
    pair.b.server.event('3001', AgentState.AVAILABLE, '2003');
    pair.clock.advance(60_000);
    expect(pair.answers('r1').b).toEqual(READY);
  });

  test('B was cut off when it was asked for, and hears of its end: answered', async () => {
    await signedIn();
    const held = hold();
    pair.fabricB.cut(true);
    await pair.a.put('3001', { state: 'READY' }, 'r1');
    pair.fabricB.cut(false);
    pair.a.server.refuse(held[0]!, 70);
    pair.clock.advance(10);
    expect(pair.answers('r1').b).toEqual(pair.answers('r1').a);
    expect(pair.answers('r1').b).toHaveLength(1);
  });

  test('a refusal to a supervisor reaches him and the agent at B', async () => {
    pair = await NodePair.open();
    await pair.a.put('2001', { state: 'LOGIN', extension: '2003' }, 'sign-in');
    pair.clock.advance(50);
    pair.a.server.onAgentRequest = (request) => pair.a.server.refuse(request, 70);
    await pair.a.put('2050', { state: 'READY' }, 'r1', '2001');
    pair.clock.advance(100);
    expect(pair.answers('r1').a.map((one) => one.split(' ')[0])).toEqual(['User/2001', 'User/2050']);
    expect(pair.answers('r1').b).toEqual(pair.answers('r1').a);
  });

  test('nothing is sent twice to the CTI server, and nothing waits at B for what was asked at A', async () => {
    await signedIn();
    hold();
    await pair.a.put('3001', { state: 'READY' }, 'r1');
    pair.b.server.received.length = 0;
    expect(pair.b.desk.requests.pending).toBe(0);
    await pair.b.put('3001', { state: 'NOT_READY' }, 'r2');
    await pair.b.put('3001', { state: 'LOGOUT' }, 'r3');
    const sent = pair.b.server.received.filter(({ name }) => name === 'SET_AGENT_STATE_REQ');
    expect(sent.map(({ fields }) => fields.AgentState)).toEqual([AgentState.LOGOUT]);
    expect(pair.answers('r2').b).toHaveLength(2);
  });

  test('its trace at B says where it was made', async () => {
    await signedIn();
    pair.a.told.length = 0;
    pair.b.told.length = 0;
    await pair.a.put('3001', { state: 'READY' }, 'r1');
    const book = new TraceBook(
      () => pair.clock.now(),
      () => {},
    );
    for (const one of pair.b.told) book.happened(one);
    const trace = book.action('r1');
    expect(trace).toMatchObject({ user: '3001', agent: '3001' });
    expect(trace?.steps.map(({ step }) => step)).toEqual(['elsewhere', 'ctiEvent', 'published', 'published']);
    expect(trace?.steps[0]?.detail).toEqual({ node: 'node-a' });
  });
});

describe('whose doing a sign-out is', () => {
  test('a supervisor’s at A: known at both nodes, and who records it', async () => {
    pair = await NodePair.open();
    await pair.a.put('2001', { state: 'LOGIN', extension: '2003' }, 'sign-in');
    pair.clock.advance(50);
    await pair.a.put('2050', { state: 'LOGOUT' }, 'r1', '2001');
    pair.clock.advance(60_000);
    const going = { agentId: '2001', by: 'supervisor', actingId: '2050', requestId: 'r1' };
    expect(pair.goings.a).toEqual([expect.objectContaining(going)]);
    expect(pair.goings.a[0]).not.toHaveProperty('node');
    expect(pair.goings.b).toEqual([expect.objectContaining({ ...going, node: 'node-a' })]);
  });

  test('the agent’s own at A, of which the event comes to B before the word', async () => {
    await signedIn();
    const held = hold();
    pair.fabricB.cut(true);
    await pair.a.put('3001', { state: 'LOGOUT' }, 'r1');
    pair.fabricB.cut(false);
    pair.a.server.confirm(held[0]!);
    pair.b.server.event('3001', AgentState.LOGOUT, '2003');
    expect(pair.goings.b).toEqual([]);
    pair.a.server.event('3001', AgentState.LOGOUT, '2003');
    pair.clock.advance(1);
    expect(pair.goings.b).toEqual([
      expect.objectContaining({ by: 'agent', node: 'node-a', requestId: 'r1' }),
    ]);
    pair.clock.advance(60_000);
    expect([pair.goings.a.length, pair.goings.b.length]).toEqual([1, 1]);
  });

  test('after a presence-driven one at A, B has no cause of its own', async () => {
    await signedIn();
    const { desk, directory } = pair.a;
    const own = { stillWanted: () => true, sent() {}, ended() {} };
    forceSignOut(desk.context, directory.current.user('3001')!, { requestId: 'p1' }, own)!();
    pair.clock.advance(60_000);
    const going = { agentId: '3001', by: 'presence', actingId: '', requestId: 'p1' };
    expect(pair.goings.a).toEqual([expect.objectContaining(going)]);
    expect(pair.goings.b).toEqual([expect.objectContaining({ ...going, node: 'node-a' })]);
    expect(pair.b.published.filter(({ node }) => node === '/finesse/api/User/3001')).toHaveLength(1);
  });

  test('the CTI server’s own is told as that, a second later; a sign-in before that is told after it', async () => {
    await signedIn();
    pair.a.server.event('3001', AgentState.LOGOUT, '2003');
    pair.clock.advance(900);
    expect([pair.goings.a, pair.goings.b]).toEqual([[], []]);
    pair.clock.advance(200);
    expect([pair.goings.a[0]?.by, pair.goings.b[0]?.by]).toEqual(['system', 'system']);
  });
});

/** A request as another node tells of it. */
const data = {
  agentId: '3001',
  actingId: '3001',
  by: 'agent',
  verb: 'READY',
  extension: '2003',
  mobile: null,
  activeDeviceId: null,
  reasonCode: 0,
  requestId: 'r1',
  cause: {},
  wantsAnswer: true,
};
const asked = { number: 1, data, withinMs: 20_000 };
const ended = { number: 1, data, outcome: { type: 'unchanged', dialogId: null }, end: 'settled' };

describe('while the CTI link of B is lost', () => {
  /** The link of B is lost; what happens meanwhile it hears of no event. */
  function lose(): void {
    pair.eventDelayMs = null;
    pair.b.server.listening = false;
    pair.b.server.drop();
    pair.clock.advance(5);
    expect(pair.b.link.state).not.toBe('IN_SERVICE');
  }
  /** Until it is in service again, and finds the agent so. */
  function recover(state: number): void {
    pair.b.server.agents.set('3001', { state, extension: '2003' });
    pair.b.server.listening = true;
    for (let i = 0; i < 40 && pair.b.link.state !== 'IN_SERVICE'; i++) pair.clock.advance(500);
    expect(pair.b.link.state).toBe('IN_SERVICE');
  }
  const ownOfB = (requestId: string) =>
    pair.answers(requestId).b.filter((line) => line.startsWith('User/3001 '));

  test('a request that A carries out is answered at B when the agent is seen again, once', async () => {
    await signedIn();
    lose();
    await pair.a.put('3001', { state: 'READY' }, 'r1');
    pair.clock.advance(5);
    expect(pair.answers('r1').a).toEqual(READY);
    expect(pair.answers('r1').b).toEqual([]);
    recover(AgentState.AVAILABLE);
    pair.clock.advance(60_000);
    expect(ownOfB('r1')).toEqual(['User/3001 PUT READY']);
  });

  test('so is one that was under way when it was lost', async () => {
    await signedIn();
    const held = hold();
    await pair.a.put('3001', { state: 'READY' }, 'r1');
    lose();
    pair.a.server.confirm(held[0]!);
    pair.a.server.event('3001', AgentState.AVAILABLE, '2003');
    recover(AgentState.AVAILABLE);
    pair.clock.advance(60_000);
    expect(ownOfB('r1')).toEqual(['User/3001 PUT READY']);
  });

  test('one that ends after the link is back is answered then', async () => {
    await signedIn();
    const held = hold();
    lose();
    await pair.a.put('3001', { state: 'READY' }, 'r1');
    recover(AgentState.NOT_READY);
    expect(ownOfB('r1')).toEqual([]);
    pair.eventDelayMs = 0;
    pair.a.server.confirm(held[0]!);
    pair.a.server.event('3001', AgentState.AVAILABLE, '2003');
    pair.clock.advance(60_000);
    expect(ownOfB('r1')).toEqual(['User/3001 PUT READY']);
  });

  test('a refusal is told at once; what nobody answers is a timeout after the link is back; what was answered before is not answered again', async () => {
    await signedIn();
    await pair.a.put('3001', { state: 'READY' }, 'before');
    pair.clock.advance(5);
    lose();
    pair.a.server.onAgentRequest = (request) => pair.a.server.refuse(request, 70);
    await pair.a.put('3001', { state: 'NOT_READY' }, 'refused');
    pair.clock.advance(5);
    expect(pair.answers('refused').b).toEqual(pair.answers('refused').a);
    pair.stranger.tell('request.user.3001', 'asked', { ...asked, data: { ...data, requestId: 'open' } });
    recover(AgentState.NOT_READY);
    pair.clock.advance(60_000);
    expect(pair.answers('open').b).toEqual(['User/3001 put CF_REQUEST_TIMEOUT_REJECTION']);
    expect(pair.answers('before').b).toEqual(READY);
    expect(pair.answers('refused').b).toHaveLength(1);
  });

  test('of more than there is room for the newest are answered, and nothing is refused', async () => {
    await signedIn();
    lose();
    for (let number = 1; number <= FOREIGN_PER_LANE_MAX + 3; number++) {
      const word = { number, data: { ...data, requestId: `r${number}` } };
      pair.stranger.tell('request.user.3001', 'asked', { ...asked, ...word });
      pair.stranger.tell('request.user.3001', 'ended', { ...ended, ...word });
    }
    recover(AgentState.AVAILABLE);
    pair.clock.advance(60_000);
    expect(pair.b.desk.foreignRequests?.refused).toBe(0);
    expect(ownOfB('r3')).toEqual([]);
    expect(ownOfB('r4')).toHaveLength(1);
    expect(ownOfB(`r${FOREIGN_PER_LANE_MAX + 3}`)).toHaveLength(1);
  });

  test('without a requestId nobody is told the same twice when the link is back', async () => {
    await signedIn();
    lose();
    for (let number = 1; number <= 3; number++) {
      const word = { number, data: { ...data, requestId: '' } };
      pair.stranger.tell('request.user.3001', 'asked', { ...asked, ...word });
      pair.stranger.tell('request.user.3001', 'ended', { ...ended, ...word });
    }
    pair.quiet();
    recover(AgentState.NOT_READY);
    pair.clock.advance(60_000);
    expect(pair.b.published.filter(({ node }) => node === '/finesse/api/User/3001')).toHaveLength(1);
  });
});

describe('words that are wrong', () => {
  const dialog = {
    wish: { verb: 'HOLD' },
    dialogId: '7',
    extension: '2003',
    actingId: '3001',
    viewer: '3001',
    requestId: 'r1',
    cause: {},
  };
  const error = { errorType: 'x', errorData: 'y', errorMessage: 'z' };

  test.each<[string, string, string, unknown]>([
    ['no object', 'request.user.3001', 'asked', null],
    ['a list', 'request.user.3001', 'asked', []],
    ['no data', 'request.user.3001', 'asked', { number: 1, withinMs: 1 }],
    ['of an unknown kind', 'request.user.3001', 'sung', asked],
    ['on an unknown topic', 'request.team.3001', 'asked', asked],
    ['about somebody else than the topic', 'request.user.3002', 'asked', asked],
    ['about nobody', 'request.user.9', 'asked', { ...asked, data: { ...data, agentId: '9' } }],
    ['a negative number', 'request.user.3001', 'asked', { ...asked, number: -1 }],
    ['a time that never ends', 'request.user.3001', 'asked', { ...asked, withinMs: 1e12 }],
    ['an unknown verb', 'request.user.3001', 'asked', { ...asked, data: { ...data, verb: 'DANCE' } }],
    [
      'a requestId of megabytes',
      'request.user.3001',
      'asked',
      { ...asked, data: { ...data, requestId: 'x'.repeat(3_000) } },
    ],
    [
      'a requestId that no XML can hold',
      'request.user.3001',
      'asked',
      { ...asked, data: { ...data, requestId: '\u0000' } },
    ],
    ['an end without an outcome', 'request.user.3001', 'ended', { ...ended, outcome: undefined }],
    ['an unknown outcome', 'request.user.3001', 'ended', { ...ended, outcome: { type: 'fine' } }],
    ['an unknown end', 'request.user.3001', 'ended', { ...ended, end: 'soon' }],
    [
      'an error without words',
      'request.user.3001',
      'ended',
      { ...ended, outcome: { type: 'error', error: {} } },
    ],
    [
      'an error with a number that is none',
      'request.user.3001',
      'ended',
      { ...ended, outcome: { type: 'error', error: { ...error, peripheralErrorCode: 'x' } } },
    ],
    [
      'an unknown wish',
      'request.dialog.3001',
      'asked',
      { ...asked, data: { ...dialog, wish: { verb: 'EAT' } } },
    ],
    [
      'call data of an eleventh variable',
      'request.dialog.3001',
      'asked',
      { ...asked, data: { ...dialog, wish: { verb: 'UPDATE_CALL_DATA', data: { variables: { 10: 'x' } } } } },
    ],
    [
      'responses that are none',
      'request.dialog.3001',
      'asked',
      { ...asked, data: { ...dialog, wish: { verb: 'RESPOND', word: 'x', responses: 'y' } } },
    ],
    [
      'of a dialog without a viewer',
      'request.dialog.3001',
      'asked',
      { ...asked, data: { ...dialog, viewer: '' } },
    ],
  ])('%s: refused, counted and told once', async (_what, topic, kind, body) => {
    await signedIn();
    for (let i = 0; i < 3; i++) pair.stranger.tell(topic, kind, body);
    pair.clock.advance(30_000);
    expect(pair.b.published).toEqual([]);
    expect(pair.b.desk.foreignRequests?.refused).toBe(3);
    expect(pair.b.told.filter(({ kind: what }) => what === 'operator')).toHaveLength(1);
  });

  test('the same words once more change nothing', async () => {
    await signedIn();
    for (let i = 0; i < 3; i++) pair.stranger.tell('request.user.3001', 'asked', asked);
    for (let i = 0; i < 3; i++) pair.stranger.tell('request.user.3001', 'ended', ended);
    pair.clock.advance(60_000);
    expect(pair.answers('r1').b).toHaveLength(2);
    expect(pair.b.desk.foreignRequests?.refused).toBe(0);
  });

  test('more than there is room for: refused; what was told before is answered, and forgotten', async () => {
    await signedIn();
    for (let number = 1; number <= FOREIGN_PER_LANE_MAX + 10; number++)
      pair.stranger.tell('request.user.3001', 'asked', {
        ...asked,
        number,
        data: { ...data, requestId: `r${number}` },
      });
    pair.clock.advance(20_001);
    expect(pair.b.desk.foreignRequests?.refused).toBe(10);
    expect(pair.b.published).toHaveLength(FOREIGN_PER_LANE_MAX);
    pair.b.published.length = 0;
    pair.stranger.tell('request.user.3001', 'asked', {
      ...asked,
      number: 1_000,
      data: { ...data, requestId: 'next' },
    });
    pair.clock.advance(20_001);
    expect(pair.answers('next').b).toHaveLength(1);
  });
});
