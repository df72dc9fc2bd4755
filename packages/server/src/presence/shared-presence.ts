/**
 * Presence over several nodes: says whether a user may be signed out by this one, has what this one sees shown to the others, and takes
 * over the users of a node that is gone. Pure but for what it is given. docs/cluster.md, docs/presence.md
 */
import { type Clock, LATE_MS, type Timer } from '@poise/clock';
import { type Cluster, wordOf } from '../cluster/index.ts';
import { type BookEntry, type BookedPresence, PresenceBook } from './presence-book.ts';
import { answerPresence, PresenceQuestions } from './presence-questions.ts';
import type { SignsOfLife, Whereabouts } from './signs-of-life.ts';
import type { PresenceElsewhere, SharedUsers } from './watched.ts';

export interface SharedPresenceOptions {
  readonly cluster: Cluster;
  readonly clock: Clock;
  /** Hosts of other nodes that are configured: these are there, whether they have been seen or not. */
  readonly hosts: readonly string[];
  /** Notification service, webservices and CTI link serve: users can be taken over. */
  readonly inService: () => boolean;
  /** Asks hosts of nodes that are not seen to live, past the fabric; never rejects. Absent: they are not asked. */
  readonly askHosts?:
    | ((loginId: string, hosts: readonly string[]) => Promise<'present' | 'absent' | 'unknown'>)
    | undefined;
  /**
   * So long after a node was found gone clients may have noticed nothing, if it is not dead but silent: it takes no word, and its machine keeps their connections,
   * ms. Absent: no longer than the grace period.
   */
  readonly noticeMs?: number;
  /** What nodes have written into the database that they share; it is begun and ended here. Absent: they share none. */
  readonly signs?: Pick<SignsOfLife, 'start' | 'close' | 'hasOthers' | 'hosts' | 'unseen' | 'of'> | undefined;
  /** What another node has written cannot be understood. */
  readonly onProblem: (text: string) => void;
}

/** How often it is looked who is gone, and whether this process stood still, ms. */
const LOOK_MS = 2_000;

/**
 * From when this node sees the others (again) to the first decision that rests on it, ms. After an outage of the fabric nodes come back
 * one by one: whoever is not there yet is not dead. Longer than a node's entry lives.
 */
export const SETTLE_MS = 15_000;

/** So old a decision may be when its request leaves, ms. Shorter than a lease lives. */
export const DECISION_MS = 10_000;

const NOWHERE: Whereabouts = { type: 'nowhere' };

/** Users of a dead node that are taken over before the lease is taken again. */
const HEIRS_AT_ONCE = 64;

/** `host`: null where it is not known; `until`: monotonic ms. */
interface Uninformed {
  readonly host: string | null;
  readonly until: number;
}

export class SharedPresence {
  readonly #o: SharedPresenceOptions;
  readonly #users: SharedUsers;
  readonly #book: PresenceBook;
  readonly #questions: PresenceQuestions;
  readonly #ends: (() => void)[];
  /** Hosts of nodes that have lived, by name. */
  readonly #hosts = new Map<string, string>();
  /** Another node has shown a user, now or before this process. */
  #hasTrace = false;
  /** Processes that live, as they were last looked at. */
  #living = '';
  /** Users of whom it is asked whether they have moved. */
  readonly #asking = new Set<string>();
  /** Users of nodes that are cut off, but were found to have them. */
  readonly #cutOff = new Set<string>();
  /** The absence from nodes that are cut off which is known of a user: he has had his time since. */
  readonly #absences = new Map<string, string>();
  /** Users who had a session at a node that is gone: its host, where it is known, and until when that may be news to their clients, monotonic ms. */
  readonly #uninformed = new Map<string, Uninformed>();
  /** When it was found that nobody else has a user, monotonic ms. */
  readonly #decided = new Map<string, number>();
  /** Since when the others are seen, monotonic ms. */
  #currentSince: number | undefined;
  #timer: Timer | undefined;
  #inheriting = false;
  /** A process that has shown users may be gone: looked through until none is found. */
  #mayInherit = true;
  #wasSettled = false;

  constructor(options: SharedPresenceOptions, users: SharedUsers) {
    const { cluster, clock } = options;
    this.#o = options;
    this.#users = users;
    this.#questions = new PresenceQuestions(cluster, clock);
    this.#book = new PresenceBook({
      cluster,
      clock,
      shownOf: (loginId) => this.#bookedOf(loginId),
      shown: () => users.shown(),
      onShown: (entry) => this.#shown(entry),
      onCurrent: () => this.#look(),
      onProblem: options.onProblem,
    });
    this.#ends = [
      answerPresence(cluster, (loginId) => {
        if (users.shownOf(loginId)?.isPresent === true) return 'present';
        return users.isHere(loginId) ? 'awaited' : undefined;
      }),
      cluster.members.onChange(() => this.#membersChanged()),
    ];
    this.#membersChanged();
    this.#lookLater();
    options.signs?.start();
  }

  /** What this node shows of a user has changed. */
  changed(loginId: string): void {
    const isAway = this.#users.shownOf(loginId)?.isPresent === false;
    if (!isAway) {
      this.#cutOff.delete(loginId);
      this.#uninformed.delete(loginId);
    }
    this.#book.note(loginId);
    // He came there before he went here.
    if (isAway) this.#lookWhetherMoved(loginId);
  }

  /** Whether this node may sign a user out; never rejects. With `absent` it has the lease, and nobody else had him just now. */
  async elsewhere(loginId: string): Promise<PresenceElsewhere> {
    const { cluster, clock } = this.#o;
    if (this.#knowsOthers() && !this.#isSettled()) return 'cutOff';
    if (this.isShownElsewhere(loginId)) return 'present';
    const atHosts = await this.#atHostsGone(loginId);
    // After them, because they may take long to say nothing.
    const signed = (await this.#o.signs?.of(loginId)) ?? NOWHERE;
    if (!this.#knowsOthers()) return this.#isCurrent() ? 'absent' : 'unknown';
    if (!this.#isSettled() || signed.type === 'unsure') return 'cutOff';
    if (atHosts === 'present' || signed.type === 'present') {
      this.#cutOff.add(loginId);
      return 'cutOff';
    }
    const isNewAbsence = this.#isNewAbsence(loginId, signed);
    if (this.#cutOff.delete(loginId) || isNewAbsence) return 'left';
    if (atHosts === 'unknown' && (await this.#isUninformed(loginId))) return 'cutOff';
    const lease = `signout.${wordOf(loginId)}`;
    if (!(await cluster.leases.take(lease))) return this.#isCurrent() ? 'anothers' : 'cutOff';
    const at = clock.monotonic();
    const answer = await this.#questions.ask(loginId);
    if (answer === 'nowhere' && this.#isSettled()) {
      this.#decided.set(loginId, at);
      return 'absent';
    }
    await cluster.leases.release(lease);
    return answer === 'present' || answer === 'awaited' ? 'present' : 'cutOff';
  }

  /** A node that is cut off from what all share may have him all the same. */
  async #atHostsGone(loginId: string): Promise<'present' | 'absent' | 'unknown'> {
    const gone = this.hostsGone();
    return gone.length === 0 ? 'absent' : ((await this.#o.askHosts?.(loginId, gone)) ?? 'absent');
  }

  /** Whether he was at a node whose host says neither that nobody listens there nor anything else, and his client may wait for it still. */
  async #isUninformed(loginId: string): Promise<boolean> {
    const { clock, askHosts } = this.#o;
    const found = this.#uninformed.get(loginId);
    if (found === undefined) return false;
    if (clock.monotonic() < found.until) {
      const { host } = found;
      if (host === null || (await askHosts?.(loginId, [host])) === 'unknown') return true;
    }
    this.#uninformed.delete(loginId);
    return false;
  }

  /** Whether he has left a node that is cut off, and has had no time since. */
  #isNewAbsence(loginId: string, signed: Whereabouts): boolean {
    if (signed.type !== 'left') {
      this.#absences.delete(loginId);
      return false;
    }
    const isNew = this.#absences.get(loginId) !== signed.absence;
    this.#absences.set(loginId, signed.absence);
    return isNew;
  }

  /** Whether `absent` of {@link elsewhere} still holds: this process may have stood still since, or he has come to another node. */
  isStillAbsent(loginId: string): boolean {
    if (!this.#knowsOthers()) return true;
    const at = this.#decided.get(loginId) ?? Number.NEGATIVE_INFINITY;
    const isFresh = this.#o.clock.monotonic() - at <= DECISION_MS;
    return isFresh && this.#isCurrent() && !this.isShownElsewhere(loginId);
  }

  /** Nodes that are not heard, and have shown in the database that they live; none where there is none in common. */
  unseen(): readonly { readonly name: string; readonly host: string }[] {
    return this.#o.signs?.unseen() ?? [];
  }

  /** Writes what waits; for the end. */
  async close(): Promise<void> {
    this.#timer?.cancel();
    for (const end of this.#ends) end();
    this.#questions.close();
    await this.#o.signs?.close();
    await this.#book.flush();
    this.#book.close();
  }

  #isCurrent(): boolean {
    const { fabric, members } = this.#o.cluster;
    return fabric.isReachable && members.isCurrent && this.#book.isCurrent;
  }

  /** Whether there is any other node, as far as can be known: one was seen, is configured, has left a trace, or has written lately. */
  #knowsOthers(): boolean {
    const { hosts, signs, cluster } = this.#o;
    return hosts.length > 0 || this.#hasTrace || cluster.members.hasSeenOthers || signs?.hasOthers === true;
  }

  #isSettled(): boolean {
    const since = this.#currentSince;
    return this.#isCurrent() && since !== undefined && this.#o.clock.monotonic() - since >= SETTLE_MS;
  }

  #isAnothers({ node, instance }: BookEntry): boolean {
    const { members } = this.#o.cluster;
    return node !== members.self.name && members.isLiving(node, instance);
  }

  /** Whether a process shows him that is gone. */
  #isDead({ node, instance }: BookEntry): boolean {
    const { members } = this.#o.cluster;
    const isSelf = node === members.self.name && instance === members.self.instance;
    return !isSelf && !members.isLiving(node, instance);
  }

  /** Whether another node that lives shows that he has a session there. */
  isShownElsewhere(loginId: string): boolean {
    for (const entry of this.#book.of(loginId)) if (entry.isPresent && this.#isAnothers(entry)) return true;
    return false;
  }

  /** Hosts of nodes that are known and not seen to live. */
  hostsGone(): readonly string[] {
    const living = this.#o.cluster.members.living();
    const names = new Set(living.map(({ name }) => name));
    const gone = new Set([...this.#o.hosts, ...(this.#o.signs?.hosts() ?? [])]);
    for (const [name, host] of this.#hosts) if (!names.has(name)) gone.add(host);
    for (const { host } of living) gone.delete(host);
    return [...gone];
  }

  #shown(entry: BookEntry): void {
    this.#hasTrace ||= entry.node !== this.#o.cluster.members.self.name;
    this.#mayInherit ||= this.#isDead(entry);
    if (entry.isPresent) this.#lookWhetherMoved(entry.loginId);
  }

  /**
   * Who is waited for here and has a session there is that node's. It is asked before this one forgets him: two nodes that believed what
   * the other had written, while he left both, would both forget him.
   */
  #lookWhetherMoved(loginId: string): void {
    if (this.#users.shownOf(loginId)?.isPresent !== false) return;
    if (this.#asking.has(loginId) || !this.isShownElsewhere(loginId)) return;
    this.#asking.add(loginId);
    void this.#questions.ask(loginId).then((answer) => {
      this.#asking.delete(loginId);
      if (answer === 'present') this.#users.movedAway(loginId);
    });
  }

  #membersChanged(): void {
    const living = this.#o.cluster.members.living();
    for (const { name, host } of living) this.#hosts.set(name, host);
    const now = living.map(({ name, instance }) => `${name} ${instance}`).join('\n');
    // What a node has shown counts when it is seen to live (again).
    if (now !== this.#living) {
      this.#living = now;
      this.#mayInherit = true;
      for (const loginId of this.#users.shown()) this.#lookWhetherMoved(loginId);
    }
    this.#look();
  }

  /** Who works at a node that is cut off gets his grace period when he leaves that one, not from now on. */
  async #lookWhetherCutOff(loginId: string): Promise<void> {
    if (this.#users.shownOf(loginId)?.isPresent !== false) return;
    if ((await this.#atHostsGone(loginId)) === 'present') this.#cutOff.add(loginId);
  }

  #lookLater(): void {
    const { clock } = this.#o;
    const due = clock.monotonic() + LOOK_MS;
    this.#timer = clock.schedule(LOOK_MS, () => {
      // This process stood still: what it knows of the others is old.
      if (clock.monotonic() - due > LATE_MS) this.#currentSince = undefined;
      for (const [loginId, at] of this.#decided)
        if (clock.monotonic() - at > DECISION_MS) this.#decided.delete(loginId);
      this.#look();
      this.#lookLater();
    });
  }

  #look(): void {
    if (!this.#isCurrent()) this.#currentSince = undefined;
    else this.#currentSince ??= this.#o.clock.monotonic();
    const isSettled = this.#isSettled();
    // Whoever waited for it.
    if (isSettled && !this.#wasSettled) this.#users.askAgain();
    this.#wasSettled = isSettled;
    if (isSettled && this.#mayInherit && !this.#inheriting && this.#o.inService()) void this.#inheritAll();
  }

  /** Takes over the users of processes that are gone, of each at one node. */
  async #inheritAll(): Promise<void> {
    const dead = new Map<string, BookEntry[]>();
    for (const entry of this.#book.all()) {
      if (!this.#isDead(entry)) continue;
      const lease = `heir.${wordOf(entry.node)}.${wordOf(entry.instance)}`;
      const ofIt = dead.get(lease);
      if (ofIt === undefined) dead.set(lease, [entry]);
      else ofIt.push(entry);
    }
    this.#mayInherit = dead.size > 0;
    if (dead.size === 0) return;
    this.#inheriting = true;
    try {
      for (const [lease, entries] of dead) await this.#inheritFrom(lease, entries);
    } catch {
      // Out of reach meanwhile: what is left is looked at again.
    } finally {
      this.#inheriting = false;
    }
  }

  async #inheritFrom(lease: string, entries: readonly BookEntry[]): Promise<void> {
    const { leases, members } = this.#o.cluster;
    for (let from = 0; from < entries.length; from += HEIRS_AT_ONCE) {
      if (!(await leases.take(lease))) return;
      await Promise.all(entries.slice(from, from + HEIRS_AT_ONCE).map((entry) => this.#inheritOne(entry)));
    }
    // A new process of that node does it itself.
    const node = entries[0]?.node;
    const isBack = node === members.self.name || members.living().some(({ name }) => name === node);
    if (node !== undefined && !isBack && this.#isSettled()) await this.#users.inheritedFrom(node);
    await leases.release(lease);
  }

  async #inheritOne(entry: BookEntry): Promise<void> {
    const { loginId } = entry;
    // It may have come back, and whoever was there may have turned up elsewhere.
    if (!this.#isSettled() || !this.#isDead(entry)) return;
    const isElsewhere = [...this.#book.of(loginId)].some((other) => this.#isAnothers(other));
    if (!isElsewhere) {
      this.#users.inherit(entry);
      const uninformed = this.#uninformedBy(entry);
      if (uninformed !== null && this.#users.shownOf(loginId)?.isPresent === false)
        this.#uninformed.set(loginId, uninformed);
      void this.#lookWhetherCutOff(loginId);
    }
    // First ours, then not the other's: at no moment is he nobody's.
    if (this.#users.shownOf(loginId) !== undefined) await this.#book.write(loginId);
    await this.#book.remove(entry);
  }

  /** Whether the end of this node, or of one whose heir it was, may be news to the client of a user. */
  #uninformedBy({ node, isPresent, uninformed, at }: BookEntry): Uninformed | null {
    const { clock, noticeMs = 0 } = this.#o;
    const until = clock.monotonic() + noticeMs;
    if (isPresent) return { host: this.#hosts.get(node) ?? null, until };
    if (uninformed === undefined) return null;
    return { host: uninformed.host, until: Math.min(until, at + uninformed.forMs) };
  }

  /** What the others see of a user: if this node dies, too, its heir knows what it knew. */
  #bookedOf(loginId: string): BookedPresence | undefined {
    const shown = this.#users.shownOf(loginId);
    const found = this.#uninformed.get(loginId);
    if (shown === undefined || shown.isPresent || found === undefined) return shown;
    const { host, until } = found;
    return { ...shown, uninformed: { host, forMs: Math.max(0, until - this.#o.clock.monotonic()) } };
  }
}
