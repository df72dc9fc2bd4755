/** Bodies to a collector over HTTP. */

import type { Post } from './outlet.ts';
import type { Signal } from './telemetry.ts';

const TIMEOUT_MS = 10_000;

/**
 * @param base address of the collector, as in `http://127.0.0.1:4318`; the paths of the signals are put behind it
 * @param headers as the collector wants them, e.g. its key
 */
export const httpPost =
  (base: string, headers: Readonly<Record<string, string>>, fetched: typeof fetch = fetch) =>
  (signal: Signal): Post =>
  async (body) => {
    const answer = await fetched(`${base.replace(/\/+$/, '')}/v1/${signal}`, {
      method: 'POST',
      headers: { ...headers, 'Content-Type': 'application/json' },
      body,
      // A key goes where the setting says and nowhere else.
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    await answer.body?.cancel();
    const seconds = Number(answer.headers.get('Retry-After') ?? Number.NaN);
    return {
      status: answer.status,
      retryAfterMs: Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : null,
    };
  };

/** `name=value,name=value` as the OpenTelemetry environment variable has it. @returns null: it cannot be read */
export function headersOf(text: string): Readonly<Record<string, string>> | null {
  const headers: Record<string, string> = {};
  for (const pair of text.split(',').filter((part) => part.trim() !== '')) {
    const found = /^\s*([\w!#$%&'*+.^`|~-]+)\s*=\s*([\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?)\s*$/.exec(pair);
    if (found === null) return null;
    headers[found[1] as string] = found[2] as string;
  }
  return headers;
}
