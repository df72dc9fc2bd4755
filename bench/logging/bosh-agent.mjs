// An agent of a measurement over BOSH (XEP-0124): one request is always held by the server, as browsers of the original do.
import { Agent, request } from 'node:http';
import { BenchAgent } from '../bench-agent.mjs';
import { PASSWORD } from '../bench-server.mjs';

const BIND = 'http://jabber.org/protocol/httpbind';
const XBOSH = 'urn:xmpp:xbosh';

export class BoshAgent extends BenchAgent {
  #rid = 1_000_000;
  #sid = '';
  // Each browser has connections of its own.
  #connections = new Agent({ keepAlive: true, maxSockets: 2 });

  async open() {
    const created = await this.#post(
      `to='localhost' wait='30' hold='1' ver='1.9' xml:lang='en' xmlns:xmpp='${XBOSH}' xmpp:version='1.0'`,
    );
    this.#sid = /\ssid=["']([^"']+)/.exec(created)[1];
    const auth = Buffer.from(`\0${this.id}\0${PASSWORD}`).toString('base64');
    await this.#until(
      `<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>${auth}</auth>`,
      '<success',
    );
    await this.#post(`sid='${this.#sid}' to='localhost' xmpp:restart='true' xmlns:xmpp='${XBOSH}'`);
    await this.#until(
      `<iq xmlns='jabber:client' type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>desktop</resource></bind></iq>`,
      '<jid>',
    );
    await this.#until(`<presence xmlns='jabber:client'/>`, 'finesse@');
    this.live = true;
    void this.#poll();
  }

  async #until(inner, wanted) {
    let answer = await this.#post(`sid='${this.#sid}'`, inner);
    while (!answer.includes(wanted)) answer = await this.#post(`sid='${this.#sid}'`);
  }

  async #poll() {
    for (;;) this.take(await this.#post(`sid='${this.#sid}'`));
  }

  #post(attributes, inner = '') {
    const body = `<body xmlns='${BIND}' rid='${this.#rid++}' ${attributes}>${inner}</body>`;
    return new Promise((resolve, reject) => {
      const asked = request(
        {
          agent: this.#connections,
          host: '127.0.0.1',
          port: this.server.port(7071),
          method: 'POST',
          path: '/http-bind/',
          headers: { 'content-type': 'text/xml', 'content-length': Buffer.byteLength(body) },
        },
        (answer) => {
          let text = '';
          answer.setEncoding('utf8');
          answer.on('data', (chunk) => {
            text += chunk;
          });
          answer.on('end', () => resolve(text));
        },
      );
      asked.on('error', reject);
      asked.end(body);
    });
  }
}
