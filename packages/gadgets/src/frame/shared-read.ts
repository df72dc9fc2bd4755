/** The frame's side of reads that gadgets share (`container/shared-reads.ts`): which requests may be, and the way to the page. */

/** Name in the window of the page. */
export const SHARED_READS = 'poiseSharedReads';

/** @param isJoined another gadget had asked: what the answer brings for the gadget itself is not for this one */
export type SharedDone = (status: number, text: string, isJoined: boolean) => void;

/** What the page offers to frames of its origin. */
export interface SharedReader {
  /** @param key what is asked for, whoever asks. @param body form for the proxy */
  read(key: string, body: string, done: SharedDone): void;
  /** From now on answers may be others: what is under way is not joined any more. */
  changed(): void;
}

/** Null: there is no such page, or it is of another origin. */
export function sharedReaderOf(frame: Window): SharedReader | null {
  try {
    const reader = (frame.parent as unknown as Record<string, unknown>)[SHARED_READS];
    return frame.parent !== frame && typeof reader === 'object' ? (reader as SharedReader | null) : null;
  } catch {
    return null;
  }
}

/** Our own API, as finesse.js names it. */
const OWN_API = /^https?:\/\/localhost(?::\d+)?\/finesse\/api\//;
/** What finesse.js adds so that no cache answers. */
const NO_CACHE = /([?&])nocache=\d+(&|$)/;

/**
 * @param fields of the form for the proxy
 * @returns the same for every gadget that asks for the same with the same credentials; null: nobody else may hear the answer
 */
export function sharedKey(fields: Readonly<Record<string, unknown>>): string | null {
  const { url, httpMethod, headers, postData, getFullHeaders } = fields;
  if (httpMethod !== 'GET' || postData !== '' || !OWN_API.test(String(url))) return null;
  // One that is told apart by its id is its gadget's alone.
  if (/requestid=/i.test(String(headers))) return null;
  const plain = String(url).replace(NO_CACHE, (_all, before: string, after: string) =>
    after === '' ? '' : before,
  );
  return JSON.stringify([plain, headers, getFullHeaders]);
}
