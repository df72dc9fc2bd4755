import { VirtualClock } from '@poise/clock';
import { expect, test } from 'vitest';
import { Notices, quoted } from './notices.ts';

function noting() {
  const clock = new VirtualClock();
  const lines: string[] = [];
  return { clock, lines, notices: new Notices(clock, 60_000, (line) => lines.push(line)) };
}

test('a kind is told once a minute for each subject, with the number of times in between', () => {
  const { clock, lines, notices } = noting();
  for (let i = 0; i < 100; i++) notices.tell('a', 'k', 'a does k');
  notices.tell('b', 'k', 'b does k');
  notices.tell('a', 'l', 'a does l');
  expect(lines).toEqual(['a does k', 'b does k', 'a does l']);
  clock.advance(60_000);
  notices.tell('a', 'k', 'a does k');
  expect(lines.slice(3)).toEqual(['a does k (and 99 times before)']);
});

test('of many subjects the oldest are forgotten, not the latest', () => {
  const { lines, notices } = noting();
  for (let i = 0; i <= 1_000; i++) notices.tell(`user ${i}`, 'k', String(i));
  notices.tell('user 1000', 'k', 'again');
  notices.tell('user 0', 'k', 'again');
  expect(lines.slice(-2)).toEqual(['1000', 'again']);
});

test('what a client wrote cannot make a line of its own', () => {
  expect(quoted('a\nINFO b')).toBe('"a\\nINFO b"');
  expect(quoted('x'.repeat(1_000))).toHaveLength(202);
});
