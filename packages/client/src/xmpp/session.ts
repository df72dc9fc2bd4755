import { type Element, element } from '@poise/xml';
import { type ApiError, localError, timeoutError } from '../api-error.ts';
import type { TokenSource } from '../options.ts';
import { base64, type ClientClock, type ClientTimer, randomId } from '../platform.ts';
import { scheduleLimit } from '../time-limit.ts';
import type { WayAnswer } from '../way-check.ts';
import { NS_BIND, NS_CLIENT, NS_PING, NS_SASL, NS_SESSION, NS_STANZAS } from './namespaces.ts';
import type { StreamEnd, Transport } from './transport.ts';

export interface SessionOptions {
  readonly domain: string;
  readonly user: string;
  readonly password: string;
  /** In the place of a password. */
  readonly accessToken: TokenSource | undefined;
  /** Asked for at binding; the server chooses when it is undefined. */
  readonly resource: string | undefined;
  readonly clock: ClientClock;
  /** From the opening to the bound session. */
  readonly negotiationTimeoutMs: number;
  readonly iqTimeoutMs: number;
  /** Silence after which the server is asked whether it is there (XEP-0199). */
  readonly pingIntervalMs: number;
  readonly pingTimeoutMs: number;
  /**
   * Whether the server answers over other connections than that of the session. Never rejects. Default: nobody asks.
   * @param isDead that of the session is given up: asks in any case
   */
  askBeside?(isDead: boolean): Promise<WayAnswer>;
}

export interface SessionEvents {
  /** Bound, and the initial presence is sent. */
  bound(jid: string): void;
  message(message: Element): void;
  presence(presence: Element): void;
  /** What is said may be lost with the connection; or it is not, after all. */
  doubtful(isDoubtful: boolean, detail: string): void;
  /** Once and last. */
  ended(end: StreamEnd): void;
}

/** Steps of the sign-in (RFC 6120 sections 6 and 7), in their only order. */
type Step = 'opening' | 'authenticating' | 'restarting' | 'binding' | 'starting' | 'bound' | 'ended';

/** Silence after a ping before the server is asked over other connections. */
const SUSPICION_MS = 800;
/** Silence after a ping that ends the connection of a server that answers over others: one retransmission may take as long. */
const DEAD_MS = 2_000;
/** For the answer to what was asked again over another connection. */
const REFRESHED_MS = 5_000;
/** For the questions over other connections (WayCheck): two, one after the other. */
const ASKED_MAX_MS = 2_500;

/** One signed-in XMPP session over any transport: SASL PLAIN, binding, presence, requests, pings. */
export class XmppSession {
  readonly #transport: Transport;
  readonly #options: SessionOptions;
  readonly #events: SessionEvents;
  readonly #requests = new Map<
    string,
    { resolve(result: Element): void; reject(error: Error): void; timer: ClientTimer }
  >();
  #step: Step = 'opening';
  #jid = '';
  #negotiationTimer: ClientTimer | undefined;
  #pingTimer: ClientTimer | undefined;
  /** A ping has gone out, and nothing has come since. */
  #isPinging = false;
  /** Monotonic ms of the last word of either side; pings that wait for their answer are none. */
  #spokenAt = 0;
  /** Silence before the ping that waits, ms. */
  #silenceMs = 0;
  /** What is open was asked for again, and nothing has come since. */
  #hasRefreshed = false;
  #isDoubtful = false;

  constructor(transport: Transport, options: SessionOptions, events: SessionEvents) {
    this.#transport = transport;
    this.#options = options;
    this.#events = events;
  }

  /** The full JID; '' before binding. */
  get jid(): string {
    return this.#jid;
  }

  open(): void {
    this.#negotiationTimer = this.#options.clock.schedule(this.#options.negotiationTimeoutMs, () =>
      this.#lose(`no session within ${this.#options.negotiationTimeoutMs} ms`),
    );
    this.#transport.open({
      features: (features) => this.#features(features),
      stanza: (stanza) => this.#stanza(stanza),
      alive: () => this.#alive(),
      doubtful: (detail) => this.#doubt(detail),
      overdue: () => this.#overdue(),
      ended: (end) => this.#ended(end),
    });
  }

  /** Sends an `iq` to `to` and gives the result, or the ApiError that the stanza error means. */
  request(type: 'get' | 'set', to: string | undefined, child: Element): Promise<Element> {
    return new Promise((resolve, reject) => {
      if (this.#step === 'ended') {
        reject(localError(0, 'Unreachable', 'the connection is closed'));
        return;
      }
      const id = randomId();
      const timer = this.#options.clock.schedule(this.#options.iqTimeoutMs, () => {
        this.#requests.delete(id);
        reject(timeoutError('answer', 'the notification service did not answer'));
      });
      this.#requests.set(id, { resolve, reject, timer });
      this.#say(element('iq', NS_CLIENT, { type, id, to }, [child]));
    });
  }

  /**
   * Asks at once whether the server is there, as after a sleep or a change of the network: whatever arrives within
   * the limit is the answer; silence ends the session.
   */
  probe(limitMs: number): void {
    if (this.#step !== 'bound') return;
    this.#hasRefreshed = this.#transport.refresh();
    this.#ping(limitMs);
  }

  /** Goodbye: unavailable presence, end of the stream. */
  close(): void {
    if (this.#step === 'ended') return;
    const last = this.#step === 'bound' ? element('presence', NS_CLIENT, { type: 'unavailable' }) : undefined;
    this.#transport.close(last);
  }

  #say(stanza: Element): void {
    this.#spokenAt = this.#options.clock.monotonic();
    this.#transport.send(stanza);
  }

  #lose(detail: string, isServerThere: boolean = false): void {
    this.#transport.abandon();
    this.#ended({ reason: 'lost', detail, isServerThere });
  }

  #doubt(detail: string): void {
    if (this.#step !== 'bound' || this.#isDoubtful) return;
    this.#isDoubtful = true;
    // What is held needs no answer for long: only a ping shows soon that it is held again.
    if (!this.#isPinging) this.#ping(this.#options.iqTimeoutMs);
    this.#events.doubtful(true, detail);
  }

  #overdue(): void {
    // Whatever has been asked already, its limit counts.
    if (this.#step !== 'bound' || this.#isPinging) return;
    this.#ping(this.#options.pingTimeoutMs);
  }

  #ended(end: StreamEnd): void {
    if (this.#step === 'ended') return;
    const isTelling = this.#step === 'bound' && (end.isCut === true || end.isServerThere === true);
    const silenceMs = isTelling ? this.#silentMs : undefined;
    this.#step = 'ended';
    this.#negotiationTimer?.cancel();
    this.#pingTimer?.cancel();
    for (const { reject, timer } of this.#requests.values()) {
      timer.cancel();
      reject(localError(0, 'Unreachable', `the connection ended: ${end.detail}`));
    }
    this.#requests.clear();
    this.#events.ended(silenceMs === undefined ? end : { ...end, silenceMs });
  }

  get #silentMs(): number {
    return this.#isPinging ? this.#silenceMs : this.#options.clock.monotonic() - this.#spokenAt;
  }

  #features(features: Element): void {
    if (this.#step === 'opening') {
      const mechanisms = features.child('mechanisms', NS_SASL)?.elements('mechanism') ?? [];
      if (!mechanisms.some((mechanism) => mechanism.text.trim() === 'PLAIN')) {
        this.#lose('the server does not offer SASL PLAIN');
        return;
      }
      this.#step = 'authenticating';
      const { password, accessToken } = this.#options;
      if (accessToken === undefined) this.#authenticate(password);
      else
        void accessToken().then(
          (token) => this.#authenticate(token),
          () => this.#lose('there is no access token'),
        );
    } else if (this.#step === 'restarting') {
      this.#step = 'binding';
      const wantsSession = features.child('session', NS_SESSION);
      // RFC 6121 drops the session request; servers of RFC 3921 insist on it unless they call it optional.
      const mustStart = wantsSession !== undefined && wantsSession.child('optional') === undefined;
      void this.#bind(mustStart).catch((error: unknown) =>
        this.#lose(`binding failed: ${(error as Error).message}`),
      );
    }
  }

  #authenticate(secret: string): void {
    // A token may have taken longer than the stream waited.
    if (this.#step !== 'authenticating') return;
    const response = base64(`\0${this.#options.user}\0${secret}`);
    this.#say(element('auth', NS_SASL, { mechanism: 'PLAIN' }, [response]));
  }

  async #bind(mustStart: boolean): Promise<void> {
    const { resource } = this.#options;
    const wanted = resource === undefined ? [] : [element('resource', NS_BIND, {}, [resource])];
    const result = await this.request('set', undefined, element('bind', NS_BIND, {}, wanted));
    this.#jid = result.child('bind', NS_BIND)?.child('jid', NS_BIND)?.text ?? '';
    if (this.#jid === '') throw new Error('the server named no JID');
    if (mustStart) {
      this.#step = 'starting';
      await this.request('set', undefined, element('session', NS_SESSION));
    }
    this.#step = 'bound';
    this.#negotiationTimer?.cancel();
    this.#say(element('presence', NS_CLIENT));
    this.#alive();
    this.#events.bound(this.#jid);
  }

  #stanza(stanza: Element): void {
    if (stanza.ns === NS_SASL) this.#signIn(stanza);
    else if (stanza.ns !== NS_CLIENT) return;
    else if (stanza.name === 'iq') this.#iq(stanza);
    else if (stanza.name === 'message') this.#events.message(stanza);
    else if (stanza.name === 'presence') this.#events.presence(stanza);
  }

  #signIn(answer: Element): void {
    if (this.#step !== 'authenticating') return;
    if (answer.name === 'success') {
      this.#step = 'restarting';
      this.#transport.restart();
    } else if (answer.name === 'failure') {
      const condition = answer.elements().find((child) => child.name !== 'text')?.name ?? 'not-authorized';
      this.#transport.abandon();
      // RFC 6120 6.5.11: a temporary failure says nothing about the password.
      const reason = condition === 'temporary-auth-failure' ? 'lost' : 'unauthorized';
      this.#ended({ reason, detail: `sign-in refused: ${condition}` });
    }
  }

  #iq(iq: Element): void {
    const type = iq.attr('type');
    if (type === 'get' || type === 'set') {
      this.#answer(iq);
      return;
    }
    const request = this.#requests.get(iq.attr('id') ?? '');
    if (request === undefined) return;
    this.#requests.delete(iq.attr('id')!);
    request.timer.cancel();
    if (type === 'result') request.resolve(iq);
    else request.reject(stanzaError(iq));
  }

  /** Every request of the server gets its answer (RFC 6120 8.2.3). */
  #answer(iq: Element): void {
    const address = { id: iq.attr('id'), to: iq.attr('from') };
    const isPing = iq.attr('type') === 'get' && iq.child('ping', NS_PING) !== undefined;
    this.#say(
      isPing
        ? element('iq', NS_CLIENT, { type: 'result', ...address })
        : element('iq', NS_CLIENT, { type: 'error', ...address }, [
            element('error', NS_CLIENT, { type: 'cancel' }, [element('service-unavailable', NS_STANZAS)]),
          ]),
    );
  }

  /** Whatever arrives is a sign of life; a ping goes out only into silence, and any answer will do. */
  #alive(): void {
    if (this.#step !== 'bound') return;
    this.#spokenAt = this.#options.clock.monotonic();
    this.#pingTimer?.cancel();
    this.#isPinging = false;
    this.#hasRefreshed = false;
    if (this.#isDoubtful) {
      this.#isDoubtful = false;
      this.#events.doubtful(false, '');
      // A listener may have ended it.
      if ((this.#step as Step) === 'ended') return;
    }
    if (!this.#transport.canPing) return;
    const { clock, pingIntervalMs, pingTimeoutMs } = this.#options;
    this.#pingTimer = clock.schedule(pingIntervalMs, () => this.#ping(pingTimeoutMs));
  }

  /** @param limitMs for the answer, whatever it is */
  #ping(limitMs: number): void {
    const { clock, domain } = this.#options;
    this.#silenceMs = this.#silentMs;
    this.#isPinging = true;
    this.#pingTimer?.cancel();
    const suspicionMs = Math.min(limitMs, SUSPICION_MS);
    this.#pingTimer = scheduleLimit(clock, suspicionMs, () => this.#suspect(suspicionMs, limitMs));
    const ping = { type: 'get', id: randomId(), to: domain };
    this.#transport.send(element('iq', NS_CLIENT, ping, [element('ping', NS_PING)]));
  }

  /** A server that answers over another connection while this one is silent needs no more time. */
  #suspect(silentMs: number, limitMs: number): void {
    const { clock, askBeside } = this.#options;
    const startedAt = clock.monotonic();
    let wasAsked = true;
    const timer = scheduleLimit(clock, limitMs - silentMs, () => {
      if (wasAsked) this.#unanswered(limitMs, false);
      else this.#askAtLast(limitMs);
    });
    this.#pingTimer = timer;
    void askBeside?.(false).then((answer) => {
      wasAsked = answer !== 'not asked';
      if (answer !== 'answered' || !this.#waitsWith(timer)) return;
      timer.cancel();
      const nowMs = silentMs + clock.monotonic() - startedAt;
      const deadMs = Math.max(nowMs, DEAD_MS);
      this.#pingTimer = scheduleLimit(clock, deadMs - nowMs, () =>
        this.#unanswered(Math.round(deadMs), true),
      );
    });
  }

  /**
   * The server had just been asked about another silence. Now the connection is given up in any case: were those dead, too, that the
   * platform keeps for requests, each of them would cost a time limit.
   */
  #askAtLast(silentMs: number): void {
    const { clock, askBeside } = this.#options;
    const timer = scheduleLimit(clock, ASKED_MAX_MS, () => this.#unanswered(silentMs, false));
    this.#pingTimer = timer;
    void askBeside?.(true).then((answer) => {
      if (!this.#waitsWith(timer)) return;
      timer.cancel();
      this.#unanswered(silentMs, answer === 'answered');
    });
  }

  /** Whether an answer to the ping is waited for still, with this limit. */
  #waitsWith(timer: ClientTimer): boolean {
    return this.#step !== 'ended' && this.#isPinging && this.#pingTimer === timer;
  }

  /** The connection is dead without a word, or the server stands still. Where the transport can, it tries others first. */
  #unanswered(silentMs: number, isServerThere: boolean): void {
    const detail = `no answer to a ping within ${silentMs} ms`;
    // What was asked again already may have gone over another dead connection; now they are gone.
    const mayRefresh = isServerThere || !this.#hasRefreshed;
    if (!mayRefresh || !this.#transport.refresh()) {
      this.#lose(detail, isServerThere);
      return;
    }
    this.#hasRefreshed = true;
    this.#pingTimer = scheduleLimit(this.#options.clock, REFRESHED_MS, () =>
      this.#lose(`no answer over another connection within ${REFRESHED_MS} ms`),
    );
    this.#doubt(detail);
  }
}

const STATUS_OF_CONDITION: Readonly<Record<string, number>> = {
  'bad-request': 400,
  forbidden: 403,
  'not-allowed': 405,
  'not-authorized': 401,
  'item-not-found': 404,
  'feature-not-implemented': 501,
  'service-unavailable': 503,
};

function stanzaError(iq: Element): ApiError {
  const error = iq.child('error');
  const parts = error?.elements() ?? [];
  const condition =
    parts.find(({ name, ns }) => ns === NS_STANZAS && name !== 'text')?.name ?? 'undefined-condition';
  const text = parts.find(({ name, ns }) => ns === NS_STANZAS && name === 'text')?.text ?? '';
  return localError(STATUS_OF_CONDITION[condition] ?? 400, condition, text);
}
