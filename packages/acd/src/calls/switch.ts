import type { CallDataPatch } from './call.ts';

/**
 * The narrow interface between the call model and whatever carries the calls: the simulated exchange, later a SIP
 * switch. Free of any exchange's words. A leg is one phone line in use; the switch names the legs that arrive, the
 * model names those it asks for. An order for a leg that is already gone is answered `gone`; it never throws.
 */

/** Names a leg; unique for the life of the switch, at most 64 characters. */
export type LegId = string;

/** Why a leg ended, or could not be had. */
export type LegCause =
  | 'normal'
  | 'busy'
  /** No such number. */
  | 'unobtainable'
  | 'noAnswer'
  | 'rejected'
  | 'outOfService'
  | 'congestion'
  | 'failure';

export type SwitchOrder =
  /**
   * Rings a phone or calls an outside number. `originate`: the device itself wants to dial, so a phone goes
   * off-hook (answers by itself), and an outside number rings until somebody answers there; `autoAnswer`: the phone answers at once if it can. Later: ringing, up, gone. After
   * `ringMs` without an answer: gone (noAnswer); null: no limit.
   */
  | {
      readonly type: 'offer';
      readonly leg: LegId;
      /** Extension or outside number to ring; of a mobile agent the number of the phone. */
      readonly address: string;
      readonly kind: 'station' | 'external';
      readonly purpose: 'call' | 'originate' | 'nailed';
      readonly autoAnswer: boolean;
      readonly callerId: string;
      readonly ringMs: number | null;
    }
  /** Answers on behalf of the agent. */
  | { readonly type: 'accept'; readonly leg: LegId }
  /**
   * These legs, and no others, talk to each other in this call. A leg that arrived is answered by it, without an
   * `up`; one that still rings cannot talk (`refused`). `gone`: one of them had ended, the others talk.
   */
  | { readonly type: 'connect'; readonly callId: number; readonly legs: readonly LegId[] }
  /** The leg hears this and nobody else. A leg that arrived may be parked before it is answered. */
  | { readonly type: 'park'; readonly leg: LegId; readonly treatment: 'music' | 'ring' | 'silence' | 'busy' }
  | { readonly type: 'drop'; readonly leg: LegId; readonly cause: LegCause }
  /** The party at this leg hears the digits. */
  | { readonly type: 'digits'; readonly leg: LegId; readonly digits: string }
  /** The supervisor's leg hears the target; with whisper the target hears it too. */
  | {
      readonly type: 'listen';
      readonly leg: LegId;
      readonly target: LegId;
      readonly mode: 'monitor' | 'whisper';
    }
  | { readonly type: 'unlisten'; readonly leg: LegId }
  | { readonly type: 'record'; readonly callId: number; readonly on: boolean };

/** `gone`: the leg had ended already; `refused`: the switch cannot do it. */
export type OrderResult = 'done' | 'gone' | 'refused';

export type SwitchEvent =
  /** Somebody outside calls a dialled number or an extension. */
  | {
      readonly type: 'arrived';
      readonly leg: LegId;
      readonly from: string;
      readonly to: string;
      readonly data?: CallDataPatch;
    }
  /** A phone went off-hook by hand and dialled. */
  | { readonly type: 'dialled'; readonly leg: LegId; readonly device: string; readonly to: string }
  | { readonly type: 'ringing'; readonly leg: LegId }
  | { readonly type: 'up'; readonly leg: LegId }
  /** Hold and retrieve by the phone's own keys. */
  | { readonly type: 'held'; readonly leg: LegId }
  | { readonly type: 'unheld'; readonly leg: LegId }
  /** Somebody hung up on a line that carries a call on hold too: only the active one is to end. */
  | { readonly type: 'hangUpWish'; readonly leg: LegId }
  /** The phone's own transfer key. */
  | { readonly type: 'transferWish'; readonly leg: LegId; readonly to: string }
  | { readonly type: 'digit'; readonly leg: LegId; readonly digit: string }
  /** The leg has ended; the last word about it. */
  | { readonly type: 'gone'; readonly leg: LegId; readonly cause: LegCause }
  | { readonly type: 'deviceState'; readonly device: string; readonly inService: boolean }
  /** The exchange is away, or back; after `back` legs that are not in `legs` are gone. */
  | { readonly type: 'down' }
  | { readonly type: 'back'; readonly legs: ReadonlySet<LegId> };

export interface Switch {
  /** Called once, before the first order. Events may come inside of `order`. */
  attach(listener: (event: SwitchEvent) => void): void;
  /** `done` is called exactly once, possibly before this returns, at the latest after the deadline of the switch (10 s). */
  order(order: SwitchOrder, done: (result: OrderResult) => void): void;
}
