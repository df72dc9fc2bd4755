/** The tables of docs/errors.md, made from the catalogue. */
import { CTI_ERRORS, PERIPHERAL_ERRORS, SYNC_ERRORS, type SyncErrorCode } from './errors.ts';

const cell = (text: string | null): string =>
  text === null ? '(names the thing)' : text === '' ? '(empty)' : `\`${text.replaceAll('\n', ' ')}\``;

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
    ({ code, constant, type, typeAtSignIn, typeAtCall, when }) =>
      `| ${code} | \`${constant}\` | ${type} | ${typeAtSignIn ?? type} | ${typeAtCalls(typeAtCall)} | ${when} |`,
  );
  const peripheral = PERIPHERAL_ERRORS.map(
    ({ code, constant, when }) =>
      `| ${code} | \`${constant}\` | | | that of the number in whose place it stands | ${when} |`,
  );
  return [
    '| errorData | errorMessage | errorType of a state change | … of a sign-in | … of call control | when |',
    '|---|---|---|---|---|---|',
    ...rows,
    ...peripheral,
  ].join('\n');
}

/** `Generic Error`, or what a deployment says instead. */
function typeAtCalls(types: Readonly<Record<string, string>> | undefined): string {
  const special = Object.entries(types ?? {}).map(([deployment, type]) => `${type} (${deployment})`);
  return ['Generic Error', ...special].join('; ');
}
