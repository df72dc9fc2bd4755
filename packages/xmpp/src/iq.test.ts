import { parse } from '@poise/xml';
import { expect, test } from 'vitest';
import { DOMAIN, iq, PUBSUB, rig, signIn } from '../test/kit.ts';

const ME = `2001@${DOMAIN}`;
const FULL = `${ME}/desktop`;
const PING = "<ping xmlns='urn:xmpp:ping'/>";
const query = (ns: string): string => `<query xmlns='${ns}'/>`;

/** type, to, payload, condition of the error or start of the result's content */
const QUESTIONS: ReadonlyArray<readonly ['get' | 'set', string, string, string]> = [
  ['set', '', "<session xmlns='urn:ietf:params:xml:ns:xmpp-session'/>", 'empty'],
  ['set', DOMAIN, "<session xmlns='urn:ietf:params:xml:ns:xmpp-session'/>", 'empty'],
  [
    'get',
    '',
    query('jabber:iq:roster'),
    `<query xmlns="jabber:iq:roster"><item jid="finesse@${DOMAIN}" subscription="both"/></query>`,
  ],
  ['set', '', query('jabber:iq:roster'), 'not-allowed'],
  [
    'get',
    DOMAIN,
    query('http://jabber.org/protocol/disco#info'),
    '<query xmlns="http://jabber.org/protocol/disco#info"><identity category="server" type="im"',
  ],
  [
    'get',
    DOMAIN,
    query('http://jabber.org/protocol/disco#items'),
    `<query xmlns="http://jabber.org/protocol/disco#items"><item jid="${PUBSUB}"`,
  ],
  [
    'get',
    DOMAIN,
    "<query xmlns='http://jabber.org/protocol/disco#items' node='http://jabber.org/protocol/commands'/>",
    'item-not-found',
  ],
  [
    'get',
    ME,
    query('http://jabber.org/protocol/disco#info'),
    '<query xmlns="http://jabber.org/protocol/disco#info"><identity category="account"',
  ],
  [
    'get',
    PUBSUB,
    query('http://jabber.org/protocol/disco#info'),
    '<query xmlns="http://jabber.org/protocol/disco#info"><identity category="pubsub" type="service" name="Publish-Subscribe service"/>',
  ],
  ['get', DOMAIN, PING, 'empty'],
  ['get', DOMAIN.toUpperCase(), PING, 'empty'],
  ['get', '', PING, 'empty'],
  ['get', ME, PING, 'empty'],
  ['get', FULL, PING, 'empty'],
  ['get', PUBSUB, PING, 'empty'],
  [
    'get',
    DOMAIN,
    "<time xmlns='urn:xmpp:time'/>",
    '<time xmlns="urn:xmpp:time"><tzo>+00:00</tzo><utc>2026-11-20T12:00:00Z</utc></time>',
  ],
  [
    'get',
    DOMAIN,
    query('jabber:iq:time'),
    '<query xmlns="jabber:iq:time"><utc>20261120T12:00:00</utc><tz>UTC</tz>',
  ],
  [
    'get',
    DOMAIN,
    query('jabber:iq:version'),
    '<query xmlns="jabber:iq:version"><name>Poise</name><version>1.2.3</version></query>',
  ],
  ['get', DOMAIN, query('jabber:iq:last'), 'service-unavailable'],
  ['get', '', "<vCard xmlns='vcard-temp'/>", '<vCard xmlns="vcard-temp"/>'],
  ['get', `2002@${DOMAIN}`, "<vCard xmlns='vcard-temp'/>", 'item-not-found'],
  ['get', '', query('jabber:iq:private'), 'service-unavailable'],
  ['get', '', query('jabber:iq:privacy'), 'service-unavailable'],
  ['set', '', query('jabber:iq:privacy'), 'feature-not-implemented'],
  ['get', '', "<blocklist xmlns='urn:xmpp:blocking'/>", 'service-unavailable'],
  ['get', DOMAIN, query('jabber:iq:register'), 'service-unavailable'],
  ['get', DOMAIN, query('http://jabber.org/protocol/bytestreams'), 'service-unavailable'],
  [
    'set',
    DOMAIN,
    "<command xmlns='http://jabber.org/protocol/commands' node='x'/>",
    'feature-not-implemented',
  ],
  [
    'set',
    '',
    "<pubsub xmlns='http://jabber.org/protocol/pubsub'><publish node='http://jabber.org/protocol/mood'/></pubsub>",
    'service-unavailable',
  ],
  [
    'set',
    ME,
    "<pubsub xmlns='http://jabber.org/protocol/pubsub'><publish node='tune'/></pubsub>",
    'service-unavailable',
  ],
  ['get', `2002@${DOMAIN}/desktop`, PING, 'service-unavailable'],
  ['get', `finesse@${DOMAIN}`, PING, 'service-unavailable'],
  ['get', 'other.example', PING, 'remote-server-not-found'],
  ['get', `proxy.${DOMAIN}`, PING, 'remote-server-not-found'],
  ['get', 'a@b@c', PING, 'jid-malformed'],
  ['get', DOMAIN, '', 'bad-request'],
  ['get', DOMAIN, `${PING}${PING}`, 'bad-request'],
];

test.each(QUESTIONS)('%s to "%s" of %s is answered: %s', async (type, to, payload, expected) => {
  const client = await signIn(rig(), '2001');
  const answer = await client.send(iq(type, to, payload, 'an id'));
  const answerTo = ` id="an id" from="${to === '' ? ME : to}" to="${FULL}"`;
  if (expected === 'empty') {
    expect(answer).toBe(`<iq type="result"${answerTo}/>`);
  } else if (expected.startsWith('<')) {
    expect(answer.startsWith(`<iq type="result"${answerTo}>${expected}`)).toBe(true);
  } else {
    expect(answer.startsWith(`<iq type="error"${answerTo}>`)).toBe(true);
    const error = parse(answer).child('error');
    expect(error?.elements()[0]?.name).toBe(expected);
    // The request's payload is repeated.
    const repeated = parse(`<x>${payload}</x>`)
      .elements()
      .map((child) => child.name);
    expect(
      parse(answer)
        .elements()
        .slice(0, -1)
        .map((child) => child.name),
    ).toEqual(repeated);
  }
});

test('results and errors are the end of a conversation, and other types a bad request', async () => {
  const client = await signIn(rig(), '2001');
  expect(await client.send(iq('result', DOMAIN, ''))).toBe('');
  expect(await client.send(iq('error', DOMAIN, ''))).toBe('');
  expect(await client.send(iq('huh', DOMAIN, PING))).toContain('<bad-request');
});

test('a client may call the server by any name: what it dialled counts as the domain', async () => {
  const { server } = rig();
  expect(server.health().streams).toBe(0);
  const test = rig();
  const client = await signIn(test, '2001');
  expect(await client.send(iq('get', 'example.com', PING))).toContain('remote-server-not-found');
  client.stream.opened({ to: 'example.com', version: '1.0' });
  const { MemoryClient, auth, bind } = await import('../test/kit.ts');
  const labClient = new MemoryClient(test);
  labClient.open({ to: 'Example.COM' });
  await labClient.send(auth('2002'));
  labClient.open({ to: 'Example.COM' });
  await labClient.send(bind('r'));
  expect(await labClient.send(iq('get', 'example.com', PING))).toContain('type="result"');
  expect(await labClient.send(iq('get', 'pubsub.example.com', PING))).toContain('type="result"');
});

test('a forged from changes nothing: the answer goes to the sender', async () => {
  const test = rig();
  const victim = await signIn(test, '2002');
  victim.take();
  const client = await signIn(test, '2001');
  const answer = await client.send(
    `<iq type='get' id='f' from='2002@${DOMAIN}/desktop' to='${DOMAIN}'>${PING}</iq>`,
  );
  expect(answer).toBe(`<iq type="result" id="f" from="${DOMAIN}" to="${FULL}"/>`);
  expect(victim.take()).toBe('');
});

test('messages to people bounce, messages to the service user are swallowed', async () => {
  const client = await signIn(rig(), '2001');
  const XHTML = '<html xmlns="http://jabber.org/protocol/xhtml-im"/>';
  expect(
    await client.send(
      `<message id='m' type='chat' to='2002@${DOMAIN}'><body>a &lt; b</body>${XHTML}</message>`,
    ),
  ).toBe(
    `<message type="error" id="m" from="2002@${DOMAIN}" to="${FULL}"><body>a &lt; b</body>${XHTML}` +
      '<error code="503" type="cancel"><service-unavailable xmlns="urn:ietf:params:xml:ns:xmpp-stanzas"/></error></message>',
  );
  expect(await client.send(`<message to='finesse@${DOMAIN}'><body>hi</body></message>`)).toBe('');
  expect(await client.send(`<message type='error' to='2002@${DOMAIN}'/>`)).toBe('');
});

test('an iq that claims to be from another user is the sender’s own: he gets the answer, the log a line', async () => {
  const test = rig();
  const victim = await signIn(test, '2002');
  const client = await signIn(test, '2001');
  const subscribe = `<subscribe node='/finesse/api/User/2002' jid='2002@${DOMAIN}'/>`;
  for (const [to, payload, answer] of [
    ['', query('jabber:iq:roster'), `<iq type="result" id="q" from="${ME}" to="${FULL}">`],
    [PUBSUB, `<pubsub xmlns='http://jabber.org/protocol/pubsub'>${subscribe}</pubsub>`, '<bad-request'],
  ] as const) {
    const forged = iq('set', to, payload).replace("type='set'", `type='${to === '' ? 'get' : 'set'}'`);
    expect(await client.send(forged.replace('<iq ', `<iq from='2002@${DOMAIN}/desktop' `))).toContain(answer);
  }
  expect(victim.take()).toBe('');
  expect(test.seen.filter((line) => line.startsWith('info'))).toEqual([
    `info ${FULL} at 127.0.0.1 sends iq as from "2002@${DOMAIN}/desktop": it is taken as its own`,
  ]);
});
