// A BOSH session written by hand (XEP-0124, XEP-0206), for the programs here that use no library: one request at a time, an answer that
// did not come is asked for once more.
import { agent, hear, password, present } from './desk.mjs';

const { WAIT } = process.env;
const HTTPBIND = 'http://jabber.org/protocol/httpbind';
const XBOSH = 'urn:xmpp:xbosh';

export class BoshSession {
  #service;
  #patience;
  #rid = 0;
  #sid = '';

  /**
   * @param service gives the address, asked before each request
   * @param patience attempts at a request, pause between them in ms, what an answer may be late in seconds, and a signal that ends all
   */
  constructor(service, { attempts, pauseMs, lateS, signal }) {
    this.#service = service;
    this.#patience = { attempts, pauseMs, lateS, signal };
  }

  /** Opens the session, signs in, is present. @throws when it is refused */
  async begin(domain) {
    this.#rid = Math.floor(Math.random() * 1e9);
    this.#sid = '';
    const stream = ` to='${domain}' xmpp:version='1.0' xmlns:xmpp='${XBOSH}'`;
    const created = await this.#post(`${stream} hold='1' wait='${WAIT}' ver='1.6' xml:lang='en'`);
    this.#sid = /\bsid=["']([^"']*)/.exec(created)[1];
    const plain = Buffer.from(`\0${agent}\0${password}`).toString('base64');
    const answer = await this.#post(
      '',
      `<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>${plain}</auth>`,
    );
    if (!answer.includes('<success')) throw new Error(`not let in: ${answer.slice(0, 200)}`);
    await this.#post(`${stream} xmpp:restart='true'`);
    const bind = `<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>desktop</resource></bind>`;
    await this.#post('', `<iq xmlns='jabber:client' type='set' id='bind'>${bind}</iq>`);
    take(await this.#post('', `<presence xmlns='jabber:client'/>`));
  }

  /** One poll; what comes with it is told. @throws when the session is lost */
  async poll() {
    take(await this.#post(''));
  }

  /** Says goodbye, and does not look at the answer. */
  end() {
    this.#rid += 1;
    const body = `<body rid='${this.#rid}' sid='${this.#sid}' type='terminate' xmlns='${HTTPBIND}'/>`;
    return fetch(this.#service(), { method: 'POST', body });
  }

  async #post(attributes, content = '') {
    const { attempts, pauseMs, lateS, signal } = this.#patience;
    this.#rid += 1;
    const sid = this.#sid && ` sid='${this.#sid}'`;
    const body = `<body rid='${this.#rid}' xmlns='${HTTPBIND}'${sid}${attributes}>${content}</body>`;
    for (let attempt = 1; ; attempt++) {
      try {
        const late = AbortSignal.timeout((Number(WAIT) + lateS) * 1_000);
        const answer = await fetch(this.#service(), {
          method: 'POST',
          headers: { 'content-type': 'text/xml; charset=utf-8' },
          body,
          signal: signal ? AbortSignal.any([signal, late]) : late,
        });
        const text = await answer.text();
        if (answer.status !== 200 || /^<body[^>]* type=["']terminate/.test(text))
          throw Object.assign(new Error(`status ${answer.status} ${text.slice(0, 200)}`), { final: true });
        return text;
      } catch (error) {
        if (error.final || signal?.aborted || attempt === attempts) throw error;
        await new Promise((done) => setTimeout(done, pauseMs));
      }
    }
  }
}

function take(text) {
  for (const [stanza] of text.matchAll(/<presence [^>]*>/g))
    present(/from=["']([^"']*)/.exec(stanza)?.[1] ?? '', /type=["']([^"']*)/.exec(stanza)?.[1]);
  hear(text);
}
