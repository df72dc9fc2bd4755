import { describe, expect, it } from 'vitest';
import { clip, fits } from './clip.ts';
import { compareRosters, Roster } from './directory.ts';
import { RequestQueue } from './request-queue.ts';
import { demoDirectory } from './testing/demo-directory.ts';

describe('the roster', () => {
  it('finds agents by id without regard to case, the exact match first', () => {
    const directory = demoDirectory();
    directory.agentList.push({ ...directory.agentList[0]!, loginId: 'AGENT-X', skillTargetId: 1 });
    const roster = new Roster(directory);
    expect(roster.agent('AGENT-X')?.skillTargetId).toBe(1);
    expect(roster.agent('agent-x')?.skillTargetId).toBe(5005);
    expect(roster.agent('Agent-2')).toBeUndefined();
  });

  it('is a copy: the directory may change under it', () => {
    const directory = demoDirectory();
    const roster = new Roster(directory);
    directory.agentList.length = 0;
    expect(roster.agents).toHaveLength(6);
  });

  it('equal records are no difference, even if they are other objects', () => {
    const [a, b] = [demoDirectory(), demoDirectory()];
    expect(compareRosters(new Roster(a), new Roster(b))).toEqual({
      agents: { added: [], removed: [], changed: [] },
      teams: { added: [], removed: [], changed: [] },
      skillGroups: { added: [], removed: [], changed: [] },
      devices: { added: [], removed: [], changed: [] },
      dialledNumbers: { added: [], removed: [], changed: [] },
    });
  });

  it('a changed list, a value that came and a value that went are differences', () => {
    const [a, b] = [demoDirectory(), demoDirectory()];
    b.agentList[1] = { ...b.agentList[1]!, skillGroups: [85882, 85881] };
    b.teamList[1] = { ...b.teamList[1]!, wrapUpTimerSeconds: 5 };
    const { wrapUpTimerSeconds: _, ...without } = b.teamList[0]!;
    b.teamList[0] = without;
    const difference = compareRosters(new Roster(a), new Roster(b));
    expect(difference.agents.changed.map(({ after }) => after.loginId)).toEqual(['2002']);
    expect(difference.teams.changed.map(({ after }) => after.id)).toEqual([5000, 5001]);
  });
});

describe('text for limited fields', () => {
  it.each([
    ['short', 16, 'short'],
    ['exactly-eleven!', 16, 'exactly-eleven!'],
    ['sixteen-or-more!', 16, 'sixteen-or-more'],
    ['zero\0inside', 32, 'zeroinside'],
    ['üüüü', 8, 'üüü'],
    ['名名名', 9, '名名'],
    ['😀😀', 8, '😀'],
  ])('%j of %i bytes becomes %j', (text, size, expected) => {
    expect(clip(text, size)).toBe(expected);
    expect(fits(clip(text, size), size)).toBe(true);
  });
});

describe('the request queue', () => {
  it('starts a waiting task when the one before it is done, agent by agent', async () => {
    const queue = new RequestQueue(2);
    const order: string[] = [];
    let release: () => void = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const task = (name: string, promise?: Promise<void>) => () => {
      order.push(name);
      return promise;
    };
    expect(queue.run('a', task('a1', held))).toBe(true);
    expect(queue.run('a', task('a2'))).toBe(true);
    expect(queue.run('a', task('a3', Promise.resolve()))).toBe(true);
    expect(queue.run('a', task('a4'))).toBe(false);
    expect(queue.run('b', task('b1'))).toBe(true);
    expect(order).toEqual(['a1', 'b1']);
    release();
    for (let i = 0; i < 10; i++) await Promise.resolve();
    expect(order).toEqual(['a1', 'b1', 'a2', 'a3']);
    expect(queue.size).toBe(0);
  });
});
