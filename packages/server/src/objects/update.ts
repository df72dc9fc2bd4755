/** The Update element: what notification nodes carry (notification-service.md 5.4; rest-api.md 2.4). */

import type { AsyncError } from '../domain/errors.ts';
import { isSince, type Profile } from '../domain/profile.ts';
import { leaf } from './writer.ts';

export type UpdateEvent = 'POST' | 'PUT' | 'DELETE';

export interface UpdateEnvelope {
  readonly event: UpdateEvent;
  /** Of the REST request that caused the change; empty when none. */
  readonly requestId: string;
  /** URI of the changed resource. */
  readonly source: string;
}

/** An Update with the object already printed flat (ending with a line feed); null: no data (DELETE). */
export function updateOf(data: string | null, envelope: UpdateEnvelope): string {
  const body = data === null ? '' : `<data>\n${data}</data>\n`;
  return `<Update>\n${body}${leaf('event', envelope.event)}${leaf('requestId', envelope.requestId)}${leaf('source', envelope.source)}</Update>`;
}

/**
 * An Update that says why an accepted request failed. `event` is lower case here. Releases up to 11.6
 * print alphabetically; 12.6 in the order of a capture of 2023, with what the peripheral said.
 */
export function errorUpdate(
  errors: readonly AsyncError[],
  requestId: string,
  source: string,
  profile: Profile,
): string {
  const late = isSince(profile.release, '12.6');
  const body = errors
    .map((error) => `<apiError>\n${late ? lateError(error) : earlyError(error)}</apiError>\n`)
    .join('');
  const data = `<data>\n<apiErrors>\n${body}</apiErrors>\n</data>\n`;
  const event = leaf('event', 'put');
  const rest = leaf('requestId', requestId) + leaf('source', source);
  return `<Update>\n${data}${late ? rest + event : event + rest}</Update>`;
}

function earlyError(error: AsyncError): string {
  return (
    leaf('errorData', error.errorData) +
    (error.errorMedia === undefined ? '' : leaf('errorMedia', error.errorMedia)) +
    leaf('errorMessage', error.errorMessage) +
    leaf('errorType', error.errorType)
  );
}

function lateError(error: AsyncError): string {
  const { peripheralErrorCode: code, peripheralErrorText: text } = error;
  return (
    (code === undefined ? '' : leaf('peripheralErrorCode', code)) +
    leaf('errorType', error.errorType) +
    leaf('errorMessage', error.errorMessage) +
    (text === undefined ? '' : leaf('peripheralErrorText', text)) +
    leaf('errorData', error.errorData) +
    (error.errorMedia === undefined ? '' : leaf('errorMedia', error.errorMedia))
  );
}
