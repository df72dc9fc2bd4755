import { FailureStatus } from '@poise/ged188';
import { type RequestTable, status, text } from './request.ts';

/** Teams and monitors: LIST_AGENT_TEAM, and everything that starts or stops a second look at something. */

const TEAMS_PER_SEGMENT = 64;
/** ConnectionCallID of MONITOR_START_REQ when a device is meant; 0xffffffff is read the same way. */
const NO_CALL: readonly number[] = [0, 0xffffffff];

export const MONITOR_REQUESTS: RequestTable = {
  LIST_AGENT_TEAM_REQ: ({ model }, client, fields, invokeId) => {
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

  MONITOR_AGENT_TEAM_START_REQ: ({ model, router }, client, fields) => {
    const team = model.roster.team(Number(fields.TeamID));
    if (!team) return status(FailureStatus.TEAM_NOT_FOUND);
    const monitor = router.startMonitor(client, { kind: 'team', id: team.id }, client);
    if (typeof monitor === 'number') return status(monitor);
    return { conf: 'MONITOR_AGENT_TEAM_START_CONF', fields: { MonitorID: monitor.id } };
  },
  MONITOR_AGENT_TEAM_STOP_REQ: ({ router }, client, fields) => {
    const monitor = router.monitor(client, Number(fields.MonitorID));
    if (monitor?.target.kind !== 'team') return status(FailureStatus.INVALID_MONITORID);
    router.stopMonitor(monitor);
    return { conf: 'MONITOR_AGENT_TEAM_STOP_CONF' };
  },

  MONITOR_START_REQ: ({ model, router, calls }, client, fields) => {
    const masks = { callMsgMask: Number(fields.CallMsgMask), agentStateMask: Number(fields.AgentStateMask) };
    const device = text(fields.MonitoredDeviceID);
    const callId = Number(fields.ConnectionCallID);
    if (device === undefined && (NO_CALL.includes(callId) || !calls.call(callId)))
      return status(FailureStatus.INVALID_CALLID);
    if (device !== undefined && !model.roster.hasDevice(device)) return status(FailureStatus.INVALID_DEVICE);
    const target =
      device === undefined
        ? ({ kind: 'call', id: callId } as const)
        : ({ kind: 'device', id: device } as const);
    const monitor = router.startMonitor(client, target, masks);
    if (typeof monitor === 'number') return status(monitor);
    return { conf: 'MONITOR_START_CONF', fields: { MonitorID: monitor.id } };
  },
  MONITOR_STOP_REQ: ({ router }, client, fields) => {
    const monitor = router.monitor(client, Number(fields.MonitorID));
    if (!monitor || monitor.target.kind === 'team') return status(FailureStatus.INVALID_MONITORID);
    router.stopMonitor(monitor);
    return { conf: 'MONITOR_STOP_CONF' };
  },
  CHANGE_MONITOR_MASK_REQ: ({ router }, client, fields) => {
    const monitor = router.monitor(client, Number(fields.MonitorID));
    if (!monitor || monitor.target.kind === 'team') return status(FailureStatus.INVALID_MONITORID);
    monitor.callMsgMask = Number(fields.CallMsgMask);
    monitor.agentStateMask = Number(fields.AgentStateMask);
    return { conf: 'CHANGE_MONITOR_MASK_CONF' };
  },
};
