import { expect, test } from 'vitest';
import { Harness, rejection } from '../test/harness.ts';
import { settle, userXml } from '../test/wire-texts.ts';
import { ApiError, PoiseClient } from './index.ts';

const ERRORS =
  '<ApiErrors>\n  <ApiError>\n    <ErrorType>Invalid Input</ErrorType>\n    <ErrorData>state</ErrorData>\n    <ErrorMessage>Invalid State specified for user</ErrorMessage>\n  </ApiError>\n</ApiErrors>';

test('a GET carries Basic credentials in UTF-8 and a cache breaker', async () => {
  const { client, server, clock } = new Harness({ user: 'jürgen', password: 'pä:ß' });
  server.handlers.set('GET /User/j%C3%BCrgen', () => ({ status: 200, body: userXml('READY', 'User') }));
  await client.user();
  const [request] = server.requests;
  expect(request!.headers.get('Authorization')).toBe('Basic asO8cmdlbjpww6Q6w58=');
  expect(request!.query.get('nocache')).toBe(String(clock.now()));
  expect(request!.headers.get('requestId')).toBeNull();
});

test('SystemInfo is asked for without credentials', async () => {
  const { client, server } = new Harness();
  const info = await client.systemInfo();
  expect(info).toMatchObject({ status: 'IN_SERVICE', xmppDomain: 'desk.example', secondaryNode: '' });
  expect(server.requests[0]!.headers.get('Authorization')).toBeNull();
});

test('the clock alone is asked for as the original page does', async () => {
  const { client, server } = new Harness();
  server.handlers.set('GET /SystemInfo', ({ query }) => ({
    status: query.has('timestamponly') ? 200 : 500,
    body: '<SystemInfo><currentTimestamp>2026-11-20T10:00:00.123Z</currentTimestamp><timezoneOffset>60</timezoneOffset></SystemInfo>',
  }));
  expect((await client.serverTime())?.toISOString()).toBe('2026-11-20T10:00:00.123Z');
});

test('a user has types for all that is known, and null or empty for what is not', async () => {
  const { client, server } = new Harness();
  const reason =
    '<reasonCode><category>NOT_READY</category><code>10</code><forAll>true</forAll><id>7</id><label>Team &amp; Meeting</label><uri>/finesse/api/ReasonCode/7</uri></reasonCode>';
  const teams =
    '<teams><Team><id>5000</id><name>Minnies_Team</name><uri>/finesse/api/Team/5000</uri></Team></teams>';
  server.handlers.set('GET /User/2001', () => ({
    status: 200,
    body: userXml('NOT_READY', 'User', reason + teams),
  }));
  expect(await client.user('2001')).toEqual({
    uri: '/finesse/api/User/2001',
    loginId: '2001',
    loginName: 'mmouse',
    firstName: 'Mickey',
    lastName: 'Mouse',
    extension: '2003',
    state: 'NOT_READY',
    pendingState: '',
    stateChangeTime: new Date('2026-11-20T11:07:11.466Z'),
    reasonCodeId: -1,
    reasonCode: {
      uri: '/finesse/api/ReasonCode/7',
      id: 7,
      category: 'NOT_READY',
      code: 10,
      label: 'Team & Meeting',
      forAll: true,
      systemCode: false,
    },
    roles: ['Agent'],
    teamId: 5000,
    teamName: 'Minnies_Team',
    teams: [{ uri: '/finesse/api/Team/5000', id: 5000, name: 'Minnies_Team' }],
    settings: { wrapUpOnIncoming: 'REQUIRED' },
    wrapUpTimer: 30,
    mobileAgent: null,
    mediaType: '1',
    mediaState: '',
    skillTargetId: null,
    activeDeviceId: '',
    dialogs: '/finesse/api/User/2001/Dialogs',
  });
});

test('lists: reason codes, wrap-up reasons, phone books, dialogs, team', async () => {
  const { client, server } = new Harness();
  const answer = (key: string, body: string) => server.handlers.set(key, () => ({ status: 200, body }));
  answer(
    'GET /User/2001/ReasonCodes',
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?><ReasonCodes category="NOT_READY"><ReasonCode><uri>/finesse/api/ReasonCode/12</uri><category>NOT_READY</category><code>20</code><label>Lunch</label><forAll>false</forAll><systemCode>false</systemCode></ReasonCode></ReasonCodes>',
  );
  answer(
    'GET /User/2001/WrapUpReasons',
    '<WrapUpReasons><WrapUpReason><uri>/finesse/api/User/2001/WrapUpReason/3</uri><label>Sale made</label><forAll>true</forAll></WrapUpReason></WrapUpReasons>',
  );
  answer(
    'GET /User/2001/PhoneBooks',
    '<PhoneBooks><PhoneBook><name>Company</name><type>GLOBAL</type><uri>/finesse/api/PhoneBook/1</uri><Contacts><Contact><description>d</description><firstName>Ada</firstName><lastName>L</lastName><phoneNumber>100</phoneNumber><uri>/finesse/api/PhoneBook/1/Contact/2</uri></Contact></Contacts></PhoneBook></PhoneBooks>',
  );
  answer(
    'GET /User/2001/Dialogs',
    '<Dialogs><Dialog><associatedDialogUri></associatedDialogUri><fromAddress>15551234</fromAddress><id>42</id><mediaProperties><DNIS>6001</DNIS><callType>PREROUTE_ACD_IN</callType><dialedNumber>6001</dialedNumber><callvariables><CallVariable><name>callVariable1</name><value> abc </value></CallVariable></callvariables></mediaProperties><mediaType>Voice</mediaType><participants><Participant><actions><action>ANSWER</action></actions><mediaAddress>2003</mediaAddress><mediaAddressType>AGENT_DEVICE</mediaAddressType><startTime></startTime><state>ALERTING</state><stateCause></stateCause><stateChangeTime>2026-11-20T11:07:11Z</stateChangeTime></Participant></participants><state>ALERTING</state><toAddress>6001</toAddress><uri>/finesse/api/Dialog/42</uri></Dialog></Dialogs>',
  );
  answer(
    'GET /Team/5000',
    '<Team><uri>/finesse/api/Team/5000</uri><id>5000</id><name>Minnies_Team</name><users><User><uri>/finesse/api/User/2001</uri><loginId>2001</loginId><state>LOGOUT</state></User></users></Team>',
  );
  expect(await client.reasonCodes('NOT_READY')).toMatchObject([{ id: 12, code: 20, label: 'Lunch' }]);
  expect(server.requests.at(-1)!.query.get('category')).toBe('NOT_READY');
  expect(await client.wrapUpReasons()).toEqual([
    { uri: '/finesse/api/User/2001/WrapUpReason/3', id: '3', label: 'Sale made', forAll: true },
  ]);
  expect(await client.phoneBooks()).toMatchObject([{ name: 'Company', contacts: [{ phoneNumber: '100' }] }]);
  expect(server.requests.at(-1)!.headers.get('Range')).toBe('objects=1-6000');
  answer(
    'GET /User/2001/MediaPropertiesLayouts',
    '<MediaPropertiesLayouts><MediaPropertiesLayout><uri>/finesse/api/MediaPropertiesLayout/1</uri><name>Default</name><description>all</description><type>DEFAULT</type><header><entry><displayName>Customer</displayName><mediaProperty>callVariable1</mediaProperty><showInPopOver>false</showInPopOver><uiEditable>false</uiEditable></entry></header><column><entry><displayName>Account</displayName><mediaProperty>user.account</mediaProperty><showInPopOver>true</showInPopOver><uiEditable>true</uiEditable></entry></column><column/></MediaPropertiesLayout></MediaPropertiesLayouts>',
  );
  expect(await client.mediaPropertiesLayouts()).toEqual([
    {
      uri: '/finesse/api/MediaPropertiesLayout/1',
      id: '1',
      name: 'Default',
      description: 'all',
      type: 'DEFAULT',
      header: {
        displayName: 'Customer',
        mediaProperty: 'callVariable1',
        showInPopOver: false,
        uiEditable: false,
      },
      columns: [
        [{ displayName: 'Account', mediaProperty: 'user.account', showInPopOver: true, uiEditable: true }],
        [],
      ],
    },
  ]);
  const [dialog] = await client.dialogs();
  expect(dialog).toMatchObject({
    id: '42',
    callType: 'PREROUTE_ACD_IN',
    dnis: '6001',
    callVariables: [{ name: 'callVariable1', value: ' abc ' }],
    mediaProperties: { DNIS: '6001', callType: 'PREROUTE_ACD_IN', dialedNumber: '6001' },
    participants: [{ state: 'ALERTING', actions: ['ANSWER'], startTime: null }],
  });
  expect(await client.team(5000)).toMatchObject({ id: 5000, users: [{ loginId: '2001', roles: [] }] });
});

test('a supervisor asks for all members of a team, the calls of an agent, and the messages that were sent', async () => {
  const { client, server } = new Harness();
  const asked: string[] = [];
  const answers: Readonly<Record<string, string>> = {
    '/Team/5000': '<Team><uri>/finesse/api/Team/5000</uri><name>Sales</name><users/></Team>',
    '/User/2002/Dialogs': '<Dialogs><Dialog><uri>/finesse/api/Dialog/42</uri></Dialog></Dialogs>',
    '/TeamMessages':
      '<TeamMessages><TeamMessage><id>m</id><content>Lunch</content></TeamMessage></TeamMessages>',
  };
  for (const [path, body] of Object.entries(answers))
    server.handlers.set(`GET ${path}`, ({ query }) => {
      asked.push(`${path} ${query.get('includeLoggedOutAgents')}`);
      return { status: 200, body };
    });
  await client.team(5000, true);
  await client.team(5000, false);
  await client.team(5000);
  expect(await client.dialogs('2002')).toMatchObject([{ id: '42' }]);
  expect(await client.sentTeamMessages()).toMatchObject([{ content: 'Lunch' }]);
  expect(asked).toEqual([
    '/Team/5000 true',
    '/Team/5000 false',
    '/Team/5000 null',
    '/User/2002/Dialogs null',
    '/TeamMessages null',
  ]);
});

test('a login name is resolved into the login id once, for URIs that need it', async () => {
  const { client, server } = new Harness({ user: 'mmouse' });
  server.handlers.set('GET /User/mmouse', () => ({ status: 200, body: userXml('LOGOUT', 'User') }));
  server.handlers.set('*', () => ({ status: 200, body: '<ReasonCodes/>' }));
  await client.reasonCodes('LOGOUT');
  await client.reasonCodes('LOGOUT');
  expect(server.requests.map(({ path }) => path)).toEqual([
    '/User/mmouse',
    '/User/2001/ReasonCodes',
    '/User/2001/ReasonCodes',
  ]);
});

test('a refusal becomes an ApiError with everything the server said', async () => {
  const { client, server } = new Harness();
  server.handlers.set('GET /User/2001', () => ({ status: 400, body: ERRORS, headers: { requestId: 'r' } }));
  const error = await rejection(client.user());
  expect(error).toBeInstanceOf(ApiError);
  expect(error).toMatchObject({
    status: 400,
    errorType: 'Invalid Input',
    errorData: 'state',
    errorMessage: 'Invalid State specified for user',
    isFromApi: true,
    requestId: 'r',
    message: 'Invalid Input: Invalid State specified for user: state',
  });
});

test.each([
  ['a page of a proxy', 502, '<html><br></html>', 502],
  ['nothing', 404, '', 404],
  ['a success that is no XML', 200, 'OK', 502],
  ['a success without content', 200, '', 502],
  ['a success with an invalid character', 200, '<User>&#1;</User>', 502],
  ['an entity bomb', 200, '<!DOCTYPE a [<!ENTITY b "c">]><User>&b;</User>', 502],
])('%s instead of XML is an ApiError', async (_title, status, body, expected) => {
  const { client, server } = new Harness();
  server.handlers.set('GET /User/2001', () => ({ status, body }));
  expect(await rejection(client.user())).toMatchObject({
    name: 'ApiError',
    status: expected,
    isFromApi: false,
  });
});

test('a server that cannot be reached is status 0, one that does not answer 408', async () => {
  const { client, server, clock } = new Harness();
  server.isUnreachable = true;
  expect(await rejection(client.user())).toMatchObject({ status: 0, errorType: 'Unreachable' });
  const silent = new PoiseClient({
    baseUrl: 'http://127.0.0.1:8082',
    user: '2001',
    password: 'secret',
    clock,
    transport: 'bosh',
    fetch: (_url, init) =>
      new Promise((_resolve, reject) => {
        init.signal!.addEventListener('abort', () => reject(new DOMException('aborted', 'AbortError')));
      }),
  });
  const answer = rejection(silent.user());
  await settle();
  clock.advance(9_999);
  await settle();
  clock.advance(1);
  expect(await answer).toMatchObject({ status: 408 });
  expect(clock.pending).toBe(0);
});

test('a request of any form goes to the own server, with the own credentials', async () => {
  const { client, server } = new Harness({ user: '2001', password: 'secret' });
  await client.sendText({
    method: 'PUT',
    path: '/finesse/api/Dialog/1?x=%2F',
    contentType: 'text/plain',
    body: '<a>',
  });
  const [request] = server.requests;
  expect(request).toMatchObject({ method: 'PUT', path: '/Dialog/1', body: '<a>' });
  expect(request!.query.get('x')).toBe('/');
  expect(request!.headers.get('Authorization')).toBe(`Basic ${btoa('2001:secret')}`);
  expect(request!.headers.get('Content-Type')).toBe('text/plain');
  server.handlers.set('*', () => ({ status: 403, body: 'no' }));
  expect(await rejection(client.sendText({ method: 'GET', path: '/x' }))).toMatchObject({ status: 403 });
});

test.each([
  '//evil.example/',
  '/\\evil.example/',
  'https://evil.example/',
  '\\\\evil.example',
  '/\t/evil.example',
  'x',
  '',
])('credentials do not go to %j', async (path) => {
  const { client, server } = new Harness();
  expect(await rejection(client.sendText({ method: 'PUT', path }))).toMatchObject({ status: 400 });
  expect(server.requests).toEqual([]);
});

test('credentials do not follow a redirection', async () => {
  const { clock } = new Harness();
  const inits: RequestInit[] = [];
  const fetch = async (_url: string, init: RequestInit) => {
    inits.push(init);
    return new Response('');
  };
  const client = new PoiseClient({
    baseUrl: 'http://127.0.0.1:8082',
    user: '2001',
    password: 'secret',
    clock,
    fetch,
  });
  await client.sendText({ method: 'GET', path: '/x' });
  expect(inits).toMatchObject([{ redirect: 'error', credentials: 'omit' }]);
});

test('neither errors nor the client itself show the password', async () => {
  const { client, server } = new Harness({ password: 'hunter2' });
  server.handlers.set('GET /User/2001', () => ({ status: 401, body: '' }));
  const error = (await rejection(client.user())) as ApiError;
  const { inspect } = await import('node:util');
  for (const shown of [
    inspect(error, { depth: 9 }),
    inspect(client, { depth: 9, showHidden: true }),
    JSON.stringify(client),
  ]) {
    expect(shown).not.toContain('hunter2');
    expect(shown).not.toContain(btoa('2001:hunter2'));
  }
});

test('what an application puts into a value cannot break the document', async () => {
  const { client, server } = new Harness();
  await client.clientLog('a<b>&\0\ud800 "c"');
  expect(server.requests[1]!.body).toBe(
    '<ClientLog><logData>a&lt;b&gt;&amp;\ufffd\ufffd "c"</logData></ClientLog>',
  );
  expect(server.requests[1]!.headers.get('Content-Type')).toBe('application/xml');
});

test('a compressed log goes in Base64, with the id of the request that it answers', async () => {
  const { client, server } = new Harness();
  await client.compressedClientLog(Uint8Array.of(0x50, 0x4b, 0xff), 'r7');
  const { path, body, headers } = server.requests[1]!;
  expect(path).toBe('/User/2001/CompressedClientLog');
  expect(body).toBe('<ClientLog><logData>UEv/</logData></ClientLog>');
  expect(headers.get('requestId')).toBe('r7');
});

test.each([
  ['an address with a path', { baseUrl: 'http://127.0.0.1:8082/desktop' }],
  ['no address', { baseUrl: 'desk' }],
  ['another scheme', { baseUrl: 'ftp://desk' }],
  ['no user', { user: '' }],
  ['a user with a colon', { user: 'a:b' }],
])('options with %s are refused', (_title, options) => {
  expect(() => new Harness(options)).toThrow(TypeError);
});

test.each<[string, string, string]>([
  ['the log-on page of a network', '/User/2001', '<html><body>Log on first</body></html>'],
  ['another object in the place of a user', '/User/2001', '<Team><id>1</id></Team>'],
  ['another object in the place of SystemInfo', '/SystemInfo', '<Team><id>1</id></Team>'],
])('%s is a bad reply, never taken for what was asked for', async (_title, path, body) => {
  const { client, server } = new Harness();
  server.handlers.set(`GET ${path}`, () => ({ status: 200, body }));
  const error = await rejection(path === '/SystemInfo' ? client.systemInfo() : client.user('2001'));
  expect(error).toMatchObject({ status: 502, errorType: 'Bad Reply' });
});
