import type { Cause, DeviceName } from './call-fact.ts';
import type { Call, Connection, Leg } from './call-record.ts';
import { LEG_CAUSE } from './leg-cause.ts';
import type { Parts } from './parts.ts';
import type { LegCause } from './switch.ts';

/** How connections and calls end. A call ends when fewer than two parties are left in it. */
export class Clearing {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** The connection leaves its call; with it the call if nobody would be left to talk to. */
  connection(connection: Connection, cause: Cause): void {
    const { call } = connection;
    if (!this.#leave(connection, cause)) return;
    this.settle(call, cause, [connection.name]);
  }

  /** Everybody leaves. */
  call(call: Call, cause: Cause): void {
    if (!call.ended) this.#end(call, cause, []);
  }

  /**
   * Ends a call in which nobody is left to talk to.
   * @param leavers who was in it until just now
   */
  settle(call: Call, cause: Cause, leavers: readonly DeviceName[]): void {
    if (call.ended) return;
    const parties = call.connections.filter(({ listening }) => !listening);
    const present = parties.filter(({ state }) => state !== 'ALERTING' && state !== 'QUEUED');
    const expected = [...call.offers].filter(({ connection }) => !connection).length;
    const failed = present.length === 1 && present[0]?.state === 'FAIL';
    if (present.length > 0 && (parties.length + expected >= 2 || failed)) {
      if (call.controller !== null && (parties.length < 3 || !call.connection(call.controller)))
        call.controller = null;
      return;
    }
    this.#end(call, cause, leavers);
  }

  /** Lets go of a leg that no connection uses any more; a nailed one stays up. */
  release(leg: Leg, cause: LegCause = 'normal'): void {
    if (leg.gone || leg.connections.size > 0) return;
    if (leg.nailedFor !== null && this.#parts.nailed.holds(leg)) {
      this.#parts.media.rest(leg);
      return;
    }
    this.#parts.orders.drop(leg, cause);
    this.#parts.board.forgetLeg(leg);
  }

  #leave(connection: Connection, cause: Cause): boolean {
    const { board, emit } = this.#parts;
    const { call, leg } = connection;
    if (call.waiting?.connection === connection) this.#parts.routing.withdraw(call, cause);
    else if (!board.remove(connection)) return false;
    const offer = leg?.offer;
    if (offer?.connection === connection) this.#parts.offers.settle(offer);
    emit({ type: 'connectionCleared', call, releasing: connection.name, cause });
    board.endLater(call, connection.device);
    if (leg) this.release(leg, LEG_CAUSE[cause] ?? 'normal');
    return true;
  }

  #end(call: Call, cause: Cause, leavers: readonly DeviceName[]): void {
    const { board, emit, routing, offers } = this.#parts;
    // A monitor call whose supervisor never heard of it ends in silence.
    const known = !call.watched || call.scope.size > 0 || call.connections.length > 0;
    call.ended = true;
    board.touchCall(call);
    call.failTimer?.cancel();
    routing.withdraw(call, 'CALL_CANCELLED');
    routing.release(call);
    for (const offer of [...call.offers]) offers.cancel(offer);
    const devices = leavers.filter(({ id, kind }) => kind === 'external' || call.scope.has(id));
    for (const connection of [...call.connections]) {
      devices.push(connection.name);
      this.#leave(connection, cause);
    }
    call.controller = null;
    if (known) emit({ type: 'cleared', call, devices, cause });
    for (const device of call.scope.keys()) board.endLater(call, device);
    for (const monitor of call.monitors) board.orphans.add(monitor);
    const { watched } = call;
    if (watched) watched.connection.call.monitors.delete(call);
    else board.dissociate(call);
  }
}
