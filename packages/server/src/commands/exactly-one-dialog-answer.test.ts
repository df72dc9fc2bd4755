import fc from 'fast-check';
import { expect, test } from 'vitest';
import { callCentre } from '../../test/centre/call-centre.ts';
import type { Asked, TestCentre } from '../../test/centre/test-centre.ts';
import { SCENARIOS } from '../../test/domain/call-scenarios.ts';
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
  { verb: 'FOREIGN', word: 'ACCEPT' },
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
  { weight: 12, arbitrary: fc.record({ type: fc.constant('script' as const), steps: fc.nat(4) }) },
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

test('in whatever order confirmations, events, timeouts and losses come, every accepted request is answered by exactly one Update', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...Object.keys(SCENARIOS)),
      fc.array(move, { minLength: 1, maxLength: 40 }),
      async (scenario, moves) => {
        const centre = await callCentre();
        const { clock, desk } = centre;
        const habits: Habit[] = [];
        centre.onCallControl = (asked) =>
          behave(
            centre,
            asked,
            habits.shift() ?? { answer: 'confirmed', afterMs: 0, newDialogId: undefined },
          );
        const script: Step[] = [...SCENARIOS[scenario]!];
        const accepted = new Map<string, string>();
        for (const [index, one] of moves.entries()) {
          if (one.type === 'wait') clock.advance(one.ms);
          else if (one.type === 'script') centre.play(script.splice(0, one.steps));
          else if (one.type === 'drop') centre.server.drop();
          else {
            const requestId = `r${index}-`;
            habits.push(one.habit);
            const user = centre.directory.current.user(one.user) as UserRecord;
            const asking = { user, requestId, cause: {} };
            const from = ADDRESSES[one.user] ?? '2001';
            const admission = (() => {
              if (one.type === 'new') {
                const addresses = { fromAddress: from, toAddress: from === '2001' ? '2002' : '2001' };
                if (one.what === 'make') return makeCall(desk.context, asking, { ...addresses, data: {} });
                return one.what === 'monitor'
                  ? silentMonitor(desk.context, asking, addresses)
                  : bargeCall(desk.context, asking, { ...addresses, monitorDialogId: '300' });
              }
              const dialog = desk.dialogs.get(one.dialog);
              return dialog === undefined
                ? null
                : dialogAction(desk.context, asking, dialog, undefined, one.wish);
            })();
            if (admission?.ok) {
              accepted.set(requestId, one.user);
              clock.schedule(one.release, admission.start);
            }
          }
        }
        clock.advance(20 * 60_000);
        for (const [requestId, user] of accepted) {
          const nodes = centre.answers(requestId).map(({ node }) => node);
          expect([requestId, nodes.length]).toEqual([requestId, 1]);
          if (user !== 'admin') expect(nodes).toEqual([`/finesse/api/User/${user}/Dialogs`]);
        }
        expect(desk.dialogRequests.pending).toBe(0);
        await centre.close();
      },
    ),
    { numRuns: process.env.POISE_TEST_LONG ? 3_000 : 100 },
  );
}, 600_000);
