import { describe, expect, test } from 'vitest';
import { Harness } from '../test/harness.ts';
import { settle, updateXml, userXml } from '../test/wire-texts.ts';
import { KeepAlive } from './keep-alive.ts';

async function behindProxy(cutsAfterMs: number): Promise<Harness & { lines: string[] }> {
  const harness = Object.assign(new Harness({ transport: 'websocket' }), { lines: [] as string[] });
  harness.server.cutsAfterMs = cutsAfterMs;
  harness.client.on('log', (line) => void (line.includes('of silence') && harness.lines.push(line)));
  await harness.connect();
  return harness;
}
const losses = ({ statuses }: Harness) => statuses.filter((status) => status === 'disconnected').length;

describe('a proxy that cuts connections', () => {
  test.each([
    [5_000, 3_000],
    [3_000, 1_800],
    [2_000, 1_200],
    [1_300, 1_000],
  ])(
    'after %i ms of silence: the second time it is known, and pings come every %i ms',
    async (cuts, pings) => {
      const harness = await behindProxy(cuts);
      await harness.pass(600_000, 100);
      expect(losses(harness)).toBe(2);
      expect(harness.client.connected).toBe(true);
      expect(harness.lines).toEqual([
        `127.0.0.1: connections end after ${cuts} ms of silence: pings from now on after ${pings} ms`,
      ]);
      const { sent } = harness.server.sockets.at(-1)!;
      const count = sent.filter((frame) => frame.includes('urn:xmpp:ping')).length;
      expect(Math.abs((count * pings) / 600_000 - 1)).toBeLessThan(0.1);
      harness.client.close();
      expect(harness.clock.pending).toBe(0);
    },
  );

  test('after less than a second: pings never come oftener than once a second', async () => {
    const harness = await behindProxy(700);
    await harness.pass(60_000, 100);
    expect(losses(harness)).toBeGreaterThan(2);
    expect(harness.lines).toHaveLength(1);
    expect(harness.lines[0]).toContain('after 1000 ms');
    harness.client.close();
  });

  test('without a word: a server that answers over others shows it, and pings come earlier from the second time on', async () => {
    const harness = await behindProxy(Number.POSITIVE_INFINITY);
    const forget = async (): Promise<void> => {
      await harness.pass(5_000);
      harness.server.dieSilently();
      await harness.pass(10_000);
    };
    await forget();
    expect([losses(harness), harness.lines.length]).toEqual([1, 0]);
    await forget();
    expect([losses(harness), harness.lines.length]).toEqual([2, 1]);
    expect(harness.lines[0]).toContain('pings from now on after 3600 ms');
    harness.client.close();
  });
});

describe('pings stay as they are', () => {
  const cutAfter = async (harness: Harness, silenceMs: number, code?: number): Promise<void> => {
    await harness.pass(silenceMs, 100);
    harness.server.sockets.at(-1)!.drop(code);
    await settle();
  };

  test.each([
    ['after losses whose silences differ', [3_000, 2_000, 4_000, 1_000], undefined],
    ['after losses in the middle of a word', [0, 0, 100, 0], undefined],
    ['after goodbyes of the server', [3_000, 3_000, 3_000, 3_000], 1001],
  ])('%s', async (_title, silences, code) => {
    const harness = await behindProxy(Number.POSITIVE_INFINITY);
    for (const silence of silences) {
      await cutAfter(harness, silence, code);
      await harness.pass(1_000);
    }
    expect(losses(harness)).toBe(4);
    expect(harness.lines).toEqual([]);
    harness.client.close();
  });

  test('after losses of a server that is away afterwards', async () => {
    const harness = await behindProxy(Number.POSITIVE_INFINITY);
    for (let time = 0; time < 4; time++) {
      await harness.pass(3_000, 100);
      harness.server.isUnreachable = true;
      harness.server.sockets.at(-1)!.drop();
      await settle();
      await harness.pass(1_000);
      harness.server.isUnreachable = false;
      await harness.pass(2_000);
      expect(harness.client.connected).toBe(true);
    }
    expect(harness.lines).toEqual([]);
    harness.client.close();
  });

  test('after losses of connections that had held for long', async () => {
    const harness = await behindProxy(Number.POSITIVE_INFINITY);
    for (let time = 0; time < 3; time++) {
      for (let word = 0; word < 30; word++) {
        harness.server.publish('/finesse/api/User/2001', updateXml(userXml('READY'), ''));
        await harness.pass(3_000, 100);
      }
      harness.server.sockets.at(-1)!.drop();
      await harness.pass(1_000);
    }
    expect(losses(harness)).toBe(3);
    expect(harness.lines).toEqual([]);
    harness.client.close();
  });
});

test('whoever pings oftener of his own accord goes on doing so', () => {
  const keepAlive = new KeepAlive(500);
  for (let time = 0; time < 3; time++) keepAlive.cut({ silenceMs: 3_000, lifeMs: 3_000 });
  expect(keepAlive.intervalMs).toBe(500);
});
