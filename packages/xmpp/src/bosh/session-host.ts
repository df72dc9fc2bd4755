import type { Clock, Standstill } from '@poise/clock';
import type { SaslPolicy } from '../transport.ts';
import type { DeadlineList } from './deadline-list.ts';
import type { BoshLimits } from './limits.ts';
import type { BoshObserver } from './observer.ts';
import type { BoshSession } from './session.ts';

/** What all sessions of a service share. */
export interface SessionHost {
  readonly clock: Clock;
  readonly standstill: Standstill;
  readonly limits: BoshLimits;
  readonly observer: Partial<BoshObserver>;
  /** Domain for the creation response, escaped for an attribute. */
  readonly domainAttribute: string;
  /** Wait deadlines for this many seconds. */
  waitList(seconds: number): DeadlineList;
  /** Calls {@link BoshSession.settle} at the end of this turn. */
  settleLater(session: BoshSession): void;
  /** Calls {@link BoshSession.goOn} when the others have had their turn. */
  goOnLater(session: BoshSession): void;
  /** The session is over; while `untold`, it still has a last answer to give. */
  closed(session: BoshSession, untold: boolean): void;
}

/** What the session request asked for, already cut to the limits. */
export interface SessionTerms {
  readonly sid: string;
  readonly rid: number;
  /** Seconds. */
  readonly wait: number;
  readonly hold: number;
  readonly requests: number;
  /** Asked for version 1.6 or above. */
  readonly modern: boolean;
  /** Asked for acknowledgements on every answer (XEP-0124 9). */
  readonly acks: boolean;
  readonly newkey: string | undefined;
  readonly secure: boolean;
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly loopback: boolean;
  /** Of the listener that took the session request. */
  readonly saslPolicy: SaslPolicy | undefined;
}
