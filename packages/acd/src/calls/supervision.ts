import { ControlFailureCode as CF } from '@poise/ged188';
import type { AgentView, Failure } from '../agent-model.ts';
import type { AgentStateName } from '../agent-state.ts';
import type { Deployment } from '../dialect.ts';
import type { Cause } from './call-fact.ts';
import type { Call, Connection } from './call-record.ts';
import type { CallRequest } from './call-request.ts';
import { conferenced, partyCount } from './joined.ts';
import { control, GONE, type Operation, REFUSED } from './operation.ts';
import type { Parts } from './parts.ts';
import { isFailure, type RequestLine } from './request-line.ts';
import type { Transfer } from './transfer.ts';

type Supervise = CallRequest & { type: 'supervise' };
type Listening = 'monitor' | 'whisper';

/** Peripheral errors with which silent monitoring is refused. */
const MONITOR_REFUSED = { CCE: 13145, CCX: 88049 } as const;

/**
 * Silent monitoring by the state of the watched agent. `refused`: with the peripheral error above. `nonAcd`: only
 * during a call outside routing.
 */
export const MONITOR_TABLE: Readonly<
  Record<Deployment, Readonly<Record<AgentStateName, 'ok' | 'refused' | 'nonAcd' | number>>>
> = {
  CCE: {
    LOGOUT: CF.INVALID_OBJECT_STATE,
    NOT_READY: 'refused',
    AVAILABLE: CF.INVALID_OBJECT_STATE,
    RESERVED: CF.INVALID_OBJECT_STATE,
    RESERVED_OUTBOUND: CF.INVALID_OBJECT_STATE,
    RESERVED_OUTBOUND_PREVIEW: CF.INVALID_OBJECT_STATE,
    TALKING: 'ok',
    HOLD: 'refused',
    WORK_NOT_READY: CF.INVALID_OBJECT_STATE,
    WORK_READY: CF.INVALID_OBJECT_STATE,
  },
  CCX: {
    LOGOUT: 'refused',
    NOT_READY: 'nonAcd',
    AVAILABLE: 'refused',
    RESERVED: 'refused',
    RESERVED_OUTBOUND: 'refused',
    RESERVED_OUTBOUND_PREVIEW: 'refused',
    TALKING: 'ok',
    HOLD: 'refused',
    WORK_NOT_READY: 'refused',
    WORK_READY: 'refused',
  },
};

const TYPE_OF = { monitor: 'SUPERVISOR_MONITOR', whisper: 'SUPERVISOR_WHISPER' } as const;
const CAUSE_OF = { monitor: 'SUPERVISOR_MONITOR', whisper: 'SUPERVISOR_WHISPER' } as const;

/** Supervisors on the calls of their agents: listening, whispering, joining, taking over (ged188.md 9). */
export class Supervision {
  readonly #parts: Parts;
  readonly #requests: RequestLine;
  readonly #transfer: Transfer;

  constructor(parts: Parts, requests: RequestLine, transfer: Transfer) {
    this.#parts = parts;
    this.#requests = requests;
    this.#transfer = transfer;
  }

  run(operation: Operation, request: Supervise): Failure | undefined {
    const { desk } = this.#parts;
    const supervisor = desk.on(request.supervisor.device);
    if (!supervisor) return control(CF.PRIVILEGE_VIOLATION_ON_SPECIFIED_DEVICE);
    if (request.action === 'clear') return this.#clear(operation, request);
    const agent = desk.on(request.agent.device);
    const team = agent?.profile.teamId;
    const own = team != null && supervisor.profile.supervisorOf.includes(team);
    if (!agent || !own || agent.profile.loginId === supervisor.profile.loginId)
      return control(CF.PRIVILEGE_VIOLATION_ON_SPECIFIED_DEVICE);
    if (request.action === 'monitor' || request.action === 'whisper')
      return this.#listen(operation, request, request.action, agent, supervisor);
    return this.#join(operation, request);
  }

  /** The supervisor's phone has been answered: from now on it listens. */
  listen(connection: Connection): void {
    const { orders, board, emit, clearing } = this.#parts;
    const { call, leg } = connection;
    const target = call.watched?.connection;
    if (!leg || !target?.leg || target.gone) {
      clearing.call(call, 'SUPERVISOR_CLEAR');
      return;
    }
    const mode = call.watched?.mode ?? 'monitor';
    connection.listening = true;
    leg.media = 'listen';
    orders.send({ type: 'listen', leg: leg.id, target: target.leg.id, mode }, (result) => {
      if (connection.gone) return;
      if (result !== 'done') return clearing.call(call, 'RESOURCES_NOT_AVAILABLE');
      board.move(connection, 'answer');
      const cause = CAUSE_OF[mode];
      const called = target.name;
      const answering = connection.name;
      emit({ type: 'established', call, answering, calling: answering, called, lastRedirect: null, cause });
    });
  }

  /** Monitor calls whose target has left the call that they watch. */
  sweep(): void {
    const { board, clearing } = this.#parts;
    for (const monitor of board.orphans) {
      board.orphans.delete(monitor);
      clearing.call(monitor, 'SUPERVISOR_CLEAR');
    }
  }

  /** The supervisor has taken the agent's place. */
  intercepted(call: Call, device: string): void {
    const agent = call.connection(device);
    if (agent) this.#parts.clearing.connection(agent, 'SUPERVISOR_INTERCEPT');
  }

  #listen(
    operation: Operation,
    request: Supervise,
    mode: Listening,
    agent: AgentView,
    supervisor: AgentView,
  ): Failure | undefined {
    const { line } = operation;
    const present = line.connections.find(({ call }) => call.watched)?.call;
    const target = this.#target(request, agent);
    if (isFailure(target)) return target;
    if (present?.watched?.connection === target) return this.#changeMode(operation, present, mode);
    // One agent at a time, by a supervisor who is not ready and on no call.
    if (line.load > 0 || supervisor.status.state !== 'NOT_READY') return control(CF.INVALID_OBJECT_STATE);
    return this.#start(operation, target, mode);
  }

  #start(operation: Operation, target: Connection, mode: Listening): Failure | undefined {
    const { board, dialling, agents } = this.#parts;
    const { device } = operation.line;
    if (!agents.instrumentInService(device)) return control(CF.RESOURCE_OUT_OF_SERVICE);
    const call = board.open(TYPE_OF[mode]);
    call.watched = { connection: target, mode };
    call.associated = target.callId;
    call.skillGroup = target.call.skillGroup;
    call.data = { ...target.call.data, wrapUp: '' };
    target.call.monitors.add(call);
    const cause = CAUSE_OF[mode];
    dialling.offer(call, { id: device, kind: 'station' }, TYPE_OF[mode], {
      called: target.name,
      cause,
      autoAnswer: true,
      ringMs: this.#parts.settings.ringMs,
      reached: (outcome) => {
        if (outcome !== true) operation.refuse(REFUSED);
        else operation.succeed({ connection: { callId: call.id, device }, call });
      },
    });
  }

  #changeMode(operation: Operation, call: Call, mode: Listening): Failure | undefined {
    const { orders, board } = this.#parts;
    const { watched } = call;
    const [connection] = call.connections;
    if (!watched || !connection?.leg || !watched.connection.leg || connection.state !== 'CONNECT')
      return control(CF.INVALID_OBJECT_STATE);
    const { leg } = connection;
    operation.proceed(() => {
      if (call.ended || connection.gone) return GONE;
      operation.succeed({ connection: { callId: call.id, device: connection.device }, call });
      watched.mode = mode;
      board.retype(call, TYPE_OF[mode], [connection]);
    });
    orders.send({ type: 'listen', leg: leg.id, target: watched.connection.leg.id, mode }, (result) =>
      operation.settle(result),
    );
  }

  /** BARGE_IN and INTERCEPT: from a monitor call, or by ringing the supervisor's phone. */
  #join(operation: Operation, request: Supervise): Failure | undefined {
    const { media, orders, dialling } = this.#parts;
    const { line } = operation;
    const { device } = line;
    const intercept = request.action === 'intercept';
    const target = this.#requests.find(request.agent, 'supervised');
    if (isFailure(target)) return target;
    const { call } = target;
    const barged = call.connection(device);
    if (barged && intercept && barged.state === 'CONNECT') {
      operation.succeed({ connection: { callId: call.id, device }, call });
      this.intercepted(call, target.device);
      return undefined;
    }
    const refusal = this.#joinRefusal(target, device);
    if (refusal) return refusal;
    const cause = intercept ? 'SUPERVISOR_INTERCEPT' : 'SUPERVISOR_BARGE_IN';
    const monitor = line.connections.find(({ call: other }) => other.watched);
    if (!monitor) {
      if (line.load > 0 || line.reservation) return control(CF.INVALID_OBJECT_STATE);
      dialling.offer(call, { id: device, kind: 'station' }, typeOf(cause), {
        called: target.name,
        cause,
        autoAnswer: true,
        addedBy: target.device,
        conferenceCause: cause,
        ringMs: this.#parts.settings.ringMs,
        reached: (outcome) => {
          if (outcome !== true) operation.refuse(REFUSED);
          else operation.succeed({ connection: { callId: call.id, device }, call });
        },
      });
      return;
    }
    if (monitor.call.watched?.connection !== target || monitor.state !== 'CONNECT' || !monitor.leg)
      return control(CF.INVALID_OBJECT_STATE);
    const { leg } = monitor;
    operation.proceed(() => {
      if (target.gone || target.state !== 'CONNECT' || monitor.gone) return GONE;
      operation.succeed({ connection: { callId: call.id, device }, call });
      this.#bargeIn(monitor, target, cause);
    });
    orders.send({ type: 'unlisten', leg: leg.id }, () => {
      const talkers = media.talkers(call);
      media.join(call, [...talkers, monitor], (result) => operation.settle(result));
    });
  }

  /** The monitor call ends, its leg goes on in the agent's call. */
  #bargeIn(monitor: Connection, target: Connection, cause: Cause): void {
    const { board, clearing } = this.#parts;
    const { leg, device, agentId } = monitor;
    const { call } = target;
    // The new connection first, so that the leg is not let go.
    const connection = board.add(call, 'join', {
      device,
      kind: 'station',
      callType: typeOf(cause),
      leg,
      agentId,
      skillGroup: target.skillGroup,
    });
    clearing.call(monitor.call, cause);
    board.begin(connection);
    conferenced(this.#parts, connection, target.device, cause);
  }

  #clear(operation: Operation, { supervisor }: Supervise): Failure | undefined {
    const { clearing } = this.#parts;
    const { line } = operation;
    const mine = line.connections.filter(
      ({ call, callType, callId }) =>
        (call.watched || callType === 'SUPERVISOR_BARGEIN' || callType === 'SUPERVISOR_INTERCEPT') &&
        (supervisor.callId === null || supervisor.callId === callId),
    );
    const [connection] = mine;
    if (!connection) return control(CF.INVALID_CSTA_CONNECTION_IDENTIFIER);
    operation.succeed({ call: connection.call });
    clearing.connection(connection, 'SUPERVISOR_CLEAR');
  }

  #target(request: Supervise, agent: AgentView): Connection | Failure {
    const { dialect, lines } = this.#parts;
    const verdict = MONITOR_TABLE[dialect.deployment][agent.status.state];
    const refused = control(CF.INVALID_OBJECT_STATE, MONITOR_REFUSED[dialect.deployment]);
    if (typeof verdict === 'number') return control(verdict);
    if (verdict === 'refused') return refused;
    if (verdict === 'nonAcd' && !lines.onNonAcdCall(agent.profile.loginId)) return refused;
    const found = this.#requests.find(request.agent, 'supervised');
    if (isFailure(found)) return request.agent.callId === null ? refused : found;
    return found.listening ? refused : found;
  }

  #joinRefusal(target: Connection, device: string): Failure | null {
    const { settings, board } = this.#parts;
    const { call } = target;
    if (target.listening || call.connection(device)) return control(CF.INVALID_OBJECT_STATE);
    const controller = this.#transfer.controllerRefusal(call, target.device);
    if (controller) return controller;
    // A consult call of the agent is a conference that is being set up.
    const line = board.line(target.device);
    if ((line?.connections.length ?? 0) > 1 || call.offers.size > 0 || call.waiting || call.reservation)
      return this.#transfer.consulting();
    return partyCount(call) + 1 > settings.conferencePartiesMax ? this.#transfer.bridgeFull() : null;
  }
}

function typeOf(cause: Cause) {
  return cause === 'SUPERVISOR_INTERCEPT' ? 'SUPERVISOR_INTERCEPT' : 'SUPERVISOR_BARGEIN';
}
