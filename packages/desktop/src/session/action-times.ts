/**
 * The two ends of an action that no server sees: when the agent began it, and when what came of it was drawn. Told to the server some
 * seconds later, by requestId, for the trace of the action (docs/action-trace.md): times, and whether it was the pointer or a key.
 */
import { ApiError, type ClientClock, type ClientTimer, type PoiseClient } from '@poise/client';
import type { Store } from './store.ts';

/** The part of the SDK that is used. */
export type TimesClient = Pick<PoiseClient, 'on' | 'sendText'>;

export interface ActionTimesOptions {
  readonly clock: ClientClock;
  /** Calls `run` when what is in the page by now has been painted; in a hidden page perhaps never. */
  readonly painted: (run: () => void) => void;
  readonly isHidden: () => boolean;
  /** The page's state. */
  readonly store: Pick<Store, 'snapshot' | 'subscribe'>;
}

interface Input {
  readonly kind: 'pointer' | 'key';
  readonly at: number;
}

interface Action {
  readonly requestId: string;
  readonly input: Input['kind'] | null;
  readonly begunAt: number | null;
  readonly askedAt: number;
  receivedAt: number | null;
  paintedAt: number | null;
  /** Until when its pixel is waited for; 0: it is not. */
  paintDueAt: number;
}

/** A request that comes so much later than an input does not come of it. */
const INPUT_MS = 1_000;
/** … but at a sign-in, which connects first. */
const SIGN_IN_MS = 60_000;
/** Until then an action has its event, or nothing is told of it. */
const EVENT_MS = 60_000;
/** What has not been painted by then is told without. */
const PAINT_MS = 20_000;
/** Several actions go together. */
const GATHER_MS = 5_000;
/** Actions that wait for their event or for the next report, and those of one report. */
const ACTIONS_MAX = 48;
const REPORT_MAX = 16;

export class ActionTimes {
  readonly #options: ActionTimesOptions;
  #input: Input | null = null;
  #client: TimesClient | null = null;
  /** Of the page's clock: server minus page, and how far that may be from the truth; ms. */
  #measured: { readonly drift: number; readonly uncertainty: number } | null = null;
  readonly #actions = new Map<string, Action>();
  #timer: ClientTimer | undefined;

  constructor(options: ActionTimesOptions) {
    this.#options = options;
  }

  /** The agent did something. @param at wall ms of this computer */
  input(kind: Input['kind'], at: number): void {
    this.#input = { kind, at };
  }

  /** @param current whether the page works with this client still */
  follow(client: TimesClient, current: () => boolean): void {
    this.#client = client;
    this.#measured = null;
    this.#actions.clear();
    const isOurs = () => current() && this.#client === client;
    client.on('asked', (requestId) => isOurs() && this.#asked(requestId));
    client.on('update', ({ requestId }) => isOurs() && this.#heard(requestId, isOurs));
    client.on('clock', ({ drift, roundTrip }) => {
      if (isOurs()) this.#measured = { drift, uncertainty: roundTrip / 2 };
    });
  }

  #asked(requestId: string): void {
    const { clock, store } = this.#options;
    const askedAt = clock.now();
    const longest = store.snapshot().phase === 'signing-in' ? SIGN_IN_MS : INPUT_MS;
    const input = this.#input;
    // One input is the beginning of one action.
    this.#input = null;
    const begun = input !== null && askedAt - input.at <= longest && askedAt >= input.at ? input : null;
    this.#forgetOld(askedAt);
    this.#actions.set(requestId, {
      requestId,
      input: begun?.kind ?? null,
      begunAt: begun?.at ?? null,
      askedAt,
      receivedAt: null,
      paintedAt: null,
      paintDueAt: 0,
    });
  }

  #forgetOld(now: number): void {
    for (const { requestId, askedAt, receivedAt } of this.#actions.values()) {
      const isOver = receivedAt === null && now - askedAt > EVENT_MS;
      if (isOver || this.#actions.size >= ACTIONS_MAX) this.#actions.delete(requestId);
    }
  }

  #heard(requestId: string, isOurs: () => boolean): void {
    const action = this.#actions.get(requestId);
    if (action === undefined || action.receivedAt !== null) return;
    const { clock, painted, isHidden } = this.#options;
    action.receivedAt = clock.now();
    this.#tellSoon(isOurs);
    if (isHidden()) return;
    action.paintDueAt = clock.now() + PAINT_MS;
    this.#whenShown(() =>
      painted(() => {
        action.paintedAt = clock.now();
      }),
    );
  }

  /** What comes of a sign-in is the desktop, which is shown some answers later. */
  #whenShown(run: () => void): void {
    const { store } = this.#options;
    const isShown = () => store.snapshot().phase !== 'signing-in';
    if (isShown()) {
      run();
      return;
    }
    const end = store.subscribe(() => {
      if (!isShown()) return;
      end();
      run();
    });
  }

  #tellSoon(isOurs: () => boolean): void {
    if (this.#timer !== undefined) return;
    this.#timer = this.#options.clock.schedule(GATHER_MS, () => {
      this.#timer = undefined;
      if (isOurs()) void this.#tell(isOurs);
    });
  }

  async #tell(isOurs: () => boolean): Promise<void> {
    const [client, measured] = [this.#client, this.#measured];
    const now = this.#options.clock.now();
    const heard = [...this.#actions.values()].filter(({ receivedAt }) => receivedAt !== null);
    const ready = heard.filter(({ paintedAt, paintDueAt }) => paintedAt !== null || paintDueAt <= now);
    if (client === null || heard.length === 0) return;
    if (heard.length > Math.min(ready.length, REPORT_MAX) || measured === null) this.#tellSoon(isOurs);
    if (ready.length === 0) return;
    // A time of a clock that was not compared helps nobody.
    if (measured === null) return;
    const actions = ready
      .slice(0, REPORT_MAX)
      .map(({ askedAt: _asked, paintDueAt: _due, ...action }) => action);
    for (const { requestId } of actions) this.#actions.delete(requestId);
    try {
      await client.sendText({
        method: 'POST',
        path: '/poise/api/trace',
        contentType: 'application/json',
        body: JSON.stringify({ ...measured, actions }),
      });
    } catch (error) {
      // What could not be told is not told again. A server that does not want it, or knows nothing of it, is not asked any more.
      const isRefused = error instanceof ApiError && error.status >= 400 && error.status < 500;
      if (isRefused && error.status !== 429 && this.#client === client) this.#client = null;
    }
  }
}

/** Follows what the agent does with the page. @param page the window */
export function followInputs(times: Pick<ActionTimes, 'input'>, page: EventTarget, clock: ClientClock): void {
  for (const name of ['pointerup', 'click', 'keydown', 'keyup'])
    page.addEventListener(
      name,
      (event) => {
        const { isTrusted, timeStamp } = event;
        // Enter in a form, and on a button, ends in a click of which nothing was pressed (UI Events, detail 0).
        const byKey = name.startsWith('key') || (name === 'click' && (event as UIEvent).detail === 0);
        // Both clocks of this computer, so that the time is one of those that are compared with the server's.
        if (isTrusted) times.input(byKey ? 'key' : 'pointer', clock.now() - (clock.monotonic() - timeStamp));
      },
      { capture: true, passive: true },
    );
}

/** Behind the frame in which all that was changed by now is drawn. */
export const afterPaint = (run: () => void): void => {
  requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      run();
    };
    port2.postMessage(null);
  });
};
