/** Answers of a recovery that do not come: they keep nobody out of service for long. */
import { AgentState, CallType, DeviceIDType, type Fields, LocalConnectionState } from '@poise/ged188';
import { afterEach, expect, test } from 'vitest';
import { LinkPicture } from '../../test/cti/link-picture.ts';
import { STRAGGLERS_WAIT_MS } from './recovery-patience.ts';

const { AVAILABLE, NOT_READY, TALKING } = AgentState;

let picture: LinkPicture | undefined;
afterEach(async () => {
  await picture?.link.stop();
  picture = undefined;
});

async function create(): Promise<LinkPicture> {
  picture = new LinkPicture({ agents: ['a', 'b', 'c'] });
  picture.server.agents.set('a', { state: AVAILABLE, extension: '2001' });
  picture.server.agents.set('b', { state: NOT_READY, extension: '2002' });
  return picture.start();
}

/** The link is lost; in the recovery the question about `b` is put aside. @returns that question */
function recoverWithout(link: LinkPicture): () => Fields {
  let question: Fields = {};
  link.server.onAgentQuery = (fields) => {
    if (fields.AgentID === 'b') question = fields;
    else link.server.query(fields);
  };
  link.observed.length = 0;
  link.server.drop();
  return () => question;
}

const warnings = ({ observed }: LinkPicture): string[] =>
  observed.flatMap((happening) =>
    happening.kind === 'operator' && happening.level === 'warn' ? [happening.text] : [],
  );

test('one answer that never comes is waited for 3 s; what was known stands, and the operator is told', async () => {
  const link = await create();
  const lost = link.clock.monotonic();
  recoverWithout(link);
  link.server.agents.set('b', { state: TALKING, extension: '2002' });
  link.clock.advance(STRAGGLERS_WAIT_MS - 1);
  expect(link.link.state).toBe('RECOVERING');
  link.clock.advance(100);
  expect(link.link.state).toBe('IN_SERVICE');
  expect(link.inServiceAt.at(-1)! - lost).toBeLessThan(STRAGGLERS_WAIT_MS + 50);
  expect(link.agents.get('b').state).toBe('NOT_READY');
  expect(warnings(link)).toEqual([
    'The CTI server left questions of the recovery unanswered (1); it was ended without them, and what was known stands until an answer comes: they are asked again.',
  ]);
  link.clock.advance(60_000);
  expect(link.inServiceAt).toHaveLength(2);
  expect(link.checked).toEqual([]);
});

test('late answers about several agents are used, each question ends once, and as many as a window holds end without harm', async () => {
  const absent = Array.from({ length: 1_000 }, (_, index) => `x${index}`);
  picture = new LinkPicture({ agents: ['a', ...absent.map((id) => `${id}y`), ...absent], window: 1_000 });
  const { server } = picture;
  for (const [index, id] of absent.entries())
    server.agents.set(id, { state: NOT_READY, extension: `3${index}` });
  const link = await picture.start();
  link.clock.advance(5_000);
  const questions: Fields[] = [];
  server.onAgentQuery = (fields) => {
    if (/^x\d+$/.test(String(fields.AgentID))) questions.push(fields);
    else server.query(fields);
  };
  link.observed.length = 0;
  server.drop();
  link.clock.advance(5_000);
  expect(link.link.state).toBe('IN_SERVICE');
  expect(questions).toHaveLength(1_000);
  expect(warnings(link)).toHaveLength(1);
  for (const id of absent) server.agents.set(id, { state: TALKING, extension: '9999' });
  for (const question of questions) server.query(question);
  expect(link.checked).toHaveLength(1_000);
});

test('an answer about an agent that comes after that is used', async () => {
  const link = await create();
  const question = recoverWithout(link);
  link.clock.advance(5_000);
  link.server.agents.set('b', { state: TALKING, extension: '2002' });
  link.server.query(question());
  expect(link.checked).toEqual(['b TALKING']);
  // Twice is once too often.
  link.server.query(question());
  expect(link.checked).toHaveLength(1);
});

test('… and the calls at his phone, of which the gap or the recovery has kept the news, are asked for', async () => {
  const link = await create();
  const question = recoverWithout(link);
  link.clock.advance(5_000);
  expect(link.link.state).toBe('IN_SERVICE');
  link.server.agents.set('b', { state: TALKING, extension: '2002' });
  link.server.calls.set(100, {
    callType: CallType.PREROUTE_ACD_IN,
    parties: [
      { device: '9001', state: LocalConnectionState.CONNECT, deviceType: DeviceIDType.EXTERNAL },
      { device: '2002', state: LocalConnectionState.CONNECT },
    ],
  });
  link.server.query(question());
  link.clock.advance(10);
  expect(link.dialogs.get('100')).toBeDefined();
  // Once for each phone; and nobody who is signed out has one.
  const asked = () => link.requests('SNAPSHOT_DEVICE_REQ').length;
  const before = asked();
  link.server.event('b', AgentState.NOT_READY, '2002');
  link.link.askAgent('c');
  link.clock.advance(10);
  expect(asked()).toBe(before);
});

test('… and a call that ended in the gap, and was kept for want of an answer, is gone', async () => {
  const link = await create();
  const call = (id: number, device: string) => {
    link.server.calls.set(id, {
      callType: CallType.PREROUTE_ACD_IN,
      parties: [
        { device: '9001', state: LocalConnectionState.CONNECT, deviceType: DeviceIDType.EXTERNAL },
        { device, state: LocalConnectionState.CONNECT },
      ],
    });
  };
  link.server.agents.set('b', { state: TALKING, extension: '2002' });
  for (const id of [100, 101]) call(id, '2002');
  link.server.drop();
  link.clock.advance(5_000);
  const question = recoverWithout(link);
  link.clock.advance(5_000);
  expect(link.dialogs.get('100')).toBeDefined();
  link.forgetNews();
  link.server.calls.delete(100);
  link.server.query(question());
  link.clock.advance(10);
  expect(link.dialogs.get('100')).toBeUndefined();
  expect(link.dialogs.get('101')).toBeDefined();
  expect(link.news('b').filter((change) => change.startsWith('DELETE 100'))).toHaveLength(1);
});

test.each([1_000, 5_000])('unless an event told of the agent %d ms after the question', async (ms) => {
  const link = await create();
  const question = recoverWithout(link);
  link.clock.advance(ms);
  link.server.event('b', AVAILABLE, '2002');
  link.clock.advance(6_000);
  link.server.query({ ...question() }, 'b');
  expect(link.agents.get('b').state).toBe('READY');
  expect(link.checked).toEqual([]);
});

test('a server that needs 4 s for every answer is waited for', async () => {
  const link = await create();
  link.server.calls.set(100, {
    callType: 1,
    parties: [{ device: '2001', state: 3 }],
  });
  link.server.delayMs = 2_000;
  link.observed.length = 0;
  link.server.drop();
  link.clock.advance(30_000);
  expect(link.inServiceAt).toHaveLength(2);
  expect(link.dialogs.get('100')).toBeDefined();
  expect(warnings(link)).toEqual([]);
});

test('a server that owes more answers than it gave is waited for until their deadlines', async () => {
  const link = await create();
  link.server.onAgentQuery = (fields) => {
    if (fields.AgentID === 'c') link.server.query(fields);
  };
  link.server.drop();
  link.clock.advance(19_000);
  expect(link.link.state).toBe('RECOVERING');
  link.clock.advance(2_000);
  expect(link.link.state).toBe('IN_SERVICE');
});

/** Three agents are signed in; in the gap one becomes ready, a call of the other ends and another begins. Three questions are not answered. */
async function wrongAfterRecovery(): Promise<LinkPicture> {
  const others = ['d', 'e', 'f', 'g', 'h'];
  picture = new LinkPicture({ agents: ['a', 'b', 'c', ...others] });
  const link = await picture.start();
  const call = (id: number, device: string) =>
    link.server.calls.set(id, {
      callType: CallType.PREROUTE_ACD_IN,
      parties: [
        { device: '9001', state: LocalConnectionState.CONNECT, deviceType: DeviceIDType.EXTERNAL },
        { device, state: LocalConnectionState.CONNECT },
      ],
    });
  link.server.agents.set('a', { state: NOT_READY, extension: '2001' });
  link.server.agents.set('b', { state: TALKING, extension: '2002' });
  link.server.agents.set('c', { state: TALKING, extension: '2003' });
  call(880, '2002');
  link.server.drop();
  link.clock.advance(5_000);
  link.server.onAgentQuery = (fields) => {
    if (fields.AgentID !== 'a') link.server.query(fields);
  };
  link.server.onDeviceSnapshot = (fields) => {
    if (fields.AgentInstrument === '2001') link.server.snapshotDevice(fields);
  };
  link.server.drop();
  link.server.agents.set('a', { state: AVAILABLE, extension: '2001' });
  link.server.calls.delete(880);
  call(881, '2003');
  link.clock.advance(4_000);
  expect(link.link.state).toBe('IN_SERVICE');
  return link;
}
const answersAgain = ({ server }: LinkPicture) => {
  server.onAgentQuery = (fields) => server.query(fields);
  server.onDeviceSnapshot = (fields) => server.snapshotDevice(fields);
};

test.each([0, 30_000, 110_000])(
  'what stayed unanswered is asked again: %d ms later the server answers, and 10 s after that the picture is right',
  async (ms) => {
    const link = await wrongAfterRecovery();
    link.clock.advance(ms);
    expect([link.agents.get('a').state, link.dialogs.get('881')]).toEqual(['NOT_READY', undefined]);
    expect(link.dialogs.get('880')).toBeDefined();
    answersAgain(link);
    link.clock.advance(10_000);
    expect(link.agents.get('a').state).toBe('READY');
    expect(link.dialogs.get('880')).toBeUndefined();
    expect(link.dialogs.get('881')).toBeDefined();
    expect(link.news('b').filter((change) => change.startsWith('DELETE 880'))).toHaveLength(1);
    expect(link.news('c').filter((change) => change.startsWith('POST 881'))).toHaveLength(1);
    // Nothing is asked any more.
    const before = link.server.received.length;
    link.clock.advance(4_000);
    link.observed.length = 0;
    link.clock.advance(120_000);
    const asked = link.server.received
      .slice(before)
      .filter(({ name }) => /^(QUERY_AGENT|SNAPSHOT)/.test(name));
    expect(asked).toEqual([]);
  },
);

test('… also a call of which the snapshot was not answered, and that has changed in the gap', async () => {
  const link = await create();
  const held = (state: number) =>
    link.server.calls.set(100, {
      callType: CallType.PREROUTE_ACD_IN,
      parties: [
        { device: '9001', state: LocalConnectionState.CONNECT, deviceType: DeviceIDType.EXTERNAL },
        { device: '2001', state },
      ],
    });
  held(LocalConnectionState.CONNECT);
  link.server.drop();
  link.clock.advance(5_000);
  const legOf = () =>
    link.dialogs.get('100')?.participants.find(({ mediaAddress }) => mediaAddress === '2001')?.state;
  expect(legOf()).toBe('ACTIVE');
  link.server.onCallSnapshot = () => {};
  link.server.drop();
  held(LocalConnectionState.HOLD);
  link.clock.advance(4_000);
  expect([link.link.state, legOf()]).toEqual(['IN_SERVICE', 'ACTIVE']);
  link.server.onCallSnapshot = (fields) => link.server.snapshotCall(fields);
  link.clock.advance(6_000);
  expect(legOf()).toBe('HELD');
});
