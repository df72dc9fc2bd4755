import { describe, expect, test } from 'vitest';
import { Harness, rejection } from '../test/harness.ts';
import { settle, updateXml, userXml } from '../test/wire-texts.ts';
import type { ApiError, PoiseClientOptions } from './index.ts';

const NODE = '/finesse/api/User/2001';
const TEAM = '/finesse/api/Team/5000/Users';

// Every sentence holds for either transport.
describe.each(['websocket', 'bosh'] as const)('over %s', (transport) => {
  const make = (options: Partial<PoiseClientOptions> = {}) => new Harness({ transport, ...options });

  test('connecting ends when the service finesse is present, not before', async () => {
    const harness = make();
    harness.server.finesseIsPresent = false;
    let isConnected = false;
    void harness.client.connect().then(() => {
      isConnected = true;
    });
    await settle();
    const heard: unknown[] = [];
    harness.client.on('presence', (presence) => heard.push(presence));
    expect(harness.server.session.isBound).toBe(true);
    expect(isConnected).toBe(false);
    harness.server.session.finesse();
    await settle();
    expect(isConnected).toBe(true);
    expect(harness.client.connected).toBe(true);
    expect(harness.statuses).toEqual(['connecting', 'connected']);
    expect(heard).toEqual([{ from: expect.stringMatching(/^finesse@/), isAvailable: true }]);
  });

  test('the sign-in is PLAIN, binds the resource asked for, starts the session and says presence', async () => {
    const { server } = await make({ resource: 'desktop' }).connect();
    const said = server.session.received.filter(({ name }) => name !== 'open');
    expect(said.map((element) => element.elements()[0]?.name ?? element.name)).toEqual([
      'auth',
      'bind',
      'session',
      'presence',
    ]);
    expect(atob(said[0]!.text)).toBe('\x002001\0secret');
    expect(said[1]!.child('bind')?.child('resource')?.text).toBe('desktop');
  });

  test('a wrong password is ApiError 401, and nothing is tried again', async () => {
    const harness = make({ password: 'wrong' });
    expect(await rejection(harness.client.connect())).toMatchObject({ status: 401 });
    await harness.pass(120_000, 10_000);
    expect(harness.statuses).toEqual(['connecting', 'unauthorized']);
    expect(harness.server.sessions).toHaveLength(1);
    expect(harness.clock.pending).toBe(0);
  });

  test('a first attempt that fails is left to the caller, who may try again', async () => {
    const harness = make();
    harness.server.status = 'OUT_OF_SERVICE';
    expect(await rejection(harness.client.connect())).toMatchObject({ status: 503 });
    harness.server.isUnreachable = true;
    expect(await rejection(harness.client.connect())).toMatchObject({ status: 0 });
    expect(harness.statuses).toEqual(['connecting', 'disconnected', 'connecting', 'disconnected']);
    harness.server.isUnreachable = false;
    harness.server.status = 'IN_SERVICE';
    await harness.connect();
    expect(harness.client.connected).toBe(true);
  });

  test('a service that does not appear is waited for, but not for ever', async () => {
    const harness = make();
    harness.server.finesseIsPresent = false;
    const outcome = rejection(harness.client.connect());
    await settle();
    await harness.pass(10_000);
    expect(await outcome).toMatchObject({ status: 503 });
  });

  test('signIn resolves with the event that carries its requestId', async () => {
    const harness = await make().connect();
    const signedIn = harness.client.signIn({ extension: '2003' });
    await settle();
    const put = harness.server.requests.at(-1)!;
    expect([put.method, put.path, put.body]).toEqual([
      'PUT',
      '/User/2001',
      '<User><state>LOGIN</state><extension>2003</extension></User>',
    ]);
    harness.server.publish(NODE, updateXml(userXml('READY'), ''));
    harness.server.publish(NODE, updateXml(userXml('TALKING'), 'another'));
    harness.server.publish(NODE, updateXml(userXml('NOT_READY'), harness.requestId()));
    expect(await signedIn).toMatchObject({ loginId: '2001', state: 'NOT_READY', extension: '2003' });
    expect(harness.updates.map(({ data }) => data.type === 'user' && data.user.state)).toEqual([
      'READY',
      'TALKING',
      'NOT_READY',
    ]);
    expect(harness.updates[2]).toMatchObject({ node: NODE, event: 'PUT', source: NODE });
    harness.client.close();
    await settle();
    expect(harness.clock.pending).toBe(0);
  });

  test('a mobile agent signs in with mode and number', async () => {
    const harness = await make().connect();
    const mobile = { mode: 'CALL_BY_CALL', dialNumber: '15551234' } as const;
    void harness.client.signIn({ extension: '2003', mobile }).catch(() => {});
    await settle();
    expect(harness.server.requests.at(-1)!.body).toBe(
      '<User><state>LOGIN</state><extension>2003</extension><mobileAgent><mode>CALL_BY_CALL</mode><dialNumber>15551234</dialNumber></mobileAgent></User>',
    );
    harness.client.close();
  });

  test('a refused request and an asynchronous error both reject with ApiError', async () => {
    const harness = await make().connect();
    const body =
      '<ApiErrors><ApiError><ErrorType>Parameter Missing</ErrorType><ErrorData>finesse.api.reasoncode.require_reasoncode</ErrorData><ErrorMessage>m</ErrorMessage></ApiError></ApiErrors>';
    harness.server.handlers.set('PUT /User/2001', () => ({ status: 400, body }));
    const refused = (await rejection(harness.client.setState('NOT_READY'))) as ApiError;
    expect(refused).toMatchObject({
      status: 400,
      errorType: 'Parameter Missing',
      requestId: harness.requestId(),
    });

    harness.server.handlers.delete('PUT /User/2001');
    const failed = rejection(harness.client.setState('NOT_READY', 7));
    await settle();
    expect(harness.server.requests.at(-1)!.body).toBe(
      '<User><state>NOT_READY</state><reasonCodeId>7</reasonCodeId></User>',
    );
    const errors =
      '<apiErrors><apiError><peripheralErrorCode>10125</peripheralErrorCode><errorType>Invalid Device</errorType><errorMessage>CF_INVALID_LOGON_DEVICE_SPECIFIED</errorMessage><peripheralErrorText>t</peripheralErrorText><errorData>260</errorData></apiError></apiErrors>';
    harness.server.publish(NODE, updateXml(errors, harness.requestId(), NODE, 'put'));
    expect(await failed).toMatchObject({
      status: 400,
      errorType: 'Invalid Device',
      errorData: '260',
      requestId: harness.requestId(),
      details: [{ peripheralErrorCode: '10125' }],
    });
    expect(harness.updates[0]!.event).toBe('PUT');
    harness.client.close();
  });

  test('an event that never comes is 408 after its time', async () => {
    const harness = await make().connect();
    const answer = rejection(harness.client.setState('READY'));
    await settle();
    await harness.pass(24_000, 1_000);
    await harness.pass(1_000);
    expect(await answer).toMatchObject({ status: 408, errorData: 'event', requestId: harness.requestId() });
    harness.client.close();
  });

  test('a request that nobody answers is 408, too, and says that it was not accepted', async () => {
    const harness = make();
    const put: PoiseClientOptions['fetch'] = (url, init) =>
      init.method !== 'PUT'
        ? harness.server.fetch(url, init)
        : new Promise((_resolve, reject) => {
            init.signal!.addEventListener('abort', () => reject(new DOMException('aborted', 'AbortError')));
          });
    const silent = make({ clock: harness.clock, fetch: put, WebSocket: harness.server.WebSocket });
    await silent.connect();
    const answer = rejection(silent.client.setState('READY'));
    await settle();
    await harness.pass(10_000, 1_000);
    expect(await answer).toMatchObject({ status: 408, errorData: 'answer' });
    silent.client.close();
  });

  test('an event may overtake the answer to its request', async () => {
    const harness = await make().connect();
    harness.server.handlers.set('PUT /User/2001', ({ headers }) => {
      harness.server.publish(NODE, updateXml(userXml('READY'), headers.get('requestId')!));
      return { status: 202 };
    });
    expect(await harness.client.setState('READY')).toMatchObject({ state: 'READY' });
    harness.client.close();
  });

  test('actions need a connection', async () => {
    const harness = make();
    expect(await rejection(harness.client.setState('READY'))).toMatchObject({
      status: 0,
      errorType: 'Not Connected',
    });
    await harness.connect();
    const pending = rejection(harness.client.setState('READY'));
    await settle();
    harness.client.close();
    expect(await pending).toMatchObject({ status: 0 });
  });

  test('subscribing uses the full JID; a refusal is ApiError 403', async () => {
    const harness = make({ resource: 'r7' });
    const early = harness.client.subscribe(TEAM);
    await harness.connect();
    await early;
    expect(harness.server.session.subscriptions).toEqual([`${TEAM} 2001@desk.example/r7`]);
    harness.server.forbiddenNodes.add('/finesse/api/Team/1/Users');
    const error = await rejection(harness.client.subscribe('/finesse/api/Team/1/Users'));
    expect(error).toMatchObject({ status: 403, errorType: 'forbidden' });
    // Another part of the application wants it, too.
    await harness.client.subscribe(TEAM, 'other');
    await harness.client.unsubscribe(TEAM);
    expect(harness.server.session.subscriptions).toEqual([`${TEAM} 2001@desk.example/r7`]);
    await harness.client.unsubscribe(TEAM, 'other');
    expect(harness.server.session.subscriptions).toEqual([]);
    harness.client.close();
  });

  test('the end of the service and its return are failing and recovered; the connection stays', async () => {
    const harness = await make().connect();
    harness.server.session.finesse('unavailable');
    await settle();
    harness.server.session.finesse();
    await settle();
    const systemInfo = (status: string) => `<systemInfo><status>${status}</status></systemInfo>`;
    harness.server.publish('/finesse/api/SystemInfo', updateXml(systemInfo('OUT_OF_SERVICE'), ''));
    await settle();
    harness.server.publish('/finesse/api/SystemInfo', updateXml(systemInfo('IN_SERVICE'), ''));
    await settle();
    expect(harness.statuses).toEqual(['failing', 'recovered', 'failing', 'recovered']);
    expect(harness.server.sessions).toHaveLength(1);
    harness.client.close();
  });

  test('whoever signs in elsewhere with the same resource ends this one', async () => {
    const harness = await make().connect();
    const pending = rejection(harness.client.setState('READY'));
    await settle();
    harness.server.session.send(
      "<stream:error xmlns:stream='http://etherx.jabber.org/streams'><conflict xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>",
    );
    await settle();
    expect(await pending).toMatchObject({ status: 409 });
    await harness.pass(120_000, 10_000);
    expect(harness.statuses).toEqual(['conflict']);
    expect(harness.server.sessions).toHaveLength(1);
  });

  test('a connection that the server ends is made again, with its subscriptions', async () => {
    const harness = await make().connect();
    await harness.client.subscribe(TEAM);
    harness.server.session.send(
      "<stream:error xmlns:stream='http://etherx.jabber.org/streams'><system-shutdown xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>",
    );
    await settle();
    expect(harness.statuses).toEqual(['disconnected', 'reconnecting 1 in 1000']);
    await harness.pass(1_000);
    expect(harness.statuses.slice(2)).toEqual(['connecting', 'connected', 'recovered']);
    expect(harness.server.sessions).toHaveLength(2);
    expect(harness.server.session.subscriptions).toEqual([`${TEAM} 2001@desk.example/r1`]);
    harness.client.close();
  });

  test('while the server is gone the delays grow to their limit, and failing is said once', async () => {
    const harness = await make().connect();
    harness.server.isUnreachable = true;
    harness.server.session.send(
      "<stream:error xmlns:stream='http://etherx.jabber.org/streams'><reset xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>",
    );
    await settle();
    await harness.pass(63_000, 1_000);
    const delays = harness.statuses.filter((line) => line.startsWith('reconnecting'));
    expect(delays.map((line) => Number(line.split(' ').at(-1)))).toEqual(
      [1, 2, 4, 8, 8, 8, 8, 8, 8, 8, 8].map((s) => s * 1000),
    );
    expect(harness.statuses.filter((line) => line === 'failing')).toHaveLength(1);
    harness.server.isUnreachable = false;
    await harness.pass(8_000, 1_000);
    expect(harness.statuses.slice(-2)).toEqual(['connected', 'recovered']);
    harness.client.close();
    expect(harness.statuses.at(-1)).toBe('disconnected');
  });

  test('a server that is out of service is asked again every 8 s at the latest', async () => {
    const harness = await make({ reconnectBaseMs: 25_000 }).connect();
    const codes: unknown[] = [];
    harness.client.on('connection', (status, detail) => codes.push([status, detail.status]));
    harness.server.status = 'OUT_OF_SERVICE';
    harness.server.session.send(
      "<stream:error xmlns:stream='http://etherx.jabber.org/streams'><reset xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>",
    );
    await settle();
    await harness.pass(16_000, 1_000);
    expect(harness.statuses).toEqual([
      'disconnected',
      'reconnecting 1 in 8000',
      'connecting',
      'failing',
      'reconnecting 2 in 8000',
      'connecting',
      'reconnecting 3 in 8000',
    ]);
    expect(codes.slice(1, 5)).toEqual([
      ['reconnecting', 0],
      ['connecting', undefined],
      ['failing', 503],
      ['reconnecting', 503],
    ]);
    harness.client.close();
    expect(harness.clock.pending).toBe(0);
  });

  test('an action whose event was lost with the connection is settled by what the user shows afterwards', async () => {
    const harness = await make().connect();
    const answer = harness.client.setState('READY');
    await settle();
    harness.server.handlers.set('GET /User/2001', () => ({ status: 200, body: userXml('READY', 'User') }));
    harness.server.session.send(
      "<stream:error xmlns:stream='http://etherx.jabber.org/streams'><reset xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>",
    );
    await settle();
    await harness.pass(1_000);
    expect(await answer).toMatchObject({ state: 'READY' });
    harness.client.close();
  });

  test('without reconnect the end is the end', async () => {
    const harness = await make({ reconnect: false }).connect();
    harness.server.session.send(
      "<stream:error xmlns:stream='http://etherx.jabber.org/streams'><reset xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>",
    );
    await settle();
    expect(harness.statuses).toEqual(['disconnected']);
    await harness.connect();
    expect(harness.client.connected).toBe(true);
    harness.client.close();
  });

  test('messages of anybody but the pubsub service are not believed', async () => {
    const harness = await make().connect();
    const forged = updateXml(userXml('LOGOUT'), '').replaceAll('<', '&lt;');
    harness.server.session.send(
      `<message xmlns="jabber:client" from="2002@desk.example"><event xmlns="http://jabber.org/protocol/pubsub#event"><items node="${NODE}"><item><notification>${forged}</notification></item></items></event></message>`,
    );
    await settle();
    expect(harness.updates).toEqual([]);
    harness.client.close();
  });

  test('an Update that cannot be read is a problem, and the next one counts', async () => {
    const harness = await make().connect();
    harness.server.publish(NODE, '<Update><data>');
    harness.server.publish(NODE, updateXml(userXml('READY'), ''));
    await settle();
    expect(harness.problems).toHaveLength(1);
    expect(harness.updates).toHaveLength(1);
    harness.client.close();
  });

  test('every question of the server is answered', async () => {
    const harness = await make().connect();
    harness.server.session.send(
      '<iq xmlns="jabber:client" type="get" id="p1" from="desk.example"><ping xmlns="urn:xmpp:ping"/></iq>',
    );
    harness.server.session.send(
      '<iq xmlns="jabber:client" type="get" id="v1" from="x@y"><query xmlns="jabber:iq:version"/></iq>',
    );
    await settle();
    const answers = harness.server.session.received.slice(-2);
    expect(answers.map((iq) => [iq.attr('id'), iq.attr('type'), iq.attr('to')])).toEqual([
      ['p1', 'result', 'desk.example'],
      ['v1', 'error', 'x@y'],
    ]);
    harness.client.close();
  });

  test('closing says goodbye and leaves nothing behind', async () => {
    const harness = await make().connect();
    harness.client.close();
    harness.client.close();
    await settle();
    expect(harness.server.session.received.some((said) => said.attr('type') === 'unavailable')).toBe(true);
    expect(harness.statuses).toEqual(['disconnected']);
    await harness.pass(60_000);
    expect(harness.clock.pending).toBe(0);
    await harness.connect();
    expect(harness.client.connected).toBe(true);
    harness.client.close();
  });

  test('closing while connecting rejects the attempt', async () => {
    const harness = make();
    const outcome = rejection(harness.client.connect());
    harness.client.close();
    expect(await outcome).toMatchObject({ status: 0 });
    await settle();
    expect(harness.client.connected).toBe(false);
    expect(harness.server.sessions).toHaveLength(0);
  });

  test('a listener that throws harms neither the connection nor other listeners', async () => {
    const harness = make();
    const uncaught: unknown[] = [];
    const listeners = process.listeners('uncaughtException');
    process.removeAllListeners('uncaughtException');
    process.on('uncaughtException', (error) => uncaught.push(error));
    try {
      harness.client.on('update', () => {
        throw new Error('listener');
      });
      const seen: string[] = [];
      const stop = harness.client.on('update', ({ requestId }) => seen.push(requestId));
      await harness.connect();
      harness.server.publish(NODE, updateXml(userXml('READY'), 'one'));
      await settle();
      stop();
      harness.server.publish(NODE, updateXml(userXml('READY'), 'two'));
      await settle();
      expect(seen).toEqual(['one']);
      expect(harness.updates).toHaveLength(2);
      expect(uncaught).toHaveLength(2);
    } finally {
      process.removeAllListeners('uncaughtException');
      for (const listener of listeners) process.on('uncaughtException', listener);
    }
    harness.client.close();
  });
});
