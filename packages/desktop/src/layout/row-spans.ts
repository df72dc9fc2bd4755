/** Boxes of unlike height below each other, with no gaps: each takes as many low rows of the grid as it is high. */

/** Height of a row of the grid, CSS pixels; that of `.arranged` in the styles. */
const ROW = 4;

/** Keeps `--rows` of each child up to date. @returns what ends it */
export function followHeights(parent: Element): () => void {
  const gap = () => Number.parseFloat(getComputedStyle(parent).columnGap) || 0;
  const measure = (box: HTMLElement) => {
    const { height } = box.getBoundingClientRect();
    box.style.setProperty('--rows', String(Math.max(1, Math.ceil((height + gap()) / ROW))));
  };
  const sizes = new ResizeObserver((entries) => {
    for (const { target } of entries) measure(target as HTMLElement);
  });
  const watch = () => {
    sizes.disconnect();
    for (const box of parent.querySelectorAll<HTMLElement>(':scope > .arranged-box')) {
      measure(box);
      sizes.observe(box);
    }
  };
  const children = new MutationObserver(watch);
  children.observe(parent, { childList: true });
  watch();
  return () => {
    sizes.disconnect();
    children.disconnect();
  };
}
