/** Keys of gadgets (`ShortcutKeyService`, finesse-js.md 9): in the list of shortcuts beside those of the page, while their tab is shown. */
import { type Gadget, type GadgetContainer, isId, isObject, serve, textOf } from '@poise/gadgets';
import { type Keyed, keymap } from '../shortcuts/keymap.ts';
import { problemOfKeys } from '../shortcuts/keys.ts';
import type { Shortcut } from '../shortcuts/shortcut.ts';

/** Shortcuts of one gadget; more are in conflict. */
export const SHORTCUTS_MAX = 40;
const NAME_MAX = 100;

const REQUESTS = 'finesse.shortcutkey.requests';
const RESPONSES = 'finesse.shortcutkey.responses';
const EVENTS = 'finesse.shortcutkey.events';

interface GadgetKey {
  readonly id: string;
  readonly gadget: Gadget;
  readonly action: string;
  readonly component: string;
  readonly keys: string;
  /** On every tab. */
  readonly isPageLevel: boolean;
}

export interface ShortcutPlace {
  /** Those of the page itself. */
  page(): readonly Keyed[];
  /** What the agent has set, by id. */
  own(): Readonly<Record<string, string>>;
  activeTab(): string;
  /** Those of gadgets, from now on. */
  show(shortcuts: readonly Shortcut[]): void;
  log(line: string): void;
}

export class GadgetShortcuts {
  readonly #container: GadgetContainer;
  readonly #place: ShortcutPlace;
  #all: readonly GadgetKey[] = [];

  constructor(container: GadgetContainer, place: ShortcutPlace) {
    this.#container = container;
    this.#place = place;
    serve(container, REQUESTS, RESPONSES, ({ type, data, gadget, respond }) => {
      if (type !== 'RegisterShortcutKeyReq' || !Array.isArray(data.shortcuts)) return;
      respond({ shortcuts: this.#register(gadget, data.shortcuts) });
    });
    container.onLeft((gadget) => {
      this.#all = this.#all.filter((each) => each.gadget !== gadget);
      this.tabChanged();
    });
  }

  /** Those of other tabs do nothing. */
  tabChanged(): void {
    const tab = this.#place.activeTab();
    this.#place.show(this.#all.filter((each) => isShown(each, tab)).map((each) => this.#shortcut(each)));
  }

  #register(gadget: Gadget, given: readonly unknown[]): readonly { id: unknown; conflict: boolean }[] {
    const read = given.slice(0, SHORTCUTS_MAX).map((each) => ({ each, key: readKey(gadget, each) }));
    const fresh = read.flatMap(({ key }) => (key === null ? [] : [key]));
    const kept = this.#all.filter((old) => old.gadget !== gadget || !fresh.some(({ id }) => id === old.id));
    const room = SHORTCUTS_MAX - kept.filter((old) => old.gadget === gadget).length;
    // Of one id given twice, the last one counts.
    const own = [...new Map(fresh.map((key) => [key.id, key])).values()].slice(0, Math.max(0, room));
    this.#all = [...kept, ...own];
    this.tabChanged();
    return given.map((each) => {
      const id = isObject(each) ? each.id : undefined;
      const key = own.find((one) => one.id === id);
      const conflict = key === undefined || this.#isInConflict(key);
      if (conflict)
        this.#place.log(`Gadget ${gadget.mid}: the shortcut ${String(id).slice(0, NAME_MAX)} is in conflict`);
      return { id, conflict };
    });
  }

  /** With the page, or with what can be on the page at the same time. */
  #isInConflict(key: GadgetKey): boolean {
    const others = this.#all.filter((other) => other === key || isTogether(other, key));
    const map = keymap([...this.#place.page(), ...others.map(keyedOf)], this.#place.own());
    return map.byKeys.get(map.keysOf.get(fullId(key)) ?? '') !== fullId(key);
  }

  #shortcut(key: GadgetKey): Shortcut {
    const { gadget, action, component, id } = key;
    return {
      ...keyedOf(key),
      group: 'gadget',
      owner: component || gadget.snapshot().title,
      label: { key: 'shortcuts.ofGadget', values: { action } },
      enabled: () => gadget.snapshot().isAlive,
      whyNot: () => null,
      run: () => this.#container.publish(`${EVENTS}.${gadget.mid}`, { id }),
    };
  }
}

/** Kept in the agent's settings: by the entry of the layout, whose number may be another one next time. */
const fullId = ({ gadget, id }: GadgetKey): string => `gadget.${gadget.entry.id}.${id}`;

const keyedOf = (key: GadgetKey): Keyed => ({ id: fullId(key), keys: key.keys });

const isShown = ({ gadget, isPageLevel }: GadgetKey, tab: string): boolean =>
  isPageLevel || gadget.entry.tabId === null || gadget.entry.tabId === tab;

const isTogether = (a: GadgetKey, b: GadgetKey): boolean =>
  isShown(a, b.gadget.entry.tabId ?? '') || isShown(b, a.gadget.entry.tabId ?? '');

function readKey(gadget: Gadget, given: unknown): GadgetKey | null {
  if (!isObject(given) || !isId(given.id)) return null;
  const keys = gadgetKeys(given.key, given.modifierKeys);
  const problem = keys === null ? 'unknown' : problemOfKeys(keys);
  if (keys === null || problem !== null) return null;
  return {
    id: given.id,
    gadget,
    action: textOf(given.actionName, NAME_MAX) || given.id,
    component: textOf(given.componentName, NAME_MAX),
    keys,
    isPageLevel: given.isPageLevel === true,
  };
}

/**
 * Keys as this page writes them.
 * @param key a character, the name of a key, or its code
 * @param modifiers names in one text, or in a list
 * @returns null: none that this page can hear
 */
export function gadgetKeys(key: unknown, modifiers: unknown): string | null {
  const names = (
    Array.isArray(modifiers) ? modifiers.map(String).join('+') : String(modifiers ?? '')
  ).toLowerCase();
  if (/meta|cmd|command|win/.test(names)) return null;
  const name = nameOf(key);
  if (name === null) return null;
  return [
    /ctrl|control/.test(names) ? 'Ctrl' : '',
    /alt|option/.test(names) ? 'Alt' : '',
    /shift/.test(names) ? 'Shift' : '',
    name,
  ]
    .filter((part) => part !== '')
    .join('+');
}

function nameOf(key: unknown): string | null {
  if (typeof key === 'number' && Number.isInteger(key)) {
    if (key >= 0 && key <= 9) return String(key);
    if (key >= 112 && key <= 123) return `F${key - 111}`;
    return nameOf(String.fromCharCode(key));
  }
  if (typeof key !== 'string') return null;
  if (/^[a-z0-9]$/i.test(key)) return key.toUpperCase();
  // The code of a key as text; one digit is the key of that digit.
  if (/^\d{2,3}$/.test(key)) return nameOf(Number(key));
  return /^f([1-9]|1[0-2])$/i.test(key) ? key.toUpperCase() : null;
}
