/**
 * Escape while nothing has the focus. What was closed last gives it back one frame later; until then a key that is pressed reaches
 * the page alone, and whoever presses Escape twice in quick succession would close one layer instead of two.
 */

/** Layers over the page, as the component library draws them: menus, pop-overs, dialogs. */
const LAYERS = '.popover, .modal';

/** Gives an Escape that reached the page alone to the layer on top. @returns what ends it */
export function giveEscapeToTopLayer(window: Window): () => void {
  const { document } = window;
  const pressed = (event: KeyboardEvent) => {
    if (event.key !== 'Escape' || event.defaultPrevented || event.target !== document.body) return;
    const layers = document.querySelectorAll(LAYERS);
    const top = layers[layers.length - 1];
    if (top === undefined) return;
    event.preventDefault();
    // What is in a layer listens to what comes up from below.
    const inside = top.querySelector('[role=menu], [role=dialog], [role=alertdialog]') ?? top;
    inside.dispatchEvent(
      new KeyboardEvent('keydown', { key: 'Escape', code: 'Escape', bubbles: true, cancelable: true }),
    );
  };
  window.addEventListener('keydown', pressed);
  return () => window.removeEventListener('keydown', pressed);
}
