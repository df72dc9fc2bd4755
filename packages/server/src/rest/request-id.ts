/** The requestId: what lets a client find the notification that answers its request (rest-api.md 1.5). */

/** Clients send UUIDs (36 characters); longer ones are cut. */
export const REQUEST_ID_LENGTH_MAX = 128;

/**
 * Only printable ASCII survives: it goes into a response header and into log lines, where anything else
 * could break a line.
 */
export function sanitizeRequestId(text: string | undefined): string {
  if (text === undefined) return '';
  return text
    .replace(/[^\x20-\x7e]/g, '')
    .trim()
    .slice(0, REQUEST_ID_LENGTH_MAX);
}
