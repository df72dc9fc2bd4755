import { VirtualClock } from '@poise/clock';
import { expect, test } from 'vitest';
import { MemoryTeamMessages } from '../../test/centre/memory-team-messages.ts';
import { TeamMessageBoard } from './team-message-board.ts';

test('a store that cannot be written keeps nobody from loading what it holds', async () => {
  const clock = new VirtualClock();
  const store = new MemoryTeamMessages();
  const message = {
    createdBy: { loginId: '2050', firstName: 'Minnie', lastName: 'Mouse' },
    teamIds: [5000],
    content: 'Lunch',
    durationSeconds: 60,
  };
  const createdAt = clock.now();
  await store.create({ ...message, id: 'old', createdAt: createdAt - 3_600_000 } as never);
  await store.create({ ...message, id: 'new', createdAt } as never);
  store.remove = async () => {
    throw new Error('ENOSPC');
  };
  const problems: string[] = [];
  const board = new TeamMessageBoard({
    deployment: 'CCE',
    clock,
    store,
    outcomes: { publish: () => {} },
    newId: () => 'id',
    onProblem: (text) => problems.push(text),
  });
  await board.load();
  expect([...board.book.all()].map(({ id }) => id)).toEqual(['new']);
  expect(problems).toEqual(['Expired team messages could not be removed: Error: ENOSPC']);
  board.close();
});
