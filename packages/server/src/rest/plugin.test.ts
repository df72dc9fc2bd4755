import { afterEach, describe, expect, test } from 'vitest';
import { TestCentre } from '../../test/centre/test-centre.ts';
import type { Accounts } from '../accounts/accounts.ts';

let centre: TestCentre;
afterEach(() => centre?.close());

const errorType = (body: string) => /<ErrorType>(.*)<\/ErrorType>/.exec(body)?.[1];
const errorData = (body: string) => /<ErrorData>(.*)<\/ErrorData>/.exec(body)?.[1];
const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;

describe('answers', () => {
  test('no body is longer than the setting says, whatever the resource would take', async () => {
    centre = await TestCentre.open({ bodyBytesMax: 2_000 });
    const log = `<ClientLog><logData>${'x'.repeat(3_000)}</logData></ClientLog>`;
    const tooLong = await centre.call('3001', 'POST', 'User/3001/ClientLog', log);
    expect(tooLong.statusCode).toBe(400);
    const user = await centre.call('3001', 'PUT', 'User/3001', `<User>${' '.repeat(3_000)}</User>`);
    expect(user.statusCode).toBe(400);
    expect(user.body).toContain('longer than 2000 bytes');
    const fits = `<ClientLog><logData>${'x'.repeat(1_000)}</logData></ClientLog>`;
    expect((await centre.call('3001', 'POST', 'User/3001/ClientLog', fits)).statusCode).toBe(202);
  });

  test('an empty 202 bears the headers of the original, also the content type', async () => {
    centre = await TestCentre.open();
    const response = await centre.put('3001', { state: 'LOGIN', extension: '2003' }, 'r1');
    expect(response.statusCode).toBe(202);
    expect(response.headers).toMatchObject({
      'content-type': 'application/xml;charset=UTF-8',
      'content-length': '0',
      pragma: 'No-cache',
      'cache-control': 'no-cache',
      requestid: 'r1',
    });
    expect(response.headers['set-cookie']).toEqual([
      `JSESSIONIDSSO=${'01'.repeat(16)}; Path=/; HttpOnly`,
      `JSESSIONID=${'02'.repeat(16)}; Path=/finesse; HttpOnly`,
    ]);
  });

  test('header names go out as the original writes them', async () => {
    centre = await TestCentre.open();
    const response = await centre.call('3001', 'GET', 'User/3001', undefined, { RequestId: 'r1' });
    const raw = (response.raw.res as unknown as { getRawHeaderNames(): string[] }).getRawHeaderNames();
    expect(raw).toEqual(
      expect.arrayContaining(['Content-Type', 'Pragma', 'Cache-Control', 'requestId', 'Set-Cookie']),
    );
  });

  test('cookies that the client has are not issued again', async () => {
    centre = await TestCentre.open();
    const response = await centre.call('3001', 'GET', 'User/3001', undefined, {
      cookie: 'JSESSIONIDSSO=1; JSESSIONID=2',
    });
    expect(response.headers['set-cookie']).toBeUndefined();
  });

  test('the requestId is echoed on failures too', async () => {
    centre = await TestCentre.open();
    const response = await centre.call('3001', 'PUT', 'User/3001', '<User/>', { requestid: 'r 1' });
    expect([response.statusCode, response.headers.requestid]).toEqual([400, 'r 1']);
  });

  test('a requestId in the body counts when no header brings one', async () => {
    centre = await TestCentre.open();
    const body = (id: string) =>
      `<User><state>LOGIN</state><extension>2003</extension><requestId>${id}</requestId></User>`;
    expect((await centre.call('3001', 'PUT', 'User/3001', body('in-body'))).headers.requestid).toBe(
      'in-body',
    );
    expect(centre.answers('in-body').length).toBeGreaterThan(0);
    const both = await centre.call('3001', 'PUT', 'User/3001', body('in-body-2'), { requestid: 'in-header' });
    expect(both.headers.requestid).toBe('in-header');
  });

  test('the Update is published after the 202 was written', async () => {
    centre = await TestCentre.open();
    await centre.put('3001', { state: 'LOGIN', extension: '2003' }, 'r1');
    const kinds = centre.told.map(({ kind }) => kind).filter((kind) => kind !== 'cti.raw');
    expect(kinds).toEqual([
      'request.start',
      'api.request',
      'api.stats',
      'request.end',
      'cti.sent',
      'cti.received',
      'cti.received',
      'xmpp.publish',
      'xmpp.publish',
    ]);
  });
});

test('a client that went away while its password was verified leaves nothing behind that blocks the next request', async () => {
  centre = await TestCentre.open();
  let verified: () => void = () => {};
  const { accounts } = centre;
  const check = accounts.authenticate.bind(accounts);
  accounts.remembers = false;
  accounts.authenticate = async (scope, user, secret) => {
    await new Promise<void>((resolve) => {
      verified = resolve;
    });
    return check(scope, user, secret);
  };
  const gone = centre.put('3001', { state: 'LOGIN', extension: '2003' }, 'gone').catch(() => {});
  await expect.poll(() => centre.told.some(({ kind }) => kind === 'request.start')).toBe(true);
  centre.lastResponse!.emit('close');
  verified();
  await gone;
  const answered = () => {
    centre.clock.advance(1);
    return centre.answers('gone').length;
  };
  await expect.poll(answered).toBeGreaterThan(0);
  accounts.remembers = true;
  await centre.put('3001', { state: 'READY' }, 'next');
  expect(centre.answers('next').length).toBeGreaterThan(0);
});

describe('what the journal is told', () => {
  test('a sign-in is told in the words of the trace', async () => {
    centre = await TestCentre.open();
    await centre.put('2001', { extension: '2003', state: 'LOGIN' }, 'r1');
    expect(centre.told.find(({ kind }) => kind === 'request.start')).toMatchObject({
      method: 'PUT',
      resource: '/User/2001',
      query: [],
      user: '2001',
      cause: { requestId: 'r1', user: '2001' },
    });
    expect(centre.told.find(({ kind }) => kind === 'api.request')).toMatchObject({
      url: 'User/2001',
      agentId: '2001',
      request: 'user.PUT',
      parameters: ' extension:2003 state:LOGIN',
    });
    expect(centre.told.find(({ kind }) => kind === 'api.stats')).toMatchObject({
      component: 'User-[id]-PUT',
    });
    expect(centre.told.find(({ kind }) => kind === 'cti.sent')).toMatchObject({
      name: 'SET_AGENT_STATE_REQ',
      cause: { requestId: 'r1', invokeId: expect.any(Number) },
    });
    const publish = centre.told.find(({ kind }) => kind === 'xmpp.publish');
    expect(publish).toMatchObject({ node: '/finesse/api/User/2001', cause: { requestId: 'r1' } });
    expect((publish as { payload: string }).payload).not.toContain('\n');
  });

  test('credentials in a query are told to nobody', async () => {
    centre = await TestCentre.open();
    await centre.call('2001', 'GET', 'User/2001?nocache=1&password=s3cret&access_token=s3cret');
    expect(centre.told.find(({ kind }) => kind === 'request.start')).toMatchObject({
      query: [
        ['nocache', '1'],
        ['password', '***'],
        ['access_token', '***'],
      ],
    });
    expect(JSON.stringify(centre.told)).not.toContain('s3cret');
  });

  test('GETs are followed by their nocache; each request type is registered once', async () => {
    centre = await TestCentre.open();
    await centre.app.inject({ url: '/finesse/api/SystemInfo?nocache=1366756802163' });
    await centre.call('2001', 'GET', 'User/2001?nocache=1366756805180');
    await centre.call('2001', 'GET', 'User/2001?nocache=1366756805181');
    const requests = centre.told.filter(({ kind }) => kind === 'api.request');
    expect(requests).toMatchObject([
      {
        url: 'SystemInfo',
        agentId: '',
        request: 'systemInfo.GET',
        parameters: '',
        cause: { nocache: '1366756802163' },
      },
      {
        url: 'User/2001',
        agentId: '2001',
        request: 'user.GET',
        parameters: '2001',
        cause: { nocache: '1366756805180' },
      },
      { cause: { nocache: '1366756805181' } },
    ]);
    const stats = centre.told.filter(({ kind }) => kind === 'api.stats');
    expect(stats).toMatchObject([{ component: 'SystemInfo-GET' }, { component: 'User-[id]-GET' }]);
  });
});

describe('refusals before anything else', () => {
  test('unknown paths are told as ApiErrors', async () => {
    centre = await TestCentre.open();
    for (const path of ['Nothing', 'user/3001', 'User', 'User/3001/Nothing', 'User//Dialogs', '']) {
      const response = await centre.call('3001', 'GET', path);
      expect([path, response.statusCode, errorType(response.body)]).toEqual([path, 404, 'Not Found']);
    }
  });

  test('a wrong method names the right ones', async () => {
    centre = await TestCentre.open();
    const response = await centre.call('3001', 'GET', 'User/3001/ClientLog');
    expect(response.statusCode).toBe(405);
    expect(response.headers.allow).toBe('POST, OPTIONS');
    expect(errorType(response.body)).toBe('Method Not Allowed');
    expect((await centre.call('3001', 'DELETE', 'User/3001')).headers.allow).toBe('GET, PUT, HEAD, OPTIONS');
    const trace = await centre.app.inject({ method: 'TRACE' as 'GET', url: '/finesse/api/Users' });
    expect([trace.statusCode, errorType(trace.body)]).toEqual([405, 'Method Not Allowed']);
    expect((await centre.app.inject({ method: 'OPTIONS', url: '/finesse/api/Users' })).statusCode).toBe(200);
  });

  test.each([
    ['no credentials', undefined, ''],
    ['a wrong password', basic('3001:x'), '3001'],
    ['an unknown user', basic('nobody:x'), 'nobody'],
    ['a bearer token', 'Bearer abc', ''],
    ['nonsense', 'Basic ???', ''],
    ['no colon', basic('3001'), ''],
    ['no user', basic(':3001'), ''],
  ])('%s: 401 with a challenge', async (_title, authorization, user) => {
    centre = await TestCentre.open();
    for (const remembers of [true, false]) {
      centre.accounts.remembers = remembers;
      const headers = authorization === undefined ? {} : { authorization };
      const response = await centre.app.inject({ url: '/finesse/api/User/3001', headers });
      expect(response.statusCode).toBe(401);
      // RFC 6750: a token that is refused is asked for again as a token.
      expect(response.headers['www-authenticate']).toMatch(
        authorization?.startsWith('Bearer') ? /^Bearer realm=.*invalid_token/ : /^Basic realm=/,
      );
      expect(response.body).toBe(`<ApiErrors>
  <ApiError>
    <ErrorType>Authorization Failure</ErrorType>
    <ErrorData>${user}</ErrorData>
    <ErrorMessage>UNAUTHORIZED</ErrorMessage>
  </ApiError>
</ApiErrors>`);
    }
  });

  test('a locked user gets 401 like everybody with a wrong password', async () => {
    centre = await TestCentre.open();
    centre.accounts.locked.add('3001');
    expect((await centre.call('3001', 'GET', 'User/3001')).statusCode).toBe(401);
  });

  test('wrong passwords are counted by the address they come from, too', async () => {
    centre = await TestCentre.open();
    const accounts: Accounts = centre.accounts;
    const from: unknown[] = [];
    const { remembered, authenticate } = accounts;
    accounts.remembered = (...asked) => {
      from.push(asked[3]);
      return remembered.apply(accounts, asked);
    };
    accounts.authenticate = (...asked) => {
      from.push(asked[3]);
      return authenticate.apply(accounts, asked);
    };
    centre.accounts.remembers = false;
    const response = await centre.app.inject({
      url: '/finesse/api/User/3001',
      headers: { authorization: basic('3001:wrong') },
      remoteAddress: '10.0.0.9',
    });
    expect([response.statusCode, ...from]).toEqual([401, '10.0.0.9', '10.0.0.9']);
  });

  test('a password with colons and letters beyond ASCII is read as UTF-8', async () => {
    centre = await TestCentre.open();
    const response = await centre.app.inject({
      url: '/finesse/api/User/3001',
      headers: { authorization: basic('3001:a:é') },
    });
    expect(response.statusCode).toBe(401);
    expect(errorData(response.body)).toBe('3001');
  });
});

describe('bodies', () => {
  test.each([
    'application/xml',
    'Application/XML',
    'application/xml; charset=utf-8',
    'text/xml',
    'text/plain',
    'application/x-www-form-urlencoded',
    ';;;',
    'x'.repeat(300),
  ])('the content type %j is taken', async (type) => {
    centre = await TestCentre.open();
    const body = '<User><state>LOGIN</state><extension>2003</extension></User>';
    expect((await centre.call('3001', 'PUT', 'User/3001', body, { 'content-type': type })).statusCode).toBe(
      202,
    );
  });

  test('a missing content type is taken too', async () => {
    centre = await TestCentre.open();
    const response = await centre.app.inject({
      method: 'PUT',
      url: '/finesse/api/User/3001',
      headers: { authorization: basic('3001:3001') },
      payload: Buffer.from('<User><state>LOGIN</state><extension>2003</extension></User>'),
    });
    expect(response.statusCode).toBe(202);
  });

  test('no body, too long a body and bytes that are not UTF-8 are bad requests', async () => {
    centre = await TestCentre.open();
    expect(errorType((await centre.call('3001', 'PUT', 'User/3001')).body)).toBe('Bad Request');
    const long = await centre.call('3001', 'PUT', 'User/3001', `<User>${' '.repeat(65_536)}</User>`);
    expect([long.statusCode, errorType(long.body)]).toEqual([400, 'Bad Request']);
    const response = await centre.app.inject({
      method: 'PUT',
      url: '/finesse/api/User/3001',
      headers: { authorization: basic('3001:3001'), 'content-type': 'application/xml' },
      payload: Buffer.from([0x3c, 0x55, 0xff, 0x3e]),
    });
    expect([response.statusCode, errorType(response.body)]).toEqual([400, 'Bad Request']);
  });
});

describe('out of service', () => {
  test('everything but SystemInfo answers 503 while the CTI link is down, and works again by itself', async () => {
    centre = await TestCentre.open();
    centre.server.listening = false;
    centre.server.drop();
    const down = await centre.call('3001', 'GET', 'User/3001');
    expect([down.statusCode, errorType(down.body)]).toEqual([503, 'Service Unavailable']);
    expect(down.body).toContain('<ErrorMessage>SERVER_OUT_OF_SERVICE</ErrorMessage>');
    const info = await centre.app.inject({ url: '/finesse/api/SystemInfo' });
    expect(info.statusCode).toBe(200);
    expect(info.body).toContain('<status>OUT_OF_SERVICE</status>');
    const updates = () => centre.published.filter(({ node }) => node === '/finesse/api/SystemInfo');
    expect(updates()).toHaveLength(1);
    expect(updates()[0]!.payload).toMatch(
      /^<Update>\n<data>\n<systemInfo>\n[\s\S]*<status>OUT_OF_SERVICE<\/status>/,
    );
    centre.server.listening = true;
    centre.clock.advance(10_000);
    expect((await centre.call('3001', 'GET', 'User/3001')).statusCode).toBe(200);
    expect(updates().at(-1)!.payload).toContain('<status>IN_SERVICE</status>');
  });
});

test('a defect of ours is a 500 with ApiErrors, told to the operator', async () => {
  centre = await TestCentre.open();
  const broken = centre.directory.current;
  centre.directory.current = {
    ...broken,
    users: () => {
      throw new Error('broken');
    },
  };
  const response = await centre.call('admin', 'GET', 'Users');
  centre.directory.current = broken;
  expect([response.statusCode, errorType(response.body)]).toEqual([500, 'Internal Server Error']);
  expect(response.body).not.toContain('broken');
  expect(centre.told.find(({ kind }) => kind === 'operator')).toMatchObject({ level: 'error' });
});
