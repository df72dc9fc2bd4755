import { expect, it } from 'vitest';
import { actionsOfTask, type TaskAction, TaskBook, workOf } from './tasks.ts';

const CHAT = { id: '5000', name: 'Chat' };

it('a task goes the way of its actions, and ends', () => {
  const book = new TaskBook();
  const { id } = book.offer('3001', CHAT, [{ name: 'callVariable1', value: 'x' }], 10);
  expect(id).toMatch(/^\d+_5000_\d+_\d+$/);
  const seen = (['ACCEPT', 'START', 'PAUSE', 'RESUME', 'WRAP_UP', 'CLOSE'] as const).map((action, index) => {
    const task = book.act(id, action, 20 + index);
    return [
      task?.state,
      task?.stateChangeTime,
      task && actionsOfTask(task).join(' '),
      workOf(book.of('3001')),
    ];
  });
  expect(seen).toEqual([
    ['ACCEPTED', 20, 'START TRANSFER CLOSE', 'ACTIVE'],
    ['ACTIVE', 21, 'PAUSE WRAP_UP TRANSFER CLOSE', 'ACTIVE'],
    ['PAUSED', 22, 'RESUME WRAP_UP TRANSFER CLOSE', 'PAUSED'],
    ['ACTIVE', 23, 'PAUSE WRAP_UP TRANSFER CLOSE', 'ACTIVE'],
    ['WRAPPING_UP', 24, 'CLOSE', 'WORK'],
    ['CLOSED', 25, '', null],
  ]);
  expect(book.get(id)).toBeUndefined();
});

it('what a state does not allow changes nothing', () => {
  const book = new TaskBook();
  const { id } = book.offer('3001', CHAT, [], 10);
  for (const action of ['START', 'PAUSE', 'RESUME', 'WRAP_UP', 'TRANSFER', 'CLOSE'] as readonly TaskAction[])
    expect(book.act(id, action, 20), action).toBeNull();
  expect(book.act('none', 'ACCEPT', 20)).toBeNull();
  expect(book.get(id)?.state).toBe('OFFERED');
});

it('those of one medium are closed together, and what is done comes before what is offered', () => {
  const book = new TaskBook();
  const first = book.offer('3001', CHAT, [], 10);
  book.offer('3001', { id: '5001', name: 'Email' }, [], 11);
  book.offer('3002', CHAT, [], 12);
  expect(workOf(book.of('3001'))).toBe('RESERVED');
  book.act(first.id, 'ACCEPT', 13);
  expect(workOf(book.of('3001'))).toBe('ACTIVE');
  expect(book.closeAll('3001', '5000', 14).map(({ id, state }) => [id, state])).toEqual([
    [first.id, 'CLOSED'],
  ]);
  expect([book.of('3001').length, book.of('3002').length]).toEqual([1, 1]);
});
