import { VirtualClock } from '@poise/clock';
import { expect, test } from 'vitest';
import { Store } from '../store/store.ts';
import { KeptPresences } from './kept-presences.ts';
import { presenceStore } from './stores.ts';
import type { KeptPresence } from './watch.ts';

const kept = (loginId: string, awaySince: number | null = null): KeptPresence => ({
  loginId,
  session: { jid: `${loginId}@d/desktop`, transport: 'bosh', address: '10.1.2.3' },
  departure: awaySince === null ? null : 'idle',
  awaySince,
  lastActiveAt: awaySince,
});

test('what was written is there in the next process; the last state counts, the forgotten is gone', async () => {
  const store = await Store.open();
  const clock = new VirtualClock();
  const presences = new KeptPresences({ store: presenceStore(store), clock, onProblem: () => {} });
  for (const id of ['2001', '2002', '2003']) presences.keep(id, kept(id));
  presences.keep('2002', kept('2002', 5));
  presences.keep('2003', null);
  await presences.flush();
  expect(await presences.all()).toEqual([kept('2001'), kept('2002', 5)]);
  presences.keep('2001', null);
  await presences.flush();
  expect(await presences.all()).toEqual([kept('2002', 5)]);
  await store.close();
});

test('a burst is one write soon afterwards, in transactions of a bounded size; passing users are not kept', async () => {
  const clock = new VirtualClock();
  const writes: number[] = [];
  const store = {
    all: async () => [],
    write: async (saved: readonly KeptPresence[]) => void writes.push(saved.length),
  };
  const isPassing = (id: string) => id.startsWith('bench');
  const presences = new KeptPresences({ store, clock, isPassing, onProblem: () => {} });
  for (let i = 0; i < 1_200; i += 1) presences.keep(`u${i}`, kept(`u${i}`));
  for (let i = 0; i < 100; i += 1) presences.keep(`bench${i}`, kept(`bench${i}`));
  expect(clock.pending).toBe(1);
  clock.advance(49);
  await new Promise((resolve) => setImmediate(resolve));
  expect(writes).toEqual([]);
  clock.advance(1);
  await new Promise((resolve) => setImmediate(resolve));
  expect(writes).toEqual([500, 500, 200]);
});

test('what cannot be written is tried again, without undoing a later change', async () => {
  const clock = new VirtualClock();
  let failing = true;
  const problems: unknown[] = [];
  const written: string[] = [];
  const presences = new KeptPresences({
    store: {
      all: async () => [],
      async write(saved, removed) {
        if (failing) {
          presences.keep('2001', null);
          throw new Error('disk full');
        }
        written.push(...saved.map(({ loginId }) => `+${loginId}`), ...removed.map((id) => `-${id}`));
      },
    },
    clock,
    onProblem: (error) => problems.push(error),
  });
  presences.keep('2001', kept('2001'));
  presences.keep('2002', kept('2002'));
  expect(await presences.flush()).toBe(false);
  expect(problems).toHaveLength(1);
  failing = false;
  clock.advance(30_000);
  await new Promise((resolve) => setImmediate(resolve));
  expect(await presences.flush()).toBe(true);
  expect(written.sort()).toEqual(['+2002', '-2001']);
});
