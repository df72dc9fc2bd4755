/** The Queue with its statistics (objects.md 5); a runtime object, hence alphabetical (rest-api.md 1.3). */
import type { QueueStatistics } from '../domain/queues.ts';
import type { SkillGroupRecord } from '../store/directory.ts';
import { fieldsOf, type ObjectDescription } from './description.ts';

export interface QueueSource {
  readonly queue: SkillGroupRecord;
  /** Null: nobody is assigned, or nothing is known yet: -1 and empty values. */
  readonly statistics: QueueStatistics | null;
}

type Figure = Exclude<keyof QueueStatistics, 'startTimeOfLongestCallInQueue'>;

const f = fieldsOf<QueueStatistics | null>();
const figure = (name: Figure) => f.integer(name, (statistics) => statistics?.[name] ?? -1);

const STATISTICS = [
  figure('agentsBusyOther'),
  figure('agentsLoggedOn'),
  figure('agentsNotReady'),
  figure('agentsReady'),
  figure('agentsTalkingInbound'),
  figure('agentsTalkingInternal'),
  figure('agentsTalkingOutbound'),
  figure('agentsWrapUpNotReady'),
  figure('agentsWrapUpReady'),
  figure('callsInQueue'),
  f.text('startTimeOfLongestCallInQueue', (statistics) =>
    secondsText(statistics?.startTimeOfLongestCallInQueue ?? null),
  ),
];

/** UTC to the second in every release (objects.md 5). */
function secondsText(wallMs: number | null): string {
  return wallMs === null ? '' : new Date(wallMs).toISOString().replace(/\.\d{3}Z$/, 'Z');
}

const queue = fieldsOf<QueueSource>();

/** The root inside `data` is in upper case, unlike other objects (notification-service.md 5.4). */
export const QUEUE: ObjectDescription<QueueSource> = {
  root: 'Queue',
  eventRoot: 'Queue',
  declaration: false,
  fields: [
    queue.text('name', (q) => q.queue.name),
    queue.group<QueueStatistics | null>('statistics', STATISTICS, (q) => q.statistics),
    queue.uri('uri', (q) => `/finesse/api/Queue/${q.queue.number}`),
  ],
};

/** What is left of a queue that is gone: its uri. */
export const QUEUE_GONE: ObjectDescription<Pick<SkillGroupRecord, 'number'>> = {
  root: 'Queue',
  eventRoot: 'Queue',
  declaration: false,
  fields: [
    fieldsOf<Pick<SkillGroupRecord, 'number'>>().uri('uri', (gone) => `/finesse/api/Queue/${gone.number}`),
  ],
};
