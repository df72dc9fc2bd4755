/** Calls of a campaign as the page sees them (desktop.md 4.5): pure. */
import type { Dialog } from '@poise/client';
import type { MessageKey } from '../messages/catalogue.ts';
import { allows, otherParties } from './calls.ts';
import type { Sentence } from './store.ts';

/** Words of `outboundClassification`, in the order of the list; the first one is meant while none was said. */
export const CLASSIFICATIONS = ['VOICE', 'ANS_MACHINE', 'FAX', 'INVALID', 'BUSY', 'DO_NOT_CALL'] as const;

export const classificationLabel = (word: (typeof CLASSIFICATIONS)[number]): MessageKey =>
  `outbound.class.${word}`;

/** Whether the agent decides about a contact, or the call has something of the outbound option to do. */
export function isOutbound(dialog: Dialog, extension: string): boolean {
  return OUTBOUND_VERBS.some((verb) => allows(dialog, extension, verb));
}

export const OUTBOUND_VERBS = [
  'ACCEPT',
  'REJECT',
  'CLOSE',
  'RECLASSIFY',
  'UPDATE_SCHEDULED_CALLBACK',
  'CANCEL_SCHEDULED_CALLBACK',
] as const;
export type OutboundVerb = (typeof OUTBOUND_VERBS)[number];

export const variableOf = ({ callVariables }: Dialog, name: string): string =>
  callVariables.find((variable) => variable.name === name)?.value ?? '';

/** Whom the campaign offers: the name of the customer, else the number or the account; '' when none is told. */
export const contactOf = (dialog: Dialog): string =>
  variableOf(dialog, 'BABuddyName') ||
  variableOf(dialog, 'BACustomerNumber') ||
  variableOf(dialog, 'BAAccountNumber');

/** Whether a campaign offers it, and the agent has not taken it. */
export const isOffered = (dialog: Dialog, extension: string): boolean => allows(dialog, extension, 'ACCEPT');

/** What is said, once, of a call that begins to ring or of a contact that is offered. */
export const ringingSentence = (dialog: Dialog, extension: string): Sentence =>
  isOffered(dialog, extension)
    ? { key: 'outbound.offered', values: { party: contactOf(dialog) || dialog.fromAddress } }
    : { key: 'calls.incoming', values: { party: otherParties(dialog, extension).join(', ') } };

/** Minutes east of UTC at the customer; null when the campaign does not say. */
export function zoneOf(dialog: Dialog): number | null {
  const text = variableOf(dialog, 'BATimeZone');
  return /^-?\d{1,4}$/.test(text) && Math.abs(Number(text)) <= 840 ? Number(text) : null;
}

/** The clock of the customer at a moment (wall ms): YYYY-MM-DDTHH:MM. */
export const customerTime = (now: number, zone: number): string =>
  new Date(now + zone * 60_000).toISOString().slice(0, 16);

export type CallbackProblem = 'date' | 'past';

/** What is wrong with the date (YYYY-MM-DD) and time (HH:MM) of a callback in the customer's zone; null: nothing. */
export function callbackProblem(
  date: string,
  time: string,
  now: number,
  zone: number | null,
): CallbackProblem | null {
  if (!/^\d{4}-\d\d-\d\d$/.test(date) || !/^\d\d:\d\d$/.test(time)) return 'date';
  return zone !== null && `${date}T${time}` <= customerTime(now, zone) ? 'past' : null;
}
