import fc from 'fast-check';
import { expect, test } from 'vitest';
import { escapeLocal, isResource, loginIdOf, parseJid, unescapeLocal } from './jid.ts';

test.each([
  ['2001@cc.example/desktop', { local: '2001', domain: 'cc.example', resource: 'desktop' }],
  ['CC.Example.', { local: '', domain: 'cc.example', resource: '' }],
  ['MMouse@CC.example/Desk Top/1', { local: 'mmouse', domain: 'cc.example', resource: 'Desk Top/1' }],
  ['a\\40b@cc.example', { local: 'a\\40b', domain: 'cc.example', resource: '' }],
  ['cc.example/a@b', { local: '', domain: 'cc.example', resource: 'a@b' }],
])('%s is read into its parts, case folded but for the resource', (text, parts) => {
  expect(parseJid(text)).toEqual(parts);
});

test.each([
  '',
  '@cc.example',
  '2001@',
  '2001@cc.example/',
  'a b@cc.example',
  'a@b@c',
  'a<b@c',
  '/x',
  'a@b/\u0007',
])('%j is no JID', (text) => {
  expect(parseJid(text)).toBeNull();
});

test('each part holds at most 1023 bytes', () => {
  const long = 'ä'.repeat(511);
  expect(parseJid(`${long}x@d/r`)).not.toBeNull();
  expect(parseJid(`${long}xx@d/r`)).toBeNull();
  expect(isResource(`${long}x`)).toBe(true);
  expect(isResource(`${long}xx`)).toBe(false);
});

test('login ids are escaped and unescaped as XEP-0106 shows', () => {
  expect(escapeLocal('space cadet')).toBe('space\\20cadet');
  expect(escapeLocal("d'artagnan@x")).toBe('d\\27artagnan\\40x');
  expect(escapeLocal('c:\\5commas')).toBe('c\\3a\\5c5commas');
  expect(escapeLocal('c:\\cool')).toBe('c\\3a\\cool');
  expect(unescapeLocal('treat\\20others\\27')).toBe("treat others'");
  expect(loginIdOf('O\\27Hara\\40Site')).toBe("o'hara@site");
});

test('escaping loses nothing and yields a valid local part', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom(...'ab \\"&\'/:<>@2035cef7'), minLength: 1, maxLength: 12 }),
      (id) => {
        const local = escapeLocal(id);
        expect(unescapeLocal(local)).toBe(id);
        expect(parseJid(`${local}@d`)).not.toBeNull();
      },
    ),
  );
});

test('no text makes the parser fail', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void parseJid(text)));
});
