/** What the library uses of its frame: `gadgets.*` of the container (gadgets.md 4) and the window itself. Read at each use, since it may come later. */

/** The hub client of the frame (OpenAjax Hub 2.0). */
export interface GadgetsHub {
  publish(topic: string, data: unknown): void;
  subscribe(topic: string, onData: (topic: string, data: unknown) => void): string;
  unsubscribe(subscriptionId: string): void;
  isConnected?(): boolean;
}

/** What `gadgets.io.makeRequest` hands to its callback. */
export interface GadgetsResponse {
  readonly rc?: number;
  readonly text?: string | null;
  readonly headers?: Readonly<Record<string, readonly string[]>>;
  readonly errors?: readonly string[];
}

export interface GadgetsPrefs {
  getString(name: string): string;
  getInt?(name: string): number;
  getMsg?(key: string): string;
  set?(name: string, value: string): void;
}

export interface Gadgets {
  readonly Hub?: GadgetsHub;
  readonly Prefs?: new () => GadgetsPrefs;
  readonly io?: {
    makeRequest(
      url: string,
      callback: (response: GadgetsResponse) => void,
      params: Record<string, unknown>,
    ): void;
  };
  readonly window?: { setTitle?(title: string): void; adjustHeight?(height?: number): void };
  readonly json?: { parse(text: string): unknown; stringify(value: unknown): string };
}

/** `finesse.container` of the desktop page, as far as gadgets of its origin may call it (gadgets.md 7.5). */
export interface ParentContainer {
  readonly Container?: {
    showDialog?(options: unknown): unknown;
    hideDialog?(): void;
    reloadGadget?(gadgetId: string): void;
    modifyGadgetUrl?(gadgetId: string, url: string): void;
  };
  readonly Tabs?: { getActiveTab?(): unknown; activateTab?(id: string): boolean };
  readonly Config?: Readonly<Record<string, unknown>>;
}

const globals = globalThis as unknown as {
  readonly gadgets?: Gadgets;
  readonly parent?: { readonly finesse?: { readonly container?: ParentContainer } };
  readonly frameElement?: Element | null;
  readonly location?: { readonly search: string; readonly hostname: string };
  readonly sessionStorage?: Storage;
  readonly localStorage?: Storage;
};

/** Reads what a browser may refuse: a property of another origin's window, storage that is switched off. */
export function tolerate<T>(read: () => T, otherwise: T): T {
  try {
    return read();
  } catch {
    return otherwise;
  }
}

/** `gadgets` of the frame; undefined outside a gadget's frame. */
export const gadgetsIfAny = (): Gadgets | undefined => globals.gadgets;

/** `parent.finesse.container`; undefined outside the desktop and in a frame of another origin. */
export const parentContainer = (): ParentContainer | undefined =>
  tolerate(() => globals.parent?.finesse?.container, undefined);

/** The iframe element of this gadget; null at the top and in a frame of another origin. */
export const ownFrame = (): Element | null => tolerate(() => globals.frameElement ?? null, null);

export const queryString = (): string => globals.location?.search ?? '';

export const pageHost = (): string => globals.location?.hostname ?? '';

/** sessionStorage: shared with the desktop page by gadgets of its origin (gadgets.md 6). */
export const session = (): Storage | undefined => tolerate(() => globals.sessionStorage, undefined);

export const local = (): Storage | undefined => tolerate(() => globals.localStorage, undefined);
