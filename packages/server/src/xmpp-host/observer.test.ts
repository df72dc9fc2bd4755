import { VirtualClock } from '@poise/clock';
import type { Peer } from '@poise/xmpp';
import { expect, test } from 'vitest';
import type { Accounts } from '../accounts/accounts.ts';
import { type Happening, Happenings } from '../happenings.ts';
import type { Directory } from '../store/directory.ts';
import { xmppAuthenticator } from './access.ts';
import { DebugRing } from './debug-ring.ts';
import { boshLimits, type NotificationSettings, xmppLimits } from './limits.ts';
import { notificationObserver } from './observer.ts';

function observed(form: '9.1' | '11.6', debugging = true) {
  const seen: Happening[] = [];
  const happenings = new Happenings(() => 0);
  happenings.observe((happening) => seen.push(happening));
  const observer = notificationObserver({
    happenings,
    clock: new VirtualClock(1_492_185_866_851),
    ring: new DebugRing(),
    debugging: () => debugging,
    presence: undefined,
    form,
  });
  const lines = () =>
    seen.flatMap((happening) => ('line' in happening ? [`${happening.kind}: ${happening.line}`] : []));
  return { observer, lines };
}

test('the sweep of idle sessions goes to info.log and debug.log', () => {
  const { observer, lines } = observed('11.6');
  observer.sessionActive?.('f382a015', 63_231, '1001003@d/desktop');
  observer.stats?.('1001003@d/desktop', 4, 0, 0, 3748);
  observer.sessionIdleClosed?.('f382a015', '1001003@d/desktop', 60);
  observer.sessionClosed?.('1001003@d/desktop');
  expect(lines()).toEqual([
    'notification.debug: Session (id=f382a015) was last active 63231 ms ago: 1001003@d/desktop',
    'notification.debug: time=1492185866851,JID=1001003@d/desktop,msgs_sent=4,msgs_queue=0,msgs_drop=0,bytes_sent=3748',
    'notification.info: Closing idle session (id=f382a015): 1001003@d/desktop after being inactive for more than threshold value of 60',
    'notification.info: A session is being closed for 1001003@d/desktop',
  ]);
});

test('an event to a user has a line in the form of 9.1 only, one without a receiver in all', () => {
  const newer = observed('11.6');
  expect(newer.observer.addressedToUser).toBeUndefined();
  newer.observer.unroutable?.('<message to="2001@d"/>');
  expect(newer.lines()).toHaveLength(1);
  const older = observed('9.1');
  older.observer.addressedToUser?.('<message to="2001@d"/>');
  older.observer.unroutable?.('<message to="2001@d"/>');
  expect(older.lines()).toEqual([
    'notification.debug: RoutingTableImpl: Failed to route packet to JID: 2001@d/User packet: <message to="2001@d/User"/>',
    'notification.debug: Unable to route packet. No session is available so store offline. <message to="2001@d"/>',
  ]);
});

test('SCRAM shows a decoy of whoever may not sign in, and lets no locked user in', async () => {
  const keys = {
    salt: new Uint8Array(1),
    iterations: 4096,
    storedKey: new Uint8Array(1),
    serverKey: new Uint8Array(1),
  };
  let locked = false;
  const peer: Peer = { address: '10.1.2.3', port: 1, transport: 'tcp', secure: true, loopback: false };
  const decoy = { salt: new Uint8Array(2), iterations: 4096 };
  const accounts = {
    scramKeys: async () => keys,
    scramDecoy: async () => decoy,
    noteOutcome: async (_scope: string, _user: string, ok: boolean, from: string) =>
      ok && !(locked && from === peer.address),
  } as unknown as Accounts;
  const users: Record<string, unknown> = {
    '2001': { loginId: '2001', roles: ['Agent'] },
    admin: { loginId: 'admin', roles: ['Administrator'] },
  };
  const directory = { user: (id: string) => users[id], userByName: () => undefined } as unknown as Directory;
  const accepted: string[] = [];
  const { scram, scramConcluded } = xmppAuthenticator({
    accounts,
    directory: { current: directory, onChange: () => () => {} },
    isService: () => false,
    scram: true,
    onRefused: () => {},
    onAccepted: (loginId) => accepted.push(loginId),
  });
  expect(await scram?.('2001', 'SCRAM-SHA-256')).toEqual({ loginId: '2001', ...keys });
  expect(await scram?.('admin', 'SCRAM-SHA-256')).toEqual({ loginId: null, ...decoy });
  expect(await scram?.('nobody', 'SCRAM-SHA-256')).toEqual({ loginId: null, ...decoy });
  expect(await scramConcluded?.('2001', false, peer)).toBe(false);
  expect(await scramConcluded?.('2001', true, peer)).toBe(true);
  expect(await scramConcluded?.('nobody', true, peer)).toBe(false);
  locked = true;
  // A lock is no reason to look different.
  expect(await scram?.('2001', 'SCRAM-SHA-256')).toEqual({ loginId: '2001', ...keys });
  expect(await scramConcluded?.('2001', true, peer)).toBe(false);
  expect(await scramConcluded?.('2001', true, { ...peer, address: '10.1.2.4' })).toBe(true);
  expect(accepted).toEqual(['2001', '2001']);
});

test('settings become limits in the units of each', () => {
  const settings: NotificationSettings = {
    presence: { idle: 60_000, sweep: 30_000, grace: 45_000 },
    notification: {
      stanzaMax: 65_536,
      stanzaMaxBeforeAuth: 16_384,
      depthMax: 32,
      attributesMax: 64,
      queueBytesMax: 1_048_576,
      queueStanzasMax: 1_000,
      sessionsMax: 20_000,
      sessionsPerUserMax: 20,
      unauthenticatedMax: 4_000,
      unauthenticatedTimeout: 60_000,
      subscriptionsPerUserMax: 1_000,
      subscriptionGrace: 600_000,
      bosh: { wait: 60_000, hold: 2, polling: 5_000, maxPause: 300_000 },
      websocket: { ping: 30_000, idle: 120_000, frameMax: 65_536 },
      tcp: { ping: 180_000, idle: 360_000 },
    },
  };
  expect(boshLimits(settings)).toMatchObject({
    waitSeconds: 60,
    inactivitySeconds: 60,
    sweepSeconds: 30,
    pollingSeconds: 5,
    maxpauseSeconds: 300,
  });
  expect(xmppLimits(settings)).toMatchObject({
    signInMs: 60_000,
    webSocketIdleMs: 120_000,
    resumptionMs: 45_000,
    stanzaBytesMax: 65_536,
  });
});

test('what passes over sockets has its lines, too, without what SASL says', () => {
  const { observer, lines } = observed('11.6');
  observer.socketReceived?.('a1', '<presence/>', '2001@d/desktop');
  observer.socketSent?.('a1', ['<iq/>', '<message/>'], '2001@d/desktop');
  observer.socketSent?.(
    'a1',
    ['<success xmlns="urn:ietf:params:xml:ns:xmpp-sasl">dj1zZWNyZXQ=</success>'],
    '',
  );
  expect(lines()).toEqual([
    'notification.debug: SocketLog: RECV(a1) 2001@d/desktop: <presence/>',
    'notification.debug: SocketLog: SENT(a1) 2001@d/desktop: <iq/><message/>',
    'notification.debug: SocketLog: SENT(a1) : <success xmlns="urn:ietf:params:xml:ns:xmpp-sasl">***</success>',
  ]);
});

test('an error reply repeats the request: the password in it is not logged, over BOSH or a socket', () => {
  const { observer, lines } = observed('11.6');
  const refused = (query: string) =>
    `<iq xmlns="jabber:client" type="error" id="1">${query}<error code="406"/></iq>`;
  const signIn =
    '<query xmlns="jabber:iq:auth"><username>2001</username><password>secret</password><digest a="1">secret</digest></query>';
  const change =
    '<r:query xmlns:r="jabber:iq:register"><r:password xmlns="urn:x/"><a>secret</a></r:password></r:query>';
  observer.boshSent?.('s1', `<body>${refused(signIn)}${refused(change)}</body>`, '2001@d', 7);
  observer.socketSent?.('a1', [refused(signIn), refused(change)], '2001@d');
  observer.socketSent?.('a1', [refused('<query><password/><username>2001</username></query>')], '2001@d');
  const shown = refused(signIn.replaceAll('secret', '***')) + refused(change.replace('<a>secret</a>', '***'));
  expect(lines()).toEqual([
    `notification.debug: HTTPBindLog: HTTP SENT(s1): <body>${shown}</body>`,
    `notification.debug: SocketLog: SENT(a1) 2001@d: ${shown}`,
    `notification.debug: SocketLog: SENT(a1) 2001@d: ${refused('<query><password/><username>2001</username></query>')}`,
  ]);
});

test('what SASL says over BOSH is not logged either', () => {
  const { observer, lines } = observed('11.6');
  observer.boshSent?.(
    's1',
    '<body><challenge xmlns="urn:ietf:params:xml:ns:xmpp-sasl">cj1zZWNyZXQ=</challenge></body>',
    '',
    7,
  );
  expect(lines()).toEqual([
    'notification.debug: HTTPBindLog: HTTP SENT(s1): <body><challenge xmlns="urn:ietf:params:xml:ns:xmpp-sasl">***</challenge></body>',
  ]);
});
