/**
 * Clients that disturb others if they can: they take a desktop over, want what is not theirs, never read, never
 * finish, vanish. Each gets the documented answer, and nobody else notices (see connections/watched-server.ts).
 */
import { beforeAll, describe, expect, test } from 'vitest';
import { BoshSession, boshSession } from './connections/bosh.ts';
import { Connection } from './connections/connection.ts';
import { eventually, PATIENT_MS, within } from './connections/deadline.ts';
import {
  apiErrors,
  FRAME_CLOSE,
  FRAME_PREFIX,
  NO_SESSION,
  PING,
  streamError,
  subscribe,
  terminate,
} from './connections/documented.ts';
import { basic, head, readAnswer } from './connections/http.ts';
import { STREAM_HEADER, TcpSession, tcpSession, tlsSession } from './connections/tcp-session.ts';
import { watchedServer } from './connections/watched-server.ts';
import { clientFrame, OPCODE, WebSocketSession, webSocketSession } from './connections/websocket.ts';
import type { XmppSession } from './connections/xmpp-session.ts';
import { rest, signInBody, signOutBody } from './server.ts';

/**
 * Shorter than the defaults, so that the tests need not wait minutes; long enough that a machine with twenty times its work
 * gets a pong or a poll of the witnesses there in time.
 */
const server = watchedServer({
  'http.headersTimeout': '2s',
  'http.requestTimeout': '3s',
  'notification.unauthenticatedTimeout': '4s',
  'notification.tcp.ping': '1500ms',
  'notification.tcp.idle': '20s',
  'notification.websocket.ping': '1500ms',
  'notification.websocket.idle': '20s',
  'notification.queueStanzasMax': '200',
  'presence.idle': '20s',
  'presence.sweep': '500ms',
});

/** Sends a byte now and then, for as long as it may. */
async function drip(port: number, start: string): Promise<Connection> {
  const connection = await Connection.tcp(port);
  connection.send(start);
  const timer = setInterval(() => connection.send('x'), 100);
  connection.socket.once('close', () => clearInterval(timer));
  return connection;
}

/** CTI connections that never say OPEN_REQ: their half minute runs while other tests do. */
let neverOpened: Connection[];
beforeAll(async () => {
  const { ctiA } = server.poise.ports;
  neverOpened = [await Connection.tcp(ctiA), await drip(ctiA, '\0\0\u0010\0\0\0\0\u0003')];
});

describe('two desktops with the same JID and resource', () => {
  const DOORS: Record<string, (id: string) => Promise<XmppSession>> = {
    BOSH: (id) => boshSession(server.poise.ports.bosh, id, 'desktop'),
    WebSocket: (id) => webSocketSession(server.poise.ports.bosh, id, 'desktop'),
    TCP: (id) => tcpSession(server.poise.ports.xmpp, id, 'desktop'),
    'direct TLS': (id) => tlsSession(server.poise.ports.xmppTls, server.authority, id, 'desktop'),
  };
  const CONFLICT: Record<string, (old: XmppSession) => Promise<void>> = {
    BOSH: async (old) =>
      expect(await old.ended()).toBe(
        '<body xmlns="http://jabber.org/protocol/httpbind" xmlns:stream="http://etherx.jabber.org/streams" type="terminate" condition="remote-stream-error">' +
          "<stream:error><conflict xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error></body>",
      ),
    WebSocket: async (old) =>
      expect(await old.ended()).toBe(
        `<stream:error${FRAME_PREFIX}><conflict xmlns="urn:ietf:params:xml:ns:xmpp-streams"/></stream:error>${FRAME_CLOSE}`,
      ),
    TCP: async (old) =>
      expect(await old.ended()).toBe(
        '<stream:error><conflict xmlns="urn:ietf:params:xml:ns:xmpp-streams"/></stream:error></stream:stream>',
      ),
  };
  const pairs = [
    ['BOSH', 'BOSH'],
    ['WebSocket', 'WebSocket'],
    ['TCP', 'TCP'],
    ['direct TLS', 'direct TLS'],
    ['BOSH', 'WebSocket'],
    ['WebSocket', 'BOSH'],
    ['TCP', 'BOSH'],
  ] as const;

  test.each(pairs)('%s, then %s: the newcomer stays, the old one gets conflict', async (first, second) => {
    const id = server.nextAttacker();
    const old = await (await DOORS[first]!(id)).appear();
    const newcomer = await DOORS[second]!(id);
    await (CONFLICT[first] ?? CONFLICT.TCP!)(old);
    await newcomer.appear();
    old.close();
    const requestId = `conflict-${first}-${second}`;
    const answer = await rest(server.poise, id, 'PUT', `/User/${id}`, signInBody(id), { requestId });
    expect(answer.status).toBe(202);
    await newcomer.until(new RegExp(`requestId&gt;${requestId}&lt;`));
    await rest(server.poise, id, 'PUT', `/User/${id}`, signOutBody, { requestId: `${requestId}-out` });
    await newcomer.until(new RegExp(`requestId&gt;${requestId}-out&lt;`));
    // Whoever follows the presence of this desktop sees it come once and come again: it never went.
    const seen = await eventually('both presences are in the log', () => {
      const presences = server.presencesOf(newcomer.jid);
      return presences.length >= 2 ? presences : undefined;
    });
    expect(seen).toEqual(['available', 'available']);
    newcomer.close();
  });
});

describe('what belongs to others', () => {
  const refusal = (session: XmppSession, node: string, jid: string, error: string) =>
    `<iq type="error" id="sub" from="pubsub.localhost" to="${session.jid}"><pubsub xmlns="http://jabber.org/protocol/pubsub">` +
    `<subscribe node="${node}" jid="${jid}"/></pubsub>${error}</iq>`;
  const STANZAS = 'xmlns="urn:ietf:params:xml:ns:xmpp-stanzas"';
  const FORBIDDEN = `<error code="403" type="auth"><forbidden ${STANZAS}/></error>`;
  const NOT_FOUND = `<error code="404" type="cancel"><item-not-found ${STANZAS}/></error>`;
  const INVALID_JID = `<error code="400" type="modify"><bad-request ${STANZAS}/><invalid-jid xmlns="http://jabber.org/protocol/pubsub#errors"/></error>`;

  test.each(['BOSH', 'WebSocket', 'TCP'])('cannot be subscribed to over %s', async (door) => {
    const id = server.nextAttacker();
    const session: XmppSession =
      door === 'BOSH'
        ? await boshSession(server.poise.ports.bosh, id, 'curious')
        : door === 'WebSocket'
          ? await webSocketSession(server.poise.ports.bosh, id, 'curious')
          : await tcpSession(server.poise.ports.xmpp, id, 'curious');
    await session.appear();
    const victim = server.witnesses[0]!;
    const cases: [node: string, jid: string, error: string][] = [
      [`/finesse/api/User/${victim.id}`, session.jid, FORBIDDEN],
      [`/finesse/api/User/${victim.id}/Dialogs`, session.jid, FORBIDDEN],
      [`/finesse/api/User/${victim.id}/ClientLog`, session.jid, FORBIDDEN],
      ['/finesse/api/Team/5002/Users', session.jid, FORBIDDEN],
      ['/finesse/api/User/no-such-user', session.jid, NOT_FOUND],
      [`/finesse/api/User/${victim.id}`, victim.session.jid, INVALID_JID],
      [`/finesse/api/User/${id}`, `${victim.id}@localhost`, INVALID_JID],
    ];
    for (const [node, jid, error] of cases) {
      session.send(subscribe(node, jid));
      // Not a ping, which comes to whoever was silent for a moment.
      const answer = (await session.until(/<iq[^>]* id="sub"[\s\S]*?<\/iq>/))
        .replace(/^.*(?=<iq[^>]* id="sub")/s, '')
        .replace(' xmlns="jabber:client"', '');
      expect(answer).toBe(refusal(session, node, jid, error));
    }
    // The victim's event goes past: the next that comes here is the answer to what is asked afterwards.
    await victim.isServed();
    session.send(PING);
    expect(await session.until(/id="ping"/)).not.toContain(`/finesse/api/User/${victim.id}`);
    session.close();
  });

  test('cannot be read or changed over REST', async () => {
    const expected = [
      401,
      apiErrors(
        'Invalid Authorization User Specified',
        '3018',
        'The user specified in the authentication credentials and the uri do not match',
      ),
    ];
    for (const [method, body] of [
      ['GET', undefined],
      ['PUT', '<User><state>READY</state></User>'],
    ] as const) {
      const { status, text } = await rest(server.poise, '3001', method, '/User/3018', body);
      expect([status, text]).toEqual(expected);
    }
  });
});

describe('a client that never reads', () => {
  const SUPERVISOR = '2051';
  const TEAM = '/finesse/api/Team/5002/Users';
  const DISCO = `<iq xmlns='jabber:client' type='get' id='${'i'.repeat(1_000)}' to='localhost'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>`;

  /** Members of the team change their states as fast as they can, until the sessions are closed. */
  async function flood(...jids: string[]): Promise<void> {
    const members = ['3009', '3010', '3011', '3012', '3013', '3014', '3015', '3016'];
    let closed = false;
    const change = (id: string, state: string) =>
      rest(server.poise, id, 'PUT', `/User/${id}`, `<User><state>${state}</state></User>`);
    await Promise.all(
      members.map(async (id) => {
        await rest(server.poise, id, 'PUT', `/User/${id}`, signInBody(id));
        for (let n = 0; n < 2_000 && !closed; n++) {
          await change(id, n % 2 === 0 ? 'READY' : 'NOT_READY');
          if (n % 20 === 0) closed = jids.every((jid) => server.saysClosed(jid));
        }
      }),
    );
    for (const jid of jids) await eventually(`${jid} is closed`, () => server.saysClosed(jid) || undefined);
    for (const id of members) {
      await change(id, 'NOT_READY');
      await rest(server.poise, id, 'PUT', `/User/${id}`, signOutBody);
    }
  }

  const DOORS: Record<string, (resource: string) => Promise<TcpSession | WebSocketSession>> = {
    TCP: (resource) => tcpSession(server.poise.ports.xmpp, SUPERVISOR, resource),
    WebSocket: (resource) => webSocketSession(server.poise.ports.bosh, SUPERVISOR, resource),
  };

  /** Questions with answers as long as they are, as one piece. */
  const questions = (name: string, count: number) =>
    name === 'TCP'
      ? Buffer.from(DISCO.repeat(count))
      : Buffer.concat(Array.from({ length: count }, () => clientFrame(OPCODE.text, DISCO)));
  const written = ({ connection }: TcpSession | WebSocketSession, bytes: Uint8Array) =>
    within(
      PATIENT_MS,
      'the questions are taken',
      new Promise<void>((done) => void connection.socket.write(bytes, () => done())),
    );

  test.each(Object.entries(DOORS))('over %s is dropped for its own questions', async (name, open) => {
    const session = await (await open(`asking-${name}`)).appear();
    session.connection.socket.pause();
    for (let n = 0; n < 500 && !server.saysClosed(session.jid); n++)
      await written(session, questions(name, 100));
    // The line is written behind.
    await eventually('it is closed', () => server.saysClosed(session.jid) || undefined);
    session.connection.socket.resume();
    expect(await session.ended(30_000)).toMatch(
      /<policy-violation [^>]*><text [^>]*>the client reads too slowly<\/text><\/stream:error>/,
    );
  });

  test('over TCP or WebSocket is dropped for a flood of events', async () => {
    const deaf: (TcpSession | WebSocketSession)[] = [];
    for (const [name, open] of Object.entries(DOORS)) {
      const session = await (await open(`deaf-${name}`)).appear();
      session.send(subscribe(TEAM, session.jid));
      await session.until(/subscription="subscribed"/);
      session.connection.socket.pause();
      // The system keeps some megabytes for it; the larger part is filled with answers, to save time.
      await written(session, questions(name, 2_000));
      deaf.push(session);
    }
    // They are alive all the time, and say so.
    const alive = setInterval(() => {
      for (const session of deaf) session.send(' ');
    }, 500);
    await flood(...deaf.map(({ jid }) => jid));
    clearInterval(alive);
    for (const session of deaf) {
      session.connection.socket.resume();
      await session.ended(30_000);
    }
  }, 480_000);

  test('over BOSH is told policy-violation when it comes back', async () => {
    const session = await boshSession(server.poise.ports.bosh, SUPERVISOR, 'deaf-bosh');
    const { text } = await session.post(
      session.body(`<presence xmlns='jabber:client'/>${subscribe(TEAM, session.jid)}`),
    );
    expect(text).toContain('subscription="subscribed"');
    // However long the flood takes on a busy machine, silence is not what ends it.
    await session.post(session.body('', { attributes: " pause='300'" }));
    await flood(session.jid);
    expect(await session.post(session.body())).toEqual({ status: 200, text: terminate('policy-violation') });
    session.close();
  }, 480_000);
});

describe('clients that are slow or gone', () => {
  const TIMEOUT_ANSWER = [408, '408 Request Timeout\n'];
  const refusal = async (connection: Connection) => {
    const { status, body } = await readAnswer(connection, 15_000);
    expect((await connection.untilEnded(30_000)).how).toBe('end');
    connection.destroy();
    return [status, body];
  };
  const timedOut = streamError('connection-timeout');
  const NEVER_SIGNED_IN = /<connection-timeout [^>]*><text [^>]*>not signed in in time<\/text>/;
  const NO_SIGN_OF_LIFE = /<connection-timeout [^>]*><text [^>]*>no sign of life<\/text>/;

  const CASES: [title: string, run: () => Promise<void>][] = [
    [
      'header lines that never end get 408',
      async () => {
        const { http, bosh } = server.poise.ports;
        const upgrade = 'GET /ws/ HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nX-Slow: ';
        const slow = [
          drip(http, 'GET /finesse/api/SystemInfo HTTP/1.1\r\nHost: localhost\r\nX-Slow: '),
          drip(http, 'POST '),
          drip(bosh, upgrade),
        ];
        for (const connection of slow) expect(await refusal(await connection)).toEqual(TIMEOUT_ANSWER);
      },
    ],
    [
      'a body that never ends gets 408 from the webservices',
      async () => {
        const start = head('PUT', '/finesse/api/User/3001', [basic('3001'), 'Content-Length: 1000']);
        expect(await refusal(await drip(server.poise.ports.http, `${start}<User>`))).toEqual(TIMEOUT_ANSWER);
      },
    ],
    [
      'a body that never ends gets 408 from BOSH, and its session goes on',
      async () => {
        const { bosh } = server.poise.ports;
        const session = await (await boshSession(bosh, server.nextAttacker(), 'slow')).appear();
        const start = head('POST', '/http-bind/', ['Content-Type: text/xml', 'Content-Length: 1000']);
        const answer = await refusal(await drip(bosh, `${start}<body sid='${session.sid}' `));
        expect(answer[0]).toBe(408);
        session.send(PING);
        await session.until(/type="result" id="ping"/);
        session.close();
      },
    ],
    [
      'a stream that never signs in ends with connection-timeout',
      async () => {
        const { xmpp, xmppTls, bosh } = server.poise.ports;
        const silent = await Connection.tcp(xmpp);
        const slow = await drip(xmpp, "<?xml version='1.0'?><stream:stream to='");
        const half = new TcpSession(await Connection.tls(xmppTls, server.authority));
        await half.open();
        for (const connection of [silent, slow, half.connection]) {
          const { text } = await connection.untilEnded(30_000);
          expect(text).toMatch(timedOut);
          expect(text).toMatch(NEVER_SIGNED_IN);
        }
        const webSocket = await WebSocketSession.connect(bosh);
        expect(await webSocket.ended(30_000)).toMatch(NEVER_SIGNED_IN);
        expect(webSocket.closeCode).toBe(1000);
      },
    ],
    [
      'a BOSH session that never signs in ends with policy-violation',
      async () => {
        const session = new BoshSession(server.poise.ports.bosh);
        await session.create();
        session.poll();
        const words = await session.ended(30_000);
        expect(words).toContain('type="terminate" condition="policy-violation"');
        expect(words).toContain("<connection-timeout xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>");
        session.close();
      },
    ],
    [
      'a TCP client that has vanished is pinged and then dropped',
      async () => {
        const session = await tcpSession(server.poise.ports.xmpp, server.nextAttacker(), 'gone');
        await session.appear();
        await session.until(/<iq type="get" id="ping-[^>]*><ping xmlns="urn:xmpp:ping"\/><\/iq>/, 30_000);
        expect(await session.ended(60_000)).toMatch(NO_SIGN_OF_LIFE);
        await isUnavailable(session.jid);
      },
    ],
    [
      'a WebSocket client that has vanished is dropped',
      async () => {
        const session = await webSocketSession(server.poise.ports.bosh, server.nextAttacker(), 'gone');
        await session.appear();
        session.answersPings = false;
        expect(await session.ended(60_000)).toMatch(NO_SIGN_OF_LIFE);
        await isUnavailable(session.jid);
      },
    ],
    [
      'a BOSH client that has vanished is idle, then closed; when it comes back it gets 404',
      async () => {
        const session = await boshSession(server.poise.ports.bosh, server.nextAttacker(), 'gone');
        await session.appear();
        session.close();
        await isUnavailable(session.jid);
        // The line is written behind.
        await eventually('its line is written', () => server.saysClosed(session.jid) || undefined);
        const back = await session.post(session.body('', { rid: String(session.rid) }));
        expect(back).toEqual({ status: 404, text: NO_SESSION });
        session.close();
      },
    ],
    [
      'a client that closes its half of TCP is unavailable at once',
      async () => {
        const { xmpp, bosh } = server.poise.ports;
        for (const session of [
          await tcpSession(xmpp, server.nextAttacker(), 'half'),
          await webSocketSession(bosh, server.nextAttacker(), 'half'),
        ]) {
          await session.appear();
          session.connection.socket.end();
          await session.connection.untilEnded(15_000);
          await isUnavailable(session.jid, 15_000);
        }
      },
    ],
    [
      'a poll whose client closes its half of TCP is lost, and what it would have brought comes with the next',
      async () => {
        const id = server.nextAttacker();
        const session = await boshSession(server.poise.ports.bosh, id, 'half');
        const { text } = await session.post(session.body("<presence xmlns='jabber:client'/>"));
        expect(text).toContain('finesse@localhost');
        const poll = session.body();
        const connection = await Connection.tcp(server.poise.ports.bosh, true);
        const request = head('POST', '/http-bind/', [`Content-Length: ${Buffer.byteLength(poll)}`]);
        connection.send(request + poll);
        connection.socket.end();
        expect(await connection.untilEnded()).toEqual({ how: 'end', text: '' });
        const requestId = 'half-open';
        await rest(server.poise, id, 'PUT', `/User/${id}`, signInBody(id), { requestId });
        expect((await session.post(poll)).text).toContain(`requestId&gt;${requestId}&lt;`);
        session.close();
      },
    ],
    [
      'whoever begins a TLS handshake and stops is cut off',
      async () => {
        const silent = await Connection.tcp(server.poise.ports.xmppTls);
        silent.send(Buffer.from('1603010200', 'hex'));
        await silent.untilEnded(30_000);
      },
    ],
    [
      'whoever speaks clear text to the TLS port is cut off at once',
      async () => {
        const clear = await Connection.tcp(server.poise.ports.xmppTls);
        clear.send(STREAM_HEADER);
        expect((await clear.untilEnded()).text).not.toContain('<stream');
      },
    ],
    [
      'a CTI connection without OPEN_REQ is reset after half a minute',
      async () => {
        for (const connection of neverOpened)
          expect(await connection.untilEnded(40_000)).toEqual({ how: 'reset', text: '' });
      },
    ],
  ];

  const isUnavailable = (jid: string, ms = 60_000) =>
    eventually(
      `${jid} is unavailable`,
      () => server.presencesOf(jid).at(-1) === 'unavailable' || undefined,
      ms,
    );

  // All of them wait for something: side by side they take no longer than the slowest.
  describe.concurrent('wait side by side', () => {
    test.each(CASES)('%s', (_title, run) => run(), 150_000);
  });
});
