import { ControlFailureCode as CF } from '@poise/ged188';
import type { Failure } from '../agent-model.ts';
import type { Connection, Line } from './call-record.ts';
import type { CallOutcome, CallRequest, ConnectionWish } from './call-request.ts';
import { type ConnectionRole, suits } from './connection-table.ts';
import { control, Operation } from './operation.ts';
import type { Parts } from './parts.ts';

type Done = (outcome: CallOutcome) => void;

/** Finding what a request means, and carrying out the requests of one phone one after the other. */
export class RequestLine {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /**
   * Carries out a request of a phone, after those before it: while the switch works on one, the next waits and is
   * judged by what has become of the calls then. `body` returns the refusal, or sees to the answer.
   */
  run(device: string, done: Done, body: (operation: Operation) => Failure | undefined): void {
    const { board, orders, settings, turns } = this.#parts;
    const line = board.line(device);
    if (!line) {
      done({ ok: false, failure: control(CF.INVALID_CSTA_DEVICE_IDENTIFIER) });
      return;
    }
    if (line.operation && line.waiting.length >= settings.requestsWaitingMax) {
      done({ ok: false, failure: control(CF.OUTSTANDING_REQUEST_LIMIT_EXCEEDED) });
      return;
    }
    const finished = (): void => {
      line.operation = null;
      const next = line.waiting.shift();
      if (next) turns.run(next);
    };
    const begin = (): void => {
      // Somebody who was faster after the last one had finished.
      if (line.operation) {
        line.waiting.unshift(begin);
        return;
      }
      const operation = new Operation(line, done, finished);
      line.operation = operation;
      const refusal = orders.up ? body(operation) : control(CF.RESOURCE_OUT_OF_SERVICE);
      if (refusal) operation.refuse(refusal);
    };
    if (line.operation || line.waiting.length > 0) line.waiting.push(begin);
    else begin();
  }

  /** The connection that a request names, or means by leaving out the call, if its state fits the request. */
  find(wish: ConnectionWish, role: ConnectionRole): Connection | Failure {
    const connections = this.#at(wish.device);
    if (wish.callId !== null) {
      const found = connections.find(({ callId }) => callId === wish.callId);
      if (!found) return control(CF.INVALID_CSTA_CONNECTION_IDENTIFIER);
      const verdict = suits(found.state, role);
      return verdict === 'ok' ? found : control(verdict);
    }
    const fitting = connections.filter(({ state }) => suits(state, role) === 'ok');
    const [only] = fitting;
    if (fitting.length === 1 && only) return only;
    if (fitting.length > 1) return control(CF.INVALID_CSTA_CONNECTION_IDENTIFIER);
    const verdict = suits(connections[0]?.state ?? 'NULL', role);
    return control(verdict === 'ok' ? CF.INVALID_CSTA_CONNECTION_IDENTIFIER : verdict);
  }

  /** The connections of a phone; of other devices those in the calls, found by a walk. */
  #at(device: string): readonly Connection[] {
    const { board } = this.#parts;
    const line = board.line(device);
    if (line && (line.connections.length > 0 || this.#parts.agents.roster.hasDevice(device)))
      return line.connections;
    const found: Connection[] = [];
    for (const call of board.calls.values()) {
      const connection = call.connection(device);
      if (connection) found.push(connection);
    }
    return found;
  }
}

export function isFailure(found: object): found is Failure {
  return 'kind' in found && (found.kind === 'control' || found.kind === 'status');
}

/** The other connections of the phone that would be in the way of an active one. */
export function othersAt(line: Line | undefined, connection: Connection): Connection[] {
  return (line?.connections ?? []).filter(
    (other) => other !== connection && other.state !== 'HOLD' && other.state !== 'ALERTING',
  );
}

/** The phone whose requests are carried out one after the other. */
export function actingDevice(request: Exclude<CallRequest, { type: 'setData' | 'release' }>): string {
  switch (request.type) {
    case 'make':
      return request.device;
    case 'clear':
      return request.requesting;
    case 'supervise':
      return request.supervisor.device;
    case 'consult':
    case 'alternate':
    case 'reconnect':
    case 'transfer':
    case 'conference':
    case 'singleStepTransfer':
    case 'singleStepConference':
      return request.active.device;
    default:
      return request.connection.device;
  }
}
