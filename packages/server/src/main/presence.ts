/** The presence watch of this node, and how others are asked. */
import { randomUUID } from 'node:crypto';
import type { Clock } from '@poise/clock';
import type { Cluster } from '../cluster/index.ts';
import { forceSignOut } from '../commands/force-sign-out.ts';
import type { Desk } from '../desk/desk.ts';
import type { Happenings } from '../happenings.ts';
import { PeerPresence } from '../peers/peer-presence.ts';
import {
  type KeptPresences,
  type PresenceElsewhere,
  PresenceWatch,
  SharedPresence,
  type SignOutLog,
  SignsOfLife,
  signTable,
} from '../presence/index.ts';
import type { Settings } from '../settings/settings.ts';
import type { Foundation } from './foundation.ts';

/** Where the other node answers when this one has no such port itself. */
const DEFAULT_HTTPS_PORT = 8445;

/** A sign-out of whom nothing is known here. */
export const NO_SESSION = {
  session: null,
  departure: null,
  awaySince: null,
  lastActiveAt: null,
  graceMs: null,
};

/** The presence watch, and what it shares where there are nodes over one fabric. */
export interface Presence {
  readonly watch: PresenceWatch;
  readonly shared: SharedPresence | undefined;
  /** Where nodes share a database. */
  readonly signs: SignsOfLife | undefined;
}

/** The presence watch, with those who were here when the process ended. */
export async function presenceOf(
  settings: Settings,
  clock: Clock,
  happenings: Happenings,
  { directory, store }: Foundation,
  { agents, context, requests, status }: Desk,
  presences: KeptPresences,
  log: SignOutLog,
  peers: PeerPresence | undefined,
  cluster: Cluster | undefined,
): Promise<Presence> {
  const isUser = (loginId: string) => directory.current.user(loginId)?.loginId === loginId;
  const hasPeer = settings.node.secondary !== '';
  const shared = (): SharedPresence | undefined => presence.shared;
  const watch = new PresenceWatch(
    {
      clock,
      happenings,
      deployment: settings.deployment,
      graceMs: settings.presence.grace,
      resources: settings.presence.resources,
      get hasPeer() {
        return hasPeer || cluster?.members.hasSeenOthers === true;
      },
      elsewhere: elsewhereOf(shared, cluster, peers),
      isStillAbsent: (loginId) => shared()?.isStillAbsent(loginId) ?? true,
      isShownElsewhere: (loginId) => shared()?.isShownElsewhere(loginId) ?? false,
      changed: (loginId) => shared()?.changed(loginId),
      agent: (loginId) => agents.get(loginId),
      isSigningIn: (loginId) => requests.isSigningIn(loginId),
      isUser,
      inService: () => status.inService,
      askSignOut(loginId, cause, own) {
        const record = directory.current.user(loginId);
        return record && forceSignOut(context, record, cause, own);
      },
      newId: randomUUID,
      log,
      keep: (loginId, kept) => presences.keep(loginId, kept),
    },
    await presences.all(),
  );
  directory.onChange(() => watch.directoryChanged());
  // A file of SQLite is one server's own.
  const signs =
    cluster && settings.store.url !== '' ? signsOf(settings, clock, store, presences, cluster) : undefined;
  const presence: Presence = {
    watch,
    signs,
    shared:
      cluster &&
      new SharedPresence(
        {
          cluster,
          clock,
          hosts: hostsOf(settings),
          inService: () => status.inService,
          // As late as a living node signs out whose client fell silent: what it holds, its idle time to the next sweep, and the grace period.
          noticeMs: settings.presence.idle + 2 * settings.presence.sweep + settings.presence.grace,
          askHosts: peers && ((loginId, hosts) => peers.presenceElsewhere(loginId, hosts)),
          signs,
          onProblem: (text) => happenings.publish('operator', { level: 'warn', text }),
        },
        watch,
      ),
  };
  return presence;
}

/** Hosts of the other nodes that are configured; none where no other node is. */
function hostsOf({ node, domain }: Settings): readonly string[] {
  if (node.secondary === '' && node.others.length === 0) return [];
  return [node.primary, node.secondary, ...node.others].filter((host) => host !== '' && host !== domain);
}

/** That nodes live, by the database that they share. */
const signsOf = (
  { domain }: Settings,
  clock: Clock,
  store: Foundation['store'],
  presences: KeptPresences,
  { members }: Cluster,
): SignsOfLife =>
  new SignsOfLife({
    clock,
    table: signTable(store),
    self: members.self,
    host: domain,
    isSeen: (node) => members.living().some(({ name }) => name === node),
    flush: () => presences.flush(),
  });

/** Who is asked before a sign-out; undefined: there is nobody else. */
function elsewhereOf(
  shared: () => SharedPresence | undefined,
  cluster: Cluster | undefined,
  peers: PeerPresence | undefined,
): ((loginId: string) => Promise<PresenceElsewhere>) | undefined {
  if (cluster !== undefined) return async (loginId) => (await shared()?.elsewhere(loginId)) ?? 'cutOff';
  return peers && ((loginId) => peers.presenceElsewhere(loginId));
}

/**
 * How other nodes are asked for a user over HTTPS: the other one of a pair, and those that cannot be asked otherwise. Undefined: there are none.
 * @param isOneOfMany it shares what it knows over NATS: hosts are told with each question
 */
export function peerPresenceOf(
  { node, ports }: Settings,
  clock: Clock,
  instance: string,
  isOneOfMany: boolean,
  warn: (text: string) => void,
): PeerPresence | undefined {
  if (node.secondary === '' && !isOneOfMany) return undefined;
  if (node.secret === '')
    warn(
      'The other node cannot be asked who works there (node.secret): an agent who moves to it may be signed out by this one.',
    );
  return new PeerPresence({
    secret: node.secret,
    hosts: [node.primary, node.secondary],
    port: ports.https ?? DEFAULT_HTTPS_PORT,
    instance,
    clock,
    onProblem: warn,
  });
}
