// A user who takes part in nothing and has subscribed to everything that concerns the agents (`notification.access=open`
// allows it): what was published, whatever becomes of the agents' own connections.
import net from 'node:net';

const RETRY_MS = 300;

export class Witness {
  #host;
  #domain;
  #port;
  #user;
  #password;
  #nodes;
  #ledger;
  #text = '';
  #socket = null;
  #closed = false;
  /** It hears everything. */
  listening = false;

  constructor({ host = '127.0.0.1', domain = 'localhost', port, user, password, nodes, ledger }) {
    this.#host = host;
    this.#domain = domain;
    this.#port = port;
    this.#user = user;
    this.#password = password;
    this.#nodes = nodes;
    this.#ledger = ledger;
  }

  /** Keeps a session open until `close`. */
  open() {
    const socket = net.connect({ host: this.#host, port: this.#port, noDelay: true });
    this.#socket = socket;
    this.#text = '';
    socket.setEncoding('utf8');
    socket.on('error', () => {});
    socket.on('data', (chunk) => this.#take(chunk));
    socket.on('connect', () => void this.#signIn());
    socket.on('close', () => {
      if (this.listening) this.#ledger.excuse();
      this.listening = false;
      if (!this.#closed) setTimeout(() => this.open(), RETRY_MS);
    });
  }

  close() {
    this.#closed = true;
    this.#socket?.destroy();
  }

  async #signIn() {
    const header = `<stream:stream to='${this.#domain}' version='1.0' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>`;
    const plain = Buffer.from(`\0${this.#user}\0${this.#password}`).toString('base64');
    await this.#say(header, '</stream:features>');
    await this.#say(
      `<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>${plain}</auth>`,
      '<success',
    );
    await this.#say(header, '</stream:features>');
    const bind = `<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>witness</resource></bind>`;
    await this.#say(`<iq type='set' id='bind'>${bind}</iq>`, '</iq>');
    await this.#say('<presence/>', 'finesse@');
    for (const [i, node] of this.#nodes.entries()) {
      const subscribe = `<subscribe node='${node}' jid='${this.#user}@${this.#domain}/witness'/>`;
      const text = await this.#say(
        `<iq type='set' id='sub-${i}' to='pubsub.${this.#domain}'><pubsub xmlns='http://jabber.org/protocol/pubsub'>${subscribe}</pubsub></iq>`,
        new RegExp(`<iq[^>]*id=["']sub-${i}["'][\\s\\S]*?</iq>`),
      );
      if (!text.includes('subscribed')) throw new Error(`the witness may not hear ${node}: ${text}`);
    }
    // A server that is back may have answered, and published, before its nodes were subscribed to again.
    this.#ledger.excuse();
    this.listening = true;
  }

  #say(xml, until) {
    this.#socket.write(xml);
    return new Promise((done) => {
      this.#awaited = { until, done };
    });
  }

  #awaited = null;

  #take(chunk) {
    this.#text += chunk;
    for (const [, id] of chunk.matchAll(/<iq[^>]*type="get"[^>]*id="(ping-[^"]*)"/g))
      this.#socket.write(`<iq type='result' id='${id}' to='${this.#domain}'/>`);
    const awaited = this.#awaited;
    if (awaited !== null && this.#text.search(awaited.until) >= 0) {
      this.#awaited = null;
      awaited.done(this.#text);
    }
    const end = this.#text.lastIndexOf('</message>');
    if (end >= 0) {
      for (const [, node, item, payload] of this.#text
        .slice(0, end)
        .matchAll(
          /<items node="([^"]*)"><item id="([^"]*)"[^>]*><notification[^>]*>([\s\S]*?)<\/notification>/g,
        ))
        this.#ledger.witnessed({ node, item, text: payload.replaceAll('&lt;', '<').replaceAll('&gt;', '>') });
      this.#text = this.#text.slice(end);
    } else if (this.#awaited === null) this.#text = this.#text.slice(this.#text.lastIndexOf('<'));
  }
}
