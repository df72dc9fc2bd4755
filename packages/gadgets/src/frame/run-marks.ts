/**
 * Marks when scripts of this gadget run. A gadget that loops for ever holds the page in which it stands, and nothing in the page can say
 * so any more; who watches from outside must know beforehand whose turn it is. The page gives the marks; without it, nothing is done.
 */

/** Of one gadget; each is one message to who watches. */
export interface RunMarks {
  begin(): void;
  end(): void;
  /** Its document is there: what runs between its scripts is no longer its own by default. */
  loaded(): void;
}

/** Name in the window of the page. */
export const RUN_MARKS = 'poiseRunMarks';

/** After which a gadget does something by itself. */
const EVENTS = [
  'pointerdown',
  'pointerup',
  'click',
  'keydown',
  'keyup',
  'input',
  'change',
  'submit',
] as const;

type Timed = (run: unknown, ...args: unknown[]) => number;

/** Those of the page that holds this frame; null: it has none, or is of another origin. */
export function runMarksOf(frame: Window): RunMarks | null {
  try {
    const give = (frame.parent as unknown as Record<string, unknown>)[RUN_MARKS];
    return frame.parent !== frame && typeof give === 'function'
      ? (give(frame.name) as RunMarks | null)
      : null;
  } catch {
    return null;
  }
}

/** @returns the same function, marked */
export function marked<Args extends unknown[]>(
  marks: RunMarks | null,
  run: (...args: Args) => void,
): (...args: Args) => void {
  if (marks === null) return run;
  return (...args) => {
    marks.begin();
    try {
      run(...args);
    } finally {
      marks.end();
    }
  };
}

/** Timers, requests and events of the frame are marked from now on. */
export function markRuns(frame: Window & typeof globalThis, marks: RunMarks | null): void {
  if (marks === null) return;
  const window = frame as unknown as Record<string, Timed>;
  for (const name of ['setTimeout', 'setInterval', 'requestAnimationFrame']) {
    const plain = window[name] as Timed;
    // What is no function is a script as text, which timers take as well.
    window[name] = (run, ...args) =>
      plain.call(
        frame,
        typeof run === 'function'
          ? function (this: unknown, ...given: unknown[]) {
              marks.begin();
              try {
                return run.apply(this, given);
              } finally {
                marks.end();
              }
            }
          : run,
        ...args,
      );
  }
  for (const name of EVENTS) {
    frame.addEventListener(name, () => marks.begin(), { capture: true, passive: true });
    frame.addEventListener(name, () => marks.end(), { passive: true });
  }
  const { prototype } = frame.XMLHttpRequest;
  const { open } = prototype;
  prototype.open = function (this: XMLHttpRequest, ...args: unknown[]) {
    // Before the handlers of the gadget, which are set after it.
    // Of the states, that one alone in which it has its answer: those before it would keep the gadget named while it only waits.
    this.addEventListener('readystatechange', () => {
      if (this.readyState === 4) marks.begin();
    });
    this.addEventListener('loadend', () => marks.end());
    return (open as (...given: unknown[]) => void).apply(this, args);
  } as typeof open;
  frame.addEventListener('load', () => frame.setTimeout(() => marks.loaded()));
}
