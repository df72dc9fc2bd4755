import { describe, expect, test } from 'vitest';
import { Bosh, Client, message, NS, PRESENCE, turn } from '../../test/bosh-fixture.ts';
import type { BoshObserver } from './observer.ts';

const JID = '1001003@d/desktop';

/** Everything the observer is told, as lines. */
function journal() {
  const lines: string[] = [];
  const observer: BoshObserver = {
    received: (sid, xml, rid, jid) => lines.push(`RECV(${sid}): ${xml} ${rid} ${jid}`),
    sent: (sid, xml, rid) => lines.push(`SENT(${sid}): ${xml} ${rid}`),
    consume: (sid, jid, status, presenceXml, rid) =>
      lines.push(`consume ${sid} ${rid} ${jid} ${status} ${presenceXml}`),
    lastActive: (sid, ms, jid) => lines.push(`Session (id=${sid}) was last active ${ms} ms ago: ${jid}`),
    stats: (s) =>
      lines.push(
        `JID=${s.jid},msgs_sent=${s.msgsSent},msgs_queue=${s.msgsQueue},msgs_drop=${s.msgsDrop},bytes_sent=${s.bytesSent}`,
      ),
    idleClosed: (sid, jid, s) =>
      lines.push(
        `Closing idle session (id=${sid}): ${jid} after being inactive for more than threshold value of ${s}`,
      ),
    ended: (sid, jid, how) => lines.push(`ended ${sid} ${jid} ${how}`),
    notice: (sid, jid, text) => lines.push(`notice ${sid} ${jid} ${text}`),
    refused: (address, reason) => lines.push(`refused ${address} ${reason}`),
  };
  return { lines, observer, take: () => lines.splice(0) };
}

describe('the sweep', () => {
  test('the worked example: last active 0, 13 230, 43 230, 73 230 ms ago, then closed', () => {
    const { lines, observer } = journal();
    const { lastActive, idleClosed, ended } = observer;
    const bosh = new Bosh({ observer: { lastActive, idleClosed, ended } });
    const c = new Client(bosh);
    const poll = c.send();
    bosh.clock.advance(30_000); // the poll is held up to here, and answered by its wait
    expect(poll.open).toBe(false);
    const last = c.send();
    bosh.clock.advance(16_770);
    last.lose();
    bosh.clock.advance(13_230 + 30_000);
    expect(c.stream.ends).toEqual([]);
    bosh.clock.advance(30_000);
    expect(lines).toEqual([
      `Session (id=${c.sid}) was last active 0 ms ago: ${JID}`,
      `Session (id=${c.sid}) was last active 13230 ms ago: ${JID}`,
      `Session (id=${c.sid}) was last active 43230 ms ago: ${JID}`,
      `Session (id=${c.sid}) was last active 73230 ms ago: ${JID}`,
      `Closing idle session (id=${c.sid}): ${JID} after being inactive for more than threshold value of 60`,
      `ended ${c.sid} ${JID} idle`,
    ]);
    expect(c.stream.ends).toEqual([{ how: 'idle', error: undefined }]);
    expect(c.send().status).toBe(404);
  });

  test('exactly the threshold is not more than the threshold', () => {
    const bosh = new Bosh();
    const c = new Client(bosh);
    bosh.clock.advance(30_000);
    c.send().lose();
    bosh.clock.advance(60_000);
    expect(c.stream.ends).toEqual([]);
    bosh.clock.advance(30_000);
    expect(c.stream.ends.length).toBe(1);
  });

  test('a client that dies unseen is noticed after at most wait + threshold + period = 120 s', () => {
    const bosh = new Bosh();
    bosh.clock.advance(1);
    const c = new Client(bosh);
    c.send(); // its connection never closes, as when a cable is cut
    bosh.clock.advance(119_998);
    expect(c.stream.ends).toEqual([]);
    bosh.clock.advance(1);
    expect(c.stream.ends).toEqual([{ how: 'idle', error: undefined }]);
  });

  test('as long as a request is held the session is active', () => {
    const bosh = new Bosh();
    const c = new Client(bosh);
    for (let i = 0; i < 20; i++) {
      c.send();
      bosh.clock.advance(30_000);
    }
    expect(c.stream.ends).toEqual([]);
  });

  test('sessions without a JID are closed silently', () => {
    const { lines, observer } = journal();
    const bosh = new Bosh({ observer: { lastActive: observer.lastActive, idleClosed: observer.idleClosed } });
    const c = new Client(bosh);
    c.stream.jid = '';
    bosh.clock.advance(120_000);
    expect(c.stream.ends.length).toBe(1);
    expect(lines).toEqual([]);
  });

  test('figures count what was delivered', async () => {
    const { lines, observer } = journal();
    const bosh = new Bosh({ observer: { stats: observer.stats } });
    const c = new Client(bosh);
    c.stream.transport.stanza(message(1));
    c.stream.transport.stanza(message(2));
    await turn();
    c.send();
    c.stream.transport.stanza(message(3));
    bosh.clock.advance(30_000);
    const bytes =
      c.creation.body!.length +
      53 +
      2 * '<message xmlns="jabber:client" id=\'1\'/>'.length +
      '</body>'.length -
      3;
    expect(lines).toEqual([`JID=${JID},msgs_sent=2,msgs_queue=1,msgs_drop=0,bytes_sent=${bytes}`]);
  });

  test('thresholds and period are parameters', () => {
    const bosh = new Bosh({ limits: { inactivitySeconds: 10, sweepSeconds: 1 } });
    const c = new Client(bosh);
    bosh.clock.advance(10_000);
    expect(c.stream.ends).toEqual([]);
    bosh.clock.advance(1_000);
    expect(c.stream.ends.length).toBe(1);
  });

  test('a session that ended untold is forgotten in the end', () => {
    const bosh = new Bosh();
    const c = new Client(bosh);
    c.stream.transport.end({ condition: 'conflict' });
    bosh.clock.advance(120_000);
    expect(bosh.service.count).toBe(0);
    expect(c.stream.ends).toEqual([]);
  });
});

describe('the wire log', () => {
  test('shows bodies without their namespace, and answers as they are', async () => {
    const { lines, observer } = journal();
    const c = new Client(new Bosh({ observer: { received: observer.received, sent: observer.sent } }));
    lines.length = 0;
    c.send();
    c.stream.transport.stanza(message(1));
    await turn();
    c.send(PRESENCE);
    expect(lines).toEqual([
      `RECV(${c.sid}): <body sid="${c.sid}" rid="1001"/> 1001 ${JID}`,
      `SENT(${c.sid}): <body xmlns='${NS}'><message xmlns="jabber:client" id='1'/></body> 1001`,
      `RECV(${c.sid}): <body rid="1002" sid="${c.sid}"><presence xmlns="jabber:client"/></body> 1002 ${JID}`,
    ]);
  });

  test('never shows a credential: SASL, and the old sign-in by IQ', () => {
    const { lines, observer } = journal();
    const c = new Client(new Bosh({ observer }));
    c.send("<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>c2VjcmV0</auth>");
    c.send("<response xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>c2VjcmV0</response>");
    c.send(
      "<iq xmlns='jabber:client' type='set'><query xmlns='jabber:iq:auth'><username>u</username><password>c2VjcmV0</password><digest>c2VjcmV0</digest></query></iq>",
    );
    expect(lines.join('\n')).not.toContain('c2VjcmV0');
    expect(lines.join('\n')).toContain('mechanism="PLAIN">***</auth>');
    expect(lines.join('\n')).toContain('<username>u</username><password>***</password>');
  });

  test('tells who consumed a request, with 3 for an authenticated session', () => {
    const { lines, observer } = journal();
    const c = new Client(new Bosh({ observer: { consume: observer.consume } }));
    c.stream.presenceXml = '<presence/>';
    c.send();
    c.stream.authenticated = false;
    c.send();
    expect(lines).toEqual([
      `consume ${c.sid} 1001 ${JID} 3 <presence/>`,
      `consume ${c.sid} 1002 ${JID} 1 <presence/>`,
    ]);
  });
});

describe('stop', () => {
  test('shutdown: every held request gets system-shutdown, every stream hears that it is lost', () => {
    const bosh = new Bosh();
    const clients = [new Client(bosh), new Client(bosh)];
    const held = clients.map((c) => c.send());
    bosh.service.stop('shutdown');
    for (const [i, c] of clients.entries()) {
      expect(held[i]!.body).toContain(
        'type="terminate" condition="system-shutdown"><stream:error><system-shutdown ',
      );
      expect(c.stream.ends).toEqual([{ how: 'lost', error: { condition: 'system-shutdown' } }]);
    }
    expect(bosh.service.count).toBe(0);
    expect(bosh.clock.pending).toBe(0);
  });

  test('sessions that nobody could be told of go as well', () => {
    const bosh = new Bosh();
    const untold = new Client(bosh);
    untold.stream.transport.end({ condition: 'conflict' });
    new Client(bosh);
    bosh.service.stop('shutdown');
    expect(bosh.service.count).toBe(0);
  });

  test('failover: an end without a condition, after which clients look for another node', () => {
    const bosh = new Bosh();
    const c = new Client(bosh);
    const held = c.send();
    bosh.service.stop('failover');
    expect(held.body).toBe(`<body xmlns="${NS}" type="terminate"/>`);
    expect(c.stream.ends).toEqual([{ how: 'lost', error: undefined }]);
  });
});
