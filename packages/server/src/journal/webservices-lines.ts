/**
 * The webservices log: which happening gives which message, as a table. Spelling, including the mistakes,
 * is the original's, because programs and people search for it.
 */
import type { Happening, HappeningKind } from '../happenings.ts';
import {
  type BeanWriter,
  ctiMessageName,
  decodedMessage,
  type LogForm,
  rawMessage,
  sentMessage,
} from './cti-lines.ts';
import { escapeKeyed, escapeValue } from './escape.ts';
import type { Timestamps } from './timestamps.ts';

/** Cisco severities: 3 error, 4 warning, 6 information, 7 debug. */
export type Severity = 3 | 4 | 6 | 7;

export interface LineContext {
  readonly form: LogForm;
  readonly deployment: string;
  readonly bean: BeanWriter;
  /** Number of the thread that a REST call would run on in the original: calls at one time differ. */
  readonly httpThread: (happening: Happening) => number;
}

export interface Entry {
  readonly severity: Severity;
  /** What follows the time: `%CCBU_<thread>-<severity>-<ID>: %[k=v][k=v]: <text>`. */
  readonly text: string;
}

/** Of a value of digits alone, or of hexadecimal ones: nothing in it can need escaping, so nobody looks. */
const PLAIN = 'plain';

type Text<K extends HappeningKind> = string | ((happening: Happening<K>, context: LineContext) => string);

interface Row<K extends HappeningKind> {
  readonly id: Text<K>;
  readonly severity: Severity | ((happening: Happening<K>) => Severity);
  readonly thread: Text<K>;
  /** In order; values unescaped, but for those that are {@link PLAIN}. */
  readonly keys: ReadonlyArray<
    readonly [name: string, value: (h: Happening<K>, context: LineContext) => string, plain?: typeof PLAIN]
  >;
  /** Closing text after the colon; may be empty. */
  readonly text: Text<K>;
  /** Rows are left out when this says no. */
  readonly when?: (happening: Happening<K>, context: LineContext) => boolean;
}

const HTTP_THREAD = (h: Happening, context: LineContext) => `http-8080-${context.httpThread(h)}`;
const SMACK_THREAD = 'Smack Listener Processor (1)';
const CTI_THREAD = 'CTIMessageEventExecutor-0';
/** Forced sign-outs run on a worker of their own. */
const FORCED_SIGN_OUT_REASON = 255;

/** States of the CTI link that have a message id of their own; others are CTI_LINK_STATE. */
const LINK_MESSAGES: Readonly<Record<string, { readonly id: string; readonly severity: Severity }>> = {
  IN_SERVICE: { id: 'CTI_CONNECTION_ESTABLISHED', severity: 6 },
  DISCONNECTED: { id: 'CTI_CONNECTION_LOST', severity: 3 },
  PERIPHERAL_OFFLINE: { id: 'CTI_LINK_STATE', severity: 4 },
};
/** The first two are the original's. */
const PRESENCE_MONITOR_TEXTS: Readonly<
  Record<Happening<'presence.monitor'>['event'], (agentId: string) => string>
> = {
  added: (agentId) => `Adding agent ${agentId} into the expiry hash.`,
  expired: (agentId) => `[Expired] Removed agent from cache ${agentId}`,
  elsewhere: (agentId) => `Agent ${agentId} is present at the other node and is not logged out.`,
  perhapsElsewhere: (agentId) =>
    `Agent ${agentId} may be present at the other node, which does not say, and is not logged out yet.`,
};
/** Beginning to connect is no loss. */
const linkMessage = (h: Happening<'cti.link'>) =>
  h.reason === 'started' ? undefined : LINK_MESSAGES[h.state];

export const linkSeverity = (h: Happening<'cti.link'>): Severity => linkMessage(h)?.severity ?? 6;

export const WEBSERVICES_ROWS: { readonly [K in HappeningKind]?: ReadonlyArray<Row<K>> } = {
  'request.start': [
    {
      id: 'REQUEST_START',
      severity: 6,
      thread: HTTP_THREAD,
      keys: [
        ['method_name', (h) => h.method],
        ['parameter_name', (h) => `{ ${h.query.map(([name, value]) => `${name}=[${value}], `).join('')}}`],
        ['resource_name', (h) => h.resource],
        ['usr', (h) => h.user],
      ],
      text: 'Request start',
    },
  ],
  'api.request': [
    {
      id: 'API_REQUEST',
      severity: 6,
      thread: HTTP_THREAD,
      keys: [
        ['REQUEST_URL', (h) => h.url],
        ['agent_id', (h) => h.agentId],
        // A call of nobody has an empty identifier, a user's call without one has "null".
        ['request_identifier', (h) => h.cause.requestId ?? (h.agentId === '' ? '' : 'null')],
        ['request_method', (h) => h.request],
        ['request_parameters', (h) => h.parameters],
      ],
      text: 'Request from client to webservice api',
    },
  ],
  'api.stats': [
    {
      id: 'REGISTER_API_STATS_OBJECT',
      severity: 6,
      thread: HTTP_THREAD,
      keys: [['resource_name', (h) => `com.cisco.ccbu:category=WebAppStats,component0=${h.component}`]],
      text: 'Registered new api stats object for new request type.',
    },
  ],
  'request.end': [
    {
      id: 'REQUEST_END',
      severity: 6,
      thread: HTTP_THREAD,
      keys: [['elapsed_time', (h) => String(Math.round(h.elapsedMs)), PLAIN]],
      text: 'Request complete',
    },
  ],
  'cti.sent': [
    {
      id: 'MESSAGE_TO_CTI_SERVER',
      severity: 6,
      thread: (h) =>
        h.fields.EventReasonCode === FORCED_SIGN_OUT_REASON ? 'CoreImpl-worker12' : 'pool-5-thread-4',
      keys: [
        ['cti_message', (h, context) => sentMessage(h, context.form)],
        ['cti_message_name', (h) => ctiMessageName(h.name)],
      ],
      text: 'Message going to the backend cti server',
    },
  ],
  'cti.raw': [
    {
      id: 'RAW_MESSAGE_FROM_CTI_SERVER',
      severity: 6,
      thread: CTI_THREAD,
      keys: [
        ['cti_message', (h) => rawMessage(h.frame), PLAIN],
        ['msgID', (h) => String(h.type), PLAIN],
        ['length', (h) => String(h.frame.byteLength), PLAIN],
      ],
      text: 'Raw Message to Finesse from backend cti server',
    },
  ],
  'cti.received': [
    {
      id: 'DECODED_MESSAGE_FROM_CTI_SERVER',
      severity: 6,
      thread: CTI_THREAD,
      keys: [
        ['cti_message', (h, context) => decodedMessage(h, context.form, context.deployment, context.bean)],
        ['cti_response_time', (h) => String(Math.max(0, Math.round(h.dispatchedAt - h.receivedAt))), PLAIN],
      ],
      text: 'Decoded Message to Finesse from backend cti server',
      when: (_h, context) => context.form === '9.1',
    },
    {
      id: 'DECODED_MESSAGE_FROM_CTI_SERVER',
      severity: 6,
      thread: CTI_THREAD,
      keys: [
        ['cti_message', (h, context) => decodedMessage(h, context.form, context.deployment, context.bean)],
        ['cti_response_time', (h) => String(Math.max(0, Math.round(h.dispatchedAt - h.receivedAt))), PLAIN],
        ['dispatch_phase', () => 'DnD-CHECKPOINT-3B'],
      ],
      text: 'Decoded Message to Finesse from backend cti server',
      when: (_h, context) => context.form !== '9.1',
    },
  ],
  'cti.link': [
    {
      id: (h) => linkMessage(h)?.id ?? 'CTI_LINK_STATE',
      severity: linkSeverity,
      thread: 'CTIConnection-0',
      keys: [
        ['state', (h) => h.state],
        ['side', (h) => h.side],
        ['reason', (h) => h.reason],
      ],
      text: 'State of the connection to the backend cti server',
    },
  ],
  'xmpp.publish': [
    {
      id: 'XMPP_PUBLISH_ASYNCHRONOUS',
      severity: 6,
      thread: 'pool-5-thread-5',
      keys: [
        ['NodeId', (h) => h.node],
        ['Payload', (h) => (h.payload.includes('\n') ? h.payload.replaceAll('\n', '') : h.payload)],
      ],
      text: 'Publishing XMPP Message Asynchronously',
    },
  ],
  presence: [
    {
      id: 'PRESENCE_NOTIFICATION_RECIEVED',
      severity: 6,
      thread: SMACK_THREAD,
      keys: [
        ['FROM JID', (h) => h.jid],
        ['PRESENCE_TYPE', (h) => h.type],
      ],
      text: 'Finesse received a presence notifcation',
    },
  ],
  unsubscribe: [
    {
      id: 'UNSUBSCRIBE_REQUEST_SUCCESS',
      severity: 6,
      thread: SMACK_THREAD,
      keys: [
        ['NodeId', (h) => h.node],
        ['user_id', (h) => h.jid],
      ],
      text: 'Sucessfully unsubscribed from a node on the XMPP server',
    },
  ],
  'presence.monitor': [
    {
      id: 'AGENT_PRESENCE_MONITOR',
      severity: 6,
      thread: (h) => (h.event === 'added' ? SMACK_THREAD : 'pool-8-thread-1'),
      keys: [['message_string', (h) => PRESENCE_MONITOR_TEXTS[h.event](h.agentId)]],
      text: '',
    },
  ],
  'presence.logout': [
    {
      id: 'PRESENCE DRIVEN LOGOUT',
      severity: 6,
      thread: 'CoreImpl-worker12',
      keys: [['agent_id', (h) => h.agentId]],
      text: 'Performing CTI Logout on basis of the agents unavailable presence',
    },
  ],
  'signOut.forced': [
    {
      id: 'FORCED_SIGN_OUT',
      severity: (h) => (h.record.outcome === 'refused' || h.record.outcome === 'unanswered' ? 4 : 6),
      thread: 'CoreImpl-worker12',
      keys: [
        ['agent_id', (h) => h.record.agentId],
        ['cause', (h) => h.record.cause],
        ['acting_id', (h) => h.record.actingId],
        ['FROM JID', (h) => h.record.session?.jid ?? ''],
        ['departure', (h) => h.record.departure ?? ''],
        ['request_identifier', (h) => h.record.requestId],
        ['invoke_id', (h) => String(h.record.invokeId ?? '')],
        ['outcome', (h) => h.record.outcome],
        ['agent_state', (h) => h.record.state ?? ''],
        ['reason_code', (h) => String(h.record.reasonCode ?? '')],
        ['refusal', (h) => h.record.refusal ?? ''],
      ],
      text: 'Sign-out that the agent did not ask for',
    },
  ],
  operator: [
    {
      id: 'OPERATOR_MESSAGE',
      severity: (h) => (h.level === 'error' ? 3 : 4),
      thread: 'main',
      keys: [['message_string', (h) => h.text]],
      text: (h) => (h.detail === undefined ? '' : detailText(h.detail)),
      when: (h) => h.level === 'warn' || h.level === 'error',
    },
  ],
};

/** What of a row's lines is the same in each, put together once. */
interface Form {
  readonly row: Row<HappeningKind>;
  /** From the thread on up to the first value, where that is always the same. */
  readonly head: string | undefined;
  /** What stands before each value. */
  readonly labels: readonly string[];
  /** What follows the last value, where that is always the same. */
  readonly tail: string | undefined;
}

function formOf(row: Row<HappeningKind>): Form {
  const { id, severity, thread, keys, text } = row;
  const isConstant = typeof id === 'string' && typeof severity === 'number' && typeof thread === 'string';
  return {
    row,
    head: isConstant ? headText(thread, severity, id) : undefined,
    labels: keys.map(([name], i) => `${i === 0 ? '[' : ']['}${name}=`),
    tail: typeof text === 'string' ? tailText(text) : undefined,
  };
}

const headText = (thread: string, severity: Severity, id: string): string =>
  `%CCBU_${escapeValue(thread)}-${severity}-${id}: %`;

const tailText = (text: string): string => (text === '' ? ']:' : `]: ${escapeValue(text)}`);

const FORMS = new Map(
  Object.entries(WEBSERVICES_ROWS).map(([kind, rows]) => [
    kind as HappeningKind,
    (rows as ReadonlyArray<Row<HappeningKind>>).map(formOf),
  ]),
);
const NO_FORMS: readonly Form[] = [];

/**
 * The entries that a happening gives; empty for kinds that this log does not know.
 *
 * @param severityMax less severe ones are left out
 */
export function webservicesEntries(
  happening: Happening,
  context: LineContext,
  severityMax: Severity = 7,
): Entry[] {
  const entries: Entry[] = [];
  for (const form of FORMS.get(happening.kind) ?? NO_FORMS) {
    const { row } = form;
    if (row.when !== undefined && !row.when(happening, context)) continue;
    // Even of a line that nobody wants: threads are counted.
    const thread = said(row.thread, happening, context);
    const severity = typeof row.severity === 'number' ? row.severity : row.severity(happening);
    if (severity > severityMax) continue;
    let text = form.head ?? headText(thread, severity, said(row.id, happening, context));
    const { labels } = form;
    for (let i = 0; i < labels.length; i++) {
      const [, written, plain] = row.keys[i] as Row<HappeningKind>['keys'][number];
      const value = written(happening, context);
      text += labels[i] as string;
      text += plain === PLAIN ? value : escapeKeyed(value);
    }
    text += form.tail ?? tailText(said(row.text, happening, context));
    entries.push({ severity, text });
  }
  return entries;
}

function said(part: Text<HappeningKind>, happening: Happening, context: LineContext): string {
  return typeof part === 'string' ? part : part(happening, context);
}

/** A whole line: `<10-digit counter>: <host>: <time>: %CCBU_…`. */
export function webservicesLine(
  counter: number,
  host: string,
  atMs: number,
  entry: Entry,
  times: Timestamps,
): string {
  return `${String(counter).padStart(10, '0')}: ${host}: ${times.webservices(atMs)}: ${entry.text}`;
}

function detailText(detail: Readonly<Record<string, unknown>>): string {
  try {
    return JSON.stringify(detail);
  } catch {
    return String(detail);
  }
}
