import { expect, test } from 'vitest';
import { dialog, OWN, part } from '../../test/dialogs.ts';
import { pageSignal } from './page-signal.ts';
import { INITIAL } from './store.ts';

const rings = dialog('1', [part(OWN, 'ALERTING', ['ANSWER']), part('15551234', 'ACTIVE')]);
const user = { extension: OWN } as never;
const state = (dialogs: (typeof rings)[], unread: number) => ({
  user,
  calls: { ...INITIAL.calls, dialogs },
  notices: { ...INITIAL.notices, unread },
});

test.each([
  [
    'a call rings',
    state([rings], 2),
    { kind: 'call', sentence: { key: 'calls.incoming', values: { party: '15551234' } } },
  ],
  ['something was not seen', state([dialog('1', [part(OWN, 'ACTIVE')])], 2), { kind: 'unread', count: 2 }],
  ['nothing is new', state([], 0), { kind: 'none' }],
])('%s: told while nobody looks, and else never', (_title, now, signal) => {
  expect(pageSignal(now, true)).toEqual(signal);
  expect(pageSignal(now, false)).toEqual({ kind: 'none' });
});
