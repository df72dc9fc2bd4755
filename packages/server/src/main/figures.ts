/** What the node counts, and remembers. */
import type { Desk } from '../desk/desk.ts';
import type { ConnectedUsers } from '../desk/maintenance-mode.ts';
import { isApiUser } from '../domain/teams.ts';
import type { Journal } from '../journal/index.ts';
import { userTypeOf } from '../objects/connected-users.ts';
import type { Readiness } from '../ops/index.ts';
import type { PresenceWatch } from '../presence/index.ts';
import type { Store } from '../store/store.ts';
import type { XmppHost } from '../xmpp-host/index.ts';

/** What the node counts for `node_statistics`. */
export function countedNode(
  { agents, dialogs, media }: Desk,
  directory: Store['directory'],
  startSeconds: number,
) {
  const users = directory.current.users().filter(isApiUser);
  return {
    activeDialogs: dialogs.size,
    startSeconds,
    agents: users.map(({ loginId, skillGroupNumbers }) => {
      const channels = media.of(loginId);
      return {
        signedIn: agents.get(loginId).state !== 'LOGOUT',
        skillGroupNumbers,
        configuredMedia: channels.length,
        signedInMedia: channels.filter(({ state }) => state !== 'LOGOUT').length,
        tasks: media.tasksOf(loginId).length,
      };
    }),
  };
}

/**
 * What a load balancer is told. Without webservices there is nothing that could be out of service.
 *
 * @param leaving it will be stopped on purpose
 */
export function readinessOf(desk: Pick<Desk, 'status'> | undefined, leaving: boolean): Readiness {
  if (desk?.status.inService === false) return 'out of service';
  return leaving ? 'draining' : 'ready';
}

/** Sessions of this node by what they are: desktops of the original and ours have this resource. */
export function connectedTo(notification: XmppHost | undefined): ConnectedUsers {
  const counts = { DESKTOP: 0, FIPPA: 0, THIRDPARTY: 0 };
  for (const { resource } of notification?.sessions() ?? []) counts[userTypeOf(resource)]++;
  return { desktop: counts.DESKTOP, fippa: counts.FIPPA, thirdparty: counts.THIRDPARTY };
}

/** Users whose last session here is gone, and who are waited for, or signed out next. */
export function awaitedBy(watch: Pick<PresenceWatch, 'counts'> | undefined): number {
  if (watch === undefined) return 0;
  const { unknown, away, due, requested } = watch.counts();
  return unknown + away + due + requested;
}

/** What the notification service remembers, as debug.log has it. */
export function* linesOf(journal: Journal, notification: XmppHost | undefined): Iterable<string> {
  for (const { atMs, line } of notification?.debugLines() ?? []) yield journal.notificationLine(line, atMs);
}
