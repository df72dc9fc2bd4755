import { VirtualClock } from '@poise/clock';
import { beforeEach, expect, test } from 'vitest';
import {
  FOREIGN_MAX,
  FOREIGN_PER_LANE_MAX,
  type ForeignRequest,
  ForeignRequests,
} from './foreign-requests.ts';

type Request = ForeignRequest<{ readonly requestId: string }>;

let answered: string[];
let requests: ForeignRequests<Request>;

beforeEach(() => {
  answered = [];
  requests = new ForeignRequests<Request>(new VirtualClock(), {
    answer: ({ key }) => void answered.push(key),
    answersLate: () => false,
    answersShown: () => false,
  });
});

const request = (key: string): Request => ({
  key,
  data: { requestId: key },
  at: 0,
  phase: 'sent',
  timer: undefined,
});
/** Of agent after agent, each as many as are remembered of one. */
const laneOf = (number: number): string => `agent ${Math.floor(number / FOREIGN_PER_LANE_MAX)}`;
const ask = (number: number): boolean => requests.asked(laneOf(number), request(`r${number}`), 1_000);

test('as long as requests are answered the oldest ones keep their place', () => {
  for (let number = 0; number < FOREIGN_MAX; number++) expect(ask(number)).toBe(true);
  expect(ask(FOREIGN_MAX)).toBe(false);
  expect(requests.phaseOf('r0')).toBe('sent');
});

test('in an outage that outlasts all room the newest are kept, whosever they are', () => {
  requests.suspend();
  for (let number = 0; number < FOREIGN_MAX + 2; number++) expect(ask(number)).toBe(true);
  expect(requests.size).toBe(FOREIGN_MAX);
  expect([requests.phaseOf('r1'), requests.phaseOf('r2')]).toEqual([undefined, 'sent']);
  const last = FOREIGN_MAX + 1;
  requests.ended(laneOf(last), request(`r${last}`), { type: 'unchanged', dialogId: null });
  requests.resume();
  expect(answered).toEqual([`r${last}`]);
});
