import { useEffect, useState } from 'react';
import { duration, isoDuration } from '../session/duration.ts';

/** Ticks once a second, aligned to the second in which `since` began; `null` shows `--:--`. */
export function Timer({ since, drift, unknown }: { since: number | null; drift: number; unknown: string }) {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (since === null) return;
    let timer = 0;
    const tick = () => {
      setNow(Date.now());
      const elapsed = Date.now() + drift - since;
      timer = window.setTimeout(tick, 1000 - (((elapsed % 1000) + 1000) % 1000) + 5);
    };
    tick();
    return () => window.clearTimeout(timer);
  }, [since, drift]);
  if (since === null) return <span className="timer">{unknown}</span>;
  const elapsed = Math.max(0, now + drift - since);
  return (
    <time className="timer" dateTime={isoDuration(elapsed)}>
      {duration(elapsed)}
    </time>
  );
}
