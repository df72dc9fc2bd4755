import { describe, expect, test } from 'vitest';
import { WebSocket as NodeWebSocket } from 'ws';
import { Harness, rejection } from '../../test/harness.ts';
import { settle, updateXml, userXml } from '../../test/wire-texts.ts';
import type { WebSocketConstructor } from '../platform.ts';

const NODE = '/finesse/api/User/2001';
const make = () => new Harness({ transport: 'websocket' });

test('frames are those of RFC 7395: open, open again after sign-in, stanzas with their namespace', async () => {
  const { server, client } = await make().connect();
  const open = '<open xmlns="urn:ietf:params:xml:ns:xmpp-framing" to="desk.example" version="1.0"/>';
  const { sent } = server.sockets[0]!;
  expect(sent[0]).toBe(open);
  expect(sent[1]).toContain('<auth xmlns="urn:ietf:params:xml:ns:xmpp-sasl" mechanism="PLAIN">');
  expect(sent[2]).toBe(open);
  expect(sent[3]).toMatch(/^<iq xmlns="jabber:client" type="set" id="[^"]+"><bind xmlns=/);
  expect(sent.at(-1)).toBe('<presence xmlns="jabber:client"/>');
  client.close();
  expect(sent.slice(-2)).toEqual([
    '<presence xmlns="jabber:client" type="unavailable"/>',
    '<close xmlns="urn:ietf:params:xml:ns:xmpp-framing"/>',
  ]);
  expect(server.sockets[0]!.isClosed).toBe(true);
});

describe('keep-alive', () => {
  const pings = (harness: Harness) =>
    harness.server.sockets[0]!.sent.filter((frame) => frame.includes('urn:xmpp:ping'));

  test('a ping goes out after 6 s of silence, and its answer keeps the connection', async () => {
    const harness = await make().connect();
    await harness.pass(5_999);
    expect(pings(harness)).toHaveLength(0);
    await harness.pass(1);
    expect(pings(harness)).toHaveLength(1);
    await harness.pass(30_000);
    expect(pings(harness).length).toBeGreaterThan(3);
    expect(harness.statuses).toEqual([]);
    harness.client.close();
  });

  test('whatever the server says makes a ping needless', async () => {
    const harness = await make().connect();
    for (let i = 0; i < 10; i++) {
      await harness.pass(5_000);
      harness.server.publish(NODE, updateXml(userXml('READY'), ''));
      await settle();
    }
    expect(pings(harness)).toHaveLength(0);
    harness.client.close();
  });

  test('silence after a ping is a lost connection, and the next one is made', async () => {
    const harness = await make().connect();
    harness.server.swallow(true);
    await harness.pass(6_000);
    await harness.pass(2_999);
    expect(harness.statuses).toEqual([]);
    await harness.pass(1);
    expect(harness.statuses).toEqual(['disconnected', 'reconnecting 1 in 1000']);
    harness.server.swallow(false);
    await harness.pass(1_000);
    expect(harness.statuses.slice(-2)).toEqual(['connected', 'recovered']);
    expect(harness.server.sockets[0]!.isClosed).toBe(true);
    harness.client.close();
  });
});

describe('the end of a socket', () => {
  test.each<[string, (harness: Harness) => void]>([
    ['that breaks', (harness) => harness.server.sockets[0]!.drop()],
    ['that speaks no XML', (harness) => harness.server.sockets[0]!.say('hello')],
    ['that sends a DTD', (harness) => harness.server.sockets[0]!.say('<!DOCTYPE a><a/>')],
    ['that sends bytes', (harness) => harness.server.sockets[0]!.say(new ArrayBuffer(3))],
    [
      'that the server closes',
      (harness) => harness.server.sockets[0]!.say('<close xmlns="urn:ietf:params:xml:ns:xmpp-framing" />'),
    ],
  ])('%s is followed by another attempt', async (_title, end) => {
    const harness = await make().connect();
    end(harness);
    await settle();
    expect(harness.statuses).toEqual(['disconnected', 'reconnecting 1 in 1000']);
    await harness.pass(1_000);
    expect(harness.statuses.slice(-2)).toEqual(['connected', 'recovered']);
    harness.client.close();
    expect(harness.clock.pending).toBe(0);
  });

  test('a socket that opens and never says a word is given up after 30 s', async () => {
    const harness = make();
    harness.server.isMute = true;
    const outcome = rejection(harness.client.connect());
    await settle();
    await harness.pass(30_000);
    expect(await outcome).toMatchObject({ status: 0 });
    expect(harness.server.sockets[0]!.isClosed).toBe(true);
  });

  test('closing while the socket still connects is quiet, and connect says so', async () => {
    const harness = make();
    harness.server.isBlackHole = true;
    const first = rejection(harness.client.connect());
    await settle();
    expect(harness.server.sockets).toHaveLength(1);
    harness.client.close();
    expect(await first).toMatchObject({ name: 'ApiError', status: 0 });
    expect(harness.server.sockets[0]).toMatchObject({ isClosed: true, sent: [] });
    harness.server.isBlackHole = false;
    await harness.connect();
    expect(harness.client.connected).toBe(true);
    harness.client.close();
    expect(harness.clock.pending).toBe(0);
  });

  test('a listener that hears of the closing may connect again', async () => {
    const harness = make();
    harness.server.isBlackHole = true;
    const first = rejection(harness.client.connect());
    let second: Promise<void> | undefined;
    const end = harness.client.on('connection', (status) => {
      if (status === 'disconnected') second = harness.client.connect();
    });
    await settle();
    harness.server.isBlackHole = false;
    harness.client.close();
    end();
    expect(await first).toMatchObject({ status: 0 });
    await second;
    expect(harness.client.connected).toBe(true);
    harness.client.close();
  });

  test('what a dropped socket still says is not heard', async () => {
    const harness = await make().connect();
    const [old] = harness.server.sockets;
    const late = old!.onmessage!;
    old!.drop();
    await harness.pass(1_000);
    late({ data: '<close xmlns="urn:ietf:params:xml:ns:xmpp-framing" />' });
    expect(harness.client.connected).toBe(true);
    harness.client.close();
  });

  test('an address that the platform refuses is an error of connect', async () => {
    const harness = new Harness({
      WebSocket: class {
        constructor() {
          throw new SyntaxError('bad address');
        }
      } as unknown as WebSocketConstructor,
    });
    expect(await rejection(harness.client.connect())).toMatchObject({ status: 0 });
  });
});

test('the classes of browsers and of the ws package fit', () => {
  const fitting: WebSocketConstructor[] = [NodeWebSocket];
  const browser: WebSocketConstructor | undefined = (globalThis as { WebSocket?: typeof WebSocket })
    .WebSocket;
  expect([...fitting, browser].length).toBe(2);
});
