import { expect, test } from 'vitest';
import * as scenario from '../../test/domain/call-scenarios.ts';
import {
  agentIs,
  begun,
  cleared,
  conferenced,
  connectionCleared,
  dataUpdated,
  delivered,
  ended,
  established,
  held,
  initiated,
  originated,
  Picture,
  party,
  type Step,
  type Style,
  step,
  summary,
  transferred,
} from '../../test/domain/call-script.ts';

const { SIGNED_IN } = scenario;
const STYLES: readonly Style[] = ['perDevice', 'perCall'];

const play = (steps: readonly Step[], style: Style = 'perDevice') =>
  new Picture().play([...SIGNED_IN, ...steps], style);

const INCOMING = [
  'POST 100 ALERTING: 9001 INITIATED, 2001 ALERTING',
  'PUT 100 ACTIVE: 9001 ACTIVE, 2001 ACTIVE',
];
const CONSULT = [
  ...INCOMING,
  'PUT 100 ACTIVE: 9001 ACTIVE, 2001 HELD',
  'POST 101 INITIATING: 2001 INITIATING',
  // Now it names its consult call.
  'PUT 100 ACTIVE: 9001 ACTIVE, 2001 HELD',
  'PUT 101 INITIATED: 2001 INITIATED',
  'PUT 101 ALERTING: 2001 INITIATED, 2002 ALERTING',
  'PUT 101 ACTIVE: 2001 ACTIVE, 2002 ACTIVE',
];
const CONSULTED = [
  'POST 101 ALERTING: 2001 INITIATED, 2002 ALERTING',
  'PUT 101 ACTIVE: 2001 ACTIVE, 2002 ACTIVE',
];
const OVER = (id: string) => [
  `PUT ${id} DROPPED: 2001 DROPPED, 2002 DROPPED`,
  `DELETE ${id} DROPPED: 2001 DROPPED, 2002 DROPPED`,
];

/** What each user's node gets (objects.md 3.4). */
const EXPECTED: ReadonlyArray<readonly [string, readonly Step[], Readonly<Record<string, string[]>>]> = [
  [
    'held and retrieved',
    scenario.HELD_AND_BACK,
    {
      a: [...INCOMING, 'PUT 100 ACTIVE: 9001 ACTIVE, 2001 HELD', 'PUT 100 ACTIVE: 9001 ACTIVE, 2001 ACTIVE'],
      b: [],
    },
  ],
  [
    'ended without wrap-up',
    scenario.WITHOUT_WRAP_UP,
    {
      a: [
        ...INCOMING,
        'PUT 100 ACTIVE: 9001 DROPPED, 2001 ACTIVE',
        'PUT 100 DROPPED: 9001 DROPPED, 2001 DROPPED',
        'DELETE 100 DROPPED: 9001 DROPPED, 2001 DROPPED',
      ],
    },
  ],
  [
    'wrapped up',
    scenario.WRAP_UP_DONE,
    {
      a: [
        ...INCOMING,
        'PUT 100 ACTIVE: 9001 DROPPED, 2001 ACTIVE',
        'PUT 100 ACTIVE: 9001 DROPPED, 2001 WRAP_UP',
        'PUT 100 ACTIVE: 9001 DROPPED, 2001 WRAP_UP',
        'PUT 100 DROPPED: 9001 DROPPED, 2001 DROPPED',
        'DELETE 100 DROPPED: 9001 DROPPED, 2001 DROPPED',
      ],
    },
  ],
  ['consulting', scenario.CONSULTING, { a: CONSULT, b: CONSULTED }],
  [
    'transferred after consultation',
    scenario.TRANSFERRED,
    {
      a: [
        ...CONSULT,
        ...OVER('101'),
        'PUT 100 ACTIVE: 9001 ACTIVE, 2001 DROPPED, 2002 ACTIVE',
        'DELETE 100 DROPPED: 9001 ACTIVE, 2001 DROPPED, 2002 ACTIVE',
      ],
      b: [...CONSULTED, ...OVER('101'), 'POST 100 ACTIVE: 9001 ACTIVE, 2001 DROPPED, 2002 ACTIVE'],
    },
  ],
  [
    'conference',
    scenario.CONFERENCE,
    {
      a: [...CONSULT, ...OVER('101'), 'PUT 100 ACTIVE: 9001 ACTIVE, 2001 ACTIVE, 2002 ACTIVE'],
      b: [...CONSULTED, ...OVER('101'), 'POST 100 ACTIVE: 9001 ACTIVE, 2001 ACTIVE, 2002 ACTIVE'],
    },
  ],
  [
    'transferred in a single step',
    scenario.SINGLE_STEP,
    {
      a: [
        ...INCOMING,
        'PUT 100 ACTIVE: 9001 ACTIVE, 2001 DROPPED',
        'DELETE 100 DROPPED: 9001 ACTIVE, 2001 DROPPED',
      ],
      b: ['POST 100 ACTIVE: 9001 ACTIVE, 2001 DROPPED, 2002 ALERTING'],
    },
  ],
  [
    'made',
    scenario.OUTGOING,
    {
      b: [
        'POST 200 INITIATING: 2002 INITIATING',
        'PUT 200 INITIATED: 2002 INITIATED',
        'PUT 200 ALERTING: 2002 INITIATED, 99555 ALERTING',
        'PUT 200 ACTIVE: 2002 ACTIVE, 99555 ACTIVE',
      ],
    },
  ],
  [
    'busy',
    scenario.BUSY,
    {
      b: [
        'POST 201 INITIATING: 2002 INITIATING',
        'PUT 201 INITIATED: 2002 INITIATED',
        'PUT 201 FAILED: 2002 FAILED',
      ],
    },
  ],
  [
    'not answered',
    scenario.NOT_ANSWERED,
    {
      a: [
        'POST 100 ALERTING: 9001 INITIATED, 2001 ALERTING',
        'PUT 100 DROPPED: 9001 INITIATED, 2001 DROPPED',
        'DELETE 100 DROPPED: 9001 INITIATED, 2001 DROPPED',
      ],
      b: ['POST 100 ALERTING: 9001 INITIATED, 2002 ALERTING'],
    },
  ],
  [
    'monitored and barged into',
    scenario.BARGED,
    {
      a: [
        ...INCOMING,
        'POST 300 INITIATED: 2050 INITIATED',
        'PUT 300 ACTIVE: 2050 ACTIVE',
        'DELETE 300 DROPPED: 2050 DROPPED',
        'PUT 100 ACTIVE: 9001 ACTIVE, 2001 ACTIVE, 2050 ACTIVE',
      ],
      s: [
        'POST 300 INITIATED: 2050 INITIATED',
        'PUT 300 ACTIVE: 2050 ACTIVE',
        'PUT 300 DROPPED: 2050 DROPPED',
        'DELETE 300 DROPPED: 2050 DROPPED',
        'POST 100 ACTIVE: 9001 ACTIVE, 2001 ACTIVE, 2050 ACTIVE',
      ],
    },
  ],
];

for (const style of STYLES) {
  for (const [name, steps, nodes] of EXPECTED) {
    test(`a call that is ${name}, told once ${style === 'perCall' ? 'for the call' : 'for each device'}`, () => {
      const picture = play(steps, style);
      for (const [viewer, updates] of Object.entries(nodes)) expect(picture.node(viewer)).toEqual(updates);
      expect(picture.late).toEqual([]);
    });
  }
}

test('a dialog has addresses, queue, call type and times', () => {
  const [dialog] = play([...scenario.RINGING, agentIs('a', 'TALKING', '2001')]).book.at('2001');
  expect(dialog).toMatchObject({
    id: '100',
    kind: 'call',
    fromAddress: '9001',
    toAddress: '6003',
    media: { dialedNumber: '6003', callType: 'PREROUTE_ACD_IN', queueNumber: 5001, queueName: 'Sales' },
  });
  const [caller, agent] = dialog!.participants;
  expect(caller).toMatchObject({ mediaAddress: '9001', mediaAddressType: '', agentId: null });
  expect(agent).toMatchObject({ mediaAddress: '2001', mediaAddressType: 'AGENT_DEVICE', agentId: 'a' });
  expect(agent!.startTime).toBe(agent!.stateChangeTime);
});

test('while a phone is off-hook nobody has been called yet', () => {
  const picture = play(scenario.OUTGOING.slice(0, 2));
  expect(picture.book.at('2002')[0]).toMatchObject({
    state: 'INITIATING',
    toAddress: '',
    media: { dialedNumber: '' },
  });
  picture.play(scenario.OUTGOING.slice(2, 4));
  expect(picture.book.at('2002')[0]).toMatchObject({
    toAddress: '99555',
    media: { dialedNumber: '99555', callType: 'OUT' },
  });
});

test('the cause of a failure is shown and stays until the call is over', () => {
  const picture = play(scenario.BUSY);
  expect(picture.book.at('2002')[0]?.participants[0]).toMatchObject({ state: 'FAILED', stateCause: 'BUSY' });
  picture.play([
    connectionCleared('201', '2002', { 2002: 'NULL' }),
    agentIs('b', 'NOT_READY', '2002'),
    ended('201', '2002'),
  ]);
  expect(picture.told.at(-1)?.dialog.participants[0]).toMatchObject({ state: 'DROPPED', stateCause: 'BUSY' });
  expect(picture.book.calls).toBe(0);
});

// ---- wrap-up and the order of call and agent events ------------------------------------------------

test('the end of a call is told when the agent state tells whether wrap-up follows', () => {
  const picture = play([...scenario.TALKING, cleared('100', { 2001: 'NULL' })]);
  expect(picture.node('a')).toEqual(INCOMING);
  picture.play([agentIs('a', 'WORK', '2001')]);
  expect(picture.node('a').slice(2)).toEqual(['PUT 100 ACTIVE: 9001 DROPPED, 2001 WRAP_UP']);
});

test('an agent state that never comes does not keep a dialog for ever', () => {
  const picture = play([...scenario.TALKING, cleared('100', { 2001: 'NULL' }), ended('100', '2001')]);
  picture.clock.advance(2_900);
  expect(picture.late).toEqual([]);
  picture.clock.advance(200);
  expect(picture.late.map(summary)).toEqual([
    'PUT 100 DROPPED: 9001 DROPPED, 2001 DROPPED',
    'DELETE 100 DROPPED: 9001 DROPPED, 2001 DROPPED',
  ]);
  expect(picture.book.at('2001')).toEqual([]);
  expect(picture.clock.pending).toBe(0);
});

test('wrap-up that comes before the connection is cleared, and END_CALL_EVENT before its end', () => {
  const picture = play([
    ...scenario.TALKING,
    agentIs('a', 'WORK', '2001'),
    cleared('100', { 2001: 'NULL' }),
    ended('100', '2001'),
    dataUpdated('100', '2001', { data: { wrapUpReason: 'Sale made' } }),
  ]);
  expect(picture.book.at('2001')[0]?.media.wrapUpReason).toBe('Sale made');
  picture.play([agentIs('a', 'NOT_READY', '2001')]);
  expect(picture.node('a').slice(-2)).toEqual([
    'PUT 100 DROPPED: 9001 DROPPED, 2001 DROPPED',
    'DELETE 100 DROPPED: 9001 DROPPED, 2001 DROPPED',
  ]);
  expect(picture.book.calls).toBe(0);
});

test('a call that ends while the agent has another one needs no word of the agent', () => {
  const picture = play([
    ...scenario.CONSULTING,
    connectionCleared('101', '2001', { 2001: 'NULL', 2002: 'CONNECT' }),
  ]);
  expect(picture.node('a').slice(-3)).toEqual([
    'PUT 101 DROPPED: 2001 DROPPED, 2002 ACTIVE',
    'DELETE 101 DROPPED: 2001 DROPPED, 2002 ACTIVE',
    'PUT 100 ACTIVE: 9001 ACTIVE, 2001 HELD',
  ]);
});

test('whoever leaves a call of two reads that it is over, the other that it is alone', () => {
  const agents = [agentIs('a', 'NOT_READY', '2001'), agentIs('b', 'NOT_READY', '2002')];
  const picture = new Picture('CCX').play([
    ...agents,
    begun('200', '2001', 'AGENT_INSIDE', '2002', '2001'),
    initiated('200', '2001'),
    originated('200', '2001', '2002'),
    begun('200', '2002', 'AGENT_INSIDE', '2002', '2001'),
    delivered('200', '2001', '2002', { 2001: 'CONNECT', 2002: 'ALERTING' }),
    established('200', '2001', '2002', { 2001: 'CONNECT', 2002: 'CONNECT' }),
    connectionCleared('200', '2001', { 2001: 'NULL', 2002: 'CONNECT' }),
  ]);
  expect(picture.node('a').slice(-2)).toEqual([
    'PUT 200 DROPPED: 2001 DROPPED, 2002 ACTIVE',
    'DELETE 200 DROPPED: 2001 DROPPED, 2002 ACTIVE',
  ]);
  expect(picture.node('b').at(-1)).toBe('PUT 200 ACTIVE: 2001 DROPPED, 2002 ACTIVE');
});

test('a phone does not go on ringing for a caller who is gone', () => {
  for (const style of STYLES) {
    const picture = play(
      [...scenario.CONSULT_RINGING, connectionCleared('101', '2001', { 2001: 'NULL', 2002: 'ALERTING' })],
      style,
    );
    for (const viewer of ['a', 'b'])
      expect(
        picture
          .node(viewer)
          .filter((line) => line.includes(' 101 '))
          .slice(-2),
      ).toEqual(OVER('101'));
    expect(picture.node('b')).toHaveLength(3);
  }
  const stays = play([...scenario.RINGING, connectionCleared('100', '2001', { 2001: 'NULL' })]);
  expect(stays.node('a').at(-1)).toBe('DELETE 100 DROPPED: 9001 INITIATED, 2001 DROPPED');
});

test('on CCX calls outside of routing never show in the agent state and end at once', () => {
  const picture = new Picture('CCX').play([
    agentIs('b', 'NOT_READY', '2002'),
    ...scenario.OUTGOING.filter((one) => !('agent' in one)),
    cleared('200', { 2002: 'NULL' }),
  ]);
  expect(picture.node('b').at(-1)).toBe('DELETE 200 DROPPED: 2002 DROPPED, 99555 DROPPED');
});

test('all parties hear of the wrap-up of one of them', () => {
  const picture = play(scenario.CONTROLLER_LEAVES);
  expect(picture.node('b').slice(-2)).toEqual([
    'PUT 100 ACTIVE: 9001 ACTIVE, 2001 WRAP_UP, 2002 ACTIVE',
    'PUT 100 ACTIVE: 9001 ACTIVE, 2001 WRAP_UP, 2002 HELD',
  ]);
  picture.play([agentIs('a', 'READY', '2001')]);
  expect(picture.node('a').slice(-2)).toEqual([
    'PUT 100 ACTIVE: 9001 ACTIVE, 2001 DROPPED, 2002 HELD',
    'DELETE 100 DROPPED: 9001 ACTIVE, 2001 DROPPED, 2002 HELD',
  ]);
});

test('an agent who signs out loses the dialog, the others keep it', () => {
  const picture = play([...scenario.CONSULTING, agentIs('b', 'LOGOUT', '')]);
  expect(picture.node('b').at(-1)).toBe('DELETE 101 DROPPED: 2001 ACTIVE, 2002 ACTIVE');
  expect(picture.node('a').at(-1)).toBe('PUT 101 ACTIVE: 2001 ACTIVE, 2002 ACTIVE');
  picture.play([agentIs('b', 'TALKING', '2002')]);
  expect(picture.node('b').at(-1)).toBe('POST 101 ACTIVE: 2001 ACTIVE, 2002 ACTIVE');
});

// ---- what servers get wrong ------------------------------------------------------------------------

test('calls that are heard of in the middle are built from what is known', () => {
  expect(play([held('7', '2001', { 2001: 'HOLD' })]).node('a')).toEqual(['POST 7 ACTIVE: 2001 HELD']);
  expect(play([established('7', '9001', '2001', { 2001: 'CONNECT' })]).node('a')).toEqual([
    'POST 7 ACTIVE: 9001 ACTIVE, 2001 ACTIVE',
  ]);
  for (const late of [ended('7', '2001'), cleared('7', { 2001: 'NULL' }), dataUpdated('7', '2001', {})]) {
    const picture = play([late]);
    expect(picture.told).toEqual([]);
    expect(picture.book.calls).toBe(0);
  }
});

test('late events do not bring back a call that is over; a new one of the same number is a new call', () => {
  const picture = play([
    ...scenario.WITHOUT_WRAP_UP,
    established('100', '9001', '2001', { 2001: 'CONNECT' }),
    held('100', '2001', { 2001: 'HOLD' }),
  ]);
  expect(picture.book.calls).toBe(0);
  picture.play(scenario.RINGING);
  expect(picture.node('a').at(-1)).toBe('POST 100 ALERTING: 9001 INITIATED, 2001 ALERTING');
});

test('a call without END_CALL_EVENT is forgotten like any other', () => {
  const picture = play(
    scenario.WITHOUT_WRAP_UP.filter((one) => 'agent' in one || one.event.type !== 'ended'),
  );
  expect(picture.book.calls).toBe(0);
});

test('END_CALL_EVENT alone ends a call whose clearing was not told', () => {
  const picture = play([...scenario.TALKING, ended('100', '2001'), agentIs('a', 'READY', '2001')]);
  expect(picture.node('a').at(-1)).toMatch(/^DELETE 100/);
  expect(picture.book.calls).toBe(0);
});

test('a call that gets another number is DELETEd under the old and POSTed under the new one', () => {
  const picture = play([
    ...scenario.TALKING,
    dataUpdated('100', '2001', { newCallId: '777', newDevice: '2001' }),
    held('100', '2001', { 2001: 'HOLD' }),
    held('777', '2001', { 2001: 'HOLD' }),
  ]);
  expect(picture.node('a').slice(2)).toEqual([
    'DELETE 100 DROPPED: 9001 ACTIVE, 2001 ACTIVE',
    'POST 777 ACTIVE: 9001 ACTIVE, 2001 ACTIVE',
    'PUT 777 ACTIVE: 9001 ACTIVE, 2001 HELD',
  ]);
});

test('numbers that go round in circles end somewhere', () => {
  const picture = play([
    ...scenario.TALKING,
    dataUpdated('100', '2001', { newCallId: '1' }),
    dataUpdated('1', '2001', { newCallId: '100' }),
    dataUpdated('100', '2001', { newCallId: '1' }),
    cleared('1', { 2001: 'NULL' }),
    agentIs('a', 'READY', '2001'),
  ]);
  expect(picture.book.size).toBe(0);
});

test('a queue group that was announced before the call is that of the call', () => {
  const picture = play([]);
  const callKey = { day: 7, callId: 1, sequence: 0 };
  picture.book.expect({ extension: '2001', skillGroup: 5001, callKey });
  picture.play([
    step(
      { type: 'begun', callId: '100', callType: 'PREROUTE_ACD_IN', data: { ani: '9001', callKey } },
      { 2001: null },
    ),
    delivered('100', '9001', '2001', { 2001: 'ALERTING' }),
  ]);
  expect(picture.book.get('100')?.media).toMatchObject({ queueNumber: 5001, queueName: 'Sales', callKey });
});

test('call variables and the wrap-up reason are merged; an empty one is gone', () => {
  const named = { name: 'user.tier', index: null, value: 'gold' };
  const picture = play([
    ...scenario.TALKING,
    dataUpdated('100', '2001', {
      data: { variables: { 0: 'x', 9: 'y' }, named: [named], wrapUpReason: 'Sale' },
    }),
    dataUpdated('100', '2001', { data: { variables: { 9: '' }, wrapUpReason: '' } }),
  ]);
  const { media } = picture.book.get('100')!;
  expect(media.callVariables).toEqual(['x', '', '', '', '', '', '', '', '', '']);
  expect(media).toMatchObject({ named: [named], wrapUpReason: null });
});

test('the answer of a colleague whose event another copy of the conference has overtaken is not lost', () => {
  const picture = play(scenario.CONSULT_RINGING);
  const all = ['9001', '2001', '2002'];
  picture.play([
    conferenced('100', '101', '2001', '2002', all, { 2001: 'CONNECT' }),
    established('101', '2001', '2002', { 2002: 'CONNECT' }),
    conferenced('100', '101', '2001', '2002', all, { 2002: 'CONNECT' }),
  ]);
  expect(picture.book.get('100')?.participants.map(({ state }) => state)).toEqual([
    'ACTIVE',
    'ACTIVE',
    'ACTIVE',
  ]);
});

test('whoever a call is sent on to by hand rings, though the transfer is told before the ringing', () => {
  for (const style of STYLES) {
    const picture = play(
      [
        ...scenario.TALKING,
        transferred('100', null, '2001', '2002', '100', ['9001', '2002'], { 2001: 'NULL' }),
        agentIs('a', 'READY', '2001'),
      ],
      style,
    );
    const target = () =>
      picture.book.get('100')?.participants.find(({ mediaAddress }) => mediaAddress === '2002')?.state;
    expect(target()).toBe('ALERTING');
    picture.play([delivered('100', '9001', '2002', { 2002: 'ALERTING' })], style);
    expect(target()).toBe('ALERTING');
    picture.play([established('100', '9001', '2002', { 2002: 'CONNECT' })], style);
    expect(target()).toBe('ACTIVE');
  }
});

test('that a recording began is no Update: nothing of it is printed', () => {
  const picture = play(scenario.TALKING);
  const before = picture.told.length;
  picture.apply({ type: 'recording', callId: '100', at: 0, device: '2001', local: null, on: true });
  expect(picture.told).toHaveLength(before);
});

test('route points are no participants', () => {
  const picture = play([
    initiated('5', '2001'),
    originated('5', '2001', '6003'),
    established('5', '2001', '6003', { 2001: 'CONNECT' }),
    step({ type: 'queued', callId: '5', calling: party('2001'), skillGroup: 5001 }, { 6003: 'QUEUED' }),
  ]);
  expect(picture.book.get('5')?.participants.map(({ mediaAddress }) => mediaAddress)).toEqual(['2001']);
});

// ---- bounds ----------------------------------------------------------------------------------------

test('calls, calls of a device and parties of a call are bounded', () => {
  const picture = new Picture('CCE', { callsMax: 50, callsPerDeviceMax: 3, participantsMax: 4 });
  picture.play(SIGNED_IN);
  for (let id = 1; id <= 500; id += 1)
    picture.play([
      begun(`x${id}`, '6003', 'ACD_IN'),
      begun(`y${id}`, '2001', 'OUT'),
      initiated(`y${id}`, '2001'),
    ]);
  expect(picture.book.calls).toBeLessThanOrEqual(50);
  expect(picture.book.at('2001').length).toBeLessThanOrEqual(3);
  for (let n = 0; n < 100; n += 1) picture.play([delivered('y500', '2001', `9${n}`, { 2001: 'CONNECT' })]);
  expect(picture.book.get('y500')?.participants).toHaveLength(4);
});

test('one outside number may be in any number of calls: a switchboard, a withheld number', () => {
  const picture = new Picture();
  const count = 40;
  for (let n = 0; n < count; n += 1) {
    const extension = `2${String(n).padStart(3, '0')}`;
    picture.play([
      agentIs(`agent${n}`, 'READY', extension),
      begun(`c${n}`, extension, 'PREROUTE_ACD_IN', '6003', '9001'),
      delivered(`c${n}`, '9001', extension, { [extension]: 'ALERTING' }),
      established(`c${n}`, '9001', extension, { [extension]: 'CONNECT' }),
    ]);
  }
  for (let n = 0; n < count; n += 1)
    expect(picture.book.get(`c${n}`)?.participants.map(({ state }) => state)).toEqual(['ACTIVE', 'ACTIVE']);
});

test('a caller whom nobody answers does not pile up agents, nor outside calls without end', () => {
  const picture = new Picture();
  for (let n = 0; n < 300; n += 1) {
    const extension = `2${String(n).padStart(3, '0')}`;
    picture.play([
      agentIs(`agent${n}`, 'READY', extension),
      begun('100', extension, 'PREROUTE_ACD_IN', '6003', '9001'),
      delivered('100', '9001', extension, { [extension]: 'ALERTING' }),
      step(
        { type: 'diverted', callId: '100', diverting: party(extension), cause: '' },
        { [extension]: 'NULL' },
      ),
      ended('100', extension),
    ]);
  }
  expect(picture.told.at(-1)?.dialog.participants.length).toBeLessThanOrEqual(2);
  for (let id = 0; id < 3_000; id += 1) {
    picture.play([
      delivered(`t${id}`, `8${id}`, '2001', { 2001: 'ALERTING' }),
      step({ type: 'diverted', callId: `t${id}`, diverting: party('2001'), cause: '' }, { 2001: 'NULL' }),
    ]);
  }
  expect(picture.book.calls).toBeLessThanOrEqual(1_001);
});
