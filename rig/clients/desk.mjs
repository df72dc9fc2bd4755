// What every client program of the rig shares: orders come as JSON lines on the standard input, records go out as JSON
// lines on the standard output. The program around it brings an XMPP client and nothing else.
//
//   orders:  {"order":"request","id":"…","method":"PUT","path":"User/3001","body":"…"}   {"order":"leave"}
//   records: {"is":"up"}                the program runs
//            {"is":"session"}           a session stands, and `finesse` is present in it; "resumed": nothing was lost
//            {"is":"lost","why":"…"}    it is gone; the client tries again by itself. "stands": it is there, and the service is not
//            {"is":"update","node":"…","item":"…","text":"…"}    an event, with its payload as text
//            {"is":"answer","id":"…","status":202,"text":"…"}    of a request; status 0 when nobody answered
//   Programs that move from node to node say with "at" of a session or an answer which host it was.
import { createInterface } from 'node:readline';

const { AGENT, PASSWORD, REQUEST_MS, HOSTS } = process.env;
const ASK_MS = 2_000;
/** Where REST is. */
let api = process.env.API;
/** Host that requests go to now. */
export const hostNow = () => new URL(api).hostname;
/** From now on requests go to this host, at the same port. */
export function moveTo(host) {
  const url = new URL(api);
  url.hostname = host;
  api = url.href;
}
/** Where REST is now. */
export const apiNow = () => api;
/** An address, at the host of now. */
export function atHost(address) {
  const url = new URL(address);
  url.hostname = hostNow();
  return url.href;
}
/** A page is loaded from a node that answers: of those that it can be loaded from, the first one. */
export async function beginWhereSomebodyAnswers() {
  for (const host of (HOSTS ?? hostNow()).split(',')) {
    const url = new URL(api);
    url.hostname = host;
    try {
      await fetch(`${url.href}/SystemInfo`, { signal: AbortSignal.timeout(ASK_MS) });
      moveTo(host);
      return;
    } catch {
      // The next one; where nobody answers, the first one.
    }
  }
}
export const agent = AGENT;
export const password = PASSWORD;
/** Pause before an attempt of the clients that have no reconnection of their own, ms. */
export const RETRY_MS = 1_000;

const authorization = `Basic ${Buffer.from(`${AGENT}:${PASSWORD}`).toString('base64')}`;

export function tell(record) {
  process.stdout.write(`${JSON.stringify(record)}\n`);
}

async function request({ id, method, path, body }) {
  const at = hostNow();
  try {
    const answer = await fetch(`${api}/${path}`, {
      method,
      signal: AbortSignal.timeout(Number(REQUEST_MS)),
      headers: {
        authorization,
        requestId: id,
        ...(body === undefined ? {} : { 'content-type': 'application/xml' }),
      },
      ...(body === undefined ? {} : { body }),
    });
    tell({ is: 'answer', id, at, status: answer.status, text: await answer.text() });
  } catch (error) {
    tell({ is: 'answer', id, at, status: 0, text: String(error.cause ?? error) });
  }
}

// A library that fails in the midst of something does not find its way back by itself: a page would be loaded anew.
process.on('unhandledRejection', (error) => {
  process.stderr.write(`${error?.stack ?? error}\n`);
  process.exit(1);
});

/** Obeys orders from now on. @param leave ends the session in good order, as a closed page does */
export function obey(leave) {
  tell({ is: 'up' });
  createInterface({ input: process.stdin }).on('line', (line) => {
    const order = JSON.parse(line);
    if (order.order === 'request') void request(order);
    else
      void Promise.resolve(leave()).finally(() => {
        tell({ is: 'left' });
        setTimeout(() => process.exit(0), 100);
      });
  });
  process.stdin.on('end', () => process.exit(0));
}

let announced = false;

/** A presence came in. */
export function present(from, type) {
  if (!from.startsWith('finesse@') || type === 'unavailable' || announced) return;
  announced = true;
  tell({ is: 'session', at: hostNow() });
}

/** The session goes on over another connection, and lost nothing (XEP-0198). */
export function resumed() {
  if (announced) return;
  announced = true;
  tell({ is: 'session', at: hostNow(), resumed: true });
}

/** The session is over, or its connection is; `stands`: it is there, and of no use for the time being. */
export function lost(why, stands = false) {
  announced = false;
  tell({ is: 'lost', why: String(why ?? ''), stands });
}

const unescaped = (text) =>
  text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&amp;', '&');

/** Tells the events in the text of stanzas. */
export function hear(xml) {
  for (const [, node, item, payload] of xml.matchAll(
    /<items [^>]*?node=["']([^"']*)["'][^>]*><item [^>]*?id=["']([^"']*)["'][^>]*><notification[^>]*>([\s\S]*?)<\/notification>/g,
  ))
    tell({ is: 'update', node, item, text: unescaped(payload) });
}

/** Node 20 has neither; clients made for browsers take the globals. */
export async function browserGlobals() {
  if (globalThis.WebSocket === undefined) globalThis.WebSocket = (await import('ws')).WebSocket;
  globalThis.XMLHttpRequest ??= FetchRequest;
}

/** As much of XMLHttpRequest as Strophe uses. */
class FetchRequest {
  readyState = 0;
  status = 0;
  responseText = '';
  #headers = {};
  #abort = new AbortController();
  open(method, url) {
    Object.assign(this, { method, url, readyState: 1 });
  }
  setRequestHeader(name, value) {
    this.#headers[name] = value;
  }
  overrideMimeType() {}
  getAllResponseHeaders() {
    return '';
  }
  send(body) {
    fetch(this.url, { method: this.method, headers: this.#headers, body, signal: this.#abort.signal })
      .then(async (answer) => {
        this.responseText = await answer.text();
        this.responseXML = new DOMParser().parseFromString(this.responseText, 'text/xml');
        this.status = answer.status;
      })
      .catch(() => {})
      .finally(() => {
        if (this.#abort.signal.aborted) return;
        this.readyState = 4;
        this.onreadystatechange?.();
      });
  }
  abort() {
    this.#abort.abort();
  }
}
