/**
 * The requestId: what lets a client find the notification that answers its request (developer guide 12.5,
 * page 22). A client compares it character by character, so it is copied faithfully or refused, never changed.
 */
import { isUtf8 } from 'node:buffer';
import { isXmlText } from '@poise/xml';
import { type ApiFailure, failure } from '../domain/errors.ts';

/** Clients send UUIDs (36 characters). */
export const REQUEST_ID_LENGTH_MAX = 1024;

/** As Node gives and takes header values: one character for each byte. */
type HeaderBytes = string;

/** The bytes of a header as text: UTF-8 when they are that, else Latin-1, which every byte string is. */
export function headerText(value: HeaderBytes): string {
  const bytes = Buffer.from(value, 'latin1');
  return isUtf8(bytes) ? bytes.toString('utf8') : value;
}

/** A text as the bytes of a header, in UTF-8. */
export function headerBytes(text: string): HeaderBytes {
  return Buffer.from(text, 'utf8').toString('latin1');
}

/** Line ends and other controls cannot stand in the header that echoes the requestId (RFC 9110 5.5). */
const NOT_IN_HEADERS = /[\u0000-\u0008\u000a-\u001f\u007f]/;

/** Why a requestId cannot be carried unchanged through a header and an XML document; null when it can. */
export function refuseRequestId(text: string): ApiFailure | null {
  if (longerThan(text, REQUEST_ID_LENGTH_MAX)) {
    return refused(`The requestId is longer than ${REQUEST_ID_LENGTH_MAX} characters`);
  }
  if (NOT_IN_HEADERS.test(text) || !isXmlText(text)) {
    return refused('The requestId contains characters that cannot be copied');
  }
  return null;
}

const refused = (message: string): ApiFailure => failure('BAD_REQUEST', 'requestId', message);

/** A character outside the basic plane is one character, though two code units. */
function longerThan(text: string, max: number): boolean {
  return text.length > max && (text.length > 2 * max || [...text].length > max);
}
