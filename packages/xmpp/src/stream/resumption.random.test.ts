/** Random histories of a session with stream management: the client gets what was published, in order, once. */
import { parse } from '@poise/xml';
import { expect, test } from 'vitest';
import { auth, DOMAIN, iq, MemoryClient, type Rig, rig, settled, signIn } from '../../test/kit.ts';

const SM = 'urn:xmpp:sm:3';
const NODE = '/finesse/api/User/2001';
const PING = iq('get', DOMAIN, "<ping xmlns='urn:xmpp:ping'/>");
const SEEDS = 300;
const STEPS = 60;

/** Numbers from 0 to below 1, the same ones for each seed. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A client that reads its line stanza by stanza, and may lose what it has not read. */
class Reader {
  readonly #test: Rig;
  readonly id: string;
  line: MemoryClient;
  /** Stanzas counted since `<enabled/>`. */
  h = 0;
  readonly events: number[] = [];
  /** What it has sent since enabling, and what the server says it has handled. */
  sent = 0;
  handled = 0;

  constructor(test: Rig, line: MemoryClient, id: string) {
    this.#test = test;
    this.line = line;
    this.id = id;
  }

  /** Reads up to `count` elements; the rest stays on the line. */
  async read(count: number): Promise<void> {
    for (const xml of this.line.all.splice(0, count)) {
      if (xml.startsWith('<r ')) await this.say(`<a xmlns='${SM}' h='${this.h}'/>`);
      else if (/^<(?:a|resumed) /.test(xml)) this.handled = Number(/ h="(\d+)"/.exec(xml)?.[1]);
      else if (/^<(?:message|iq|presence)/.test(xml)) {
        this.h += 1;
        const event = /&lt;e(\d+)\/&gt;/.exec(xml);
        if (event !== null) this.events.push(Number(event[1]));
      } else throw new Error(`unexpected: ${xml}`);
    }
  }

  async say(xml: string): Promise<void> {
    if (!/^<[ra] /.test(xml)) this.sent += 1;
    this.line.stream.received(parse(xml));
    await settled();
  }

  /** A new line takes up the session; the old one is lost before, or still looks alive. */
  async resume(isLost: boolean): Promise<void> {
    if (isLost && this.line.over === null) this.line.lose();
    const line = new MemoryClient(this.#test, { kind: this.h % 2 === 0 ? 'tcp' : 'websocket' });
    line.open();
    await line.send(auth('2001'));
    line.open();
    line.stream.received(parse(`<resume xmlns='${SM}' previd='${this.id}' h='${this.h}'/>`));
    this.line = line;
  }
}

async function history(seed: number): Promise<void> {
  const random = numbers(seed);
  const below = (n: number) => Math.floor(random() * n);
  const test = rig({ limits: { ackAfterStanzas: 1 + below(8), bindBurst: 1_000 } });
  test.server.setServicePresence(true);
  const first = await signIn(test, '2001');
  first.take();
  const enabled = await first.send(`<enable xmlns='${SM}' resume='true'/>`);
  const reader = new Reader(test, first, / id="([^"]+)"/.exec(enabled)?.[1] ?? '');
  await reader.say(`<a xmlns='${SM}' h='0'/>`);
  const published: number[] = [];
  const publish = () => {
    published.push(published.length);
    test.server.publish(NODE, `<e${published.length - 1}/>`);
  };
  for (let step = 0; step < STEPS; step++) {
    const isConnected = reader.line.over === null;
    switch (below(9)) {
      case 0:
      case 1:
      case 2:
        for (let n = below(4); n >= 0; n--) publish();
        break;
      case 3:
        if (isConnected) await reader.read(below(6));
        break;
      case 4:
        if (isConnected) await reader.say(random() < 0.5 ? PING : `<r xmlns='${SM}'/>`);
        break;
      case 5:
        if (isConnected) await reader.say(`<a xmlns='${SM}' h='${reader.h}'/>`);
        break;
      case 6:
        if (isConnected) reader.line.lose(random() < 0.5 ? 'lost' : 'idle');
        break;
      case 7:
        test.clock.advance(below(10_000));
        // A resumption in time, whatever else happens.
        if (reader.line.over !== null) await reader.resume(true);
        break;
      default:
        await reader.resume(random() < 0.5);
    }
  }
  if (reader.line.over !== null) await reader.resume(true);
  publish();
  await reader.read(Number.POSITIVE_INFINITY);
  await reader.say(`<r xmlns='${SM}'/>`);
  await reader.read(Number.POSITIVE_INFINITY);
  expect(reader.events, `seed ${seed}`).toEqual(published);
  expect(reader.handled, `seed ${seed}`).toBe(reader.sent);
  expect(test.server.health()).toMatchObject({ streams: 1, sessions: 1, lost: 0 });
  // Available and unavailable take turns, and each loss is told once.
  const presences = test.seen.filter((line) => line.startsWith('presence')).map((line) => line.split(' ')[3]);
  expect(presences).toEqual(presences.map((_, i) => (i % 2 === 0 ? 'available' : 'unavailable')));
}

test('each event once and in order, whatever happens to the line', async () => {
  for (let seed = 0; seed < SEEDS; seed++) await history(seed);
});
