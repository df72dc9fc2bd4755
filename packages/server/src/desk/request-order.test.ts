/** The word of a request is at the other node before what comes of it, however long the bus and the CTI server take (docs/cluster.md, *Requests*). */
import { AgentState, type DecodedMessage } from '@poise/ged188';
import { afterEach, describe, expect, test } from 'vitest';
import { CALL_DATA } from '../../test/centre/call-centre.ts';
import { NodePair } from '../../test/centre/node-pair.ts';
import { SIGNED_IN, TALKING } from '../../test/domain/call-scenarios.ts';
import { WAIT_MAX_MS } from '../cluster/bus-gate.ts';

let pair: NodePair;
afterEach(() => pair?.close());

/** 3001 signed in at 2003, as both nodes know. */
async function signedIn(isGated = true): Promise<void> {
  pair = await NodePair.open({}, isGated);
  await pair.a.put('3001', { state: 'LOGIN', extension: '2003' }, 'sign-in');
  pair.clock.advance(60_000);
  pair.quiet();
}
const OWN = '/finesse/api/User/3001';
/** What B has told of the agent: requestId and state. */
const toldByB = () =>
  pair.b.published
    .filter(({ node }) => node === OWN)
    .map(({ payload }) => {
      const of = (name: string) => new RegExp(`<${name}>(.*?)</${name}>`).exec(payload)?.[1] ?? '';
      return `${of('requestId')} ${of('state')}`;
    });
const sentByA = () =>
  pair.a.server.received.filter(({ name }) => name === 'SET_AGENT_STATE_REQ').map(({ fields }) => fields);

describe('one Update at the other node, with the requestId', () => {
  test.each([
    { what: 'the word takes long to the engine', up: 40, down: 0 },
    { what: 'the word takes long from the engine to the other node', up: 0, down: 40 },
    { what: 'both', up: 30, down: 25 },
  ])('$what', async ({ up, down }) => {
    await signedIn();
    pair.fabricA.wire.up = up;
    pair.fabricB.wire.down = down;
    await pair.a.put('3001', { state: 'READY' }, 'r1');
    pair.clock.advance(60_000);
    await pair.a.put('3001', { state: 'NOT_READY' }, 'r2');
    pair.clock.advance(60_000);
    expect(toldByB()).toEqual(['r1 READY', 'r2 NOT_READY']);
    expect(pair.answers('r1').b).toEqual(pair.answers('r1').a);
  });

  test('many, one upon the other', async () => {
    await signedIn();
    pair.fabricA.wire.up = 7;
    pair.fabricA.wire.down = 2;
    pair.fabricB.wire.up = 1;
    pair.fabricB.wire.down = 9;
    const expected: string[] = [];
    for (let i = 0; i < 14; i++) {
      const state = i % 2 === 0 ? 'READY' : 'NOT_READY';
      await pair.a.put('3001', { state }, `r${i}`);
      expected.push(`r${i} ${state}`);
      pair.clock.advance(i % 7);
    }
    pair.clock.advance(60_000);
    expect(toldByB()).toEqual(expected);
  });

  test('the CTI server is the slower one: what is shown from before is not taken for what comes', async () => {
    await signedIn(false);
    pair.eventDelayMs = 300;
    await pair.a.put('3001', { state: 'READY' }, 'r1');
    pair.clock.advance(1);
    await pair.a.put('3001', { state: 'NOT_READY' }, 'r2');
    pair.clock.advance(1);
    await pair.a.put('3001', { state: 'READY' }, 'r3');
    pair.clock.advance(60_000);
    expect(toldByB()).toEqual(['r1 READY', 'r2 NOT_READY', 'r3 READY']);
  });

  test('nor what he has done at his phone, of which the other node does not know yet', async () => {
    await signedIn(false);
    pair.eventDelayMs = 300;
    await pair.a.put('3001', { state: 'READY' }, 'r1');
    pair.clock.advance(1_000);
    pair.a.server.event('3001', AgentState.NOT_READY, '2003');
    pair.clock.advance(1);
    await pair.a.put('3001', { state: 'READY' }, 'r2');
    pair.clock.advance(60_000);
    expect(toldByB()).toEqual(['r1 READY', ' NOT_READY', 'r2 READY']);
  });
});

test('an answer with the object as it is waits for what has led to it: a call that began just when he asked', async () => {
  await signedIn();
  pair.fabricB.wire.up = 10;
  const held: DecodedMessage[] = [];
  pair.a.server.onAgentRequest = (request) => void held.push(request);
  await pair.a.put('3001', { state: 'READY' }, 'r1');
  pair.clock.advance(60);
  pair.a.server.event('3001', AgentState.TALKING, '2003');
  pair.clock.advance(0);
  pair.a.server.confirm(held[0]!);
  pair.clock.advance(60_000);
  expect(pair.answers('r1').a).toEqual(['User/3001 PUT TALKING', 'Team/5002/Users PUT TALKING']);
  expect(pair.answers('r1').b).toEqual(pair.answers('r1').a);
  expect(toldByB()).toEqual([' TALKING', 'r1 TALKING']);
  expect(pair.b.desk.agents.get('3001')).toMatchObject({ state: 'TALKING', pendingState: 'READY' });
});

describe('a request waits for its word', () => {
  test('until the engine has it, and no longer', async () => {
    await signedIn();
    pair.a.server.received.length = 0;
    pair.fabricA.wire.up = 8;
    pair.fabricA.wire.down = 4;
    await pair.a.put('3001', { state: 'READY' }, 'r1');
    // One ms is over with the 202.
    pair.clock.advance(10);
    expect(sentByA()).toEqual([]);
    pair.clock.advance(1);
    expect(sentByA()).toHaveLength(1);
  });

  test('one about a call, too', async () => {
    pair = await NodePair.open({ data: CALL_DATA }, true);
    pair.play([...SIGNED_IN, ...TALKING]).quiet();
    pair.fabricA.wire.up = 12;
    await pair.a.dialog('a', 'Dialog/100', { requestedAction: 'HOLD', targetMediaAddress: '2001' }, 'r1');
    pair.clock.advance(10);
    expect(pair.a.asked).toEqual([]);
    expect(pair.b.desk.foreignRequests?.heard).toBe(0);
    pair.clock.advance(1);
    expect(pair.a.asked).toHaveLength(1);
    expect(pair.b.desk.foreignRequests?.heard).toBe(1);
  });

  test('not where nobody else is, nor where the bus is out of reach', async () => {
    await signedIn();
    pair.a.server.received.length = 0;
    pair.fabricA.wire.up = 10_000;
    pair.areTogether = false;
    await pair.a.put('3001', { state: 'READY' }, 'r1');
    pair.clock.advance(0);
    expect(sentByA()).toHaveLength(1);
    pair.areTogether = true;
    pair.fabricA.cut(true);
    await pair.a.put('3001', { state: 'NOT_READY' }, 'r2');
    pair.clock.advance(0);
    expect(sentByA()).toHaveLength(2);
  });

  test('not for longer than the limit where the engine stands still, and only once', async () => {
    await signedIn();
    pair.a.server.received.length = 0;
    pair.fabricA.wire.up = 60_000;
    await pair.a.put('3001', { state: 'READY' }, 'r1');
    pair.clock.advance(WAIT_MAX_MS - 2);
    expect(sentByA()).toEqual([]);
    pair.clock.advance(1);
    expect(sentByA()).toHaveLength(1);
    await pair.a.put('3001', { state: 'NOT_READY' }, 'r2');
    pair.clock.advance(0);
    expect(sentByA()).toHaveLength(2);
    pair.clock.advance(10);
    // The word is late then, and who waits for the requestId at the other node has it as before.
    expect(pair.answers('r2').a).toHaveLength(2);
    pair.clock.advance(120_000);
    expect(pair.answers('r1').b).not.toEqual([]);
  });

  test('and fails once when the CTI server is lost meanwhile', async () => {
    await signedIn();
    pair.fabricA.wire.up = 50;
    await pair.a.put('3001', { state: 'READY' }, 'r1');
    pair.a.server.listening = false;
    pair.a.server.drop();
    pair.clock.advance(60_000);
    expect(pair.answers('r1').a).toEqual([expect.stringMatching(/^User\/3001 put CF_/)]);
    expect(pair.a.desk.requests.pending).toBe(0);
  });

  test('and is not sent when the agent is gone meanwhile', async () => {
    await signedIn();
    pair.a.server.received.length = 0;
    pair.fabricA.wire.up = 50;
    await pair.a.put('3001', { state: 'READY' }, 'r1');
    pair.clock.advance(1);
    pair.a.desk.requests.forget('3001');
    pair.clock.advance(1_000);
    expect(sentByA()).toEqual([]);
    expect(pair.a.desk.requests.pending).toBe(0);
  });

  test('while one dies that has told of it: the other node answers as for any that is not answered', async () => {
    await signedIn();
    pair.fabricA.wire.up = 5;
    pair.fabricA.wire.down = 50;
    await pair.a.put('3001', { state: 'READY' }, 'r1');
    pair.clock.advance(10);
    pair.a.server.drop();
    pair.fabricA.cut(true);
    pair.clock.advance(60_000);
    expect(pair.answers('r1').b).toHaveLength(1);
  });
});

describe('what the CTI server tells', () => {
  test('is told in its order, and without delay where the engine is quick', async () => {
    await signedIn();
    for (const state of [AgentState.AVAILABLE, AgentState.NOT_READY, AgentState.AVAILABLE])
      pair.b.server.event('3001', state, '2003');
    pair.clock.advance(1);
    expect(toldByB()).toEqual([' READY', ' NOT_READY', ' READY']);
  });

  test('waits no longer than the limit where the engine stands still', async () => {
    await signedIn();
    pair.fabricB.wire.up = 60_000;
    pair.b.server.event('3001', AgentState.AVAILABLE, '2003');
    pair.clock.advance(WAIT_MAX_MS);
    expect(toldByB()).toEqual([' READY']);
    pair.b.server.event('3001', AgentState.NOT_READY, '2003');
    pair.clock.advance(0);
    expect(toldByB()).toEqual([' READY', ' NOT_READY']);
  });

  test('and its end are in order', async () => {
    await signedIn();
    pair.fabricB.wire.up = 20;
    pair.b.server.event('3001', AgentState.AVAILABLE, '2003');
    pair.b.server.drop();
    expect(pair.b.link.state).toBe('IN_SERVICE');
    pair.clock.advance(40);
    expect(toldByB()).toEqual([' READY']);
    expect(pair.b.link.state).not.toBe('IN_SERVICE');
  });
});
