/**
 * Between the store and the server: signs in as the original desktop does (SystemInfo, notification
 * connection, User, LOGIN, then reasons), and turns what the server tells into events of the store.
 * What a loss of the connection needs is in `Recovery`.
 */
import {
  ApiError,
  type ClientClock,
  driftLine,
  type MobileAgent,
  PoiseClient,
  type PoiseClientOptions,
  platformClock,
  type SignInOptions,
  type User,
} from '@poise/client';
import type { ActionTimes } from './action-times.ts';
import { type Frame, platformFrame } from './area.ts';
import { Areas } from './areas.ts';
import { type CallClient, CallControl } from './call-control.ts';
import type { ClientLog } from './client-log.ts';
import {
  agentOf,
  credentialSentence,
  type DesktopClient,
  isNoAgent,
  layoutOf,
  seatOf,
} from './desktop-client.ts';
import type { RetryRule } from './desktop-config.ts';
import { ErrorReport } from './error-report.ts';
import { GadgetLink } from './gadget-link.ts';
import { type HandedOver, type HandedTokens, leaveSignIn } from './handover.ts';
import { Hub } from './hub.ts';
import type { SignInKeeper } from './kept-sign-in.ts';
import { productState } from './layout.ts';
import { LinkAlarm } from './link-alarm.ts';
import { LogCollection } from './log-collection.ts';
import { MaintenanceMove } from './maintenance.ts';
import { isOfTheNode } from './node-search.ts';
import { type NewerPage, NodeWait } from './node-wait.ts';
import { OtherNodeNotice } from './other-node-notice.ts';
import { browserOutside, type Outside } from './outside.ts';
import { ReasonsReading } from './reasons-reading.ts';
import { Recovery } from './recovery.ts';
import { requestSentence } from './sentences.ts';
import { untilInService } from './server-in-service.ts';
import { type Credentials, wasSignedOutByWaiting } from './sign-in-again.ts';
import { SignInRetry } from './sign-in-retry.ts';
import type { SsoSession } from './sso-session.ts';
import type { Sentence, Store } from './store.ts';
import type { Tabs } from './tabs.ts';
import { outcomeOf } from './unconfirmed.ts';

/** Screen readers say what comes into a page that is there already. */
const TOLD_AFTER_MS = 1_000;
/** How long a long sentence stays. */
const LONG_READ_MS = 20_000;
export interface ControllerOptions {
  /** Default: the platform's. */
  readonly clock?: ClientClock;
  /** Spreads what all pages do at once, 0 to 1. Default: Math.random. */
  readonly random?: () => number;
  /** Default: a PoiseClient. */
  readonly createClient?: (options: PoiseClientOptions) => DesktopClient;
  /** The page's log. Default: none. */
  readonly log?: Pick<ClientLog, 'add' | 'text'>;
  /** Tells the server when actions began and were drawn. Default: nobody does. */
  readonly times?: Pick<ActionTimes, 'follow'>;
  /** The other tabs of this browser. Default: there are none. */
  readonly tabs?: Pick<Tabs, 'isElsewhere' | 'claim' | 'release'>;
  /** Keeps the sign-in over a refresh of the page. Default: it is not kept. */
  readonly kept?: Pick<SignInKeeper, 'hasKept' | 'recall' | 'keep' | 'stay' | 'forget'>;
  /** What the page of another node has left here. Default: nothing. */
  readonly handedOver?: Promise<HandedOver | null> | null;
  /** Whether the node has a newer page than the one that the browser had kept, and the way to it. Default: it has none. */
  readonly newerPage?: NewerPage;
  /** Whether this browser can reach another origin, asked where the nodes have certificates. Default: it is not asked. */
  readonly reaches?: (origin: string) => Promise<boolean>;
  /** Default: the browser's frames. */
  readonly frame?: Frame;
  /** Whether the page of who is signed in is drawn: what is told before, readers do not say. Default: it is. */
  readonly isDrawn?: () => boolean;
  /** Windows and requests of workflows. Default: the browser's. */
  readonly outside?: Outside;
}

export class DesktopController {
  readonly #store: Store;
  readonly #origin: string;
  readonly #clock: ClientClock;
  readonly #createClient: (options: PoiseClientOptions) => DesktopClient;
  /** Null: nobody signs in so, or nobody has yet. */
  #sso: SsoSession | null = null;
  #client: DesktopClient | null = null;
  /** BOSH had to take the place of the WebSocket: a proxy on the way, and so for every sign-in on this page. */
  #onlyBosh = false;
  #calls: CallControl | null = null;
  #maintenance: MaintenanceMove | null = null;
  readonly #random: () => number;
  /** Where gadgets hear of what the page does. */
  readonly hub = new Hub();
  /** What gadgets share of the sign-in. */
  readonly gadgets = new GadgetLink();
  /** Team, queues, history, messages and workflows. */
  readonly areas: Areas;
  /** While the page, loaded anew, waits for a node. */
  readonly #wait: NodeWait;
  readonly #log: (line: string) => void;
  readonly #report: ErrorReport;
  readonly #collection: LogCollection;
  readonly #retry: SignInRetry;
  readonly #alarm: LinkAlarm;
  readonly #reasons: ReasonsReading;
  readonly #times: ControllerOptions['times'];
  readonly #tabs: ControllerOptions['tabs'];
  readonly #kept: ControllerOptions['kept'];
  readonly #isDrawn: () => boolean;
  #handedOver: Promise<HandedOver | null> | null;
  #isLeaving = false;
  readonly #otherNode: OtherNodeNotice;
  /** Wait for the answer whether the other tab shall give way. */
  #asked: Credentials | null = null;
  readonly #recovery: Recovery;
  /** With what this agent signed in, or was found signed in. */
  #seat: SignInOptions = { extension: '' };
  /** Grows with each sign-in, so that a late answer to an abandoned one changes nothing. */
  #attempt = 0;
  /** What came as an event: the answer to a request may be one of them. */
  readonly #heard = new WeakSet<User>();

  constructor(store: Store, origin: string, options: ControllerOptions = {}) {
    this.#store = store;
    this.#origin = origin;
    this.#clock = options.clock ?? platformClock;
    this.#random = options.random ?? Math.random;
    const log = options.log;
    this.#log = (line) => log?.add(line);
    this.#report = new ErrorReport(store, this.#clock, log ?? { text: () => '' });
    this.#collection = new LogCollection({
      clock: this.#clock,
      log: log ?? { text: () => '' },
      note: (line) => this.log(line),
    });
    this.#retry = new SignInRetry(store, this.#clock);
    this.#alarm = new LinkAlarm(store, this.#clock);
    this.#reasons = new ReasonsReading(store, this.#clock);
    this.#times = options.times;
    this.#tabs = options.tabs;
    this.#kept = options.kept;
    this.#isDrawn = options.isDrawn ?? (() => true);
    this.#handedOver = options.handedOver ?? null;
    this.#wait = new NodeWait({
      store,
      clock: this.#clock,
      random: this.#random,
      origin,
      kept: options.kept,
      newerPage: options.newerPage,
      clientOf: (...asked) => this.#clientOf(...asked),
      signIn: (...asked) => this.#signIn(...asked),
      attempt: () => this.#attempt,
    });
    this.#otherNode = new OtherNodeNotice(store, this.#clock, options.reaches);
    this.areas = new Areas({
      store,
      clock: this.#clock,
      frame: options.frame ?? platformFrame,
      log: (line) => this.#log(`${new Date(this.#clock.now()).toISOString()}: : ${line}`),
      hub: this.hub,
      outside: options.outside ?? browserOutside(),
      random: options.random ?? Math.random,
      configured: { calls: () => this.#calls, readMenus: () => this.#readMenus() },
    });
    this.#recovery = new Recovery({
      store,
      clock: this.#clock,
      alarm: this.#alarm,
      reasons: this.#reasons,
      areas: this.areas,
      calls: () => this.#calls,
      maintenance: () => this.#maintenance,
      seat: () => this.#seat,
      show: (user) => this.#show(user, 'read'),
      askReady: () => void this.#request('state', (client) => client.setState('READY'), null, true),
      lost: () => {
        this.close();
        this.#kept?.forget();
      },
      refused: (error) => {
        this.close();
        store.dispatch({ type: 'sign-in failed', error });
      },
    });
    this.#createClient = options.createClient ?? ((clientOptions) => new PoiseClient(clientOptions));
  }

  /** Reasons and layouts of variables, as they are now. Never rejects. */
  async #readMenus(): Promise<void> {
    const [client, attempt] = [this.#client, this.#attempt];
    if (client !== null && this.#store.snapshot().phase === 'signed-in')
      await this.#reasons.read(
        client,
        () => this.#calls,
        () => attempt === this.#attempt,
      );
  }

  /** What the server says of sign-ins that fail because of the phone. */
  setRetryRule(rule: RetryRule): void {
    this.#retry.setRule(rule);
  }

  /** The one session of single sign-on, made when it is wanted first: what makes it is loaded then. */
  sso(make: (store: Store, clock: ClientClock) => SsoSession): SsoSession {
    this.#sso ??= make(this.#store, this.#clock);
    return this.#sso;
  }

  /** The agent goes to the provider once more before his sign-in ends, and works on afterwards. */
  renewSignIn(locale: string): void {
    this.#sso?.login(this.#sso.user ?? '', locale);
  }

  /** @param mobile phone of an agent who works elsewhere (desktop.md D6) */
  signIn(user: string, password: string, extension: string, mobile?: MobileAgent): Promise<void> {
    return this.#signInHere({ user, password, extension, mobile });
  }

  /**
   * With the tokens of the single sign-on.
   * @param by nobody asked for it: the page was loaded anew, or that of another node has left them here
   */
  async signOn(
    extension: string,
    mobile?: MobileAgent,
    by: 'agent' | 'refresh' | 'handover' = 'agent',
  ): Promise<void> {
    const user = this.#sso?.user ?? null;
    if (user === null) return;
    const seat = { extension, ...(mobile && { mobile }) };
    const handedOver = by === 'handover' && { seat, hasWaited: true, isHandedOver: true };
    await this.#signInHere({
      user,
      password: null,
      extension,
      mobile,
      isKept: by !== 'agent',
      ...handedOver,
    });
  }

  /** Tokens that the page of another node has left here; null: none. Never rejects. */
  async handedTokens(): Promise<HandedTokens | null> {
    return tokensOf(await this.#handedOver);
  }

  /** The page was loaded anew: goes on with the sign-in that it had, if the agent still is signed in (desktop.md D102). */
  async restore(): Promise<void> {
    if (!this.#kept?.hasKept && this.#handedOver === null) return;
    const attempt = ++this.#attempt;
    this.#store.dispatch({ type: 'sign-in started', host: new URL(this.#origin).hostname });
    const left = await this.#handedOver;
    const own = (await this.#kept?.recall()) ?? null;
    if (attempt !== this.#attempt) return;
    const isRefused = this.#handedOver !== null && left === null;
    if (tokensOf(left) === null) this.#handedOver = null;
    const handedOver = left !== null && 'password' in left ? left : null;
    // Who works here goes on, whatever the address says of somebody else.
    const kept = own === null || own.user === handedOver?.user ? (handedOver ?? own) : own;
    if (kept !== null) await this.#signInHere({ ...kept, extension: '', mobile: undefined, isKept: true });
    else if (isRefused) this.#store.dispatch({ type: 'sign-in failed', error: { key: 'error.handover' } });
    else this.#store.dispatch({ type: 'left' });
  }

  #tell(sentence: Sentence, popUpMs?: number): void {
    const notice = { kind: 'other', sentence, ...(popUpMs !== undefined && { popUpMs }) } as const;
    this.#store.dispatch({ type: 'notice', notice, at: this.#clock.now() });
  }

  /**
   * Leaves the sign-in with the node that the page works with, to be opened anew there. Rejects when it cannot be taken along.
   * @returns what the address of the page there ends with
   */
  async leaveFor(node: string): Promise<string> {
    const authorization = await this.gadgets.authorization();
    const signedIn = this.#toTakeAlong();
    if (signedIn === null) throw new Error('there is no sign-in to take along');
    const fragment = await leaveSignIn(node, authorization, signedIn, (...request) => fetch(...request));
    this.#isLeaving = true;
    // Somebody else may have the tab by the time that it comes here again.
    this.#kept?.forget();
    this.#sso?.unkeep();
    return fragment;
  }

  #tellOpenedAnew(current: () => boolean): void {
    this.#clock.schedule(TOLD_AFTER_MS, () => {
      if (!current()) return;
      if (!this.#isDrawn()) return this.#tellOpenedAnew(current);
      const values = { host: new URL(this.#origin).hostname };
      this.#tell({ key: 'notices.openedAnew', values }, LONG_READ_MS);
    });
  }

  /** The tokens as they are now: the one that was asked for last may have been refreshed. */
  #toTakeAlong(): HandedOver | null {
    const { signIn } = this.gadgets;
    if (signIn === null) return null;
    const { id: user, password } = signIn;
    if (password !== null) return { user, password, seat: this.#seat };
    const sso = this.#sso?.kept ?? null;
    return sso && { sso };
  }

  /** The page goes by its own will, and need not ask. */
  get isLeaving(): boolean {
    return this.#isLeaving;
  }

  /** Asks first, when the agent works in another tab. */
  async #signInHere(credentials: Credentials): Promise<void> {
    this.#wait.end();
    this.#retry.begin();
    this.#asked = null;
    const attempt = ++this.#attempt;
    if (this.#tabs && (await this.#tabs.isElsewhere(credentials.user))) {
      if (attempt !== this.#attempt) return;
      this.#asked = credentials;
      this.#store.dispatch({ type: 'open in another tab' });
      return;
    }
    if (attempt === this.#attempt) await this.#signIn(credentials);
  }

  /** The agent works in another tab, and wants to go on in this one. */
  takeOver(): Promise<void> {
    const asked = this.#asked;
    this.#asked = null;
    return asked ? this.#signIn(asked) : Promise.resolve();
  }

  /** The sign-in is not tried again, or does not take the other tab's place. */
  giveUp(): void {
    this.#asked = null;
    this.#wait.end();
    this.#retry.stop();
    this.#store.dispatch({ type: 'left' });
  }

  /** @param origin of the node */
  async #signIn(credentials: Credentials, origin: string = this.#origin): Promise<void> {
    const { user, password, extension, mobile, isKept = false } = credentials;
    this.close();
    this.#recovery.begin();
    const attempt = ++this.#attempt;
    const current = () => attempt === this.#attempt;
    this.#store.dispatch({
      type: 'sign-in started',
      host: new URL(this.#origin).hostname,
      isSearched: this.#wait.isOn,
    });
    let client: DesktopClient | null = null;
    try {
      client = this.#clientOf(credentials, origin, {
        resource: 'desktop',
        ...(this.#onlyBosh && { transport: 'bosh' }),
      });
      this.#client = client;
      await untilInService({
        store: this.#store,
        clock: this.#clock,
        gadgets: this.gadgets,
        client,
        current,
        isKept,
      });
      if (!current()) return;
      this.#calls = new CallControl(this.#store, client, current, this.#clock);
      this.areas.begin(client);
      this.gadgets.begin(client);
      this.#listen(client, current, this.#calls);
      await client.connect();
      if (!current()) return;
      const told = layoutOf(client);
      let me = await client.user();
      if (!current()) return;
      if (me.state === 'LOGOUT' && isKept && !wasSignedOutByWaiting(me, credentials)) {
        this.leave();
        return;
      }
      // An agent who is signed in already (another page, a refresh) is taken over as is.
      if (me.state === 'LOGOUT')
        me = await client.signIn(credentials.seat ?? { extension, ...(mobile && { mobile }) });
      if (!current()) return;
      this.#seat = seatOf(me, extension);
      // Before the desktop is drawn: nothing that the agent looks at shall move.
      const answer = await told;
      if (!current()) return;
      const layout = typeof answer === 'string' ? productState(me) : answer;
      this.#store.dispatch({ type: 'layout', layout });
      this.gadgets.signedIn({
        id: me.loginId,
        password,
        accessToken: () => this.#accessToken(),
        dialNumber: me.mobileAgent?.dialNumber ?? '',
      });
      this.#tabs?.claim([user, me.loginId], () => this.#takenOver());
      this.#wait.end();
      this.#store.dispatch({ type: 'signed in', user: agentOf(me), host: client.host });
      this.#alarm.tellRestored();
      if (answer === 'failed') this.#tell({ key: 'notices.layout' });
      if (credentials.isHandedOver) this.#tellOpenedAnew(current);
      if (password === null) this.#sso?.begin(extension, mobile, () => this.#ssoEnded());
      const other = client.nodes.find((node) => node !== this.#origin);
      const takesOver = client.nodes[1];
      if (takesOver !== undefined) this.#otherNode.watch(takesOver);
      if (password !== null) void this.#kept?.keep({ user, password, seat: this.#seat, other });
      this.#endWhenSignedOut();
    } catch (error) {
      if (!current()) return;
      if (isKept && isOfTheNode(error)) {
        this.close();
        this.#wait.begin(credentials, error);
        return;
      }
      const sentence =
        error instanceof ApiError && error.status === 401 && client && (await isNoAgent(client))
          ? ({ key: 'error.notAgent' } as const)
          : credentialSentence(error, extension, password);
      if (!current()) return;
      this.close();
      this.#wait.end();
      if (error instanceof ApiError && error.status === 401) this.#kept?.forget();
      this.#store.dispatch({ type: 'sign-in failed', error: sentence });
      this.#retry.failed(sentence, () => void this.#signIn(credentials));
      return;
    }
    // The agent works from here on.
    if (!current()) return;
    void this.#recovery.loadCalls(current);
    this.areas.load();
    await this.#reasons.read(client, () => this.#calls, current);
  }

  #clientOf(
    { user, password }: Credentials,
    baseUrl: string,
    more: Partial<PoiseClientOptions>,
  ): DesktopClient {
    const secret = password === null ? { accessToken: () => this.#accessToken() } : { password };
    return this.#createClient({ baseUrl, user, ...secret, ...more });
  }

  changeState(state: 'READY' | 'NOT_READY', reasonCodeId?: number): Promise<void> {
    return this.#request('state', (client) => client.setState(state, reasonCodeId), reasonCodeId);
  }

  signOut(reasonCodeId?: number): Promise<void> {
    return this.#request('sign-out', (client) => client.signOut(reasonCodeId));
  }

  /** Calls a number. */
  makeCall(number: string): Promise<void> {
    return this.#calls?.make(number) ?? Promise.resolve();
  }

  /** Asks something of one dialog; what goes wrong is shown with it. @param to to whom it hands the call over */
  call(dialogId: string, send: (calls: CallClient['calls']) => Promise<unknown>, to?: string): Promise<void> {
    return this.#calls?.request(dialogId, send, to) ?? Promise.resolve();
  }

  /** A line for the page's log. @param isFormatted it has its time already */
  log(line: string, isFormatted: boolean = false): void {
    this.#log(isFormatted ? line : `${new Date(this.#clock.now()).toISOString()}: : ${line}`);
  }

  /** Sends the page's log to the server; how that goes is told in the state. */
  async sendErrorReport(): Promise<void> {
    const client = this.#client;
    if (client) await this.#report.send(client, () => this.#client === client);
  }

  /** Reads the phone books, when they are wanted for the first time. */
  loadPhoneBooks(): Promise<void> {
    return this.#calls?.loadPhoneBooks() ?? Promise.resolve();
  }

  /** Reads the calls again that could not be read after the sign-in. */
  loadCalls(): Promise<void> {
    const attempt = this.#attempt;
    return this.#recovery.loadCallsAgain(() => attempt === this.#attempt);
  }

  /** Opens the keypad of a call; it takes the keys of {@link pressKey}. */
  openKeypad(dialogId: string): void {
    this.#store.dispatch({ type: 'keypad opened', of: dialogId });
  }

  closeKeypad(): void {
    this.#store.dispatch({ type: 'keypad closed' });
  }

  /** @returns whether the key was taken */
  pressKey(key: string): boolean {
    return this.#calls?.pressKey(key) ?? false;
  }

  /** Back to the sign-in page, without signing the agent out. */
  leave(): void {
    this.close();
    this.#wait.end();
    this.#kept?.forget();
    this.#tabs?.release();
    this.#store.dispatch({ type: 'left' });
  }

  /** The page goes, and may come back. */
  suspend(): void {
    this.#client?.suspend();
    // Time that nobody looks at the page is no alarm.
    this.#alarm.drop();
  }

  resume(): void {
    const { phase, link } = this.#store.snapshot();
    if (phase === 'signed-in' && link !== 'up') this.#alarm.raiseLater();
    this.#client?.resume();
  }

  /** The computer slept, or the network is another: the connection is tried at once. */
  probe(): void {
    this.#otherNode.again();
    this.#client?.probe();
  }

  /** Ends the connection. */
  close(): void {
    this.#attempt++;
    this.#recovery.end();
    this.#alarm.end();
    this.#reasons.end();
    const client = this.#client;
    this.#client = null;
    this.#calls = null;
    this.#maintenance?.end();
    this.#maintenance = null;
    // Who took the connection away may be another tab, which says so in a moment.
    if (this.#store.snapshot().link !== 'conflict') this.#tabs?.release();
    this.#otherNode.end();
    this.areas.end();
    this.gadgets.end();
    this.#sso?.stop();
    if (client?.transport === 'bosh') this.#onlyBosh = true;
    client?.close();
  }

  #accessToken(): Promise<string> {
    return this.#sso?.accessToken() ?? Promise.reject(new Error('nobody has signed on'));
  }

  /** Looks like the end of the page to the server, which signs the agent out as after that (desktop.md 3). */
  #ssoEnded(): void {
    this.close();
    this.#tabs?.release();
    this.#store.dispatch({ type: 'sso ended' });
  }

  /** Another tab of this browser works for the agent from now on. */
  #takenOver(): void {
    if (this.#store.snapshot().phase !== 'signed-in') return;
    this.close();
    this.#kept?.forget();
    this.#store.dispatch({ type: 'taken over' });
  }

  async #request(
    what: 'state' | 'sign-out',
    send: (client: DesktopClient) => Promise<User>,
    reasonId: number | null = null,
    isByPage: boolean = false,
  ): Promise<void> {
    const client = this.#client;
    const { pending, link } = this.#store.snapshot();
    if (!client || pending || link !== 'up') return;
    this.#store.dispatch({ type: 'requested', what, reasonId, isByPage });
    let isLate = false;
    // What was asked for since, or has come true, is not to be disturbed by late news.
    const mayTell = () => !isLate || this.#store.snapshot().unconfirmed === what;
    try {
      const user = await outcomeOf(this.#clock, send(client), () => {
        isLate = true;
        if (this.#client === client) this.#store.dispatch({ type: 'unconfirmed' });
      });
      if (this.#client !== client) return;
      if (what === 'state') this.#recovery.chose(user);
      // Shown in its turn when it came: by now a later event may have been, whatever the server's clock says of both.
      if (!this.#heard.has(user)) this.#show(user, 'read');
      if (this.#client === client && mayTell()) this.#store.dispatch({ type: 'answered', error: null });
    } catch (error) {
      if (this.#client !== client || !mayTell()) return;
      const extension = this.#store.snapshot().user?.extension ?? '';
      this.#store.dispatch({ type: 'answered', error: requestSentence(error, extension) });
    }
  }

  #listen(client: DesktopClient, current: () => boolean, calls: CallControl): void {
    client.on('update', (update) => {
      const { data, node, event } = update;
      if (!current()) return;
      this.areas.heard(update);
      const { phase, user } = this.#store.snapshot();
      if (phase === 'signed-in' && user !== null) void this.#collection.heard(update, user.loginId, client);
      if (/^\/finesse\/api\/User\/[^/]+\/Dialogs$/.test(node)) {
        calls.heard(update);
        this.#store.dispatch({ type: 'dialog update', update });
      }
      // Gadgets may have asked for the nodes of others; what is shown is one's own.
      const isOwn = (id: string) => id === (this.#store.snapshot().user?.loginId ?? id);
      if (data.type === 'user' && event !== 'DELETE' && /^\/finesse\/api\/User\/[^/]+$/.test(node))
        if (isOwn(data.user.loginId) && !this.#recovery.isForgetting(data.user, client, current))
          this.#hear(data.user);
    });
    // Behind the listener above: what it changed is what is painted next.
    this.#times?.follow(client, current);
    client.on('notification', ({ node, xml }, root) => {
      if (current()) this.gadgets.notified(node, xml, root);
    });
    client.on('presence', ({ from, isAvailable }) => {
      if (current()) this.gadgets.presenceIs(from, isAvailable);
    });
    client.on('clock', (measurement, host) => {
      if (!current()) return;
      this.#store.dispatch({ type: 'clock', drift: measurement.offset });
      this.#log(driftLine(host, measurement, -new Date(measurement.clientTime).getTimezoneOffset()));
    });
    client.on('log', (line) => this.#log(`${new Date(this.#clock.now()).toISOString()}: : ${line}`));
    const maintenance = new MaintenanceMove({
      store: this.#store,
      clock: this.#clock,
      random: this.#random,
      hub: this.hub,
      client,
    });
    this.#maintenance = maintenance;
    client.on('systemInfo', (info) => current() && maintenance.heard(info));
    // The end of the service and its return come this way, too, as `failing` and `recovered`.
    client.on('connection', (status, detail) => {
      if (current()) this.gadgets.connectionIs(status);
      if (current() && this.#store.snapshot().phase === 'signed-in')
        this.#recovery.connectionIs(client, current, status, detail);
    });
  }

  #hear(user: User): void {
    this.#heard.add(user);
    this.#show(user, 'event');
  }

  #show(user: User, origin: 'event' | 'read'): void {
    this.#recovery.saw(user);
    this.#store.dispatch({ type: 'user', user: agentOf(user), origin });
    this.#endWhenSignedOut();
    if (origin === 'event' && this.#client !== null) this.#recovery.restoreReady(user);
  }

  #endWhenSignedOut(): void {
    if (this.#store.snapshot().phase !== 'signed-out') return;
    this.close();
    this.#kept?.forget();
    this.#sso?.clear();
  }
}

const tokensOf = (left: HandedOver | null): HandedTokens | null =>
  left !== null && 'sso' in left ? left : null;
