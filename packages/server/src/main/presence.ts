/** The presence watch of this node, and how the other one is asked. */
import { randomUUID } from 'node:crypto';
import type { Clock } from '@poise/clock';
import { forceSignOut } from '../commands/force-sign-out.ts';
import type { Desk } from '../desk/desk.ts';
import type { Happenings } from '../happenings.ts';
import { PeerPresence } from '../peers/peer-presence.ts';
import {
  type KeptPresences,
  type PresenceElsewhere,
  PresenceWatch,
  type SignOutLog,
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

/** The presence watch, with those who were here when the process ended. */
export async function presenceWatchOf(
  settings: Settings,
  clock: Clock,
  happenings: Happenings,
  { directory }: Foundation,
  { agents, context, requests, status }: Desk,
  presences: KeptPresences,
  log: SignOutLog,
  elsewhere: ((loginId: string) => Promise<PresenceElsewhere>) | undefined,
): Promise<PresenceWatch> {
  const isUser = (loginId: string) => directory.current.user(loginId)?.loginId === loginId;
  const watch = new PresenceWatch(
    {
      clock,
      happenings,
      deployment: settings.deployment,
      graceMs: settings.presence.grace,
      resources: settings.presence.resources,
      hasPeer: settings.node.secondary !== '',
      elsewhere,
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
  return watch;
}

/** How the other node of a pair is asked for a user; undefined where there is none. */
export function peerPresenceOf(
  { node, ports }: Settings,
  clock: Clock,
  instance: string,
  warn: (text: string) => void,
): ((loginId: string) => Promise<PresenceElsewhere>) | undefined {
  if (node.secondary === '') return undefined;
  if (node.secret === '')
    warn(
      'The other node cannot be asked who works there (node.secret): an agent who moves to it may be signed out by this one.',
    );
  const peers = new PeerPresence({
    secret: node.secret,
    hosts: [node.primary, node.secondary],
    port: ports.https ?? DEFAULT_HTTPS_PORT,
    instance,
    clock,
    onProblem: warn,
  });
  return (loginId) => peers.presenceElsewhere(loginId);
}
