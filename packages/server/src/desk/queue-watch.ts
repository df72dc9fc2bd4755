/** Keeps the picture of the queues up to date and tells of it: figures from the CTI server, queues from the directory. */
import type { Clock } from '@poise/clock';
import type { Fields } from '@poise/ged188';
import { QUEUE_POLLER_DEFAULTS, QueuePoller, type SkillGroupKey } from '../cti/queue-poller.ts';
import type { QueueBook } from '../domain/queues.ts';
import type { QueueNotifier } from '../notify/queue-notifier.ts';
import type { Directory, DirectorySource } from '../store/directory.ts';

/** The CTI link as the watch sees it. */
export interface QueueFigures {
  readonly inService: boolean;
  /** `answered` is called exactly once, with null when there is no answer or it is a refusal. */
  querySkillGroup(group: SkillGroupKey, answered: (fields: Fields | null) => void): void;
}

export interface QueueWatchDependencies {
  readonly directory: DirectorySource;
  readonly queues: QueueBook;
  readonly notifier: QueueNotifier;
  readonly clock: Clock;
  readonly cti: QueueFigures;
  /** How often figures are asked for and told at most, ms. */
  readonly intervalMs?: number;
}

export class QueueWatch {
  readonly #d: QueueWatchDependencies;
  readonly #poller: QueuePoller;

  constructor(dependencies: QueueWatchDependencies) {
    const { directory, queues, notifier, clock, cti } = dependencies;
    this.#d = dependencies;
    this.#poller = new QueuePoller({
      ...QUEUE_POLLER_DEFAULTS,
      ...(dependencies.intervalMs === undefined ? {} : { intervalMs: dependencies.intervalMs }),
      clock,
      query: (group, answered) => cti.querySkillGroup(group, answered),
      inService: () => cti.inService,
      groups: () => directory.current.skillGroups(),
      heard: (number, statistics) => {
        const queue = directory.current.skillGroup(number);
        if (queue !== undefined && queues.put(number, statistics))
          notifier.publishStatistics(queue, directory.current);
      },
    });
  }

  /** The CTI link is in service. */
  start(): void {
    this.#poller.start();
  }

  /** The CTI link is lost, or the server stops. */
  stop(): void {
    this.#poller.stop();
  }

  directoryChanged(before: Directory, after: Directory): void {
    for (const { number } of before.skillGroups())
      if (after.skillGroup(number) === undefined) this.#d.queues.forget(number);
    this.#d.notifier.directoryChanged(before, after);
  }
}
