import { ControlFailureCode as CF, FailureStatus as E } from '@poise/ged188';
import type { Failure } from '../agent-model.ts';
import type { Deployment } from '../dialect.ts';
import { dataRefusal, patched } from './call-data.ts';
import type { Call, Connection } from './call-record.ts';
import type { CallOutcome, CallRequest } from './call-request.ts';
import { suits } from './connection-table.ts';
import { control, GONE, type Operation, status } from './operation.ts';
import type { Parts } from './parts.ts';
import { isFailure, type RequestLine } from './request-line.ts';

/** Digits of one request at most. */
const DTMF_MAX = 32;
const DIGITS: Readonly<Record<Deployment, RegExp>> = { CCE: /^[0-9*#A-D]+$/, CCX: /^[0-9*#]+$/ };

/** Ending connections, digits, recording and call data. */
export class CallRequests {
  readonly #parts: Parts;
  readonly #requests: RequestLine;

  constructor(parts: Parts, requests: RequestLine) {
    this.#parts = parts;
    this.#requests = requests;
  }

  /** CLEAR_CONNECTION_REQ, by the party itself or by another one of the call. */
  clear(
    operation: Operation,
    { connection: wish, requesting }: CallRequest & { type: 'clear' },
  ): Failure | undefined {
    const found = this.#requests.find(wish, 'clear');
    if (isFailure(found)) return found;
    const refusal = found.device === requesting ? null : this.#dropOtherRefusal(found.call, requesting);
    if (refusal) return refusal;
    this.#hangUp(operation, found);
  }

  clearCall(operation: Operation, { connection }: CallRequest & { type: 'clearCall' }): Failure | undefined {
    const { clearing } = this.#parts;
    const found = this.#requests.find(connection, 'clearCall');
    if (isFailure(found)) return found;
    const { call, device } = found;
    if (call.connections.length > 2 && call.controller !== null && call.controller !== device)
      return control(CF.PRIVILEGE_VIOLATION_ON_SPECIFIED_DEVICE);
    operation.succeed();
    clearing.call(call, 'NONE');
  }

  /** The digits are played to everybody else in the call. */
  dtmf(operation: Operation, { connection, digits }: CallRequest & { type: 'dtmf' }): Failure | undefined {
    const { media, orders, dialect } = this.#parts;
    const found = this.#requests.find(connection, 'dtmf');
    if (isFailure(found)) return found;
    if (digits.length > DTMF_MAX) return status(E.VALUE_TOO_LONG);
    if (!DIGITS[dialect.deployment].test(digits)) return status(E.INVALID_DIGITS);
    const legs = media.talkers(found.call).flatMap(({ leg }) => (leg && leg !== found.leg ? [leg] : []));
    if (found.listening || legs.length === 0) return control(CF.NO_ACTIVE_CALL);
    operation.proceed(() => {
      operation.succeed({ call: found.call });
      return undefined;
    });
    let pending = legs.length;
    let best: 'done' | 'gone' | 'refused' = 'refused';
    for (const leg of legs) {
      orders.send({ type: 'digits', leg: leg.id, digits }, (result) => {
        if (result === 'done' || best === 'refused') best = result;
        if (--pending === 0) operation.settle(best);
      });
    }
  }

  /** A supervisor who only listens records the call that is watched: the monitor call has no sound of its own. */
  record(operation: Operation, { connection, on }: CallRequest & { type: 'record' }): Failure | undefined {
    const found = this.#requests.find(connection, 'record');
    if (isFailure(found)) return found;
    const recorded = found.listening ? found.call.watched?.connection : found;
    const verdict = suits(recorded?.state ?? 'NULL', 'record');
    if (!recorded || verdict !== 'ok') return control(verdict === 'ok' ? CF.INVALID_OBJECT_STATE : verdict);
    const { call } = recorded;
    operation.proceed(() => {
      if (call.ended) return GONE;
      call.recorded = on;
      operation.succeed({ call });
    });
    this.#parts.orders.send({ type: 'record', callId: call.id, on }, (result) => operation.settle(result));
  }

  /** SET_CALL_DATA_REQ: also while the agent of the phone is in wrap-up after the call. */
  setData({ connection, data }: CallRequest & { type: 'setData' }): CallOutcome {
    const call = this.#dataCall(connection.callId, connection.device);
    if (typeof call === 'number') return { ok: false, failure: status(call) };
    const wrong = dataRefusal(call.data, data, this.#parts.settings);
    if (wrong !== null) return { ok: false, failure: status(wrong) };
    return { ok: true, call };
  }

  /** What setData found right; told to everybody, also when nothing is different. */
  applyData({ connection, data }: CallRequest & { type: 'setData' }): void {
    const call = this.#dataCall(connection.callId, connection.device);
    if (typeof call === 'number') return;
    call.data = patched(call.data, data);
    this.#parts.emit({ type: 'dataUpdated', call, changed: data });
  }

  /** RELEASE_CALL_REQ: only the data of a call that has ended can be released. */
  release({ connection }: CallRequest & { type: 'release' }): CallOutcome {
    const call = this.#dataCall(connection.callId, connection.device);
    if (typeof call === 'number') return { ok: false, failure: status(call) };
    if (call.connection(connection.device)) return { ok: false, failure: status(E.INVALID_OBJECT_STATE) };
    return { ok: true, call };
  }

  #hangUp(operation: Operation, connection: Connection): Failure | undefined {
    const { orders, board, clearing, routing, offers } = this.#parts;
    const { leg, call } = connection;
    const proceed = (): Failure | undefined => {
      operation.succeed({ call });
      if (connection.gone) return;
      const { reservation } = call;
      // An agent who turns a routed call away has not answered it.
      if (connection.state === 'ALERTING' && reservation?.offer?.connection === connection)
        routing.notAnswered(reservation, 'CALL_NOT_ANSWERED', false);
      else if (connection.state === 'ALERTING' && leg?.offer?.connection === connection)
        offers.unanswered(leg.offer, 'rejected');
      else clearing.connection(connection, 'NONE');
    };
    const shared = !leg || leg.connections.size > 1 || leg.nailedFor !== null || leg.gone;
    if (shared) return proceed();
    operation.proceed(proceed);
    leg.provedByGone = operation;
    orders.send({ type: 'drop', leg: leg.id, cause: 'normal' }, (result) => {
      if (leg.provedByGone === operation) leg.provedByGone = null;
      // Nothing is left of it at the switch: in the model neither.
      if (result !== 'refused') board.forgetLeg(leg);
      operation.settle(result === 'refused' ? result : 'done');
    });
  }

  #dropOtherRefusal(call: Call, requesting: string) {
    const { dropOthers } = this.#parts.settings;
    if (dropOthers === 'none') return control(CF.DROP_ANY_PARTY_NOT_ENABLED_CTI);
    const asking = call.connection(requesting);
    if (!asking || asking.listening || asking.state !== 'CONNECT')
      return control(CF.INVALID_CSTA_CONNECTION_IDENTIFIER);
    if (dropOthers === 'controller' && call.controller !== requesting)
      return control(CF.DROP_ANY_PARTY_NOT_ENABLED_CTI);
    return null;
  }

  #dataCall(callId: number | null, device: string): Call | number {
    const { board } = this.#parts;
    const line = board.line(device);
    const known = [...(line?.connections ?? []).map(({ call }) => call)];
    if (line?.wrapUp) known.push(line.wrapUp.call);
    if (callId === null) return known.length === 1 && known[0] ? known[0] : E.INVALID_CALLID;
    const call = board.calls.get(callId);
    if (!call) return E.INVALID_CALLID;
    return known.includes(call) || call.connection(device) ? call : E.NOT_CALL_PARTY;
  }
}
