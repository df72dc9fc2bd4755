import { expect, test } from 'vitest';
import { readRoot } from './request.ts';
import { readUserRequest } from './user-request.ts';

const read = (body: string | Uint8Array) => {
  const root = readRoot(typeof body === 'string' ? Buffer.from(body) : body, 'User');
  return root.ok ? readUserRequest(root.value) : root;
};
const refusal = (body: string | Uint8Array) => {
  const reading = read(body);
  if (reading.ok) throw new Error('was accepted');
  const { code, errorData } = reading.failure;
  return [code, errorData];
};

test('a sign-in is read with everything that it may carry', () => {
  expect(
    read(`<?xml version="1.0" encoding="UTF-8"?>
      <!-- from a client -->
      <User><extension> 2003 </extension><unknown/><state>LOGIN</state><activeDeviceId>SEP0011</activeDeviceId>
      <mobileAgent><mode>CALL_BY_CALL</mode><dialNumber>15551234</dialNumber></mobileAgent></User>`),
  ).toEqual({
    ok: true,
    value: {
      verb: 'LOGIN',
      extension: '2003',
      mobileAgent: { mode: 'CALL_BY_CALL', dialNumber: '15551234' },
      activeDeviceId: 'SEP0011',
      reasonCodeId: undefined,
    },
  });
});

test('of elements that occur twice the last one counts', () => {
  expect(read('<User><state>READY</state><state>NOT_READY</state></User>')).toMatchObject({
    ok: true,
    value: { verb: 'NOT_READY' },
  });
});

test.each([
  ['no state', '<User></User>', 'STATE_MISSING', 'state'],
  ['an empty state', '<User><state> </state></User>', 'STATE_MISSING', 'state'],
  ['an unknown state', '<User><state>ready</state></User>', 'INVALID_STATE_WORD', 'state'],
  ['a state nobody can ask for', '<User><state>TALKING</state></User>', 'INVALID_STATE_WORD', 'state'],
  ['no extension', '<User><state>LOGIN</state></User>', 'PARAMETER_MISSING', 'extension'],
  [
    'an impossible extension',
    '<User><state>LOGIN</state><extension>2;3</extension></User>',
    'BAD_REQUEST',
    'extension',
  ],
  [
    'an extension of 33 digits',
    `<User><state>LOGIN</state><extension>${'1'.repeat(33)}</extension></User>`,
    'BAD_REQUEST',
    'extension',
  ],
  [
    'a mobile agent without mode',
    '<User><state>LOGIN</state><extension>1</extension><mobileAgent><dialNumber>1</dialNumber></mobileAgent></User>',
    'PARAMETER_MISSING',
    'mode',
  ],
  [
    'a mobile agent without number',
    '<User><state>LOGIN</state><extension>1</extension><mobileAgent><mode>CALL_BY_CALL</mode></mobileAgent></User>',
    'PARAMETER_MISSING',
    'dialNumber',
  ],
  [
    'an unknown mode',
    '<User><state>LOGIN</state><extension>1</extension><mobileAgent><mode>X</mode></mobileAgent></User>',
    'INVALID_INPUT',
    'mode',
  ],
  [
    'a number with a semicolon',
    '<User><state>LOGIN</state><extension>1</extension><mobileAgent><mode>CALL_BY_CALL</mode><dialNumber>1;2</dialNumber></mobileAgent></User>',
    'INVALID_INPUT',
    'dialNumber',
  ],
  [
    'a reason that is no number',
    '<User><state>NOT_READY</state><reasonCodeId>x</reasonCodeId></User>',
    'INVALID_INPUT',
    'reasonCodeId',
  ],
  ['another root', '<Dialog><state>READY</state></Dialog>', 'BAD_REQUEST', 'Dialog'],
])('%s is refused', (_title, body, code, data) => {
  expect(refusal(body)).toEqual([code, data]);
});

test.each([
  ['cut off', '<User><state>READY</state>'],
  ['a second root', '<User/><User/>'],
  ['a bare ampersand', '<User><state>R&D</state></User>'],
  ['a document type', '<!DOCTYPE User><User><state>READY</state></User>'],
  ['an entity bomb', '<!DOCTYPE a [<!ENTITY x "xx"><!ENTITY y "&x;&x;">]><User><state>&y;</state></User>'],
  ['a raw control character', '<User><state>READY\u0001</state></User>'],
  ['a control character as reference', '<User><state>&#1;</state></User>'],
  ['an illegal character in a name', '<Us\u0001er/>'],
  ['nesting', '<User>'.repeat(100_000)],
  ['nothing', ''],
])('%s is refused as malformed', (_title, body) => {
  expect(refusal(body)[0]).toBe('BAD_REQUEST');
});

test('bytes that are not UTF-8 are refused, not replaced', () => {
  expect(refusal(Buffer.from('<User><state>\xff</state></User>', 'latin1'))[0]).toBe('BAD_REQUEST');
});
