/** A page that stands alone is its own desktop: it holds the connection, by the event tunnel, and publishes what comes. */
import type { Config } from '../../frame/config.ts';
import { report } from '../../frame/report.ts';
import { hubIfAny } from '../../frame/stand-alone.ts';
import { restRequest } from '../../restservices/rest-request.ts';
import { authorization } from '../../utilities/authorization.ts';
import { MasterPublisher } from './master-publisher.ts';
import { MasterTunnel } from './master-tunnel.ts';
import { serverOrigin } from './server-origin.ts';

export interface Domains {
  readonly xmppDomain: string;
  readonly pubsubDomain: string;
}

const ASK_AGAIN_MS = 10_000;

let tunnel: MasterTunnel | undefined;
let isBeginning = false;

export const master = {
  get is(): boolean {
    return isBeginning || tunnel !== undefined;
  },
  get tunnel(): MasterTunnel | undefined {
    return tunnel;
  },

  /** Opens the tunnel, once. Domains that are not known are asked for. */
  begin(config: Partial<Config>): void {
    if (master.is) return;
    isBeginning = true;
    const { xmppDomain, pubsubDomain } = config;
    if (xmppDomain) open(config, { xmppDomain, pubsubDomain: pubsubDomain || `pubsub.${xmppDomain}` });
    else askForDomains(config);
  },

  /** As begin, with domains that are known by now. */
  beginWith(config: Partial<Config>, domains: Domains): void {
    Object.assign(config, domains);
    if (tunnel === undefined) open(config, domains);
  },
};

function open(config: Partial<Config>, domains: Domains): void {
  if (tunnel !== undefined) return;
  const hub = hubIfAny();
  if (hub === undefined) throw new Error('finesse.js: there is no hub to publish events on');
  const opened: MasterTunnel = new MasterTunnel(
    serverOrigin(config, location),
    new MasterPublisher(hub, () => opened),
  );
  tunnel = opened;
  const token = authorization.getToken(config);
  const { id, password } = authorization.getCredentials(config);
  const text = (name: string) => (typeof config[name] === 'string' ? (config[name] as string) : undefined);
  opened.open({
    id,
    password: password || token,
    ...domains,
    resource: text('resource'),
    connectionType: text('notificationConnectionType') ?? text('notificationType'),
  });
}

function askForDomains(config: Partial<Config>): void {
  if (tunnel !== undefined) return;
  restRequest('/finesse/api/SystemInfo', {
    success: ({ object }) => {
      const { xmppDomain, xmppPubSubDomain } = object?.SystemInfo ?? {};
      if (typeof xmppDomain !== 'string') return askLater(config, 'SystemInfo names no XMPP domain');
      master.beginWith(config, { xmppDomain, pubsubDomain: xmppPubSubDomain || `pubsub.${xmppDomain}` });
    },
    error: ({ status }) => askLater(config, `SystemInfo cannot be read (${status})`),
  });
}

function askLater(config: Partial<Config>, why: string): void {
  report(`${why}; it is asked for again`);
  setTimeout(() => askForDomains(config), ASK_AGAIN_MS);
}
