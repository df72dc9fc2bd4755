import { ApiError, type TextRequest } from '@poise/client';
import { VirtualClock } from '@poise/clock';
import { beforeEach, expect, test } from 'vitest';
import { ActionTimes, followInputs } from './action-times.ts';

type Phase = 'signing-in' | 'signed-in';
type Listener = (...args: never[]) => void;

let clock: VirtualClock;
let frames: (() => void)[];
let hidden: boolean;
let phase: Phase;
let watchers: Set<() => void>;
let listeners: Map<string, Listener>;
let sent: { drift: number; uncertainty: number; actions: Record<string, unknown>[] }[];
let refuses: number | null;
let times: ActionTimes;
let working: boolean;

beforeEach(() => {
  clock = new VirtualClock(10_000);
  frames = [];
  hidden = false;
  phase = 'signed-in';
  watchers = new Set();
  listeners = new Map();
  sent = [];
  refuses = null;
  working = true;
  times = new ActionTimes({
    clock,
    painted: (run) => void frames.push(run),
    isHidden: () => hidden,
    store: {
      snapshot: () => ({ phase }) as never,
      subscribe: (run) => {
        watchers.add(run);
        return () => watchers.delete(run);
      },
    },
  });
  const client = {
    on: (name: string, listener: Listener) => void listeners.set(name, listener),
    sendText: async ({ method, path, body }: TextRequest) => {
      expect([method, path]).toEqual(['POST', '/poise/api/trace']);
      sent.push(JSON.parse(body ?? ''));
      if (refuses !== null) throw new ApiError(refuses, [], '');
    },
  };
  times.follow(client as never, () => working);
  hears('clock', { drift: 7_000, roundTrip: 10 });
});
const hears = (name: string, ...args: unknown[]) =>
  (listeners.get(name) as (...all: unknown[]) => void)(...args);
const paint = () => {
  for (const run of frames.splice(0)) run();
};
/** Ready, say: 40 ms to the request, 60 ms to its event, 15 ms to the picture. */
function act(requestId: string) {
  times.input('pointer', clock.now());
  clock.advance(40);
  hears('asked', requestId);
  clock.advance(60);
  hears('update', { requestId });
  clock.advance(15);
  paint();
}

test('click, event and picture of an action are told by its requestId, with the drift', () => {
  act('r1');
  expect(sent).toEqual([]);
  clock.advance(5_000);
  expect(sent).toEqual([
    {
      drift: 7_000,
      uncertainty: 5,
      actions: [
        { requestId: 'r1', input: 'pointer', begunAt: 10_000, receivedAt: 10_100, paintedAt: 10_115 },
      ],
    },
  ]);
});

test('actions go together, at most sixteen at a time', () => {
  for (let i = 0; i < 20; i++) act(`r${i}`);
  clock.advance(20_000);
  expect(sent.map(({ actions }) => actions.length)).toEqual([16, 4]);
});

test('one input begins one action, and an old one none', () => {
  act('r1');
  hears('asked', 'r2');
  hears('update', { requestId: 'r2' });
  times.input('key', clock.now());
  clock.advance(1_001);
  hears('asked', 'r3');
  hears('update', { requestId: 'r3' });
  paint();
  clock.advance(5_000);
  expect(sent[0]?.actions.map(({ input, begunAt }) => [input, begunAt])).toEqual([
    ['pointer', 10_000],
    [null, null],
    [null, null],
  ]);
});

test('a sign-in begins with its click, however long it connects, and ends with the desktop', () => {
  phase = 'signing-in';
  times.input('key', clock.now());
  clock.advance(9_000);
  hears('asked', 'in');
  clock.advance(100);
  hears('update', { requestId: 'in' });
  clock.advance(6_000);
  expect(sent).toEqual([]);
  phase = 'signed-in';
  for (const run of [...watchers]) run();
  expect(watchers.size).toBe(0);
  clock.advance(20);
  paint();
  clock.advance(5_000);
  expect(sent[0]?.actions).toEqual([
    { requestId: 'in', input: 'key', begunAt: 10_000, receivedAt: 19_100, paintedAt: 25_120 },
  ]);
});

test('a hidden page paints nothing, and a page that never paints is not waited for', () => {
  hidden = true;
  act('r1');
  clock.advance(5_000);
  expect(sent[0]?.actions[0]?.paintedAt).toBeNull();
  hidden = false;
  hears('asked', 'r2');
  hears('update', { requestId: 'r2' });
  clock.advance(30_000);
  expect(sent[1]?.actions).toMatchObject([{ requestId: 'r2', paintedAt: null }]);
});

test('nothing is told before the clocks were compared, of other requests, or after the sign-out', () => {
  times.follow(
    { on: (name: string, listener: Listener) => void listeners.set(name, listener) } as never,
    () => working,
  );
  act('r1');
  clock.advance(20_000);
  expect(sent).toEqual([]);
  hears('update', { requestId: 'somebody' });
  working = false;
  hears('clock', { drift: 0, roundTrip: 0 });
  clock.advance(20_000);
  expect(sent).toEqual([]);
});

test.each([404, 403, 400])('a server that answers %i is not asked again', (status) => {
  refuses = status;
  act('r1');
  clock.advance(5_000);
  return Promise.resolve()
    .then(() => {})
    .then(() => {
      act('r2');
      clock.advance(20_000);
      expect(sent).toHaveLength(1);
    });
});

test('requests without an event are forgotten', () => {
  for (let i = 0; i < 200; i++) hears('asked', `r${i}`);
  hears('update', { requestId: 'r0' });
  clock.advance(5_000);
  expect(sent).toEqual([]);
});

test('only what a person does is an input', () => {
  const page = new EventTarget();
  const inputs: unknown[] = [];
  followInputs({ input: (...args) => void inputs.push(args) }, page, clock);
  page.dispatchEvent(new Event('click'));
  expect(inputs).toEqual([]);
  const real = new Event('keydown');
  Object.defineProperty(real, 'isTrusted', { value: true });
  Object.defineProperty(real, 'timeStamp', { value: clock.monotonic() - 12 });
  page.dispatchEvent(real);
  expect(inputs).toEqual([['key', 9_988]]);
});

test('a click that the browser makes of the Enter key is one of the key', () => {
  const page = new EventTarget();
  const kinds: string[] = [];
  followInputs({ input: (kind) => void kinds.push(kind) }, page, clock);
  const click = (detail: number) => {
    const event = new Event('click');
    Object.defineProperty(event, 'isTrusted', { value: true });
    Object.defineProperty(event, 'detail', { value: detail });
    page.dispatchEvent(event);
  };
  click(0);
  click(1);
  expect(kinds).toEqual(['key', 'pointer']);
});
