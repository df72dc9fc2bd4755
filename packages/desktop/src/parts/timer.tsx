import { useEffect, useState } from 'react';
import { duration, isoDuration } from '../session/duration.ts';

/** Now, by the server's clock, drawn again at each second counted from `at`; null: never. */
function useServerTime(at: number | null, drift: number): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (at === null) return;
    let timer = 0;
    const tick = () => {
      setNow(Date.now());
      const elapsed = Date.now() + drift - at;
      timer = window.setTimeout(tick, 1000 - (((elapsed % 1000) + 1000) % 1000) + 5);
    };
    tick();
    return () => window.clearTimeout(timer);
  }, [at, drift]);
  return now + drift;
}

/** Ticks once a second, aligned to the second in which `since` began; `null` shows `--:--`. */
export function Timer({ since, drift, unknown }: { since: number | null; drift: number; unknown: string }) {
  const now = useServerTime(since, drift);
  if (since === null) return <span className="timer">{unknown}</span>;
  const elapsed = Math.max(0, now - since);
  return (
    <time className="timer" dateTime={isoDuration(elapsed)}>
      {duration(elapsed)}
    </time>
  );
}

/** What is left until `until`, rounded up: the last second is shown as 00:01, and then 00:00 stays. */
export function CountDown({ until, drift, label }: { until: number; drift: number; label: string }) {
  const now = useServerTime(until, drift);
  const left = Math.max(0, Math.ceil((until - now) / 1000) * 1000);
  return (
    <time className="timer" dateTime={isoDuration(left)}>
      <span className="visually-hidden">{label} </span>
      {duration(left)}
    </time>
  );
}
