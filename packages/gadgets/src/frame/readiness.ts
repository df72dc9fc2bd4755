/** When a gadget's page is ready for its hub (gadgets.md H5). */

/** What of a page is used. */
export interface ReadyingPage {
  readonly readyState: string;
  addEventListener(type: 'DOMContentLoaded', run: () => void): void;
}

/**
 * Where the gadget's own code has heard that its page is ready, too: with the event, as jQuery 1 and 2 tell it, or a turn later, as jQuery 3
 * does. What it prepares there is used in `onConnect`.
 * @param later calls after so many ms
 * @returns calls something then, or soon if that was before
 */
export function readiness(
  page: ReadyingPage,
  later: (ms: number, run: () => void) => void,
): (run: () => void) => void {
  let isReady = page.readyState !== 'loading';
  const waiting: (() => void)[] = [];
  page.addEventListener('DOMContentLoaded', () =>
    later(0, () =>
      later(0, () => {
        isReady = true;
        for (const run of waiting) run();
      }),
    ),
  );
  return (run) => {
    if (isReady) queueMicrotask(run);
    else waiting.push(run);
  };
}
