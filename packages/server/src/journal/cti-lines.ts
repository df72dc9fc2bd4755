/** How messages to and from the CTI server look inside webservices lines. */
import type { Happening } from '../happenings.ts';

export type LogForm = '9.1' | '11.6' | '12.6';

type Fields = Readonly<Record<string, unknown>>;

/** Of messages seen. GED-188 has fewer; what a faulty peer invents beyond is put together each time. */
const MESSAGE_NAMES = new Map<string, string>();
const MESSAGE_NAMES_MAX = 1_000;

/** `SET_AGENT_STATE_REQ` → `SetAgentStateReq` */
export function ctiMessageName(name: string): string {
  let printed = MESSAGE_NAMES.get(name);
  if (printed === undefined) {
    printed = name
      .toLowerCase()
      .split('_')
      .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
      .join('');
    if (MESSAGE_NAMES.size < MESSAGE_NAMES_MAX) MESSAGE_NAMES.set(name, printed);
  }
  return printed;
}

/** Never printed, whatever a publisher put into the fields. */
const SECRET_FIELDS = new Set(['AgentPassword', 'ClientPassword']);

interface SentField {
  /** Text before the value, with the blanks of the original. */
  readonly label: string;
  readonly value: (fields: Fields) => string;
  /** Since 10.x: absent in the 9.1 form. */
  readonly later?: true;
}

/** SET_AGENT_STATE_REQ in the original's order and wording; the uneven blanks are the original's. */
const SET_AGENT_STATE: readonly SentField[] = [
  { label: 'Invoke id :', value: (f) => `${number(f.InvokeID)} ` },
  { label: ', agentstate : ', value: (f) => number(f.AgentState) },
  { label: ', workmode : ', value: (f) => number(f.AgentWorkMode) },
  { label: ', reason code: ', value: (f) => signed16(f.EventReasonCode) },
  { label: ', forceflag :', value: (f) => number(f.ForcedFlag) },
  { label: ', agentcapacity: ', value: (f) => number(f.AgentServiceReq) },
  { label: ', agenttext: ', value: (f) => text(f.AgentInstrument) },
  { label: ', agentid: ', value: (f) => text(f.AgentID ?? f.AgentIDLong) },
  { label: ', supervisorid: ', value: (f) => text(f.SupervisorID), later: true },
  {
    label: ', ssoFlag=',
    value: (f) => String(f.SSOEnabled === 1 || f.SSOEnabled === true),
    later: true,
  },
];

/** The value of `cti_message` in MESSAGE_TO_CTI_SERVER. */
export function sentMessage(happening: Happening<'cti.sent'>, form: LogForm): string {
  const { name, fields } = happening;
  if (name === 'SET_AGENT_STATE_REQ') {
    let line = '';
    for (const field of SET_AGENT_STATE) {
      if (field.later !== true || form !== '9.1') line += field.label + field.value(fields);
    }
    return line;
  }
  const rest = Object.entries(fields).filter(([key, value]) => key !== 'InvokeID' && value !== undefined);
  const invoke = fields.InvokeID === undefined ? [] : [`Invoke id :${number(fields.InvokeID)} `];
  return [...invoke, ...rest.map(([key, value]) => `${beanName(key)}: ${printed(key, value)}`)].join(', ');
}

/** Writes a decoded message as the original's bean: `AgentStateEvent [skillGroupState=0 (LOGIN), …]`. */
export type BeanWriter = (name: string, fields: Fields, form: LogForm) => string;

/** Used where no writer that knows the message tables was handed in: the fields in their own order. */
export const plainBean: BeanWriter = (name, fields) => {
  const list = Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${beanName(key)}=${printed(key, value)}`);
  return `CTI${ctiMessageName(name)} [${list.join(', ')}]`;
};

/** The value of `cti_message` in DECODED_MESSAGE_FROM_CTI_SERVER. */
export function decodedMessage(
  happening: Happening<'cti.received'>,
  form: LogForm,
  deployment: string,
  bean: BeanWriter,
): string {
  const { name, type, fields, receivedAt, dispatchedAt, sequence } = happening;
  const messageName = ctiMessageName(name);
  const invokeId = fields.InvokeID === undefined ? 'null' : number(fields.InvokeID);
  const sequenceId = form === '9.1' ? '' : ` cti_sequence_id=${sequence},`;
  const tracker = `{"id":"${messageName}","CTI_MSG_RECEIVED":${Math.floor(receivedAt)},"CTI_MSG_DISPATCH":${Math.floor(dispatchedAt)}}`;
  return `${bean(name, fields, form)}CTIMessageBean [invokeID=${invokeId},${sequenceId} msgID=${type}, timeTracker=${tracker}, msgName=${messageName}, deploymentType=${deployment}]`;
}

/** The value of `cti_message` in the line before: the frame in hexadecimal digits, cut at 4 KiB. */
export function rawMessage(frame: Uint8Array): string {
  const max = 4096;
  const hex = Buffer.from(frame.buffer, frame.byteOffset, Math.min(frame.byteLength, max)).toString('hex');
  return frame.byteLength > max ? `${hex}... (${frame.byteLength - max} more bytes)` : hex;
}

/** `AgentID` → `agentID`, `MRDID` → `mrdID`-like names are left alone when they begin with an abbreviation. */
function beanName(key: string): string {
  return /^[A-Z][A-Z]/.test(key) ? key : key.charAt(0).toLowerCase() + key.slice(1);
}

function printed(key: string, value: unknown): string {
  if (SECRET_FIELDS.has(key)) return '***';
  if (value instanceof Uint8Array) return rawMessage(value);
  if (Array.isArray(value)) return `[${value.map((item) => printed(key, item)).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    const list = Object.entries(value).map(([inner, item]) => `${beanName(inner)}=${printed(inner, item)}`);
    return `[${list.join(', ')}]`;
  }
  return text(value);
}

function number(value: unknown): string {
  if (typeof value === 'boolean') return value ? '1' : '0';
  return typeof value === 'number' || typeof value === 'bigint' ? String(value) : '0';
}

/** The original prints the unsigned reason code as a signed one: 50004 is -15532. */
function signed16(value: unknown): string {
  const code = Number(number(value));
  return String(code > 0x7fff && code <= 0xffff ? code - 0x10000 : code);
}

function text(value: unknown): string {
  return value === undefined || value === null ? 'null' : String(value);
}
