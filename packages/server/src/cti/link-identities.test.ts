/** Whom an answer to QUERY_AGENT_STATE_REQ is about, where AgentID is missing, or another id in it is somebody else's. */
import { AgentState, type Fields, LocalConnectionState } from '@poise/ged188';
import { afterEach, expect, test } from 'vitest';
import { LinkPicture } from '../../test/cti/link-picture.ts';

const { LOGOUT, NOT_READY, TALKING } = AgentState;
const NUMBERS: Readonly<Record<string, number>> = { a: 7001, b: 7002, c: 7003 };

let picture: LinkPicture | undefined;
afterEach(async () => {
  await picture?.link.stop();
  picture = undefined;
});

/** Answers in the place of the usual ones, by AgentID. */
type Answers = Record<string, Fields | undefined>;

/** Agents a, b, c at 2001, 2002, 2003, with a call of a; `heard`: their events have told their ICMAgentIDs. */
async function create(
  options: { heard?: boolean; window?: number; numbers?: Readonly<Record<string, number>> } = {},
) {
  const { heard = true, window, numbers = NUMBERS } = options;
  const link = new LinkPicture({ agents: ['a', 'b', 'c'], ...(window === undefined ? {} : { window }) });
  picture = link;
  const { server } = link;
  const answers: Answers = {};
  /** AgentIDs asked for since the last loss of the link, and those that are not answered at once. */
  const asked: string[] = [];
  const held = new Set<string>();
  const pending: Fields[] = [];
  const answer = (fields: Fields) => {
    const agent = server.agents.get(String(fields.AgentID));
    server.send('QUERY_AGENT_STATE_CONF', {
      InvokeID: fields.InvokeID,
      AgentState: agent?.state ?? LOGOUT,
      MRDID: 1,
      NumTasks: 0,
      AgentMode: 1,
      MaxTaskLimit: 1,
      AgentAvailabilityStatus: 0,
      ...(answers[String(fields.AgentID)] ?? {
        ICMAgentID: numbers[String(fields.AgentID)],
        AgentID: fields.AgentID,
        ...(agent === undefined ? {} : device(agent.extension)),
      }),
    });
  };
  server.onAgentQuery = (fields) => {
    asked.push(String(fields.AgentID));
    if (held.has(String(fields.AgentID))) pending.push(fields);
    else answer(fields);
  };
  Object.entries(NUMBERS).forEach(([id], index) => {
    server.agents.set(id, { state: index === 0 ? TALKING : NOT_READY, extension: `200${index + 1}` });
  });
  server.calls.set(100, {
    callType: 1,
    parties: [
      { device: '9001', state: LocalConnectionState.CONNECT },
      { device: '2001', state: LocalConnectionState.CONNECT },
    ],
  });
  await link.start();
  const tell = (id: string, state: number, extension: string) =>
    server.event(id, state, extension, 0, { ICMAgentID: numbers[id] });
  if (heard) for (const [id, { state, extension }] of server.agents) tell(id, state, extension);
  const loseLink = () => {
    link.forgetNews();
    asked.length = 0;
    link.observed.length = 0;
    server.drop();
    link.clock.advance(2_000);
  };
  /** Lets the answers come that were kept back, in the order of `agents`. */
  const release = (...agents: readonly string[]) => {
    for (const id of agents) {
      held.delete(id);
      for (const fields of pending.splice(0)) {
        if (fields.AgentID === id) answer(fields);
        else pending.push(fields);
      }
      link.clock.advance(1);
    }
  };
  const places = () => ['a', 'b', 'c'].map((id) => link.agents.get(id).extension).join(' ');
  return { link, server, answers, asked, held, tell, loseLink, release, places };
}

const device = (extension: string): Fields => ({ AgentExtension: extension, AgentInstrument: extension });

const warnings = ({ observed }: LinkPicture): string[] =>
  observed.flatMap((happening) =>
    happening.kind === 'operator' && happening.level === 'warn' ? [happening.text] : [],
  );

test.each([
  [
    'without AgentID',
    { ICMAgentID: 7002, ...device('2002') },
    /tells of agent b \(ICMAgentID 7002\), but a was/,
  ],
  [
    'without AgentID, of a stranger',
    { ICMAgentID: 7009, ...device('2009') },
    /tells of an agent with ICMAgentID 7009, but a was/,
  ],
  ['with AgentID', { AgentID: 'a', ICMAgentID: 7002 }, /tells of agent b \(ICMAgentID 7002\), but a was/],
])(
  'an answer %s and another ICMAgentID is refused and asked for again; what was known stands',
  async (_, fields, line) => {
    const { link, answers, asked, loseLink } = await create();
    answers.a = fields;
    loseLink();
    expect(link.link.state).toBe('IN_SERVICE');
    expect(link.agents.get('a')).toMatchObject({ state: 'TALKING', extension: '2001' });
    expect(link.dialogs.get('100')).toBeDefined();
    expect(link.news('a')).toEqual([]);
    expect(asked.filter((id) => id === 'a')).toHaveLength(3);
    expect(asked).toHaveLength(5);
    expect(warnings(link)[0]).toMatch(line);
  },
);

test.each([
  ['without any id', {}],
  ['with AgentID', { AgentID: 'a', ICMAgentID: 7001 }],
])('an answer %s and the phone of another agent, who is still there, is refused', async (_, fields) => {
  for (const order of [
    ['a', 'b'],
    ['b', 'a'],
  ]) {
    const { link, answers, asked, held, loseLink, release } = await create({ heard: false });
    answers.a = { ...fields, AgentState: TALKING, ...device('2002') };
    held.add('a').add('b');
    loseLink();
    release(...order);
    expect(link.link.state).toBe('IN_SERVICE');
    expect(link.agents.get('a')).toMatchObject({ state: 'TALKING', extension: '2001' });
    expect(link.agents.get('b').extension).toBe('2002');
    expect(link.dialogs.get('100')).toBeDefined();
    expect(link.news('a')).toEqual([]);
    expect(asked.filter((id) => id === 'a')).toHaveLength(3);
    expect(warnings(link)[0]).toMatch(
      /tells of extension 2002, where agent b is signed in, but a was asked for\.$/,
    );
    await link.link.stop();
  }
});

test('after a refused answer the right one is used', async () => {
  const { link, server, answers, held, loseLink, release, places } = await create();
  answers.a = { AgentID: 'a', ...device('2002') };
  held.add('b');
  server.agents.set('a', { state: NOT_READY, extension: '2007' });
  loseLink();
  answers.a = undefined;
  release('b');
  expect(link.link.state).toBe('IN_SERVICE');
  expect(places()).toBe('2007 2002 2003');
});

const ORDERS = ['abc', 'acb', 'bac', 'bca', 'cab', 'cba'];

test.each(ORDERS)(
  'agents who have moved to the phones of others in the gap are believed, in whatever order it is told: %s',
  async (order) => {
    for (const moved of [
      // b has left, a came to his phone.
      { a: '2002' },
      { a: '2002', b: '2004', c: '2003' },
      { a: '2003', b: '2002', c: '2004' },
      // From one to the next, and in a circle.
      { a: '2002', b: '2003' },
      { a: '2002', b: '2001', c: '2003' },
      { a: '2002', b: '2003', c: '2001' },
    ] as Record<string, string | undefined>[]) {
      const { link, server, asked, held, loseLink, release, places } = await create();
      for (const id of ['a', 'b', 'c']) {
        const extension = moved[id];
        if (extension === undefined) server.agents.delete(id);
        else server.agents.set(id, { state: NOT_READY, extension });
        held.add(id);
      }
      loseLink();
      release(...order);
      expect(link.link.state).toBe('IN_SERVICE');
      expect(places()).toBe(['a', 'b', 'c'].map((id) => moved[id] ?? '').join(' '));
      expect(asked).toHaveLength(3);
      expect(warnings(link)).toEqual([]);
      await link.link.stop();
    }
  },
);

test('answers that wait do not keep the one from being asked for that they wait for', async () => {
  const { link, server, loseLink, places } = await create({ window: 1 });
  server.agents.delete('c');
  server.agents.set('a', { state: NOT_READY, extension: '2003' });
  loseLink();
  expect(link.link.state).toBe('IN_SERVICE');
  expect(places()).toBe('2003 2002 ');
});

test('where the other agent is never told of, an answer that puts somebody at his phone is used', async () => {
  const { link, server, held, loseLink, places } = await create();
  held.add('b');
  server.agents.set('a', { state: NOT_READY, extension: '2002' });
  loseLink();
  expect(link.link.state).toBe('RECOVERING');
  link.clock.advance(4_000);
  expect(link.link.state).toBe('IN_SERVICE');
  expect(places()).toBe('2002 2002 2003');
});

test('an event of the other agent decides before his answer', async () => {
  const { link, held, tell, answers, loseLink, places } = await create();
  answers.a = { AgentID: 'a', ...device('2002') };
  held.add('b').add('c');
  loseLink();
  answers.a = undefined;
  tell('b', NOT_READY, '2002');
  link.clock.advance(4_000);
  expect(places()).toBe('2001 2002 2003');
  expect(warnings(link)[0]).toMatch(/extension 2002, where agent b is signed in/);
});

test('a loss of the link while an answer waits ends it without a word, and the next recovery asks anew', async () => {
  const { link, server, answers, held, loseLink, places } = await create();
  answers.a = { AgentID: 'a', ...device('2002') };
  held.add('b');
  loseLink();
  expect(link.link.state).toBe('RECOVERING');
  held.clear();
  answers.a = undefined;
  server.agents.set('a', { state: NOT_READY, extension: '2001' });
  loseLink();
  expect(link.link.state).toBe('IN_SERVICE');
  expect(places()).toBe('2001 2002 2003');
  expect(warnings(link)).toEqual([]);
});

test('… and one that waits while in service is not waited for after it', async () => {
  const { link, server, answers, asked, held, loseLink, places } = await create();
  answers.a = { AgentID: 'a', ...device('2002') };
  held.add('b');
  link.link.askAgent('a');
  link.clock.advance(10);
  expect(link.link.state).toBe('IN_SERVICE');
  held.clear();
  answers.a = undefined;
  loseLink();
  expect(link.link.state).toBe('IN_SERVICE');
  server.agents.set('a', { state: NOT_READY, extension: '2001' });
  asked.length = 0;
  link.link.askAgent('a');
  link.clock.advance(10);
  expect(asked).toEqual(['a']);
  expect(link.agents.get('a').state).toBe('NOT_READY');
  expect(places()).toBe('2001 2002 2003');
});

test('while in service the other agent is asked for, too: who is still there keeps his phone', async () => {
  const { link, answers, asked, places } = await create();
  asked.length = 0;
  answers.a = { AgentID: 'a', AgentState: NOT_READY, ...device('2002') };
  link.link.askAgent('a');
  link.clock.advance(10);
  expect(places()).toBe('2001 2002 2003');
  expect(asked.filter((id) => id === 'a')).toHaveLength(3);
  expect(link.checked.filter((told) => told.startsWith('a'))).toEqual([]);
  expect(warnings(link)[0]).toMatch(/extension 2002, where agent b is signed in/);
});

test('while in service an agent whose sign-out was not told leaves his phone to the next one', async () => {
  const { link, server, asked, places } = await create();
  asked.length = 0;
  server.agents.delete('b');
  server.agents.set('a', { state: NOT_READY, extension: '2002' });
  link.link.askAgent('a');
  link.clock.advance(10);
  expect(places()).toBe('2002  2003');
  expect(asked).toEqual(['a', 'b']);
  expect(warnings(link)).toEqual([]);
});

test('while in service two agents have changed phones, and no event told', async () => {
  const { link, server, places } = await create();
  server.agents.set('a', { state: NOT_READY, extension: '2002' });
  server.agents.set('b', { state: NOT_READY, extension: '2001' });
  link.link.askAgent('a');
  link.clock.advance(10);
  expect(places()).toBe('2002 2001 2003');
  expect(warnings(link)).toEqual([]);
});

test('a CTI server that gives everybody the same ICMAgentID gives none', async () => {
  const { link, server, answers, tell, loseLink, places } = await create({
    heard: false,
    numbers: { a: 1, b: 1, c: 1 },
  });
  expect(places()).toBe('2001 2002 2003');
  tell('b', NOT_READY, '2002');
  for (const [id, { extension }] of server.agents) answers[id] = { ICMAgentID: 1, ...device(extension) };
  loseLink();
  expect(warnings(link)).toEqual([]);
  expect(places()).toBe('2001 2002 2003');
});

test('nor does one whose answers name nobody, where one event alone has told a number', async () => {
  const { link, answers, loseLink, places } = await create({ heard: false, numbers: {} });
  link.server.event('b', NOT_READY, '2002', 0, { ICMAgentID: 1 });
  answers.a = { ICMAgentID: 1, ...device('2001') };
  loseLink();
  expect(warnings(link)).toEqual([]);
  expect(places()).toBe('2001 2002 2003');
});

test('an agent who has got another ICMAgentID is known by his AgentID', async () => {
  const { link, answers, loseLink, places } = await create();
  answers.a = { AgentID: 'a', ICMAgentID: 7008, ...device('2001') };
  loseLink();
  answers.a = { ICMAgentID: 7008, ...device('2005') };
  loseLink();
  expect(warnings(link)).toEqual([]);
  expect(places()).toBe('2005 2002 2003');
});
