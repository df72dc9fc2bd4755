import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Frame, frame } from './frame.ts';

let f: Frame;
const log: string[] = [];
const note = (name: string) => () => void log.push(name);

beforeEach(async () => {
  f = await frame();
  f.begun();
  log.length = 0;
  vi.spyOn(console, 'error').mockImplementation(() => undefined);
});
afterEach(() => vi.useRealTimers());

const NODE = '/finesse/api/User/1001';
const user = (state: string) => `<User><loginId>1001</loginId><state>${state}</state></User>`;
const put = (state: string, extra = {}) => ({
  data: { user: { loginId: '1001', state } },
  event: 'PUT',
  requestId: null,
  source: NODE,
  ...extra,
});

function newUser() {
  const { User } = f.finesse.restservices;
  return new User({
    id: '1001',
    onLoad: note('load'),
    onChange: note('change'),
    onAdd: note('add'),
    onDelete: note('delete'),
    onError: note('error'),
  });
}

describe('an object', () => {
  test('hears its node before it is read, through the proxy, with credentials and without caches', () => {
    newUser();
    expect(f.hub.listeners('finesse.api.User.1001')).toBe(1);
    expect(f.last().url).toMatch(/^http:\/\/localhost:8445\/finesse\/api\/User\/1001\?nocache=\d{13}$/);
    expect(f.last().method).toBe('GET');
    expect(f.last().headers).toEqual({ Authorization: `Basic ${btoa('1001:secret')}`, locale: 'en_US' });
    expect(f.last().params.REFRESH_INTERVAL).toBe(0);
  });

  test('is loaded once, then changes by events and by being read again', () => {
    const u = newUser();
    f.last().answer(200, user('NOT_READY'));
    f.hub.update(NODE, put('READY'));
    expect(u.getState()).toBe('READY');
    u.refresh();
    f.last().answer(200, user('TALKING'));
    expect(u.getState()).toBe('TALKING');
    expect(log).toEqual(['load', 'change', 'change']);
  });

  test('is told of POST and DELETE', () => {
    newUser();
    f.last().answer(200, user('NOT_READY'));
    f.hub.update(NODE, put('LOGOUT', { event: 'POST' }));
    f.hub.update(NODE, { event: 'DELETE', source: NODE });
    expect(log).toEqual(['load', 'add', 'delete']);
  });

  test('is loaded by an event that comes before the answer', () => {
    newUser();
    f.hub.update(NODE, put('READY'));
    expect(log).toEqual(['load', 'change']);
    f.last().answer(200, user('READY'));
    expect(log).toEqual(['load', 'change', 'change']);
  });

  test('takes no event for a change that brings another object, or is in lower case', () => {
    newUser();
    f.last().answer(200, user('READY'));
    f.hub.update(NODE, { event: 'PUT', data: { Devices: null }, source: NODE });
    f.hub.update(NODE, put('READY', { event: 'put' }));
    expect(log).toEqual(['load']);
  });

  test('reads events that come as text alone', () => {
    const u = newUser();
    f.hub.publish('finesse.api.User.1001', {
      content: `%2Ffinesse%2Fapi%2FUser%2F1001<Update><data><user><state>HOLD</state></user></data><event>PUT</event></Update>`,
    });
    expect(u.getState()).toBe('HOLD');
  });

  test('tells its error handlers the response when it cannot be read', () => {
    const errors: unknown[] = [];
    new f.finesse.restservices.User({ id: '1001', onError: (rsp) => void errors.push(rsp) });
    f.last().answer(404, '<ApiErrors><ApiError><ErrorType>User Not Found</ErrorType></ApiError></ApiErrors>');
    expect(errors).toMatchObject([
      { status: 404, object: { ApiErrors: { ApiError: { ErrorType: 'User Not Found' } } } },
    ]);
  });

  test('counts an answer as an error that is not well-formed, is of something else, or does not come', () => {
    for (const [rc, text] of [
      [200, '<User>'],
      [200, '<Dialog/>'],
      [undefined, ''],
    ] as const) {
      newUser();
      f.last().answer(rc, text);
    }
    expect(log).toEqual(['error', 'error', 'error']);
  });

  test('refuses to be used before it is loaded', () => {
    const u = newUser();
    expect(() => u.getState()).toThrow('Cannot use object that is not loaded');
    expect(() => u.isLoaded()).toThrow('not loaded');
    expect(u.getData()).toEqual({});
    expect(u.getProperty(u.getData(), 'state')).toBeNull();
    expect(() => u.makeCall('5000')).toThrow('not loaded');
    expect(u.getId()).toBe('1001');
  });

  test('keeps what gadgets read of it: _id and the parsed _data', () => {
    const u = newUser();
    f.last().answer(200, '<User><roles><role>Agent</role></roles><teams></teams></User>');
    expect(u._id).toBe('1001');
    expect(u._data).toEqual({ roles: { role: 'Agent' }, teams: null });
  });

  test('calls a load handler at once that comes after loading', () => {
    const u = newUser();
    f.last().answer(200, user('READY'));
    u.addHandler('load', (it) => log.push(it === u ? 'late' : 'wrong'));
    expect(log).toEqual(['load', 'late']);
  });

  test('calls handlers with their scope, and no more once removed', () => {
    const u = newUser();
    f.last().answer(200, user('READY'));
    const scope = { calls: 0 };
    const handler = function (this: typeof scope) {
      this.calls += 1;
    };
    u.addHandler('change', handler, scope);
    f.hub.update(NODE, put('HOLD'));
    u.removeHandler('change', handler);
    f.hub.update(NODE, put('TALKING'));
    expect(scope.calls).toBe(1);
  });

  test('has a handler once however often it is added, none for one that is missing, and gives up all of a kind', () => {
    const u = newUser();
    f.last().answer(200, user('READY'));
    const again = vi.fn();
    const other = vi.fn();
    for (let times = 0; times < 3; times++) u.addHandler('change', again);
    u.addHandler('change', undefined);
    u.addHandler('change', other);
    f.hub.update(NODE, put('HOLD'));
    expect(again).toHaveBeenCalledExactlyOnceWith(u);
    u.removeHandler('change');
    f.hub.update(NODE, put('TALKING'));
    expect([again, other].map(({ mock }) => mock.calls.length)).toEqual([1, 1]);
    expect(console.error).not.toHaveBeenCalled();
  });

  test('goes on after a handler that throws', () => {
    const { User } = f.finesse.restservices;
    const u = new User({
      id: '1001',
      onLoad: () => {
        throw new Error('of the gadget');
      },
    });
    u.addHandler('load', note('second'));
    f.last().answer(200, user('READY'));
    expect(log).toEqual(['second']);
    expect(console.error).toHaveBeenCalledWith(
      expect.stringContaining('load handler failed'),
      expect.any(Error),
    );
  });

  test('refuses handlers that are no functions, and an object without an id', () => {
    const { User, Dialogs } = f.finesse.restservices;
    expect(() => new User({ id: '1001', onLoad: 'x' as never })).toThrow('must be a function');
    expect(() => new User({} as never)).toThrow('options.id is missing');
    expect(() => newUser().addHandler('change', 1 as never)).toThrow('must be a function');
    expect(() => newUser().setState('READY', null, { success: 'x' as never })).toThrow('must be a function');
    expect(() => new Dialogs({})).not.toThrow();
  });

  test('understands the form id, callbacks, parent', () => {
    const { User, Dialogs } = f.finesse.restservices;
    const u = new User('1001', { onLoad: note('load') });
    f.last().answer(200, user('READY'));
    new Dialogs(undefined as never, { onLoad: note('dialogs') }, u);
    expect(f.last().path).toBe('/finesse/api/User/1001/Dialogs');
    f.last().answer(200, '<Dialogs/>');
    expect(log).toEqual(['load', 'dialogs']);
  });

  test('neither hears nor reads where that is not wanted', () => {
    const { User } = f.finesse.restservices;
    const before = f.sent.length;
    new User({ id: '1001', autoSubscribe: false, doNotRefresh: true });
    new User({ id: '1001', doNotSubscribe: true, data: { state: 'READY' }, onLoad: note('load') });
    expect(f.hub.listeners('finesse.api.User.1001')).toBe(0);
    expect(f.sent).toHaveLength(before);
    expect(log).toEqual(['load']);
  });

  test('shares one subscription of the frame with others, until the last has left', () => {
    const a = newUser();
    const b = newUser();
    expect(f.hub.listeners('finesse.api.User.1001')).toBe(1);
    a.unsubscribe();
    expect(f.hub.listeners('finesse.api.User.1001')).toBe(1);
    b.unsubscribe();
    expect(f.hub.listeners('finesse.api.User.1001')).toBe(0);
  });

  test('of another user asks the desktop for its node', () => {
    new f.finesse.restservices.User({ id: '1002' });
    expect(f.hub.request('finesse.info.requests', 'SubscribeNodeReq').data).toEqual({
      node: '/finesse/api/User/1002',
    });
  });
});

describe('a request', () => {
  const ERRORS = {
    event: 'put',
    source: NODE,
    data: { apiErrors: { apiError: { errorType: 'Invalid State', errorMessage: 'm', errorData: 'd' } } },
  };
  const state = () => {
    const u = newUser();
    f.last().answer(200, user('NOT_READY'));
    const responses: unknown[] = [];
    u.setState('READY', null, {
      success: (rsp) => void responses.push(['success', rsp.status]),
      error: (rsp) => void responses.push(['error', rsp.status, rsp.object]),
    });
    return { responses, requestId: f.last().headers.requestId as string };
  };
  const failure = [
    'error',
    400,
    { ApiErrors: { ApiError: { ErrorType: 'Invalid State', ErrorMessage: 'm', ErrorData: 'd' } } },
  ];

  test('succeeds with 202, and fails later by an event with its id', () => {
    const { responses, requestId } = state();
    expect(f.last().headers['Content-Type']).toBe('application/xml');
    f.last().answer(202);
    expect(responses).toEqual([['success', 202]]);
    f.hub.update(NODE, { ...ERRORS, requestId: 'another' });
    expect(responses).toHaveLength(1);
    f.hub.update(NODE, { ...ERRORS, requestId });
    f.hub.update(NODE, { ...ERRORS, requestId });
    expect(responses).toEqual([['success', 202], failure]);
    expect(log).toEqual(['load']);
  });

  test('fails after its answer also when the event is faster', () => {
    const { responses, requestId } = state();
    f.hub.update(NODE, { ...ERRORS, requestId });
    expect(responses).toEqual([]);
    f.last().answer(202);
    expect(responses).toEqual([['success', 202], failure]);
  });

  test('has had its outcome by an event without errors', () => {
    const { responses, requestId } = state();
    f.last().answer(202);
    f.hub.update(NODE, put('READY', { requestId }));
    f.hub.update(NODE, { ...ERRORS, requestId });
    expect(responses).toEqual([['success', 202]]);
  });

  test('fails at once with the status of the answer', () => {
    const { responses } = state();
    f.last().answer(400, '<ApiErrors><ApiError><ErrorType>Invalid Input</ErrorType></ApiError></ApiErrors>');
    expect(responses).toEqual([['error', 400, { ApiErrors: { ApiError: { ErrorType: 'Invalid Input' } } }]]);
  });
});

describe('a failover', () => {
  const connection = (status: string) =>
    f.hub.publish('finesse.info.connection', { status, resourceID: 'desktop' });

  test('withholds events, then every object is read again', () => {
    const u = newUser();
    f.last().answer(200, user('READY'));
    connection('failing');
    f.hub.update(NODE, put('TALKING'));
    expect(log).toEqual(['load']);
    const before = f.sent.length;
    connection('recovered');
    expect(f.sent).toHaveLength(before + 1);
    f.last().answer(200, user('HOLD'));
    expect(u.getState()).toBe('HOLD');
    f.hub.update(NODE, put('READY'));
    expect(log).toEqual(['load', 'change', 'change']);
  });

  test('is tried eleven times, 10 s apart, before it is an error', () => {
    vi.useFakeTimers();
    newUser();
    f.last().answer(200, user('READY'));
    connection('failing');
    connection('recovered');
    const before = f.sent.length;
    for (let i = 0; i < 10; i++) {
      f.last().answer(503);
      expect(f.sent).toHaveLength(before + i);
      vi.advanceTimersByTime(9_999);
      expect(f.sent).toHaveLength(before + i);
      vi.advanceTimersByTime(1);
      expect(f.sent).toHaveLength(before + i + 1);
    }
    expect(log).toEqual(['load']);
    f.last().answer(503);
    expect(log).toEqual(['load', 'error']);
  });

  test('compares collections: what vanished, what is there still, what is new', () => {
    const d = new f.finesse.restservices.Dialogs({
      parentObj: newUser(),
      onLoad: note('load'),
      onCollectionAdd: (it) => void log.push(`add ${it.getId()}`),
      onCollectionDelete: (it) => void log.push(`delete ${it.getId()}`),
    });
    const dialog = (id: string) => `<Dialog><uri>/finesse/api/Dialog/${id}</uri><id>${id}</id></Dialog>`;
    f.last().answer(200, `<Dialogs>${dialog('1')}${dialog('2')}</Dialogs>`);
    d.getCollection()['2']?.addHandler('change', (it) => void log.push(`change ${it.getId()}`));
    connection('failing');
    connection('recovered');
    f.sent
      .find((each, i) => i >= f.sent.length - 2 && each.path.endsWith('/Dialogs'))
      ?.answer(200, `<Dialogs>${dialog('2')}${dialog('3')}</Dialogs>`);
    expect(log).toEqual(['load', 'delete 1', 'change 2', 'add 3']);
    expect(Object.keys(d.getCollection())).toEqual(['2', '3']);
    expect(d.length).toBe(2);
  });
});
