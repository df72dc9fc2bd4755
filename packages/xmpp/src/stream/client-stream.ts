/** One client connection from its first header to its end: negotiation, and then a session. */
import type { Element } from '@poise/xml';
import { escapeAttr, escapeText } from '@poise/xml';
import type { AuthResult } from '../authenticator.ts';
import type { Core } from '../core.ts';
import { foldCase, isResource } from '../jid.ts';
import { NS } from '../namespaces.ts';
import type { Departure } from '../observer.ts';
import { retained } from '../retained.ts';
import type { UserSessions } from '../router.ts';
import { challengeXml, failureXml, successXml } from '../sasl/failure.ts';
import { iqError, iqResult, type StanzaCondition, type StanzaError, stanzaError } from '../stanza.ts';
import type {
  Stream,
  StreamCondition,
  StreamEnd,
  StreamError,
  StreamHeader,
  Transport,
} from '../transport.ts';
import type { AcknowledgedTransport } from './acknowledged-transport.ts';
import { Authentication, type SaslStep } from './authentication.ts';
import { dispatch } from './dispatch.ts';
import { featuresAfter, featuresBefore } from './features.ts';
import { readIqAuth } from './iq-auth.ts';
import { failedXml } from './management-xml.ts';
import { actionFor, type NegotiationState } from './negotiation.ts';
import { isStanza, stepOf } from './step.ts';

export class ClientStream implements Stream {
  /** The line, or what stands before it (see {@link managed}). */
  transport: Transport;
  readonly connectedAt: number;
  readonly #core: Core;
  #state: NegotiationState = 'connected';
  /** Present until authentication has succeeded. */
  #authentication: Authentication | null;
  /** Stanzas that arrived while a credential was being checked. */
  #pending: Element[] | null = null;
  /** A restart that came with the credential; see {@link #takeUpPending}. */
  #pendingHeader: StreamHeader | null = null;
  /** The authenticated user's entry; undefined before. */
  #entry: UserSessions | undefined = undefined;
  /** The session that this connection has taken up instead of binding. */
  #successor: ClientStream | null = null;

  /** Name by which the client called us in its header, folded; empty when it is our own. */
  alias = '';
  resource = '';
  fullJid = '';
  /** Escaped for an attribute. */
  fullJidXml = '';
  available = false;
  /** Events go to it: available, or lost while it was and not given up yet. */
  reachable = false;
  /** Stream management, once the client has enabled it; the same object as {@link transport}. */
  managed: AcknowledgedTransport | null = null;
  priority = 0;
  presenceXml = '';
  /** Took the resource of an available session and has not been available itself. */
  inheritsPresence = false;
  /** Serial of the last event handed over: one event per session. */
  lastEvent = 0;
  /** Automatic nodes that this session does not want. */
  left: Set<string> | null = null;

  constructor(core: Core, transport: Transport) {
    this.#core = core;
    this.transport = transport;
    this.connectedAt = core.clock.now();
    this.#authentication = new Authentication(core, transport);
    core.streams.add(this);
  }

  /** Entry of the authenticated user. */
  get entry(): UserSessions {
    if (this.#entry === undefined) throw new Error('the stream is not authenticated');
    return this.#entry;
  }

  get jid(): string {
    return this.fullJid !== '' ? this.fullJid : (this.#entry?.bareJid ?? '');
  }

  /** Case-folded local part of the JID. */
  get foldedLocal(): string {
    const { bareJid } = this.entry;
    return foldCase(bareJid.slice(0, bareJid.lastIndexOf('@')));
  }

  get authenticated(): boolean {
    return this.#entry !== undefined;
  }

  get state(): NegotiationState {
    return this.#state;
  }

  opened(header: StreamHeader): void {
    switch (actionFor(this.#state, 'header')) {
      case 'offer': {
        const to = foldCase(header.to ?? '');
        this.alias = to === foldCase(this.#core.domain) ? '' : retained(to);
        this.#state = 'offered';
        const mechanisms = this.#authentication?.mechanisms ?? [];
        this.transport.features(featuresBefore(this.transport, mechanisms));
        break;
      }
      case 'bindFeatures':
        if (this.#state === 'authenticated') this.#state = 'binding';
        this.transport.features(featuresAfter(this.transport));
        break;
      case 'deferHeader':
        this.#pendingHeader = header;
        break;
      case 'ignore':
        break;
      default:
        this.fail('not-authorized');
    }
  }

  received(element: Element): void {
    try {
      this.#step(element);
    } catch (error) {
      this.#broken(error);
    }
  }

  /** An error of our own, or of an access callback: this stream ends, the others never notice. */
  #broken(error: unknown): void {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.#core.observer.info(
      `internal error in a stream of ${this.jid || this.transport.remoteAddress}: ${text}`,
    );
    this.fail('internal-server-error');
  }

  #step(element: Element): void {
    switch (actionFor(this.#state, stepOf(element))) {
      case 'dispatch':
        dispatch(this.#core, this, element);
        this.managed?.acks.countHandled();
        break;
      case 'enable':
        this.#core.management.enable(this, element);
        break;
      case 'resume':
        this.#core.management.resume(this, element);
        break;
      case 'answerAck':
        this.#core.management.requested(this);
        break;
      case 'takeAck':
        this.#core.management.acknowledged(this, element);
        break;
      case 'unexpectedManagement':
        this.transport.nonza(failedXml('unexpected-request'));
        break;
      case 'authenticate':
        this.#sasl((authentication) => authentication.start(element.attr('mechanism'), element.text));
        break;
      case 'respond':
        this.#sasl((authentication) => authentication.respond(element.text));
        break;
      case 'abort':
        this.#sasl((authentication) => authentication.abort());
        break;
      case 'malformedRequest':
        this.#saslStep({ kind: 'failure', condition: 'malformed-request' });
        break;
      case 'startTls':
        this.#startTls();
        break;
      case 'iqAuth':
        this.#iqAuth(element);
        break;
      case 'bind':
        this.#bindIq(element);
        break;
      case 'refuseStanza':
        this.transport.stanza(stanzaError(element, this.entry.bareJid, '', { condition: 'not-authorized' }));
        break;
      case 'defer':
        this.#pending ??= [];
        if (this.#pending.length >= this.#core.limits.pendingStanzasMax)
          this.fail('policy-violation', 'too many stanzas before the credentials were checked');
        else this.#pending.push(element);
        break;
      case 'notAuthorized':
        this.fail('not-authorized');
        break;
      case 'unsupported':
        this.fail(isStanza(element) ? 'invalid-namespace' : 'unsupported-stanza-type');
        break;
      case 'ignore':
        break;
    }
  }

  ended(how: StreamEnd, error?: StreamError): void {
    // Silence has an error, too, but no fault of the client.
    this.#end(error === undefined || how === 'idle' ? how : 'ended');
  }

  #end(how: Departure): void {
    if (this.#state === 'ended') return;
    if (this.#state === 'bound' && (how === 'lost' || how === 'idle') && this.#core.management.keep(this)) {
      this.#lose(how);
      return;
    }
    this.#leave('the session ended');
    if (this.fullJid !== '') this.#core.presence.unavailable(this, how);
  }

  /** The connection is gone, the session stays. Observers are told as of an end. */
  #lose(how: Departure): void {
    this.#state = 'lost';
    this.#core.streams.delete(this);
    this.#core.observer.sessionClosed(this.fullJid);
    const { available } = this;
    this.#core.presence.unavailable(this, how);
    this.reachable = available;
    this.#core.management.limitLost(this);
  }

  /** This connection has taken up a session, which has it from now on. */
  yieldTo(session: ClientStream): void {
    session.alias = this.alias;
    this.#successor = session;
    this.#leave('');
  }

  /** The session has a connection again. */
  resumed(): void {
    // Where the former connection was still open nobody has noticed anything.
    if (this.#state !== 'lost') return;
    this.#state = 'bound';
    this.#core.streams.add(this);
    if (this.reachable) this.#core.presence.returned(this);
  }

  probe(): boolean {
    if (this.managed === null) return false;
    this.managed.ask();
    return true;
  }

  /** Ends the stream from our side with an error. */
  fail(condition: StreamCondition, text?: string): void {
    if (this.#state === 'ended') return;
    this.close(text === undefined ? { condition } : { condition, text });
  }

  /** Ends the stream from our side; unavailable presence is told as for any other end. */
  close(error?: StreamError): void {
    if (this.#state === 'ended') return;
    this.transport.end(error);
    this.#end('ended');
  }

  /** Leaves router and state without telling presence. @param reason for who wants to resume it */
  #leave(reason: string): void {
    const wasLost = this.#state === 'lost';
    this.#state = 'ended';
    this.reachable = false;
    this.#core.streams.delete(this);
    this.#pending = null;
    this.#authentication = null;
    const entry = this.#entry;
    if (entry === undefined) return;
    if (this.fullJid === '') {
      entry.unbound.delete(this);
      return;
    }
    this.#core.management.drop(this, reason);
    this.#core.router.remove(entry, this);
    if (!wasLost) this.#core.observer.sessionClosed(this.fullJid);
    this.#core.expireFullJid(entry, this.resource);
  }

  #sasl(begin: (authentication: Authentication) => SaslStep | Promise<SaslStep>): void {
    const authentication = this.#authentication;
    if (authentication === null) return;
    const step = begin(authentication);
    if (!(step instanceof Promise)) {
      this.#saslStep(step);
      return;
    }
    this.#state = 'verifying';
    step
      .then((result) => {
        if (this.#state !== 'verifying') return;
        this.#saslStep(result);
        this.#takeUpPending();
      })
      .catch((error) => this.#broken(error));
  }

  #saslStep(step: SaslStep): void {
    switch (step.kind) {
      case 'challenge':
        this.#state = 'challenged';
        this.transport.nonza(challengeXml(step.data));
        break;
      case 'success':
        // Over BOSH bind is on offer from the start, so a stanza may come before the restart or in one body with it.
        this.#state = this.transport.kind === 'bosh' ? 'binding' : 'authenticated';
        this.#succeeded(step.loginId);
        this.transport.nonza(successXml(step.data));
        this.transport.expectHeader?.();
        this.#refuseSurplus();
        break;
      case 'failure':
        this.#state = 'offered';
        this.transport.nonza(failureXml(step.condition));
        this.#failed();
    }
  }

  #succeeded(loginId: string): void {
    this.#authentication = null;
    this.#entry = this.#core.router.entry(loginId);
    this.#entry.unbound.add(this);
  }

  /**
   * Of too many connections of one user that neither bind nor resume the oldest is ended: whoever comes to bind or
   * resume does it at once, and must find a place behind a program that only connects.
   */
  #refuseSurplus(): void {
    const { unbound, bareJid } = this.entry;
    const [oldest] = unbound;
    if (oldest === undefined || unbound.size <= this.#core.limits.unboundPerUserMax) return;
    const text = 'too many connections of this user have not bound a resource';
    this.#core.notices.tell(bareJid, 'unbound', `${bareJid} at ${oldest.transport.remoteAddress}: ${text}`);
    oldest.fail('policy-violation', text);
  }

  #failed(): void {
    const authentication = this.#authentication;
    if (authentication === null) return;
    authentication.failures += 1;
    if (authentication.failures >= this.#core.limits.authAttemptsMax)
      this.fail('policy-violation', 'too many failed authentications');
  }

  /** Takes up what arrived while a credential was being checked, in its order. */
  #takeUpPending(): void {
    const header = this.#pendingHeader;
    const pending = this.#pending;
    this.#pendingHeader = null;
    this.#pending = null;
    // A refused credential makes the restart void: the client reads the failure.
    if (header !== null && this.authenticated) this.opened(header);
    for (const element of pending ?? []) (this.#successor ?? this).received(element);
  }

  #startTls(): void {
    if (!this.transport.canStartTls) {
      this.transport.nonza(`<failure xmlns="${NS.tls}"/>`);
      this.transport.end();
      this.ended('closed');
      return;
    }
    this.#state = 'securing';
    this.transport.nonza(`<proceed xmlns="${NS.tls}"/>`);
    this.transport.startTls();
  }

  /** XEP-0078: the sign-in of Smack 3 and other old libraries. */
  #iqAuth(iq: Element): void {
    const authentication = this.#authentication;
    if (authentication === null) return;
    const offered = authentication.mechanisms.includes('PLAIN');
    const request = offered ? readIqAuth(iq) : ({ kind: 'error', condition: 'service-unavailable' } as const);
    switch (request.kind) {
      case 'fields':
        this.transport.stanza(iqResult(iq, '', '', request.xml));
        break;
      case 'error':
        this.transport.stanza(iqError(iq, '', '', { condition: request.condition }));
        break;
      case 'credentials':
        this.#state = 'verifying';
        authentication
          .check(request.authcid, request.password)
          .then((result) => {
            if (this.#state !== 'verifying') return;
            this.#iqAuthChecked(iq, request.resource, result);
            this.#takeUpPending();
          })
          .catch((error) => this.#broken(error));
    }
  }

  #iqAuthChecked(iq: Element, resource: string, result: AuthResult): void {
    if (!result.ok) {
      this.#state = 'offered';
      this.transport.stanza(iqError(iq, '', '', { condition: 'not-authorized' }));
      this.#failed();
      return;
    }
    this.#succeeded(result.loginId);
    const refusal = this.#bind(resource);
    if (refusal === null) {
      // Smack 3 takes its own JID from the address of this answer.
      this.transport.stanza(iqResult(iq, '', this.fullJid));
      return;
    }
    this.#state = 'binding';
    this.transport.stanza(iqError(iq, '', '', refusal));
    this.#refuseSurplus();
  }

  #bindIq(iq: Element): void {
    const bind = iq.child('bind', NS.bind);
    const set = iq.attr('type') === 'set';
    const refusal: StanzaError | null =
      bind !== undefined && set ? this.#bind(resourceOf(bind)) : { condition: 'not-authorized' };
    if (refusal !== null) {
      this.transport.stanza(iqError(iq, this.entry.bareJid, '', refusal));
      return;
    }
    // Neither from nor to, as in RFC 6120 7.6.1: the address has only just come to be.
    this.transport.stanza(
      iqResult(iq, '', '', `<bind xmlns="${NS.bind}"><jid>${escapeText(this.fullJid)}</jid></bind>`),
    );
  }

  /** Takes a resource; the newcomer wins a conflict. @returns the refusal, or null */
  #bind(wanted: string): StanzaError | null {
    const { entry } = this;
    const resource = wanted === '' ? this.#core.ids.hex(6) : wanted;
    if (!isResource(resource)) return { condition: 'bad-request' };
    const refusal = this.#core.router.admit(entry, resource);
    if (refusal !== null) {
      const line = `${entry.bareJid} at ${this.transport.remoteAddress} cannot bind a resource: ${refusal}`;
      this.#core.notices.tell(entry.bareJid, refusal, line);
      return { condition: 'resource-constraint' as StanzaCondition, text: refusal };
    }
    entry.unbound.delete(this);
    this.resource = retained(resource);
    this.fullJid = retained(`${entry.bareJid}/${resource}`);
    const escaped = escapeAttr(this.fullJid);
    this.fullJidXml = escaped === this.fullJid ? this.fullJid : escaped;
    this.#state = 'bound';
    const old = entry.session(resource);
    if (old !== undefined) {
      this.#core.presence.handOver(old, this);
      old.transport.end({ condition: 'conflict' });
      old.#leave('another connection took its resource');
    }
    this.#core.router.add(entry, this);
    this.#core.keepFullJid(this.fullJid);
    this.#core.pubsub.refresh(entry.user);
    return null;
  }
}

function resourceOf(bind: Element): string {
  return bind.child('resource')?.text.trim() ?? '';
}
