/**
 * Presence over several nodes, by the truth about all of them: nobody is signed out wrongly, nobody by two nodes, nobody by one that
 * is cut off, and nobody stays signed in wrongly. A node that is cut off says so.
 */
import { AgentState } from '@poise/ged188';
import { CENTRE } from './directory.ts';
import { GRACE_MS, NOTICE_MS, type SimNode } from './node.ts';
import type { Place } from './place.ts';
import type { World } from './world.ts';

const LOOK_EVERY_MS = 1_000;
/**
 * From the page's end, or from when all nodes are well again, to the sign-out: as with one node (195 s), then what nodes wait for each other:
 * a dead node is known after 10 s, what is seen counts after 15 s, and a doubt is looked at again after 30 s, twice.
 */
const SIGNED_OUT_WITHIN_MS = 280_000;
/** A page that the whole system has agreed about for this long is there. */
const SETTLED_MS = 10_000;
/** Who has come so long before a node stood still is known to all as being there. */
const SHOWN_AFTER_MS = 5_000;
/** Of one sign-out the nodes that do not have its lease keep off so long. */
const LEASE_MS = 30_000;
/** A sign-out that the CTI server has carried out so long ago is known to all nodes that are well. */
const KNOWN_AFTER_MS = 10_000;
/** After an outage of the database, or its own standstill, a node has written again by then, and others have read it. */
const WRITTEN_AFTER_MS = 20_000;
/** It is written behind, and whoever heard of a sign-out waits a second for the word of it. */
const RECORDED_WITHIN_MS = 5_000;
/** From the loss of a node to the end of its time, of the pause in which nodes come back, and of the longest outage of the hub. */
const INHERITED_WITHIN_MS = 200_000;
/** Reason code of sign-outs that nobody asked for. */
const FORCED_REASON = 255;
/** An outage of the hub is in the health of a node by then; its end, too: nodes show themselves anew, and lost entries are written again. */
const OUTAGE_TOLD_WITHIN_MS = 5_000;
const WELL_TOLD_WITHIN_MS = 20_000;

interface Forced {
  readonly by: SimNode;
  /** Monotonic ms. */
  readonly at: number;
}

export class NodesPresenceChecks {
  readonly #world: World;
  /** Where users have a session, in truth. */
  readonly #at = new Map<string, ReadonlySet<Place>>();
  /** When their last session was over (monotonic ms); -Infinity: nobody but a node that is cut off can know. */
  readonly #left = new Map<string, number>();
  /** Who has left a node that was cut off: others know it by the database alone. */
  readonly #leftUnseen = new Set<string>();
  /** Since when users are where they are, monotonic ms. */
  readonly #cameAt = new Map<string, number>();
  /** Where users had their last session: at a node that has stood still since, so that their clients may wait for it. */
  readonly #silent = new Map<string, { readonly place: Place; readonly since: number }>();
  readonly #seen = new Set<string>();
  /** Since when users have no page that runs. */
  readonly #pageless = new Map<string, number>();
  /** Signed in at the CTI server, and nobody has asked to sign them out. */
  readonly #signedIn = new Set<string>();
  readonly #asked = new Set<string>();
  /** The forced sign-out of this absence. */
  readonly #forced = new Map<string, Forced>();
  /** Since when all nodes serve, and no fault lasts that nodes feel. */
  #wellSince: number | undefined;

  constructor(world: World) {
    this.#world = world;
  }

  /** Observes a node from its start. */
  watch(node: SimNode): void {
    node.happenings.observe((happening) => {
      if (!node.process.alive) return;
      // The session that this is about may be counted still, or already.
      if (happening.kind === 'presence') queueMicrotask(() => this.#lookAt(happening.cause.user!));
      else if (happening.kind === 'cti.sent' && happening.name === 'SET_AGENT_STATE_REQ')
        this.#sent(node, happening.fields);
    });
  }

  begin(): void {
    this.#world.clock.schedule(LOOK_EVERY_MS, () => {
      this.#look();
      this.begin();
    });
  }

  /** Whether everybody who is gone must have been signed out by now. */
  get due(): boolean {
    const { now } = this.#world;
    const wellSince = this.#wellSince ?? now;
    return [...this.#pageless.values()].every(
      (since) => now - Math.max(since, wellSince) > SIGNED_OUT_WITHIN_MS,
    );
  }

  /** Where a user has a session at a node that runs. */
  #placesOf(user: string): Set<Place> {
    const at = new Set<Place>();
    for (const place of this.#world.places) {
      if (place.node?.process.running !== true) continue;
      for (const session of place.node.notification.sessions())
        if (session.user === user && session.available) at.add(place);
    }
    return at;
  }

  #lookAt(user: string): void {
    const before = this.#at.get(user) ?? new Set();
    const at = this.#placesOf(user);
    this.#at.set(user, at);
    if (at.size > 0) {
      if (at.size !== before.size || [...at].some((place) => !before.has(place)))
        this.#cameAt.set(user, this.#world.now);
      this.#silent.delete(user);
      this.#seen.add(user);
      this.#left.delete(user);
      this.#forced.delete(user);
      if (this.#pageless.has(user)) this.#pageless.set(user, this.#world.now);
      return;
    }
    if (before.size === 0) return;
    const still = [...before].find(({ node }) => node?.process.stoodSince !== undefined);
    const since = still?.node?.process.stoodSince;
    if (still !== undefined && since !== undefined && this.#isShown(user, still))
      this.#silent.set(user, { place: still, since });
    // When he left a node that is cut off, no other node can know unless it has written so.
    const isKnown = [...before].every((place) => !place.line!.isDown || this.#hasWritten(place));
    if ([...before].some(({ line }) => line!.isDown)) this.#leftUnseen.add(user);
    else this.#leftUnseen.delete(user);
    this.#left.set(user, isKnown ? this.#world.now : Number.NEGATIVE_INFINITY);
  }

  #sent(node: SimNode, fields: Readonly<Record<string, unknown>>): void {
    const user = String(fields.AgentID);
    // What was asked for before a sign-in is over with it.
    if (fields.AgentState === AgentState.LOGIN && this.#stateOf(user) === 'LOGOUT') {
      this.#signedOutByWhom(user);
      this.#asked.delete(user);
      this.#forced.delete(user);
    }
    if (fields.AgentState !== AgentState.LOGOUT) return;
    this.#asked.add(user);
    if (fields.EventReasonCode === FORCED_REASON) this.#forcedBy(node, user);
  }

  #forcedBy(node: SimNode, user: string): void {
    const { now, broken, desktops, calm, calmSince } = this.#world;
    const wrong = (detail: string) =>
      broken('no wrongful sign-out', `${node.host} signs ${user} out ${detail}`);
    this.#world.line(`${node.host} signs ${user} out`);
    this.#lookAt(user);
    if (!this.#seen.has(user)) wrong('who was never here');
    const at = [...(this.#at.get(user) ?? [])].filter((place) => this.#canBeKnown(place, node));
    if (at.length > 0) wrong(`who is at ${at.map(({ host }) => host).join(' and ')}`);
    const left = this.#leftOf(user);
    if (at.length === 0 && this.#at.get(user)?.size === 0 && now - left < GRACE_MS - LOOK_EVERY_MS)
      wrong(`${now - left} ms after the last session was there`);
    const page = desktops.get(user);
    if (page?.isLive === true && calm && now - calmSince > SETTLED_MS)
      wrong('although the page is connected');
    if (!isReachable(node))
      broken('a node that is cut off signs nobody out', `${node.host} is, and signs ${user} out`);
    const silentMs = this.#silentFor(user, node);
    if (silentMs < NOTICE_MS)
      wrong(`${silentMs} ms after his node stood still, which answers nothing: his client may not know`);
    this.#once(node, user);
  }

  /** Whether the others knew of his session before this node stood still. */
  #isShown(user: string, { node, line }: Place): boolean {
    const stoodSince = node?.process.stoodSince ?? 0;
    const known = Math.max(this.#cameAt.get(user) ?? 0, line!.since);
    return !line!.isDown && stoodSince - known > SHOWN_AFTER_MS;
  }

  /** How long the node of his last session has stood still, ms; Infinity: it does not, or who has heard of that is gone himself. */
  #silentFor(user: string, by: SimNode): number {
    const { now, places, emptiedAt } = this.#world;
    const { place, since = Number.NaN } = this.#silent.get(user) ?? {};
    // It may have gone on, and stand still again.
    if (place?.node?.process.stoodSince !== since || by === place.node) return Number.POSITIVE_INFINITY;
    const others = places.filter((other) => other !== place);
    const areThere = others.every(
      ({ node }) => node?.process.running === true && node.process.ranSince < since,
    );
    return areThere && emptiedAt < since ? now - since : Number.POSITIVE_INFINITY;
  }

  /**
   * Whoever works at a node that others reach neither over the hub nor past it, and that cannot write into their database, is taken for gone
   * (docs/cluster.md, *What remains*).
   */
  #canBeKnown(place: Place, by: SimNode): boolean {
    const { node, line } = place;
    if (node === by) return true;
    const { now } = this.#world;
    const apartUntil = Math.max(this.#world.apartUntil, place.apartUntil, this.#placeOf(by).apartUntil);
    const isSeen = !(line!.isDown || now - line!.since < KNOWN_AFTER_MS);
    return isSeen || now - apartUntil > KNOWN_AFTER_MS || this.#hasWritten(place);
  }

  /** Whether others find in the database who is there: no outage of it keeps the node from writing, or them from reading. */
  #hasWritten({ node }: Place): boolean {
    const { now, database, unwrittenUntil } = this.#world;
    const ranSince = node?.process.ranSince ?? now;
    return database !== undefined && now - Math.max(unwrittenUntil, ranSince) > WRITTEN_AFTER_MS;
  }

  /** When he left, as far as nodes can know by now. */
  #leftOf(user: string): number {
    const { now, unwrittenUntil } = this.#world;
    const left = this.#left.get(user) ?? now;
    // What was written then may not have been read since.
    return unwrittenUntil > left && this.#leftUnseen.has(user) ? Number.NEGATIVE_INFINITY : left;
  }

  #placeOf(by: SimNode): Place {
    return this.#world.places.find(({ host }) => host === by.host)!;
  }

  /** One node signs out, once. */
  #once(node: SimNode, user: string): void {
    const { now, emptiedAt, broken } = this.#world;
    const before = this.#forced.get(user);
    this.#forced.set(user, { by: node, at: now });
    if (before === undefined) this.#recordedOnce(user);
    if (before === undefined || before.by.host === node.host) return;
    const ago = now - before.at;
    const state = this.#stateOf(user);
    // Where it makes him NOT_READY he may have been that before: it was carried out if nothing has kept it from that.
    const isCarriedOut =
      state === 'LOGOUT' || (state === 'NOT_READY' && !this.#world.signsOut && this.#isWellFor(ago));
    const isOver = isCarriedOut && this.#isWellFor(KNOWN_AFTER_MS);
    if ((ago < LEASE_MS && emptiedAt < before.at) || isOver)
      broken('one node signs out', `${node.host} signs ${user} out ${ago} ms after ${before.by.host}`);
  }

  /**
   * While all nodes are well, a sign-out is in one record of one node: the others know from its word whose doing it is. Where it has only made
   * him NOT_READY, a supervisor may sign him out besides: that is another one.
   */
  #recordedOnce(user: string): void {
    const { clock, places, now, broken } = this.#world;
    const count = () => places.reduce((sum, { disk }) => sum + disk.signOutsOf(user), 0);
    const before = count();
    clock.schedule(RECORDED_WITHIN_MS, () => {
      if (!this.#isWellFor(2 * RECORDED_WITHIN_MS) || this.#forced.get(user)?.at !== now) return;
      const records = count() - before;
      if (records !== 1) broken('one record of each sign-out', `${user} has ${records}`);
    });
  }

  #isWellFor(ms: number): boolean {
    return this.#wellSince !== undefined && this.#world.now - this.#wellSince > ms;
  }

  #look(): void {
    const { places, desktops, now, nodesCalm } = this.#world;
    const areWell = nodesCalm && places.every(({ node }) => node?.desk.status.inService === true);
    this.#wellSince = areWell ? (this.#wellSince ?? now) : undefined;
    for (const { loginId } of CENTRE.users) {
      this.#lookAt(loginId);
      const page = desktops.get(loginId);
      if (page?.process.running === true && page.state.phase !== 'signed-out') this.#pageless.delete(loginId);
      // What it sent before arrives as if it were still there.
      else
        this.#pageless.set(loginId, Math.max(this.#pageless.get(loginId) ?? now, page?.lines.lateUntil ?? 0));
      this.#signedOutByWhom(loginId);
    }
    for (const place of places) this.#health(place);
    if (this.#wellSince === undefined) return;
    for (const [loginId, since] of this.#pageless) {
      const state = this.#stateOf(loginId);
      if (
        (state === 'AVAILABLE' || (state === 'NOT_READY' && this.#world.signsOut)) &&
        this.#seen.has(loginId) &&
        !this.#mayBeForgotten &&
        now - Math.max(since, this.#wellSince) > SIGNED_OUT_WITHIN_MS
      )
        this.#world.broken(
          'no missing sign-out',
          `${loginId} has had no page for ${now - since} ms and is ${state}, watched as ${this.#phasesOf(loginId)}`,
        );
    }
  }

  /** A node was lost with its disk, and what it had shown before another one inherited it: nobody knows who was there. */
  get #mayBeForgotten(): boolean {
    const { lostAt, emptiedAt } = this.#world;
    return Math.abs(emptiedAt - lostAt) < INHERITED_WITHIN_MS;
  }

  #phasesOf(loginId: string): string {
    return this.#world.nodes.map(({ host, watch }) => `${host} ${watch.phaseOf(loginId)}`).join(', ');
  }

  #health({ node, line, host }: Place): void {
    const { now, emptiedAt, broken } = this.#world;
    if (node?.process.running !== true) return;
    const lasts = now - Math.max(line!.since, node.process.ranSince);
    const { ready, reason } = node.part!.health();
    if (line!.isDown && lasts > OUTAGE_TOLD_WITHIN_MS && ready)
      broken('a node that is cut off says so', `${host} is for ${lasts} ms, and its health is well`);
    const isLong = lasts > WELL_TOLD_WITHIN_MS && now - emptiedAt > WELL_TOLD_WITHIN_MS;
    if (!line!.isDown && isLong && !ready && this.#isWellFor(WELL_TOLD_WITHIN_MS))
      broken('a node that is cut off says so', `${host} is not, and its health is not well: ${reason}`);
  }

  #stateOf(loginId: string): string {
    return this.#world.cti.server.centre.model.agent(loginId)?.status.state ?? 'LOGOUT';
  }

  /** Whoever is signed out has asked for it, or a node has for him. */
  #signedOutByWhom(loginId: string): void {
    const isIn = this.#stateOf(loginId) !== 'LOGOUT';
    const isOut = this.#signedIn.has(loginId) && !isIn;
    if (isOut && !this.#world.signedOutAtPhone.delete(loginId) && !this.#asked.has(loginId))
      this.#world.broken('no wrongful sign-out', `${loginId} is signed out, and nobody asked for it`);
    if (isIn) this.#signedIn.add(loginId);
    else this.#signedIn.delete(loginId);
  }
}

const isReachable = ({ fabric }: SimNode): boolean => fabric?.isReachable !== false;
