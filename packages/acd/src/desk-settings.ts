import { DeskSettingsMask, type Fields, WrapupDataMode } from '@poise/ged188';
import { CALL_SETTINGS, type CallSettings } from './calls/call-settings.ts';
import type { AcdTeam, WrapUpMode } from './directory.ts';

/** Agent desk settings: kept per team; the id of the settings is the id of the team. */

/** Everything but auto-answer and a choice of groups: what a desktop expects to be able to do. */
const ALWAYS =
  DeskSettingsMask.AVAIL_AFTER_INCOMING |
  DeskSettingsMask.AVAIL_AFTER_OUTGOING |
  DeskSettingsMask.SUPERVISOR_CALLS_ALLOWED |
  DeskSettingsMask.AGENT_TO_AGENT_CALLS_ALLOWED |
  DeskSettingsMask.OUTBOUND_ACCESS_INTERNATIONAL |
  DeskSettingsMask.OUTBOUND_ACCESS_PUBLIC_NET |
  DeskSettingsMask.OUTBOUND_ACCESS_PRIVATE_NET |
  DeskSettingsMask.OUTBOUND_ACCESS_OPERATOR_ASSISTED |
  DeskSettingsMask.OUTBOUND_ACCESS_PBX |
  DeskSettingsMask.NON_ACD_CALLS_ALLOWED;

export interface DeskSettings {
  readonly id: number;
  readonly mask: number;
  readonly wrapUpIncoming: number;
  readonly wrapUpOutgoing: number;
  readonly wrapUpSeconds: number;
  readonly ringNoAnswerSeconds: number;
}

/** What the settings of the call model say about every team. */
export type DeskTimes = Pick<CallSettings, 'ringMs' | 'wrapUpSeconds'>;

/** Settings of a team; without a team nothing is demanded and wrap-up is not allowed. */
export function deskSettingsOf(team: AcdTeam | undefined, times: DeskTimes = CALL_SETTINGS): DeskSettings {
  let mask: number = ALWAYS;
  if (team?.notReadyReasonRequired) mask |= DeskSettingsMask.IDLE_REASON_REQUIRED;
  if (team?.logoutReasonRequired) mask |= DeskSettingsMask.LOGOUT_REASON_REQUIRED;
  return {
    id: team?.id ?? 0,
    mask,
    wrapUpIncoming: wrapUpNumber(team?.wrapUpOnIncoming),
    wrapUpOutgoing: wrapUpNumber(team?.wrapUpOnOutgoing),
    wrapUpSeconds: team?.wrapUpTimerSeconds ?? times.wrapUpSeconds,
    ringNoAnswerSeconds: Math.ceil(times.ringMs / 1000),
  };
}

function wrapUpNumber(mode: WrapUpMode | undefined): number {
  return mode === 'REQUIRED_WITH_WRAP_UP_DATA'
    ? WrapupDataMode.REQUIRED_WITH_WRAPUP_DATA
    : WrapupDataMode[mode ?? 'NOT_ALLOWED'];
}

/** The fields of AGENT_DESK_SETTINGS_CONF but InvokeID. */
export function deskSettingsConf(settings: DeskSettings, peripheralId: number): Fields {
  return {
    PeripheralID: peripheralId,
    DeskSettingsMask: settings.mask,
    WrapupDataIncomingMode: settings.wrapUpIncoming,
    WrapupDataOutgoingMode: settings.wrapUpOutgoing,
    LogoutNonActivityTime: 0,
    QualityRecordingRate: 0,
    RingNoAnswerTime: settings.ringNoAnswerSeconds,
    SilentMonitorWarningMessage: 0,
    SilentMonitorAudibleIndication: 0,
    SupervisorAssistCallMethod: 0,
    EmergencyCallMethod: 0,
    AutoRecordOnEmergency: 0,
    RecordingMode: 0,
    WorkModeTimer: settings.wrapUpSeconds,
    RingNoAnswerDN: 0,
  };
}

/** The fields of a CONFIG_AGENT_DESK_SETTINGS_EVENT record but RecordType. */
export function deskSettingsRecord(settings: DeskSettings): Fields {
  return {
    AgentDeskSettingsID: settings.id,
    FltDeskSettingsMask: settings.mask,
    FltWrapUpDataIncomingMode: settings.wrapUpIncoming,
    FltWrapUpDataOutgoingMode: settings.wrapUpOutgoing,
    FltLogoutNonActivityTime: 0,
    FltQualityRecordingRate: 0,
    FltRingNoAnswerTime: settings.ringNoAnswerSeconds,
    FltSilentMonitorWarningMessage: 0,
    FltSilentMonitorAudibleIndication: 0,
    FltSupervisorAssistCallMethod: 0,
    FltEmergencyCallMethod: 0,
    FltAutoRecordOnEmergency: 0,
    FltRecordingMode: 0,
    FltWorkModeTimer: settings.wrapUpSeconds,
    FltRingNoAnswerDnId: 0,
  };
}
