import { expect, test } from 'vitest';
import { DOMAIN, rig, signIn } from '../test/kit.ts';

const JID = `2001@${DOMAIN}`;
const FULL = `${JID}/desktop`;
const CLIENT_LOG = '/finesse/api/User/2001/ClientLog';
const service = (type = ''): string => `<presence${type} from="finesse@${DOMAIN}/webservices" to="${FULL}"/>`;

test('the service user is seen right after the first available presence, and only then', async () => {
  const test = rig();
  test.server.setServicePresence(true);
  const client = await signIn(test, '2001', 'desktop', null);
  expect(client.take()).toBe('');
  expect(await client.send("<presence><c xmlns='http://jabber.org/protocol/caps' ver='x'/></presence>")).toBe(
    service(),
  );
  expect(await client.send('<presence><show>away</show></presence>')).toBe('');
  expect(test.seen).toEqual([`presence 2001 ${FULL} available`]);
});

test('the presence of the service user starts unavailable and is told to all who are there', async () => {
  const test = rig();
  const client = await signIn(test, '2001');
  const quiet = await signIn(test, '2002', 'desktop', null);
  expect(client.take()).toBe('');
  test.server.setServicePresence(true);
  test.server.setServicePresence(true);
  expect(client.take()).toBe(service());
  test.server.setServicePresence(false);
  expect(client.take()).toBe(service(' type="unavailable"'));
  expect(quiet.take()).toBe('');
});

test('unavailable is told once, with the full JID, and takes the client log subscription along', async () => {
  const test = rig();
  const client = await signIn(test, '2001');
  test.seen.length = 0;
  await client.send("<presence type='unavailable'/>", "<presence type='unavailable'/>");
  client.lose('closed');
  expect(test.seen).toEqual([
    `presence 2001 ${FULL} unavailable last`,
    `unsubscribed ${CLIENT_LOG} ${JID}`,
    `closed ${FULL}`,
  ]);
});

test('a connection that breaks is unavailable at once', async () => {
  const test = rig();
  const client = await signIn(test, '2001');
  test.seen.length = 0;
  client.lose();
  expect(test.seen).toEqual([
    `closed ${FULL}`,
    `presence 2001 ${FULL} unavailable last`,
    `unsubscribed ${CLIENT_LOG} ${JID}`,
  ]);
});

test('only the last session of a user is the last', async () => {
  const test = rig();
  const one = await signIn(test, '2001');
  const two = await signIn(test, '2001', 'phone');
  test.seen.length = 0;
  one.lose();
  expect(test.seen).toEqual([`closed ${FULL}`, `presence 2001 ${FULL} unavailable`]);
  test.seen.length = 0;
  two.lose();
  expect(test.seen[1]).toBe(`presence 2001 ${JID}/phone unavailable last`);
});

test('after a conflict no unavailable presence follows the newcomer', async () => {
  const test = rig();
  await signIn(test, '2001');
  await signIn(test, '2001');
  expect(test.seen).toEqual([
    `presence 2001 ${FULL} available`,
    `closed ${FULL}`,
    `presence 2001 ${FULL} available`,
  ]);
});

test('a newcomer that goes, or never becomes available, leaves the user unavailable', async () => {
  const gone = rig();
  await signIn(gone, '2001');
  (await signIn(gone, '2001', 'desktop', null)).lose();
  expect(gone.seen).toContain(`presence 2001 ${FULL} unavailable last`);

  const silent = rig();
  await signIn(silent, '2001');
  await signIn(silent, '2001', 'desktop', null);
  silent.clock.advance(59_999);
  expect(silent.seen).not.toContain(`presence 2001 ${FULL} unavailable last`);
  silent.clock.advance(1);
  expect(silent.seen).toContain(`presence 2001 ${FULL} unavailable last`);
});

test('a chain of conflicts hands the presence on', async () => {
  const test = rig();
  await signIn(test, '2001');
  await signIn(test, '2001', 'desktop', null);
  const third = await signIn(test, '2001', 'desktop', null);
  expect(test.seen.filter((line) => line.includes('unavailable'))).toEqual([]);
  third.lose();
  expect(test.seen.filter((line) => line.includes('unavailable'))).toEqual([
    `presence 2001 ${FULL} unavailable last`,
  ]);
});

test('probes to the own JID and to the service user are answered, others ignored', async () => {
  const test = rig();
  test.server.setServicePresence(true);
  const client = await signIn(test, '2001', 'desktop', '<presence><priority>1</priority></presence>');
  await signIn(test, '2002');
  expect(await client.send(`<presence type='probe' to='${JID}'/>`)).toBe(
    `<presence from="${FULL}" to="${FULL}"><priority>1</priority></presence>`,
  );
  expect(await client.send(`<presence type='probe' to='finesse@${DOMAIN}'/>`)).toBe(service());
  expect(await client.send(`<presence type='probe' to='2002@${DOMAIN}'/>`)).toBe('');
  expect(await client.send(`<presence type='subscribe' to='2002@${DOMAIN}'/>`)).toBe('');
  expect(await client.send(`<presence to='2002@${DOMAIN}/desktop'/>`)).toBe('');
});

test('when the service stops, presences are unknown, not unavailable', async () => {
  const test = rig();
  const client = await signIn(test, '2001');
  test.seen.length = 0;
  await test.server.stop('shutdown');
  expect(client.over).toEqual({ condition: 'system-shutdown' });
  expect(test.seen).toEqual([`closed ${FULL}`]);
  const other = rig();
  const moving = await signIn(other, '2001');
  await other.server.stop('failover');
  expect(moving.over).toBe('closed');
});

test.each([
  ["<presence type='unavailable' from='2002@cc.example/desktop'/>", 'presence'],
  ["<presence from='2002@cc.example'/>", 'presence'],
  ["<presence type='unavailable' from='2002@cc.example/desktop' to='2001@cc.example'/>", 'presence'],
])('%s says nothing of the other user, and is logged once', async (xml, name) => {
  const test = rig();
  const victim = await signIn(test, '2002');
  const client = await signIn(test, '2001');
  test.seen.length = 0;
  for (let i = 0; i < 100; i++) await client.send(xml);
  expect(test.seen.filter((line) => line.startsWith('info'))).toEqual([
    `info ${FULL} at 127.0.0.1 sends ${name} as from "${/ from='([^']+)/.exec(xml)?.[1]}": it is taken as its own`,
  ]);
  expect(test.seen.join()).not.toContain('presence 2002');
  expect(test.server.publish('/finesse/api/User/2002', '<x/>').delivered).toBe(1);
  expect(victim.over).toBeNull();
});

test('a stanza from an own address in whatever spelling is nothing to log, one from no address is', async () => {
  const test = rig();
  const client = await signIn(test, '2001');
  test.seen.length = 0;
  for (const from of [JID, FULL, `2001@${DOMAIN}/old`, '2001@10.0.0.1', ''])
    await client.send(`<presence from='${from}'/>`);
  expect(test.seen).toEqual([]);
  await client.send("<presence from='a&#10;b'/>");
  expect(test.seen).toEqual([
    `info ${FULL} at 127.0.0.1 sends presence as from "a\\nb": it is taken as its own`,
  ]);
});

test('presence and subscriptions sent to others have no effect, and are logged once', async () => {
  const test = rig();
  const other = await signIn(test, '2002');
  const client = await signIn(test, '2001');
  test.seen.length = 0;
  for (const type of ["type='subscribe'", "type='unsubscribed'", "type='unavailable'", ''])
    for (const to of [`2002@${DOMAIN}`, `2002@${DOMAIN}/desktop`, 'x@elsewhere', 'a@b@c'])
      expect(await client.send(`<presence ${type} to='${to}'/>`)).toBe('');
  expect(other.take()).toBe('');
  expect(test.seen).toEqual([
    `info ${FULL} sends presence of type "subscribe" to "2002@${DOMAIN}": it has no effect`,
  ]);
  // Some clients greet the services that they know.
  test.clock.advance(60_000);
  test.seen.length = 0;
  for (const to of [DOMAIN, `pubsub.${DOMAIN}`, `finesse@${DOMAIN}`, JID])
    await client.send(`<presence to='${to}'/>`);
  expect(test.seen).toEqual([]);
});
