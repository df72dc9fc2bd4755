/** Bad, clumsy and hostile clients: each gets a documented answer, and nobody else notices. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  Bosh,
  Client,
  EMPTY,
  message,
  NS,
  PRESENCE,
  type Reply,
  sent,
  TERMINATE,
  turn,
} from '../../test/bosh-fixture.ts';

describe('bodies that are none get HTTP status 400', () => {
  const c = new Client(new Bosh());
  const body = (inner: string) => `<body rid='1001' sid='${c.sid}' xmlns='${NS}'>${inner}</body>`;

  test.each<[string, string | Buffer]>([
    ['nothing', ''],
    ['no XML', 'sid=1&rid=2'],
    ['not closed', body('<a>')],
    ['another root', `<bodY rid='1001' sid='${c.sid}' xmlns='${NS}'/>`],
    ['another namespace', `<body rid='1001' sid='${c.sid}' xmlns='jabber:client'/>`],
    ['two roots', `${body('')}${body('')}`],
    ['a DTD', `<!DOCTYPE body [<!ENTITY a "b">]>${body('&a;')}`],
    ['an unknown entity', body('&a;')],
    ['a comment', body('<!-- x -->')],
    ['a processing instruction', body('<?php ?>')],
    ['a control character', body('<a>\u0001</a>')],
    ['a NUL', body('<a>\u0000</a>')],
    ['a reference to a control character', body('<a>&#1;</a>')],
    ['a control character in a name', body('<a\u0001/>')],
    ['a lone surrogate', body('<a>&#xD800;</a>')],
    ['bytes that are not UTF-8', Buffer.from(body('<a>\u00e9</a>'), 'latin1')],
    ['an unbound prefix', body('<x:a/>')],
    ['a duplicate attribute', body("<a b='1' b='2'/>")],
    ['too many attributes', body(`<a ${Array.from({ length: 65 }, (_, i) => `a${i}='1'`).join(' ')}/>`)],
    ['too deep nesting', body('<a>'.repeat(33) + '</a>'.repeat(33))],
    ['too many bytes', body('x'.repeat(65_536))],
  ])('%s', (_, text) => {
    expect(c.bosh.post(text).status).toBe(400);
    expect(c.stream.elements).toEqual([]);
    expect(c.stream.ends).toEqual([]);
  });

  test('what is just inside the limits is passed on', () => {
    const ok = new Client(new Bosh());
    ok.send('<a>'.repeat(32) + '</a>'.repeat(32));
    ok.send(`<a ${Array.from({ length: 63 }, (_, i) => `a${i}='1'`).join(' ')}/>`);
    ok.send(`<a>${'x'.repeat(65_000)}</a>`);
    expect(ok.stream.elements.length).toBe(3);
  });

  test('100,000 levels cost next to nothing', () => {
    const deep = body('<a>'.repeat(15_000));
    const start = process.cpuUsage();
    for (let i = 0; i < 20; i++) expect(c.bosh.post(deep).status).toBe(400);
    expect(process.cpuUsage(start).user).toBeLessThan(1_000_000);
  });
});

describe('rids from elsewhere', () => {
  test.each(['0', '-1', '', 'NaN', '1e3', '1.5', String(2 ** 60), '9007199254740992', 'x'])(
    'rid %s gets 400',
    (rid) => {
      const c = new Client(new Bosh());
      expect(c.at(rid).status).toBe(400);
      expect(c.stream.ends).toEqual([]);
    },
  );

  test('a missing rid gets 400, with and without a session', () => {
    const c = new Client(new Bosh());
    expect(c.bosh.post(`<body sid='${c.sid}' xmlns='${NS}'/>`).status).toBe(400);
    expect(c.bosh.post(`<body to='d' xmlns='${NS}'/>`).status).toBe(400);
  });

  test('an unknown or foreign sid gets 404 and disturbs nobody', () => {
    const c = new Client(new Bosh());
    const held = c.send();
    for (const sid of ['', 'ffffffff', '__proto__', 'constructor', `${c.sid} `, c.sid.toUpperCase()]) {
      expect(c.bosh.post(`<body sid='${sid}' rid='1002' xmlns='${NS}'/>`).status).toBe(404);
    }
    expect(held.open).toBe(true);
  });

  test('who repeats a request that got 404 is told by a terminate body, once', () => {
    const c = new Client(new Bosh());
    c.send('', "type='terminate'");
    const statuses = [1, 1, 1, 1, 2, 3, 2].map((offset) => {
      const reply = c.at(c.rid + offset);
      return reply.body === TERMINATE('item-not-found') ? 'told' : reply.status;
    });
    expect(statuses).toEqual([404, 'told', 404, 'told', 404, 404, 404]);
  });

  test('refused requests are remembered of so many sessions only', () => {
    const bosh = new Bosh();
    const post = (sid: string) => bosh.post(`<body sid='${sid}' rid='7' xmlns='${NS}'/>`);
    const long = 'x'.repeat(65);
    expect([post('first').status, post(long).status, post(long).status]).toEqual([404, 404, 404]);
    for (let i = 0; i < 999; i++) post(`other${i}`);
    expect(post('first').body).toBe(TERMINATE('item-not-found'));
    expect(post('first').status).toBe(404);
    for (let i = 0; i < 1_000; i++) post(`more${i}`);
    expect(post('first').status).toBe(404);
  });

  test('the largest rids work to the last one', () => {
    const c = new Client(new Bosh(), "hold='1' wait='30' ver='1.6'", Number.MAX_SAFE_INTEGER - 2);
    expect(c.creation.body).toContain(' ack="9007199254740989" ');
    const first = c.send();
    const second = c.send();
    expect(first.body).toBe(EMPTY);
    expect(second.open).toBe(true);
    expect(c.at(Number.MAX_SAFE_INTEGER - 1).body).toBe(EMPTY);
  });
});

describe('floods', () => {
  test('needless polls are tolerated up to the allowance, then the session ends by policy-violation', () => {
    const notices: string[] = [];
    const c = new Client(new Bosh({ observer: { notice: (_sid, _jid, text) => notices.push(text) } }));
    const replies: Reply[] = [];
    while (c.stream.ends.length === 0 && replies.length < 100) replies.push(c.send());
    // The first is no repetition, the second is the first early one.
    expect(replies.length).toBe(1 + 20 + 1);
    expect(replies.slice(0, -2).every((reply) => reply.body === EMPTY)).toBe(true);
    expect(replies.at(-1)!.body).toBe(TERMINATE('policy-violation'));
    expect(replies.every((reply) => reply.answers === 1)).toBe(true);
    expect(notices).toEqual([
      'polls more often than needed',
      'ended by policy-violation: polls more often than tolerated',
    ]);
  });

  test('a session that only polls is held to its interval in the same way', () => {
    const c = new Client(new Bosh(), "hold='0' wait='30' ver='1.6'");
    let count = 0;
    while (c.stream.ends.length === 0 && count < 100) {
      c.send();
      count++;
    }
    expect(count).toBe(22);
    const slow = new Client(new Bosh(), "hold='0' wait='30' ver='1.6'");
    for (let i = 0; i < 100; i++) {
      slow.send();
      slow.bosh.clock.advance(5_000);
    }
    expect(slow.stream.ends).toEqual([]);
  });

  test('the allowance is earned back: two needless polls a second go on for ever', () => {
    const c = new Client(new Bosh());
    for (let i = 0; i < 200; i++) {
      c.send();
      c.bosh.clock.advance(500);
    }
    expect(c.stream.ends).toEqual([]);
  });

  test('polls that fetch something are never too many', async () => {
    const c = new Client(new Bosh());
    for (let i = 0; i < 500; i++) {
      const reply = c.send();
      c.stream.transport.stanza(message(i));
      await turn();
      expect(reply.body).toBe(`<body xmlns='${NS}'>${sent(i)}</body>`);
    }
    expect(c.stream.ends).toEqual([]);
  });

  test('a storm of repeats ends the session by policy-violation', async () => {
    const c = new Client(new Bosh());
    c.send(PRESENCE);
    c.stream.transport.stanza(message(1));
    await turn();
    let count = 0;
    while (c.stream.ends.length === 0 && count < 100) {
      c.at(c.rid, PRESENCE);
      count++;
    }
    expect(count).toBe(21);
  });

  test.each([
    ['beyond the window', 5, 'item-not-found', 'a request id beyond the window'],
    ['of long ago', -5, 'item-not-found', 'a request id whose answer is forgotten'],
  ])('a rid %s ends that session alone, with the reason in the log', (_name, offset, condition, reason) => {
    const notices: string[] = [];
    const bosh = new Bosh({ observer: { notice: (sid, _jid, text) => notices.push(`${sid} ${text}`) } });
    const other = new Client(bosh);
    const held = other.send();
    const c = new Client(bosh);
    for (let i = 0; i < 4; i++) c.send(PRESENCE);
    expect(c.at(c.rid + offset).body).toBe(TERMINATE(condition));
    expect(c.send().status).toBe(404);
    expect(notices).toEqual([`${c.sid} ended by ${condition}: ${reason}`]);
    expect(held.open).toBe(true);
  });

  test('a storm of terminates ends one session once', () => {
    const c = new Client(new Bosh());
    const replies = Array.from({ length: 50 }, () => c.send('', "type='terminate'"));
    expect(replies[0]!.status).toBe(200);
    expect(replies.slice(1).every((reply) => reply.status === 404)).toBe(true);
    expect(c.stream.ends.length).toBe(1);
  });

  test('a terminate without a session gets 400', () => {
    expect(new Bosh().post(`<body rid='1' type='terminate' xmlns='${NS}'/>`).status).toBe(400);
  });
});

describe('a client that never fetches', () => {
  test('more stanzas than the queue takes end the session by policy-violation', async () => {
    const c = new Client(new Bosh());
    for (let i = 0; i < 1000; i++) c.stream.transport.stanza(message(i));
    await turn();
    expect(c.stream.transport.queuedStanzas).toBe(1000);
    expect(c.stream.ends).toEqual([]);
    c.stream.transport.stanza(message('one too many'));
    await turn();
    expect(c.stream.ends).toEqual([{ how: 'lost', error: { condition: 'policy-violation' } }]);
    expect(c.send().body).toBe(TERMINATE('policy-violation'));
    expect(c.send().status).toBe(404);
  });

  test('so do more bytes, counted as UTF-8', async () => {
    const c = new Client(new Bosh({ limits: { queuedBytesMax: 10_000 } }));
    c.stream.transport.stanza(`<message>${'é'.repeat(4_950)}</message>`);
    await turn();
    expect(c.stream.ends).toEqual([]);
    c.stream.transport.stanza(`<message>${'é'.repeat(30)}</message>`);
    await turn();
    expect(c.stream.ends.length).toBe(1);
  });

  test('a burst beyond the queue goes out on the request that is held, in order', async () => {
    const c = new Client(new Bosh({ limits: { queuedStanzasMax: 3 } }), "hold='2' wait='30' ver='1.6'");
    const [first, second] = [c.send(), c.send()];
    for (let i = 1; i <= 5; i++) c.stream.transport.stanza(message(i));
    await turn();
    expect(first.body).toContain(sent(1) + sent(2) + sent(3));
    expect(second.body).toBe(`<body xmlns='${NS}'>${sent(4)}${sent(5)}</body>`);
    expect(c.stream.ends).toEqual([]);
  });

  test('the stream is not called back from inside its own call', () => {
    const c = new Client(new Bosh({ limits: { queuedStanzasMax: 1 } }));
    c.stream.transport.stanza(message(1));
    c.stream.transport.stanza(message(2));
    expect(c.stream.ends).toEqual([]);
  });
});

describe('sessions without authentication', () => {
  test('are ended 60 s after their start', () => {
    const bosh = new Bosh();
    const c = new Client(bosh);
    c.stream.authenticated = false;
    c.send();
    bosh.clock.advance(30_000);
    const held = c.send();
    bosh.clock.advance(29_999);
    expect(c.stream.ends).toEqual([]);
    bosh.clock.advance(1);
    expect(held.body).toContain('condition="policy-violation"><stream:error><connection-timeout ');
    expect(c.stream.ends).toEqual([{ how: 'idle', error: { condition: 'connection-timeout' } }]);
    expect(bosh.service.count).toBe(0);
  });

  test('are limited per address; authentication and the end give the place back', () => {
    const bosh = new Bosh({ limits: { unauthenticatedPerAddressMax: 2 } });
    const first = new Client(bosh);
    const second = new Client(bosh);
    const open = (address: string, attributes = "ver='1.6'") =>
      bosh.post(`<body rid='1' to='d' ${attributes} xmlns='${NS}'/>`, { remoteAddress: address });
    expect(open('192.0.2.7').body).toBe(TERMINATE('policy-violation'));
    expect(open('192.0.2.7', '').status).toBe(403);
    expect(open('192.0.2.8').status).toBe(200);
    first.send();
    expect(open('192.0.2.7').body).toContain(' sid=');
    expect(open('192.0.2.7').body).toBe(TERMINATE('policy-violation'));
    second.stream.authenticated = false;
    second.send('', "type='terminate'");
    expect(open('192.0.2.7').body).toContain(' sid=');
  });

  test('each request that no session takes is told of with its reason', () => {
    const refused: string[] = [];
    const bosh = new Bosh({
      limits: { unauthenticatedPerAddressMax: 1, sessionsMax: 2 },
      observer: { refused: (address, reason) => refused.push(`${address}: ${reason}`) },
    });
    const open = `<body rid='1' to='d' ver='1.6' xmlns='${NS}'/>`;
    bosh.post(open);
    bosh.post(open);
    bosh.post(open, { remoteAddress: '192.0.2.8' });
    bosh.post(open, { remoteAddress: '192.0.2.9' });
    bosh.post(`<body rid='2' sid='nobody' type='terminate' xmlns='${NS}'/>`);
    bosh.post(`<body rid='0' sid='nobody' xmlns='${NS}'/>`);
    bosh.post(`<body rid='1' type='terminate' xmlns='${NS}'/>`);
    expect(refused).toEqual([
      '192.0.2.7: too many sessions of this address have not signed in',
      '192.0.2.9: too many sessions',
      '192.0.2.7: there is no such session',
      '192.0.2.7: a request without a valid rid',
      '192.0.2.7: a session request that ends the session',
    ]);
  });

  test('all sessions together are limited: 503', () => {
    const bosh = new Bosh({ limits: { sessionsMax: 3 } });
    const replies = Array.from({ length: 5 }, () => bosh.post(`<body rid='1' to='d' xmlns='${NS}'/>`));
    expect(replies.map((reply) => reply.status)).toEqual([200, 200, 200, 503, 503]);
  });

  test('may send 16 KiB of SASL data, but not more than the limit', () => {
    const auth = (n: number) =>
      `<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>${'A'.repeat(n)}</auth>`;
    const c = new Client(new Bosh());
    c.stream.authenticated = false;
    c.send(auth(16_384));
    expect(c.stream.names).toEqual(['auth']);
    expect(c.send(auth(17_408)).body).toBe(TERMINATE('policy-violation'));
    expect(c.stream.names).toEqual(['auth']);
  });
});

describe('our own errors', () => {
  test('a stream that throws loses its session and no other', () => {
    const notices: string[] = [];
    const bosh = new Bosh({ observer: { notice: (_sid, _jid, text) => notices.push(text) } });
    const good = new Client(bosh);
    const held = good.send();
    const bad = new Client(bosh);
    bad.stream.onReceived = () => {
      throw new Error('boom');
    };
    expect(bad.send(PRESENCE).body).toContain('condition="internal-server-error"');
    expect(bad.send().status).toBe(404);
    expect(held.open).toBe(true);
    expect(notices.join()).toContain('boom');
  });
});

test('whatever requests come in whatever order, each is answered once, in order, and no stanza is lost or doubled', async () => {
  const step = fc.oneof(
    { weight: 5, arbitrary: fc.record({ do: fc.constant('stanza' as const) }) },
    { weight: 5, arbitrary: fc.record({ do: fc.constant('request' as const) }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('lose' as const), which: fc.nat({ max: 2 }) }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('repeat' as const) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('swap' as const) }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('cut' as const) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('time' as const) }) },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), fc.constantFrom(1, 2), async (steps, hold) => {
      const bosh = new Bosh({ limits: { pollBurst: 1000 } });
      const c = new Client(bosh, `hold='${hold}' wait='30' ver='1.6'`);
      /** What the client knows: rid -> its latest copy, and the answer once it was read. */
      const copies = new Map<number, Reply>();
      const read = new Map<number, string>();
      let stanzas = 0;
      let unread = c.rid + 1;
      const take = () => {
        for (let copy = copies.get(unread); copy?.body !== undefined; copy = copies.get(unread)) {
          read.set(unread, copy.body);
          unread++;
        }
      };
      const request = (rid: number) => copies.set(rid, c.at(rid, `<iq xmlns='jabber:client' id='${rid}'/>`));
      for (const s of steps) {
        const free = c.rid - unread + 1 <= hold;
        if (s.do === 'stanza') c.stream.transport.stanza(message(++stanzas));
        else if (s.do === 'request' && free) request(++c.rid);
        else if (s.do === 'cut') {
          // The answers of this turn are lost on the way; each is the same when asked for again.
          c.stream.transport.stanza(message(++stanzas));
          await turn();
          for (let rid = unread; rid <= c.rid; rid++) {
            const { body } = copies.get(rid) as Reply;
            if (body === undefined) continue;
            request(rid);
            expect(copies.get(rid)?.body).toBe(body);
          }
        } else if (s.do === 'swap' && c.rid - unread + 2 <= hold) {
          request(c.rid + 2);
          request(c.rid + 1);
          c.rid += 2;
        } else if (s.do === 'lose' || s.do === 'repeat') {
          // A client repeats what it lost before it does anything else.
          const rid = unread + (s.do === 'lose' ? s.which : 0);
          const copy = copies.get(rid);
          if (copy !== undefined && rid <= c.rid) {
            copy.lose();
            request(rid);
          }
        } else if (s.do === 'time') bosh.clock.advance(7_000);
        await turn();
        take();
      }
      for (let i = 0; i < 3; i++) {
        request(++c.rid);
        await turn();
        take();
      }
      expect(c.stream.ends).toEqual([]);
      const ids = [...read.values()].flatMap((body) =>
        [...body.matchAll(/id='(\d+)'/g)].map((match) => Number(match[1])),
      );
      expect(ids).toEqual(Array.from({ length: stanzas }, (_, i) => i + 1));
      const received = c.stream.elements.map((element) => Number(element.attr('id')));
      expect(received).toEqual(Array.from({ length: c.rid - 1000 }, (_, i) => 1001 + i));
    }),
    { numRuns: 300 },
  );
});
