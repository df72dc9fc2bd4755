import { TOPICS, topicOf } from '../frame/topics.ts';

/** `finesse.clientservices.Topics`: names of topics that gadgets listen to by themselves. */
export const Topics = {
  namespace: 'finesse.info',
  REQUESTS: TOPICS.requests,
  RESPONSES: TOPICS.responses,
  EVENTS_CONNECTION_INFO: TOPICS.connection,
  PRESENCE: TOPICS.presence,
  /** The topic of a node: `/finesse/api/User/1001` → `finesse.api.User.1001`. */
  getTopic: (restUri: string): string => topicOf(restUri),
} as const;
