/** A CTI server that answers with what was not asked, twice, late or never: it does no harm, and the log says why. */
import { AgentState, type Fields, LocalConnectionState } from '@poise/ged188';
import { afterEach, expect, test } from 'vitest';
import { LinkPicture } from '../../test/cti/link-picture.ts';
import { ODD_ANSWERS_QUIET_MS } from './odd-answers.ts';
import type { CtiAnswer } from './port.ts';

const { AVAILABLE, NOT_READY, TALKING } = AgentState;

let picture: LinkPicture | undefined;
afterEach(async () => {
  await picture?.link.stop();
  picture = undefined;
});

function create(agents: readonly string[] = ['a', 'b']): LinkPicture {
  picture = new LinkPicture({ agents });
  picture.server.agents.set('a', { state: AVAILABLE, extension: '2001' });
  picture.server.agents.set('b', { state: NOT_READY, extension: '2002' });
  return picture;
}

const warnings = ({ observed }: LinkPicture): string[] =>
  observed.flatMap((happening) =>
    happening.kind === 'operator' && happening.level === 'warn' ? [happening.text] : [],
  );
const states = ({ observed }: LinkPicture): string[] =>
  observed.flatMap((happening) => (happening.kind === 'cti.link' ? [happening.state] : []));

/** A sign-in of an agent: its InvokeID, and what comes back. */
function ask(link: LinkPicture, agentId: string): { invokeId: number; answers: CtiAnswer[] } {
  const answers: CtiAnswer[] = [];
  link.server.onAgentRequest = () => {};
  link.link.setAgentState(
    {
      agentId,
      state: 'NOT_READY',
      reasonCode: 0,
      forced: false,
      extension: '2001',
      mobile: null,
      password: undefined,
      activeDeviceId: null,
      supervisorId: null,
      agentServiceReq: 0,
    } as Parameters<typeof link.link.setAgentState>[0],
    {},
    (answer) => answers.push(answer),
  );
  link.clock.advance(1);
  return { invokeId: link.server.received.at(-1)!.fields.InvokeID as number, answers };
}

test('the answer about another agent is not used: the right one is asked for again', async () => {
  const link = create();
  let wrong = 1;
  link.server.onAgentQuery = (fields: Fields) =>
    link.server.query(fields, fields.AgentID === 'b' && wrong-- > 0 ? 'a' : String(fields.AgentID));
  await link.start();
  expect(link.agents.get('a').state).toBe('READY');
  expect(link.agents.get('b')).toMatchObject({ state: 'NOT_READY', extension: '2002' });
  expect(link.link.state).toBe('IN_SERVICE');
  expect(warnings(link)).toEqual([
    expect.stringMatching(
      /^An answer of the CTI server was not used: QUERY_AGENT_STATE_CONF with InvokeID \d+ tells of agent a, but b was asked for\.$/,
    ),
  ]);
});

test('a CTI server that tells of others only is asked three times, and what was known stands', async () => {
  const link = await create().start();
  link.server.onAgentQuery = (fields: Fields) => link.server.query(fields, 'a');
  link.server.agents.set('a', { state: TALKING, extension: '2001' });
  link.server.drop();
  const from = link.server.received.length;
  link.clock.advance(2_000);
  expect(link.link.state).toBe('IN_SERVICE');
  expect(link.agents.get('a').state).toBe('TALKING');
  expect(link.agents.get('b').state).toBe('NOT_READY');
  const asked = link.server.received.slice(from).filter(({ name }) => name === 'QUERY_AGENT_STATE_REQ');
  expect(asked.filter(({ fields }) => fields.AgentID === 'b')).toHaveLength(3);
});

test('a confirmation of another kind leaves the request waiting for its own', async () => {
  const link = await create().start();
  const { invokeId, answers } = ask(link, 'a');
  link.server.send('HOLD_CALL_CONF', { InvokeID: invokeId });
  expect(answers).toEqual([]);
  link.server.send('SET_AGENT_STATE_CONF', { InvokeID: invokeId });
  expect(answers).toEqual([{ type: 'confirmed' }]);
  expect(warnings(link)).toEqual([
    `An answer of the CTI server was not used: HOLD_CALL_CONF with InvokeID ${invokeId} answers no request that waits: it came late, twice, or is meant for another.`,
  ]);
});

test('an answer that comes twice, or after its time, counts once; the log says it once a minute', async () => {
  const link = await create().start();
  const { invokeId, answers } = ask(link, 'a');
  for (let n = 0; n < 5; n++) link.server.send('SET_AGENT_STATE_CONF', { InvokeID: invokeId });
  const late = ask(link, 'a');
  link.clock.advance(20_000);
  link.server.send('CONTROL_FAILURE_CONF', {
    InvokeID: late.invokeId,
    FailureCode: 22,
    PeripheralErrorCode: 0,
  });
  expect(answers).toEqual([{ type: 'confirmed' }]);
  expect(late.answers).toEqual([{ type: 'timeout' }]);
  expect(warnings(link)).toHaveLength(1);
  link.clock.advance(ODD_ANSWERS_QUIET_MS);
  link.server.send('SET_AGENT_STATE_CONF', { InvokeID: invokeId });
  expect(warnings(link).at(-1)).toMatch(/\(4 more since the last such line\)$/);
});

/** All queries under way at once, or a few at a time: silence then lasts beyond the time of the first. */
test.each([1_000, 50])(
  'a CTI server that falls silent during the recovery (window %d) is not in service, and nothing else is said',
  async (window) => {
    const agents = Array.from({ length: 500 }, (_, i) => `agent-${i}`);
    picture = new LinkPicture({ agents, window });
    const link = picture;
    link.server.agents.set('agent-0', { state: TALKING, extension: '2001' });
    link.server.calls.set(100, {
      callType: 1,
      parties: [
        { device: '9001', state: LocalConnectionState.CONNECT },
        { device: '2001', state: LocalConnectionState.CONNECT },
      ],
    });
    await link.start();
    expect(link.dialogs.get('100')).toBeDefined();
    link.server.answersQueries = false;
    link.server.answersHeartbeats = false;
    link.server.drop();
    link.observed.length = 0;
    // Three heartbeats, and nothing: the session is over before the first query has had its time.
    link.clock.advance(14_900);
    expect(states(link).at(-1)).toBe('RECOVERING');
    link.server.calls.clear();
    link.server.agents.set('agent-0', { state: NOT_READY, extension: '2001' });
    link.server.listening = false;
    link.clock.advance(10_000);
    expect(states(link)).not.toContain('IN_SERVICE');
    expect(warnings(link)).toEqual([]);
    // The next recovery decides alone: the call that ended in the gap is not kept for the silence before.
    Object.assign(link.server, { listening: true, answersQueries: true, answersHeartbeats: true });
    link.clock.advance(10_000);
    expect(link.link.state).toBe('IN_SERVICE');
    expect(link.dialogs.get('100')).toBeUndefined();
  },
);

test('a side that falls silent is left for the other after three heartbeats, at once', async () => {
  picture = new LinkPicture({ agents: ['a'], twoSides: true });
  const link = await picture.start();
  const start = link.clock.monotonic() - 50;
  link.server.answersHeartbeats = false;
  // A line that accepts and delivers nothing: an opening there would wait for half a minute.
  link.clock.advance(25_000);
  expect(link.attempts).toEqual([`a ${start}`, `b ${start + 20_000}`]);
  expect(link.link.state).toBe('IN_SERVICE');
});

test('what is asked on being told that the session has ended is lost, too, without a word', async () => {
  picture = new LinkPicture({ agents: ['a'], twoSides: true });
  const link = await picture.start();
  link.server.answersHeartbeats = false;
  const answers: CtiAnswer['type'][] = [];
  const askAgain = (times: number): void =>
    link.link.query('QUERY_AGENT_STATE_REQ', { PeripheralID: 5000, AgentID: 'x' }, (answer) => {
      answers.push(answer.type as CtiAnswer['type']);
      if (times > 0) askAgain(times - 1);
    });
  link.server.onAgentQuery = () => {};
  // After the last heartbeat that was due: it has no answer when the session ends.
  link.clock.advance(14_000);
  askAgain(3);
  link.clock.advance(11_000);
  expect(answers).toEqual(['lost', 'lost', 'lost', 'lost']);
  expect(warnings(link)).toEqual([]);
});

test('after a request that was never answered the agent is asked for once, and what differs is told', async () => {
  const link = await create().start();
  const { answers } = ask(link, 'a');
  link.server.agents.set('a', { state: NOT_READY, extension: '2001' });
  const from = link.server.received.length;
  link.clock.advance(19_990);
  expect(link.checked).toEqual([]);
  link.clock.advance(60_000);
  expect(answers).toEqual([{ type: 'timeout' }]);
  expect(link.checked).toEqual(['a NOT_READY']);
  const asked = link.server.received.slice(from).filter(({ name }) => name === 'QUERY_AGENT_STATE_REQ');
  expect(asked.map(({ fields }) => fields.AgentID)).toEqual(['a']);
});

test('an event that comes before that answer is newer, and refusals say nothing', async () => {
  const link = await create().start();
  const kept: Fields[] = [];
  link.server.onAgentQuery = (fields) => kept.push(fields);
  ask(link, 'a');
  link.clock.advance(20_000);
  link.server.event('a', TALKING, '2001');
  link.server.query(kept[0]!);
  ask(link, 'a');
  link.clock.advance(20_000);
  link.server.send('CONTROL_FAILURE_CONF', {
    InvokeID: kept[1]!.InvokeID,
    FailureCode: 70,
    PeripheralErrorCode: 0,
  });
  expect(kept).toHaveLength(2);
  expect(link.checked).toEqual([]);
});

test('where that answer tells of another agent the right one is asked for again, three times at once, then again after a pause', async () => {
  const link = await create().start();
  const kept: Fields[] = [];
  link.server.onAgentQuery = (fields) => kept.push(fields);
  link.server.agents.set('a', { state: NOT_READY, extension: '2001' });
  ask(link, 'a');
  link.clock.advance(20_000);
  link.server.query(kept[0]!, 'b');
  link.clock.advance(1);
  link.server.query(kept[1]!);
  expect(link.checked).toEqual(['a NOT_READY']);

  ask(link, 'a');
  link.clock.advance(20_000);
  for (const place of [2, 3, 4]) {
    link.server.query(kept[place]!, 'b');
    link.clock.advance(1);
  }
  expect(kept).toHaveLength(5);

  link.clock.advance(5_000);
  expect(kept).toHaveLength(6);
  // An event has told of the agent meanwhile: there is nothing left to ask.
  link.server.event('a', TALKING, '2001');
  link.server.query(kept[5]!, 'b');
  link.clock.advance(60_000);
  expect(kept).toHaveLength(6);
  expect(link.checked).toEqual(['a NOT_READY']);
});

test('a server that goes on sending what cannot be read fills no log', async () => {
  const link = await create().start();
  link.observed.length = 0;
  // AGENT_STATE_EVENT without all of its fixed part.
  const short = (bytes: number) => Uint8Array.of(0, 0, 0, bytes, 0, 0, 0, 30, ...new Uint8Array(bytes));
  // Each tells something else.
  for (let count = 0; count < 1_000; count += 1) link.server.raw(short(count % 60));
  expect(warnings(link)).toHaveLength(1);
  expect(warnings(link)[0]).toContain('A frame of the CTI server could not be read');
  expect(link.link.state).toBe('IN_SERVICE');
});

test('an event that puts an agent at the phone of another one is told to the operator, once a minute', async () => {
  const link = await create().start();
  link.observed.length = 0;
  link.server.event('a', NOT_READY, '2001');
  link.server.event('b', AVAILABLE, '2003');
  expect(warnings(link)).toEqual([]);
  for (let count = 0; count < 10; count += 1) {
    link.server.event('a', NOT_READY, '2003');
    link.server.event('a', NOT_READY, '2001');
  }
  expect(warnings(link)).toEqual([
    'The CTI server puts agent a at phone 2003, where b is signed in: both are asked for.',
  ]);
  link.clock.advance(60_000);
  link.server.event('a', NOT_READY, '2003');
  expect(warnings(link)).toHaveLength(2);
  expect(warnings(link)[1]).toContain('(9 more alike before.)');
});

test('an agent and a call of another peripheral are strangers, also when their ids are those of ours', async () => {
  const link = await create().start();
  link.server.event('a', AVAILABLE, '2001');
  link.observed.length = 0;
  link.server.event('a', TALKING, '2002', 0, { PeripheralID: 5002 });
  link.clock.advance(1);
  link.server.event('a', NOT_READY, '2001', 0, { PeripheralID: 5002 });
  const begun = {
    MonitorID: 0,
    PeripheralType: 17,
    CallType: 1,
    ConnectionDeviceIDType: 0,
    ConnectionCallID: 100,
    CalledPartyDisposition: 0,
    ConnectionDeviceID: '2001',
    ANI: '9001',
  };
  link.server.send('BEGIN_CALL_EVENT', { ...begun, PeripheralID: 5002 });
  link.clock.advance(1);
  expect(link.agents.get('a')).toMatchObject({ state: 'READY', extension: '2001' });
  expect(link.told).toEqual([]);
  expect(warnings(link)).toEqual([
    'Events of peripheral 5002 of the CTI server are not used: cti.peripheralId is 5000.',
  ]);
  link.server.event('a', NOT_READY, '2001');
  expect(link.agents.get('a').state).toBe('NOT_READY');
  // One that has another number than the one that is set is believed until the other has been heard.
  const misnamed = await create().start();
  misnamed.server.event('a', NOT_READY, '2001', 0, { PeripheralID: 5002 });
  expect(misnamed.agents.get('a').state).toBe('NOT_READY');
  // The only peripheral of CCX.
  link.server.event('a', AVAILABLE, '2001', 0, { PeripheralID: 1, PeripheralType: 21 });
  expect(link.agents.get('a').state).toBe('READY');
});

test('an agent whose event has a state that GED-188 does not have is asked for, and the log says why', async () => {
  const link = await create().start();
  link.observed.length = 0;
  const from = link.server.received.length;
  const asked = () =>
    link.server.received.slice(from).filter(({ name }) => name === 'QUERY_AGENT_STATE_REQ').length;
  const strange = (agentId: string) => link.server.event(agentId, 99, '2001', 0, { AgentState: 99 });
  link.server.answersQueries = false;
  strange('a');
  link.clock.advance(1);
  strange('a');
  link.clock.advance(1);
  expect(asked()).toBe(1);
  expect(link.agents.get('a').state).toBe('READY');
  // The first answer may be older than the second event, which therefore has a question of its own.
  link.server.answersQueries = true;
  link.server.agents.set('a', { state: AVAILABLE, extension: '2001' });
  const [first] = link.server.received.slice(from).filter(({ name }) => name === 'QUERY_AGENT_STATE_REQ');
  link.server.query(first!.fields);
  expect(link.checked).toEqual([]);
  link.server.agents.set('a', { state: NOT_READY, extension: '2001' });
  link.clock.advance(1);
  expect(asked()).toBe(2);
  expect(link.checked).toEqual(['a NOT_READY']);
  link.clock.advance(60_000);
  expect(asked()).toBe(2);
  expect(warnings(link)).toEqual([
    'An event of the CTI server was not used: it gives agent a the state 99, which GED-188 does not have. The agent is asked for.',
  ]);
  // A stranger is nobody to be asked for; nonvoice states are known, and mean nothing.
  strange('stranger');
  link.server.event('a', AgentState.BUSY_OTHER, '2001');
  link.clock.advance(60_000);
  expect(asked()).toBe(2);
  expect(warnings(link)[1]).toBe(
    'An event of the CTI server was not used: it gives agent stranger the state 99, which GED-188 does not have. (1 more alike before.)',
  );
});

test('such an event in a recovery has the agent asked for once more afterwards', async () => {
  const link = create();
  link.server.onAgentQuery = (fields: Fields) => {
    link.server.query(fields);
    if (fields.AgentID !== 'a') return;
    link.server.onAgentQuery = (other) => link.server.query(other);
    link.server.event('a', 99, '2001', 0, { AgentState: 99 });
    link.server.agents.set('a', { state: NOT_READY, extension: '2001' });
  };
  await link.start();
  expect(link.link.state).toBe('IN_SERVICE');
  expect(link.agents.get('a').state).not.toBe('NOT_READY');
  link.clock.advance(5_000);
  expect(link.checked).toEqual(['a NOT_READY']);
});
