import { type Element, element, parse } from '@poise/xml';
import type { ClientClock, ClientTimer, FetchLike } from '../platform.ts';
import { scheduleLimit } from '../time-limit.ts';
import { NS_HTTPBIND, NS_STREAM, NS_XBOSH } from './namespaces.ts';
import { endOfStreamError, type StreamEnd, type Transport, type TransportEvents } from './transport.ts';

export interface BoshOptions {
  readonly url: string;
  readonly domain: string;
  readonly fetch: FetchLike;
  readonly clock: ClientClock;
  /** 0 to 1, as Math.random. */
  readonly random: () => number;
  /** Seconds that the server may hold a request (XEP-0124 `wait`). */
  readonly waitSeconds: number;
}

/** A request that was sent and whose answer has not been processed. Its body never changes. */
interface OpenRequest {
  readonly rid: number;
  readonly body: string;
  /** Carries nothing, only waits. */
  readonly isPoll: boolean;
  /** Of the last attempt. */
  sentAt: number;
  attempts: number;
  abort: AbortController | undefined;
  timer: ClientTimer | undefined;
}

const RESPONSE_LIMITS = { bytesMax: 8_388_608, textLengthMax: 4_194_304 } as const;
/** How often one request is sent before the session counts as lost. */
const ATTEMPTS_MAX = 5;
const RETRY_BASE_MS = 500;
const RETRY_MAX_MS = 8_000;
/** What an answer may take beyond the wait that was agreed. */
const ANSWER_GRACE_MS = 5_000;
/** A poll that is answered empty within this time was not held. */
const SHORT_POLL_MS = 100;
const SHORT_POLL_PAUSE_MS = 1_000;
/** A request that was open for this long was held; an error then is a cut by somebody on the way. */
const HELD_MS = 5_000;
/** Once cuts repeat, a request is held for this part of what they allow. */
const SAFE_PART = 0.7;
/** How long an answer that was overtaken may still take before it is asked for again; doubled each time. */
const OVERTAKEN_MS = 500;
/** Large enough not to repeat, small enough never to leave 2^53 (XEP-0124 section 14.1). */
const FIRST_RID_MAX = 2 ** 32;

/**
 * XMPP over HTTP long polling (XEP-0124, XEP-0206), hold 1: one request waits at the server, a second one
 * carries what we say. A request without an answer is repeated with the same rid and the same body, which
 * the server answers from its memory; answers are processed in the order of rids. So nothing is lost and
 * nothing comes twice, whatever the network does to single requests.
 */
export class BoshTransport implements Transport {
  readonly #options: BoshOptions;
  #events: TransportEvents | undefined;
  #sid = '';
  #waitMs: number;
  /** How many requests may be open (attribute `requests`). */
  #window = 1;
  #nextRid: number;
  /** The rid whose answer is processed next. */
  #expectedRid: number;
  readonly #open = new Map<number, OpenRequest>();
  /** Answers that overtook an earlier one. */
  readonly #early = new Map<number, Element>();
  #outgoing: Element[] = [];
  #restartWanted = false;
  #terminating = false;
  /** When the connection under a request that was held was cut last, ms after it was sent, and how often in a row. */
  #cutAfterMs = Infinity;
  #cuts = 0;
  /** Ends the hold of a poll before somebody on the way cuts it. */
  #release: ClientTimer | undefined;
  /** While an answer that came early waits for one before it. */
  #overtaken: ClientTimer | undefined;
  /** Before the next poll, where polls are not held. */
  #pause: ClientTimer | undefined;

  constructor(options: BoshOptions) {
    this.#options = options;
    this.#waitMs = options.waitSeconds * 1000;
    this.#nextRid = 1 + Math.floor(options.random() * FIRST_RID_MAX);
    this.#expectedRid = this.#nextRid;
  }

  /** The second request carries the ping, and the server answers the one that it holds. */
  get canPing(): boolean {
    return this.#window > 1;
  }

  open(events: TransportEvents): void {
    this.#events = events;
    this.#request({
      'xml:lang': 'en',
      'xmlns:xmpp': NS_XBOSH,
      hold: 1,
      ver: '1.6',
      to: this.#options.domain,
      wait: this.#options.waitSeconds,
      'xmpp:version': '1.0',
      content: 'text/xml; charset=utf-8',
    });
  }

  send(stanza: Element): void {
    this.#outgoing.push(stanza);
    this.#pump();
  }

  restart(): void {
    this.#restartWanted = true;
    this.#pump();
  }

  /** Repeats what is open, same rid and same body: the connection that carries it may be dead without a word. */
  refresh(): boolean {
    for (const request of [...this.#open.values()]) this.#repeat(request);
    return true;
  }

  close(last?: Element): void {
    if (this.#events === undefined) return;
    if (last !== undefined) this.#outgoing.push(last);
    if (this.#sid !== '') {
      this.#sayGoodbye();
      return;
    }
    this.#end({ reason: 'closed', detail: 'closed by us' });
  }

  /** The goodbye may exceed the window; nothing waits for its answer, but it must leave before the rest is cut. */
  #sayGoodbye(): void {
    const events = this.#events;
    this.#events = undefined;
    this.#terminating = true;
    const timer = this.#options.clock.schedule(ANSWER_GRACE_MS, () => this.#dropRequests());
    const body = { sid: this.#sid, rid: this.#nextRid++, type: 'terminate' };
    const goodbye = element('body', NS_HTTPBIND, body, this.#outgoing.splice(0)).toString();
    void this.#exchange(goodbye, new AbortController().signal).then(() => {
      timer.cancel();
      this.#dropRequests();
    });
    events?.ended({ reason: 'closed', detail: 'closed by us' });
  }

  abandon(): void {
    this.#events = undefined;
    this.#dropRequests();
  }

  /** Sends what waits, within the window; keeps one request open for the server's next word. */
  #pump(): void {
    if (this.#events === undefined || this.#sid === '' || this.#open.size >= this.#window) return;
    if (this.#outgoing.length > 0) {
      this.#request({ sid: this.#sid }, this.#outgoing.splice(0));
      this.#pump();
    } else if (this.#restartWanted) {
      this.#restartWanted = false;
      this.#request({
        sid: this.#sid,
        to: this.#options.domain,
        'xml:lang': 'en',
        'xmlns:xmpp': NS_XBOSH,
        'xmpp:restart': true,
      });
    } else if (this.#open.size === 0) this.#request({ sid: this.#sid }, [], true);
  }

  #request(
    attributes: Record<string, string | number | boolean>,
    children: readonly Element[] = [],
    isPoll = false,
  ): void {
    this.#pause?.cancel();
    const rid = this.#nextRid++;
    const body = element('body', NS_HTTPBIND, { ...attributes, rid }, children).toString();
    const sentAt = this.#options.clock.now();
    const request: OpenRequest = {
      rid,
      body,
      isPoll,
      sentAt,
      attempts: 0,
      abort: undefined,
      timer: undefined,
    };
    this.#open.set(rid, request);
    this.#attempt(request);
  }

  #attempt(request: OpenRequest): void {
    request.attempts++;
    request.sentAt = this.#options.clock.now();
    this.#planRelease(request);
    const abort = new AbortController();
    request.abort = abort;
    const limitMs = this.#waitMs + ANSWER_GRACE_MS;
    request.timer = scheduleLimit(
      this.#options.clock,
      limitMs,
      () => this.#overdue(request),
      () => this.#repeat(request),
    );
    void this.#exchange(request.body, abort.signal).then((answer) => {
      if (request.abort !== abort || this.#events === undefined) return;
      request.timer?.cancel();
      if (answer instanceof Error) this.#retry(request, answer.message);
      else if ('status' in answer) this.#end({ reason: 'lost', detail: `HTTP status ${answer.status}` });
      else this.#answered(request, answer);
    });
  }

  /** The answer; or an Error that another attempt may mend; or a status that ends the session. */
  async #exchange(body: string, signal: AbortSignal): Promise<Element | Error | { readonly status: number }> {
    try {
      const response = await this.#options.fetch(this.#options.url, {
        method: 'POST',
        headers: { 'Content-Type': 'text/xml; charset=utf-8' },
        body,
        credentials: 'omit',
        // The goodbye has to leave although the page is being closed.
        ...(this.#terminating && { keepalive: true }),
        signal,
      });
      // XEP-0124 section 17.2: 4xx is the end of the session (404: the server no longer knows it).
      if (response.status >= 400 && response.status < 500) return { status: response.status };
      if (response.status !== 200) return new Error(`HTTP status ${response.status}`);
      // Over a slow line the rest may take long.
      if (!signal.aborted) this.#events?.alive();
      const root = parse(await response.text(), RESPONSE_LIMITS);
      return root.is('body', NS_HTTPBIND) ? root : new Error('the answer is no body');
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error));
    }
  }

  /** The server should have answered long ago. It is asked once more, and the session asks beside it whether it is there. */
  #overdue(request: OpenRequest): void {
    const events = this.#events;
    this.#repeat(request);
    events?.overdue();
    events?.doubtful('an answer is overdue');
  }

  #retry(request: OpenRequest, detail: string): void {
    if (request.attempts >= ATTEMPTS_MAX) {
      this.#end({ reason: 'lost', detail: `${request.attempts} attempts: ${detail}` });
      return;
    }
    // A proxy that cuts what was held for long takes the repetition. It waits for no timer: in a hidden tab one
    // may take a minute, and after that the server closes an idle session.
    const heldMs = this.#options.clock.now() - request.sentAt;
    if (heldMs >= HELD_MS) {
      this.#cuts++;
      this.#cutAfterMs = heldMs;
      if (request.attempts === 1) {
        this.#attempt(request);
        return;
      }
    }
    if (request.attempts > 1 && heldMs < HELD_MS) this.#events?.doubtful(detail);
    // A listener may have closed the client.
    if (this.#events === undefined) return;
    const ceiling = Math.min(RETRY_MAX_MS, RETRY_BASE_MS * 2 ** (request.attempts - 1));
    const delay = ceiling * (0.5 + this.#options.random() / 2);
    request.abort = undefined;
    request.timer = this.#options.clock.schedule(delay, () => this.#attempt(request));
  }

  /** A server that holds one request lets it go when the next one comes. */
  #planRelease({ rid, isPoll }: OpenRequest): void {
    if (!isPoll || this.#cuts < 2) return;
    this.#release?.cancel();
    this.#release = this.#options.clock.schedule(this.#cutAfterMs * SAFE_PART, () => {
      if (this.#open.has(rid) && this.#open.size < this.#window) this.#request({ sid: this.#sid }, [], true);
    });
  }

  /** Sends it again without counting an attempt; what comes of the one before is not looked at. */
  #repeat(request: OpenRequest): void {
    const { abort } = request;
    request.timer?.cancel();
    if (abort !== undefined) request.attempts--;
    this.#attempt(request);
    abort?.abort();
  }

  #answered(request: OpenRequest, body: Element): void {
    this.#open.delete(request.rid);
    this.#early.set(request.rid, body);
    for (let next = this.#early.get(this.#expectedRid); next; next = this.#early.get(this.#expectedRid)) {
      this.#early.delete(this.#expectedRid++);
      this.#process(next);
      if (this.#events === undefined) return;
    }
    this.#overtaken?.cancel();
    if (this.#early.size > 0) this.#watchOvertaken(OVERTAKEN_MS);
    const heldMs = this.#options.clock.now() - request.sentAt;
    // Nobody cuts what has just been held for longer.
    if (heldMs > this.#cutAfterMs) this.#cuts = 0;
    const wasHeld = heldMs >= SHORT_POLL_MS;
    if (wasHeld || !request.isPoll || this.#open.size > 0 || body.children.length > 0) this.#pump();
    // A server that holds nothing back must not be asked in a circle.
    else this.#pause = this.#options.clock.schedule(SHORT_POLL_PAUSE_MS, () => this.#pump());
  }

  /** The server answers in order: what has not come, although a later answer has, went into a dead connection. */
  #watchOvertaken(limitMs: number): void {
    this.#overtaken = scheduleLimit(this.#options.clock, limitMs, () => {
      const last = Math.max(...this.#early.keys());
      for (const request of [...this.#open.values()]) if (request.rid < last) this.#repeat(request);
      this.#watchOvertaken(limitMs * 2);
      if (limitMs > OVERTAKEN_MS) this.#events?.doubtful('an answer was overtaken');
    });
  }

  #process(body: Element): void {
    const events = this.#events!;
    events.alive();
    if (this.#sid === '' && body.attr('type') !== 'terminate') this.#created(body);
    for (const child of body.elements()) {
      if (child.is('features', NS_STREAM)) events.features(child);
      else if (child.is('error', NS_STREAM)) this.#end(endOfStreamError(child));
      else events.stanza(child);
      if (this.#events === undefined) return;
    }
    if (body.attr('type') === 'terminate') this.#end(endOfTerminate(body.attr('condition')));
  }

  #created(body: Element): void {
    this.#sid = body.attr('sid') ?? '';
    if (this.#sid === '') {
      this.#end({ reason: 'lost', detail: 'no session in the answer' });
      return;
    }
    const requests = Number(body.attr('requests') ?? 2);
    // Two suffice for hold 1; more would only be more to repeat.
    this.#window = requests >= 2 ? 2 : 1;
    const wait = Number(body.attr('wait'));
    if (wait > 0) this.#waitMs = wait * 1000;
  }

  #end(end: StreamEnd): void {
    const events = this.#events;
    this.#events = undefined;
    this.#dropRequests();
    events?.ended(end);
  }

  #dropRequests(): void {
    this.#pause?.cancel();
    this.#release?.cancel();
    this.#overtaken?.cancel();
    for (const { abort, timer } of this.#open.values()) {
      timer?.cancel();
      abort?.abort();
    }
    this.#open.clear();
  }
}

/** XEP-0124 section 17.1: the conditions of the server's goodbye. */
function endOfTerminate(condition: string | undefined): StreamEnd {
  return {
    reason: condition === 'other-request' ? 'conflict' : 'lost',
    detail: condition === undefined ? 'ended by the server' : `ended by the server: ${condition}`,
  };
}
