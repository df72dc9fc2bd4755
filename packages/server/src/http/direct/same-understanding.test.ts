/**
 * Where the short way and node:http would understand the bytes of a connection differently, a request could be
 * hidden in another one. So damaged requests go to two listeners, one of which has the short way.
 */
import { connect } from 'node:net';
import { systemClock } from '@poise/clock';
import { expect, test } from 'vitest';
import { Happenings } from '../../happenings.ts';
import { corsPolicy } from '../cors.ts';
import { HttpHost, type NotificationDoor } from '../http-host.ts';

let direct = 0;
const answerOf = (bytes: Buffer) => `<body>${bytes.toString('base64')}</body>`;

const long: NotificationDoor = {
  bosh(req, res) {
    const parts: Buffer[] = [];
    req.on('data', (part) => parts.push(part));
    req.on('end', () => {
      const text = answerOf(Buffer.concat(parts));
      const headers = ['Content-Type', 'text/xml;charset=UTF-8', 'Content-Length', String(text.length)];
      res.writeHead(200, [...headers, 'Cache-Control', 'no-store']);
      res.end(text);
    });
  },
  // The bytes go to node:http in the same way as all those that are not plain: what it makes of bytes behind a last
  // answer depends on that.
  boshBody: () => false,
  upgrade: () => false,
};
const short: NotificationDoor = {
  ...long,
  boshBody(bytes, peer) {
    direct++;
    peer.answer(answerOf(bytes));
    return true;
  },
};

async function started(notification: NotificationDoor): Promise<HttpHost> {
  const host = new HttpHost({
    clock: systemClock(),
    happenings: new Happenings(() => 0),
    listeners: [{ name: 'bosh', host: '127.0.0.1', port: 0 }],
    pages: { desktopDir: '/none', gadgetFilesDir: '/none' },
    plugins: [],
    notification,
    cors: corsPolicy([], true),
  });
  await host.start();
  return host;
}

/** All that comes back until the connection closes. */
function ask(port: number, bytes: Buffer): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    const socket = connect(port, '127.0.0.1', () => socket.end(bytes));
    socket.on('data', (part) => {
      text += part.toString('latin1');
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve(text.replace(/Date: [^\r]+GMT/g, 'Date: now')));
  });
}

/** Numbers from 0 to 1 that are the same in every run. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const PIECES = [
  ...'\r\n\t :;,+-0179x\0\u0080\u00ff"',
  '\r\n',
  '\r\n ',
  '\n\n',
  '\r\n\r\n',
  'GET /nothing HTTP/1.1\r\nHost: d\r\n\r\n',
  '\r\nTransfer-Encoding: chunked',
  '\r\nTransfer-Encoding: identity',
  '\r\ntransfer-encoding : chunked',
  '\r\nTransfer-Encoding:\tchunked',
  '\r\nContent-Length: 5',
  '\r\nContent-Length: 3, 3',
  '\r\nContent-Length:',
  '\r\nContent-Length: 00007',
  '\r\nContent_Length: 2',
  '\r\nConnection: close',
  '\r\nConnection: keep-alive',
  '\r\nConnection: upgrade\r\nUpgrade: h2c',
  '\r\nKeep-Alive: 5',
  '\r\nExpect: 100-continue',
  '\r\nHost: e',
  '\r\nOrigin: http://localhost:1',
  '\r\nOrigin: null',
  '\r\nX-Forwarded-For: 192.0.2.1',
  '\r\nCookie:',
  '\r\nAccept: */*',
  '\r\nTrailer: Content-Length',
  ' HTTP/1.0',
];

const BASES = [
  'POST /http-bind/ HTTP/1.1\r\nHost: d\r\nContent-Length: 7\r\n\r\n<body/>',
  'POST /http-bind HTTP/1.1\r\nHost: d\r\nContent-Type: text/xml; charset=utf-8\r\nContent-Length: 7\r\nAccept: */*\r\n\r\n<body/>',
  'POST /http-bind/ HTTP/1.1\r\nContent-Length: 7\r\nOrigin: http://localhost\r\nhost:d\r\n\r\n<body/>',
];

function damaged(random: () => number): string {
  const pick = (from: readonly string[]) => from[Math.floor(random() * from.length)] as string;
  let text = pick(BASES);
  for (let count = Math.floor(random() * 3); count >= 0; count--) {
    // Mostly where a line ends: elsewhere hardly anything is left that can be understood.
    const ends = [...text.matchAll(/\r\n/g)].map((match) => match.index);
    const at = random() < 0.6 ? (ends[Math.floor(random() * ends.length)] ?? 0) : random() * text.length;
    const start = Math.floor(at);
    text = text.slice(0, start) + pick(PIECES) + text.slice(start + Math.floor(random() * 1.2));
  }
  return text;
}

const NEXT = 'POST /http-bind/ HTTP/1.1\r\nHost: d\r\nConnection: close\r\nContent-Length: 7\r\n\r\n<next/>';

const isGiven = (text: string) => text.startsWith('HTTP/1.1 200 ');

test('damaged requests get the same answers on both ways', async () => {
  const random = randomFrom(7);
  const one = await started(short);
  const other = await started(long);
  const oneBy = (text: string) => ask(one.port('bosh'), Buffer.from(text, 'latin1'));
  const otherBy = (text: string) => ask(other.port('bosh'), Buffer.from(text, 'latin1'));
  for (let round = 0; round < 1_500; round++) {
    const whole = damaged(random) + NEXT;
    let [got, expected] = await Promise.all([oneBy(whole), otherBy(whole)]);
    // What is broken behind a request makes node:http forget the answer to that; here each has its own. So node:http
    // is asked for the request alone.
    for (let text = whole; isGiven(got) && !isGiven(expected); ) {
      const answer = /^[\s\S]*?<body>(.*?)<\/body>/.exec(got) as RegExpExecArray;
      const bodyBytes = Buffer.from(answer[1] as string, 'base64').length;
      const end = text.indexOf('\r\n\r\n') + 4 + bodyBytes;
      expect(answer[0], JSON.stringify(whole)).toBe(await otherBy(text.slice(0, end)));
      got = got.slice(answer[0].length);
      text = text.slice(end);
    }
    expect(got, JSON.stringify(whole)).toBe(expected);
  }
  // Otherwise nothing was compared.
  expect(direct).toBeGreaterThan(100);
  await Promise.all([one.stop(), other.stop()]);
});
