/** What goes over the control socket: one line of JSON each way for each command. */

export interface ControlRequest {
  readonly token: string;
  readonly command: string;
  readonly arguments: Readonly<Record<string, unknown>>;
}

export type ControlAnswer =
  | { readonly ok: true; readonly result: unknown }
  | { readonly ok: false; readonly error: string };

/** Longest line in either direction, in characters. */
export const LINE_LENGTH_MAX = 256 * 1024;

/** Cuts a stream of text into lines; a line that grows too long is an error. */
export class LineReader {
  #rest = '';

  /** @returns the lines that are complete now; null when a line is too long */
  push(chunk: string): string[] | null {
    const lines = (this.#rest + chunk).split('\n');
    this.#rest = lines.pop() ?? '';
    if (this.#rest.length > LINE_LENGTH_MAX || lines.some((line) => line.length > LINE_LENGTH_MAX))
      return null;
    return lines;
  }
}

/** Reads a request; null when it is none. */
export function parseRequest(line: string): ControlRequest | null {
  const value = parseObject(line);
  if (value === null || typeof value.token !== 'string' || typeof value.command !== 'string') return null;
  const given = value.arguments;
  const isRecord = typeof given === 'object' && given !== null && !Array.isArray(given);
  return {
    token: value.token,
    command: value.command,
    arguments: isRecord ? (given as Record<string, unknown>) : {},
  };
}

/** Reads an answer; null when it is none. */
export function parseAnswer(line: string): ControlAnswer | null {
  const value = parseObject(line);
  if (value?.ok === true) return { ok: true, result: value.result };
  return value?.ok === false && typeof value.error === 'string' ? { ok: false, error: value.error } : null;
}

function parseObject(line: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
