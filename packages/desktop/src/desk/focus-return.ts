/**
 * Runs what a key asks for when the focus is where it belongs. What was closed last gives it back one frame later; what is opened in
 * between would take the bare page for the place to give the focus back to, and leave it there.
 */
export function withFocusReturned(window: Window, run: () => void): void {
  const { document } = window;
  const isAway = document.activeElement === null || document.activeElement === document.body;
  if (isAway) window.requestAnimationFrame(run);
  else run();
}

/** What is opened over the page and gives the focus back when it is closed. */
const OVERLAYS = '[role=dialog], [role=alertdialog], [role=menu], [role=listbox]';

/** Whether it is part of what is opened over the page. */
export const isInOverlay = (element: Element): boolean => element.closest(OVERLAYS) !== null;

/**
 * For when something goes that may have had the focus, or to which what lies over the page would give it back: what is opened
 * over the page finds the place gone when it is closed, and would leave the focus nowhere. Does nothing while nothing is open.
 * @param elsewhere gives the focus to what stays
 */
export function whenFocusIsLost(
  window: Window & Pick<typeof globalThis, 'MutationObserver'>,
  elsewhere: () => void,
): void {
  const { document } = window;
  const isLost = () => document.activeElement === null || document.activeElement === document.body;
  const overlay = document.activeElement?.closest(OVERLAYS) ?? null;
  if (overlay === null) return;
  const observer = new window.MutationObserver(() => {
    if (overlay.isConnected) return;
    observer.disconnect();
    // It gives the focus back in the next frame, if it can.
    window.requestAnimationFrame(() =>
      window.requestAnimationFrame(() => {
        if (isLost()) elsewhere();
      }),
    );
  });
  observer.observe(document.body, { childList: true, subtree: true });
}
