import { beforeEach, describe, expect, test } from 'vitest';
import { ClusterPart, START_WAIT_MS } from './part.ts';
import { type VirtualNode, VirtualNodes } from './testing/virtual-nodes.ts';

let nodes: VirtualNodes;
beforeEach(() => {
  nodes = new VirtualNodes();
});

/** The part over an engine that is within reach as soon as it is connected, unless it is `away`. */
function partOf(node: VirtualNode, isAway = () => false) {
  node.fabric.cut(true);
  const teller = {
    problem: (text: string) => void node.problems.push(text),
    info: (text: string) => void node.infos.push(text),
  };
  return new ClusterPart({
    clock: nodes.clock,
    cluster: node.cluster,
    teller,
    engine: {
      connect: () => node.fabric.cut(isAway()),
      suspend: async () => node.fabric.cut(true),
      reason: 'connection refused',
      server: '127.0.0.1:4222',
      counts: { dropped: 0, published: 0, heard: 0 },
    },
  });
}

describe('the part of the nodes', () => {
  test('says who lives, and with which clock', async () => {
    const [a, b] = [nodes.process('a'), nodes.process('b', 'b.1', 6_000)];
    const [mine, theirs] = [partOf(a), partOf(b)];
    expect(mine.health()).toMatchObject({ state: 'stopped', ready: false });
    await nodes.done(mine.start());
    await nodes.done(theirs.start());
    b.cluster.members.say({ inService: true });
    await nodes.pass(6_500);
    expect(mine.health()).toEqual({
      state: 'running',
      ready: true,
      detail: {
        node: 'a',
        server: '127.0.0.1:4222',
        nodes: [
          {
            name: 'b',
            host: 'b.example.com',
            inService: true,
            inMaintenance: false,
            version: '1',
            clockOffsetMs: 6_000,
          },
        ],
        living: 2,
        wrongClocks: ['b'],
        refused: {},
        dropped: 0,
        published: 0,
        heard: 0,
      },
    });
    await nodes.done(theirs.stop());
    expect(mine.health().detail).toMatchObject({ living: 1, nodes: [] });
  });

  test('does not start while another process has the name, and lets go of everything', async () => {
    const [first, second] = [nodes.process('a'), nodes.process('a', 'a.2')];
    await nodes.done(partOf(first).start());
    const part = partOf(second);
    await expect(nodes.done(part.start())).rejects.toThrow('another process is the node a already');
    expect([part.health().state, second.fabric.isReachable]).toEqual(['stopped', false]);
    expect(first.problems).toEqual([]);
  });

  test('starts without NATS after 3 s, says so, and that it is back', async () => {
    let isAway = true;
    const a = nodes.process('a');
    const part = partOf(a, () => isAway);
    const from = nodes.clock.monotonic();
    await nodes.done(part.start());
    expect(nodes.clock.monotonic() - from).toBeGreaterThanOrEqual(START_WAIT_MS);
    expect(part.health()).toMatchObject({
      state: 'running',
      ready: false,
      reason: 'NATS is out of reach: connection refused.',
    });
    expect(a.problems).toEqual([expect.stringContaining('NATS is out of reach: connection refused.')]);
    isAway = false;
    a.fabric.cut(false);
    await nodes.pass(0);
    expect([part.health().ready, a.infos]).toEqual([true, ['NATS is within reach (127.0.0.1:4222).']]);
    a.fabric.cut(true);
    await nodes.pass(0);
    expect([part.health().ready, a.problems.length]).toEqual([false, 2]);
  });

  test('is not ready where another process took the name in a cut', async () => {
    const [a, second] = [nodes.process('a'), nodes.process('a', 'a.2')];
    const part = partOf(a);
    await nodes.done(part.start());
    a.fabric.cut(true);
    await nodes.pass(11_000);
    await nodes.done(partOf(second).start());
    a.fabric.cut(false);
    await nodes.pass(2_500);
    expect(part.health()).toMatchObject({ ready: false, reason: 'Another process is the node a, too.' });
  });

  test('is not ready where another node cannot be understood, or our own clock is none', async () => {
    const [a, stranger] = [nodes.process('a'), nodes.process('x', 'x.1', 0, 'another secret')];
    const [mine, theirs] = [partOf(a), partOf(stranger)];
    await nodes.done(mine.start());
    await nodes.done(theirs.start());
    expect(mine.health()).toMatchObject({
      ready: false,
      reason:
        'What the node x says of itself was refused: not one of ours. It is not sealed for this place under the node.secret of this node, which must be the same at all nodes. Until then nobody is signed out who may work there.',
    });
    expect(a.problems).toEqual([expect.stringContaining('the node.secret of this node')]);
    await nodes.done(theirs.stop());
    await nodes.pass(11_000);
    expect(mine.health().ready).toBe(true);
    const early = nodes.process('early', 'early.1', -nodes.clock.now());
    const part = partOf(early);
    await nodes.done(part.start());
    expect(part.health()).toMatchObject({
      ready: false,
      reason: 'The clock of this machine is wrong: the other nodes refuse what it says.',
    });
  });

  test('can be stopped and started alone; who listened goes on listening', async () => {
    const [a, b] = [nodes.process('a'), nodes.process('b')];
    const [mine, theirs] = [partOf(a), partOf(b)];
    const heard: unknown[] = [];
    a.cluster.hear('news', ({ body }) => heard.push(body));
    await nodes.done(mine.start());
    await nodes.done(theirs.start());
    await nodes.done(mine.stop());
    await nodes.done(mine.stop());
    expect(b.living()).toEqual([]);
    b.cluster.tell('news', 'k', 1);
    await nodes.pass(0);
    await nodes.done(mine.start());
    await nodes.pass(0);
    b.cluster.tell('news', 'k', 2);
    await nodes.pass(0);
    expect([heard, a.living(), b.living(), mine.health().ready]).toEqual([[2], ['b'], ['a'], true]);
  });
});
