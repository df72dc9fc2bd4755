import { expect, test } from 'vitest';
import { type IoDone, io } from './io.ts';
import { type SharedDone, sharedKey } from './shared-read.ts';

const USER = 'http://localhost:8082/finesse/api/User/1001';
const asked = (more: object = {}) =>
  sharedKey({
    url: `${USER}?nocache=17`,
    httpMethod: 'GET',
    headers: 'Authorization=Basic%20eA',
    postData: '',
    st: 'token of this gadget',
    gadget: 'http://localhost/a.xml',
    getFullHeaders: true,
    ...more,
  });

test('the same reads have the same key, whichever gadget makes them and however it keeps caches away', () => {
  const key = asked();
  expect(key).not.toBeNull();
  expect(asked({ st: 'other', gadget: 'http://localhost/b.xml', url: `${USER}?nocache=18` })).toBe(key);
  expect(asked({ url: `${USER}?nocache=18&category=LOGOUT` })).toBe(
    asked({ url: `${USER}?nocache=19&category=LOGOUT` }),
  );
});

test('other objects, credentials, headers and parameters have other keys', () => {
  const keys = [
    asked(),
    asked({ url: `${USER}/Dialogs?nocache=17` }),
    asked({ url: `${USER}?nocache=17&category=LOGOUT` }),
    asked({ headers: 'Authorization=Basic%20eQ' }),
    asked({ getFullHeaders: false }),
  ];
  expect(new Set(keys).size).toBe(keys.length);
});

test('what writes, bears an id, or is asked of others is not shared', () => {
  expect(asked({ httpMethod: 'PUT', postData: '<User/>' })).toBeNull();
  expect(asked({ headers: 'requestId=1&Authorization=Basic%20eA' })).toBeNull();
  expect(asked({ url: 'http://crm.example/finesse/api/User/1001' })).toBeNull();
  expect(asked({ url: 'http://localhost:8082/desktop/assets/js/finesse.js' })).toBeNull();
});

test('reads go to the page, all else goes by itself and ends the sharing; a renewed token is only for who asked first', () => {
  const said: string[] = [];
  const waiting: SharedDone[] = [];
  let token = 'first';
  const made = io({
    send: (method, _url, body, _done: IoDone) =>
      said.push(`${method} ${new URLSearchParams(body ?? '').get('httpMethod')}`),
    proxyUrl: () => '/gadgets/makeRequest',
    resourceProxyUrl: () => '/gadgets/proxy',
    token: () => token,
    renew: (next) => {
      token = next;
    },
    gadgetUrl: 'http://localhost/a.xml',
    shared: {
      read: (_key, _body, done) => {
        said.push('read');
        waiting.push(done);
      },
      changed: () => said.push('changed'),
    },
    parseXml: () => null,
    log: () => {},
  });
  const HEADERS = { Authorization: 'Basic eA' };
  const texts: string[] = [];
  made.makeRequest(`${USER}?nocache=1`, ({ text }) => texts.push(text), { REFRESH_INTERVAL: 0, HEADERS });
  made.makeRequest(USER, () => {}, { METHOD: 'PUT', POST_DATA: '<User/>', REFRESH_INTERVAL: 0, HEADERS });
  expect(said).toEqual(['read', 'changed', 'POST PUT']);
  const answer = `throw 1; < don't be evil' >${JSON.stringify({ [`${USER}?nocache=0`]: { rc: 200, body: '<User/>', st: 'next' } })}`;
  waiting[0]?.(200, answer, true);
  expect([texts, token]).toEqual([['<User/>'], 'first']);
  made.makeRequest(`${USER}?nocache=2`, () => {}, { REFRESH_INTERVAL: 0, HEADERS });
  waiting[1]?.(200, answer, false);
  expect(token).toBe('next');
});
