/**
 * poise.jsonl: every happening as one line of JSON, for collectors that read no formats of their own. Members: `time` (ISO 8601, UTC),
 * `level`, `event` (the kind of the happening), then the ids that are its cause, then its own members under the names of `HappeningMap`.
 */
import type { Happening } from '../happenings.ts';
import { maskCredentials, VALUE_LENGTH_MAX } from './escape.ts';
import { linkSeverity } from './webservices-lines.ts';

export type JsonLevel = 'debug' | 'info' | 'warn' | 'error';

/** Members that a secret may stand in, whatever the case of their letters. */
const SECRET = /password|secret|token|authorization/i;
/** Of the severities of the webservices log, so that both say the same. */
const LEVELS: Readonly<Record<number, JsonLevel>> = { 3: 'error', 4: 'warn' };
/** What lists and objects may hold, and how deep they may lie: a message of the CTI server is no deeper than three. */
const MEMBERS_MAX = 1_000;

/**
 * @param debugging whether lines of the notification service's debug log are wanted
 * @returns null: the happening has no line
 */
export function jsonLine(happening: Happening, debugging: boolean): string | null {
  const { kind, at, cause, ...own } = happening;
  switch (happening.kind) {
    case 'cti.raw':
      return null; // The decoded message follows.
    case 'notification.debug':
    case 'notification.wire':
      if (!debugging) return null;
      break;
    default:
  }
  const members =
    happening.kind === 'client.log' ? { user: happening.user, size: happening.data.length } : own;
  return JSON.stringify(
    { time: new Date(at).toISOString(), level: jsonLevel(happening), event: kind, ...cause, ...members },
    written,
  );
}

export function jsonLevel(happening: Happening): JsonLevel {
  switch (happening.kind) {
    case 'operator':
    case 'notification.trouble':
      return happening.level;
    case 'notification.debug':
    case 'notification.wire':
      return 'debug';
    case 'auth.failed':
      return 'warn';
    case 'cti.link':
      return LEVELS[linkSeverity(happening)] ?? 'info';
    case 'signOut.forced':
      return happening.record.refusal === null ? 'info' : 'warn';
    default:
      return 'info';
  }
}

/** Bounded, without secrets, and nothing that JSON has no word for. */
function written(name: string, value: unknown): unknown {
  if (typeof value === 'string') {
    if (SECRET.test(name)) return '***';
    const text =
      value.length <= VALUE_LENGTH_MAX
        ? value
        : `${value.slice(0, VALUE_LENGTH_MAX)}... (${value.length - VALUE_LENGTH_MAX} more characters)`;
    return maskCredentials(text);
  }
  if (typeof value === 'bigint') return String(value);
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex').slice(0, VALUE_LENGTH_MAX);
  if (Array.isArray(value)) {
    // [name, value], as queries are told.
    if (value.length === 2 && typeof value[0] === 'string' && SECRET.test(value[0])) return [value[0], '***'];
    return value.length <= MEMBERS_MAX ? value : value.slice(0, MEMBERS_MAX);
  }
  return value;
}
