/** What the running server offers the serviceability commands over the control socket: figures, log levels, properties (admin.md 4). */
import { PlainError, phrase } from '../messages/catalogue.ts';
import type { PropertyBook } from './properties.ts';

type Argument = Readonly<Record<string, unknown>>;

const WEBSERVICES_LEVELS = ['error', 'warning', 'information'] as const;

export interface Levels {
  readonly webservices: (typeof WEBSERVICES_LEVELS)[number];
  readonly notification: 'information' | 'debug';
}

/** One session at the notification service. */
interface Session {
  /** Login id. */
  readonly user: string;
  readonly resource: string;
}

/** What the node counts, by the labels of the original. */
export interface NodeFigures {
  readonly activeDialogs: number;
  readonly activeTasks: number;
  readonly configuredMediaPerAgent: number;
  readonly signedInMediaPerAgent: number;
  readonly skillGroupsPerAgent: number;
  readonly skillGroupsMax: number;
  readonly startSeconds: number;
  readonly signedInAgents: number;
  readonly skillGroups: number;
}

export interface ServiceabilityDependencies {
  readonly logs: { readonly levels: Levels; setLevels(levels: Levels): void };
  /** What a start of the notification service makes of its debug log. */
  readonly notificationDebug: boolean;
  readonly figures: () => NodeFigures | undefined;
  readonly sessions: () => Iterable<Session>;
  /** Login ids of users whose passwords are refused for a while. */
  readonly lockedOut: () => readonly string[];
  readonly properties: PropertyBook;
  /** Records new levels, before they are in force. */
  readonly note: (change: {
    readonly command: string;
    readonly before: Levels;
    readonly after: Levels;
  }) => Promise<void>;
}

export interface Serviceability {
  readonly control: Readonly<Record<string, (argument: Argument) => unknown>>;
  /** For every change of any part: the debug log does not survive its service. */
  partChanged(name: string, change: string): void;
}

/** Commands of the serviceability command line. */
export function serviceability(dependencies: ServiceabilityDependencies): Serviceability {
  const { logs, notificationDebug, figures, sessions, lockedOut, properties, note } = dependencies;
  const setLevels = async (command: string, after: Levels): Promise<void> => {
    const before = logs.levels;
    if (before.webservices === after.webservices && before.notification === after.notification) return;
    await note({ command, before, after });
    logs.setLevels(after);
  };
  return {
    control: {
      async 'utils.notification_log'({ enable }) {
        if (typeof enable === 'boolean')
          await setLevels('utils finesse notification logging', {
            ...logs.levels,
            notification: enable ? 'debug' : 'information',
          });
        return { debug: logs.levels.notification === 'debug', afterRestart: notificationDebug };
      },
      async 'utils.log_level'({ level }) {
        if (level !== undefined) {
          const known = WEBSERVICES_LEVELS.find((each) => each === level);
          if (known === undefined) throw new PlainError(phrase('properties.level'));
          await setLevels('utils finesse log configuration', { ...logs.levels, webservices: known });
        }
        return logs.levels;
      },
      'utils.node_statistics': () => {
        const now = figures();
        if (now === undefined) throw new PlainError(phrase('properties.noWebservices'));
        return now;
      },
      'utils.connected_users': () => {
        let [desktop, other] = [0, 0];
        for (const { resource } of sessions())
          if (resource === 'desktop') desktop++;
          else other++;
        return { desktop, fippa: 0, thirdParty: other };
      },
      'utils.locked_out_users': () => lockedOut(),
      'utils.property.show': ({ module, name }) => properties.show(module, name),
      'utils.property.set': ({ module, name, value }) => properties.set(module, name, value),
      'utils.list.show': ({ list }) => properties.list(list),
      'utils.list.add': ({ list, entries }) => properties.add(list, entries),
      'utils.list.delete': ({ list, entries }) => properties.remove(list, entries),
    },
    partChanged(name, change) {
      if (name !== 'notification' || change !== 'stopped') return;
      logs.setLevels({ ...logs.levels, notification: notificationDebug ? 'debug' : 'information' });
    },
  };
}
