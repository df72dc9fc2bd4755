/**
 * The desktop of the published sign-in traces, request by request: the page, SystemInfo without a user, a
 * BOSH session with the resource desktop, the user, the sign-in, then what the page needs to work.
 */
import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { type RunningPoise, signInBody } from './server.ts';

const BIND = 'http://jabber.org/protocol/httpbind';
const CAPS =
  '<c xmlns="http://jabber.org/protocol/caps" hash="sha-1" node="http://jabber.cisco.com/caxl" ver="VNC6fNwvCxe6FJfDJdJpLryVJRwM="/>';

export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly headers: IncomingMessage['headers'];
}

/** One exchange over HTTP, nothing followed or added. */
export async function exchange(
  port: number,
  method: string,
  path: string,
  options: { body?: string; headers?: Record<string, string> } = {},
): Promise<Answer> {
  const request = httpRequest({ host: '127.0.0.1', port, method, path, headers: options.headers ?? {} });
  request.end(options.body);
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  response.setEncoding('utf8');
  let text = '';
  for await (const chunk of response) text += chunk;
  return { status: response.statusCode ?? 0, text, headers: response.headers };
}

export interface Agent {
  readonly id: string;
  readonly extension: string;
  /** Agents of the demonstration have their login id. */
  readonly password?: string;
}

const base64 = (text: string) => Buffer.from(text).toString('base64');
export const basic = ({ id, password = id }: Agent) => base64(`${id}:${password}`);
export const saslPlain = ({ id, password = id }: Agent) => base64(`\0${id}\0${password}`);

/** A BOSH session as the JabberWerx library of the desktop opens and keeps it. */
export class BoshDesktop {
  readonly #port: number;
  readonly #agent: Agent;
  #rid = 164853266;
  sid = '';
  jid = '';

  constructor(poise: RunningPoise, agent: Agent) {
    this.#port = poise.ports.bosh;
    this.#agent = agent;
  }

  /** Session, authentication, restart, resource, disco, presence. */
  async open(): Promise<void> {
    const { id } = this.#agent;
    const created = await this.#post(
      `<body xmlns="${BIND}" xml:lang="en-US" xmlns:xmpp="urn:xmpp:xbosh" hold="1" ver="1.9" to="localhost" wait="30" xmpp:version="1.0" from="${id}@localhost" rid="${this.#rid}"/>`,
    );
    this.sid = /\ssid=["']([^"']+)/.exec(created)?.[1] ?? '';
    await this.send(
      `<auth xmlns="urn:ietf:params:xml:ns:xmpp-sasl" mechanism="PLAIN">${saslPlain(this.#agent)}</auth>`,
      '<success',
    );
    await this.#post(
      `<body xmlns="${BIND}" sid="${this.sid}" rid="${++this.#rid}" to="localhost" xml:lang="en-US" xmlns:xmpp="urn:xmpp:xbosh" xmpp:restart="true"/>`,
    );
    const bound = await this.send(
      '<iq xmlns="jabber:client" type="set" id="b1"><bind xmlns="urn:ietf:params:xml:ns:xmpp-bind"><resource>desktop</resource></bind></iq>',
      '<jid>',
    );
    this.jid = /<jid>([^<]+)/.exec(bound)?.[1] ?? '';
    await this.send(
      '<iq xmlns="jabber:client" type="get" id="d1" to="localhost"><query xmlns="http://jabber.org/protocol/disco#info"/></iq>',
      'id="d1"',
    );
    await this.send(`<presence xmlns="jabber:client">${CAPS}</presence>`, 'from="finesse@localhost');
  }

  /** Sends stanzas, then polls until an answer holds the text. */
  async send(stanzas: string, expected: string): Promise<string> {
    const answer = await this.#post(
      `<body xmlns="${BIND}" sid="${this.sid}" rid="${++this.#rid}">${stanzas}</body>`,
    );
    if (answer.includes('<failure')) throw new Error(answer);
    return answer.includes(expected) ? answer : this.until(expected);
  }

  /** Polls until an answer holds the text. */
  async until(expected: string): Promise<string> {
    for (let i = 0; i < 20; i++) {
      const answer = await this.#post(`<body xmlns="${BIND}" sid="${this.sid}" rid="${++this.#rid}"/>`);
      if (answer.includes(expected)) return answer;
      if (answer.includes('terminate')) break;
    }
    throw new Error(`never answered: ${expected}`);
  }

  async #post(body: string): Promise<string> {
    const { status, text } = await exchange(this.#port, 'POST', '/http-bind/', {
      body,
      headers: { 'content-type': 'text/xml' },
    });
    if (status !== 200) throw new Error(`${status}: ${text}`);
    return text;
  }
}

export const REQUEST_ID = '6e210ca9-5786-43bc-babf-64a397a6057f';
export const NOCACHE = {
  systemInfo: '1366756802163',
  user: '1366756805180',
  dialogs: '1366756805355',
  logoutCodes: '1366756805356',
  notReadyCodes: '1366756805358',
} as const;

export interface TracedSignIn {
  readonly page: Answer;
  readonly systemInfo: Answer;
  /** The User before the sign-in. */
  readonly user: Answer;
  readonly put: Answer;
  /** The body that brought the event of the sign-in. */
  readonly event: string;
  readonly after: readonly Answer[];
  readonly desktop: BoshDesktop;
}

/** Signs an agent in as the trace shows it. */
export async function tracedSignIn(poise: RunningPoise, agent: Agent): Promise<TracedSignIn> {
  const { http } = poise.ports;
  const headers = { authorization: `Basic ${basic(agent)}` };
  const get = (path: string) => exchange(http, 'GET', `/finesse/api${path}`, { headers });
  await exchange(http, 'GET', '/');
  const page = await exchange(http, 'GET', '/desktop/container/');
  const systemInfo = await exchange(http, 'GET', `/finesse/api/SystemInfo?nocache=${NOCACHE.systemInfo}`);
  const desktop = new BoshDesktop(poise, agent);
  await desktop.open();
  const user = await get(`/User/${agent.id}?nocache=${NOCACHE.user}`);
  const [put, event] = await Promise.all([
    exchange(http, 'PUT', `/finesse/api/User/${agent.id}`, {
      body: signInBody(agent.extension),
      headers: { ...headers, 'content-type': 'Application/XML', requestId: REQUEST_ID },
    }),
    desktop.until(REQUEST_ID),
  ]);
  const after = [
    await get(`/User/${agent.id}/Dialogs?nocache=${NOCACHE.dialogs}`),
    await get(`/User/${agent.id}/ReasonCodes?category=LOGOUT&nocache=${NOCACHE.logoutCodes}`),
    await get(`/User/${agent.id}/ReasonCodes?category=NOT_READY&nocache=${NOCACHE.notReadyCodes}`),
  ];
  return { page, systemInfo, user, put, event, after, desktop };
}
