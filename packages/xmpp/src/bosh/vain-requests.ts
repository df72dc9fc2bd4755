/** How many sessions are remembered; the oldest is forgotten first. */
const SESSIONS_MAX = 1_000;
/** Ours are shorter; longer ones were never ours and are not worth the memory. */
const SID_LENGTH_MAX = 64;

/**
 * Requests that were refused because their session does not exist. The original answers them with the HTTP status 404, which
 * some clients take for trouble on the way: stanza repeats the request until it gives up without a word, JabberWerx for seven
 * seconds. Who repeats a refused request has not understood the status and can be told in a body instead (XEP-0124 17.2).
 */
export class VainRequests {
  readonly #rids = new Map<string, number>();

  /** Notes a request that is refused. @returns whether it is the one that its client sent before, told in vain */
  isRepeated(sid: string, rid: number): boolean {
    if (sid.length > SID_LENGTH_MAX) return false;
    const isRepeated = this.#rids.get(sid) === rid;
    this.#rids.delete(sid);
    if (isRepeated) return true;
    this.#rids.set(sid, rid);
    if (this.#rids.size > SESSIONS_MAX)
      for (const oldest of this.#rids.keys()) {
        this.#rids.delete(oldest);
        break;
      }
    return false;
  }
}
