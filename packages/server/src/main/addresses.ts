/** Where the server listens, what it calls itself, and where it is found. */
import type { PartName } from '../cli/main-types.ts';
import type { Pair } from '../cluster/node-pair.ts';
import type { CtiAddress } from '../cti/socket.ts';
import type { CtiHost } from '../cti-host/index.ts';
import type { OwnListener } from '../gadgets/index.ts';
import {
  type HttpHost,
  type HttpService,
  LISTENERS,
  type ListenerName,
  type ListenerOptions,
} from '../http/index.ts';
import { bindHost, isLoopback } from '../settings/exposure.ts';
import type { Settings } from '../settings/settings.ts';
import type { XmppHost } from '../xmpp-host/index.ts';

/** The embedded CTI server where no other is named. */
export const ctiSideA = ({ cti, ports }: Settings): CtiAddress =>
  cti.a ?? { host: '127.0.0.1', port: ports.ctiA ?? 42027 };

/** @param pair the two nodes that are named, at the moment when they are */
export function identityOf(settings: Settings, pair: () => Pair) {
  const { ports, domain, cti, sso } = settings;
  const address = (host: string) => ({
    host,
    httpsPort: ports.https ?? 0,
    xmppPort: ports.xmpp ?? 0,
    xmppSecurePort: ports.xmppTls ?? 0,
  });
  return {
    get primaryNode() {
      return address(pair().primary);
    },
    get secondaryNode() {
      const { secondary } = pair();
      return secondary === '' ? null : address(secondary);
    },
    xmppDomain: domain,
    peripheralId: cti.peripheralId,
    systemAuthMode: sso.systemAuthMode,
    ctiHeartbeatIntervalSeconds: Math.round(cti.heartbeat / 1000),
  };
}

const SERVICES: Readonly<Record<HttpService, PartName>> = {
  rest: 'webservices',
  desktop: 'desktop',
  httpBind: 'notification',
  ws: 'notification',
  tunnel: 'notification',
  redirect: 'desktop',
};

/** Each listener with the services whose parts run; a listener without any stays closed. */
export function listenersOf(settings: Settings, wanted: ReadonlySet<PartName>): ListenerOptions[] {
  return (Object.keys(LISTENERS) as ListenerName[]).flatMap((name) => {
    const port = settings.ports[name];
    const services = LISTENERS[name].services.filter((service) => wanted.has(SERVICES[service]));
    if (port === null || services.length === 0) return [];
    const { tls, services: all } = LISTENERS[name];
    const host = bindHost(settings, tls || all.includes('redirect') ? 'tls' : 'clear');
    return [{ name, host, port, services }];
  });
}

/** Where the pages are open, the clear port first. */
export function pageListeners(settings: Settings, http: HttpHost): OwnListener[] {
  return (['http', 'https'] as const).flatMap((name) => {
    const { tls } = LISTENERS[name];
    const port = http.port(name);
    const host = bindHost(settings, tls ? 'tls' : 'clear');
    return port === 0 ? [] : [{ protocol: tls ? 'https:' : 'http:', host, port } as const];
  });
}

/** What runs and where it listens: ports in use, 0 for what does not listen. */
interface Listening {
  readonly http: HttpHost | undefined;
  readonly notification: XmppHost | undefined;
  readonly ctiHost: CtiHost | undefined;
}

/** Where people and clients find the server, the desktop first. */
export function urlsOf(
  settings: Settings,
  wanted: ReadonlySet<PartName>,
  { http, notification, ctiHost }: Listening,
): string[] {
  const clearHost = bindHost(settings, 'clear');
  const { primary, secondary, others } = settings.node;
  // The domain of a node that is not the primary one is its own name, as the settings ask for.
  const own = [secondary, ...others].includes(settings.domain) ? settings.domain : primary;
  const clear = isLoopback(clearHost) ? 'localhost' : own;
  const web = wanted.has('desktop') || wanted.has('webservices');
  const portOf = (name: ListenerName) => http?.port(name) ?? 0;
  const cti = ctiHost?.server?.ports;
  const ctiAddress = `ged188://${bracketed(settings.cti.a?.host ?? '127.0.0.1')}`;
  const addresses: ReadonlyArray<readonly [string, number, string]> = [
    [`http://${clear}`, web ? portOf('http') : 0, '/'],
    [`https://${own}`, web ? portOf('https') : 0, '/'],
    [`http://${clear}`, portOf('bosh'), '/http-bind/'],
    [`xmpp://${settings.domain}`, notification?.ports.xmpp ?? 0, ''],
    [ctiAddress, cti?.a ?? 0, ''],
    [ctiAddress, cti?.b ?? 0, ''],
  ];
  return addresses.filter(([, port]) => port > 0).map(([host, port, path]) => `${host}:${port}${path}`);
}

/** An address of IPv6 as URLs write it. */
const bracketed = (host: string): string => (host.includes(':') ? `[${host}]` : host);
