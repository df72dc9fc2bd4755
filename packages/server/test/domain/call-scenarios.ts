/** The flows of objects.md 3.4 and ged188.md 8, as scripts. Agents: a 2001, b 2002, s (supervisor) 2050. */
import {
  agentIs,
  begun,
  cleared,
  conferenced,
  connectionCleared,
  dataUpdated,
  delivered,
  ended,
  established,
  held,
  initiated,
  originated,
  party,
  retrieved,
  type Step,
  step,
  transferred,
} from './call-script.ts';

export const SIGNED_IN: readonly Step[] = [
  agentIs('a', 'READY', '2001'),
  agentIs('b', 'NOT_READY', '2002'),
  agentIs('s', 'NOT_READY', '2050'),
];

/** A customer's call reaches agent a. */
export const RINGING: readonly Step[] = [
  agentIs('a', 'RESERVED', '2001'),
  begun('100', '2001', 'PREROUTE_ACD_IN', '6003', '9001'),
  delivered('100', '9001', '2001', { 2001: 'ALERTING' }, 5001),
];

export const TALKING: readonly Step[] = [
  ...RINGING,
  established('100', '9001', '2001', { 2001: 'CONNECT' }),
  agentIs('a', 'TALKING', '2001'),
];

export const HELD_AND_BACK: readonly Step[] = [
  ...TALKING,
  held('100', '2001', { 2001: 'HOLD' }),
  agentIs('a', 'HOLD', '2001'),
  retrieved('100', '2001', { 2001: 'CONNECT' }),
  agentIs('a', 'TALKING', '2001'),
];

const HANG_UP: readonly Step[] = [
  connectionCleared('100', '9001', { 2001: 'CONNECT' }),
  connectionCleared('100', '2001', { 2001: 'NULL' }),
  cleared('100', { 2001: 'NULL' }),
];

export const WITHOUT_WRAP_UP: readonly Step[] = [
  ...TALKING,
  ...HANG_UP,
  agentIs('a', 'READY', '2001'),
  ended('100', '2001'),
];

export const INTO_WRAP_UP: readonly Step[] = [...TALKING, ...HANG_UP, agentIs('a', 'WORK_READY', '2001')];

export const WRAP_UP_DONE: readonly Step[] = [
  ...INTO_WRAP_UP,
  dataUpdated('100', '2001', { data: { wrapUpReason: 'Sale made', variables: { 0: 'x' } } }),
  agentIs('a', 'READY', '2001'),
  ended('100', '2001'),
];

/** Agent a consults b about the customer's call. */
export const CONSULT_RINGING: readonly Step[] = [
  ...TALKING,
  held('100', '2001', { 2001: 'HOLD' }),
  agentIs('a', 'HOLD', '2001'),
  begun('101', '2001', 'CONSULT', '2002', '2001'),
  initiated('101', '2001'),
  agentIs('a', 'TALKING', '2001'),
  originated('101', '2001', '2002'),
  begun('101', '2002', 'CONSULT_OFFERED', '2002', '2001'),
  delivered('101', '2001', '2002', { 2001: 'CONNECT', 2002: 'ALERTING' }),
];

export const CONSULTING: readonly Step[] = [
  ...CONSULT_RINGING,
  established('101', '2001', '2002', { 2001: 'CONNECT', 2002: 'CONNECT' }),
  agentIs('b', 'TALKING', '2002'),
];

export const TRANSFERRED: readonly Step[] = [
  ...CONSULTING,
  transferred('100', '101', '2001', '2002', '100', ['9001', '2002'], { 2001: 'NULL', 2002: 'CONNECT' }),
  dataUpdated('101', '2002', { newCallId: '100', newDevice: '2002', callType: 'TRANSFER' }),
  ended('101', '2001'),
  ended('101', '2002'),
  agentIs('a', 'READY', '2001'),
  ended('100', '2001'),
];

export const CONFERENCE: readonly Step[] = [
  ...CONSULTING,
  conferenced('100', '101', '2001', '2002', ['9001', '2001', '2002'], { 2001: 'CONNECT', 2002: 'CONNECT' }),
  dataUpdated('100', '2001', { callType: 'CONFERENCE' }),
  dataUpdated('101', '2002', { newCallId: '100', newDevice: '2002', callType: 'CONFERENCE' }),
  ended('101', '2001'),
  ended('101', '2002'),
];

export const CONTROLLER_LEAVES: readonly Step[] = [
  ...CONFERENCE,
  connectionCleared('100', '2001', { 2001: 'NULL', 2002: 'CONNECT' }),
  agentIs('a', 'WORK', '2001'),
  held('100', '2002', { 2002: 'HOLD' }),
  agentIs('b', 'HOLD', '2002'),
];

/** Agent a sends the customer on to b without asking. */
export const SINGLE_STEP: readonly Step[] = [
  ...TALKING,
  transferred('100', null, '2001', '2002', '100', ['9001'], { 2001: 'NULL' }),
  agentIs('a', 'NOT_READY', '2001'),
  ended('100', '2001'),
  begun('100', '2002', 'TRANSFER', '6003', '9001'),
  delivered('100', '9001', '2002', { 2002: 'ALERTING' }),
];

export const OUTGOING: readonly Step[] = [
  begun('200', '2002', 'OUT', '99555'),
  initiated('200', '2002'),
  agentIs('b', 'TALKING', '2002'),
  originated('200', '2002', '99555'),
  delivered('200', '2002', '99555', { 2002: 'CONNECT' }),
  established('200', '2002', '99555', { 2002: 'CONNECT' }),
];

export const BUSY: readonly Step[] = [
  begun('201', '2002', 'OUT', '99555'),
  initiated('201', '2002'),
  agentIs('b', 'TALKING', '2002'),
  originated('201', '2002', '99555'),
  step({ type: 'failed', callId: '201', failing: party('99555'), cause: 'BUSY' }, { 2002: 'FAIL' }),
];

/** Nobody answers at a; the call goes back to the queue and then to b. */
export const NOT_ANSWERED: readonly Step[] = [
  ...RINGING,
  step({ type: 'diverted', callId: '100', diverting: party('2001'), cause: 'REDIRECTED' }, { 2001: 'NULL' }),
  ended('100', '2001'),
  agentIs('a', 'NOT_READY', '2001'),
  begun('100', '2002', 'PREROUTE_ACD_IN', '6003', '9001'),
  delivered('100', '9001', '2002', { 2002: 'ALERTING' }, 5001),
];

/** The supervisor listens to a's call, unseen. */
export const MONITORED: readonly Step[] = [
  ...TALKING,
  begun('300', '2050', 'SUPERVISOR_MONITOR', '6003', '9001'),
  step(
    {
      type: 'delivered',
      callId: '300',
      calling: party('2050'),
      alerting: party('2050'),
      called: party('2001'),
      skillGroup: null,
      original: '100',
      cause: 'SUPERVISOR_MONITOR',
      data: {},
    },
    { 2050: 'ALERTING' },
  ),
  established('300', '2050', '2050', { 2050: 'CONNECT' }),
];

export const BARGED: readonly Step[] = [
  ...MONITORED,
  connectionCleared('300', '2050', { 2050: 'NULL' }),
  cleared('300', { 2050: 'NULL' }),
  ended('300', '2050'),
  begun('100', '2050', 'BARGE_IN_CONSULT', '6003', '9001'),
  conferenced(
    '100',
    null,
    '2001',
    '2050',
    ['9001', '2001', '2050'],
    { 2001: 'CONNECT', 2050: 'CONNECT' },
    'SUPERVISOR_BARGE_IN',
  ),
  dataUpdated('100', '2001', { callType: 'CONFERENCE' }),
  dataUpdated('100', '2050', { callType: 'BARGE_IN_CONSULT' }),
  agentIs('s', 'TALKING', '2050'),
];

/** The agent adds b to the call that the supervisor has barged into. */
export const ADDED_AFTER_BARGE: readonly Step[] = [
  ...BARGED,
  held('100', '2001', { 2001: 'HOLD', 2050: 'CONNECT' }),
  begun('101', '2001', 'CONSULT', '2002', '2001'),
  initiated('101', '2001'),
  originated('101', '2001', '2002'),
  begun('101', '2002', 'CONSULT_OFFERED', '2002', '2001'),
  delivered('101', '2001', '2002', { 2001: 'CONNECT', 2002: 'ALERTING' }),
  established('101', '2001', '2002', { 2001: 'CONNECT', 2002: 'CONNECT' }),
  agentIs('b', 'TALKING', '2002'),
  conferenced('100', '101', '2001', '2002', ['9001', '2001', '2050', '2002'], {
    2001: 'CONNECT',
    2050: 'CONNECT',
    2002: 'CONNECT',
  }),
  dataUpdated('100', '2001', { callType: 'CONFERENCE' }),
  dataUpdated('100', '2050', { callType: 'BARGE_IN_CONSULT' }),
  dataUpdated('101', '2002', { newCallId: '100', newDevice: '2002', callType: 'CONFERENCE' }),
  ended('101', '2001'),
  ended('101', '2002'),
];

export const SCENARIOS: Readonly<Record<string, readonly Step[]>> = {
  RINGING,
  TALKING,
  HELD_AND_BACK,
  WITHOUT_WRAP_UP,
  INTO_WRAP_UP,
  WRAP_UP_DONE,
  CONSULT_RINGING,
  CONSULTING,
  TRANSFERRED,
  CONFERENCE,
  CONTROLLER_LEAVES,
  SINGLE_STEP,
  OUTGOING,
  BUSY,
  NOT_ANSWERED,
  MONITORED,
  BARGED,
  ADDED_AFTER_BARGE,
};
