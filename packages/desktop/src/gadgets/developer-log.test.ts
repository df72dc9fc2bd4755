import { VirtualClock } from '@poise/clock';
import { expect, test } from 'vitest';
import { gadgetPage } from '../../test/gadget-page.ts';
import {
  addressWithoutSecrets,
  DeveloperLog,
  ENTRIES_MAX,
  linesOf,
  withoutSecrets,
} from './developer-log.ts';

function setup() {
  const clock = new VirtualClock();
  const page = gadgetPage();
  const [a, b] = [page.connected('a').gadget, page.connected('b').gadget];
  return { clock, log: new DeveloperLog(clock), a, b };
}

test('what gadgets do stands in its order, with what came of it', () => {
  const { clock, log, a, b } = setup();
  log.begun(a);
  clock.advance(120);
  log.noted(a, { kind: 'connected' });
  log.published(b, 'my.topic', '{"n":1}');
  log.noted(a, { kind: 'request', method: 'GET', url: '/finesse/api/User/1', status: 401, ms: 12 });
  log.noted(b, { kind: 'node', node: '/finesse/api/Queue/1', error: 'Not connected' });
  expect(log.loadMs(a)).toBe(120);
  expect(
    log.snapshot().map(({ gadget, kind, text, result, ms }) => [gadget.mid, kind, text, result, ms]),
  ).toEqual([
    [0, 'connected', '/3rdpartygadget/files/a.xml', '', 120],
    [1, 'published', 'my.topic {"n":1}', '', null],
    [0, 'request', 'GET /finesse/api/User/1', '401', 12],
    [1, 'node', '/finesse/api/Queue/1', 'Not connected', null],
  ]);
  a.setTitle('A\tgadget');
  expect(linesOf(log.snapshot()).split('\n')[2]).toMatch(
    /\trequest\tGET \/finesse\/api\/User\/1\t401\t12 ms$/,
  );
});

test('each gadget has room of its own, and no more; who looks is told now and then', () => {
  const { clock, log, a, b } = setup();
  let told = 0;
  log.subscribe(() => told++);
  log.published(b, 'quiet', undefined);
  for (let n = 0; n < ENTRIES_MAX + 50; n++) log.published(a, `t${n}`, undefined);
  expect(log.snapshot()).toHaveLength(ENTRIES_MAX + 1);
  expect(log.snapshot()[0]?.text).toBe('quiet');
  clock.advance(1_000);
  expect(told).toBe(1);
  log.clear();
  expect(log.snapshot()).toEqual([]);
});

test.each([
  ['{"password":"a\\"b","n":1}', '{"password":"***","n":1}'],
  ['{"data":{"authToken": 7, "x":2}}', '{"data":{"authToken": "***", "x":2}}'],
  ['{"Authorization":"Basic c2Vj', '{"Authorization":"***"'],
  ['{"author":"Anna"}', '{"author":"***"}'],
  ['{"name":"passed"}', '{"name":"passed"}'],
])('%s is shown as %s', (json, shown) => {
  expect(withoutSecrets(json)).toBe(shown);
});

test.each([
  ['/a?access_token=x&b=1&PASSWORD=y#z', '/a?access_token=***&b=1&PASSWORD=***#z'],
  ['/a?b=token', '/a?b=token'],
])('the address %s is shown as %s', (url, shown) => {
  expect(addressWithoutSecrets(url)).toBe(shown);
});

test('a status that is not known is not shown', () => {
  const { log, a } = setup();
  log.noted(a, { kind: 'request', method: 'fetch', url: 'https://x.example/', status: 0, ms: 3 });
  expect(log.snapshot()[0]).toMatchObject({ text: 'fetch https://x.example/', result: '' });
});
