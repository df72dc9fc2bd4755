import type { Clock, Timer } from '@poise/clock';
import { type CtiMessage, FailureStatus, type Fields, ServerMode, ServiceMask } from '@poise/ged188';
import { type CtiClient, hasService } from './client.ts';
import { type Answer, CONTROL, control, sendAnswer, status } from './requests/request.ts';

/**
 * Recording applications (service SERVER) that registered "Cisco:CallRecording", and the requests that are passed on
 * to them (ged188.md 5 and 11). The mode, the same for all of them, says who gets a request: the only one, the one
 * that has waited longest for one, or all.
 */

/** The only service that applications may register. */
export const RECORDING_SERVICE = 'Cisco:CallRecording';

/** After the 10 to 15 s that a control confirmation may take, and before clients give up on it (20 s). */
export const RECORDING_TIMEOUT_MS = 16_000;
/** Requests on their way; one more is refused. */
export const RECORDING_REQUESTS_MAX = 1000;
/** SessionIDs remembered; the oldest is forgotten. */
const SESSIONS_MAX = 10_000;
/** SessionID of STOP_RECORDING_REQ: any server. */
const ANY_SESSION = 0;
/** SessionID of a server that leaves the number to us. */
const OUR_SESSION = 0xffffffff;

/** The requests that are passed on, and how each is confirmed. */
const CONFIRMATIONS = {
  START_RECORDING_REQ: 'START_RECORDING_CONF',
  STOP_RECORDING_REQ: 'STOP_RECORDING_CONF',
} as const;
export type RecordingRequest = keyof typeof CONFIRMATIONS;

interface Registration {
  /** RegisteredServiceID. */
  readonly id: number;
  readonly server: CtiClient;
}

interface PassedOn {
  readonly requester: CtiClient;
  readonly invokeId: number;
  readonly name: RecordingRequest;
  /** Servers that have not answered, by the InvokeID that each was given. */
  readonly waiting: Map<number, CtiClient>;
  /** The requester was told something. */
  answered: boolean;
  timer: Timer | null;
}

export class RecordingServers {
  readonly #clock: Clock;
  readonly #isOpen: (client: CtiClient) => boolean;
  /** Who has waited longest for a request comes first. */
  #registrations: Registration[] = [];
  #mode: number = ServerMode.EXCLUSIVE;
  readonly #requests = new Set<PassedOn>();
  readonly #byInvokeId = new Map<number, PassedOn>();
  /** Which server a SessionID belongs to. */
  readonly #sessions = new Map<number, CtiClient>();
  #lastRegistration = 0;
  #lastInvokeId = 0;

  constructor(clock: Clock, isOpen: (client: CtiClient) => boolean) {
    this.#clock = clock;
    this.#isOpen = isOpen;
  }

  /** Nobody is registered: recording is the switch's. */
  get none(): boolean {
    return this.#registrations.length === 0;
  }

  /** @returns the RegisteredServiceID; null: taken, or the others registered with another mode */
  register(server: CtiClient, mode: number): number | null {
    const [first] = this.#registrations;
    if (first && (mode !== this.#mode || mode === ServerMode.EXCLUSIVE || this.#has(server))) return null;
    this.#mode = mode;
    const id = ++this.#lastRegistration;
    this.#registrations.push({ id, server });
    return id;
  }

  /**
   * What was passed on to the server already it still may answer.
   * @returns false if the session has no such registration
   */
  unregister(server: CtiClient, id: number): boolean {
    const kept = this.#registrations.filter((entry) => entry.id !== id || entry.server !== server);
    const found = kept.length < this.#registrations.length;
    this.#registrations = kept;
    return found;
  }

  /** Passes a request on; its answer follows by itself. */
  passOn(requester: CtiClient, invokeId: number, name: RecordingRequest, fields: Fields): Answer {
    const servers = this.#serversFor(name === 'STOP_RECORDING_REQ' ? Number(fields.SessionID) : ANY_SESSION);
    if (servers.length === 0) return status(FailureStatus.CLIENT_NOT_FOUND);
    if (this.#requests.size >= RECORDING_REQUESTS_MAX) return control(CONTROL.OUTSTANDING_REQUEST_LIMIT);
    const request: PassedOn = {
      requester,
      invokeId,
      name,
      waiting: new Map(servers.map((server) => [++this.#lastInvokeId, server])),
      answered: false,
      timer: this.#clock.schedule(RECORDING_TIMEOUT_MS, () => this.#giveUp(request, FailureStatus.TIMEOUT)),
    };
    this.#requests.add(request);
    for (const id of request.waiting.keys()) this.#byInvokeId.set(id, request);
    const { clientId, address } = requester;
    // A server that is lost over this message leaves the map while it is walked.
    for (const [InvokeID, server] of [...request.waiting])
      server.send({ name, fields: { ...fields, InvokeID, ClientID: clientId, ClientAddress: address } });
    return 'later';
  }

  /** A confirmation or refusal came from a session; one that nobody waits for is dropped. */
  answered(server: CtiClient, { name, fields }: CtiMessage): void {
    const id = Number(fields.InvokeID);
    const request = this.#byInvokeId.get(id);
    if (request?.waiting.get(id) !== server) return;
    const confirmed = name === CONFIRMATIONS[request.name];
    if (!confirmed && name.endsWith('RECORDING_CONF')) return;
    const { requester, invokeId: InvokeID } = request;
    const told = confirmed ? this.#confirmation(server, request.name, fields) : fields;
    request.answered = true;
    this.#settle(request, id, FailureStatus.UNSPECIFIED_FAILURE);
    requester.send({ name, fields: { ...told, InvokeID } });
  }

  /** A session is over: as a server it answers nothing any more, as a client it is told nothing. */
  closed(client: CtiClient): void {
    this.#registrations = this.#registrations.filter(({ server }) => server !== client);
    if (hasService(client, ServiceMask.SERVER))
      for (const [id, server] of this.#sessions) if (server === client) this.#sessions.delete(id);
    for (const request of [...this.#requests]) {
      if (request.requester === client) this.#giveUp(request, FailureStatus.CLIENT_DISCONNECTED);
      for (const [id, server] of request.waiting)
        if (server === client) this.#settle(request, id, FailureStatus.CLIENT_DISCONNECTED);
    }
  }

  #has(client: CtiClient): boolean {
    return this.#registrations.some(({ server }) => server === client);
  }

  #serversFor(sessionId: number): readonly CtiClient[] {
    if (sessionId !== ANY_SESSION) {
      const server = this.#sessions.get(sessionId);
      return server === undefined ? [] : [server];
    }
    if (this.#mode === ServerMode.PARALLEL) return this.#registrations.map(({ server }) => server);
    const next = this.#registrations.shift();
    if (!next) return [];
    this.#registrations.push(next);
    return [next.server];
  }

  /** The confirmation as the requester gets it: with the name of the server and a SessionID that leads back to it. */
  #confirmation(server: CtiClient, name: RecordingRequest, fields: Fields): Fields {
    const told = { ...fields, ClientID: server.clientId, ClientAddress: server.address };
    if (name !== 'START_RECORDING_REQ' || fields.SessionID === ANY_SESSION) return told;
    const SessionID = fields.SessionID === OUR_SESSION ? server.id : Number(fields.SessionID);
    this.#sessions.delete(SessionID);
    this.#sessions.set(SessionID, server);
    if (this.#sessions.size > SESSIONS_MAX) this.#sessions.delete(this.#sessions.keys().next().value!);
    return { ...told, SessionID };
  }

  /** One server is waited for no longer; `failure`: what the requester is told if it was the last and none answered. */
  #settle(request: PassedOn, id: number, failure: number): void {
    this.#byInvokeId.delete(id);
    request.waiting.delete(id);
    if (request.waiting.size > 0) return;
    request.timer?.cancel();
    this.#requests.delete(request);
    const { requester, invokeId, answered } = request;
    if (!answered && this.#isOpen(requester)) sendAnswer(requester, invokeId, status(failure));
  }

  #giveUp(request: PassedOn, failure: number): void {
    for (const id of [...request.waiting.keys()]) this.#settle(request, id, failure);
  }
}
