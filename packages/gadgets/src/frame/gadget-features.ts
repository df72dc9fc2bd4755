/** All that `gadgets` is, inside a gadget's frame. */
import type { Config } from './config.ts';
import type { HubClient } from './hub-client.ts';
import type { Io } from './io.ts';
import type { LoadingIndicator } from './loading-indicator.ts';
import type { Log } from './log.ts';
import type { MiniMessageClass } from './minimessage.ts';
import type { PrefsClass } from './prefs.ts';
import type { HubSettings } from './pubsub.ts';
import type { Rpc } from './rpc.ts';
import type { TabSetClass } from './tabs.ts';
import type { Util } from './util.ts';
import type { Views } from './views.ts';
import type { GadgetWindow } from './window.ts';

export interface GadgetFeatures {
  readonly config: Config;
  readonly util: Util;
  readonly json: { parse(text: string): unknown; stringify(value: unknown): string };
  readonly rpc: Rpc;
  readonly io: Io;
  readonly Prefs: PrefsClass;
  readonly window: GadgetWindow;
  readonly views: Views;
  readonly loadingindicator: LoadingIndicator;
  readonly MiniMessage: MiniMessageClass;
  readonly TabSet: TabSetClass;
  readonly Hub: HubClient;
  readonly HubSettings: HubSettings;
  readonly log: Log['log'];
  readonly warn: Log['warn'];
  readonly error: Log['error'];
  readonly setLogLevel: Log['setLogLevel'];
}
