import { type Element, element } from '@poise/xml';
import { type ApiError, localError } from './api-error.ts';
import { Calls } from './calls.ts';
import { type ClockMeasurement, ClockWatch } from './clock-watch.ts';
import { Connection } from './connection.ts';
import type { ServicePresence } from './connection-options.ts';
import type { ConnectionDetail, ConnectionStatus } from './connection-status.ts';
import { Emitter } from './event-emitter.ts';
import { HeardAnswers } from './heard-answers.ts';
import { fetchHistory } from './history.ts';
import { hostsIn } from './node-address.ts';
import { type Dialog, readDialogs } from './objects/dialog.ts';
import type { History } from './objects/history.ts';
import { type MediaPropertiesLayout, readMediaPropertiesLayouts } from './objects/media-properties-layout.ts';
import { type PhoneBook, readPhoneBooks } from './objects/phone-book.ts';
import { type Queue, readQueue, readQueues } from './objects/queue.ts';
import {
  type ReasonCategory,
  type ReasonCode,
  readReasonCodes,
  readWrapUpReasons,
  type WrapUpReason,
} from './objects/reason.ts';
import { readSystemInfo, type SystemInfo } from './objects/system-info.ts';
import { readTeamMessages, type TeamMessage } from './objects/team-message.ts';
import {
  type MobileAgent,
  type RequestableState,
  readTeam,
  readUser,
  readUsers,
  type Team,
  type User,
} from './objects/user.ts';
import { readWorkflows, type Workflow } from './objects/workflow.ts';
import { type ClientSettings, type PoiseClientOptions, settingsFrom } from './options.ts';
import { type Expectation, PendingActions } from './pending-actions.ts';
import { base64, randomId } from './platform.ts';
import {
  RestClient,
  type RestMethod,
  type RestReply,
  type RestRequest,
  type TextRequest,
} from './rest/rest-client.ts';
import { TransportChoice } from './transport-choice.ts';
import { type Notification, readEventMessage, type Update } from './update.ts';

/** The events of a client, with what their listeners receive. */
export interface ClientEvents extends Record<string, unknown[]> {
  /** Something changed on a node that this user is subscribed to. */
  update: [update: Update];
  /** The same as the server wrote it; told before. */
  notification: [notification: Notification, root: Element];
  /** A request goes out that an Update with this requestId will answer. */
  asked: [requestId: string];
  connection: [status: ConnectionStatus, detail: ConnectionDetail];
  /** The server's clock was compared with this computer's: once a minute while connected. */
  clock: [measurement: ClockMeasurement, host: string];
  /** A line for the log of the client: what the connection does, step by step. */
  log: [line: string];
  /** The node that this client works with has told of itself: asked by the connection, or in an Update. */
  systemInfo: [info: SystemInfo];
  /** The service user `finesse` came or went; told before what follows from it. */
  presence: [presence: ServicePresence];
  /** Something odd that did no harm, such as an Update that cannot be read; for logs. */
  problem: [error: unknown];
}

export interface SignInOptions {
  readonly extension: string;
  /** Signs in as mobile agent. */
  readonly mobile?: MobileAgent;
  /** Device to use when the extension has several (12.6). */
  readonly activeDeviceId?: string;
}

/**
 * A client of one user: REST and notifications. Requests that change something (`signIn`, `setState` …)
 * resolve with the event that they caused, and therefore need `connect` first.
 */
export class PoiseClient {
  readonly #settings: ClientSettings;
  readonly #rest: RestClient;
  readonly #transports: TransportChoice;
  readonly #connection: Connection;
  readonly #pending: PendingActions;
  readonly #heardAnswers = new HeardAnswers();
  readonly #clockWatch: ClockWatch;
  readonly #emitter = new Emitter<ClientEvents>();
  /** Call control. */
  readonly calls: Calls;
  /** Extension of the own user as last heard; undefined: not yet. */
  #ownExtension: string | undefined;
  /** The login id behind the name that was given; known after binding or the first `user()`. */
  #ownId: string | undefined;

  constructor(options: PoiseClientOptions) {
    const settings = settingsFrom(options);
    this.#settings = settings;
    this.#rest = new RestClient(settings);
    this.#pending = new PendingActions(settings.clock, settings.actionTimeoutMs);
    this.calls = new Calls({
      act: (method, path, body, expectation) => this.#act(method, path, body, expectation),
      get: (path) => this.#get(path),
      ownPath: () => this.#ownPath(),
      ownExtension: async () => this.#ownExtension ?? (await this.user()).extension,
    });
    this.#clockWatch = new ClockWatch({
      clock: settings.clock,
      intervalMs: settings.clockIntervalMs,
      ask: async () =>
        readSystemInfo(await this.#get('/SystemInfo', { timestamponly: '' }, { anonymous: true })),
      measured: (measurement) => this.#emitter.emit('clock', measurement, this.host),
      woke: (lateMs) => {
        this.#emitter.emit('log', `${this.host}: timer late by ${lateMs} ms`);
        this.probe();
      },
    });
    this.#transports = new TransportChoice(settings, (line) => this.#emitter.emit('log', line));
    this.#connection = new Connection(
      {
        ...settings,
        fetchInfo: async (node, timeoutMs) =>
          readSystemInfo(await this.#get('/SystemInfo', {}, { anonymous: true, node, timeoutMs })),
        fetchTime: (node, timeoutMs) =>
          this.#get('/SystemInfo', { timestamponly: '' }, { anonymous: true, node, timeoutMs }),
        fetchNodes: async (timeoutMs) =>
          hostsIn(await this.#rest.getJson('/nodes', {}, { anonymous: true, timeoutMs })),
        createTransport: (node, domain) => this.#transports.create(node, domain),
      },
      {
        status: (status, detail) => this.#statusChanged(status, detail),
        bound: (jid) => {
          this.#ownId = jid.split('@')[0];
        },
        informed: (info) => this.#emitter.emit('systemInfo', info),
        message: (message) => this.#messageReceived(message),
        moved: (node) => {
          this.#rest.node = node;
          this.#clockWatch.forget();
        },
        presence: (presence) => this.#emitter.emit('presence', presence),
        transition: (line) => this.#emitter.emit('log', line),
        problem: (error) => this.#emitter.emit('problem', error),
      },
    );
  }

  /** Listens; returns the function that ends it. */
  on<
    Name extends keyof ClientEvents &
      (
        | 'update'
        | 'notification'
        | 'asked'
        | 'connection'
        | 'systemInfo'
        | 'clock'
        | 'log'
        | 'presence'
        | 'problem'
      ),
  >(name: Name, listener: (...args: ClientEvents[Name]) => void): () => void {
    return this.#emitter.on(name, listener);
  }

  /**
   * Connects to the notification service: one attempt, rejected with ApiError (401 wrong password, 409
   * conflict, 503 out of service, 0 unreachable). After a success losses are repaired until `close`.
   */
  connect(): Promise<void> {
    return this.#connection.connect();
  }

  /** Ends the connection and all that waits for it. The client can connect again. */
  close(): void {
    this.#clockWatch.stop();
    this.#connection.close();
    this.#pending.failAll((requestId) => localError(0, 'Unreachable', 'the client was closed', requestId));
  }

  /** Says goodbye because the page is put aside, and may come back: `resume` connects again. Nothing is forgotten. */
  suspend(): void {
    this.#clockWatch.stop();
    this.#connection.suspend();
  }

  resume(): void {
    this.#connection.resume();
  }

  /**
   * Tries the connection at once, because something may have broken or mended it without a word: the computer slept,
   * the network is another. Silence for `probeTimeoutMs` is a loss; what waits for its next attempt makes it now.
   */
  probe(): void {
    this.#connection.probe();
  }

  /** Gives up a connection that is of no use, and makes another. @param detail why, for logs */
  reconnect(detail: string): void {
    this.#connection.reconnect(detail);
  }

  /**
   * Moves to the other node while this one is well still, because it will be stopped. What waits for its event goes on waiting.
   * @returns false: nobody can take over now
   */
  moveAway(): Promise<boolean> {
    return this.#connection.moveAway();
  }

  /** Host of the node that this client works with: another one after a move. */
  get host(): string {
    return this.#connection.node.host;
  }

  /** Origins of the node that this client works with and of those that may take over, the best first, as far as servers have told. */
  get nodes(): readonly string[] {
    return [this.#connection.node, ...this.#connection.others].map(({ baseUrl }) => baseUrl);
  }

  /** How this client connects: `bosh` also where a WebSocket could not be opened and BOSH took its place. */
  get transport(): 'websocket' | 'bosh' {
    return this.#transports.kind;
  }

  /** Whether events flow now. */
  get connected(): boolean {
    return this.#connection.state === 'ready';
  }

  /**
   * Subscribes to a node that is not automatic, e.g. `/finesse/api/Team/5000/Users`, now and after each
   * reconnection. Rejected with ApiError: 403 not allowed, 404 no such node.
   * @param owner part of the application that wants it: the node stays while another one does
   */
  subscribe(node: string, owner?: string): Promise<void> {
    return this.#connection.subscribe(node, owner);
  }

  unsubscribe(node: string, owner?: string): Promise<void> {
    return this.#connection.unsubscribe(node, owner);
  }

  /** State of the server; needs no password. */
  async systemInfo(): Promise<SystemInfo> {
    const info = readSystemInfo(await this.#get('/SystemInfo', {}, { anonymous: true }));
    if (info.status === '') throw localError(502, 'Bad Reply', 'the answer is no SystemInfo');
    return info;
  }

  /** The server's clock only (`SystemInfo?timestamponly`). */
  async serverTime(): Promise<Date | null> {
    const info = await this.#get('/SystemInfo', { timestamponly: '' }, { anonymous: true });
    return readSystemInfo(info).currentTimestamp;
  }

  /** A user by login id or login name; without an argument the own one. */
  async user(id?: string): Promise<User> {
    const user = readUser(
      await this.#get(`/User/${encodeURIComponent(id ?? this.#ownId ?? this.#settings.user)}`),
    );
    if (user.loginId === '') throw localError(502, 'Bad Reply', 'the answer is no user');
    if (id === undefined) this.#ownId = user.loginId;
    this.#keepExtension(user);
    return user;
  }

  /** All users (administrators). */
  async users(): Promise<User[]> {
    return readUsers(await this.#get('/Users'));
  }

  /**
   * A team with its members.
   * @param includeLoggedOut whether those who are signed out are among them; default: as the server's release has it
   */
  async team(id: number | string, includeLoggedOut?: boolean): Promise<Team> {
    const query =
      includeLoggedOut === undefined ? {} : { includeLoggedOutAgents: includeLoggedOut ? 'true' : 'false' };
    return readTeam(await this.#get(`/Team/${encodeURIComponent(id)}`, query));
  }

  /** The reason codes that the own team may use. */
  async reasonCodes(category: ReasonCategory): Promise<ReasonCode[]> {
    return readReasonCodes(await this.#get(`${await this.#ownPath()}/ReasonCodes`, { category }));
  }

  async wrapUpReasons(): Promise<WrapUpReason[]> {
    return readWrapUpReasons(await this.#get(`${await this.#ownPath()}/WrapUpReasons`));
  }

  /** The workflows of the own team, in the order in which they are looked at. */
  async workflows(): Promise<Workflow[]> {
    return readWorkflows(await this.#get(`${await this.#ownPath()}/Workflows`));
  }

  /**
   * Calls and states since the last sign-in (Poise only): the own ones, or for supervisors those of an agent.
   * @param known what was read before: only what changed since is asked for
   */
  async history(userId?: string, known?: History): Promise<History> {
    const get = (path: string, query: Readonly<Record<string, string>>) => this.#rest.getJson(path, query);
    return fetchHistory(get, userId ?? (await this.#resolveOwnId()), known);
  }

  /**
   * A GET of what Poise adds to Finesse, answered in JSON. Rejects with ApiError, also where the answer is no JSON.
   * @param path below `/poise/api`, e.g. `/desktop/layout`
   */
  poise(path: string, query: Readonly<Record<string, string>> = {}): Promise<unknown> {
    return this.#rest.getJson(path, query);
  }

  /** Phone books with their contacts, at most `contactsMax` (1 to 6000) of them. */
  async phoneBooks(contactsMax = 6000): Promise<PhoneBook[]> {
    const path = `${await this.#ownPath()}/PhoneBooks`;
    const reply = await this.#rest.send({
      method: 'GET',
      path,
      headers: { Range: `objects=1-${contactsMax}` },
    });
    return readPhoneBooks(rootOf(reply));
  }

  /** Which call variables are shown, and where: the default layout and, from 12.0 on, those that calls can name. */
  async mediaPropertiesLayouts(): Promise<MediaPropertiesLayout[]> {
    return readMediaPropertiesLayouts(await this.#get(`${await this.#ownPath()}/MediaPropertiesLayouts`));
  }

  /** The voice dialogs of a user, for supervisors also of an agent of their teams; without an argument the own ones. */
  async dialogs(userId?: string): Promise<Dialog[]> {
    if (userId === undefined) return this.calls.list();
    return readDialogs(await this.#get(`/User/${encodeURIComponent(userId)}/Dialogs`));
  }

  /** A queue with its figures (CCE). Changes come after `subscribe('/finesse/api/Queue/<id>')`. */
  async queue(id: number | string): Promise<Queue> {
    return readQueue(await this.#get(`/Queue/${encodeURIComponent(id)}`));
  }

  /** The queues of a user, of a supervisor also those of the team; without an argument the own ones (CCE). */
  async queues(userId?: string): Promise<Queue[]> {
    const path = userId === undefined ? await this.#ownPath() : `/User/${encodeURIComponent(userId)}`;
    return readQueues(await this.#get(`${path}/Queues`));
  }

  /** The active messages to a team that the user belongs to or supervises. */
  async teamMessages(teamId: number | string): Promise<TeamMessage[]> {
    return readTeamMessages(await this.#get(`/Team/${encodeURIComponent(teamId)}/TeamMessages`));
  }

  /** Supervisors: the active messages that the own user sent. */
  async sentTeamMessages(): Promise<TeamMessage[]> {
    return readTeamMessages(await this.#get('/TeamMessages'));
  }

  /** Supervisors: shows a message of at most 255 characters to teams. @returns its id */
  async createTeamMessage(
    content: string,
    teamIds: readonly number[],
    durationSeconds: number,
  ): Promise<string> {
    const teams = element(
      'teams',
      '',
      {},
      teamIds.map((id) => leaf('team', String(id))),
    );
    const body = element('TeamMessage', '', {}, [
      leaf('duration', String(durationSeconds)),
      leaf('content', content),
      teams,
    ]);
    const reply = await this.#rest.send({
      method: 'POST',
      path: '/TeamMessage',
      body,
      requestId: randomId(),
    });
    return reply.location?.split('/').at(-1) ?? '';
  }

  /** Ends an own message. */
  async deleteTeamMessage(id: string): Promise<void> {
    const path = `/TeamMessage/${encodeURIComponent(id)}`;
    await this.#rest.send({ method: 'DELETE', path, requestId: randomId() });
  }

  /** Writes into the server's log of this client. */
  async clientLog(text: string): Promise<void> {
    const body = element('ClientLog', '', {}, [element('logData', '', {}, [text])]);
    await this.#rest.send({
      method: 'POST',
      path: `${await this.#ownPath()}/ClientLog`,
      body,
      requestId: randomId(),
    });
  }

  /**
   * Leaves a zip with the server's log of this client, which keeps it as it is, at most 1,500,000 bytes.
   * @param requestId of the request of the server that this answers. Default: a new one
   */
  async compressedClientLog(zip: Uint8Array, requestId: string = randomId()): Promise<void> {
    const body = element('ClientLog', '', {}, [element('logData', '', {}, [base64(zip)])]);
    const path = `${await this.#ownPath()}/CompressedClientLog`;
    await this.#rest.send({ method: 'POST', path, body, requestId });
  }

  /** Signs the agent in; resolves with the User as the event shows it. */
  signIn({ extension, mobile, activeDeviceId }: SignInOptions): Promise<User> {
    return this.#changeUser(undefined, 'LOGIN', [
      leaf('extension', extension),
      ...(activeDeviceId === undefined ? [] : [leaf('activeDeviceId', activeDeviceId)]),
      ...(mobile === undefined
        ? []
        : [
            element('mobileAgent', '', {}, [
              leaf('mode', mobile.mode),
              leaf('dialNumber', mobile.dialNumber),
            ]),
          ]),
    ]);
  }

  /**
   * Asks for a state; resolves with the User as the event shows it (during a call: with `pendingState`).
   * @param reasonCodeId database id of the reason ({@link ReasonCode.id}), where one is required
   * @param userId another agent, for supervisors subscribed to `/finesse/api/Team/<id>/Users`
   */
  setState(state: RequestableState, reasonCodeId?: number, userId?: string): Promise<User> {
    return this.#changeUser(
      userId,
      state,
      reasonCodeId === undefined ? [] : [leaf('reasonCodeId', String(reasonCodeId))],
    );
  }

  signOut(reasonCodeId?: number): Promise<User> {
    return this.setState('LOGOUT', reasonCodeId);
  }

  /**
   * Any request that is answered by an event: resolves with the Update that carries its requestId.
   * @param path below `/finesse/api`, percent-encoded
   */
  act(method: Exclude<RestMethod, 'GET'>, path: string, body?: Element): Promise<Update> {
    return this.#act(method, path, body, { accepts: () => true });
  }

  /** Any other request: the root of the answer, null when it is empty. */
  async request(
    method: RestMethod,
    path: string,
    body?: Element,
    query?: Record<string, string>,
  ): Promise<Element | null> {
    const reply = await this.#rest.send({
      method,
      path,
      ...(body !== undefined && { body }),
      ...(query !== undefined && { query }),
      ...(method !== 'GET' && { requestId: randomId() }),
    });
    return reply.root;
  }

  /**
   * A request of any form to the own server with the own credentials, as workflows send them. Rejects with ApiError: 400 where
   * the path leads elsewhere, 0 also where the server redirects.
   */
  sendText(request: TextRequest): Promise<void> {
    return this.#rest.sendText(request);
  }

  async #changeUser(userId: string | undefined, state: string, more: readonly Element[]): Promise<User> {
    const id = userId ?? (await this.#resolveOwnId());
    const path = `/User/${encodeURIComponent(id)}`;
    const body = element('User', '', {}, [leaf('state', state), ...more]);
    // A supervisor's list shows a summary under the same requestId; for the own user the full object counts.
    const ownNode = userId === undefined ? `/finesse/api/User/${id}`.toLowerCase() : undefined;
    const update = await this.#act('PUT', path, body, {
      accepts: ({ node, data }) =>
        data.type === 'user' && (ownNode === undefined || node.toLowerCase() === ownNode),
      ...(ownNode !== undefined && {
        isShownBy: (user: User) => (state === 'LOGIN' ? user.state !== 'LOGOUT' : user.state === state),
      }),
    });
    if (update.data.type !== 'user') throw localError(502, 'Bad Reply', 'the event carries no user');
    return update.data.user;
  }

  async #act(
    method: RestMethod,
    path: string,
    body: Element | undefined,
    expectation: Expectation,
  ): Promise<Update> {
    const { state } = this.#connection;
    const requestId = randomId();
    if (state === 'idle' || state === 'ended') {
      throw localError(0, 'Not Connected', 'call connect() first: the answer comes as an event', requestId);
    }
    const event = this.#pending.expect(requestId, expectation);
    this.#emitter.emit('asked', requestId);
    this.#rest.send({ method, path, requestId, ...(body !== undefined && { body }) }).then(
      () => this.#pending.accepted(requestId),
      (error: unknown) => this.#pending.fail(requestId, error as ApiError),
    );
    return await event;
  }

  #keepExtension(user: User): void {
    if (user.loginId === this.#ownId) this.#ownExtension = user.extension;
  }

  async #get(
    path: string,
    query: Record<string, string> = {},
    more: Pick<RestRequest, 'anonymous' | 'node' | 'timeoutMs'> = {},
  ): Promise<Element> {
    return rootOf(await this.#rest.send({ method: 'GET', path, query, ...more }));
  }

  async #ownPath(): Promise<string> {
    return `/User/${encodeURIComponent(await this.#resolveOwnId())}`;
  }

  /** The options may name the user by login name; URIs and nodes use the login id. */
  async #resolveOwnId(): Promise<string> {
    this.#ownId ??= (await this.user()).loginId;
    return this.#ownId;
  }

  #messageReceived(message: Element): void {
    const updates = readEventMessage(
      message,
      (error) => this.#emitter.emit('problem', error),
      (notification, root) => this.#emitter.emit('notification', notification, root),
    );
    for (const update of updates) {
      if (this.#heardAnswers.refusesAgain(update)) {
        this.#emitter.emit('log', `${this.host}: request ${update.requestId} is refused after its answer`);
        continue;
      }
      if (update.data.type === 'systemInfo') {
        this.#connection.serverStatus(update.data.systemInfo.status);
        this.#emitter.emit('systemInfo', update.data.systemInfo);
      }
      if (update.data.type === 'user') this.#keepExtension(update.data.user);
      this.#pending.settle(update);
      this.#emitter.emit('update', update);
    }
  }

  #statusChanged(status: ConnectionStatus, detail: ConnectionDetail): void {
    if (status === 'connected') this.#clockWatch.start();
    if (status === 'disconnected' || status === 'conflict' || status === 'unauthorized')
      this.#clockWatch.stop();
    if (status === 'conflict' || status === 'unauthorized') {
      const code = status === 'conflict' ? 409 : 401;
      this.#pending.failAll((requestId) => localError(code, 'Disconnected', detail.detail, requestId));
    }
    if (status === 'recovered' && this.#pending.size > 0) {
      this.user().then(
        (user) => this.#pending.reviewAfterOutage(user),
        (error: unknown) => this.#emitter.emit('problem', error),
      );
    }
    this.#emitter.emit('connection', status, detail);
  }
}

function leaf(name: string, text: string): Element {
  return element(name, '', {}, [text]);
}

function rootOf(reply: RestReply): Element {
  if (reply.root === null) throw localError(502, 'Bad Reply', 'the answer is empty');
  return reply.root;
}
