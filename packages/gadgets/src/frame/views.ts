/** `gadgets.views`: the view that the gadget is drawn in, and the others that it has (gadgets.md 4). */
import { fromJson } from '../hub/json.ts';
import type { Config } from './config.ts';
import type { Rpc } from './rpc.ts';

export interface View {
  getName(): string;
  getUrlTemplate(): string | null;
  bind(environment?: Readonly<Record<string, unknown>>): string | null;
  isOnlyVisibleGadget(): boolean;
}

export interface Views {
  requestNavigateTo(view: string | View, params?: unknown, ownerId?: string): void;
  getCurrentView(): View;
  getSupportedViews(): Record<string, View>;
  getParams(): unknown;
  readonly View: new (name: string, isOnlyVisible?: boolean) => View;
  readonly ViewType: Readonly<Record<string, string>>;
}

export function views(parameters: Readonly<Record<string, string>>, settings: Config, calls: Rpc): Views {
  const current = parameters.view ?? 'default';
  class NamedView implements View {
    readonly #name: string;
    readonly #isOnly: boolean;
    constructor(name: string, isOnly: boolean = name === 'canvas') {
      this.#name = name;
      this.#isOnly = isOnly;
    }
    getName() {
      return this.#name;
    }
    getUrlTemplate() {
      return null;
    }
    bind() {
      return null;
    }
    isOnlyVisibleGadget() {
      return this.#isOnly;
    }
  }
  return {
    requestNavigateTo(view, params, ownerId) {
      const name = typeof view === 'string' ? view : view.getName();
      calls.call(null, 'requestNavigateTo', null, name, params ?? null, ownerId ?? null);
    },
    getCurrentView: () => new NamedView(current),
    getSupportedViews: () =>
      Object.fromEntries(
        [...new Set([current, 'default', ...Object.keys(settings.get('views') as object)])].map((name) => [
          name,
          new NamedView(name),
        ]),
      ),
    getParams: () => fromJson(parameters['view-params']) ?? {},
    View: NamedView,
    ViewType: { CANVAS: 'canvas', DEFAULT: 'default', HOME: 'home', PREVIEW: 'preview', PROFILE: 'profile' },
  };
}
