import { afterEach, beforeEach, expect, test } from 'vitest';
import { NodePair } from '../../test/centre/node-pair.ts';

let pair: NodePair;
beforeEach(async () => {
  pair = await NodePair.open({
    profile: { release: '12.6' },
    mediaChannels: [
      { id: '5001', name: 'Chat' },
      { id: '5002', name: 'Email' },
    ],
  });
});
afterEach(() => pair?.close());

const SIGN_IN =
  '<Media><state>LOGIN</state><maxDialogLimit>3</maxDialogLimit><interruptAction>ACCEPT</interruptAction><dialogLogoutAction>CLOSE</dialogLogoutAction></Media>';
const put = (at: 'a' | 'b', body: string, requestId: string) =>
  pair[at].call('3001', 'PUT', 'User/3001/Media/5001', body, { requestid: requestId });
const state = (word: string) => `<Media><state>${word}</state></Media>`;
const offer = () => {
  const { desk, directory } = pair.a;
  return desk.media.offer(directory.current.user('3001')!, '5001', [{ name: 'subject', value: 'x' }]);
};

test('what becomes of a medium at A is told, and so, at B; refusals are', async () => {
  await put('a', SIGN_IN, 'in');
  await put('a', state('READY'), 'ready');
  await put('a', SIGN_IN, 'again');
  pair.clock.advance(10);
  expect(pair.a.published).toHaveLength(6);
  expect(pair.b.published).toEqual(pair.a.published);
  expect(pair.b.desk.media.get('3001', '5001')).toEqual(pair.a.desk.media.get('3001', '5001'));
  await put('b', state('NOT_READY'), 'pause');
  pair.clock.advance(10);
  expect(pair.a.published.slice(6)).toEqual(pair.b.published.slice(6));
  expect(pair.a.desk.media.get('3001', '5001')?.state).toBe('NOT_READY');
});

test('a task that is offered at A is worked on at B', async () => {
  await put('a', SIGN_IN, 'in');
  await put('a', state('READY'), 'ready');
  const task = offer();
  pair.clock.advance(10);
  expect(pair.b.desk.media.tasksOf('3001')).toEqual([task]);
  const act = (action: string, requestId: string) =>
    pair.b.dialog('3001', `Dialog/${task?.id}`, { requestedAction: action }, requestId);
  expect((await act('ACCEPT', 'accept')).statusCode).toBe(202);
  pair.clock.advance(10);
  expect(pair.a.desk.media.task(task?.id ?? '')?.state).toBe('ACCEPTED');
  await act('START', 'start');
  await act('CLOSE', 'close');
  pair.clock.advance(10);
  expect(pair.a.published).toEqual(pair.b.published);
  expect(pair.a.desk.media.tasksOf('3001')).toEqual([]);
  expect(pair.a.desk.media.get('3001', '5001')?.work).toBeNull();
});

test('who leaves his desk leaves his media at both, and each client is told once', async () => {
  await pair.a.put('3001', { state: 'LOGIN', extension: '2003' }, 'desk');
  await put('a', SIGN_IN, 'in');
  pair.clock.advance(10);
  pair.quiet();
  await pair.a.put('3001', { state: 'LOGOUT' }, 'out');
  pair.clock.advance(1_000);
  const media = (at: 'a' | 'b') =>
    pair[at].published.filter(({ node }) => node === '/finesse/api/User/3001/Media');
  expect([media('a').length, media('b').length]).toEqual([1, 1]);
});

test.each<[string, unknown]>([
  ['nothing', null],
  ['no news', { agentId: '3001', requestId: '', cause: {} }],
  [
    'of an unknown medium',
    {
      agentId: '3001',
      requestId: '',
      cause: {},
      news: { type: 'refused', channelId: '9', refusal: 'NOT_LOGGED_IN' },
    },
  ],
  [
    'of an unknown refusal',
    {
      agentId: '3001',
      requestId: '',
      cause: {},
      news: { type: 'refused', channelId: '5001', refusal: 'toString' },
    },
  ],
  [
    'of somebody else’s task',
    {
      agentId: '3001',
      requestId: '',
      cause: {},
      news: {
        type: 'task',
        event: 'POST',
        task: {
          id: '151_5001_1_1',
          loginId: '3002',
          channel: { id: '5001' },
          state: 'OFFERED',
          startTime: 1,
          stateChangeTime: 1,
          variables: [],
        },
      },
    },
  ],
  [
    'of a task with the id of a call',
    {
      agentId: '3001',
      requestId: '',
      cause: {},
      news: {
        type: 'task',
        event: 'POST',
        task: {
          id: '16777217',
          loginId: '3001',
          channel: { id: '5001' },
          state: 'OFFERED',
          startTime: 1,
          stateChangeTime: 1,
          variables: [],
        },
      },
    },
  ],
])('a word %s is refused', (_what, body) => {
  pair.quiet();
  pair.stranger.tell('request.media.3001', 'medium', body);
  pair.clock.advance(10);
  expect(pair.b.published).toEqual([]);
  expect(pair.b.desk.foreignRequests?.refused).toBe(1);
});
