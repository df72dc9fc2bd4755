/**
 * Boxes stand in the document in the order of the layout, whatever was made of it: browsers load a frame anew that is taken out and
 * put in elsewhere. Styles place them. Where the browser can move an element as it is, they are moved, too, so that Tab and
 * screen readers follow what is seen.
 */

type Mover = Element & { moveBefore?: (node: Node, child: Node | null) => void };

/** Puts the children in the order of `data-order`, without loading what is in them anew. */
export function keepInOrder(parent: Element): void {
  const mover = parent as Mover;
  if (typeof mover.moveBefore !== 'function') return;
  const children = [...parent.querySelectorAll<HTMLElement>(':scope > [data-order]')];
  const wanted = children.toSorted((a, b) => Number(a.dataset.order) - Number(b.dataset.order));
  // From the end, so that one that is in its place already stays untouched.
  let next: Element | null = children.at(-1)?.nextElementSibling ?? null;
  for (const child of wanted.reverse()) {
    if (child.nextElementSibling !== next) mover.moveBefore(child, next);
    next = child;
  }
}
