import type { Call, Connection, Leg } from './call-record.ts';
import type { Parts } from './parts.ts';
import type { OrderResult, SwitchOrder } from './switch.ts';

type Treatment = Extract<SwitchOrder, { type: 'park' }>['treatment'];

/** Who hears what: derived from the connections' states, ordered only where it changed. */
export class Media {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Parties of a call that talk to each other. */
  talkers(call: Call): Connection[] {
    return call.connections.filter(isTalking);
  }

  /** Brings the sound of every leg of the call in line with its connections. */
  refresh(call: Call): void {
    const talkers = this.talkers(call);
    if (talkers.length >= 2) this.#connect(call, talkers);
    else for (const { leg } of talkers) if (leg) this.#park(leg, whileAlone(call));
    for (const connection of call.connections) {
      const { leg, state } = connection;
      if (!leg?.up || isTalking(connection) || connection.listening) continue;
      if (state === 'INITIATE') this.#park(leg, whileAlone(call));
      else if (state === 'FAIL') this.#park(leg, 'busy');
      else if (!hasActive(leg)) this.#park(leg, 'silence');
    }
  }

  /** A nailed leg without a call. */
  rest(leg: Leg): void {
    this.#park(leg, 'silence');
  }

  /**
   * Lets these connections talk in the call (one alone: the treatment that fits), whatever their state is now: the
   * order a request depends on. The states follow when it was carried out.
   */
  join(call: Call, connections: readonly Connection[], answered: (result: OrderResult) => void): void {
    const legs = connections.flatMap(({ leg }) => (leg?.up ? [leg] : []));
    const [first] = legs;
    if (!first) {
      this.#parts.turns.run(() => answered('done'));
      return;
    }
    const key = legs.length === 1 ? 'park music' : keyOf(call, legs);
    for (const leg of legs) leg.media = key;
    const order: SwitchOrder =
      legs.length === 1
        ? { type: 'park', leg: first.id, treatment: 'music' }
        : { type: 'connect', callId: call.id, legs: legs.map(({ id }) => id) };
    this.#parts.orders.send(order, (result) => {
      if (result !== 'done') for (const leg of legs) this.#unknown(leg);
      answered(result);
    });
  }

  /** Takes the leg out of what it hears: the order a hold depends on. */
  silence(leg: Leg, answered: (result: OrderResult) => void): void {
    leg.media = 'park silence';
    this.#parts.orders.send({ type: 'park', leg: leg.id, treatment: 'silence' }, (result) => {
      if (result !== 'done') this.#unknown(leg);
      answered(result);
    });
  }

  /** After the switch was away: everything is ordered again. */
  forgetAll(): void {
    for (const leg of this.#parts.board.legs.values()) leg.media = '';
  }

  /** An order failed: what the leg hears has to be ordered anew. */
  #unknown(leg: Leg): void {
    leg.media = '';
    for (const { call } of leg.connections) this.#parts.board.touchCall(call);
  }

  #connect(call: Call, talkers: readonly Connection[]): void {
    const legs = talkers.flatMap(({ leg }) => (leg ? [leg] : []));
    const key = keyOf(call, legs);
    if (legs.every((leg) => leg.media === key)) return;
    for (const leg of legs) leg.media = key;
    const order: SwitchOrder = { type: 'connect', callId: call.id, legs: legs.map(({ id }) => id) };
    this.#parts.orders.send(order, (result) => {
      // A leg that was gone is told by its own event. A call that cannot be heard is no call.
      if (result !== 'refused' || call.ended || !this.#parts.orders.up) return;
      if (legs.some((leg) => leg.media === key)) this.#parts.clearing.call(call, 'RESOURCES_NOT_AVAILABLE');
    });
  }

  #park(leg: Leg, treatment: Treatment): void {
    const key = `park ${treatment}`;
    if (leg.media === key || leg.gone) return;
    leg.media = key;
    this.#parts.orders.send({ type: 'park', leg: leg.id, treatment }, (result) => {
      if (result === 'gone') this.#parts.dialling.legGone(leg, 'failure');
    });
  }
}

function isTalking({ state, listening, leg }: Connection): boolean {
  return state === 'CONNECT' && !listening && leg?.up === true;
}

function hasActive(leg: Leg): boolean {
  for (const { state } of leg.connections) if (state !== 'HOLD' && state !== 'ALERTING') return true;
  return false;
}

/** What a party hears that has nobody to talk to. */
function whileAlone(call: Call): Treatment {
  const { connections } = call;
  if (connections.some(({ state }) => state === 'ALERTING')) return 'ring';
  if (connections.some(({ state }) => state === 'QUEUED' || state === 'HOLD')) return 'music';
  return call.reservation ? 'music' : 'silence';
}

function keyOf(call: Call, legs: readonly Leg[]): string {
  return `call ${call.id} ${legs.map(({ id }) => id).join()}`;
}
