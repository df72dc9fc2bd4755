/** States of one leg of a call and what may become of them, as a table (objects.md 3.4, ged188.md 14). */
import type { ParticipantState } from './dialog.ts';

/** What an event says of a leg. */
export type LegWord =
  | 'offHook'
  | 'dialled'
  | 'rings'
  | 'connected'
  | 'held'
  | 'retrieved'
  | 'failed'
  | 'left'
  | 'wrapsUp'
  /** The contact of a campaign that it was reserved for. */
  | 'accepted';

export const LEG_WORDS: readonly LegWord[] = [
  'offHook',
  'dialled',
  'rings',
  'connected',
  'held',
  'retrieved',
  'failed',
  'left',
  'wrapsUp',
  'accepted',
];

/** State of a leg that joins with this word. */
export const LEG_BEGINS: Readonly<Record<LegWord, ParticipantState>> = {
  offHook: 'INITIATING',
  dialled: 'INITIATED',
  rings: 'ALERTING',
  connected: 'ACTIVE',
  held: 'HELD',
  retrieved: 'ACTIVE',
  failed: 'FAILED',
  left: 'DROPPED',
  wrapsUp: 'WRAP_UP',
  accepted: 'ACCEPTED',
};

/**
 * What is not listed changes nothing: events come late and more than once, once for each device, and a word that is
 * older than what is known must not win. Thus `connected` never retrieves, and a leg that has left stays so.
 */
export const LEG_TRANSITIONS: Readonly<
  Record<ParticipantState, Readonly<Partial<Record<LegWord, ParticipantState>>>>
> = {
  INITIATING: {
    dialled: 'INITIATED',
    rings: 'ALERTING',
    connected: 'ACTIVE',
    held: 'HELD',
    retrieved: 'ACTIVE',
    failed: 'FAILED',
    left: 'DROPPED',
  },
  INITIATED: {
    connected: 'ACTIVE',
    held: 'HELD',
    retrieved: 'ACTIVE',
    failed: 'FAILED',
    left: 'DROPPED',
  },
  ALERTING: {
    connected: 'ACTIVE',
    held: 'HELD',
    retrieved: 'ACTIVE',
    failed: 'FAILED',
    left: 'DROPPED',
    accepted: 'ACCEPTED',
  },
  // Reservations are answered by themselves at some phones.
  ACTIVE: { held: 'HELD', failed: 'FAILED', left: 'DROPPED', accepted: 'ACCEPTED' },
  HELD: { retrieved: 'ACTIVE', failed: 'FAILED', left: 'DROPPED' },
  FAILED: { connected: 'ACTIVE', retrieved: 'ACTIVE', left: 'DROPPED' },
  // Only its agent's state tells that a leg which has left wraps up.
  DROPPED: { wrapsUp: 'WRAP_UP' },
  WRAP_UP: { left: 'DROPPED' },
  ACCEPTED: { left: 'DROPPED' },
};

/** The next state, or the same. */
export const nextLegState = (state: ParticipantState, word: LegWord): ParticipantState =>
  LEG_TRANSITIONS[state][word] ?? state;
