import { ApiError } from '@poise/client';
import { expect, test } from 'vitest';
import { fieldOf, nextSentence, sentenceFor, signInSentence, stateSentence } from './sentences.ts';
import { type AgentUser, INITIAL, type Sentence } from './store.ts';

const api = (status: number, errorType = '', errorData = '', errorMessage = '') =>
  new ApiError(status, [{ errorType, errorData, errorMessage }]);

/** Only the status is known: the body was no answer of the API. */
const page = (status: number, errorType: string) =>
  new ApiError(status, [{ errorType, errorData: '', errorMessage: '' }], '', undefined, false);

test.each<[string, unknown, string, string | null]>([
  ['no network', api(0, 'Unreachable'), 'error.unreachable', null],
  ['no answer', api(408, 'Timeout', 'answer'), 'error.noAnswer', null],
  ['a proxy that gave up', api(408), 'error.noAnswer', null],
  ['no event after a 202', api(408, 'Timeout', 'event'), 'error.timeout', null],
  ['the CTI server gave up', api(400, 'Generic Error', '1', 'CF_TIMEOUT'), 'error.timeout', null],
  ['out of service', api(503), 'error.outOfService', null],
  ['an answer that cannot be read', api(502, 'Bad Reply'), 'error.unreadable', null],
  ['a proxy without a server', api(502, 'Bad Gateway'), 'error.unreachable', null],
  ['a fault of the server', api(500, 'Internal Server Error'), 'error.fault', null],
  ['what is not allowed', api(403, 'Forbidden'), 'error.forbidden', null],
  ['what is of somebody else', api(401, 'Invalid Authorization User Specified'), 'error.forbidden', null],
  ['a sign-in that counts no more', api(401, 'Authorization Failure'), 'error.signInAgain', null],
  ['a proxy that knows nobody', api(401, 'HTTP 401'), 'error.signInAgain', null],
  ['no agent', api(404, 'User Not Found'), 'error.notAgent', 'user'],
  ['the page of a proxy that has no such address', page(404, 'Not Found'), 'error.redirected', null],
  ['a phone in use', api(400, 'Device Busy'), 'error.extensionBusy', 'extension'],
  ['no such phone', api(400, 'Invalid Device'), 'error.extension', 'extension'],
  [
    'an impossible extension',
    api(400, 'Invalid Input', 'extension', 'Invalid extension'),
    'error.extension',
    'extension',
  ],
  [
    'an extension that is too long',
    api(400, 'Bad Request', '', "The parameter 'extension' is too long"),
    'error.extension',
    'extension',
  ],
  ['something that nobody foresaw', api(400, 'Invalid Input', 'state', 'x'), 'error.other', null],
  ['a failed fetch', new TypeError('Failed to fetch'), 'error.unreachable', null],
])('%s', (_title, error, key, field) => {
  const sentence = sentenceFor(error, '2003');
  expect(sentence.key).toBe(key);
  expect(fieldOf(sentence)).toBe(field);
});

test('who signs in is told of the password', () => {
  const sentence = signInSentence(api(401, 'Authorization Failure'), '2003');
  expect(sentence.key).toBe('error.credentials');
  expect(fieldOf(sentence)).toBe('password');
  expect(signInSentence(api(503), '').key).toBe('error.outOfService');
  expect(signInSentence(api(408, 'Timeout', 'event'), '').key).toBe('error.noAnswer');
});

test.each<[string, string | null, Sentence]>([
  ['READY', null, { key: 'state.READY' }],
  [
    'NOT_READY',
    'Lunch',
    { key: 'state.withReason', values: { state: { key: 'state.NOT_READY' }, reason: 'Lunch' } },
  ],
  // What this page has no word for is shown as the server names it, never as another text of the page.
  ['BUSY_OTHER', null, { key: 'state.other', values: { state: 'BUSY_OTHER' } }],
  ['BUSY_OTHER', 'x', { key: 'state.withReason', values: { state: 'BUSY_OTHER', reason: 'x' } }],
  ['heading', null, { key: 'state.other', values: { state: 'heading' } }],
  ['toString', null, { key: 'state.other', values: { state: 'toString' } }],
])('state %s with reason %s', (state, reasonLabel, sentence) => {
  expect(stateSentence({ state, reasonLabel })).toEqual(sentence);
});

test.each<[string, string, number | null, Sentence | null]>([
  ['TALKING', '', null, null],
  ['TALKING', 'READY', null, { key: 'state.READY' }],
  ['HOLD', 'LOGOUT', null, { key: 'state.LOGOUT' }],
  ['TALKING', 'NOT_READY', null, { key: 'state.NOT_READY' }],
  [
    'WORK',
    'NOT_READY',
    7,
    { key: 'state.withReason', values: { state: { key: 'state.NOT_READY' }, reason: 'Lunch' } },
  ],
  // Wrap-up that leads to Ready says so already.
  ['WORK_READY', 'READY', null, null],
])('after %s, %j with the reason %j is told as %j', (state, pendingState, pendingReasonId, sentence) => {
  const user = { state, pendingState } as AgentUser;
  const notReadyReasons = [{ id: 7, label: 'Lunch' }];
  expect(nextSentence({ ...INITIAL, user, notReadyReasons, pendingReasonId })).toEqual(sentence);
});
