import { beforeEach, describe, expect, test } from 'vitest';
import { GadgetRelay, isNodeNews, RELAY_STORE } from './gadget-relay.ts';

const OWN = 'https://a.example:8445';
const OTHER = 'https://b.example:8445';

let kept: Map<string, string>;
let asked: { url: string; init: RequestInit | undefined }[];
let answers: Record<string, () => Response>;

const made = () =>
  new GadgetRelay({
    origin: OWN,
    caches: {
      open: async (name: string) => {
        expect(name).toBe(RELAY_STORE);
        return {
          match: async (key: string) => (kept.has(key) ? new Response(kept.get(key)) : undefined),
          put: async (key: string, response: Response) => void kept.set(key, await response.text()),
          delete: async (key: string) => kept.delete(key),
        } as unknown as Cache;
      },
    },
    fetch: async (request, init) => {
      const url = typeof request === 'string' ? request : request.url;
      asked.push({ url, init });
      const answer = answers[new URL(url).origin];
      if (answer === undefined) throw new TypeError('unreachable');
      return answer();
    },
  });

const request = (path: string, init: RequestInit & { navigates?: boolean } = {}) => {
  const one = new Request(`${OWN}${path}`, init);
  // A navigation cannot be made by a script.
  return init.navigates ? Object.defineProperty(one, 'mode', { value: 'navigate' }) : one;
};

beforeEach(() => {
  kept = new Map();
  asked = [];
  answers = { [OTHER]: () => new Response('of b', { headers: { 'content-security-policy': 'sandbox' } }) };
});

test('while the page is with its own node nothing is touched', async () => {
  const relay = made();
  await relay.told({ relayTo: null });
  expect(relay.answer(request('/finesse/api/SystemInfo'))).toBeNull();
  await relay.told({ relayTo: OWN });
  expect(relay.answer(request('/finesse/api/SystemInfo'))).toBeNull();
});

test('after a move every request goes to the other node: path, method, headers and body', async () => {
  const relay = made();
  await relay.told({ relayTo: OTHER });
  const sent = { method: 'PUT', body: '<User/>', headers: { authorization: 'Basic x', requestId: '1' } };
  const answer = await relay.answer(request('/finesse/api/User/3001?nocache=1', sent));
  expect(await answer?.text()).toBe('of b');
  expect(asked.map(({ url }) => url)).toEqual([`${OTHER}/finesse/api/User/3001?nocache=1`]);
  const { init } = asked[0] as (typeof asked)[number];
  expect(init).toMatchObject({ method: 'PUT', credentials: 'omit', mode: 'cors' });
  expect(new TextDecoder().decode(init?.body as ArrayBuffer)).toBe('<User/>');
  expect(new Headers(init?.headers).get('requestid')).toBe('1');
});

test('neither requests to others nor tokens of windows', async () => {
  const relay = made();
  await relay.told({ relayTo: OTHER });
  expect(relay.answer(new Request('https://crm.example/x'))).toBeNull();
  expect(relay.answer(request('/desktop/sso/token', { method: 'POST' }))).toBeNull();
});

test('a document comes with its policy, or not at all', async () => {
  const relay = made();
  await relay.told({ relayTo: OTHER });
  const headers = { 'upgrade-insecure-requests': '1' };
  const whole = await relay.answer(request('/gadgets/ifr?mid=1', { navigates: true, headers }));
  expect(whole?.headers.get('content-security-policy')).toBe('sandbox');
  // Nothing that the other node would have to be asked about first.
  expect(asked[0]?.init?.headers).toBeUndefined();
  answers[OTHER] = () => new Response('bare');
  const bare = await relay.answer(request('/gadgets/ifr?mid=1', { navigates: true }));
  expect(bare?.type).toBe('error');
});

test('the browser decodes once', async () => {
  const relay = made();
  await relay.told({ relayTo: OTHER });
  answers[OTHER] = () =>
    new Response('plain', { headers: { 'content-encoding': 'gzip', 'content-length': '3' } });
  const answer = await relay.answer(request('/gadgets/js/features.js'));
  expect([...(answer?.headers.keys() ?? [])]).not.toContain('content-encoding');
  expect(await answer?.text()).toBe('plain');
});

describe('a worker that the browser has ended and begun again', () => {
  test('goes on where it was', async () => {
    await made().told({ relayTo: OTHER });
    expect(await (await made().answer(request('/x')))?.text()).toBe('of b');
  });

  test('passes on to the own node what it is asked before it knows', async () => {
    answers[OWN] = () => new Response('of a');
    const relay = made();
    expect(await (await relay.answer(request('/x')))?.text()).toBe('of a');
    expect(relay.answer(request('/x'))).toBeNull();
  });
});

test('when that node is gone, too, whoever reads is answered by the own one; nothing is written twice', async () => {
  const relay = made();
  await relay.told({ relayTo: OTHER });
  answers = { [OWN]: () => new Response('of a') };
  expect(await (await relay.answer(request('/x')))?.text()).toBe('of a');
  await expect(relay.answer(request('/x', { method: 'POST', body: '1' }))).rejects.toThrow('unreachable');
});

test.each([
  [{ relayTo: null }, true],
  [{ relayTo: OTHER }, true],
  [{ relayTo: `${OTHER}/path` }, false],
  [{ relayTo: 'javascript:1' }, false],
  [{ relayTo: 7 }, false],
  [null, false],
  ['x', false],
])('%j is news: %s', (data, isNews) => {
  expect(isNodeNews(data)).toBe(isNews);
});
