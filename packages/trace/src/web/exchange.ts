/**
 * What a request and its answer say, as they were seen at the client's side: in a HAR file, a Fiddler archive, a capture.
 * REST and BOSH requests become the same facts as the lines of a client log.
 */
import {
  agentOfJid,
  agentOfPath,
  data,
  type FactData,
  type FactKind,
  type Found,
  updateOf,
} from '../fact.ts';
import type { WallTime } from '../times.ts';

export interface Exchange {
  readonly file: string;
  /** See {@link Found.part}. */
  readonly part: string;
  readonly line: number;
  /** When the request left; null: unknown. */
  readonly start: WallTime | null;
  /** When its answer was complete; null: unknown, or none came. */
  readonly end: WallTime | null;
  readonly method: string;
  /** With or without scheme and host. */
  readonly url: string;
  /** Value of the Authorization header, or ''. Only the name in it is used. */
  readonly authorization: string;
  readonly requestBody: string;
  /** 0: no answer. */
  readonly status: number;
  readonly responseBody: string;
  /** What the browser, or the proxy, says of a failure: `net::ERR_…`; '' if nothing. */
  readonly error: string;
  /** Headers `Via` and `Server` of the answer. */
  readonly via: string;
  /** What a WebSocket carried, in `requestBody` or in `responseBody`. */
  readonly isFrame?: boolean;
  /** Whether it was answered is not known: the capture lost what stood there. */
  readonly isAnswerMissing?: boolean;
}

/** How long a poll is held at most, and some room, ms: before that, no answer is no fault. */
const HELD_MS = 35_000;
/** Sessions remembered of one file. */
const SIDS_MAX = 4096;
/** Polls without an answer that wait for the end of the file. */
const OPEN_MAX = 4096;
/** So much of a body is looked at, in characters. */
const LOOK_MAX = 32 * 1024;

type Made = { kind: FactKind; agent?: string | null; data?: FactData; at?: 'start' | 'end'; text?: string };

/** The exchanges of one file: whose sessions they are is learned on the way. */
export class Exchanges {
  private readonly sink: (found: Found) => void;
  private readonly sids = new Map<string, string>();
  private readonly open: { exchange: Exchange; agent: string | null; values: FactData }[] = [];
  private latest = Number.NEGATIVE_INFINITY;

  constructor(sink: (found: Found) => void) {
    this.sink = sink;
  }

  add(whole: Exchange): void {
    const exchange = unwrapped(whole);
    if (exchange.start !== null) this.latest = Math.max(this.latest, utc(exchange.start));
    for (const made of this.facts(exchange)) this.emit(exchange, made);
  }

  /** Polls that nobody answered: a fault only if the file goes on for longer than a poll is held. */
  end(): void {
    for (const { exchange, agent, values } of this.open) {
      if (exchange.start === null || this.latest - utc(exchange.start) < HELD_MS) continue;
      this.emit(exchange, { kind: 'client.unanswered', agent, data: values, at: 'start' });
    }
    this.open.length = 0;
  }

  private emit(exchange: Exchange, made: Made): void {
    const time = made.at === 'end' ? (exchange.end ?? exchange.start) : exchange.start;
    this.sink({
      kind: made.kind,
      family: 'http',
      file: exchange.file,
      part: exchange.part,
      line: exchange.line,
      time,
      epoch: null,
      agent: made.agent ?? null,
      data: made.data ?? {},
      text: made.text ?? textOf(exchange),
    });
  }

  private facts(exchange: Exchange): Made[] {
    const path = pathOf(exchange.url);
    if (/\/http-bind\/?$/.test(path)) return this.bosh(exchange);
    if (exchange.isFrame || (/\/ws\/?$/.test(path) && exchange.status === 101))
      return this.webSocket(exchange);
    if (/^\/desktop\/(?:container\/?|logon\/?)?$/.test(path) && exchange.method === 'GET')
      return [{ kind: 'page.load', data: { path } }];
    if (/\/finesse\/api\//.test(path)) return rest(exchange, path);
    return failureOf(exchange, null, {}) ?? [];
  }

  /** XMPP over WebSocket (RFC 7395): the handshake, and what went through it. */
  private webSocket(exchange: Exchange): Made[] {
    if (!exchange.isFrame) return [{ kind: 'client.connecting', data: { status: '101' } }];
    const sent = exchange.requestBody.slice(0, LOOK_MAX);
    const got = exchange.responseBody.slice(0, LOOK_MAX);
    const socket = `${exchange.part} ${exchange.line}`;
    const name = saslName(sent) ?? jidName(got) ?? this.sids.get(socket) ?? null;
    if (name !== null && this.sids.size < SIDS_MAX) this.sids.set(socket, name);
    const made: Made[] = events(got, name);
    if (isBound(got)) made.push({ kind: 'client.established', agent: name });
    if (/^\s*<close\b/.test(sent)) made.push({ kind: 'session.terminate', agent: name });
    if (/<conflict\b/.test(got)) made.push({ kind: 'session.conflict', agent: name });
    return made;
  }

  private bosh(exchange: Exchange): Made[] {
    const sent = exchange.requestBody.slice(0, LOOK_MAX);
    const got = exchange.responseBody.slice(0, LOOK_MAX);
    const head = headOf(sent);
    const answer = headOf(got);
    const sid = attribute(head, 'sid') ?? attribute(answer, 'sid');
    const name = saslName(sent) ?? jidName(got) ?? (sid === null ? null : (this.sids.get(sid) ?? null));
    if (sid !== null && name !== null && this.sids.size < SIDS_MAX) this.sids.set(sid, name);
    const values = data({ sid, rid: attribute(head, 'rid'), status: String(exchange.status || '') });
    const made: Made[] = [];
    if (attribute(head, 'sid') === null && /\bto=/.test(head))
      made.push({ kind: 'client.connecting', agent: name, data: values });
    else if (attribute(head, 'type') === 'terminate')
      made.push({ kind: 'session.terminate', agent: name, data: values });
    else made.push({ kind: 'client.poll', agent: name, data: values });
    const failed = failureOf(exchange, name, { ...values, path: '/http-bind' });
    if (failed !== null) {
      if (failed.length === 0 && !exchange.isAnswerMissing && this.open.length < OPEN_MAX)
        this.open.push({ exchange, agent: name, values: { ...values, path: '/http-bind' } });
      return [...made, ...failed];
    }
    if (isBound(got)) made.push({ kind: 'client.established', agent: name, data: values, at: 'end' });
    if (attribute(answer, 'type') === 'terminate' && attribute(head, 'type') !== 'terminate')
      made.push({
        kind: /<conflict\b/.test(got) ? 'session.conflict' : 'client.sessionGone',
        agent: name,
        data: { ...values, ...data({ condition: attribute(answer, 'condition') }) },
        at: 'end',
      });
    else if (exchange.status === 404 || exchange.status === 403)
      made.push({ kind: 'client.sessionGone', agent: name, data: values, at: 'end' });
    made.push(...events(got, name));
    return made;
  }
}

const isBound = (body: string): boolean => /<jid\b[^>]*>/.test(body) && /\bbind\b/.test(body);

/** `<message>`s with an event of a node. */
function events(body: string, name: string | null): Made[] {
  if (!body.includes('<items')) return [];
  return body
    .split(/(?=<message\b)/)
    .map((part) => ({ node: /<items\b[^>]*\bnode=["']([^"']+)/.exec(part)?.[1], part }))
    .filter((one): one is { node: string; part: string } => one.node !== undefined)
    .map(({ node, part }) => ({
      kind: 'client.event',
      agent: agentOfPath(node) ?? name,
      data: { ...updateOf(part), node },
      at: 'end',
      text: `event on ${node}: ${part}`,
    }));
}

function rest(exchange: Exchange, path: string): Made[] {
  const { requestBody: sent, responseBody: got, status } = exchange;
  const user = basicName(exchange.authorization);
  const agent = agentOfPath(path) ?? user;
  const nocache = /[?&]nocache=(\d{10,14})/.exec(exchange.url)?.[1];
  const values = data({
    method: exchange.method,
    path,
    nocache,
    user,
    requestId: element(sent, 'requestId') ?? element(got, 'requestId'),
  });
  const state = /\/User\/[^/]+\/?$/.test(path) && exchange.method === 'PUT' ? element(sent, 'state') : null;
  const object = /\/finesse\/api\/(\w+)/.exec(path)?.[1] ?? '';
  // Once a minute, for clocks and latency: no step of a sign-in.
  const isTick = /[?&]timestamponly\b/.test(exchange.url);
  const made: Made[] = [
    { kind: isTick ? 'client.line' : 'client.request', agent, data: { ...values, ...data({ state }) } },
  ];
  if (state === 'LOGIN')
    made.push({
      kind: 'client.login',
      agent,
      data: { ...values, ...data({ extension: element(sent, 'extension') }) },
    });
  if (state === 'LOGOUT') made.push({ kind: 'client.logout', agent, data: values });
  const failed = failureOf(exchange, agent, { path });
  if (failed !== null) return [...made, ...failed];
  made.push({
    kind: isTick ? 'client.line' : 'client.answer',
    agent,
    data: { ...values, status: String(status), object, ...data({ error: element(got, 'ErrorType') }) },
    at: 'end',
  });
  if (object === 'SystemInfo') {
    const said = element(got, 'status');
    if (said !== null && /^[A-Z_]+$/.test(said))
      made.push({ kind: 'client.info', agent, data: { status: said }, at: 'end' });
    if (exchange.start !== null && exchange.end !== null)
      made.push({
        kind: 'client.drift',
        agent,
        data: { latency: String(exchange.end.wall - exchange.start.wall) },
        at: 'end',
      });
  }
  return made;
}

/** Answers that come from something between client and server, not from the server. */
const GATEWAY = new Set([407, 502, 504]);

/** Why no answer came, or not the server's; null: the server answered. Empty: whether that is a fault, the end of the file tells. */
function failureOf(exchange: Exchange, agent: string | null, values: FactData): Made[] | null {
  const { error, status, url } = exchange;
  const said = { ...values, ...data({ error, status: status === 0 ? null : String(status) }) };
  const one = (kind: FactKind, at: 'start' | 'end' = 'end'): Made[] => [{ kind, agent, data: said, at }];
  if (/CERT|SSL|TLS|SEC_ERROR/i.test(error)) return one('client.certificate');
  if (/IO_SUSPENDED/.test(error)) return one('client.sleep');
  if (/INTERNET_DISCONNECTED|NETWORK_CHANGED|NAME_NOT_RESOLVED|ADDRESS_UNREACHABLE/.test(error))
    return one('client.offline');
  // Whether only this port is closed, the answers of the other one tell.
  if (/CONNECTION_REFUSED|CONNECTION_TIMED_OUT|BLOCKED/.test(error) && /:7443\b/.test(url))
    return one('client.port');
  if (/PROXY|TUNNEL/.test(error)) return one('client.proxy');
  if (GATEWAY.has(status) && !error) return one('client.proxy');
  // A page that is left aborts its own requests.
  if (/ABORTED|CANCEL/i.test(error)) return [];
  if (error !== '') return one('client.unanswered');
  return status === 0 ? [] : null;
}

/** The desktop of 9.x to 11.x asks the REST API through the gadget server: what is inside counts. */
function unwrapped(exchange: Exchange): Exchange {
  if (!/\/gadgets\/makeRequest\/?$/.test(pathOf(exchange.url))) return exchange;
  const query = exchange.url.includes('?') ? exchange.url.slice(exchange.url.indexOf('?') + 1) : '';
  const parameters = new URLSearchParams(
    exchange.requestBody.includes('url=') ? exchange.requestBody : query,
  );
  const inner = parameters.get('url');
  if (inner === null) return exchange;
  const headers = new URLSearchParams(parameters.get('headers') ?? '');
  const answer = /"rc"\s*:\s*(\d{3})/.exec(exchange.responseBody)?.[1];
  return {
    ...exchange,
    url: inner,
    method: parameters.get('httpMethod') ?? 'GET',
    requestBody: parameters.get('postData') ?? '',
    authorization: headers.get('Authorization') ?? exchange.authorization,
    status: exchange.status === 200 && answer !== undefined ? Number(answer) : exchange.status,
    responseBody: exchange.responseBody
      .replaceAll('\\u003c', '<')
      .replaceAll('\\u003e', '>')
      .replaceAll('\\/', '/'),
  };
}

/** The line that stands for an exchange in a report. The excerpt is masked where it is made. */
function textOf({ method, url, status, error, start, end, requestBody, responseBody }: Exchange): string {
  const ms = start !== null && end !== null ? ` (${end.wall - start.wall} ms)` : '';
  const answer = status === 0 ? `- ${error}` : `${status}${error === '' ? '' : ` ${error}`}`;
  const bodies = [requestBody, responseBody].map((body) => body.slice(0, 600)).filter((body) => body !== '');
  return `${method} ${url.replace(/^(https?:\/\/)[^/@]*@/i, '$1').slice(0, 300)} -> ${answer.trim()}${ms} ${bodies.join(' -> ')}`.trim();
}

export const pathOf = (url: string): string =>
  url
    .replace(/^[a-z]+:\/\/[^/?#]*/i, '')
    .replace(/[?#][\s\S]*$/, '')
    .slice(0, 2048) || '/';

const utc = ({ wall, offset }: WallTime): number => wall - (offset ?? 0) * 60_000;
const headOf = (body: string): string => /<body\b[^>]*/.exec(body)?.[0] ?? '';
const attribute = (tag: string, name: string): string | null =>
  new RegExp(`[\\s:]${name}=["']([^"']{0,256})`).exec(tag)?.[1] ?? null;
const element = (xml: string, name: string): string | null =>
  new RegExp(`<${name}>\\s*([^<]{1,256}?)\\s*<`, 'i').exec(xml.slice(0, LOOK_MAX))?.[1] ?? null;
const jidName = (body: string): string | null => {
  const found =
    /<jid\b[^>]*>([^<]{1,256})</.exec(body)?.[1] ?? /<message\b[^>]*\bto=["']([^"']{1,256})/.exec(body)?.[1];
  return found === undefined ? null : agentOfJid(found);
};

/** The name in `Basic …`; what stands behind it is not looked at. */
function basicName(value: string): string | null {
  const found = /^\s*Basic\s+([A-Za-z0-9+/=]+)/i.exec(value)?.[1];
  if (found === undefined) return null;
  const name = Buffer.from(found, 'base64').toString('utf8').split(':', 1)[0];
  return name === undefined || name === '' || name.length > 128 ? null : name;
}

/** The name in SASL PLAIN. */
function saslName(body: string): string | null {
  const found = /<auth\b[^>]*>([A-Za-z0-9+/=]{4,1024})</.exec(body)?.[1];
  if (found === undefined) return null;
  const parts = Buffer.from(found, 'base64').toString('utf8').split('\0');
  const name = parts.length === 3 ? parts[1]?.split('@', 1)[0] : undefined;
  return name === undefined || name === '' || name.length > 128 ? null : name;
}
