/** What older libraries look for in the window of the page: `parent.finesse.container`, `parent.gadgets.Hub` (gadgets.md 4 and 7.5). */
import type { GadgetContainer } from './container.ts';

export interface DialogOptions {
  readonly title?: string | false;
  readonly message?: string;
  readonly close?: () => void;
  readonly isBlocking?: boolean;
}

export interface WindowServices {
  activeTab(): string;
  activateTab(id: string): boolean;
  /** @returns the element of the dialog */
  showDialog(options: DialogOptions): unknown;
  hideDialog(): void;
  /** Preferences that every gadget has. */
  config(): Readonly<Record<string, unknown>>;
}

/** @returns the objects, by the name that the window shall have them under */
export function windowGlobals(
  container: GadgetContainer,
  services: WindowServices,
): { readonly finesse: object; readonly gadgets: object } {
  const subscriptions = new Map<string, () => void>();
  let count = 0;
  return {
    finesse: {
      container: {
        Container: {
          showDialog: (options?: DialogOptions) => services.showDialog(options ?? {}),
          hideDialog: () => services.hideDialog(),
          // The reload follows; libraries of 10.x ask for it on the hub.
          modifyGadgetUrl: (mid: unknown, url: unknown) => container.byMid(mid)?.readdress(String(url)),
          reloadGadget: (mid: unknown) => {
            const gadget = container.byMid(mid);
            if (gadget) container.reload(gadget);
          },
        },
        Tabs: {
          getActiveTab: () => services.activeTab(),
          activateTab: (id: unknown) => services.activateTab(String(id)),
        },
        get Config() {
          return services.config();
        },
      },
    },
    gadgets: {
      Hub: {
        publish: (topic: string, data: unknown) => container.publish(topic, data),
        subscribe: (topic: string, onData: (topic: string, data: unknown) => void, scope?: unknown) => {
          const id = `container.${++count}`;
          subscriptions.set(
            id,
            container.subscribe(topic, (data, of) => onData.call(scope, of, data)),
          );
          return id;
        },
        unsubscribe: (id: string) => {
          subscriptions.get(id)?.();
          subscriptions.delete(id);
        },
        isConnected: () => true,
      },
    },
  };
}
