import { useCallback, useEffect, useRef, useState } from 'react';

/** Less than this is no room worth a button, CSS pixels. */
const ROOM = 24;

/**
 * A panel that grows with what is in it and stays so high when something of it goes, until the user gives the room up: what stands below
 * does not move by itself. Another width is another measure.
 * @param isOff the panel is as high as what is in it, and keeps what it had for later
 */
export function useKeptHeight(isOff: boolean) {
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
    if (isOff) {
      outer.style.minBlockSize = '';
      setRoom(false);
      return;
    }
    if (width !== kept.current.width) kept.current = { width, height: 0 };
    kept.current.height = Math.max(kept.current.height, height);
    outer.style.minBlockSize = '';
    const least = Number.parseFloat(getComputedStyle(outer).minBlockSize) || 0;
    if (kept.current.height > least) outer.style.minBlockSize = `${kept.current.height + 2}px`;
    setRoom(Math.max(least, height) + ROOM < kept.current.height);
  }, [isOff]);
  useEffect(() => {
    if (content.current === null) return;
    const sizes = new ResizeObserver(apply);
    sizes.observe(content.current);
    apply();
    return () => sizes.disconnect();
  }, [apply]);
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
