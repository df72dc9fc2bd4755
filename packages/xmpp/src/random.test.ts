import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { RandomIds } from './random.ts';

test('ids have their length and alphabet, and differ', () => {
  const ids = new RandomIds(randomBytes);
  const made = new Set<string>();
  for (let i = 0; i < 2_000; i++) {
    const id = ids.alphanumeric(40);
    expect(id).toMatch(/^[0-9a-zA-Z]{40}$/);
    made.add(id);
    expect(ids.hex(16)).toMatch(/^[0-9a-f]{32}$/);
    expect(ids.uuid()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  }
  expect(made.size).toBe(2_000);
});

test('every character is as likely as every other', () => {
  // All byte values in turn: those above 247 are passed over, the rest divide evenly.
  let next = 0;
  const ids = new RandomIds((bytes) => Uint8Array.from({ length: bytes }, () => next++ & 255));
  const counts = new Map<string, number>();
  for (let i = 0; i < 248; i++) for (const c of ids.alphanumeric(4)) counts.set(c, (counts.get(c) ?? 0) + 1);
  expect([...new Set(counts.values())]).toEqual([16]);
  expect(counts.size).toBe(62);
});
