/** A disk that is full or may not be written: a database that is limited to the pages it has behaves alike. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { VirtualClock } from '@poise/clock';
import { type Kysely, sql } from 'kysely';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Schema } from './schema.ts';
import { Store } from './store.ts';

/** A loaded machine takes its time. */
const WAIT = { timeout: 15_000 };

let path: string;
let store: Store;
beforeEach(async () => {
  path = mkdtempSync(join(tmpdir(), 'poise-full-'));
  store = await Store.open({ path });
  await store.change(({ devices }) => devices.create('1000'));
});
afterEach(async () => {
  await store.close();
  rmSync(path, { recursive: true, force: true });
});

/** Sets something of the one connection. */
const pragma = (text: string) =>
  sql`${sql.raw(`PRAGMA ${text}`)}`.execute(
    (store.repositories.facts as unknown as { db: Kysely<Schema> }).db,
  );
const KINDS = [
  ['full', 'max_page_count = 1', 'max_page_count = 1000000'],
  ['read-only', 'query_only = ON', 'query_only = OFF'],
] as const;
const long = (n: number) => `${n}`.padEnd(2000, 'x');
const fill = () =>
  store.change(({ devices }) => devices.create('1001', ...Array.from({ length: 50 }, (_, n) => long(n))));

test.each(KINDS)('that is %s: nothing is half-written, reading goes on', async (_what, limit, free) => {
  await pragma(limit);
  await expect(fill()).rejects.toMatchObject({ name: 'StoreError', code: 'unavailable' });
  expect(store.directory.current.devices()).toEqual(['1000']);
  expect(await store.repositories.devices.all()).toEqual(['1000']);
  expect(store.problem).toMatch(/database or disk is full|readonly database/);
  await pragma(free);
  await fill();
  expect(store.directory.current.devices()).toHaveLength(52);
  expect(store.problem).toBeNull();
});

test.each(KINDS)(
  'that was %s is noticed by itself when it can be written again',
  async (_what, limit, free) => {
    const clock = new VirtualClock();
    const told: (string | null)[] = [];
    store.onProblem((problem) => told.push(problem));
    store.watch(clock);
    await pragma(limit);
    await expect(fill()).rejects.toMatchObject({ code: 'unavailable' });
    await expect(fill()).rejects.toMatchObject({ code: 'unavailable' });
    expect(told).toHaveLength(1);
    await pragma(free);
    clock.advance(2000);
    await vi.waitFor(() => expect(told).toEqual([expect.any(String), null]), WAIT);
  },
);

test('that is nearly full is told of once: small rows find room, and large ones do not', async () => {
  const clock = new VirtualClock();
  const told: (string | null)[] = [];
  store.onProblem((problem) => told.push(problem));
  store.watch(clock);
  const [{ page_count: pages }] = (
    await sql<{ page_count: number }>`PRAGMA page_count`.execute(
      (store.repositories.facts as unknown as { db: Kysely<Schema> }).db,
    )
  ).rows as [{ page_count: number }];
  await pragma(`max_page_count = ${pages + 3}`);
  for (let times = 0; times < 20; times++) {
    await expect(fill()).rejects.toMatchObject({ code: 'unavailable' });
    await store.change(({ facts }) => facts.set('small', String(times)));
    clock.advance(2_000);
    await store.refresh();
  }
  // Lost, there again, lost: from then on it is the same outage.
  expect(told).toEqual([expect.any(String), null, expect.any(String)]);
  expect(store.problem).toMatch(/full/);
  await pragma('max_page_count = 1000000');
  await fill();
  expect(told).toHaveLength(3);
  clock.advance(50_000);
  await store.refresh();
  expect(told).toHaveLength(3);
  clock.advance(20_000);
  await vi.waitFor(() => expect(told.slice(3)).toEqual([null]), WAIT);
  // A minute without: the next one is another one, which ends with the first write.
  clock.advance(60_000);
  await pragma(`max_page_count = 1`);
  await expect(
    store.change(({ devices }) => devices.create(...Array.from({ length: 50 }, (_, n) => `9${long(n)}`))),
  ).rejects.toMatchObject({ code: 'unavailable' });
  await pragma('max_page_count = 1000000');
  clock.advance(2_000);
  await vi.waitFor(() => expect(told.slice(4)).toEqual([expect.any(String), null]), WAIT);
});
