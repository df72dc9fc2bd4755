// One agent of a measurement: an XMPP stream over TCP that hands on its Updates, and REST requests.
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import net from 'node:net';
import { PASSWORD } from './bench-server.mjs';

const keepAlive = new Agent({ keepAlive: true, maxSockets: 256 });

/** requestId → who waits for its Update. */
const waiting = new Map();
let sequence = 0;
export const counts = { refused: 0, foreign: 0 };

export class BenchAgent {
  /** @param onUpdate called with the unescaped text of each Update */
  constructor(server, id, onUpdate = null) {
    this.server = server;
    this.id = id;
    this.text = '';
    this.onUpdate = onUpdate;
    this.authorization = `Basic ${Buffer.from(`${id}:${PASSWORD}`).toString('base64')}`;
  }

  /** @param isAgent the publisher of `--bench` is none: nobody tells it that `finesse` is present */
  async open(isAgent = true) {
    this.socket = net.connect({ host: '127.0.0.1', port: this.server.port(5222), noDelay: true });
    this.socket.setEncoding('utf8');
    this.socket.on('error', (error) => {
      throw error;
    });
    this.socket.on('data', (chunk) => this.take(chunk));
    await once(this.socket, 'connect');
    const header = `<stream:stream to='localhost' version='1.0' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>`;
    await this.say(header, '</stream:features>');
    const auth = Buffer.from(`\0${this.id}\0${PASSWORD}`).toString('base64');
    await this.say(
      `<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>${auth}</auth>`,
      '<success',
    );
    await this.say(header, '</stream:features>');
    await this.say(
      `<iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>desktop</resource></bind></iq>`,
      '</iq>',
    );
    if (isAgent) await this.say('<presence/>', 'finesse@');
    this.live = true;
  }

  say(xml, until) {
    this.text = '';
    return new Promise((resolve) => {
      this.expect = [until, resolve];
      this.socket.write(xml);
    });
  }

  take(chunk) {
    this.text += chunk;
    if (!this.live) {
      const [until, resolve] = this.expect;
      if (this.text.includes(until)) resolve();
      return;
    }
    const now = performance.now();
    const end = this.text.lastIndexOf('</message>');
    if (end < 0) return;
    for (const [, update] of this.text.slice(0, end).matchAll(/&lt;Update&gt;([\s\S]*?)&lt;\/Update&gt;/g)) {
      this.heard(update, now);
    }
    this.text = this.text.slice(end + 10);
  }

  heard(update, now) {
    const requestId = /&lt;requestId&gt;([^&]*)&lt;/.exec(update)?.[1] ?? '';
    const entry = waiting.get(requestId);
    if (entry !== undefined) {
      waiting.delete(requestId);
      entry(now, update);
    } else if (requestId !== '') counts.foreign++;
    this.onUpdate?.(this, update.replaceAll('&lt;', '<').replaceAll('&gt;', '>'), now);
  }

  /** Sends a request; resolves with ms from the first byte sent to its Update, and its text. */
  act(method, path, body) {
    const requestId = `bench-${sequence++}`;
    return new Promise((resolve, reject) => {
      const at = performance.now();
      const late = setTimeout(() => {
        waiting.delete(requestId);
        reject(
          new Error(`no Update for ${requestId} (${method} ${path} ${body}) of agent ${this.id} within 30 s`),
        );
      }, 30_000);
      waiting.set(requestId, (now, update) => {
        clearTimeout(late);
        resolve({ ms: now - at, failed: update.includes('apiErrors') ? update : null });
      });
      const req = request(
        {
          agent: keepAlive,
          host: '127.0.0.1',
          port: this.server.port(8082),
          method,
          path: `/finesse/api/${path}`,
          headers: {
            authorization: this.authorization,
            'content-type': 'application/xml',
            'content-length': Buffer.byteLength(body),
            requestId,
          },
        },
        (res) => {
          res.resume();
          if (res.statusCode === 202) return;
          counts.refused++;
          clearTimeout(late);
          waiting.delete(requestId);
          resolve({ ms: performance.now() - at, failed: `status ${res.statusCode}` });
        },
      );
      req.on('error', reject);
      req.end(body);
    });
  }

  setState(state, more = '') {
    return this.act('PUT', `User/${this.id}`, `<User><state>${state}</state>${more}</User>`);
  }
}

/** Runs `work` for 0 … count-1, `parallel` at a time. */
export async function each(count, parallel, work) {
  let next = 0;
  await Promise.all(
    Array.from({ length: parallel }, async () => {
      while (next < count) await work(next++);
    }),
  );
}
