import type { Cause, DeviceName } from './call-fact.ts';
import type { Call, Connection, ConnectionBirth, Leg, Offer, Reservation } from './call-record.ts';
import { HELP_CAUSES } from './call-type.ts';
import { destinationOf, obstacleAt } from './destination.ts';
import { conferenced } from './joined.ts';
import type { Parts } from './parts.ts';
import type { LegCause } from './switch.ts';

/** What an event says where a leg could not be had or has ended. */
const EVENT_CAUSE: Readonly<Record<LegCause, Cause>> = {
  normal: 'NONE',
  busy: 'BUSY',
  unobtainable: 'DEST_NOT_OBTAINABLE',
  noAnswer: 'CALL_NOT_ANSWERED',
  rejected: 'BUSY',
  outOfService: 'DEST_NOT_OBTAINABLE',
  congestion: 'TRUNKS_BUSY',
  failure: 'NETWORK_NOT_OBTAINABLE',
};
/** The phone was there and nobody wanted to answer it. */
const NOBODY_THERE: ReadonlySet<LegCause> = new Set(['busy', 'noAnswer', 'rejected', 'normal']);
/** A ring timer that falls due while the switch is away looks again after this long. */
const AWAY_RETRY_MS = 1_000;

/** How an offer is made. */
export interface OfferOptions {
  readonly called?: DeviceName;
  readonly cause?: Cause;
  readonly lastRedirect?: DeviceName | null;
  readonly reservation?: Reservation | null;
  readonly addedBy?: string | null;
  readonly conferenceCause?: Cause;
  readonly autoAnswer?: boolean;
  readonly ringMs?: number;
  readonly skillGroup?: number | null;
  readonly reached?: ((outcome: true | Cause) => void) | null;
}

/** From a number to somebody who answers: ringing phones, outside numbers, and what becomes of them. */
export class Dialling {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** The device has dialled: CALL_ORIGINATED_EVENT, and the call goes on to its destination. */
  dial(caller: Connection, number: string): void {
    const { emit } = this.#parts;
    const { call } = caller;
    const target = number === caller.device ? null : destinationOf(this.#parts, number);
    const called = target ?? { id: number, kind: 'external' };
    call.data = { ...call.data, ani: call.data.ani || caller.device, dialedNumber: number, dnis: number };
    const cause = HELP_CAUSES[call.type] ?? 'NEW_CALL';
    emit({ type: 'originated', call, calling: caller.name, called, cause });
    const obstacle = obstacleAt(this.#parts, target);
    if (obstacle || !target) {
      this.failed(call, called, called, obstacle?.cause ?? 'DEST_NOT_OBTAINABLE');
    } else if (target.kind === 'routePoint') this.#parts.routing.enqueue(call, target, cause);
    else this.offer(call, target, this.callTypeFor(call, target), { cause });
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
    this.offer(call, target, callType, {
      called: place.routePoint,
      cause: place.again ? 'REDIRECTED' : 'NEW_CALL',
      lastRedirect: place.routePoint,
      reservation,
      ringMs: settings.ringMs,
      skillGroup: reservation.skillGroup,
      addedBy: this.#parts.media.talkers(call).length >= 2 ? call.controller : null,
    });
  }

  /** Calls a party. */
  offer(
    call: Call,
    target: DeviceName,
    callType: ConnectionBirth['callType'],
    options: OfferOptions = {},
  ): Offer {
    const { board, orders, settings, clock, turns, nailed } = this.#parts;
    const agent = target.kind === 'station' ? this.#parts.desk.on(target.id) : undefined;
    const nailedLeg = agent?.mobile?.mode === 'NAILED_CONNECTION' ? nailed.leg(agent.profile.loginId) : null;
    const leg = nailedLeg ?? board.newLeg(target.id);
    const reservation = options.reservation ?? null;
    const birth: ConnectionBirth = {
      device: target.id,
      kind: target.kind,
      callType,
      leg,
      agentId: agent?.profile.loginId ?? null,
      routed: reservation !== null,
      skillGroup: options.skillGroup ?? call.skillGroup,
    };
    const offer: Offer = {
      call,
      target,
      called: options.called ?? target,
      leg,
      birth,
      cause: options.cause ?? 'NEW_CALL',
      lastRedirect: options.lastRedirect ?? null,
      reservation,
      addedBy: options.addedBy ?? null,
      conferenceCause: options.conferenceCause ?? 'NONE',
      connection: null,
      timer: null,
      reached: options.reached ?? null,
      over: false,
    };
    leg.offer = offer;
    call.offers.add(offer);
    if (reservation) reservation.offer = offer;
    const line = target.kind === 'station' ? board.line(target.id) : undefined;
    if (line) {
      line.claims.add(offer);
      board.touchLine(line);
    }
    const ringMs = options.ringMs ?? settings.alertingMaxMs;
    const expire = (): void => {
      if (offer.over) return;
      if (orders.up) this.#unanswered(offer, 'noAnswer');
      else offer.timer = clock.schedule(AWAY_RETRY_MS, () => turns.run(expire));
    };
    offer.timer = clock.schedule(ringMs, () => turns.run(expire));
    if (nailedLeg) {
      turns.run(() => this.ringing(leg));
      return offer;
    }
    const outside = agent?.mobile ?? null;
    orders.send(
      {
        type: 'offer',
        leg: leg.id,
        address: outside?.number ?? target.id,
        kind: outside ? 'external' : target.kind === 'external' ? 'external' : 'station',
        purpose: 'call',
        autoAnswer: options.autoAnswer ?? false,
        callerId: call.data.ani,
        // The timer above decides; this is for a switch whose order to stop ringing got lost.
        ringMs: ringMs + 5_000,
      },
      (result) => {
        if (result === 'gone') this.legGone(leg, 'failure');
        else if (result === 'refused') this.legGone(leg, 'congestion');
        else if (!offer.over && target.kind === 'external') this.#reachedNetwork(offer);
      },
    );
    return offer;
  }

  /** The party's phone rings. */
  ringing(leg: Leg): void {
    const { offer } = leg;
    if (offer && !offer.over) this.#alert(offer);
  }

  /** The party has answered. */
  answered(leg: Leg): void {
    const { board, emit, routing, supervision } = this.#parts;
    const { offer } = leg;
    if (!offer || offer.over) return;
    this.#alert(offer);
    const { connection, call } = offer;
    if (!connection || connection.gone) return;
    if (call.watched) {
      this.settleOffer(offer);
      supervision.listen(connection);
      return;
    }
    this.#freeLine(connection);
    this.settleOffer(offer);
    board.move(connection, 'answer');
    if (offer.reservation) routing.answered(offer.reservation);
    for (const party of call.connections) if (party.state === 'INITIATE') board.move(party, 'reach');
    emit({
      type: 'established',
      call,
      answering: connection.name,
      calling: callerOf(call, connection),
      called: offer.called,
      lastRedirect: offer.lastRedirect,
      cause: offer.cause,
    });
    if (offer.addedBy !== null) conferenced(this.#parts, connection, offer.addedBy, offer.conferenceCause);
  }

  /** The leg has ended, by itself or because the switch lost it. */
  legGone(leg: Leg, cause: LegCause): void {
    const { board, clearing, nailed } = this.#parts;
    if (!board.legs.has(leg.id)) return;
    board.forgetLeg(leg);
    const { offer } = leg;
    leg.provedByGone?.confirm();
    if (offer && !offer.over) this.#unanswered(offer, cause);
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

  /** The offer is over, one way or the other; its connection and leg are the caller's business. */
  settleOffer(offer: Offer): void {
    offer.over = true;
    offer.timer?.cancel();
    offer.call.offers.delete(offer);
    if (offer.leg.offer === offer) offer.leg.offer = null;
    const line = this.#parts.board.line(offer.target.id);
    if (line?.claims.delete(offer)) this.#parts.board.touchLine(line);
  }

  /** Stops calling the party. A connection that rings must have been removed before. */
  cancel(offer: Offer): void {
    if (offer.over) return;
    this.settleOffer(offer);
    this.#parts.clearing.release(offer.leg);
    const { reached } = offer;
    offer.reached = null;
    reached?.('CALL_CANCELLED');
  }

  /** The party has turned the call away. */
  turnedAway(offer: Offer): void {
    this.#unanswered(offer, 'rejected');
  }

  /** The party's phone has left service. */
  outOfService(offer: Offer): void {
    this.#unanswered(offer, 'outOfService');
  }

  /** Takes back a party that has just been reached, before anybody was told of it. */
  retract(offer: Offer): void {
    if (offer.connection) this.#parts.board.remove(offer.connection, 'divert');
    this.cancel(offer);
  }

  #alert(offer: Offer): void {
    if (offer.connection) return;
    const { board, emit } = this.#parts;
    const { call, birth, reservation } = offer;
    const line = board.line(offer.target.id);
    line?.claims.delete(offer);
    if (reservation) call.skillGroup = reservation.skillGroup;
    if (birth.kind === 'station') call.data = { ...call.data, dnis: birth.device };
    const connection = board.add(call, 'alert', birth);
    offer.connection = connection;
    const { reached } = offer;
    offer.reached = null;
    reached?.(true);
    if (connection.gone) return;
    board.begin(connection);
    emit({
      type: 'delivered',
      call,
      alerting: connection.name,
      calling: call.watched ? connection.name : callerOf(call, connection),
      called: offer.called,
      lastRedirect: offer.lastRedirect,
      cause: offer.cause,
    });
  }

  #unanswered(offer: Offer, legCause: LegCause): void {
    const { board, clearing, emit, routing } = this.#parts;
    const { call, connection, leg, reservation, target, called, reached } = offer;
    const cause = EVENT_CAUSE[legCause];
    if (reservation) {
      routing.notAnswered(reservation, cause, !NOBODY_THERE.has(legCause));
      return;
    }
    this.settleOffer(offer);
    if (connection) {
      board.remove(connection, 'divert');
      emit({ type: 'connectionCleared', call, releasing: connection.name, cause });
      board.endLater(call, connection.device);
    }
    if (!leg.gone) clearing.release(leg, legCause);
    if (reached) {
      reached(cause);
      clearing.settle(call, cause, [target]);
    } else if (call.watched) clearing.call(call, cause);
    else this.failed(call, target, called, cause);
  }

  /** Whoever answers at a phone leaves the other call there: an active one is held, one that goes nowhere ends. */
  #freeLine(connection: Connection): void {
    const { board, clearing, routing } = this.#parts;
    const line = connection.kind === 'station' ? board.line(connection.device) : undefined;
    for (const other of [...(line?.connections ?? [])]) {
      if (other === connection) continue;
      if (other.state === 'CONNECT') board.held(other, 'NONE');
      else if (other.state === 'INITIATE' || other.state === 'FAIL') clearing.connection(other, 'NONE');
    }
    const { reservation } = line ?? {};
    if (reservation && reservation.call !== connection.call) routing.pullBack(reservation, 'REDIRECTED');
  }

  #reachedNetwork({ call, target }: Offer): void {
    const { board, emit, types } = this.#parts;
    const calling = callerOf(call, null);
    if (!calling) return;
    emit({ type: 'reachedNetwork', call, calling, called: target });
    if (call.type === types.dialledOut && types.out !== types.dialledOut) {
      board.retype(call, types.out, call.connections);
    }
  }
}

/** The party that the others see as the calling one: the first in the call. */
function callerOf(call: Call, besides: Connection | null): DeviceName | null {
  const caller = call.connections.find((party) => party !== besides && party.kind !== 'routePoint');
  return caller?.name ?? null;
}
