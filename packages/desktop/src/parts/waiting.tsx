import { useEffect, useState } from 'react';

/** Shorter waits are no news: neither seen nor heard. */
const LONG_MS = 1_000;

/** Says that the server is waited for, when that takes long. */
export function Waiting({
  isWaiting,
  text,
  className,
}: {
  isWaiting: boolean;
  text: string;
  className?: string;
}) {
  const [isLong, setLong] = useState(false);
  useEffect(() => {
    if (!isWaiting) return;
    const timer = window.setTimeout(() => setLong(true), LONG_MS);
    return () => {
      window.clearTimeout(timer);
      setLong(false);
    };
  }, [isWaiting]);
  return (
    <span className={className} role="status">
      {isWaiting && isLong ? text : ''}
    </span>
  );
}
