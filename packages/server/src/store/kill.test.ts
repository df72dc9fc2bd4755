/** A writer is killed in the middle of its work: what it was told is written is there, and nothing is there in part. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { PostgresCluster, postgresMissing } from '../../test/postgres-cluster.ts';
import { Store, type StoreOptions } from './store.ts';

const WRITER = join(import.meta.dirname, '../../test/store-writer.ts');
/** Acknowledged changes after which each writer is killed: at once, and after the log was carried over into the tables. */
const ROUNDS = [1, 40, 150];

/** Runs a writer until it has so many acknowledgements, then lets `kill` end it. @returns the ids it was told */
async function written(
  options: StoreOptions,
  from: number,
  count: number,
  kill: (pid: number) => unknown,
): Promise<number[]> {
  const writer = spawn(
    process.execPath,
    ['--import', 'tsx', '--conditions=source', WRITER, JSON.stringify(options), String(from)],
    { stdio: ['ignore', 'pipe', 'ignore'] },
  );
  onTestFinished(() => void writer.kill('SIGKILL'));
  const ended = once(writer, 'close');
  const ids: number[] = [];
  for await (const line of createInterface(writer.stdout))
    if (ids.push(Number(line)) === count) kill(writer.pid!);
  await ended;
  return ids;
}

async function check(options: StoreOptions, acknowledged: readonly number[]): Promise<void> {
  const store = await Store.open(options);
  try {
    const books = store.directory.current.allPhoneBooks();
    const known = new Set(books.map(({ id }) => id));
    expect(acknowledged.filter((id) => !known.has(id))).toEqual([]);
    expect(books.filter(({ contacts }) => contacts.length !== 3)).toEqual([]);
  } finally {
    await store.close();
  }
}

async function killed(options: StoreOptions): Promise<void> {
  const acknowledged: number[] = [];
  for (const [round, count] of ROUNDS.entries()) {
    const ids = await written(options, round * 100_000, count, (pid) => process.kill(pid, 'SIGKILL'));
    expect(ids.length).toBeGreaterThanOrEqual(count);
    acknowledged.push(...ids);
    await check(options, acknowledged);
  }
  expect(new Set(acknowledged).size).toBe(acknowledged.length);
}

const LONG = { timeout: 240_000 };

test('a process that writes to SQLite', LONG, async () => {
  const path = mkdtempSync(join(tmpdir(), 'poise-kill-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  await killed({ path });
});

describe('with PostgreSQL', LONG, () => {
  const missing = postgresMissing();
  let cluster: PostgresCluster;
  beforeAll(async () => {
    if (missing !== undefined) return;
    cluster = await PostgresCluster.start();
    return () => cluster.stop();
  });

  test('a process that writes', async ({ skip }) => {
    if (missing !== undefined) return skip(missing);
    await killed({ postgres: { url: await cluster.database() } });
  });

  test('the database itself', async ({ skip }) => {
    if (missing !== undefined) return skip(missing);
    const options = { postgres: { url: await cluster.database() } };
    const acknowledged: number[] = [];
    for (const [round, count] of ROUNDS.entries()) {
      // As if it crashed: no checkpoint, every connection cut. The writer fails then, and ends.
      let down: Promise<void> | undefined;
      const ids = await written(options, round * 100_000, count, () => {
        down = cluster.down('SIGQUIT');
      });
      await down;
      acknowledged.push(...ids);
      await cluster.up();
      await check(options, acknowledged);
    }
  });
});
