/** An orderly stop: every kind of client is told, in the words of its transport, before the process ends. */
import { connect } from 'node:net';
import { expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { type RunningPoise, startPoise } from './server.ts';

// Each starts a server.
vi.setConfig({ testTimeout: 240_000 });

const HTTPBIND = 'http://jabber.org/protocol/httpbind';
const plain = (id: string) => Buffer.from(`\0${id}\0${id}`).toString('base64');
const AUTH = (id: string) =>
  `<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>${plain(id)}</auth>`;
const BIND = `<iq type='set' id='b' xmlns='jabber:client'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>`;
const PRESENCE = `<presence xmlns='jabber:client'/>`;

/** Signs on over BOSH and polls until the session ends; resolves with the last body. */
async function pollToTheEnd(poise: RunningPoise, id: string, ready: () => void): Promise<string> {
  let rid = 1000;
  const post = async (attributes: string, children = '') => {
    const body = `<body xmlns='${HTTPBIND}' rid='${rid++}' ${attributes}>${children}</body>`;
    const url = `http://127.0.0.1:${poise.ports.bosh}/http-bind/`;
    return (await fetch(url, { method: 'POST', body, headers: { 'content-type': 'text/xml' } })).text();
  };
  const created = await post(
    `to='localhost' ver='1.6' hold='1' wait='30' xmlns:xmpp='urn:xmpp:xbosh' xmpp:version='1.0'`,
  );
  const sid = `sid='${/ sid="([^"]+)"/.exec(created)?.[1]}'`;
  await post(sid, AUTH(id));
  await post(`${sid} xmlns:xmpp='urn:xmpp:xbosh' xmpp:restart='true'`);
  await post(sid, BIND);
  await post(sid, PRESENCE);
  ready();
  for (;;) {
    const answer = await post(sid);
    if (answer.includes("type='terminate'") || answer.includes('type="terminate"')) return answer;
  }
}

/** Signs on over WebSocket; resolves with the frames after presence and the close code. */
function framesToTheEnd(
  poise: RunningPoise,
  id: string,
  ready: () => void,
): Promise<{ frames: string[]; code: number }> {
  const socket = new WebSocket(`ws://127.0.0.1:${poise.ports.http}/ws/`, 'xmpp');
  const open = `<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' to='localhost' version='1.0'/>`;
  const frames: string[] = [];
  socket.on('open', () => socket.send(open));
  socket.on('error', () => {});
  socket.on('message', (data) => {
    const text = String(data);
    frames.push(text);
    if (text.includes('<mechanism>')) socket.send(AUTH(id));
    else if (text.startsWith('<success')) socket.send(open);
    else if (text.includes('xmpp-bind"/>')) socket.send(BIND);
    else if (text.includes('<jid>')) socket.send(PRESENCE);
    else if (text.includes('finesse@')) ready();
  });
  return new Promise((done) => socket.on('close', (code) => done({ frames, code })));
}

function streamToTheEnd(poise: RunningPoise, ready: () => void): Promise<string> {
  const socket = connect(poise.ports.xmpp, '127.0.0.1');
  let text = '';
  socket.on('error', () => {});
  socket.on('data', (chunk) => {
    text += chunk;
    if (text.includes('</stream:features>')) ready();
  });
  socket.write(
    `<stream:stream to='localhost' version='1.0' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>`,
  );
  return new Promise((done) => socket.on('close', () => done(text)));
}

async function stopWithClients(args: readonly string[]) {
  const poise = await startPoise({ args });
  let waiting = 3;
  let allReady: () => void = () => {};
  const ready = new Promise<void>((done) => {
    allReady = () => {
      waiting--;
      if (waiting === 0) done();
    };
  });
  const once = (fn: () => void) => {
    let called = false;
    return () => {
      if (!called) fn();
      called = true;
    };
  };
  const ends = Promise.all([
    pollToTheEnd(poise, '3001', once(allReady)),
    framesToTheEnd(poise, '3002', once(allReady)),
    streamToTheEnd(poise, once(allReady)),
  ]);
  await ready;
  const code = await poise.stop();
  const [bosh, webSocket, tcp] = await ends;
  return { code, bosh, webSocket, tcp };
}

test('alone, every client hears system-shutdown', async () => {
  const { code, bosh, webSocket, tcp } = await stopWithClients([]);
  expect(code).toBe(0);
  expect(bosh).toMatch(/condition=["'](system-shutdown|remote-stream-error)["']/);
  expect(webSocket.frames.at(-1)).toBe('<close xmlns="urn:ietf:params:xml:ns:xmpp-framing" />');
  expect(webSocket.frames.at(-2)).toContain('<system-shutdown');
  expect(webSocket.code).toBe(1000);
  expect(tcp).toContain('<system-shutdown');
});

test('with another node nobody hears system-shutdown, so that clients look for that node', async () => {
  const { code, bosh, webSocket, tcp } = await stopWithClients(['--set', 'node.secondary=other.example']);
  expect(code).toBe(0);
  expect(bosh).not.toContain('condition=');
  expect(webSocket.frames.join('')).not.toContain('system-shutdown');
  expect(webSocket.frames.at(-1)).toBe('<close xmlns="urn:ietf:params:xml:ns:xmpp-framing" />');
  expect(tcp).not.toContain('system-shutdown');
  expect(tcp).toContain('</stream:stream>');
});
