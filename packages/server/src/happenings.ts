/**
 * Happenings: what the modules tell the world about their work, with its cause. Nobody calls a logger to
 * produce the original's log lines; `journal` and `ops` observe this channel and nothing else, so the log
 * format is one module and the tracer can be tested against it.
 */

/** Why something happened: every key that is known at that point, from the click to the pixel. */
export interface Cause {
  /** `nocache` of the REST call that began it. */
  readonly nocache?: string | undefined;
  /** Id of the REST request (header or generated). */
  readonly requestId?: string | undefined;
  /** Running number of the REST call: tells apart the lines of calls that are under way at the same time. */
  readonly call?: number | undefined;
  readonly invokeId?: number | undefined;
  /** BOSH sid or stream id, and rid. */
  readonly sid?: string | undefined;
  readonly rid?: number | undefined;
  readonly stanzaId?: string | undefined;
  /** Login id of the acting user. */
  readonly user?: string | undefined;
}

/** What is told of a forced sign-out; `domain/presence.ts` says what the words mean. */
export interface ForcedSignOut {
  readonly agentId: string;
  readonly cause: string;
  readonly actingId: string;
  readonly session: { readonly jid: string } | null;
  readonly departure: string | null;
  readonly requestId: string;
  readonly invokeId: number | null;
  readonly outcome: string;
  readonly state: string | null;
  readonly reasonCode: number | null;
  readonly refusal: string | null;
}

/** Payload of each kind of happening. Times: `at` is wall ms, `elapsedMs` monotonic. */
export interface HappeningMap {
  /** A REST call entered (REQUEST_START). `resource` is the path below /finesse/api, with leading slash. */
  'request.start': {
    method: string;
    resource: string;
    /** Values of parameters that carry credentials are `***`. */
    query: ReadonlyArray<readonly [string, string]>;
    user: string;
  };
  /** A REST call was dispatched (API_REQUEST). `request` is e.g. `user.PUT`, `parameters` e.g. ` extension:2003 state:LOGIN`. */
  'api.request': { url: string; agentId: string; request: string; parameters: string };
  /** A request of this requestId was made at another node, which has told of it. */
  'request.elsewhere': { agentId: string; node: string };
  /** First use of a request type (REGISTER_API_STATS_OBJECT), e.g. `User-[id]-PUT`. */
  'api.stats': { component: string };
  /** The answer was written (REQUEST_END). */
  'request.end': { elapsedMs: number; status: number };
  /** One HTTP exchange on any listener (localhost_access_log). `uri` includes the query. */
  'http.access': {
    remoteAddress: string;
    user: string;
    port: number;
    method: string;
    uri: string;
    status: number;
    bytes: number | null;
    elapsedMs: number;
  };
  /** A GED-188 message left for the CTI server. `name` as in GED-188; `fields` never hold a password. */
  'cti.sent': { name: string; fields: Readonly<Record<string, unknown>> };
  /** A frame came from the CTI server, before it is decoded. */
  'cti.raw': { type: number; frame: Uint8Array };
  /** … and decoded. `sequence` counts messages of this link. */
  'cti.received': {
    name: string;
    type: number;
    fields: Readonly<Record<string, unknown>>;
    receivedAt: number;
    dispatchedAt: number;
    sequence: number;
  };
  /** The link changed (opened, lost, in service, …). */
  'cti.link': { state: string; side: 'A' | 'B'; reason: string };
  /** An Update goes to a node (XMPP_PUBLISH_ASYNCHRONOUS). `payload` without line feeds. */
  'xmpp.publish': { node: string; payload: string };
  /** Presence of a user's session reached the webservices (PRESENCE_NOTIFICATION_RECIEVED). */
  presence: { jid: string; type: 'available' | 'unavailable' };
  /** UNSUBSCRIBE_REQUEST_SUCCESS. */
  unsubscribe: { node: string; jid: string };
  /** The presence watch: a user without a session enters it, or its cached entry expires (AGENT_PRESENCE_MONITOR). */
  'presence.monitor': { agentId: string; event: 'added' | 'expired' | 'elsewhere' | 'perhapsElsewhere' };
  /** The grace period ended: a sign-out is asked from the CTI server (PRESENCE DRIVEN LOGOUT). */
  'presence.logout': { agentId: string };
  /** A sign-out that the agent did not ask for came to an end, or waits for the end of a call. */
  'signOut.forced': { record: ForcedSignOut };
  /** An authentication failed or a user was locked (realm.log). Never holds the password. */
  'auth.failed': { user: string; where: 'rest' | 'xmpp' | 'console'; reason: string };
  /** Lines of the notification service. */
  'notification.info': { line: string };
  'notification.debug': { line: string };
  /** A line of warn.log or error.log of the notification service. */
  'notification.trouble': { level: 'warn' | 'error'; line: string };
  /** The notification service looked up the user who signs in (HTTP wire log). `body` is the User as GET prints it. */
  'notification.wire': { user: string; body: string };
  /** A configuration write or a team message (audit-log). Secrets in `payload` are masked by the publisher. */
  audit: { user: string; method: string; url: string; payload: string };
  /** A client log was submitted: as text, or as bytes of a zip, which nobody has unpacked. */
  'client.log': { user: string; data: string | Uint8Array };
  /**
   * What a desktop page saw of an action of its agent, wall ms of this server's clock: when he began it, when its event came, when it
   * was painted; null: not known. `uncertaintyMs`: how far the page's clock may be from ours.
   */
  'page.action': {
    input: string;
    begunAt: number | null;
    receivedAt: number | null;
    paintedAt: number | null;
    uncertaintyMs: number;
  };
  /** The operator should know: part started, stopped, failed; settings; limits reached. */
  operator: {
    level: 'debug' | 'info' | 'warn' | 'error';
    text: string;
    detail?: Readonly<Record<string, unknown>>;
  };
}

export type HappeningKind = keyof HappeningMap;
export type Happening<K extends HappeningKind = HappeningKind> = K extends HappeningKind
  ? { readonly kind: K; readonly at: number; readonly cause: Cause } & Readonly<HappeningMap[K]>
  : never;

export type HappeningListener = (happening: Happening) => void;

/**
 * The channel. Publishing is synchronous and costs one array walk; a listener that throws is reported
 * once and does not disturb the publisher.
 */
export class Happenings {
  readonly #listeners = new Set<HappeningListener>();
  readonly #now: () => number;
  readonly #onListenerError: (error: unknown) => void;

  constructor(now: () => number, onListenerError: (error: unknown) => void = () => {}) {
    this.#now = now;
    this.#onListenerError = onListenerError;
  }

  /** Whether anybody listens: lets callers skip building costly payloads. */
  get observed(): boolean {
    return this.#listeners.size > 0;
  }

  publish<K extends HappeningKind>(kind: K, payload: HappeningMap[K], cause: Cause = {}): void {
    if (this.#listeners.size === 0) return;
    const happening = { kind, at: this.#now(), cause, ...payload } as unknown as Happening;
    for (const listener of this.#listeners) {
      try {
        listener(happening);
      } catch (error) {
        this.#onListenerError(error);
      }
    }
  }

  /** @returns the function that ends the observation */
  observe(listener: HappeningListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
