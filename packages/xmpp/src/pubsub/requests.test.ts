import { parse } from '@poise/xml';
import { expect, test } from 'vitest';
import { DOMAIN, iq, PUBSUB, pubsub, rig, signIn } from '../../test/kit.ts';

const NS = 'http://jabber.org/protocol/pubsub';
const OWNER = `${NS}#owner`;
const NODE = '/finesse/api/User/2001';
const TEAM = '/finesse/api/Team/5000/Users';
const JID = `2001@${DOMAIN}`;
const FULL = `${JID}/desktop`;
const HEAD = `<iq type="result" id="q" from="${PUBSUB}" to="${FULL}"`;
const set = (inner: string): string => iq('set', PUBSUB, pubsub(inner));
const get = (inner: string): string => iq('get', PUBSUB, pubsub(inner));

async function client(test = rig()) {
  const signedIn = await signIn(test, '2001');
  signedIn.take();
  return signedIn;
}

test('subscribe answers with a subid of 40 characters, again with the same', async () => {
  const agent = await client();
  const answer = await agent.send(set(`<subscribe node='${NODE}' jid='${JID}'/>`));
  expect(answer).toMatch(
    new RegExp(
      `^${HEAD}><pubsub xmlns="${NS}"><subscription node="${NODE}" jid="${JID}" subid="[0-9A-Za-z]{40}" subscription="subscribed"/></pubsub></iq>$`,
    ),
  );
  expect(await agent.send(set(`<subscribe node='${NODE}' jid='${JID}'/>`))).toBe(answer);
});

test('bare and full JID in any case, and no JID at all, subscribe the sender', async () => {
  const agent = await client();
  expect(await agent.send(set(`<subscribe node='${NODE}' jid='${FULL}'/>`))).toContain(` jid="${FULL}"`);
  expect(await agent.send(set(`<subscribe node='${NODE}' jid='2001@${DOMAIN.toUpperCase()}'/>`))).toContain(
    'type="result"',
  );
  expect(await agent.send(set(`<subscribe node='${NODE}'/>`))).toContain(` jid="${FULL}"`);
  expect(await agent.send(set(`<subscribe node='/finesse/api/USER/2001' jid='${JID}'/>`))).toContain(
    'node="/finesse/api/USER/2001"',
  );
});

/** request, type of the error, condition, specific condition */
const REFUSALS: ReadonlyArray<
  readonly [request: string, type: string, condition: string, specific?: string]
> = [
  [set(`<subscribe jid='${JID}'/>`), 'modify', 'bad-request', 'nodeid-required'],
  [set(`<subscribe node='/nowhere' jid='${JID}'/>`), 'cancel', 'item-not-found'],
  [set(`<subscribe node='${NODE}' jid='2002@${DOMAIN}'/>`), 'modify', 'bad-request', 'invalid-jid'],
  [set(`<subscribe node='${NODE}' jid='2001@elsewhere.example'/>`), 'modify', 'bad-request', 'invalid-jid'],
  [set(`<subscribe node='${NODE}' jid='@@'/>`), 'modify', 'bad-request', 'invalid-jid'],
  [set(`<subscribe node='${TEAM}' jid='${JID}'/>`), 'auth', 'forbidden'],
  [set(`<subscribe node='/finesse/api/User/2002' jid='${JID}'/>`), 'auth', 'forbidden'],
  [set(`<unsubscribe jid='${JID}'/>`), 'modify', 'bad-request', 'nodeid-required'],
  [
    set(`<unsubscribe node='${NODE}/Queues' jid='${JID}'/>`),
    'cancel',
    'unexpected-request',
    'not-subscribed',
  ],
  [set(`<unsubscribe node='${NODE}' jid='${JID}' subid='x'/>`), 'modify', 'not-acceptable', 'invalid-subid'],
  [set(`<unsubscribe node='${NODE}' jid='2002@${DOMAIN}'/>`), 'modify', 'bad-request', 'invalid-jid'],
  [set(`<unsubscribe node='/nowhere' jid='${JID}'/>`), 'cancel', 'item-not-found'],
  [get("<items node='/nowhere'/>"), 'cancel', 'item-not-found'],
  [get(`<items node='${TEAM}'/>`), 'auth', 'forbidden'],
  [get('<items/>'), 'modify', 'bad-request', 'nodeid-required'],
  [get("<subscriptions node='/nowhere'/>"), 'cancel', 'item-not-found'],
  [get(`<options node='${NODE}' jid='${JID}'/>`), 'auth', 'forbidden'],
  [set(`<options node='${NODE}' jid='${JID}'/>`), 'auth', 'forbidden'],
  [get('<default/>'), 'cancel', 'feature-not-implemented'],
  [set(`<create node='${NODE}'/>`), 'auth', 'forbidden'],
  [set("<create node='/new'/><configure/>"), 'cancel', 'feature-not-implemented'],
  [set(`<publish node='${NODE}'><item><x xmlns='y'/></item></publish>`), 'auth', 'forbidden'],
  [set(`<retract node='${NODE}'><item id='1'/></retract>`), 'auth', 'forbidden'],
  [iq('set', PUBSUB, `<pubsub xmlns='${OWNER}'><delete node='${NODE}'/></pubsub>`), 'auth', 'forbidden'],
  [iq('set', PUBSUB, `<pubsub xmlns='${OWNER}'><purge node='${NODE}'/></pubsub>`), 'auth', 'forbidden'],
  [iq('get', PUBSUB, `<pubsub xmlns='${OWNER}'><configure node='${NODE}'/></pubsub>`), 'auth', 'forbidden'],
  [set(''), 'modify', 'bad-request'],
  [
    iq('get', PUBSUB, "<query xmlns='http://jabber.org/protocol/disco#info' node='/nowhere'/>"),
    'cancel',
    'item-not-found',
  ],
  [
    iq('get', PUBSUB, `<query xmlns='http://jabber.org/protocol/disco#items' node='${TEAM}'/>`),
    'auth',
    'forbidden',
  ],
  [iq('get', PUBSUB, "<query xmlns='jabber:iq:private'/>"), 'cancel', 'service-unavailable'],
];

test.each(REFUSALS)('%s is refused with %s %s %s', async (...row) => {
  const [request, type, condition, specific] = row as [string, string, string, string | undefined];
  const agent = await client();
  const answer = parse(await agent.send(request));
  expect(answer.attrs).toMatchObject({ type: 'error', id: 'q', from: PUBSUB, to: FULL });
  // The request's payload is repeated before the error.
  expect(answer.elements()[0]?.toString()).toBe(parse(request).elements()[0]?.toString());
  const error = answer.child('error');
  expect(error?.attr('type')).toBe(type);
  const conditions = error?.elements().map((child) => child.name);
  expect(conditions).toEqual(specific === undefined ? [condition] : [condition, specific]);
  if (specific !== undefined) expect(error?.child(specific)?.ns).toBe(`${NS}#errors`);
});

test('unsubscribe ends an explicit subscription', async () => {
  const test = rig();
  const agent = await client(test);
  await agent.send(set(`<subscribe node='${NODE}/Queues' jid='${JID}'/>`));
  expect(await agent.send(set(`<unsubscribe node='${NODE}/Queues' jid='${JID}'/>`))).toBe(`${HEAD}/>`);
  expect(test.server.publish(`${NODE}/Queues`, 'x').delivered).toBe(0);
});

test('leaving an automatic subscription holds for that session until it ends or comes back to it', async () => {
  const test = rig();
  const agent = await client(test);
  const phone = await signIn(test, '2001', 'phone');
  const leave = set(`<unsubscribe node='${NODE}' jid='${JID}'/>`);
  expect(await agent.send(leave)).toBe(`${HEAD}/>`);
  expect(await agent.send(leave)).toContain('<not-subscribed');
  expect(test.server.publish(NODE, 'x').delivered).toBe(1);
  expect(phone.take()).toContain('>x<');
  expect(await agent.send(get('<subscriptions/>'))).not.toContain(`node="${NODE}"`);
  await agent.send(set(`<subscribe node='${NODE}' jid='${JID}'/>`));
  expect(test.server.publish(NODE, 'y').delivered).toBe(2);
  await agent.send(leave);
  agent.lose();
  const back = await signIn(test, '2001');
  test.server.publish(NODE, 'z');
  expect(back.take()).toContain('>z<');
});

test('one session can leave only so many nodes', async () => {
  const agent = await client(rig({ limits: { unsubscribedNodesMax: 1 } }));
  await agent.send(set(`<unsubscribe node='${NODE}' jid='${JID}'/>`));
  expect(await agent.send(set(`<unsubscribe node='${NODE}/Dialogs' jid='${JID}'/>`))).toContain(
    '<resource-constraint',
  );
});

test('too many subscriptions are refused', async () => {
  const agent = await client(rig({ limits: { subscriptionsPerUserMax: 4 } }));
  expect(await agent.send(set(`<subscribe node='${NODE}/Queues' jid='${JID}'/>`))).toContain(
    `<too-many-subscriptions xmlns="${NS}#errors"/>`,
  );
});

test('the list of subscriptions holds automatic ones and no white space', async () => {
  const agent = await client();
  const subid = 'subid="[0-9A-Za-z]{40}" subscription="subscribed"/>';
  const line = (node: string): string => `<subscription node="${node}" jid="${JID}" ${subid}`;
  expect(await agent.send(get('<subscriptions/>'))).toMatch(
    new RegExp(
      `^${HEAD}><pubsub xmlns="${NS}"><subscriptions>${line(NODE)}${line(`${NODE}/Dialogs`)}${line('/finesse/api/SystemInfo')}${line(`${NODE}/ClientLog`)}</subscriptions></pubsub></iq>$`,
    ),
  );
  expect(await agent.send(get(`<subscriptions node='${NODE}'/>`))).toContain(
    `<subscriptions node="${NODE}"><subscription `,
  );
  expect(await agent.send(get('<affiliations/>'))).toBe(
    `${HEAD}><pubsub xmlns="${NS}"><affiliations/></pubsub></iq>`,
  );
});

test('items shows the last update, or none', async () => {
  const test = rig();
  const agent = await client(test);
  expect(await agent.send(get(`<items node='${NODE}'/>`))).toBe(
    `${HEAD}><pubsub xmlns="${NS}"><items node="${NODE}"/></pubsub></iq>`,
  );
  const { itemId } = test.server.publish(NODE, '<Update/>');
  agent.take();
  const item = `<item id="${itemId}"><notification xmlns="${NS}">&lt;Update/&gt;</notification></item>`;
  expect(await agent.send(get(`<items node='${NODE}' max_items='1'/>`))).toContain(
    `<items node="${NODE}">${item}</items>`,
  );
  expect(await agent.send(get(`<items node='${NODE}'><item id='${itemId}'/></items>`))).toContain(item);
  expect(await agent.send(get(`<items node='${NODE}'><item id='other'/></items>`))).not.toContain('<item ');
});

test('disco: the nodes one may see, a leaf, its items', async () => {
  const test = rig();
  const agent = await client(test);
  const disco = (kind: string, attrs = '', inner = ''): string =>
    iq('get', PUBSUB, `<query xmlns='http://jabber.org/protocol/disco#${kind}'${attrs}>${inner}</query>`);
  const line = (node: string): string => `<item jid="${PUBSUB}" name="${node}" node="${node}"/>`;
  expect(await agent.send(disco('items'))).toContain(
    `${line(NODE)}${line(`${NODE}/Dialogs`)}${line('/finesse/api/SystemInfo')}</query>`,
  );
  expect(
    await agent.send(disco('items', '', "<set xmlns='http://jabber.org/protocol/rsm'><max>1</max></set>")),
  ).toContain(
    `${line(NODE)}<set xmlns="http://jabber.org/protocol/rsm"><first index="0">${NODE}</first><last>${NODE}</last><count>3</count></set>`,
  );
  expect(await agent.send(disco('info', ` node='${NODE}'`))).toContain(
    `node="${NODE}"><identity category="pubsub" type="leaf"/><feature var="${NS}"/></query>`,
  );
  expect(await agent.send(disco('items', ` node='${NODE}'`))).toContain(`node="${NODE}"></query>`);
  const { itemId } = test.server.publish(NODE, 'x');
  agent.take();
  expect(await agent.send(disco('items', ` node='${NODE}'`))).toContain(
    `<item jid="${PUBSUB}" name="${itemId}"/></query>`,
  );
});

test('a service makes nodes and publishes; the payload keeps its form and namespace', async () => {
  const test = rig();
  const agent = await client(test);
  const service = await signIn(test, 'publisher', 'p', null);
  const create = `<create node='/bench/1'/><configure><x xmlns='jabber:x:data' type='submit'><field var='pubsub#persist_items'><value>0</value></field></x></configure>`;
  expect(await service.send(set(create))).toContain(
    `<pubsub xmlns="${NS}"><create node="/bench/1"/></pubsub></iq>`,
  );
  expect(await service.send(set(create))).toContain('type="result"');
  expect(await agent.send(set(`<subscribe node='/bench/1' jid='${JID}'/>`))).toContain('type="result"');
  const notification = `<notification xmlns="${NS}">&lt;Update&gt;a &amp;amp; b&lt;/Update&gt;</notification>`;
  const publish = set(
    `<publish node='/bench/1'><item id='i1'>${notification.replaceAll('"', "'")}</item></publish>`,
  );
  expect(await service.send(publish)).toContain('<publish node="/bench/1"><item id="i1"/></publish>');
  expect(agent.take()).toMatch(
    new RegExp(
      `^<message from="${PUBSUB}" to="${JID}" id="/bench/1__${JID}__[0-9A-Za-z]{5}"><event xmlns="${NS}#event"><items node="/bench/1"><item id="i1">${notification}</item></items></event></message>$`,
    ),
  );
  expect(await agent.send(get("<items node='/bench/1'/>"))).toContain('<items node="/bench/1"/>');
  expect(await service.send(set("<publish node='/bench/2'><item><x xmlns='y'/></item></publish>"))).toContain(
    '<item-not-found',
  );
  expect(await service.send(set("<publish node='/bench/1'/>"))).toContain('<payload-required');
});
