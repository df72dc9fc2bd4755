// Desktops of a measurement over several nodes, as little as shows whether each of them has the right picture: state and calls of its
// agent, asked for once in each session, and events from then on. They hear the end of their connection and go to the next node.
import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import net from 'node:net';
import tls from 'node:tls';
import { PoiseClient } from '@poise/client';
import { WebSocket } from 'ws';
import { PASSWORD } from './bench-server.mjs';
import { dialogsIn } from './served-picture.mjs';

const RETRY_MS = 250;
const LOOK_MS = 20;
const ANSWER_MS = 30_000;
/** The certificate of these nodes is their own. */
const UNKNOWN = { rejectUnauthorized: false };
const clear = new HttpAgent({ keepAlive: true, maxSockets: 128 });
const secure = new HttpsAgent({ keepAlive: true, maxSockets: 128, ...UNKNOWN });

let sequence = 0;

/** What every desktop has; `open`, `move` and `close` are those of its kind. */
class Desktop {
  state = '';
  calls = 0;
  /** Times at which its state changed, and its picture became whole: { at, state }. */
  history = [];
  /** Events with a requestId, by it: how many times. */
  answers = new Map();
  #waiting = new Map();
  events = 0;
  /** Events that told its state. */
  heardStates = 0;
  losses = 0;
  /** A session stands and its picture is whole. */
  isWhole = false;

  /** @param nodes { host, domain, port }; home: index of the one that it begins at; isSecure: over TLS */
  constructor({ id, nodes, home, isSecure }) {
    Object.assign(this, { id, nodes, home, isSecure });
    this.authorization = `Basic ${Buffer.from(`${id}:${PASSWORD}`).toString('base64')}`;
  }

  get node() {
    return this.nodes[this.home];
  }

  /** State and calls of its agent, as they are asked for. */
  async fetch() {
    const { heardStates } = this;
    const user = await this.rest('GET', `User/${this.id}`);
    const dialogs = await this.rest('GET', `User/${this.id}/Dialogs`);
    if (user.status !== 200 || dialogs.status !== 200)
      throw new Error(`status ${user.status} ${dialogs.status}`);
    this.calls = dialogsIn(dialogs.text).size;
    // What came meanwhile is newer than the answer, or the same.
    if (heardStates === this.heardStates) this.told(/<state>(\w+)</.exec(user.text)?.[1]);
    this.isWhole = true;
  }

  told(state) {
    this.state = state;
    this.history.push({ at: performance.now(), state });
  }

  /** An Update on a node of its own. */
  heard(node, requestId, state) {
    this.events += 1;
    if (requestId !== '') {
      this.answers.set(requestId, (this.answers.get(requestId) ?? 0) + 1);
      this.#waiting.get(requestId)?.(performance.now());
    }
    if (state === undefined || node !== `/finesse/api/User/${this.id}`) return;
    this.heardStates += 1;
    this.told(state);
  }

  lost() {
    this.isWhole = false;
    this.losses += 1;
  }

  /** When it had its last state for good, from `since` on; null: not whole. */
  rightFrom(truth, since) {
    if (!this.isWhole || this.state !== truth) return null;
    const from = this.history.findLastIndex(({ at, state }) => at >= since && state !== truth);
    return this.history.slice(from + 1).find(({ at }) => at >= since)?.at ?? null;
  }

  /** A change of state at its node. Resolves with when it was asked for and ms until its Update, or null when none came. */
  async change(state, more = '') {
    const requestId = `nodes-${sequence++}`;
    const at = performance.now();
    const told = new Promise((done) => {
      this.#waiting.set(requestId, done);
      setTimeout(() => done(null), ANSWER_MS).unref();
    });
    const body = `<User><state>${state}</state>${more}</User>`;
    const { status } = await this.rest('PUT', `User/${this.id}`, body, requestId);
    const heard = status === 202 ? await told : null;
    this.#waiting.delete(requestId);
    return { requestId, status, at, ms: heard === null ? null : heard - at };
  }

  rest(method, path, body, requestId) {
    const { host, port } = this.node;
    return ask(
      this.isSecure,
      { host, port: port(this.isSecure ? 8445 : 8082), method, path: `/finesse/api/${path}` },
      body,
      {
        authorization: this.authorization,
        ...(requestId === undefined ? {} : { requestId }),
      },
    );
  }
}

/** XMPP over TCP, with TLS from the first byte where it is secure. Goes to the next node as soon as its connection ends. */
export class LightDesktop extends Desktop {
  #text = '';
  #isLive = false;
  #expected = null;
  #closed = false;
  /** `node item` of the events of this session, where repetitions are counted; null: they are not. */
  #items = null;
  /** Events that came once more. */
  repetitions = 0;

  /** Counts events that come twice in a session from now on, which takes memory for each of them. */
  countRepetitions() {
    this.#items = new Set();
  }

  /** From a loss until it goes to the next node, ms. */
  leavesAfterMs() {
    return 0;
  }

  /** Resolves when its picture is whole for the first time. */
  async open() {
    while (!this.#closed) {
      try {
        await this.#session();
        await this.fetch();
        return;
      } catch {
        await new Promise((done) => setTimeout(done, RETRY_MS));
      }
    }
  }

  #session() {
    this.#text = '';
    this.#isLive = false;
    this.#items?.clear();
    const { host, domain, port } = this.node;
    const socket = this.isSecure
      ? tls.connect({ host, port: port(5223), ...UNKNOWN })
      : net.connect({ host, port: port(5222), noDelay: true });
    this.socket = socket;
    socket.setEncoding('utf8');
    socket.on('error', () => {});
    socket.on('data', (chunk) => this.#take(chunk));
    const header = `<stream:stream to='${domain}' version='1.0' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>`;
    const plain = Buffer.from(`\0${this.id}\0${PASSWORD}`).toString('base64');
    const bind = `<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>desktop</resource></bind>`;
    const sign = async () => {
      await this.#say(header, '</stream:features>');
      await this.#say(
        `<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>${plain}</auth>`,
        '<success',
      );
      await this.#say(header, '</stream:features>');
      await this.#say(`<iq type='set' id='b'>${bind}</iq>`, '</iq>');
      await this.#say('<presence/>', 'finesse@');
      this.#isLive = true;
      this.#text = '';
    };
    return new Promise((done, fail) => {
      socket.on(this.isSecure ? 'secureConnect' : 'connect', () => sign().then(done, fail));
      socket.on('close', () => {
        const stood = this.#isLive;
        this.#isLive = false;
        fail(new Error('closed'));
        if (this.#closed) return;
        this.home = (this.home + 1) % this.nodes.length;
        if (!stood) return;
        this.lost();
        setTimeout(() => void this.open(), this.leavesAfterMs());
      });
    });
  }

  /** Subscribes to a node of another agent (`notification.access` is `open`). */
  subscribe(node) {
    const { domain } = this.node;
    const subscribe = `<subscribe node='${node}' jid='${this.id}@${domain}/desktop'/>`;
    this.socket.write(
      `<iq type='set' id='s' to='pubsub.${domain}'><pubsub xmlns='http://jabber.org/protocol/pubsub'>${subscribe}</pubsub></iq>`,
    );
  }

  /** Leaves its node for that of this index. Resolves when its picture is whole there, with ms until then. */
  async moveTo(index) {
    if (this.home === index) return 0;
    const left = performance.now();
    // Whoever loses a session goes to the next one.
    this.home = (index - 1 + this.nodes.length) % this.nodes.length;
    this.socket.destroy();
    this.isWhole = false;
    while (!this.isWhole) await new Promise((done) => setTimeout(done, LOOK_MS));
    return performance.now() - left;
  }

  close() {
    this.#closed = true;
    this.socket?.destroy();
  }

  #say(xml, until) {
    this.#text = '';
    return new Promise((done) => {
      this.#expected = [until, done];
      this.socket.write(xml);
    });
  }

  #take(chunk) {
    this.#text += chunk;
    if (!this.#isLive) {
      const [until, done] = this.#expected;
      if (this.#text.includes(until)) done();
      return;
    }
    const end = this.#text.lastIndexOf('</message>');
    if (end < 0) return;
    for (const [, node, item, payload] of this.#text
      .slice(0, end)
      .matchAll(
        /<items node="([^"]*)"><item id="([^"]*)"[^>]*><notification[^>]*>([\s\S]*?)<\/notification>/g,
      )) {
      this.#count(`${node} ${item}`);
      this.heard(
        node,
        /&lt;requestId&gt;([^&]*)&lt;/.exec(payload)?.[1] ?? '',
        /&lt;state&gt;(\w+)&lt;/.exec(payload)?.[1],
      );
    }
    this.#text = this.#text.slice(end + '</message>'.length);
  }

  #count(item) {
    if (this.#items?.has(item)) this.repetitions += 1;
    this.#items?.add(item);
  }
}

/** The same with the pauses of our SDK before its three attempts at the node that it lost (docs/client.md), without what it costs to run many SDKs. */
export class PacedDesktop extends LightDesktop {
  leavesAfterMs() {
    return [300, 600, 1_200].reduce((sum, ms) => sum + ms * (0.5 + Math.random() / 2), 0);
  }
}

/** Our own SDK over WebSocket or BOSH, as the page uses it: it goes where SystemInfo says. */
export class SdkDesktop extends Desktop {
  constructor(options) {
    super(options);
    this.transport = options.transport ?? 'websocket';
  }

  async open() {
    const { host, port } = this.node;
    const origin = this.isSecure ? `https://${host}:${port(8445)}` : `http://${host}:${port(8082)}`;
    this.client = new PoiseClient({
      baseUrl: origin,
      user: this.id,
      password: PASSWORD,
      resource: 'desktop',
      transport: this.transport,
      WebSocket,
      negotiationTimeoutMs: 120_000,
      requestTimeoutMs: 60_000,
    });
    this.client.on('connection', (status) => {
      if (status === 'disconnected') this.lost();
      if (status === 'recovered') void this.again();
    });
    this.client.on('update', ({ node, requestId, data }) =>
      this.heard(node, requestId, data.type === 'user' ? data.user.state : undefined),
    );
    await this.client.connect();
    await this.fetch();
  }

  async again() {
    this.home = this.nodes.findIndex(({ host }) => host === this.client.host);
    const { losses } = this;
    while (losses === this.losses) {
      try {
        await this.fetch();
        return;
      } catch {
        await new Promise((done) => setTimeout(done, RETRY_MS));
      }
    }
  }

  close() {
    this.client.close();
  }
}

function ask(isSecure, where, body, headers) {
  return new Promise((done) => {
    const more =
      body === undefined
        ? {}
        : { 'content-type': 'application/xml', 'content-length': Buffer.byteLength(body) };
    const options = {
      agent: isSecure ? secure : clear,
      ...where,
      headers: { ...headers, ...more },
      timeout: ANSWER_MS,
    };
    const req = (isSecure ? httpsRequest : httpRequest)(
      isSecure ? { ...options, ...UNKNOWN } : options,
      (res) => {
        let text = '';
        res.setEncoding('utf8');
        res.on('data', (chunk) => {
          text += chunk;
        });
        res.on('end', () => done({ status: res.statusCode, text }));
      },
    );
    req.on('timeout', () => req.destroy());
    req.on('error', () => done({ status: 0, text: '' }));
    req.end(body);
  });
}
