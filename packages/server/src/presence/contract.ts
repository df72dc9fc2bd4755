/** What sign-outs that agents did not ask for are told like (docs/presence.md). */
import {
  answer,
  ERROR,
  listOf,
  members,
  nullable,
  oneOf,
  type Paths,
  query,
  TEXT,
  TIME,
  WHOLE,
} from '../contract/operations.ts';

const SIGN_OUT = members({
  node: TEXT,
  id: WHOLE,
  at: TIME,
  agentId: TEXT,
  cause: oneOf('presence', 'supervisor', 'administrator', 'system'),
  actingId: TEXT,
  session: nullable(members({ jid: TEXT, transport: TEXT, address: TEXT })),
  departure: nullable(TEXT),
  lastActiveAt: nullable(TIME),
  awaySince: nullable(TIME),
  graceSeconds: nullable({ type: 'number' }),
  requestId: TEXT,
  invokeId: nullable(WHOLE),
  attempts: WHOLE,
  outcome: oneOf('requested', 'pending', 'signedOut', 'notReady', 'cancelled', 'refused', 'unanswered'),
  state: nullable(TEXT),
  reasonCode: nullable(WHOLE),
  refusal: nullable(TEXT),
  endedAt: nullable(TIME),
});

export const SIGN_OUT_PATHS: Paths = {
  '/poise/api/signOuts': {
    get: {
      operationId: 'signOuts.list',
      description: 'For administrators; for supervisors those of their teams.',
      parameters: query('agent', 'since', 'until', 'limit'),
      responses: {
        200: answer('Newest first', members({ signOuts: listOf(SIGN_OUT) })),
        default: ERROR,
      },
    },
  },
};
