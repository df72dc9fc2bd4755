/** What an event does to the picture of one call. Pure; never fails, whatever the order of events (ged188.md 8). */
import type { CallEvent, CallParty, ListedParty, LocalState } from './call-event.ts';
import {
  addressTypeOf,
  type CallPicture,
  CONSULT_TYPES,
  DEVICES_MAX,
  isLive,
  kindOf,
  type Leg,
  legOf,
  mapLegs,
  responseIn,
  withData,
  withDnis,
  withDnisOfParties,
  withLeg,
} from './call-picture.ts';
import { LEG_BEGINS, type LegWord, nextLegState } from './leg-state.ts';
import { outboundType } from './outbound.ts';

/** What the reducer may ask about the agents. */
export interface CallContext {
  /** The agent on a device, and whether the agent's state says that a call is going on. */
  agentAt(address: string): { readonly loginId: string; readonly onCall: boolean } | undefined;
  /** Whether a number is a dialled number with a queue behind it. */
  isRoutePoint(address: string): boolean;
  readonly participantsMax: number;
}

/** Transfers, conferences and new names concern two calls; see call-merge.ts. */
export type SingleCallEvent = Exclude<CallEvent, { type: 'transferred' | 'conferenced' }>;

export function reduceCall(call: CallPicture, event: SingleCallEvent, context: CallContext): CallPicture {
  return reported(REDUCERS[event.type](watched(call, event), event as never, context), event);
}

type Reducers = {
  readonly [T in SingleCallEvent['type']]: (
    call: CallPicture,
    event: Extract<SingleCallEvent, { type: T }>,
    context: CallContext,
  ) => CallPicture;
};

const REDUCERS: Reducers = {
  begun(call, event) {
    const { device } = event;
    const next = withType(
      withDnis(withData(call, event.data), event.device, event.data.dnis),
      device,
      event.callType,
    );
    if (device === null || next.open.size >= DEVICES_MAX) return next;
    const open = next.open.has(device) ? next.open : new Set(next.open).add(device);
    // The device is back after it had left: what was remembered of it is of no use any more.
    const legs = next.legs.filter((leg) => leg.mediaAddress !== device || leg.state !== 'DROPPED');
    return open === next.open && legs.length === next.legs.length ? next : { ...next, open, legs };
  },
  dataUpdated(call, event, context) {
    const device = event.newDevice ?? event.device;
    const leg = device === null ? undefined : legOf(call, device);
    // To a device that has left, the call is what it was.
    const callType = leg?.parted === true && !isLive(leg) ? null : event.callType;
    const next = withType(withData(call, event.data), device, callType);
    const accepted = device !== null && leg !== undefined && isAccepted(next, device);
    return accepted ? ofItself(next, { address: device, kind: 'agent' }, 'accepted', event, context) : next;
  },
  initiated(call, event, context) {
    const calling = named(event.calling, event.device);
    return told(
      withOriginator(withOriginal(call, event.original), calling),
      calling,
      'offHook',
      event,
      context,
    );
  },
  originated(call, event, context) {
    const calling = named(event.calling, event.device);
    const next = withCalled(withOriginator(call, calling), event.called);
    return told(next, calling, 'dialled', event, context);
  },
  delivered(call, event, context) {
    const { calling, called, data } = event;
    const alerting = event.alerting ?? own(event, 'ALERTING');
    const known = withDnis(
      withData(withCalled(call, called), data, event.skillGroup),
      event.device,
      data.dnis,
    );
    let next = withOther(known, event.original);
    // A caller who is known by number only is an outside party.
    const caller = calling ?? callerOf(next);
    next = told(next, caller, 'dialled', event, context);
    return told(next, alerting, 'rings', event, context, { mayReturn: true });
  },
  established(call, event, context) {
    const answering = event.answering ?? own(event, 'CONNECT');
    let next = withCalled(withData(call, {}, event.skillGroup), event.called);
    // An announcement before the call reaches an agent is no conversation.
    const announced = answering?.kind === 'queue' && event.calling?.kind !== 'agent';
    if (!announced) next = told(next, event.calling, 'connected', event, context);
    return told(next, answering, 'connected', event, context, { mayReturn: true });
  },
  held: (call, event, context) => ofItself(call, named(event.holding, event.device), 'held', event, context),
  retrieved: (call, event, context) =>
    ofItself(call, named(event.retrieving, event.device), 'retrieved', event, context),
  queued: (call, event) => withData(call, {}, event.skillGroup),
  diverted: (call, event) => left(call, event.diverting?.address ?? leaving(event), event.at),
  failed(call, event) {
    const stateCause = STATE_CAUSES[event.cause] ?? 'OTHER';
    const failing = event.failing?.address ?? null;
    const said = event.local === 'FAIL' ? event.device : null;
    const address = said ?? call.originator ?? failing;
    const leg = address === null ? undefined : legOf(call, address);
    let next = call;
    // Somebody who talks already does not fail because another party could not be had.
    if (leg !== undefined && (said !== null || (leg.state !== 'ACTIVE' && leg.state !== 'HELD')))
      next = withLeg(next, moved(leg, 'failed', event.at, stateCause));
    return failing === null || failing === address ? next : left(next, failing, event.at);
  },
  connectionCleared(call, event) {
    const address = event.releasing?.address ?? leaving(event);
    const leg = address === null ? undefined : legOf(call, address);
    const next = left(call, address, event.at);
    // A phone does not go on ringing for a caller who is gone.
    return leg?.state !== 'ALERTING' && next !== call && onlyRings(next) ? allLeft(next, event.at) : next;
  },
  cleared: (call, event) => allLeft(call, event.at),
  ended(call, event) {
    const { device, at } = event;
    if (device === null) return allLeft(call, at);
    const leg = legOf(call, device);
    if (!call.open.has(device) && (leg === undefined || !isLive(leg))) return call;
    const open = new Set(call.open);
    open.delete(device);
    const next = left({ ...call, open }, device, at);
    // The last word of a server that sends one event per call, and whose word of the end is missing.
    const whole = leg !== undefined && isLive(leg) && open.size === 0;
    return whole && !next.legs.some(({ reports, state }) => reports && state !== 'DROPPED')
      ? allLeft(next, at)
      : next;
  },
  recording: (call, event) => (call.recording === event.on ? call : { ...call, recording: event.on }),
  snapshot: (call, event, context) => fromSnapshot(call, event, context),
};

/** Finesse's words for the causes of a failure (objects.md 3.3). */
const STATE_CAUSES: Readonly<Record<string, string>> = {
  BUSY: 'BUSY',
  CALL_FORWARD_BUSY: 'BUSY',
  DEST_NOT_OBTAINABLE: 'BAD_DESTINATION',
  INCOMPATIBLE_DESTINATION: 'BAD_DESTINATION',
  NETWORK_NOT_OBTAINABLE: 'BAD_DESTINATION',
  RESOURCES_NOT_AVAILABLE: 'DEVICE_RESOURCE_NOT_AVAILABLE',
  TRUNKS_BUSY: 'DEVICE_RESOURCE_NOT_AVAILABLE',
};

// ---- legs ----------------------------------------------------------------------------------------

/** Applies a word to a leg; times and causes follow the state. */
export function moved(leg: Leg, word: LegWord, at: number | null, stateCause = ''): Leg {
  const state = nextLegState(leg.state, word);
  if (state === leg.state) return leg;
  return {
    ...leg,
    state,
    // What failed stays the cause when the leg is then cleared.
    stateCause: stateCause || (word === 'left' ? leg.stateCause : ''),
    stateChangeTime: at,
    answered: leg.answered || state === 'ACTIVE' || state === 'HELD',
    shown: 'now',
  };
}

/** A leg that joins with a word. */
export function joined(party: CallParty, word: LegWord, at: number | null, context: CallContext): Leg {
  const state = LEG_BEGINS[word];
  const agent = context.agentAt(party.address);
  return {
    mediaAddress: party.address,
    mediaAddressType: addressTypeOf(party, agent?.loginId ?? null),
    agentId: agent?.loginId ?? null,
    state,
    stateCause: '',
    startTime: at,
    stateChangeTime: at,
    reports: false,
    parted: false,
    answered: state === 'ACTIVE' || state === 'HELD',
    talked: agent?.onCall === true && state !== 'ALERTING',
    shown: 'now',
  };
}

interface Telling {
  /** A leg that has left may come back by this word. */
  readonly mayReturn?: boolean;
}

/** An event tells something of a party: it joins or moves. Queues and announcements are no parties. */
export function told(
  call: CallPicture,
  party: CallParty | null,
  word: LegWord,
  event: { readonly at: number; readonly device: string | null },
  context: CallContext,
  { mayReturn = false }: Telling = {},
): CallPicture {
  if (party === null || party.kind === 'queue' || context.isRoutePoint(party.address)) return call;
  const leg = legOf(call, party.address);
  if (leg === undefined || (leg.state === 'DROPPED' && mayReturn && mayComeBack(leg, event.device))) {
    if (!mayJoin(call, party.address, context)) return call;
    return withLeg(withRoom(call), joined(party, word, event.at, context));
  }
  const known =
    party.kind === 'agent' && leg.mediaAddressType === ''
      ? ({ ...leg, mediaAddressType: 'AGENT_DEVICE' } as const)
      : leg;
  return withLeg(call, moved(known, word, event.at));
}

/** Legs of one call, those that have left included; a call that nobody answers tries one agent after the other. */
const LEGS_MAX = 48;

function withRoom(call: CallPicture): CallPicture {
  if (call.legs.length < LEGS_MAX) return call;
  const old = call.legs.findIndex(({ state, shown }) => state === 'DROPPED' && shown !== 'settling');
  return old < 0 ? call : { ...call, legs: call.legs.toSpliced(old, 1) };
}

/** Others' copies of an old event do not bring back a device that has events of its own. */
const mayComeBack = (leg: Leg, device: string | null): boolean => !leg.reports || device === leg.mediaAddress;

/** In a silent monitor call only those take part who were told of it: the watched agent is no party of it. */
function mayJoin(call: CallPicture, address: string, context: CallContext): boolean {
  if (kindOf(call) === 'monitor' && !call.open.has(address)) return false;
  return call.legs.filter(isLive).length < context.participantsMax;
}

/** The agent at the device has accepted the contact that it was reserved for. */
const isAccepted = (call: CallPicture, device: string): boolean =>
  outboundType(call.types.get(device) ?? '')?.reservation === true &&
  responseIn(call.data.named) === 'Accept';

/** Holding and retrieving: a device that has events of its own is believed in its own copy only. */
function ofItself(
  call: CallPicture,
  party: CallParty | null,
  word: 'held' | 'retrieved' | 'accepted',
  event: { readonly at: number; readonly device: string | null },
  context: CallContext,
): CallPicture {
  if (party === null) return call;
  const foreign = event.device !== null && event.device !== party.address;
  if (foreign && legOf(call, party.address)?.reports === true) return call;
  return told(call, party, word, event, context);
}

export function left(
  call: CallPicture,
  address: string | null,
  at: number | null,
  stateCause = '',
): CallPicture {
  const leg = address === null ? undefined : legOf(call, address);
  // Wrap-up ends with the agent's state, not with the connection.
  if (leg === undefined || !isLive(leg)) return call;
  return withLeg(call, moved(leg, 'left', at, stateCause));
}

const onlyRings = (call: CallPicture): boolean =>
  call.legs.every((leg) => !isLive(leg) || leg.state === 'ALERTING');

export const allLeft = (call: CallPicture, at: number | null): CallPicture =>
  mapLegs(call, (leg) => (isLive(leg) ? moved(leg, 'left', at) : leg));

// ---- what events say beside states -----------------------------------------------------------------

const named = (party: CallParty | null, device: string | null): CallParty | null =>
  party ?? (device === null ? null : { address: device, kind: 'unknown' });

const own = (
  event: { readonly device: string | null; readonly local: LocalState | null },
  local: LocalState,
): CallParty | null => (event.local === local ? named(null, event.device) : null);

const leaving = (event: {
  readonly device: string | null;
  readonly local: LocalState | null;
}): string | null => (event.local === 'NULL' ? event.device : null);

function callerOf(call: CallPicture): CallParty | null {
  const { ani } = call.data;
  return ani === '' || call.legs.length > 0 ? null : { address: ani, kind: 'unknown' };
}

function withType(call: CallPicture, device: string | null, said: string | null): CallPicture {
  const key = device ?? '';
  // After a transfer the call is no consultation any more, even if its consult call is the one that went on.
  const transferred = call.secondaryId !== null && kindOf(call) === 'call';
  const callType = said !== null && transferred && CONSULT_TYPES.has(said) ? 'TRANSFER' : said;
  if (callType === null || call.types.get(key) === callType) return call;
  if (call.types.size >= DEVICES_MAX && !call.types.has(key)) return call;
  return { ...call, types: new Map(call.types).set(key, callType) };
}

function withOriginator(call: CallPicture, calling: CallParty | null): CallPicture {
  const placed = call.originator === null && calling !== null && calling.kind !== 'queue';
  return placed && mayHavePlaced(call, calling.address) ? { ...call, originator: calling.address } : call;
}

/**
 * Whoever dials in a call that has other parties already adds one (a transfer, a conference): the call stays that of
 * its caller. A recovered call lists its parties in any order; there the caller's number tells.
 */
function mayHavePlaced(call: CallPicture, address: string): boolean {
  const [first] = call.legs;
  if (first === undefined) return true;
  const { ani } = call.data;
  return first.mediaAddress === address && (!first.answered || ani === '' || ani === address);
}

const withCalled = (call: CallPicture, called: CallParty | null): CallPicture =>
  call.called !== null || called === null ? call : { ...call, called: called.address };

const withOriginal = (call: CallPicture, original: string | null): CallPicture =>
  call.original !== null || original === null || original === call.id ? call : { ...call, original };

/** The other call may be the original, or the consult call that was placed from this one: the kind tells. */
const withOther = (call: CallPicture, other: string | null): CallPicture =>
  kindOf(call) === 'call' ? call : withOriginal(call, other);

/** A snapshot of a silent monitor call has the number dialled of the watched one, and who is listened to beside it. */
const withWatched = (
  call: CallPicture,
  { originalDevice, reportedBy }: Extract<CallEvent, { type: 'snapshot' }>,
): CallPicture =>
  kindOf(call) !== 'monitor' || originalDevice === undefined || reportedBy.includes(originalDevice)
    ? call
    : withCalled(call, { address: originalDevice, kind: 'agent' });

/** The cause of a first event may be all that tells a silent monitor call. */
function watched(call: CallPicture, event: SingleCallEvent): CallPicture {
  const says =
    (event.type === 'delivered' || event.type === 'established') && event.cause === 'SUPERVISOR_MONITOR';
  return says && !call.monitor && call.legs.length === 0 ? { ...call, monitor: true } : call;
}

/** Events that say something of the device's own connection. */
const REPORTS: ReadonlySet<CallEvent['type']> = new Set([
  'initiated',
  'originated',
  'delivered',
  'established',
  'held',
  'retrieved',
]);

/** Events after which a device without a connection has left. */
const PARTINGS: ReadonlySet<CallEvent['type']> = new Set(['diverted', 'connectionCleared', 'cleared']);

function reported(call: CallPicture, event: SingleCallEvent): CallPicture {
  const leg = event.device === null ? undefined : legOf(call, event.device);
  if (leg === undefined) return call;
  if (REPORTS.has(event.type) && !leg.reports) return withLeg(call, { ...leg, reports: true });
  const parts = event.local === 'NULL' && PARTINGS.has(event.type);
  return parts && !leg.parted ? withLeg(call, { ...leg, parted: true }) : call;
}

// ---- snapshots -------------------------------------------------------------------------------------

const WORD_OF: Readonly<Record<Exclude<LocalState, 'QUEUED' | 'NULL'>, LegWord>> = {
  INITIATE: 'dialled',
  ALERTING: 'rings',
  CONNECT: 'connected',
  HOLD: 'held',
  FAIL: 'failed',
};

/** Replaces the parties by those of a snapshot; keeps the times of those whose state did not change. */
function fromSnapshot(
  call: CallPicture,
  event: Extract<CallEvent, { type: 'snapshot' }>,
  context: CallContext,
): CallPicture {
  const open = new Set([...call.open, ...event.reportedBy]);
  let next = withData({ ...call, open, isPartial: false }, event.data);
  // One type is told for the whole call; what single devices were told stands while it fits.
  if (![...next.types.values()].includes(event.callType)) next = { ...next, types: typesAfter(event, next) };
  next = withWatched(withOther(next, event.original), event);
  const present = new Set<string>();
  const connected = event.parties.filter(({ local }) => local === 'CONNECT' || local === 'HOLD').length;
  const ringing = event.parties.some(({ local }) => local === 'ALERTING');
  for (const party of event.parties) {
    const word = context.isRoutePoint(party.address) ? null : wordOf(party);
    if (word === null || !mayTakePart(next, party.address, context)) continue;
    present.add(party.address);
    const leg = legOf(next, party.address);
    // The caller of a call that only rings is connected to nobody.
    const waits = word === 'connected' && ringing && connected === 1 && event.callType !== 'TRANSFER';
    next = withLeg(next, placed(leg, party, waits && leg?.state !== 'ACTIVE' ? 'dialled' : word, context));
  }
  next = mapLegs(next, (leg) =>
    present.has(leg.mediaAddress) ? leg : isLive(leg) ? moved(leg, 'left', null) : leg,
  );
  next = event.parties.reduce(
    (made, party) => (party.local === 'NULL' ? wrapping(made, party, context) : made),
    next,
  );
  return withDnisOfParties(next, event.data.dnis);
}

/**
 * What is told of one device holds for all, but for a consultation: who placed it has CONSULT, who is asked
 * CONSULT_OFFERED, whichever of them the snapshot was taken at.
 */
function typesAfter(
  { callType, parties }: Extract<CallEvent, { type: 'snapshot' }>,
  { originator, data }: CallPicture,
): ReadonlyMap<string, string> {
  const caller = originator ?? data.ani;
  if (caller === '' || !CONSULT_TYPES.has(callType)) return new Map([['', callType]]);
  const asked = parties.map(({ address }) => [address, 'CONSULT_OFFERED'] as const);
  return new Map([['', 'CONSULT_OFFERED'], ...asked, [caller, 'CONSULT']]);
}

function wordOf({ local, kind }: ListedParty): LegWord | null {
  if (kind === 'queue' || local === 'QUEUED' || local === 'NULL') return null;
  return local === null ? 'connected' : WORD_OF[local];
}

const mayTakePart = (call: CallPicture, address: string, context: CallContext): boolean =>
  legOf(call, address) !== undefined || mayJoin(call, address, context);

function placed(leg: Leg | undefined, party: CallParty, word: LegWord, context: CallContext): Leg {
  if (leg === undefined || leg.state === 'DROPPED') return joined(party, word, null, context);
  const state = LEG_BEGINS[word];
  // A snapshot does not tell dialling from being off-hook.
  if (leg.state === state || (word === 'dialled' && leg.state === 'INITIATING')) return leg;
  return {
    ...leg,
    state,
    stateCause: '',
    stateChangeTime: null,
    answered: leg.answered || state === 'ACTIVE' || state === 'HELD',
  };
}

/** A connection that is gone but still listed: its agent wraps the call up, which the agent's state confirms. */
function wrapping(call: CallPicture, party: CallParty, context: CallContext): CallPicture {
  if (party.kind === 'queue' || legOf(call, party.address) !== undefined) return call;
  if (context.agentAt(party.address) === undefined) return call;
  const leg = joined(party, 'left', null, context);
  return withLeg(call, { ...leg, answered: true, talked: true, shown: 'settling' });
}
