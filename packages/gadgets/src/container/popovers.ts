/**
 * Pop-overs that gadgets ask for (`PopoverService`, finesse-js.md 9): what is shown, for how long, and what the gadget is told of the
 * end. Who draws them looks at `snapshot`, and calls `press` and `dismiss`.
 */
import type { HubClock } from '../hub/clock.ts';
import type { GadgetContainer } from './container.ts';
import type { Gadget } from './gadget.ts';
import { Listed } from './listed.ts';
import { isId, isObject, isToken, type Payload, serve, textOf } from './service-request.ts';

export interface PopoverChoice {
  readonly id: string;
  readonly label: string;
  readonly hoverText: string;
}

export interface PopoverButton extends PopoverChoice {
  readonly isAffirm: boolean;
  /** What is asked before it counts; empty: nothing. */
  readonly confirm: readonly PopoverChoice[];
}

export interface PopoverCounter {
  readonly type: 'COUNT_UP' | 'COUNT_DOWN';
  /** Epoch ms. */
  readonly since: number;
  /** Null: it stays. */
  readonly until: number | null;
}

export interface Popover {
  readonly id: string;
  readonly gadget: Gadget;
  /** Epoch ms. */
  readonly at: number;
  readonly icon: { readonly type: string; readonly value: string } | null;
  /** Empty: none. */
  readonly title: string;
  readonly rows: readonly { readonly name: string; readonly value: string }[];
  /** Null: no time is shown. */
  readonly counter: PopoverCounter | null;
  readonly isDismissible: boolean;
  readonly actionText: string;
  readonly buttons: readonly PopoverButton[];
}

/** What the gadget is told as `source` when no button was pressed. */
const POPOVER_SOURCE = { dismissed: 'dismissed', timeout: 'timeout' } as const;

/** Pop-overs of one gadget, and of all; what is beyond is refused as if it had been dismissed. */
export const POPOVERS_MAX = { gadget: 5, all: 20 } as const;
const ROWS_MAX = 20;
const BUTTONS_MAX = 2;
const LABEL_MAX = 100;
const VALUE_MAX = 1_000;
/** Longest time that a pop-over counts, s. */
const TIMEOUT_MAX_S = 86_400;

const REQUESTS = 'finesse.containerservices.popover.requests';
const EVENTS = 'finesse.containerservices.popover.events';

interface Shown {
  readonly given: Payload;
  readonly popover: Popover;
  timer: { cancel(): void } | null;
}

export class Popovers {
  readonly #container: GadgetContainer;
  readonly #clock: HubClock;
  readonly #log: (line: string) => void;
  readonly #shown = new Map<string, Shown>();
  readonly #list = new Listed<Popover>();
  readonly snapshot = this.#list.snapshot;
  readonly subscribe = this.#list.subscribe;

  constructor(container: GadgetContainer, clock: HubClock, log: (line: string) => void) {
    this.#container = container;
    this.#clock = clock;
    this.#log = log;
    serve(container, REQUESTS, null, ({ type, data, gadget }) => {
      const { popoverId } = data;
      if (!isToken(popoverId)) return;
      if (type === 'ShowPopoverReq') this.#show(popoverId, data, gadget);
      // Of its own alone.
      if (this.#shown.get(popoverId)?.popover.gadget !== gadget) return;
      if (type === 'UpdatePopoverReq') this.#update(popoverId, data);
      if (type === 'DismissPopoverReq') this.#take(popoverId);
    });
    container.onLeft((gadget) => {
      for (const { popover } of [...this.#shown.values()])
        if (popover.gadget === gadget) this.#take(popover.id);
    });
  }

  /** @param choice id of a button, or of one that confirms it */
  press(id: string, choice: string): void {
    const known = this.#shown.get(id)?.popover.buttons ?? [];
    if (known.some((button) => button.id === choice || button.confirm.some((each) => each.id === choice)))
      this.#end(id, choice);
  }

  dismiss(id: string): void {
    if (this.#shown.get(id)?.popover.isDismissible) this.#end(id, POPOVER_SOURCE.dismissed);
  }

  #show(id: string, data: Payload, gadget: Gadget): void {
    if (this.#shown.has(id)) return;
    const all = [...this.#shown.values()];
    const own = all.filter(({ popover }) => popover.gadget === gadget).length;
    if (own >= POPOVERS_MAX.gadget || all.length >= POPOVERS_MAX.all) {
      this.#log(`Gadget ${gadget.mid} (${gadget.entry.id}): too many pop-overs, one is not shown`);
      this.#tell(id, POPOVER_SOURCE.dismissed);
      return;
    }
    this.#put(id, data, gadget, this.#clock.now());
  }

  /** What is given takes the place of what was. */
  #update(id: string, data: Payload): void {
    const { given, popover, timer } = this.#shown.get(id) as Shown;
    const next = Object.fromEntries(
      ['bannerData', 'timerData', 'actionData'].map((part) => [
        part,
        isObject(data[part]) ? data[part] : given[part],
      ]),
    );
    const hasTimer = isObject(data.timerData);
    if (hasTimer) timer?.cancel();
    this.#put(id, next, popover.gadget, popover.at, hasTimer ? undefined : popover.counter, timer);
  }

  /** @param counter that of before, which goes on; undefined: a new one begins */
  #put(
    id: string,
    given: Payload,
    gadget: Gadget,
    at: number,
    counter?: PopoverCounter | null,
    running: Shown['timer'] = null,
  ): void {
    const timerData = isObject(given.timerData) ? given.timerData : {};
    const timeoutMs = timeoutOf(timerData.displayTimeoutInSecs);
    const now = this.#clock.now();
    const fresh: PopoverCounter | null =
      timerData.display === true
        ? {
            type: timerData.counterType === 'COUNT_DOWN' && timeoutMs !== null ? 'COUNT_DOWN' : 'COUNT_UP',
            since: now,
            until: timeoutMs === null ? null : now + timeoutMs,
          }
        : null;
    const popover = read(id, gadget, at, given, counter === undefined ? fresh : counter, timeoutMs !== null);
    const timer =
      counter !== undefined
        ? running
        : timeoutMs === null
          ? null
          : this.#clock.schedule(timeoutMs, () => this.#end(id, POPOVER_SOURCE.timeout));
    this.#shown.set(id, { given, popover, timer });
    this.#tellList();
  }

  #end(id: string, source: string): void {
    this.#take(id);
    this.#tell(id, source);
  }

  #tell(id: string, source: string): void {
    this.#container.publish(`${EVENTS}.${id}`, { popoverId: id, source });
  }

  #take(id: string): void {
    this.#shown.get(id)?.timer?.cancel();
    if (this.#shown.delete(id)) this.#tellList();
  }

  #tellList(): void {
    this.#list.set([...this.#shown.values()].map(({ popover }) => popover));
  }
}

/** Null: it stays until it is answered. */
function timeoutOf(seconds: unknown): number | null {
  return typeof seconds === 'number' && Number.isFinite(seconds) && seconds > 0
    ? Math.min(seconds, TIMEOUT_MAX_S) * 1_000
    : null;
}

function read(
  id: string,
  gadget: Gadget,
  at: number,
  given: Payload,
  counter: PopoverCounter | null,
  endsByItself: boolean,
): Popover {
  const banner = isObject(given.bannerData) ? given.bannerData : {};
  const action = isObject(given.actionData) ? given.actionData : {};
  const header = isObject(banner.headerContent) ? banner.headerContent : {};
  const buttons = listOf(action.buttons, BUTTONS_MAX).flatMap((each): PopoverButton[] => {
    const [choice] = choicesOf([each], 1);
    if (!choice || !isObject(each)) return [];
    return [
      { ...choice, isAffirm: each.type === 'Affirm', confirm: choicesOf(each.confirmButtons, BUTTONS_MAX) },
    ];
  });
  return {
    id,
    gadget,
    at,
    icon: isObject(banner.icon)
      ? { type: textOf(banner.icon.type, LABEL_MAX), value: textOf(banner.icon.value, VALUE_MAX) }
      : null,
    title: textOf(header.maxHeaderTitle, LABEL_MAX) || textOf(header.minHeaderTitle, LABEL_MAX),
    rows: listOf(banner.content, ROWS_MAX).flatMap((each) =>
      isObject(each)
        ? [{ name: textOf(each.name, LABEL_MAX), value: textOf(String(each.value ?? ''), VALUE_MAX) }]
        : [],
    ),
    counter,
    // What nobody can answer and nothing ends would stand there for ever.
    isDismissible: action.dismissible === true || (buttons.length === 0 && !endsByItself),
    actionText: textOf(action.requiredActionText, VALUE_MAX),
    buttons,
  };
}

const listOf = (value: unknown, max: number): readonly unknown[] =>
  Array.isArray(value) ? value.slice(0, max) : [];

const choicesOf = (value: unknown, max: number): PopoverChoice[] =>
  listOf(value, max).flatMap((each) =>
    isObject(each) && isId(each.id)
      ? [
          {
            id: each.id,
            label: textOf(each.label, LABEL_MAX) || each.id,
            hoverText: textOf(each.hoverText, VALUE_MAX),
          },
        ]
      : [],
  );
