/** What a handler gives back, and the headers that every answer bears (rest-api.md 1.3, 1.5). */

import type { ApiFailure } from '../domain/errors.ts';
import { apiErrors } from '../objects/api-errors.ts';

/** Also on an empty 202. */
export const CONTENT_TYPE = 'application/xml;charset=UTF-8';

export interface Answer {
  readonly status: number;
  /** Bytes where it is no XML. */
  readonly body: string | Uint8Array;
  /** Default: {@link CONTENT_TYPE}. */
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Called once after the answer was written, or when the client went away before. */
  readonly written?: () => void;
}

export const ok = (body: string): Answer => ({ status: 200, body });

/** Accepted: what follows comes as a notification, never before this answer. */
export const accepted = (written?: () => void): Answer =>
  written === undefined ? { status: 202, body: '' } : { status: 202, body: '', written };

export const failed = (failure: ApiFailure, headers?: Readonly<Record<string, string>>): Answer => {
  const body = apiErrors([failure]);
  return headers === undefined ? { status: failure.status, body } : { status: failure.status, body, headers };
};
