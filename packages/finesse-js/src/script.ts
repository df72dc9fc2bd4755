/** The script finesse.js: puts everything into the global `finesse`, in a form that gadgets may add to. */
import { type Config, configOfFrame } from './frame/config.ts';
import { gadgetsIfAny } from './frame/gadgets.ts';
import { offerModuleNames } from './frame/module-names.ts';
import * as library from './index.ts';

type Namespace = Record<string, unknown>;

/** Marks our own library, so that a second load changes nothing. */
const LOADED = '_poiseFinesseJs';

const scope = globalThis as unknown as { finesse?: Namespace };
const finesse: Namespace = scope.finesse ?? {};

if (!finesse[LOADED]) {
  for (const [name, members] of Object.entries(library)) {
    // A plain object: gadgets put members of their own into namespaces.
    finesse[name] = Object.assign((finesse[name] as object | undefined) ?? {}, members);
  }
  finesse.modules ??= {};
  finesse.gadget ??= {};
  finesse.container ??= {};
  const { gadget, container } = finesse as Record<'gadget' | 'container', { Config?: Config }>;
  // Gadgets before release 11 put a Config of their own here afterwards, out of their preferences.
  if (gadgetsIfAny()?.Prefs) {
    gadget.Config ??= configOfFrame();
    offerModuleNames(gadget.Config);
  }
  if (gadget.Config) container.Config ??= gadget.Config;
  Object.defineProperty(finesse, LOADED, { value: true });
}

scope.finesse = finesse;
