/**
 * One id from the request to the event: an observer of the happenings that keeps, for the last actions, what was done for each and when
 * (requestId, InvokeID, stanza id, BOSH sid and rid), and, for each agent, what led to the state that he is in. Pure: no sockets, no files.
 * docs/action-trace.md describes what comes of it.
 */
import type { Happening } from '../happenings.ts';
import { RecentMap } from './recent-map.ts';

/** Names of the steps, in the order in which an action takes them. */
export const STEPS = [
  'begun', // the agent's click or key, as his page tells
  'request', // REQUEST_START
  'accepted', // API_REQUEST
  'answered', // REQUEST_END
  'elsewhere', // another node has told that the request was made there
  'ctiSent', // MESSAGE_TO_CTI_SERVER
  'ctiConfirmed', // the answer that bears the InvokeID
  'ctiEvent', // the event that the Update was made of
  'published', // XMPP_PUBLISH_ASYNCHRONOUS
  'addressed', // the stanza for one user
  'delivered', // the BOSH answer, or the write of a socket, that bore it
  'received', // the page has its event
  'painted', // … and has drawn what came of it
] as const;
export type StepName = (typeof STEPS)[number];

export interface Step {
  /** Wall ms. */
  readonly at: number;
  readonly step: StepName;
  /** Keys and values as logs have them; never a password, never a whole payload. */
  readonly detail: Readonly<Record<string, string | number>>;
}

export interface ActionTrace {
  readonly requestId: string;
  /** Login id of who asked; empty until it is known. */
  readonly user: string;
  /** Whom it was about; empty where it was about no agent. */
  readonly agent: string;
  readonly steps: readonly Step[];
  /** Steps that had no room. */
  readonly dropped: number;
  /** What the agent's client did shortly before, oldest first: a sign-in begins with looking and presence. */
  readonly before: readonly AgentNews[];
}

export type CauseKind = 'state' | 'dialog' | 'presence' | 'signOut' | 'request';

/** One thing that befell an agent. */
export interface AgentNews {
  readonly at: number;
  readonly kind: CauseKind;
  /** What came of it: the state, the dialog and its state, the presence, the request. */
  readonly what: string;
  readonly detail: Readonly<Record<string, string | number>>;
}

export interface TraceLimits {
  /** Actions that are remembered; the oldest goes first. */
  readonly actions: number;
  readonly stepsPerAction: number;
  readonly agents: number;
  readonly newsPerAgent: number;
  /** Requests that only looked, of each agent: what they were is of use to the action that follows. */
  readonly looksPerAgent: number;
}

const TRACE_LIMITS: TraceLimits = {
  actions: 2_000,
  stepsPerAction: 48,
  agents: 4_000,
  newsPerAgent: 16,
  looksPerAgent: 6,
};

/** What was longer ago has nothing to do with an action. */
const BEFORE_MS = 30_000;
/** Values longer than this are cut: what is remembered is bounded in size, too. */
const VALUE_CHARACTERS = 128;
/** requestIds that are longer are nobody's (rest-api.md 1.6: 50 characters). */
const REQUEST_ID_CHARACTERS = 256;

interface OpenAction {
  requestId: string;
  user: string;
  agent: string;
  steps: Step[];
  dropped: number;
  before: readonly AgentNews[];
  /** Steps that happened in the page. */
  page: readonly Step[];
}

/** What is remembered of an agent. */
interface Remembered {
  readonly news: AgentNews[];
  readonly looks: AgentNews[];
}

type CtiReceived = Extract<Happening, { kind: 'cti.received' }>;
type Published = Extract<Happening, { kind: 'xmpp.publish' }>;
type Cause = Happening['cause'];

const USER_NODE = /^\/finesse\/api\/User\/([^/]+)(\/Dialogs)?$/;
/** Before and behind a requestId in the escaped payload of a stanza. */
const ESCAPED_BEFORE = '&lt;requestId&gt;';
const ESCAPED_BEHIND = '&lt;/requestId&gt;';

export class TraceBook {
  readonly #limits: TraceLimits;
  readonly #endOfTurn: (run: () => void) => void;
  readonly #now: () => number;
  readonly #actions: RecentMap<string, OpenAction>;
  readonly #agents: RecentMap<string, Remembered>;
  /** Told of an action for which there is no room any more. */
  forgotten: ((action: ActionTrace) => void) | null = null;
  /** The message of the CTI server that is being worked on; what is published meanwhile comes of it. */
  #message: CtiReceived | null = null;

  /**
   * @param endOfTurn runs a function when the present synchronous work is over: `queueMicrotask`
   * @param now wall ms
   */
  constructor(now: () => number, endOfTurn: (run: () => void) => void, limits: Partial<TraceLimits> = {}) {
    this.#now = now;
    this.#endOfTurn = endOfTurn;
    this.#limits = { ...TRACE_LIMITS, ...limits };
    this.#actions = new RecentMap(this.#limits.actions);
    this.#agents = new RecentMap(this.#limits.agents);
  }

  /** What was done for a request, in order of time; undefined when it is not remembered (any more). */
  action(requestId: string): ActionTrace | undefined {
    const found = this.#actions.get(requestId);
    return found === undefined ? undefined : asTold(found);
  }

  /** Who asked for it and when its first line was written; undefined: it is not remembered, or its page has told already. */
  untold(requestId: string): { readonly user: string; readonly at: number } | undefined {
    const found = this.#actions.get(requestId);
    const at = found?.steps[0]?.at;
    return found === undefined || at === undefined || found.page.length > 0
      ? undefined
      : { user: found.user, at };
  }

  /** What befell an agent, newest first. */
  agent(loginId: string): readonly AgentNews[] {
    return [...(this.#agents.get(loginId)?.news ?? [])].reverse();
  }

  /** Listener of the happenings. */
  readonly happened = (happening: Happening): void => {
    switch (happening.kind) {
      case 'request.start': {
        const { method, cause } = happening;
        const resource = cut(happening.resource);
        this.#step(happening, 'request', { method, resource, ...only('nocache', cause.nocache) });
        return;
      }
      case 'api.request':
        this.#apiRequest(happening);
        return;
      case 'request.end':
        this.#step(happening, 'answered', { status: happening.status, elapsedMs: happening.elapsedMs });
        return;
      case 'request.elsewhere':
        this.#elsewhere(happening);
        return;
      case 'cti.sent':
        this.#step(happening, 'ctiSent', { message: happening.name, ...invoke(happening.cause) });
        return;
      case 'cti.received':
        this.#received(happening);
        return;
      case 'xmpp.publish':
        this.#published(happening);
        return;
      case 'presence': {
        const { jid, type, at } = happening;
        this.#news(userOf(jid), { at, kind: 'presence', what: type, detail: { jid: cut(jid) } });
        return;
      }
      case 'presence.monitor':
        this.#news(happening.agentId, {
          at: happening.at,
          kind: 'presence',
          what: `monitor.${happening.event}`,
          detail: {},
        });
        return;
      case 'page.action':
        this.#pageTold(happening);
        return;
      case 'signOut.forced':
        this.#forced(happening);
        return;
      default:
    }
  };

  /** A stanza is about to go to the sessions of one user (`XmppObserver.addressedToUser`). */
  addressed(stanzaXml: string): void {
    if (this.#actions.size === 0) return;
    const requestId = requestIdIn(stanzaXml, 0)?.requestId;
    const action = requestId === undefined ? undefined : this.#actions.get(requestId);
    if (action === undefined) return;
    const head = stanzaXml.slice(0, stanzaXml.indexOf('>') + 1);
    this.#add(action, this.#now(), 'addressed', {
      to: attribute(head, 'to'),
      stanzaId: attribute(head, 'id'),
    });
  }

  /** A write of a TCP or WebSocket connection (`XmppObserver.socketSent`). */
  sentBySocket(id: string, pieces: readonly string[], jid: string): void {
    if (this.#actions.size === 0) return;
    for (const piece of pieces) this.#delivered(piece, { jid: cut(jid), sid: cut(id) });
  }

  /** An answer of BOSH (`XmppObserver.boshSent`). */
  sent(sid: string, xml: string, jid: string, rid: number): void {
    if (this.#actions.size === 0) return;
    this.#delivered(xml, { jid: cut(jid), sid: cut(sid), rid });
  }

  #delivered(xml: string, to: Step['detail']): void {
    for (let at = 0; ; ) {
      const found = requestIdIn(xml, at);
      if (found === undefined) return;
      at = found.end;
      const action = this.#actions.get(found.requestId);
      if (action === undefined) continue;
      const start = xml.lastIndexOf('<message ', at);
      const head = start === -1 ? '' : xml.slice(start, xml.indexOf('>', start) + 1);
      this.#add(action, this.#now(), 'delivered', { ...to, stanzaId: attribute(head, 'id') });
    }
  }

  #apiRequest(happening: Extract<Happening, { kind: 'api.request' }>): void {
    const { agentId, request, parameters, at, cause, url } = happening;
    const action = this.#step(happening, 'accepted', { request, parameters: cut(parameters.trim()) });
    if (agentId === '') return;
    const isLook = request.endsWith('.GET');
    if (action !== null && !isLook) {
      action.agent = agentId;
      action.before = this.#before(agentId, at);
    }
    const detail = { request, url: cut(url), ...asked(cause), ...only('nocache', cause.nocache) };
    const what = cut(`${request} ${parameters.trim()}`.trim());
    this.#news(agentId, { at, kind: 'request', what, detail }, isLook ? 'looks' : 'news');
  }

  /** Once: the node tells of each request twice. */
  #elsewhere(happening: Extract<Happening, { kind: 'request.elsewhere' }>): void {
    const { agentId, node, cause } = happening;
    if (this.#actions.get(cause.requestId ?? '')?.steps.some(({ step }) => step === 'elsewhere')) return;
    const action = this.#step(happening, 'elsewhere', { node: cut(node) });
    if (action !== null && action.agent === '') action.agent = agentId;
  }

  #before(agentId: string, at: number): AgentNews[] {
    const { news = [], looks = [] } = this.#agents.get(agentId) ?? {};
    const presences = news.filter(({ kind }) => kind === 'presence');
    return [...looks, ...presences].filter((one) => one.at > at - BEFORE_MS).sort((a, b) => a.at - b.at);
  }

  #received(happening: CtiReceived): void {
    if (happening.cause.requestId !== undefined)
      this.#step(happening, 'ctiConfirmed', { message: happening.name, ...invoke(happening.cause) });
    this.#message = happening;
    this.#endOfTurn(() => {
      if (this.#message === happening) this.#message = null;
    });
  }

  #published(happening: Published): void {
    const { node, payload, cause, at } = happening;
    const [, agent, dialogs] = USER_NODE.exec(node) ?? [];
    const message = this.#message;
    const what = dialogs === undefined ? stateIn(payload) : dialogIn(payload);
    if (cause.requestId !== undefined && this.#actions.get(cause.requestId) !== undefined) {
      if (message !== null && message.cause.requestId === undefined) this.#event(happening, message);
      this.#step(happening, 'published', { node: cut(node), ...(what === '' ? {} : { what }) });
    }
    if (agent === undefined || what === '') return;
    this.#news(agent, {
      at,
      kind: dialogs === undefined ? 'state' : 'dialog',
      what,
      detail: { ...asked(cause), ...(message === null ? {} : { ctiMessage: message.name }) },
    });
  }

  /** The message of which the Update was made, once. */
  #event(published: Published, message: CtiReceived): void {
    const action = this.#actions.get(published.cause.requestId as string);
    const last = action?.steps.findLast(({ step }) => step === 'ctiEvent');
    if (last?.detail.sequence === message.sequence) return;
    this.#step({ at: message.at, cause: published.cause }, 'ctiEvent', {
      message: message.name,
      sequence: message.sequence,
    });
  }

  #pageTold(happening: Extract<Happening, { kind: 'page.action' }>): void {
    const { cause, input, begunAt, receivedAt, paintedAt, uncertaintyMs } = happening;
    const action = this.#actions.get(cause.requestId ?? '');
    if (action === undefined) return;
    const told = (step: StepName, at: number | null, more: Step['detail'] = {}): Step[] =>
      at === null ? [] : [{ at, step, detail: { ...more, uncertaintyMs } }];
    action.page = [
      ...told('begun', begunAt, { input: cut(input) }),
      ...told('received', receivedAt),
      ...told('painted', paintedAt),
    ];
  }

  #forced({ record, at }: Extract<Happening, { kind: 'signOut.forced' }>): void {
    const { agentId, cause, actingId, requestId, outcome, reasonCode, departure } = record;
    this.#news(agentId, {
      at,
      kind: 'signOut',
      what: `${cause} ${outcome}`,
      detail: {
        ...(actingId === '' ? {} : { user: cut(actingId) }),
        ...(requestId === '' ? {} : { requestId: cut(requestId) }),
        ...(reasonCode === null ? {} : { reasonCode }),
        ...(departure === null ? {} : { departure }),
      },
    });
  }

  /** @returns the action; null for what has no requestId */
  #step(
    { at, cause }: { readonly at: number; readonly cause: Cause },
    step: StepName,
    detail: Step['detail'],
  ): OpenAction | null {
    const { requestId } = cause;
    if (requestId === undefined || requestId === '' || requestId.length > REQUEST_ID_CHARACTERS) return null;
    let action = this.#actions.get(requestId);
    if (action === undefined) {
      action = { requestId, user: '', agent: '', steps: [], dropped: 0, before: [], page: [] };
      const gone = this.#actions.set(requestId, action);
      if (gone !== undefined) this.forgotten?.(asTold(gone));
    }
    if (action.user === '' && cause.user !== undefined) action.user = cut(cause.user);
    this.#add(action, at, step, detail);
    return action;
  }

  #add(action: OpenAction, at: number, step: StepName, detail: Step['detail']): void {
    if (action.steps.length < this.#limits.stepsPerAction) action.steps.push({ at, step, detail });
    else action.dropped += 1;
  }

  #news(agent: string, news: AgentNews, where: keyof Remembered = 'news'): void {
    const remembered = this.#agents.get(agent) ?? { news: [], looks: [] };
    // Whoever had news last is forgotten last.
    this.#agents.set(agent, remembered);
    const list = remembered[where];
    list.push(news);
    const max = where === 'news' ? this.#limits.newsPerAgent : this.#limits.looksPerAgent;
    if (list.length > max) list.shift();
  }
}

/** An action with the steps of its page among the others. */
function asTold({ page, ...action }: OpenAction): ActionTrace {
  return { ...action, steps: [...action.steps, ...page].sort((a, b) => a.at - b.at) };
}

/** A copy, so that a part of a long text does not keep the whole in memory. */
const cut = (text: string): string =>
  text.length <= VALUE_CHARACTERS ? text : `${Buffer.from(text.slice(0, VALUE_CHARACTERS)).toString()}…`;
const only = (name: string, value: string | undefined): Record<string, string> =>
  value === undefined ? {} : { [name]: cut(value) };
const invoke = ({ invokeId }: Cause): Record<string, number> => (invokeId === undefined ? {} : { invokeId });
const asked = ({ user, requestId }: Cause): Record<string, string> => ({
  ...only('user', user),
  ...(requestId === '' ? {} : only('requestId', requestId)),
});
const userOf = (jid: string): string => jid.slice(0, Math.max(0, jid.indexOf('@')));

/** State, and the reason code where it has one, of the User in an Update; its error, if it is one. */
function stateIn(payload: string): string {
  const error = errorIn(payload);
  if (error !== null) return error;
  const state = /<state>(\w{1,40})<\/state>/.exec(payload)?.[1];
  const code = /<code>(-?\d{1,6})<\/code>/.exec(payload)?.[1];
  return state === undefined ? '' : code === undefined ? state : `${state} ${code}`;
}

function dialogIn(payload: string): string {
  const error = errorIn(payload);
  if (error !== null) return error;
  const id = /<id>(\w{1,40})<\/id>/.exec(payload)?.[1];
  // The dialog's own state stands behind its participants', each with one of its own.
  const states = [...payload.matchAll(/<state>(\w{1,40})<\/state>/g)];
  const event = /<event>(\w{1,10})<\/event>/.exec(payload)?.[1];
  return id === undefined ? '' : `${event ?? ''} ${id} ${states.at(-1)?.[1] ?? ''}`.trim();
}

const errorIn = (payload: string): string | null => {
  const type = /<apiErrors?>.{0,400}?<errorType>([^<]{1,60})</.exec(payload)?.[1];
  return type === undefined ? null : `error ${type}`;
};

function requestIdIn(xml: string, from: number): { requestId: string; end: number } | undefined {
  const before = xml.indexOf(ESCAPED_BEFORE, from);
  if (before === -1) return undefined;
  const start = before + ESCAPED_BEFORE.length;
  const end = xml.indexOf(ESCAPED_BEHIND, start);
  if (end === -1) return undefined;
  return { requestId: xml.slice(start, end), end };
}

const ATTRIBUTES = { to: /\sto="([^"]*)"/, id: /\sid="([^"]*)"/ } as const;
const attribute = (head: string, name: keyof typeof ATTRIBUTES): string =>
  cut(ATTRIBUTES[name].exec(head)?.[1] ?? '');
