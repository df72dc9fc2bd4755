import { expect, test } from 'vitest';
import { beginGadgetSession, endGadgetSession } from './gadget-session.ts';

function storage() {
  const kept = new Map<string, string>();
  return {
    kept,
    keep: () => ({
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => void kept.set(key, value),
      removeItem: (key: string) => void kept.delete(key),
    }),
  };
}

const facts = {
  id: '1001',
  password: 'pässword:1',
  driftMs: 12.6,
  serverTimezoneOffset: 60,
  isLogKept: true,
  logKey: 'abc123',
};

test('gadgets find credentials, clock and log until the sign-out', () => {
  const { kept, keep } = storage();
  beginGadgetSession(facts, keep);
  const { userFinesseAuth, ...others } = Object.fromEntries(kept);
  expect(Buffer.from(userFinesseAuth as string, 'base64').toString()).toBe('1001:pässword:1');
  expect(others).toEqual({
    clientTimestampDrift: '13',
    serverTimezoneOffset: '60',
    enableLocalLog: 'true',
    finSessKey: 'abc123',
  });
  endGadgetSession(keep);
  expect(kept.has('userFinesseAuth')).toBe(false);
});

test('with single sign-on there are no credentials, also not those of somebody before', () => {
  const { kept, keep } = storage();
  beginGadgetSession(facts, keep);
  beginGadgetSession({ ...facts, password: null }, keep);
  expect(kept.has('userFinesseAuth')).toBe(false);
});

test('a storage that is forbidden is no trouble of the page', () => {
  const forbidden = () => {
    throw new Error('SecurityError');
  };
  expect(() => beginGadgetSession(facts, forbidden)).not.toThrow();
  expect(() => endGadgetSession(forbidden)).not.toThrow();
});
