import {
  ConfigDeviceType,
  ConfigEndStatus,
  ConfigMask,
  ConfigType,
  type CtiMessage,
  type Fields,
  frameSizeMax,
  type MessageName,
  RecordType,
} from '@poise/ged188';
import { VOICE_MRD } from './agent-event.ts';
import { clip } from './clip.ts';
import { type DeskTimes, deskSettingsOf, deskSettingsRecord } from './desk-settings.ts';
import type { Dialect } from './dialect.ts';
import type {
  AcdAgent,
  AcdDialledNumber,
  AcdSkillGroup,
  AcdTeam,
  Difference,
  Roster,
  RosterDifference,
} from './directory.ts';

/**
 * Configuration upload (CONFIG_REQUEST_EVENT and the updates afterwards). Each item is a row: its bit, its
 * message, its records. Everything is produced lazily, so that a large centre is streamed.
 */

/** Most records of one message (GED-188). */
const RECORDS_MAX = 10;
/** Sizes of text fields in bytes, zero byte included. */
const DIALED_NUMBER_SIZE = 40;
const EXTENSION_SIZE = 16;
const DESCRIPTION_SIZE = 128;
/** Room left in a frame for header and count. */
const FRAME_RESERVE = 64;
/** Most skill groups of one agent record, so that a record always fits a narrow frame. */
const SKILLS_MAX = 99;

export interface ConfigurationContext {
  readonly roster: Roster;
  readonly dialect: Dialect;
  /** AgentState number of an agent now (initial upload only). */
  readonly stateOf: (agent: AcdAgent) => number;
  /** Ring time and default length of wrap-up. */
  readonly deskTimes?: DeskTimes;
}

type Record = Fields;
type Build = (context: ConfigurationContext) => Iterable<Record>;
interface Item {
  readonly bit: number;
  readonly since: number;
  readonly message: MessageName;
  /** Field that carries the item's key, and what the key is made of. */
  readonly key?: string;
  readonly keyText?: (roster: Roster) => Iterable<string>;
  readonly records: Build;
  readonly changes?: (difference: RosterDifference, context: ConfigurationContext) => Iterable<Record>;
}

const none: Build = () => [];
const ADD = RecordType.ADD;

/** In the order of the upload. */
const ITEMS: readonly Item[] = [
  {
    bit: ConfigMask.SERVICE,
    since: 0,
    message: 'CONFIG_SERVICE_EVENT',
    key: 'ServiceConfigKey',
    records: none,
  },
  {
    bit: ConfigMask.SKILL_GROUP,
    since: 0,
    message: 'CONFIG_SKILL_GROUP_EVENT',
    key: 'SkillGroupConfigKey',
    keyText: ({ skillGroups }) => map(skillGroups, ({ number, id, name }) => `${number} ${id} ${name}`),
    records: ({ roster, dialect }) =>
      map(roster.skillGroups, (group) => skillGroupRecord(ADD, group, dialect)),
    changes: ({ skillGroups }, { dialect }) =>
      changesOf(
        skillGroups,
        (type, group) => skillGroupRecord(type, group, dialect),
        (group) => ({ PeripheralNumber: group.number }),
      ),
  },
  {
    bit: ConfigMask.AGENT,
    since: 0,
    message: 'CONFIG_AGENT_EVENT',
    key: 'AgentConfigKey',
    keyText: ({ agents }) => map(agents, agentText),
    records: (context) =>
      map(context.roster.agents, (agent) => ({
        ...agentRecord(ADD, agent, context.dialect),
        NumMRDs: 1,
        FltAgentMRDID: [VOICE_MRD],
        FltAgentMRDState: [context.stateOf(agent)],
      })),
    changes: ({ agents }, { dialect }) =>
      changesOf(
        agents,
        (type, agent) => agentRecord(type, agent, dialect),
        (agent) => ({ LoginID: agent.loginId }),
      ),
  },
  { bit: ConfigMask.AGENT_SERVICE, since: 24, message: 'CONFIG_AGENT_SERVICE_EVENT', records: none },
  {
    bit: ConfigMask.DEVICE,
    since: 0,
    message: 'CONFIG_DEVICE_EVENT',
    key: 'DeviceConfigKey',
    keyText: ({ devices, dialledNumbers }) => [
      ...devices,
      ...dialledNumbers.map(({ number, skillGroup }) => `${number} ${skillGroup}`),
    ],
    records: ({ roster, dialect }) => [
      ...map(roster.devices, (extension) => deviceRecord(ADD, extension, dialect)),
      ...map(roster.dialledNumbers, (entry) => routePointRecord(ADD, entry, roster, dialect)),
    ],
    changes: ({ devices, dialledNumbers }, { roster, dialect }) => [
      ...changesOf(
        devices,
        (type, extension) => deviceRecord(type, extension, dialect),
        (extension) => ({ PeripheralNumber: deviceNumber(extension) }),
      ),
      ...changesOf(
        dialledNumbers,
        (type, entry) => routePointRecord(type, entry, roster, dialect),
        ({ number }) => ({ PeripheralNumber: deviceNumber(number) }),
      ),
    ],
  },
  {
    bit: ConfigMask.CALL_TYPE,
    since: 11,
    message: 'CONFIG_CALL_TYPE_EVENT',
    key: 'CallTypeConfigKey',
    records: none,
  },
  {
    bit: ConfigMask.MEDIA_ROUTING_DOMAIN,
    since: 20,
    message: 'CONFIG_MRD_EVENT',
    records: () => [{ RecordType: ADD, FltMRDomainID: VOICE_MRD, EnterpriseName: 'Cisco_Voice' }],
  },
  {
    bit: ConfigMask.PERIPHERAL,
    since: 22,
    message: 'CONFIG_PERIPHERAL_EVENT',
    key: 'PeripheralConfigKey',
    keyText: ({ teams }) => [String(teams[0]?.id)],
    records: ({ roster, dialect }) => [
      {
        RecordType: ADD,
        ConfigPeripheralID: dialect.peripheralId,
        DefaultAgentDeskSettingsID: roster.teams[0]?.id ?? 0,
      },
    ],
  },
  {
    bit: ConfigMask.AGENT_DESK_SETTINGS,
    since: 22,
    message: 'CONFIG_AGENT_DESK_SETTINGS_EVENT',
    key: 'AgentDeskSettingsConfigKey',
    keyText: ({ teams }) => map(teams, (team) => JSON.stringify(deskSettingsOf(team))),
    records: ({ roster, deskTimes }) => map(roster.teams, (team) => teamRecord(ADD, team, deskTimes)),
    changes: ({ teams }, { deskTimes }) =>
      changesOf(
        teams,
        (type, team) => teamRecord(type, team, deskTimes),
        (team) => ({ AgentDeskSettingsID: team.id }),
      ),
  },
  { bit: ConfigMask.TERMINAL, since: 25, message: 'CONFIG_TERMINAL_EVENT', records: none },
];

/**
 * The complete upload: for each wanted item that the version knows CONFIG_BEGIN, the records, CONFIG_END
 * (SUCCESS, or EMPTY without records).
 */
export function* upload(
  wanted: number,
  version: number,
  context: ConfigurationContext,
): Generator<CtiMessage> {
  for (const item of ITEMS) {
    if ((wanted & item.bit) === 0 || version < item.since) continue;
    yield begin(ConfigType.SOLICITED, item, context);
    let empty = true;
    for (const message of frames(item.message, item.records(context), version)) {
      empty = false;
      yield message;
    }
    yield end(empty ? ConfigEndStatus.EMPTY : ConfigEndStatus.SUCCESS);
  }
}

/** What a client that asked for updates gets after a change of the directory; nothing if nothing changed. */
export function* update(
  difference: RosterDifference,
  wanted: number,
  version: number,
  context: ConfigurationContext,
): Generator<CtiMessage> {
  for (const item of ITEMS) {
    if ((wanted & item.bit) === 0 || version < item.since || !item.changes) continue;
    const messages = [...frames(item.message, item.changes(difference, context), version)];
    if (messages.length === 0) continue;
    yield begin(ConfigType.UPDATE, item, context);
    yield* messages;
    yield end(ConfigEndStatus.SUCCESS);
  }
}

/** CONFIG_KEY_EVENT: one 8-byte key per item, the same as long as the item's records are the same. */
export function configurationKeys(version: number, context: ConfigurationContext): CtiMessage {
  const fields: { [name: string]: Uint8Array | number } = { ConfigKeyStatus: 0 };
  for (const item of ITEMS) {
    if (item.key !== undefined && version >= item.since) fields[item.key] = keyOf(item, context.roster);
  }
  return { name: 'CONFIG_KEY_EVENT', fields };
}

function begin(type: number, item: Item, context: ConfigurationContext): CtiMessage {
  const key = item.key === undefined ? {} : { [item.key]: keyOf(item, context.roster) };
  return { name: 'CONFIG_BEGIN_EVENT', fields: { ConfigType: type, ConfigInformation: item.bit, ...key } };
}

function end(status: number): CtiMessage {
  return { name: 'CONFIG_END_EVENT', fields: { ConfigEndStatus: status } };
}

/** Groups records into messages that keep both limits: ten records and the longest frame of the version. */
function* frames(name: MessageName, records: Iterable<Record>, version: number): Generator<CtiMessage> {
  const bytesMax = frameSizeMax(version) - FRAME_RESERVE;
  let batch: Record[] = [];
  let bytes = 0;
  for (const record of records) {
    const size = sizeOf(record);
    if (batch.length > 0 && (batch.length === RECORDS_MAX || bytes + size > bytesMax)) {
      yield { name, fields: { NumRecords: batch.length, records: batch } };
      batch = [];
      bytes = 0;
    }
    batch.push(record);
    bytes += size;
  }
  if (batch.length > 0) yield { name, fields: { NumRecords: batch.length, records: batch } };
}

/** Upper bound of the encoded size of a record. */
function sizeOf(record: Record): number {
  let size = 0;
  for (const value of Object.values(record)) {
    if (value === undefined) continue;
    if (typeof value === 'string') size += 5 + Buffer.byteLength(value);
    else if (Array.isArray(value))
      for (const element of value) size += typeof element === 'object' ? sizeOf(element as Record) : 8;
    else size += 8;
  }
  return size;
}

function skillGroupRecord(type: number, group: AcdSkillGroup, dialect: Dialect): Record {
  return {
    RecordType: type,
    FltPeripheralID: dialect.peripheralId,
    PeripheralNumber: group.number,
    FltSkillGroupPriority: 0,
    SkillGroupSkillTargetID: group.id,
    AutoWork: 0,
    PeripheralName: clip(group.name, 64),
    FltMRDomainID: VOICE_MRD,
    FltPrecisionQueueID: 0,
  };
}

function agentRecord(type: number, agent: AcdAgent, dialect: Dialect): Record {
  const supervisor = agent.supervisorOf.length > 0;
  const skills = agent.skillGroups.slice(0, SKILLS_MAX);
  return {
    RecordType: type,
    FltPeripheralID: dialect.peripheralId,
    // The two deployments number agent and supervisor differently: 0 and 1 on CCE, 1 and 2 on CCX.
    AgentType: (dialect.deployment === 'CCX' ? 1 : 0) + (supervisor ? 1 : 0),
    AgentDeskSettingsID: agent.teamId ?? 0,
    LoginID: agent.loginId,
    LoginName: clip(agent.loginName, 64),
    LastName: clip(agent.lastName, 32),
    FirstName: clip(agent.firstName, 32),
    AgentSkillTargetID: agent.skillTargetId,
    NumSkills: skills.length,
    SSOEnabled: agent.ssoEnabled === true ? 1 : 0,
    skillGroups: skills.map((number) => ({ FltSkillGroupNumber: number, FltSkillGroupPriority: 0 })),
  };
}

/** All that an agent record shows; made once for each agent whenever a key is needed, so kept cheap. */
function agentText(agent: AcdAgent): string {
  const { loginId, loginName, firstName, lastName, skillTargetId, teamId, skillGroups, supervisorOf } = agent;
  const sso = agent.ssoEnabled === true ? ' sso' : '';
  const supervises = supervisorOf.length > 0;
  return `${loginId}\n${loginName}\n${firstName}\n${lastName}\n${skillTargetId} ${teamId} ${supervises} ${skillGroups.join()}${sso}`;
}

function deviceRecord(type: number, extension: string, dialect: Dialect): Record {
  return {
    RecordType: type,
    FltPeripheralID: dialect.peripheralId,
    PeripheralNumber: deviceNumber(extension),
    DeviceType: ConfigDeviceType.AGENT_DEVICE_EXTENSION,
    DialedNumber: clip(extension, DIALED_NUMBER_SIZE),
    Extension: clip(extension, EXTENSION_SIZE),
  };
}

/** A dialled number; its queue is told by name, for want of a field. */
function routePointRecord(
  type: number,
  { number, skillGroup }: AcdDialledNumber,
  roster: Roster,
  dialect: Dialect,
): Record {
  return {
    RecordType: type,
    FltPeripheralID: dialect.peripheralId,
    PeripheralNumber: deviceNumber(number),
    DeviceType: ConfigDeviceType.ROUTE_POINT,
    DialedNumber: clip(number, DIALED_NUMBER_SIZE),
    Extension: clip(number, EXTENSION_SIZE),
    Description: clip(roster.skillGroup(skillGroup)?.name ?? '', DESCRIPTION_SIZE),
  };
}

function teamRecord(type: number, team: AcdTeam, times: DeskTimes | undefined): Record {
  return { RecordType: type, ...deskSettingsRecord(deskSettingsOf(team, times)) };
}

/**
 * Peripheral number of a phone: its extension where that is a number, else a hash above 0x80000000. It
 * never changes while the extension stays.
 */
function deviceNumber(extension: string): number {
  const number = Number(extension);
  if (Number.isInteger(number) && number < 0x80000000 && String(number) === extension) return number;
  return (fnv1a(extension, 0x811c9dc5) | 0x80000000) >>> 0;
}

function* changesOf<T>(
  difference: Difference<T>,
  record: (type: number, item: T) => Record,
  key: (item: T) => Record,
): Generator<Record> {
  for (const item of difference.removed) yield { RecordType: RecordType.DELETE, ...key(item) };
  for (const { after } of difference.changed) yield record(RecordType.CHANGE, after);
  for (const item of difference.added) yield record(RecordType.ADD, item);
}

function* map<T, U>(items: readonly T[], transform: (item: T) => U): Generator<U> {
  for (const item of items) yield transform(item);
}

const keys = new WeakMap<Roster, Map<number, Uint8Array>>();

/** Computed once per roster and item; never all zero, which would mean "must upload". */
function keyOf(item: Item, roster: Roster): Uint8Array {
  let known = keys.get(roster);
  if (!known) {
    known = new Map();
    keys.set(roster, known);
  }
  let key = known.get(item.bit);
  if (!key) {
    let hash = 0x811c9dc5;
    let records = 0;
    for (const text of item.keyText?.(roster) ?? []) {
      hash = fnv1a(text, hash);
      records++;
    }
    key = new Uint8Array(8);
    const view = new DataView(key.buffer);
    view.setUint32(0, (records + 1) >>> 0);
    view.setUint32(4, hash);
    known.set(item.bit, key);
  }
  return key;
}

function fnv1a(text: string, seed: number): number {
  let hash = seed;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
