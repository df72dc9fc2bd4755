import { type Element, element, parse } from '@poise/xml';
import type { FakePoise } from './fake-poise.ts';
import { DOMAIN, eventMessage } from './wire-texts.ts';

const FEATURES_BEFORE =
  "<stream:features xmlns:stream='http://etherx.jabber.org/streams'><mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>PLAIN</mechanism></mechanisms></stream:features>";
const FEATURES_AFTER =
  "<stream:features xmlns:stream='http://etherx.jabber.org/streams'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/><session xmlns='urn:ietf:params:xml:ns:xmpp-session'/></stream:features>";

/** The server's side of one stream, over whatever carries it. */
export class FakeXmppSession {
  readonly #server: FakePoise;
  readonly #send: (element: Element) => void;
  /** Everything the client said. */
  readonly received: Element[] = [];
  readonly subscriptions: string[] = [];
  isBound = false;
  #isAuthenticated = false;
  #resource = 'r1';

  constructor(server: FakePoise, send: (element: Element) => void) {
    this.#server = server;
    this.#send = send;
  }

  send(xml: string | Element): void {
    this.#send(typeof xml === 'string' ? parse(xml) : xml);
  }

  publish(node: string, update: string): void {
    if (this.isBound) this.#send(eventMessage(node, update));
  }

  finesse(type?: string): void {
    this.send(
      element('presence', 'jabber:client', {
        from: `finesse@${DOMAIN}/webservices`,
        to: `2001@${DOMAIN}/r1`,
        type,
      }),
    );
  }

  receive(said: Element): void {
    this.received.push(said);
    if (said.name === 'open') {
      this.send(`<open xmlns="urn:ietf:params:xml:ns:xmpp-framing" from="${DOMAIN}" id="1" version="1.0"/>`);
      this.opened();
    } else if (said.name === 'auth') this.#authenticate(said);
    else if (said.name === 'presence') this.#presence(said);
    else if (said.name === 'iq' && said.attr('type') !== 'result') this.#iq(said);
  }

  /** A stream begins, or begins again. */
  opened(): void {
    this.send(this.#isAuthenticated ? FEATURES_AFTER : FEATURES_BEFORE);
  }

  #authenticate(auth: Element): void {
    const [, , password] = atob(auth.text).split('\0');
    if (password === this.#server.password) {
      this.#isAuthenticated = true;
      this.send("<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>");
    } else this.send("<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><not-authorized/></failure>");
  }

  #presence(presence: Element): void {
    this.isBound = presence.attr('type') !== 'unavailable';
    if (this.isBound && this.#server.finesseIsPresent) this.finesse();
  }

  #iq(iq: Element): void {
    const child = iq.elements()[0]!;
    const reply = (children: Element[], type = 'result') =>
      this.send(element('iq', 'jabber:client', { type, id: iq.attr('id'), from: iq.attr('to') }, children));
    if (child.name === 'bind') {
      this.#resource = child.child('resource')?.text ?? this.#resource;
      const jid = element('jid', child.ns, {}, [`2001@${DOMAIN}/${this.#resource}`]);
      reply([element('bind', child.ns, {}, [jid])]);
    } else if (child.name === 'pubsub') {
      const wish = child.elements()[0]!;
      const node = wish.attr('node')!;
      if (this.#server.forbiddenNodes.has(node)) {
        const condition = element('forbidden', 'urn:ietf:params:xml:ns:xmpp-stanzas');
        reply([child, element('error', 'jabber:client', { type: 'auth' }, [condition])], 'error');
        return;
      }
      if (wish.name === 'subscribe') this.subscriptions.push(`${node} ${wish.attr('jid')}`);
      else this.subscriptions.splice(0);
      reply([]);
    } else reply([]);
  }
}
