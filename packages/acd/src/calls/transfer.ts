import { ControlFailureCode as CF } from '@poise/ged188';
import type { Failure } from '../agent-model.ts';
import { difference, merged } from './call-data.ts';
import type { Call, Connection } from './call-record.ts';
import type { CallRequest } from './call-request.ts';
import type { ConferenceRules } from './conference-rules.ts';
import { isParty, partiesToBe, partyCount, partyNames } from './joined.ts';
import { control, type Operation } from './operation.ts';
import type { Parts } from './parts.ts';
import { isFailure, type RequestLine } from './request-line.ts';

interface Pair {
  readonly active: Connection;
  readonly held: Connection;
}

/**
 * Two calls of one phone become one: transfer and conference. Of the two calls that are joined the held one survives: normally the
 * original, but the consult call if the agent held that and went back to the original (objects.md 3.1).
 */
export class Transfer {
  readonly #parts: Parts;
  readonly #requests: RequestLine;
  readonly #rules: ConferenceRules;

  constructor(parts: Parts, requests: RequestLine, rules: ConferenceRules) {
    this.#parts = parts;
    this.#requests = requests;
    this.#rules = rules;
  }

  transfer(operation: Operation, request: CallRequest & { type: 'transfer' }): Failure | undefined {
    const { media } = this.#parts;
    const pair = this.#pair(request);
    if (isFailure(pair)) return pair;
    const { held, active } = pair;
    const stay = [...media.talkers(held.call), ...media.talkers(active.call)].filter(
      (party) => party !== held && party !== active,
    );
    operation.proceed(() => {
      const refusal = this.#stillPair(pair);
      if (refusal) return refusal;
      operation.succeed(survivor(pair, [held, active]));
      this.#transferred(pair);
    });
    media.join(held.call, stay, (result) => operation.settle(result));
  }

  conference(operation: Operation, request: CallRequest & { type: 'conference' }): Failure | undefined {
    const { media } = this.#parts;
    const pair = this.#pair(request);
    if (isFailure(pair)) return pair;
    const { held, active } = pair;
    const all = [...media.talkers(held.call), ...media.talkers(active.call)];
    const parties = [held, ...all.filter((party) => party !== held && party !== active)];
    operation.proceed(() => {
      const refusal = this.#stillPair(pair);
      if (refusal) return refusal;
      operation.succeed(survivor(pair, [active]));
      this.#conferenced(pair);
    });
    media.join(held.call, parties, (result) => operation.settle(result));
  }

  #transferred({ held, active }: Pair): void {
    const { board, emit, types, clearing } = this.#parts;
    const consults = ({ callType }: Connection) => callType === types.consult || callType === types.consulted;
    const { call } = held;
    const { call: ended } = active;
    const legs = [active.leg, held.leg];
    board.remove(active);
    board.remove(held);
    const arrived = this.#merge(call, ended);
    if (call.controller === held.device || call.connections.length < 3) call.controller = null;
    emit({
      type: 'transferred',
      call,
      primaryCallId: call.id,
      secondaryCallId: ended.id,
      transferring: held.name,
      transferred: arrived[0]?.name ?? null,
      parties: partyNames(call),
      moved: arrived.map(({ device, kind }) => ({ callId: call.id, device, kind })),
      cause: 'TRANSFER',
    });
    // Whoever was consulted is in an ordinary call now, also if the consult call is the one that goes on.
    const receivers = call.connections.filter(
      (party) => party.kind === 'station' && isParty(party) && (arrived.includes(party) || consults(party)),
    );
    const type = call.connections.length >= 3 ? types.conference : types.transferred;
    board.retype(call, type, receivers);
    this.#endSecond(ended);
    board.endLater(call, held.device);
    for (const leg of legs) if (leg) clearing.release(leg);
    clearing.settle(call, 'TRANSFER', []);
  }

  #conferenced({ held, active }: Pair): void {
    const { board, emit, types, clearing } = this.#parts;
    const { call } = held;
    const { call: ended } = active;
    const { leg } = active;
    board.remove(active);
    board.move(held, 'retrieve');
    const arrived = this.#merge(call, ended);
    call.controller = held.device;
    emit({
      type: 'conferenced',
      call,
      primaryCallId: call.id,
      secondaryCallId: ended.id,
      controller: { id: call.controller, kind: 'station' },
      added: arrived[0]?.name ?? null,
      parties: partyNames(call),
      moved: arrived.map(({ device, kind }) => ({ callId: call.id, device, kind })),
      cause: 'NONE',
    });
    board.retype(call, types.conference, call.connections.filter(isParty));
    this.#endSecond(ended);
    if (leg && leg !== held.leg) clearing.release(leg);
    clearing.settle(call, 'NONE', []);
  }

  /** The parties of the ended call go over, with what the call knew. */
  #merge(call: Call, ended: Call): Connection[] {
    const { board, emit } = this.#parts;
    const arrived = [...ended.connections];
    for (const connection of arrived) {
      board.transfer(connection, call);
      board.begin(connection);
    }
    const before = call.data;
    call.data = merged(before, ended.data);
    call.skillGroup ??= ended.skillGroup;
    board.dissociate(call);
    board.dissociate(ended);
    const changed = difference(before, call.data);
    if (changed) emit({ type: 'dataUpdated', call, changed });
    return arrived;
  }

  #endSecond(ended: Call): void {
    const { board } = this.#parts;
    ended.ended = true;
    for (const device of ended.scope.keys()) board.endLater(ended, device);
    for (const monitor of ended.monitors) board.orphans.add(monitor);
    board.touchCall(ended);
  }

  #pair(request: CallRequest & { type: 'transfer' | 'conference' }): Pair | Failure {
    const { settings } = this.#parts;
    const active = this.#requests.find(request.active, `${request.type}Active`);
    if (isFailure(active)) return active;
    const held = this.#requests.find(request.held, `${request.type}Held`);
    if (isFailure(held)) return held;
    if (active.device !== held.device || active.call === held.call || active.listening)
      return control(CF.INVALID_CSTA_CONNECTION_IDENTIFIER);
    if (!settings.arbitraryPairs && active.call.associated !== held.callId)
      return control(CF.ARBITRARY_CONF_OR_XFER_NOT_SUPPORTED);
    return (
      this.#stillPair({ active, held }) ?? this.#mayJoin({ active, held }, request.type) ?? { active, held }
    );
  }

  /** Both calls are as they must be; asked again after the switch has answered. */
  #stillPair({ active, held }: Pair): Failure | null {
    if (active.gone || active.state !== 'CONNECT') return control(CF.INVALID_CONNECTION_ID_FOR_ACTIVE_CALL);
    if (held.gone || held.state !== 'HOLD') return control(CF.NO_HELD_CALL);
    // A party cannot be in one call twice; and nobody is handed over while he is still being called.
    const twice = active.call.connections.some(
      (party) => party !== active && held.call.connection(party.device) !== undefined,
    );
    const calling = [active.call, held.call].some(
      (call) => call.offers.size > 0 || call.reservation || call.waiting,
    );
    return twice || calling ? control(CF.INVALID_OBJECT_STATE) : null;
  }

  #mayJoin({ active, held }: Pair, type: 'transfer' | 'conference'): Failure | null {
    const { settings } = this.#parts;
    for (const { call, device } of [active, held]) {
      const refusal = this.#rules.controllerRefusal(call, device);
      if (refusal) return refusal;
    }
    const staying = type === 'transfer' ? 2 : 1;
    const parties = partyCount(active.call) + partyCount(held.call) - staying;
    return parties > settings.conferencePartiesMax ? this.#rules.bridgeFull() : null;
  }
}

function survivor({ held, active }: Pair, leaving: readonly Connection[]) {
  const { call, callId, device } = held;
  const parties = partiesToBe(call, leaving, active.call.connections);
  return { call, connection: { callId, device }, parties };
}
