import { expect, test } from 'vitest';
import { HEAD_BYTES_MAX, readHead } from './request-head.ts';

/** What this process has computed since, ms: a machine that does other things beside makes it no longer. */
const computedMs = (since: NodeJS.CpuUsage) => process.cpuUsage(since).user / 1_000;

const head = (...fields: string[]) =>
  ['POST /http-bind/ HTTP/1.1', 'Host: d:7071', ...fields, '', ''].join('\r\n');

test('what clients and browsers send is plain', () => {
  expect(readHead(head('Content-Length: 91'))).toEqual({
    uri: '/http-bind/',
    bodyBytes: 91,
    origin: undefined,
  });
  expect(
    readHead(
      [
        'POST /http-bind HTTP/1.1',
        'HOST:d',
        'Connection: Keep-Alive',
        'Content-Length:   0  ',
        'Content-Type: text/xml; charset=UTF-8',
        'Origin: https://desk.example:8445',
        'User-Agent: Mozilla/5.0 (X11; Linux x86_64)',
        'Accept: */*',
        'Sec-Fetch-Site: same-site',
        'sec-ch-ua-mobile: ?0',
        'Cookie: a=1; b=2',
        'Cookie: c=3',
        'Referer:',
        '',
        '',
      ].join('\r\n'),
    ),
  ).toEqual({ uri: '/http-bind', bodyBytes: 0, origin: 'https://desk.example:8445' });
});

test.each([
  ['another method', 'PUT /http-bind/ HTTP/1.1\r\nHost: d\r\nContent-Length: 1\r\n\r\n'],
  ['another path', 'POST /http-bind/x HTTP/1.1\r\nHost: d\r\nContent-Length: 1\r\n\r\n'],
  ['a query', 'POST /http-bind/?a=1 HTTP/1.1\r\nHost: d\r\nContent-Length: 1\r\n\r\n'],
  ['the absolute form', 'POST http://d/http-bind/ HTTP/1.1\r\nHost: d\r\nContent-Length: 1\r\n\r\n'],
  ['HTTP/1.0', 'POST /http-bind/ HTTP/1.0\r\nHost: d\r\nContent-Length: 1\r\n\r\n'],
  ['two blanks', 'POST  /http-bind/ HTTP/1.1\r\nHost: d\r\nContent-Length: 1\r\n\r\n'],
  ['an empty line before it', '\r\nPOST /http-bind/ HTTP/1.1\r\nHost: d\r\nContent-Length: 1\r\n\r\n'],
  ['no host', 'POST /http-bind/ HTTP/1.1\r\nContent-Length: 1\r\n\r\n'],
  ['two hosts', head('Content-Length: 1', 'Host: e')],
  ['no length', head()],
  ['two lengths', head('Content-Length: 1', 'Content-Length: 1')],
  ['a length that is none', head('Content-Length: +1')],
  ['a length in hexadecimal', head('Content-Length: 0x1')],
  ['a length of eight digits', head('Content-Length: 67108864')],
  ['chunks', head('Transfer-Encoding: chunked')],
  ['chunks and a length', head('Content-Length: 1', 'Transfer-Encoding: chunked')],
  ['the last request of a connection', head('Content-Length: 1', 'Connection: close')],
  ['two connection options', head('Content-Length: 1', 'Connection: keep-alive, Upgrade')],
  ['another protocol', head('Content-Length: 1', 'Upgrade: h2c')],
  ['a client that waits for leave', head('Content-Length: 1', 'Expect: 100-continue')],
  ['a proxy', head('Content-Length: 1', 'X-Forwarded-For: 192.0.2.1')],
  ['a proxy with TLS', head('Content-Length: 1', 'X-Forwarded-Proto: https')],
  ['a proxy of RFC 7239', head('Content-Length: 1', 'Forwarded: for=192.0.2.1')],
  ['a field nobody knows', head('Content-Length: 1', 'X-Something: 1')],
  ['compression', head('Content-Length: 1', 'Content-Encoding: gzip')],
  ['another encoding', head('Content-Length: 1', 'Content-Type: text/xml; charset=utf-16')],
  ['parts', head('Content-Length: 1', 'Content-Type: multipart/form-data; boundary=x')],
  ['an empty origin', head('Content-Length: 1', 'Origin:')],
  ['a tab behind the length', head('Content-Length: 1\t')],
  ['a tab in a value', head('Content-Length: 1', 'Accept: a\tb')],
  ['a continued line', head('Content-Length: 1', 'Accept: a', ' b')],
  ['a blank before the colon', head('Content-Length : 1')],
  ['a line feed alone', head('Content-Length: 1', 'Accept: a\nTransfer-Encoding: chunked')],
  ['a carriage return alone', head('Content-Length: 1', 'Accept: a\rX: b')],
  ['a zero byte', head('Content-Length: 1', 'Accept: \0')],
  ['bytes above ASCII', head('Content-Length: 1', 'Accept: \u00fc')],
  ['a line without a colon', head('Content-Length: 1', 'Accept')],
  ['more lines than a head should have', head('Content-Length: 1', ...Array(64).fill('Cookie: a=1'))],
  ['more than a head should have', head('Content-Length: 1', `Cookie: ${'x'.repeat(HEAD_BYTES_MAX)}`)],
])('%s is left to node:http', (_what, text) => {
  expect(readHead(text)).toBeUndefined();
});

test('a long line of blanks takes no longer than any other', () => {
  const text = head('Content-Length: 1', `Accept:${' '.repeat(8_000)}\x01`);
  const begun = process.cpuUsage();
  for (let i = 0; i < 20; i++) expect(readHead(text)).toBeUndefined();
  // One expression over the whole line took 80 ms each.
  expect(computedMs(begun)).toBeLessThan(400);
});
