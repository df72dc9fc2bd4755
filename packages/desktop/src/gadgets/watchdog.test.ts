import { expect, test } from 'vitest';
import { MARK, PING_MS, STALL_MS, Watchdog } from './watchdog.ts';

function setup() {
  let now = 0;
  const watchdog = new Watchdog(0);
  const say = (...marks: number[]) => marks.map((mark) => watchdog.hear(mark, now)).at(-1);
  /** Looks every second; the page is silent. */
  const silence = (ms: number) => {
    let told = null;
    for (const end = now + ms; now < end; ) {
      now += PING_MS;
      told = watchdog.look(now) ?? told;
    }
    return told;
  };
  const sleep = (ms: number) => {
    now += ms;
  };
  return { watchdog, say, silence, sleep };
}

const begin = (mid: number) => MARK.begin + mid;

test('the gadget whose turn it is when the page falls silent is named, once', () => {
  const { say, silence } = setup();
  say(MARK.alive, begin(3), MARK.end, begin(7));
  expect(silence(STALL_MS - PING_MS)).toBeNull();
  expect(silence(PING_MS)).toEqual({ type: 'stalled', stall: { mid: 7, ms: STALL_MS } });
  expect(silence(60_000)).toBeNull();
  expect(say(MARK.alive)).toEqual({ type: 'recovered', stall: { mid: 7, ms: STALL_MS + 60_000 } });
  expect(say(MARK.alive)).toBeNull();
});

test('a run inside a run is the inner one’s; after both nobody is named', () => {
  const { say, silence } = setup();
  say(begin(1), begin(2), MARK.end);
  expect(silence(STALL_MS)).toMatchObject({ stall: { mid: 1 } });
  say(MARK.alive, begin(1), begin(2), MARK.end, MARK.end);
  expect(silence(STALL_MS)).toMatchObject({ stall: { mid: null } });
});

test('a mark without an end is forgotten when the page lives', () => {
  const { say, silence } = setup();
  say(begin(4), MARK.alive);
  expect(silence(STALL_MS)).toMatchObject({ stall: { mid: null } });
});

test('a gadget whose document is being loaded is named when no other has its turn', () => {
  const { say, silence } = setup();
  say(MARK.loading + 1, MARK.loading + 2, MARK.alive);
  expect(silence(STALL_MS)).toMatchObject({ stall: { mid: 2 } });
  say(MARK.alive, MARK.loaded + 2);
  expect(silence(STALL_MS)).toMatchObject({ stall: { mid: 1 } });
});

test('whoever has slept does not blame the page', () => {
  const { say, silence, sleep } = setup();
  say(begin(1));
  sleep(3_600_000);
  expect(silence(STALL_MS)).toBeNull();
  expect(silence(PING_MS)).toMatchObject({ type: 'stalled', stall: { mid: 1 } });
});
