import { VirtualClock } from '@poise/clock';
import { beforeEach, expect, test } from 'vitest';
import { userIn } from '../../test/fake-client.ts';
import { agentOf } from './desktop-client.ts';
import { Hub, MAINTENANCE_MODE_EVENT } from './hub.ts';
import { MaintenanceMove, RETRY_MS } from './maintenance.ts';
import { Store } from './store.ts';

let clock: VirtualClock;
let store: Store;
let random: number;
let canMove: boolean;
let host: string;
let asked: number;
let gadgets: unknown[];
let move: MaintenanceMove;

beforeEach(() => {
  clock = new VirtualClock(100_000);
  store = new Store();
  [random, canMove, host, asked, gadgets] = [0.5, true, 'a.example', 0, []];
  const hub = new Hub();
  hub.connect((topic, payload) => topic === MAINTENANCE_MODE_EVENT && gadgets.push(payload));
  store.dispatch({ type: 'sign-in started', host });
  store.dispatch({ type: 'signed in', user: agentOf(userIn('READY')) });
  move = new MaintenanceMove({
    store,
    clock,
    hub,
    random: () => random,
    client: {
      get host() {
        return host;
      },
      moveAway: async () => {
        asked++;
        if (canMove) host = 'b.example';
        return canMove;
      },
    },
  });
});

const shown = () => store.snapshot().maintenance;
const hears = (finesseMMode: string, secondaryNode = 'b.example') =>
  move.heard({ finesseMMode, secondaryNode });

test('is announced once, moves 5 to 15 s after it has begun, and says that it has moved', async () => {
  hears('');
  expect(shown()).toBeNull();
  hears('INITIATING');
  expect(shown()).toEqual({ phase: 'announced', hasOther: true });
  await clock.advance(120_000);
  hears('INITIATING');
  expect([asked, gadgets]).toEqual([0, [{ status: 'SCHEDULED' }]]);
  hears('IN_PROGRESS');
  expect(shown()).toEqual({ phase: 'moving', at: clock.now() + 10_000 });
  hears('IN_PROGRESS');
  expect(gadgets).toEqual([{ status: 'SCHEDULED' }, { status: 'MIGRATING' }]);
  await clock.advance(9_999);
  expect(asked).toBe(0);
  await clock.advance(1);
  expect([asked, move.isOnItsWay]).toEqual([1, true]);
  // What the other node says of itself while the connection is made.
  hears('');
  expect(shown()?.phase).toBe('moving');
  move.recovered();
  expect([shown(), move.isOnItsWay]).toEqual([{ phase: 'moved', host: 'b.example' }, false]);
  await clock.advance(15_000);
  expect(shown()).toBeNull();
});

test.each([
  [0, 5_000],
  [1, 15_000],
])('chance %d: moves after %d ms', async (chance, delayMs) => {
  random = chance;
  hears('IN_PROGRESS');
  await clock.advance(delayMs - 1);
  expect(asked).toBe(0);
  await clock.advance(1);
  expect(asked).toBe(1);
});

test('where nobody takes over it says so, waits, and tries again', async () => {
  canMove = false;
  hears('INITIATING', '');
  expect(shown()).toEqual({ phase: 'announced', hasOther: false });
  hears('IN_PROGRESS', '');
  await clock.advance(10_000);
  expect(shown()).toEqual({ phase: 'stays' });
  await clock.advance(RETRY_MS * 1.25);
  expect([asked, shown()]).toEqual([2, { phase: 'stays' }]);
  canMove = true;
  await clock.advance(RETRY_MS * 1.25);
  expect([asked, move.isOnItsWay]).toEqual([3, true]);
});

test('a maintenance that is called off moves nobody', async () => {
  hears('INITIATING');
  hears('');
  expect(shown()).toBeNull();
  hears('IN_PROGRESS');
  hears('');
  await clock.advance(60_000);
  expect([asked, shown()]).toEqual([0, null]);
});

test('an agent whom the other node did not take stays, and is not told that he has moved', async () => {
  hears('IN_PROGRESS');
  await clock.advance(10_000);
  host = 'a.example';
  move.recovered();
  expect([shown(), move.isOnItsWay]).toEqual([{ phase: 'stays' }, false]);
});

test('the same name may lead to another node: an agent whom that one took has moved', async () => {
  hears('IN_PROGRESS');
  await clock.advance(10_000);
  host = 'a.example';
  hears('');
  move.recovered();
  expect([shown(), move.isOnItsWay]).toEqual([{ phase: 'moved', host: 'a.example' }, false]);
});

test('other words of other servers are none; after the end nothing is tried', async () => {
  hears('NONE');
  expect(shown()).toBeNull();
  hears('IN_PROGRESS');
  move.end();
  await clock.advance(60_000);
  expect(asked).toBe(0);
});
