import type { DesktopProperties } from '@poise/layout';
import { expect, test } from 'vitest';
import { dialog, OWN, part } from '../../test/dialogs.ts';
import { userIn } from '../../test/fake-client.ts';
import { Commands } from '../desk/commands.ts';
import type { DesktopController } from '../session/controller.ts';
import { agentOf } from '../session/desktop-client.ts';
import { productState } from '../session/layout.ts';
import { type DesktopState, INITIAL } from '../session/store.ts';
import { bringsCallsForward, isListed, type Reach, SHORTCUTS } from './shortcut.ts';

function reachAt(more: Partial<DesktopState> = {}, state = 'NOT_READY') {
  const asked: string[] = [];
  const controller = {
    changeState: async (to: string, reason?: number) => void asked.push(`${to} ${reason ?? '-'}`),
    signOut: async () => void asked.push('sign out'),
    sendErrorReport: async () => void asked.push('report'),
    call: async (id: string) => void asked.push(`call ${id}`),
  } as unknown as DesktopController;
  const user = { ...agentOf(userIn(state)), extension: OWN };
  const whole: DesktopState = {
    ...INITIAL,
    phase: 'signed-in',
    user,
    notReadyReasons: [],
    signOutReasons: [],
    ...more,
  };
  const commands = new Commands();
  return { asked, commands, reach: { state: whole, controller, commands } satisfies Reach };
}

const shortcut = (id: string) => SHORTCUTS.find((each) => each.id === id) as (typeof SHORTCUTS)[number];

test('one reason is taken, several open their menu', () => {
  const one = reachAt({}, 'READY');
  shortcut('not-ready').run(one.reach);
  expect(one.asked).toEqual(['NOT_READY -']);

  const reasons = [
    { id: 1, label: 'Meeting' },
    { id: 2, label: 'Lunch' },
  ];
  const several = reachAt({ notReadyReasons: reasons }, 'READY');
  expect(shortcut('not-ready').enabled(several.reach)).toBe(false);
  let opened = 0;
  several.commands.offer('not-ready.menu', () => opened++);
  expect(shortcut('not-ready').enabled(several.reach)).toBe(true);
  shortcut('not-ready').run(several.reach);
  expect([opened, several.asked]).toEqual([1, []]);
});

test('reasons that are still to come open their menu, too: the key is not pressed for nothing', () => {
  const { reach, commands } = reachAt({ notReadyReasons: null }, 'READY');
  let opened = 0;
  commands.offer('not-ready.menu', () => opened++);
  expect(shortcut('not-ready').enabled(reach)).toBe(true);
  shortcut('not-ready').run(reach);
  expect(opened).toBe(1);
  const late = reachAt({ notReadyReasons: null, reasonsLate: true }, 'READY');
  late.commands.offer('not-ready.menu', () => opened++);
  expect(shortcut('not-ready').enabled(late.reach)).toBe(false);
});

test('what the button may not do the keys may not do either, and they say why', () => {
  const { reach } = reachAt({}, 'READY');
  expect(shortcut('sign-out').enabled(reach)).toBe(false);
  expect(shortcut('sign-out').whyNot(reach)).toEqual({ key: 'header.signOutBlocked' });
  expect(shortcut('call.HOLD').whyNot(reach)).toEqual({ key: 'shortcuts.noCall' });
});

test('a call is held; a number is asked for at the call that is meant', () => {
  const dialogs = [dialog('7', [part(OWN, 'ACTIVE', ['HOLD', 'CONSULT_CALL'])])];
  const { reach, commands, asked } = reachAt({ calls: { ...INITIAL.calls, dialogs } }, 'TALKING');
  shortcut('call.HOLD').run(reach);
  expect(asked).toEqual(['call 7']);
  let opened = 0;
  commands.offer('call.CONSULT_CALL.7', () => opened++);
  shortcut('call.CONSULT_CALL').run(reach);
  expect([opened, asked]).toEqual([1, ['call 7']]);
  const busy = reachAt({ calls: { ...INITIAL.calls, dialogs, busy: new Set(['7']) } }, 'TALKING');
  expect(shortcut('call.HOLD').enabled(busy.reach)).toBe(false);
});

test('all that may be possible one day is listed, but no page or part that the layout does not have', () => {
  const { reach, commands } = reachAt();
  for (const id of ['call.HOLD', 'barge-in', 'variables.save', 'reclassify', 'maximise', 'next-pop-over'])
    expect([id, isListed(shortcut(id), reach)]).toEqual([id, true]);
  for (const id of ['navigate.9', 'team-message', 'select-team']) {
    expect([id, isListed(shortcut(id), reach)]).toEqual([id, false]);
    const gone = commands.offer(id, () => {});
    expect([id, isListed(shortcut(id), reach)]).toEqual([id, true]);
    gone();
  }
});

test('who may drop others from a conference has a key for it, agents too where they are allowed to (desktop.md 4.3)', () => {
  const drop = shortcut('drop-participant');
  expect(drop.forSupervisors).toBeUndefined();
  const whoMay = (enableDropParticipantFor: DesktopProperties['enableDropParticipantFor']) => {
    const layout = productState(userIn('NOT_READY'));
    return { ...layout, properties: { ...layout.properties, enableDropParticipantFor } };
  };
  expect(isListed(drop, reachAt({ layout: whoMay('supervisor_only') }).reach)).toBe(false);
  expect(isListed(drop, reachAt({ layout: whoMay('all') }).reach)).toBe(true);
  const { reach } = reachAt();
  const user = reach.state.user && { ...reach.state.user, roles: ['Agent', 'Supervisor'] };
  expect(isListed(drop, { ...reach, state: { ...reach.state, user } })).toBe(true);
});

test('what blocks the button of a call blocks its shortcut, and says why', () => {
  const talking = dialog('1', [part(OWN, 'ACTIVE', ['HOLD', 'SEND_DTMF'])]);
  const keypad = { of: '1', isOpen: true, echo: '', pending: 0 };
  const calls = { ...INITIAL.calls, dialogs: [talking] };
  const free = reachAt({ calls }, 'TALKING').reach;
  const blocked = reachAt({ calls: { ...calls, keypad } }, 'TALKING').reach;
  expect(shortcut('call.HOLD').enabled(free)).toBe(true);
  expect(shortcut('call.HOLD').enabled(blocked)).toBe(false);
  expect(shortcut('call.HOLD').whyNot(blocked)).toEqual({ key: 'call.keypadOpen' });
  expect(shortcut('call.SEND_DTMF').enabled(blocked)).toBe(true);
});

test('keys for tabs of a box are listed while there is such a box, and work where the focus is in it', () => {
  const { commands, reach } = reachAt();
  const next = shortcut('multi-tab.next');
  expect(isListed(next, reach)).toBe(false);
  commands.offer('multi-tab', () => {});
  expect([isListed(next, reach), next.enabled(reach)]).toEqual([true, false]);
  commands.offer('multi-tab.next', () => {});
  expect(next.enabled(reach)).toBe(true);
});

test.each([
  ['call.HOLD', 1, true],
  ['call.DROP', 1, false],
  ['call.DROP', 2, true],
  ['call.new', 0, false],
  ['ready', 1, false],
])('%s with %i calls brings call control to the front: %s', (id, count, expected) => {
  const dialogs = Array.from({ length: count }, (_, index) => dialog(String(index), [part(OWN, 'ACTIVE')]));
  const { reach } = reachAt({ calls: { ...INITIAL.calls, dialogs } });
  expect(bringsCallsForward(shortcut(id), reach)).toBe(expected);
});
