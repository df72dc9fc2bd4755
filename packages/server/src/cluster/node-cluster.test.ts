import { beforeEach, describe, expect, test } from 'vitest';
import type { Notice } from './cluster.ts';
import { ENVELOPE_BYTES_MAX, sealed } from './envelope.ts';
import { GONE_MS } from './members.ts';
import { SECRET, type VirtualNode, VirtualNodes } from './testing/virtual-nodes.ts';

let nodes: VirtualNodes;
beforeEach(() => {
  nodes = new VirtualNodes();
});

function heardBy({ cluster }: VirtualNode, topic = '>'): Notice[] {
  const heard: Notice[] = [];
  cluster.hear(topic, (notice) => heard.push(notice));
  return heard;
}

describe('what one node tells', () => {
  test('all others hear, with who told it', async () => {
    const [a, b, c] = await nodes.start('a', 'b', 'c');
    const heard = [heardBy(a!), heardBy(b!), heardBy(c!, 'request.>')];
    a!.cluster.tell('request.user.1001', 'sent', { requestId: 'r' });
    a!.cluster.tell('notice.message', 'sent', 7);
    await nodes.pass(0);
    const request = {
      topic: 'request.user.1001',
      node: 'a',
      instance: 'a.1',
      kind: 'sent',
      body: { requestId: 'r' },
    };
    const message = { ...request, topic: 'notice.message', body: 7 };
    expect(heard).toEqual([[], [request, message], [request]]);
  });

  test('and is too long, nobody hears, and the operator is told', async () => {
    const [a, b] = await nodes.start('a', 'b');
    const heard = heardBy(b!);
    a!.cluster.tell('notice.message', 'sent', 'x'.repeat(ENVELOPE_BYTES_MAX));
    a!.cluster.tell('notice.message', 'sent', 'short');
    await nodes.pass(0);
    expect(heard.map(({ body }) => body)).toEqual(['short']);
    expect(a!.problems).toEqual([expect.stringContaining('The other nodes were not told')]);
  });
});

describe('a message', () => {
  const envelope = (more: object) => ({
    node: 'x',
    instance: 'x.1',
    at: Date.UTC(2024, 0, 1),
    kind: 'k',
    body: 1,
    ...more,
  });
  const sealedFor = (topic: string, more: object, secret = SECRET) =>
    sealed(secret, topic, envelope(more) as never);

  test.each([
    ['of a version to come', 'unknown version', () => sealedFor('t', { v: 2 })],
    ['of a clock before 2020', 'impossible clock', () => sealedFor('t', { at: 0 })],
    ['of a clock after 2100', 'impossible clock', () => sealedFor('t', { at: 1e14 })],
    ['under another secret', 'not one of ours', () => sealedFor('t', {}, 'guessed')],
    ['that was told of another topic', 'not one of ours', () => sealedFor('u', {})],
    ['of no form', 'unreadable', () => sealedFor('t', { kind: 5 })],
    ['that is rubbish', 'unreadable', () => Uint8Array.of(1, 2, 3)],
    ['that is empty', 'unreadable', () => new Uint8Array()],
    ['without end', 'too long', () => new Uint8Array(ENVELOPE_BYTES_MAX + 1)],
    ['of a second process under the name of b', 'another’s name', () => sealedFor('t', { node: 'b' })],
    ['under our own name', 'another’s name', () => sealedFor('t', { node: 'a' })],
  ] as const)('%s is refused, counted, and logged once a minute', async (_, reason, make) => {
    const [a, b] = await nodes.start('a', 'b');
    const heard = heardBy(a!, 't');
    for (let times = 0; times < 3; times++) b!.fabric.bus.publish('t', make());
    b!.cluster.tell('t', 'k', 'right');
    await nodes.pass(0);
    expect(heard.map(({ body }) => body)).toEqual(['right']);
    expect(a!.cluster.refusals.counts).toEqual({ [reason]: 3 });
    expect(a!.problems).toEqual([expect.stringContaining(`was refused: ${reason}.`)]);
  });

  test.each([
    ['unknown version', { v: 2 }, 'unknown version'],
    ['impossible clock', { at: 0 }, 'unreadable'],
  ] as const)('of one who knows the secret names him when it is refused: %s', async (reason, more, last) => {
    const [a] = await nodes.start('a');
    heardBy(a!, 't');
    const others = nodes.hub.join();
    for (const node of ['x', 'y', 'x', 5]) others.bus.publish('t', sealedFor('t', { ...more, node }));
    await nodes.pass(0);
    expect(a!.problems).toEqual([
      expect.stringContaining(`"t" of "x" was refused: ${reason}.`),
      expect.stringContaining(`"t" of "y" was refused: ${reason}.`),
      // Of no name.
      expect.stringContaining(`"t" was refused: ${last}.`),
    ]);
  });

  test('that somebody recorded and plays back is refused, by those who heard it and by who came since', async () => {
    const [a, b] = await nodes.start('a', 'b');
    const heard = heardBy(a!, 't');
    const recorded: Uint8Array[] = [];
    a!.fabric.bus.subscribe('t', (bytes) => recorded.push(bytes));
    for (const body of [1, 2]) b!.cluster.tell('t', 'k', body);
    await nodes.pass(3_000);
    const [c] = await nodes.start('c');
    const theirs = heardBy(c!, 't');
    const thief = nodes.hub.join();
    for (const bytes of recorded.slice(0, 2)) thief.bus.publish('t', bytes);
    b!.cluster.tell('t', 'k', 3);
    await nodes.pass(0);
    expect(heard.map(({ body }) => body)).toEqual([1, 2, 3]);
    expect(theirs.map(({ body }) => body)).toEqual([3]);
    for (const { cluster, problems } of [a!, c!]) {
      expect(cluster.refusals.counts).toEqual({ 'played back': 2 });
      expect(problems).toEqual([expect.stringContaining('"t" of "b" was refused: played back.')]);
    }
  });

  test('is heard by each who listens, though they are two of one node', async () => {
    const [a, b] = await nodes.start('a', 'b');
    const heard = [heardBy(a!, 't'), heardBy(a!, '>')];
    b!.cluster.tell('t', 'k', 1);
    await nodes.pass(0);
    expect(heard.map(({ length }) => length)).toEqual([1, 1]);
  });

  test('of a node that is not known yet is heard, and of one whose process died before it', async () => {
    const [a, b] = await nodes.start('a', 'b');
    const heard = heardBy(a!, 't');
    b!.fabric.bus.publish('t', sealedFor('t', {}));
    await nodes.pass(0);
    b!.fabric.cut(true);
    await nodes.pass(GONE_MS + 1_000);
    nodes.process('b', 'b.2').cluster.tell('t', 'k', 2);
    await nodes.pass(0);
    expect(heard.map(({ node, instance }) => [node, instance])).toEqual([
      ['x', 'x.1'],
      ['b', 'b.2'],
    ]);
  });
});

test('a value is opened at its own place alone', async () => {
  const [a, b] = await nodes.start('a', 'b');
  const value = a!.cluster.seal('presence/1001.a', 'presence', { phase: 'present' });
  expect(b!.cluster.open('presence/1001.a', value)).toEqual({
    topic: 'presence/1001.a',
    node: 'a',
    instance: 'a.1',
    kind: 'presence',
    body: { phase: 'present' },
  });
  expect(b!.cluster.open('presence/1002.a', value)).toBeUndefined();
  expect(b!.cluster.refusals.counts).toEqual({ 'not one of ours': 1 });
});
