import type { Cause, DeviceName } from './call-fact.ts';
import type { Call, Connection, ConnectionBirth, Leg, Reservation } from './call-record.ts';
import { HELP_CAUSES } from './call-type.ts';
import { destinationOf, obstacleAt } from './destination.ts';
import { EVENT_CAUSE } from './leg-cause.ts';
import type { Parts } from './parts.ts';
import type { LegCause } from './switch.ts';

/** From a number to a party that is called, and what becomes of a call that cannot reach one. */
export class Dialling {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** The device has dialled: CALL_ORIGINATED_EVENT, and the call goes on to its destination. */
  dial(caller: Connection, number: string): void {
    const { emit, turns } = this.#parts;
    const { call } = caller;
    const target = number === caller.device ? null : destinationOf(this.#parts, number);
    const called = target ?? { id: number, kind: 'external' };
    call.data = { ...call.data, ani: call.data.ani || caller.device, dialedNumber: number, dnis: number };
    const cause = HELP_CAUSES[call.type] ?? 'NEW_CALL';
    emit({ type: 'originated', call, calling: caller.name, called, cause });
    const obstacle = obstacleAt(this.#parts, target);
    if (obstacle || !target) {
      // In a turn of its own: that the agent has gone off-hook is told before, as with a number that can be reached.
      turns.run(() => this.failed(call, called, called, obstacle?.cause ?? 'DEST_NOT_OBTAINABLE'));
    } else if (target.kind === 'routePoint') this.#parts.routing.enqueue(call, target, cause);
    else this.#parts.offers.make(call, target, this.callTypeFor(call, target), { cause });
  }

  /** The call type that a party sees which is called by this call. */
  callTypeFor(call: Call, target: DeviceName): ConnectionBirth['callType'] {
    const { types } = this.#parts;
    if (call.type === types.consult) return target.kind === 'external' ? types.consult : types.consulted;
    return call.type;
  }

  /** Rings the phone of a reserved agent. */
  offerRouted(reservation: Reservation): void {
    const { types, settings } = this.#parts;
    const { call, line, place } = reservation;
    const target = { id: line.device, kind: 'station' } as const;
    const callType = call.type === types.consult ? types.consulted : types.routed;
    this.#parts.offers.make(call, target, callType, {
      called: place.routePoint,
      cause: place.again ? 'REDIRECTED' : 'NEW_CALL',
      lastRedirect: place.routePoint,
      reservation,
      ringMs: settings.ringMs,
      skillGroup: reservation.skillGroup,
      addedBy: place.addedBy,
    });
  }

  /** The leg has ended, by itself or because the switch lost it. */
  legGone(leg: Leg, cause: LegCause): void {
    const { board, clearing, nailed, offers } = this.#parts;
    if (!board.legs.has(leg.id)) return;
    board.forgetLeg(leg);
    const { offer } = leg;
    leg.provedByGone?.confirm();
    if (offer && !offer.over) offers.unanswered(offer, cause);
    for (const connection of [...leg.connections]) clearing.connection(connection, EVENT_CAUSE[cause]);
    if (leg.nailedFor !== null) nailed.lost(leg, cause);
  }

  /** The party cannot be had: whoever waits for it is told, and the call ends if nobody is left to talk to. */
  failed(call: Call, failing: DeviceName, called: DeviceName, cause: Cause): void {
    const { board, emit, clearing, settings, clock, turns } = this.#parts;
    if (call.ended) return;
    const callers = call.connections.filter(({ state }) => state === 'INITIATE');
    for (const caller of callers) board.move(caller, 'fail');
    emit({ type: 'failed', call, failing, called, cause });
    if (callers.some(({ kind }) => kind === 'station')) {
      call.failTimer = clock.schedule(settings.failedMs, () => turns.run(() => clearing.call(call, cause)));
    } else if (callers.length > 0) clearing.call(call, cause);
    else clearing.settle(call, cause, [failing]);
  }
}
