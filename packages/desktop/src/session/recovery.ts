/**
 * From the loss of the connection until all that the page shows is true again (desktop.md 12): what the agent is told, what is read
 * anew, whether he is signed in again, and whether he is made Ready again.
 */
import {
  ApiError,
  type ClientClock,
  type ClientTimer,
  type ConnectionDetail,
  type ConnectionStatus,
  type SignInOptions,
  type User,
} from '@poise/client';
import type { Areas } from './areas.ts';
import { type CallControl, callSentence } from './call-control.ts';
import { ChosenState, isBySupervisor } from './chosen-state.ts';
import { type DesktopClient, linkOf } from './desktop-client.ts';
import type { LinkAlarm } from './link-alarm.ts';
import type { MaintenanceMove } from './maintenance.ts';
import type { ReasonsReading } from './reasons-reading.ts';
import { signInSentence } from './sentences.ts';
import { isForgotten, mustSignInAgain } from './sign-in-again.ts';
import type { LinkEvent, Sentence, Store } from './store.ts';

/** How often what is shown is read after a recovery, and how long after a failure, before the connection is given up. */
const READS_MAX = 10;
const READ_RETRY_MS = 10_000;
/** How often the page looks whether it stood still; hidden tabs look once a minute. */
const PULSE_MS = 15_000;
/** Longer than hidden tabs are held up: the computer slept, or the page was frozen. */
const STOOD_STILL_MS = 90_000;

export interface RecoveryOptions {
  readonly store: Store;
  readonly clock: ClientClock;
  readonly alarm: LinkAlarm;
  readonly reasons: ReasonsReading;
  readonly areas: Areas;
  readonly calls: () => CallControl | null;
  readonly maintenance: () => MaintenanceMove | null;
  /** With what the agent signed in. */
  readonly seat: () => SignInOptions;
  /** Shows the user as he was read. */
  readonly show: (user: User) => void;
  readonly askReady: () => void;
  /** The connection is of no use to this page any more. */
  readonly lost: () => void;
  /** The agent could not be signed in again. */
  readonly refused: (sentence: Sentence) => void;
}

export class Recovery {
  readonly #o: RecoveryOptions;
  #chosen = new ChosenState();
  /** The connection moved to another node since the last recovery. */
  #hasMoved = false;
  /** An event told that the contact centre was started anew and knows this agent no more; nothing has been read since. */
  #isForgotten = false;
  /** Tells the reading after one recovery from that after a later one. */
  #number = 0;
  #readTimer: ClientTimer | undefined;
  #pulse: ClientTimer | undefined;

  constructor(options: RecoveryOptions) {
    this.#o = options;
  }

  /** Somebody signs in. */
  begin(): void {
    this.#chosen = new ChosenState();
    this.#hasMoved = false;
    this.#isForgotten = false;
  }

  /** The connection is closed. */
  end(): void {
    this.#number++;
    for (const timer of [this.#readTimer, this.#pulse]) timer?.cancel();
  }

  // ---- the connection --------------------------------------------------------------------------

  /**
   * What the client says of its connection, while somebody is signed in.
   * @param current whether the sign-in still is the one that has this client
   */
  connectionIs(
    client: DesktopClient,
    current: () => boolean,
    status: ConnectionStatus,
    detail: ConnectionDetail,
  ): void {
    const { store, alarm } = this.#o;
    if (status === 'recovered' || status === 'resumed') {
      // What is read now must know that events were missed.
      alarm.sayNext();
      // What happened meanwhile has no event any more: the server is asked, and only then is all well.
      void this.#recover(client, current, ++this.#number);
      return;
    }
    // That the search failed, or found another node, changes nothing of what was wrong before it.
    const { link: before } = store.snapshot();
    const goesOn = (status === 'searching' || status === 'moving') && before !== 'up';
    const link = goesOn ? before : linkOf(status, detail);
    if (link === null) return;
    this.#number++;
    this.#readTimer?.cancel();
    if (!goesOn) {
      // A server that says itself that it is out of service still sends what happens.
      const stillHears = status === 'failing' && link === 'out-of-service' && alarm.stillHears;
      const words: LinkEvent = { type: 'link', link, stillHears };
      alarm.say(words);
    }
    if (status === 'searching' && detail.other !== undefined)
      store.dispatch({
        type: 'searched',
        other: { host: detail.other, isReached: detail.status === 503 },
      });
    if (status === 'moving') {
      this.#hasMoved = true;
      store.dispatch({ type: 'moved', host: client.host });
    }
    if (link === 'conflict' || link === 'unauthorized') {
      this.#o.lost();
      return;
    }
    const isBad = link === 'out-of-service' || status === 'failing' || status === 'searching';
    if (isBad || (status === 'reconnecting' && (detail.attempt ?? 1) > 1)) alarm.raise();
    // A move to another node that is well ends within seconds: it blocks the controls and no more.
    else if (!this.#o.maintenance()?.isOnItsWay) alarm.raiseLater();
  }

  /**
   * Whether this event is no sign-out, but a contact centre that was started anew beside a server that goes on. It is not the end
   * of the page: what is read next has the agent signed in again, as when the whole node was started anew.
   */
  isForgetting(me: User, client: DesktopClient, current: () => boolean): boolean {
    const { phase, link, pending, unconfirmed } = this.#o.store.snapshot();
    const asked = pending ?? unconfirmed;
    if (phase !== 'signed-in' || asked === 'sign-out' || !isForgotten(me)) return false;
    this.#isForgotten = true;
    // Else it is read anyway, now or when the service is back.
    if (link === 'up') {
      this.#o.alarm.say({ type: 'link', link: 'out-of-service', stillHears: true });
      this.#o.alarm.raiseLater();
      void this.#recover(client, current, ++this.#number);
    }
    return true;
  }

  // ---- reading ---------------------------------------------------------------------------------

  /** After the sign-in; a recovery reads them again anyway. Never rejects. */
  async loadCalls(current: () => boolean, reads: number = 1): Promise<void> {
    try {
      await this.#o.calls()?.load();
    } catch (error) {
      if (!current()) return;
      this.#o.store.dispatch({ type: 'dialogs unread', error: callSentence(error) });
      if (reads >= READS_MAX) return;
      this.#readTimer?.cancel();
      this.#readTimer = this.#o.clock.schedule(READ_RETRY_MS, () => void this.loadCalls(current, reads + 1));
    }
  }

  /** The agent wants those calls now that could not be read. Never rejects. */
  loadCallsAgain(current: () => boolean): Promise<void> {
    this.#readTimer?.cancel();
    this.#o.store.dispatch({ type: 'dialogs unread', error: null });
    return this.loadCalls(current);
  }

  /** After a recovery: reads what events may have been missed of, until the picture equals the server's. Never rejects. */
  async #recover(
    client: DesktopClient,
    current: () => boolean,
    recovery: number,
    reads: number = 1,
    isAgain: boolean = false,
  ): Promise<void> {
    const isLatest = () => current() && this.#number === recovery;
    void this.#o.reasons.read(client, this.#o.calls, current);
    let mustSignIn = false;
    try {
      let me = await client.user();
      if (!isLatest()) return;
      mustSignIn = mustSignInAgain(me, this.#hasMoved);
      // The other node may not have been told yet who works where; one that was started anew knows of nobody.
      // Before: the event of the sign-in tells that he is Not Ready, as if somebody wanted it.
      const wasChosen = mustSignIn && this.#chosen.takeAfterSignIn();
      if (mustSignIn) me = await client.signIn(this.#o.seat());
      if (!isLatest()) return;
      // Its event has come before that of the sign-in, if the connection stayed.
      const wasForgotten = mustSignIn && this.#isForgotten;
      if (mustSignIn) this.#isForgotten = false;
      if (!mustSignIn) this.#chosen.recovered();
      // The restart of a node takes longer than a move, or than that of its contact centre, through which the page stays connected:
      // as with a page that was loaded anew meanwhile, the agent says when he is Ready.
      const wantsReady = wasChosen && !isBySupervisor(me) && (this.#hasMoved || wasForgotten);
      this.#o.show(me);
      if (!isLatest()) return;
      await Promise.all([this.#o.calls()?.load(), this.#o.areas.recover()]);
      if (!isLatest()) return;
      // What was read may be the picture from before.
      if (this.#isForgotten && !isAgain) return this.#recover(client, current, recovery, reads, true);
      this.#isForgotten = false;
      this.#hasMoved = false;
      this.#o.alarm.restored();
      this.#o.maintenance()?.recovered();
      if (wantsReady && me.state === 'NOT_READY') this.#o.askReady();
      else this.restoreReady(me);
    } catch (error) {
      if (isLatest()) this.#recoverLater(client, current, error, reads, this.#hasMoved || mustSignIn);
    }
  }

  /** @param isSignIn a refusal means that the node does not take this agent */
  #recoverLater(
    client: DesktopClient,
    current: () => boolean,
    error: unknown,
    reads: number,
    isSignIn: boolean,
  ): void {
    const isRefused =
      error instanceof ApiError && error.status >= 400 && error.status < 500 && error.status !== 408;
    if (isSignIn && isRefused) {
      // It says why.
      this.#o.refused(signInSentence(error, this.#o.seat().extension));
    } else if (reads >= READS_MAX) client.reconnect('what the page shows could not be read');
    else {
      this.#o.alarm.raise();
      const recovery = this.#number;
      this.#readTimer = this.#o.clock.schedule(
        READ_RETRY_MS,
        () => void this.#recover(client, current, recovery, reads + 1),
      );
    }
  }

  // ---- Ready -----------------------------------------------------------------------------------

  /** The server has carried out a change of state that was asked for here. */
  chose(user: User): void {
    this.#chosen.chose(user.pendingState || user.state);
    this.#watchStandstill();
  }

  /** The own user, as an event or an answer shows it. */
  saw(user: User): void {
    this.#chosen.saw(user);
  }

  /** Ready that was chosen here, and that only the loss took away, is asked for again. */
  restoreReady(user: User): void {
    const { link, pending } = this.#o.store.snapshot();
    if (link === 'up' && pending === null && this.#chosen.takeRestoration(user)) this.#o.askReady();
  }

  /** Nobody is made Ready at a computer that was left: its calls would ring in vain. */
  #watchStandstill(): void {
    const { clock } = this.#o;
    this.#pulse?.cancel();
    if (!this.#chosen.isReady) return;
    const lookedAt = clock.now();
    this.#pulse = clock.schedule(PULSE_MS, () => {
      if (clock.now() - lookedAt > STOOD_STILL_MS) this.#chosen.stoodStill();
      this.#watchStandstill();
    });
  }
}
