import { ControlFailureCode as CF } from '@poise/ged188';
import type { Failure } from '../agent-model.ts';
import { dataRefusal, difference, patched } from './call-data.ts';
import type { Cause, DeviceName } from './call-fact.ts';
import type { Connection } from './call-record.ts';
import type { CallRequest } from './call-request.ts';
import type { ConferenceRules } from './conference-rules.ts';
import { destinationOf, obstacleAt } from './destination.ts';
import { partiesToBe, partyCount, partyNames } from './joined.ts';
import { control, GONE, Operation, status } from './operation.ts';
import type { Parts } from './parts.ts';
import { isFailure, type RequestLine } from './request-line.ts';

type SingleStep = CallRequest & { type: 'singleStepTransfer' | 'singleStepConference' };

const CODE_OF_CAUSE: Partial<Record<Cause, number>> = {
  BUSY: CF.RESOURCE_BUSY,
  CALL_NOT_ANSWERED: CF.RESOURCE_BUSY,
  TRUNKS_BUSY: CF.NETWORK_BUSY,
  CALL_CANCELLED: CF.INVALID_CSTA_CONNECTION_IDENTIFIER,
};

/**
 * Handing a call on without a consult call, and deflecting one that rings. The device keeps the call until the
 * new party rings: one that cannot be had costs nobody the call.
 */
export class SingleStepMoves {
  readonly #parts: Parts;
  readonly #requests: RequestLine;
  readonly #rules: ConferenceRules;

  constructor(parts: Parts, requests: RequestLine, rules: ConferenceRules) {
    this.#parts = parts;
    this.#requests = requests;
    this.#rules = rules;
  }

  run(operation: Operation, request: SingleStep): Failure | undefined {
    const { offers, types } = this.#parts;
    const active = this.#requests.find(request.active, 'singleStep');
    if (isFailure(active)) return active;
    const target = this.#target(active, request);
    if (isFailure(target)) return target;
    const { call } = active;
    const transfer = request.type === 'singleStepTransfer';
    const settled = (): void => {
      const parties = partiesToBe(call, transfer ? [active] : []);
      operation.succeed({ connection: { callId: call.id, device: target.id }, call, parties });
      this.#setData(active, request);
    };
    if (target.kind === 'routePoint') {
      settled();
      if (transfer) this.#leave(active, target, () => this.#parts.routing.enqueue(call, target, 'TRANSFER'));
      else this.#parts.routing.enqueue(call, target, 'KEY_CONFERENCE', active.device);
      return;
    }
    offers.make(call, target, transfer ? types.directTransfer : types.conference, {
      cause: transfer ? 'TRANSFER' : 'KEY_CONFERENCE',
      lastRedirect: active.name,
      addedBy: transfer ? null : active.device,
      conferenceCause: 'NONE',
      reached: (outcome) => {
        if (outcome !== true) {
          operation.refuse(unreachable(outcome));
          return;
        }
        if (active.gone && transfer) operation.refuse(GONE);
        else settled();
        if (transfer) this.#leave(active, target, () => {});
      },
    });
  }

  /** DEFLECT_CALL_REQ. */
  deflect(operation: Operation, request: CallRequest & { type: 'deflect' }): Failure | undefined {
    const { offers, routing } = this.#parts;
    const found = this.#requests.find(request.connection, 'deflect');
    if (isFailure(found)) return found;
    const { call } = found;
    // A supervisor's way into a call is nobody else's.
    if (found.callType.startsWith('SUPERVISOR_')) return control(CF.INVALID_OBJECT_STATE);
    const target = this.#reachable(found, request.to);
    if (isFailure(target)) return target;
    const move = (): void => {
      operation.succeed({ call });
      this.#divert(found, target);
    };
    if (target.kind === 'routePoint') {
      move();
      routing.enqueue(call, target, 'CALL_FORWARD');
      return;
    }
    const offer = offers.make(call, target, found.callType, {
      cause: 'REDIRECTED',
      lastRedirect: found.name,
      reached: (outcome) => {
        if (outcome !== true) {
          operation.refuse(unreachable(outcome));
          return;
        }
        if (found.state === 'ALERTING' && !found.gone) return move();
        // Answered by hand meanwhile.
        operation.refuse(GONE);
        offers.retract(offer);
      },
    });
  }

  /** The phone's own transfer key: nobody asked, so nobody is answered. */
  byHand(active: Connection, to: string): void {
    const line = this.#parts.board.line(active.device);
    if (!line || active.kind !== 'station') return;
    const operation = new Operation(
      line,
      () => {},
      () => {},
    );
    const connection = { callId: active.callId, device: active.device };
    this.run(operation, { type: 'singleStepTransfer', active: connection, dialed: to, data: {} });
  }

  /** The device leaves the call; `then` brings the new party in where that has not happened. */
  #leave(active: Connection, target: DeviceName, then: () => void): void {
    const { board, emit, types, clearing } = this.#parts;
    const { call, leg } = active;
    if (active.gone || !board.remove(active)) return;
    const arrived = call.connection(target.id);
    if (arrived) board.begin(arrived);
    if (call.controller === active.device || call.connections.length < 3) call.controller = null;
    board.dissociate(call);
    emit({
      type: 'transferred',
      call,
      primaryCallId: call.id,
      secondaryCallId: null,
      transferring: active.name,
      transferred: target,
      parties: partyNames(call),
      moved: [],
      cause: 'TRANSFER',
    });
    board.retype(call, types.transferred);
    board.endLater(call, active.device);
    if (leg) clearing.release(leg);
    then();
  }

  /** A ringing connection goes elsewhere. */
  #divert(found: Connection, target: DeviceName): void {
    const { board, emit, offers, routing, clearing } = this.#parts;
    const { call, leg } = found;
    const reservation = call.reservation?.line.device === found.device ? call.reservation : null;
    board.remove(found, 'divert');
    emit({ type: 'diverted', call, diverting: found.name, called: target, cause: 'REDIRECTED' });
    const offer = leg?.offer;
    if (offer?.connection === found) offers.settle(offer);
    if (leg) clearing.release(leg);
    if (reservation) routing.release(call, false);
    board.endLater(call, found.device);
  }

  #target(active: Connection, request: SingleStep): DeviceName | Failure {
    const { settings } = this.#parts;
    const { call, device, listening } = active;
    if (listening) return control(CF.INVALID_OBJECT_STATE);
    const wrong = dataRefusal(call.data, request.data, settings);
    if (wrong !== null) return status(wrong);
    const controller = this.#rules.controllerRefusal(call, device);
    if (controller) return controller;
    // Somebody else of the call is on the way already.
    if (call.waiting || call.reservation || call.offers.size > 0) return control(CF.INVALID_OBJECT_STATE);
    const added = request.type === 'singleStepTransfer' ? 0 : 1;
    if (partyCount(call) + added > settings.conferencePartiesMax) return this.#rules.bridgeFull();
    return this.#reachable(active, request.dialed);
  }

  #reachable({ call, device }: Connection, number: string): DeviceName | Failure {
    const target = number === device ? null : destinationOf(this.#parts, number);
    if (target && call.connection(target.id)) return control(CF.INVALID_DESTINATION);
    const obstacle = obstacleAt(this.#parts, target);
    if (obstacle) return control(obstacle.code);
    return target ?? control(CF.INVALID_DESTINATION);
  }

  #setData({ call }: Connection, { data }: SingleStep): void {
    const before = call.data;
    call.data = patched(before, data);
    const changed = difference(before, call.data);
    if (changed) this.#parts.emit({ type: 'dataUpdated', call, changed });
  }
}

function unreachable(cause: Cause): Failure {
  return control(CODE_OF_CAUSE[cause] ?? CF.INVALID_DESTINATION);
}
