/** The process stands still, and its clients knock: deadlines fall due before any of them can be heard. */
import { expect, test } from 'vitest';
import { Bosh, Client, NS } from '../test/bosh-fixture.ts';
import { auth, DOMAIN, MemoryClient, rig, signIn } from '../test/kit.ts';

const SM = 'urn:xmpp:sm:3';
const FULL = `2001@${DOMAIN}/desktop`;

async function lost() {
  const test = rig();
  const client = await signIn(test, '2001');
  client.take();
  const id = / id="([^"]+)"/.exec(await client.send(`<enable xmlns='${SM}' resume='true'/>`))?.[1];
  await client.send(`<a xmlns='${SM}' h='0'/>`);
  client.lose();
  const resume = async (): Promise<string> => {
    const again = new MemoryClient(test);
    again.open();
    await again.send(auth('2001'));
    again.open();
    return again.send(`<resume xmlns='${SM}' previd='${id}' h='0'/>`);
  };
  return { ...test, resume };
}

const WHEN = [
  ['over the end of the time', 30_000, 90_000],
  ['almost to its end', 10_000, 49_500],
  ['for long', 1_000, 200_000],
] as const;

test.each(WHEN)('a lost session can be resumed for the whole time after a standstill %s', async (...row) => {
  const [, before, frozen] = row;
  const { clock, resume, server } = await lost();
  clock.advance(before);
  clock.freeze(frozen);
  clock.advance(59_000);
  expect(server.health().lost).toBe(1);
  expect(await resume()).toContain('<resumed');
});

test('a lost session ends one whole time after a standstill, and with it everything that waited', async () => {
  const { clock, resume, server } = await lost();
  clock.freeze(90_000);
  clock.advance(60_000);
  expect(server.health().lost).toBe(0);
  expect(await resume()).toContain('<item-not-found');
});

test('BOSH sessions do not hide the standstill from lost ones when they are gone', async () => {
  const { clock, resume, server } = await lost();
  const created = server.bosh.accept(Buffer.from(`<body rid='1' to='d' xmlns='${NS}'/>`), {
    held: null,
    secure: false,
    remoteAddress: '192.0.2.7',
    remotePort: 1,
    loopback: true,
    saslPolicy: undefined,
    answer: (body) => body.length,
    refuse: () => {},
  });
  expect([created, server.bosh.count]).toEqual([true, 1]);
  server.bosh.stop('shutdown');
  expect(server.bosh.count).toBe(0);
  clock.advance(10_000);
  clock.freeze(49_500);
  clock.advance(59_000);
  expect(await resume()).toContain('<resumed');
});

test('a newcomer that took a resource has the whole time to become available after a standstill', async () => {
  const test = rig();
  await signIn(test, '2001');
  const next = await signIn(test, '2001', 'desktop', null);
  test.seen.length = 0;
  test.clock.freeze(90_000);
  expect(test.seen).toEqual([]);
  await next.send('<presence/>');
  test.clock.advance(120_000);
  expect(test.seen).toEqual([`presence 2001 ${FULL} available`]);
});

function polling() {
  const lines: string[] = [];
  const bosh = new Bosh({
    observer: {
      lastActive: (_sid, ms) => lines.push(`active ${ms} ms ago`),
      idleClosed: () => lines.push('idle'),
    },
  });
  const client = new Client(bosh);
  return { bosh, client, lines };
}

test('BOSH: a client between two polls that knocked meanwhile stays', () => {
  const { bosh, client, lines } = polling();
  bosh.clock.advance(1_000);
  bosh.clock.freeze(90_000);
  expect(client.stream.ends).toEqual([]);
  // The line says how it is.
  expect(lines).toEqual(['active 91000 ms ago']);
  expect(client.send().status).toBeUndefined();
});

test('BOSH: a standstill that is over just before a sweep counts as well', () => {
  const { bosh, client, lines } = polling();
  bosh.clock.advance(29_500);
  client.send().lose();
  bosh.clock.advance(31_500);
  bosh.clock.freeze(28_600);
  bosh.clock.advance(400);
  expect(lines.at(-1)).toBe('active 60500 ms ago');
  expect(client.stream.ends).toEqual([]);
});

test('BOSH: who does not come back is closed at the sweep after the next', () => {
  const { bosh, client, lines } = polling();
  bosh.clock.freeze(90_000);
  bosh.clock.advance(29_999);
  expect(lines).toEqual(['active 90000 ms ago']);
  bosh.clock.advance(1);
  expect(lines.slice(1)).toEqual(['active 120000 ms ago', 'idle']);
  expect(client.stream.ends).toEqual([{ how: 'idle', error: undefined }]);
});

test('BOSH: a sweep that comes a little late closes as ever', () => {
  const { bosh, client } = polling();
  bosh.clock.advance(89_000);
  bosh.clock.freeze(2_500);
  expect(client.stream.ends).toHaveLength(1);
});

test('BOSH: a gap of rids and the time for signing in begin anew', () => {
  const bosh = new Bosh();
  const gap = new Client(bosh);
  gap.at(gap.rid + 2);
  const slow = new Client(bosh);
  slow.stream.authenticated = false;
  bosh.clock.advance(10_000);
  bosh.clock.freeze(49_500);
  bosh.clock.advance(10_000);
  expect([gap.stream.ends, slow.stream.ends]).toEqual([[], []]);
  gap.send();
  slow.send();
  expect(gap.stream.ends).toEqual([]);
  bosh.clock.advance(50_000);
  expect(slow.stream.ends).toMatchObject([{ error: { condition: 'connection-timeout' } }]);
});
