import { AgentState, type DecodedMessage } from '@poise/ged188';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TestCentre } from '../../test/centre/test-centre.ts';
import type { Asking } from './admission.ts';
import { changeState } from './change-state.ts';
import { signIn } from './sign-in.ts';
import { signOut } from './sign-out.ts';

/** What the CTI server makes of one request. */
const habit = fc.record({
  confirmation: fc.constantFrom('yes', 'no', 'twice', 'refused', 'foreign InvokeID'),
  confirmationMs: fc.constantFrom(0, 0, 5, 300, 19_000, 25_000),
  event: fc.constantFrom('yes', 'no', 'twice', 'wrong state', 'before'),
  eventMs: fc.constantFrom(0, 0, 5, 300, 3_000, 21_000),
});
type Habit = typeof habit extends fc.Arbitrary<infer T> ? T : never;

const step = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.record({
      type: fc.constant('ask' as const),
      agent: fc.constantFrom('3001', 'Anna'),
      acting: fc.constantFrom('own', 'supervisor'),
      verb: fc.constantFrom('LOGIN', 'LOGOUT', 'READY', 'NOT_READY', 'WORK'),
      extension: fc.constantFrom('2003', '2004'),
      release: fc.constantFrom(0, 1, 10),
      habit,
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({ type: fc.constant('wait' as const), ms: fc.constantFrom(1, 50, 2_500, 21_000) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant('foreign' as const),
      agent: fc.constantFrom('3001', 'Anna'),
      state: fc.integer({ min: 0, max: 10 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('drop' as const) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('peripheral' as const), online: fc.boolean() }) },
);

function behave(
  centre: TestCentre,
  request: DecodedMessage,
  { confirmation, confirmationMs, event, eventMs }: Habit,
): void {
  const { server, clock } = centre;
  const later = (ms: number, fn: () => void) => (ms === 0 ? fn() : void clock.schedule(ms, fn));
  const { AgentID, AgentState: wanted, AgentInstrument, EventReasonCode } = request.fields;
  const tell = (state: number) =>
    server.event(String(AgentID), state, String(AgentInstrument), Number(EventReasonCode) % 50_004);
  const outcome = wanted === AgentState.LOGIN ? AgentState.NOT_READY : Number(wanted);
  if (event === 'before') tell(outcome);
  later(confirmationMs, () => {
    if (confirmation === 'foreign InvokeID') server.send('SET_AGENT_STATE_CONF', { InvokeID: 999_999 });
    if (confirmation === 'refused') server.refuse(request, 22);
    if (confirmation === 'yes' || confirmation === 'twice') server.confirm(request);
    if (confirmation === 'twice') server.confirm(request);
  });
  if (confirmation === 'refused') return;
  later(confirmationMs + eventMs, () => {
    if (event === 'yes' || event === 'twice') tell(outcome);
    if (event === 'twice') tell(outcome);
    if (event === 'wrong state') tell(AgentState.TALKING);
  });
}

test('whatever the CTI server does, every accepted request is answered by exactly one Update', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 40 }), async (steps) => {
      const centre = await TestCentre.open();
      const { server, clock, desk } = centre;
      const habits: Habit[] = [];
      server.onAgentRequest = (request) =>
        behave(
          centre,
          request,
          habits.shift() ?? { confirmation: 'yes', confirmationMs: 0, event: 'yes', eventMs: 0 },
        );
      const accepted: string[] = [];
      for (const [index, one] of steps.entries()) {
        if (one.type === 'wait') clock.advance(one.ms);
        else if (one.type === 'foreign') server.event(one.agent, one.state, '2003', 5);
        else if (one.type === 'drop') server.drop();
        else if (one.type === 'peripheral') server.peripheral(one.online);
        else {
          const requestId = `r${index}-`;
          habits.push(one.habit);
          const user = centre.directory.current.user(one.agent)!;
          const asking: Asking = {
            agent: user,
            actingId: one.acting === 'own' ? user.loginId : '2051',
            requestId,
            cause: {},
          };
          const reasonCodeId = undefined;
          const admission =
            one.verb === 'LOGIN'
              ? signIn(desk.context, asking, {
                  extension: one.extension,
                  mobileAgent: undefined,
                  activeDeviceId: undefined,
                  reasonCodeId,
                  password: 'x',
                })
              : one.verb === 'LOGOUT'
                ? signOut(desk.context, asking, { reasonCodeId })
                : changeState(desk.context, asking, {
                    verb: one.verb as 'READY' | 'NOT_READY' | 'WORK',
                    reasonCodeId,
                  });
          if (admission.ok) {
            accepted.push(requestId);
            clock.schedule(one.release, admission.start);
          }
        }
      }
      server.peripheral(true);
      clock.advance(20 * 60_000);
      for (const requestId of accepted) {
        const nodes = centre.answers(requestId).map(({ node }) => node);
        const own = nodes.filter((node) => /^\/finesse\/api\/User\/(3001|Anna)$/.test(node));
        expect([requestId, own.length]).toEqual([requestId, 1]);
        // Beside it at most the team's copy, or the supervisor's copy of an error.
        expect(nodes.length).toBeLessThanOrEqual(2);
      }
      expect(desk.requests.pending).toBe(0);
      await centre.close();
    }),
    { numRuns: process.env.POISE_TEST_LONG ? 2_000 : 60 },
  );
}, 600_000);
