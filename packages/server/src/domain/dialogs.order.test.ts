import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SCENARIOS, SIGNED_IN } from '../../test/domain/call-scenarios.ts';
import {
  type AgentStep,
  essence,
  eventsOf,
  Picture,
  party,
  type Step,
} from '../../test/domain/call-script.ts';
import type { CallEvent } from './call-event.ts';
import type { DialogChange } from './dialog.ts';
import { sameDialog, viewAt } from './dialog-difference.ts';

/** Events have an order at each device and for each agent, and none between them (ged188.md 5, 8). */

const EXTENSIONS = ['2001', '2002', '2050'];
const STEPS = Object.entries(SCENARIOS).map(([name, steps]) => ({ name, steps }));

type Said = CallEvent | AgentStep;

const scripts = fc.constantFrom(...STEPS).chain(({ name, steps }) =>
  fc.record({
    name: fc.constant(name),
    steps: fc.integer({ min: 1, max: steps.length }).map((cut) => steps.slice(0, cut)),
    choices: fc.array(fc.nat(), { minLength: 80, maxLength: 80 }),
    twice: fc.array(fc.boolean(), { minLength: 80, maxLength: 80 }),
  }),
);

/** Merges the streams of devices and agents; each keeps its own order. */
function interleave(steps: readonly Step[], choices: readonly number[]): Said[] {
  const streams = new Map<string, Said[]>();
  const add = (key: string, said: Said) => void streams.set(key, [...(streams.get(key) ?? []), said]);
  for (const step of steps) {
    if ('agent' in step) add(`agent ${step.agent}`, step);
    else for (const event of eventsOf(step, 'perDevice', 0)) add(event.device!, event);
  }
  const order: Said[] = [];
  for (let turn = 0; ; turn += 1) {
    const waiting = [...streams.values()].filter((stream) => stream.length > 0);
    if (waiting.length === 0) return order;
    order.push(waiting[choices[turn % choices.length]! % waiting.length]!.shift()!);
  }
}

function say(picture: Picture, said: readonly Said[], twice: readonly boolean[] = []): void {
  for (const [index, one] of said.entries()) {
    for (let times = twice[index % (twice.length || 1)] ? 2 : 1; times > 0; times -= 1) {
      if ('agent' in one) picture.agent(one);
      else picture.apply(one);
    }
  }
  picture.clock.advance(5_000);
}

test('whatever the order of events, the picture is the same in the end', () => {
  fc.assert(
    fc.property(scripts, ({ steps, choices, twice }) => {
      const regular = new Picture().play([...SIGNED_IN, ...steps]);
      regular.clock.advance(5_000);
      const other = new Picture().play(SIGNED_IN);
      say(other, interleave(steps, choices), twice);
      expect(essence(other, EXTENSIONS)).toEqual(essence(regular, EXTENSIONS));
    }),
    { numRuns: 500 },
  );
});

test('one event per call leads to the same picture as one per device', () => {
  for (const { name, steps } of STEPS) {
    for (let cut = 1; cut <= steps.length; cut += 1) {
      const part = [...SIGNED_IN, ...steps.slice(0, cut)];
      const perDevice = new Picture().play(part, 'perDevice');
      const perCall = new Picture().play(part, 'perCall');
      expect(essence(perCall, EXTENSIONS), `${name} ${cut}`).toEqual(essence(perDevice, EXTENSIONS));
    }
  }
});

/** POST first, then PUTs, then DELETE, and no Update that says what the one before said. */
function checkNodes(changes: readonly DialogChange[]): void {
  const nodes = new Map<string, DialogChange>();
  for (const change of changes) {
    const key = `${change.viewer} ${change.dialog.id}`;
    const before = nodes.get(key);
    if (change.kind === 'POST') expect(before).toBeUndefined();
    else expect(before, `${change.kind} ${key}`).toBeDefined();
    if (change.kind === 'DELETE') {
      expect(change.dialog.state).toBe('DROPPED');
      nodes.delete(key);
    } else {
      nodes.set(key, change);
    }
  }
}

test('on every node POST comes before PUT and DELETE ends it, whatever the order of events', () => {
  fc.assert(
    fc.property(scripts, ({ steps, choices, twice }) => {
      const picture = new Picture().play(SIGNED_IN);
      say(picture, interleave(steps, choices), twice);
      checkNodes(picture.all);
    }),
    { numRuns: 500 },
  );
});

/** What the last Update on each node said is what a GET says (rest-api.md 1.6). */
function checkAgainstBook({ all, book }: Picture): void {
  const last = new Map(all.map((change) => [`${change.extension} ${change.dialog.id}`, change]));
  const open = [...last.values()].filter(({ kind }) => kind !== 'DELETE');
  for (const { extension, dialog } of open) {
    const now = book.shownAt(extension).find(({ id }) => id === dialog.id);
    expect(now, `${extension} ${dialog.id}`).toBeDefined();
    expect(sameDialog(dialog, now!), `${extension} ${dialog.id}`).toBe(true);
    expect(viewAt(dialog, extension)).toEqual(viewAt(now!, extension));
  }
  expect(EXTENSIONS.flatMap((extension) => book.shownAt(extension))).toHaveLength(open.length);
}

test('Updates and GET never differ, whatever the order of events', () => {
  fc.assert(
    fc.property(scripts, ({ steps, choices, twice }) => {
      const picture = new Picture().play(SIGNED_IN);
      for (const [index, one] of interleave(steps, choices).entries()) {
        for (let times = twice[index] ? 2 : 1; times > 0; times -= 1) {
          if ('agent' in one) picture.agent(one);
          else picture.apply(one);
        }
        checkAgainstBook(picture);
      }
    }),
    { numRuns: 300 },
  );
});

const address = fc.constantFrom('2001', '2002', '2050', '9001', '6003');
const callId = fc.constantFrom('1', '2', '3', '4');
const local = fc.constantFrom(null, 'NULL', 'INITIATE', 'ALERTING', 'CONNECT', 'HOLD', 'QUEUED', 'FAIL');
const someone = fc.option(address.map(party));

/** Events without rhyme or reason. */
const nonsense: fc.Arbitrary<CallEvent> = fc
  .record({
    type: fc.constantFrom(
      'begun',
      'dataUpdated',
      'initiated',
      'originated',
      'delivered',
      'established',
      'held',
      'retrieved',
      'queued',
      'diverted',
      'failed',
      'connectionCleared',
      'cleared',
      'transferred',
      'conferenced',
      'ended',
      'recording',
      'snapshot',
    ),
    callId,
    device: fc.option(address),
    local,
    one: someone,
    two: someone,
    three: someone,
    other: callId,
    callType: fc.constantFrom('CONSULT', 'CONSULT_OFFERED', 'SUPERVISOR_MONITOR', 'OUT', 'TRANSFER'),
    list: fc.array(fc.tuple(address, callId, local), { maxLength: 4 }),
    on: fc.boolean(),
  })
  .map(({ one, two, three, other, list, ...rest }) => ({
    ...rest,
    at: 0,
    data: {},
    newCallId: other,
    newDevice: null,
    calling: one,
    alerting: two,
    answering: two,
    called: three,
    holding: one,
    retrieving: one,
    diverting: one,
    failing: two,
    releasing: one,
    transferring: one,
    transferred: two,
    controller: one,
    added: two,
    skillGroup: null,
    original: other,
    cause: '',
    primaryCallId: rest.callId,
    secondaryCallId: other === rest.callId ? null : other,
    parties: list.map(([listed, of, state]) => ({ ...party(listed), callId: of, local: state })),
    reportedBy: list.map(([listed]) => listed),
  })) as fc.Arbitrary<CallEvent>;

const agentNonsense = fc.record({
  agent: fc.constantFrom('a', 'b', 's'),
  state: fc.constantFrom('READY', 'RESERVED', 'TALKING', 'HOLD', 'WORK', 'WORK_READY', 'LOGOUT'),
  extension: fc.constantFrom('2001', '2002', '2050'),
}) as fc.Arbitrary<AgentStep>;

test('nonsense neither throws nor breaks the order on any node, and all of it ends', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(nonsense, nonsense, agentNonsense), { maxLength: 60 }), (said) => {
      const picture = new Picture().play(SIGNED_IN);
      say(
        picture,
        said.map((one) => ('agent' in one && one.state === 'LOGOUT' ? { ...one, extension: '' } : one)),
      );
      picture.suspend();
      picture.resume();
      for (const viewer of ['a', 'b', 's']) picture.agent({ agent: viewer, state: 'LOGOUT', extension: '' });
      checkNodes(picture.all);
      expect(picture.book.size).toBe(0);
    }),
    { numRuns: 500 },
  );
});
