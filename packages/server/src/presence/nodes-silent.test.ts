/** A node that takes no word and refuses no connection: whom it serves is not signed out before his client can know (docs/cluster.md, *Rules*). */
import { describe, expect, test, vi } from 'vitest';
import { type PresenceNode, PresenceNodes } from '../../test/cluster/presence-nodes.ts';

// Much is computed; a busy machine takes its time.
vi.setConfig({ testTimeout: 120_000 });

const GRACE = 60_000;

async function three(noticeMs: number): Promise<PresenceNodes> {
  const centre = new PresenceNodes({ noticeMs });
  for (const name of ['a', 'b', 'c']) await centre.node(name);
  await centre.pass(20_000);
  return centre;
}

describe('a node that falls silent, and whose machine keeps the connections of its clients', () => {
  const NOTICE = 180_000;
  /** 3001 has a session at a, 3002 had one and has left it; a stands still. */
  async function silent(noticeMs: number): Promise<PresenceNodes> {
    const centre = await three(noticeMs);
    const [a] = centre.nodes as [PresenceNode];
    a.arrives('3001');
    a.arrives('3002');
    centre.signsIn('3001', '3002');
    await centre.pass(10_000);
    a.leaves('3002');
    await centre.pass(1_000);
    a.stand(true);
    return centre;
  }

  test('nobody is signed out whose client notices after 147 s and moves then', async () => {
    const centre = await silent(NOTICE);
    await centre.pass(170_000);
    (centre.nodes[1] as PresenceNode).arrives('3001');
    await centre.pass(5 * NOTICE);
    expect(centre.signOuts.map(({ loginId }) => loginId)).toEqual(['3002']);
    expect(centre.wrong).toEqual([]);
  });

  test('who does not come is signed out, once; who had left before, after his grace period', async () => {
    const centre = await silent(NOTICE);
    const fell = centre.clock.monotonic();
    centre.lost(centre.nodes[0] as PresenceNode);
    await centre.pass(5 * NOTICE);
    const after = (loginId: string) => centre.signOuts.find((one) => one.loginId === loginId)!.at - fell;
    expect(centre.signOuts).toHaveLength(2);
    expect(after('3002')).toBeLessThan(18_000 + GRACE);
    expect(after('3001')).toBeGreaterThan(NOTICE);
    expect(after('3001')).toBeLessThan(NOTICE + 50_000);
    expect(centre.wrong).toEqual([]);
  });

  test('when it dies after all, and its host refuses, the grace period is enough', async () => {
    const centre = await silent(NOTICE);
    const fell = centre.clock.monotonic();
    await centre.pass(30_000);
    (centre.nodes[0] as PresenceNode).kill();
    await centre.pass(5 * NOTICE);
    const { at } = centre.signOuts.find(({ loginId }) => loginId === '3001')!;
    expect(at - fell).toBeLessThan(35_000 + 2 * GRACE);
  });

  test('when the node that took its users over dies, too, the next one knows as much', async () => {
    const centre = await silent(NOTICE);
    const fell = centre.clock.monotonic();
    centre.lost(centre.nodes[0] as PresenceNode);
    await centre.pass(40_000);
    const [, b, c] = centre.nodes as [PresenceNode, PresenceNode, PresenceNode];
    const heir = b.watch.isHere('3001') ? b : c;
    heir.kill();
    await centre.pass(120_000);
    expect(centre.signOuts.filter(({ loginId }) => loginId === '3001')).toEqual([]);
    await centre.pass(5 * NOTICE);
    const { at } = centre.signOuts.find(({ loginId }) => loginId === '3001')!;
    expect(at - fell).toBeGreaterThan(NOTICE);
    expect(at - fell).toBeLessThan(NOTICE + 50_000);
    expect(centre.signOuts.filter(({ loginId }) => loginId === '3001')).toHaveLength(1);
    expect(centre.wrong).toEqual([]);
  });
});
