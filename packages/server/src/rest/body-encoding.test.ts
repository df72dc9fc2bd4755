import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStoredCentre, type StoredCentre } from '../../test/centre/stored-centre.ts';
import { asUtf8 } from './body-encoding.ts';

const XML = 'application/xml';
const reason = (declaration: string) =>
  `${declaration}<WrapUpReason><label>Grüße</label><forAll>true</forAll></WrapUpReason>`;
const declared = (encoding: string) => `<?xml version="1.0" encoding="${encoding}"?>`;
const swapped = (text: string) => Buffer.from(text, 'utf16le').swap16();

describe('a body in another encoding', () => {
  let stored: StoredCentre;
  beforeEach(async () => {
    stored = await openStoredCentre();
  });
  afterEach(() => stored.close());

  it.each([
    ['is declared as ISO-8859-1', XML, Buffer.from(reason(declared('ISO-8859-1')), 'latin1')],
    [
      'is declared as windows-1252, in the other quotes',
      XML,
      Buffer.from(reason(`<?xml version='1.0' encoding='windows-1252'?>`), 'latin1'),
    ],
    ['is named by the header', `${XML}; charset="iso-8859-1"`, Buffer.from(reason(''), 'latin1')],
    ['is UTF-16, low byte first', XML, Buffer.from(`\ufeff${reason(declared('UTF-16'))}`, 'utf16le')],
    ['is UTF-16, high byte first', XML, swapped(`\ufeff${reason('')}`)],
    ['is called UTF-16 and is UTF-8', XML, Buffer.from(reason(declared('utf-16')))],
    [
      'is UTF-8 by the header, against the declaration',
      `${XML};charset=UTF-8`,
      Buffer.from(reason(declared('ISO-8859-1'))),
    ],
    ['is UTF-8', XML, Buffer.from(reason(declared('UTF-8')))],
  ])('%s', async (_how, contentType, payload) => {
    const authorization = `Basic ${Buffer.from('admin:admin').toString('base64')}`;
    const headers = { authorization, 'content-type': contentType };
    const url = '/finesse/api/WrapUpReason';
    const made = await stored.centre.app.inject({ method: 'POST', url, headers, payload });
    expect([made.statusCode, made.body]).toEqual([200, '']);
    const path = String(made.headers.location).split('/finesse/api/')[1]!;
    expect((await stored.centre.call('admin', 'GET', path)).body).toContain('<label>Grüße</label>');
  });

  it.each([
    ['bytes that are no UTF-8, and nothing said', XML, Buffer.from(reason(''), 'latin1')],
    ['an encoding that nobody has', XML, Buffer.from(reason(declared('EBCDIC')), 'latin1')],
    ['half a character of UTF-16', XML, Buffer.from(`\ufeff${reason('')}`, 'utf16le').subarray(0, -1)],
  ])('is refused: %s', async (_what, contentType, payload) => {
    const authorization = `Basic ${Buffer.from('admin:admin').toString('base64')}`;
    const headers = { authorization, 'content-type': contentType };
    const url = '/finesse/api/WrapUpReason';
    const answer = await stored.centre.app.inject({ method: 'POST', url, headers, payload });
    expect([answer.statusCode, answer.body.includes('Invalid XML (invalid-encoding)')]).toEqual([400, true]);
  });
});

it('leaves forms and files alone', () => {
  const body = Buffer.from('\ufeffa,b', 'utf16le');
  expect(asUtf8(body, 'multipart/form-data; boundary=x')).toBe(body);
  expect(asUtf8(body, 'text/csv;charset=utf-16')).toBe(body);
});
