/**
 * The one table of settings. The type `Settings`, the checks, the printed settings and docs/settings.md
 * all derive from it. To add a setting, add a row; names are `part.thing`, durations are in ms, sizes in
 * bytes.
 */
import {
  type Address,
  address,
  boolean,
  chatUrl,
  choice,
  clusterName,
  collector,
  duration,
  headerPairs,
  host,
  hostRules,
  hosts,
  integer,
  issuer,
  mediaChannels,
  type NamedNumber,
  natsUrls,
  networks,
  origins,
  type Parser,
  path,
  places,
  port,
  postgresUrl,
  secretText,
  size,
  text,
  texts,
} from './parsers.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const KIB = 1024;
const MIB = 1024 * KIB;

/** What a default may depend on. */
export interface DefaultContext {
  readonly demo: boolean;
  readonly bench: boolean;
  /** Value of a setting that stands earlier in the table. */
  get(key: string): unknown;
}

export interface SettingDefinition<T> {
  readonly parser: Parser<T>;
  readonly fallback: T | Computed<T>;
  readonly doc: string;
  readonly secret: boolean;
}

/** A default that depends on other settings, with the words for it in the documentation. */
export interface Computed<T> {
  readonly words: string;
  compute(context: DefaultContext): T;
}

function setting<T>(parser: Parser<T>, fallback: T | Computed<T>, doc: string): SettingDefinition<T> {
  return { parser, fallback, doc, secret: false };
}

function secret<T>(parser: Parser<T>, fallback: T, doc: string): SettingDefinition<T> {
  return { parser, fallback, doc, secret: true };
}

/** Listeners that can have TLS, named as their ports. */
export const TLS_LISTENERS = ['xmpp', 'xmppTls', 'https', 'boshTls'] as const;
export type TlsListener = (typeof TLS_LISTENERS)[number];

export const SETTINGS = {
  host: setting(
    host(),
    '127.0.0.1',
    'Address to bind. Anything but loopback is refused in demo mode; otherwise it needs TLS and an administrator password that was set by hand.',
  ),
  domain: setting(host(), 'localhost', 'XMPP domain. The publish-subscribe service is `pubsub.<domain>`.'),
  data: setting(
    path(),
    './data',
    'Directory for everything that is kept: configuration, certificates, logs.',
  ),
  'store.url': secret(
    postgresUrl,
    '',
    'Database of PostgreSQL (15 or later) for everything that an administrator sets up; empty: `poise.sqlite` in the data directory. What is missing comes from the variables of libpq (`PGPASSWORD`, `PGPASSFILE`, …), so that the password need not stand here (docs/store.md).',
  ),
  'store.poolMax': setting(
    integer(1, 50),
    4,
    'Connections to PostgreSQL at most, besides the one that hears of changes.',
  ),
  'store.statementTimeout': setting(
    duration(1 * SECOND, 10 * MINUTE),
    10 * SECOND,
    'A statement that PostgreSQL does not answer within this time is given up; the write that it belongs to answers 503.',
  ),
  language: setting(
    choice('auto', 'en', 'de', 'fr'),
    'auto',
    'Language of what the server says on the command line; `auto` follows the environment.',
  ),
  deployment: setting(
    choice('CCE', 'CCX'),
    'CCE',
    'Kind of contact centre: decides reason codes, timers and rules that differ.',
  ),
  compatibility: setting(
    choice('11.6', '9.1', '12.6'),
    '11.6',
    'Release whose printed forms are used (event stanza, item id, elements of objects, log lines). No endpoint, port, transport or rule depends on it.',
  ),

  'node.name': setting(text(1, 64), 'node1', 'Own name among the nodes of a centre; each has another.'),
  'node.primary': setting(host(), 'localhost', 'Host that SystemInfo prints as primary node.'),
  'node.secondary': setting(
    host({ empty: true }),
    '',
    'Host that SystemInfo prints as secondary node; empty when there is none. Desktops that lose one node go on with the other, at the same ports. Both nodes print the same pair, and `domain` of the primary one must be `node.primary`, letter by letter: by that clients tell which is the other.',
  ),
  'node.others': setting(
    hosts,
    [],
    'Hosts of further nodes, with commas between them. Pages of each node may call all of them, and those of primary and secondary node; SystemInfo names two of the nodes that live (docs/cluster.md).',
  ),
  'node.secret': secret(
    secretText(0, 128),
    '',
    'The same at all nodes. With `cluster.nats` everything that they tell each other is signed with it. Without it, before a node signs out an agent who has left it, it asks the other one, over TLS on `ports.https`, whether he works there. Empty: an agent who moved may be signed out by the node that he left.',
  ),

  'cluster.nats': setting(
    natsUrls,
    [],
    'Servers of NATS (2.9 or later, with JetStream) over which nodes share who is where, requests and leases, as in `tls://nats1.example.com:4222`, several of one NATS cluster with commas between them; empty: no NATS, a pair of nodes asks over HTTPS ([cluster.md](cluster.md)). Needs `node.secret`, and TLS and credentials unless all of them are on this machine.',
  ),
  'cluster.user': setting(text(0, 128), '', 'User at NATS; empty: none.'),
  'cluster.password': secret(secretText(0, 256), '', 'Password of that user.'),
  'cluster.token': secret(secretText(0, 256), '', 'Token for NATS, where it wants one instead of a user.'),
  'cluster.credentials': setting(
    path({ empty: true }),
    '',
    'Credentials file of NATS (`.creds`), where it wants one instead of a user.',
  ),
  'cluster.ca': setting(
    path({ empty: true }),
    '',
    'Certificates (PEM) that the one of NATS must lead to; empty: those that Node.js trusts.',
  ),
  'cluster.name': setting(
    clusterName,
    'poise',
    'Prefix of all subjects and buckets, the same at all nodes of a centre: several centres share one NATS under different names.',
  ),
  'cluster.replicas': setting(
    choice('1', '3', '5'),
    '1',
    'On how many servers of NATS each bucket is kept: 3 where NATS is a cluster of three. A bucket that was made for fewer gets the copies that it lacks; a lower number takes none away.',
  ),

  'ports.offset': setting(
    integer(0, 64000),
    0,
    'Added to every port, so that several servers run side by side.',
  ),
  'ports.http': setting(
    port,
    8082,
    'REST, desktop, gadgets, `/http-bind/`, `/ws/`, `/tunnel/` in clear; loopback only unless `http.allowInsecure`.',
  ),
  'ports.https': setting(port, 8445, 'The same over TLS: one origin for everything.'),
  'ports.bosh': setting(
    port,
    7071,
    '`/http-bind/`, `/ws/`, `/tunnel/` in clear; loopback only unless `http.allowInsecure`.',
  ),
  'ports.boshTls': setting(port, 7443, '`/http-bind/`, `/ws/`, `/tunnel/` over TLS.'),
  'ports.httpRedirect': setting(
    port,
    null,
    'Answers browsers with the same address over TLS on `ports.https` (301), and nothing else; 80 where people type a name alone.',
  ),
  'ports.xmpp': setting(port, 5222, 'XMPP over TCP, with STARTTLS.'),
  'ports.xmppTls': setting(port, 5223, 'XMPP over TCP, TLS from the first byte.'),
  'ports.ctiA': setting(port, 42027, 'GED-188 of the embedded CTI server, side A.'),
  'ports.ctiB': setting(port, 43027, 'GED-188 of the embedded CTI server, side B.'),
  'ports.ssh': setting(
    port,
    null,
    '`poise shell` over SSH for administrators, with the password of the console ([shell.md](shell.md)). Off unless a port is named, e.g. 2222.',
  ),
  'ports.metrics': setting(
    port,
    9464,
    'Metrics in the Prometheus text format, loopback only. The CTI server alone (`poise cti`) has none.',
  ),

  'cti.a': setting(
    address,
    {
      words: '`127.0.0.1:` and the port `ports.ctiA`',
      compute: ({ get }): Address | null => ({
        host: '127.0.0.1',
        port: (get('ports.ctiA') as number | null) ?? 42027,
      }),
    },
    'CTI server, side A. The embedded one listens there.',
  ),
  'cti.b': setting<Address | null>(address, null, 'CTI server, side B; empty when there is none.'),
  'cti.version': setting(
    integer(14, 25),
    24,
    'Protocol version asked for; lower ones are tried when the server refuses it.',
  ),
  'cti.embedded': setting(
    choice('auto', 'true', 'false'),
    'auto',
    'Whether the embedded CTI server runs; `auto`: when `cti.a` is an address of this machine.',
  ),
  'cti.peripheralId': setting(
    integer(1, 2_147_483_647),
    5001,
    'PeripheralID of the embedded CTI server (CCE).',
  ),
  'cti.clientId': setting(text(1, 64), 'Poise', 'ClientID sent to the CTI server.'),
  'cti.user': setting(
    text(0, 64),
    '',
    'ClientSignature: two clients with the same ID and signature end each other’s sessions. Empty: `Poise-` and `node.name`.',
  ),
  'cti.password': secret(secretText(0, 64), '', 'Password for the CTI server.'),
  'cti.heartbeat': setting(
    duration(SECOND, 5 * MINUTE),
    5 * SECOND,
    'Interval of heartbeats; three missed ones end the session.',
  ),
  'cti.requestTimeout': setting(
    duration(SECOND, 5 * MINUTE),
    20 * SECOND,
    'A request without an answer after this time fails with CF_REQUEST_TIMEOUT_REJECTION.',
  ),
  'cti.pendingMax': setting(integer(1, 10_000), 16, 'Requests of one agent that may wait or be under way.'),

  'chat.primary': setting(
    chatUrl,
    '',
    'Desktop chat server, `https://host:5280/path`. Poise has no chat of its own; clients that bring one read it from ChatConfig.',
  ),
  'chat.secondary': setting(chatUrl, '', 'The second desktop chat server; empty when there is none.'),

  'enterpriseDatabase.host': setting(
    host({ empty: true }),
    '',
    'Administration and data server (AWDB) of the contact centre. Poise keeps users and teams itself and does not connect to it; what stands here is for clients of EnterpriseDatabaseConfig.',
  ),
  'enterpriseDatabase.backupHost': setting(
    host({ empty: true }),
    '',
    'Its backup; empty when there is none.',
  ),
  'enterpriseDatabase.port': setting(integer(1, 65_535), 1433, 'Port of that database.'),
  'enterpriseDatabase.name': setting(text(0, 128), '', 'Name of that database.'),
  'enterpriseDatabase.domain': setting(text(0, 128), '', 'Windows domain of the user; empty: an SQL user.'),
  'enterpriseDatabase.user': setting(text(0, 128), '', 'User for that database.'),
  'enterpriseDatabase.password': secret(secretText(0, 128), '', 'Password of that user.'),

  'dialogs.pendingMax': setting(
    integer(1, 10_000),
    16,
    'Requests about one dialog, or for new calls of one agent, that may wait or be in flight; more are answered 400.',
  ),
  'dialogs.participantDrop': setting(
    choice('supervisor_only', 'conference_controller_and_supervisor', 'all'),
    'supervisor_only',
    'Who may remove parties of a conference (enableDropParticipantFor of the original): supervisors remove agents; or they and who holds the conference remove anybody; or every agent does.',
  ),

  'media.channels': setting(
    mediaChannels,
    {
      words: 'empty; `5000:Chat,5001:Email,5002:Tasks` in demo mode',
      compute: ({ demo, bench }): readonly NamedNumber[] =>
        demo && !bench
          ? [
              { id: '5000', name: 'Chat' },
              { id: '5001', name: 'Email' },
              { id: '5002', name: 'Tasks' },
            ]
          : [],
    },
    'CCE: media beside voice that agents can sign in to, `number:name` each. Their states are kept by this node; tasks come from the simulation alone.',
  ),

  'desktop.securityBannerMessage': setting(
    text(0, 220),
    '',
    'Text below the sign-in of the desktop; empty: none.',
  ),
  'desktop.logonMessage': setting(
    text(0, 4000),
    '',
    'Text that must be acknowledged before the sign-in of the desktop can be used; empty: none.',
  ),
  'desktop.loginFailureRetryAttempts': setting(
    integer(0, 10),
    3,
    'How often the desktop tries a sign-in again that failed because of the phone; 0: never.',
  ),
  'desktop.loginFailureRetryInterval': setting(integer(15, 180), 60, 'Seconds between those attempts.'),
  'desktop.enableMobileAgentLogin': setting(
    boolean,
    true,
    'Whether the sign-in of the desktop offers to work as a mobile agent.',
  ),
  'desktop.serviceWorker': setting(
    boolean,
    true,
    'Whether browsers keep the desktop page, so that it can be loaded anew while its node is down. `false`: those that do throw it away with the next visit ([desktop.md](desktop.md)).',
  ),
  'desktop.enableDragDropAndResizeGadget': setting(
    boolean,
    false,
    'Whether gadgets of the desktop can be dragged and resized. This and the settings of `desktop` that follow, up to dropParticipant, give way to `configs` of a layout ([layout.md](layout.md)).',
  ),
  'desktop.enableShortCutKeys': setting(boolean, true, 'Whether the desktop has keyboard shortcuts.'),
  'desktop.forceWrapUp': setting(
    boolean,
    true,
    'Whether an agent must choose a wrap-up reason where one is required.',
  ),
  'desktop.showWrapUpTimer': setting(boolean, true, 'Whether the time in wrap-up is shown.'),
  'desktop.wrapUpCountDown': setting(
    boolean,
    true,
    'Whether the time in wrap-up counts down from what is allowed; else it counts up.',
  ),
  'desktop.showAgentHistoryGadgets': setting(
    boolean,
    true,
    'Whether supervisors see the state and call history of an agent in Team Performance.',
  ),
  'desktop.showActiveCallDetails': setting(
    boolean,
    true,
    'Whether supervisors see the calls of an agent in Team Performance.',
  ),
  'desktop.pendingDTMFThresholdCount': setting(
    integer(1, 20),
    20,
    'Digits of the keypad that may wait for their answer.',
  ),
  'desktop.dtmfRequestTimeoutInMs': setting(
    integer(1000, 200_000),
    5000,
    'Milliseconds after which a digit of the keypad counts as lost.',
  ),
  'desktop.dropParticipant': setting(
    choice('agents', 'all'),
    'agents',
    'Which parties of a conference the desktop offers to remove.',
  ),
  'desktop.maxTabsOnTabbedGadgetHeader': setting(
    integer(1, 20),
    7,
    'Tabs of a Multi-Tab gadget that are seen at once; the others are in a menu.',
  ),
  'desktop.showNotificationOnCallVariablesChange': setting(
    boolean,
    true,
    'Whether a hidden tab of call control bears a red dot when variables of a call were changed.',
  ),
  'desktop.showNotificationOnParticipantChange': setting(
    boolean,
    true,
    'The same, when somebody joins or leaves a call.',
  ),
  'desktop.showNotificationOnWrapUpReasonsChange': setting(
    boolean,
    true,
    'The same, when another agent of the call chose its wrap-up reason.',
  ),
  'desktop.showNotificationOnNumCallsChange': setting(boolean, true, 'The same, when a call came or went.'),
  'desktop.developerTools': setting(
    boolean,
    false,
    'Whether the desktop has the panel for developers of gadgets: what each of them asks and publishes. In demo mode it has it always ([gadgets.md](gadgets.md)).',
  ),
  'desktop.triggerWorkFlowForConsult': setting(
    boolean,
    true,
    'Whether consult calls run workflows ([workflows.md](workflows.md)).',
  ),
  'desktop.unreadNotificationsWaitTime': setting(
    integer(1, 3600),
    20,
    'Seconds until a notification that nobody looked at counts as unread.',
  ),
  'desktop.notificationPopupWaitTime': setting(
    integer(1, 3600),
    8,
    'Seconds that a notification stands on the screen.',
  ),

  'acd.ringTime': setting(
    duration(SECOND, 5 * MINUTE),
    15 * SECOND,
    'How long a call from a queue rings at an agent of the embedded contact centre; then the agent is Not Ready and the caller waits again, at the head of the queue.',
  ),
  'acd.waitingMax': setting(
    integer(1, 100_000),
    10_000,
    'Calls that may wait in one queue of the embedded contact centre; further callers are turned away.',
  ),
  'acd.callsMax': setting(
    integer(1, 50_000),
    20_000,
    'Calls at once in the embedded contact centre; further ones find it congested.',
  ),
  'acd.conferencePartiesMax': setting(integer(3, 64), 16, 'Parties of one conference.'),
  'sim.seed': setting(
    integer(0, 0xffffffff),
    1,
    'Seed of what is left to chance in the simulated telephony, such as how long an outside party lets it ring.',
  ),

  'presence.idle': setting(
    duration(SECOND, HOUR),
    60 * SECOND,
    'A BOSH session without a request for longer than this is closed by the next sweep.',
  ),
  'presence.sweep': setting(
    duration(100, 10 * MINUTE),
    30 * SECOND,
    'Interval of the sweep that looks for idle sessions.',
  ),
  'presence.grace': setting(
    duration(0, HOUR),
    60 * SECOND,
    'Time between the last session of a signed-in agent going away and the forced sign-out. 0: at once, also when a page is loaded anew.',
  ),
  'presence.resources': setting(
    choice('any', 'desktop'),
    'any',
    'Which sessions keep an agent signed in. `any`: every one, so that a program which stays connected with his JID keeps him signed in. `desktop`: those with the resource desktop.',
  ),
  'presence.onDisconnect': setting(
    choice('notReady', 'logout'),
    {
      words: '`notReady` for CCE, `logout` for CCX',
      compute: ({ get }): 'notReady' | 'logout' => (get('deployment') === 'CCX' ? 'logout' : 'notReady'),
    },
    'What the embedded CTI server makes of a forced LOGOUT with reason code 255. With CCX it always signs out.',
  ),

  'maintenance.notice': setting(
    duration(0, HOUR),
    2 * MINUTE,
    'Maintenance mode: time between the first warning of the agents and the move of their desktops to the other node, which is spread over 15 s.',
  ),
  'maintenance.limit': setting(
    duration(MINUTE, 12 * HOUR),
    HOUR,
    'Maintenance mode: desktops that are here after this time are not waited for any longer; the maintenance mode has failed, and the node works on.',
  ),

  'notification.access': setting(
    choice('roles', 'open'),
    'roles',
    '`roles`: own nodes, supervised teams, assigned queues. `open`: every user may subscribe to every node (laboratory tools).',
  ),
  'notification.plain': setting(
    choice('loopback', 'always', 'tls'),
    'loopback',
    'Where the mechanism PLAIN is offered without TLS: to this machine, to all, or (`tls`) to nobody.',
  ),
  'notification.scram': setting<readonly TlsListener[]>(
    places(...TLS_LISTENERS),
    [],
    'TLS listeners that offer SCRAM-SHA-1 and SCRAM-SHA-256: `xmpp` (after STARTTLS), `xmppTls`, `https` and `boshTls` (BOSH and WebSocket), each named as its port in `ports`. Some clients prefer SCRAM and then fail with a token; those that derive keys in JavaScript (xmpp.js) need seconds for `accounts.iterations`.',
  ),
  'notification.stanzaMax': setting(size(KIB, 16 * MIB), 64 * KIB, 'Longest stanza from a client.'),
  'notification.stanzaMaxBeforeAuth': setting(
    size(KIB, MIB),
    17 * KIB,
    'Longest element before authentication: 16 KiB of credentials and what stands around them.',
  ),
  'notification.depthMax': setting(integer(4, 1000), 32, 'Deepest nesting of elements in a stanza.'),
  'notification.attributesMax': setting(integer(8, 1000), 64, 'Most attributes of one element.'),
  'notification.queueBytesMax': setting(
    size(64 * KIB, 256 * MIB),
    MIB,
    'Bytes that may wait for one session; more closes it with policy-violation.',
  ),
  'notification.queueStanzasMax': setting(
    integer(10, 100_000),
    1000,
    'Stanzas that may wait for one session; more closes it with policy-violation.',
  ),
  'notification.sessionsMax': setting(integer(1, 100_000), 20_000, 'Sessions at once.'),
  'notification.sessionsPerUserMax': setting(integer(1, 1000), 20, 'Sessions of one user at once.'),
  'notification.unauthenticatedMax': setting(
    integer(1, 100_000),
    4000,
    'Sessions from one address that have not authenticated yet.',
  ),
  'notification.unauthenticatedTimeout': setting(
    duration(SECOND, 10 * MINUTE),
    60 * SECOND,
    'Time for authentication.',
  ),
  'notification.subscriptionsPerUserMax': setting(integer(10, 100_000), 1000, 'Subscriptions of one user.'),
  'notification.subscriptionGrace': setting(
    duration(0, 24 * HOUR),
    10 * MINUTE,
    'How long explicit subscriptions of a full JID outlive its session.',
  ),
  'notification.log.debug': setting(
    boolean,
    {
      words: 'true with `--demo`, else false; false with `--bench`',
      compute: ({ demo, bench }): boolean => demo && !bench,
    },
    'Write debug.log of the notification service.',
  ),
  'notification.bosh.wait': setting(
    duration(SECOND, 10 * MINUTE),
    60 * SECOND,
    'Longest time that a request is held.',
  ),
  'notification.bosh.hold': setting(integer(1, 4), 2, 'Most requests held for one session.'),
  'notification.bosh.sid': setting(
    choice('long', 'short'),
    'long',
    'Form of session ids: `long` has 128 random bits, `short` 8 hexadecimal digits as the logs of the original show. Short ones can be guessed, and a session id is all that a thief needs: for laboratories.',
  ),
  'notification.bosh.polling': setting(
    duration(0, MINUTE),
    5 * SECOND,
    'Shortest polling interval that is announced.',
  ),
  'notification.bosh.maxPause': setting(
    duration(0, HOUR),
    300 * SECOND,
    'Longest pause that a client may ask for.',
  ),
  'notification.websocket.ping': setting(
    duration(SECOND, HOUR),
    30 * SECOND,
    'Interval of pings to a silent WebSocket client.',
  ),
  'notification.websocket.idle': setting(
    duration(SECOND, HOUR),
    120 * SECOND,
    'Silence after which a WebSocket connection is closed.',
  ),
  'notification.websocket.frameMax': setting(
    size(KIB, 16 * MIB),
    64 * KIB,
    'Longest WebSocket frame from a client.',
  ),
  'notification.tcp.ping': setting(
    duration(SECOND, 24 * HOUR),
    180 * SECOND,
    'Silence after which a TCP client is pinged.',
  ),
  'notification.tcp.idle': setting(
    duration(SECOND, 24 * HOUR),
    360 * SECOND,
    'Silence after which a TCP connection is closed.',
  ),

  'http.allowInsecure': setting(boolean, false, 'Serve the clear ports on `host` too, not on loopback only.'),
  'http.bodyMax': setting(
    size(KIB, 256 * MIB),
    8 * MIB,
    'Longest request body of all; most resources take 64 KiB at most. A client log of 1,048,576 characters must fit.',
  ),
  'http.headersTimeout': setting(
    duration(SECOND, 10 * MINUTE),
    10 * SECOND,
    'Time for the headers of a request.',
  ),
  'http.requestTimeout': setting(duration(SECOND, HOUR), 30 * SECOND, 'Time for a whole request to arrive.'),
  'http.keepAlive': setting(
    duration(SECOND, HOUR),
    75 * SECOND,
    'How long an idle connection is kept; longer than `notification.bosh.wait`.',
  ),
  'http.connectionsMax': setting(integer(10, 1_000_000), 20_000, 'Connections of one listener at once.'),
  'http.corsOrigins': setting(
    origins,
    [],
    'Origins whose pages may call REST and `/http-bind/`, open `/ws/`, and put the event tunnel in a frame ([tunnel.md](tunnel.md)). The desktop pages of the pair of nodes may in any case, at the same ports; in demo mode every loopback origin may, too.',
  ),
  'http.workflowOrigins': setting(
    origins,
    [],
    'Origins of other servers that workflows of the desktop page may send requests to ([workflows.md](workflows.md)). Those servers must allow it, too (CORS).',
  ),
  'http.trustedProxies': setting(
    networks,
    [],
    'Reverse proxies that end TLS in front of a clear port. From these addresses `X-Forwarded-Proto: https` counts as TLS for `/http-bind/` and `/ws/`; they must set or remove that header themselves.',
  ),
  'gadgets.hosts': setting(
    hostRules,
    {
      words: '`*` with `--demo`, else none',
      compute: ({ demo }): readonly string[] => (demo ? ['*'] : []),
    },
    'Other hosts that gadgets may be loaded from and may send requests to through the server; those of gadgets in the layouts may be in any case. `crm.example.com` and `*.example.com` mean the usual ports of http and https, `crm.example.com:8444` another one, `crm.example.com:*` all; `*` every host with a public address ([gadgets.md](gadgets.md)).',
  ),
  'gadgets.privateNetworks': setting(
    networks,
    [],
    'Addresses that are not public and yet may be those of such hosts, such as `10.1.0.0/16`. All others that are private, of this machine, link-local or reserved are refused, whatever name leads there.',
  ),
  'gadgets.credentialHosts': setting(
    hostRules,
    [],
    'Hosts that receive the headers Authorization and Cookie which a gadget gives along; to all others they are left out.',
  ),
  'gadgets.cacheTtl': setting(
    duration(0, 24 * HOUR),
    5 * MINUTE,
    'How long gadget files of other hosts are kept before the host is asked again. Files of this server are always read anew.',
  ),
  'gadgets.fileMax': setting(
    size(KIB, 2 * MIB),
    2 * MIB,
    'Largest gadget file, message bundle or remote content that is read.',
  ),
  'gadgets.responseMax': setting(
    size(KIB, 64 * MIB),
    2 * MIB,
    'Largest answer of another host to a request of a gadget.',
  ),
  'gadgets.connectTimeout': setting(
    duration(100, MINUTE),
    5 * SECOND,
    'Time for the name of another host to be resolved, and for the connection to it.',
  ),
  'gadgets.requestTimeout': setting(
    duration(SECOND, 5 * MINUTE),
    15 * SECOND,
    'Time for the whole answer of another host, redirects included.',
  ),
  'gadgets.requestsMax': setting(
    integer(1, 10_000),
    64,
    'Requests to other hosts at once; further ones are refused.',
  ),

  'https.certificate': setting(
    path({ empty: true }),
    '',
    'Certificate chain (PEM). Empty: one is made at the first start.',
  ),
  'https.key': setting(path({ empty: true }), '', 'Private key of the certificate (PEM).'),
  'https.hosts': setting(hosts, [], 'Further names and addresses for the certificate that is made.'),

  'accounts.iterations': setting(
    integer(4096, 10_000_000),
    100_000,
    'PBKDF2 iterations for passwords that are set from now on (RFC 7677: at least 4096).',
  ),
  'accounts.cacheTtl': setting(
    duration(0, 24 * HOUR),
    30 * MINUTE,
    'How long a verified credential is remembered (as a keyed hash).',
  ),
  'accounts.cacheMax': setting(integer(0, 1_000_000), 20_000, 'Verified credentials that are remembered.'),
  'accounts.derivationsMax': setting(
    integer(1, 100_000),
    4000,
    'Passwords that may wait for verification; more are answered with an error at once.',
  ),
  'accounts.lockAfter': setting(integer(1, 1000), 5, 'Wrong passwords in a row that lock a user.'),
  'accounts.lockFor': setting(
    duration(SECOND, 24 * HOUR),
    5 * MINUTE,
    'How long a locked user stays locked after the last attempt.',
  ),
  'accounts.consoleLockFor': setting(
    duration(SECOND, 24 * HOUR),
    30 * MINUTE,
    'The same for the administration console.',
  ),
  'accounts.failureDelay': setting(
    duration(0, 5 * SECOND),
    100,
    'How long the answer to a wrong password is held back: twice as long with each further one in a row, up to eight times. Only whoever sent it waits.',
  ),
  'accounts.passwordMin': setting(integer(1, 128), 8, 'Shortest password that can be set.'),

  'sso.systemAuthMode': setting(
    choice('NON_SSO', 'SSO', 'HYBRID'),
    'NON_SSO',
    'How agents and supervisors sign in: with passwords here, at an OpenID Connect provider, or each user in one of the two ways (`sso.users`, `sso.teams`). Administrators keep their passwords.',
  ),
  'sso.issuer': setting(
    issuer,
    '',
    'Issuer of the OpenID Connect provider, as its metadata names it; http only on this machine.',
  ),
  'sso.clientId': setting(text(0, 255), '', 'Client ID of Poise at the provider.'),
  'sso.clientSecret': secret(
    secretText(0, 1024),
    '',
    'Client secret of Poise at the provider; empty: a public client.',
  ),
  'sso.audience': setting(
    text(0, 255),
    {
      words: 'the value of `sso.clientId`',
      compute: ({ get }): string => get('sso.clientId') as string,
    },
    'What must stand in `aud` of an access token.',
  ),
  'sso.userClaim': setting(
    text(1, 64),
    'preferred_username',
    'Claim of the access token that holds the login id or login name of the agent.',
  ),
  'sso.scope': setting(text(6, 255), 'openid profile', 'Scopes asked for at sign-in; `openid` must be one.'),
  'sso.users': setting(
    texts,
    [],
    'HYBRID: login ids of the users who sign in at the provider; all others have passwords.',
  ),
  'sso.teams': setting(
    texts,
    [],
    'HYBRID: names of teams whose members sign in at the provider, besides `sso.users`.',
  ),
  'sso.origin': setting(
    origins,
    [],
    'Origins at which browsers reach this server, for the redirect from the provider. Empty: the names of the nodes and this machine, as the browser addressed them.',
  ),
  'sso.requestsMax': setting(
    integer(1, 100_000),
    600,
    'Requests to `/desktop/sso` from one address within a minute; more are answered 429.',
  ),
  'sso.enableUserAuthMode': setting(
    boolean,
    true,
    'Whether UserAuthMode answers (enableUserAuthMode of the original); without it a hybrid desktop cannot tell who signs in how.',
  ),

  'logs.level': setting(
    choice('information', 'warning', 'error'),
    'information',
    'Least severe lines that are written to Desktop-webservices; tracers need `information`. Can be changed while the server runs.',
  ),
  'shell.api': setting(
    boolean,
    false,
    'Administrators may run commands of `poise shell` over HTTP (`POST /poise/api/shell`). Each is written to the audit log.',
  ),
  'logs.json': setting(
    boolean,
    false,
    'Write everything that happens to json/poise.jsonl as well, a line of JSON each, for collectors that read no formats of their own.',
  ),
  'logs.pageTimes': setting(
    boolean,
    true,
    'Whether desktop pages tell when an action of their agent began, and when what came of it was received and painted, for its trace ([action-trace.md](action-trace.md)). Times and requestIds alone.',
  ),
  'logs.queueMax': setting(
    size(64 * KIB, 1024 * MIB),
    8 * MIB,
    'Log text that may wait for the disk; more is dropped and counted.',
  ),

  'otlp.url': setting(
    collector,
    '',
    'Collector of OpenTelemetry that logs, metrics and traces are sent to by OTLP/HTTP, as in http://127.0.0.1:4318; empty: none ([metrics.md](metrics.md)).',
  ),
  'otlp.headers': secret(
    headerPairs,
    '',
    'Headers that the collector wants, e.g. its key: name=value, several with commas between them.',
  ),
  'otlp.signals': setting(
    places('logs', 'metrics', 'traces'),
    ['logs', 'metrics', 'traces'],
    'What is sent to it.',
  ),
  'otlp.interval': setting(duration(1_000, 3_600_000), 60_000, 'Time between two tellings of the metrics.'),

  'demo.agents': setting(
    integer(0, 10_000),
    0,
    'This many demonstration agents and phones more (login ids from 7000001, phones equal the id).',
  ),
  'bench.password': secret(
    secretText(1, 128),
    'bench-secret',
    'The one password of the agents and of the user `publisher` that `--bench` adds.',
  ),
  'bench.firstLoginId': setting(
    integer(1_000_000, 900_000_000),
    8_000_001,
    'Login id of the first agent that `--bench` adds; the others follow.',
  ),
  'bench.credentials': setting(
    choice('known', 'derived'),
    'known',
    'How passwords of bench agents are verified: `known` compares, as servers do that keep plain passwords; `derived` derives the key at the first sign-in, as for real accounts.',
  ),
} as const satisfies Record<string, SettingDefinition<never> | SettingDefinition<unknown>>;

export type SettingKey = keyof typeof SETTINGS;
