import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { NumberBlocks, type NumberBlocksOptions } from './number-blocks.ts';
import { Store } from './store.ts';

function row() {
  let given = 0;
  return {
    reserve: async (count: number) => {
      given += count;
      return given - count;
    },
    get given() {
      return given;
    },
  };
}

async function open(options: Partial<NumberBlocksOptions> = {}) {
  const problems: unknown[] = [];
  const blocks = await NumberBlocks.open({
    reserve: row().reserve,
    size: 10,
    first: 101,
    last: 0xfffffffe,
    onProblem: (problem) => problems.push(problem),
    ...options,
  });
  return { blocks, problems };
}

const take = async (blocks: NumberBlocks, count: number) => {
  const taken: number[] = [];
  for (let i = 0; i < count; i++) {
    taken.push(blocks.take());
    await blocks.settled();
  }
  return taken;
};

describe('numbers', () => {
  test('follow each other over the borders of blocks', async () => {
    const { blocks } = await open();
    expect(await take(blocks, 35)).toEqual(Array.from({ length: 35 }, (_, i) => 101 + i));
  });

  test('are reserved before they are given', async () => {
    const store = row();
    const { blocks } = await open({ reserve: store.reserve });
    for (let i = 0; i < 100; i++) {
      const [number] = await take(blocks, 1);
      expect(number! - 101).toBeLessThan(store.given);
    }
  });

  test('of two that share a row are never the same', async () => {
    const { reserve } = row();
    const [one, other] = [(await open({ reserve })).blocks, (await open({ reserve })).blocks];
    const taken: number[] = [];
    for (let i = 0; i < 50; i++) taken.push(...(await take(one, 1)), ...(await take(other, 2)));
    expect(new Set(taken).size).toBe(taken.length);
  });

  test('begin again after the last one', async () => {
    const { blocks } = await open({ first: 1, last: 13 });
    expect((await take(blocks, 15)).slice(11)).toEqual([12, 13, 1, 2]);
  });

  test('go on when the store refuses, are told of once, and are not given twice when it comes back', async () => {
    const store = row();
    let refuses = false;
    const { blocks, problems } = await open({
      reserve: (count) => (refuses ? Promise.reject(new Error('disk full')) : store.reserve(count)),
    });
    const taken = await take(blocks, 4);
    refuses = true;
    taken.push(...(await take(blocks, 22)));
    expect(problems).toEqual([new Error('disk full')]);
    refuses = false;
    taken.push(...(await take(blocks, 30)));
    expect(new Set(taken).size).toBe(taken.length);
    expect(store.given).toBeGreaterThanOrEqual(taken.length);
    refuses = true;
    await take(blocks, 20);
    expect(problems).toHaveLength(2);
  });

  test('need a store that gives the first block', async () => {
    await expect(open({ reserve: () => Promise.reject(new Error('disk full')) })).rejects.toThrow(
      'disk full',
    );
  });
});

describe('on a data directory', () => {
  function directory(): string {
    const path = mkdtempSync(join(tmpdir(), 'poise-numbers-'));
    onTestFinished(() => rmSync(path, { recursive: true, force: true }));
    return path;
  }

  test('blocks go on where the last one ended', async () => {
    const path = directory();
    for (const expected of [0, 1_000, 2_000]) {
      const store = await Store.open({ path });
      expect(await store.reserveNumbers('calls', 1_000)).toBe(expected);
      await store.close();
    }
    const store = await Store.open({ path });
    expect(await store.reserveNumbers('others', 10)).toBe(0);
    await store.close();
  });

  test('two processes at once get different blocks', async () => {
    const path = directory();
    const [one, other] = [await Store.open({ path }), await Store.open({ path })];
    const reserve = (store: Store) => store.reserveNumbers('calls', 10);
    const starts = await Promise.all([one, other, one, other, one, other].map(reserve));
    expect(starts.sort((a, b) => a - b)).toEqual([0, 10, 20, 30, 40, 50]);
    await one.close();
    await other.close();
  });

  test('a block that was given stays given when the process is killed', { timeout: 120_000 }, async () => {
    const path = directory();
    await (await Store.open({ path })).close();
    // The child reserves again and again, says what it got, and is killed in the middle.
    const program = `
      const { Store } = await import(${JSON.stringify(new URL('./store.ts', import.meta.url).href)});
      const store = await Store.open({ path: ${JSON.stringify(path)} });
      for (;;) console.log(await store.reserveNumbers('calls', 10));`;
    const child = spawn(
      process.execPath,
      ['--conditions=source', '--import=tsx', '--input-type=module', '-e', program],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    let told = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      told += text;
      if (told.split('\n').length > 10) child.kill('SIGKILL');
    });
    await new Promise((resolve) => child.on('close', resolve));
    const starts = told.split('\n').slice(0, -1).map(Number);
    expect(starts.length).toBeGreaterThanOrEqual(10);
    const store = await Store.open({ path });
    const next = await store.reserveNumbers('calls', 10);
    await store.close();
    expect(next).toBeGreaterThan(starts.at(-1)!);
  });
});
