/** What the health is told like. */
import { answer, ERROR, FLAG, members, oneOf, type Paths, TEXT } from '../contract/operations.ts';
import type { Readiness } from './health.ts';

const PART = members(
  {
    state: oneOf('stopped', 'starting', 'running', 'stopping', 'failed'),
    ready: FLAG,
    reason: TEXT,
    detail: { type: 'object' },
  },
  ['reason', 'detail'],
);
const HEALTH = members({
  status: oneOf('IN_SERVICE', 'DEGRADED', 'OUT_OF_SERVICE'),
  parts: { type: 'object', additionalProperties: PART },
});

const readiness = (description: string, word: Readiness) => ({
  description,
  content: { 'text/plain': { schema: { type: 'string', const: `${word}\n` } } },
});

export const HEALTH_PATHS: Paths = {
  '/poise/api/health': {
    get: {
      operationId: 'health.get',
      // A token is no way in: whoever watches has a password, or runs beside the server.
      security: [{}, { basic: [] }],
      description: 'For programs on the same machine, which need no credentials, and for administrators.',
      responses: {
        200: answer('Everything is in service', HEALTH),
        503: answer('Something is not', HEALTH),
        default: ERROR,
      },
    },
  },
  '/poise/api/ready': {
    get: {
      operationId: 'ready.get',
      security: [{}],
      description: 'For load balancers, which have no credentials: whether new clients may be sent here.',
      responses: {
        200: readiness('New clients may come', 'ready'),
        404: readiness('It will be stopped: who is here may stay, nobody else shall come', 'draining'),
        503: readiness('It serves nobody now', 'out of service'),
      },
    },
  },
};
