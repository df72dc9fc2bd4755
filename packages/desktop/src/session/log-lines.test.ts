import { expect, test } from 'vitest';
import { dialog, OWN, part } from '../../test/dialogs.ts';
import { userIn } from '../../test/fake-client.ts';
import { agentOf } from './desktop-client.ts';
import { logLines } from './log-lines.ts';
import { type DesktopState, INITIAL } from './store.ts';

const at = (state: string, more: Partial<DesktopState> = {}): DesktopState => ({
  ...INITIAL,
  phase: 'signed-in',
  user: { ...agentOf(userIn(state)), extension: OWN },
  ...more,
});

test('sign-in, states, the connection and failures are logged, each once', () => {
  expect(logLines({ ...INITIAL, phase: 'signing-in' }, at('NOT_READY'))).toEqual([
    'Header : signed-in: 2001, extension 3001',
  ]);
  expect(logLines(at('NOT_READY'), at('READY', { link: 'lost', error: { key: 'error.timeout' } }))).toEqual([
    'Header : connection is lost',
    'Header : state NOT_READY -> READY',
    'Header : failed: error.timeout',
  ]);
  expect(logLines(at('READY'), at('READY', { drift: 7 }))).toEqual([]);
});

test('a call is logged by its id and states, without a word of the customer', () => {
  const dialogs = [dialog('1', [part(OWN, 'ALERTING')], { callVariables: [{ name: 'x', value: 'Jane' }] })];
  const lines = logLines(at('READY'), at('READY', { calls: { ...INITIAL.calls, dialogs } }));
  expect(lines).toEqual(['Dialogs : 1 none -> ACTIVE/ALERTING']);
});
