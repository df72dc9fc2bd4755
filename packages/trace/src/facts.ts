/** What an entry says, as far as the tracer needs it: one table for each family. */
import { client } from './client-lines.ts';
import type { Entry, Family } from './entry.ts';
import {
  agentOfJid,
  agentOfPath,
  data,
  decoded,
  epochOf,
  type FactData,
  type FactKind,
  type Found,
  type Made,
  nocacheOf,
  squeeze,
  updateOf,
} from './fact.ts';
import { beanField, fieldsOf, keyedOf, sentFields } from './fields.ts';
import { refusalName } from './refusal-name.ts';

export type { FactData, FactKind, Found } from './fact.ts';

/** Expressions that go back and forth look at so much of a text, in characters. */
const LOOK_MAX = 8192;

/** What earlier entries of the same file left for later ones. */
export class FileState {
  /** Whether only losses, and what concerns the server, are asked for: then most messages need no look inside. */
  readonly lossesOnly: boolean;
  /** Whose messages are looked into; of others it is enough to know that they are others'. Null: everybody's. */
  readonly only: string | null;
  /** By thread: whose REST call runs there. */
  readonly calls = new Map<string, { user: string; method: string; nocache: string | undefined }>();
  wireAgent: string | null = null;
  ctiAgent: string | null = null;

  constructor(lossesOnly = false, only: string | null = null) {
    this.lossesOnly = lossesOnly;
    this.only = only;
  }

  /** Whether what a message says of this agent is wanted. */
  wants(agent: string | null): boolean {
    return this.only === null || agent === null || agent === this.only;
  }
}

/** Messages without news of losses; the second is looked into where it tells of a sign-out, or of reason 255. */
const NO_LOSS: ReadonlySet<string> = new Set([
  'REQUEST_START',
  'API_REQUEST',
  'REQUEST_END',
  'XMPP_PUBLISH_ASYNCHRONOUS',
  'RAW_MESSAGE_FROM_CTI_SERVER',
  'REGISTER_API_STATS_OBJECT',
]);
const CTI_LOSS = /LOGOUT|reason\s?code\s*[:=]\s*255|eventReasonCode=\s*255/i;

/** Most threads remembered of one file. */
const THREADS_MAX = 1024;

/**
 * Whose state a request to the CTI server changes, where its words are whole and it is somebody else whom nobody asks for. Null: look into it.
 */
function othersRequest(body: string, state: FileState): string | null {
  if (state.only === null || body.includes('\n')) return null;
  if (!/, agentstate : \d+ ?,/.test(body)) return null;
  const found = /, agentid: ([\w@.+-]+)(?=[,\]])/.exec(body);
  return found === null || found[1] === state.only ? null : (found[1] as string);
}

/** The same of a decoded AgentStateEvent. */
function othersState(body: string, state: FileState): string | null {
  if (state.only === null || body.includes('\n') || !body.includes('CTIAgentStateEvent [')) return null;
  const found = /, agentID=([\w@.+-]+)(?=[,\]])/.exec(body);
  return found === null || found[1] === state.only || found[1] === 'null' ? null : (found[1] as string);
}

type Reader = (entry: Entry, state: FileState) => Made[];

const WEBSERVICES: Readonly<Record<string, (body: string, thread: string, state: FileState) => Made[]>> = {
  REQUEST_START: (body, thread, state) => {
    const fields = fieldsOf('REQUEST_START', body);
    const user = (fields.usr ?? '').trim();
    const nocache = nocacheOf(body);
    if (state.calls.size >= THREADS_MAX) state.calls.clear();
    state.calls.set(thread, { user, method: (fields.method_name ?? '').trim(), nocache });
    const resource = squeeze(fields.resource_name ?? '');
    const agent = user === '' ? agentOfPath(resource) : user;
    if (!state.wants(agent)) return [{ kind: 'request.start', agent }];
    return [
      {
        kind: 'request.start',
        agent,
        data: data({ method: fields.method_name?.trim(), resource, user, nocache, thread }),
        epoch: epochOf(nocache),
      },
    ];
  },
  API_REQUEST: (body, thread, state) => {
    const fields = fieldsOf('API_REQUEST', body);
    const url = squeeze(fields.REQUEST_URL ?? '');
    const agent = agentOfPath(url);
    const method = squeeze(fields.request_method ?? '');
    // Excerpts leave lines out: what began on this thread may be another call.
    const begun = state.calls.get(thread);
    const started = begun !== undefined && method.endsWith(`.${begun.method}`) ? begun : undefined;
    if (started === undefined) state.calls.delete(thread);
    if (!state.wants(agent)) return [{ kind: 'api.request', agent }];
    const parameters = (fields.request_parameters ?? '').replace(/\s+/g, ' ').trim();
    const id = squeeze(fields.request_identifier ?? '');
    return [
      {
        kind: 'api.request',
        agent,
        data: data({
          url,
          // Who asks stands at the beginning of the call; 9.1 prints here whom it is about.
          user: started?.user || (fields.agent_id ?? '').trim(),
          asker: started?.user,
          requestId: id,
          method,
          parameters,
          state: /\bstate:\s*([A-Z_]+)/.exec(parameters)?.[1],
          nocache: started?.nocache,
          thread,
        }),
        epoch: epochOf(started?.nocache),
      },
    ];
  },
  REQUEST_END: (body, thread, state) => {
    const started = state.calls.get(thread);
    state.calls.delete(thread);
    const agent = started?.user || null;
    if (!state.wants(agent)) return [{ kind: 'request.end', agent }];
    const elapsed = fieldsOf('REQUEST_END', body).elapsed_time?.trim();
    return [
      {
        kind: 'request.end',
        agent,
        data: data({ elapsed, thread, nocache: started?.nocache }),
      },
    ];
  },
  PRESENCE_NOTIFICATION_RECIEVED: (body) => {
    const fields = fieldsOf('PRESENCE_NOTIFICATION_RECIEVED', body);
    const jid = squeeze(fields['FROM JID'] ?? '');
    const type = squeeze(fields.PRESENCE_TYPE ?? '');
    if (type !== 'available' && type !== 'unavailable') return [];
    return [{ kind: `presence.${type}`, agent: agentOfJid(jid), data: data({ jid }) }];
  },
  UNSUBSCRIBE_REQUEST_SUCCESS: (body) => [
    {
      kind: 'unsubscribed',
      agent: agentOfPath(squeeze(fieldsOf('UNSUBSCRIBE_REQUEST_SUCCESS', body).NodeId ?? '')),
    },
  ],
  AGENT_PRESENCE_MONITOR: (body) => {
    const said = body.replace(/\s+/g, ' ');
    const added = /Adding agent (\S+) into/i.exec(said);
    if (added !== null) return [{ kind: 'monitor.added', agent: added[1] as string }];
    const expired = /Removed agent from cache ([^\s\]:]+)/i.exec(said);
    return expired === null ? [] : [{ kind: 'monitor.expired', agent: expired[1] as string }];
  },
  'PRESENCE DRIVEN LOGOUT': (body) => [
    { kind: 'presence.logout', agent: fieldsOf('PRESENCE DRIVEN LOGOUT', body).agent_id?.trim() || null },
  ],
  MESSAGE_TO_CTI_SERVER: (body, _thread, state) => {
    const other = othersRequest(body, state);
    if (other !== null) return [{ kind: 'cti.request', agent: other }];
    const sent = sentFields(
      body.replace(/^[^[]*%?\[cti_?\s*message=/i, '').replace(/\[cti_message_name=.*$/is, ''),
    );
    if (sent.agentstate === undefined && sent['reason code'] === undefined) return [];
    return [
      {
        kind: 'cti.request',
        agent: sent.agentid ?? null,
        data: data({
          invokeId: sent['Invoke id'],
          state: sent.agentstate,
          reason: sent['reason code'],
          force: sent.forceflag,
          extension: sent.agenttext,
          supervisor: sent.supervisorid,
        }),
      },
    ];
  },
  DECODED_MESSAGE_FROM_CTI_SERVER: (wrapped, _thread, state) => {
    const other = othersState(wrapped, state);
    if (other !== null) return [{ kind: 'cti.state', agent: other }];
    // Names and values hold no blanks; pages break lines within them.
    const body = squeeze(wrapped);
    const epoch = epochOf(/CTI_MSG_RECEIVED"?\s*:\s*(\d{12,13})/.exec(body)?.[1]);
    if (/AgentStateEvent/.test(body) || /agentState=\d/.test(body)) {
      const state = /agentState=\s*\d+\s*\(\s*([A-Z_]+)/.exec(body)?.[1];
      return [
        {
          kind: 'cti.state',
          agent: beanField(body, 'agentID'),
          data: data({
            state,
            reason: beanField(body, 'eventReasonCode'),
            extension: beanField(body, 'agentExtension'),
            deployment: beanField(body, 'deploymentType'),
          }),
          epoch,
        },
      ];
    }
    const failure = /\bCTI\s?((?:Control)?Failure(?:Conf|Event))\b/.exec(body);
    if (failure === null) return [];
    // The two spaces of numbers overlap: which one it is, the message says.
    const status = beanField(body, 'status');
    const control = beanField(body, 'failureCode');
    const code = control ?? status ?? beanField(body, 'peripheralErrorCode');
    const name =
      control === null && status === null
        ? null
        : refusalName(control === null ? 'FailureStatus' : 'ControlFailureCode', code);
    return [
      { kind: 'cti.refused', data: data({ invokeId: beanField(body, 'invokeID'), code, name }), epoch },
    ];
  },
  XMPP_PUBLISH_ASYNCHRONOUS: (body, _thread, state) => {
    const fields = fieldsOf('XMPP_PUBLISH_ASYNCHRONOUS', body);
    const node = squeeze(fields.NodeId ?? /NodeId=([^\]\s]+)/.exec(body)?.[1] ?? '');
    const agent = agentOfPath(node);
    if (!state.wants(agent)) return [{ kind: 'publish', agent }];
    return [{ kind: 'publish', agent, data: data({ node, ...updateOf(body) }) }];
  },
  FORCED_SIGN_OUT: (body) => {
    const f = fieldsOf('FORCED_SIGN_OUT', body);
    return [
      {
        kind: 'forced',
        agent: f.agent_id ?? null,
        data: data({
          cause: f.cause,
          actor: f.acting_id,
          departure: f.departure,
          outcome: f.outcome,
          reason: f.reason_code,
        }),
      },
    ];
  },
  CTI_CONNECTION_LOST: () => [{ kind: 'cti.lost' }],
  CTI_SOCKET_ERROR: () => [{ kind: 'cti.lost' }],
  CTI_DISCONNECT: () => [{ kind: 'cti.lost' }],
  CTI_CONNECTION_RETRIES_EXCEEDED: () => [{ kind: 'cti.lost' }],
  CTI_OPEN_FAILURE: () => [{ kind: 'cti.lost' }],
  CTI_LINK_STATE: (body) =>
    /\[state=DISCONNECTED/.test(squeeze(body)) && !/reason=started/.test(squeeze(body))
      ? [{ kind: 'cti.lost' }]
      : [],
  CTI_CONNECTION_ESTABLISHED: () => [{ kind: 'cti.up' }],
  UNABLE_TO_CONNECT_TO_XMPP_SERVER: () => [{ kind: 'xmpp.lost' }],
  CONNECTED_TO_XMPP_SERVER: () => [{ kind: 'xmpp.up' }],
  OF_STATE_CHANGED: (body) =>
    /down|disconnect|stopp|unavail|out/i.test(body) ? [{ kind: 'xmpp.lost' }] : [{ kind: 'xmpp.up' }],
};

/** What may stand in any server log, whatever its form. Looked for only where one of the words occurs. */
const ANYWHERE: ReadonlyArray<readonly [RegExp, FactKind]> = [
  [
    /invalid XML char|illegal XML character|An invalid XML character|Character reference "?&#|hexadecimal value 0x[01]/i,
    'xml.invalid',
  ],
  [
    /OutOfMemoryError|GC overhead limit|RejectedExecutionException|unable to create new native thread|\b(?:CpuPegging|CallProcessingNodeCpuPegging|LowAvailableVirtualMemory|LowSwapPartitionAvailableDiskSpace)\b/,
    'overload',
  ],
  [
    /\btime reset [+-]?\d+\.\d+ s|System clock wrong by -?\d|\bclock (?:has been |was )?stepped by\b|\bstep time server\b/i,
    'clock.step',
  ],
  [/\bstratum[ =:]+(?:[5-9]|1[0-6])\b|NTP (?:is )?not synchroni[sz]ed|^unsynchroni[sz]ed\b/im, 'ntp.bad'],
  [
    /CTIManager\b(?:[^\n]{0,80}|[^\n[]{0,80}\n[^\n[]{0,80})\b(?:stopped|down|crash|terminated|exited|shutting down|STOPPED|NOTRUNNING)/i,
    'ctimanager.down',
  ],
  // As the engine of CCX says it, which is a client of CTIManager.
  [/PROVIDER_OUT_OF_SERVICE|\bProv(?:OutOfService|Shutdown)Ev\b/, 'ctimanager.down'],
  [/Server startup in \[?\d+|Starting Servlet [Ee]ngine|Initiali[sz]ing Finesse/, 'app.start'],
  [/Stopping service \[?Catalina|Pausing ProtocolHandler|Destroying ProtocolHandler/, 'app.stop'],
];
const ANYWHERE_WORDS =
  /time\s+reset|System\s+clock|stepped|step\s+time|CpuPegging|LowAvailable|LowSwap|XML\s+char|Character\s+reference|hexadecimal\s+value|OutOfMemory|GC\s+overhead|RejectedExecution|native\s+thread|stratum|nchroni[sz]ed|CTIManager|startup\s+in|Servlet|Initiali[sz]ing\s+Fin|Catalina|ProtocolHandler|PROVIDER_OUT_OF|\bProv(?:OutOf|Shut)/i;

function anywhere(text: string): Made[] {
  if (!ANYWHERE_WORDS.test(text)) return [];
  // Pages break lines. What says of a service that it stopped must not be read together with the next service.
  const joined = text.replace(/\s*\n\s*/g, ' ');
  return ANYWHERE.filter(
    ([pattern, kind]) => pattern.test(text) || (kind !== 'ctimanager.down' && pattern.test(joined)),
  ).map(([, kind]) => ({ kind }));
}

const READERS: Readonly<Record<Family, Reader>> = {
  webservices: ({ text }, state) => {
    const keyed = keyedOf(text);
    if (keyed === null) return anywhere(text);
    if (keyed.id !== null) {
      if (
        state.lossesOnly &&
        (NO_LOSS.has(keyed.id) || (keyed.id.includes('CTI_SERVER') && !CTI_LOSS.test(text)))
      )
        return [];
      const made = WEBSERVICES[keyed.id]?.(keyed.body, keyed.thread, state);
      if (made !== undefined) return made;
    }
    return anywhere(text);
  },
  realm: ({ text }) => {
    const found = /Unable to authenticate user:\s*(\S+)/.exec(text);
    return found === null ? [] : [{ kind: 'auth.failed', agent: found[1] as string }];
  },
  openfire: (entry, state) => openfire(entry.text) ?? wire(entry.text, state) ?? anywhere(entry.text),
  wire: (entry, state) => wire(entry.text, state) ?? [],
  cti: ({ text }, state) => {
    const said = text.replace(/\s+/g, ' ');
    const short = /AGENT_EVENT: ID=(\S+) .*?Ext=(\S*)/.exec(said);
    if (short !== null) {
      state.ctiAgent = short[1] as string;
      return [{ kind: 'cti.trace', agent: state.ctiAgent, data: data({ extension: short[2] }) }];
    }
    const states = /SkgState=(\w+).*?OverallState=(\w+).*?Reason=\s*(-?\d+)/.exec(said);
    if (states !== null && state.ctiAgent !== null)
      return [
        {
          kind: 'cti.trace',
          agent: state.ctiAgent,
          data: data({ skill: states[1], state: states[2], reason: states[3] }),
        },
      ];
    if (!/MsgType:\s?AGENT_STATE_EVENT/.test(said)) return [];
    const agent = /AgentID:\s?"([^"]+)"/.exec(said)?.[1] ?? null;
    return [
      {
        kind: 'cti.trace',
        agent,
        data: data({
          skill: /SkillGroupState:\s?(\w+)/.exec(said)?.[1],
          state: /AgentState:\s?(\w+)/.exec(said)?.[1],
          reason: /EventReasonCode:\s?(-?\d+)/.exec(said)?.[1],
          extension: /AgentExtension:\s?"([^"]+)"/.exec(said)?.[1],
        }),
      },
    ];
  },
  client: ({ text, file }) => client(text, file),
  access: ({ text }) => access(text),
  // Files of requests are not made of lines, their readers make facts themselves. This is a single answer in a text.
  http: ({ text }) => {
    const agent = agentOfPath(/<items\b[^>]{0,200}\bnode=["']([^"']{1,256})/.exec(text)?.[1] ?? '');
    const changed = Date.parse(/stateChangeTime(?:>|&gt;)([\dT:.-]{19,23}Z)/.exec(text)?.[1] ?? '');
    return [
      {
        kind: 'client.event',
        agent,
        data: updateOf(text),
        epoch: Number.isNaN(changed) ? null : changed,
      },
    ];
  },
  capture: () => [],
  audit: () => [],
  syslog: ({ text }) => {
    const id = /%(?:CCBU_)?[\w -]*-\d-([A-Z_]{6,})/.exec(text)?.[1];
    if (id !== undefined && (id.startsWith('CTI_') || id.includes('XMPP') || id === 'OF_STATE_CHANGED')) {
      const made = WEBSERVICES[id]?.(text, '', new FileState());
      if (made !== undefined) return made;
    }
    return anywhere(text);
  },
};

/** `org.jivesoftware.openfire.http.HttpSessionManager - `, as log4j writes it. */
const LOGGER = /^(?:[a-z]\w{0,40}\.){2,10}[\w$]{1,80} - /;

function openfire(text: string): Made[] | null {
  // The class that says it may stand in front.
  const said = (text.length > 4096 ? text.slice(0, 4096) : text).replace(LOGGER, '');
  let found = /^Session \(id=(\w+)\) was last active (\d+) ms ago:\s*(\S+)/.exec(said);
  if (found !== null)
    return [
      {
        kind: 'session.active',
        agent: agentOfJid(found[3] as string),
        data: { sid: found[1] as string, ms: found[2] as string },
      },
    ];
  found =
    /^Closing idle session \(id=(\w+)\):\s*([\s\S]*?)\s+after\s+(?:being\s+inactive|inactivity)\s+for[\s\S]*?(?:value\s+of\s+(\d+))?/.exec(
      said,
    );
  if (found === null) found = /^Closing idle session \(id=(\w+)\):\s*(\S+@\S+)/.exec(said);
  if (found !== null)
    return [
      {
        kind: 'session.idle',
        agent: agentOfJid(squeeze(found[2] as string)),
        data: data({ sid: found[1], threshold: /value\s+of\s+(\d+)/.exec(said)?.[1] }),
      },
    ];
  found = /^A session is (?:being )?closed for\s+(\S+)/.exec(said);
  if (found !== null) return [{ kind: 'session.closed', agent: agentOfJid(found[1] as string) }];
  found = /^HTTPBindLog: HTTP (RECV|SENT)\((\w+)\):\s*<body\b([^>]*)/.exec(said);
  if (found !== null) {
    const sid = found[2] as string;
    if (found[1] === 'SENT')
      return /<conflict\b/.test(said) ? [{ kind: 'session.conflict', data: { sid } }] : [];
    const made: FactData = data({ sid, rid: /\brid=["'](\d+)/.exec(found[3] as string)?.[1] });
    return /\btype=["']terminate["']/.test(found[3] as string)
      ? [{ kind: 'session.terminate', data: made }]
      : [{ kind: 'session.poll', data: made }];
  }
  found = /^consumeResponse:[\s\S]*?status:\s*(\d+)\s+address:\s*(\S+)(?:[\s\S]*?\bid:\s*(\w+))?/.exec(said);
  if (found !== null)
    return [
      {
        kind: 'session.bound',
        agent: agentOfJid(found[2] as string),
        data: data({ status: found[1], sid: found[3] }),
      },
    ];
  if (/^time=\d+,\s*JID=/.test(said)) {
    found = /^time=(\d+),\s*JID=([^,\s]+)/.exec(said);
    return [
      {
        kind: 'session.bound',
        agent: agentOfJid(found?.[2] ?? ''),
        epoch: epochOf(found?.[1]),
        data: { counters: '1' },
      },
    ];
  }
  if (/^Unable to route packet/.test(said))
    return [
      { kind: 'unroutable', agent: agentOfJid(/\bto="([^"]+)"/.exec(said)?.[1] ?? ''), data: updateOf(text) },
    ];
  found = /^RoutingTableImpl: Failed to route packet to JID:\s*([^/\s]+)/.exec(said);
  if (found !== null)
    return [{ kind: 'routed', agent: agentOfJid(found[1] as string), data: updateOf(text) }];
  if (/HTTP bind service started/.test(said)) return [{ kind: 'ns.start' }];
  if (/Openfire stopped/.test(said)) return [{ kind: 'ns.stop' }];
  if (/\bconflict\b/i.test(said) && /@/.test(said))
    return [{ kind: 'session.conflict', agent: agentOfJid(/(\S+@\S+)/.exec(said)?.[1] ?? '') }];
  return null;
}

function wire(text: string, state: FileState): Made[] | null {
  const request = /^>> ?"(GET|POST|PUT) ([^ "]+) HTTP/.exec(text);
  if (request !== null) {
    state.wireAgent = agentOfPath(request[2] as string);
    return state.wireAgent === null ? [] : [{ kind: 'wire.request', agent: state.wireAgent }];
  }
  const answer = /^<< ?"HTTP\/1\.[01] (\d{3})/.exec(text);
  if (answer === null) return /^(?:>>|<<) ?"/.test(text) ? [] : null;
  return state.wireAgent === null
    ? []
    : [{ kind: 'wire.answer', agent: state.wireAgent, data: { status: answer[1] as string } }];
}

function access(text: string): Made[] {
  const found =
    /^(\S+)\s(\S+)\s(\S+)\s-\s(\d{1,5}|-)\s([A-Z]+|-)\s([\s\S]*?)\sHTTP\/\s?1\.[01]\s+(\d{3})\s+(\d+|-)\s+(\d+)/.exec(
      text,
    );
  if (found === null) return [];
  const uri = squeeze(found[6] as string);
  const nocache = nocacheOf(uri);
  const user = found[3] === '-' ? null : (found[3] as string);
  const values = data({
    ip: found[1],
    user,
    port: found[4] === '-' ? null : found[4],
    method: found[5],
    path: uri.split('?')[0],
    status: found[7],
    ms: found[9],
    nocache,
  });
  if (/^\/desktop\/(?:container\/?|logon\/?)?(?:\?|$)/.test(uri))
    return [{ kind: 'page.load', agent: user, data: values }];
  const inner = /\burl=([^&]+)/.exec(uri)?.[1];
  return [
    {
      kind: 'access',
      agent: user ?? agentOfPath(inner === undefined ? uri : decoded(inner)),
      data: inner === undefined ? values : { ...values, inner: decoded(inner).split('?')[0] as string },
      epoch: epochOf(nocache),
    },
  ];
}

/** All that an entry says. */
export function factsOf(entry: Entry, state: FileState): Found[] {
  const text = entry.text;
  // Payloads may be long, and what the tracer looks for in them stands near their ends too.
  const looked =
    text.length <= 2 * LOOK_MAX
      ? entry
      : { ...entry, text: `${text.slice(0, LOOK_MAX)}\n${text.slice(-LOOK_MAX)}` };
  return READERS[entry.family](looked, state).map((made) => ({
    kind: made.kind,
    family: entry.family,
    file: entry.file,
    line: entry.line,
    time: entry.time,
    epoch: made.epoch ?? null,
    agent: made.agent ?? null,
    data: made.data ?? {},
    text: entry.text,
  }));
}

/** What the name of a file says: core files carry the time of a crash, heap dumps that there was one (admin.md 6.8). */
export function factsOfName(file: string): Found[] {
  const base = file.split(/[/\\!]/).at(-1) as string;
  const core = /^core\.(\d+)\.(\d+)\.([\w.-]+?)\.(\d{10})$/.exec(base);
  const found = (kind: FactKind, epoch: number | null, values: FactData): Found => ({
    kind,
    family: 'syslog',
    file,
    line: 0,
    time: null,
    epoch,
    agent: null,
    data: values,
    text: base,
  });
  if (core !== null) {
    const process = core[3] as string;
    const kind = /cti(?:manager|d)/i.test(process)
      ? 'ctimanager.down'
      : /openfire|notif|cfnot/i.test(process)
        ? 'ns.crash'
        : 'crash';
    return [found(kind, Number(core[4]) * 1000, { process, signal: core[2] as string })];
  }
  if (/\.hprof$/i.test(base)) return [found('ns.crash', null, { process: 'hprof' })];
  return [];
}
