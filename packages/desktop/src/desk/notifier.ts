/**
 * Tells of notices: pop-ups in the page while it is looked at, notifications of the browser while it is not (desktop.md D80), a
 * sound, and the ringing of calls.
 */
import type { ClientClock, ClientTimer } from '@poise/client';
import { ringing } from '../session/calls.ts';
import type { Notice, NoticeKind, Page } from '../session/notices.ts';
import { noticesOf } from '../session/notices-of.ts';
import type { DesktopState, Sentence, Store } from '../session/store.ts';
import type { Settings } from './settings.ts';
import type { Sounds } from './sounds.ts';

/** Until the layout has told `notificationPopupWaitTime` and `unreadNotificationsWaitTime`. */
export const POP_UP_MS = 8_000;
export const UNREAD_MS = 20_000;
/** Pop-ups at a time; the oldest give way. */
const POP_UPS_MAX = 3;

/** How each kind is told besides its entry: calls, the connection and team messages have places of their own in the page. */
const KINDS: Readonly<Record<NoticeKind, { readonly popsUp: boolean; readonly hasSound: boolean }>> = {
  call: { popsUp: false, hasSound: false },
  state: { popsUp: true, hasSound: true },
  connection: { popsUp: false, hasSound: true },
  'team-message': { popsUp: false, hasSound: true },
  other: { popsUp: true, hasSound: true },
};

export interface PopUp {
  readonly id: number;
  readonly sentence: Sentence;
  readonly page?: Page | undefined;
  /** As that of its notice. */
  readonly click?: string | undefined;
  /** Another part of the page says it to who hears the page. */
  readonly isSaidElsewhere: boolean;
}

/** What keeps a pop-up. */
export type Hold = 'focus' | 'pointer';

/** What the browser does for the notifier. */
export interface Screen {
  /** Whether somebody may be looking at the page. */
  isActive(): boolean;
  /** Shows a notification of the browser, if it may. @returns what takes it away */
  show(sentence: Sentence, kind: NoticeKind): () => void;
}

export class Notifier {
  readonly #store: Store;
  readonly #clock: ClientClock;
  readonly #screen: Screen;
  readonly #sounds: Pick<Sounds, 'notice' | 'ringing'>;
  readonly #settings: () => Settings;
  #before: DesktopState;
  #popUps: readonly PopUp[] = [];
  /** Who is at a pop-up, by pointer or by focus: it stays as long, also when its time is over (WCAG 2.2.1). */
  readonly #held = new Map<number, Set<Hold>>();
  readonly #overdue = new Set<number>();
  #lastPopUp = 0;
  #unread: ClientTimer | undefined;
  readonly #listeners = new Set<() => void>();

  constructor(
    store: Store,
    clock: ClientClock,
    screen: Screen,
    sounds: Pick<Sounds, 'notice' | 'ringing'>,
    settings: () => Settings,
  ) {
    this.#store = store;
    this.#clock = clock;
    this.#screen = screen;
    this.#sounds = sounds;
    this.#settings = settings;
    this.#before = store.snapshot();
    store.subscribe(() => this.#changed());
  }

  readonly popUps = (): readonly PopUp[] => this.#popUps;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Pops up a sentence that needs no entry: the answer to what was just done. */
  popUp(
    sentence: Sentence,
    forMs: number = this.#popUpMs(),
    page?: Page,
    isSaidElsewhere = false,
    click?: string,
  ): void {
    const popUp = { id: ++this.#lastPopUp, sentence, page, click, isSaidElsewhere };
    const words = JSON.stringify({ ...popUp, id: 0 });
    // The same once more takes the place of the one before, unless somebody is at it.
    const others = this.#popUps.filter(
      (each) => this.#held.has(each.id) || JSON.stringify({ ...each, id: 0 }) !== words,
    );
    this.#setPopUps([...others, popUp].slice(-POP_UPS_MAX));
    this.#clock.schedule(forMs, () => {
      if (this.#held.has(popUp.id)) this.#overdue.add(popUp.id);
      else this.dismiss(popUp.id);
    });
  }

  /** Keeps a pop-up while somebody is at it. */
  hold(id: number, by: Hold, isHeld: boolean): void {
    const holds = this.#held.get(id) ?? new Set();
    if (isHeld) holds.add(by);
    else holds.delete(by);
    if (holds.size > 0) {
      this.#held.set(id, holds);
      return;
    }
    this.#held.delete(id);
    if (this.#overdue.has(id)) this.dismiss(id);
  }

  /** Tells who looks at another window of something that waits in the page. */
  callBack(sentence: Sentence): void {
    this.#sounds.notice();
    if (this.#screen.isActive() || !this.#mayShow('other')) return;
    this.#clock.schedule(this.#popUpMs(), this.#screen.show(sentence, 'other'));
  }

  dismiss(id: number): void {
    if (this.#popUps.some((popUp) => popUp.id === id))
      this.#setPopUps(this.#popUps.filter((popUp) => popUp.id !== id));
  }

  #setPopUps(popUps: readonly PopUp[]): void {
    for (const { id } of this.#popUps)
      if (!popUps.some((left) => left.id === id)) {
        this.#held.delete(id);
        this.#overdue.delete(id);
      }
    this.#popUps = popUps;
    for (const listener of this.#listeners) listener();
  }

  #changed(): void {
    const before = this.#before;
    const after = this.#store.snapshot();
    this.#before = after;
    const { calls, user, notices, phase } = after;
    if (calls.dialogs !== before.calls.dialogs || phase !== before.phase)
      this.#sounds.ringing(ringing(calls.dialogs, user?.extension ?? '').length > 0);
    if (phase === 'signed-out' && this.#popUps.length > 0) this.#setPopUps([]);
    if (notices.unread === 0) this.#unread?.cancel();
    for (const notice of notices.entries) {
      if (notice.id <= before.notices.lastId) break;
      this.#tell(notice);
    }
    for (const notice of noticesOf(before, after))
      this.#store.dispatch({ type: 'notice', notice, at: this.#clock.now() });
  }

  #properties() {
    return this.#store.snapshot().layout?.properties;
  }

  #popUpMs(): number {
    const seconds = this.#properties()?.notificationPopupWaitTime;
    return seconds === undefined ? POP_UP_MS : seconds * 1_000;
  }

  /** Whether the browser may tell of it, for the agent and for the layout. */
  #mayShow(kind: NoticeKind): boolean {
    const properties = this.#properties();
    if (kind === 'state' && properties?.enableToasterNotificationForRONA === false) return false;
    if (kind === 'connection' && properties?.enableToasterNotificationForFailover === false) return false;
    return this.#settings().notifications;
  }

  #tell({ kind, sentence, page, click, popUpMs = KINDS[kind].popsUp ? this.#popUpMs() : 0 }: Notice): void {
    if (KINDS[kind].hasSound) this.#sounds.notice();
    if (!this.#screen.isActive() && this.#mayShow(kind)) {
      const close = this.#screen.show(sentence, kind);
      this.#clock.schedule(popUpMs || this.#popUpMs(), close);
    }
    if (popUpMs > 0) this.popUp(sentence, popUpMs, page, kind === 'state', click);
    else if (kind === 'other') this.#remindOfUnread();
  }

  /** Entries that never popped up are told of together, if nobody has looked. */
  #remindOfUnread(): void {
    this.#unread?.cancel();
    const seconds = this.#properties()?.unreadNotificationsWaitTime;
    const waitMs = seconds === undefined ? UNREAD_MS : seconds * 1_000;
    this.#unread = this.#clock.schedule(waitMs, () => this.popUp({ key: 'notices.unreadWait' }));
  }
}
