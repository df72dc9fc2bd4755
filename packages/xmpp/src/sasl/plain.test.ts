import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parsePlain } from './plain.ts';

const b64 = (text: string): string => Buffer.from(text).toString('base64');

test('name and password are read; the name is folded and unescaped', () => {
  expect(parsePlain(b64('\0MMouse\0Päss wörd'))).toEqual({
    ok: true,
    authcid: 'mmouse',
    password: 'Päss wörd',
  });
  expect(parsePlain(b64('\0a\\40b\0x'))).toMatchObject({ ok: true, authcid: 'a@b' });
  expect(parsePlain(`\n ${b64('\x002001\0x')} `)).toMatchObject({ ok: true });
});

test('nobody acts for another', () => {
  expect(parsePlain(b64('2001@cc.example\x002001\0x'))).toMatchObject({ ok: true });
  expect(parsePlain(b64('2001@any.where\x002001\0x'))).toMatchObject({ ok: true });
  expect(parsePlain(b64('2002@cc.example\x002001\0x'))).toEqual({ ok: false, condition: 'invalid-authzid' });
  expect(parsePlain(b64('2001@cc.example/r\x002001\0x'))).toEqual({
    ok: false,
    condition: 'invalid-authzid',
  });
});

test.each([
  ['***', 'incorrect-encoding'],
  ['AAA', 'incorrect-encoding'],
  ['=', 'malformed-request'],
  [b64('2001'), 'malformed-request'],
  [b64('\x002001\0'), 'malformed-request'],
  [b64('\0\0x'), 'malformed-request'],
  [b64('a\0b\0c\0d'), 'malformed-request'],
  [Buffer.from([0, 0xff, 0, 0x61]).toString('base64'), 'malformed-request'],
])('%j is refused with %s', (data, condition) => {
  expect(parsePlain(data)).toEqual({ ok: false, condition });
});

test('a token of 8 KB is a password like any other', () => {
  const token = 'x'.repeat(8192);
  expect(parsePlain(b64(`\x002001\0${token}`))).toMatchObject({ ok: true, password: token });
  const lines = b64(`\x002001\0${token}`).replace(/.{76}/g, '$&\r\n');
  expect(parsePlain(lines)).toMatchObject({ ok: true, password: token });
});

test('random data never throws', () => {
  fc.assert(fc.property(fc.uint8Array(), (bytes) => void parsePlain(Buffer.from(bytes).toString('base64'))));
});
