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
