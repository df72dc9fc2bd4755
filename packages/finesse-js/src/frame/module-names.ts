/**
 * Names that gadgets made of modules expect in the global scope. The original joins the scripts of a gadget that stand next to each
 * other into one classic script, and so what a first module declares with `var` is seen by the modules that it loads afterwards.
 * Starter templates for Vue and React were written on that. Here a module stays a module: its names are its own, and these
 * five are offered instead. What the gadget has itself under such a name stays.
 */

import { ContainerServices } from '../containerservices/container-services.ts';
import { ClientLogger } from '../cslogger/client-logger.ts';
import { Utilities } from '../utilities/utilities.ts';
import type { Config } from './config.ts';
import { gadgetsIfAny } from './gadgets.ts';

/** Puts the names into the scope once the document is read, if it has a module by then. */
export function offerModuleNames(config: Config): void {
  const page = globalThis.document as Document | undefined;
  page?.addEventListener(
    'DOMContentLoaded',
    () => {
      const Prefs = gadgetsIfAny()?.Prefs;
      if (!Prefs || !page.querySelector('script[type="module"]')) return;
      const names = {
        clientLogs: ClientLogger,
        containerServices: ContainerServices,
        utils: Utilities,
        prefs: new Prefs(),
        id: config.id,
      };
      for (const [name, value] of Object.entries(names))
        if (!(name in globalThis)) (globalThis as Record<string, unknown>)[name] = value;
    },
    { once: true },
  );
}
