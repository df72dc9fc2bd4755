/** What histories of shifts are told like (docs/history.md). */
import {
  answer,
  ERROR,
  FLAG,
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

const GAPS = { beganAway: FLAG, endedAway: FLAG, interrupted: FLAG };
const CALL = members({
  id: WHOLE,
  dialogId: TEXT,
  type: oneOf('inbound', 'outbound', 'consult', 'monitor', 'bargeIn'),
  direction: oneOf('inbound', 'outbound'),
  callType: TEXT,
  number: TEXT,
  disposition: nullable(
    oneOf('handled', 'transferred', 'merged', 'notAnswered', 'busy', 'invalidNumber', 'failed', 'unknown'),
  ),
  continuedAs: nullable(TEXT),
  wrapUpReason: nullable(TEXT),
  queueName: nullable(TEXT),
  startTime: TIME,
  endTime: nullable(TIME),
  durationMs: nullable(WHOLE),
  spentMs: members({
    dialTone: WHOLE,
    ringBack: WHOLE,
    ring: WHOLE,
    talk: WHOLE,
    hold: WHOLE,
    wrapUp: WHOLE,
  }),
  phase: nullable(oneOf('dialTone', 'ringBack', 'ring', 'talk', 'hold', 'wrapUp', 'failed')),
  phaseSince: nullable(TIME),
  ...GAPS,
});
const STATE = members({
  id: WHOLE,
  state: TEXT,
  reasonCode: nullable(WHOLE),
  reasonLabel: TEXT,
  startTime: nullable(TIME),
  endTime: nullable(TIME),
  durationMs: nullable(WHOLE),
  ...GAPS,
});

const shiftOf = (name: string, entry: Schema) => ({
  parameters: [parameter('userId', 'path', true)],
  get: {
    operationId: `history.${name}`,
    description: 'The own one for everybody; supervisors those of their teams, administrators all.',
    parameters: query('shift', 'since', 'before', 'limit'),
    responses: {
      200: answer(
        'The shift, newest first, with an ETag',
        members({
          userId: TEXT,
          shift: nullable(members({ id: WHOLE, startedAt: TIME, endedAt: nullable(TIME) })),
          version: WHOLE,
          more: FLAG,
          [name]: listOf(entry),
        }),
      ),
      304: { description: 'What If-None-Match names is what there is' },
      default: ERROR,
    },
  },
});

export const HISTORY_PATHS: Paths = {
  '/poise/api/history/{userId}/calls': shiftOf('calls', CALL),
  '/poise/api/history/{userId}/states': shiftOf('states', STATE),
};
