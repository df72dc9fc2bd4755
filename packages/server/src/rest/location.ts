/** The header Location of what a request created: absolute, as the original gives it. */
import type { Call } from './call.ts';

/** @param path from the root of the server */
export function locationOf(call: Call, path: string): string {
  const host = call.header('host');
  return host === undefined || !/^[\w.:[\]-]{1,255}$/.test(host) ? path : `${call.scheme}://${host}${path}`;
}
