import type { GadgetsResponse } from '../../frame/gadgets.ts';

export interface DirectRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
}

/** As the proxy of gadgets waits. */
const ANSWER_WITHIN_MS = 30_000;

/** A request of the page itself (CORS), answered as `gadgets.io.makeRequest` answers: `rc` is 0 where there was no answer. */
export async function directRequest(
  { url, method, headers, body }: DirectRequest,
  answered: (response: GadgetsResponse) => void,
): Promise<void> {
  let response: GadgetsResponse;
  try {
    const answer = await fetch(url, {
      method,
      headers,
      ...(body !== undefined && { body }),
      // The Authorization header says who it is; a cookie of the browser may be another's.
      credentials: 'omit',
      cache: 'no-store',
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
    const named = [...answer.headers].map(([name, value]) => [name.toLowerCase(), [value]] as const);
    response = {
      rc: answer.status,
      text: await answer.text(),
      headers: Object.fromEntries(named),
      errors: [],
    };
  } catch (error) {
    response = { rc: 0, text: '', headers: {}, errors: [String(error)] };
  }
  answered(response);
}
