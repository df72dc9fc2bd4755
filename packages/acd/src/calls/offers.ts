import type { Cause, DeviceName } from './call-fact.ts';
import type { Call, Connection, ConnectionBirth, Leg, Offer, Reservation } from './call-record.ts';
import { conferenced } from './joined.ts';
import { EVENT_CAUSE } from './leg-cause.ts';
import type { Parts } from './parts.ts';
import type { LegCause } from './switch.ts';

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

/** Parties that are being called: from the order to ring them to their answer, or to its absence. */
export class Offers {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Calls a party. */
  make(
    call: Call,
    target: DeviceName,
    callType: ConnectionBirth['callType'],
    options: OfferOptions = {},
  ): Offer {
    const { board, orders, settings, clock, turns, nailed, dialling } = this.#parts;
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
      onNetwork: false,
      connection: null,
      timer: null,
      reached: options.reached ?? null,
      reachTimer: null,
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
      if (orders.up) this.unanswered(offer, 'noAnswer');
      else offer.timer = clock.schedule(AWAY_RETRY_MS, () => turns.run(expire));
    };
    offer.timer = clock.schedule(ringMs, () => turns.run(expire));
    if (offer.reached) {
      offer.reachTimer = clock.schedule(settings.reachMs, () => turns.run(() => this.#notRinging(offer)));
    }
    if (nailedLeg) {
      turns.run(() => this.ringing(leg));
      return offer;
    }
    const outside = agent?.mobile ?? null;
    leg.outside = outside !== null;
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
        if (result === 'gone') dialling.legGone(leg, 'failure');
        else if (result === 'refused') dialling.legGone(leg, 'congestion');
        else this.#reachedNetwork(offer);
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
    const { board, emit, routing, monitoring } = this.#parts;
    const { offer } = leg;
    if (!offer || offer.over) return;
    this.#alert(offer);
    const { connection, call } = offer;
    if (!connection || connection.gone) return;
    if (call.watched) {
      this.settle(offer);
      monitoring.listen(connection);
      return;
    }
    this.#freeLine(connection);
    this.settle(offer);
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
    const { addedBy } = offer;
    if (addedBy !== null && call.connection(addedBy))
      conferenced(this.#parts, connection, addedBy, offer.conferenceCause);
  }

  /** The offer is over, one way or the other; its connection and leg are the caller's business. */
  settle(offer: Offer): void {
    offer.over = true;
    offer.timer?.cancel();
    offer.reachTimer?.cancel();
    offer.call.offers.delete(offer);
    if (offer.leg.offer === offer) offer.leg.offer = null;
    const line = this.#parts.board.line(offer.target.id);
    if (line?.claims.delete(offer)) this.#parts.board.touchLine(line);
  }

  /** Stops calling the party. A connection that rings must have been removed before. */
  cancel(offer: Offer): void {
    if (offer.over) return;
    this.settle(offer);
    this.#parts.clearing.release(offer.leg);
    tellReached(offer, 'CALL_CANCELLED');
  }

  /** Takes back a party that has just been reached, before anybody was told of it. */
  retract(offer: Offer): void {
    if (offer.connection) this.#parts.board.remove(offer.connection, 'divert');
    this.cancel(offer);
  }

  #alert(offer: Offer): void {
    if (offer.connection) return;
    this.#reachedNetwork(offer);
    const { board, emit } = this.#parts;
    const { call, birth, reservation } = offer;
    const line = board.line(offer.target.id);
    line?.claims.delete(offer);
    if (reservation) call.skillGroup = reservation.skillGroup;
    if (birth.kind === 'station') call.data = { ...call.data, dnis: birth.device };
    const connection = board.add(call, 'alert', birth);
    offer.connection = connection;
    tellReached(offer, true);
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

  /** An outside number may answer without ringing first: it counts as reached. A phone that does not ring is not there. */
  #notRinging(offer: Offer): void {
    if (offer.over || !offer.reached) return;
    if (offer.target.kind === 'external') tellReached(offer, true);
    else this.unanswered(offer, 'noAnswer');
  }

  /** The party cannot be had, or does not want to. */
  unanswered(offer: Offer, legCause: LegCause): void {
    const { board, clearing, dialling, emit, routing } = this.#parts;
    const { call, connection, leg, reservation, target, called } = offer;
    const cause = EVENT_CAUSE[legCause];
    if (reservation) {
      routing.notAnswered(reservation, cause, !NOBODY_THERE.has(legCause));
      return;
    }
    this.settle(offer);
    if (connection) {
      board.remove(connection, 'divert');
      emit({ type: 'connectionCleared', call, releasing: connection.name, cause });
      board.endLater(call, connection.device);
    }
    if (!leg.gone) clearing.release(leg, legCause);
    if (tellReached(offer, cause)) {
      clearing.settle(call, cause, [target]);
    } else if (call.watched) clearing.call(call, cause);
    else dialling.failed(call, target, called, cause);
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

  /** Told once: when the switch has placed the call, or when the far end rings before it says so. */
  #reachedNetwork(offer: Offer): void {
    const { board, emit, types } = this.#parts;
    const { call, target } = offer;
    const calling = callerOf(call, offer.connection);
    if (target.kind !== 'external' || offer.over || offer.onNetwork || !calling) return;
    offer.onNetwork = true;
    emit({ type: 'reachedNetwork', call, calling, called: target });
    if (call.type === types.dialledOut && types.out !== types.dialledOut) {
      board.retype(call, types.out, call.connections);
    }
  }
}

/** @returns false if nobody waits for it */
function tellReached(offer: Offer, outcome: true | Cause): boolean {
  const { reached } = offer;
  offer.reached = null;
  reached?.(outcome);
  return reached !== null;
}

/** The party that the others see as the calling one: the first in the call. */
function callerOf(call: Call, besides: Connection | null): DeviceName | null {
  const caller = call.connections.find((party) => party !== besides && party.kind !== 'routePoint');
  return caller?.name ?? null;
}
