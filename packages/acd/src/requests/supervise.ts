import { FailureStatus, type Fields, ServiceMask, SupervisoryAction } from '@poise/ged188';
import type { AgentView, Failure } from '../agent-model.ts';
import { connectionFields, lineFields } from '../call-fields.ts';
import type { CallRequest } from '../calls/call-request.ts';
import { type CtiClient, hasService } from '../client.ts';
import type { ContactCentre } from '../contact-centre.ts';
import { connectionOf, controlled, number, string } from './connection.ts';
import {
  type Answer,
  agentNamed,
  CONTROL,
  control,
  phoneOf,
  type RequestTable,
  status,
  text,
} from './request.ts';
import { desktopsOf } from './user-message.ts';

/** Supervisors in calls, and agents who call for one. */

type Action = Extract<CallRequest, { type: 'supervise' }>['action'];

const ACTIONS: ReadonlyMap<number, Action> = new Map([
  [SupervisoryAction.CLEAR, 'clear'],
  [SupervisoryAction.MONITOR, 'monitor'],
  [SupervisoryAction.WHISPER, 'whisper'],
  [SupervisoryAction.BARGE_IN, 'bargeIn'],
  [SupervisoryAction.INTERCEPT, 'intercept'],
]);
const LISTENING: readonly Action[] = ['monitor', 'whisper'];

export const SUPERVISE_REQUESTS: RequestTable = {
  SUPERVISE_CALL_REQ: (centre, client, fields, invokeId) => {
    const action = ACTIONS.get(number(fields.SupervisoryAction) ?? -1);
    if (action === undefined) return status(FailureStatus.INVALID_SUPERVISORY_ACTION);
    const supervisorDevice = supervisorDeviceOf(centre, client, fields);
    const agentDevice = agentDeviceOf(centre, fields);
    if (supervisorDevice === null || agentDevice === null) return status(FailureStatus.REQUIRED_DATA_MISSING);
    const named = { ...fields, AgentInstrument: undefined };
    const agent = connectionOf(centre, client, { ...named, AgentConnectionDeviceID: agentDevice }, 'Agent');
    if ('kind' in agent) return agent;
    const supervisorConnection = { ...named, SupervisorConnectionDeviceID: supervisorDevice };
    const supervisor = connectionOf(centre, client, supervisorConnection, 'Supervisor');
    if ('kind' in supervisor) return supervisor;
    const refusal = action === 'clear' ? null : refusalOf(centre, supervisorDevice, agentDevice);
    if (refusal) return refusal;
    const request = { type: 'supervise', action, agent, supervisor } as const;
    return controlled(centre, client, invokeId, supervisorDevice, request, ({ connection }) => {
      if (connection && LISTENING.includes(action)) centre.supervisions.begin(connection.callId, agentDevice);
      return { conf: 'SUPERVISE_CALL_CONF', fields: connectionFields('Connection', connection ?? null) };
    });
  },

  SUPERVISOR_ASSIST_REQ: (centre, client, fields, invokeId) =>
    callForHelp(centre, client, fields, invokeId, 'assist', () => {}),

  EMERGENCY_CALL_REQ: (centre, client, fields, invokeId) =>
    callForHelp(centre, client, fields, invokeId, 'emergency', (agent, connection) => {
      const event = {
        name: 'EMERGENCY_CALL_EVENT',
        fields: {
          PeripheralID: centre.dialect.peripheralId,
          ...connectionFields('Connection', connection),
          ClientID: client.clientId,
          AgentExtension: agent.instrument ?? undefined,
          AgentID: Buffer.byteLength(agent.profile.loginId) < 12 ? agent.profile.loginId : undefined,
          AgentInstrument: agent.instrument ?? undefined,
        },
      } as const;
      const supervisors = centre.model.roster.supervisors(agent.profile.teamId ?? -1);
      const desktops = new Set(
        desktopsOf(
          centre,
          supervisors.map(({ loginId }) => loginId),
        ),
      );
      const wants = (candidate: CtiClient) =>
        hasService(candidate, ServiceMask.SUPERVISOR) &&
        (hasService(candidate, ServiceMask.ALL_EVENTS) || desktops.has(candidate));
      centre.router.broadcast(event, wants);
    }),
};

/** SupervisorInstrument (required of a bridge), the supervisor's connection, or the session's own phone. */
function supervisorDeviceOf(centre: ContactCentre, client: CtiClient, fields: Fields): string | null {
  return (
    phoneOf(string(fields.SupervisorInstrument)) ??
    string(fields.SupervisorConnectionDeviceID) ??
    centre.boundDevice(client)
  );
}

function agentDeviceOf(centre: ContactCentre, fields: Fields): string | null {
  const device =
    string(fields.AgentConnectionDeviceID) ??
    phoneOf(string(fields.AgentInstrument)) ??
    string(fields.AgentExtension);
  return device ?? agentNamed(centre, { AgentID: string(fields.AgentID) ?? '' })?.instrument ?? null;
}

/** Only a supervisor of the agent's team may listen in; whoever starts it must be signed in, and not oneself. */
function refusalOf({ model }: ContactCentre, supervisorDevice: string, agentDevice: string): Failure | null {
  const supervisor = model.agentOn(supervisorDevice);
  const agent = model.agentOn(agentDevice);
  if (!supervisor || supervisor.profile.supervisorOf.length === 0)
    return status(FailureStatus.SUPERVISOR_NOT_FOUND);
  if (!agent) return status(FailureStatus.AGENT_NOT_LOGGED_ON);
  const team = agent.profile.teamId;
  const own = team !== null && supervisor.profile.supervisorOf.includes(team);
  return own && supervisorDevice !== agentDevice ? null : control(CONTROL.PRIVILEGE_VIOLATION);
}

/**
 * SUPERVISOR_ASSIST and EMERGENCY_CALL: a call to a supervisor of the agent's team who is signed in; with a
 * connection it is a consultation, so that the caller waits.
 */
function callForHelp(
  centre: ContactCentre,
  client: CtiClient,
  fields: Fields,
  invokeId: number,
  kind: 'assist' | 'emergency',
  told: (agent: AgentView, connection: { callId: number; device: string } | null) => void,
): Answer {
  const named = agentNamed(centre, {
    AgentInstrument: string(fields.AgentInstrument) ?? '',
    AgentExtension: string(fields.AgentExtension) ?? '',
    AgentID: string(fields.AgentID) ?? '',
  });
  const agent =
    named ?? centre.model.agentOn(text(string(fields.ConnectionDeviceID)) ?? '') ?? centre.boundAgent(client);
  if (!agent) return status(FailureStatus.REQUIRED_DATA_MISSING);
  const device = agent.instrument;
  if (device === null) return status(FailureStatus.AGENT_NOT_LOGGED_ON);
  const supervisor = supervisorFor(centre, agent);
  if (supervisor === null) return status(FailureStatus.SUPERVISOR_NOT_FOUND);
  const active = connectionOf(centre, client, { ...fields, ConnectionDeviceID: device });
  if ('kind' in active) return active;
  const common = { dialed: supervisor, data: {}, help: kind } as const;
  const request: CallRequest =
    active.callId === null
      ? { type: 'make', device, belligerent: true, ...common }
      : { type: 'consult', active, purpose: 'unspecified', ...common };
  return controlled(centre, client, invokeId, device, request, ({ connection, call }) => {
    told(agent, connection ?? null);
    return {
      conf: kind === 'assist' ? 'SUPERVISOR_ASSIST_CONF' : 'EMERGENCY_CALL_CONF',
      fields: {
        ...connectionFields('Connection', connection ?? null),
        ...lineFields('station', call?.type ?? 'ASSIST'),
      },
    };
  });
}

/** Phone of a supervisor of the agent's team, one without a call before one with. */
function supervisorFor({ model, calls }: ContactCentre, { profile }: AgentView): string | null {
  const phones = model.roster
    .supervisors(profile.teamId ?? -1)
    .filter(({ loginId }) => loginId !== profile.loginId)
    .flatMap(({ loginId }) => model.agent(loginId)?.instrument ?? []);
  return phones.find((phone) => calls.callsAt(phone).length === 0) ?? phones[0] ?? null;
}
