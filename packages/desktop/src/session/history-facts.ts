/** What the tables of a history say of its entries. */
import type { HistoryCall } from '@poise/client';
import type { MessageKey } from '../messages/catalogue.ts';

const DISPOSITIONS: Readonly<Record<string, MessageKey>> = {
  handled: 'history.handled',
  transferred: 'history.transferred',
  merged: 'history.merged',
  notAnswered: 'history.notAnswered',
  busy: 'history.busy',
  invalidNumber: 'history.invalidNumber',
  failed: 'history.failed',
};

/** How a call ended. @param disposition null: it goes on */
export function dispositionKey(disposition: HistoryCall['disposition']): MessageKey {
  if (disposition === null) return 'history.goesOn';
  return Object.hasOwn(DISPOSITIONS, disposition)
    ? (DISPOSITIONS[disposition] as MessageKey)
    : 'history.unknown';
}

export interface Spent {
  /** Null: not known, or it goes on. */
  readonly ms: number | null;
  /** Of a call that goes on: the moment from which its duration counts, epoch ms by the server's clock. */
  readonly since: number | null;
}

/** Ring, talk and hold of a call; wrap-up is no part of it. */
export function spentOf({ phase, phaseSince, durationMs }: HistoryCall): Spent {
  const counts = phase !== null && phase !== 'wrapUp' && phase !== 'failed' && phaseSince !== null;
  return counts
    ? { ms: null, since: phaseSince.getTime() - (durationMs ?? 0) }
    : { ms: durationMs, since: null };
}
