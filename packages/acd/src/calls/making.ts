import { ControlFailureCode as CF } from '@poise/ged188';
import type { Failure } from '../agent-model.ts';
import type { AgentStateName } from '../agent-state.ts';
import type { Deployment } from '../dialect.ts';
import type { CallTypeName } from './call.ts';
import { dataRefusal, EMPTY_CALL_DATA, patched } from './call-data.ts';
import type { Call, Connection, Leg, Line } from './call-record.ts';
import type { CallRequest, HelpWanted } from './call-request.ts';
import { HELP_TYPES } from './call-type.ts';
import { DIALED_NUMBER_MAX, destinationOf } from './destination.ts';
import { control, type Operation, status } from './operation.ts';
import type { Parts } from './parts.ts';

/**
 * MAKE_CALL_REQ by the state of the agent. `belligerent`: only with CallMannerType BELLIGERENT. A number: refused
 * with that ControlFailureCode.
 */
export const MAKE_TABLE: Readonly<
  Record<Deployment, Readonly<Record<AgentStateName, 'ok' | 'belligerent' | number>>>
> = {
  CCE: {
    LOGOUT: CF.INVALID_OBJECT_STATE,
    NOT_READY: 'ok',
    AVAILABLE: 'belligerent',
    RESERVED: CF.INVALID_OBJECT_STATE,
    RESERVED_OUTBOUND: CF.INVALID_OBJECT_STATE,
    RESERVED_OUTBOUND_PREVIEW: CF.INVALID_OBJECT_STATE,
    TALKING: 'ok',
    HOLD: 'ok',
    WORK_NOT_READY: 'ok',
    WORK_READY: 'ok',
  },
  CCX: {
    LOGOUT: CF.INVALID_OBJECT_STATE,
    NOT_READY: 'ok',
    AVAILABLE: 'ok',
    RESERVED: CF.INVALID_OBJECT_STATE,
    RESERVED_OUTBOUND: CF.INVALID_OBJECT_STATE,
    RESERVED_OUTBOUND_PREVIEW: CF.INVALID_OBJECT_STATE,
    TALKING: 'ok',
    HOLD: 'ok',
    WORK_NOT_READY: 'ok',
    WORK_READY: 'ok',
  },
};

/** New calls that a phone places: MAKE_CALL_REQ, and dialling by hand. */
export class Making {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  make(operation: Operation, request: CallRequest & { type: 'make' }): Failure | undefined {
    const { agents, board, orders, settings, turns, clock } = this.#parts;
    const { device, dialed } = request;
    const { line } = operation;
    const refusal = this.#refusal(line, request);
    if (refusal) return refusal;
    const idle = idleLeg(line) ?? this.#nailedLeg(device);
    const leg = idle ?? board.newLeg(device);
    line.claims.add(operation);
    board.touchLine(line);
    const free = (): void => {
      line.claims.delete(operation);
      board.touchLine(line);
    };
    const proceed = (): Failure | undefined => {
      free();
      if (leg.gone) {
        return control(CF.RESOURCE_OUT_OF_SERVICE);
      }
      const { call, connection } = this.#open(leg, device, dialed, request);
      call.data = patched({ ...call.data, ani: device }, request.data);
      operation.succeed({ connection: { callId: call.id, device }, call });
      this.#announce(connection);
      if (leg.up) this.#parts.dialling.dial(connection, dialed);
      else {
        leg.dialling = { connection, to: dialed };
        // A phone that is never lifted.
        call.failTimer = clock.schedule(settings.alertingMaxMs, () =>
          turns.run(() => {
            if (!leg.up) this.#parts.clearing.connection(connection, 'CALL_NOT_ANSWERED');
          }),
        );
      }
      return undefined;
    };
    if (idle) return proceed();
    operation.proceed(proceed);
    leg.provedByUp = operation;
    const mobile = agents.agentOn(device)?.mobile ?? null;
    orders.send(
      {
        type: 'offer',
        leg: leg.id,
        address: mobile?.number ?? device,
        kind: mobile ? 'external' : 'station',
        purpose: 'originate',
        autoAnswer: mobile === null,
        callerId: dialed,
        ringMs: settings.alertingMaxMs,
      },
      (result) => {
        if (result !== 'done') {
          free();
          board.forgetLeg(leg);
        }
        operation.settle(result);
      },
    );
  }

  /** The phone went off-hook by hand and dialled. */
  dialled(leg: Leg, device: string, to: string): void {
    leg.up = true;
    const { connection } = this.#open(leg, device, to);
    this.#announce(connection);
    this.#parts.dialling.dial(connection, to);
  }

  #refusal(line: Line, { device, dialed, belligerent, data, outbound }: CallRequest & { type: 'make' }) {
    const { agents, dialect, nailed, settings } = this.#parts;
    const agent = agents.agentOn(device);
    const verdict = MAKE_TABLE[dialect.deployment][agent?.status.state ?? 'LOGOUT'];
    // The dialer's own call: the agent was reserved for it.
    const reserved = outbound !== undefined && agent?.status.state === 'RESERVED_OUTBOUND_PREVIEW';
    if (typeof verdict === 'number' && !reserved) return control(verdict);
    if (verdict === 'belligerent' && !belligerent) return control(CF.INVALID_OBJECT_STATE);
    if (!agents.instrumentInService(device)) return control(CF.RESOURCE_OUT_OF_SERVICE);
    if (agent && !nailed.ready(agent.profile.loginId)) return control(CF.RESOURCE_OUT_OF_SERVICE);
    if (dialed === '' || dialed.length > DIALED_NUMBER_MAX) return control(CF.INVALID_DIALED_NUMBER);
    if (dialed === device) return control(CF.INVALID_DESTINATION);
    if (line.connections.some(({ state }) => state !== 'HOLD') || line.claims.size > 0)
      return control(CF.RESOURCE_BUSY);
    if (line.load >= settings.callsPerDeviceMax) return control(CF.MAXIMUM_LINE_LIMIT_EXCEEDED);
    if (this.#parts.board.size >= settings.callsMax) return control(CF.RESOURCE_BUSY);
    const wrong = dataRefusal(EMPTY_CALL_DATA, data, settings);
    return wrong === null ? null : status(wrong);
  }

  #open(
    leg: Leg,
    device: string,
    dialed: string,
    { help, outbound }: { readonly help?: HelpWanted; readonly outbound?: CallTypeName } = {},
  ): { call: Call; connection: Connection } {
    const { board, types, agents } = this.#parts;
    const outside = destinationOf(this.#parts, dialed)?.kind === 'external';
    const callType = outbound ?? (help ? HELP_TYPES[help] : outside ? types.dialledOut : types.inside);
    const call = board.open(callType);
    const agentId = agents.agentOn(device)?.profile.loginId ?? null;
    const connection = board.add(call, 'initiate', {
      device,
      kind: 'station',
      callType,
      leg,
      agentId,
      outgoing: true,
    });
    return { call, connection };
  }

  #announce(connection: Connection): void {
    const { board, emit } = this.#parts;
    board.begin(connection);
    emit({ type: 'serviceInitiated', call: connection.call, device: connection.name, cause: 'NEW_CALL' });
  }

  #nailedLeg(device: string): Leg | null {
    const agent = this.#parts.agents.agentOn(device);
    return agent ? this.#parts.nailed.leg(agent.profile.loginId) : null;
  }
}

/** A leg of the phone all of whose calls are on hold: the next call can use it. */
function idleLeg(line: Line): Leg | null {
  return line.connections.find(({ leg, state }) => state === 'HOLD' && leg?.up)?.leg ?? null;
}
