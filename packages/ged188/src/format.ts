import type { Fields, NamedArrayElement } from './data-types.ts';
import { maskNames } from './enums/names.ts';
import type { EnumName } from './enums/registry.ts';
import { type FixedSlot, type FloatingSlot, type GroupSlot, type Layout, layoutOf } from './layout.ts';
import { type CtiMessage, type MessageName, messageByName } from './message-table.ts';
import { HIDDEN, hexBytes, oneLine, PRINTED_AS_NUMBER, printedEnum, quoted } from './printable.ts';
import { VERSION_DEFAULT } from './version.ts';

/** A mask that is no field of the protocol but stands in the log text of CTI OS: bits and their names. */
export interface PrintedMask {
  readonly value: number;
  /** Names of the bits set, lowest first. */
  readonly names: readonly string[];
  /** Hexadecimal digits; default 8. */
  readonly digits?: number;
}

/** More to print after the fields of the message, in order. */
export type ExtraFields = Readonly<Record<string, string | number | PrintedMask>>;

/**
 * Logs print floating fields of AGENT_STATE_EVENT in this order, before all others, and also when the
 * message does not carry them.
 */
const LEADING: Partial<Record<MessageName, Readonly<Record<string, string>>>> = {
  AGENT_STATE_EVENT: {
    Direction: '0',
    ClientSignature: '""',
    AgentID: '""',
    AgentExtension: '""',
    AgentInstrument: '""',
  },
};

/** Fields that logs print in hexadecimal. */
const isHexadecimal = (name: string): boolean => name === 'SessionID' || name.endsWith('CallID');

/**
 * A message as CTI logs print it, on one line: `MsgType:AGENT_STATE_EVENT (MonitorID:0 PeripheralID:5001
 * … AgentID:"2001" )`. Enumerations by name, masks as `<0x…> <names>`, text in double quotes. Passwords
 * are never printed.
 *
 * @param version decides which fields of the fixed part there are; default 24.
 * @param extra printed at the end: what CTI OS adds (the Remask… fields).
 */
export function formatMessage(
  message: CtiMessage,
  version = VERSION_DEFAULT,
  extra: ExtraFields = {},
): string {
  const parts = [...fieldsOf(message, version), ...extraParts(extra)];
  return `MsgType:${message.name} (${parts.map((part) => `${part} `).join('')})`;
}

function fieldsOf(message: CtiMessage, version: number): string[] {
  const def = messageByName(message.name);
  const layout = def === undefined ? null : layoutOf(def.type, version);
  if (layout === null) {
    const body = message.fields.Body;
    return [`Length:${body instanceof Uint8Array ? body.length : 0}`];
  }
  const { fields } = message;
  const leading = LEADING[message.name as MessageName] ?? {};
  return [
    ...layout.fixed.map(
      (slot) => `${slot.name}:${scalar(slot, fields[slot.name] ?? slot.fallback, version)}`,
    ),
    ...leadingParts(leading, layout, fields),
    ...layout.floating
      .filter((slot) => !Object.hasOwn(leading, slot.name))
      .flatMap((slot) => floatingParts(slot, fields, version)),
    ...alternateParts(layout, fields),
  ];
}

function leadingParts(leading: Readonly<Record<string, string>>, layout: Layout, fields: Fields): string[] {
  return Object.entries(leading).flatMap(([name, absent]) => {
    const slot = layout.floating.find((candidate) => candidate.name === name);
    const printed = slot === undefined ? [] : floatingParts(slot, fields, layout.version);
    return printed.length > 0 ? printed : [`${name}:${absent}`];
  });
}

function floatingParts(slot: FloatingSlot | GroupSlot, fields: Fields, version: number): string[] {
  const value = fields[slot.name];
  if (value === undefined) return [];
  if (slot.kind === 'field') {
    return [`${slot.name}:${slot.secret ? HIDDEN : scalar(slot, value, version)}`];
  }
  const elements = Array.isArray(value) ? (value as readonly Fields[]) : [];
  return elements.flatMap((element) =>
    slot.members.flatMap((member) => floatingParts(member, element, version)),
  );
}

/** Fields of an alternate layout (see alternate-layout.ts), which the table does not have. */
function alternateParts(layout: Layout, fields: Fields): string[] {
  return Object.entries(fields)
    .filter(
      ([name, value]) => typeof value === 'number' && !layout.names.has(name) && !layout.otherNames.has(name),
    )
    .map(([name, value]) => `${name}:${String(value)}`);
}

function scalar(slot: FixedSlot | FloatingSlot, value: NonNullable<Fields[string]>, version: number): string {
  if (typeof value === 'string') return quoted(value);
  if (value instanceof Uint8Array) return hexBytes(value);
  if (Array.isArray(value)) return `[${value.map((item) => number(slot, Number(item), version)).join(',')}]`;
  if (typeof value === 'object') {
    const { name, index, value: text } = value as NamedArrayElement;
    return `${quoted(String(name))}${index === undefined ? '' : `[${index}]`}=${quoted(String(text))}`;
  }
  return number(slot, Number(value), version);
}

function number(slot: FixedSlot | FloatingSlot, value: number, version: number): string {
  if (slot.mask !== null) return mask(slot.mask, value, 2 * (slot.size ?? 4), version);
  if (slot.enum !== null && !PRINTED_AS_NUMBER.has(slot.name)) {
    return printedEnum(slot.enum, value, version) ?? String(value);
  }
  return isHexadecimal(slot.name) || value === slot.none ? `0x${value.toString(16)}` : String(value);
}

const mask = (name: EnumName, value: number, digits: number, version: number): string =>
  printedMask({ value, names: maskNames(name, value, version), digits });

const printedMask = ({ value, names, digits }: PrintedMask): string =>
  `<0x${value.toString(16).padStart(digits ?? 8, '0')}> <${names.join(',')}>`;

function extraParts(extra: ExtraFields): string[] {
  return Object.entries(extra).map(([name, value]) => {
    if (typeof value === 'string') return `${name}:${quoted(value)}`;
    if (typeof value === 'object') return `${name}:${printedMask(value)}`;
    return `${name}:${/CallId$/i.test(name) ? `0x${value.toString(16)}` : value}`;
  });
}

/** What the short form of the trace tells beyond the message itself. */
export interface AgentTraceDetails {
  /** Seconds in the overall state; default StateDuration. */
  readonly overallDuration?: number;
  /** Default ICMAgentID. */
  readonly skillTargetId?: number;
  readonly numLines?: number;
  readonly currentLine?: number;
  readonly clientStatus?: number;
}

/** The short form: the four `Trace:` lines that the CTI server logs for an AGENT_STATE_EVENT. */
export function traceAgentEvent({ fields }: CtiMessage, details: AgentTraceDetails = {}): string[] {
  const text = (name: string) => oneLine(String(fields[name] ?? ''));
  const figure = (name: string) => Number(fields[name] ?? 0);
  const state = (name: string) => printedEnum('AgentState', figure(name), VERSION_DEFAULT) ?? figure(name);
  const hex = (value: number) => `0x${value.toString(16)}`;
  const id = fields.AgentID === undefined ? text('AgentIDLong') : text('AgentID');
  return [
    `Trace: AGENT_EVENT: ID=${id} Periph=${figure('PeripheralID')} Ext=${text('AgentExtension')} Inst=${text('AgentInstrument')} Sig=${text('ClientSignature')}`,
    `Trace: SkgState=${state('SkillGroupState')} SkgDuration=${figure('StateDuration')} OverallState=${state('AgentState')} OverallDuration=${details.overallDuration ?? figure('StateDuration')} Reason=${figure('EventReasonCode')}`,
    `Trace: MRDID=${figure('MRDID')} NumTasks=${figure('NumTasks')} MaxTaskLimit=${figure('MaxTaskLimit')} AgtMode=${figure('AgentMode')} AGTAvailabilityStatus=${figure('AgentAvailabilityStatus')} ICMAgtID=${figure('ICMAgentID')}`,
    `Trace: SkTgtID=${details.skillTargetId ?? figure('ICMAgentID')} SkGrpNo=${hex(figure('SkillGroupNumber'))} SkGrpID=${figure('SkillGroupID')} NumLines=${details.numLines ?? 0} CurLine=${details.currentLine ?? 0} ClientStatus=${hex(details.clientStatus ?? 0)} Direction=${figure('Direction')}`,
  ];
}
