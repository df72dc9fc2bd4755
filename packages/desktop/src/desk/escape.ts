/**
 * Escape while nothing has the focus. What was closed last gives it back one frame later; until then a key that is pressed reaches
 * the page alone, and whoever presses Escape twice in quick succession would close one layer instead of two.
 */

/** Layers over the page, as the component library draws them: menus, pop-overs, dialogs. */
const LAYERS = '.popover, .modal';

const topLayer = (document: Document): Element | undefined => [...document.querySelectorAll(LAYERS)].at(-1);

function giveEscape(layer: Element): void {
  // What is in a layer listens to what comes up from below.
  const inside = layer.querySelector('[role=menu], [role=dialog], [role=alertdialog]') ?? layer;
  inside.dispatchEvent(
    new KeyboardEvent('keydown', { key: 'Escape', code: 'Escape', bubbles: true, cancelable: true }),
  );
}

/** Frames that a menu may take to go. */
const GOES_FRAMES = 30;

/**
 * Closes the menu on top, then does what was asked for: what a key opens would stand over the menu, which is left for it. Dialogs stay,
 * for somebody may have typed something there.
 */
export function withoutMenu(window: Window, run: () => void): void {
  const top = topLayer(window.document);
  if (top === undefined || top.querySelector('[role=menu]') === null) {
    run();
    return;
  }
  giveEscape(top);
  const wait = (frames: number): void => {
    if (top.isConnected && frames > 0) window.requestAnimationFrame(() => wait(frames - 1));
    else run();
  };
  wait(GOES_FRAMES);
}

/** Gives an Escape that reached the page alone to the layer on top. @returns what ends it */
export function giveEscapeToTopLayer(window: Window): () => void {
  const { document } = window;
  const pressed = (event: KeyboardEvent) => {
    if (event.key !== 'Escape' || event.defaultPrevented || event.target !== document.body) return;
    const top = topLayer(document);
    if (top === undefined) return;
    event.preventDefault();
    giveEscape(top);
  };
  window.addEventListener('keydown', pressed);
  return () => window.removeEventListener('keydown', pressed);
}
