/** A desktop that speaks BOSH by hand: as little as keeps its agent present. */
import type { Ports } from './server.ts';

const HTTPBIND = 'http://jabber.org/protocol/httpbind';

export interface DesktopPlace {
  readonly ports: Ports;
  /** Default 127.0.0.1. */
  readonly host?: string;
}

/** A desktop that polls until it is killed. */
export class BoshDesktop {
  readonly heard: string[] = [];
  readonly #where: DesktopPlace;
  readonly #id: string;
  readonly #abort = new AbortController();
  readonly #looks = new Set<() => void>();
  #rid = 1000;
  #sid = '';

  constructor(where: DesktopPlace, id: string) {
    this.#where = where;
    this.#id = id;
  }

  static async open(where: DesktopPlace, id: string): Promise<BoshDesktop> {
    const desktop = new BoshDesktop(where, id);
    await desktop.#open();
    void desktop.#poll();
    return desktop;
  }

  /** Waits until something has been heard that was not heard before `from`. */
  hears(pattern: RegExp, from = 0): Promise<void> {
    return new Promise((done) => {
      const look = (): void => {
        if (!this.heard.slice(from).some((text) => pattern.test(text))) return;
        this.#looks.delete(look);
        done();
      };
      this.#looks.add(look);
      look();
    });
  }

  /** As a browser that crashes: its connections are gone. */
  kill(): void {
    this.#abort.abort();
  }

  async #post(attributes: string, children = ''): Promise<string> {
    const body = `<body xmlns='${HTTPBIND}' rid='${++this.#rid}' ${attributes}>${children}</body>`;
    const url = `http://${this.#where.host ?? '127.0.0.1'}:${this.#where.ports.bosh}/http-bind/`;
    const headers = { 'content-type': 'text/xml' };
    const answer = await fetch(url, { method: 'POST', body, headers, signal: this.#abort.signal });
    const text = `${answer.status} ${await answer.text()}`;
    this.heard.push(text);
    for (const look of this.#looks) look();
    return text;
  }

  async #open(): Promise<void> {
    const created = await this.#post(
      `to='${this.#where.host ?? 'localhost'}' ver='1.6' hold='1' wait='30' xmlns:xmpp='urn:xmpp:xbosh' xmpp:version='1.0'`,
    );
    this.#sid = `sid='${/ sid="([^"]+)"/.exec(created)?.[1]}'`;
    const plain = Buffer.from(`\0${this.#id}\0${this.#id}`).toString('base64');
    await this.#post(
      this.#sid,
      `<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>${plain}</auth>`,
    );
    await this.#post(`${this.#sid} xmlns:xmpp='urn:xmpp:xbosh' xmpp:restart='true'`);
    await this.#post(
      this.#sid,
      `<iq type='set' id='b' xmlns='jabber:client'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>desktop</resource></bind></iq>`,
    );
    await this.#post(this.#sid, `<presence xmlns='jabber:client'/>`);
  }

  async #poll(): Promise<void> {
    for (;;) {
      try {
        const text = await this.#post(this.#sid);
        if (!text.startsWith('200') || /type=["']terminate/.test(text)) return;
      } catch {
        return;
      }
    }
  }
}
