/** Stream management (XEP-0198) as a client sees it, and what observers see of a lost session. */
import { expect, test } from 'vitest';
import {
  auth,
  bind,
  DOMAIN,
  iq,
  MemoryClient,
  PUBSUB,
  pubsub,
  type Rig,
  rig,
  signIn,
} from '../../test/kit.ts';

const SM = 'urn:xmpp:sm:3';
const ENABLE = `<enable xmlns='${SM}' resume='true'/>`;
const PING = iq('get', DOMAIN, "<ping xmlns='urn:xmpp:ping'/>");
const FULL = `2001@${DOMAIN}/desktop`;
const NODE = '/finesse/api/User/2001';
const failed = (condition: string, h = ''): string =>
  `<failed xmlns="${SM}"${h}><${condition} xmlns="urn:ietf:params:xml:ns:xmpp-stanzas"/></failed>`;
const UNEXPECTED = failed('unexpected-request');

/** A client that has signed in and not bound. */
async function signedIn(test: Rig, user = '2001', kind: 'tcp' | 'websocket' = 'tcp'): Promise<MemoryClient> {
  const client = new MemoryClient(test, { kind });
  client.open();
  await client.send(auth(user));
  client.open();
  return client;
}

/** A client that is available and can resume its session. */
async function managed(test: Rig, user = '2001', resource = 'desktop') {
  const client = await signIn(test, user, resource);
  client.take();
  const answer = await client.send(ENABLE);
  // It answers the question that follows.
  await client.send(`<a xmlns='${SM}' h='0'/>`);
  return { client, id: / id="([^"]+)"/.exec(answer)?.[1] ?? '' };
}

async function resume(test: Rig, id: string, h: number | string, user = '2001') {
  const client = await signedIn(test, user);
  return { client, answer: await client.send(`<resume xmlns='${SM}' previd='${id}' h='${h}'/>`) };
}

/** Payloads of the events in a text. */
const events = (xml: string): string[] =>
  [...xml.matchAll(/&lt;e(\d+)\/&gt;/g)].map((match) => match[1] ?? '');
const publish = ({ server }: Rig, ...numbers: number[]): void => {
  for (const n of numbers) server.publish(NODE, `<e${n}/>`);
};

test('enabled names an id that nobody guesses and the time of the grace period', async () => {
  const ids = new Set<string>();
  const test = rig({ limits: { resumptionMs: 45_900 } });
  for (const resource of ['a', 'b', 'c']) {
    const client = await signIn(test, '2001', resource);
    client.take();
    const answer = await client.send(ENABLE);
    expect(answer).toMatch(
      /^<enabled xmlns="urn:xmpp:sm:3" id="[0-9a-zA-Z]{32}" max="45" resume="true"\/><r xmlns="urn:xmpp:sm:3"\/>$/,
    );
    ids.add(answer);
  }
  expect(ids.size).toBe(3);
});

test.each([
  ['true', '10', 'max="10" resume="true"'],
  ['1', '9999', 'max="60" resume="true"'],
  ['true', 'soon', 'max="60" resume="true"'],
])('resume=%s max=%s is granted as %s', async (wanted, max, granted) => {
  const client = await signIn(rig(), '2001');
  client.take();
  expect(await client.send(`<enable xmlns='${SM}' resume='${wanted}' max='${max}'/>`)).toContain(granted);
});

test('without a grace period, or when nobody asks, there are acknowledgements alone', async () => {
  for (const [limits, xml] of [
    [{ resumptionMs: 0 }, ENABLE],
    [{ resumptionMs: 999 }, ENABLE],
    [{}, `<enable xmlns='${SM}'/>`],
  ] as const) {
    const test = rig({ limits: { ...limits, ackAfterStanzas: 1 } });
    const client = await signIn(test, '2001');
    client.take();
    expect(await client.send(xml)).toBe(`<enabled xmlns="${SM}"/>`);
    await client.send(PING, '<presence/>', "<message to='x@y'/>");
    expect(await client.send(`<r xmlns='${SM}'/>`)).toBe(`<a xmlns="${SM}" h="3"/>`);
    publish(test, 1);
    expect(client.take()).not.toContain('<r ');
    client.lose();
    expect(test.server.health()).toMatchObject({ sessions: 0, lost: 0 });
  }
});

test('enable twice, before binding or over BOSH, resume after binding, r and a without enable: failed, and all goes on', async () => {
  const test = rig();
  const early = await signedIn(test);
  for (const xml of [ENABLE, `<r xmlns='${SM}'/>`, `<a xmlns='${SM}' h='0'/>`])
    expect(await early.send(xml)).toBe(UNEXPECTED);
  expect(await early.send(bind('early'))).toContain('type="result"');
  for (const xml of [
    `<r xmlns='${SM}'/>`,
    `<a xmlns='${SM}' h='0'/>`,
    `<resume xmlns='${SM}' previd='x' h='0'/>`,
  ])
    expect(await early.send(xml)).toBe(UNEXPECTED);
  const { client, id } = await managed(test);
  expect(await client.send(ENABLE)).toBe(UNEXPECTED);
  expect(await client.send(`<resume xmlns='${SM}' previd='${id}' h='0'/>`)).toBe(UNEXPECTED);
  expect(await client.send(PING)).toContain('type="result"');
  const bosh = new MemoryClient(test, { kind: 'bosh' });
  bosh.open();
  await bosh.send(auth('2002'));
  expect(bosh.open()).not.toContain(SM);
  await bosh.send(bind('bosh'));
  expect(await bosh.send(ENABLE)).toBe(failed('feature-not-implemented'));
});

test('a lost session is told as ended, keeps its events, and has them all when it is back', async () => {
  const test = rig();
  test.server.setServicePresence(true);
  const { client, id } = await managed(test);
  await client.send(PING);
  test.seen.length = 0;
  publish(test, 1);
  client.lose();
  expect(test.seen).toEqual([
    `closed ${FULL}`,
    `presence 2001 ${FULL} unavailable last`,
    `unsubscribed ${NODE}/ClientLog 2001@${DOMAIN}`,
  ]);
  expect([...test.server.sessions()]).toEqual([]);
  expect(test.server.health()).toMatchObject({ streams: 0, sessions: 0, lost: 1 });
  publish(test, 2);
  test.server.setServicePresence(false);
  publish(test, 3);
  // As the log of the original says it of a user without a session.
  expect(test.seen.filter((line) => line.startsWith('unroutable'))).toHaveLength(2);
  test.seen.length = 0;
  test.clock.advance(30_000);
  // The ping answer has come, event 1 has not.
  const { client: again, answer } = await resume(test, id, 1);
  expect(answer).toMatch(new RegExp(`^<resumed xmlns="${SM}" h="1" previd="${id}"/><message`));
  expect(events(answer)).toEqual(['1', '2', '3']);
  expect(answer).toMatch(/e2.*<presence type="unavailable" from="finesse@.*e3/);
  expect(test.seen.slice(-2)).toEqual([
    `info ${FULL} resumed its session from 127.0.0.1: 30000 ms without a connection, 4 stanzas repeated`,
    `presence 2001 ${FULL} available`,
  ]);
  publish(test, 4);
  expect(events(again.take())).toEqual(['4']);
  expect(again.stream.jid).toBe(FULL);
  expect(test.server.health()).toMatchObject({ streams: 1, sessions: 1, lost: 0 });
});

test('the times of several losses each run from the loss, and end with a final end', async () => {
  const test = rig();
  let { client, id } = await managed(test);
  for (let i = 0; i < 3; i++) {
    client.lose('idle');
    test.clock.advance(59_999);
    ({ client } = await resume(test, id, 0));
    expect(client.stream.jid).toBe(FULL);
  }
  client.lose();
  test.seen.length = 0;
  test.clock.advance(60_000);
  expect(test.server.health()).toMatchObject({ sessions: 0, lost: 0 });
  // All was told at the loss.
  expect(test.seen).toEqual([]);
  const { client: late, answer } = await resume(test, id, 0);
  expect(answer).toBe(failed('item-not-found', ' h="0"'));
  expect(test.seen).toEqual([
    `info 2001@${DOMAIN} at 127.0.0.1 cannot resume a session: it was not resumed within 60 s`,
  ]);
  expect(await late.send(bind('desktop'))).toContain('type="result"');
});

test('full-JID subscriptions and left nodes survive a loss', async () => {
  const test = rig();
  const { client, id } = await managed(test);
  const unsubscribed = pubsub(`<unsubscribe node='${NODE}/Dialogs' jid='2001@${DOMAIN}'/>`);
  await client.send(iq('set', PUBSUB, pubsub(`<subscribe node='${NODE}' jid='${FULL}'/>`)));
  await client.send(iq('set', PUBSUB, unsubscribed));
  client.lose();
  test.clock.advance(59_000);
  publish(test, 1);
  test.server.publish(`${NODE}/Dialogs`, '<e9/>');
  const { answer } = await resume(test, id, 2);
  expect(events(answer)).toEqual(['1']);
});

test('only what the client has not acknowledged is repeated, and the client learns what was handled', async () => {
  const test = rig();
  const { client, id } = await managed(test);
  await client.send(PING, PING, '<presence><priority>1</priority></presence>');
  publish(test, 1, 2, 3);
  await client.send(`<a xmlns='${SM}' h='4'/>`);
  client.lose();
  const { answer } = await resume(test, id, 4);
  expect(answer).toContain('<resumed xmlns="urn:xmpp:sm:3" h="3"');
  expect(events(answer)).toEqual(['3']);
});

test('a client that was not available stays so, and gets nothing', async () => {
  const test = rig();
  const client = await signIn(test, '2001', 'desktop', null);
  const id = / id="([^"]+)"/.exec(await client.send(ENABLE))?.[1] ?? '';
  client.lose();
  publish(test, 1);
  test.seen.length = 0;
  const { client: again, answer } = await resume(test, id, 0);
  expect(events(answer)).toEqual([]);
  expect(test.seen.join()).not.toContain('presence');
  await again.send('<presence/>');
  expect(test.seen.at(-1)).toBe(`presence 2001 ${FULL} available`);
});

test('resumption over an old connection that still looks alive: it gets a conflict, nobody is told anything', async () => {
  const test = rig();
  const { client: old, id } = await managed(test);
  publish(test, 1, 2);
  test.seen.length = 0;
  const { client, answer } = await resume(test, id, 1);
  expect(old.over).toEqual({ condition: 'conflict' });
  expect(events(answer)).toEqual(['2']);
  expect(test.seen).toEqual([
    `info ${FULL} resumed its session from 127.0.0.1: 0 ms without a connection, 1 stanzas repeated`,
  ]);
  old.take();
  publish(test, 3);
  expect(events(client.take())).toEqual(['3']);
  expect(old.take()).toBe('');
  // The new connection is a session like any other, and can be lost.
  client.lose();
  expect(test.seen.slice(-3, -1)).toEqual([`closed ${FULL}`, `presence 2001 ${FULL} unavailable last`]);
  expect(test.server.health().lost).toBe(1);
});

test('it resumes on another kind of connection', async () => {
  const test = rig();
  const { client, id } = await managed(test);
  client.lose();
  const other = await signedIn(test, '2001', 'websocket');
  expect(await other.send(`<resume xmlns='${SM}' previd='${id}' h='0'/>`)).toContain('<resumed');
  expect([...test.server.sessions()]).toMatchObject([{ jid: FULL, transport: 'websocket', available: true }]);
});

test('what follows <resume/> before the credential is checked belongs to the session', async () => {
  const test = rig();
  const { client, id } = await managed(test);
  client.lose();
  const hasty = new MemoryClient(test, { kind: 'websocket' });
  hasty.open();
  const sent = hasty.send(auth('2001'));
  hasty.stream.opened({ to: DOMAIN, version: '1.0' });
  const rest = hasty.send(`<resume xmlns='${SM}' previd='${id}' h='0'/>`, PING, `<r xmlns='${SM}'/>`);
  const answer = (await sent) + (await rest);
  expect(answer).toMatch(/<resumed .*<iq type="result".*<a xmlns="urn:xmpp:sm:3" h="1"\/>$/);
});

test.each([
  ['an unknown id', 'x', '0', 'item-not-found', 'there is no such session'],
  ['no id', '', '0', 'item-not-found', 'there is no such session'],
  ['a counter that is none', undefined, '-1', 'bad-request', 'h is no counter'],
])('%s is refused, logged once, and the client may bind', async (_name, previd, h, condition, reason) => {
  const test = rig();
  const { client, id } = await managed(test);
  client.lose();
  test.seen.length = 0;
  const { client: other, answer } = await resume(test, previd ?? id, h);
  expect(answer).toBe(failed(condition));
  for (let i = 0; i < 100; i++) await other.send(`<resume xmlns='${SM}' previd='${previd ?? id}' h='${h}'/>`);
  expect(test.seen).toEqual([`info 2001@${DOMAIN} at 127.0.0.1 cannot resume a session: ${reason}`]);
  expect(await other.send(bind('other'))).toContain('type="result"');
});

test.each(['', " xmlns='jabber:client'"])(
  'QXmpp asks without the namespace (%j): refused, and it may bind',
  async (ns) => {
    const test = rig();
    await managed(test);
    const client = await signedIn(test, '2001');
    expect(await client.send(`<resume${ns} h='2' previd=''/>`)).toBe(failed('item-not-found'));
    expect(await client.send(bind('other'))).toContain('type="result"');
  },
);

test('another user’s id is as good as none, and the log names both', async () => {
  const test = rig();
  const { client, id } = await managed(test);
  const thief = await resume(test, id, 0, '2002');
  expect(thief.answer).toBe(failed('item-not-found'));
  expect(test.seen.at(-1)).toBe(
    `info 2002@${DOMAIN} at 127.0.0.1 cannot resume a session: the session is that of 2001`,
  );
  expect(client.over).toBeNull();
  client.lose();
  expect((await resume(test, id, 0, '2002')).answer).toBe(failed('item-not-found'));
  expect((await resume(test, id, 0)).answer).toContain('<resumed');
  // Neither does the end of the session make it theirs to know.
  await (await resume(test, id, 0)).client.lose('closed');
  expect((await resume(test, id, 0, '2002')).answer).toBe(failed('item-not-found'));
});

test.each([
  ['a goodbye', (client: MemoryClient) => client.lose('closed')],
  [
    'an error of the client',
    (client: MemoryClient) => client.stream.ended('lost', { condition: 'not-well-formed' }),
  ],
  ['an end from here', (_: MemoryClient, test: Rig) => test.server.endSession(FULL, 'policy-violation')],
  ['a stop', (_: MemoryClient, test: Rig) => test.server.stop('shutdown')],
  ['the end of the account', (_: MemoryClient, test: Rig) => test.server.removeUser('2001')],
])('after %s there is nothing to resume', async (_name, end) => {
  const test = rig();
  const { client, id } = await managed(test);
  await end(client, test);
  client.lose();
  expect(test.server.health()).toMatchObject({ sessions: 0, lost: 0 });
  expect((await resume(test, id, 0)).answer).toMatch(/^<failed .*<item-not-found/);
});

test.each([
  ['an end from here', (test: Rig) => test.server.endSession(FULL, 'policy-violation')],
  ['a stop', (test: Rig) => test.server.stop('failover')],
  ['the end of the account', (test: Rig) => test.server.removeUser('2001')],
])('%s ends a lost session, and nobody is told twice', async (_name, end) => {
  const test = rig();
  const { client, id } = await managed(test);
  client.lose();
  test.seen.length = 0;
  await end(test);
  expect(test.seen).toEqual([]);
  expect(test.server.health()).toMatchObject({ sessions: 0, lost: 0 });
  expect((await resume(test, id, 0)).answer).toMatch(/^<failed .*<item-not-found/);
});

test('whoever binds the resource of a lost session replaces it: present once, absent once', async () => {
  const test = rig();
  const { client, id } = await managed(test);
  client.lose();
  test.seen.length = 0;
  const next = await signIn(test, '2001');
  expect(test.seen).toEqual([`presence 2001 ${FULL} available`]);
  expect((await resume(test, id, 0)).answer).toMatch(/^<failed/);
  expect(test.seen.at(-1)).toContain('another connection took its resource');
  test.clock.advance(120_000);
  expect(next.over).toBeNull();
  next.lose();
  expect(test.seen.slice(-3, -1)).toEqual([`closed ${FULL}`, `presence 2001 ${FULL} unavailable last`]);
});

test('after a conflict the loser cannot resume: its resource has gone to another', async () => {
  const test = rig();
  const { client, id } = await managed(test);
  const next = await signIn(test, '2001');
  expect(client.over).toEqual({ condition: 'conflict' });
  expect((await resume(test, id, 0)).answer).toMatch(/^<failed .*<item-not-found/);
  expect(test.seen.at(-1)).toContain('another connection took its resource');
  expect(next.over).toBeNull();
  expect(test.seen.filter((line) => line.includes('unavailable'))).toEqual([]);
});

test('of two resources the lost one does not count as present', async () => {
  const test = rig();
  const { client, id } = await managed(test);
  const other = await signIn(test, '2001', 'phone');
  test.seen.length = 0;
  client.lose();
  other.lose();
  await resume(test, id, 0);
  expect(test.seen.filter((line) => line.startsWith('presence'))).toEqual([
    `presence 2001 ${FULL} unavailable`,
    `presence 2001 2001@${DOMAIN}/phone unavailable last`,
    `presence 2001 ${FULL} available`,
  ]);
});

test('more acknowledged than was sent is a stream error, on a session as at its resumption', async () => {
  const test = rig();
  const { client, id } = await managed(test);
  publish(test, 1);
  const TOO_HIGH = {
    condition: 'undefined-condition',
    detail: `<handled-count-too-high xmlns="${SM}" h="2" send-count="1"/>`,
  };
  const { client: wrong } = await resume(test, id, 2);
  expect(wrong.over).toEqual(TOO_HIGH);
  expect(client.over).toBeNull();
  expect(test.seen.at(-1)).toBe(`info 2001@${DOMAIN} acknowledges 2 stanzas, but 1 were sent`);
  await client.send(`<a xmlns='${SM}' h='2'/>`);
  expect(client.over).toEqual(TOO_HIGH);
  expect(test.server.health()).toMatchObject({ sessions: 0, lost: 0 });
  const { client: garbled } = await managed(test, '2002');
  await garbled.send(`<a xmlns='${SM}' h='many'/>`);
  expect(garbled.over).toMatchObject({ condition: 'bad-format' });
});

test('nothing that counts is sent before the client has shown that it has read <enabled/>', async () => {
  const test = rig({ limits: { ackAfterMs: 5_000, queuedStanzasMax: 3 } });
  const enabled = async (user: string) => {
    const client = await signIn(test, user);
    client.take();
    const answer = await client.send(ENABLE, PING);
    expect(answer).toMatch(/^<enabled [^>]*\/><r [^>]*\/>$/);
    return { client, id: / id="([^"]+)"/.exec(answer)?.[1] ?? '' };
  };
  const { client } = await enabled('2001');
  publish(test, 1);
  expect(client.take()).toBe('');
  // What xmpp.js says when the presence before <enabled/> still counts.
  expect(await client.send(`<a xmlns='${SM}' h='1'/>`)).toMatch(/^<iq .*e1.*<\/message>$/);
  publish(test, 2);
  expect(events(client.take())).toEqual(['2']);
  client.lose('closed');

  // One that does not answer.
  const { client: mute } = await enabled('2001');
  publish(test, 3);
  test.clock.advance(9_999);
  expect(mute.take()).toBe('');
  test.clock.advance(1);
  expect(events(mute.take())).toEqual(['3']);
  mute.lose('closed');

  // One for which too much comes meanwhile.
  const { client: busy } = await enabled('2001');
  publish(test, 4, 5, 6, 7);
  expect(events(busy.take())).toEqual(['4', '5', '6', '7']);
  busy.lose('closed');

  // One that is lost before.
  const { client: lost, id } = await enabled('2001');
  publish(test, 8);
  lost.lose();
  expect(events((await resume(test, id, 0)).answer)).toEqual(['8']);
});

test('the first answer after <enabled/> may bear an old count whenever it comes: it ends no session and frees nothing', async () => {
  const test = rig({ limits: { ackAfterMs: 5_000, ackAfterStanzas: 2 } });
  // Its question keeps the time of all sessions.
  await managed(test, '2002');
  test.clock.advance(4_990);
  const client = await signIn(test, '2001');
  client.take();
  await client.send(ENABLE);
  test.clock.advance(10);
  publish(test, 1);
  expect(client.take()).toBe('');

  // Slower than that: it gets its stanzas, but no second question before it has answered the first.
  test.clock.advance(5_000);
  publish(test, 2, 3);
  test.clock.advance(5_000);
  const text = client.take();
  expect(events(text)).toEqual(['1', '2', '3']);
  expect(text).not.toContain('<r ');
  await client.send(`<a xmlns='${SM}' h='7'/>`);
  expect(client.over).toBeNull();
  test.clock.advance(5_000);
  expect(client.take()).toBe(`<r xmlns="${SM}"/>`);
  await client.send(`<a xmlns='${SM}' h='3'/>`);
  expect(client.over).toBeNull();
  await client.send(`<a xmlns='${SM}' h='4'/>`);
  expect(client.over).toMatchObject({ condition: 'undefined-condition' });
});

test('the client is asked after some stanzas, or when they have stood for a while, and not twice', async () => {
  const test = rig({ limits: { ackAfterStanzas: 3, ackAfterMs: 5_000 } });
  const { client } = await managed(test);
  publish(test, 1, 2);
  expect(client.take()).not.toContain('<r ');
  test.clock.advance(5_000);
  expect(client.take()).toBe(`<r xmlns="${SM}"/>`);
  publish(test, 3, 4, 5, 6);
  test.clock.advance(60_000);
  expect(client.take()).not.toContain('<r ');
  // The answer is late: more stanzas have gone out meanwhile.
  expect(await client.send(`<a xmlns='${SM}' h='2'/>`)).toBe(`<r xmlns="${SM}"/>`);
  await client.send(`<a xmlns='${SM}' h='6'/>`);
  test.clock.advance(60_000);
  expect(client.take()).toBe('');
});

test('a client that never acknowledges can no longer resume, and is served as ever', async () => {
  const test = rig({ limits: { queuedStanzasMax: 10 } });
  const { client, id } = await managed(test);
  const numbers = Array.from({ length: 30 }, (_, i) => i);
  publish(test, ...numbers);
  expect(events(client.take())).toEqual(numbers.map(String));
  expect(test.seen.filter((line) => line.startsWith('info'))).toEqual([
    `info 2001@${DOMAIN} acknowledges too little: its session can no longer be resumed`,
  ]);
  expect(await client.send(`<r xmlns='${SM}'/>`)).toBe(`<a xmlns="${SM}" h="0"/>`);
  await client.send(`<a xmlns='${SM}' h='30'/>`);
  expect(client.over).toBeNull();
  client.lose();
  expect(test.server.health().lost).toBe(0);
  expect((await resume(test, id, 30)).answer).toMatch(/^<failed .*<item-not-found/);
  expect(test.seen.at(-1)).toContain('too much waited for its acknowledgement');
});

test.each([
  ['stanzas', { queuedStanzasMax: 10 }, 11],
  ['bytes', { queuedBytesMax: 3_000 }, 12],
])('a lost session for which too many %s wait ends', async (_name, limits, count) => {
  const test = rig({ limits });
  const { client, id } = await managed(test);
  const other = await signIn(test, '2001', 'phone');
  client.lose();
  publish(test, ...Array.from({ length: count }, (_, i) => i));
  expect(test.server.health().lost).toBe(0);
  expect(events(other.take())).toHaveLength(count);
  expect((await resume(test, id, 0)).answer).toMatch(/^<failed .*<item-not-found/);
  expect(test.seen.at(-1)).toContain('too much waited for its acknowledgement');
});

test('lost sessions are bounded for each user, in all, and in bytes: the oldest goes', async () => {
  const perUser = rig({ limits: { lostSessionsPerUserMax: 2 } });
  const mine = [];
  for (const resource of ['a', 'b', 'c']) mine.push(await managed(perUser, '2001', resource));
  const other = await managed(perUser, '2002');
  other.client.lose();
  for (const { client } of mine) client.lose();
  expect(perUser.server.health().lost).toBe(3);
  expect((await resume(perUser, mine[0]?.id ?? '', 0)).answer).toContain('<failed');
  expect(perUser.seen.at(-1)).toContain('the user has lost too many sessions');
  expect((await resume(perUser, mine[1]?.id ?? '', 0)).answer).toContain('<resumed');

  const inAll = rig({ limits: { lostSessionsMax: 1 } });
  const first = await managed(inAll, '2001');
  const second = await managed(inAll, '2002');
  first.client.lose();
  second.client.lose();
  expect((await resume(inAll, first.id, 0)).answer).toContain('<failed');
  expect((await resume(inAll, second.id, 0, '2002')).answer).toContain('<resumed');

  const inBytes = rig({ limits: { lostBytesMax: 1_000 } });
  const quiet = await managed(inBytes, '2002');
  const busy = await managed(inBytes, '2001');
  busy.client.lose();
  quiet.client.lose();
  publish(inBytes, 1, 2, 3, 4);
  expect(inBytes.server.health().lost).toBe(1);
  expect((await resume(inBytes, busy.id, 0)).answer).toContain('<failed');
  expect((await resume(inBytes, quiet.id, 0, '2002')).answer).toContain('<resumed');
});

test('a client that reconnects and resumes a hundred times a second is slowed down, and others are not', async () => {
  const test = rig({ limits: { bindBurst: 20 } });
  const other = await managed(test, '2002');
  const { client, id } = await managed(test);
  const answers: string[] = [];
  client.lose();
  for (let i = 0; i < 500; i++) {
    const { client: again, answer } = await resume(test, id, 0);
    answers.push(answer.slice(0, 8));
    again.lose();
    test.clock.advance(10);
  }
  expect(answers.filter((answer) => answer === '<resumed').length).toBeLessThan(26);
  expect(
    test.seen.filter((line) => line.includes('cannot resume a session: too-many-resumptions')),
  ).toHaveLength(1);
  test.server.publish('/finesse/api/User/2002', '<e1/>');
  expect(events(other.client.take())).toEqual(['1']);
  // It is let in again when it has waited.
  test.clock.advance(2_000);
  expect((await resume(test, id, 0)).answer).toMatch(/^<resumed/);
});

test('binds in a loop do not keep a desktop from resuming, nor resumptions a program from binding', async () => {
  const test = rig({ limits: { bindBurst: 5, unboundPerUserMax: 4 } });
  const { client, id } = await managed(test);
  client.lose();
  const program = async () => (await signedIn(test)).send(bind('program'));
  for (let i = 0; i < 4; i++) expect(await program()).toContain('type="result"');
  for (let i = 0; i < 20; i++) expect(await program()).toContain('<resource-constraint');
  for (let i = 0; i < 5; i++) {
    const { client: again, answer } = await resume(test, id, 0);
    expect(answer).toMatch(/^<resumed/);
    again.lose();
  }
  expect((await resume(test, id, 0)).answer).toBe(failed('resource-constraint'));
  expect(test.seen.filter((line) => /cannot/.test(line))).toEqual([
    `info 2001@${DOMAIN} at 127.0.0.1 cannot bind a resource: too-many-binds`,
    `info 2001@${DOMAIN} at 127.0.0.1 cannot resume a session: too-many-resumptions`,
  ]);
  test.clock.advance(1_000);
  expect(await program()).toContain('type="result"');
  expect((await resume(test, id, 0)).answer).toMatch(/^<resumed/);
});

test('a connection that has signed in cannot bind any more when its user is deleted', async () => {
  const test = rig();
  const { client: bound } = await managed(test);
  const client = await signedIn(test);
  test.server.removeUser('2001');
  expect(bound.over).toMatchObject({ condition: 'not-authorized' });
  expect(client.over).toMatchObject({ condition: 'not-authorized' });
  await client.send(bind('ghost'));
  expect(test.server.health()).toMatchObject({ streams: 0, sessions: 0 });
});

test("resumptions that spend their own allowance leave binds alone; ids that are not the user's cost nothing", async () => {
  const test = rig({ limits: { bindBurst: 3 } });
  const { client, id } = await managed(test);
  client.lose();
  for (let i = 0; i < 10; i++) expect((await resume(test, 'x', 0)).answer).toContain('<item-not-found');
  for (let i = 0; i < 3; i++) expect((await resume(test, id, 0)).answer).toMatch(/^<resumed/);
  const late = await resume(test, id, 0);
  expect(late.answer).toContain('<resource-constraint');
  expect(await late.client.send(bind('other'))).toContain('type="result"');
});

test('a count that goes backwards is ignored on a session and refused at its resumption; the session stays', async () => {
  const test = rig();
  const { client, id } = await managed(test);
  publish(test, 1, 2, 3);
  await client.send(`<a xmlns='${SM}' h='2'/>`);
  client.take();
  expect(await client.send(`<a xmlns='${SM}' h='1'/>`, `<a xmlns='${SM}' h='4294967295'/>`)).toBe('');
  expect(client.over).toBeNull();
  // Over a line that is alive, too.
  expect((await resume(test, id, 1)).answer).toBe(failed('item-not-found', ' h="0"'));
  client.lose();
  const { client: again, answer } = await resume(test, id, 1);
  expect(answer).toBe(failed('item-not-found', ' h="0"'));
  expect(again.over).toBeNull();
  expect(test.seen.filter((line) => line.startsWith('info'))).toEqual([
    `info 2001@${DOMAIN} at 127.0.0.1 cannot resume a session: ` +
      'it shows a lower count than it has acknowledged, and what it lacks is no longer kept',
  ]);
  // Who counts rightly still finds it, with what he lacks.
  expect(events((await resume(test, id, 2)).answer)).toEqual(['3']);
});
