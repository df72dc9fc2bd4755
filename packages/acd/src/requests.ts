import {
  AgentState,
  CallControlMask,
  ClassOfDevice,
  type CtiMessage,
  FailureStatus,
  type Fields,
  type FieldsOf,
  ForcedFlag,
  LineType,
  MessageDistribution,
  type MessageName,
  TransferConferenceSetup,
  TypeOfDevice,
} from '@poise/ged188';
import { agentStateConf, VOICE_MRD } from './agent-event.ts';
import type { AgentView, Failure, RequestedState } from './agent-model.ts';
import type { CtiClient } from './client.ts';
import { configurationKeys, upload } from './configuration.ts';
import type { ContactCentre } from './contact-centre.ts';
import { deskSettingsConf, deskSettingsOf } from './desk-settings.ts';
import { isOwnPeripheral } from './open-request.ts';

/**
 * What each request of a client does, as a table; the session has already refused requests whose service it was
 * not granted. Every request gets exactly one answer (LIST_AGENT_TEAM
 * several parts of one); what is not in the table is answered with FAILURE_CONF 12.
 */

/** Answer to a request, without the InvokeID that the caller adds; `later` answers by itself. */
type Answer = { readonly conf: MessageName; readonly fields?: Fields } | Failure | 'later' | 'none';
type Handler<Name extends MessageName> = (
  centre: ContactCentre,
  client: CtiClient,
  fields: FieldsOf<Name> & Fields,
  invokeId: number,
) => Answer;
interface Row<Name extends MessageName> {
  readonly handle: Handler<Name>;
}
type Table = { readonly [Name in MessageName]?: Row<Name> };

const TEAMS_PER_SEGMENT = 64;
const NULL_ID = 0xffffffff;
const CF_VALUE_OUT_OF_RANGE = 3;
const CF_INVALID_DEVICE = 12;
const CF_INVALID_CONNECTION = 13;
const CF_INVALID_FEATURE = 15;
const CF_INVALID_AGENT_ID = 256;
const CALL_VARIABLES_KNOWN = 0x3ff;

const status = (code: number): Failure => ({ kind: 'status', status: code });
const control = (code: number, peripheral = 0): Failure => ({ kind: 'control', code, peripheral });

const REQUESTED: ReadonlyMap<number, RequestedState> = new Map([
  [AgentState.LOGIN, 'LOGIN'],
  [AgentState.LOGOUT, 'LOGOUT'],
  [AgentState.NOT_READY, 'NOT_READY'],
  [AgentState.AVAILABLE, 'AVAILABLE'],
  [AgentState.WORK_NOT_READY, 'WORK_NOT_READY'],
  [AgentState.WORK_READY, 'WORK_READY'],
]);
const WORK_MODE_MAX = 4;

const TABLE: Table = {
  SET_AGENT_STATE_REQ: {
    handle: (centre, client, fields, invokeId) => {
      const state = REQUESTED.get(Number(fields.AgentState));
      if (state === undefined) return control(CF_VALUE_OUT_OF_RANGE);
      const authenticateOnly = fields.ForcedFlag === ForcedFlag.AUTHENTICATE_ONLY && state === 'LOGIN';
      if (authenticateOnly && !centre.dialect.authenticateOnly) return control(CF_VALUE_OUT_OF_RANGE);
      if (Number(fields.AgentWorkMode) > WORK_MODE_MAX) return status(FailureStatus.INVALID_AGENT_WORK_MODE);
      return centre.setAgentState(client, invokeId, {
        state,
        agentId: text(fields.AgentID) ?? text(fields.AgentIDLong),
        instrument: fields.AgentInstrument,
        password: fields.AgentPassword,
        sso: fields.SSOEnabled === 1,
        reason: Number(fields.EventReasonCode),
        authenticateOnly,
        forced: fields.ForcedFlag === ForcedFlag.TRUE,
        supervisorId: text(fields.SupervisorID),
        workMode: Number(fields.AgentWorkMode),
      });
    },
  },

  QUERY_AGENT_STATE_REQ: {
    handle: ({ model, dialect }, client, fields) => {
      const mrd = Number(fields.MRDID);
      if (mrd !== VOICE_MRD && mrd !== 0 && mrd !== -1) return status(FailureStatus.INVALID_MR_DOMAIN);
      const agentId = text(fields.AgentID);
      const target = Number(fields.ICMAgentID ?? 0);
      const phone = text(fields.AgentInstrument) ?? text(fields.AgentExtension);
      let agent: AgentView | undefined;
      if (agentId !== undefined) agent = model.agent(agentId);
      else if (target > 0) agent = model.agentBySkillTarget(target);
      else if (phone !== undefined) {
        agent = model.agentOn(phone);
        if (!agent) return status(FailureStatus.AGENT_NOT_LOGGED_ON);
      } else if (client.binding) agent = boundAgent(model, client);
      else return status(FailureStatus.REQUIRED_DATA_MISSING);
      if (!agent) return control(CF_INVALID_AGENT_ID);
      return { conf: 'QUERY_AGENT_STATE_CONF', fields: agentStateConf(agent, dialect, model.roster) };
    },
  },

  SNAPSHOT_DEVICE_REQ: {
    handle: ({ model }, _client, fields) =>
      model.roster.hasDevice(fields.AgentInstrument ?? '')
        ? { conf: 'SNAPSHOT_DEVICE_CONF', fields: { NumCalls: 0 } }
        : control(CF_INVALID_DEVICE),
  },

  QUERY_DEVICE_INFO_REQ: {
    handle: ({ model, dialect }, _client, fields) =>
      model.roster.hasDevice(fields.AgentInstrument ?? '')
        ? { conf: 'QUERY_DEVICE_INFO_CONF', fields: { PeripheralType: dialect.peripheralType, ...PHONE } }
        : control(CF_INVALID_DEVICE),
  },

  AGENT_DESK_SETTINGS_REQ: {
    handle: ({ model, dialect }, client, fields) => {
      const id = text(fields.AgentID);
      if (id === undefined && !client.binding) return status(FailureStatus.REQUIRED_DATA_MISSING);
      const agent = id === undefined ? boundAgent(model, client) : model.agent(id);
      if (!agent) return status(FailureStatus.INVALID_AGENT_DATA);
      const settings = deskSettingsOf(model.roster.team(agent.profile.teamId));
      return { conf: 'AGENT_DESK_SETTINGS_CONF', fields: deskSettingsConf(settings, dialect.peripheralId) };
    },
  },

  LIST_AGENT_TEAM_REQ: {
    handle: ({ model }, client, fields, invokeId) => {
      const supervisor = model.roster.agentBySkillTarget(Number(fields.SupervisorID));
      if (!supervisor || supervisor.supervisorOf.length === 0)
        return status(FailureStatus.SUPERVISOR_NOT_FOUND);
      const teams = supervisor.supervisorOf;
      for (let i = 0, segment = 1; i < teams.length; i += TEAMS_PER_SEGMENT, segment++) {
        const part = teams.slice(i, i + TEAMS_PER_SEGMENT);
        client.send({
          name: 'LIST_AGENT_TEAM_CONF',
          fields: {
            InvokeID: invokeId,
            NumberOfAgentTeams: part.length,
            SegmentNumber: segment,
            More: i + TEAMS_PER_SEGMENT < teams.length ? 1 : 0,
            teams: part.map((TeamID) => ({ TeamID })),
          },
        });
      }
      return 'later';
    },
  },

  MONITOR_AGENT_TEAM_START_REQ: {
    handle: ({ model, router }, client, fields) => {
      const team = model.roster.team(Number(fields.TeamID));
      if (!team) return status(FailureStatus.TEAM_NOT_FOUND);
      const monitor = router.startMonitor(client, 'team', team.id, client.agentStateMask);
      if (typeof monitor === 'number') return status(monitor);
      return { conf: 'MONITOR_AGENT_TEAM_START_CONF', fields: { MonitorID: monitor.id } };
    },
  },
  MONITOR_AGENT_TEAM_STOP_REQ: {
    handle: ({ router }, client, fields) => {
      const monitor = router.monitor(client, Number(fields.MonitorID), 'team');
      if (!monitor) return status(FailureStatus.INVALID_MONITORID);
      router.stopMonitor(monitor);
      return { conf: 'MONITOR_AGENT_TEAM_STOP_CONF' };
    },
  },

  MONITOR_START_REQ: {
    handle: ({ model, router }, client, fields) => {
      const device = text(fields.MonitoredDeviceID);
      if (device === undefined) return status(FailureStatus.INVALID_CALLID);
      if (!model.roster.hasDevice(device)) return status(FailureStatus.INVALID_DEVICE);
      const monitor = router.startMonitor(client, 'device', device, Number(fields.AgentStateMask));
      if (typeof monitor === 'number') return status(monitor);
      return { conf: 'MONITOR_START_CONF', fields: { MonitorID: monitor.id } };
    },
  },
  MONITOR_STOP_REQ: {
    handle: ({ router }, client, fields) => {
      const monitor = router.monitor(client, Number(fields.MonitorID), 'device');
      if (!monitor) return status(FailureStatus.INVALID_MONITORID);
      router.stopMonitor(monitor);
      return { conf: 'MONITOR_STOP_CONF' };
    },
  },
  CHANGE_MONITOR_MASK_REQ: {
    handle: ({ router }, client, fields) => {
      const monitor = router.monitor(client, Number(fields.MonitorID), 'device');
      if (!monitor) return status(FailureStatus.INVALID_MONITORID);
      monitor.agentStateMask = Number(fields.AgentStateMask);
      return { conf: 'CHANGE_MONITOR_MASK_CONF' };
    },
  },

  REGISTER_VARIABLES_REQ: {
    handle: (_centre, _client, fields) =>
      (Number(fields.CallVariableMask) & ~CALL_VARIABLES_KNOWN) !== 0
        ? status(FailureStatus.INVALID_CALL_VARIABLE_MASK)
        : { conf: 'REGISTER_VARIABLES_CONF' },
  },

  CLIENT_EVENT_REPORT_REQ: { handle: () => ({ conf: 'CLIENT_EVENT_REPORT_CONF' }) },

  USER_MESSAGE_REQ: {
    handle: (centre, client, fields) => {
      const recipients = recipientsOf(centre, client, fields);
      if (typeof recipients === 'number') return status(recipients);
      const event: CtiMessage = {
        name: 'USER_MESSAGE_EVENT',
        fields: {
          ICMCentralControllerTime: centre.time(),
          Distribution: Number(fields.Distribution),
          ClientID: client.clientId,
          Text: fields.Text,
        },
      };
      for (const recipient of recipients) recipient.send(event);
      return { conf: 'USER_MESSAGE_CONF' };
    },
  },

  // Configuration requests carry no InvokeID and are answered with events.
  CONFIG_REQUEST_KEY_EVENT: {
    handle: (centre, client) => {
      client.send(configurationKeys(client.version, centre.configuration()));
      return 'none';
    },
  },
  CONFIG_REQUEST_EVENT: {
    handle: (centre, client, fields) => {
      const updates = fields.ConfigMsgMask === undefined ? undefined : Number(fields.ConfigMsgMask);
      centre.wantsUpdates(client, updates);
      client.stream(upload(Number(fields.ConfigInformation), client.version, centre.configuration()));
      return 'none';
    },
  },
};

/** The phone as QUERY_DEVICE_INFO_CONF describes it. */
const PHONE: Fields = {
  TypeOfDevice: TypeOfDevice.STATION,
  ClassOfDevice: ClassOfDevice.VOICE,
  NumLines: 1,
  Reserved: 0,
  MaxActiveCalls: 1,
  MaxHeldCalls: 1,
  MaxDevicesInConference: 16,
  MakeCallSetup: 0,
  TransferConferenceSetup: TransferConferenceSetup.CONF_SETUP_CONSULT_SPECIFIC,
  CallEventsSupported: 0,
  CallControlSupported:
    CallControlMask.QUERY_AGENT_STATE |
    CallControlMask.SET_AGENT_STATE |
    CallControlMask.QUERY_DEVICE_INFO |
    CallControlMask.SNAPSHOT_CALL |
    CallControlMask.SNAPSHOT_DEVICE,
  OtherFeaturesSupported: 0,
  lines: [{ LineHandle: 0, LineType: LineType.UNKNOWN }],
};

/** Requests about calls: there is no call, and nothing that could make one. The call model replaces these rows. */
const WITHOUT_CALLS: Readonly<Partial<Record<MessageName, Failure>>> = {
  ...each(
    [
      'ALTERNATE_CALL_REQ',
      'ANSWER_CALL_REQ',
      'CLEAR_CALL_REQ',
      'CLEAR_CONNECTION_REQ',
      'CONFERENCE_CALL_REQ',
      'CONSULTATION_CALL_REQ',
      'DEFLECT_CALL_REQ',
      'HOLD_CALL_REQ',
      'RECONNECT_CALL_REQ',
      'RETRIEVE_CALL_REQ',
      'SEND_DTMF_SIGNAL_REQ',
      'SNAPSHOT_CALL_REQ',
      'SUPERVISE_CALL_REQ',
      'TRANSFER_CALL_REQ',
      'BAD_CALL_REQ',
    ],
    control(CF_INVALID_CONNECTION),
  ),
  ...each(
    [
      'MAKE_CALL_REQ',
      'MAKE_PREDICTIVE_CALL_REQ',
      'SUPERVISOR_ASSIST_REQ',
      'EMERGENCY_CALL_REQ',
      'AGENT_GREETING_CONTROL_REQ',
    ],
    control(CF_INVALID_FEATURE),
  ),
  ...each(['SET_CALL_DATA_REQ', 'RELEASE_CALL_REQ'], status(FailureStatus.INVALID_CALLID)),
};

function each(names: readonly MessageName[], failure: Failure): Partial<Record<MessageName, Failure>> {
  return Object.fromEntries(names.map((name) => [name, failure]));
}

/** Answers one request of an open session. */
export function answer(centre: ContactCentre, client: CtiClient, request: CtiMessage): void {
  const name = request.name as MessageName;
  const fields = request.fields;
  const invokeId = typeof fields.InvokeID === 'number' ? fields.InvokeID : null;
  const result = resultOf(centre, client, name, fields, invokeId ?? 0);
  if (result === 'later' || result === 'none' || invokeId === null) return;
  sendAnswer(client, invokeId, result);
}

function resultOf(
  centre: ContactCentre,
  client: CtiClient,
  name: MessageName,
  fields: Fields,
  invokeId: number,
): Answer {
  const peripheral = fields.PeripheralID;
  if (
    typeof peripheral === 'number' &&
    peripheral !== NULL_ID &&
    !isOwnPeripheral(peripheral, centre.dialect)
  ) {
    return status(FailureStatus.INVALID_PERIPHERAL_ID);
  }
  const withoutCalls = WITHOUT_CALLS[name];
  if (withoutCalls) return withoutCalls;
  const row = TABLE[name] as Row<MessageName> | undefined;
  if (!row) return status(FailureStatus.FUNCTION_NOT_AVAILABLE);
  return row.handle(centre, client, fields as never, invokeId);
}

/** Sends a confirmation or a refusal. */
export function sendAnswer(
  client: CtiClient,
  invokeId: number,
  result: Exclude<Answer, 'later' | 'none'>,
): void {
  if ('conf' in result) client.send({ name: result.conf, fields: { InvokeID: invokeId, ...result.fields } });
  else if (result.kind === 'status')
    client.send({ name: 'FAILURE_CONF', fields: { InvokeID: invokeId, Status: result.status } });
  else {
    client.send({
      name: 'CONTROL_FAILURE_CONF',
      fields: { InvokeID: invokeId, FailureCode: result.code, PeripheralErrorCode: result.peripheral },
    });
  }
}

function boundAgent(model: ContactCentre['model'], { binding }: CtiClient): AgentView | undefined {
  if (binding?.agentId != null) return model.agent(binding.agentId);
  return binding?.instrument == null ? undefined : model.agentOn(binding.instrument);
}

/** @returns who gets a user message, or the FailureStatus of the refusal */
function recipientsOf(
  { model, router }: ContactCentre,
  sender: CtiClient,
  fields: FieldsOf<'USER_MESSAGE_REQ'>,
): Iterable<CtiClient> | number {
  const own = boundAgent(model, sender)?.profile;
  switch (Number(fields.Distribution)) {
    case MessageDistribution.ALL:
      return [...router.clients].filter((client) => client !== sender);
    case MessageDistribution.CLIENT: {
      const clientId = text(fields.ClientID);
      const named =
        clientId !== undefined
          ? [...router.clients].find((client) => client.clientId === clientId)
          : router.holder({
              agentId: text(fields.AgentID) ?? null,
              instrument: text(fields.AgentInstrument) ?? text(fields.AgentExtension) ?? null,
            });
      return named ? [named] : FailureStatus.CLIENT_NOT_FOUND;
    }
    case MessageDistribution.SUPERVISOR: {
      const supervisors = own?.teamId == null ? [] : model.roster.supervisors(own.teamId);
      if (supervisors.length === 0) return FailureStatus.SUPERVISOR_NOT_FOUND;
      return desktopsOf(
        model,
        router,
        supervisors.map((agent) => agent.loginId),
      );
    }
    case MessageDistribution.TEAM: {
      if (own?.teamId == null) return FailureStatus.TEAM_NOT_FOUND;
      const members = model.roster.members(own.teamId).map((agent) => agent.loginId);
      return desktopsOf(model, router, members).filter((client) => client !== sender);
    }
    default:
      return FailureStatus.INVALID_DISTRIBUTION_TYPE;
  }
}

function desktopsOf(
  model: ContactCentre['model'],
  router: ContactCentre['router'],
  loginIds: readonly string[],
): CtiClient[] {
  return loginIds.flatMap((id) => router.desktopOf(id, model.agent(id)?.instrument ?? null) ?? []);
}

/** An empty text counts as absent. */
function text(value: string | undefined): string | undefined {
  return value === '' ? undefined : value;
}
