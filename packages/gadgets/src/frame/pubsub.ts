/** Feature pubsub-2: `gadgets.Hub`, `gadgets.HubSettings`, and the names of OpenAjax that gadgets use (gadgets.md 4, H5). */
import { HUB_ERROR } from '../hub/error.ts';
import { type HubClient, type HubClientSettings, hubClient, type OnComplete } from './hub-client.ts';
import type { Link } from './link.ts';

type OnConnect = (hub: HubClient, success: boolean, error?: string) => void;

export interface HubSettings {
  params: { HubClient: Record<string, unknown>; IframeHubClient: Record<string, unknown> };
  onConnect: OnConnect | null;
}

export interface PubSub {
  readonly Hub: HubClient;
  readonly HubSettings: HubSettings;
  readonly OpenAjax: { readonly hub: Readonly<Record<string, unknown>> };
}

/** What OpenAjax calls what went wrong between frames; none of it can happen here, but gadgets compare with it. */
const SECURITY_ALERT = {
  LoadTimeout: 'OpenAjax.hub.SecurityAlert.LoadTimeout',
  FramePhish: 'OpenAjax.hub.SecurityAlert.FramePhish',
  ForgedMsg: 'OpenAjax.hub.SecurityAlert.ForgedMsg',
} as const;

/**
 * Connects at once, and calls `onConnect` when both the connection and the document are there, however late the gadget gives it.
 * @param whenReady calls back after DOMContentLoaded
 * @param inTurn see {@link HubClientSettings}
 */
export function pubSub(
  link: Link,
  origin: string,
  whenReady: (run: () => void) => void,
  log: (text: string, error?: unknown) => void,
  inTurn?: HubClientSettings['inTurn'],
): PubSub {
  let onConnect: OnConnect | null = null;
  let isReady = false;
  let isTold = false;
  const tell = () => {
    if (isTold || !isReady || !hub.isConnected() || typeof onConnect !== 'function') return;
    isTold = true;
    try {
      onConnect(hub, true);
    } catch (error) {
      log('HubSettings.onConnect threw', error);
    }
  };
  const params = { HubClient: { onSecurityAlert: () => {} }, IframeHubClient: {} };
  const hub = hubClient({ link, log, parameters: params.HubClient, scope: null, inTurn }, origin);
  const settings: HubSettings = {
    params,
    get onConnect() {
      return onConnect;
    },
    set onConnect(handler) {
      onConnect = handler;
      // A gadget that gives it late has not come to the end of its script yet.
      if (isReady) queueMicrotask(tell);
    },
  };
  whenReady(() => {
    isReady = true;
    tell();
  });
  if (link.hasContainer) hub.connect(tell as OnComplete);
  else log('no page holds this frame: the hub cannot be reached');
  return { Hub: hub, HubSettings: settings, OpenAjax: { hub: openAjax(hub) } };
}

/** Hub 1.0 is this frame's client of the one hub. */
function openAjax(hub: HubClient): Readonly<Record<string, unknown>> {
  const libraries: Record<string, unknown> = {};
  return {
    implementer: 'Poise',
    implVersion: '2.0',
    specVersion: '2.0',
    implExtraData: {},
    libraries,
    Error: HUB_ERROR,
    SecurityAlert: SECURITY_ALERT,
    registerLibrary: (prefix: string, namespaceURI: string, version: string, extraData?: unknown) => {
      libraries[prefix] = { prefix, namespaceURI, version, extraData: extraData ?? {} };
    },
    unregisterLibrary: (prefix: string) => {
      delete libraries[prefix];
    },
    publish: hub.publish,
    subscribe: hub.subscribe,
    unsubscribe: hub.unsubscribe,
  };
}
