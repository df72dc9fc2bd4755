import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';

/** Less than this is no room worth a button, CSS pixels. */
const ROOM = 24;
const BORDERS = 2;
/** Windows of less height, CSS pixels, have no room for two scroll bars. */
const LOW = 512;

/** Header of the page and the room around the panel, as the styles have them, CSS pixels. */
function outerPx(): number {
  const style = getComputedStyle(document.documentElement);
  const rem = Number.parseFloat(style.fontSize);
  const of = (name: string) => Number.parseFloat(style.getPropertyValue(name)) * rem;
  return of('--header') + 2 * of('--space-4');
}

/**
 * A panel that grows with what is in it and stays so high when something of it goes, until the user gives the room up: what stands below
 * does not move by itself. Another width is another measure, and below another page stands nothing that could move.
 * @param isOff the panel is as high as what is in it, and keeps what it had for later
 * @param page what stands below the panel
 */
export function useKeptHeight(isOff: boolean, page: string) {
  const panel = useRef<HTMLElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const kept = useRef({ width: 0, height: 0 });
  const [hasRoom, setRoom] = useState(false);
  const apply = useCallback(() => {
    const [outer, inner] = [panel.current, content.current];
    if (outer === null || inner === null) return;
    const { width, height } = inner.getBoundingClientRect();
    // Not shown now.
    if (width === 0) return;
    // In a window that is lower than that the page scrolls, and nothing in it.
    const most = window.innerHeight < LOW ? Number.POSITIVE_INFINITY : window.innerHeight - outerPx();
    outer.toggleAttribute('data-scrolls', height + BORDERS > most);
    if (isOff) {
      outer.style.minBlockSize = '';
      setRoom(false);
      return;
    }
    if (width !== kept.current.width) kept.current = { width, height: 0 };
    kept.current.height = Math.max(kept.current.height, height);
    outer.style.minBlockSize = '';
    const least = Number.parseFloat(getComputedStyle(outer).minBlockSize) || 0;
    if (kept.current.height > least)
      outer.style.minBlockSize = `${Math.min(kept.current.height + BORDERS, most)}px`;
    setRoom(Math.max(least, height) + ROOM < Math.min(kept.current.height, most));
  }, [isOff]);
  useEffect(() => {
    if (content.current === null) return;
    const sizes = new ResizeObserver(apply);
    sizes.observe(content.current);
    window.addEventListener('resize', apply);
    apply();
    return () => {
      sizes.disconnect();
      window.removeEventListener('resize', apply);
    };
  }, [apply]);
  const shown = useRef(page);
  useLayoutEffect(() => {
    if (shown.current === page) return;
    shown.current = page;
    kept.current = { width: 0, height: 0 };
    apply();
  }, [page, apply]);
  const giveUp = useCallback(() => {
    kept.current = { width: 0, height: 0 };
    // What the user closes may still be there: measured once it is gone, or now.
    requestAnimationFrame(() => {
      kept.current = { width: 0, height: 0 };
      apply();
    });
  }, [apply]);
  return { panel, content, hasRoom, giveUp };
}
