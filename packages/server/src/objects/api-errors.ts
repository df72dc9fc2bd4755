/** ApiErrors: body of every failed answer. Order as captured: ErrorType, ErrorData, ErrorMessage. */
import type { ApiFailure } from '../domain/errors.ts';
import { leaf } from './writer.ts';

export function apiErrors(failures: readonly ApiFailure[]): string {
  const items = failures
    .map(
      (failure) =>
        `  <ApiError>\n${leaf('ErrorType', failure.errorType, '    ')}${leaf('ErrorData', failure.errorData, '    ')}${leaf('ErrorMessage', failure.errorMessage, '    ')}  </ApiError>\n`,
    )
    .join('');
  return `<ApiErrors>\n${items}</ApiErrors>`;
}
