/**
 * Presence over three nodes that die, stand still and are cut off, by chance from a seed: nobody is signed out wrongly, everybody once in the
 * end. With a database that they share, nodes are cut off from each other in every way, and whoever starts knows none of them.
 */
import { expect, test, vi } from 'vitest';
import { type PresenceNode, PresenceNodes } from '../../test/cluster/presence-nodes.ts';

// Much is computed; a busy machine takes its time.
vi.setConfig({ testTimeout: 120_000 });

const NAMES = ['a', 'b', 'c'];
const AGENTS = Array.from({ length: 12 }, (_, n) => String(3001 + n));

/** mulberry32 */
function chanceOf(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4_294_967_296) * below);
  };
}

class Shift {
  readonly centre: PresenceNodes;
  readonly nodes = new Map<string, PresenceNode>();
  readonly at = new Map<string, PresenceNode>();
  readonly chance: (below: number) => number;
  readonly still = new Set<PresenceNode>();
  readonly cut = new Set<PresenceNode>();
  readonly did: string[] = [];

  constructor(seed: number, database: boolean) {
    this.chance = chanceOf(seed);
    this.centre = new PresenceNodes({ database });
  }

  /** From NATS; where there is a database, from the others in every way. */
  cutOff(node: PresenceNode, isCut: boolean): void {
    if (this.centre.database === undefined) node.cut(isCut);
    else node.isolate(isCut);
  }

  any<T>(all: readonly T[]): T | undefined {
    return all[this.chance(all.length)];
  }

  /** Nodes at which somebody can have a session. */
  serving(): PresenceNode[] {
    return [...this.nodes.values()].filter((node) => !this.still.has(node));
  }

  goTo(loginId: string, node: PresenceNode | undefined): void {
    const from = this.at.get(loginId);
    const leave = () => from !== undefined && from !== node && from.leaves(loginId);
    // Either is seen first.
    if (this.chance(2) === 0) leave();
    if (node !== undefined && node !== from) node.arrives(loginId);
    leave();
    if (node === undefined) this.at.delete(loginId);
    else this.at.set(loginId, node);
  }

  /** Everybody leaves it, and goes to another node within the time that clients need, or comes not back. */
  async fled(node: PresenceNode): Promise<void> {
    for (const [loginId, at] of [...this.at])
      if (at === node) this.goTo(loginId, this.any(this.serving().filter((one) => one !== node)));
  }

  async step(): Promise<void> {
    const what = this.chance(12);
    const name = this.any(NAMES)!;
    const node = this.nodes.get(name);
    this.did.push(`${Math.round(this.centre.clock.monotonic())} ${what} ${name}`);
    if (what < 6) {
      const loginId = this.any(AGENTS)!;
      if (this.centre.truth.get(loginId) === 'READY')
        this.goTo(loginId, this.chance(3) === 0 ? undefined : this.any(this.serving()));
    } else if (what === 6 && node !== undefined && !this.still.has(node) && this.serving().length > 1) {
      this.still.add(node);
      node.stand(true);
      await this.fled(node);
    } else if (what <= 8 && node !== undefined && this.still.delete(node)) node.stand(false);
    else if (what === 9 && node !== undefined) {
      if (this.cut.delete(node)) this.cutOff(node, false);
      else {
        this.cut.add(node);
        this.cutOff(node, true);
      }
    } else if (what === 10 && node !== undefined && this.serving().length > 1) {
      this.nodes.delete(name);
      this.still.delete(node);
      this.cut.delete(node);
      const all = [...this.at].filter(([, at]) => at === node).map(([loginId]) => loginId);
      node.kill();
      for (const loginId of all) {
        this.at.delete(loginId);
        if (this.chance(4) > 0) this.goTo(loginId, this.any(this.serving()));
      }
    } else if (what === 11 && node === undefined) await this.begin(name);
    await this.centre.pass(this.any([1, 50, 1_000, 5_000, 20_000, 59_990, 90_000, 200_000])!);
  }

  async begin(name: string): Promise<void> {
    const before = this.centre.nodes.findLast((one) => one.name === name);
    this.nodes.set(
      name,
      await this.centre.node(name, {
        kept: [...(before?.kept.values() ?? [])],
        hosts: this.centre.database === undefined ? NAMES.filter((one) => one !== name) : [],
      }),
    );
  }
}

test.each(
  [false, true].flatMap((database) =>
    Array.from({ length: 20 }, (_, n) => [n + 1, database ? ', with a database' : '', database] as const),
  ),
)('seed %s%s', async (seed, _with, database) => {
  const shift = new Shift(seed, database);
  const { centre } = shift;
  for (const name of NAMES) await shift.begin(name);
  await centre.pass(20_000);
  for (const loginId of AGENTS) shift.goTo(loginId, shift.any(shift.serving()));
  centre.signsIn(...AGENTS);
  for (let k = 0; k < 60; k++) {
    await shift.step();
    expect(centre.wrong, shift.did.join('\n')).toEqual([]);
  }
  // All is well again, and everybody goes home.
  for (const node of shift.still) node.stand(false);
  for (const node of shift.cut) shift.cutOff(node, false);
  for (const name of NAMES) if (!shift.nodes.has(name)) await shift.begin(name);
  await centre.pass(60_000);
  for (const loginId of [...shift.at.keys()]) shift.goTo(loginId, undefined);
  await centre.pass(1_200_000);
  expect(centre.wrong, shift.did.join('\n')).toEqual([]);
  expect(centre.signOuts.map(({ loginId }) => loginId).sort(), shift.did.join('\n')).toEqual(
    [...AGENTS].sort(),
  );
});
