import type { Cause, PartyName } from './call-fact.ts';
import type { Call, Connection } from './call-record.ts';
import type { Parts } from './parts.ts';

/** Connections as the party lists of transfers and conferences name them. */
export function partyNames(call: Call): PartyName[] {
  return call.connections.map(({ device, kind }) => ({ callId: call.id, device, kind }));
}

/** The parties of a call when `leaving` will have left it and those of another one come over to it. */
export function partiesToBe(
  call: Call,
  leaving: readonly Connection[],
  arriving: readonly Connection[] = [],
): PartyName[] {
  const staying = [...call.connections, ...arriving].filter((party) => !leaving.includes(party));
  return staying.map(({ device, kind }) => ({ callId: call.id, device, kind }));
}

/** Parties that count towards the size of a conference: those that are called, too. */
export function partyCount(call: Call): number {
  const called = [...call.offers].filter(({ connection }) => !connection).length;
  return call.connections.length + called;
}

/** A party was added to a call by `controller`, which from now on may add and remove others. */
export function conferenced(parts: Parts, added: Connection, controller: string, cause: Cause): void {
  const { board, emit, types, supervision } = parts;
  const { call } = added;
  const by = call.connection(controller);
  if (by) call.controller = controller;
  emit({
    type: 'conferenced',
    call,
    primaryCallId: call.id,
    secondaryCallId: null,
    controller: { id: controller, kind: by?.kind ?? 'station' },
    added: added.name,
    parties: partyNames(call),
    moved: [],
    cause,
  });
  // An agent whose place is taken is about to leave; for all others it is a conference from now on.
  const staying = cause === 'SUPERVISOR_INTERCEPT' ? [] : call.connections.filter(isParty);
  board.retype(call, types.conference, staying);
  if (cause === 'SUPERVISOR_INTERCEPT') supervision.intercepted(call, controller);
}

/** Supervisors keep the call type that says so. */
export function isParty({ callType }: Connection): boolean {
  return callType !== 'SUPERVISOR_BARGEIN' && callType !== 'SUPERVISOR_INTERCEPT';
}
