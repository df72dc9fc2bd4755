import { expect, test } from 'vitest';
import { readHandshake } from './handshake-head.ts';

const head = (...fields: string[]) =>
  ['GET /ws/ HTTP/1.1', 'Host: d:7071', 'Upgrade: websocket', ...fields, '', ''].join('\r\n');

test('what clients and browsers send is plain', () => {
  expect(
    readHandshake(
      [
        'GET /ws HTTP/1.1',
        'HOST:d',
        'Connection: keep-alive, Upgrade',
        'Upgrade: WebSocket',
        'Origin: https://desk.example:8445',
        'Sec-WebSocket-Version: 13',
        'sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==',
        'Sec-WebSocket-Protocol: xmpp, other',
        'Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits',
        'User-Agent: Mozilla/5.0 (X11; Linux x86_64)',
        'Cookie: a=1; b=2',
        'Pragma: no-cache',
        'Sec-Fetch-Mode: websocket',
        '',
        '',
      ].join('\r\n'),
    ),
  ).toEqual({
    method: 'GET',
    url: '/ws',
    headers: {
      host: 'd',
      connection: 'keep-alive, Upgrade',
      upgrade: 'WebSocket',
      origin: 'https://desk.example:8445',
      'sec-websocket-version': '13',
      'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==',
      'sec-websocket-protocol': 'xmpp, other',
      'sec-websocket-extensions': 'permessage-deflate; client_max_window_bits',
    },
  });
});

test.each([
  ['another method', head('Connection: Upgrade').replace('GET', 'POST')],
  ['another path', head('Connection: Upgrade').replace('/ws/', '/ws/x')],
  ['a query', head('Connection: Upgrade').replace('/ws/', '/ws/?a=1')],
  ['HTTP/1.0', head('Connection: Upgrade').replace('1.1', '1.0')],
  ['no host', head('Connection: Upgrade').replace('Host', 'Accept')],
  ['no wish to change the protocol', head()],
  ['a wish for another protocol', head('Connection: Upgrade').replace('websocket', 'h2c')],
  ['two protocols to change to', head('Connection: Upgrade', 'Upgrade: h2c')],
  ['further connection options', head('Connection: Upgrade, HTTP2-Settings')],
  ['two keys', head('Connection: Upgrade', 'Sec-WebSocket-Key: a', 'Sec-WebSocket-Key: b')],
  ['a body', head('Connection: Upgrade', 'Content-Length: 3')],
  ['chunks', head('Connection: Upgrade', 'Transfer-Encoding: chunked')],
  ['an empty origin', head('Connection: Upgrade', 'Origin:')],
  ['a proxy', head('Connection: Upgrade', 'X-Forwarded-For: 192.0.2.1')],
  ['a proxy with TLS', head('Connection: Upgrade', 'X-Forwarded-Proto: https')],
  ['a field nobody knows', head('Connection: Upgrade', 'X-Something: 1')],
  ['a continued line', head('Connection: Upgrade', 'Accept: a', ' b')],
])('%s is left to node:http', (_what, text) => {
  expect(readHandshake(text)).toBeUndefined();
});
