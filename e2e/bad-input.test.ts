/**
 * Bad input on every door of a running server: XML that is not XML, bodies of 64 MB, wrong rids, garbage on the
 * CTI port. Each case gets the documented answer, and nobody else notices (see connections/watched-server.ts).
 */
import { AgentState, FailureStatus, message } from '@poise/ged188';
import { describe, expect, test } from 'vitest';
import { BoshSession, boshSession } from './connections/bosh.ts';
import { Connection } from './connections/connection.ts';
import {
  apiErrors,
  FRAME_CLOSE,
  FRAME_PREFIX,
  NO_SESSION,
  NOT_A_BODY,
  PING,
  streamError,
  TOO_LARGE,
  terminate,
  withoutPlace,
} from './connections/documented.ts';
import { Ged188Connection } from './connections/ged188.ts';
import { BAD_XML, DEEP, DOCTYPES, megabytes, wrap } from './connections/hostile-xml.ts';
import { basic, exchange, head, readAnswer } from './connections/http.ts';
import { STREAM_HEADER, TcpSession, tcpSession, tlsSession } from './connections/tcp-session.ts';
import { watchedServer } from './connections/watched-server.ts';
import { clientFrame, OPCODE, WebSocketSession, webSocketSession } from './connections/websocket.ts';
import type { XmppSession } from './connections/xmpp-session.ts';

const MIB = 1024 * 1024;
const server = watchedServer();

/** The doors of XMPP streams: the same errors, each in its own dress. */
interface StreamDoor {
  readonly name: string;
  signIn(id: string): Promise<XmppSession>;
  /** Expects that the server ends the stream with this error. */
  refused(session: XmppSession, condition: string): Promise<void>;
}

const refusedOnTcp = async (session: XmppSession, condition: string) => {
  const words = await session.ended();
  expect(words).toMatch(streamError(condition));
  expect(words).toMatch(/<\/stream:error><\/stream:stream>(\(reset\))?$/);
};

const STREAM_DOORS: readonly StreamDoor[] = [
  {
    name: 'TCP',
    signIn: (id) => tcpSession(server.poise.ports.xmpp, id, 'hostile'),
    refused: refusedOnTcp,
  },
  {
    name: 'direct TLS',
    signIn: (id) => tlsSession(server.poise.ports.xmppTls, server.authority, id, 'hostile'),
    refused: refusedOnTcp,
  },
  {
    name: 'WebSocket',
    signIn: (id) => webSocketSession(server.poise.ports.bosh, id, 'hostile'),
    async refused(session, condition) {
      const words = await session.ended();
      if (condition === 'unsupported-encoding') {
        // RFC 6455 8.1: text that is not UTF-8 fails the connection before XMPP sees it.
        expect((session as WebSocketSession).closeCode).toBe(1007);
        return;
      }
      expect(words).toMatch(streamError(condition, FRAME_PREFIX));
      expect(words.endsWith(FRAME_CLOSE)).toBe(true);
      expect((session as WebSocketSession).closeCode).toBe(1000);
    },
  },
];

const IQ = "<iq xmlns='jabber:client' type='get' id='bad' to='localhost'><query xmlns='bad'>";
const IQ_END = '</query></iq>';

describe('XML that is not XML', () => {
  test.each(BAD_XML)('the webservices refuse $title', async ({ inner, code }) => {
    const body = wrap('<User><state>', inner, '</state></User>');
    const answer = await exchange(
      server.poise.ports.http,
      'PUT',
      '/finesse/api/User/3001',
      [basic('3001'), 'Content-Type: application/xml', 'requestId: bad-xml'],
      body,
    );
    expect(answer.status).toBe(400);
    expect(answer.headers.get('content-type')).toBe('application/xml;charset=UTF-8');
    expect(answer.headers.get('requestid')).toBe('bad-xml');
    expect(withoutPlace(answer.body)).toBe(
      apiErrors('Bad Request', '', `Invalid XML (${code}) at line L, column C`),
    );
  });

  test.each(DOCTYPES)('the webservices refuse $title before the root', async ({ prolog }) => {
    const body = `${prolog}<User><state>READY</state></User>`;
    const answer = await exchange(
      server.poise.ports.http,
      'PUT',
      '/finesse/api/User/3001',
      [basic('3001')],
      body,
    );
    expect(answer.status).toBe(400);
    expect(withoutPlace(answer.body)).toBe(
      apiErrors('Bad Request', '', 'Invalid XML (restricted) at line L, column C'),
    );
  });

  test('the webservices refuse 100,000 elements, each in the one before', async () => {
    const headers = [basic('3001')];
    const put = await exchange(server.poise.ports.http, 'PUT', '/finesse/api/User/3001', headers, DEEP);
    expect([put.status, put.body]).toEqual([
      400,
      apiErrors('Bad Request', '', 'The request body is longer than 65536 bytes'),
    ]);
    // Here the limit on the length is far away.
    const log = await exchange(
      server.poise.ports.http,
      'POST',
      '/finesse/api/User/3001/ClientLog',
      headers,
      DEEP,
    );
    expect([log.status, withoutPlace(log.body)]).toEqual([
      400,
      apiErrors('Bad Request', '', 'Invalid XML (limit-depth) at line L, column C'),
    ]);
  });

  describe.each(STREAM_DOORS)('a stream over $name ends', ({ signIn, refused }) => {
    test.each(BAD_XML)('for $title with $condition', async ({ inner, condition }) => {
      const session = await signIn(server.nextAttacker());
      session.send(wrap(IQ, inner, IQ_END));
      await refused(session, condition);
    });
  });

  test('a stream over TCP ends for 100,000 elements, each in the one before', async () => {
    for (const session of [
      await tcpSession(server.poise.ports.xmpp, server.nextAttacker(), 'hostile'),
      await tlsSession(server.poise.ports.xmppTls, server.authority, server.nextAttacker(), 'hostile'),
    ]) {
      session.send(DEEP);
      await refusedOnTcp(session, 'policy-violation');
    }
  });

  test('a WebSocket ends for a frame of 100,000 elements with the code for too long', async () => {
    const session = await webSocketSession(server.poise.ports.bosh, server.nextAttacker(), 'hostile');
    session.send(DEEP);
    await session.ended();
    expect(session.closeCode).toBe(1009);
  });

  test.each(DOCTYPES)('a stream that begins with $title is refused before it is one', async ({ prolog }) => {
    const tcp = new TcpSession(await Connection.tcp(server.poise.ports.xmpp));
    tcp.send(prolog + STREAM_HEADER);
    expect(await tcp.ended()).toMatch(/<stream:error><restricted-xml .*<\/stream:stream>$/s);
    const webSocket = await WebSocketSession.connect(server.poise.ports.bosh);
    webSocket.send(
      `${prolog}<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' to='localhost' version='1.0'/>`,
    );
    expect(await webSocket.ended()).toMatch(streamError('restricted-xml', FRAME_PREFIX));
  });

  test.each(BAD_XML)('BOSH answers 400 to $title, and the session goes on', async ({ inner }) => {
    const session = await boshSession(server.poise.ports.bosh, server.nextAttacker(), 'hostile');
    const rid = String(session.rid + 1);
    const [before, after] = session.body('|', { rid }).split('|') as [string, string];
    const answer = await session.post(wrap(before + IQ, inner, IQ_END + after));
    expect(answer).toEqual({ status: 400, text: NOT_A_BODY });
    // Nothing was taken of it: the rid is still free.
    expect((await session.post(session.body(PING, { rid }))).text).toContain('type="result" id="ping"');
    session.close();
  });

  test('BOSH answers 400 to document types and 413 to what is too long', async () => {
    const session = await boshSession(server.poise.ports.bosh, server.nextAttacker(), 'hostile');
    for (const { prolog } of DOCTYPES)
      expect(await session.post(prolog + session.body())).toEqual({ status: 400, text: NOT_A_BODY });
    expect(await session.post(session.body(DEEP))).toEqual({ status: 413, text: TOO_LARGE });
    session.close();
  });
});

describe('bodies of 64 MB', () => {
  const ANNOUNCED = `Content-Length: ${64 * MIB}`;
  const CHUNKED = 'Transfer-Encoding: chunked';
  function* chunks(before: string): Iterable<Uint8Array> {
    for (const piece of megabytes(64 * MIB, before))
      yield Buffer.concat([Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from('\r\n')]);
    yield Buffer.from('0\r\n\r\n');
  }
  const BODIES = [
    { how: 'announced', header: ANNOUNCED, body: (before: string) => megabytes(64 * MIB, before) },
    { how: 'in chunks', header: CHUNKED, body: chunks },
  ];

  /** The answer that comes while the body is on its way. The client goes on sending until it has read it. */
  async function refusalOf(port: number, requestHead: string, body: Iterable<Uint8Array>) {
    const connection = await Connection.tcp(port);
    connection.send(requestHead);
    const pouring = connection.pour(body);
    const { status, body: text } = await readAnswer(connection);
    connection.destroy();
    await pouring;
    return [status, text];
  }

  test.each(BODIES)('$how are refused by the webservices', async ({ header, body }) => {
    const { http } = server.poise.ports;
    const refusals = await Promise.all([
      refusalOf(http, head('PUT', '/finesse/api/User/3001', [basic('3001'), header]), body('<User>')),
      refusalOf(
        http,
        head('POST', '/finesse/api/User/3001/ClientLog', [basic('3001'), header]),
        body('<ClientLog>'),
      ),
      // Nobody's body is read.
      refusalOf(http, head('PUT', '/finesse/api/User/3001', [header]), body('<User>')),
    ]);
    expect(refusals).toEqual([
      [400, apiErrors('Bad Request', '', 'The request body is longer than 65536 bytes')],
      [400, apiErrors('Invalid Input', 'logData', 'The log data is longer than 1048576 characters')],
      [401, apiErrors('Authorization Failure', '', 'UNAUTHORIZED')],
    ]);
  });

  test.each(BODIES)('$how are refused by BOSH, without a session and with one', async ({ header, body }) => {
    const session = await boshSession(server.poise.ports.bosh, server.nextAttacker(), 'hostile');
    const requestHead = head('POST', '/http-bind/', ['Content-Type: text/xml', header]);
    const refusals = await Promise.all([
      refusalOf(server.poise.ports.bosh, requestHead, body('<body>')),
      refusalOf(server.poise.ports.bosh, requestHead, body(session.body().slice(0, -'</body>'.length))),
    ]);
    for (const refusal of refusals) expect(refusal).toEqual([413, TOO_LARGE]);
    session.close();
  });

  test('as one element end a stream over TCP and TLS', async () => {
    for (const session of [
      await tcpSession(server.poise.ports.xmpp, server.nextAttacker(), 'hostile'),
      await tlsSession(server.poise.ports.xmppTls, server.authority, server.nextAttacker(), 'hostile'),
    ]) {
      const pouring = session.connection.pour(megabytes(64 * MIB, '<message><body>'));
      const words = await session.ended(30_000);
      expect(words).toMatch(streamError('policy-violation'));
      await pouring;
      session.close();
    }
  });

  test('as one element end a stream that has not signed in', async () => {
    const stranger = new TcpSession(await Connection.tcp(server.poise.ports.xmpp));
    await stranger.open();
    const pouring = stranger.connection.pour(megabytes(64 * MIB, '<auth>'));
    expect(await stranger.ended(30_000)).toMatch(streamError('policy-violation'));
    await pouring;
  });

  test('end a WebSocket with the code for too long, announced or in fragments', async () => {
    for (const announced of [64n * BigInt(MIB), 4n * 1024n ** 3n, 2n ** 63n - 1n]) {
      const session = await webSocketSession(server.poise.ports.bosh, server.nextAttacker(), 'hostile');
      session.connection.send(clientFrame(OPCODE.text, '<message>', { announced }));
      await session.ended();
      expect(session.closeCode).toBe(1009);
    }
    const session = await webSocketSession(server.poise.ports.bosh, server.nextAttacker(), 'hostile');
    function* fragments() {
      yield clientFrame(OPCODE.text, '<message><body>', { last: false });
      for (const piece of megabytes(64 * MIB)) yield clientFrame(OPCODE.continuation, piece, { last: false });
    }
    const pouring = session.connection.pour(fragments());
    await session.ended(30_000);
    // The system resets a connection that goes on pouring, and the code may be lost with it.
    expect(session.closeCode).toBeOneOf([1009, undefined]);
    await pouring;
  });
});

describe('rids', () => {
  test('that are no numbers get 400, and the session goes on', async () => {
    const session = await boshSession(server.poise.ports.bosh, server.nextAttacker(), 'hostile');
    const garbage = [
      '',
      '0',
      '-1',
      '+1',
      '1e6',
      '0x10',
      '1.5',
      'NaN',
      ' 7',
      '9007199254740992',
      '9'.repeat(400),
      '１',
    ];
    for (const rid of garbage)
      expect(await session.post(session.body('', { rid })), rid).toEqual({ status: 400, text: NOT_A_BODY });
    const withoutRid = `<body xmlns='http://jabber.org/protocol/httpbind' sid='${session.sid}'/>`;
    expect(await session.post(withoutRid)).toEqual({ status: 400, text: NOT_A_BODY });
    expect((await session.post(session.body(PING))).text).toContain('type="result" id="ping"');
    session.close();
  });

  test('of the near past get the same answer again, and nothing is done twice', async () => {
    const session = await boshSession(server.poise.ports.bosh, server.nextAttacker(), 'hostile');
    const request = session.body(PING);
    const first = await session.post(request);
    expect(first.text).toContain('type="result" id="ping"');
    expect(await session.post(request)).toEqual(first);
    session.close();
  });

  test.each([
    ['the past', (rid: number) => rid - 100],
    ['the day before the session', () => 1],
    ['the far future', (rid: number) => rid + 1_000_000],
    ['the end of numbers', () => Number.MAX_SAFE_INTEGER],
  ])('from %s end the session with item-not-found; later requests get 404', async (_title, wrong) => {
    const session = await boshSession(server.poise.ports.bosh, server.nextAttacker(), 'hostile');
    const answer = await session.post(session.body('', { rid: String(wrong(session.rid)) }));
    expect(answer).toEqual({ status: 200, text: terminate('item-not-found') });
    expect(await session.post(session.body())).toEqual({ status: 404, text: NO_SESSION });
    session.close();
  });

  test('of an unknown session get 404', async () => {
    const session = new BoshSession(server.poise.ports.bosh);
    session.sid = server.witnesses[0]!.session.jid;
    expect(await session.post(session.body())).toEqual({ status: 404, text: NO_SESSION });
    session.close();
  });
});

describe('the CTI port', () => {
  const openSession = async () => (await Ged188Connection.connect(server.poise.ports.ctiA)).open();
  const header = (length: number, type: number) => {
    const bytes = Buffer.alloc(8);
    bytes.writeUInt32BE(length, 0);
    bytes.writeUInt32BE(type, 4);
    return bytes;
  };

  test.each([
    ['a request for a web page', Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')],
    ['an XMPP stream', Buffer.from(STREAM_HEADER)],
    ['a TLS handshake', Buffer.from('16030100c4010000c00303', 'hex')],
    ['0xFF bytes', Buffer.alloc(4096, 0xff)],
    ['a frame that claims 4 GB', header(0xffffffff, 3)],
    ['a frame that claims 4 GB, with 64 MB of it', header(0xfffffff0, 3), 64 * MIB],
    ['a frame that claims 64 MB', header(64 * MIB, 3)],
    ['a frame one byte too long', header(12_500 - 8 + 1, 3)],
    ['a message too short for an InvokeID', Buffer.concat([header(2, 5), Buffer.from([0, 1])])],
  ])('is reset by %s', async (_title, bytes, more = 0) => {
    const connection = await Connection.tcp(server.poise.ports.ctiA);
    connection.send(bytes);
    const pouring = connection.pour(megabytes(more));
    expect(await connection.untilEnded()).toEqual({ how: 'reset', text: '' });
    await pouring;
  });

  test('is reset by a frame that claims 4 GB in an open session, and the session of the webservices stays', async () => {
    const { connection } = await openSession();
    connection.send(header(0xffffffff, 38));
    expect(await connection.untilEnded()).toEqual({ how: 'reset', text: '' });
  });

  const request = (fields: string) => Buffer.from(fields.replaceAll(' ', ''), 'hex');
  test.each([
    [
      'a body shorter than its fixed part',
      '00000006 00000026 00000009 1388',
      FailureStatus.BAD_MESSAGE_FORMAT,
    ],
    [
      'a field that runs past the end',
      '0000001a 00000026 00000009 00001388 0002 0000 0000 0007 00 00000000 0006 00ff 61',
      FailureStatus.INVALID_FIELD_LENGTH,
    ],
    [
      'a missing field',
      '00000015 00000026 00000009 00001388 0002 0000 0000 0007 00 00000000',
      FailureStatus.REQUIRED_DATA_MISSING,
    ],
    ['an unknown message', '00000004 000003e7 00000009', FailureStatus.INVALID_MSG_TYPE_FOR_VERSION],
    ['a second OPEN_REQ', null, FailureStatus.SESSION_ALREADY_OPEN],
  ])('answers %s with its FAILURE_CONF and goes on', async (_title, hex, status) => {
    const client = await openSession();
    client.connection.send(hex === null ? Ged188Connection.openRequest({ InvokeID: 9 }) : request(hex));
    expect(await client.next()).toMatchObject({
      name: 'FAILURE_CONF',
      fields: { InvokeID: 9, Status: status },
    });
    client.send(message('HEARTBEAT_REQ', { InvokeID: 10 }));
    expect(await client.next()).toMatchObject({ name: 'HEARTBEAT_CONF', fields: { InvokeID: 10 } });
    client.close();
  });

  test('answers requests before OPEN_REQ with SESSION_NOT_OPEN', async () => {
    const client = await Ged188Connection.connect(server.poise.ports.ctiA);
    client.send(
      message('SET_AGENT_STATE_REQ', {
        InvokeID: 7,
        PeripheralID: 5001,
        AgentState: AgentState.AVAILABLE,
        AgentInstrument: '3018',
      }),
    );
    expect(await client.next()).toMatchObject({
      name: 'FAILURE_CONF',
      fields: { InvokeID: 7, Status: FailureStatus.SESSION_NOT_OPEN },
    });
    client.close();
  });
});
