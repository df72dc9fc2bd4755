import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';
import { parse } from '@poise/xml';
import { expect, test } from 'vitest';
import {
  auth,
  bind,
  DOMAIN,
  iq,
  MemoryClient,
  PUBSUB,
  pubsub,
  rig,
  settled,
  signIn,
} from '../../test/kit.ts';
import type { AuthResult } from '../authenticator.ts';

const SASL = 'urn:ietf:params:xml:ns:xmpp-sasl';
const SUCCESS = `<success xmlns="${SASL}"/>`;
const failure = (condition: string): string => `<failure xmlns="${SASL}"><${condition}/></failure>`;
const BIND_AND_SESSION =
  '<bind xmlns="urn:ietf:params:xml:ns:xmpp-bind"/><session xmlns="urn:ietf:params:xml:ns:xmpp-session"/>';
const STREAM_MANAGEMENT = '<sm xmlns="urn:xmpp:sm:3"/>';
const PLAIN_ONLY = `<mechanisms xmlns="${SASL}"><mechanism>PLAIN</mechanism></mechanisms>`;

test('a sign-in with PLAIN: features, success, features, bind', async () => {
  const client = new MemoryClient(rig());
  expect(client.open()).toBe(
    `<features>${PLAIN_ONLY}<auth xmlns="http://jabber.org/features/iq-auth"/></features>`,
  );
  expect(await client.send(auth('2001'))).toBe(SUCCESS);
  expect(client.stream.authenticated).toBe(true);
  expect(client.stream.jid).toBe(`2001@${DOMAIN}`);
  expect(client.open()).toBe(`<features>${BIND_AND_SESSION}${STREAM_MANAGEMENT}</features>`);
  expect(await client.send(bind('desktop', 'b&1'.replace('&', '&amp;')))).toBe(
    `<iq type="result" id="b&amp;1"><bind xmlns="urn:ietf:params:xml:ns:xmpp-bind"><jid>2001@${DOMAIN}/desktop</jid></bind></iq>`,
  );
  expect(client.stream.jid).toBe(`2001@${DOMAIN}/desktop`);
});

test('BOSH announces bind and session from the start, WebSocket only mechanisms', () => {
  expect(new MemoryClient(rig(), { kind: 'bosh' }).open()).toBe(
    `<features>${PLAIN_ONLY}${BIND_AND_SESSION}</features>`,
  );
  expect(new MemoryClient(rig(), { kind: 'websocket' }).open()).toBe(`<features>${PLAIN_ONLY}</features>`);
});

test('over BOSH a stanza may come between success and restart: bind is carried out, others are refused, the session goes on', async () => {
  const client = new MemoryClient(rig(), { kind: 'bosh' });
  client.open();
  await client.send(auth('2001'));
  expect(await client.send('<presence xmlns="jabber:client"/>')).toContain('<not-authorized ');
  expect(await client.send(bind('desktop'))).toContain(`<jid>2001@${DOMAIN}/desktop</jid>`);
  expect(client.open()).toBe(`<features>${BIND_AND_SESSION}</features>`);
  expect(await client.send(iq('get', DOMAIN, '<ping xmlns="urn:xmpp:ping"/>'))).toContain('type="result"');
  expect(client.over).toBeNull();
});

test.each(['tcp', 'websocket'] as const)(
  'over %s a stanza in the place of the restart ends the stream',
  async (kind) => {
    const client = new MemoryClient(rig(), { kind });
    client.open();
    await client.send(auth('2001'));
    await client.send(bind('desktop'));
    expect(client.over).toEqual({ condition: 'not-authorized' });
  },
);

test('PLAIN in clear is for loopback, unless somebody allows more', async () => {
  const remote = { loopback: false };
  expect(new MemoryClient(rig(), remote).open()).toBe('<features></features>');
  expect(new MemoryClient(rig(), { ...remote, secure: true }).open()).toContain('PLAIN');
  expect(new MemoryClient(rig({ plainInClear: 'always' }), remote).open()).toContain('PLAIN');
  expect(new MemoryClient(rig(), { ...remote, saslPolicy: { plainInClear: 'always' } }).open()).toContain(
    'PLAIN',
  );
  // Nowhere means not on loopback either.
  expect(new MemoryClient(rig({ plainInClear: 'never' }), { loopback: true }).open()).not.toContain('PLAIN');
  expect(new MemoryClient(rig({ plainInClear: 'never' }), { secure: true }).open()).toContain('PLAIN');
  const client = new MemoryClient(rig(), { ...remote, canStartTls: true });
  expect(client.open()).toBe(
    '<features><starttls xmlns="urn:ietf:params:xml:ns:xmpp-tls"><required/></starttls></features>',
  );
  expect(await client.send(auth('2001'))).toBe(failure('encryption-required'));
  expect(await client.send('<starttls xmlns="urn:ietf:params:xml:ns:xmpp-tls"/>')).toContain('<proceed');
  expect(client.open()).toContain('PLAIN');
});

test('a wrong password is a failure, and after five of them the stream ends', async () => {
  const test = rig();
  const client = new MemoryClient(test);
  client.open();
  for (let i = 0; i < 5; i++) {
    expect(client.over).toBeNull();
    expect(await client.send(auth('2001', 'wrong'))).toBe(failure('not-authorized'));
  }
  expect(client.over).toMatchObject({ condition: 'policy-violation' });
  expect(test.seen.filter((line) => line === 'authFailed 2001 not-authorized')).toHaveLength(5);
  expect([...test.server.sessions()]).toEqual([]);
});

test('after a failure the right password still works, and ids fold', async () => {
  const client = new MemoryClient(rig());
  client.open();
  await client.send(auth('O\\27HARA\\40Site', 'wrong'));
  expect(await client.send(auth('O\\27HARA\\40Site', "o'hara@site"))).toBe(SUCCESS);
  client.open();
  expect(await client.send(bind('x'))).toContain(`<jid>o\\27hara\\40site@${DOMAIN}/x</jid>`);
});

test.each([
  ['locked', 'account-disabled'],
  ['unavailable', 'temporary-auth-failure'],
] as const)('an account that is %s gets %s', async (reason, condition) => {
  const client = new MemoryClient(rig({ authenticator: { plain: async () => ({ ok: false, reason }) } }));
  client.open();
  expect(await client.send(auth('2001'))).toBe(failure(condition));
});

test('an authenticator that throws is a temporary failure', async () => {
  const client = new MemoryClient(rig({ authenticator: { plain: () => Promise.reject(new Error('down')) } }));
  client.open();
  expect(await client.send(auth('2001'))).toBe(failure('temporary-auth-failure'));
});

test.each([
  [`<auth xmlns='${SASL}' mechanism='DIGEST-MD5'/>`, 'invalid-mechanism'],
  [`<auth xmlns='${SASL}' mechanism='SCRAM-SHA-1'>biws</auth>`, 'invalid-mechanism'],
  [`<auth xmlns='${SASL}' mechanism='PLAIN'>*</auth>`, 'incorrect-encoding'],
  [`<abort xmlns='${SASL}'/>`, 'aborted'],
  [`<response xmlns='${SASL}'>AAAA</response>`, 'malformed-request'],
])('%s is answered with %s', async (xml, condition) => {
  const client = new MemoryClient(rig());
  client.open();
  expect(await client.send(xml)).toBe(failure(condition));
});

test('without an initial response an empty challenge asks for it; foreign attributes are ignored', async () => {
  const client = new MemoryClient(rig());
  client.open();
  const begin = `<auth xmlns='${SASL}' mechanism='PLAIN' xmlns:ga='http://www.google.com/talk/protocol/auth' ga:client-uses-full-bind-result='true'/>`;
  expect(await client.send(begin)).toBe(`<challenge xmlns="${SASL}"/>`);
  const data = Buffer.from('\x002001\x002001').toString('base64');
  expect(await client.send(`<response xmlns='${SASL}'>${data}</response>`)).toBe(SUCCESS);
});

test('what arrives while a password is being checked waits in order, up to a limit', async () => {
  let decide: (result: AuthResult) => void = () => {};
  const test = rig({
    authenticator: { plain: () => new Promise((resolve) => (decide = resolve)) },
    limits: { pendingStanzasMax: 3 },
  });
  const query = (name: string, password: string, resource: string): string =>
    iq(
      'set',
      '',
      `<query xmlns='jabber:iq:auth'><username>${name}</username><password>${password}</password><resource>${resource}</resource></query>`,
      'auth',
    );
  const client = new MemoryClient(test);
  client.open();
  await client.send(
    query('2001', 'x', 'r'),
    iq('get', '', "<ping xmlns='urn:xmpp:ping'/>", 'one'),
    iq('get', '', "<ping xmlns='urn:xmpp:ping'/>", 'two'),
  );
  expect(client.all).toEqual([]);
  decide({ ok: true, loginId: '2001' });
  await settled();
  expect([...client.take().matchAll(/id="(\w+)"/g)].map((match) => match[1])).toEqual(['auth', 'one', 'two']);

  const flooding = new MemoryClient(test);
  flooding.open();
  await flooding.send(query('2001', 'x', 'r'), '<presence/>', '<presence/>', '<presence/>');
  expect(flooding.over).toBeNull();
  await flooding.send('<presence/>');
  expect(flooding.over).toMatchObject({ condition: 'policy-violation' });
  decide({ ok: true, loginId: '2001' });
  await settled();
  expect([...test.server.sessions()]).toHaveLength(1);
});

test('a client that goes while its password is being checked leaves nothing behind', async () => {
  let decide: (result: AuthResult) => void = () => {};
  const test = rig({ authenticator: { plain: () => new Promise((resolve) => (decide = resolve)) } });
  const client = new MemoryClient(test);
  client.open();
  await client.send(auth('2001'));
  client.lose();
  decide({ ok: true, loginId: '2001' });
  await settled();
  expect(client.all).toEqual([]);
  expect(test.server.health()).toMatchObject({ streams: 0, sessions: 0 });
});

test('stanzas before authentication end the stream with not-authorized', async () => {
  for (const xml of ['<presence/>', '<message/>', iq('get', DOMAIN, "<ping xmlns='urn:xmpp:ping'/>")]) {
    const client = new MemoryClient(rig());
    client.open();
    await client.send(xml);
    expect(client.over).toEqual({ condition: 'not-authorized' });
  }
});

test('before binding, stanzas get errors and the stream goes on', async () => {
  const client = new MemoryClient(rig());
  client.open();
  await client.send(auth('2001'));
  client.open();
  expect(await client.send('<presence id="p"/>')).toContain('<presence type="error" id="p"');
  expect(await client.send(iq('get', DOMAIN, "<ping xmlns='urn:xmpp:ping'/>"))).toContain('<not-authorized');
  expect(await client.send(bind('desktop'))).toContain('<jid>');
});

test('without a resource a random one is made, a bad one is refused', async () => {
  const client = new MemoryClient(rig());
  client.open();
  await client.send(auth('2001'));
  client.open();
  expect(await client.send(bind('x'.repeat(1024)))).toContain('<bad-request');
  const bare = "<iq type='set' id='1'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>";
  expect(await client.send(bare)).toMatch(new RegExp(`<jid>2001@${DOMAIN}/[0-9a-f]{12}</jid>`));
});

test('the newcomer takes a resource; the old session ends with conflict', async () => {
  const test = rig();
  const old = await signIn(test, '2001');
  const other = await signIn(test, '2001', 'phone');
  const newcomer = await signIn(test, '2001');
  expect(old.over).toEqual({ condition: 'conflict' });
  expect(other.over).toBeNull();
  expect(newcomer.over).toBeNull();
  expect([...test.server.sessions()].map(({ jid }) => jid).sort()).toEqual([
    `2001@${DOMAIN}/desktop`,
    `2001@${DOMAIN}/phone`,
  ]);
});

test('two clients that throw each other out are slowed down', async () => {
  const test = rig({ limits: { bindBurst: 5, bindPerSecond: 1 } });
  for (let i = 0; i < 5; i++) await signIn(test, '2001');
  const refused = await signIn(test, '2001', 'desktop', null);
  expect(refused.stream.jid).toBe(`2001@${DOMAIN}`);
  expect(await refused.send(bind('desktop'))).toContain('<resource-constraint');
  expect((await signIn(test, '2002')).stream.jid).toBe(`2002@${DOMAIN}/desktop`);
  test.clock.advance(1000);
  expect(await refused.send(bind('desktop'))).toContain('<jid>');
});

test('one user has at most so many sessions', async () => {
  const test = rig({ limits: { sessionsPerUserMax: 2 } });
  await signIn(test, '2001', 'a');
  await signIn(test, '2001', 'b');
  const third = await signIn(test, '2001', 'c', null);
  expect(await third.send(bind('c'))).toContain('<resource-constraint');
  expect(await third.send(bind('b'))).toContain('<jid>');
});

test('XEP-0078: fields, refusals and sign-in in one step', async () => {
  const test = rig();
  const client = new MemoryClient(test);
  client.open();
  const query = (inner: string, type = 'set'): string =>
    iq(type, DOMAIN, `<query xmlns='jabber:iq:auth'>${inner}</query>`, 'a');
  expect(await client.send(query('<username>2001</username>', 'get'))).toBe(
    `<iq type="result" id="a" from="${DOMAIN}"><query xmlns="jabber:iq:auth"><username/><password/><resource/></query></iq>`,
  );
  const name = '<username>2001</username>';
  expect(await client.send(query(`${name}<password>2001</password>`))).toContain('<not-acceptable');
  expect(await client.send(query(`${name}<digest>00</digest><resource>r</resource>`))).toContain(
    '<not-acceptable',
  );
  expect(await client.send(query(`${name}<password>no</password><resource>r</resource>`))).toContain(
    '<not-authorized',
  );
  expect(await client.send(query(`${name}<password>2001</password><resource>r</resource>`))).toBe(
    `<iq type="result" id="a" from="${DOMAIN}" to="2001@${DOMAIN}/r"/>`,
  );
  expect([...test.server.sessions()].map(({ jid }) => jid)).toEqual([`2001@${DOMAIN}/r`]);
});

test('XEP-0078 obeys the rule of PLAIN', async () => {
  const client = new MemoryClient(rig(), { loopback: false });
  client.open();
  expect(await client.send(iq('get', DOMAIN, "<query xmlns='jabber:iq:auth'/>"))).toContain(
    '<service-unavailable',
  );
});

test('SCRAM is offered where it is switched on, over TLS, and signs in', async () => {
  const salt = randomBytes(16);
  const salted = pbkdf2Sync('pencil', salt, 4096, 32, 'sha256');
  const clientKey = createHmac('sha256', salted).update('Client Key').digest();
  const storedKey = createHash('sha256').update(clientKey).digest();
  const serverKey = createHmac('sha256', salted).update('Server Key').digest();
  const concluded: string[] = [];
  let admits = true;
  const test = rig({
    authenticator: {
      plain: async () => ({ ok: false, reason: 'not-authorized' }),
      scram: async (name) =>
        name === '2001'
          ? { loginId: '2001', salt, iterations: 4096, storedKey, serverKey }
          : { loginId: null, salt, iterations: 4096 },
      scramConcluded: async (name, ok) => {
        concluded.push(`${name} ${ok}`);
        return ok && admits;
      },
    },
  });
  const saslPolicy = { scram: ['SCRAM-SHA-256'] as const };
  expect(new MemoryClient(test, { saslPolicy }).open()).not.toContain('SCRAM');
  expect(new MemoryClient(test, { secure: true }).open()).not.toContain('SCRAM');
  const b64 = (text: string): string => Buffer.from(text).toString('base64');
  /** One exchange with the right password. */
  const signInAs = async (name: string): Promise<{ client: MemoryClient; answer: string }> => {
    const client = new MemoryClient(test, { saslPolicy, secure: true });
    expect(client.open()).toContain('<mechanism>SCRAM-SHA-256</mechanism><mechanism>PLAIN</mechanism>');
    const first = `n=${name},r=abc`;
    const challenge = parse(
      await client.send(`<auth xmlns='${SASL}' mechanism='SCRAM-SHA-256'>${b64(`n,,${first}`)}</auth>`),
    );
    const serverFirst = Buffer.from(challenge.text, 'base64').toString();
    expect(serverFirst).toContain(`,s=${salt.toString('base64')},i=4096`);
    const withoutProof = `c=biws,${serverFirst.split(',')[0]}`;
    const signature = createHmac('sha256', storedKey)
      .update(`${first},${serverFirst},${withoutProof}`)
      .digest();
    const proof = Buffer.from(clientKey.map((byte, i) => byte ^ (signature[i] as number))).toString('base64');
    const answer = await client.send(
      `<response xmlns='${SASL}'>${b64(`${withoutProof},p=${proof}`)}</response>`,
    );
    return { client, answer };
  };
  const { client, answer } = await signInAs('2001');
  expect(answer).toMatch(/^<success [^>]*>[A-Za-z0-9+/=]+<\/success>$/);
  expect(client.stream.jid).toBe(`2001@${DOMAIN}`);
  expect((await signInAs('nobody')).answer).toBe(failure('not-authorized'));
  admits = false;
  expect((await signInAs('2001')).answer).toBe(failure('not-authorized'));
  expect(concluded).toEqual(['2001 true', 'nobody false', '2001 true']);
});

test('elements of other protocols and stanzas of other namespaces end the stream', async () => {
  const alien = await signIn(rig(), '2001');
  await alien.send("<enable xmlns='urn:xmpp:sm:2'/>");
  expect(alien.over).toEqual({ condition: 'unsupported-stanza-type' });
  const server = await signIn(rig(), '2001');
  await server.send("<iq xmlns='jabber:server' type='get' id='1'/>");
  expect(server.over).toEqual({ condition: 'invalid-namespace' });
});

test('an access callback that throws ends that stream alone', async () => {
  const test = rig({
    access: {
      nodeAccess: () => {
        throw new Error('database gone');
      },
      nodesOf: () => [],
      automaticNodes: () => [],
      canonicalNode: (node) => node,
      isService: () => false,
    },
  });
  const other = await signIn(test, '2002');
  const client = await signIn(test, '2001');
  await client.send(iq('set', PUBSUB, pubsub(`<subscribe node='x' jid='2001@${DOMAIN}'/>`)));
  expect(client.over).toEqual({ condition: 'internal-server-error' });
  expect(other.over).toBeNull();
  expect(test.seen.join()).toContain('database gone');
});
