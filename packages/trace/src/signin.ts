/**
 * A sign-in, step by step: the method of the published traces as a table. Each step says where its line stands and
 * what finds it; a step whose logs were not given is not missing, it cannot be seen.
 */
import type { Case, Fact } from './case.ts';
import type { Family } from './entry.ts';
import type { FactKind } from './facts.ts';

/** What is known of the attempt when a step is looked for. */
interface Attempt {
  readonly agent: string;
  readonly requestId: string | null;
  readonly nocache: { systemInfo: string | null; user: string | null };
  /** The line by which the attempt was found. */
  readonly anchor: Fact;
}

interface StepRow {
  readonly id: StepId;
  /** Logs that hold the step's line; one of them is enough. */
  readonly families: readonly Family[];
  /** Before or after the request to sign in. */
  readonly side: 'before' | 'after';
  readonly kinds: readonly FactKind[];
  readonly fits: (fact: Fact, attempt: Attempt) => boolean;
  /** Lines of other logs that belong to the same step. */
  readonly optional?: true;
}

export type StepId =
  | 'page'
  | 'systemInfo.asked'
  | 'systemInfo.answered'
  | 'bosh.connecting'
  | 'bosh.credentials'
  | 'bosh.connected'
  | 'presence'
  | 'user.asked'
  | 'user.answered'
  | 'login.sent'
  | 'login.received'
  | 'cti.request'
  | 'cti.trace'
  | 'cti.event'
  | 'publish'
  | 'route'
  | 'client.event'
  | 'client.loggedIn'
  | 'data';

const mine = (fact: Fact, { agent }: Attempt) => fact.agent === agent;
const mineOrNobodys = (fact: Fact, { agent }: Attempt) => fact.agent === null || fact.agent === agent;
/** The requestId where the line has one; a line without it is not held against it. */
const sameRequest = (fact: Fact, { requestId }: Attempt) =>
  requestId === null || fact.data.requestId === undefined || fact.data.requestId === requestId;
const isLoginState = (state: string | undefined) =>
  state === undefined || state === 'LOGIN' || state === 'NOT_READY' || state === 'READY';

export const STEPS: readonly StepRow[] = [
  {
    id: 'page',
    families: ['access', 'http'],
    side: 'before',
    kinds: ['page.load'],
    fits: mineOrNobodys,
    optional: true,
  },
  {
    id: 'systemInfo.asked',
    families: ['client', 'http', 'access', 'webservices'],
    side: 'before',
    kinds: ['client.request', 'access', 'request.start', 'api.request'],
    fits: (fact, attempt) =>
      /\/?SystemInfo$/.test(fact.data.path ?? fact.data.resource ?? fact.data.url ?? '') ||
      (/SystemInfo$/.test(fact.data.inner ?? '') && mineOrNobodys(fact, attempt)),
  },
  {
    id: 'systemInfo.answered',
    families: ['client', 'http', 'access', 'webservices'],
    side: 'before',
    kinds: ['client.info', 'client.answer', 'request.end', 'access'],
    fits: (fact, { nocache }) =>
      fact.kind === 'client.info' ||
      (fact.kind === 'client.answer'
        ? fact.data.object === 'SystemInfo'
        : fact.data.nocache !== undefined && fact.data.nocache === nocache.systemInfo),
  },
  {
    id: 'bosh.connecting',
    families: ['client', 'http'],
    side: 'before',
    kinds: ['client.connecting'],
    fits: mineOrNobodys,
  },
  {
    id: 'bosh.credentials',
    families: ['wire'],
    side: 'before',
    kinds: ['wire.answer', 'wire.request'],
    fits: mine,
    optional: true,
  },
  {
    id: 'bosh.connected',
    // Sessions over WebSocket leave no such line in debug.log, so its absence there says nothing.
    families: ['client', 'http'],
    side: 'before',
    kinds: ['client.established', 'client.status', 'session.bound'],
    fits: (fact, attempt) =>
      fact.kind === 'client.status'
        ? fact.data.status === 'connected'
        : fact.kind === 'session.bound'
          ? mine(fact, attempt) && fact.data.counters === undefined
          : mineOrNobodys(fact, attempt),
  },
  { id: 'presence', families: ['webservices'], side: 'before', kinds: ['presence.available'], fits: mine },
  {
    id: 'user.asked',
    families: ['client', 'http', 'access', 'webservices'],
    side: 'before',
    kinds: ['client.request', 'request.start', 'api.request', 'access'],
    fits: (fact, attempt) =>
      mine(fact, attempt) &&
      (fact.data.method === 'GET' || fact.data.method === 'user.GET') &&
      /\/?User\/[^/]+$/.test(fact.data.path ?? fact.data.resource ?? fact.data.url ?? ''),
  },
  {
    id: 'user.answered',
    families: ['client', 'http', 'access', 'webservices'],
    side: 'before',
    kinds: ['client.answer', 'request.end', 'access'],
    fits: (fact, attempt) =>
      fact.kind === 'client.answer'
        ? fact.data.object === 'User' && mineOrNobodys(fact, attempt)
        : fact.data.nocache !== undefined && fact.data.nocache === attempt.nocache.user,
  },
  {
    id: 'login.sent',
    families: ['client', 'http'],
    side: 'before',
    kinds: ['client.login'],
    fits: mineOrNobodys,
  },
  {
    id: 'login.received',
    families: ['webservices'],
    side: 'after',
    kinds: ['api.request'],
    fits: (fact, attempt) => mine(fact, attempt) && fact.data.state === 'LOGIN' && sameRequest(fact, attempt),
  },
  {
    id: 'cti.request',
    families: ['webservices', 'capture'],
    side: 'after',
    kinds: ['cti.request'],
    fits: (fact, attempt) => mine(fact, attempt) && fact.data.state === '0',
  },
  {
    id: 'cti.trace',
    families: ['cti'],
    side: 'after',
    kinds: ['cti.trace'],
    fits: (fact, attempt) => mine(fact, attempt) && isLoginState(fact.data.state),
    optional: true,
  },
  {
    id: 'cti.event',
    families: ['webservices', 'capture'],
    side: 'after',
    kinds: ['cti.state'],
    fits: (fact, attempt) => mine(fact, attempt) && isLoginState(fact.data.state),
  },
  {
    id: 'publish',
    families: ['webservices'],
    side: 'after',
    kinds: ['publish'],
    fits: (fact, attempt) =>
      mine(fact, attempt) &&
      fact.data.error === undefined &&
      (attempt.requestId === null
        ? isLoginState(fact.data.state)
        : fact.data.requestId === attempt.requestId),
  },
  {
    id: 'route',
    families: ['openfire'],
    side: 'after',
    kinds: ['routed'],
    fits: (fact, attempt) => mine(fact, attempt) && sameRequest(fact, attempt),
    optional: true,
  },
  {
    id: 'client.event',
    families: ['client', 'http'],
    side: 'after',
    kinds: ['client.event'],
    fits: (fact, attempt) =>
      mine(fact, attempt) &&
      fact.data.error === undefined &&
      (attempt.requestId === null || fact.data.requestId === attempt.requestId),
  },
  {
    id: 'client.loggedIn',
    families: ['client'],
    side: 'after',
    kinds: ['client.loggedIn'],
    fits: mineOrNobodys,
  },
  {
    id: 'data',
    families: ['client', 'http', 'webservices', 'access'],
    side: 'after',
    kinds: ['client.request', 'request.start', 'access'],
    fits: (fact, attempt) =>
      mine(fact, attempt) &&
      /\/(?:Dialogs|ReasonCodes|PhoneBooks)\b/.test(fact.data.path ?? fact.data.resource ?? ''),
    optional: true,
  },
];

export interface Step {
  readonly id: StepId;
  /** `unseen`: none of the logs that would hold its line was given. `optional`: a line that is not always written is not there. */
  readonly status: 'found' | 'missing' | 'unseen' | 'optional';
  /** The first is the line of the step; others tell the same. */
  readonly facts: readonly Fact[];
  readonly at: number | null;
  /** ms since the last step that was timed by the same clock, the client's or the server's; null: unknown. */
  readonly sinceMs: number | null;
}

/** Why a sign-in failed, with its line. */
export type SignInFailure =
  | 'password'
  | 'refused'
  | 'ctiRefused'
  | 'ctiPassword'
  | 'ctiDevice'
  | 'ctiState'
  | 'status'
  | 'outOfService';

/** Refusals of a sign-in that are common enough for words of their own (ged188.md, failure codes); others have their standard name. */
const CTI_REASONS: Readonly<Record<string, SignInFailure>> = {
  INVALID_PASSWORD_SPECIFIED: 'ctiPassword',
  INVALID_LOGON_DEVICE_SPECIFIED: 'ctiDevice',
  INVALID_OBJECT_STATE: 'ctiState',
  RESOURCE_BUSY: 'ctiState',
  INVALID_AGENT_WORKMODE: 'ctiState',
};

export type SignInOutcome = 'complete' | 'incomplete' | 'failed' | 'none' | 'unknownAgent';

export interface SignIn {
  readonly agent: string;
  readonly outcome: SignInOutcome;
  readonly requestId: string | null;
  readonly extension: string | null;
  readonly steps: readonly Step[];
  readonly failure: {
    readonly reason: SignInFailure;
    readonly facts: readonly Fact[];
    readonly detail: string;
  } | null;
  /** The first expected step without a line, where later ones have none either. */
  readonly stoppedAt: StepId | null;
  /** The pair of steps between which most time went. */
  readonly slowest: { readonly from: StepId; readonly to: StepId; readonly ms: number } | null;
  /** What the client's clock is behind the server's at least, ms: an event came before it was sent. */
  readonly skew: { readonly ms: number; readonly facts: readonly Fact[] } | null;
  /** More attempts than the one that is shown. */
  readonly attempts: number;
}

/** Longest time that steps of one sign-in are apart, ms. */
const BEFORE_MS = 10 * 60_000;
const AFTER_MS = 5 * 60_000;
/** Most lines shown of one step. */
const LINES_MAX = 4;

export function signIn(trace: Case, agent: string, at: number | null = null): SignIn {
  trace.resolve();
  const about = trace.factsFor(agent);
  const attempts = withoutCopies(attemptsOf(trace, agent));
  if (attempts.length === 0) return withoutAttempt(trace, agent);
  const chosen =
    at === null
      ? (attempts.at(-1) as Fact)
      : attempts.reduce((best, one) => (away(one, at) <= away(best, at) ? one : best));
  const requestId = chosen.data.requestId ?? requestIdNear(trace, chosen, agent);
  const draft: Attempt = { agent, requestId, nocache: { systemInfo: null, user: null }, anchor: chosen };
  const previous = attempts[attempts.indexOf(chosen) - 1] ?? null;
  const next = attempts[attempts.indexOf(chosen) + 1] ?? null;
  const systemInfo = find(about, step('systemInfo.asked'), draft, previous, next);
  const user = find(about, step('user.asked'), draft, previous, next);
  const nocacheOf = (facts: readonly Fact[]) =>
    facts.find((f) => f.data.nocache !== undefined)?.data.nocache ?? null;
  const attempt: Attempt = {
    ...draft,
    nocache: { systemInfo: nocacheOf(systemInfo), user: nocacheOf(user) },
  };
  const found = STEPS.map((row) => ({ row, facts: find(about, row, attempt, previous, next) }));
  const failure = failureOf(trace, attempt, next);
  const steps: Step[] = [];
  const before = new Map<string, number>();
  for (const { row, facts } of found) {
    const first = facts[0];
    const stepAt = first?.at ?? null;
    const clock = first === undefined ? null : clockOf(first);
    const last = clock === null ? undefined : before.get(clock);
    const seen = row.families.some((family) => trace.families.has(family));
    steps.push({
      id: row.id,
      status: first !== undefined ? 'found' : !seen ? 'unseen' : row.optional ? 'optional' : 'missing',
      facts,
      at: stepAt,
      sinceMs: stepAt === null || last === undefined ? null : stepAt - last,
    });
    if (stepAt !== null && clock !== null) before.set(clock, stepAt);
  }
  const required = steps.filter((_, i) => STEPS[i]?.optional !== true);
  const lastFound = required.findLastIndex(({ status }) => status === 'found');
  const stopped = required.slice(lastFound + 1).find(({ status }) => status === 'missing') ?? null;
  const isIn = steps.some(
    ({ id, status }) =>
      status === 'found' &&
      (id === 'cti.event' || id === 'client.loggedIn' || id === 'client.event' || id === 'publish'),
  );
  return {
    agent,
    outcome: failure !== null && !isIn ? 'failed' : isIn ? 'complete' : 'incomplete',
    requestId,
    extension:
      steps.flatMap(({ facts }) => facts).find((f) => f.data.extension !== undefined)?.data.extension ?? null,
    steps,
    failure: isIn ? null : failure,
    stoppedAt: isIn ? null : (stopped?.id ?? null),
    slowest: slowestOf(steps),
    skew: skewOf(steps),
    attempts: attempts.length,
  };
}

const step = (id: StepId): StepRow => STEPS.find((row) => row.id === id) as StepRow;
const away = (fact: Fact, at: number) =>
  fact.at === null ? Number.POSITIVE_INFINITY : Math.abs(fact.at - at);

/** The requests to sign in; where the webservices log is not given, what the CTI log or the client says of them. */
function attemptsOf(trace: Case, agent: string): Fact[] {
  const of = (test: (fact: Fact) => boolean) => trace.facts.filter(test);
  const requests = of((f) => f.kind === 'api.request' && f.agent === agent && f.data.state === 'LOGIN');
  if (requests.length > 0) return requests;
  const sent = of((f) => f.kind === 'cti.request' && f.agent === agent && f.data.state === '0');
  if (sent.length > 0) return sent;
  const events = of((f) => f.kind === 'client.event' && f.agent === agent && f.data.state !== 'LOGOUT');
  const logins = of(
    (f) => f.kind === 'client.login' && (f.agent === agent || (f.agent === null && events.length > 0)),
  );
  return logins;
}

/** The same request in several copies of a log is one sign-in: its id says so. The first copy stands for all. */
function withoutCopies(attempts: readonly Fact[]): Fact[] {
  const seen = new Set<string>();
  return attempts.filter(({ data: { requestId } }) => {
    if (requestId === undefined || requestId === '') return true;
    const isNew = !seen.has(requestId);
    seen.add(requestId);
    return isNew;
  });
}

function requestIdNear(trace: Case, anchor: Fact, agent: string): string | null {
  const near = trace.facts.find(
    (f) =>
      f.data.requestId !== undefined &&
      (f.kind === 'publish' || f.kind === 'client.event') &&
      f.agent === agent &&
      isAfter(f, anchor) &&
      f.data.state !== 'LOGOUT',
  );
  return near?.data.requestId ?? null;
}

/** In one file the order of lines counts, between files the clock, with room for clocks that differ. */
const isAfter = (fact: Fact, anchor: Fact): boolean =>
  fact.file === anchor.file && (fact.derived || anchor.derived)
    ? fact.index >= anchor.index
    : fact.at !== null && anchor.at !== null && fact.at >= anchor.at - 60_000;
const isBefore = (fact: Fact, anchor: Fact): boolean =>
  fact.file === anchor.file && (fact.derived || anchor.derived)
    ? fact.index <= anchor.index
    : fact.at !== null && anchor.at !== null && fact.at <= anchor.at + 60_000;

function find(
  facts: readonly Fact[],
  row: StepRow,
  attempt: Attempt,
  previous: Fact | null,
  next: Fact | null,
): Fact[] {
  const { anchor } = attempt;
  const within = facts.filter((fact) => {
    if (!row.kinds.includes(fact.kind) || !row.fits(fact, attempt)) return false;
    // A line with the id of the request belongs to it, whatever the clocks say.
    if (fact.data.requestId !== undefined && fact.data.requestId === attempt.requestId) return true;
    if (fact.at !== null && anchor.at !== null) {
      const gap = fact.at - anchor.at;
      if (gap < -BEFORE_MS || gap > AFTER_MS) return false;
    }
    if (row.side === 'before')
      return (
        isBefore(fact, anchor) &&
        (previous === null || !isBefore(fact, previous) || fact.at === null || (previous.at ?? 0) < fact.at)
      );
    return (
      isAfter(fact, anchor) && (next === null || fact.at === null || next.at === null || fact.at < next.at)
    );
  });
  if (within.length === 0) return [];
  // Room for clocks that differ is only given where nothing stands on the right side of the request, and two clocks are concerned.
  const right = within.filter((fact) => isOnSide(fact, row.side, attempt));
  const fitting = right.length > 0 ? right : within.filter((fact) => mayDiffer(fact, anchor));
  // Copies of an excerpt tell the same, and without times of its own only the order within one of them counts.
  const beside = anchor.derived ? fitting.filter(({ file }) => file === anchor.file) : [];
  const chosen = beside.length > 0 ? beside : fitting;
  if (chosen.length === 0) return [];
  // Before the request the last of its kind counts, after it the first; one line of each kind of log.
  const kinds = new Map<string, Fact>();
  for (const fact of chosen) {
    const key = `${fact.family}|${fact.kind}`;
    if (row.side === 'before' || !kinds.has(key) || isOlder(fact, kinds.get(key) as Fact))
      kinds.set(key, fact);
  }
  if (row.id === 'data') return chosen.slice(0, LINES_MAX);
  const order = (fact: Fact) => row.kinds.indexOf(fact.kind) * 10 + row.families.indexOf(fact.family);
  return [...kinds.values()].sort((a, b) => order(a) - order(b) || a.index - b.index).slice(0, LINES_MAX);
}

/** How far the times of one clock are apart at most in two logs that tell of the same moment, ms: some have whole seconds. */
const SAME_CLOCK_MS = 1_000;

/**
 * Whether a line on the wrong side of the request may be an earlier or later one for all that. A line of the access log that names nobody
 * may be anybody's, so its time counts, though it may have come from a client.
 */
const mayDiffer = (fact: Fact, anchor: Fact): boolean =>
  (clockOf(fact) !== clockOf(anchor) && (fact.family !== 'access' || fact.agent !== null)) ||
  fact.at === null ||
  anchor.at === null ||
  Math.abs(fact.at - anchor.at) <= SAME_CLOCK_MS;

/** Openfire has whole seconds. */
function isOnSide(fact: Fact, side: StepRow['side'], { anchor, requestId }: Attempt): boolean {
  if (requestId !== null && fact.data.requestId === requestId) return true;
  if (fact.file === anchor.file && (fact.derived || anchor.derived))
    return side === 'before' ? fact.index <= anchor.index : fact.index >= anchor.index;
  if (fact.at === null || anchor.at === null) return false;
  return side === 'before' ? fact.at <= anchor.at : fact.at >= anchor.at - 1_000;
}

const isOlder = (a: Fact, b: Fact) => (a.at ?? 0) < (b.at ?? 0);

function failureOf(trace: Case, attempt: Attempt, next: Fact | null): SignIn['failure'] {
  const { anchor, requestId, agent } = attempt;
  const later = trace.facts.filter(
    (f) =>
      isAfter(f, anchor) &&
      (f.at === null || anchor.at === null || f.at - anchor.at < AFTER_MS) &&
      (next === null || f.at === null || next.at === null || f.at < next.at),
  );
  const told = later.find(
    (f) =>
      (f.kind === 'publish' || f.kind === 'client.event') &&
      f.agent === agent &&
      f.data.error !== undefined &&
      (requestId === null || f.data.requestId === requestId),
  );
  const invoke = later.find((f) => f.kind === 'cti.request' && f.agent === agent && f.data.state === '0')
    ?.data.invokeId;
  const refused =
    invoke === undefined
      ? undefined
      : later.find((f) => f.kind === 'cti.refused' && f.data.invokeId === invoke);
  if (told !== undefined)
    return {
      reason: 'refused',
      facts: refused === undefined ? [told] : [told, refused],
      detail: told.data.error as string,
    };
  if (refused !== undefined)
    return {
      reason: CTI_REASONS[refused.data.name ?? ''] ?? 'ctiRefused',
      facts: [refused],
      detail: [refused.data.code, refused.data.name].filter((word) => word !== undefined).join(' '),
    };
  const status = later.find(
    (f) => f.kind === 'client.answer' && f.data.object === 'User' && Number(f.data.status) >= 400,
  );
  return status === undefined
    ? null
    : { reason: 'status', facts: [status], detail: status.data.status as string };
}

function withoutAttempt(trace: Case, agent: string): SignIn {
  const failed = trace.facts.filter((f) => f.kind === 'auth.failed' && f.agent === agent);
  const knows = trace.facts.some((f) => f.agent === agent);
  return {
    agent,
    outcome: failed.length > 0 ? 'failed' : knows ? 'none' : 'unknownAgent',
    requestId: null,
    extension: null,
    steps: [],
    failure:
      failed.length === 0
        ? null
        : { reason: 'password', facts: failed.slice(-LINES_MAX), detail: String(failed.length) },
    stoppedAt: null,
    slowest: null,
    skew: null,
    attempts: 0,
  };
}

/** Whose clock gave a fact its time; null: it has that of a neighbour. `nocache` is the client's, wherever it stands. */
function clockOf(fact: Fact): 'client' | 'server' | null {
  if (fact.derived && fact.epoch === null) return null;
  return fact.family === 'client' ||
    fact.family === 'http' ||
    (fact.derived && fact.data.nocache !== undefined)
    ? 'client'
    : 'server';
}

/** Times of one clock only: between a client and a server they would measure the clocks. */
function slowestOf(steps: readonly Step[]): SignIn['slowest'] {
  let slowest: SignIn['slowest'] = null;
  const before = new Map<string, StepId>();
  for (const { id, facts, sinceMs } of steps) {
    const clock = facts[0] === undefined ? null : clockOf(facts[0]);
    if (clock === null) continue;
    const from = before.get(clock);
    if (from !== undefined && sinceMs !== null && sinceMs > (slowest?.ms ?? 0))
      slowest = { from, to: id, ms: sinceMs };
    before.set(clock, id);
  }
  return slowest;
}

/** The client cannot have received an event before the server published it. */
function skewOf(steps: readonly Step[]): SignIn['skew'] {
  const sent = steps.find(({ id }) => id === 'publish');
  const event = steps.find(({ id }) => id === 'cti.event');
  const got = steps.find(({ id }) => id === 'client.event');
  const server = [sent, event]
    .map((one) => one?.facts[0])
    .find((f) => f !== undefined && f.at !== null && (!f.derived || f.epoch !== null));
  const client = got?.facts[0];
  if (server === undefined || client === undefined || client.at === null || client.derived) return null;
  // Client logs have whole seconds.
  const ms = (server.at as number) - client.at - 999;
  return ms > 0 ? { ms, facts: [server, client] } : null;
}
