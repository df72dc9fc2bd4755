/** The contact centre: the CTI server, what clients are told of its other servers, dialogs and media; and the one that is embedded. */
import {
  type Address,
  address,
  chatUrl,
  choice,
  duration,
  host,
  integer,
  mediaChannels,
  type NamedNumber,
  secretText,
  text,
} from '../parsers.ts';
import { MINUTE, SECOND, type SettingTable, secret, setting } from '../setting.ts';

export const CONTACT_CENTRE = {
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
} as const satisfies SettingTable;

export const EMBEDDED_CENTRE = {
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
} as const satisfies SettingTable;
