/** Transfers and conferences: two calls become one (ged188.md 8.4, objects.md 3.4). Pure. */
import type { CallEvent, CallParty, ListedParty } from './call-event.ts';
import {
  BARGED,
  type CallPicture,
  isLive,
  kindOf,
  type Leg,
  legOf,
  mapLegs,
  withLeg,
} from './call-picture.ts';
import { allLeft, type CallContext, joined, left, moved, told } from './call-reducer.ts';

export type MergingEvent = Extract<CallEvent, { type: 'transferred' | 'conferenced' }>;

/** Number of the call that goes on: the one that the list of parties names, else the held one. */
export function survivorOf(event: MergingEvent): string {
  const { primaryCallId, secondaryCallId, parties } = event;
  const named = new Set(parties.map(({ callId }) => callId));
  if (named.size === 0 || named.has(primaryCallId)) return primaryCallId;
  if (secondaryCallId !== null && named.has(secondaryCallId)) return secondaryCallId;
  return parties[0]!.callId;
}

/** Who transferred or conferenced. */
const actorOf = (event: MergingEvent): CallParty | null =>
  event.type === 'transferred' ? event.transferring : event.controller;

/**
 * Each device has its copy; the first of them does the work. A device's own copy still tells of its own part: other
 * events of it may have come late, and those of the call that is no more are not listened to.
 */
export function repeated(survivor: CallPicture, event: MergingEvent): CallPicture {
  const leg = event.device === null ? undefined : legOf(survivor, event.device);
  if (leg === undefined) return survivor;
  if (event.device !== actorOf(event)?.address)
    return event.local === 'CONNECT' ? withLeg(survivor, moved(leg, 'connected', event.at)) : survivor;
  if (event.type === 'transferred')
    return parting(left(survivor, leg.mediaAddress, event.at, 'OTHER'), event);
  if (leg.parted) return survivor;
  const types = new Map(survivor.types).set(leg.mediaAddress, 'CONFERENCE');
  return { ...withLeg(survivor, moved(leg, 'retrieved', event.at)), types };
}

/** The copy of whoever transferred is the last that it is told of its own part. */
function parting(call: CallPicture, event: MergingEvent): CallPicture {
  const leg = event.device === actorOf(event)?.address ? legOf(call, event.device ?? '') : undefined;
  return leg === undefined ? call : withLeg(call, { ...leg, parted: true });
}

/** A copy of a conference in a single step that was carried out already. */
export function isDone(call: CallPicture, event: MergingEvent): boolean {
  if (event.type !== 'conferenced') return false;
  const known = event.parties.every(({ address, kind }) => {
    const leg = legOf(call, address);
    return kind === 'queue' || (leg !== undefined && isLive(leg));
  });
  return known && call.controller === (event.controller?.address ?? null);
}

export interface Merged {
  readonly survivor: CallPicture;
  /** The other call, with nobody left in it. */
  readonly other: CallPicture | null;
}

/** `other`: the call that ends, as far as it is known. */
export function mergeCalls(
  survivor: CallPicture,
  other: CallPicture | null,
  event: MergingEvent,
  context: CallContext,
): Merged {
  const actor = actorOf(event);
  const listed = new Map(event.parties.map((party) => [party.address, party]));
  const came =
    other === null ? [] : other.legs.filter((leg) => isLive(leg) && leg.mediaAddress !== actor?.address);
  let next = came.reduce((call, leg) => withMoved(call, leg, listed), survivor);
  // Whoever a call was sent on to in a single step, and of whom nothing was told before, is rung only now.
  const word = event.type === 'transferred' && event.secondaryCallId === null ? 'rings' : 'connected';
  for (const party of listed.values()) {
    if (party.address !== actor?.address && legOf(next, party.address) === undefined)
      next = told(next, party, word, event, context);
  }
  next =
    event.type === 'transferred'
      ? parting(left(next, actor?.address ?? null, event.at, 'OTHER'), event)
      : withController(next, actor, listed, event.at, context);
  const otherId = other?.id ?? otherNumber(event, survivor.id);
  next = {
    ...next,
    types: typesAfter(next, came, event),
    dnisAt: new Map([...(other?.dnisAt ?? []), ...next.dnisAt]),
    monitor: false,
    secondaryId: otherId ?? next.secondaryId,
    original: next.original === otherId ? null : next.original,
    consult: next.consult === otherId ? null : next.consult,
  };
  return { survivor: next, other: other === null ? null : { ...allLeft(other, event.at), open: new Set() } };
}

function otherNumber(event: MergingEvent, survivorId: string): string | null {
  const { primaryCallId, secondaryCallId } = event;
  return primaryCallId === survivorId ? secondaryCallId : primaryCallId;
}

/** A party comes over as it is: talking, or still ringing. */
function withMoved(call: CallPicture, leg: Leg, listed: ReadonlyMap<string, ListedParty>): CallPicture {
  const { mediaAddress } = leg;
  if (listed.size > 0 && !listed.has(mediaAddress)) return call;
  const there = legOf(call, mediaAddress);
  if (there !== undefined && isLive(there))
    return leg.answered ? withLeg(call, answeredBy(there, leg)) : call;
  return withLeg(call, { ...leg, reports: false, stateCause: '' });
}

const answeredBy = (there: Leg, leg: Leg): Leg => moved(there, 'connected', leg.stateChangeTime);

function withController(
  call: CallPicture,
  actor: CallParty | null,
  listed: ReadonlyMap<string, ListedParty>,
  at: number,
  context: CallContext,
): CallPicture {
  if (actor === null) return call;
  const leg = legOf(call, actor.address);
  const here = leg !== undefined && isLive(leg);
  let next = call;
  if (here) next = withLeg(call, moved(leg, 'retrieved', at));
  else if (listed.has(actor.address) && leg === undefined)
    next = withLeg(call, joined(actor, 'connected', at, context));
  return { ...next, controller: actor.address };
}

/** Until CALL_DATA_UPDATE_EVENT says better: TRANSFER for who came over, CONFERENCE for all. */
function typesAfter(
  call: CallPicture,
  came: readonly Leg[],
  event: MergingEvent,
): ReadonlyMap<string, string> {
  const types = new Map(call.types);
  if (event.type === 'transferred') {
    for (const { mediaAddress } of came) {
      const told = call.open.has(mediaAddress) ? types.get(mediaAddress) : undefined;
      if (told === undefined || told.startsWith('CONSULT')) types.set(mediaAddress, 'TRANSFER');
    }
    // A consult call that goes on is an ordinary call now.
    if (kindOf({ ...call, original: null }) === 'consult')
      for (const [address, type] of types) if (type.startsWith('CONSULT')) types.set(address, 'TRANSFER');
    return types;
  }
  if (event.secondaryCallId === null && event.parties.length < 3) return types;
  const barged = event.cause === 'SUPERVISOR_BARGE_IN';
  // A supervisor who barged in keeps the type that says so, whoever joins later.
  for (const [address, type] of types) if (type !== BARGED) types.set(address, 'CONFERENCE');
  types.set('', 'CONFERENCE');
  const newcomers = event.added === null ? came.map((leg) => leg.mediaAddress) : [event.added.address];
  if (barged) for (const address of newcomers) types.set(address, BARGED);
  return types;
}

/** A connection got another number: its leg moves from one call to another that is known already. */
export function moveLeg(
  from: CallPicture,
  to: CallPicture,
  address: string,
  at: number,
): { readonly from: CallPicture; readonly to: CallPicture } {
  const leg = legOf(from, address);
  if (leg === undefined || !isLive(leg)) return { from, to };
  return {
    from: mapLegs(from, (old) => (old === leg ? moved(old, 'left', at) : old)),
    to: withMoved(to, leg, new Map()),
  };
}
