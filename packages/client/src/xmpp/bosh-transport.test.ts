import { VirtualClock } from '@poise/clock';
import { type Element, element, parse } from '@poise/xml';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Fault } from '../../test/fake-bosh.ts';
import { Harness } from '../../test/harness.ts';
import { fakeResponse, settle, updateXml, userXml } from '../../test/wire-texts.ts';
import { BoshTransport } from './bosh-transport.ts';
import type { StreamEnd } from './transport.ts';

const NODE = '/finesse/api/User/2001';
const make = () => new Harness({ transport: 'bosh' });
/** Without pings, so that polls are held to the end. */
const makeQuiet = () => new Harness({ transport: 'bosh', pingIntervalMs: 86_400_000 });

describe('a session over BOSH', () => {
  test('is created, restarted and polled as XEP-0124 and XEP-0206 ask', async () => {
    const { server, client, clock } = await makeQuiet().connect();
    const bodies = server.bosh.bodies.map((text) => parse(text));
    expect({ ...bodies[0]!.attrs }).toEqual({
      'xml:lang': 'en',
      hold: '1',
      ver: '1.6',
      to: 'desk.example',
      wait: '30',
      'xmpp:version': '1.0',
      content: 'text/xml; charset=utf-8',
      rid: bodies[0]!.attrs.rid,
    });
    expect(bodies.map((body) => Number(body.attrs.rid) - Number(bodies[0]!.attrs.rid))).toEqual([
      ...bodies.keys(),
    ]);
    expect(bodies[1]!.child('auth')).toBeDefined();
    expect(bodies[2]!.attrNS('urn:xmpp:xbosh', 'restart')).toBe('true');
    expect(bodies[2]!.children).toEqual([]);
    // The request with the presence is the one that waits; a poll follows when it was held to the end.
    clock.advance(30_000);
    await settle();
    const poll = parse(server.bosh.bodies.at(-1)!);
    expect(Object.keys(poll.attrs)).toEqual(['sid', 'rid']);
    expect(poll.children).toEqual([]);
    client.close();
  });

  test('keeps one request open, a second one only to speak, never a third', async () => {
    const { server, client } = await make().connect();
    const before = server.bosh.bodies.length;
    const subscribed = ['a', 'b', 'c', 'd', 'e'].map((name) =>
      client.subscribe(`/finesse/api/Queue/${name}`),
    );
    await settle();
    await Promise.all(subscribed);
    expect(server.session.subscriptions).toHaveLength(5);
    // The first speaks at once, the others wait for the window and go together.
    const counts = server.bosh.bodies.slice(before).map((text) => parse(text).elements().length);
    expect(counts.filter((count) => count > 0)).toEqual([1, 4]);
    expect(server.bosh.openMax).toBe(2);
    client.close();
  });

  test('a poll that the server held to the end is followed by the next', async () => {
    const { server, client, clock } = await makeQuiet().connect();
    const before = server.bosh.bodies.length;
    for (let minute = 0; minute < 4; minute++) {
      clock.advance(30_000);
      await settle();
    }
    expect(server.bosh.bodies).toHaveLength(before + 4);
    client.close();
  });

  test('a server that holds nothing is not asked in a circle', async () => {
    const { server, client, clock } = await makeQuiet().connect();
    let asked = 0;
    server.bosh.override = () => {
      asked++;
      return fakeResponse(200, "<body xmlns='http://jabber.org/protocol/httpbind'/>");
    };
    clock.advance(30_000);
    await settle();
    for (let second = 0; second < 10; second++) {
      clock.advance(1_000);
      await settle();
    }
    expect(asked).toBe(11);
    client.close();
  });

  test('a request without an answer is repeated with the same body after wait and five seconds', async () => {
    const { server, client, clock, statuses } = await makeQuiet().connect();
    const bodies: string[] = [];
    const { handle } = server.bosh;
    server.bosh.handle = (text, signal) => {
      bodies.push(text);
      if (bodies.length > 1) return handle.call(server.bosh, text, signal);
      return new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(new DOMException('aborted', 'AbortError')));
      });
    };
    clock.advance(30_000);
    await settle();
    expect(bodies).toHaveLength(1);
    clock.advance(34_999);
    await settle();
    expect(bodies).toHaveLength(1);
    clock.advance(1);
    await settle();
    // A ping beside it asks whether the server is there.
    expect(bodies).toHaveLength(3);
    expect(bodies[1]).toBe(bodies[0]);
    expect(bodies[2]).toContain('urn:xmpp:ping');
    expect(statuses).toEqual(['interrupted', 'resumed']);
    clock.advance(10_000);
    await settle();
    expect(statuses).toEqual(['interrupted', 'resumed']);
    client.close();
  });

  test('five attempts without success are the end of the session', async () => {
    const harness = await make().connect();
    harness.server.bosh.fault = () => 'request lost';
    harness.server.publish(NODE, updateXml(userXml('READY'), ''));
    await settle();
    expect(harness.statuses).toEqual([]);
    // From the first repetition in vain on, nobody should believe that what he asks for is heard.
    await harness.pass(500);
    expect(harness.statuses).toEqual(['interrupted']);
    await harness.pass(7_000, 500);
    expect(harness.statuses.slice(0, 2)).toEqual(['interrupted', 'disconnected']);
    harness.client.close();
  });

  test('a request that is heard at the third attempt interrupts, and then the session goes on', async () => {
    const harness = await make().connect();
    let faults = 2;
    harness.server.bosh.fault = () => (faults-- > 0 ? 'status 502' : 'none');
    harness.server.publish(NODE, updateXml(userXml('READY'), ''));
    await settle();
    await harness.pass(2_000, 500);
    expect(harness.statuses).toEqual(['interrupted', 'resumed']);
    expect(harness.updates).toHaveLength(1);
    expect(harness.server.sessions).toHaveLength(1);
    harness.client.close();
  });

  test('an answer that takes long on its way is no silence once it has begun', async () => {
    const harness = await make().connect();
    const { bosh } = harness.server;
    const handle = bosh.handle.bind(bosh);
    await harness.pass(29_000);
    // From now on every answer takes 8 s from its first byte to its last.
    bosh.handle = async (text, signal) => {
      const response = await handle(text, signal);
      const body = await response.text();
      const text8 = () =>
        new Promise<string>((resolve) => harness.clock.schedule(8_000, () => resolve(body)));
      return { ...response, status: response.status, text: text8 } as Response;
    };
    await harness.pass(300_000, 1_000);
    expect(harness.statuses.filter((status) => status === 'disconnected')).toEqual([]);
    harness.client.close();
  });

  test('a notification service that falls silent is noticed when an answer is overdue, and tried once more over other connections', async () => {
    const harness = await makeQuiet().connect();
    harness.server.bosh.handle = (_text, signal) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(new DOMException('aborted', 'AbortError')));
      });
    await harness.pass(30_000);
    await harness.pass(34_500, 500);
    expect(harness.statuses).toEqual([]);
    await harness.pass(500);
    expect(harness.statuses).toEqual(['interrupted']);
    await harness.pass(6_500, 500);
    expect(harness.statuses).toEqual(['interrupted']);
    await harness.pass(500);
    expect(harness.statuses.slice(0, 2)).toEqual(['interrupted', 'disconnected']);
    harness.client.close();
  });

  test('a ping goes beside the poll after 6 s without a word, and the server answers what it holds', async () => {
    const harness = await make().connect();
    const before = harness.server.bosh.bodies.length;
    await harness.pass(5_999);
    expect(harness.server.bosh.bodies).toHaveLength(before);
    await harness.pass(1);
    expect(harness.server.bosh.bodies).toHaveLength(before + 1);
    expect(harness.server.bosh.bodies.at(-1)).toContain('urn:xmpp:ping');
    await harness.pass(54_000);
    // The request with the ping is held in the place of a poll.
    expect(harness.server.bosh.bodies).toHaveLength(before + 10);
    expect(harness.server.bosh.openMax).toBe(2);
    expect(harness.statuses).toEqual([]);
    harness.client.close();
  });

  test('404 is the end at once: the server forgot the session', async () => {
    const harness = await makeQuiet().connect();
    harness.server.bosh.forget();
    harness.clock.advance(30_000);
    await settle();
    expect(harness.statuses.slice(0, 2)).toEqual(['disconnected', 'reconnecting 1 in 1000']);
    await harness.pass(1_000);
    expect(harness.statuses.slice(-2)).toEqual(['connected', 'recovered']);
    harness.client.close();
  });

  test.each([
    ['system-shutdown', ['disconnected', 'reconnecting 1 in 1000']],
    ['policy-violation', ['disconnected', 'reconnecting 1 in 1000']],
    ['other-request', ['conflict']],
  ])('terminate with %s', async (condition, statuses) => {
    const harness = await make().connect();
    harness.server.bosh.terminate(condition);
    await settle();
    expect(harness.statuses).toEqual(statuses);
    harness.client.close();
  });

  test('the goodbye is a terminate with the last presence, past the window', async () => {
    const { server, client, clock } = await make().connect();
    client.close();
    await settle();
    const last = parse(server.bosh.bodies.at(-1)!);
    expect(last.attr('type')).toBe('terminate');
    expect(last.child('presence')?.attr('type')).toBe('unavailable');
    expect(server.bosh.terminated).toBe(1);
    expect(clock.pending).toBe(0);
  });

  test('a goodbye that nobody answers is given up', async () => {
    const { server, client, clock } = await make().connect();
    server.bosh.fault = () => 'request lost';
    client.close();
    await settle();
    clock.advance(60_000);
    expect(clock.pending).toBe(0);
  });
});

test('answers are processed in the order of rids, whatever their order on the wire', async () => {
  const clock = new VirtualClock();
  const answers: ((response: Response) => void)[] = [];
  const seen: string[] = [];
  const ends: StreamEnd[] = [];
  const transport = new BoshTransport({
    url: 'http://x/http-bind/',
    domain: 'd',
    fetch: () => new Promise((resolve) => answers.push(resolve)),
    clock,
    random: () => 0,
    waitSeconds: 30,
  });
  transport.open({
    features: () => {},
    stanza: (stanza: Element) => seen.push(stanza.attr('id')!),
    alive: () => {},
    doubtful: () => {},
    overdue: () => {},
    ended: (end) => ends.push(end),
  });
  const body = (inner: string, attributes = '') =>
    fakeResponse(200, `<body xmlns='http://jabber.org/protocol/httpbind' ${attributes}>${inner}</body>`);
  answers[0]!(body('', "sid='s' wait='30' requests='2'"));
  await settle();
  transport.send(element('iq', 'jabber:client', { id: 'x' }));
  expect(answers).toHaveLength(3);
  answers[2]!(body("<iq xmlns='jabber:client' id='second'/>"));
  await settle();
  expect(seen).toEqual([]);
  answers[1]!(body("<iq xmlns='jabber:client' id='first'/>"));
  await settle();
  expect(seen).toEqual(['first', 'second']);
  transport.abandon();
  expect(clock.pending).toBe(0);
  expect(ends).toEqual([]);
});

test('whatever the network does to single requests, everything arrives once and in order, both ways', async () => {
  const faults = fc.constantFrom<Fault>(
    'none',
    'none',
    'none',
    'request lost',
    'answer lost',
    'status 502',
    'garbage',
  );
  await fc.assert(
    fc.asyncProperty(fc.array(faults, { maxLength: 60 }), async (plan) => {
      const harness = await make().connect();
      const { server, client, updates } = harness;
      // At most four for the same request: five would rightly end the session.
      const left = [...plan];
      const faultsOf = new Map<string, number>();
      server.bosh.fault = (body) => {
        const fault = left.shift() ?? 'none';
        const count = faultsOf.get(body) ?? 0;
        if (fault === 'none' || count === 4) return 'none';
        faultsOf.set(body, count + 1);
        return fault;
      };
      const stanzasBefore = server.bosh.processed.length;
      const wanted: string[] = [];
      for (let round = 0; round < 12; round++) {
        wanted.push(`u${round}`);
        server.publish(NODE, updateXml(userXml('READY'), `u${round}`));
        void client.subscribe(`/finesse/api/Queue/${round}`);
        await harness.pass(700, 350);
      }
      await harness.pass(60_000);
      expect(updates.map(({ requestId }) => requestId)).toEqual(wanted);
      const nodes = server.bosh.processed
        .slice(stanzasBefore)
        .filter((iq) => iq.child('pubsub') !== undefined)
        .map((iq) => iq.child('pubsub')?.elements()[0]?.attr('node'));
      expect(nodes).toEqual(wanted.map((_, round) => `/finesse/api/Queue/${round}`));
      // A request that is repeated twice and more interrupts; the session goes on.
      expect(harness.statuses.filter((_, index) => index % 2 === 0)).not.toContain('resumed');
      expect(harness.statuses.filter((_, index) => index % 2 === 1)).not.toContain('interrupted');
      expect(harness.statuses.filter((status) => !/interrupted|resumed/.test(status))).toEqual([]);
      expect(harness.statuses.at(-1) ?? 'resumed').toBe('resumed');
      client.close();
    }),
    { numRuns: 25 },
  );
});
