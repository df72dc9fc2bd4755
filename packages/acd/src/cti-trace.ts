import {
  AgentState,
  type CtiMessage,
  formatMessage,
  type PrintedMask,
  traceAgentEvent as shortForm,
} from '@poise/ged188';
import type { AcdTeam } from './directory.ts';

/**
 * The CTI trace: each AGENT_STATE_EVENT in a long form (the message as text, with the buttons the agent may
 * use) and a short one (four lines). Passwords are never printed.
 */

/** Protocol version whose fields the long form prints. */
const TRACE_VERSION = 18;

/** Which requests are possible in a state, as the long form names them. */
const AGENT_BUTTONS = {
  Login: 0x0100_0000,
  Logout: 0x0200_0000,
  NotRdy: 0x0400_0000,
  Avail: 0x0800_0000,
} as const;
const CALL_BUTTONS = { MC: 0x0100_0000, Emerg: 0x2000_0000 } as const;
const FUNCTIONS = { LogoutCodeReq: 0x08, NotRdyCodeReq: 0x10, WrapDataReq: 0x20 } as const;

const BUTTONS: ReadonlyMap<
  number,
  { agent: readonly (keyof typeof AGENT_BUTTONS)[]; call: readonly (keyof typeof CALL_BUTTONS)[] }
> = new Map([
  [AgentState.LOGOUT, { agent: ['Login'], call: [] }],
  [AgentState.NOT_READY, { agent: ['Logout', 'Avail'], call: ['MC', 'Emerg'] }],
  [AgentState.AVAILABLE, { agent: ['NotRdy'], call: ['Emerg'] }],
  [AgentState.RESERVED, { agent: [], call: [] }],
  [AgentState.TALKING, { agent: ['NotRdy', 'Avail'], call: ['Emerg'] }],
  [AgentState.HOLD, { agent: ['NotRdy', 'Avail'], call: ['MC', 'Emerg'] }],
  [AgentState.WORK_NOT_READY, { agent: ['NotRdy', 'Avail'], call: ['MC', 'Emerg'] }],
  [AgentState.WORK_READY, { agent: ['NotRdy', 'Avail'], call: ['MC', 'Emerg'] }],
]);

/** The lines of one event; team settings decide which data the buttons ask for. */
export function traceAgentEvent(event: CtiMessage, team: AcdTeam | undefined): string[] {
  return [...shortForm(event), longForm(event, team)];
}

function longForm(event: CtiMessage, team: AcdTeam | undefined): string {
  const { fields } = event;
  const buttons = BUTTONS.get(Number(fields.AgentState)) ?? { agent: [], call: [] };
  const functions: (keyof typeof FUNCTIONS)[] = [];
  if (team?.logoutReasonRequired) functions.push('LogoutCodeReq');
  if (team?.notReadyReasonRequired) functions.push('NotRdyCodeReq');
  if (team?.wrapUpOnIncoming?.startsWith('REQUIRED')) functions.push('WrapDataReq');
  return formatMessage(event, TRACE_VERSION, {
    RemaskNumMasks: 1,
    RemaskInstrument: String(fields.AgentInstrument ?? fields.AgentExtension ?? ''),
    RemaskExtension: String(fields.AgentExtension ?? ''),
    RemaskCallId: 0xffffffff,
    RemaskFunctionFlag: mask(FUNCTIONS, functions, 2),
    RemaskCallMask: mask(CALL_BUTTONS, buttons.call, 8),
    RemaskAgentMask: mask(AGENT_BUTTONS, buttons.agent, 8),
  });
}

function mask<Name extends string>(
  bits: Readonly<Record<Name, number>>,
  names: readonly Name[],
  digits: number,
): PrintedMask {
  return { value: names.reduce((sum, name) => sum | bits[name], 0), names, digits };
}
