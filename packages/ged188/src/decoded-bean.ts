import { type Fields, INTEGER_TYPES, type IntegerType } from './data-types.ts';
import { enumName } from './enums/names.ts';
import type { EnumName } from './enums/registry.ts';
import { type FixedSlot, type FloatingSlot, type GroupSlot, layoutOf } from './layout.ts';
import { type CtiMessage, type MessageName, messageByName } from './message-table.ts';
import { HIDDEN, hexBytes, oneLine, PRINTED_AS_NUMBER, pascalCase } from './printable.ts';
import { VERSION_DEFAULT } from './version.ts';

/** Which release's log text: `9.1`, or that of later ones. */
export interface BeanOptions {
  /** '9.1', or anything later (default): more fields and a sequence number. */
  readonly form?: '9.1' | (string & {});
  readonly version?: number;
}

/** What stands in the second half of the text. */
export interface MessageBeanOptions extends BeanOptions {
  /** Wall time in ms at which the message came in, and at which it was passed on. */
  readonly receivedAt: number;
  readonly dispatchedAt: number;
  /** Counts messages; printed by later forms only. */
  readonly sequence?: number;
  readonly deployment?: 'CCE' | 'CCX';
}

/** One printed item of a message that has a text of its own. */
interface BeanRow {
  readonly label: string;
  readonly field: string;
  /** The field is that of a group: printed as a list. */
  readonly group?: string;
  /** Absent from the 9.1 form. */
  readonly later?: true;
  /** The 9.1 form has no blank before it. */
  readonly tight?: true;
}

/** The order and spelling of the original, where traces show it. Everything else follows the rule below. */
const ROWS: Partial<Record<MessageName, readonly BeanRow[]>> = {
  AGENT_STATE_EVENT: [
    { label: 'skillGroupState', field: 'SkillGroupState' },
    { label: 'stateDuration', field: 'StateDuration' },
    { label: 'skillGroupNumber', field: 'SkillGroupNumber' },
    { label: 'skillGroupPriority', field: 'SkillGroupPriority' },
    { label: 'agentState', field: 'AgentState' },
    { label: 'eventReasonCode', field: 'EventReasonCode' },
    { label: 'numFltSkillGroups', field: 'NumFltSkillGroups' },
    { label: 'CTIClientSignature', field: 'ClientSignature', tight: true },
    { label: 'agentID', field: 'AgentID' },
    { label: 'agentExtension', field: 'AgentExtension' },
    { label: 'agentInstrument', field: 'AgentInstrument' },
    { label: 'agentID_Long', field: 'AgentIDLong' },
    { label: 'duration', field: 'Duration' },
    { label: 'nextAgentState', field: 'NextAgentState' },
    { label: 'fltSkillGroupNumberList', field: 'FltSkillGroupNumber', group: 'skillGroups' },
    { label: 'fltSkillGroupIDList', field: 'FltSkillGroupID', group: 'skillGroups' },
    { label: 'fltSkillGroupPriorityList', field: 'FltSkillGroupPriority', group: 'skillGroups' },
    { label: 'fltSkillGroupStateList', field: 'FltSkillGroupState', group: 'skillGroups' },
    { label: 'MRDId', field: 'MRDID', later: true },
    { label: 'agentMode', field: 'AgentMode', later: true },
  ],
};

/** `AGENT_STATE_EVENT` to `AgentStateEvent`, as the original names messages in its logs. */
export const beanName = (name: string): string => pascalCase(name);

/**
 * `AgentID` to `agentID`; names that begin with an abbreviation stay as they are. `MRDID` is `MRDId`.
 */
function label(field: string): string {
  if (field === 'MRDID') return 'MRDId';
  return /^[A-Z]{2}/.test(field) ? field : field.charAt(0).toLowerCase() + field.slice(1);
}

/**
 * A message from the CTI server as the webservices log describes it: `CTIAgentStateEvent
 * [skillGroupState=0 (LOGIN), …]`. Numbers are signed, as the Java program behind the original prints
 * them; fields that the message does not carry are `null`; passwords are never printed.
 */
export function decodedBean(message: CtiMessage, options: BeanOptions = {}): string {
  const older = options.form === '9.1';
  const { name, slots, rows } = planOf(message.name, options.version ?? VERSION_DEFAULT);
  let text = '';
  for (const row of rows) {
    if (row.later === true && older) continue;
    const separator = text === '' ? '' : row.tight === true && older ? ',' : ', ';
    text += `${separator}${row.label}=${printed(row, message.fields, slots)}`;
  }
  return `CTI${name} [${text}]`;
}

/**
 * Both halves of the text of DECODED_MESSAGE_FROM_CTI_SERVER: {@link decodedBean}, and with it
 * `CTIMessageBean [invokeID=null, msgID=30, timeTracker={…}, msgName=AgentStateEvent, deploymentType=CCE]`.
 */
export function describeDecoded(message: CtiMessage, options: MessageBeanOptions): string {
  const name = beanName(message.name);
  const type = messageByName(message.name)?.type ?? 0;
  const invokeId = message.fields.InvokeID === undefined ? 'null' : String(message.fields.InvokeID);
  const sequence = options.form === '9.1' ? '' : ` cti_sequence_id=${options.sequence ?? 0},`;
  const tracker = `{"id": "${name}", "CTI_MSG_RECEIVED":${options.receivedAt}, "CTI_MSG_DISPATCH":${options.dispatchedAt}}`;
  return (
    `${decodedBean(message, options)}CTIMessageBean [invokeID=${invokeId},${sequence} msgID=${type}, ` +
    `timeTracker=${tracker}, msgName=${name}, deploymentType=${options.deployment ?? 'CCE'}]`
  );
}

type Slot = FixedSlot | FloatingSlot;
interface NamedSlot {
  readonly slot: Slot;
  readonly group: string | null;
}

/** What the texts of all messages of one name have in common. */
interface Plan {
  /** {@link beanName} */
  readonly name: string;
  readonly slots: ReadonlyMap<string, NamedSlot>;
  readonly rows: readonly BeanRow[];
}

/** By version, then by name of the message; of messages of the table alone, so they are few. */
const PLANS = new Map<number, Map<string, Plan>>();

function planOf(name: string, version: number): Plan {
  let plans = PLANS.get(version);
  const known = plans?.get(name);
  if (known !== undefined) return known;
  const slots = slotsOf(name, version);
  const plan = { name: beanName(name), slots, rows: ROWS[name as MessageName] ?? genericRows(slots) };
  if (messageByName(name) === undefined) return plan;
  if (plans === undefined) {
    plans = new Map();
    PLANS.set(version, plans);
  }
  plans.set(name, plan);
  return plan;
}

function slotsOf(name: string, version: number): ReadonlyMap<string, NamedSlot> {
  const def = messageByName(name);
  const layout = def === undefined ? null : layoutOf(def.type, version);
  const slots = new Map<string, NamedSlot>();
  if (layout === null) return slots;
  for (const slot of layout.fixed) slots.set(slot.name, { slot, group: null });
  const add = (members: readonly (FloatingSlot | GroupSlot)[], group: string | null): void => {
    for (const member of members) {
      if (member.kind === 'field') slots.set(member.name, { slot: member, group });
      else if (group === null) add(member.members, member.name);
    }
  };
  add(layout.floating, null);
  return slots;
}

/** Fields in table order; those of groups as lists. InvokeID stands in the second half. */
function genericRows(slots: ReadonlyMap<string, NamedSlot>): BeanRow[] {
  const rows: BeanRow[] = [];
  for (const [field, { group }] of slots) {
    if (field === 'InvokeID') continue;
    rows.push(
      group === null ? { label: label(field), field } : { label: `${label(field)}List`, field, group },
    );
  }
  return rows;
}

function printed(row: BeanRow, fields: Fields, slots: ReadonlyMap<string, NamedSlot>): string {
  const slot = slots.get(row.field)?.slot;
  if (row.group === undefined) return scalar(fields[row.field], slot);
  const elements = (fields[row.group] as readonly Fields[] | undefined) ?? [];
  return `[${elements.map((element) => scalar(element[row.field], slot, true)).join(', ')}]`;
}

function scalar(value: Fields[string], slot: Slot | undefined, inList = false): string {
  if (value === undefined) return 'null';
  if (slot !== undefined && 'secret' in slot && slot.secret) return HIDDEN;
  if (typeof value === 'string') return oneLine(value);
  if (value instanceof Uint8Array) return hexBytes(value);
  if (Array.isArray(value)) return `[${value.map((item) => scalar(item, slot, true)).join(', ')}]`;
  if (typeof value === 'object') {
    const { name, index, value: text } = value as { name?: unknown; index?: unknown; value?: unknown };
    return oneLine(`${String(name)}${index === undefined ? '' : `[${String(index)}]`}=${String(text)}`);
  }
  const number = Number(value);
  if (slot === undefined) return String(number);
  if (slot.enum === null || inList || PRINTED_AS_NUMBER.has(slot.name)) return signed(number, slot);
  return named(number, slot.enum, slot);
}

function named(value: number, enumeration: EnumName, slot: Slot): string {
  const name = enumName(enumeration, value);
  return name === undefined ? signed(value, slot) : `${signed(value, slot)} (${name})`;
}

/** The same bytes as a signed number: 50004 in a USHORT is -15532, 0xffffffff is -1. */
function signed(value: number, slot: Slot): string {
  const size = slot.type in INTEGER_TYPES ? INTEGER_TYPES[slot.type as IntegerType].size : 4;
  const span = 2 ** (8 * size);
  return String(value >= span / 2 ? value - span : value);
}
