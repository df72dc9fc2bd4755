/** Topics of the hub; the table with payloads stands in docs/finesse-js.md and is held against this one by a test. */
export const TOPICS = {
  requests: 'finesse.info.requests',
  responses: 'finesse.info.responses',
  connection: 'finesse.info.connection',
  presence: 'finesse.info.presence',
  clientLogging: 'finesse.clientLogging',
  containerRequests: 'finesse.containerservices.requests',
  certificateBanner: 'finesse.containerservices.certificateBanner',
  popoverRequests: 'finesse.containerservices.popover.requests',
  popoverEvents: 'finesse.containerservices.popover.events',
  channelRequests: 'finesse.digital.channel.requests',
  channelResponses: 'finesse.digital.channel.responses',
  channelMenuClicks: 'finesse.digital.channel.menuClicks',
  notificationPopover: 'finext.notification.popover',
  notificationClicks: 'finext.notification.popover.clicks',
  taskActivity: 'finext.task.activity',
  taskRequests: 'finext.task.activity.requests',
  shortcutRequests: 'finesse.shortcutkey.requests',
  shortcutResponses: 'finesse.shortcutkey.responses',
  shortcutEvents: 'finesse.shortcutkey.events',
} as const;

/** The topic of a node of the notification service: `/finesse/api/User/1001` → `finesse.api.User.1001`. */
export const topicOf = (node: string): string => node.replace(/^\//, '').replaceAll('/', '.');

/** What requests look like on every `….requests` topic. */
export interface TopicRequest {
  readonly type: string;
  readonly data: unknown;
  readonly invokeID: string;
}
