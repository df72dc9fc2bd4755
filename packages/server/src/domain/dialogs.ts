/**
 * All dialogs: what the CTI server told us of the calls, and what the users were told of them. Events go in, the
 * Updates that follow come out; nothing is awaited in between.
 */
import type { Clock, Timer } from '@poise/clock';
import type { Agent } from './agents.ts';
import type { CallEvent, CallEventType, PreCall } from './call-event.ts';
import { isDone, type MergingEvent, mergeCalls, moveLeg, repeated, survivorOf } from './call-merge.ts';
import {
  type CallPicture,
  dialogOf,
  isLive,
  isSeen,
  kindOf,
  type Leg,
  legOf,
  mapLegs,
  newCall,
} from './call-picture.ts';
import { allLeft, type CallContext, moved, reduceCall, type SingleCallEvent } from './call-reducer.ts';
import { Calls, isOver } from './calls.ts';
import type { Dialog, DialogBookView, DialogChange, DialogHappening } from './dialog.ts';
import { difference, type Seen } from './dialog-difference.ts';
import { EndedCalls } from './ended-calls.ts';
import type { Deployment } from './profile.ts';
import { departed, isOnCall, settled, withAgent, withoutAgent, withState } from './wrap-up.ts';

export interface DialogBookDependencies {
  /** The agents as last heard (AgentBook). */
  readonly agents: { at(extension: string): Agent | undefined };
  /** Name of a skill group; undefined: unknown. */
  readonly queueName: (skillGroupNumber: number) => string | undefined;
  /** Whether a number is a dialled number with a queue behind it: such are no participants. Default: none is. */
  readonly isRoutePoint?: (address: string) => boolean;
  readonly deployment: Deployment;
  readonly clock: Clock;
  /** Changes that come from the passing of time alone. */
  readonly late: (changes: readonly DialogChange[]) => void;
  readonly limits?: Partial<DialogLimits>;
}

/** Bounds of the picture; what is beyond them is forgotten, oldest first. */
export interface DialogLimits {
  /** Calls, with and without agents. */
  readonly callsMax: number;
  /** Calls at one device. */
  readonly callsPerDeviceMax: number;
  /** Parties of one call (SNAPSHOT_CALL_CONF has room for 16). */
  readonly participantsMax: number;
  /** How long an ended leg waits for the word whether its agent wraps up, ms: when the agent is still on a call, … */
  readonly settleMs: number;
  /** … and when the agent's state never showed the call. */
  readonly settleUnseenMs: number;
}

export const DIALOG_LIMITS: DialogLimits = {
  callsMax: 20_000,
  callsPerDeviceMax: 16,
  participantsMax: 16,
  settleMs: 3_000,
  settleUnseenMs: 500,
};

/** Calls that the router announced, and calls that passed while nothing was told, at most. */
const EXPECTED_MAX = 1_000;
const PASSED_MAX = 10_000;
/** Calls among outside parties alone, of whose end nobody will tell, at most. */
const ORPHANS_MAX = 1_000;

/** Events that tell of a call that is going on: they make one that is not known yet. */
const MAKING: ReadonlySet<CallEventType> = new Set([
  'begun',
  'initiated',
  'originated',
  'delivered',
  'established',
  'held',
  'retrieved',
  'queued',
  'snapshot',
]);

/** Where the word of the event is not that of the happening. */
const HAPPENINGS: Readonly<Partial<Record<CallEventType, DialogHappening>>> = {
  queued: 'dataUpdated',
  recording: 'dataUpdated',
  snapshot: 'recovered',
};

/** A call whose change is held back until it is known whether a leg of it wraps up. */
interface HeldBack {
  readonly happening: DialogHappening;
  readonly timer: Timer;
  /** Calls that the same event changed, to be told of first. */
  readonly before: readonly string[];
}

export class DialogBook implements DialogBookView {
  readonly #d: DialogBookDependencies;
  readonly #limits: DialogLimits;
  readonly #context: CallContext;
  readonly #calls: Calls;
  readonly #ended = new EndedCalls();
  readonly #told = new Map<string, Seen>();
  readonly #heldBack = new Map<string, HeldBack>();
  /** Extension by login id, of agents who are signed in. */
  readonly #seats = new Map<string, string>();
  /** Skill group by call key. */
  readonly #expected = new Map<string, number>();
  readonly #orphans = new Set<string>();
  /** Calls from which a device was taken, not told yet. */
  #evicted: string[] = [];
  /** While suspended: calls that an event or a snapshot told of since. */
  #confirmed: Set<string> | null = null;
  /** Calls that came and went while suspended. */
  #passed: CallPicture[] = [];

  constructor(dependencies: DialogBookDependencies) {
    this.#d = dependencies;
    this.#limits = { ...DIALOG_LIMITS, ...dependencies.limits };
    this.#calls = new Calls(this.#limits, {
      isSeen: (id) => this.#told.has(id),
      evicted: (id) => void this.#evicted.push(id),
    });
    this.#context = {
      participantsMax: this.#limits.participantsMax,
      isRoutePoint: dependencies.isRoutePoint ?? (() => false),
      agentAt: (address) => {
        const agent = dependencies.agents.at(address);
        return agent === undefined ? undefined : { loginId: agent.loginId, onCall: isOnCall(agent) };
      },
    };
  }

  /** A dialog that some user sees. */
  get(id: string): Dialog | undefined {
    return this.#told.get(id)?.dialog;
  }

  at(extension: string): readonly Dialog[] {
    return this.#calls.idsAt(extension).flatMap((id) => {
      const seen = this.#told.get(id);
      return seen?.viewers.has(extension) ? [seen.dialog] : [];
    });
  }

  /** Whether a change of the dialog waits for the word whether an agent wraps up: it will be told by itself. */
  isHeldBack(id: string): boolean {
    return this.#heldBack.has(id);
  }

  /** Dialogs that some user sees. */
  get size(): number {
    return this.#told.size;
  }

  /** Calls that are remembered, seen or not. */
  get calls(): number {
    return this.#calls.size;
  }

  /** Something happened to a call. Never throws, whatever the order of events. */
  apply(event: CallEvent): readonly DialogChange[] {
    const touched = this.#reduce(event);
    // That a call comes to a device is told with the event that makes the device a party.
    if (event.type === 'begun') return [];
    return this.#tell(touched, HAPPENINGS[event.type] ?? (event.type as DialogHappening));
  }

  /** The router is about to send a call to an agent. */
  expect({ callKey, skillGroup }: PreCall): void {
    if (skillGroup === null) return;
    this.#expected.set(JSON.stringify(callKey), skillGroup);
    if (this.#expected.size > EXPECTED_MAX) this.#expected.delete(this.#expected.keys().next().value!);
  }

  /**
   * An agent signed in, moved, changed state or signed out (call it after AgentBook.apply, for every agent event and
   * snapshot): wrap-up begins and ends, dialogs appear and go. Costs nothing for agents without calls.
   */
  agentChanged(agent: Agent, at: number): readonly DialogChange[] {
    const { loginId, extension } = agent;
    const before = this.#seats.get(loginId) ?? '';
    const touched = new Set<string>();
    if (before !== extension) {
      this.#seats.delete(loginId);
      if (extension !== '') this.#seats.set(loginId, extension);
      this.#changeLegs(before, touched, (leg) => (leg.agentId === loginId ? withoutAgent(leg, at) : leg));
    }
    this.#changeLegs(extension, touched, (leg) => {
      const owned = withAgent(leg, agent);
      return owned.agentId === loginId ? withState(owned, agent, at) : owned;
    });
    return this.#tell([...touched], before === extension ? 'wrapUp' : 'recovered');
  }

  /** The link was lost: until {@link resume} nothing is told, and what is not confirmed counts as gone. */
  suspend(): void {
    this.#confirmed = new Set();
    this.#passed = [];
    for (const { timer } of this.#heldBack.values()) timer.cancel();
    this.#heldBack.clear();
  }

  /** While suspended: the CTI server did not say whether these calls are still there. What we knew stands. */
  keep(callIds: readonly string[]): void {
    for (const id of callIds) this.#confirmed?.add(id);
  }

  /** As {@link keep}, for every call at a device. */
  keepAt(extension: string): void {
    this.keep(this.#calls.idsAt(extension));
  }

  /** The picture is complete again: everything that differs from what the users were told last. */
  resume(at: number): readonly DialogChange[] {
    const confirmed = this.#confirmed;
    if (confirmed === null) return [];
    for (const id of this.#calls.ids()) {
      const call = this.#calls.get(id)!;
      const now = confirmed.has(id) ? call : this.#departures(call, allLeft(call, at));
      // The states of all agents are known now: nobody has to be waited for.
      this.#store(this.#settle(now));
    }
    this.#confirmed = null;
    const passed = this.#passed.flatMap((call) => this.#inPassing(call));
    this.#passed = [];
    const ids = new Set([...this.#told.keys(), ...this.#calls.ids()]);
    return [...passed, ...this.#tell([...ids], 'recovered')];
  }

  // ---- events --------------------------------------------------------------------------------------

  /** @returns the calls that may have changed: one that ends by a merger comes before the one that goes on */
  #reduce(event: CallEvent): readonly string[] {
    if (event.type === 'transferred' || event.type === 'conferenced') return this.#merge(event);
    if (event.type === 'dataUpdated' && event.newCallId !== event.callId) return this.#rename(event);
    return this.#single(event);
  }

  #single(event: SingleCallEvent): readonly string[] {
    const id = this.#ended.current(event.callId, event.type === 'begun' || event.type === 'snapshot');
    if (id === null) return [];
    const known = this.#calls.get(id);
    if (known === undefined && !MAKING.has(event.type)) return [];
    this.#confirmed?.add(id);
    const before = known ?? newCall(id);
    const reduced = this.#associated(this.#queued(reduceCall(before, event, this.#context)));
    if (reduced === known) return [];
    const departed = this.#departures(before, reduced);
    this.#store(this.#confirmed !== null && event.type === 'ended' ? endedAt(departed, event) : departed);
    return [id];
  }

  #merge(event: MergingEvent): readonly string[] {
    const id = this.#ended.current(survivorOf(event), false);
    if (id === null) return [];
    const { primaryCallId, secondaryCallId } = event;
    const otherId = primaryCallId === id ? secondaryCallId : primaryCallId;
    const before = this.#calls.get(id) ?? newCall(id);
    this.#confirmed?.add(id);
    if (otherId === null ? isDone(before, event) : this.#ended.mergedInto(otherId) !== undefined) {
      const told = repeated(before, event);
      if (told !== before) this.#store(this.#departures(before, told));
      return [id];
    }
    const other = otherId === null ? undefined : this.#calls.get(otherId);
    const merged = mergeCalls(before, other ?? null, event, this.#context);
    if (otherId !== null) this.#ended.merged(otherId, id);
    if (merged.other !== null) this.#store(merged.other);
    this.#store(this.#departures(before, merged.survivor));
    return otherId === null ? [id] : [otherId, id];
  }

  /** CALL_DATA_UPDATE_EVENT with new ids: the call has another number, or one connection moves to another call. */
  #rename(event: Extract<CallEvent, { type: 'dataUpdated' }>): readonly string[] {
    const { callId, newCallId, at } = event;
    const from = this.#calls.get(callId);
    const to = this.#calls.get(newCallId);
    const touched: string[] = [];
    if (from !== undefined && to === undefined) {
      this.#calls.forget(from);
      this.#ended.renamed(callId, newCallId);
      this.#store({ ...from, id: newCallId });
      touched.push(callId);
    } else if (from !== undefined && to !== undefined) {
      const address = event.device ?? event.newDevice;
      const pair = address === null ? { from, to } : moveLeg(from, to, address, at);
      this.#confirmed?.add(callId);
      this.#store(pair.from);
      this.#store(pair.to);
      touched.push(callId);
    }
    return [...touched, ...this.#single({ ...event, callId: newCallId }), newCallId];
  }

  /** The skill group that was announced before the call came. */
  #queued(call: CallPicture): CallPicture {
    const { callKey, skillGroup } = call.data;
    if (callKey === null || skillGroup !== null || this.#expected.size === 0) return call;
    const expected = this.#expected.get(JSON.stringify(callKey));
    return expected === undefined ? call : { ...call, data: { ...call.data, skillGroup: expected } };
  }

  /** A consult call belongs to the other call of the device that placed it, even if no event says so. */
  #associated(call: CallPicture): CallPicture {
    const kind = kindOf(call);
    if (kind === 'call') return call;
    const { originator } = call;
    const guess = (address: string) =>
      this.#calls
        .otherLegs(address, call.id)
        .find(({ call: other, leg }) => isLive(leg) && kindOf(other) === 'call');
    const original =
      call.original ??
      (kind === 'consult' && originator !== null ? (guess(originator)?.call.id ?? null) : null);
    if (original === null) return call;
    const there = this.#calls.get(original);
    // The watched call does not name its monitor: its agent must not know.
    if (kind === 'consult' && there !== undefined && there.consult !== call.id) this.#link(there, call.id);
    return original === call.original ? call : { ...call, original };
  }

  /** The link to a consult call is no news of its own (see sameDialog); it is there when somebody asks. */
  #link(call: CallPicture, consult: string | null): void {
    this.#store({ ...call, consult });
    const told = this.#told.get(call.id);
    if (told === undefined) return;
    const dialog = { ...told.dialog, associatedDialogId: call.original ?? consult };
    this.#told.set(call.id, { ...told, dialog });
  }

  // ---- agents --------------------------------------------------------------------------------------

  /** For each leg that has just left: is its agent in wrap-up, is that to be waited for, or is it over? */
  #departures(before: CallPicture, after: CallPicture): CallPicture {
    return mapLegs(after, (leg) => {
      const agent = this.#agentOf(leg);
      if (agent === undefined) return leg;
      if (isLive(leg)) return withState(leg, agent, 0);
      const was = legOf(before, leg.mediaAddress);
      const departs = leg.state === 'DROPPED' && was !== undefined && isLive(was);
      return departs && this.#mayWrapUp(after, leg)
        ? departed(leg, agent, this.#d.deployment === 'CCE')
        : leg;
    });
  }

  /** Wrap-up follows a call that the agent took part in, and not while another one goes on. */
  #mayWrapUp(call: CallPicture, leg: Leg): boolean {
    if (kindOf(call) === 'monitor') return false;
    if (!leg.answered && call.originator !== leg.mediaAddress) return false;
    return !this.#calls.otherLegs(leg.mediaAddress, call.id).some((other) => isLive(other.leg));
  }

  #agentOf(leg: Leg): Agent | undefined {
    if (leg.agentId === null) return undefined;
    const agent = this.#d.agents.at(leg.mediaAddress);
    return agent?.loginId === leg.agentId ? agent : undefined;
  }

  #settle(call: CallPicture): CallPicture {
    return mapLegs(call, (leg) => settled(leg, this.#agentOf(leg)));
  }

  #changeLegs(address: string, touched: Set<string>, change: (leg: Leg) => Leg): void {
    for (const id of this.#calls.idsAt(address)) {
      const call = this.#calls.get(id)!;
      const next = mapLegs(call, (leg) => (leg.mediaAddress === address ? change(leg) : leg));
      if (next === call) continue;
      this.#store(next);
      touched.add(id);
    }
  }

  // ---- telling -------------------------------------------------------------------------------------

  #tell(ids: readonly string[], happening: DialogHappening): DialogChange[] {
    const evicted = this.#evicted;
    this.#evicted = [];
    if (this.#confirmed !== null) return [];
    const all = [...evicted, ...ids];
    const waiting = all.find((id) => this.#isSettling(id));
    if (waiting !== undefined) {
      // What one event did to several calls is told together.
      this.#holdBack(waiting, all, happening);
      return [];
    }
    return all.flatMap((id) => {
      const before = this.#heldBack.get(id)?.before ?? [];
      return [...before, id].flatMap((one) =>
        this.#tellOne(one, this.#heldBack.get(id)?.happening ?? happening),
      );
    });
  }

  #isSettling(id: string): boolean {
    return this.#calls.get(id)?.legs.some(({ shown }) => shown === 'settling') === true;
  }

  #tellOne(id: string, happening: DialogHappening): DialogChange[] {
    const call = this.#calls.get(id);
    const why = this.#heldBack.get(id)?.happening ?? happening;
    this.#heldBack.get(id)?.timer.cancel();
    this.#heldBack.delete(id);
    const told = this.#told.get(id);
    if (call === undefined) {
      // It goes on under another number.
      this.#told.delete(id);
      return told === undefined ? [] : difference(told, { dialog: told.dialog, viewers: new Map() }, 'ended');
    }
    let now = this.#seen(call);
    let changes = difference(told, now, why);
    if (changes.some(({ kind }) => kind === 'PUT')) {
      const shorter = withoutPast(call, told!.dialog);
      if (shorter !== call) {
        this.#store(shorter);
        now = this.#seen(shorter);
        changes = difference(told, now, why);
      }
    }
    if (now.viewers.size > 0) this.#told.set(id, now);
    else if (told !== undefined) {
      this.#told.delete(id);
      this.#store(mapLegs(this.#calls.get(id)!, unlisted));
    }
    this.#forgetIfOver(id);
    return changes;
  }

  #seen(call: CallPicture): Seen {
    const viewers = new Map<string, string>();
    for (const leg of call.legs) if (isSeen(leg)) viewers.set(leg.mediaAddress, leg.agentId!);
    return { dialog: dialogOf(call, this.#d.queueName), viewers };
  }

  #holdBack(id: string, changed: readonly string[], happening: DialogHappening): void {
    const held = this.#heldBack.get(id);
    const others = changed.filter((other) => other !== id);
    const before = [...new Set([...(held?.before ?? []), ...others])];
    if (held !== undefined) {
      this.#heldBack.set(id, { ...held, before });
      return;
    }
    const { legs } = this.#calls.get(id)!;
    const seen = legs.every(({ shown, talked }) => shown !== 'settling' || talked);
    const waitMs = seen ? this.#limits.settleMs : this.#limits.settleUnseenMs;
    const timer = this.#d.clock.schedule(waitMs, () => {
      const waiting = this.#calls.get(id);
      if (waiting !== undefined) this.#store(this.#settle(waiting));
      const changes = this.#tell([id], happening);
      if (changes.length > 0) this.#d.late(changes);
    });
    this.#heldBack.set(id, { happening, timer, before });
  }

  /** A call that came and went while nothing was told: it is told now, without times. */
  #inPassing(call: CallPicture): DialogChange[] {
    const timeless = mapLegs(call, (leg) => ({
      ...leg,
      shown: 'now',
      startTime: null,
      stateChangeTime: null,
    }));
    const dialog = dialogOf(timeless, this.#d.queueName);
    return call.legs.flatMap(({ mediaAddress: extension, agentId }): DialogChange[] => {
      const viewer = agentId ?? this.#d.agents.at(extension)?.loginId;
      if (viewer === undefined) return [];
      const change = { viewer, extension, dialog, happening: 'recovered' } as const;
      return [
        { ...change, kind: 'POST' },
        { ...change, kind: 'DELETE' },
      ];
    });
  }

  // ---- the calls -----------------------------------------------------------------------------------

  #store(call: CallPicture): void {
    this.#calls.store(call);
    if (this.#confirmed !== null && isOver(call)) {
      // What the users were told of stays until they are told of its end.
      if (this.#told.has(call.id)) return;
      if (call.legs.length > 0 && this.#confirmed.has(call.id) && this.#passed.length < PASSED_MAX)
        this.#passed.push(call);
      this.#forgetIfOver(call.id);
    }
  }

  #forgetIfOver(id: string): void {
    const call = this.#calls.get(id);
    if (call === undefined) return;
    if (!isOver(call)) {
      this.#watchOrphan(call);
      return;
    }
    this.#orphans.delete(id);
    this.#calls.forget(call);
    this.#ended.over(id);
    const original = call.original === null ? undefined : this.#calls.get(call.original);
    if (original?.consult === id) this.#link(original, null);
  }

  #watchOrphan({ id, open }: CallPicture): void {
    this.#orphans.delete(id);
    if (open.size > 0 || this.#told.has(id)) return;
    this.#orphans.add(id);
    if (this.#orphans.size <= ORPHANS_MAX) return;
    const [oldest] = this.#orphans;
    const call = this.#calls.get(oldest!);
    this.#orphans.delete(oldest!);
    if (call !== undefined) this.#calls.forget(call);
  }
}

/**
 * A party that has left is listed once more, then the others go on without it (objects.md 3.4). When fewer than two
 * are left, the call is ending and keeps its list.
 */
function withoutPast(call: CallPicture, told: Dialog): CallPicture {
  if (call.legs.filter(isLive).length < 2) return call;
  const listed = new Set(
    told.participants.flatMap(({ state, mediaAddress }) => (state === 'DROPPED' ? [mediaAddress] : [])),
  );
  return mapLegs(call, (leg) =>
    leg.state === 'DROPPED' && leg.shown === 'now' && listed.has(leg.mediaAddress)
      ? { ...leg, shown: 'past' }
      : leg,
  );
}

/**
 * While nothing is told, agents' states may be older than the calls: END_CALL_EVENT is the better word. A call whose
 * wrap-up goes on is listed by the snapshot of its device.
 */
const endedAt = (call: CallPicture, { device, at }: SingleCallEvent): CallPicture =>
  mapLegs(call, (leg) => {
    if (leg.mediaAddress !== device) return leg;
    if (leg.state === 'WRAP_UP') return moved(leg, 'left', at);
    return leg.shown === 'settling' ? { ...leg, shown: 'now' } : leg;
  });

/** Nobody sees the call now; whoever comes next is shown only from whom it was transferred. */
const unlisted = (leg: Leg): Leg =>
  leg.state === 'DROPPED' && leg.shown === 'now' && leg.stateCause !== 'OTHER'
    ? { ...leg, shown: 'past' }
    : leg;
