import { expect, test } from 'vitest';
import { DOMAIN, iq, PUBSUB, pubsub, rig, signIn } from '../test/kit.ts';

const NODE = '/finesse/api/User/2001';
const JID = `2001@${DOMAIN}`;
const subscribe = (node: string, jid: string): string =>
  iq('set', PUBSUB, pubsub(`<subscribe node='${node}' jid='${jid}'/>`));
const events = (xml: string): string[] =>
  [...xml.matchAll(/<notification [^>]*>([^<]*)</g)].map((match) => match[1] as string);

test('automatic subscriptions need no request, and every available resource gets the event', async () => {
  const test = rig();
  const desktop = await signIn(test, '2001');
  const phone = await signIn(test, '2001', 'phone', '<presence><priority>1</priority></presence>');
  const other = await signIn(test, '2002');
  expect(test.server.publish(NODE, 'x').delivered).toBe(2);
  expect(events(desktop.take())).toEqual(['x']);
  expect(events(phone.take())).toEqual(['x']);
  expect(events(other.take())).toEqual([]);
  expect(test.server.publish('/finesse/api/SystemInfo', 's').delivered).toBe(3);
});

test('one event per session, however many subscriptions match', async () => {
  const test = rig();
  const client = await signIn(test, '2001');
  const second = await signIn(test, '2001', 'phone');
  await client.send(subscribe(NODE, JID), subscribe(NODE, `${JID}/desktop`));
  test.server.publish(NODE, 'x');
  expect(events(client.take())).toEqual(['x']);
  expect(events(second.take())).toEqual(['x']);
});

test('a full-JID subscription reaches that resource alone', async () => {
  const test = rig();
  const queues = '/finesse/api/User/2001/Queues';
  const client = await signIn(test, '2001');
  const second = await signIn(test, '2001', 'phone');
  await client.send(subscribe(queues, `${JID}/desktop`));
  test.server.publish(queues, 'q');
  expect(client.take()).toContain(`to="${JID}/desktop" id="${queues}__${JID}__`);
  expect(second.take()).toBe('');
});

test('a session without presence, or with negative priority, gets no events to the bare JID', async () => {
  const test = rig();
  const silent = await signIn(test, '2001', 'silent', null);
  const negative = await signIn(test, '2001', 'negative', '<presence><priority>-1</priority></presence>');
  expect(test.server.publish(NODE, 'x').delivered).toBe(0);
  expect(silent.take() + negative.take()).toBe('');
  await negative.send('<presence><priority>0</priority></presence>');
  expect(test.server.publish(NODE, 'y').delivered).toBe(1);
});

test('nothing that a client gets is older than its presence', async () => {
  const test = rig();
  const client = await signIn(test, '2001', 'desktop', null);
  test.server.publish(NODE, 'old');
  await client.send('<presence/>');
  test.server.publish(NODE, 'new');
  expect(events(client.take())).toEqual(['new']);
});

test('events of a node arrive in the order of publication', async () => {
  const test = rig();
  const client = await signIn(test, '2001');
  const all = Array.from({ length: 50 }, (_, i) => String(i));
  for (const payload of all) test.server.publish(Number(payload) % 2 ? NODE : `${NODE}/Dialogs`, payload);
  expect(events(client.take())).toEqual(all);
});

test('an event for a known user who is away is reported as unroutable and not stored', async () => {
  const test = rig();
  const client = await signIn(test, '2001');
  client.lose();
  test.seen.length = 0;
  expect(test.server.publish(NODE, 'x').delivered).toBe(0);
  expect(test.seen).toHaveLength(1);
  expect(test.seen[0]).toContain(`unroutable <message from="${PUBSUB}" to="${JID}" id="${NODE}__${JID}__`);
  expect(events((await signIn(test, '2001')).take())).toEqual([]);
});

test('whoever asks is told of each event before it goes to a bare JID, present or not', async () => {
  const told: string[] = [];
  const test = rig({ observer: { addressedToUser: (xml) => told.push(xml) } });
  const client = await signIn(test, '2001');
  await signIn(test, '2001', 'phone');
  test.server.publish(NODE, 'x');
  expect(told).toHaveLength(1);
  expect(told[0]).toMatch(/^<message /);
  expect(client.take()).toContain(told[0]);
  client.lose();
  test.server.publish(NODE, 'y');
  expect(told).toHaveLength(2);
});

test('full-JID subscriptions live ten minutes longer than their session, bare ones stay', async () => {
  const test = rig();
  const queues = '/finesse/api/User/2001/Queues';
  const subscriptions = async (): Promise<string[]> => {
    const client = await signIn(test, '2001', 'watcher');
    const list = await client.send(iq('get', PUBSUB, pubsub(`<subscriptions node='${queues}'/>`)));
    client.lose();
    return [...list.matchAll(/ jid="([^"]*)"/g)].map((match) => match[1] as string);
  };
  const client = await signIn(test, '2001');
  await client.send(subscribe(queues, JID), subscribe(queues, `${JID}/desktop`));
  client.lose();
  test.clock.advance(599_000);
  // The session comes back in time, and the clock starts again when it goes.
  (await signIn(test, '2001')).lose();
  test.clock.advance(599_999);
  expect(await subscriptions()).toEqual([JID, `${JID}/desktop`]);
  test.clock.advance(1);
  expect(await subscriptions()).toEqual([JID]);
});

test('a deleted user loses sessions and subscriptions', async () => {
  const test = rig();
  const client = await signIn(test, '2001');
  await client.send(subscribe('/finesse/api/User/2001/Queues', JID));
  test.server.removeUser('2001');
  expect(client.over).toMatchObject({ condition: 'not-authorized' });
  expect([...test.server.sessions()]).toEqual([]);
  expect(test.server.health().nodes).toBe(0);
});

test('an administrator can end a session by its full JID in any case', async () => {
  const test = rig();
  const client = await signIn(test, '2001');
  expect(test.server.endSession(`2001@${DOMAIN}/nobody`, 'policy-violation')).toBe(false);
  expect(test.server.endSession(`2001@${DOMAIN.toUpperCase()}/desktop`, 'policy-violation')).toBe(true);
  expect(client.over).toEqual({ condition: 'policy-violation' });
  expect(test.seen).toContain(`presence 2001 ${JID}/desktop unavailable last`);
});

test('sessions and health tell who is here', async () => {
  const test = rig();
  await signIn(test, '2001');
  await signIn(test, '2002', 'phone', null);
  expect([...test.server.sessions()]).toEqual([
    expect.objectContaining({
      jid: `${JID}/desktop`,
      user: '2001',
      resource: 'desktop',
      transport: 'tcp',
      available: true,
    }),
    expect.objectContaining({ jid: `2002@${DOMAIN}/phone`, available: false }),
  ]);
  expect(test.server.health()).toMatchObject({ state: 'running', streams: 2, sessions: 2 });
  await test.server.stop('shutdown');
  expect(test.server.health()).toMatchObject({ state: 'stopped', streams: 0, sessions: 0 });
});

test('an observer that throws disturbs nobody', async () => {
  const fail = (): void => {
    throw new Error('observer');
  };
  const test = rig({ observer: { presence: fail, unroutable: fail, sessionClosed: fail } });
  const client = await signIn(test, '2001');
  expect(test.server.publish(NODE, 'x').delivered).toBe(1);
  client.lose();
  expect(test.server.publish(NODE, 'x').delivered).toBe(0);
});
