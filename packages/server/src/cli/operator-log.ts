/** The operator log: short text for a person, one JSON object a line for programs. */
import type { OperatorLog } from './main-types.ts';
import type { Terminal } from './terminal.ts';

type Level = 'debug' | 'info' | 'warn' | 'error';

const RANK: Readonly<Record<Level, number>> = { debug: 0, info: 1, warn: 2, error: 3 };

export interface OperatorLogOptions {
  readonly terminal: Pick<Terminal, 'print' | 'interactive'>;
  /** Wall ms. */
  readonly now: () => number;
  /** Least important level that is printed. */
  readonly level?: Level;
}

export function createOperatorLog(options: OperatorLogOptions): OperatorLog {
  const { terminal, now, level: least = 'info' } = options;
  const at =
    (level: Level) =>
    (text: string, detail?: Readonly<Record<string, unknown>>): void => {
      if (RANK[level] < RANK[least]) return;
      terminal.print(terminal.interactive ? asText(level, text, detail) : asJson(now(), level, text, detail));
    };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

function asText(level: Level, text: string, detail?: Readonly<Record<string, unknown>>): string {
  const mark = level === 'info' ? '' : `${level}: `;
  // Text that came from outside must not command the terminal.
  const clean = text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '\ufffd');
  return `${mark}${clean}${detail === undefined ? '' : ` ${safeJson(detail)}`}`;
}

function asJson(
  nowMs: number,
  level: Level,
  text: string,
  detail?: Readonly<Record<string, unknown>>,
): string {
  return safeJson({
    time: new Date(nowMs).toISOString(),
    level,
    text,
    ...(detail === undefined ? {} : { detail }),
  });
}

function safeJson(value: unknown): string {
  try {
    return JSON.stringify(value, (_key, part: unknown) => (typeof part === 'bigint' ? String(part) : part));
  } catch {
    return '"(not printable)"';
  }
}
