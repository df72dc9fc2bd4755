/** What is configured, for administrators, desktops and the notification service. */
import { randomUUID } from 'node:crypto';
import type { Clock } from '@poise/clock';
import type { DesktopProperties } from '@poise/layout';
import { createStoredKeys } from '../accounts/scram-keys.ts';
import { configurationPlugin } from '../admin-api/index.ts';

import { auditing } from '../audit/trail.ts';
import { tellingWrites } from '../audit/write-line.ts';
import type { StartOptions } from '../cli/main-types.ts';
import type { TeamMessageStore } from '../commands/team-message-board.ts';
import { descriptionsFor } from '../configuration/descriptions.ts';
import { credentialsFor, testCtiSide } from '../cti/side-test.ts';
import { tcpSocket } from '../cti/socket.ts';
import type { Desk } from '../desk/desk.ts';
import { isSince } from '../domain/profile.ts';
import type { Happenings } from '../happenings.ts';
import type { Settings } from '../settings/settings.ts';
import type { Store } from '../store/store.ts';
import type { SystemSettings } from '../system-settings/system-settings.ts';
import { ctiSideA } from './addresses.ts';
import type { Foundation } from './foundation.ts';

/** `poise restore` has put a backup in the place of what was stored: that is read, and told. */
export const restoredCommand =
  (store: Store, happenings: Happenings) => async (argument: Readonly<Record<string, unknown>>) => {
    const { path, made } = argument;
    happenings.publish('operator', {
      level: 'warn',
      text: `The configuration was replaced by that of a backup made ${made} (poise restore ${path}).`,
    });
    tellingWrites(happenings)({
      user: '',
      method: 'restore',
      url: 'poise restore',
      payload: JSON.stringify({ path, made }),
    });
    return store.refresh();
  };

/** The configuration in JSON, for administrators. */
export function configurationApi(
  settings: Settings,
  clock: Clock,
  happenings: Happenings,
  { store, accounts, sessions, directory }: Foundation,
  { agents }: Desk,
  systemSettings: SystemSettings,
) {
  const { passwordMin, iterations } = settings.accounts;
  const { deployment } = settings;
  const plugin = configurationPlugin({
    accounts,
    sessions,
    directory,
    deployment,
    descriptions: descriptionsFor({ deployment, passwordMin }),
    systemSettings,
    tellWrite: tellingWrites(happenings),
    testCti: ({ host, port, peripheralId }) =>
      testCtiSide({
        address: { host, port },
        peripheralId,
        version: settings.cti.version,
        credentials: credentialsFor({ host, port }, [ctiSideA(settings), settings.cti.b], {
          clientId: settings.cti.clientId,
          clientPassword: settings.cti.password,
        }),
        clientSignature: `Poise-test-${randomUUID()}`,
        clock,
        connect: tcpSocket,
      }),
    change: (work, origin) =>
      store.change(
        work,
        auditing(origin, () => clock.now()),
      ),
    isStored: (loginId) => store.isStored(loginId),
    keysOf: async (password) => ({
      ...(await createStoredKeys(password, iterations)),
      setByHand: true,
      changedAtMs: clock.now(),
    }),
    signedIn(loginId) {
      const { state, extension } = agents.get(loginId);
      return state === 'LOGOUT' ? undefined : { state, extension };
    },
    userAt: (extension) => agents.at(extension)?.loginId,
  });
  return { prefix: '/poise/api', plugin };
}

/** Desktop properties that are settings here; each bears the name of the original. */
export function serverProperties({
  settings,
  demo,
}: Pick<StartOptions, 'settings' | 'demo'>): Partial<DesktopProperties> {
  const { serviceWorker: _, ...properties } = settings.desktop;
  return {
    ...properties,
    // Whoever looks at the demonstration may want to see what gadgets do.
    developerTools: settings.desktop.developerTools || demo,
    enableDropParticipantFor: settings.dialogs.participantDrop,
  };
}

/** Team messages are durable before their creation is answered. @param now wall ms */
export function teamMessageStore(store: Store, now: () => number): TeamMessageStore {
  return {
    all: () => store.repositories.teamMessages.all(now),
    create: (message) => store.change(({ teamMessages }) => teamMessages.create(message, now)),
    remove: (ids) => store.change(({ teamMessages }) => teamMessages.remove(...ids)),
  };
}

/** Media that agents are told of without asking: with CCE, since 12. */
export const toldMediaOf = ({ deployment, compatibility, media }: Settings): string[] =>
  deployment === 'CCE' && isSince(compatibility, '12.6') ? media.channels.map(({ id }) => id) : [];
