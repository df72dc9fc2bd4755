import { VirtualClock } from '@poise/clock';
import { beforeEach, expect, test } from 'vitest';
import { settle } from '../../test/fake-client.ts';
import { ANSWER_MS, Tabs } from './tabs.ts';

type Listener = (event: { readonly data: unknown }) => void;

/** A BroadcastChannel among the tabs of one browser: everybody but the sender hears. */
class Air {
  readonly #ends = new Set<Listener[]>();
  end() {
    const listeners: Listener[] = [];
    this.#ends.add(listeners);
    return {
      postMessage: (data: unknown) => {
        for (const end of this.#ends) if (end !== listeners) for (const listener of end) listener({ data });
      },
      addEventListener: (_: 'message', listener: Listener) => void listeners.push(listener),
      close: () => this.#ends.delete(listeners),
    };
  }
}

let air: Air;
let clock: VirtualClock;
beforeEach(() => {
  air = new Air();
  clock = new VirtualClock();
});
const tab = (id: string, end = air.end()) => new Tabs(end, clock, id);

test('a tab knows who works in another, whichever was opened first', async () => {
  const before = tab('a');
  const first = tab('b');
  first.claim(['3001', 'jdoe'], () => {});
  const after = tab('c');
  for (const other of [before, after]) {
    expect(await other.isElsewhere('3001')).toBe(true);
    expect(await other.isElsewhere('jdoe')).toBe(true);
    expect(await other.isElsewhere('3002')).toBe(false);
  }
  expect(await first.isElsewhere('3001')).toBe(false);
});

test('the tab that takes over ends the other, once', async () => {
  const ended: string[] = [];
  const [first, second] = [tab('a'), tab('b')];
  first.claim(['3001'], () => ended.push('first'));
  second.claim(['3001'], () => ended.push('second'));
  expect(ended).toEqual(['first']);
  expect(await first.isElsewhere('3001')).toBe(true);
  first.claim(['3001'], () => {});
  expect(ended).toEqual(['first', 'second']);
});

test('who has signed out, or is gone without a word, is in nobody’s way', async () => {
  const end = air.end();
  const [first, second] = [tab('a'), tab('b', end)];
  second.claim(['3001'], () => {});
  second.release();
  expect(await first.isElsewhere('3001')).toBe(false);
  second.claim(['3001'], () => {});
  end.close();
  let answer: boolean | undefined;
  void first.isElsewhere('3001').then((isThere) => {
    answer = isThere;
  });
  await settle();
  expect(answer).toBeUndefined();
  clock.advance(ANSWER_MS);
  await settle();
  expect(answer).toBe(false);
});

test('nonsense on the channel, and a browser without one, change nothing', async () => {
  const end = air.end();
  const first = tab('a');
  first.claim(['3001'], () => {
    throw new Error('taken over by nonsense');
  });
  for (const data of [
    null,
    7,
    'take',
    { type: 'take' },
    { type: 'take', user: 3001, from: 'x' },
    { type: 'steal' },
  ])
    end.postMessage(data);
  const alone = new Tabs(null, clock, 'z');
  alone.claim(['3001'], () => {});
  expect(await alone.isElsewhere('3001')).toBe(false);
});
