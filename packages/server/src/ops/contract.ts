/** What the health is told like. */
import { answer, ERROR, FLAG, members, oneOf, type Paths, TEXT } from '../contract/operations.ts';

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
};
