/** More than two nodes: SystemInfo names two of them, `GET /poise/api/nodes` all. */
import { VirtualClock } from '@poise/clock';
import { afterEach, expect, test } from 'vitest';
import { FakePoise, FakeSocket } from '../test/fake-poise.ts';
import { settle } from '../test/wire-texts.ts';
import { PoiseClient } from './client.ts';
import { hostsIn } from './node-address.ts';
import type { WebSocketConstructor } from './platform.ts';

let client: PoiseClient;
afterEach(() => client?.close());

/** A client that is connected to the first of three nodes. */
async function three(tells = true) {
  const clock = new VirtualClock();
  const nodes = [1, 2, 3].map((number) => new FakePoise(clock, `127.0.0.${number}`));
  const [a, b, c] = nodes as [FakePoise, FakePoise, FakePoise];
  for (const node of nodes) {
    node.primaryNode = node === a ? b.host : a.host;
    node.secondaryNode = node.host;
    if (tells) node.nodes = nodes.map(({ host }) => ({ name: host, host, state: 'IN_SERVICE' }));
  }
  const at = (url: string) => nodes.find(({ host }) => host === new URL(url).hostname)!;
  client = new PoiseClient({
    baseUrl: 'http://127.0.0.1:8082',
    user: '2001',
    password: 'secret',
    fetch: (url, init) => at(url).fetch(url, init),
    WebSocket: class extends FakeSocket {
      constructor(url: string, protocols: string[]) {
        super(url, protocols, at(url));
      }
    } as WebSocketConstructor,
    clock,
    random: () => 1,
  });
  const pass = async (ms: number) => {
    for (let passed = 0; passed < ms; passed += 1_000) {
      clock.advance(1_000);
      await settle();
    }
  };
  const kill = async (...dead: FakePoise[]) => {
    for (const node of dead) {
      node.isUnreachable = true;
      for (const socket of node.sockets) if (!socket.isClosed) socket.drop();
    }
    await settle();
  };
  const connected = client.connect();
  await settle();
  await connected;
  // Nodes are asked for within 10 s.
  await pass(11_000);
  return { a, b, c, pass, kill };
}

test('where the node that SystemInfo names is dead, too, the next one takes over in the same round', async () => {
  const { a, b, pass, kill } = await three();
  await kill(a, b);
  await pass(7_000);
  expect(client.host).toBe('127.0.0.3');
});

test('of a server that does not tell, the node that SystemInfo names is known', async () => {
  const { a, b, pass, kill } = await three(false);
  await kill(a, b);
  await pass(60_000);
  expect(client.host).toBe('127.0.0.1');
  b.isUnreachable = false;
  await pass(20_000);
  expect(client.host).toBe('127.0.0.2');
});

test('a client moves from node to node while one lives', async () => {
  const { a, b, c, pass, kill } = await three();
  await kill(a);
  await pass(20_000);
  expect(client.host).toBe(b.host);
  a.isUnreachable = true;
  await kill(b);
  await pass(30_000);
  expect(client.host).toBe(c.host);
});

test('what a server says of its nodes is taken for nothing but hosts', () => {
  const nodes = [
    { host: 'gone', state: 'GONE' },
    { host: 'new', state: 'something new' },
    { host: 'here', state: 'IN_SERVICE' },
    { host: 7, state: 'IN_SERVICE' },
    null,
    { host: 'maybe', state: 'UNKNOWN' },
  ];
  expect(hostsIn({ nodes })).toEqual(['here', 'maybe', 'gone', 'new']);
  for (const answer of [null, undefined, [], 'x', { nodes: 'x' }]) expect(hostsIn(answer)).toEqual([]);
});
