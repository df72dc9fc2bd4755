/**
 * The globals of a gadget with their types: `/// <reference types="@poise/finesse-js" />` at the head of a script, or
 * `"types": ["@poise/finesse-js"]` in its tsconfig.json.
 */
export * from './dist/types/index.js';
/** Settings of the gadget. */
export declare const gadget: { Config: import('./dist/types/frame/config.js').Config };
/** The same settings. */
export declare const container: { Config: import('./dist/types/frame/config.js').Config };
/** Where gadgets keep their own modules. */
// biome-ignore lint/suspicious/noExplicitAny: whatever a gadget puts there
export declare const modules: Record<string, any>;
export as namespace finesse;

declare global {
  /** What the container of the desktop puts into each frame, as far as gadgets usually need it. */
  var gadgets: {
    readonly HubSettings: { onConnect?: (hub: unknown, success: boolean, error?: string) => void };
    readonly Hub: import('./dist/types/frame/gadgets.js').GadgetsHub;
    readonly Prefs: new () => {
      getString(name: string): string;
      getInt(name: string): number;
      getBool(name: string): boolean;
      /** A text of the message bundle; "" without one. */
      getMsg(name: string): string;
      set(name: string, value: string | number | boolean): void;
    };
    readonly io: NonNullable<import('./dist/types/frame/gadgets.js').Gadgets['io']> & {
      readonly RequestParameters: Readonly<Record<string, string>>;
      readonly MethodType: Readonly<Record<string, string>>;
      readonly ContentType: Readonly<Record<string, string>>;
    };
    readonly window: { adjustHeight(height?: number | string): void; setTitle(title: string): void };
    readonly views: { requestNavigateTo(view: 'canvas' | 'default'): void };
    readonly json: { parse(text: string): unknown; stringify(value: unknown): string };
  };
}
