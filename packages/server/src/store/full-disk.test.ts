/** A disk that is full or may not be written: a database that is limited to the pages it has behaves alike. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { VirtualClock } from '@poise/clock';
import { type Kysely, sql } from 'kysely';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Schema } from './schema.ts';
import { Store } from './store.ts';

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
    await vi.waitFor(() => expect(told).toEqual([expect.any(String), null]), 30_000);
  },
);
