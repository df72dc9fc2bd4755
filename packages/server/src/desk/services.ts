/**
 * The webservices and their CTI link as parts that can be down alone, and what that means for the status of the
 * system (notification-service.md 7.5; docs/presence.md).
 */
import type { SystemStatus } from '../domain/system-status.ts';
import type { Part, PartHealth, PartState } from '../parts/part.ts';
import type { PartChange } from '../parts/parts.ts';

export interface ServicesDependencies {
  readonly status: SystemStatus;
  readonly link: Part;
  /** Name of the notification service's part; undefined when it runs elsewhere. */
  readonly notification: string | undefined;
  /** The presence of `finesse@D`. */
  readonly setServicePresence: (available: boolean) => void;
  /** Hears when presences become unknown, and when they mean something again. */
  readonly watch: { interrupted(sessionsLost: boolean): void; resumed(): void } | undefined;
  readonly detail: () => Readonly<Record<string, unknown>>;
}

export interface Services {
  /** Starts before {@link webservices}; its connection is made with them. */
  readonly cti: Part;
  readonly webservices: Part;
  /** For every change of any part. */
  partChanged(name: string, change: PartChange): void;
}

export function createServices(dependencies: ServicesDependencies): Services {
  const { status, link, notification, setServicePresence, watch, detail } = dependencies;
  let webservices: PartState = 'stopped';
  let linkWanted = false;
  let notificationRuns = notification === undefined;

  const resumeIfBoth = (): void => {
    if (webservices === 'running' && notificationRuns) watch?.resumed();
  };
  return {
    cti: {
      name: link.name,
      async start() {
        linkWanted = true;
        if (webservices === 'running') await link.start();
      },
      async stop() {
        linkWanted = false;
        await link.stop();
      },
      health(): PartHealth {
        const health = link.health();
        if (webservices === 'running' || !linkWanted) return health;
        return { ...health, reason: 'The webservices are stopped.' };
      },
    },
    webservices: {
      name: 'webservices',
      async start() {
        if (webservices === 'running') return;
        webservices = 'running';
        resumeIfBoth();
        status.apply({ type: 'webservices', inService: true });
        if (linkWanted) await link.start();
        setServicePresence(true);
      },
      async stop() {
        if (webservices === 'stopped') return;
        webservices = 'stopped';
        watch?.interrupted(false);
        // The event can still go out, then clients see `finesse` leave.
        status.apply({ type: 'webservices', inService: false });
        setServicePresence(false);
        await link.stop();
      },
      health(): PartHealth {
        const ready = webservices === 'running' && status.inService;
        return {
          state: webservices,
          ready,
          ...(ready ? {} : { reason: status.reason || `The webservices are ${webservices}.` }),
          detail: detail(),
        };
      },
    },
    partChanged(name, change) {
      if (name !== notification || change === 'stopped') return;
      notificationRuns = change === 'started';
      if (notificationRuns) resumeIfBoth();
      else watch?.interrupted(true);
      status.apply({ type: 'notification', inService: notificationRuns });
    },
  };
}
