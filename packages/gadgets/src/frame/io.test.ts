import { expect, test } from 'vitest';
import { type IoDone, type IoResponse, io, withoutSecrets } from './io.ts';

function requests(gadgetUrl: string | undefined = 'http://localhost/3rdpartygadget/files/a.xml') {
  const sent: { method: string; url: string; body: string | null; done: IoDone }[] = [];
  let token = 'first';
  const made = io({
    send: (method, url, body, done) => sent.push({ method, url, body, done }),
    proxyUrl: () => 'https://poise.test/gadgets/makeRequest',
    resourceProxyUrl: () => 'https://poise.test/gadgets/proxy',
    token: () => token,
    renew: (next) => {
      token = next;
    },
    gadgetUrl,
    parseXml: (text) => (text.startsWith('<') ? { text } : null),
    log: () => {},
  });
  return { made, sent, token: () => token };
}

const answer = (url: string, body: object) => `throw 1; < don't be evil' >${JSON.stringify({ [url]: body })}`;

function asked(parameters: Readonly<Record<string, unknown>>, respond: (url: string) => [number, string]) {
  const { made, sent, token } = requests();
  const url = 'http://localhost:8082/finesse/api/User/1001';
  let response: IoResponse | undefined;
  made.makeRequest(
    url,
    (given) => {
      response = given;
    },
    parameters,
  );
  sent[0]?.done(...respond(url));
  return { response: response as unknown as IoResponse, sent: sent[0], token };
}

test('parameters go in the order of the original, as a form', () => {
  const { sent } = asked(
    {
      METHOD: 'PUT',
      POST_DATA: '<User/>',
      HEADERS: { Authorization: 'Basic a=', locale: 'en_US' },
      GET_FULL_HEADERS: true,
      REFRESH_INTERVAL: 0,
    },
    (url) => [200, answer(url, { rc: 202, body: '' })],
  );
  expect(sent?.method).toBe('POST');
  expect(sent?.url).toBe('https://poise.test/gadgets/makeRequest');
  expect(sent?.body).toBe(
    'url=http%3A%2F%2Flocalhost%3A8082%2Ffinesse%2Fapi%2FUser%2F1001&httpMethod=PUT&headers=Authorization%3DBasic%252' +
      '0a%253D%26locale%3Den_US&postData=%3CUser%2F%3E&authz=&st=first&contentType=TEXT&numEntries=3&getSummaries=false&' +
      'signOwner=true&signViewer=true&gadget=http%3A%2F%2Flocalhost%2F3rdpartygadget%2Ffiles%2Fa.xml&container=default&' +
      'bypassSpecCache=&getFullHeaders=true',
  );
});

test('a GET that may be answered from a cache is a GET', () => {
  expect(asked({}, (url) => [200, answer(url, {})]).sent).toMatchObject({ method: 'GET', body: null });
  expect(asked({}, (url) => [200, answer(url, {})]).sent?.url).toMatch(
    /^https:\/\/poise\.test\/gadgets\/makeRequest\?refresh=3600&url=/,
  );
  for (const parameters of [{ REFRESH_INTERVAL: 0 }, { METHOD: 'POST' }, { AUTHORIZATION: 'SIGNED' }])
    expect(asked(parameters, (url) => [200, answer(url, {})]).sent?.method).toBe('POST');
});

test('an answer has text, status and lower-case headers', () => {
  const { response } = asked({}, (url) => [
    200,
    answer(url, { rc: 202, body: 'x', headers: { requestid: ['7'] } }),
  ]);
  expect(response).toMatchObject({
    text: 'x',
    rc: 202,
    data: 'x',
    headers: { requestid: ['7'] },
    errors: [],
  });
});

test('an error of the upstream is an answer like any other', () => {
  const { response } = asked({ CONTENT_TYPE: 'JSON' }, (url) => [
    200,
    answer(url, { rc: 400, body: '<ApiErrors/>' }),
  ]);
  expect(response).toMatchObject({ text: '<ApiErrors/>', rc: 400, errors: ['400 Error'] });
});

test('what the proxy refuses, and what cannot be read, comes to the callback', () => {
  expect(asked({}, () => [403, 'not allowed']).response).toMatchObject({
    rc: 403,
    text: 'not allowed',
    errors: ['403 not allowed'],
  });
  expect(asked({}, () => [0, '']).response).toMatchObject({ rc: 0, errors: ['0'] });
  expect(asked({}, () => [200, '<html>']).response).toMatchObject({ rc: 500, text: '<html>' });
  expect(asked({}, () => [200, "throw 1; < don't be evil' >{}"]).response.rc).toBe(500);
});

test('JSON and DOM are parsed, or the answer is an error', () => {
  const as = (CONTENT_TYPE: string, body: string) =>
    asked({ CONTENT_TYPE }, (url) => [200, answer(url, { rc: 200, body })]).response;
  expect(as('JSON', '{"a":1}').data).toEqual({ a: 1 });
  expect(as('JSON', 'no')).toMatchObject({ rc: 500, data: null, errors: ['500 Failed to parse JSON'] });
  expect(as('DOM', '<a/>').data).toEqual({ text: '<a/>' });
  expect(as('DOM', 'no')).toMatchObject({ rc: 500, data: null, errors: ['500 Failed to parse XML'] });
});

test('the next security token is taken over', () => {
  expect(asked({}, (url) => [200, answer(url, { rc: 200, body: '', st: 'second' })]).token()).toBe('second');
});

test('a callback that throws is nobody else’s trouble', () => {
  const { made, sent } = requests();
  made.makeRequest('http://x/', () => {
    throw new Error('no');
  });
  expect(() => sent[0]?.done(200, answer('http://x/', { rc: 200, body: '' }))).not.toThrow();
});

test.each([
  ['https://me:word@crm.example/a?x=1', 'https://crm.example/a?x=1'],
  ['/a?authToken=1&b=2;password=3#p', '/a?authToken=***&b=2;password=***#p'],
  ['/finesse/api/User/1', '/finesse/api/User/1'],
])('%s is told to developers as %s', (url, told) => {
  expect(withoutSecrets(url)).toBe(told);
});
