import { beforeEach, describe, expect, test } from 'vitest';
import { sealed } from './envelope.ts';
import { BEAT_MS, GONE_MS } from './members.ts';
import { SECRET, VirtualNodes } from './testing/virtual-nodes.ts';

let nodes: VirtualNodes;
beforeEach(() => {
  nodes = new VirtualNodes();
});

/** An entry of bucket `nodes` as somebody might write it. */
const entryOf = (key: string, node: string, instance: string, body: unknown, at = Date.UTC(2024, 0, 1)) =>
  sealed(SECRET, `nodes/${key}`, { node, instance, at, kind: 'node', body });
const WORD = { host: 'h', inService: true, inMaintenance: false, version: '1', ports: {} };

describe('members', () => {
  test('know each other, and what each says of itself, at once', async () => {
    const [a, b, c] = await nodes.start('a', 'b', 'c');
    expect([a?.living(), b?.living(), c?.living()]).toEqual([
      ['b', 'c'],
      ['a', 'c'],
      ['a', 'b'],
    ]);
    expect(a?.cluster.members.isCurrent).toBe(true);
    expect(a?.cluster.members.living()[0]).toMatchObject({
      name: 'b',
      instance: 'b.1',
      host: 'b.example.com',
      inService: false,
      version: '1',
    });
    let changes = 0;
    a?.cluster.members.onChange(() => changes++);
    b?.cluster.members.say({ inService: true });
    await nodes.pass(0);
    expect(a?.cluster.members.living()[0]?.inService).toBe(true);
    expect(changes).toBe(1);
    await nodes.pass(60_000);
    // Heartbeats are no news.
    expect(changes).toBe(1);
    expect([a?.living(), a?.problems]).toEqual([['b', 'c'], []]);
  });

  test('alone, have seen nobody', async () => {
    const [a] = await nodes.start('a');
    expect([a?.cluster.members.isCurrent, a?.cluster.members.hasSeenOthers, a?.living()]).toEqual([
      true,
      false,
      [],
    ]);
  });

  test('that say goodbye are gone at once; that die, after 10 s', async () => {
    const [a, b, c] = await nodes.start('a', 'b', 'c');
    await nodes.done(b?.cluster.members.stop() as Promise<void>);
    expect(a?.living()).toEqual(['c']);
    // No goodbye: it is cut off for ever.
    c?.fabric.cut(true);
    await nodes.pass(GONE_MS - BEAT_MS - 200);
    expect(a?.living()).toEqual(['c']);
    await nodes.pass(BEAT_MS + 400);
    expect(a?.living()).toEqual([]);
    expect([a?.cluster.members.hasSeenOthers, a?.cluster.members.isLiving('c', 'c.1')]).toEqual([
      true,
      false,
    ]);
  });

  test('that say something else right before their goodbye are gone at once, too', async () => {
    const [a, b] = await nodes.start('a', 'b');
    b?.cluster.members.say({ inService: true });
    const stopped = b?.cluster.members.stop() as Promise<void>;
    await nodes.done(stopped);
    expect([a?.living(), [...nodes.hub.entries('nodes')].map(({ key }) => key)]).toEqual([[], ['a']]);
  });

  test('cut off, keep whom they knew, and say that it is not the present truth', async () => {
    const [a, b] = await nodes.start('a', 'b');
    a?.fabric.cut(true);
    await nodes.pass(60_000);
    expect([a?.living(), a?.cluster.members.isCurrent]).toEqual([['b'], false]);
    expect(b?.living()).toEqual([]);
    a?.fabric.cut(false);
    await nodes.pass(100);
    expect([a?.living(), a?.cluster.members.isCurrent, b?.living()]).toEqual([['b'], true, ['a']]);
    expect(a?.cluster.members.name).toBe('ours');
  });

  test('that come back to an engine without its data hold nobody for gone who comes back, too', async () => {
    const [a, b] = await nodes.start('a', 'b');
    for (const node of [a, b]) node?.fabric.cut(true);
    await nodes.pass(30_000);
    nodes.hub.empty('nodes');
    let wereGone = false;
    a?.cluster.members.onChange(() => {
      wereGone ||= a.cluster.members.isCurrent && a.living().length === 0;
    });
    a?.fabric.cut(false);
    await nodes.pass(5_000);
    expect([a?.living(), a?.cluster.members.isCurrent]).toEqual([['b'], true]);
    b?.fabric.cut(false);
    await nodes.pass(20_000);
    expect([a?.living(), b?.living(), wereGone]).toEqual([['b'], ['a'], false]);
  });

  test('that do not come back with it are gone 10 s after it', async () => {
    const [a, b] = await nodes.start('a', 'b');
    for (const node of [a, b]) node?.fabric.cut(true);
    await nodes.pass(30_000);
    a?.fabric.cut(false);
    await nodes.pass(GONE_MS - 200);
    expect(a?.living()).toEqual(['b']);
    await nodes.pass(400);
    expect(a?.living()).toEqual([]);
  });

  test('write their entry again as soon as somebody has emptied the bucket by hand, and nobody is gone', async () => {
    const [a, b] = await nodes.start('a', 'b');
    let changes = 0;
    a?.cluster.members.onChange(() => changes++);
    nodes.hub.empty('nodes');
    await nodes.pass(0);
    expect([...nodes.hub.entries('nodes')].map(({ key }) => key).sort()).toEqual(['a', 'b']);
    await nodes.pass(30_000);
    expect([a?.living(), b?.living(), changes]).toEqual([['b'], ['a'], 0]);
  });

  test('write over what somebody else has put into their place', async () => {
    const [a, b] = await nodes.start('a', 'b');
    nodes.hub.write('nodes', 'a', Buffer.from('rubbish'));
    await nodes.pass(0);
    const { value } = nodes.hub.entry('nodes', 'a') ?? {};
    expect(b?.cluster.open('nodes/a', value ?? new Uint8Array())).toMatchObject({ instance: 'a.1' });
    await nodes.pass(BEAT_MS);
    expect([a?.cluster.members.name, b?.living()]).toEqual(['ours', ['a']]);
    expect(a?.cluster.refusals.counts).toMatchObject({ unreadable: expect.any(Number) });
  });
});

describe('a name', () => {
  test('that a living process has is refused to another one with one plain sentence', async () => {
    const [a] = await nodes.start('a');
    const second = nodes.process('a', 'a.2');
    await expect(nodes.done(second.cluster.members.start())).rejects.toThrow(
      'another process is the node a already.',
    );
    expect([second.cluster.members.name, a?.cluster.members.name]).not.toContain('unknown');
    expect(a?.cluster.members.name).toBe('ours');
    await nodes.pass(30_000);
    expect([a?.cluster.members.name, a?.problems]).toEqual(['ours', []]);
  });

  test('that a dead process had is taken as soon as its entry has ended', async () => {
    const [a, b] = await nodes.start('a', 'b');
    a?.fabric.cut(true);
    const second = nodes.process('a', 'a.2');
    const from = nodes.clock.monotonic();
    await nodes.done(second.cluster.members.start());
    expect(nodes.clock.monotonic() - from).toBeLessThanOrEqual(GONE_MS + 1_000);
    await nodes.pass(0);
    expect([second.cluster.members.name, second.living()]).toEqual(['ours', ['b']]);
    expect(b?.cluster.members.isLiving('a', 'a.2')).toBe(true);
    expect(b?.cluster.members.isLiving('a', 'a.1')).toBe(false);
  });

  test('is free at once when its process has said goodbye', async () => {
    const [a] = await nodes.start('a');
    await nodes.done(a?.cluster.members.stop() as Promise<void>);
    const second = nodes.process('a', 'a.2');
    const from = nodes.clock.monotonic();
    await nodes.done(second.cluster.members.start());
    expect(nodes.clock.monotonic() - from).toBeLessThan(1_000);
  });

  test('that another process took in a cut is not written over while that one lives, and both are told', async () => {
    const [a, b] = await nodes.start('a', 'b');
    a?.fabric.cut(true);
    await nodes.pass(GONE_MS + 1_000);
    const second = nodes.process('a', 'a.2');
    await nodes.done(second.cluster.members.start());
    a?.fabric.cut(false);
    await nodes.pass(30_000);
    expect([a?.cluster.members.name, second.cluster.members.name]).toEqual(['taken', 'ours']);
    expect(a?.problems).toEqual([expect.stringContaining('Another process is the node a, too.')]);
    expect(b?.cluster.members.isLiving('a', 'a.2')).toBe(true);
    expect(await nodes.done(a?.cluster.leases.take('x') as Promise<boolean>)).toBe(false);
    await nodes.done(second.cluster.members.stop());
    await nodes.pass(BEAT_MS);
    expect([a?.cluster.members.name, a?.infos]).toEqual(['ours', ['This process is the node a again.']]);
  });

  test('is taken later where the engine is out of reach at the start', async () => {
    const a = nodes.process('a');
    a.fabric.cut(true);
    await nodes.done(a.cluster.members.start());
    await nodes.pass(5_000);
    expect([a.cluster.members.name, a.cluster.members.isCurrent]).toEqual(['unknown', false]);
    a.fabric.cut(false);
    await nodes.pass(0);
    expect([a.cluster.members.name, a.cluster.members.isCurrent]).toEqual(['ours', true]);
  });
});

describe('of an entry', () => {
  test.each([
    ['of another version', 'unknown version', (key: string) => versioned(`nodes/${key}`)],
    ['with an impossible clock', 'impossible clock', (key: string) => entryOf(key, key, 'x', WORD, 1e15)],
    ['in another’s name', 'another’s name', (key: string) => entryOf(key, 'b', 'x', WORD)],
    ['sealed for another place', 'not one of ours', () => entryOf('y', 'x', 'x', WORD)],
    ['that says nothing', 'malformed', (key: string) => entryOf(key, key, 'x', { host: 1 })],
    ['that is none', 'unreadable', () => Buffer.from('{}')],
  ] as const)('%s nothing is believed, and the reason is told once a minute', async (_, reason, make) => {
    const [a] = await nodes.start('a', 'b');
    for (let times = 0; times < 5; times++) {
      nodes.hub.write('nodes', 'x', make('x'));
      await nodes.pass(0);
    }
    expect(a?.living()).toEqual(['b']);
    expect(a?.cluster.refusals.counts).toEqual({ [reason]: 5 });
    expect(a?.problems).toEqual([expect.stringMatching(`"nodes/x".* was refused: ${reason}\\.`)]);
    await nodes.pass(61_000);
    nodes.hub.write('nodes', 'x', make('x'));
    await nodes.pass(0);
    expect(a?.problems).toHaveLength(2);
  });
});

describe('an entry that somebody puts back', () => {
  test('brings nobody to life who has died, and is written over by who lives', async () => {
    const [a, b] = await nodes.start('a', 'b');
    const old = nodes.hub.entry('nodes', 'b')!.value;
    await nodes.pass(BEAT_MS);
    nodes.hub.write('nodes', 'b', old);
    await nodes.pass(BEAT_MS);
    expect([a?.living(), b?.cluster.members.name]).toEqual([['b'], 'ours']);
    expect(nodes.hub.entry('nodes', 'b')!.value).not.toEqual(old);
    const last = nodes.hub.entry('nodes', 'b')!.value;
    b?.fabric.cut(true);
    for (let waited = 0; waited < GONE_MS + BEAT_MS; waited += 1_000) {
      nodes.hub.write('nodes', 'b', waited % BEAT_MS === 0 ? old : last);
      await nodes.pass(1_000);
    }
    // It is there all the time.
    expect(nodes.hub.entry('nodes', 'b')).toBeDefined();
    expect([a?.living(), a?.cluster.members.isCurrent]).toEqual([[], true]);
    expect(a?.problems).toContainEqual(expect.stringContaining('"nodes/b" of "b" was refused: played back.'));
    b?.fabric.cut(false);
    await nodes.pass(BEAT_MS);
    expect(a?.living()).toEqual(['b']);
  });
});

describe('a node that cannot be understood', () => {
  test('is not gone where it was known, and nobody is sure of who lives while it is there', async () => {
    const [a, b] = await nodes.start('a', 'b');
    for (let beat = 0; beat < 10; beat++) {
      // As one whose clock has been set to 1970, or that has been upgraded, writes its entry.
      const entry = nodes.hub.entry('nodes', 'b');
      b?.fabric.cut(true);
      nodes.hub.write('nodes', 'b', entryOf('b', 'b', 'b.1', WORD, 1_000));
      expect(entry).toBeDefined();
      await nodes.pass(BEAT_MS);
    }
    expect([a?.living(), a?.cluster.members.isCurrent]).toEqual([['b'], false]);
    expect([...(a?.cluster.members.strangers ?? [])]).toEqual([['b', 'impossible clock']]);
    b?.fabric.cut(false);
    await nodes.pass(BEAT_MS);
    expect([a?.living(), a?.cluster.members.isCurrent]).toEqual([['b'], true]);
  });

  test('and was never known keeps the others from being sure until its entry has ended', async () => {
    const [a] = await nodes.start('a', 'b');
    let changes = 0;
    a?.cluster.members.onChange(() => changes++);
    nodes.hub.write('nodes', 'x', versioned('nodes/x'));
    await nodes.pass(0);
    expect([a?.living(), a?.cluster.members.isCurrent]).toEqual([['b'], false]);
    await nodes.pass(GONE_MS + 100);
    expect([a?.living(), a?.cluster.members.isCurrent, changes]).toEqual([['b'], true, 2]);
  });
});

describe('a clock', () => {
  test('that is off by more than 5 s is told, once, and that it is right again', async () => {
    const [a] = await nodes.start('a');
    const b = nodes.process('b', 'b.1', 8_000);
    await nodes.done(b.cluster.members.start());
    await nodes.pass(30_000);
    expect(a?.cluster.members.living()[0]?.clockOffsetMs).toBe(8_000);
    expect(a?.problems).toEqual(['The clock of the node b differs from this one by 8 s. Set both by NTP.']);
    expect(b.problems).toEqual(['The clock of the node a differs from this one by -8 s. Set both by NTP.']);
    expect(a?.living()).toEqual(['b']);
    await nodes.done(b.cluster.members.stop());
    const right = nodes.process('b', 'b.2', 1_000);
    await nodes.done(right.cluster.members.start());
    await nodes.pass(10_000);
    expect(a?.problems).toHaveLength(1);
  });

  test('is not taken for wrong because of what arrives late, all at once, after a standstill', async () => {
    const [a] = await nodes.start('a', 'b');
    await nodes.pass(10_000);
    const instance = a?.cluster.members.living()[0]?.instance ?? '';
    const now = nodes.clock.now();
    for (let late = 20_000; late >= 0; late -= BEAT_MS)
      nodes.hub.write('nodes', 'b', entryOf('b', 'b', instance, WORD, now - late));
    await nodes.pass(100);
    expect(a?.problems).toEqual([]);
    expect(a?.cluster.members.living()[0]?.clockOffsetMs).toBe(0);
  });
});

/** A message of a version to come, under the right MAC. */
function versioned(place: string): Uint8Array {
  const envelope = { node: 'x', instance: 'x', at: Date.UTC(2024, 0, 1), kind: 'node', body: WORD };
  // Later keys win, as the version does here.
  return sealed(SECRET, place, { ...envelope, v: 99 } as never);
}
