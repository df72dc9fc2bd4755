import { expect, test } from 'vitest';
import { DebugRing } from './debug-ring.ts';
import { receivedLine } from './notification-lines.ts';

const times = (ring: DebugRing) => [...ring.lines()].map(({ atMs }) => atMs);

test('gives lines back as they were meant, with texts of every kind and numbers', () => {
  const ring = new DebugRing();
  const line = (a: string, b: number, c: string, d: string, e: number) => [a, b, c, d, e].join('|');
  ring.push(1.5, line, 'ä€😀', -0.25, '', '\ud800', Number.MAX_SAFE_INTEGER);
  ring.push(2, receivedLine, 'sid', '<body/>');
  ring.push(3, () => 'none');
  expect([...ring.lines()]).toEqual([
    { atMs: 1.5, line: 'ä€😀|-0.25||\ufffd|9007199254740991' },
    { atMs: 2, line: 'HTTPBindLog: HTTP RECV(sid): <body/>' },
    { atMs: 3, line: 'none' },
  ]);
});

test('long arguments are cut', () => {
  const ring = new DebugRing();
  ring.push(0, receivedLine, 's', '€'.repeat(20_000));
  expect([...ring.lines()][0]?.line).toHaveLength('HTTPBindLog: HTTP RECV(s): '.length + 4_096 + 3);
});

test('keeps the newest lines within its memory, without a gap, and forgets the oldest', () => {
  const ring = new DebugRing(0);
  const count = 30_000;
  for (let i = 0; i < count; i++) ring.push(i, receivedLine, `s${i}`, 'x'.repeat(i % 300));
  const kept = times(ring);
  expect(kept.length).toBeGreaterThan(2_000);
  expect(kept.length).toBeLessThan(count);
  expect(kept).toEqual(Array.from(kept, (_, index) => count - kept.length + index));
  expect([...ring.lines()].at(-1)?.line).toBe(`HTTPBindLog: HTTP RECV(s29999): ${'x'.repeat(299)}`);
});

test('takes no memory for what has not come', () => {
  const before = process.memoryUsage().arrayBuffers;
  const rings = Array.from({ length: 50 }, () => new DebugRing());
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1_000_000);
  expect(rings.flatMap((ring) => [...ring.lines()])).toEqual([]);
});

test('what is read is what was there when reading began', () => {
  const ring = new DebugRing(0);
  ring.push(0, receivedLine, 'first', 'x');
  const lines = ring.lines();
  for (let i = 1; i < 30_000; i++) ring.push(i, receivedLine, `s${i}`, 'x'.repeat(300));
  expect([...lines]).toEqual([{ atMs: 0, line: 'HTTPBindLog: HTTP RECV(first): x' }]);
});
