import fc from 'fast-check';
import { expect, test } from 'vitest';
import { callCentre } from '../../test/centre/call-centre.ts';
import type { Asked, TestCentre } from '../../test/centre/test-centre.ts';
import {
  BARGED,
  CONFERENCE,
  CONSULTING,
  CONTROLLER_LEAVES,
  HELD_AND_BACK,
  INTO_WRAP_UP,
  MONITORED,
  OUTGOING,
  RINGING,
  SINGLE_STEP,
  TALKING,
  TRANSFERRED,
  WITHOUT_WRAP_UP,
  WRAP_UP_DONE,
} from '../../test/domain/call-scenarios.ts';
import type { Step } from '../../test/domain/call-script.ts';
import type { CtiAnswer } from '../cti/port.ts';
import type { UserRecord } from '../store/directory.ts';
import { type ActionWish, dialogAction } from './dialog-action.ts';
import { makeCall } from './make-call.ts';
import { bargeCall, silentMonitor } from './supervise-call.ts';

/** What the CTI server makes of one request. */
const habit = fc.record({
  answer: fc.constantFrom<CtiAnswer['type']>(
    'confirmed',
    'confirmed',
    'confirmed',
    'refused',
    'timeout',
    'lost',
  ),
  afterMs: fc.constantFrom(0, 0, 1, 5, 300, 4_000, 19_000),
  newDialogId: fc.constantFrom(undefined, '100', '101', '200', '999'),
});
type Habit = typeof habit extends fc.Arbitrary<infer T> ? T : never;

const WISHES: readonly ActionWish[] = [
  { verb: 'ANSWER' },
  { verb: 'HOLD' },
  { verb: 'RETRIEVE' },
  { verb: 'DROP' },
  { verb: 'TRANSFER' },
  { verb: 'CONFERENCE' },
  { verb: 'CONSULT_CALL', toAddress: '2002' },
  { verb: 'TRANSFER_SST', toAddress: '2002' },
  { verb: 'SEND_DTMF', digits: '1' },
  { verb: 'UPDATE_CALL_DATA', data: { variables: { 0: 'x' } } },
  { verb: 'PARTICIPANT_DROP', target: '2002' },
  { verb: 'FOREIGN', word: 'START' },
  { verb: 'RESPOND', word: 'ACCEPT', responses: ['Accept'] },
];
/** A wish that the script fulfils from this step on: the request goes out just before. */
interface Cue {
  readonly at: number;
  readonly user: string;
  readonly dialog?: string;
  readonly wish: ActionWish | 'make' | 'monitor' | 'barge';
}
const cue = (before: readonly Step[], wish: Cue['wish'], user = 'a', dialog = '100'): Cue => ({
  at: before.length,
  user,
  dialog,
  wish,
});
const answers = cue(RINGING, { verb: 'ANSWER' });
const consults = cue(TALKING, { verb: 'CONSULT_CALL', toAddress: '2002' });
const updates: ActionWish = { verb: 'UPDATE_CALL_DATA', data: { variables: { 0: 'x' } } };

/** Scripts with what their users ask for. */
const FLOWS: ReadonlyArray<{ readonly script: readonly Step[]; readonly cues: readonly Cue[] }> = [
  {
    script: HELD_AND_BACK,
    cues: [answers, cue(TALKING, { verb: 'HOLD' }), cue(HELD_AND_BACK.slice(0, -2), { verb: 'RETRIEVE' })],
  },
  { script: WITHOUT_WRAP_UP, cues: [answers, cue(TALKING, { verb: 'DROP' })] },
  { script: WRAP_UP_DONE, cues: [answers, cue(TALKING, { verb: 'DROP' }), cue(INTO_WRAP_UP, updates)] },
  { script: TRANSFERRED, cues: [answers, consults, cue(CONSULTING, { verb: 'TRANSFER' })] },
  {
    script: CONTROLLER_LEAVES,
    cues: [answers, consults, cue(CONSULTING, { verb: 'CONFERENCE' }), cue(CONFERENCE, { verb: 'DROP' })],
  },
  { script: SINGLE_STEP, cues: [answers, cue(TALKING, { verb: 'TRANSFER_SST', toAddress: '2002' })] },
  { script: OUTGOING, cues: [cue([], 'make', 'b')] },
  { script: BARGED, cues: [answers, cue(TALKING, 'monitor', 's'), cue(MONITORED, 'barge', 's')] },
];

const ADDRESSES: Readonly<Record<string, string>> = { a: '2001', b: '2002', s: '2050' };

const move = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.record({
      type: fc.constant('act' as const),
      user: fc.constantFrom('a', 'b', 's', 'admin'),
      dialog: fc.constantFrom('100', '100', '101', '200', '300'),
      wish: fc.constantFrom(...WISHES),
      release: fc.constantFrom(0, 1, 10),
      habit,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constant('new' as const),
      what: fc.constantFrom('make', 'monitor', 'barge'),
      user: fc.constantFrom('a', 'b', 's'),
      release: fc.constantFrom(0, 1, 10),
      habit,
    }),
  },
  { weight: 8, arbitrary: fc.record({ type: fc.constant('script' as const), steps: fc.nat(4) }) },
  {
    weight: 8,
    arbitrary: fc.record({
      type: fc.constant('cue' as const),
      release: fc.constantFrom(0, 0, 1),
      habit,
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ type: fc.constant('wait' as const), ms: fc.constantFrom(1, 600, 6_000) }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('drop' as const) }) },
);

function behave(centre: TestCentre, { answered }: Asked, { answer, afterMs, newDialogId }: Habit): void {
  const say = () => {
    if (answer === 'confirmed')
      answered({ type: 'confirmed', ...(newDialogId === undefined ? {} : { newDialogId }) });
    else if (answer === 'refused') answered({ type: 'refused', refusal: { code: 22 } });
    else answered({ type: answer });
  };
  if (afterMs === 0) say();
  else centre.clock.schedule(afterMs, say);
}

/** One run: a flow, disturbed. */
class Run {
  readonly centre: TestCentre;
  readonly accepted = new Map<string, string>();
  readonly #habits: Habit[] = [];
  readonly #script: readonly Step[];
  #cues: readonly Cue[];
  #position = 0;
  #requests = 0;

  constructor(centre: TestCentre, { script, cues }: (typeof FLOWS)[number]) {
    this.centre = centre;
    this.#script = script;
    this.#cues = cues;
    centre.onCallControl = (asked) =>
      behave(
        centre,
        asked,
        this.#habits.shift() ?? { answer: 'confirmed', afterMs: 0, newDialogId: undefined },
      );
  }

  play(count: number): void {
    const to = this.#position + count;
    this.centre.play(this.#script.slice(this.#position, to));
    this.#position = Math.min(to, this.#script.length);
  }

  /** Plays on to the next cue, and asks for what the script shows next. */
  cue(release: number, habit: Habit): void {
    const [next, ...rest] = this.#cues.filter(({ at }) => at >= this.#position);
    this.#cues = rest;
    this.play((next?.at ?? this.#script.length) - this.#position);
    if (next === undefined) return;
    const { user, wish, dialog = '' } = next;
    this.ask(user, typeof wish === 'string' ? wish : { dialog, wish }, release, habit);
  }

  ask(
    login: string,
    what: 'make' | 'monitor' | 'barge' | { dialog: string; wish: ActionWish },
    release: number,
    habit: Habit,
  ): void {
    const { context, dialogs } = this.centre.desk;
    const requestId = `r${++this.#requests}-`;
    const user = this.centre.directory.current.user(login) as UserRecord;
    const asking = { user, requestId, cause: {} };
    const fromAddress = ADDRESSES[login] ?? '2001';
    const addresses = { fromAddress, toAddress: fromAddress === '2001' ? '2002' : '2001' };
    const admission = (() => {
      if (what === 'make') return makeCall(context, asking, { ...addresses, data: {} });
      if (what === 'monitor') return silentMonitor(context, asking, addresses);
      if (what === 'barge') return bargeCall(context, asking, { ...addresses, monitorDialogId: '300' });
      const dialog = dialogs.get(what.dialog);
      return dialog === undefined ? null : dialogAction(context, asking, dialog, undefined, what.wish);
    })();
    if (!admission?.ok) return;
    this.#habits.push(habit);
    this.accepted.set(requestId, login);
    if (release === 0) admission.start();
    else this.centre.clock.schedule(release, admission.start);
  }

  /** How many requests a dialog answered, and no error. */
  answeredByObject(): number {
    return this.centre.published.filter(({ payload }) =>
      /<event>(POST|PUT|DELETE)<[\s\S]*<requestId>r\d+-</.test(payload),
    ).length;
  }
}

test('in whatever order confirmations, events, timeouts and losses come, every accepted request is answered by exactly one Update', async () => {
  const numRuns = process.env.POISE_TEST_LONG ? 3_000 : 100;
  let objects = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...FLOWS),
      fc.array(move, { minLength: 1, maxLength: 40 }),
      async (flow, moves) => {
        const centre = await callCentre();
        const run = new Run(centre, flow);
        for (const one of moves) {
          if (one.type === 'wait') centre.clock.advance(one.ms);
          else if (one.type === 'script') run.play(one.steps);
          else if (one.type === 'drop') centre.server.drop();
          else if (one.type === 'cue') run.cue(one.release, one.habit);
          else run.ask(one.user, one.type === 'new' ? one.what : one, one.release, one.habit);
        }
        centre.clock.advance(20 * 60_000);
        objects += run.answeredByObject();
        for (const [requestId, user] of run.accepted) {
          const nodes = centre.answers(requestId).map(({ node }) => node);
          expect([requestId, nodes.length]).toEqual([requestId, 1]);
          if (user !== 'admin') expect(nodes).toEqual([`/finesse/api/User/${user}/Dialogs`]);
        }
        expect(centre.desk.dialogRequests.pending).toBe(0);
        await centre.close();
      },
    ),
    { numRuns },
  );
  // Requests met the changes that answer them, and not errors alone: about half as often as there are runs.
  expect(objects).toBeGreaterThan(numRuns / 8);
}, 600_000);
