import { encode } from '@poise/ged188';
import { describe, expect, test } from 'vitest';
import { Case } from '../src/case.ts';
import { EN } from '../src/messages.ts';
import { signInText, whyText } from '../src/print.ts';
import { signIn } from '../src/signin.ts';
import { why } from '../src/why.ts';
import { EPOCH, framed, inIpv4, LINKS, pcap, pcapng, type Sent, Talk } from './packets.ts';

function caseOf(
  bytes: Uint8Array,
  agent = '2001',
  step = Number.POSITIVE_INFINITY,
  ports: number[] = [42027],
): Case {
  const trace = new Case({ agent, ctiPorts: ports });
  const reader = trace.open('cti.pcap');
  for (let from = 0; from < bytes.length; from += step) reader.push(bytes.subarray(from, from + step));
  reader.end();
  return trace;
}

const VERSION = 24;
/** SET_AGENT_STATE_REQ by the byte: header, fixed part, instrument and agent as floating fields (ged188.md). */
function setAgentState(state: number, reason: number): Buffer {
  const fixed = Buffer.from(
    [
      '00000014', // InvokeID 20
      '00001389', // PeripheralID 5001
      state.toString(16).padStart(4, '0'),
      '0000', // AgentWorkMode
      '0000', // NumSkillGroups
      reason.toString(16).padStart(4, '0'),
      '01', // ForcedFlag
      '00000000', // AgentServiceReq
    ].join(''),
    'hex',
  );
  const floating = (tag: number, text: string) => {
    const head = Buffer.alloc(4);
    head.writeUInt16BE(tag, 0);
    head.writeUInt16BE(text.length + 1, 2);
    return Buffer.concat([head, Buffer.from(`${text}\0`)]);
  };
  const body = Buffer.concat([fixed, floating(6, '2003'), floating(5, '2001'), floating(49, 's3cret99')]);
  const head = Buffer.alloc(8);
  head.writeUInt32BE(body.length, 0);
  head.writeUInt32BE(38, 4);
  return Buffer.concat([head, body]);
}

const message = (name: string, fields: Readonly<Record<string, unknown>>) =>
  encode({ name, fields } as Parameters<typeof encode>[0], VERSION);
const open = message('OPEN_REQ', {
  InvokeID: 1,
  VersionNumber: VERSION,
  IdleTimeout: 20,
  ClientID: 'finesse',
  ClientPassword: 'pa55word',
});
const opened = message('OPEN_CONF', { InvokeID: 1, ServicesGranted: 1, MonitorID: 1, PGStatus: 0 });
const beat = message('HEARTBEAT_REQ', { InvokeID: 9 });
const beaten = message('HEARTBEAT_CONF', { InvokeID: 9 });
const stateEvent = (state: number, reason: number) =>
  message('AGENT_STATE_EVENT', {
    PeripheralID: 5001,
    SkillGroupState: state,
    AgentState: state,
    EventReasonCode: reason,
    AgentID: '2001',
    AgentExtension: '2003',
    AgentInstrument: '2003',
  });

const [LOGIN, LOGOUT, NOT_READY] = [0, 1, 2];

/** A sign-in, and a sign-out with reason 255, over one connection. */
const story = () =>
  new Talk()
    .open(0)
    .send(0.1, true, open)
    .send(0.2, false, opened)
    .send(5, true, beat)
    .send(5, false, beaten)
    .send(8, true, setAgentState(LOGIN, 0))
    .send(8.01, false, stateEvent(NOT_READY, 0))
    .send(90, true, setAgentState(LOGOUT, 255))
    .send(90.02, false, stateEvent(LOGOUT, 255));

function expectStory(trace: Case): void {
  const facts = trace.facts.filter(({ family }) => family === 'capture');
  expect(facts.map(({ kind, agent, data }) => [kind, agent, data.state, data.reason])).toEqual([
    ['cti.up', null, undefined, undefined],
    ['cti.request', '2001', '0', '0'],
    ['cti.state', '2001', 'NOT_READY', '0'],
    ['cti.request', '2001', '1', '255'],
    ['cti.state', '2001', 'LOGOUT', '255'],
  ]);
  expect(facts.map(({ at }) => (at as number) - EPOCH)).toEqual([200, 8000, 8010, 90_000, 90_020]);
}

describe('a capture of the CTI port', () => {
  test.each(Object.keys(LINKS))('%s', (link) => {
    const bytes = pcap((LINKS[link] as (typeof LINKS)[string])[0], framed(link, story()));
    const trace = caseOf(bytes);
    trace.resolve();
    expectStory(trace);
    expect(trace.reports[0]).toMatchObject({
      form: 'packets',
      lines: 11,
      entries: 8,
      failed: null,
      notes: {},
    });
  });

  test.each([
    ['pcap, big-endian', (packets: Sent[]) => pcap(1, packets, { little: false })],
    ['pcap in nanoseconds', (packets: Sent[]) => pcap(1, packets, { nano: true })],
    ['pcapng', (packets: Sent[]) => pcapng(1, packets)],
    ['pcapng, big-endian', (packets: Sent[]) => pcapng(1, packets, false)],
  ])('%s, in pieces of any size', (_, write) => {
    const bytes = write(framed('Ethernet', story()));
    for (const step of [1, 33, Number.POSITIVE_INFINITY]) {
      const trace = caseOf(bytes, '2001', step);
      trace.resolve();
      expectStory(trace);
    }
  });

  test('tells the sign-in and why the agent was signed out, by number of packet, without passwords', () => {
    const trace = caseOf(pcap(1, framed('Ethernet', story())));
    const result = signIn(trace, '2001');
    expect(result.outcome).toBe('complete');
    expect(result.extension).toBe('2003');
    expect(result.steps.find(({ id }) => id === 'cti.event')?.facts[0]?.line).toBe(9);
    const cause = why(trace, '2001');
    expect([cause.verdict, cause.effect]).toEqual(['server.presenceLogout', 'signedOut']);
    const text = signInText(result, trace, EN) + whyText(cause, trace, EN);
    expect(text).toContain('cti.pcap:10');
    expect(text).toContain('11 packets, 8 messages');
    expect(text).not.toMatch(/s3cret99|pa55word/);
  });

  test('other ports only when they are named', () => {
    const talk = new Talk(43027).open(0).send(0.1, true, open).send(8, true, setAgentState(LOGIN, 0));
    const bytes = pcap(1, framed('Ethernet', talk));
    expect(signIn(caseOf(bytes), '2001').outcome).toBe('unknownAgent');
    expect(signIn(caseOf(bytes, '2001', 1e9, [43027]), '2001').outcome).toBe('incomplete');
  });

  test('messages in many segments, many in one, repeated, and out of order', () => {
    const whole = Buffer.concat([setAgentState(LOGIN, 0), setAgentState(LOGOUT, 255)]);
    const talk = new Talk().open(0).send(0.1, true, open).send(0.2, false, opened);
    for (let at = 0; at < whole.length; at += 7) talk.send(8, true, whole.subarray(at, at + 7));
    talk.send(9, false, Buffer.concat([stateEvent(NOT_READY, 0), stateEvent(LOGOUT, 255)]));
    const packets = framed('Ethernet', talk);
    const head = packets.slice(0, 5);
    const rest = packets.slice(5, -1);
    const tail = packets.slice(-1);
    const orders = [
      rest,
      [...rest].reverse(),
      rest.flatMap((packet) => [packet, packet]),
      [...rest.slice(3), ...rest.slice(0, 5)],
    ];
    for (const order of orders) {
      const trace = caseOf(pcap(1, [...head, ...order, ...tail]));
      trace.resolve();
      expect(trace.facts.map(({ kind, data }) => `${kind} ${data.state ?? ''}`).sort()).toEqual([
        'cti.request 0',
        'cti.request 1',
        'cti.state LOGOUT',
        'cti.state NOT_READY',
        'cti.up ',
      ]);
      expect(trace.reports[0]?.notes).toEqual({});
    }
  });

  test('a segment that the capture lost is told, and what comes behind it is read again', () => {
    const talk = story();
    for (let i = 0; i < 20; i++) talk.send(100 + i, true, beat).send(100.1 + i, false, beaten);
    talk.send(200, true, setAgentState(LOGIN, 0)).send(200.01, false, stateEvent(NOT_READY, 0));
    // The request to sign out never got into the capture.
    const packets = framed('Ethernet', talk).filter((_, i) => i !== 9);
    const trace = caseOf(pcap(1, packets));
    trace.resolve();
    expect(trace.reports[0]?.notes).toEqual({ segmentsMissing: 1 });
    expect(trace.facts.filter(({ kind }) => kind === 'cti.request').map(({ data }) => data.state)).toEqual([
      '0',
      '0',
    ]);
    expect(trace.facts.filter(({ kind }) => kind === 'cti.state')).toHaveLength(3);
  });

  test('a connection that was there before the capture: its frames are found, its version is guessed', () => {
    const talk = new Talk();
    talk.send(1, true, beat.subarray(5)).send(1, false, beaten.subarray(3));
    talk.send(8, true, setAgentState(LOGIN, 0)).send(8.01, false, stateEvent(NOT_READY, 0));
    const trace = caseOf(pcap(1, framed('Ethernet', talk)));
    expect(signIn(trace, '2001').outcome).toBe('complete');
    expect(trace.reports[0]?.notes).toEqual({ withoutOpen: 1 });
  });

  test('the end of a connection is a lost link', () => {
    const talk = story().close(95, false, 'rst');
    const trace = caseOf(pcap(1, framed('Ethernet', talk)));
    trace.resolve();
    const lost = trace.facts.find(({ kind }) => kind === 'cti.lost');
    expect(lost?.excerpt).toBe('CTI connection 10.0.0.1:50001 > 10.0.0.2:42027: RST from 10.0.0.2:42027');
    expect(lost?.line).toBe(12);
  });

  test('encrypted connections are named, not guessed at', () => {
    const tls = Buffer.from('160301020001000001fc0303', 'hex');
    const talk = new Talk().open(0).send(0.1, true, tls);
    const trace = caseOf(pcap(1, framed('Ethernet', talk)));
    why(trace, '2001');
    expect(trace.reports[0]?.notes).toEqual({ encrypted: 1 });
    const desktop = new Talk(7443).open(0).send(0.1, true, tls);
    const other = caseOf(pcap(1, framed('Ethernet', desktop)));
    expect(whyText(why(other, '2001'), other, EN)).toContain('1 connections are encrypted');
  });
});

describe('a refusal of the CTI server', () => {
  const refusal = (code: number) =>
    message('CONTROL_FAILURE_CONF', { InvokeID: 20, FailureCode: code, PeripheralErrorCode: 0 });
  const asked = () =>
    new Talk().open(0).send(0.1, true, open).send(0.2, false, opened).send(8, true, setAgentState(LOGIN, 0));

  test.each([
    [
      33,
      'ctiState',
      '33 RESOURCE_BUSY',
      'The CTI server refused: the agent or the phone is in a state, or in use, that',
    ],
    [
      257,
      'ctiPassword',
      '257 INVALID_PASSWORD_SPECIFIED',
      "The CTI server refused the agent's password (257",
    ],
    [
      260,
      'ctiDevice',
      '260 INVALID_LOGON_DEVICE_SPECIFIED',
      'The CTI server refused the extension: no phone with it',
    ],
    [15, 'ctiRefused', '15 INVALID_FEATURE', 'The CTI server refused: 15 INVALID_FEATURE'],
    [60_000, 'ctiRefused', '60000', 'The CTI server refused: 60000'],
  ])('%d is said in words', (code, reason, detail, said) => {
    const trace = caseOf(pcap(1, framed('Ethernet', asked().send(8.1, false, refusal(code)))));
    const result = signIn(trace, '2001');
    expect(result.failure).toMatchObject({ reason, detail });
    expect(signInText(result, trace, EN)).toContain(said);
  });

  test('in a log: the message says which of the two spaces its number is of', () => {
    const told = (line: string) => {
      const trace = new Case({ agent: '2001' });
      const file = trace.open('Desktop-webservices.log');
      file.push(Buffer.from(`0000000001: 10.0.0.1: Jun 16 2017 18:40:00.000 +0000: ${line}\n`));
      file.end();
      trace.resolve();
      return trace.facts.map(({ kind, data }) => [kind, data.code, data.name]);
    };
    const head = '%CCBU_CTIMessageEventExecutor-0-6-DECODED_MESSAGE_FROM_CTI_SERVER: %[cti_message=CTI';
    expect(
      told(
        `${head}ControlFailureConf [failureCode=22, peripheralErrorCode=0, CTIMessageBean [invokeID=7]]]: x`,
      ),
    ).toEqual([['cti.refused', '22', 'INVALID_OBJECT_STATE']]);
    expect(told(`${head}FailureConf [status=22, CTIMessageBean [invokeID=7]]]: x`)).toEqual([
      ['cti.refused', '22', 'INVALID_RESERVED_FIELD'],
    ]);
  });
});

describe('clear HTTP in a capture', () => {
  const request = (body: string) =>
    Buffer.from(`POST /http-bind/ HTTP/1.1\r\nHost: f\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
  const answer = (body: string) =>
    Buffer.from(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
  const event =
    '<body><message to="2001@f"><event><items node="/finesse/api/User/2001"><item/></items></event></message></body>';

  test('becomes requests with the times of their packets', () => {
    const talk = new Talk(7071)
      .open(0)
      .send(1, true, request('<body rid="1" sid="ab"/>'))
      .send(2, false, answer(event))
      .send(2.1, true, request('<body rid="2" sid="ab" type="terminate"/>'))
      .send(2.2, false, answer('<body/>'));
    const trace = caseOf(pcap(1, framed('Ethernet', talk)));
    const result = why(trace, '2001');
    expect(result.verdict).toBe('client.browserClosed');
    expect([result.proof[0]?.facts[0]?.line, (result.at as number) - EPOCH]).toEqual([6, 2100]);
  });

  const goodbye = (talk: Talk) =>
    talk
      .send(8.1, true, request('<body rid="9" sid="ab" type="terminate"/>'))
      .send(8.2, false, answer('<body/>'));
  const ended = ({ verdict, at }: ReturnType<typeof why>) => [verdict, (at as number) - EPOCH];

  test('also of a connection that was there before the capture, which begins within a body', () => {
    const talk = new Talk(7071).send(1, false, Buffer.from('of a long body: the end of it</body>'));
    talk.send(2, true, request('<body rid="8" sid="ab"/>')).send(3, false, answer(event));
    const trace = caseOf(pcap(1, framed('Ethernet', goodbye(talk))));
    expect(ended(why(trace, '2001'))).toEqual(['client.browserClosed', 8100]);
  });

  test('a keep-alive of one byte before the first request does not hide the connection', () => {
    const talk = new Talk(7071).send(1, true, Buffer.from([0]));
    talk.send(2, true, request('<body rid="8" sid="ab"/>')).send(3, false, answer(event));
    const trace = caseOf(pcap(1, framed('Ethernet', goodbye(talk))));
    expect(ended(why(trace, '2001'))).toEqual(['client.browserClosed', 8100]);
  });

  test.each([
    ['a request', 2],
    ['the head of an answer', 3],
    ['the end of an answer', 4],
  ])('where the capture lost %s, answers stay with their own requests', (_, lost) => {
    const talk = new Talk(7071).open(0);
    talk.send(1, true, request('<body rid="1" sid="ab"/>')).send(1.5, false, answer(event));
    const large = answer(`<body>${'x'.repeat(4000)}</body>`);
    talk.send(2, true, request('<body rid="2" sid="ab"/>'));
    talk.send(3, false, large.subarray(0, 1460)).send(4, false, large.subarray(1460));
    talk.send(5, true, request('<body rid="3" sid="ab"/>')).send(6, false, answer('<body/>'));
    for (let i = 0; i < 40; i++) talk.ack(6.1, i % 2 === 0);
    talk.send(6.5, true, Buffer.from('PUT /finesse/api/User/2001 HTTP/1.1\r\nHost: f\r\n\r\n'));
    talk.send(6.6, false, Buffer.from('HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n'));
    goodbye(talk);
    // The capture goes on for longer than a poll is held.
    talk.send(70, true, request('<body rid="10" sid="ab"/>')).send(70.1, false, answer('<body/>'));
    const kept = {
      packets: talk.packets.filter(({ at, bytes }) => at !== lost || bytes.length < 30),
    } as Talk;
    const trace = caseOf(pcap(1, framed('Ethernet', kept)));
    expect(trace.reports[0]?.notes.segmentsMissing).toBe(1);
    expect(ended(why(trace, '2001'))).toEqual(['client.browserClosed', 8100]);
    expect(trace.facts.filter(({ kind }) => kind === 'client.unanswered')).toEqual([]);
    expect(trace.facts.filter(({ kind }) => kind === 'client.answer').map(({ data }) => data.status)).toEqual(
      ['503'],
    );
  });

  test('also as Wireshark exports what it decrypted', () => {
    const pdu = (up: boolean, payload: Buffer) => {
      const tag = (id: number, value: Buffer) => {
        const head = Buffer.alloc(4);
        head.writeUInt16BE(id, 0);
        head.writeUInt16BE(value.length, 2);
        return Buffer.concat([head, value]);
      };
      const port = (n: number) => {
        const bytes = Buffer.alloc(4);
        bytes.writeUInt32BE(n, 0);
        return bytes;
      };
      return Buffer.concat([
        tag(12, Buffer.from('http')),
        tag(20, Buffer.from(up ? [10, 0, 0, 1] : [10, 0, 0, 2])),
        tag(21, Buffer.from(up ? [10, 0, 0, 2] : [10, 0, 0, 1])),
        tag(25, port(up ? 50001 : 7443)),
        tag(26, port(up ? 7443 : 50001)),
        Buffer.alloc(4),
        payload,
      ]);
    };
    const trace = caseOf(
      pcapng(252, [
        { at: 1, bytes: pdu(true, request('<body rid="1" sid="ab"/>')) },
        { at: 2, bytes: pdu(false, answer(event)) },
        { at: 2.1, bytes: pdu(true, request('<body rid="2" sid="ab" type="terminate"/>')) },
        { at: 2.2, bytes: pdu(false, answer('<body/>')) },
      ]),
    );
    expect(why(trace, '2001').verdict).toBe('client.browserClosed');
  });
});

describe('bad captures', () => {
  const good = pcap(1, framed('Ethernet', story()));

  test('cut at every length: what was there is read, and nothing throws', () => {
    for (let length = 0; length < good.length; length += 11) {
      const trace = caseOf(good.subarray(0, length));
      why(trace, '2001');
      if (length > 24) expect([null, 'cut']).toContain(trace.reports[0]?.failed);
    }
  });

  test('a length that cannot be is named; no memory is taken for it', () => {
    const bad = Buffer.from(good);
    bad.writeUInt32LE(0xffff_ffff, 24 + 8);
    expect(caseOf(bad).reports[0]?.failed).toBe('damaged');
    const block = pcapng(1, framed('Ethernet', story()));
    block.writeUInt32LE(0xffff_fff0, block.indexOf('nobody needs') - 4);
    expect(caseOf(block).reports[0]?.failed).toBe('cut');
  });

  test('bytes of packets changed at random: nothing throws but what is caught', () => {
    // A small generator of its own: the same bytes on every run.
    let seed = 12345;
    const random = (n: number) => {
      seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
      return seed % n;
    };
    for (let round = 0; round < 300; round++) {
      const bytes = Buffer.from(round % 2 === 0 ? good : pcapng(1, framed('Ethernet, IPv6', story())));
      for (let i = 0; i < 20; i++) bytes.writeUInt8(random(256), 24 + random(bytes.length - 24));
      why(caseOf(bytes), '2001');
    }
  });

  test('fragments, and packets that were cut, are counted', () => {
    const fragment = inIpv4(Buffer.alloc(40), true);
    fragment.writeUInt16BE(0x2000, 6);
    const trace = caseOf(pcap(101, [{ at: 0, bytes: fragment }]));
    expect(trace.reports[0]?.notes).toEqual({ packetsCut: 1 });
    const cut = caseOf(pcap(1, framed('Ethernet', story()), { snap: 80 }));
    why(cut, '2001');
    expect(cut.reports[0]?.notes.packetsCut).toBeGreaterThan(3);
  });

  test('a hole with a flood behind it costs no more than its bound', () => {
    const talk = new Talk().open(0).send(0.1, true, open);
    for (let i = 0; i < 4_000; i++) talk.send(1, true, Buffer.alloc(1_400, 1));
    const packets = framed('Ethernet', talk).filter((_, i) => i !== 4);
    const before = process.memoryUsage().rss;
    const trace = new Case({ agent: '2001' });
    const reader = trace.open('x');
    const bytes = pcap(1, packets);
    reader.push(bytes);
    reader.end();
    expect((process.memoryUsage().rss - before - bytes.length) / 2 ** 20).toBeLessThan(64);
    expect(trace.reports[0]?.notes.segmentsMissing).toBeGreaterThan(0);
  });

  test('of many connections that never end, so much may wait', () => {
    const half = Buffer.from(
      `POST /http-bind/ HTTP/1.1\r\nContent-Length: 900000\r\n\r\n${'x'.repeat(60_000)}`,
    );
    const trace = new Case({ agent: '2001' });
    const reader = trace.open('x');
    reader.push(pcap(101, []));
    const given = () => trace.reports[0]?.notes.segmentsMissing ?? 0;
    for (let port = 0; port < 600; port++) {
      const talk = new Talk(1_000 + port).open(0).send(1, true, half).send(1, true, half);
      // The second segment is missing: what follows waits.
      for (let i = 0; i < 3; i++) talk.send(1, true, Buffer.alloc(60_000, 1));
      const packets = framed('raw IP', talk).filter((_, i) => i !== 4);
      reader.push(pcap(101, packets).subarray(24));
    }
    // 108 MB want to wait for their missing segments and 64 MiB may: some are given up before the end.
    expect(given()).toBeGreaterThan(100);
    expect(given()).toBeLessThan(600);
  });
});
