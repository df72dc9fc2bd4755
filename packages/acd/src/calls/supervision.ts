import { ControlFailureCode as CF } from '@poise/ged188';
import type { Failure } from '../agent-model.ts';
import type { Cause } from './call-fact.ts';
import type { Call, Connection } from './call-record.ts';
import type { CallRequest } from './call-request.ts';
import type { ConferenceRules } from './conference-rules.ts';
import { conferenced, partyCount } from './joined.ts';
import { control, GONE, type Operation, REFUSED } from './operation.ts';
import type { Parts } from './parts.ts';
import { isFailure, type RequestLine } from './request-line.ts';

type Supervise = CallRequest & { type: 'supervise' };

/** Supervisors on the calls of their agents: who may, joining, taking over, leaving (ged188.md 9). */
export class Supervision {
  readonly #parts: Parts;
  readonly #requests: RequestLine;
  readonly #rules: ConferenceRules;

  constructor(parts: Parts, requests: RequestLine, rules: ConferenceRules) {
    this.#parts = parts;
    this.#requests = requests;
    this.#rules = rules;
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
      return this.#parts.monitoring.run(operation, request, request.action, agent, supervisor);
    return this.#join(operation, request);
  }

  /** The supervisor has taken the agent's place. */
  intercepted(call: Call, device: string): void {
    const agent = call.connection(device);
    if (agent) this.#parts.clearing.connection(agent, 'SUPERVISOR_INTERCEPT');
  }

  /** BARGE_IN and INTERCEPT: from a monitor call, or by ringing the supervisor's phone. */
  #join(operation: Operation, request: Supervise): Failure | undefined {
    const { media, monitoring, orders, offers } = this.#parts;
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
      offers.make(call, { id: device, kind: 'station' }, typeOf(cause), {
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
      media.join(call, [...talkers, monitor], (result) => {
        if (result !== 'done') monitoring.resume(monitor);
        operation.settle(result);
      });
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

  #joinRefusal(target: Connection, device: string): Failure | null {
    const { settings, board } = this.#parts;
    const { call } = target;
    if (target.listening || call.connection(device)) return control(CF.INVALID_OBJECT_STATE);
    const controller = this.#rules.controllerRefusal(call, target.device);
    if (controller) return controller;
    // A consult call of the agent is a conference that is being set up.
    const line = board.line(target.device);
    if ((line?.connections.length ?? 0) > 1 || call.offers.size > 0 || call.waiting || call.reservation)
      return this.#rules.consulting();
    return partyCount(call) + 1 > settings.conferencePartiesMax ? this.#rules.bridgeFull() : null;
  }
}

function typeOf(cause: Cause) {
  return cause === 'SUPERVISOR_INTERCEPT' ? 'SUPERVISOR_INTERCEPT' : 'SUPERVISOR_BARGEIN';
}
