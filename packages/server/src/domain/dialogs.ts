/**
 * All dialogs: what the CTI server told us of the calls, and what the users were told of them. Events go in, the
 * Updates that follow come out; nothing is awaited in between.
 */
import type { Clock } from '@poise/clock';
import type { Agent } from './agents.ts';
import type { CallEvent, CallEventType, PreCall } from './call-event.ts';
import { type CallGaps, gapsOf, hasGaps, withGaps } from './call-gaps.ts';
import { isDone, type MergingEvent, mergeCalls, moveLeg, repeated, survivorOf } from './call-merge.ts';
import { type CallPicture, isLive, kindOf, type Leg, legOf, mapLegs, newCall } from './call-picture.ts';
import { allLeft, type CallContext, left, moved, reduceCall, type SingleCallEvent } from './call-reducer.ts';
import { Calls, isOver } from './calls.ts';
import { Departures } from './departures.ts';
import type { Dialog, DialogBookView, DialogChange, DialogHappening } from './dialog.ts';
import { isWatched } from './dialog-difference.ts';
import { DialogTelling } from './dialog-telling.ts';
import { EndedCalls } from './ended-calls.ts';
import type { Deployment } from './profile.ts';
import { isOnCall, withAgent, withoutAgent, withState } from './wrap-up.ts';

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
  /** Calls at one agent's phone; outside numbers may be in more. */
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
/** Supervisors of whom one call remembers that they listened, at most. */
const WATCHERS_MAX = 64;
const NO_VIEWERS: ReadonlyMap<string, string> = new Map();
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

/** Those of them that are never the first of a call. */
const IN_THE_MIDDLE: ReadonlySet<CallEventType> = new Set(['established', 'held', 'retrieved']);

/** A device in a call. */
const seat = (callId: string, address: string): string => `${callId} ${address}`;

/** Where the word of the event is not that of the happening. */
const HAPPENINGS: Readonly<Partial<Record<CallEventType, DialogHappening>>> = {
  queued: 'dataUpdated',
  recording: 'dataUpdated',
  snapshot: 'recovered',
};

export class DialogBook implements DialogBookView {
  readonly #d: DialogBookDependencies;
  readonly #limits: DialogLimits;
  readonly #context: CallContext;
  readonly #calls: Calls;
  readonly #ended = new EndedCalls();
  readonly #departures: Departures;
  readonly #telling: DialogTelling;
  /** Extension by login id, of agents who are signed in. */
  readonly #seats = new Map<string, string>();
  /** Skill group by call key. */
  readonly #expected = new Map<string, number>();
  readonly #orphans = new Set<string>();
  /** Calls from which a device was taken, not told yet. */
  #evicted: string[] = [];
  /** Calls whose link to a consult call changed, which is not told yet; by the number of the consult call. */
  readonly #linked = new Map<string, string>();
  /** While suspended: calls that an event or a snapshot told of since. */
  #confirmed: Set<string> | null = null;
  /** Calls that were kept without a word of the CTI server, and of which none has come since. */
  readonly #doubted = new Set<string>();
  /** Devices that were named since as parties of a call; see {@link seat}. */
  readonly #named = new Set<string>();
  /** Calls that came and went while suspended. */
  #passed: CallPicture[] = [];

  constructor(dependencies: DialogBookDependencies) {
    this.#d = dependencies;
    this.#limits = { ...DIALOG_LIMITS, ...dependencies.limits };
    const { agents, deployment, queueName, clock } = dependencies;
    const { settleMs, settleUnseenMs } = this.#limits;
    const calls = new Calls(this.#limits, {
      isSeen: (id) => this.#telling.dialogs.has(id),
      evicted: (id) => void this.#evicted.push(id),
    });
    this.#calls = calls;
    this.#departures = new Departures({ agents, calls, deployment });
    this.#telling = new DialogTelling({
      calls,
      queueName,
      clock,
      settleMs,
      settleUnseenMs,
      agentAt: (extension) => agents.at(extension)?.loginId,
      overdue: (id, happening) => this.#overdue(id, happening),
      told: (id) => this.#forgetIfOver(id),
    });
    this.#context = {
      participantsMax: this.#limits.participantsMax,
      isRoutePoint: dependencies.isRoutePoint ?? (() => false),
      agentAt: (address) => {
        const agent = agents.at(address);
        return agent === undefined ? undefined : { loginId: agent.loginId, onCall: isOnCall(agent) };
      },
    };
  }

  /** A dialog that some user sees. */
  get(id: string): Dialog | undefined {
    return this.#telling.dialogs.get(id)?.dialog;
  }

  at(extension: string): readonly Dialog[] {
    return this.#telling.dialogs.at(extension).filter((dialog) => !isWatched(dialog, extension));
  }

  shownAt(extension: string): readonly Dialog[] {
    // Whichever a recovery told of first.
    const watching = this.#telling.dialogs.at(extension).filter((dialog) => isWatched(dialog, extension));
    return [...this.at(extension), ...watching];
  }

  viewersOf(id: string): ReadonlyMap<string, string> {
    return this.#telling.dialogs.get(id)?.viewers ?? NO_VIEWERS;
  }

  /** Whether a change of the dialog waits for the word whether an agent wraps up: it will be told by itself. */
  isHeldBack(id: string): boolean {
    return this.#telling.isHeldBack(id);
  }

  /** Dialogs that some user sees. */
  get size(): number {
    return this.#telling.dialogs.size;
  }

  /** Calls that are remembered, seen or not. */
  get calls(): number {
    return this.#calls.size;
  }

  /** Whether the call is known at all of these devices. */
  isAt(callId: string, extensions: readonly string[]): boolean {
    return extensions.every((extension) => this.#calls.idsAt(extension).includes(callId));
  }

  /** Whether the call was kept in a recovery without a word of the CTI server, and none has come since. */
  isInDoubt(callId: string): boolean {
    return this.#doubted.has(callId);
  }

  /** Whether events have told of the call from its middle on only, and no snapshot has told the rest. */
  isPartial(callId: string): boolean {
    return this.#calls.get(callId)?.isPartial === true;
  }

  /** Calls that users see, and of which something is not known that only events tell. */
  withGaps(): readonly string[] {
    return this.#telling.dialogs.ids().filter((id) => {
      const call = this.#calls.get(id);
      return call !== undefined && hasGaps(call);
    });
  }

  /** What is known of what only events tell of a call; null: nothing. */
  gapsOf(callId: string): CallGaps | null {
    const call = this.#calls.get(callId);
    return call === undefined ? null : gapsOf(call);
  }

  /** Somebody who has heard more of a call tells of it: what is not known here is taken over. */
  fill(callId: string, told: CallGaps): readonly DialogChange[] {
    const call = this.#calls.get(callId);
    const filled = call === undefined ? undefined : withGaps(call, told);
    if (filled === undefined || filled === call) return [];
    this.#store(filled);
    return this.#tell([callId], 'recovered');
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
    if (before !== extension)
      for (const address of [before, extension])
        for (const id of this.#calls.idsAt(address))
          for (const monitor of this.#calls.get(id)!.watchers.values()) touched.add(monitor);
    return this.#tell([...touched], before === extension ? 'wrapUp' : 'recovered');
  }

  /** The link was lost: until {@link resume} nothing is told, and what is not confirmed counts as gone. */
  suspend(): void {
    this.#confirmed = new Set();
    this.#doubted.clear();
    this.#named.clear();
    this.#passed = [];
    this.#linked.clear();
    // Its data may change unheard; an event that confirms it tells none of them.
    for (const id of this.#calls.ids()) this.#calls.store({ ...this.#calls.get(id)!, isPartial: true });
    this.#telling.suspend();
  }

  /** While suspended: a recovery begins anew. What an earlier one, which was broken off, confirmed may be gone. */
  begin(): void {
    this.#confirmed?.clear();
    this.#doubted.clear();
    this.#named.clear();
    this.#linked.clear();
  }

  /** While suspended: the CTI server did not say whether these calls are still there. What we knew stands. */
  keep(callIds: readonly string[]): void {
    for (const id of callIds) {
      if (this.#confirmed === null || this.#confirmed.has(id)) continue;
      this.#confirmed.add(id);
      this.#doubted.add(id);
    }
  }

  /** As {@link keep}, for every call at a device. */
  keepAt(extension: string): void {
    this.keep(this.#calls.idsAt(extension));
  }

  /**
   * While suspended: all calls at an agent's device, as it tells them. From others it is gone, unless an event or a
   * snapshot has put it there since: of a call that goes on elsewhere nobody may tell whom it has left meanwhile.
   * Later: an answer that the recovery did not have. Calls that were kept without it have left the device unless it lists them.
   */
  listed(extension: string, callIds: readonly string[], at: number): readonly DialogChange[] {
    if (this.#confirmed === null) return this.#leftMeanwhile(extension, callIds, at);
    for (const id of this.#calls.idsAt(extension)) {
      if (callIds.includes(id) || this.#named.has(seat(id, extension))) continue;
      const call = this.#calls.get(id)!;
      const open = new Set(call.open);
      open.delete(extension);
      this.#store(this.#departures.after(call, left({ ...call, open }, extension, null)));
    }
    return [];
  }

  #leftMeanwhile(extension: string, callIds: readonly string[], at: number): readonly DialogChange[] {
    const touched: string[] = [];
    for (const id of this.#calls.idsAt(extension)) {
      if (!this.#doubted.has(id) || callIds.includes(id)) continue;
      touched.push(...this.#reduce({ type: 'ended', callId: id, device: extension, local: null, at }));
      // Other devices may still be asked.
      this.#doubted.add(id);
      const call = this.#calls.get(id);
      // The agent's state is known: nobody has to be waited for.
      if (call !== undefined) this.#store(this.#departures.settle(call));
    }
    return this.#tell(touched, 'recovered');
  }

  /** The picture is complete again: everything that differs from what the users were told last. */
  resume(at: number): readonly DialogChange[] {
    const confirmed = this.#confirmed;
    if (confirmed === null) return [];
    for (const id of this.#calls.ids()) {
      const call = this.#calls.get(id)!;
      const now = confirmed.has(id) ? call : this.#departures.after(call, allLeft(call, at));
      // The states of all agents are known now: nobody has to be waited for.
      this.#store(this.#departures.settle(now));
    }
    this.#confirmed = null;
    this.#named.clear();
    this.#linked.clear();
    const passed = this.#passed.flatMap((call) =>
      this.#telling.inPassing(
        call,
        ({ agentId, mediaAddress }) => agentId ?? this.#d.agents.at(mediaAddress)?.loginId,
      ),
    );
    this.#passed = [];
    const ids = new Set([...this.#telling.dialogs.ids(), ...this.#calls.ids()]);
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
    this.#doubted.delete(id);
    const before = known ?? newCall(id, IN_THE_MIDDLE.has(event.type));
    const reduced = this.#associated(this.#queued(reduceCall(before, event, this.#context)));
    if (this.#confirmed !== null) this.#name(before, reduced, event);
    if (reduced === known) return [];
    const departed = this.#departures.after(before, reduced);
    this.#store(this.#confirmed !== null && event.type === 'ended' ? endedAt(departed, event) : departed);
    return [id];
  }

  /** Notes whom an event has told of: its device, the parties of a list, and every leg that it changed. */
  #name(before: CallPicture, after: CallPicture, event: CallEvent): void {
    if (event.device !== null) this.#named.add(seat(after.id, event.device));
    const lists = 'parties' in event;
    for (const leg of after.legs)
      if (lists || legOf(before, leg.mediaAddress) !== leg) this.#named.add(seat(after.id, leg.mediaAddress));
  }

  #merge(event: MergingEvent): readonly string[] {
    const id = this.#ended.current(survivorOf(event), false);
    if (id === null) return [];
    const { primaryCallId, secondaryCallId } = event;
    const otherId = primaryCallId === id ? secondaryCallId : primaryCallId;
    const before = this.#calls.get(id) ?? newCall(id, true);
    this.#confirmed?.add(id);
    this.#doubted.delete(id);
    if (otherId === null ? isDone(before, event) : this.#ended.mergedInto(otherId) !== undefined) {
      const told = repeated(before, event);
      if (told !== before) this.#store(this.#departures.after(before, told));
      return [id];
    }
    const other = otherId === null ? undefined : this.#calls.get(otherId);
    const merged = mergeCalls(before, other ?? null, event, this.#context);
    if (this.#confirmed !== null) this.#name(before, merged.survivor, event);
    if (otherId !== null) this.#ended.merged(otherId, id);
    if (merged.other !== null) this.#store(merged.other);
    this.#store(this.#departures.after(before, merged.survivor));
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
      this.#doubted.delete(callId);
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
    // The watched call remembers who listens, and names it to a supervisor who barges in, to nobody else.
    if (kind === 'monitor' && there !== undefined) this.#watch(there, call);
    if (kind === 'consult' && there !== undefined) {
      const by = originator === null ? undefined : legOf(call, originator);
      const consults = by === undefined ? call.legs.some(isLive) : isLive(by);
      if (consults && there.consult !== call.id) this.#link(there, call.id, call.id);
      else if (!consults && there.consult === call.id) this.#link(there, null, call.id);
    }
    return original === call.original ? call : { ...call, original };
  }

  #watch(watched: CallPicture, { id, legs }: CallPicture): void {
    const news = legs.filter(({ mediaAddress }) => watched.watchers.get(mediaAddress) !== id);
    if (news.length === 0 || watched.watchers.size > WATCHERS_MAX) return;
    const mine = news.map(({ mediaAddress }) => [mediaAddress, id] as const);
    this.#store({ ...watched, watchers: new Map([...watched.watchers, ...mine]) });
  }

  /** Sets or takes away what a call says of its consult call. */
  #link(call: CallPicture, to: string | null, consult: string): void {
    this.#store({ ...call, consult: to });
    this.#linked.set(consult, call.id);
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

  #tell(ids: readonly string[], happening: DialogHappening): DialogChange[] {
    const evicted = this.#evicted;
    this.#evicted = [];
    if (this.#confirmed !== null) return [];
    const changes = this.#telling.tell([...evicted, ...ids], happening);
    return [...changes, ...this.#tellLinked()];
  }

  /** The links that changed, each after what was to be told of the consult call itself. */
  #tellLinked(): DialogChange[] {
    const changes: DialogChange[] = [];
    for (const [consult, original] of this.#linked) {
      if (this.#telling.isHeldBack(consult)) continue;
      this.#linked.delete(consult);
      changes.push(...this.#telling.tell([original], 'dataUpdated'));
    }
    return changes;
  }

  #overdue(id: string, happening: DialogHappening): void {
    const call = this.#calls.get(id);
    if (call !== undefined) this.#store(this.#departures.settle(call));
    const changes = this.#tell([id], happening);
    if (changes.length > 0) this.#d.late(changes);
  }

  // ---- the calls -----------------------------------------------------------------------------------

  #store(call: CallPicture): void {
    this.#calls.store(call);
    if (this.#confirmed !== null && isOver(call)) {
      // What the users were told of stays until they are told of its end.
      if (this.#telling.dialogs.has(call.id)) return;
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
    if (original?.consult === id) this.#link(original, null, id);
  }

  #watchOrphan({ id, open }: CallPicture): void {
    this.#orphans.delete(id);
    if (open.size > 0 || this.#telling.dialogs.has(id)) return;
    this.#orphans.add(id);
    if (this.#orphans.size <= ORPHANS_MAX) return;
    const [oldest] = this.#orphans;
    const call = this.#calls.get(oldest!);
    this.#orphans.delete(oldest!);
    if (call !== undefined) this.#calls.forget(call);
  }
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
