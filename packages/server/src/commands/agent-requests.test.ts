import { AgentState, type DecodedMessage } from '@poise/ged188';
import { afterEach, expect, test } from 'vitest';
import { TestCentre } from '../../test/centre/test-centre.ts';
import { REQUEST_LIMITS } from './agent-requests.ts';
import { forceSignOut } from './force-sign-out.ts';
import { REQUEST_LIFE } from './request-life.ts';

let centre: TestCentre;
afterEach(() => centre?.close());

async function signedIn(user = '3001', extension = '2003'): Promise<TestCentre> {
  centre = await TestCentre.open();
  await centre.put(user, { state: 'LOGIN', extension }, 'sign-in');
  centre.published.length = 0;
  return centre;
}

/** Keeps the requests of the CTI server for the test to answer. */
function hold(): DecodedMessage[] {
  const held: DecodedMessage[] = [];
  centre.server.onAgentRequest = (request) => void held.push(request);
  return held;
}

const sent = () => centre.server.received.filter(({ name }) => name === 'SET_AGENT_STATE_REQ');
const errorOf = (requestId: string) =>
  /<errorData>(.*?)<\/errorData>\n<errorMessage>(.*?)<\/errorMessage>\n<errorType>(.*?)<\/errorType>/
    .exec(centre.answers(requestId)[0]?.payload ?? '')
    ?.slice(1);

test('the sign-in goes to the CTI server as the trace of the original shows it, with the password', async () => {
  await signedIn();
  expect(sent()[0]!.fields).toMatchObject({
    PeripheralID: 5001,
    AgentState: 0,
    AgentWorkMode: 0,
    EventReasonCode: 50004,
    ForcedFlag: 1,
    AgentServiceReq: 0,
    AgentInstrument: '2003',
    AgentID: '3001',
    AgentPassword: '3001',
  });
  const told = JSON.stringify(centre.told);
  expect(told).toContain('"cti.sent"');
  expect(told).not.toContain('AgentPassword');
});

test('the event that arrives before its confirmation answers the request; the confirmation adds nothing', async () => {
  await signedIn();
  const held = hold();
  await centre.put('3001', { state: 'READY' }, 'r1');
  centre.server.event('3001', AgentState.AVAILABLE, '2003');
  expect(centre.answers('r1')).toHaveLength(2);
  centre.server.confirm(held[0]!);
  centre.clock.advance(60_000);
  expect(centre.answers('r1')).toHaveLength(2);
});

test('a confirmation that does not follow its event holds the next request back for seconds, not until the time-out', async () => {
  await signedIn();
  const { server, clock } = centre;
  const held = hold();
  await centre.put('3001', { state: 'READY' }, 'r1');
  await centre.put('3001', { state: 'NOT_READY' }, 'r2');
  server.event('3001', AgentState.AVAILABLE, '2003');
  expect(centre.answers('r1')).toHaveLength(2);
  clock.advance(2_499);
  expect(held).toHaveLength(1);
  clock.advance(1);
  expect(held).toHaveLength(2);
  server.event('3001', AgentState.NOT_READY, '2003');
  expect(centre.answers('r2')).toHaveLength(2);
  // Late, or never: nothing comes of it, and the picture counts.
  server.confirm(held[0]!);
  clock.advance(60_000);
  await centre.put('3001', { state: 'NOT_READY' }, 'r3');
  clock.advance(10);
  expect(held).toHaveLength(2);
  expect(['r1', 'r2', 'r3'].map((id) => centre.answers(id).length)).toEqual([2, 2, 2]);
});

test('an event that puts an agent at the phone of another one is used, and both are asked for: what is not so is put right', async () => {
  await signedIn();
  const { server, clock } = centre;
  await centre.put('Anna', { state: 'LOGIN', extension: '2004' }, 'sign-in-too');
  const anna = centre.published.findLast(({ payload }) => payload.includes('<requestId>sign-in-too<'))!;
  const id = /<loginId>(.*?)</.exec(anna.payload)![1]!;
  server.event(id, AgentState.AVAILABLE, '2004');
  server.received.length = 0;
  server.delayMs = 100;
  server.event('3001', AgentState.AVAILABLE, '2004');
  // Asked, the CTI server knows better.
  server.agents.set('3001', { state: AgentState.NOT_READY, extension: '2003' });
  clock.advance(1_000);
  const asked = server.received.filter(({ name }) => name === 'QUERY_AGENT_STATE_REQ');
  expect(asked.map(({ fields }) => fields.AgentID).sort()).toEqual(['3001', id].sort());
  const { agents } = centre.desk;
  expect(agents.get('3001')).toMatchObject({ state: 'NOT_READY', extension: '2003' });
  expect(agents.at('2003')?.loginId).toBe('3001');
  expect(agents.at('2004')?.loginId).toBe(id);
});

test('after a request that was never answered the next one is sent, though the picture shows what it asks for', async () => {
  await signedIn();
  const { server, clock } = centre;
  server.event('3001', AgentState.AVAILABLE, '2003');
  const held = hold();
  await centre.put('3001', { state: 'NOT_READY' }, 'r1');
  await centre.put('3001', { state: 'READY' }, 'r2');
  expect(held).toHaveLength(1);
  // It was carried out, and nobody told.
  server.agents.set('3001', { state: AgentState.NOT_READY, extension: '2003' });
  server.answersQueries = false;
  clock.advance(20_000);
  expect(held).toHaveLength(2);
  expect(held[1]!.fields.AgentState).toBe(AgentState.AVAILABLE);
  server.confirm(held[1]!);
  server.event('3001', AgentState.AVAILABLE, '2003');
  expect(centre.answers('r2')).toHaveLength(2);

  // From the event on the picture counts again.
  await centre.put('3001', { state: 'READY' }, 'r3');
  clock.advance(10);
  expect(held).toHaveLength(2);
  expect(centre.answers('r3')).toHaveLength(2);
});

test('a confirmation without event ends in the object as it is', async () => {
  await signedIn();
  const held = hold();
  await centre.put('3001', { state: 'READY' }, 'r1');
  centre.server.confirm(held[0]!);
  expect(centre.answers('r1')).toHaveLength(0);
  centre.clock.advance(5_000);
  expect(centre.answers('r1')[0]!.payload).toContain('<state>NOT_READY</state>');
});

test('a confirmation whose event is lost: the agent is asked for, and what he is answers the request', async () => {
  await signedIn();
  const held = hold();
  await centre.put('3001', { state: 'READY' }, 'r1');
  centre.server.confirm(held[0]!);
  centre.server.agents.set('3001', { state: AgentState.AVAILABLE, extension: '2003' });
  centre.clock.advance(2_000);
  expect(centre.answers('r1')).toHaveLength(0);
  centre.clock.advance(1_000);
  expect(centre.answers('r1')[0]!.payload).toContain('<state>READY</state>');
  centre.clock.advance(20_000);
  expect(centre.answers('r1').filter(({ node }) => node === '/finesse/api/User/3001')).toHaveLength(1);
});

test('a request that was carried out without a word is found out after its time-out, and told without requestId', async () => {
  await signedIn();
  hold();
  await centre.put('3001', { state: 'READY' }, 'r1');
  centre.server.agents.set('3001', { state: AgentState.AVAILABLE, extension: '2003' });
  centre.clock.advance(21_000);
  expect(errorOf('r1')).toEqual(['78', 'CF_REQUEST_TIMEOUT_REJECTION', 'Generic Error']);
  const user = centre.published.filter(({ node }) => node === '/finesse/api/User/3001');
  expect(user).toHaveLength(2);
  expect(user[1]!.payload).toContain('<state>READY</state>\n<stateChangeTime></stateChangeTime>');
  expect(user[1]!.payload).toContain('<requestId></requestId>');
});

test('the answer to that question changes nothing and is not told where it says what is known', async () => {
  await signedIn();
  hold();
  await centre.put('3001', { state: 'READY' }, 'r1');
  centre.server.event('3001', AgentState.RESERVED, '2003', 0, { Direction: 5 });
  const before = centre.desk.agents.get('3001');
  expect(before.state).toBe('RESERVED_OUTBOUND');
  centre.published.length = 0;
  const from = centre.server.received.length;
  centre.clock.advance(60_000);
  const asked = centre.server.received.slice(from).filter(({ name }) => name === 'QUERY_AGENT_STATE_REQ');
  expect(asked.map(({ fields }) => fields.AgentID)).toEqual(['3001']);
  expect(centre.desk.agents.get('3001')).toEqual(before);
  expect(centre.published.filter(({ payload }) => payload.includes('<requestId></requestId>'))).toEqual([]);
});

test('no answer within 20 s is told as CF_REQUEST_TIMEOUT_REJECTION; the late event is published without requestId', async () => {
  await signedIn();
  const held = hold();
  await centre.put('3001', { state: 'READY' }, 'r1');
  centre.clock.advance(19_990);
  expect(centre.answers('r1')).toHaveLength(0);
  centre.clock.advance(20);
  expect(errorOf('r1')).toEqual(['78', 'CF_REQUEST_TIMEOUT_REJECTION', 'Generic Error']);
  centre.published.length = 0;
  centre.server.confirm(held[0]!);
  centre.server.event('3001', AgentState.AVAILABLE, '2003');
  expect(centre.published[0]!.payload).toContain('<requestId></requestId>');
});

test.each([
  [260, ['260', 'CF_INVALID_LOGON_DEVICE_SPECIFIED', 'Invalid Device']],
  [33, ['33', 'CF_RESOURCE_BUSY', 'Device Busy']],
  [283, ['33', 'CF_RESOURCE_BUSY', 'Device Busy']],
  [257, ['257', 'CF_INVALID_PASSWORD_SPECIFIED', 'Authorization Failure']],
  [12, ['12', 'CF_INVALID_CSTA_DEVICE_IDENTIFIER', 'Generic Error']],
])('a sign-in that the CTI server refuses with %i is told as %j', async (code, error) => {
  centre = await TestCentre.open();
  const held = hold();
  await centre.put('3001', { state: 'LOGIN', extension: '2003' }, 'r1');
  centre.server.refuse(held[0]!, code);
  expect(errorOf('r1')).toEqual(error);
  expect(centre.answers('r1')).toHaveLength(1);
  expect(centre.answers('r1')[0]!.payload).toContain('<event>put</event>');
});

test('a second sign-in on the same extension keeps the state and answers with the unchanged object', async () => {
  await signedIn();
  await centre.put('3001', { state: 'READY' }, 'r1');
  const held = hold();
  await centre.put('3001', { state: 'LOGIN', extension: '2003' }, 'r2');
  centre.server.confirm(held[0]!);
  expect(centre.answers('r2')[0]!.payload).toContain('<state>READY</state>');
  await centre.put('3001', { state: 'LOGIN', extension: '2003' }, 'r3');
  centre.server.refuse(held[1]!, 259);
  expect(centre.answers('r3')[0]!.payload).toContain('<extension>2003</extension>');
});

test('NOT_READY with the present reason is answered without asking the CTI server', async () => {
  await signedIn('2001');
  await centre.put('2001', { state: 'NOT_READY', reasonCodeId: '12' }, 'r1');
  const before = sent().length;
  await centre.put('2001', { state: 'NOT_READY', reasonCodeId: '12' }, 'r2');
  expect(sent()).toHaveLength(before);
  expect(centre.answers('r2')[0]!.payload).toContain('<reasonCodeId>12</reasonCodeId>');
});

test('the next request of an agent goes out only after the previous one was confirmed or refused', async () => {
  await signedIn();
  const held = hold();
  await centre.put('3001', { state: 'READY' }, 'r1');
  await centre.put('3001', { state: 'NOT_READY' }, 'r2');
  await centre.put('2002', { state: 'LOGIN', extension: '2009' }, 'other');
  expect(held.map(({ fields }) => fields.AgentID)).toEqual(['3001', '2002']);
  centre.server.confirm(held[0]!);
  centre.clock.advance(1);
  expect(held.map(({ fields }) => fields.AgentState)).toEqual([3, 0, 2]);
});

test('a request that waited 20 s for those before it is told as unanswered, and is never sent', async () => {
  await signedIn();
  const held = hold();
  await centre.put('3001', { state: 'READY' }, 'r1');
  centre.clock.advance(1_000);
  await centre.put('3001', { state: 'NOT_READY' }, 'r2');
  await centre.put('3001', { state: 'READY' }, 'r3');
  centre.clock.advance(19_000);
  expect(errorOf('r1')?.[1]).toBe('CF_REQUEST_TIMEOUT_REJECTION');
  expect(held).toHaveLength(2);
  centre.clock.advance(900);
  expect(centre.answers('r3')).toEqual([]);
  centre.clock.advance(100);
  expect(errorOf('r3')).toEqual(['78', 'CF_REQUEST_TIMEOUT_REJECTION', 'Generic Error']);
  centre.server.confirm(held[1]!);
  centre.server.event('3001', AgentState.NOT_READY, '2003');
  centre.clock.advance(60_000);
  expect(held).toHaveLength(2);
  expect(['r2', 'r3'].map((id) => centre.answers(id).length)).toEqual([2, 1]);
});

test('with two requests under way each event finds its own request', async () => {
  await signedIn();
  const held = hold();
  await centre.put('3001', { state: 'READY' }, 'r1');
  centre.server.confirm(held[0]!);
  await centre.put('3001', { state: 'NOT_READY' }, 'r2');
  centre.server.confirm(held[1]!);
  centre.server.event('3001', AgentState.AVAILABLE, '2003');
  centre.server.event('3001', AgentState.NOT_READY, '2003');
  expect(centre.answers('r1')[0]!.payload).toContain('<state>READY</state>');
  expect(centre.answers('r2')[0]!.payload).toContain('<state>NOT_READY</state>');
});

test('a change that somebody else made does not take the requestId of a waiting request', async () => {
  await signedIn('2001');
  const held = hold();
  await centre.put('2001', { state: 'NOT_READY', reasonCodeId: '12' }, 'r1');
  centre.server.confirm(held[0]!);
  centre.server.event('2001', AgentState.NOT_READY, '2003', 32767);
  expect(centre.answers('r1')).toHaveLength(0);
  centre.server.event('2001', AgentState.NOT_READY, '2003', 10);
  expect(centre.answers('r1')[0]!.payload).toContain('<label>Team Meeting</label>');
});

test('an event that fits a request which still waits is published without its requestId', async () => {
  await signedIn();
  const held = hold();
  await centre.put('3001', { state: 'READY' }, 'r1');
  await centre.put('3001', { state: 'LOGOUT' }, 'r2');
  centre.published.length = 0;
  centre.server.event('3001', AgentState.LOGOUT, '', 50003);
  expect(centre.published[0]!.payload).toMatch(/<state>LOGOUT<\/state>[\s\S]*<requestId><\/requestId>/);
  centre.server.refuse(held[0]!, 22);
  expect(centre.answers('r1')).toHaveLength(1);
  expect(centre.answers('r2').map(({ node }) => node)).toContain('/finesse/api/User/3001');
});

test('when the link is lost every request under way is told so, also those that wait and those confirmed', async () => {
  await signedIn();
  const held = hold();
  await centre.put('3001', { state: 'READY' }, 'r1');
  centre.server.confirm(held[0]!);
  await centre.put('3001', { state: 'NOT_READY' }, 'r2');
  await centre.put('3001', { state: 'READY' }, 'r3');
  centre.server.drop();
  for (const requestId of ['r1', 'r2', 'r3']) {
    expect(errorOf(requestId)).toEqual(['78', 'CF_REQUEST_TIMEOUT_REJECTION', 'Generic Error']);
  }
});

test.each([
  ['CCE', 'READY', ['22', 'CF_INVALID_OBJECT_STATE', 'Invalid State']],
  ['CCE', 'NOT_READY', ['257', 'CF_INVALID_PASSWORD_SPECIFIED', 'Invalid State']],
  ['CCX', 'NOT_READY', ['1010', 'CF_INVALID_PARAMETER', 'Invalid State']],
  ['CCE', 'WORK', ['22', 'CF_INVALID_OBJECT_STATE', 'Invalid State']],
] as const)('on %s %s while signed out is accepted and then refused', async (deployment, state, error) => {
  centre = await TestCentre.open({ profile: { deployment } });
  expect((await centre.put('3001', { state }, 'r1')).statusCode).toBe(202);
  expect(errorOf('r1')).toEqual(error);
  expect(sent()).toHaveLength(0);
});

test('a wish during a call is kept as pending state and goes with the call', async () => {
  await signedIn();
  centre.server.event('3001', AgentState.TALKING, '2003');
  const held = hold();
  await centre.put('3001', { state: 'READY' }, 'r1');
  centre.server.confirm(held[0]!);
  expect(centre.answers('r1')[0]!.payload).toContain('<pendingState>READY</pendingState>');
  centre.server.event('3001', AgentState.AVAILABLE, '2003');
  expect(centre.published.at(-2)!.payload).toContain('<pendingState></pendingState>');
});

test('a wish that the CTI server shows as pending is answered by that event, and by nothing later', async () => {
  for (const deployment of ['CCE', 'CCX'] as const) {
    for (const confirmedFirst of [true, false]) {
      centre = await TestCentre.open({ profile: { deployment } });
      await centre.put('3001', { state: 'LOGIN', extension: '2003' }, 'sign-in');
      centre.server.event('3001', AgentState.TALKING, '2003');
      const held = hold();
      await centre.put('3001', { state: 'NOT_READY' }, 'r1');
      centre.published.length = 0;
      if (confirmedFirst) centre.server.confirm(held[0]!);
      centre.server.event('3001', AgentState.TALKING, '2003', 0, { NextAgentState: AgentState.NOT_READY });
      if (!confirmedFirst) centre.server.confirm(held[0]!);
      centre.clock.advance(60_000);
      const own = centre.published.filter(({ node }) => node === '/finesse/api/User/3001');
      expect(own.map(({ payload }) => /<requestId>(.*?)</.exec(payload)?.[1])).toEqual(['r1']);
      expect(own[0]!.payload).toContain('<pendingState>NOT_READY</pendingState>');
      // Asked again it is kept already: no event tells that, so the confirmation does.
      await centre.put('3001', { state: 'NOT_READY' }, 'r2');
      centre.server.confirm(held[1]!);
      expect(centre.answers('r2')[0]!.payload).toContain('<pendingState>NOT_READY</pendingState>');
      await centre.close();
    }
  }
});

test('a mobile agent signs in with instrument and number, and keeps them in its object', async () => {
  centre = await TestCentre.open();
  const body =
    '<User><state>LOGIN</state><extension>2003</extension><mobileAgent><mode>NAILED_CONNECTION</mode><dialNumber>15551234</dialNumber></mobileAgent></User>';
  const response = await centre.call('3001', 'PUT', 'User/3001', body, { requestid: 'r1' });
  expect(response.statusCode).toBe(202);
  expect(sent()[0]!.fields).toMatchObject({ AgentInstrument: '2003;15551234', AgentWorkMode: 4 });
  expect(centre.answers('r1')[0]!.payload).toContain(
    '<mobileAgent>\n<dialNumber>15551234</dialNumber>\n<mode>NAILED_CONNECTION</mode>\n',
  );
});

test('a supervisor acts on an agent: the requestId is on the agent and team nodes, an error on the own node too', async () => {
  await signedIn('2001');
  await centre.put('2001', { state: 'READY' }, 'r0');
  await centre.put('2050', { state: 'NOT_READY' }, 'r1', '2001');
  expect(sent().at(-1)!.fields).toMatchObject({
    AgentID: '2001',
    EventReasonCode: 999,
    SupervisorID: '2050',
  });
  expect(centre.answers('r1').map(({ node }) => node)).toEqual([
    '/finesse/api/User/2001',
    '/finesse/api/Team/5000/Users',
  ]);
  centre.server.onAgentRequest = (request) => centre.server.refuse(request, 22);
  await centre.put('2050', { state: 'READY' }, 'r2', '2001');
  expect(centre.answers('r2').map(({ node }) => node)).toEqual([
    '/finesse/api/User/2001',
    '/finesse/api/User/2050',
  ]);
  expect(centre.answers('r2')[1]!.payload).toContain('<source>/finesse/api/User/2001</source>');
});

test('the presence-driven sign-out is forced with reason 255 and needs no answer', async () => {
  await signedIn();
  const user = centre.directory.current.user('3001')!;
  const told: unknown[] = [];
  const own = {
    stillWanted: () => true,
    sent: (invokeId: number | undefined) => void told.push(['sent', invokeId]),
    ended: (end: unknown) => void told.push(end),
  };
  forceSignOut(centre.desk.context, user, {}, own)?.();
  centre.clock.advance(1);
  const request = sent().at(-1)!;
  expect(request.fields).toMatchObject({
    AgentState: 1,
    EventReasonCode: 255,
    ForcedFlag: 1,
    AgentServiceReq: 1,
    AgentInstrument: '2003',
  });
  expect(centre.published[0]!.payload).toContain('<state>LOGOUT</state>');
  expect(told).toEqual([['sent', request.fields.InvokeID], { type: 'event' }]);
});

test('a request of the server itself whose reason is gone when its turn comes is not sent', async () => {
  await signedIn();
  const user = centre.directory.current.user('3001')!;
  const before = sent().length;
  const ends: unknown[] = [];
  const own = { stillWanted: () => false, sent: () => {}, ended: (end: unknown) => void ends.push(end) };
  forceSignOut(centre.desk.context, user, {}, own)?.();
  centre.clock.advance(30_000);
  expect(ends).toEqual([{ type: 'cancelled' }]);
  expect(sent()).toHaveLength(before);
});

test('the queue of an agent is bounded; what is over the bound is refused at once', async () => {
  centre = await TestCentre.open({ requestLimits: { ...REQUEST_LIMITS, perAgentMax: 2 } });
  hold();
  const statuses = [];
  for (let i = 0; i < 4; i += 1) {
    statuses.push((await centre.put('3001', { state: 'LOGIN', extension: '2003' }, `r${i}`)).statusCode);
  }
  expect(statuses).toEqual([202, 202, 400, 400]);
  centre.clock.advance(60_000);
  expect((await centre.put('3001', { state: 'LOGIN', extension: '2003' }, 'later')).statusCode).toBe(202);
});

test('every way through the life of a request ends, and gives at most one answer', () => {
  const walk = (phase: keyof typeof REQUEST_LIFE, answers: number): void => {
    expect(answers).toBeLessThanOrEqual(1);
    const steps = Object.values(REQUEST_LIFE[phase]);
    if (phase === 'done') expect(answers).toBe(1);
    else expect(steps.length).toBeGreaterThan(0);
    for (const [next, effect] of steps) walk(next, answers + (effect === 'none' ? 0 : 1));
  };
  walk('waiting', 0);
});
