import type { CallTypeName } from './call.ts';
import { EMPTY_CALL_DATA } from './call-data.ts';
import type { Cause } from './call-fact.ts';
import { Call, Connection, type ConnectionBirth, Leg, Line } from './call-record.ts';
import { type ConnectionInput, connectionStep } from './connection-table.ts';
import type { Parts } from './parts.ts';
import type { LegId } from './switch.ts';

/**
 * All calls, legs and phones, and the only place that changes which connection is where and in which state. It
 * notes what was touched, so that the consequences (agents, sound, routing) are drawn once per input.
 */
export class Board {
  readonly #parts: Parts;
  readonly #nextCallId: () => number;
  readonly #calls = new Map<number, Call>();
  readonly #legs = new Map<LegId, Leg>();
  readonly #lines = new Map<string, Line>();
  #legNumber = 0;
  readonly touchedLines = new Set<Line>();
  readonly touchedCalls = new Set<Call>();
  /** Ends that are told after the states of the agents. */
  readonly ends: { readonly call: Call; readonly device: string }[] = [];
  /** Monitor calls whose target has left the watched call. */
  readonly orphans = new Set<Call>();

  constructor(parts: Parts, nextCallId: () => number) {
    this.#parts = parts;
    this.#nextCallId = nextCallId;
  }

  get calls(): ReadonlyMap<number, Call> {
    return this.#calls;
  }

  get legs(): ReadonlyMap<LegId, Leg> {
    return this.#legs;
  }

  /** Number of calls under way, those of agents in wrap-up included. */
  get size(): number {
    return this.#calls.size;
  }

  open(type: CallTypeName): Call {
    const call = new Call(this.#nextCallId(), type, EMPTY_CALL_DATA, this.#parts.clock.now());
    this.#calls.set(call.id, call);
    return call;
  }

  /** Forgets a call that has ended and is nobody's wrap-up. */
  forget(call: Call): void {
    if (call.ended && call.wrapUps === 0) this.#calls.delete(call.id);
  }

  /** The phone's line; undefined for what is no phone and never was one with a call. */
  line(device: string): Line | undefined {
    let line = this.#lines.get(device);
    if (!line && this.#parts.agents.roster.hasDevice(device)) {
      line = new Line(device);
      this.#lines.set(device, line);
    }
    return line;
  }

  lines(): Iterable<Line> {
    return this.#lines.values();
  }

  /** A leg that the model asks for. */
  newLeg(device: string, nailedFor: string | null = null): Leg {
    return this.adoptLeg(`m${++this.#legNumber}`, device, nailedFor);
  }

  /** A leg that the switch has named. */
  adoptLeg(id: LegId, device: string, nailedFor: string | null = null): Leg {
    const leg = new Leg(id, device, nailedFor);
    this.#legs.set(id, leg);
    return leg;
  }

  forgetLeg(leg: Leg): void {
    leg.gone = true;
    this.#legs.delete(leg.id);
  }

  add(call: Call, input: ConnectionInput, birth: ConnectionBirth): Connection {
    const state = connectionStep('NULL', input);
    if (typeof state === 'number' || state === 'NULL') throw new Error(`${input} starts no connection`);
    const connection = new Connection(call, birth, state, this.#parts.clock.monotonic());
    call.connections.push(connection);
    connection.leg?.connections.add(connection);
    if (connection.kind === 'station') this.line(connection.device)?.connections.push(connection);
    this.#touch(connection);
    return connection;
  }

  /** @returns false if the table does not allow the input in this state; nothing happens then */
  move(connection: Connection, input: ConnectionInput): boolean {
    if (connection.gone) return false;
    const state = connectionStep(connection.state, input);
    if (typeof state === 'number' || state === 'NULL') return false;
    connection.state = state;
    connection.since = this.#parts.clock.monotonic();
    this.#touch(connection);
    return true;
  }

  /** Takes the connection out of its call. Its leg is left as it is. */
  remove(connection: Connection, input: 'clear' | 'divert' = 'clear'): boolean {
    if (connection.gone || connectionStep(connection.state, input) !== 'NULL') return false;
    this.#touch(connection);
    connection.gone = true;
    drop(connection.call.connections, connection);
    connection.leg?.connections.delete(connection);
    for (const { call } of connection.leg?.connections ?? []) this.touchedCalls.add(call);
    const line = this.#lines.get(connection.device);
    if (line && connection.kind === 'station') drop(line.connections, connection);
    this.#orphan(connection);
    return true;
  }

  /** The connection goes on in another call: transfers and conferences. */
  transfer(connection: Connection, to: Call): void {
    this.#orphan(connection);
    this.touchedCalls.add(connection.call);
    drop(connection.call.connections, connection);
    connection.call = to;
    to.connections.push(connection);
    this.#touch(connection);
  }

  /** The call is no longer one of a consult pair. */
  dissociate(call: Call): void {
    const partner = call.associated === null ? undefined : this.#calls.get(call.associated);
    if (partner?.associated === call.id) partner.associated = null;
    call.associated = null;
  }

  touchLine(line: Line): void {
    this.touchedLines.add(line);
  }

  touchCall(call: Call): void {
    this.touchedCalls.add(call);
  }

  /** BEGIN_CALL_EVENT unless the device knows the call. Outside parties are no monitored devices. */
  begin(connection: Connection): void {
    const { call, device, kind, name } = connection;
    if (kind === 'external' || call.scope.has(device)) return;
    call.scope.set(device, kind);
    this.#parts.emit({ type: 'begin', call, device: name });
  }

  /** END_CALL_EVENT after the agents' states. */
  endLater(call: Call, device: string): void {
    this.ends.push({ call, device });
  }

  /** END_CALL_EVENT, unless the device is (again) in the call or its agent in wrap-up after it. */
  endNow(call: Call, device: string): void {
    const kind = call.scope.get(device);
    if (kind === undefined || call.connection(device)) return;
    if (this.#lines.get(device)?.wrapUp?.call === call) return;
    call.scope.delete(device);
    this.#parts.emit({ type: 'end', call, device: { id: device, kind } });
  }

  /** Changes what kind of call it is and says so; `parties` change with it. */
  retype(call: Call, type: CallTypeName, parties: Iterable<Connection> = []): void {
    let changed = call.type !== type;
    call.type = type;
    for (const party of parties) {
      changed ||= party.callType !== type;
      party.callType = type;
    }
    if (changed) this.#parts.emit({ type: 'dataUpdated', call, changed: {} });
  }

  held(connection: Connection, cause: Cause): void {
    if (!this.move(connection, 'hold')) return;
    this.#parts.emit({ type: 'held', call: connection.call, device: connection.name, cause });
  }

  retrieved(connection: Connection, cause: Cause): void {
    if (!this.move(connection, 'retrieve')) return;
    this.#parts.emit({ type: 'retrieved', call: connection.call, device: connection.name, cause });
  }

  #touch(connection: Connection): void {
    this.touchedCalls.add(connection.call);
    const line = this.#lines.get(connection.device);
    if (line && connection.kind === 'station') this.touchedLines.add(line);
  }

  #orphan(connection: Connection): void {
    for (const monitor of connection.call.monitors) {
      if (monitor.watched?.connection === connection) this.orphans.add(monitor);
    }
  }
}

function drop<T>(list: T[], item: T): void {
  const index = list.indexOf(item);
  if (index >= 0) list.splice(index, 1);
}
