import { type ReactNode, useEffect, useRef } from 'react';

/** Things of one moment that are told apart. */
const KEPT = 20;

/**
 * A live region for the newest of several things: when it goes, the one before it is not said again, nor when they are read again in
 * another order. It is heard while a dialog is open, too.
 * @param newest when it came, epoch ms; null: there is nothing
 */
export function SaidOnce({
  newest,
  children,
}: {
  newest: { readonly id: string; readonly at: number } | null;
  children: ReactNode;
}) {
  const said = useRef<{ at: number; ids: readonly string[] }>({ at: Number.NEGATIVE_INFINITY, ids: [] });
  const { at, ids } = said.current;
  const isNews =
    newest !== null &&
    (newest.at > at || ids.at(-1) === newest.id || (newest.at === at && !ids.includes(newest.id)));
  useEffect(() => {
    if (isNews && ids.at(-1) !== newest.id)
      said.current = { at: newest.at, ids: [...ids, newest.id].slice(-KEPT) };
  });
  return (
    <span className="visually-hidden" role="status" data-live-announcer="true">
      {isNews ? children : ''}
    </span>
  );
}
