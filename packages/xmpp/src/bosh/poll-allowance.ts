/**
 * Allowance for needless requests (empty polls that come early, repeats): `burst` at once, earned back
 * within `burstSeconds`. The original ends a session at its first early poll; but JabberWerx and Strophe
 * send some whenever a proxy drops their connections, so only a flood is punished.
 *
 * The state is one number per session: the moment at which the whole allowance is restored (GCRA).
 * @param restoredAtMs state as returned before; 0 at first
 * @returns the new state, or null when the allowance is used up
 */
export function spend(
  burst: number,
  burstSeconds: number,
  restoredAtMs: number,
  nowMs: number,
): number | null {
  const next = Math.max(restoredAtMs, nowMs) + (burstSeconds * 1000) / burst;
  // Half a millisecond of tolerance for sums of fractions.
  return next - nowMs > burstSeconds * 1000 + 0.5 ? null : next;
}
