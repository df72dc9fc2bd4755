/** The notification service as this process runs it, and the subscriptions that it keeps over a restart. */
import type { Clock } from '@poise/clock';
import { createNodePolicy } from '../accounts/node-policy.ts';
import type { TraceBook } from '../action-trace/index.ts';
import type { StartOptions } from '../cli/main-types.ts';
import { BENCH_PUBLISHER } from '../demo/crowd.ts';
import type { Desk } from '../desk/desk.ts';
import type { Happenings } from '../happenings.ts';
import type { trustedProxies } from '../http/index.ts';
import type { Journal } from '../journal/index.ts';
import type { PresenceWatch } from '../presence/index.ts';
import { boshLimits, StoredSubscriptions, XmppHost, xmppLimits } from '../xmpp-host/index.ts';
import { toldMediaOf } from './configuration.ts';
import type { Foundation } from './foundation.ts';

/** Explicit subscriptions, those that other processes change among them. */
export async function subscriptionsOf(
  { store, unrestricted }: Foundation,
  clock: Clock,
  warn: (text: string) => void,
): Promise<StoredSubscriptions> {
  const subscriptions = await StoredSubscriptions.open({
    store: {
      all: () => store.repositories.subscriptions.all(),
      of: (loginIds) => store.repositories.subscriptions.of(loginIds),
      write: (saved, removed) =>
        store.change(async (repositories) => {
          await repositories.subscriptions.save(saved);
          for (const { loginId, node } of removed) await repositories.subscriptions.remove(loginId, node);
          await repositories.subscriptions.tell([...saved, ...removed].map(({ loginId }) => loginId));
        }),
    },
    clock,
    isPassing: (loginId) => unrestricted({ loginId }),
    onProblem: (error) => warn(`Subscriptions could not be kept: ${String(error)}`),
  });
  store.onSubscriptions((loginIds) => void subscriptions.heard(loginIds));
  return subscriptions;
}

/** What it works with. Desk and watch are made after it. */
export interface NotificationParts {
  readonly version: string;
  readonly clock: Clock;
  readonly happenings: Happenings;
  readonly foundation: Foundation;
  readonly secureContext: { readonly cert: string; readonly key: string } | undefined;
  readonly subscriptions: StoredSubscriptions;
  readonly traceBook: TraceBook;
  readonly journal: Journal;
  readonly trustsProxy: ReturnType<typeof trustedProxies>;
  readonly desk: () => Desk | undefined;
  /** Undefined: nobody watches who is here. */
  readonly watch: (() => PresenceWatch | undefined) | undefined;
}

export function notificationOf(
  { settings, bench }: Pick<StartOptions, 'settings' | 'bench'>,
  parts: NotificationParts,
): XmppHost {
  const { foundation, secureContext, journal, desk, watch } = parts;
  const { accounts, directory } = foundation;
  const { host, ports } = settings;
  return new XmppHost({
    clock: parts.clock,
    happenings: parts.happenings,
    accounts,
    nodes: createNodePolicy({
      directory,
      deployment: settings.deployment,
      access: settings.notification.access,
      mediaIds: toldMediaOf(settings),
      unrestricted: foundation.unrestricted,
    }),
    directory,
    domain: settings.domain,
    eventForm: settings.compatibility,
    version: parts.version,
    ...(ports.xmpp === null ? {} : { xmpp: { host, port: ports.xmpp } }),
    ...(ports.xmppTls === null ? {} : { xmppTls: { host, port: ports.xmppTls } }),
    ...(secureContext ? { secureContext } : {}),
    plainInClear: settings.notification.plain === 'tls' ? 'never' : settings.notification.plain,
    scram: settings.notification.scram,
    sid: settings.notification.bosh.sid,
    follower: parts.traceBook,
    trustsProxy: parts.trustsProxy,
    subscriptions: parts.subscriptions,
    limits: xmppLimits(settings),
    boshLimits: boshLimits(settings),
    ...(bench === undefined ? {} : { serviceUser: BENCH_PUBLISHER }),
    ...(watch === undefined
      ? {}
      : {
          presence: {
            presenceChanged: (...news: Parameters<PresenceWatch['presenceChanged']>) =>
              watch()?.presenceChanged(...news),
          },
        }),
    hasPeer: settings.node.secondary !== '' || settings.cluster.nats.length > 0,
    debugging: () => journal.levels.notification === 'debug',
    userXml: (loginId) => {
      const record = directory.current.user(loginId);
      const presenter = desk()?.presenter;
      return record && presenter?.user.document(presenter.userSource(record));
    },
  });
}
