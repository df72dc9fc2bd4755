import type { Dialog } from '@poise/client';
import { describe, expect, it } from 'vitest';
import { dialog, OWN, part } from '../../test/dialogs.ts';
import { userIn } from '../../test/fake-client.ts';
import { NO_CALLS } from '../session/calls.ts';
import type { DesktopController } from '../session/controller.ts';
import { agentOf } from '../session/desktop-client.ts';
import { type DesktopState, INITIAL } from '../session/store.ts';
import { CALL_ACTIONS, type CallVerb, callActions, textFor, whyBlocked } from './call-action.ts';
import { makeCall } from './make-call.ts';

const verbs = (...actions: readonly string[]) =>
  callActions(dialog('1', [part(OWN, 'ACTIVE', actions)]), OWN);
const actionOf = (verb: CallVerb) => CALL_ACTIONS.find((each) => each.verb === verb)!;
const state = (more: Partial<DesktopState> = {}): DesktopState => ({
  ...INITIAL,
  phase: 'signed-in',
  user: agentOf(userIn('NOT_READY', { extension: OWN })),
  ...more,
});
const talking = dialog('1', [part(OWN, 'ACTIVE', ['HOLD', 'SEND_DTMF'])]);

describe('the buttons of a call', () => {
  it.each([
    [['ANSWER'], ['ANSWER']],
    [
      ['TRANSFER_SST', 'CONSULT_CALL', 'HOLD', 'UPDATE_CALL_DATA', 'SEND_DTMF', 'DROP'],
      ['CONSULT_CALL', 'TRANSFER_SST', 'HOLD', 'SEND_DTMF', 'DROP'],
    ],
    [
      ['RETRIEVE', 'DROP', 'TRANSFER', 'CONFERENCE'],
      ['TRANSFER', 'CONFERENCE', 'RETRIEVE', 'DROP'],
    ],
    [
      ['BARGE_CALL', 'DROP'],
      ['BARGE_CALL', 'DROP'],
    ],
    [[], []],
  ])('of what the server lists as %j are, in their order, %j', (listed, shown) => {
    expect(verbs(...listed).map(({ verb }) => verb)).toEqual(shown);
  });

  it('never want the same place at a time', () => {
    const together: readonly (readonly CallVerb[])[] = [
      ['CONSULT_CALL', 'TRANSFER_SST', 'HOLD', 'SEND_DTMF', 'PARTICIPANT_DROP', 'DROP'],
      ['TRANSFER', 'CONFERENCE', 'RETRIEVE', 'DROP'],
      ['HOLD', 'BARGE_CALL', 'DROP'],
    ];
    for (const listed of together) {
      const places = verbs(...listed).map(({ place }) => place);
      expect(new Set(places).size).toBe(listed.length);
    }
  });

  it('wait while the link is down, and while a request is under way', () => {
    const hold = actionOf('HOLD');
    expect(whyBlocked(hold, talking, state())).toBeNull();
    expect(whyBlocked(hold, talking, state({ link: 'lost' }))).toBe('');
    expect(whyBlocked(hold, talking, state({ calls: { ...NO_CALLS, busy: new Set(['1']) } }))).toBe('');
  });

  it('of all calls wait for an open keypad, but for its own and for a call that rings', () => {
    const keypad = { of: '1', isOpen: true, echo: '', pending: 0 };
    const open = state({ calls: { ...NO_CALLS, dialogs: [talking], keypad } });
    const other = dialog('2', [part(OWN, 'HELD', ['RETRIEVE'])]);
    expect(whyBlocked(actionOf('DROP'), talking, open)).toEqual({ key: 'call.keypadOpen' });
    expect(whyBlocked(actionOf('RETRIEVE'), other, open)).toEqual({ key: 'call.keypadOpen' });
    expect(whyBlocked(actionOf('SEND_DTMF'), talking, open)).toBeNull();
    expect(whyBlocked(actionOf('ANSWER'), other, open)).toBeNull();
  });

  it('leave answering to the phone where it is called for each call', () => {
    const mobile = (mode: 'CALL_BY_CALL' | 'NAILED_CONNECTION') =>
      state({
        user: agentOf(userIn('RESERVED', { extension: OWN, mobileAgent: { mode, dialNumber: '0049' } })),
      });
    const answer = actionOf('ANSWER');
    expect(whyBlocked(answer, talking, mobile('CALL_BY_CALL'))).toEqual({ key: 'call.answerByPhone' });
    expect(whyBlocked(answer, talking, mobile('NAILED_CONNECTION'))).toBeNull();
  });
});

it('a supervisor barges into the call of the agent who is listened to', async () => {
  const barged: unknown[] = [];
  const controller = {
    call: async (_id: string, send: (calls: unknown) => Promise<unknown>) => {
      await send({ barge: async (...args: unknown[]) => barged.push(args) });
    },
  } as unknown as DesktopController;
  const monitor: Dialog = dialog(
    '7',
    [part(OWN, 'ACTIVE', ['BARGE_CALL', 'DROP']), part('15551234', 'ACTIVE')],
    {
      fromAddress: OWN,
      toAddress: '3002',
    },
  );
  const barge = actionOf('BARGE_CALL');
  await barge.run(controller, monitor, textFor(barge, monitor, OWN));
  expect(barged).toEqual([['3002', '7']]);
});

describe('calling a number', () => {
  it('is possible in Ready and Not Ready, outside of calls', () => {
    expect(makeCall('6001').enabled(state())).toBe(true);
    expect(makeCall('6001').whyNot(state())).toBeNull();
    const calls = { ...NO_CALLS, dialogs: [talking] };
    expect(makeCall('6001').enabled(state({ calls }))).toBe(false);
    expect(makeCall('6001').whyNot(state({ calls }))).toEqual({ key: 'calls.dialBlocked' });
    expect(makeCall('6001').enabled(state({ link: 'lost' }))).toBe(false);
  });

  it('says what is wrong with the number, and never sends it', async () => {
    expect(makeCall('?').enabled(state())).toBe(false);
    expect(makeCall('?').whyNot(state())).toEqual({ key: 'calls.numberInvalid' });
    const called: string[] = [];
    const controller = { makeCall: async (number: string) => void called.push(number) };
    await makeCall('?').run(controller as unknown as DesktopController);
    await makeCall('+1 555-CALL').run(controller as unknown as DesktopController);
    expect(called).toEqual(['+15552255']);
  });
});
