import { expect, it } from 'vitest';
import { MediaBook } from './media.ts';

const CHAT = { id: '5001', name: 'Chat' };
const EMAIL = { id: '5002', name: 'Email' };
const SIGN_IN = {
  verb: 'LOGIN',
  signIn: { maxDialogLimit: 3, interruptAction: 'ACCEPT', dialogLogoutAction: 'CLOSE' },
} as const;

it('goes from signed out to ready and back, one medium by itself', () => {
  const book = new MediaBook([CHAT, EMAIL]);
  const state = () =>
    book.of('3001').map((medium) => [medium.state, medium.routable, medium.stateChangeTime]);
  expect(state()).toEqual([
    ['LOGOUT', false, null],
    ['LOGOUT', false, null],
  ]);
  book.apply('3001', '5001', SIGN_IN, 10);
  expect(state()[0]).toEqual(['NOT_READY', true, 10]);
  book.apply('3001', '5001', { verb: 'ROUTABLE', routable: false }, 20);
  expect(state()[0]).toEqual(['NOT_READY', false, 10]);
  book.apply('3001', '5001', { verb: 'READY', reasonCodeId: null }, 30);
  expect(state()[0]).toEqual(['READY', true, 30]);
  book.apply('3001', '5001', { verb: 'NOT_READY', reasonCodeId: 7 }, 40);
  book.apply('3001', '5001', { verb: 'NOT_READY', reasonCodeId: 8 }, 50);
  expect(book.get('3001', '5001')).toMatchObject({ stateChangeTime: 40, reasonCodeId: 8 });
  expect(state()[1]?.[0]).toBe('LOGOUT');
  expect(book.of('3002')[0]?.state).toBe('LOGOUT');
  expect(book.work('3001', '5001', 'ACTIVE', 60)?.work).toBe('ACTIVE');
  expect(book.work('3001', '5001', 'ACTIVE', 70)).toBeNull();
  book.apply('3001', '5001', { verb: 'LOGOUT', reasonCodeId: null }, 80);
  expect(book.get('3001', '5001')).toMatchObject({ state: 'LOGOUT', work: null, stateChangeTime: 80 });
});

it('refuses a second sign-in, and everything else before the first', () => {
  const book = new MediaBook([CHAT]);
  const refusal = (outcome: ReturnType<MediaBook['apply']>) => (outcome.ok ? null : outcome.refusal);
  for (const verb of ['READY', 'NOT_READY', 'LOGOUT'] as const)
    expect(refusal(book.apply('3001', '5001', { verb, reasonCodeId: null }, 1))).toBe('NOT_LOGGED_IN');
  expect(refusal(book.apply('3001', '5001', SIGN_IN, 2))).toBeNull();
  expect(refusal(book.apply('3001', '5001', SIGN_IN, 3))).toBe('ALREADY_LOGGED_IN');
  expect(() => book.apply('3001', '9', SIGN_IN, 4)).toThrow();
  book.forget('3001');
  expect(book.of('3001')[0]?.state).toBe('LOGOUT');
});
