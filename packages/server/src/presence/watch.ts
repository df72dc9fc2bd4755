/**
 * The presence watch: notices that a user's last session is gone, waits, and has him signed out
 * (notification-service.md 6; docs/presence.md). The table is `domain/presence.ts`; here are its time, its
 * lines and its requests. All time runs on the monotonic clock.
 */
import { LATE_MS, PULSE_MS, type Timer } from '@poise/clock';
import type { OwnEnd } from '../commands/agent-request.ts';
import type { Comings, Going } from '../commands/sign-out-witness.ts';
import { ON_A_CALL } from '../domain/agent-state.ts';
import type { Agent } from '../domain/agents.ts';
import type { CtiRefusal } from '../domain/errors.ts';
import {
  ATTEMPT_PAUSES_MS,
  counts,
  nextPresence,
  type PresenceInput,
  type PresencePhase,
} from '../domain/presence.ts';
import { ExpirySweep } from './expiry-sweep.ts';
import type {
  KeptPresence,
  PresenceElsewhere,
  PresenceWatchDependencies,
  SessionNews,
  SharedUsers,
  ShownPresence,
  Watched,
} from './watched.ts';

export type { KeptPresence, PresenceElsewhere, PresenceWatchDependencies, SessionNews } from './watched.ts';

/** One step of work after another, as the lines of seed 001 are apart. */
const STEP_MS = 1;
/** Whoever is waited for here, and turns up at another node, is that one's. */
const MOVABLE: ReadonlySet<PresencePhase> = new Set(['unknown', 'away', 'due']);
/** Refusals of the moment: resource busy, resource out of service, too many requests under way. */
const PASSING_REFUSALS: ReadonlySet<number> = new Set([33, 34, 70]);
/** States of CCE that a call or its wrap-up keeps; the sign-out comes after them. */
const BUSY: ReadonlySet<string> = new Set([...ON_A_CALL, 'WORK', 'WORK_READY', 'RESERVED']);

/** How long after its confirmation the event of a sign-out outside a call is waited for, ms. */
export const EVENT_LATEST_MS = 60_000;

/**
 * How often one absence begins anew after a standstill. A process that stands still every now and then (memory, a storm of
 * requests, a busy machine) would keep everybody signed in for ever otherwise.
 */
export const STANDSTILLS_MAX = 3;

/** After further ones: time for what waits at the sockets to be read, ms. */
const READ_MS = 5_000;

/** Pause before the other node is asked again about somebody who may be there, ms. */
const ELSEWHERE_AGAIN_MS = 30_000;

/** So long after the service is back sign-outs are told of that happened in the break, ms: another node may have word of them. */
const FOUND_LATE_MS = 5_000;

export class PresenceWatch implements Comings, SharedUsers {
  readonly #d: PresenceWatchDependencies;
  readonly #watched = new Map<string, Watched>();
  readonly #expiry: ExpirySweep;
  /** Users who are away or due. */
  #waiting = 0;
  #pulse: Timer | undefined;
  /** When the last standstill was over, monotonic ms. */
  #thawedAt = Number.NEGATIVE_INFINITY;
  /** Until both services run, nobody's absence means anything. */
  #suspended = true;
  #isOut = true;
  /** Since when everything serves without a break, monotonic ms. */
  #servesSince = 0;

  constructor(dependencies: PresenceWatchDependencies, kept: Iterable<KeptPresence> = []) {
    this.#d = dependencies;
    this.#expiry = new ExpirySweep(dependencies.clock, (agentId) =>
      dependencies.happenings.publish('presence.monitor', { agentId, event: 'expired' }, { user: agentId }),
    );
    for (const { loginId, isSignedIn = false, ...one } of kept)
      this.#watched.set(loginId, { ...UNSEEN, ...one, sessions: new Set(), wasSignedIn: isSignedIn });
  }

  phaseOf(loginId: string): PresencePhase {
    return this.#watched.get(loginId)?.phase ?? 'absent';
  }

  /** How many users are in each phase, for health and metrics. Proportional to the users watched. */
  counts(): Readonly<Record<Exclude<PresencePhase, 'absent'>, number>> {
    const counted = { present: 0, unknown: 0, away: 0, due: 0, requested: 0, taken: 0 };
    for (const { phase } of this.#watched.values()) if (phase !== 'absent') counted[phase] += 1;
    return counted;
  }

  /**
   * A session became available or unavailable.
   * @param last no available session of the user is left, whether it counts or not
   */
  presenceChanged(
    user: string,
    jid: string,
    type: 'available' | 'unavailable',
    last: boolean,
    news: SessionNews = {},
  ): void {
    const { happenings, clock, resources } = this.#d;
    happenings.publish('presence', { jid, type }, { user });
    const isCounted = counts(jid, resources);
    if (type === 'available') {
      if (isCounted) this.#came(user, jid, news);
      return;
    }
    if (last) {
      // The original removes this one subscription itself, one millisecond later (seed 001).
      const node = `/finesse/api/User/${user}/ClientLog`;
      const bare = jid.slice(0, jid.indexOf('/'));
      clock.schedule(STEP_MS, () => happenings.publish('unsubscribe', { node, jid: bare }, { user }));
    }
    const watched = this.#watched.get(user);
    if (watched === undefined || !isCounted) return;
    watched.sessions.delete(jid);
    // Whatever was missed: without any session there is none that counts.
    if (last) watched.sessions.clear();
    if (watched.sessions.size > 0 || watched.phase !== 'present') return;
    watched.departure = news.how ?? null;
    watched.awaySince = clock.now();
    watched.lastActiveAt = news.lastActiveAt ?? watched.awaySince;
    // A page that is closed after the sign-out: whoever signs in again does so without it (6.5, first race).
    // Not so if he has asked for it already, from the page that is gone now.
    if (watched.isSignedOut && !this.#d.isSigningIn(user)) this.#input(user, 'removed');
    else this.#input(user, this.#suspended || !this.#d.inService() ? 'interrupted' : 'gone');
    this.#keep(user);
  }

  /**
   * The notification service or the webservices are down. @param sessionsLost nobody is connected any more:
   * nothing was told of those who were
   */
  interrupted(sessionsLost: boolean): void {
    this.#suspended = true;
    for (const [loginId, watched] of this.#watched) {
      if (sessionsLost) watched.sessions.clear();
      if (watched.sessions.size === 0) this.#input(loginId, 'interrupted');
    }
  }

  /**
   * Clients come back to a server in service only (notification-service.md 8): while it is not, no grace period
   * runs. What was decided before stands.
   */
  outOfService(): void {
    this.#isOut = true;
    for (const [loginId, { phase }] of this.#watched)
      if (phase === 'away') this.#input(loginId, 'interrupted');
  }

  /** Both run again; whether anybody is missed is asked from {@link inService} on. */
  resumed(): void {
    this.#suspended = false;
  }

  /** Everything serves (again): who was here and has not come back gets one whole grace period. */
  inService(): void {
    const { log, agent, deployment, clock } = this.#d;
    if (this.#isOut) this.#servesSince = clock.monotonic();
    this.#isOut = false;
    for (const [loginId, watched] of [...this.#watched]) {
      watched.isMissed ||= watched.phase === 'unknown';
      this.#foundSignedOut(loginId, watched);
      this.#input(loginId, 'inService');
    }
    log.settle(agent, deployment, mayFollow);
  }

  /** Signed in when the process before this one ended, signed out now: the CTI server did that, and nobody heard it. */
  #foundSignedOut(loginId: string, watched: Watched): void {
    const { agent, hasPeer, log } = this.#d;
    const { state, reasonCode } = agent(loginId);
    const { wasSignedIn } = watched;
    watched.wasSignedIn = false;
    // With another node he may have gone there, and been signed out by himself.
    if (!wasSignedIn || hasPeer || state !== 'LOGOUT') return;
    // Unless that process had asked for it.
    if (!log.isInherited(loginId))
      log.signedOut(
        { agentId: loginId, by: 'system', actingId: '', requestId: '', state, reasonCode },
        { ...told(watched), graceMs: null },
      );
    this.#input(loginId, 'signedOut');
  }

  shownOf(loginId: string): ShownPresence | undefined {
    const watched = this.#watched.get(loginId);
    return watched && { loginId, ...told(watched), isPresent: watched.phase === 'present' };
  }

  shown(): Iterable<string> {
    return this.#watched.keys();
  }

  isHere(loginId: string): boolean {
    const phase = this.phaseOf(loginId);
    return phase !== 'absent' && phase !== 'due';
  }

  movedAway(loginId: string): void {
    if (MOVABLE.has(this.phaseOf(loginId))) this.#tellElsewhere(loginId);
  }

  inherit({ loginId, isPresent, session, departure, awaySince, lastActiveAt }: ShownPresence): void {
    // He had left, and was back there.
    if (isPresent) this.#input(loginId, 'left');
    const isIn = this.#d.agent(loginId).state !== 'LOGOUT';
    if (this.#watched.has(loginId) || !isIn || !this.#d.isUser(loginId)) return;
    const facts = { session, departure, awaySince: awaySince ?? this.#d.clock.now(), lastActiveAt };
    this.#watched.set(loginId, { ...UNSEEN, ...facts, sessions: new Set() });
    this.#keep(loginId);
    this.#d.changed?.(loginId);
    if (!this.#suspended && this.#d.inService()) this.#input(loginId, 'inService');
  }

  inheritedFrom(node: string): Promise<void> {
    const { log, agent, deployment } = this.#d;
    return log.settleOf(node, agent, deployment, mayFollow);
  }

  askAgain(): void {
    for (const [loginId, { phase, isDoubted, asking }] of [...this.#watched])
      if (phase === 'due' && isDoubted && asking === null) this.#input(loginId, 'again');
  }

  /** Ends all time that runs; what is kept stays. */
  close(): void {
    this.#expiry.close();
    this.#pulse?.cancel();
    for (const { timer } of this.#watched.values()) timer?.cancel();
  }

  /** Users who are gone from the directory are forgotten. */
  directoryChanged(): void {
    for (const loginId of [...this.#watched.keys()])
      if (!this.#d.isUser(loginId)) this.#input(loginId, 'removed');
  }

  signedIn(loginId: string): void {
    const watched = this.#watched.get(loginId);
    if (watched === undefined) return;
    watched.isSignedOut = false;
    watched.wasSignedIn = false;
    this.#input(loginId, 'signedIn');
    this.#keep(loginId);
  }

  signedOut(going: Going): void {
    const { agentId, by, state } = going;
    const watched = this.#watched.get(agentId);
    if (watched !== undefined) watched.isSignedOut = state === 'LOGOUT';
    // With another node, who has no session here is that node's to record; so is whose turn here had come when that one was quicker.
    const isTheirs =
      watched === undefined || watched.isAnothers || watched.asking !== null || this.#hasMissed(agentId);
    const isElsewhere = by === 'system' && isTheirs && this.#d.hasPeer;
    if (!isElsewhere || this.#d.log.isInherited(agentId))
      this.#d.log.signedOut(going, {
        ...(watched === undefined ? NO_SESSION : told(watched)),
        graceMs: by === 'presence' ? this.#d.graceMs : null,
      });
    if (watched !== undefined) this.#input(agentId, state === 'LOGOUT' ? 'signedOut' : 'done');
    this.#keep(agentId);
  }

  /** Whether this node was out of service, and he has gone to another one meanwhile: what became of him there it has not heard. */
  #hasMissed(loginId: string): boolean {
    const { clock, isShownElsewhere } = this.#d;
    const isLate = this.#isOut || clock.monotonic() - this.#servesSince < FOUND_LATE_MS;
    return isLate && isShownElsewhere?.(loginId) === true;
  }

  idle(agent: Agent): void {
    const { log, deployment } = this.#d;
    const { loginId, state } = agent;
    const watched = this.#watched.get(loginId);
    if (watched?.phase === 'taken' && !(state === 'NOT_READY' && deployment === 'CCE')) {
      // A supervisor wished him READY, or the request was forgotten: calls would be routed to an empty chair.
      log.again(loginId);
      this.#input(loginId, 'failed');
      if (this.#suspended) this.#input(loginId, 'interrupted');
      return;
    }
    log.idle(agent, deployment, (watched?.sessions.size ?? 0) > 0);
    if (watched?.phase === 'taken') this.#input(loginId, 'done');
  }

  #came(user: string, jid: string, { place }: SessionNews): void {
    let watched = this.#watched.get(user);
    // A stream that is resumed may not be found yet: it is where it was.
    const before = watched?.session.jid === jid ? watched.session : undefined;
    const session = place ?? before ?? { jid, transport: '', address: '' };
    if (watched === undefined) {
      watched = { ...UNSEEN, ...NO_SESSION, phase: 'absent', sessions: new Set(), session };
      this.#watched.set(user, watched);
    }
    watched.sessions.add(jid);
    watched.session = session;
    watched.isMissed = false;
    watched.isDoubted = false;
    watched.isAnothers = false;
    watched.departure = null;
    watched.awaySince = null;
    watched.lastActiveAt = null;
    this.#expiry.remove(user);
    this.#input(user, 'available');
    this.#keep(user);
  }

  #input(loginId: string, input: PresenceInput): void {
    const watched = this.#watched.get(loginId);
    if (watched === undefined) return;
    const before = watched.phase;
    const { phase, effects } = nextPresence(before, input);
    if (phase === before && effects.length === 0) return;
    watched.phase = phase;
    this.#waiting += waits(phase) - waits(before);
    this.#pulseLater();
    if (before === 'due' && phase !== 'due' && phase !== 'requested') this.#d.log.cancelled(loginId);
    if (input !== 'frozen' && effects.includes('startGrace')) watched.standstills = 0;
    for (const effect of effects) {
      if (effect === 'stop') watched.timer?.cancel();
      else if (effect === 'startGrace') this.#startGrace(loginId, watched);
      else if (effect === 'attempt') this.#after(watched, STEP_MS, () => this.#attempt(loginId, watched));
      else this.#pause(loginId, watched);
    }
    if (phase === 'absent') {
      this.#watched.delete(loginId);
      this.#d.keep(loginId, null);
    }
    if ((before === 'present') !== (phase === 'present') || phase === 'absent') this.#d.changed?.(loginId);
  }

  #startGrace(loginId: string, watched: Watched): void {
    watched.attempts = 0;
    watched.asked = 0;
    this.#after(watched, STEP_MS, () => {
      this.#d.happenings.publish('presence.monitor', { agentId: loginId, event: 'added' }, { user: loginId });
      this.#expiry.add(loginId);
      this.#after(watched, this.#d.graceMs, () => this.#input(loginId, 'graceOver'));
    });
  }

  #pause(loginId: string, watched: Watched): void {
    const pause = ATTEMPT_PAUSES_MS[Math.max(0, watched.attempts - 1)];
    if (pause !== undefined) {
      this.#after(watched, pause, () => this.#input(loginId, 'again'));
      return;
    }
    this.#d.log.ended(loginId, 'unanswered', null);
    this.#input(loginId, 'abandoned');
  }

  /** Decides, once for each attempt: is he still away, and signed in? */
  #attempt(loginId: string, watched: Watched): void {
    const { isUser, agent, inService, elsewhere } = this.#d;
    if (!isUser(loginId)) {
      this.#input(loginId, 'removed');
      return;
    }
    // Without the link the picture may be an old one; he is looked at again when it is back.
    if (!inService()) return;
    if (this.#isSigningIn(loginId)) return;
    if (agent(loginId).state === 'LOGOUT') {
      this.#input(loginId, 'signedOut');
      return;
    }
    if (elsewhere === undefined) {
      this.#ask(loginId, watched);
      return;
    }
    const asking = {};
    watched.asking = asking;
    void elsewhere(loginId).then((answer) => {
      // He came back meanwhile, or is asked about once more.
      if (watched.asking !== asking || watched.phase !== 'due' || !inService()) return;
      watched.asking = null;
      if (this.#isSigningIn(loginId)) return;
      if (answer === 'absent' || (answer === 'unknown' && !watched.isMissed)) this.#ask(loginId, watched);
      else if (answer === 'present') this.#tellElsewhere(loginId);
      else if (answer === 'left') this.#input(loginId, 'left');
      else this.#askLater(loginId, watched, answer);
    });
  }

  /** A page that is loaded anew: the sign-out would wait behind its sign-in, and take its agent out again. He gets his time anew. */
  #isSigningIn(loginId: string): boolean {
    const { isSigningIn } = this.#d;
    if (!isSigningIn(loginId)) return false;
    this.#input(loginId, 'signedIn');
    return true;
  }

  #tellElsewhere(loginId: string): void {
    this.#d.happenings.publish(
      'presence.monitor',
      { agentId: loginId, event: 'elsewhere' },
      { user: loginId },
    );
    this.#input(loginId, 'elsewhere');
  }

  /** Nobody saw him leave, or nobody can say where he is: asked again. Or another node has him signed out: looked at again. */
  #askLater(loginId: string, watched: Watched, answer: PresenceElsewhere): void {
    watched.isAnothers = answer === 'anothers';
    if (!watched.isAnothers) {
      if (!watched.isDoubted)
        this.#d.happenings.publish(
          'presence.monitor',
          { agentId: loginId, event: 'perhapsElsewhere' },
          { user: loginId },
        );
      watched.isDoubted = true;
    }
    this.#after(watched, ELSEWHERE_AGAIN_MS, () => this.#input(loginId, 'again'));
  }

  #ask(loginId: string, watched: Watched): void {
    const { askSignOut, agent, happenings, clock, log, graceMs, newId, isStillAbsent } = this.#d;
    let isOutdated = false;
    watched.attempts += 1;
    watched.asked += 1;
    const requestId = log.asked(loginId, newId, { ...told(watched), graceMs }, watched.asked);
    const cause = { user: loginId, requestId };
    const letGo = askSignOut(loginId, cause, {
      stillWanted: () => {
        if (watched.phase !== 'requested' || agent(loginId).state === 'LOGOUT') return false;
        isOutdated = isStillAbsent?.(loginId) === false;
        return !isOutdated;
      },
      sent: (invokeId) => log.sent(loginId, invokeId),
      ended: (end) => {
        // Decided again, in the same record.
        if (end.type === 'cancelled' && isOutdated && watched.phase === 'requested')
          this.#input(loginId, 'failed');
        else this.#ended(loginId, watched, requestId, end);
      },
    });
    if (letGo === undefined) {
      this.#input(loginId, 'failed');
      return;
    }
    happenings.publish('presence.logout', { agentId: loginId }, cause);
    this.#input(loginId, 'asked');
    clock.schedule(STEP_MS, letGo);
  }

  #ended(loginId: string, watched: Watched, requestId: string, end: OwnEnd): void {
    const { log, agent, clock } = this.#d;
    // He came back, or is gone, meanwhile: what the record says is all that is left to do.
    const isOurs = watched.phase === 'requested' && this.#watched.get(loginId) === watched;
    const input = (next: PresenceInput): void => {
      if (isOurs) this.#input(loginId, next);
    };
    switch (end.type) {
      case 'event':
        // An event carries no InvokeID: this one may have been another's.
        if (this.#isAccepted(loginId)) {
          log.reached(loginId, this.#d.agent(loginId));
          input('done');
        } else {
          if (!isOurs) log.ended(loginId, 'unanswered', null);
          input('failed');
        }
        break;
      case 'cancelled':
        log.cancelled(loginId);
        input('signedOut');
        break;
      case 'settled':
        if (isOurs && !this.#isAccepted(loginId)) {
          input('failed');
          break;
        }
        log.pending(loginId);
        if (BUSY.has(agent(loginId).state)) {
          input('taken');
        } else {
          // No call is in its way: without an event he is where it leads already, or it has not come about.
          const found = this.#isAccepted(loginId) ? agent(loginId) : null;
          clock.schedule(EVENT_LATEST_MS, () => log.untold(loginId, requestId, found));
          input('done');
        }
        break;
      case 'refused':
        if (isOurs && PASSING_REFUSALS.has(end.refusal.code)) {
          input('failed');
        } else {
          log.ended(loginId, 'refused', refusalText(end.refusal));
          input('abandoned');
        }
        break;
      case 'timeout':
        if (!isOurs) log.ended(loginId, 'unanswered', null);
        input('failed');
        break;
      case 'lost':
        if (!isOurs) log.ended(loginId, 'unanswered', null);
        // A lost link is no attempt that failed: he is tried again as often as it comes back.
        watched.attempts = Math.max(0, watched.attempts - 1);
        input('lost');
        if (this.#suspended) this.#input(loginId, 'interrupted');
        break;
    }
  }

  /** Where the request may lead; without an event it is right during a call, and on CCE for whoever was not ready before. */
  #isAccepted(loginId: string): boolean {
    const { state } = this.#d.agent(loginId);
    return BUSY.has(state) || state === 'LOGOUT' || (state === 'NOT_READY' && this.#d.deployment === 'CCE');
  }

  #after(watched: Watched, ms: number, fn: () => void): void {
    watched.timer?.cancel();
    const timer = this.#unlessFrozen(ms, fn, () => {
      // Replaced when he got a grace period anew.
      if (watched.timer === timer) this.#after(watched, READ_MS, fn);
    });
    watched.timer = timer;
  }

  #pulseLater(): void {
    if (this.#waiting === 0 || this.#pulse !== undefined) return;
    this.#pulse = this.#unlessFrozen(PULSE_MS, () => {
      this.#pulse = undefined;
      this.#pulseLater();
    });
  }

  /**
   * A timer that comes far too late says that the process stood still (stopped, swapped out, a machine that slept):
   * clients that wanted to come back wait at its sockets. Everybody gets a whole grace period then, some times.
   */
  #unlessFrozen(ms: number, fn: () => void, afterwards: () => void = () => {}): Timer {
    const { clock } = this.#d;
    const due = clock.monotonic() + ms;
    return clock.schedule(ms, () => {
      const now = clock.monotonic();
      if (now - due <= LATE_MS) {
        fn();
        return;
      }
      // All timers that one standstill made late tell of the same one.
      if (now - Math.max(due, this.#thawedAt) > LATE_MS) {
        this.#thawedAt = now;
        this.#frozen();
      }
      afterwards();
    });
  }

  #frozen(): void {
    this.#pulse?.cancel();
    this.#pulse = undefined;
    for (const [loginId, watched] of [...this.#watched])
      if (watched.standstills < STANDSTILLS_MAX) {
        if (waits(watched.phase) > 0) watched.standstills += 1;
        this.#input(loginId, 'frozen');
      }
    this.#pulseLater();
  }

  #keep(loginId: string): void {
    const watched = this.#watched.get(loginId);
    if (watched === undefined) return;
    const isSignedIn = watched.wasSignedIn || this.#d.agent(loginId).state !== 'LOGOUT';
    this.#d.keep(loginId, { loginId, ...told(watched), isSignedIn });
  }
}

/** Whether a sign-out that was asked for may still come. */
const mayFollow = ({ state }: Agent): boolean => BUSY.has(state);

const waits = (phase: PresencePhase): number => (phase === 'away' || phase === 'due' ? 1 : 0);

/** Of whom nothing has been seen by this process. */
const UNSEEN = {
  phase: 'unknown',
  timer: undefined,
  attempts: 0,
  asked: 0,
  standstills: 0,
  isSignedOut: false,
  isMissed: true,
  wasSignedIn: false,
  isDoubted: false,
  isAnothers: false,
  asking: null,
} as const;

const NO_SESSION = { session: null, departure: null, awaySince: null, lastActiveAt: null } as const;

const told = ({ session, departure, awaySince, lastActiveAt }: Watched) => ({
  session,
  departure,
  awaySince,
  lastActiveAt,
});

const refusalText = ({ code, constant, text }: CtiRefusal): string =>
  [String(code), constant ?? text].filter((part) => part !== undefined && part !== '').join(' ');
