import { dataRefusal, EMPTY_CALL_DATA, patched } from './call-data.ts';
import type { Connection, Leg } from './call-record.ts';
import { destinationOf, obstacleAt } from './destination.ts';
import type { Holding } from './holding.ts';
import type { Making } from './making.ts';
import type { Parts } from './parts.ts';
import type { SingleStepMoves } from './single-step.ts';
import type { LegCause, SwitchEvent } from './switch.ts';

type Arrived = SwitchEvent & { type: 'arrived' };

/** Longest number of a caller, in characters. */
const CALLER_ID_MAX = 40;
const ANONYMOUS = 'anonymous';

/** What comes from the switch: arrivals, phones, and the switch itself going away and coming back. */
export class SwitchEvents {
  readonly #parts: Parts;
  readonly #making: Making;
  readonly #holding: Holding;
  readonly #moves: SingleStepMoves;

  constructor(parts: Parts, making: Making, holding: Holding, moves: SingleStepMoves) {
    this.#parts = parts;
    this.#making = making;
    this.#holding = holding;
    this.#moves = moves;
  }

  /** `down`, `back` and `deviceState` are the model's own business. */
  serve(event: Exclude<SwitchEvent, { type: 'down' | 'back' | 'deviceState' }>) {
    const { board, dialling, offers } = this.#parts;
    if (event.type === 'arrived') return this.#arrived(event);
    if (event.type === 'dialled') return this.#dialled(event.leg, event.device, event.to);
    const leg = board.legs.get(event.leg);
    if (!leg) {
      // The model has let it go already; a leg that comes up all the same is ended once more.
      if (event.type === 'up') this.#refuse(event.leg, 'normal');
      return;
    }
    switch (event.type) {
      case 'ringing':
        return offers.ringing(leg);
      case 'up':
        return this.#up(leg);
      case 'gone':
        return dialling.legGone(leg, event.cause);
      case 'held':
        return this.#holding.byHand(one(leg, 'CONNECT'), 'hold');
      case 'unheld':
        leg.media = '';
        return this.#holding.byHand(one(leg, 'HOLD'), 'retrieve');
      case 'hangUpWish':
        return this.#hungUp(leg);
      case 'transferWish': {
        const active = one(leg, 'CONNECT');
        if (active) this.#moves.byHand(active, event.to);
        return;
      }
      case 'digit':
        return;
    }
  }

  /** After the switch was away: what it no longer has is gone, the rest is told anew who hears whom. */
  audit(alive: ReadonlySet<string>) {
    const { board, dialling, media } = this.#parts;
    media.forgetAll();
    for (const leg of [...board.legs.values()]) {
      if (!alive.has(leg.id)) dialling.legGone(leg, 'failure');
    }
    this.#parts.monitoring.listenAgain();
    for (const id of alive) if (!board.legs.has(id)) this.#refuse(id, 'normal');
    for (const call of board.calls.values()) board.touchCall(call);
    for (const line of board.lines()) board.touchLine(line);
  }

  #up(leg: Leg) {
    const { dialling, nailed, offers } = this.#parts;
    if (leg.up) return;
    leg.up = true;
    leg.provedByUp?.confirm();
    const { dialling: wish } = leg;
    leg.dialling = null;
    for (const { call } of leg.connections) this.#parts.board.touchCall(call);
    if (wish && !wish.connection.gone) {
      wish.connection.call.failTimer?.cancel();
      dialling.dial(wish.connection, wish.to);
    }
    offers.answered(leg);
    nailed.up(leg);
  }

  #arrived({ leg: id, from, to, data }: Arrived) {
    const { board, settings, offers, routing, types, agents } = this.#parts;
    if (board.legs.has(id)) return;
    if (board.size >= settings.callsMax) return this.#refuse(id, 'congestion');
    const target = destinationOf(this.#parts, to);
    if (!target || target.kind === 'external') return this.#refuse(id, 'unobtainable');
    const obstacle = obstacleAt(this.#parts, target);
    if (obstacle) {
      const busy = obstacle.cause === 'BUSY' || obstacle.cause === 'MAX_QUEUE_EXCEEDED';
      return this.#refuse(id, busy ? 'busy' : 'unobtainable');
    }
    const ani = from.replaceAll('\0', '').slice(0, CALLER_ID_MAX);
    // Nobody outside passes for a phone of ours.
    const foreign = agents.roster.hasDevice(ani) || agents.roster.dialledNumber(ani) || ani === to;
    const device = ani === '' ? ANONYMOUS : foreign ? `+${ani}` : ani;
    const callType = target.kind === 'routePoint' ? types.routed : types.direct;
    const call = board.open(callType);
    const base = { ...EMPTY_CALL_DATA, ani, dialedNumber: to, dnis: to };
    const usable = data && dataRefusal(base, data, settings) === null;
    call.data = usable ? patched(base, data) : base;
    const leg = board.adoptLeg(id, device);
    leg.up = true;
    board.add(call, 'initiate', { device, kind: 'external', callType, leg, outgoing: true });
    if (target.kind === 'routePoint') routing.enqueue(call, target, 'NEW_CALL');
    else offers.make(call, target, callType);
  }

  #dialled(id: string, device: string, to: string) {
    const { board, agents, settings } = this.#parts;
    const line = board.line(device);
    if (board.legs.has(id)) return;
    const full = !line || line.load >= settings.callsPerDeviceMax || board.size >= settings.callsMax;
    if (full || !agents.instrumentInService(device)) return this.#refuse(id, 'congestion');
    if (line.reservation) this.#parts.routing.pullBack(line.reservation, 'REDIRECTED');
    for (const other of line.connections.filter(({ state }) => state !== 'HOLD' && state !== 'ALERTING'))
      this.#holding.stepAside(other);
    this.#making.dialled(board.adoptLeg(id, device), device, to.slice(0, CALLER_ID_MAX));
  }

  #hungUp({ connections }: Leg) {
    const answered = [...connections].filter(({ state }) => state !== 'ALERTING');
    const active = answered.filter(({ state }) => state !== 'HOLD');
    // Put on hold in the same moment: then the whole line ends, as with any phone that is hung up.
    const ending = active.length > 0 ? active : answered;
    for (const connection of ending) this.#parts.clearing.connection(connection, 'NONE');
  }

  #refuse(leg: string, cause: LegCause) {
    this.#parts.orders.send({ type: 'drop', leg, cause }, () => {});
  }
}

function one(leg: Leg, state: Connection['state']): Connection | undefined {
  return [...leg.connections].findLast((connection) => connection.state === state);
}
