import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { handOnInput } from './frame-input.ts';

class Key extends Event {
  constructor(type: string, fields: Partial<KeyboardEvent>) {
    super(type, { cancelable: true });
    for (const [name, value] of Object.entries(fields))
      if (!(name in Event.prototype)) Object.defineProperty(this, name, { value });
  }
}
beforeEach(() => vi.stubGlobal('KeyboardEvent', Key));
afterEach(() => vi.unstubAllGlobals());

/** @param gadget what the gadget has listened with before */
function setup(gadget: ((event: Event) => void) | null = null) {
  const [frame, page] = [new EventTarget(), new EventTarget()];
  const keys: string[] = [];
  let signs = 0;
  let now = 0;
  page.addEventListener('keydown', (event) => {
    keys.push((event as KeyboardEvent).key);
    event.preventDefault();
  });
  page.addEventListener('pointermove', () => {
    signs++;
  });
  if (gadget) frame.addEventListener('keydown', gadget);
  handOnInput(frame, page, () => now, false);
  const press = (key: string, more: Partial<KeyboardEvent> = {}) => {
    const event = new Key('keydown', {
      key,
      code: '',
      ctrlKey: false,
      altKey: false,
      shiftKey: false,
      getModifierState: () => false,
      ...more,
    });
    frame.dispatchEvent(event);
    return event.defaultPrevented;
  };
  return {
    frame,
    press,
    keys,
    signs: () => signs,
    later: (ms: number) => {
      now += ms;
    },
  };
}

test('keys of shortcuts come to the page, and are done when it has used them; others stay with the gadget', () => {
  const { press, keys } = setup();
  expect(press('r', { ctrlKey: true, altKey: true })).toBe(true);
  expect(press('a')).toBe(false);
  expect(press('A', { shiftKey: true })).toBe(false);
  expect(keys).toEqual(['r']);
});

test('what the gadget has taken is not handed on', () => {
  const { press, keys } = setup((event) => event.preventDefault());
  press('r', { ctrlKey: true, altKey: true });
  expect(keys).toEqual([]);
});

test('whoever works in a gadget is there; it is told once a second', () => {
  const { frame, press, signs, later } = setup();
  for (let n = 0; n < 50; n++) frame.dispatchEvent(new Event('pointermove'));
  expect(signs()).toBe(1);
  later(1_000);
  press('a');
  expect(signs()).toBe(2);
});
