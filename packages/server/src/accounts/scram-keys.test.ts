import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { createStoredKeys, deriveScramKeys, keysFor, preparePassword, verifyPassword } from './scram-keys.ts';

const base64 = (text: string): Buffer => Buffer.from(text, 'base64');

describe('keys of SCRAM', () => {
  test('verify the server signature of RFC 5802 section 5', async () => {
    const keys = await deriveScramKeys('pencil', base64('QSXCR+Q6sek8bf92'), 4096, 'SCRAM-SHA-1');
    const message =
      'n=user,r=fyko+d2lbbFgONRv9qkxdawL,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096,' +
      'c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j';
    expect(createHmac('sha1', keys.serverKey).update(message).digest('base64')).toBe(
      'rmF9pqV8S7suAoZWja4dJRkFsKQ=',
    );
  });

  test('verify the server signature of RFC 7677 section 3', async () => {
    const keys = await deriveScramKeys('pencil', base64('W22ZaJ0SNY7soEsUEjb6gQ=='), 4096, 'SCRAM-SHA-256');
    const message =
      'n=user,r=rOprNGfwEbeRWgbNEkqO,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,' +
      'i=4096,c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0';
    expect(createHmac('sha256', keys.serverKey).update(message).digest('base64')).toBe(
      '6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=',
    );
  });

  test('accept the password that made them and no other', async () => {
    const keys = await createStoredKeys('correct horse', 4096);
    expect(await verifyPassword('correct horse', keys)).toBe(true);
    expect(await verifyPassword('correct horsf', keys)).toBe(false);
    expect(await verifyPassword('', keys)).toBe(false);
  });

  test('do not contain the password, and differ for the same password', async () => {
    const [a, b] = await Promise.all([
      createStoredKeys('secret-word', 4096),
      createStoredKeys('secret-word', 4096),
    ]);
    expect(Buffer.concat([a.salt, a.sha1.storedKey, a.sha256.storedKey]).includes('secret-word')).toBe(false);
    expect(a.sha256.storedKey).not.toEqual(b.sha256.storedKey);
  });

  test('of one record serve both mechanisms', async () => {
    const keys = await createStoredKeys('pencil', 4096);
    for (const mechanism of ['SCRAM-SHA-1', 'SCRAM-SHA-256'] as const) {
      expect(keysFor(keys, mechanism)).toEqual(await deriveScramKeys('pencil', keys.salt, 4096, mechanism));
    }
  });
});

test('passwords are prepared as RFC 4013 shows', () => {
  expect(preparePassword('I\u00adX')).toBe('IX');
  expect(preparePassword('user')).toBe('user');
  expect(preparePassword('USER')).toBe('USER');
  expect(preparePassword('\u00aa')).toBe('a');
  expect(preparePassword('\u2168')).toBe('IX');
  expect(preparePassword('a\u00a0b')).toBe('a b');
});
