/** A WebSocket that cannot be opened, and BOSH in its place. */
import { afterEach, describe, expect, test } from 'vitest';
import { Harness, rejection } from '../test/harness.ts';
import { settle, updateXml, userXml } from '../test/wire-texts.ts';
import type { PoiseClientOptions } from './index.ts';

const NODE = '/finesse/api/User/2001';
let harness: Harness;
afterEach(() => harness.client.close());

/** Nobody chose the transport. */
function make(options: Partial<PoiseClientOptions> = {}): Harness {
  harness = new Harness({ transport: undefined, ...options } as Partial<PoiseClientOptions>);
  return harness;
}

const breakLine = async () => {
  harness.server.isUnreachable = true;
  harness.client.reconnect('test');
  await settle();
  harness.server.isUnreachable = false;
};

describe('where a proxy refuses the WebSocket', () => {
  test('the same attempt goes on over BOSH, and later ones begin with it', async () => {
    make().server.refusesUpgrade = true;
    await harness.connect();
    expect(harness.client.transport).toBe('bosh');
    expect(harness.server.sockets).toHaveLength(1);
    harness.server.publish(NODE, updateXml(userXml('READY'), ''));
    await settle();
    expect(harness.updates).toHaveLength(1);
    await breakLine();
    await harness.pass(8_000, 1_000);
    expect(harness.statuses.slice(-2)).toEqual(['connected', 'recovered']);
    expect(harness.server.sockets).toHaveLength(1);
    harness.client.close();
    await harness.pass(60_000);
    expect(harness.clock.pending).toBe(0);
  });

  test('a handshake that nobody answers is given up after 8 s', async () => {
    make().server.isBlackHole = true;
    const connected = harness.client.connect();
    await settle();
    await harness.pass(7_999);
    expect(harness.server.bosh.bodies).toHaveLength(0);
    await harness.pass(1);
    await connected;
    expect(harness.client.transport).toBe('bosh');
  });

  test('closing meanwhile closes what took its place', async () => {
    make().server.refusesUpgrade = true;
    await harness.connect();
    harness.client.close();
    await settle();
    expect(harness.server.bosh.terminated).toBe(1);
    expect(harness.clock.pending).toBe(0);
  });

  test('a wrong password is one over BOSH, too', async () => {
    make({ password: 'wrong' }).server.refusesUpgrade = true;
    expect(await rejection(harness.client.connect())).toMatchObject({ status: 401 });
  });

  test.each<[string, Partial<PoiseClientOptions>]>([
    ['a caller who chose the WebSocket', { transport: 'websocket' }],
    ['a caller who said where the WebSocket is', { notificationUrl: 'ws://127.0.0.1:8082/ws/' }],
  ])('%s hears that it cannot be opened', async (_title, options) => {
    make(options).server.refusesUpgrade = true;
    expect(await rejection(harness.client.connect())).toMatchObject({ status: 0 });
    expect(harness.server.bosh.bodies).toHaveLength(0);
  });
});

test('a WebSocket that was open once is no matter for BOSH', async () => {
  await make().connect();
  harness.server.refusesUpgrade = true;
  harness.client.reconnect('test');
  await settle();
  await harness.pass(60_000, 1_000);
  expect(harness.server.bosh.bodies).toHaveLength(0);
  harness.server.refusesUpgrade = false;
  await harness.pass(8_000, 1_000);
  expect(harness.statuses.slice(-2)).toEqual(['connected', 'recovered']);
  expect(harness.client.transport).toBe('websocket');
});

test('where BOSH is refused, too, the WebSocket is tried first again', async () => {
  make().server.refusesUpgrade = true;
  harness.server.bosh.fault = () => 'status 502';
  const refused = rejection(harness.client.connect());
  await settle();
  await harness.pass(30_000, 500);
  expect(await refused).toMatchObject({ status: 0 });
  harness.server.refusesUpgrade = false;
  await harness.connect();
  expect(harness.client.transport).toBe('websocket');
});
