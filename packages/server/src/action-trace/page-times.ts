/**
 * What desktop pages tell of the two ends of an action that no server sees: the click and the pixel. Everything in a report is the
 * word of a browser, so it counts only for actions that its own user has asked for, once for each, and only where the times can be true.
 * Pure; docs/action-trace.md has the form.
 */
import type { HappeningMap, Happenings } from '../happenings.ts';
import { RecentMap } from './recent-map.ts';
import type { TraceBook } from './trace-book.ts';

/** Actions of one report. */
export const ACTIONS_MAX = 16;
/** Reports of one user within a minute. */
export const REPORTS_PER_MINUTE = 30;
/** Users whose reports are counted. */
const USERS_MAX = 4_000;
const MINUTE_MS = 60_000;
/** From the click to the request (a sign-in connects first), and from the request to the pixel. */
const SPAN_MS = 120_000;
/** A clock that was compared worse than this says nothing. */
const UNCERTAINTY_MAX_MS = 10_000;
const INPUTS = ['pointer', 'key'] as const;
const REPORT_MEMBERS = ['drift', 'uncertainty', 'actions'];
const ACTION_MEMBERS = ['requestId', 'input', 'begunAt', 'receivedAt', 'paintedAt'];

/** Times in ms of the page's clock. */
export interface PageAction {
  readonly requestId: string;
  /** Null: nobody saw one. */
  readonly input: (typeof INPUTS)[number] | null;
  readonly begunAt: number | null;
  readonly receivedAt: number | null;
  readonly paintedAt: number | null;
}

export interface PageReport {
  /** Server minus page, ms. */
  readonly drift: number;
  /** Half of the round trip with which the drift was measured, ms. */
  readonly uncertainty: number;
  readonly actions: readonly PageAction[];
}

/** @returns the report; a sentence for who sent it where it is none */
export function readReport(body: unknown): PageReport | string {
  if (!isObject(body, REPORT_MEMBERS)) return `The body must be an object of ${REPORT_MEMBERS.join(', ')}.`;
  const { drift, uncertainty, actions } = body;
  if (!isTime(drift)) return 'drift must be a number of milliseconds.';
  if (!isTime(uncertainty) || uncertainty < 0 || uncertainty > UNCERTAINTY_MAX_MS)
    return `uncertainty must be 0 to ${UNCERTAINTY_MAX_MS} milliseconds.`;
  if (
    !Array.isArray(actions) ||
    actions.length === 0 ||
    actions.length > ACTIONS_MAX ||
    !actions.every(isAction)
  )
    return `actions must be 1 to ${ACTIONS_MAX} objects of ${ACTION_MEMBERS.join(', ')}, their times in order.`;
  return { drift, uncertainty, actions: actions as PageAction[] };
}

export class PageTimes {
  readonly #book: Pick<TraceBook, 'untold'>;
  readonly #happenings: Pick<Happenings, 'publish'>;
  readonly #now: () => number;
  readonly #counts = new RecentMap<string, { readonly since: number; count: number }>(USERS_MAX);

  /** @param now wall ms */
  constructor(book: Pick<TraceBook, 'untold'>, happenings: Pick<Happenings, 'publish'>, now: () => number) {
    this.#book = book;
    this.#happenings = happenings;
    this.#now = now;
  }

  /** Counts a report. @returns whether this user may send it */
  admits(user: string): boolean {
    const now = this.#now();
    const known = this.#counts.get(user);
    // A clock that was set back begins a new minute, too.
    if (known === undefined || Math.abs(now - known.since) >= MINUTE_MS) {
      this.#counts.set(user, { since: now, count: 1 });
      return true;
    }
    known.count += 1;
    return known.count <= REPORTS_PER_MINUTE;
  }

  /** @param user login id of who sent it @returns how many actions were taken down */
  take(user: string, { drift, uncertainty, actions }: PageReport): number {
    let taken = 0;
    for (const { requestId, input, ...page } of actions) {
      const known = this.#book.untold(requestId);
      if (known === undefined || known.user !== user) continue;
      const times = shifted(page, drift);
      if (!isPlausible(times, known.at, this.#now(), uncertainty)) continue;
      const payload = { input: input ?? '', ...times, uncertaintyMs: Math.ceil(uncertainty) };
      this.#happenings.publish('page.action', payload, { requestId, user });
      taken += 1;
    }
    return taken;
  }
}

type Times = Pick<HappeningMap['page.action'], 'begunAt' | 'receivedAt' | 'paintedAt'>;

function shifted({ begunAt, receivedAt, paintedAt }: Times, drift: number): Times {
  const at = (ms: number | null) => (ms === null ? null : Math.round(ms + drift));
  return { begunAt: at(begunAt), receivedAt: at(receivedAt), paintedAt: at(paintedAt) };
}

/** @param requestAt when the request entered @param now wall ms: nothing was painted after it */
function isPlausible({ begunAt, receivedAt, paintedAt }: Times, requestAt: number, now: number, off: number) {
  const within = (at: number | null, from: number, to: number) =>
    at === null || (at >= from - off - 1 && at <= to + off + 1);
  return (
    within(begunAt, requestAt - SPAN_MS, requestAt) &&
    within(receivedAt, requestAt, Math.min(now, requestAt + SPAN_MS)) &&
    within(paintedAt, requestAt, Math.min(now, requestAt + SPAN_MS))
  );
}

const isTime = (value: unknown): value is number =>
  typeof value === 'number' && Math.abs(value) <= Number.MAX_SAFE_INTEGER;

const isObject = (value: unknown, names: readonly string[]): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  Object.keys(value).every((name) => names.includes(name));

function isAction(value: unknown): value is PageAction {
  if (!isObject(value, ACTION_MEMBERS)) return false;
  const { requestId, input, begunAt, receivedAt, paintedAt } = value;
  const times = [begunAt, receivedAt, paintedAt].filter((at) => at !== null);
  return (
    typeof requestId === 'string' &&
    requestId !== '' &&
    (input === null || INPUTS.some((one) => one === input)) &&
    times.length > 0 &&
    times.every(isTime) &&
    times.every((at, index) => index === 0 || at >= (times[index - 1] as number))
  );
}
