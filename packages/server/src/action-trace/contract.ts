/** What the trace of a request is told like (docs/action-trace.md). */
import {
  answer,
  ERROR,
  listOf,
  members,
  oneOf,
  type Paths,
  parameter,
  query,
  type Schema,
  TEXT,
  TIME,
  WHOLE,
} from '../contract/operations.ts';
import { STEPS } from './trace-book.ts';

const DETAIL: Schema = { type: 'object', additionalProperties: { type: ['string', 'number'] } };
const NEWS = members({
  at: TIME,
  kind: oneOf('state', 'dialog', 'presence', 'signOut', 'request'),
  what: TEXT,
  detail: DETAIL,
});

export const ACTION_TRACE_PATHS: Paths = {
  '/poise/api/trace': {
    get: {
      operationId: 'trace.agent',
      description: 'What befell an agent. For administrators; for supervisors the agents of their teams.',
      parameters: query('agent'),
      responses: {
        200: answer('Newest first', members({ agent: TEXT, news: listOf(NEWS) })),
        default: ERROR,
      },
    },
  },
  '/poise/api/trace/{requestId}': {
    parameters: [parameter('requestId', 'path', true)],
    get: {
      operationId: 'trace.request',
      description:
        'What was done for a request. For administrators; for supervisors what is about their teams.',
      responses: {
        200: answer(
          'In order of time',
          members({
            requestId: TEXT,
            user: TEXT,
            agent: TEXT,
            steps: listOf(members({ at: TIME, afterMs: WHOLE, step: oneOf(...STEPS), detail: DETAIL })),
            dropped: WHOLE,
            before: listOf(NEWS),
          }),
        ),
        default: ERROR,
      },
    },
  },
};
