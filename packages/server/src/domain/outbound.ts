/**
 * The outbound option: which calls belong to it, and what BAResponse says. Domain call types keep the names of GED-188
 * where Finesse's word is the same for several; `printedCallType` gives that word (objects.md 3.5).
 */
import type { ScheduledCallback } from './dialog.ts';

interface OutboundType {
  /** What the API says. */
  readonly word: string;
  readonly reservation?: true;
  /** The contact is that of one agent: it cannot be given back. */
  readonly personal?: true;
  /** The agent may say what answered. */
  readonly reclassify?: true;
}

export const OUTBOUND_TYPES: Readonly<Record<string, OutboundType>> = {
  RESERVATION_PREVIEW: { word: 'OUTBOUND_PREVIEW', reservation: true },
  RESERVATION_PREVIEW_DIRECT: { word: 'OUTBOUND_DIRECT_PREVIEW', reservation: true },
  RESERVATION_CALLBACK: { word: 'OUTBOUND_CALLBACK_PREVIEW', reservation: true },
  RESERVATION_PERSONAL_CALLBACK: { word: 'OUTBOUND_CALLBACK_PREVIEW', reservation: true, personal: true },
  CUSTOMER_PREVIEW: { word: 'OUTBOUND' },
  CUSTOMER_PREVIEW_DIRECT: { word: 'OUTBOUND', reclassify: true },
  CUSTOMER_PREDICTIVE: { word: 'OUTBOUND' },
  CUSTOMER_CALLBACK: { word: 'OUTBOUND' },
  CUSTOMER_PERSONAL: { word: 'OUTBOUND' },
};

/** Undefined: no call of the outbound option. */
export const outboundType = (callType: string): OutboundType | undefined =>
  Object.hasOwn(OUTBOUND_TYPES, callType) ? OUTBOUND_TYPES[callType] : undefined;

export const printedCallType = (callType: string): string => outboundType(callType)?.word ?? callType;

const MODES: Readonly<Record<string, string>> = {
  RESERVATION_PREVIEW: 'PREVIEW',
  RESERVATION_PREVIEW_DIRECT: 'DIRECT_PREVIEW',
  RESERVATION_CALLBACK: 'PREVIEW',
  RESERVATION_PERSONAL_CALLBACK: 'PREVIEW',
  CUSTOMER_PREVIEW: 'PREVIEW',
  CUSTOMER_PREVIEW_DIRECT: 'DIRECT_PREVIEW',
  CUSTOMER_PREDICTIVE: 'PREDICTIVE',
  CUSTOMER_CALLBACK: 'PREVIEW',
  CUSTOMER_PERSONAL: 'PREVIEW',
};

/** BAStatus is two characters on the wire, mode and direction (B: blended); in the API it is words. Others stay as they are. */
export function printedStatus(status: string, callType: string): string {
  const mode = Object.hasOwn(MODES, callType) ? MODES[callType] : undefined;
  if (mode === undefined || !/^[A-Z][BO]$/.test(status)) return status;
  const blended = status.endsWith('B') ? 'BLENDED_' : '';
  return `${blended}${mode}_OUTBOUND${outboundType(callType)?.reservation === true ? '_RESERVATION' : ''}`;
}

export const RESPONSE_VARIABLE = 'BAResponse';

/** What the agent may say of a call, and the word of BAResponse for it. */
export const CLASSIFICATIONS: Readonly<Record<string, string>> = {
  VOICE: 'REX_VOICE',
  FAX: 'REX_FAX',
  ANS_MACHINE: 'REX_ANS_MACHINE',
  INVALID: 'REX_INVALID',
  BUSY: 'BUSY',
  DO_NOT_CALL: 'DO_NOT_CALL',
};

export const CANCEL_CALLBACK = 'Callback Cancel';

/** `2014-03-07T14:30` in the words of BAResponse: `Callback 03072014 14:30`. */
export const callbackAt = (time: string): string =>
  `Callback ${time.slice(5, 7)}${time.slice(8, 10)}${time.slice(0, 4)} ${time.slice(11)}`;

export const callbackTo = (number: string): string => `P#${number}`;

/** What is known of the answers to a call. */
export interface Answers {
  readonly outboundClassification: string;
  readonly callback: ScheduledCallback | null;
}

/** One variable tells everything, one thing after the other. */
export function answered(known: Answers, response: string): Answers {
  const word = Object.keys(CLASSIFICATIONS).find((name) => CLASSIFICATIONS[name] === response);
  if (word !== undefined) return { ...known, outboundClassification: word };
  if (response === CANCEL_CALLBACK) return { ...known, callback: null };
  const time = /^Callback (\d\d)(\d\d)(\d{4}) (\d\d:\d\d)$/.exec(response);
  if (time !== null)
    return {
      ...known,
      callback: { number: known.callback?.number ?? '', time: `${time[3]}-${time[1]}-${time[2]}T${time[4]}` },
    };
  return response.startsWith('P#')
    ? { ...known, callback: { time: known.callback?.time ?? '', number: response.slice(2) } }
    : known;
}
