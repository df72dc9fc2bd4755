import { ControlFailureCode as CF } from '@poise/ged188';
import type { AgentView, Failure } from '../agent-model.ts';
import type { AgentStateName } from '../agent-state.ts';
import type { Deployment } from '../dialect.ts';
import type { Call, Connection } from './call-record.ts';
import type { CallRequest } from './call-request.ts';
import { control, GONE, type Operation, REFUSED } from './operation.ts';
import type { Parts } from './parts.ts';
import { isFailure, type RequestLine } from './request-line.ts';

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

/** Silent monitoring and whispering: calls of the supervisor's own that hear a party of another call. */
export class Monitoring {
  readonly #parts: Parts;
  readonly #requests: RequestLine;

  constructor(parts: Parts, requests: RequestLine) {
    this.#parts = parts;
    this.#requests = requests;
  }

  run(
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
    const { board, offers, agents } = this.#parts;
    const { device } = operation.line;
    if (!agents.instrumentInService(device)) return control(CF.RESOURCE_OUT_OF_SERVICE);
    const call = board.open(TYPE_OF[mode]);
    call.watched = { connection: target, mode };
    call.associated = target.callId;
    call.skillGroup = target.call.skillGroup;
    call.data = { ...target.call.data, wrapUp: '' };
    target.call.monitors.add(call);
    const cause = CAUSE_OF[mode];
    offers.make(call, { id: device, kind: 'station' }, TYPE_OF[mode], {
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

  /** The switch has forgotten who listens. */
  listenAgain(): void {
    for (const { watched, connections } of this.#parts.board.calls.values()) {
      const [connection] = connections;
      if (watched && connection?.state === 'CONNECT') this.resume(connection);
    }
  }

  /** Lets a supervisor listen who should do so already. */
  resume({ call, leg }: Connection): void {
    const { clearing, orders } = this.#parts;
    const target = call.watched?.connection.leg;
    if (!leg || !target || call.ended) return;
    const mode = call.watched?.mode ?? 'monitor';
    orders.send({ type: 'listen', leg: leg.id, target: target.id, mode }, (result) => {
      if (result !== 'done') clearing.call(call, 'RESOURCES_NOT_AVAILABLE');
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
}
