import { VirtualClock } from '@poise/clock';
import { afterEach, expect, test } from 'vitest';
import { CALL_DATA, callCentre } from '../../test/centre/call-centre.ts';
import type { TestCentre } from '../../test/centre/test-centre.ts';
import { TestDirectorySource } from '../../test/centre/test-directory.ts';
import { RINGING, TALKING, WITHOUT_WRAP_UP } from '../../test/domain/call-scenarios.ts';
import { type AgentEvent, applyToAgent, unknownAgent } from '../domain/agents.ts';
import { Store } from '../store/store.ts';
import { ShiftBook, type ShiftBookOptions, type ShiftStore, WAITING_MAX } from './shift-book.ts';
import { shiftStore } from './stores.ts';

const DAY_MS = 24 * 3_600_000;
const ALL = { limit: 1_000 };
let store: Store;
let centre: TestCentre | undefined;
afterEach(async () => {
  await centre?.close();
  centre = undefined;
  await store?.close();
});

/** A book of its own clock, and agents that are heard of. */
async function bookOf(options: Partial<ShiftBookOptions> = {}) {
  store ??= await Store.open();
  const clock = (options.clock as VirtualClock | undefined) ?? new VirtualClock(1_000_000);
  const problems: string[] = [];
  const book = await ShiftBook.open({
    store: shiftStore(store),
    clock,
    directory: new TestDirectorySource(CALL_DATA),
    onProblem: (error) => problems.push(String(error)),
    ...options,
  });
  const agents = new Map<string, ReturnType<typeof unknownAgent>>();
  const hears = (loginId: string, state: 'READY' | 'NOT_READY' | 'LOGOUT', reasonCode = 0) => {
    const event: AgentEvent = {
      type: 'state',
      state,
      reasonCode,
      extension: '1',
      pendingState: undefined,
      at: clock.now(),
    };
    const { agent } = applyToAgent(agents.get(loginId) ?? unknownAgent(loginId), event, 'CCE');
    agents.set(loginId, agent);
    book.agentHeard(agent, clock.now(), true);
  };
  const states = async (loginId: string, query = ALL) => {
    const shift = book.shift(loginId);
    return shift === undefined
      ? []
      : (await book.states(shift, query)).entries.map(({ ordinal, state }) => `${ordinal} ${state}`);
  };
  return { book, clock, hears, states, problems };
}

test('states come newest first, in pages, and those that changed since a version', async () => {
  store = await Store.open();
  const { book, clock, hears, states } = await bookOf();
  for (const state of ['NOT_READY', 'READY', 'NOT_READY', 'READY'] as const) {
    hears('a', state);
    clock.advance(1_000);
  }
  expect(await states('a')).toEqual(['4 READY', '3 NOT_READY', '2 READY', '1 NOT_READY']);
  const shift = book.shift('a')!;
  const page = await book.states(shift, { limit: 2 });
  expect(page).toMatchObject({ more: true, entries: [{ ordinal: 4 }, { ordinal: 3 }] });
  expect(await book.states(shift, { limit: 2, before: 3 })).toMatchObject({
    more: false,
    entries: [{ ordinal: 2 }, { ordinal: 1 }],
  });
  const { statesVersion } = shift;
  hears('a', 'NOT_READY');
  const since = await book.states(book.shift('a')!, { ...ALL, since: statesVersion });
  expect(since.entries.map(({ ordinal }) => ordinal)).toEqual([5, 4]);
});

test('readers do not wait for the disk, and see everything once while it is written', async () => {
  store = await Store.open();
  const real = shiftStore(store);
  let failing = true;
  const { book, hears, states } = await bookOf({
    store: {
      ...real,
      write: (changes) => (failing ? Promise.reject(new Error('full')) : real.write(changes)),
    },
  });
  hears('a', 'NOT_READY');
  hears('a', 'READY');
  expect(await states('a')).toEqual(['2 READY', '1 NOT_READY']);
  await book.flush();
  expect(await states('a')).toEqual(['2 READY', '1 NOT_READY']);
  failing = false;
  const [read] = await Promise.all([states('a'), book.flush()]);
  expect(read).toEqual(['2 READY', '1 NOT_READY']);
  expect(await states('a')).toEqual(['2 READY', '1 NOT_READY']);
  expect(await rows()).toBe(1);
});

test('what ends while the store is asked is told as it was', async () => {
  store = await Store.open();
  const real = shiftStore(store);
  let meanwhile = async () => {};
  const { book, hears, states } = await bookOf({
    store: {
      ...real,
      find: async (...query) => {
        await meanwhile();
        return real.find(...query);
      },
    },
  });
  hears('a', 'NOT_READY');
  meanwhile = () => {
    hears('a', 'READY');
    return book.flush();
  };
  expect(await states('a')).toEqual(['1 NOT_READY']);
});

test('a reason has its label, where there is one', async () => {
  store = await Store.open();
  const { book, hears } = await bookOf();
  const { directory } = { directory: new TestDirectorySource(CALL_DATA) };
  const reason = directory.current.reasonCodes('NOT_READY', 5000)[0]!;
  hears('a', 'NOT_READY', reason.code);
  expect(book.shift('a')!.state).toMatchObject({ reasonCode: reason.code, reasonLabel: reason.label });
});

test('a restart: the shift goes on where it was; a new sign-in forgets the earlier one', async () => {
  store = await Store.open();
  const first = await bookOf();
  first.hears('a', 'NOT_READY');
  first.hears('a', 'READY');
  await first.book.close();
  const { clock } = first;
  const second = await bookOf({ clock });
  expect(await second.states('a')).toEqual(['2 READY', '1 NOT_READY']);
  second.hears('a', 'LOGOUT');
  clock.advance(1_000);
  const { id } = second.book.shift('a')!;
  second.hears('a', 'NOT_READY');
  expect(second.book.shift('a')!.id).toBeGreaterThan(id);
  expect(await second.states('a')).toEqual(['1 NOT_READY']);
  await second.book.close();
  expect(await rows()).toBe(0);
  const third = await bookOf({ clock });
  expect(await third.states('a')).toEqual(['1 NOT_READY']);
});

/** Entries in the store. */
const rows = async (): Promise<number> => {
  const found = await Promise.all(
    ['a', 'b', 's'].flatMap((loginId) =>
      (['call', 'state'] as const).map(async (kind) => {
        const shifts = (await store.repositories.shifts.all()).map(
          (json) => JSON.parse(json) as { id: number },
        );
        const lists = await Promise.all(
          [...shifts, { id: 0 }].map(({ id }) =>
            store.repositories.shifts.find({ loginId, shiftId: id, kind, limit: 9_999 }),
          ),
        );
        return lists.flat().length;
      }),
    ),
  );
  return found.reduce((sum, count) => sum + count, 0);
};

test('a shift is forgotten a day after its sign-out, also over a restart; one that goes on is not', async () => {
  store = await Store.open();
  const { book, clock, hears, states } = await bookOf();
  for (const id of ['a', 'b', 's']) hears(id, 'READY');
  hears('a', 'LOGOUT');
  clock.advance(3_600_000);
  hears('b', 'LOGOUT');
  clock.advance(DAY_MS - 3_600_001);
  expect(await states('a')).toEqual(['2 LOGOUT', '1 READY']);
  clock.advance(1);
  expect(await states('a')).toEqual([]);
  expect(await states('b')).toEqual(['2 LOGOUT', '1 READY']);
  await book.close();
  clock.advance(3_600_000);
  const after = await bookOf({ clock });
  expect(await after.states('b')).toEqual([]);
  expect(await after.states('s')).toEqual(['1 READY']);
  await after.book.close();
  expect((await store.repositories.shifts.all()).length).toBe(1);
});

test('bounds: entries of a shift and shifts in all, oldest first', async () => {
  store = await Store.open();
  const { book, hears, states } = await bookOf({ limits: { statesMax: 3, shiftsMax: 2 } });
  for (let i = 0; i < 6; i += 1) {
    hears('a', i % 2 === 0 ? 'READY' : 'NOT_READY');
    await book.flush();
  }
  expect(await states('a')).toEqual(['6 NOT_READY', '5 READY', '4 NOT_READY', '3 READY']);
  hears('b', 'READY');
  hears('s', 'READY');
  expect(await states('a')).toEqual([]);
  expect(await states('b')).toEqual(['1 READY']);
});

test('entries in all are bounded in the store, oldest first', async () => {
  store = await Store.open();
  const { shifts } = store.repositories;
  const row = { loginId: 'a', shiftId: 1, kind: 'state', version: 1, entry: '{}' } as const;
  await shifts.addEntries([1, 2, 3, 4, 5].map((id) => ({ ...row, id, ordinal: id })));
  await shifts.prune(3);
  expect(await shifts.find({ loginId: 'a', shiftId: 1, kind: 'state', limit: 9 })).toHaveLength(3);
  expect(await shifts.lastId()).toBe(5);
});

test('users who are gone are forgotten, and of passing users nothing is kept', async () => {
  store = await Store.open();
  const first = await bookOf({ isPassing: (id) => id === 'b' });
  first.hears('a', 'READY');
  first.hears('b', 'READY');
  first.hears('zzz', 'READY');
  expect(first.book.shift('b')).toBeUndefined();
  first.book.forget('a');
  expect(first.book.shift('a')).toBeUndefined();
  await first.book.close();
  const second = await bookOf();
  expect(second.book.shift('zzz')).toBeUndefined();
  await second.book.flush();
  expect(await store.repositories.shifts.all()).toEqual([]);
});

test('nobody waits for a store that cannot be written; what is beyond the bound is lost, and told', async () => {
  store = await Store.open();
  let failing = true;
  const memory: ShiftStore = {
    all: async () => [],
    lastId: async () => 0,
    find: async () => [],
    async write() {
      if (failing) throw new Error('disk full');
    },
  };
  const { book, hears, problems } = await bookOf({ store: memory });
  for (let i = 0; i < WAITING_MAX + 10; i += 1) hears('a', i % 2 === 0 ? 'READY' : 'NOT_READY');
  await book.flush();
  expect(problems).toEqual(['Error: disk full']);
  failing = false;
  await book.flush();
  expect(problems[1]).toMatch(/^Error: \d+ changes of shifts were lost meanwhile$/);
});

// ---- with the desk ------------------------------------------------------------------------------

async function deskWith(): Promise<ShiftBook> {
  store = await Store.open();
  let book: ShiftBook | undefined;
  centre = await callCentre([], {
    shifts: {
      agentHeard: (...news) => book?.agentHeard(...news),
      dialogsChanged: (...news) => book?.dialogsChanged(...news),
      recovered: (...news) => book?.recovered(...news),
      forget: (loginId) => book?.forget(loginId),
    },
  });
  ({ book } = await bookOf({ clock: centre.clock }));
  centre.play([{ agent: 'a', state: 'NOT_READY', extension: '2001' }]);
  return book;
}

const calls = async (book: ShiftBook, loginId: string) =>
  (await book.calls(book.shift(loginId)!, ALL)).entries;

test('the desk tells of calls and states before anybody reads of them in an Update', async () => {
  const book = await deskWith();
  centre!.play(WITHOUT_WRAP_UP);
  expect(await calls(book, 'a')).toMatchObject([
    { dialogId: '100', type: 'inbound', number: '9001', disposition: 'handled', phase: 'gone' },
  ]);
  const states = (await book.states(book.shift('a')!, ALL)).entries.map(({ state }) => state);
  expect(states).toEqual(['READY', 'TALKING', 'RESERVED', 'NOT_READY']);
  let seen: string | undefined;
  centre!.onPublish = ({ node }) => {
    if (node === '/finesse/api/User/a/Dialogs') seen ??= book.shift('a')!.calls[0]?.phase;
  };
  centre!.play(RINGING);
  expect(seen).toBe('ring');
});

test('the link is lost: a call that is gone at its return has ended away, and the shift goes on', async () => {
  const book = await deskWith();
  centre!.play(TALKING);
  const { id } = book.shift('a')!;
  const { ctiListener } = centre!.desk;
  ctiListener.outOfService();
  centre!.clock.advance(5_000);
  ctiListener.agentSnapshot('a', { type: 'snapshot', state: 'NOT_READY', extension: '2001' });
  ctiListener.inService(false);
  expect(book.shift('a')).toMatchObject({ id, endedAt: null, calls: [] });
  expect(await calls(book, 'a')).toMatchObject([{ endedAway: true, disposition: 'unknown', endTime: null }]);
  expect((await book.states(book.shift('a')!, ALL)).entries[1]).toMatchObject({
    state: 'TALKING',
    endedAway: true,
  });
});

test('a user who is deleted takes the shift along', async () => {
  const book = await deskWith();
  const { users, ...rest } = CALL_DATA;
  centre!.directory.replace({ ...rest, users: users.filter(({ loginId }) => loginId !== 'a') });
  expect(book.shift('a')).toBeUndefined();
});
