/** The notification service: who may subscribe, how clients sign in, limits and patience of each transport. */
import { boolean, choice, duration, integer, places, size } from '../parsers.ts';
import { HOUR, KIB, MIB, MINUTE, SECOND, type SettingTable, setting } from '../setting.ts';

/** Listeners that can have TLS, named as their ports. */
const TLS_LISTENERS = ['xmpp', 'xmppTls', 'https', 'boshTls'] as const;
export type TlsListener = (typeof TLS_LISTENERS)[number];

export const NOTIFICATION = {
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
} as const satisfies SettingTable;
