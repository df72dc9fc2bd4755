import {
  ApiError,
  type ClockMeasurement,
  type ConnectionDetail,
  type ConnectionStatus,
  type SystemInfo,
  type TeamMessage,
  type TextRequest,
  type Update,
  type User,
  type Workflow,
} from '@poise/client';
import type { DesktopClient } from '../src/session/desktop-client.ts';

export const NODE = '/finesse/api/User/2001';

/** Agent 2001 as the server shows it. */
export function userIn(state: string, more: Partial<User> = {}): User {
  return {
    uri: NODE,
    loginId: '2001',
    loginName: 'mmouse',
    firstName: 'Mickey',
    lastName: 'Mouse',
    extension: state === 'LOGOUT' ? '' : '2003',
    state,
    pendingState: '',
    stateChangeTime: new Date(1_000),
    reasonCodeId: null,
    reasonCode: null,
    roles: ['Agent'],
    teamId: 5000,
    teamName: 'Minnies_Team',
    teams: [],
    settings: {},
    wrapUpTimer: null,
    mobileAgent: null,
    mediaType: '1',
    mediaState: '',
    skillTargetId: null,
    activeDeviceId: '',
    dialogs: `${NODE}/Dialogs`,
    ...more,
  };
}

export function systemInfo(status: string, currentTimestamp: Date | null = null): SystemInfo {
  return {
    status,
    statusReason: '',
    deploymentType: 'UCCE',
    xmppDomain: 'localhost',
    xmppPubSubDomain: 'pubsub.localhost',
    primaryNode: 'localhost',
    secondaryNode: '',
    currentTimestamp,
    timezoneOffset: 0,
    license: '',
    peripheralId: 5001,
    systemAuthMode: 'NON_SSO',
    ctiVersion: 25,
    lastCTIHeartbeatStatus: 'success',
    finesseMMode: '',
    finesseTimeInMMode: null,
    uri: '/finesse/api/SystemInfo',
  };
}

export function userUpdate(user: User, more: Partial<Update> = {}): Update {
  return { node: NODE, event: 'PUT', requestId: '', source: NODE, data: { type: 'user', user }, ...more };
}

type Silent =
  | 'poise'
  | 'workflows'
  | 'sendText'
  | 'teamMessages'
  | 'sentTeamMessages'
  | 'on'
  | 'close'
  | 'calls'
  | 'host'
  | 'nodes'
  | 'transport'
  | 'suspend'
  | 'resume'
  | 'probe'
  | 'reconnect';
type Call = Exclude<keyof DesktopClient, Silent> | keyof DesktopClient['calls'];
type AnyListener = (...args: unknown[]) => void;
interface Waiting {
  readonly args: readonly unknown[];
  answer(value?: unknown): void;
  refuse(error: unknown): void;
}

/**
 * A client that answers when the test says so. Calls wait in `waiting`, in their order, until `answer` or
 * `refuse` settles the oldest one of that name; `made` has the names of all that were made.
 */
export class FakeClient implements DesktopClient {
  readonly made: Call[] = [];
  isClosed = false;
  readonly #waiting = new Map<Call, Waiting[]>();
  readonly #listeners = new Map<string, Set<AnyListener>>();

  systemInfo: DesktopClient['systemInfo'] = () => this.#call('systemInfo');
  connect: DesktopClient['connect'] = () => this.#call('connect');
  user: DesktopClient['user'] = (...args) => this.#call('user', ...args);
  signIn: DesktopClient['signIn'] = (...args) => this.#call('signIn', ...args);
  setState: DesktopClient['setState'] = (...args) => this.#call('setState', ...args);
  moveAway: DesktopClient['moveAway'] = () => this.#call('moveAway');
  signOut: DesktopClient['signOut'] = (...args) => this.#call('signOut', ...args);
  reasonCodes: DesktopClient['reasonCodes'] = (...args) => this.#call('reasonCodes', ...args);
  dialogs: DesktopClient['dialogs'] = (...args) => this.#call('dialogs', ...args);
  wrapUpReasons: DesktopClient['wrapUpReasons'] = () => this.#call('wrapUpReasons');
  clientLog: DesktopClient['clientLog'] = (...args) => this.#call('clientLog', ...args);
  compressedClientLog: DesktopClient['compressedClientLog'] = (...args) =>
    this.#call('compressedClientLog', ...args);
  /** A server without layouts: the page takes its own. */
  poise: DesktopClient['poise'] = () => Promise.reject(new ApiError(404, []));
  phoneBooks: DesktopClient['phoneBooks'] = () => this.#call('phoneBooks');
  mediaPropertiesLayouts: DesktopClient['mediaPropertiesLayouts'] = () =>
    this.#call('mediaPropertiesLayouts');
  team: DesktopClient['team'] = (...args) => this.#call('team', ...args);
  subscribe: DesktopClient['subscribe'] = (...args) => this.#call('subscribe', ...args);
  unsubscribe: DesktopClient['unsubscribe'] = (...args) => this.#call('unsubscribe', ...args);
  queues: DesktopClient['queues'] = (...args) => this.#call('queues', ...args);
  history: DesktopClient['history'] = (...args) => this.#call('history', ...args);
  /** Answered at once, for every sign-in asks for them. */
  readonly theWorkflows: Workflow[] = [];
  workflows: DesktopClient['workflows'] = async () => this.theWorkflows;
  /** Of workflows; answered at once. */
  readonly sent: TextRequest[] = [];
  sendText: DesktopClient['sendText'] = async (request) => void this.sent.push(request);
  /** Answered at once, for every sign-in and recovery asks for them. */
  messages: readonly TeamMessage[] | Error = [];
  teamMessages: DesktopClient['teamMessages'] = async () => {
    if (this.messages instanceof Error) throw this.messages;
    return [...this.messages];
  };
  sentTeamMessages: DesktopClient['sentTeamMessages'] = () => this.teamMessages(0);
  createTeamMessage: DesktopClient['createTeamMessage'] = (...args) =>
    this.#call('createTeamMessage', ...args);
  deleteTeamMessage: DesktopClient['deleteTeamMessage'] = (...args) =>
    this.#call('deleteTeamMessage', ...args);
  readonly calls: DesktopClient['calls'] = {
    make: (...args) => this.#call('make', ...args),
    answer: (...args) => this.#call('answer', ...args),
    hold: (...args) => this.#call('hold', ...args),
    retrieve: (...args) => this.#call('retrieve', ...args),
    drop: (...args) => this.#call('drop', ...args),
    consult: (...args) => this.#call('consult', ...args),
    transfer: (...args) => this.#call('transfer', ...args),
    conference: (...args) => this.#call('conference', ...args),
    transferDirectly: (...args) => this.#call('transferDirectly', ...args),
    sendDtmf: (...args) => this.#call('sendDtmf', ...args),
    updateData: (...args) => this.#call('updateData', ...args),
    dropParticipant: (...args) => this.#call('dropParticipant', ...args),
    barge: (...args) => this.#call('barge', ...args),
    accept: (...args) => this.#call('accept', ...args),
    reject: (...args) => this.#call('reject', ...args),
    close: (...args) => this.#call('close', ...args),
    reclassify: (...args) => this.#call('reclassify', ...args),
    scheduleCallback: (...args) => this.#call('scheduleCallback', ...args),
    cancelCallback: (...args) => this.#call('cancelCallback', ...args),
    silentMonitor: (...args) => this.#call('silentMonitor', ...args),
  };

  on: DesktopClient['on'] = (name, listener) => {
    const listeners = this.#listeners.get(name) ?? new Set();
    const registered = listener as unknown as AnyListener;
    this.#listeners.set(name, listeners.add(registered));
    return () => listeners.delete(registered);
  };

  host = 'desk.example';
  nodes: readonly string[] = ['http://desk.example:8082', 'http://other.example:8082'];
  transport: DesktopClient['transport'] = 'websocket';
  /** What was asked for without an answer: `suspend`, `resume`, `probe`, `reconnect`. */
  readonly told: string[] = [];

  close(): void {
    this.isClosed = true;
  }

  suspend(): void {
    this.told.push('suspend');
  }

  resume(): void {
    this.told.push('resume');
  }

  probe(): void {
    this.told.push('probe');
  }

  reconnect(): void {
    this.told.push('reconnect');
  }

  /** Settles the oldest call of this name that waits, and lets everything that follows happen. */
  async answer(call: Call, value?: unknown): Promise<readonly unknown[]> {
    const { args, answer } = this.#oldest(call);
    answer(value);
    await settle();
    return args;
  }

  async refuse(call: Call, error: unknown): Promise<void> {
    this.#oldest(call).refuse(error);
    await settle();
  }

  /** How many calls of this name wait. */
  waits(call: Call): number {
    return this.#waiting.get(call)?.length ?? 0;
  }

  async status(status: ConnectionStatus, detail: Partial<ConnectionDetail> = {}): Promise<void> {
    this.#emit('connection', status, { detail: '', ...detail });
    await settle();
  }

  async clock(measurement: ClockMeasurement, host: string): Promise<void> {
    this.#emit('clock', measurement, host);
    await settle();
  }

  async informs(info: SystemInfo): Promise<void> {
    this.#emit('systemInfo', info);
    await settle();
  }

  async update(update: Update): Promise<void> {
    this.#emit('update', update);
    await settle();
  }

  #emit(name: string, ...args: unknown[]): void {
    for (const listener of this.#listeners.get(name) ?? []) listener(...args);
  }

  #oldest(call: Call): Waiting {
    const waiting = this.#waiting.get(call)?.shift();
    if (!waiting) throw new Error(`no ${call} waits; made so far: ${this.made.join(', ')}`);
    return waiting;
  }

  #call<T>(name: Call, ...args: unknown[]): Promise<T> {
    this.made.push(name);
    return new Promise<T>((done, fail) => {
      const waiting = this.#waiting.get(name) ?? [];
      waiting.push({ args, answer: (value) => done(value as T), refuse: fail });
      this.#waiting.set(name, waiting);
    });
  }
}

/** Lets everything that is due without time passing happen. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise((done) => setImmediate(done));
}
