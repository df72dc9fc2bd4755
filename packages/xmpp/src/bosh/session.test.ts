/** The rows of XEP-0124 and of the original's behavior, one test each; clients speak in whole bodies. */
import { describe, expect, test } from 'vitest';
import {
  Bosh,
  Client,
  DATA,
  EMPTY,
  message,
  NS,
  PRESENCE,
  sent,
  TERMINATE,
  turn,
} from '../../test/bosh-fixture.ts';

function client(attributes?: string, rid?: number): Client {
  return new Client(new Bosh(), attributes, rid);
}

describe('creation', () => {
  test('the request of JabberWerx gets the attributes in the order of the original', () => {
    const bosh = new Bosh();
    const reply = bosh.post(
      `<body xmlns="${NS}" xml:lang="en-US" xmlns:xmpp="urn:xmpp:xbosh" hold="1" ver="1.9" to="fin1.example" wait="30" xmpp:version="1.0" from="1001003@fin1.example" rid="3928374650"/>`,
    );
    expect(reply.body).toBe(
      `<body xmlns="${NS}" xmlns:stream="http://etherx.jabber.org/streams" authid="3445afbe" sid="3445afbe"` +
        ' secure="true" requests="2" inactivity="60" polling="5" wait="30" hold="1" ack="3928374650" maxpause="300"' +
        ' ver="1.6" from="fin1.example" xmlns:xmpp="urn:xmpp:xbosh" xmpp:version="1.0" xmpp:restartlogic="true">' +
        '<stream:features><mechanisms/></stream:features></body>',
    );
    expect(bosh.stream.headers).toEqual([
      { to: 'fin1.example', from: '1001003@fin1.example', version: '1.0', lang: 'en-US' },
    ]);
  });

  test.each([
    ["wait='30'", 'wait="30"'],
    ["wait='600'", 'wait="60"'],
    ['', 'wait="60"'],
    ["wait='-1'", 'wait="60"'],
    ["wait='0'", 'wait="0"'],
    ["hold='1' ver='1.6'", 'hold="1"'],
    ["hold='2' ver='1.6'", 'requests="3"'],
    ["hold='9' ver='1.6'", 'hold="2"'],
    ["hold='0' ver='1.6'", 'requests="2"'],
    ["ver='1.10'", 'ver="1.6"'],
    ["ver='2.0'", 'ver="1.6"'],
  ])('asked %s, granted %s', (asked, granted) => {
    expect(client(asked).creation.body).toContain(` ${granted}`);
  });

  test.each(["ver='1.5'", "ver='1'", "ver='x'", ''])(
    'with %s there is no hold, ack, maxpause and ver',
    (asked) => {
      expect(client(asked).creation.body).toContain(' wait="60" from="');
    },
  );

  test('by default the session id has 128 bits', () => {
    const reply = new Bosh({ sid: 'long' }).post(`<body rid='1' to='d' xmlns='${NS}'/>`);
    expect(reply.body).toMatch(/ authid="([0-9a-f]{32})" sid="\1" /);
  });

  test('any to is passed on, and the creation waits for the features', () => {
    const bosh = new Bosh({ announce: undefined });
    const reply = bosh.post(`<body rid='1' to='example.com' xmlns='${NS}'/>`);
    expect(bosh.stream.headers[0]!.to).toBe('example.com');
    expect(reply.open).toBe(true);
    bosh.stream.transport.features('<x/>');
    expect(reply.body).toContain('<stream:features><x/></stream:features></body>');
  });

  test('a stream that refuses the header ends the session in the creation answer', () => {
    const bosh = new Bosh({ announce: undefined });
    const reply = bosh.post(`<body rid='1' to='x' ver='1.6' xmlns='${NS}'/>`);
    bosh.stream.transport.end({ condition: 'host-unknown' });
    expect(reply.body).toBe(
      `<body xmlns="${NS}" xmlns:stream="http://etherx.jabber.org/streams" type="terminate" condition="host-unknown">` +
        "<stream:error><host-unknown xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error></body>",
    );
    expect(bosh.stream.ends).toEqual([]);
    expect(bosh.service.count).toBe(0);
  });
});

describe('requests in order', () => {
  test('rid = last + 1 with stanzas waiting is answered at once with all of them, in order, in one body', async () => {
    const c = client();
    for (let i = 1; i <= 3; i++) c.stream.transport.stanza(message(i));
    await turn();
    expect(c.stream.transport.queuedStanzas).toBe(3);
    expect(c.send().body).toBe(DATA(sent(1) + sent(2) + sent(3)));
    expect(c.stream.transport.queuedStanzas).toBe(0);
  });

  test('rid = last + 1 with nothing waiting is held up to wait seconds, then gets the empty answer of 57 bytes', () => {
    const c = client();
    const reply = c.send();
    c.bosh.clock.advance(29_999);
    expect(reply.open).toBe(true);
    c.bosh.clock.advance(1);
    expect(reply.body).toBe(`<body xmlns="http://jabber.org/protocol/httpbind"></body>`);
    expect(Buffer.byteLength(reply.body!)).toBe(57);
  });

  test('a held request is answered in the turn of the first stanza, with all stanzas of that turn', async () => {
    const c = client();
    const reply = c.send();
    c.stream.transport.stanza("<message to='a'/>");
    c.stream.transport.stanza('<presence/>');
    c.stream.transport.stanza("<iq type='result'/>");
    c.stream.transport.nonza("<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>");
    expect(reply.open).toBe(true);
    await turn();
    expect(reply.body).toBe(
      DATA(
        `<message xmlns="jabber:client" to='a'/><presence xmlns="jabber:client"/>` +
          `<iq xmlns="jabber:client" type='result'/><success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>`,
      ),
    );
  });

  test('more than hold open: the lowest is answered empty at once', () => {
    const c = client();
    const first = c.send();
    const second = c.send(PRESENCE);
    expect(first.body).toBe(EMPTY);
    expect(second.open).toBe(true);
    expect(c.stream.names).toEqual(['presence']);
  });

  test('with hold 2 two requests wait, and stanzas go out on the lower one', async () => {
    const c = client("hold='2' wait='30' ver='1.6'");
    const [first, second] = [c.send(), c.send()];
    expect([first.open, second.open]).toEqual([true, true]);
    c.stream.transport.stanza(message(1));
    await turn();
    expect(first.body).toBe(`<body xmlns='${NS}' ack='${c.rid}'>${sent(1)}</body>`);
    expect(second.open).toBe(true);
    const [third, fourth] = [c.send(), c.send()];
    expect(second.body).toBe(EMPTY);
    expect([third.open, fourth.open]).toEqual([true, true]);
  });

  test('a reply made while the request is processed goes out on the lower request', () => {
    const c = client();
    const poll = c.send();
    c.stream.onReceived = () => c.stream.transport.stanza("<iq type='result' id='1'/>");
    const iq = c.send("<iq xmlns='jabber:client' type='get' id='1'/>");
    expect(poll.body).toBe(
      `<body xmlns='${NS}' ack='${c.rid}'><iq xmlns="jabber:client" type='result' id='1'/></body>`,
    );
    expect(iq.open).toBe(true);
  });

  test.each(["hold='0' wait='30' ver='1.6'", "hold='1' wait='0' ver='1.6'"])(
    'with %s every request is answered at once',
    async (asked) => {
      const c = client(asked);
      expect(c.send().body).toBe(EMPTY);
      c.stream.transport.stanza(message(1));
      await turn();
      expect(c.send().body).toBe(DATA(sent(1)));
    },
  );

  test('ack stands on a body with stanzas only if a higher rid was received, and never on an empty one', async () => {
    const c = client();
    const poll = c.send();
    c.stream.transport.stanza(message(1));
    await turn();
    expect(poll.body).toBe(DATA(sent(1)));
  });

  test("a client that asked for acknowledgements by ack='1' gets them on empty answers too", () => {
    const c = client("hold='1' wait='30' ver='1.6' ack='1'");
    const poll = c.send();
    c.send();
    expect(poll.body).toBe(`<body xmlns="${NS}" ack="${c.rid}"></body>`);
  });

  test('each body passes its children on in order, as stanzas even without the namespace', () => {
    const c = client();
    c.send(
      "<presence/><iq xmlns='jabber:client' id='1'><query xmlns='q'/></iq>text<iq type='set'><session xmlns='s'/><other/></iq>",
    );
    expect(c.stream.elements.map((e) => [e.name, e.ns, e.elements().map((child) => child.ns)])).toEqual([
      ['presence', 'jabber:client', []],
      ['iq', 'jabber:client', ['q']],
      ['iq', 'jabber:client', ['s', 'jabber:client']],
    ]);
  });

  test('attributes that some clients repeat in each body do no harm', () => {
    const c = client();
    expect(c.send('', "to='d' xml:lang='en' foo='bar'").open).toBe(true);
  });
});

describe('lost and repeated requests', () => {
  test('a repeated rid gets the same answer byte for byte, and its payload is not processed twice', async () => {
    const c = client();
    c.send(PRESENCE);
    c.stream.transport.stanza(message('grün'));
    await turn();
    const again = c.at(c.rid, PRESENCE);
    expect(again.body).toBe(DATA(sent('grün')));
    expect(c.stream.names).toEqual(['presence']);
    expect(c.at(c.rid, PRESENCE).body).toBe(again.body);
  });

  test('empty answers are kept as well', () => {
    const c = client();
    c.send();
    c.bosh.clock.advance(30_000);
    expect(c.at(c.rid).body).toBe(EMPTY);
    expect(c.stream.ends).toEqual([]);
  });

  test('the last hold + 1 answers are kept; older ones end the session by item-not-found', async () => {
    const c = client();
    for (let i = 1; i <= 3; i++) {
      c.stream.transport.stanza(message(i));
      await turn();
      c.send();
    }
    expect(c.at(c.rid).body).toBe(DATA(sent(3)));
    expect(c.at(c.rid - 1).body).toBe(DATA(sent(2)));
    expect(c.at(c.rid - 2).body).toBe(TERMINATE('item-not-found'));
    expect(c.stream.ends).toEqual([{ how: 'lost', error: { condition: 'bad-format' } }]);
    expect(c.send().status).toBe(404);
  });

  test('the creation answer can be repeated by its rid and sid', () => {
    const c = client();
    expect(c.at(c.rid).body).toBe(c.creation.body);
  });

  test('a stanza that comes after the connection was lost waits for the repeated request', async () => {
    const c = client();
    const poll = c.send();
    poll.lose();
    c.stream.transport.stanza(message(1));
    await turn();
    expect(c.at(c.rid).body).toBe(DATA(sent(1)));
    expect(c.at(c.rid).body).toBe(DATA(sent(1)));
    c.stream.transport.stanza(message(2));
    await turn();
    expect(c.send().body).toBe(DATA(sent(2)));
  });

  test('a lost request that is repeated with nothing to say is held again for a whole wait', () => {
    const c = client();
    c.send().lose();
    c.bosh.clock.advance(20_000);
    const again = c.at(c.rid);
    c.bosh.clock.advance(29_999);
    expect(again.open).toBe(true);
    c.bosh.clock.advance(1);
    expect(again.body).toBe(EMPTY);
  });

  test('behind a proxy that cuts silent connections a repeat is answered before it is cut, too', () => {
    const c = client();
    for (let round = 0; round < 20; round++) {
      const poll = c.send();
      c.bosh.clock.advance(3_000);
      expect(poll.open).toBe(true);
      poll.lose();
      c.bosh.clock.advance(100);
      const again = c.at(c.rid);
      c.bosh.clock.advance(1_990);
      expect(again.open).toBe(true);
      c.bosh.clock.advance(10);
      expect(again.body).toBe(EMPTY);
    }
    // What is not cut waits as long as ever.
    const poll = c.send();
    c.bosh.clock.advance(29_900);
    expect(poll.open).toBe(true);
  });

  test('a repeat that is cut sooner waits for still less, and carries a stanza at once', async () => {
    const c = client();
    const poll = c.send();
    c.bosh.clock.advance(20_000);
    poll.lose();
    const again = c.at(c.rid);
    c.bosh.clock.advance(4_000);
    again.lose();
    const third = c.at(c.rid);
    c.bosh.clock.advance(2_000);
    expect(third.open).toBe(true);
    c.stream.transport.stanza(message(1));
    await turn();
    expect(third.body).toBe(DATA(sent(1)));
  });

  test('a client that goes on with the next rid after a loss misses nothing', async () => {
    const c = client();
    c.send().lose();
    c.stream.transport.stanza(message(1));
    await turn();
    const next = c.send();
    expect(next.body).toBe(DATA(sent(1)));
    expect(c.at(c.rid - 1).body).toBe(EMPTY);
  });

  test('with hold 2 a stanza passes by the lost request to the one that lives', async () => {
    const c = client("hold='2' wait='30' ver='1.6'");
    c.send().lose();
    const second = c.send();
    c.stream.transport.stanza(message(1));
    await turn();
    expect(second.body).toBe(DATA(sent(1)));
    expect(c.at(c.rid - 1).body).toBe(EMPTY);
  });

  test('the same rid while the first copy is held: the first is answered empty, the second takes its place', async () => {
    const c = client();
    const first = c.send();
    const second = c.at(c.rid);
    expect(first.body).toBe(EMPTY);
    expect(second.open).toBe(true);
    c.stream.transport.stanza(message(1));
    await turn();
    expect(second.body).toBe(DATA(sent(1)));
  });

  test('the copy waits anew', () => {
    const c = client();
    c.send();
    c.bosh.clock.advance(20_000);
    const copy = c.at(c.rid);
    c.bosh.clock.advance(29_999);
    expect(copy.open).toBe(true);
    c.bosh.clock.advance(1);
    expect(copy.body).toBe(EMPTY);
  });

  test('a repeat of an answered rid gets the kept answer, whatever the client makes of the body', async () => {
    const c = client();
    c.send(PRESENCE);
    c.stream.transport.stanza(message(1));
    await turn();
    for (const [children, attributes] of [
      ['', ''],
      ['<iq/>', ''],
      [PRESENCE, "key='k' pause='60'"],
      ['', "type='terminate'"],
    ])
      expect(c.at(c.rid, children, attributes).body).toBe(DATA(sent(1)));
    expect(c.stream.names).toEqual(['presence']);
    expect(c.stream.ends).toEqual([]);
    expect(c.send().open).toBe(true);
  });

  test.each([
    [PRESENCE, '', PRESENCE, "key='k'"],
    [PRESENCE, "xml:lang='en'", PRESENCE, "pause='60' to='a>b'"],
    ['', '', '', "pause='60'"],
    ['', "key='a'", '', "key='b'"],
  ])(
    'equal rid with the content %j and attributes %j, built anew as %j with %j, takes the place of the first',
    (children, before, again, after) => {
      const c = client();
      const first = c.send(children, before);
      const second = c.at(c.rid, again, after);
      expect([first.body, second.open]).toEqual([EMPTY, true]);
      expect(c.stream.names).toEqual(children === '' ? [] : ['presence']);
      expect(c.stream.ends).toEqual([]);
    },
  );

  test('equal rid with other content while the first is held ends the session by bad-request', () => {
    const c = client();
    const first = c.send();
    const second = c.at(c.rid, PRESENCE);
    expect(second.body).toBe(TERMINATE('bad-request'));
    expect(first.body).toBe(TERMINATE('bad-request'));
    expect(c.stream.names).toEqual([]);
  });

  test('an empty poll may take the place of a request with stanzas, as JabberWerx does after resending', () => {
    const c = client();
    const first = c.send(PRESENCE);
    const poll = c.at(c.rid);
    expect(first.body).toBe(EMPTY);
    expect(poll.open).toBe(true);
    expect(c.stream.names).toEqual(['presence']);
  });

  test('JabberWerx repeats after 0.5, 2 and 4.5 s', async () => {
    const c = client();
    c.send(PRESENCE);
    c.stream.transport.stanza(message(1));
    await turn();
    for (const pause of [500, 1500, 2500]) {
      c.bosh.clock.advance(pause);
      expect(c.at(c.rid, PRESENCE).body).toBe(DATA(sent(1)));
    }
  });
});

describe('requests out of order', () => {
  test('a rid behind a gap waits; when the gap closes all are answered and stanzas are processed in rid order', () => {
    const c = client();
    const late = c.rid + 1;
    c.rid += 1;
    const early = c.send("<iq xmlns='jabber:client' id='2'/>");
    expect(early.open).toBe(true);
    expect(c.stream.names).toEqual([]);
    const first = c.at(late, PRESENCE);
    expect(c.stream.names).toEqual(['presence', 'iq']);
    expect(first.body).toBe(EMPTY);
    expect(early.body).toBe(EMPTY);
    expect(c.send().open).toBe(true);
  });

  test('replies to them go out in order', () => {
    const c = client();
    c.stream.onReceived = (element) =>
      c.stream.transport.stanza(`<iq type='result' id='${element.attr('id')}'/>`);
    const late = c.rid + 1;
    c.rid += 1;
    const early = c.send("<iq xmlns='jabber:client' id='2'/>");
    const first = c.at(late, "<iq xmlns='jabber:client' id='1'/>");
    expect(first.body).toBe(
      `<body xmlns='${NS}' ack='${c.rid}'><iq xmlns="jabber:client" type='result' id='1'/><iq xmlns="jabber:client" type='result' id='2'/></body>`,
    );
    expect(early.body).toBe(EMPTY);
  });

  test('a second gap stays open when the first one closes', () => {
    const c = client("hold='2' wait='30' ver='1.6'");
    const third = c.at(c.rid + 3, "<iq xmlns='jabber:client'/>");
    const first = c.at(c.rid + 1, PRESENCE);
    expect(c.stream.names).toEqual(['presence']);
    expect([first.open, third.open]).toEqual([true, true]);
    const second = c.at(c.rid + 2, "<message xmlns='jabber:client'/>");
    expect(c.stream.names).toEqual(['presence', 'message', 'iq']);
    expect([first.body, second.body, third.body]).toEqual([EMPTY, EMPTY, EMPTY]);
  });

  test('rid > last + requests ends the session by item-not-found', () => {
    const c = client();
    const held = c.send();
    expect(c.at(c.rid + 2).body).toBe(TERMINATE('item-not-found'));
    expect(held.body).toBe(TERMINATE('item-not-found'));
    expect(c.at(c.rid + 1).status).toBe(404);
  });

  test('a gap may stay open for the inactivity time, then the session ends by item-not-found', () => {
    const c = client();
    const early = c.at(c.rid + 2);
    c.bosh.clock.advance(59_999);
    expect(early.open).toBe(true);
    c.bosh.clock.advance(1);
    expect(early.body).toBe(TERMINATE('item-not-found'));
  });

  test('a gap that closes in time leaves no timer behind', () => {
    const c = client();
    c.at(c.rid + 2);
    c.at(c.rid + 1);
    c.rid += 2;
    c.bosh.clock.advance(20_000);
    const poll = c.send();
    c.bosh.clock.advance(25_000);
    c.send();
    c.bosh.clock.advance(20_000);
    expect(poll.body).toBe(EMPTY);
    expect(c.stream.ends).toEqual([]);
  });

  test('a gap that was open when the session ended says nothing more', () => {
    const c = client();
    const early = c.at(c.rid + 2);
    c.stream.transport.end({ condition: 'conflict' });
    c.bosh.clock.advance(60_000);
    expect(early.answers).toBe(1);
    expect(c.stream.ends).toEqual([]);
  });

  test('an early request whose connection is lost is still processed in its turn', () => {
    const c = client();
    c.at(c.rid + 2, PRESENCE).lose();
    c.at(c.rid + 1);
    expect(c.stream.names).toEqual(['presence']);
    expect(c.at(c.rid + 2, PRESENCE).body).toBe(EMPTY);
  });
});

describe('terminate', () => {
  test('by the client: children first, then 200 with type terminate; held requests are answered empty', () => {
    const c = client();
    const poll = c.send();
    const last = c.send("<presence xmlns='jabber:client' type='unavailable'/>", "type='terminate'");
    expect(c.stream.names).toEqual(['presence']);
    expect(poll.body).toBe(EMPTY);
    expect(last.body).toBe(`<body xmlns="${NS}" type="terminate"></body>`);
    expect(c.stream.ends).toEqual([{ how: 'closed', error: undefined }]);
    expect(c.send().status).toBe(404);
    expect(c.bosh.service.count).toBe(0);
  });

  test('by the client with two requests held: they are answered empty, the confirmation goes to the last', () => {
    const c = client("hold='2' wait='30' ver='1.6'");
    const held = [c.send(), c.send()];
    const last = c.send('', "type='terminate'");
    expect(held.map((reply) => reply.body)).toEqual([EMPTY, EMPTY]);
    expect(last.body).toBe(`<body xmlns="${NS}" type="terminate"></body>`);
  });

  test('by the client with stanzas still to deliver: they go out on the lowest request', () => {
    const c = client();
    c.stream.onReceived = () => c.stream.transport.stanza(message(1));
    const last = c.send(PRESENCE, "type='terminate'");
    expect(last.body).toBe(`<body xmlns="${NS}" type="terminate">${sent(1)}</body>`);
  });

  test('by the client counts even when the connection is gone before the answer', () => {
    const c = client();
    c.send().lose();
    c.send('', "type='terminate'").lose();
    expect(c.stream.ends).toEqual([{ how: 'closed', error: undefined }]);
  });

  test('by the server for a reason: every held request gets it, then 404', () => {
    const c = client("hold='2' wait='30' ver='1.6'");
    const held = [c.send(), c.send()];
    c.stream.transport.end({ condition: 'conflict' });
    for (const reply of held) {
      expect(reply.body).toBe(
        `<body xmlns="${NS}" xmlns:stream="http://etherx.jabber.org/streams" type="terminate" condition="remote-stream-error">` +
          "<stream:error><conflict xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error></body>",
      );
    }
    expect(c.send().status).toBe(404);
    expect(c.stream.ends).toEqual([]);
  });

  test('by the server without a reason: the held request gets an empty body, the next one 404', () => {
    const c = client();
    const held = c.send();
    c.stream.transport.end();
    expect(held.body).toBe(EMPTY);
    expect(c.send().status).toBe(404);
  });

  test('by the server while nothing is held: the next request gets the reason, the one after it 404', () => {
    const c = client();
    c.stream.transport.end({ condition: 'conflict' });
    expect(c.bosh.service.count).toBe(1);
    expect(c.send().body).toContain('<conflict ');
    expect(c.send().status).toBe(404);
    expect(c.bosh.service.count).toBe(0);
  });

  test('stanzas queued before the end are delivered with it', () => {
    const c = client();
    c.stream.onReceived = () => {
      c.stream.transport.nonza("<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>");
      c.stream.transport.end({ condition: 'policy-violation', text: 'a < b' });
    };
    expect(c.send("<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>").body).toBe(
      `<body xmlns="${NS}" xmlns:stream="http://etherx.jabber.org/streams" type="terminate" condition="policy-violation">` +
        "<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/><stream:error><policy-violation xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>" +
        "<text xmlns='urn:ietf:params:xml:ns:xmpp-streams' xml:lang='en'>a &lt; b</text></stream:error></body>",
    );
  });

  test('nothing of the body is processed after the stream has ended the session', () => {
    const c = client();
    c.stream.onReceived = () => c.stream.transport.end({ condition: 'not-authorized' });
    c.send(PRESENCE + PRESENCE, "type='terminate'");
    expect(c.stream.names).toEqual(['presence']);
    expect(c.stream.ends).toEqual([]);
  });

  test.each([
    ['item-not-found', (c: Client) => c.at(c.rid + 9), 404],
    ['bad-request', (c: Client) => c.at(c.rid, PRESENCE), 400],
    [
      'policy-violation',
      (c: Client) => {
        for (let i = 0; i < 20; i++) c.at(c.rid);
        return c.at(c.rid);
      },
      403,
    ],
  ] as const)('below version 1.6 %s is an HTTP status', (_, offend, status) => {
    const c = client("hold='1' wait='30'");
    const held = c.send();
    const reply = offend(c);
    expect([reply.status, reply.body]).toEqual([status, undefined]);
    expect(held.answers).toBe(1);
  });

  test('below version 1.6 a stream error is HTTP status 500', () => {
    const c = client("hold='1' wait='30'");
    const held = c.send();
    c.stream.transport.end({ condition: 'conflict' });
    expect([held.status, held.body]).toEqual([500, undefined]);
  });
});

describe('restart', () => {
  const RESTART = "to='d' xml:lang='de' xmlns:xmpp='urn:xmpp:xbosh' xmpp:restart='true'";

  test('is answered at once with the features', () => {
    const c = client();
    c.stream.announce = '<bind/><session/>';
    expect(c.send('', RESTART).body).toBe(
      `<body xmlns="${NS}" xmlns:stream="http://etherx.jabber.org/streams"><stream:features><bind/><session/></stream:features></body>`,
    );
    expect(c.stream.headers[1]).toEqual({ to: 'd', from: undefined, version: undefined, lang: 'de' });
    expect(c.send().open).toBe(true);
  });

  test('with children: they are processed first', () => {
    const c = client();
    const order: string[] = [];
    c.stream.onReceived = (element) => order.push(`${element.name} ${c.stream.headers.length}`);
    c.send(PRESENCE, RESTART);
    expect(order).toEqual(['presence 1']);
    expect(c.stream.headers.length).toBe(2);
  });

  test('while a poll is held: the poll is answered empty, the features go to the restart', () => {
    const c = client();
    const poll = c.send();
    const restart = c.send('', RESTART);
    expect(poll.body).toBe(EMPTY);
    expect(restart.body).toContain('<stream:features>');
  });

  test('with hold 2 a poll that is held does not keep the features back', () => {
    const c = client("hold='2' wait='30' ver='1.6'");
    const poll = c.send();
    const restart = c.send('', RESTART);
    expect(poll.body).toBe(EMPTY);
    expect(restart.body).toContain('<stream:features>');
  });

  test('waits for features that come later, and takes along what was queued', async () => {
    const c = client();
    c.stream.announce = undefined;
    const restart = c.send('', RESTART);
    c.stream.transport.stanza(message(1));
    await turn();
    expect(restart.open).toBe(true);
    c.stream.transport.features('<bind/>');
    expect(restart.body).toContain(`${sent(1)}<stream:features><bind/></stream:features>`);
  });
});

describe('pause', () => {
  test('answers all open requests empty and raises the inactivity limit until the next request', () => {
    const c = client();
    const poll = c.send();
    const pause = c.send('', "pause='120'");
    expect(poll.body).toBe(EMPTY);
    expect(pause.body).toBe(EMPTY);
    c.bosh.clock.advance(119_000);
    expect(c.stream.ends).toEqual([]);
    const next = c.send();
    expect(next.open).toBe(true);
    next.lose();
    c.bosh.clock.advance(91_000);
    expect(c.stream.ends).toEqual([{ how: 'idle', error: undefined }]);
  });

  test('a paused session that does not come back is closed after the pause', () => {
    const c = client();
    c.send('', "pause='120'");
    c.bosh.clock.advance(120_000);
    expect(c.stream.ends).toEqual([]);
    c.bosh.clock.advance(30_000);
    expect(c.stream.ends).toEqual([{ how: 'idle', error: undefined }]);
  });

  test.each(["pause='301'", "pause='0'", "pause='-5'", "pause='x'"])('%s is an ordinary poll', (pause) => {
    const c = client();
    expect(c.send('', pause).open).toBe(true);
  });
});

describe('conflict', () => {
  test('the old session can be ended while its poll is open and the newcomer is being processed', () => {
    const bosh = new Bosh();
    const old = new Client(bosh);
    const poll = old.send();
    const young = new Client(bosh);
    young.stream.onReceived = () => {
      old.stream.transport.end({ condition: 'conflict' });
      young.stream.transport.stanza("<iq type='result'/>");
    };
    const bind = young.send("<iq xmlns='jabber:client' type='set'/>");
    expect(poll.body).toContain('<conflict ');
    expect(bind.body).toBe(DATA('<iq xmlns="jabber:client" type=\'result\'/>'));
    expect(old.stream.ends).toEqual([]);
    expect(young.send().open).toBe(true);
  });
});

describe('the connection', () => {
  test('a session that began over HTTPS ends by bad-request when a request comes in clear', () => {
    const c = new Client(new Bosh(), "ver='1.6'", 1, { secure: true });
    expect(c.send('', '', { secure: true }).open).toBe(true);
    expect(c.send().body).toBe(TERMINATE('bad-request'));
  });

  test('a session that began in clear may go on over HTTPS', () => {
    expect(client().send('', '', { secure: true }).open).toBe(true);
  });

  test('another source address is allowed, and told once', () => {
    const notices: string[] = [];
    const c = new Client(new Bosh({ observer: { notice: (_sid, _jid, text) => notices.push(text) } }));
    c.send(PRESENCE, '', { remoteAddress: '198.51.100.1' });
    expect(c.send(PRESENCE, '', { remoteAddress: '198.51.100.2' }).open).toBe(true);
    expect(notices).toEqual(['requests come from 198.51.100.1, at first from 192.0.2.7']);
  });
});

test('a stanza sent after the end is ignored', () => {
  const c = client();
  c.send('', "type='terminate'");
  c.stream.transport.stanza(message(1));
  c.stream.transport.features('<x/>');
  c.stream.transport.end();
  expect(c.stream.transport.queuedStanzas).toBe(0);
});
