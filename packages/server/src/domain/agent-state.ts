/** Agent states and what may be asked of them, as tables (objects.md 2). */
import { DEPLOYMENT_RULES, type Deployment } from './profile.ts';

export const AGENT_STATES = [
  'LOGOUT',
  'NOT_READY',
  'READY',
  'RESERVED',
  'RESERVED_OUTBOUND',
  'RESERVED_OUTBOUND_PREVIEW',
  'TALKING',
  'HOLD',
  'WORK',
  'WORK_READY',
  'UNKNOWN',
] as const;
export type AgentState = (typeof AGENT_STATES)[number];

/** What a client can ask for; LOGIN is an input only. */
export const REQUESTABLE = ['LOGIN', 'LOGOUT', 'READY', 'NOT_READY', 'WORK'] as const;
export type Verb = (typeof REQUESTABLE)[number];

export const isVerb = (word: string): word is Verb => (REQUESTABLE as readonly string[]).includes(word);

/**
 * The regular transitions of CCE and CCX (objects.md 2.2, 2.3). The system behind may move an agent from
 * any state to any other, so the reducer accepts every transition; these serve documentation and tests.
 */
export const REGULAR_TRANSITIONS: Readonly<
  Record<Deployment, ReadonlyArray<readonly [AgentState, AgentState]>>
> = {
  CCE: [
    ['LOGOUT', 'NOT_READY'],
    ['NOT_READY', 'LOGOUT'],
    ['NOT_READY', 'NOT_READY'],
    ['NOT_READY', 'READY'],
    ['NOT_READY', 'TALKING'],
    ['READY', 'NOT_READY'],
    ['READY', 'RESERVED'],
    ['READY', 'RESERVED_OUTBOUND'],
    ['READY', 'RESERVED_OUTBOUND_PREVIEW'],
    ['RESERVED', 'TALKING'],
    ['RESERVED', 'READY'],
    ['RESERVED', 'NOT_READY'],
    ['RESERVED_OUTBOUND', 'READY'],
    ['RESERVED_OUTBOUND', 'NOT_READY'],
    ['RESERVED_OUTBOUND', 'TALKING'],
    ['RESERVED_OUTBOUND_PREVIEW', 'READY'],
    ['RESERVED_OUTBOUND_PREVIEW', 'NOT_READY'],
    ['RESERVED_OUTBOUND_PREVIEW', 'TALKING'],
    ['TALKING', 'HOLD'],
    ['HOLD', 'TALKING'],
    ['TALKING', 'READY'],
    ['TALKING', 'NOT_READY'],
    ['TALKING', 'WORK'],
    ['TALKING', 'WORK_READY'],
    ['HOLD', 'READY'],
    ['HOLD', 'NOT_READY'],
    ['HOLD', 'WORK'],
    ['HOLD', 'WORK_READY'],
    ['WORK', 'READY'],
    ['WORK', 'NOT_READY'],
    ['WORK_READY', 'READY'],
    ['WORK_READY', 'NOT_READY'],
  ],
  CCX: [
    ['LOGOUT', 'NOT_READY'],
    ['NOT_READY', 'LOGOUT'],
    ['NOT_READY', 'NOT_READY'],
    ['NOT_READY', 'READY'],
    ['READY', 'NOT_READY'],
    ['READY', 'LOGOUT'],
    ['READY', 'RESERVED'],
    ['READY', 'RESERVED_OUTBOUND'],
    ['READY', 'RESERVED_OUTBOUND_PREVIEW'],
    ['RESERVED', 'TALKING'],
    ['RESERVED', 'READY'],
    ['RESERVED', 'NOT_READY'],
    ['RESERVED_OUTBOUND', 'READY'],
    ['RESERVED_OUTBOUND', 'NOT_READY'],
    ['RESERVED_OUTBOUND_PREVIEW', 'TALKING'],
    ['TALKING', 'READY'],
    ['TALKING', 'NOT_READY'],
    ['TALKING', 'WORK'],
    ['WORK', 'READY'],
    ['WORK', 'NOT_READY'],
  ],
};

/** During these a wish is recorded as pending and carried out when the call ends. */
export const ON_A_CALL: ReadonlySet<AgentState> = new Set(['TALKING', 'HOLD']);

/** Answer to the question whether a request may go to the CTI server. */
export type Permission =
  | 'forward'
  /** Refused at once (HTTP 400). */
  | 'refuse:invalid-state-word'
  | 'refuse:invalid-state'
  /** Accepted with 202 and then refused by an event. */
  | 'later:signed-out'
  | 'later:work'
  | 'later:reserved-outbound';

const SUPERVISOR_FROM: Readonly<Record<'LOGOUT' | 'READY' | 'NOT_READY', ReadonlySet<AgentState>>> = {
  LOGOUT: new Set(AGENT_STATES.filter((state) => state !== 'LOGOUT' && state !== 'UNKNOWN')),
  READY: new Set(['NOT_READY', 'READY', 'WORK', 'WORK_READY', 'RESERVED_OUTBOUND', 'TALKING', 'HOLD']),
  NOT_READY: new Set(['READY', 'WORK', 'WORK_READY']),
};

/** The question: who asks for what, in which state. `wrapUpOptional`: the agent may ask for wrap-up. */
export interface StateQuestion {
  readonly deployment: Deployment;
  readonly verb: Verb;
  readonly by: 'agent' | 'supervisor';
  readonly from: AgentState;
  readonly wrapUpOptional: boolean;
}

/** Objects.md 2.5 and 2.6 as one function over the tables above. */
export function permission(question: StateQuestion): Permission {
  const { verb, from, by } = question;
  const rules = DEPLOYMENT_RULES[question.deployment];
  if (by === 'supervisor') {
    if (verb === 'LOGIN' || verb === 'WORK') return 'refuse:invalid-state';
    if (from === 'LOGOUT') return verb === 'LOGOUT' ? 'refuse:invalid-state' : 'later:signed-out';
    if (!SUPERVISOR_FROM[verb].has(from)) return 'refuse:invalid-state';
    return 'forward';
  }
  switch (verb) {
    case 'LOGIN':
      return 'forward';
    case 'LOGOUT':
      if (from === 'LOGOUT') return 'refuse:invalid-state';
      return rules.signOutFrom.has(from) || from === 'UNKNOWN' ? 'forward' : 'refuse:invalid-state-word';
    case 'WORK':
      return ON_A_CALL.has(from) && question.wrapUpOptional ? 'forward' : 'later:work';
    case 'READY':
    case 'NOT_READY':
      if (from === 'LOGOUT') return 'later:signed-out';
      if (from.startsWith('RESERVED_OUTBOUND') && !rules.leavesReservedOutbound)
        return 'later:reserved-outbound';
      return 'forward';
  }
}
