/** `%[key=value][key=value]: text`, and what stands inside CTI messages. */
import { nearest } from './near.ts';

/** Message ids of Desktop-webservices with their keys in order (admin.md 6.2; docs/logs.md). */
export const MESSAGES: Readonly<Record<string, readonly string[]>> = {
  REQUEST_START: ['method_name', 'parameter_name', 'resource_name', 'usr'],
  API_REQUEST: ['REQUEST_URL', 'agent_id', 'request_identifier', 'request_method', 'request_parameters'],
  REGISTER_API_STATS_OBJECT: ['resource_name'],
  REQUEST_END: ['elapsed_time'],
  PRESENCE_NOTIFICATION_RECIEVED: ['FROM JID', 'PRESENCE_TYPE'],
  UNSUBSCRIBE_REQUEST_SUCCESS: ['NodeId', 'user_id'],
  AGENT_PRESENCE_MONITOR: ['message_string'],
  'PRESENCE DRIVEN LOGOUT': ['agent_id'],
  MESSAGE_TO_CTI_SERVER: ['cti_message', 'cti_message_name'],
  RAW_MESSAGE_FROM_CTI_SERVER: ['cti_message', 'msgID', 'length'],
  DECODED_MESSAGE_FROM_CTI_SERVER: ['cti_message', 'cti_response_time', 'dispatch_phase'],
  XMPP_PUBLISH_ASYNCHRONOUS: ['NodeId', 'Payload'],
  FORCED_SIGN_OUT: [
    'agent_id',
    'cause',
    'acting_id',
    'FROM JID',
    'departure',
    'request_identifier',
    'invoke_id',
    'outcome',
    'agent_state',
    'reason_code',
    'refusal',
  ],
  CTI_CONNECTION_ESTABLISHED: [],
  CTI_CONNECTION_LOST: [],
  CTI_LINK_STATE: ['state', 'side', 'reason'],
  CTI_SOCKET_ERROR: [],
  CTI_OPEN_FAILURE: [],
  CTI_CONNECTION_RETRIES_EXCEEDED: [],
  CTI_DISCONNECT: [],
  UNABLE_TO_CONNECT_TO_XMPP_SERVER: [],
  CONNECTED_TO_XMPP_SERVER: [],
  OF_STATE_CHANGED: [],
  SUBSYS_INIT_ERROR: [],
  FINESSE_APP_STARTUP_ERROR: [],
  OPERATOR_MESSAGE: ['message_string'],
  QUEUE_STATISTICS_REQUEST: ['count'],
};

const IDS = Object.keys(MESSAGES);
const remembered = new Map<string, string | null>();

/**
 * The message that is meant: exact, near, or cut. A cut `PRESENCE` may be two messages; the thread tells them apart.
 * Ids that are not known stay null.
 */
function messageId(id: string, thread: string): string | null {
  const known = id in MESSAGES ? id : remembered.get(`${thread.startsWith('Smack')}${id}`);
  if (known !== undefined) return known;
  let found = nearest(id, IDS);
  if (found === null && /^PRESENCE/.test(id))
    found = thread.startsWith('Smack') ? 'PRESENCE_NOTIFICATION_RECIEVED' : null;
  if (remembered.size < 4096) remembered.set(`${thread.startsWith('Smack')}${id}`, found);
  return found;
}

export interface Keyed {
  readonly thread: string;
  readonly severity: string;
  readonly id: string | null;
  /** What follows the id: keys and text. */
  readonly body: string;
}

/** `%CCBU_<thread>-<severity>-<ID>: …`. The id may be cut by the end of the line. */
export function keyedOf(text: string): Keyed | null {
  const found = /^\s*%CCBU_([^%[\]]{0,80}?)-(\d)-\s*([A-Za-z][A-Za-z_ ]*?)\s*(?=:|$|\n|%\[|\[%)/.exec(text);
  if (found === null) return null;
  const thread = (found[1] as string).replace(/\s+/g, ' ');
  return {
    thread,
    severity: found[2] as string,
    id: messageId((found[3] as string).trim(), thread),
    body: text.slice(found[0].length),
  };
}

/** The values of a message by its known keys: exact, near, else by position where the number of keys is right. */
export function fieldsOf(id: string, body: string): Readonly<Record<string, string>> {
  const names = MESSAGES[id] ?? [];
  const pairs = pairsOf(body);
  const fields: Record<string, string> = {};
  const taken = new Set<number>();
  pairs.forEach(([key, value], i) => {
    const name = nearest(key, names);
    if (name === null || name in fields) return;
    fields[name] = value;
    taken.add(i);
  });
  if (pairs.length === names.length)
    names.forEach((name, i) => {
      if (!(name in fields) && !taken.has(i)) fields[name] = pairs[i]?.[1] ?? '';
    });
  return fields;
}

function pairsOf(body: string): Array<readonly [string, string]> {
  const pairs: Array<readonly [string, string]> = [];
  const start = body.search(/%\[|\[%/);
  if (start === -1) return pairs;
  let at = body.indexOf('[', start);
  while (at !== -1 && body[at] === '[') {
    let depth = 0;
    let end = at;
    for (; end < body.length; end++) {
      if (body[end] === '[') depth++;
      else if (body[end] === ']' && --depth === 0) break;
      // `[usr=: Request start`: a bracket that copies lost. A value with a bracket inside goes on.
      else if (depth === 1 && body[end] === ':' && body[end - 1] === '=') break;
    }
    const inside = body.slice(at + 1, end).replace(/^%/, '');
    const equals = inside.indexOf('=');
    if (equals > 0) pairs.push([inside.slice(0, equals), inside.slice(equals + 1)]);
    const next = /^[\]:]?\s*\[/.exec(body.slice(end, end + 8));
    if (body[end] !== ']' || next === null) break;
    at = end + next[0].length - 1;
  }
  return pairs;
}

/** Keys of the SetAgentStateReq inside MESSAGE_TO_CTI_SERVER. */
const SENT_KEYS = [
  'Invoke id',
  'agentstate',
  'workmode',
  'reason code',
  'forceflag',
  'agentcapacity',
  'agenttext',
  'agentid',
  'supervisorid',
  'ssoFlag',
] as const;

/** `Invoke id :20 , agentstate : 0, …`. A line of which the beginning was cut away gives what is left. */
export function sentFields(text: string): Readonly<Record<string, string>> {
  const fields: Record<string, string> = {};
  for (const part of text.split(/[,\]]/)) {
    const found = /([A-Za-z][A-Za-z ]*?)\s*[:=]\s*(-?[\w@.+-]*)\s*$/.exec(
      part.slice(-128).replace(/\s+/g, ' '),
    );
    if (found === null) continue;
    const name = nearest(found[1] as string, SENT_KEYS);
    if (name !== null && !(name in fields)) fields[name] = found[2] as string;
  }
  return fields;
}

const beanFields = new Map<string, RegExp>();

/** `name=value` of a bean; blanks that wrapping put into it do not count. */
export function beanField(text: string, name: string): string | null {
  let pattern = beanFields.get(name);
  if (pattern === undefined) {
    pattern = new RegExp(String.raw`\b${[...name].join(String.raw`\s?`)}=\s*([^,\]\s]*)`);
    beanFields.set(name, pattern);
  }
  const found = pattern.exec(text);
  const value = found?.[1];
  return value === undefined || value === '' || value === 'null' ? null : value;
}
