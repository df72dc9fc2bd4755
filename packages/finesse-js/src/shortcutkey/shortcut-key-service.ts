import { hub } from '../frame/hub.ts';
import { ownGadgetId, ownTabId } from '../frame/own-gadget.ts';
import { service } from '../frame/service.ts';
import { TOPICS } from '../frame/topics.ts';
import { guarded, validateHandler } from '../restservices/handlers.ts';

/** A key and what it does. */
export interface ShortcutKey {
  /** A number is taken, too. */
  readonly id: string | number;
  /** Under which heading it stands in the list of shortcuts. */
  readonly componentName: string;
  readonly actionName: string;
  readonly key: string | number;
  /** Of ALT, CTRL, SHIFT, META. */
  readonly modifierKeys?: string | readonly string[];
  readonly accessKey?: string;
  readonly executionScope?: string;
  /** Also while the focus is outside this gadget. */
  readonly isPageLevel?: boolean;
  readonly handler: (...args: unknown[]) => void;
  /** Whether another shortcut has the key: then it does nothing. Set by the desktop. */
  readonly conflict?: boolean;
  readonly type?: string;
}

/** By id, as text: so it is on the hub. */
const registered = new Map<string, ShortcutKey>();
let listening = false;

function listen(): void {
  if (listening) return;
  listening = true;
  hub.listen(`${TOPICS.shortcutEvents}.${ownGadgetId() || '0'}`, (payload) => {
    const { id } = (payload ?? {}) as { readonly id?: string };
    const found = registered.get(String(id));
    if (found) guarded('shortcut', () => found.handler());
  });
}

function conflicts(payload: unknown): void {
  const { shortcuts = [] } = (payload ?? {}) as { shortcuts?: readonly { id: string; conflict: boolean }[] };
  for (const { id, conflict } of shortcuts) {
    const found = registered.get(String(id));
    if (found) registered.set(String(id), { ...found, conflict });
  }
}

/** `finesse.shortcutkey.ShortcutKeyService`: keys of gadgets. */
export const ShortcutKeyService = service(listen, {
  /** Registers keys, in place of earlier ones of the same id. @throws Error when id, key or handler is missing */
  registerShortcutKey(shortcuts: readonly ShortcutKey[]): void {
    for (const { id, key, handler } of shortcuts) {
      if ((!id && id !== 0) || key === undefined || key === '')
        throw new Error('registerShortcutKey: id and key are needed');
      if (typeof handler !== 'function') validateHandler(handler ?? 'missing');
    }
    listen();
    for (const each of shortcuts) registered.set(String(each.id), each);
    hub.ask(
      TOPICS.shortcutRequests,
      TOPICS.shortcutResponses,
      'RegisterShortcutKeyReq',
      {
        gadgetId: ownGadgetId(),
        tabId: ownTabId() ?? '',
        shortcuts: shortcuts.map(({ handler, conflict, ...plain }) => ({ ...plain, id: String(plain.id) })),
      },
      conflicts,
    );
  },

  /** The keys of this gadget, with what the desktop has said of conflicts. */
  getShortcutKeys: (): ShortcutKey[] => [...registered.values()],
});
