/** Names of the API before OpenSocial, which cost nothing to keep (gadgets.md 4). */
import type { GadgetFeatures } from './gadget-features.ts';

export function legacyAliases(
  gadgets: GadgetFeatures,
  document: Document,
): Readonly<Record<string, unknown>> {
  return {
    _IG_Prefs: gadgets.Prefs,
    _IG_AdjustIFrameHeight: gadgets.window.adjustHeight,
    _IG_SetTitle: gadgets.window.setTitle,
    _IG_RegisterOnloadHandler: gadgets.util.registerOnLoadHandler,
    _IG_MiniMessage: gadgets.MiniMessage,
    _IG_Tabs: gadgets.TabSet,
    _IG_Callback: (callback: (...args: unknown[]) => unknown, ...args: unknown[]) =>
      gadgets.util.makeClosure(null, (...given) => callback(...given.slice(args.length), ...args), ...args),
    _IG_FetchContent: (url: string, callback: (text: string) => void) =>
      gadgets.io.makeRequest(url, ({ text }) => callback(text)),
    _gel: (id: string) => document.getElementById(id),
    _gelstn: (name: string) => document.getElementsByTagName(name),
    _hesc: gadgets.util.escapeString,
    _esc: encodeURIComponent,
    _unesc: decodeURIComponent,
    _trim: (text: string) => text.trim(),
    _args: gadgets.util.getUrlParameters,
  };
}
