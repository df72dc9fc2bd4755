import { VirtualClock } from '@poise/clock';
import { expect, test } from 'vitest';
import { clearStoredLog, isPersistent, PIECE_MAX, StoredLog, storedLog, WRITE_MS } from './stored-log.ts';

function memory() {
  const map = new Map<string, string>();
  let writes = 0;
  const storage = {
    getItem: (key: string) => map.get(key) ?? null,
    setItem: (key: string, value: string) => {
      writes++;
      map.set(key, value);
    },
    removeItem: (key: string) => void map.delete(key),
  };
  return { map, get: () => storage, writes: () => writes };
}

test('lines are written together, a moment later, and go on from page to page', () => {
  const kept = memory();
  const clock = new VirtualClock();
  const log = new StoredLog(clock, kept.get);
  for (let k = 0; k < 100; k++) log.add(`line ${k}`);
  expect(kept.writes()).toBe(0);
  clock.advance(WRITE_MS);
  expect(kept.writes()).toBe(1);
  const next = new StoredLog(clock, kept.get);
  next.add('after a reload');
  next.flush();
  expect(storedLog(kept.get).split('\n')).toEqual([
    ...Array.from({ length: 100 }, (_, k) => `line ${k}`),
    'after a reload',
  ]);
  clearStoredLog(kept.get);
  expect([storedLog(kept.get), kept.map.size]).toEqual(['', 0]);
});

test('the oldest lines give way, and what is kept stays below two megabytes', () => {
  const kept = memory();
  const log = new StoredLog(new VirtualClock(), kept.get);
  const line = (k: number) => `${k} ${'x'.repeat(999)}`;
  for (let k = 0; k < 5_000; k++) {
    log.add(line(k));
    if (k % 100 === 0) log.flush();
  }
  log.add('y'.repeat(PIECE_MAX * 2));
  log.flush();
  const text = storedLog(kept.get);
  expect(text.length).toBeLessThanOrEqual(PIECE_MAX * 20 + 20);
  const numbers = [...text.matchAll(/^(\d+) x/gm)].map((m) => Number(m[1]));
  expect(numbers.at(-1)).toBe(4_999);
  expect(numbers.length).toBeGreaterThan(1_500);
  expect(numbers).toEqual(numbers.map((_, k) => (numbers[0] as number) + k));
});

test('a storage that is forbidden or full costs the log alone', () => {
  const forbidden = () => {
    throw new DOMException('denied', 'SecurityError');
  };
  const log = new StoredLog(new VirtualClock(), forbidden);
  log.add('one');
  log.flush();
  expect(storedLog(forbidden)).toBe('');
  clearStoredLog(forbidden);
});

test.each([
  ['?lls', true],
  ['?lls=true', true],
  ['?locale=de_DE&lls', true],
  ['?lls=false', false],
  ['', false],
])('%s asks for it: %s', (search, asked) => {
  expect(isPersistent(search)).toBe(asked);
});
