import { expect, test } from 'vitest';
import { marked, markRuns, RUN_MARKS, type RunMarks, runMarksOf } from './run-marks.ts';

/** A frame whose timers and requests are run by the test. */
function setup() {
  const said: string[] = [];
  const marks: RunMarks = {
    begin: () => said.push('begin'),
    end: () => said.push('end'),
    loaded: () => said.push('loaded'),
  };
  const timers: ((...args: unknown[]) => unknown)[] = [];
  const plain = (run: (...args: unknown[]) => unknown) => timers.push(run);
  class Request extends EventTarget {
    readyState = 0;
    open(...args: unknown[]) {
      said.push(`open ${args.join(' ')}`);
    }
  }
  const frame = Object.assign(new EventTarget(), {
    name: 'finesse_gadget_3',
    parent: { [RUN_MARKS]: (name: string) => (name === 'finesse_gadget_3' ? marks : null) },
    setTimeout: plain,
    setInterval: plain,
    requestAnimationFrame: plain,
    XMLHttpRequest: Request,
  });
  return { said, marks, timers, Request, frame: frame as unknown as Window & typeof globalThis };
}

test('the page of the frame gives the marks; a page that has none, or is not to be asked, gives none', () => {
  const { frame, marks } = setup();
  expect(runMarksOf(frame)).toBe(marks);
  expect(runMarksOf({ name: 'x', parent: {} } as unknown as Window)).toBeNull();
  const foreign = {
    get parent(): never {
      throw new Error('SecurityError');
    },
  };
  expect(runMarksOf(foreign as unknown as Window)).toBeNull();
});

test('timers begin and end, also when they throw, with their own `this` and arguments', () => {
  const { frame, marks, said, timers } = setup();
  markRuns(frame, marks);
  frame.setTimeout((n: number) => said.push(`ran ${n}`), 5, 7);
  frame.setInterval(() => {
    throw new Error('gadget');
  }, 5);
  frame.setTimeout('text' as never, 5);
  timers[0]?.(7);
  expect(() => timers[1]?.()).toThrow('gadget');
  expect(said).toEqual(['begin', 'ran 7', 'end', 'begin', 'end']);
  expect(timers[2]).toBe('text');
});

test('events and requests are marked around the handlers of the gadget', () => {
  const { frame, marks, said, Request } = setup();
  markRuns(frame, marks);
  frame.addEventListener('click', () => said.push('clicked'));
  frame.dispatchEvent(new Event('click'));
  expect(said.splice(0)).toContain('clicked');
  const request = new Request();
  request.open('GET', '/x');
  request.addEventListener('readystatechange', () => said.push('answered'));
  // While it waits, it is nobody's turn.
  request.readyState = 2;
  request.dispatchEvent(new Event('readystatechange'));
  request.readyState = 4;
  request.dispatchEvent(new Event('readystatechange'));
  request.dispatchEvent(new Event('loadend'));
  expect(said).toEqual(['open GET /x', 'answered', 'begin', 'answered', 'end']);
});

test('without marks a function is what it was', () => {
  const run = () => {};
  expect(marked(null, run)).toBe(run);
});
