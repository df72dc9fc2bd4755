/** Sleep, hidden tabs, proxies, other networks, pages that are put aside: what happens around a connection. */
import { describe, expect, test } from 'vitest';
import { Harness } from '../test/harness.ts';
import { settle, updateXml, userXml } from '../test/wire-texts.ts';
import type { PoiseClientOptions } from './index.ts';

const NODE = '/finesse/api/User/2001';

describe.each(['websocket', 'bosh'] as const)('over %s', (transport) => {
  const make = (options: Partial<PoiseClientOptions> = {}) => new Harness({ transport, ...options });

  test('a probe of a connection that lives changes nothing', async () => {
    const harness = await make().connect();
    harness.client.probe();
    await settle();
    await harness.pass(60_000, 1_000);
    expect(harness.statuses).toEqual([]);
    harness.server.publish(NODE, updateXml(userXml('READY'), ''));
    await settle();
    expect(harness.updates).toHaveLength(1);
    harness.client.close();
    await harness.pass(60_000);
    expect(harness.clock.pending).toBe(0);
  });

  test('a probe of a server that says nothing at all ends after 5 s, and another connection is made', async () => {
    const harness = await make().connect();
    harness.server.swallow(true);
    harness.client.probe();
    await settle();
    await harness.pass(4_999);
    expect(harness.statuses).toEqual([]);
    await harness.pass(1);
    expect(harness.statuses).toEqual(['disconnected', 'reconnecting 1 in 1000']);
    harness.server.swallow(false);
    await harness.pass(1_000);
    expect(harness.statuses.slice(-2)).toEqual(['connected', 'recovered']);
    harness.client.close();
  });

  // A browser keeps up to six connections, those of a long poll among them.
  test.each([0, 4, 6])(
    'connections that die without a word, %i kept ones among them, are noticed: the truth is known within 9 s',
    async (kept) => {
      const harness = await make().connect();
      await harness.pass(4_000);
      // The worst moment: something has just come.
      harness.server.publish(NODE, updateXml(userXml('NOT_READY'), ''));
      await settle();
      harness.server.dieSilently(kept);
      harness.server.publish(NODE, updateXml(userXml('READY'), ''));
      const isTrue = () =>
        transport === 'bosh' ? harness.updates.length === 2 : harness.statuses.includes('recovered');
      const since = harness.clock.now();
      while (!isTrue() && harness.clock.now() - since < 60_000) await harness.pass(100);
      expect(harness.clock.now() - since).toBeLessThanOrEqual(9_000);
      if (transport === 'bosh') {
        // The same session goes on, and nothing was missed.
        expect(harness.statuses.filter((status) => !/interrupted|resumed/.test(status))).toEqual([]);
        expect(harness.updates).toHaveLength(2);
        expect(harness.server.sessions).toHaveLength(1);
      } else
        expect(harness.statuses).toEqual([
          'disconnected',
          'reconnecting 1 in 0',
          'connecting',
          'connected',
          'recovered',
        ]);
      harness.statuses.length = 0;
      await harness.pass(3_000);
      // Once more, soon after.
      harness.server.dieSilently(kept);
      await harness.pass(9_000, 100);
      expect(harness.statuses.at(-1) ?? 'resumed').toBe(transport === 'bosh' ? 'resumed' : 'recovered');
      harness.statuses.length = 0;
      await harness.pass(60_000);
      expect(harness.statuses).toEqual([]);
      harness.client.close();
      await harness.pass(60_000);
      expect(harness.clock.pending).toBe(0);
    },
  );

  test('connections that died just after a slow moment of the server, too, cost no time limit each', async () => {
    const harness = await make().connect();
    // The answer to a ping is late: other connections are asked, and not again for half a minute.
    await harness.pass(5_900);
    harness.server.swallow(true);
    await harness.pass(1_500, 100);
    harness.server.swallow(false);
    harness.server.publish(NODE, updateXml(userXml('NOT_READY'), ''));
    await harness.pass(3_000, 100);
    expect(harness.statuses).toEqual([]);
    harness.server.publish(NODE, updateXml(userXml('NOT_READY'), ''));
    await settle();
    harness.server.dieSilently(6);
    const since = harness.clock.now();
    const isBack = () => ['recovered', 'resumed'].includes(harness.statuses.at(-1) ?? '');
    while (!isBack() && harness.clock.now() - since < 60_000) await harness.pass(100);
    expect(harness.clock.now() - since).toBeLessThanOrEqual(11_500);
    harness.client.close();
  });

  test('a server that stands still for less than 3 s after a ping loses nobody', async () => {
    const harness = await make().connect();
    await harness.pass(6_000);
    harness.server.swallow(true);
    await harness.pass(8_900, 100);
    expect(harness.statuses).toEqual([]);
    harness.server.swallow(false);
    harness.client.close();
  });

  test('a probe while the next attempt is awaited makes it at once, but not again and again', async () => {
    const harness = await make().connect();
    harness.server.isUnreachable = true;
    harness.client.reconnect('test');
    await harness.pass(40_000, 1_000);
    harness.server.isUnreachable = false;
    harness.statuses.length = 0;
    harness.client.probe();
    harness.client.probe();
    await settle();
    expect(harness.statuses).toEqual(['connecting', 'connected', 'recovered']);
    harness.server.isUnreachable = true;
    harness.client.reconnect('test');
    await harness.pass(1_000);
    harness.statuses.length = 0;
    for (let k = 0; k < 50; k++) {
      harness.client.probe();
      await settle();
    }
    expect(harness.statuses).toEqual([]);
    harness.client.close();
  });

  test('a sleep of hours over a connection that lived on is no loss, though every timer is overdue', async () => {
    const harness = await make().connect();
    for (let k = 0; k < 4; k++) {
      // Each timer that fires now fires hours late, before what has arrived is read.
      harness.clock.step(7_200_000);
      await harness.pass(30_000, 1_000);
    }
    expect(harness.statuses).toEqual([]);
    harness.client.close();
  });

  test('a sleep over a connection that died is a loss a moment after waking', async () => {
    const harness = await make().connect();
    harness.server.swallow(true);
    harness.clock.step(7_200_000);
    await harness.pass(20_000, 1_000);
    expect(harness.statuses).toContain('disconnected');
    harness.server.swallow(false);
    await harness.pass(10_000, 1_000);
    expect(harness.statuses.slice(-2)).toEqual(['connected', 'recovered']);
    harness.client.close();
  });

  test('a hidden tab, whose timers run once a minute, stays connected', async () => {
    const harness = await make().connect();
    // What the network brings is read at once; timers come when they come.
    for (let minute = 0; minute < 30; minute++) {
      harness.clock.step(45_000);
      await harness.pass(15_000, 500);
    }
    expect(harness.statuses).toEqual([]);
    harness.client.close();
  });

  test('a page that is put aside says goodbye and asks for nothing; shown again, it is as before', async () => {
    const harness = await make().connect();
    await harness.client.subscribe('/finesse/api/Team/5000/Users');
    harness.client.suspend();
    harness.client.suspend();
    await settle();
    expect(harness.server.session.received.some((said) => said.attr('type') === 'unavailable')).toBe(true);
    expect(harness.statuses).toEqual(['disconnected']);
    await harness.pass(600_000, 10_000);
    expect(harness.server.sessions).toHaveLength(1);
    expect(harness.clock.pending).toBe(0);
    harness.client.resume();
    await settle();
    expect(harness.statuses).toEqual(['disconnected', 'connecting', 'connected', 'recovered']);
    expect(harness.server.session.subscriptions).toHaveLength(1);
    // A second word changes nothing.
    harness.client.resume();
    harness.client.close();
    await harness.pass(10_000);
    expect(harness.clock.pending).toBe(0);
  });

  test('a page that is put aside before it was connected does not come back', async () => {
    const harness = make();
    const connected = harness.client.connect().catch(() => 'refused');
    harness.client.suspend();
    expect(await connected).toBe('refused');
    harness.client.resume();
    await settle();
    expect(harness.server.sessions).toHaveLength(0);
    expect(harness.clock.pending).toBe(0);
  });
});

describe('a proxy that cuts what is idle', () => {
  test('after 15 s finds no WebSocket that long idle', async () => {
    const harness = await new Harness({ transport: 'websocket' }).connect();
    const socket = harness.server.sockets[0]!;
    let said = 0;
    let idleMs = 0;
    for (let second = 0; second < 300; second++) {
      await harness.pass(1_000);
      idleMs = socket.sent.length > said ? 0 : idleMs + 1_000;
      said = socket.sent.length;
      expect(idleMs).toBeLessThan(15_000);
    }
    harness.client.close();
  });

  test.each([10_000, 29_000])(
    'after %i ms, and with it a BOSH request, is noticed and forestalled, also where pings are rare',
    async (cutMs) => {
      const harness = await new Harness({ transport: 'bosh', pingIntervalMs: 86_400_000 }).connect();
      const { bosh } = harness.server;
      const handle = bosh.handle.bind(bosh);
      let cuts = 0;
      bosh.handle = (body, signal) =>
        new Promise((resolve, reject) => {
          const timer = harness.clock.schedule(cutMs, () => {
            cuts++;
            reject(new TypeError('cut'));
          });
          handle(body, signal).then(
            (response) => {
              timer.cancel();
              resolve(response);
            },
            (error) => {
              timer.cancel();
              reject(error);
            },
          );
        });
      await harness.pass(90_000, 1_000);
      const before = cuts;
      await harness.pass(300_000, 1_000);
      expect(before).toBeGreaterThan(0);
      expect(cuts).toBe(before);
      expect(harness.statuses).toEqual([]);
      harness.server.publish(NODE, updateXml(userXml('READY'), ''));
      await settle();
      expect(harness.updates).toHaveLength(1);
      harness.client.close();
    },
  );

  test('and with it a WebSocket, costs one quick reconnection', async () => {
    const harness = await new Harness({ transport: 'websocket' }).connect();
    harness.server.sockets[0]!.drop();
    await settle();
    await harness.pass(1_000);
    expect(harness.statuses).toEqual([
      'disconnected',
      'reconnecting 1 in 1000',
      'connecting',
      'connected',
      'recovered',
    ]);
    harness.client.close();
  });
});

test('another address that the browser tells of: BOSH goes on at once with the same session', async () => {
  const harness = await new Harness({ transport: 'bosh', pingIntervalMs: 86_400_000 }).connect();
  const { bosh } = harness.server;
  // The old way swallows everything; the browser says that the network is another; the new way works.
  const handle = bosh.handle.bind(bosh);
  bosh.handle = (_body, signal) =>
    new Promise((_resolve, reject) =>
      signal.addEventListener('abort', () => reject(new TypeError('aborted'))),
    );
  await harness.pass(31_000, 1_000);
  harness.server.publish(NODE, updateXml(userXml('READY'), ''));
  bosh.handle = handle;
  harness.client.probe();
  await settle();
  expect(harness.updates).toHaveLength(1);
  expect(harness.statuses).toEqual([]);
  expect(harness.server.sessions).toHaveLength(1);
  harness.client.close();
});

test('the clock of the server is told once a minute, also while nothing happens, and not without a connection', async () => {
  const harness = await new Harness({ transport: 'websocket' }).connect();
  const hosts: string[] = [];
  harness.client.on('clock', (_measurement, host) => hosts.push(host));
  await harness.pass(180_000, 1_000);
  expect(hosts).toEqual(['127.0.0.1', '127.0.0.1', '127.0.0.1']);
  const polls = () => harness.server.requests.filter(({ query }) => query.has('timestamponly'));
  expect(polls().at(-1)!.headers.has('authorization')).toBe(false);
  expect(polls().at(-1)!.query.get('nocache')).toMatch(/^\d+$/);
  harness.client.suspend();
  const before = polls().length;
  await harness.pass(180_000, 1_000);
  expect(polls()).toHaveLength(before);
  harness.client.close();
});
