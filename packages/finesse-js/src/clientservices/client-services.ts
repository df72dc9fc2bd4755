import type { Config } from '../frame/config.ts';
import type { GadgetsResponse } from '../frame/gadgets.ts';
import { hub, type TopicListener } from '../frame/hub.ts';
import { ownGadgetId } from '../frame/own-gadget.ts';
import { report, reportTo } from '../frame/report.ts';
import { service } from '../frame/service.ts';
import { standsAlone } from '../frame/stand-alone.ts';
import { TOPICS } from '../frame/topics.ts';
import { guarded, validateHandler } from '../restservices/handlers.ts';
import { authorization } from '../utilities/authorization.ts';
import { clientConfig, initialise } from './client-config.ts';
import { type ClientRequestParams, clientRequest } from './client-request.ts';
import { type ConnectionInfo, type ConnectionStatus, connection } from './connection.ts';
import { master } from './master/master.ts';
import { type SubscriptionError, subscribeNode, unsubscribeNode } from './node-subscription.ts';

export interface LogSink {
  log(message: string): void;
}

type Handler = () => void;

/** Which handler a status calls; each has one place. */
type Moment = 'connect' | 'disconnect' | 'connecting' | 'disconnecting' | 'reconnecting' | 'unloading';

const MOMENT_OF: Readonly<Record<ConnectionStatus, Moment>> = {
  connecting: 'connecting',
  connected: 'connect',
  recovered: 'connect',
  failing: 'disconnect',
  disconnected: 'disconnect',
  conflict: 'disconnect',
  unauthorized: 'disconnect',
  disconnecting: 'disconnecting',
  reconnecting: 'reconnecting',
  unloading: 'unloading',
};

const STATE_OF: Partial<Record<ConnectionStatus, string>> = {
  connected: 'Connected',
  recovered: 'Recovered',
  failing: 'Failing',
};

const handlers = new Map<Moment, Handler>();
const topics = new Map<string, () => void>();
let logger: LogSink | undefined;
let listening = false;

function call(moment: Moment): void {
  const handler = handlers.get(moment);
  if (handler) guarded(moment, handler);
}

function heard(info: ConnectionInfo): void {
  if (!connection.apply(info)) return;
  call(MOMENT_OF[info.status]);
  if (info.status === 'recovered') connection.readAgain();
}

function register(moment: Moment, handler: Handler, already: boolean): void {
  validateHandler(handler);
  handlers.set(moment, handler);
  if (already) call(moment);
}

/** What pages outside the desktop may put into their settings, too. */
export interface StandAloneConfig extends Partial<Config> {
  /** In the place of `id`. */
  username?: string;
  password?: string;
  /** In the place of `xmppDomain`. Without either SystemInfo is asked. */
  domain?: string;
  /** Resource at the notification service; `desktop` without. */
  resource?: string;
  /** `bosh` or `websocket`. */
  notificationConnectionType?: string;
  onConnect?: Handler;
  onDisconnect?: Handler;
  onConnecting?: Handler;
  onDisconnecting?: Handler;
  onReconnecting?: Handler;
  onUnloading?: Handler;
}

/** Names that stand for others in a page that stands alone. */
function completed(config: StandAloneConfig): StandAloneConfig {
  config.id ||= config.username ?? '';
  config.xmppDomain ||= config.domain ?? '';
  config.restHost ||= config.host ?? '';
  return config;
}

function validated(config: Partial<Config> | null | undefined): Partial<Config> {
  if (config && standsAlone()) completed(config);
  const { id, password } = authorization.getCredentials(config ?? {});
  const known = Boolean(config?.authorization) || (id !== '' && password !== '');
  if (!config?.host || !config.restHost || !(known || authorization.getToken(config) !== ''))
    throw new Error('Config object contains invalid properties.');
  // Those that gave only one of the two forms are asked for the other.
  config.id ||= id;
  if (password !== '') config.password ??= password;
  return config;
}

const HANDLERS = {
  onConnect: 'connect',
  onDisconnect: 'disconnect',
  onConnecting: 'connecting',
  onDisconnecting: 'disconnecting',
  onReconnecting: 'reconnecting',
  onUnloading: 'unloading',
} as const satisfies Partial<Record<keyof StandAloneConfig, Moment>>;

function registerAll(config: StandAloneConfig): void {
  for (const [name, moment] of Object.entries(HANDLERS)) {
    const handler = config[name];
    if (typeof handler === 'function') handlers.set(moment, handler as Handler);
  }
}

/**
 * Keeps the settings, and asks the desktop for the state of its connection. A page that stands alone makes a connection of its own,
 * by the event tunnel of `config.host`.
 * @param config usually `finesse.gadget.Config`; needs host, restHost (not in a page that stands alone), and authorization, id with
 * password, or a token
 * @throws Error "Config object contains invalid properties."
 */
function begin(config: StandAloneConfig, _master = false): void {
  if (listening) return;
  initialise(validated(config));
  listening = true;
  registerAll(config);
  reportTo((line) => ClientServices.log(line));
  hub.onFault = report;
  hub.listen(TOPICS.connection, (payload) => heard(payload as ConnectionInfo));
  ClientServices.makeConnectionInfoReq();
  if (standsAlone()) master.begin(config);
}

/** `finesse.clientservices.ClientServices`: the connection of the gadget to server and desktop. */
export const ClientServices = service(begin, {
  /** Calls back when the desktop is connected, at once if it is, and after each failover. One handler at a time. */
  registerOnConnectHandler: (handler: Handler): void => register('connect', handler, connection.up),
  /** Calls back when the connection is lost, at once if it is, and when a failover begins. One handler at a time. */
  registerOnDisconnectHandler: (handler: Handler): void => register('disconnect', handler, connection.down),
  registerOnConnectingHandler: (handler: Handler): void => register('connecting', handler, false),
  registerOnDisconnectingHandler: (handler: Handler): void => register('disconnecting', handler, false),
  registerOnReconnectingHandler: (handler: Handler): void => register('reconnecting', handler, false),
  registerOnUnloadingHandler: (handler: Handler): void => register('unloading', handler, false),
  unregisterOnConnectHandler: (): boolean => handlers.delete('connect'),
  unregisterOnDisconnectHandler: (): boolean => handlers.delete('disconnect'),
  unregisterOnConnectingHandler: (): boolean => handlers.delete('connecting'),
  unregisterOnDisconnectingHandler: (): boolean => handlers.delete('disconnecting'),
  unregisterOnReconnectingHandler: (): boolean => handlers.delete('reconnecting'),
  unregisterOnUnloadingHandler: (): boolean => handlers.delete('unloading'),

  /** Where lines of the library go besides the console. */
  setLogger(next: LogSink): void {
    logger = typeof next?.log === 'function' ? next : undefined;
  },
  log(message: string): void {
    logger?.log(`[ClientServices] ${message}`);
  },

  /** "Connected", "Recovered" or "Failing"; "Disconnected" for all else. */
  getNotificationConnectionState: (): string =>
    (connection.status && STATE_OF[connection.status]) ?? 'Disconnected',
  getRestHost: (): string => clientConfig().restHost ?? '',
  /** The resource of the desktop's connection; null before it is known. */
  getResourceID: (): string | null => connection.resourceId,
  /** Whether this page holds the connection: one that stands alone does, a gadget never. */
  isMaster: (): boolean => master.is,
  /** The address of the event tunnel; "" in gadgets, which need none. */
  getTunnelURL: (): string => master.tunnel?.url ?? '',
  isTunnelLoaded: (): boolean => master.tunnel?.isLoaded ?? false,
  /** While on, events of objects are withheld. */
  setFailoverMode(on: boolean): void {
    connection.failing = on;
  },

  /**
   * A request to the REST API, with Authorization and locale, through the server's proxy.
   * @param handler gets what `gadgets.io.makeRequest` gives: `{rc, text, headers}`
   */
  makeRequest(
    relativeUrl: string,
    handler: (response: GadgetsResponse) => void,
    params?: ClientRequestParams,
  ): void {
    clientRequest(relativeUrl, handler, params);
  },

  /**
   * Calls back with every payload of a topic. One callback per topic.
   * @param disableDuringFailover payloads during a failover are dropped
   * @returns false: there is one already
   */
  subscribe(topic: string, callback: TopicListener, disableDuringFailover = false): boolean {
    validateHandler(callback);
    if (topics.has(topic)) return false;
    topics.set(
      topic,
      hub.listen(topic, (payload) => {
        if (!(disableDuringFailover && connection.failing)) callback(payload);
      }),
    );
    return true;
  },
  unsubscribe(topic: string): void {
    topics.get(topic)?.();
    topics.delete(topic);
  },
  unsubscribeAll(): void {
    topics.clear();
    hub.leaveAll();
  },

  /** Asks for events of a node. @param handler told once: the id, and the error if there is one. @returns the id */
  subscribeNode: (node: string, handler?: (subid: string, error?: SubscriptionError) => void): string =>
    subscribeNode(node, handler),
  unsubscribeNode: (node: string, subid: string, handler?: (error?: SubscriptionError) => void): void =>
    unsubscribeNode(node, subid, handler),

  /** Asks the desktop to say again how it is connected. */
  makeConnectionInfoReq(): void {
    hub.request(TOPICS.requests, 'ConnectionInfoReq', {});
  },
  /** Asks for a connection. The desktop refuses it to gadgets: it has one. */
  makeConnectionReq(): void {
    const config = clientConfig();
    const { id, password } = authorization.getCredentials(config);
    hub.request(TOPICS.requests, 'ConnectionReq', { id, password, xmppDomain: config.xmppDomain });
  },
  /**
   * Makes the connection of a page outside the desktop, after init. One that stands alone need not call it.
   * @throws Error in a gadget: the desktop holds the connection
   */
  initBosh(domains: { xmppDomain: string; pubsubDomain: string }): void {
    if (ownGadgetId() !== '') throw new Error('initBosh: the desktop holds the connection');
    if (typeof domains?.xmppDomain !== 'string' || typeof domains.pubsubDomain !== 'string')
      throw new Error('Config object contains invalid properties.');
    const { xmppDomain, pubsubDomain } = domains;
    master.beginWith(clientConfig(), { xmppDomain, pubsubDomain });
  },
});
