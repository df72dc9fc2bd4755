/**
 * The mark of a state. Its shape differs as well as its colour, so that it also speaks to those who cannot tell
 * the colours apart; the name of the state stands beside it always.
 */
export function StateMark({ state }: { state: string }) {
  return <span className="state-mark" data-state={state} aria-hidden="true" />;
}
