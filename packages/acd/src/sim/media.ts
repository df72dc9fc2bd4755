import type { LegId } from '../calls/switch.ts';

/** Who hears whom. Pure bookkeeping: what the orders say, what follows from it for each leg. */

export type Treatment = 'music' | 'ring' | 'silence' | 'busy';

/** Where a leg is. */
export type Place =
  | { readonly kind: 'alone'; readonly treatment: Treatment }
  | { readonly kind: 'call'; readonly callId: number }
  | { readonly kind: 'listening'; readonly target: LegId; readonly mode: 'monitor' | 'whisper' };

/** What a leg hears: other legs, or else a treatment. */
export interface Hearing {
  readonly voices: ReadonlySet<LegId>;
  readonly treatment: Treatment | null;
}

const SILENCE: Place = { kind: 'alone', treatment: 'silence' };

export class Media {
  readonly #places = new Map<LegId, Place>();
  readonly #calls = new Map<number, Set<LegId>>();
  readonly #listeners = new Map<LegId, Set<LegId>>();
  readonly #recorded = new Set<number>();

  /** A new leg; it hears nothing yet. */
  add(leg: LegId): void {
    this.#places.set(leg, SILENCE);
  }

  /** The leg is gone; who listened to it hears nothing now. @returns legs whose company changed */
  remove(leg: LegId): ReadonlySet<LegId> {
    const touched = new Set<LegId>();
    this.#leave(leg, touched);
    this.#places.delete(leg);
    for (const listener of this.#listeners.get(leg) ?? []) this.#places.set(listener, SILENCE);
    this.#listeners.delete(leg);
    touched.delete(leg);
    return touched;
  }

  /**
   * These legs, and no others, talk to each other in the call; who was in it and is not named is alone now.
   *
   * @returns legs whose place or company changed
   */
  connect(callId: number, legs: readonly LegId[]): ReadonlySet<LegId> {
    const wanted = new Set(legs);
    const touched = new Set<LegId>();
    // The new ones come first: a recording goes on as long as somebody is in the call.
    for (const leg of wanted) this.#move(leg, { kind: 'call', callId }, touched);
    for (const leg of this.#calls.get(callId) ?? []) if (!wanted.has(leg)) this.#move(leg, SILENCE, touched);
    return touched;
  }

  park(leg: LegId, treatment: Treatment): ReadonlySet<LegId> {
    const touched = new Set<LegId>();
    this.#move(leg, { kind: 'alone', treatment }, touched);
    return touched;
  }

  listen(leg: LegId, target: LegId, mode: 'monitor' | 'whisper'): ReadonlySet<LegId> {
    const touched = new Set<LegId>();
    this.#move(leg, { kind: 'listening', target, mode }, touched);
    return touched;
  }

  place(leg: LegId): Place | undefined {
    return this.#places.get(leg);
  }

  /** Legs that talk in the call. */
  legsOf(callId: number): ReadonlySet<LegId> {
    return this.#calls.get(callId) ?? new Set();
  }

  /** The others in the leg's call. */
  company(leg: LegId): readonly LegId[] {
    const place = this.#places.get(leg);
    if (place?.kind !== 'call') return [];
    return [...this.legsOf(place.callId)].filter((other) => other !== leg);
  }

  hears(leg: LegId): Hearing {
    const place = this.#places.get(leg);
    const voices = new Set<LegId>();
    for (const listener of this.#listeners.get(leg) ?? []) {
      const its = this.#places.get(listener);
      if (its?.kind === 'listening' && its.mode === 'whisper') voices.add(listener);
    }
    if (place?.kind === 'call') for (const other of this.company(leg)) voices.add(other);
    if (place?.kind === 'listening') {
      // The listener hears the conversation at the target, never other listeners there.
      voices.add(place.target);
      for (const other of this.company(place.target)) voices.add(other);
    }
    return { voices, treatment: place?.kind === 'alone' ? place.treatment : null };
  }

  /** Only a call in which somebody talks can be recorded. @returns false when there is none */
  record(callId: number, on: boolean): boolean {
    if (!this.#calls.has(callId)) return false;
    if (on) this.#recorded.add(callId);
    else this.#recorded.delete(callId);
    return true;
  }

  isRecorded(callId: number): boolean {
    return this.#recorded.has(callId);
  }

  #move(leg: LegId, to: Place, touched: Set<LegId>): void {
    const from = this.#places.get(leg);
    if (from === undefined) return;
    const stays = from.kind === 'call' && to.kind === 'call' && from.callId === to.callId;
    if (stays) return;
    this.#leave(leg, touched);
    this.#places.set(leg, to);
    touched.add(leg);
    if (to.kind === 'call') {
      const members = this.#calls.get(to.callId) ?? new Set();
      for (const other of members) touched.add(other);
      this.#calls.set(to.callId, members.add(leg));
    } else if (to.kind === 'listening') {
      const listeners = this.#listeners.get(to.target) ?? new Set();
      this.#listeners.set(to.target, listeners.add(leg));
    }
  }

  /** Takes the leg out of its call or from its target; the rest of the call is touched. */
  #leave(leg: LegId, touched: Set<LegId>): void {
    const place = this.#places.get(leg);
    if (place?.kind === 'call') {
      const members = this.#calls.get(place.callId);
      members?.delete(leg);
      for (const other of members ?? []) touched.add(other);
      if (members?.size === 0) {
        this.#calls.delete(place.callId);
        this.#recorded.delete(place.callId);
      }
    } else if (place?.kind === 'listening') {
      const listeners = this.#listeners.get(place.target);
      listeners?.delete(leg);
      if (listeners?.size === 0) this.#listeners.delete(place.target);
    }
  }
}
