/** The global `finesse` of a gadget: `/// <reference types="@poise/finesse-js" />` in a script, or an import of its types. */
export * from './dist/types/index.js';
/** Settings of the gadget. */
export declare const gadget: { Config: import('./dist/types/frame/config.js').Config };
/** The same settings. */
export declare const container: { Config: import('./dist/types/frame/config.js').Config };
/** Where gadgets keep their own modules. */
// biome-ignore lint/suspicious/noExplicitAny: whatever a gadget puts there
export declare const modules: Record<string, any>;
export as namespace finesse;
