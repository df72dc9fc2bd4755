import { expect, test } from 'vitest';
import { jsonPayload, xmlPayload } from './write-line.ts';

const xml = (text: string) => xmlPayload(new TextEncoder().encode(text));

test.each([
  ['<a><password>s3cret</password><b/></a>', '<a><password>***</password><b/></a>'],
  ['<a><Password >s3cret</Password ></a>', '<a><Password >***</Password ></a>'],
  ['<a><password><![CDATA[</password>s3cret]]></password></a>', '<a><password>***</password></a>'],
  ['<a><password x=">">s3cret</password></a>', '<a><password x=">***</password></a>'],
  ['<a><password>1</password><b/><password>s3cret</password></a>', '<a><password>***</password></a>'],
  ['<a><password></password></a>', '<a><password>***</password></a>'],
  ['<a>no secret</a>', '<a>no secret</a>'],
])('no password of %s is told', (body, told) => {
  expect(xml(body)).toBe(told);
});

test('a password or key is told in no JSON, however deep it is; taking it away is', () => {
  expect(jsonPayload({ password: 'a', key: 'b', deep: [{ password: 'c' }], name: 'password' })).toBe(
    '{"password":"***","key":"***","deep":[{"password":"***"}],"name":"password"}',
  );
  expect(jsonPayload({ password: null })).toBe('{"password":null}');
  expect([jsonPayload(undefined), xmlPayload(undefined)]).toEqual(['', '']);
});

test('what is answered to a command of the shell may be a password, and stands in no line', () => {
  expect(jsonPayload({ words: ['file', 'get'], answers: ['y', 's3cret', 3] })).toBe(
    '{"words":["file","get"],"answers":["***","***","***"]}',
  );
});
