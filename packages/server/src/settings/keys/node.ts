/** This server and the centre that it is a node of: where it listens, what it keeps, whom it shares it with. */
import {
  choice,
  clusterName,
  duration,
  host,
  hosts,
  integer,
  natsUrls,
  path,
  port,
  postgresUrl,
  secretText,
  text,
} from '../parsers.ts';
import { MINUTE, SECOND, type SettingTable, secret, setting } from '../setting.ts';

export const NODE = {
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
} as const satisfies SettingTable;
