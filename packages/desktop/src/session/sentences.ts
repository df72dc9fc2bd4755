import { ApiError } from '@poise/client';
import type { Sentence } from './store.ts';

/** Turns whatever went wrong into one plain sentence (desktop behaviour D4; error catalogue of the REST API). */
export function sentenceFor(error: unknown, extension: string): Sentence {
  if (!(error instanceof ApiError)) {
    const text = error instanceof Error ? error.message : String(error);
    return /fetch|network|connect|load failed/i.test(text)
      ? { key: 'error.unreachable' }
      : { key: 'error.other', values: { detail: text } };
  }
  if (error.status === 0) return { key: 'error.unreachable' };
  if (error.status === 408 || /TIMEOUT/.test(error.errorMessage)) return { key: 'error.timeout' };
  if (error.status === 503) return { key: 'error.outOfService' };
  if (error.errorType === 'Device Busy') return { key: 'error.extensionBusy', values: { extension } };
  if (error.errorType === 'Invalid Device') return { key: 'error.extension', values: { extension } };
  if (error.errorData === 'finesse.api.reasoncode.require_reasoncode') return { key: 'error.reasonRequired' };
  if (error.errorType === 'Invalid State') return { key: 'error.invalidState' };
  if (error.errorType === 'Authorization Failure' || error.status === 401)
    return { key: 'error.credentials' };
  if (error.errorType === 'User Not Found' || error.status === 404) return { key: 'error.notAgent' };
  if (error.status === 502 || error.status === 504) return { key: 'error.unreachable' };
  return {
    key: 'error.other',
    values: { detail: error.errorMessage || error.errorType || `HTTP ${error.status}` },
  };
}
