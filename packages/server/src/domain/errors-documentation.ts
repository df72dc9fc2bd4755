/** The tables of docs/errors.md, made from the catalogue. */
import { CTI_ERRORS, SYNC_ERRORS, type SyncErrorCode } from './errors.ts';

const cell = (text: string | null): string =>
  text === null ? '(names the thing)' : text === '' ? '(empty)' : `\`${text}\``;

export function syncErrorTable(): string {
  const rows = (Object.keys(SYNC_ERRORS) as SyncErrorCode[]).map((code) => {
    const { status, type, data, message, when } = SYNC_ERRORS[code];
    return `| \`${code}\` | ${status} | ${type} | ${cell(data)} | ${message === null ? '(says why)' : cell(message)} | ${when} |`;
  });
  return [
    '| code | HTTP | ErrorType | ErrorData | ErrorMessage | when |',
    '|---|---|---|---|---|---|',
    ...rows,
  ].join('\n');
}

export function asyncErrorTable(): string {
  const rows = CTI_ERRORS.map(
    ({ code, constant, type, typeAtSignIn, when }) =>
      `| ${code} | \`${constant}\` | ${type} | ${typeAtSignIn ?? type} | ${when} |`,
  );
  return [
    '| errorData | errorMessage | errorType | errorType at sign-in | when |',
    '|---|---|---|---|---|',
    ...rows,
  ].join('\n');
}
