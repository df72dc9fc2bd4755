import { expect, test } from 'vitest';
import type { XmppHost } from '../xmpp-host/index.ts';
import { connectedTo } from './figures.ts';

test('sessions count by their resource: who moves, and programs that do not', () => {
  const sessions = ['desktop', 'fippa', 'Fippa-2', 'jabberwerx', 'Desktop'].map((resource) => ({ resource }));
  const notification = { sessions: () => sessions } as unknown as XmppHost;
  expect(connectedTo(notification)).toEqual({ desktop: 1, fippa: 2, thirdparty: 2 });
  expect(connectedTo(undefined)).toEqual({ desktop: 0, fippa: 0, thirdparty: 0 });
});
