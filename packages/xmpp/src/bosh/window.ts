/**
 * The rid window (XEP-0124 12 and 14): what a request id means to a session, as pure arithmetic.
 *
 *     ... answered ]( answered  ...  processed ]( processed ...  answered + requests ](
 *        repeats        still held                 early: fills or waits for a gap      too far
 */

/** Largest rid: 2^53 - 1 (XEP-0124 5). */
export const RID_MAX = Number.MAX_SAFE_INTEGER;

/** The three numbers that decide. Invariant: answered <= processed <= answered + requests. */
export interface RidWindow {
  /** Highest rid that has been answered. */
  readonly answered: number;
  /** Highest rid of the unbroken sequence that has been processed; those above `answered` are held. */
  readonly processed: number;
  /** Requests that may be under way at once, as granted at session creation. */
  readonly requests: number;
}

export type RidVerdict =
  /** The one expected: process it. */
  | 'next'
  /** Above the expected one, inside the window: keep it until the gap is closed. */
  | 'early'
  /** Being held: the new copy takes the place of the old one (XEP-0124 14.3). */
  | 'held'
  /** Answered before: the same answer again, nothing is processed twice. */
  | 'repeat'
  /** Answered so long ago that the answer is forgotten. */
  | 'forgotten'
  /** Beyond the window. */
  | 'too-far'
  /** All places taken. */
  | 'too-many';

/**
 * @param rid a safe integer above 0
 * @param waiting requests of the window that are at the server (held or early), without this one
 * @param cached answers kept, counted back from `answered`
 * @param exempt terminate and pause may exceed the number of requests (XEP-0124 11)
 */
export function judgeRid(
  window: RidWindow,
  rid: number,
  waiting: number,
  cached: number,
  exempt: boolean,
): RidVerdict {
  const { answered, processed, requests } = window;
  // Differences, not sums: near 2^53 a sum would be rounded.
  if (rid <= answered) return answered - rid < cached ? 'repeat' : 'forgotten';
  if (rid <= processed) return 'held';
  if (rid - answered > requests) return 'too-far';
  if (waiting >= requests && !exempt) return 'too-many';
  return rid - processed === 1 ? 'next' : 'early';
}

/** A rid as text: 1 to 2^53 - 1 in decimal digits, else undefined. */
export function parseRid(text: string | undefined): number | undefined {
  if (text === undefined || text.length > 16 || !/^[0-9]+$/.test(text)) return undefined;
  const rid = Number(text);
  return rid >= 1 && rid <= RID_MAX ? rid : undefined;
}
