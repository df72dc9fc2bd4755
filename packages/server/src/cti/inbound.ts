/** What a decoded message of the CTI server means for us. Pure; unknown or odd messages mean nothing. */
import {
  CallDirection,
  type CtiMessage,
  enumName,
  FailureStatus,
  type Fields,
  AgentState as WireState,
} from '@poise/ged188';
import type { AgentState } from '../domain/agent-state.ts';
import type { CallDirection as AgentCallDirection, AgentEvent } from '../domain/agents.ts';
import type { CtiRefusal } from '../domain/errors.ts';
import { VOICE_MRD } from './agent-messages.ts';
import { group, number, text } from './fields.ts';
import type { ToldAgent } from './requests.ts';
import { type StateTime, sinceOf } from './state-times.ts';

/** The same words in our language. */
export type Inbound =
  | {
      readonly type: 'agentState';
      readonly agentId: string;
      /** ICMAgentID; undefined: not said. */
      readonly skillTargetId: number | undefined;
      readonly event: Extract<AgentEvent, { type: 'state' }>;
    }
  /** An agent's state changed into one that GED-188 does not have. */
  | { readonly type: 'strangeState'; readonly agentId: string; readonly state: number }
  /** Any confirmation; what else it says is for whoever asked. */
  | { readonly type: 'confirmed'; readonly invokeId: number }
  | {
      readonly type: 'agentQueried';
      readonly invokeId: number;
      readonly told: ToldAgent;
    }
  /** `refusal.code` is a control failure; `session` is the FailureStatus it was made from, if any. */
  | {
      readonly type: 'refused';
      readonly invokeId: number;
      readonly refusal: CtiRefusal;
      readonly session?: number;
    }
  | { readonly type: 'configured'; readonly status: number }
  /** The list of a team, or a change of it. */
  | { readonly type: 'stateTimes'; readonly times: readonly StateTime[] };

/** Finesse's words for the states of GED-188 (ged188.md 14). Nonvoice states mean nothing for voice. */
const STATES: Readonly<Record<number, AgentState>> = {
  [WireState.LOGIN]: 'NOT_READY',
  [WireState.LOGOUT]: 'LOGOUT',
  [WireState.NOT_READY]: 'NOT_READY',
  [WireState.AVAILABLE]: 'READY',
  [WireState.TALKING]: 'TALKING',
  [WireState.WORK_NOT_READY]: 'WORK',
  [WireState.WORK_READY]: 'WORK_READY',
  [WireState.RESERVED]: 'RESERVED',
  [WireState.UNKNOWN]: 'UNKNOWN',
  [WireState.HOLD]: 'HOLD',
};

const RESERVED_BY_DIRECTION: Readonly<Record<number, AgentState>> = {
  [CallDirection.OUTBOUND_RESERVE]: 'RESERVED_OUTBOUND',
  [CallDirection.OUTBOUND_PREDICTIVE]: 'RESERVED_OUTBOUND',
  [CallDirection.OUTBOUND_PREVIEW]: 'RESERVED_OUTBOUND_PREVIEW',
};

/** Others, and none at all, say nothing. */
const DIRECTIONS: Readonly<Record<number, AgentCallDirection>> = {
  [CallDirection.IN]: 'IN',
  [CallDirection.OUT]: 'OUT',
  [CallDirection.OTHER_IN]: 'OTHER_IN',
  [CallDirection.OTHER_OUT]: 'OTHER_OUT',
  [CallDirection.OUTBOUND_RESERVE]: 'OUTBOUND',
  [CallDirection.OUTBOUND_PREVIEW]: 'OUTBOUND',
  [CallDirection.OUTBOUND_PREDICTIVE]: 'OUTBOUND',
};

export interface InboundContext {
  /** Wall ms. */
  readonly now: number;
}

export function readInbound(message: CtiMessage, context: InboundContext): Inbound | null {
  const { fields } = message;
  switch (message.name) {
    case 'AGENT_STATE_EVENT':
      return agentStateEvent(fields, context);
    case 'QUERY_AGENT_STATE_CONF':
      return {
        type: 'agentQueried',
        invokeId: number(fields, 'InvokeID'),
        told: {
          agentId: text(fields, 'AgentIDLong') ?? text(fields, 'AgentID'),
          skillTargetId: skillTargetIdOf(fields),
          snapshot: {
            type: 'snapshot',
            state: stateOf(number(fields, 'AgentState'), 0) ?? 'UNKNOWN',
            extension: extensionOf(fields),
          },
        },
      };
    case 'AGENT_TEAM_CONFIG_EVENT':
      return {
        type: 'stateTimes',
        times: group(fields, 'agents').flatMap((agent) => stateTime(agent, context)),
      };
    case 'CONTROL_FAILURE_CONF':
      return { type: 'refused', invokeId: number(fields, 'InvokeID'), refusal: controlRefusal(fields) };
    case 'FAILURE_CONF':
      return failureConf(fields);
    case 'CONFIG_END_EVENT':
      return { type: 'configured', status: number(fields, 'ConfigEndStatus') };
    default:
      return message.name.endsWith('_CONF') && typeof fields.InvokeID === 'number'
        ? { type: 'confirmed', invokeId: fields.InvokeID }
        : null;
  }
}

function agentStateEvent(fields: Fields, context: InboundContext): Inbound | null {
  // Events of monitors repeat those of the session; other media have other objects.
  if (
    number(fields, 'MonitorID') !== 0 ||
    (fields.MRDID !== undefined && number(fields, 'MRDID') !== VOICE_MRD)
  )
    return null;
  const agentId = text(fields, 'AgentIDLong') ?? text(fields, 'AgentID');
  const wire = number(fields, 'AgentState');
  const state = stateOf(wire, number(fields, 'Direction'));
  if (agentId === undefined) return null;
  if (state === undefined)
    return enumName('AgentState', wire) === undefined ? { type: 'strangeState', agentId, state: wire } : null;
  const seconds = number(fields, 'StateDuration');
  // It is that of the skill group's state, which may be another one.
  const lasting = seconds > 0 && fields.SkillGroupState === fields.AgentState;
  const next = fields.NextAgentState;
  const pendingState = typeof next === 'number' ? stateOf(next, 0) : undefined;
  return {
    type: 'agentState',
    agentId,
    skillTargetId: skillTargetIdOf(fields),
    event: {
      type: 'state',
      state,
      reasonCode: number(fields, 'EventReasonCode'),
      extension: extensionOf(fields),
      // Only a wish during a call is a pending state; in wrap-up the field names what the timer leads to.
      pendingState: state === 'TALKING' || state === 'HOLD' ? pendingState : undefined,
      direction: DIRECTIONS[number(fields, 'Direction')],
      at: context.now,
      since: lasting ? sinceOf(seconds, context.now) : undefined,
    },
  };
}

function stateTime(agent: Fields, { now }: InboundContext): readonly StateTime[] {
  const agentId = text(agent, 'AtcAgentID');
  const state = stateOf(number(agent, 'AtcAgentState'), 0);
  const seconds = agent.AtcStateDuration;
  if (agentId === undefined || state === undefined || typeof seconds !== 'number') return [];
  // Of agents who were never signed in the duration is 0, too.
  if (state === 'LOGOUT' && seconds === 0) return [];
  return [{ agentId, state, since: sinceOf(seconds, now) }];
}

function failureConf(fields: Fields): Inbound {
  const invokeId = number(fields, 'InvokeID');
  // The guide of version 24 prints the body of CONTROL_FAILURE_CONF here; the codec reads both.
  if (fields.FailureCode !== undefined) return { type: 'refused', invokeId, refusal: controlRefusal(fields) };
  const session = number(fields, 'Status');
  const constant = enumName('FailureStatus', session);
  const said = [constant === undefined ? `status ${session}` : `E_CTI_${constant}`, text(fields, 'Text')];
  const refusal: CtiRefusal = {
    code: CONTROL_FAILURE_FOR[session] ?? 70,
    text: said.filter(Boolean).join(': '),
  };
  return { type: 'refused', invokeId, refusal, session };
}

/** Session failures have numbers of their own (22 means two things); clients know the control failures only. */
const CONTROL_FAILURE_FOR: Readonly<Record<number, number>> = {
  [FailureStatus.AGENT_NOT_LOGGED_ON]: 22,
  [FailureStatus.INVALID_OBJECT_STATE]: 22,
  [FailureStatus.INVALID_CALLID]: 13,
  [FailureStatus.NOT_CALL_PARTY]: 13,
  [FailureStatus.NO_CALL_ACTIVE]: 24,
  [FailureStatus.DEVICE_IN_USE]: 33,
  [FailureStatus.INVALID_PASSWORD]: 257,
  [FailureStatus.TIMEOUT]: 78,
};

function controlRefusal(fields: Fields): CtiRefusal {
  const code = number(fields, 'FailureCode');
  const constant = enumName('ControlFailureCode', code);
  return {
    code,
    constant: constant === undefined ? undefined : `CF_${constant}`,
    peripheralErrorCode: number(fields, 'PeripheralErrorCode'),
    text: text(fields, 'Text'),
  };
}

function stateOf(wire: number, direction: number): AgentState | undefined {
  const state = STATES[wire];
  return state === 'RESERVED' ? (RESERVED_BY_DIRECTION[direction] ?? state) : state;
}

/** Zero and what is negative, or would be in an INT, is nobody's. */
function skillTargetIdOf(fields: Fields): number | undefined {
  const id = number(fields, 'ICMAgentID') | 0;
  return id > 0 ? id : undefined;
}

/** AgentExtension, or the instrument without the number of a mobile agent. */
function extensionOf(fields: Fields): string | undefined {
  const extension = text(fields, 'AgentExtension') ?? text(fields, 'AgentInstrument')?.split(';', 1)[0];
  return extension === '' ? undefined : extension;
}
