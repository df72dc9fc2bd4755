/** The last answers of a session: what tells the client that, and why, it is over. */
import type { StreamError } from '../transport.ts';
import { dataBody, EMPTY_BODY, terminateBody } from './body.ts';
import { LEGACY_STATUS, streamErrorXml, type TerminateCondition } from './conditions.ts';

/** A body, or an HTTP status for clients older than version 1.6. */
export type Answer = string | number;

export interface Farewell {
  /** For the request that is answered first: with the stanzas that were still waiting. */
  readonly first: Answer;
  /** For all others. */
  readonly rest: Answer;
}

/**
 * An end without a reason is told as Openfire does it: an empty answer now, 404 for whatever comes later.
 * A reason is told in a terminate body or, to old clients, by the HTTP status.
 * @param opening the creation answer is still due: an empty body would not say anything
 */
export function farewell(
  condition: TerminateCondition | undefined,
  error: StreamError | undefined,
  stanzas: string,
  modern: boolean,
  opening: boolean,
): Farewell {
  if (condition !== undefined && modern) {
    const streamError = error === undefined ? '' : streamErrorXml(error);
    const first = terminateBody(condition, stanzas, streamError);
    return { first, rest: stanzas === '' ? first : terminateBody(condition, '', streamError) };
  }
  const status = condition === undefined ? undefined : (LEGACY_STATUS[condition] ?? 500);
  const rest = status ?? (opening ? terminateBody(undefined, '', '') : EMPTY_BODY);
  return { first: stanzas === '' ? rest : dataBody(stanzas, 0), rest };
}
