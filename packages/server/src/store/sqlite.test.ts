/** Two processes on one file. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openDatabase } from './sqlite.ts';
import { Store } from './store.ts';

test('a change that reads before it writes is not refused because another process wrote meanwhile', async () => {
  const path = mkdtempSync(join(tmpdir(), 'poise-sqlite-'));
  const store = await Store.open({ path });
  const other = openDatabase(join(path, 'poise.sqlite'));
  // It does not wait, because that would hold up this process, too.
  other.exec('PRAGMA busy_timeout = 0');
  onTestFinished(async () => {
    other.close();
    await store.close();
    rmSync(path, { recursive: true, force: true });
  });
  const writes = (): void => other.exec("insert or replace into fact (name, value) values ('theirs', '1')");
  await store.change(async ({ facts }) => {
    expect(await facts.get('ours')).toBeUndefined();
    expect(writes).toThrow(/locked/);
    await facts.set('ours', '1');
  });
  writes();
  expect(await store.repositories.facts.get('theirs')).toBe('1');
  expect(await store.repositories.facts.get('ours')).toBe('1');
});

test('a change waits while another process writes, and holds nobody up meanwhile', async () => {
  const path = mkdtempSync(join(tmpdir(), 'poise-sqlite-'));
  const store = await Store.open({ path });
  const other = openDatabase(join(path, 'poise.sqlite'));
  onTestFinished(async () => {
    other.close();
    await store.close();
    rmSync(path, { recursive: true, force: true });
  });
  other.exec('begin immediate');
  let isDone = false;
  const change = store
    .change(({ facts }) => facts.set('ours', '1'))
    .then(() => {
      isDone = true;
    });
  // Held up, this process could not end what it waits for.
  await new Promise((done) => setImmediate(done));
  expect(isDone).toBe(false);
  other.exec('commit');
  await change;
  expect(await store.repositories.facts.get('ours')).toBe('1');
});

test('a backup that is being written keeps nobody from writing', async () => {
  const path = mkdtempSync(join(tmpdir(), 'poise-sqlite-'));
  const store = await Store.open({ path });
  const other = openDatabase(join(path, 'poise.sqlite'));
  other.exec('PRAGMA busy_timeout = 0');
  onTestFinished(async () => {
    other.close();
    await store.close();
    rmSync(path, { recursive: true, force: true });
  });
  const backup = store.backUp(join(path, 'a.poise-backup'), 0);
  other.exec("insert into fact (name, value) values ('theirs', '1')");
  expect(await backup).toBeDefined();
});
