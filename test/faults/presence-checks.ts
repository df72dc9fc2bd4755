/** The invariants of presence: nobody is signed out wrongly, and nobody stays signed in wrongly. */
import { AgentState } from '@poise/ged188';
import { CENTRE } from './directory.ts';
import { GRACE_MS, type SimNode } from './node.ts';
import type { World } from './world.ts';

const LOOK_EVERY_MS = 1_000;
/**
 * From the page's end to the sign-out: the server's silence limit and its sweep (120 s and 30 s at most), the grace
 * period, and some of the pauses after which the sign-out is asked for again.
 */
const SIGNED_OUT_WITHIN_MS = 195_000;
/** A node tries again to write what its disk did not take after 30 s. */
const WRITTEN_WITHIN_MS = 31_000;
/** A page that the whole system has agreed about for this long is there. */
const SETTLED_MS = 10_000;
/** Reason code of sign-outs that nobody asked for. */
const FORCED_REASON = 255;

export class PresenceChecks {
  readonly #world: World;
  /** When users last ceased to have a session at this node (monotonic ms); Infinity while they have one. */
  readonly #left = new Map<string, number>();
  /** Users who have had a session at any time. */
  readonly #seen = new Set<string>();
  /** Since when users have no page that runs. */
  readonly #pageless = new Map<string, number>();
  /** Signed in at the CTI server, and nobody has asked to sign them out. */
  readonly #signedIn = new Set<string>();
  readonly #asked = new Set<string>();
  /** Whose sign-out was due, and who have not come back since. */
  readonly #due = new Set<string>();
  /** Since when the node serves. */
  #servesSince: number | undefined;
  /** Users whose coming the disk, which was full, may not have taken. */
  readonly #unwritten = new Set<string>();
  #disksGoodSince = 0;
  /** Of these, those whom a node that was killed has forgotten for good. */
  readonly #forgotten = new Set<string>();

  constructor(world: World) {
    this.#world = world;
  }

  /** Observes a node from its start. */
  watch(node: SimNode): void {
    const world = this.#world;
    this.#left.clear();
    this.#due.clear();
    this.#servesSince = undefined;
    for (const loginId of this.#unwritten) this.#forgotten.add(loginId);
    this.#unwritten.clear();
    node.desk.status.onChange((status) => {
      if (world.node !== node) return;
      this.#servesSince = status === 'IN_SERVICE' ? world.now : undefined;
    });
    node.happenings.observe((happening) => {
      if (!node.process.alive) return;
      if (happening.kind === 'presence') this.#presence(node, happening.cause.user!);
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
    const now = this.#world.now;
    return [...this.#pageless.values()].every(
      (since) => now - this.#waitingSince(since) > SIGNED_OUT_WITHIN_MS,
    );
  }

  #presence(node: SimNode, user: string): void {
    // The session that this is about may be counted still, or already.
    queueMicrotask(() => {
      const isHere = this.#isHere(node, user);
      if (isHere) this.#seen.add(user);
      // A page that comes and goes between two looks.
      if (isHere && this.#pageless.has(user)) this.#pageless.set(user, this.#world.now);
      if (isHere) this.#forgotten.delete(user);
      if (isHere) this.#due.delete(user);
      if (this.#world.disk.full) this.#unwritten.add(user);
      if (isHere) this.#left.set(user, Number.POSITIVE_INFINITY);
      else if ((this.#left.get(user) ?? Number.POSITIVE_INFINITY) === Number.POSITIVE_INFINITY)
        this.#left.set(user, this.#world.now);
    });
  }

  #isHere(node: SimNode, user: string): boolean {
    for (const session of node.notification.sessions())
      if (session.user === user && session.available) return true;
    return false;
  }

  #sent(node: SimNode, fields: Readonly<Record<string, unknown>>): void {
    const user = String(fields.AgentID);
    // What was asked for before a sign-in is over with it.
    if (fields.AgentState === AgentState.LOGIN && this.#stateOf(user) === 'LOGOUT') {
      this.#signedOutByWhom(user);
      this.#asked.delete(user);
    }
    if (fields.AgentState !== AgentState.LOGOUT) return;
    this.#asked.add(user);
    if (fields.EventReasonCode !== FORCED_REASON) return;
    const { now, broken } = this.#world;
    const wrong = (detail: string) => broken('no wrongful sign-out', `${user} is signed out ${detail}`);
    this.#world.line(`node signs ${user} out`);
    if (!this.#seen.has(user)) wrong('who was never here');
    if (this.#isHere(node, user)) wrong('although a session is available');
    // A service that stops tells no presences: the time runs from its return.
    const told = this.#left.get(user) ?? Number.POSITIVE_INFINITY;
    const left = told === Number.POSITIVE_INFINITY ? (this.#servesSince ?? now) : told;
    // What was due once is asked for again when the link is back.
    if (now - left >= GRACE_MS) this.#due.add(user);
    else if (!this.#due.has(user)) wrong(`${now - left} ms after the last session was there`);
    const page = this.#world.desktops.get(user);
    const { calm, calmSince } = this.#world;
    if (page?.isLive === true && calm && now - calmSince > SETTLED_MS)
      wrong('although the page is connected');
  }

  #look(): void {
    const { node, desktops, now, disk } = this.#world;
    if (disk.full) this.#disksGoodSince = now;
    else if (now - this.#disksGoodSince > WRITTEN_WITHIN_MS) this.#unwritten.clear();
    for (const { loginId } of CENTRE.users) {
      const page = desktops.get(loginId);
      if (page?.process.running === true && page.state.phase !== 'signed-out') this.#pageless.delete(loginId);
      // What it sent before arrives as if it were still there.
      else
        this.#pageless.set(loginId, Math.max(this.#pageless.get(loginId) ?? now, page?.lines.lateUntil ?? 0));
      this.#signedOutByWhom(loginId);
    }
    if (node === undefined || !node.process.running || this.#servesSince === undefined) {
      this.#servesSince = undefined;
      // A process that goes on does so between two looks.
      if (node?.process.running === true && node.desk.status.inService)
        this.#servesSince = now - LOOK_EVERY_MS;
      return;
    }
    for (const [loginId, since] of this.#pageless) {
      if (this.#forgotten.has(loginId)) continue;
      const state = this.#stateOf(loginId);
      if (
        (state === 'AVAILABLE' || (state === 'NOT_READY' && this.#world.signsOut)) &&
        now - this.#waitingSince(since) > SIGNED_OUT_WITHIN_MS
      )
        this.#world.broken(
          'no missing sign-out',
          `${loginId} has had no page for ${now - since} ms and is ${state}, watched as ${node.watch.phaseOf(loginId)}`,
        );
    }
  }

  #waitingSince(pagelessSince: number): number {
    return Math.max(pagelessSince, this.#servesSince ?? this.#world.now);
  }

  #stateOf(loginId: string): string {
    return this.#world.cti.server.centre.model.agent(loginId)?.status.state ?? 'LOGOUT';
  }

  /** Whoever is signed out has asked for it, or the node has for him. */
  #signedOutByWhom(loginId: string): void {
    const isIn = this.#stateOf(loginId) !== 'LOGOUT';
    const isOut = this.#signedIn.has(loginId) && !isIn;
    if (isOut && !this.#world.signedOutAtPhone.delete(loginId) && !this.#asked.has(loginId))
      this.#world.broken('no wrongful sign-out', `${loginId} is signed out, and nobody asked for it`);
    if (isIn) this.#signedIn.add(loginId);
    else this.#signedIn.delete(loginId);
  }
}
