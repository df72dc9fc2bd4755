/** What we know of one call: richer than the Dialog, which is what its users see of it. */
import type { CallDataNews, CallParty } from './call-event.ts';
import type { Dialog, DialogKind, DialogState, NamedCallVariable, OwnView, Participant } from './dialog.ts';
import { type Answers, answered, RESPONSE_VARIABLE } from './outbound.ts';

/** A party of the call: a participant, and what is needed to tell old news from new. Immutable. */
export interface Leg extends Omit<Participant, keyof OwnView> {
  /** The device had events of its own: its holding is believed to itself only. */
  readonly reports: boolean;
  /** The device was told itself that it has left: what it is told of the call afterwards is not about its part. */
  readonly parted: boolean;
  /** Was connected at some time. */
  readonly answered: boolean;
  /** Its agent was seen on a call while it took part: the agent's next other state is the end of it. */
  readonly talked: boolean;
  /**
   * Of a leg that has left. `now`: shown once more; `settling`: held back until its agent's state tells whether
   * wrap-up follows; `past`: no longer shown, remembered so that late news does not bring it back.
   */
  readonly shown: 'now' | 'settling' | 'past';
}

export interface CallData {
  readonly ani: string;
  readonly dnis: string;
  readonly dialedNumber: string;
  readonly wrapUpReason: string | null;
  /** Always ten. */
  readonly variables: readonly string[];
  readonly named: readonly NamedCallVariable[];
  readonly callKey: { readonly day: number; readonly callId: number; readonly sequence: number } | null;
  readonly skillGroup: number | null;
  /** Of a call of the outbound option: what the agent said of it. */
  readonly answers: Answers;
}

/** One call. Immutable. */
export interface CallPicture {
  readonly id: string;
  readonly legs: readonly Leg[];
  /** Devices whose BEGIN_CALL_EVENT came, and not yet their END_CALL_EVENT. */
  readonly open: ReadonlySet<string>;
  /** Call type by device; under the empty address what was said without one. */
  readonly types: ReadonlyMap<string, string>;
  /** DNIS as each device was told it. */
  readonly dnisAt: ReadonlyMap<string, string>;
  readonly data: CallData;
  /** Device that went off-hook or dialled. */
  readonly originator: string | null;
  /** First destination named by an event, and first DialedNumber: later ones do not change who was called. */
  readonly called: string | null;
  readonly firstDialed: string | null;
  /** The other call that this one belongs to: the original of a consult call, the watched one of a monitor call. */
  readonly original: string | null;
  /** The consult call that was placed from this one. */
  readonly consult: string | null;
  readonly monitor: boolean;
  /** Who listens or listened: number of the latest monitor call by the supervisor's device. */
  readonly watchers: ReadonlyMap<string, string>;
  readonly secondaryId: string | null;
  readonly controller: string | null;
  readonly recording: boolean;
  /** Heard of from its middle on only, or known since before a loss of the link: what its data are was told to nobody of ours. A snapshot has them. */
  readonly isPartial: boolean;
}

const NO_VARIABLES: readonly string[] = Array.from({ length: 10 }, () => '');

const NO_ANSWERS: Answers = { outboundClassification: '', callback: null };

export function newCall(id: string, isPartial = false): CallPicture {
  return {
    id,
    legs: [],
    open: new Set(),
    types: new Map(),
    dnisAt: new Map(),
    data: {
      ani: '',
      dnis: '',
      dialedNumber: '',
      wrapUpReason: null,
      variables: NO_VARIABLES,
      named: [],
      callKey: null,
      skillGroup: null,
      answers: NO_ANSWERS,
    },
    originator: null,
    called: null,
    firstDialed: null,
    original: null,
    consult: null,
    monitor: false,
    watchers: new Map(),
    secondaryId: null,
    controller: null,
    recording: false,
    isPartial,
  };
}

/** Not left, and not in wrap-up. */
export const isLive = (leg: Leg): boolean => leg.state !== 'DROPPED' && leg.state !== 'WRAP_UP';

/** The agent of the leg still has the dialog. */
export const isSeen = (leg: Leg): boolean =>
  leg.agentId !== null && (leg.state !== 'DROPPED' || leg.shown === 'settling');

export const legOf = (call: CallPicture, address: string): Leg | undefined =>
  call.legs.find(({ mediaAddress }) => mediaAddress === address);

export function withLeg(call: CallPicture, leg: Leg): CallPicture {
  const at = call.legs.findIndex(({ mediaAddress }) => mediaAddress === leg.mediaAddress);
  if (at >= 0 && call.legs[at] === leg) return call;
  return { ...call, legs: at < 0 ? [...call.legs, leg] : call.legs.with(at, leg) };
}

/** Every leg through `change`; the same call when none changed. */
export function mapLegs(call: CallPicture, change: (leg: Leg) => Leg): CallPicture {
  let changed = false;
  const legs = call.legs.map((leg) => {
    const next = change(leg);
    changed ||= next !== leg;
    return next;
  });
  return changed ? { ...call, legs } : call;
}

const NAMED_MAX = 500;

/** Takes over what an event says of the data; the same call when that is nothing new. */
export function withData(
  call: CallPicture,
  news: CallDataNews,
  skillGroup: number | null = null,
): CallPicture {
  const { data } = call;
  const named = withNamed(data.named, news.named);
  const next: CallData = {
    ani: news.ani ?? data.ani,
    dnis: news.dnis ?? data.dnis,
    dialedNumber: news.dialedNumber ?? data.dialedNumber,
    // An empty reason is one that was never chosen.
    wrapUpReason: news.wrapUpReason === undefined ? data.wrapUpReason : news.wrapUpReason || null,
    variables: withVariables(data.variables, news.variables),
    named,
    answers: withAnswer(data, responseIn(named)),
    callKey: withKey(data.callKey, news.callKey),
    skillGroup: skillGroup ?? data.skillGroup,
  };
  if ((Object.keys(next) as Array<keyof CallData>).every((key) => next[key] === data[key])) return call;
  return { ...call, data: next, firstDialed: call.firstDialed ?? (next.dialedNumber || null) };
}

/** What BAResponse of the outbound option says; '' when there is none. */
export const responseIn = (named: readonly NamedCallVariable[]): string =>
  named.find(({ name, index }) => name === RESPONSE_VARIABLE && index === null)?.value ?? '';

const withAnswer = ({ named, answers }: CallData, response: string): Answers =>
  response === responseIn(named) ? answers : answered(answers, response);

/** Devices of which one call remembers what it is to them. */
export const DEVICES_MAX = 64;

/** What a device was told of the number that was delivered to it. */
export function withDnis(call: CallPicture, device: string | null, dnis: string | undefined): CallPicture {
  const { dnisAt } = call;
  if (device === null || dnis === undefined || dnisAt.get(device) === dnis) return call;
  if (dnisAt.size >= DEVICES_MAX && !dnisAt.has(device)) return call;
  return { ...call, dnisAt: new Map(dnisAt).set(device, dnis) };
}

/**
 * A snapshot tells one DNIS for the call. If it is the extension of an agent, then those were delivered to who was
 * called, and of the agents in the call everybody was but who placed it.
 */
export function withDnisOfParties(call: CallPicture, dnis: string | undefined): CallPicture {
  const isAgent = ({ mediaAddress, mediaAddressType }: Leg) =>
    mediaAddressType === 'AGENT_DEVICE' && mediaAddress !== (call.originator ?? call.data.ani);
  const called = call.legs.filter(isAgent).map(({ mediaAddress }) => mediaAddress);
  if (dnis === undefined || !called.includes(dnis)) return call;
  return called.reduce(
    (next, address) => (next.dnisAt.has(address) ? next : withDnis(next, address, address)),
    call,
  );
}

function withVariables(
  before: readonly string[],
  news: Readonly<Record<number, string>> | undefined,
): readonly string[] {
  let next = before;
  for (const [index, value] of Object.entries(news ?? {})) {
    if (next[Number(index)] !== value && Number(index) < 10) next = next.with(Number(index), value);
  }
  return next;
}

function withNamed(
  before: readonly NamedCallVariable[],
  news: readonly NamedCallVariable[] = [],
): readonly NamedCallVariable[] {
  let next = before;
  for (const variable of news) {
    const at = next.findIndex(({ name, index }) => name === variable.name && index === variable.index);
    if (at >= 0 && next[at]!.value === variable.value) continue;
    if (at >= 0) next = next.with(at, variable);
    else if (next.length < NAMED_MAX) next = [...next, variable];
  }
  return next;
}

function withKey(before: CallData['callKey'], news: CallDataNews['callKey']): CallData['callKey'] {
  if (news === undefined) return before;
  const same = before !== null && before.day === news.day && before.callId === news.callId;
  const sequence = news.sequence ?? (same ? before.sequence : 0);
  return same && before.sequence === sequence ? before : { day: news.day, callId: news.callId, sequence };
}

/** AGENT_DEVICE for what the agent system knows, empty for outside parties. */
export const addressTypeOf = (party: CallParty, agentId: string | null): Participant['mediaAddressType'] =>
  party.kind === 'agent' || agentId !== null ? 'AGENT_DEVICE' : '';

const MONITOR_TYPES: ReadonlySet<string> = new Set(['SUPERVISOR_MONITOR', 'SUPERVISOR_WHISPER']);
/** What a supervisor is told who barged in. */
export const BARGED = 'BARGE_IN_CONSULT';
export const CONSULT_TYPES: ReadonlySet<string> = new Set(['CONSULT', 'CONSULT_OFFERED']);

export function kindOf(call: CallPicture): DialogKind {
  if (call.monitor) return 'monitor';
  let consult = call.original !== null;
  for (const [address, type] of call.types) {
    if (MONITOR_TYPES.has(type)) return 'monitor';
    // Who is about to be transferred into a call may have been told the type of another one.
    const concerns = address === '' || address === call.originator || legOf(call, address) !== undefined;
    consult ||= concerns && CONSULT_TYPES.has(type);
  }
  return consult ? 'consult' : 'call';
}

/** The dialog as its users see it now. */
export function dialogOf(call: CallPicture, queueName: (skillGroup: number) => string | undefined): Dialog {
  const { data } = call;
  const legs = call.legs.filter(({ state, shown }) => state !== 'DROPPED' || shown !== 'past');
  const state = dialogState(legs);
  const kind = kindOf(call);
  const first = legs[0]?.mediaAddress ?? '';
  // A monitor call bears the data of the watched one; it goes from the supervisor to the agent.
  const monitor = kind === 'monitor';
  const fromAddress = call.originator ?? (monitor ? first : data.ani || first);
  const toAddress = monitor ? (call.called ?? call.firstDialed) : (call.firstDialed ?? call.called);
  const callType = call.types.get(fromAddress) ?? call.types.get('') ?? firstType(legs, call.types) ?? 'NULL';
  const dialling = state === 'INITIATING';
  const dialed = monitor ? toAddress : data.dialedNumber || call.called;
  return {
    id: call.id,
    kind,
    state,
    fromAddress,
    toAddress: dialling ? '' : (toAddress ?? ''),
    associatedDialogId: call.original ?? call.consult,
    secondaryId: call.secondaryId,
    media: {
      dialedNumber: dialling ? '' : (dialed ?? ''),
      dnis: data.dnis,
      callType,
      ...data.answers,
      wrapUpReason: data.wrapUpReason,
      callVariables: data.variables,
      named: data.named,
      queueNumber: data.skillGroup,
      queueName: data.skillGroup === null ? null : (queueName(data.skillGroup) ?? null),
      callKey: data.callKey,
    },
    participants: legs.map((leg) => ({
      mediaAddress: leg.mediaAddress,
      mediaAddressType: leg.mediaAddressType,
      agentId: leg.agentId,
      state: leg.state,
      stateCause: leg.stateCause,
      startTime: leg.startTime,
      stateChangeTime: leg.stateChangeTime,
      ...ownView(call, leg.mediaAddress),
    })),
    controller: legs.filter(isLive).length > 2 ? call.controller : null,
    recording: call.recording,
  };
}

function ownView({ types, dnisAt, watchers }: CallPicture, address: string): OwnView {
  const callType = types.get(address) ?? null;
  // A former listener who is called in later has not barged in.
  const barged = callType === BARGED;
  return {
    callType,
    dnis: dnisAt.get(address) ?? null,
    associatedDialogId: barged ? (watchers.get(address) ?? null) : null,
  };
}

function firstType(legs: readonly Leg[], types: ReadonlyMap<string, string>): string | undefined {
  for (const { mediaAddress } of legs) {
    const type = types.get(mediaAddress);
    if (type !== undefined) return type;
  }
  return types.values().next().value;
}

/** The first of these that any leg has decides. In wrap-up the dialog stays ACTIVE to the end (objects.md 2.4). */
const DIALOG_STATE_BY_LEG: ReadonlyArray<readonly [ReadonlySet<string>, DialogState]> = [
  [new Set(['ACTIVE', 'HELD', 'WRAP_UP']), 'ACTIVE'],
  [new Set(['ALERTING']), 'ALERTING'],
  // Nobody dials in a reservation that was accepted: its caller is the dialer.
  [new Set(['ACCEPTED']), 'ACCEPTED'],
  [new Set(['FAILED']), 'FAILED'],
  [new Set(['INITIATED']), 'INITIATED'],
  [new Set(['INITIATING']), 'INITIATING'],
];

function dialogState(legs: readonly Leg[]): DialogState {
  for (const [states, state] of DIALOG_STATE_BY_LEG)
    if (legs.some((leg) => states.has(leg.state))) return state;
  return 'DROPPED';
}
