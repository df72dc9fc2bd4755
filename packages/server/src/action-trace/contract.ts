/** What the trace of a request is told like (docs/action-trace.md). */
import {
  answer,
  body,
  ERROR,
  listOf,
  members,
  nullable,
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

const NUMBER: Schema = { type: 'number' };
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
        200: answer('Newest first', members({ agent: TEXT, why: listOf(NEWS), news: listOf(NEWS) })),
        default: ERROR,
      },
    },
    post: {
      operationId: 'trace.tell',
      description: 'What the page of the caller saw of actions of its own. Times in ms of its clock.',
      requestBody: body(
        members({
          drift: NUMBER,
          uncertainty: NUMBER,
          actions: listOf(
            members({
              requestId: TEXT,
              input: nullable(oneOf('pointer', 'key')),
              begunAt: nullable(NUMBER),
              receivedAt: nullable(NUMBER),
              paintedAt: nullable(NUMBER),
            }),
          ),
        }),
      ),
      responses: {
        200: answer('How many were taken down', members({ taken: WHOLE })),
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
