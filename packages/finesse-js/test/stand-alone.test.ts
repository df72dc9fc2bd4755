/** A page outside the desktop: what is published of the tunnel's messages, and who is asked for nodes. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { MasterPublisher } from '../src/clientservices/master/master-publisher.ts';
import { serverOrigin } from '../src/clientservices/master/server-origin.ts';
import { FakeHub } from './frame.ts';

const NODE = '/finesse/api/Queue/1';
const REQUESTS = 'finesse.info.requests';
const REFUSED = '<ApiErrors><ApiError><ErrorType>forbidden</ErrorType></ApiError></ApiErrors>';

let hub: FakeHub;
let asked: string[];
let publisher: MasterPublisher;

const request = (type: string, invokeID: string, data: object): void =>
  hub.publish(REQUESTS, { type, data, invokeID });
const answers = (invokeID: string): unknown[] => hub.on(`finesse.info.responses.${invokeID}`);
const last = (topic: string): unknown => hub.on(topic).at(-1);

beforeEach(() => {
  hub = new FakeHub();
  asked = [];
  publisher = new MasterPublisher(hub, () => ({
    subscribe: (node) => asked.push(`subscribe ${node}`),
    unsubscribe: (node) => asked.push(`unsubscribe ${node}`),
    connect: (...credentials) => asked.push(`connect ${credentials.join(' ')}`),
  }));
});

afterEach(() => {
  vi.restoreAllMocks();
});

describe('what comes is published', () => {
  test('events on the topic of their node', () => {
    publisher.event('/finesse/api/User/a%20b<Update><event>PUT</event></Update>');
    expect(last('finesse.api.User.a b')).toEqual({
      content: '/finesse/api/User/a%20b<Update><event>PUT</event></Update>',
      object: { Update: { event: 'PUT' } },
    });
  });

  test.each(['<Update/>', 'nonsense', '/n<Update>', '/%E0%A4%A<Update/>'])('but not %s', (text) => {
    const error = vi.spyOn(console, 'error').mockReturnValue();
    publisher.event(text);
    expect(hub.published).toEqual([]);
    expect(error).toHaveBeenCalledOnce();
  });

  test('presence, and states of the connection with the resource', () => {
    publisher.presence('<presence><from>finesse@d/x</from><type/></presence>');
    expect(last('finesse.info.presence')).toMatchObject({
      object: { presence: { from: 'finesse@d/x', type: null } },
    });
    publisher.status('connected', 'desktop');
    expect(last('finesse.info.connection')).toEqual({ status: 'connected', resourceID: 'desktop' });
    request('ConnectionInfoReq', 'i1', {});
    expect(last('finesse.info.connection')).toEqual({
      status: 'connected',
      resourceID: 'desktop',
      invokeID: 'i1',
    });
  });

  test('a connection that comes back is a recovery: what was missed is read again', () => {
    for (const status of [
      'connecting',
      'connected',
      'disconnected',
      'reconnecting',
      'connecting',
      'connected',
    ])
      publisher.status(status, 'desktop');
    expect(hub.on('finesse.info.connection').map((info) => (info as { status: string }).status)).toEqual([
      'connecting',
      'connected',
      'disconnected',
      'reconnecting',
      'connecting',
      'recovered',
    ]);
  });
});

describe('nodes', () => {
  test('are asked for once for all, as soon as there is a connection, and given up by the last', () => {
    request('SubscribeNodeReq', 'a', { node: NODE });
    request('SubscribeNodeReq', 'b', { node: NODE });
    expect(asked).toEqual([]);
    publisher.status('connected', 'desktop');
    expect(asked).toEqual([`subscribe ${NODE}`]);
    publisher.answered('subscribe', NODE, undefined);
    expect([answers('a'), answers('b')]).toEqual([[undefined], [undefined]]);
    request('UnsubscribeNodeReq', 'c', { node: NODE, subid: 'a' });
    expect(answers('c')).toEqual([undefined]);
    request('UnsubscribeNodeReq', 'd', { node: NODE, subid: 'b' });
    // Whoever wants it meanwhile waits for the end of it.
    request('SubscribeNodeReq', 'e', { node: NODE });
    expect(asked).toEqual([`subscribe ${NODE}`, `unsubscribe ${NODE}`]);
    publisher.answered('unsubscribe', NODE, undefined);
    expect(asked.at(-1)).toBe(`subscribe ${NODE}`);
    publisher.answered('subscribe', NODE, undefined);
    expect([answers('d'), answers('e')]).toEqual([[undefined], [undefined]]);
  });

  test('that are refused bring the errors of the server', () => {
    publisher.status('connected', 'desktop');
    request('SubscribeNodeReq', 'a', { node: NODE });
    publisher.answered('subscribe', NODE, REFUSED);
    expect(answers('a')).toEqual([
      { subscribe: { content: REFUSED, object: { ApiErrors: { ApiError: { ErrorType: 'forbidden' } } } } },
    ]);
    // The next one asks again.
    request('SubscribeNodeReq', 'b', { node: NODE });
    expect(asked).toHaveLength(2);
  });

  test('are refused when there will be no connection', () => {
    request('SubscribeNodeReq', 'a', { node: NODE });
    publisher.status('unauthorized', null);
    expect(answers('a')).toEqual([
      { error: { errorType: 'Disconnected', errorMessage: 'The connection is unauthorized.' } },
    ]);
  });

  test('requests that make no sense are passed over', () => {
    publisher.status('connected', 'desktop');
    request('SubscribeNodeReq', 'a', {});
    request('Nonsense', 'b', { node: NODE });
    hub.publish(REQUESTS, null);
    expect(asked).toEqual([]);
  });
});

test('a page may connect anew', () => {
  request('ConnectionReq', 'a', { id: '1001', password: 'secret', xmppDomain: 'd' });
  expect(asked).toEqual(['connect 1001 secret d']);
});

const CRM = { protocol: 'https:', host: 'crm.example' };

test.each([
  [{ host: 'fin.example' }, CRM, '', 'https://fin.example:8445'],
  [{ host: 'fin.example', scheme: 'http' }, CRM, '', 'http://fin.example:8082'],
  [{ host: 'fin.example', hostPort: '443' }, CRM, '', 'https://fin.example'],
  [{ host: 'fin.example:9445' }, CRM, '', 'https://fin.example:9445'],
  [{ host: 'http://fin.example:8082/x', scheme: 'https' }, CRM, '', 'http://fin.example:8082'],
  [{ host: 'fin.example' }, { protocol: 'http:', host: 'fin.example:9082' }, '', 'http://fin.example:9082'],
  [
    { host: 'fin.example' },
    { protocol: 'http:', host: 'fin.example:9082' },
    'https',
    'https://fin.example:8445',
  ],
  [{ host: 'fin.example' }, { protocol: 'file:', host: '' }, '', 'https://fin.example:8445'],
])('the server of %j in a page of %j, scheme "%s", is %s', (config, page, scheme, origin) => {
  expect(serverOrigin(config, page, scheme)).toBe(origin);
});
