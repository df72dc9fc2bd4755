import { expect, test } from 'vitest';
import { Happenings } from '../happenings.ts';
import { ACTIONS_MAX, PageTimes, REPORTS_PER_MINUTE, readReport } from './page-times.ts';
import { TraceBook } from './trace-book.ts';

function world() {
  let now = 100_000;
  const happenings = new Happenings(() => now);
  const book = new TraceBook(
    () => now,
    () => {},
  );
  happenings.observe(book.happened);
  const times = new PageTimes(book, happenings, () => now);
  const request = (requestId: string, user: string) =>
    happenings.publish(
      'request.start',
      { method: 'PUT', resource: `/User/${user}`, query: [], user },
      { requestId, user },
    );
  request('mine', '2001');
  now += 500;
  return { book, times, request, later: (ms: number) => (now += ms) };
}
/** The page's clock is 7 s behind. */
const report = (
  requestId: string,
  begunAt = 92_900,
  receivedAt = 93_080,
  paintedAt: number | null = 93_100,
) => ({
  drift: 7_000,
  uncertainty: 4.5,
  actions: [{ requestId, input: 'pointer' as const, begunAt, receivedAt, paintedAt }],
});

test('click and pixel stand in the trace, in the time of the server', () => {
  const { book, times } = world();
  expect(times.take('2001', report('mine'))).toBe(1);
  expect(book.action('mine')?.steps).toEqual([
    { at: 99_900, step: 'begun', detail: { input: 'pointer', uncertaintyMs: 5 } },
    { at: 100_000, step: 'request', detail: { method: 'PUT', resource: '/User/2001' } },
    { at: 100_080, step: 'received', detail: { uncertaintyMs: 5 } },
    { at: 100_100, step: 'painted', detail: { uncertaintyMs: 5 } },
  ]);
});

test.each([
  ['of somebody else', '2002', report('mine')],
  ['that is not known', '2001', report('other')],
  ['that began after the request', '2001', report('mine', 93_010)],
  ['that began minutes before it', '2001', report('mine', -30_000)],
  ['that was painted before it is', '2001', report('mine', 92_900, 93_080, 94_000)],
])('an action %s is not believed', (_what, user, told) => {
  const { book, times } = world();
  expect(times.take(user, told)).toBe(0);
  expect(book.action('mine')?.steps).toHaveLength(1);
});

test('an action is told once; a hidden page painted nothing', () => {
  const { book, times } = world();
  expect(times.take('2001', report('mine', 92_900, 93_080, null))).toBe(1);
  expect(times.take('2001', report('mine'))).toBe(0);
  expect(book.action('mine')?.steps.map(({ step }) => step)).toEqual(['begun', 'request', 'received']);
});

test('a page that tells too often is not heard until a minute later, and others are', () => {
  const { times, later } = world();
  const heard = Array.from({ length: REPORTS_PER_MINUTE + 2 }, () => times.admits('2001'));
  expect(heard.filter(Boolean)).toHaveLength(REPORTS_PER_MINUTE);
  expect(times.admits('2002')).toBe(true);
  later(60_000);
  expect(times.admits('2001')).toBe(true);
});

const action = report('a').actions[0];
test.each([
  [null],
  [[]],
  [{ ...report('a'), password: 'x' }],
  [{ ...report('a'), drift: '7' }],
  [{ ...report('a'), drift: null }],
  [{ ...report('a'), uncertainty: -1 }],
  [{ ...report('a'), uncertainty: 10_001 }],
  [{ ...report('a'), actions: [] }],
  [{ ...report('a'), actions: Array(ACTIONS_MAX + 1).fill(action) }],
  [{ ...report('a'), actions: [{ ...action, label: 'Answer +15551234' }] }],
  [{ ...report('a'), actions: [{ ...action, input: 'voice' }] }],
  [{ ...report('a'), actions: [{ ...action, requestId: '' }] }],
  [{ ...report('a'), actions: [{ ...action, receivedAt: 1 }] }],
  [{ ...report('a'), actions: [{ ...action, begunAt: null, receivedAt: null, paintedAt: null }] }],
])('no report: %j', (body) => {
  expect(readReport(body)).toBeTypeOf('string');
});

test('a report', () => {
  expect(readReport(report('a'))).toEqual(report('a'));
  expect(readReport({ ...report('a'), actions: Array(ACTIONS_MAX).fill(action) })).toBeTypeOf('object');
});
