import { ApiError, type TeamMessage, type Update } from '@poise/client';
import { VirtualClock } from '@poise/clock';
import { beforeEach, describe, expect, it } from 'vitest';
import { FakeClient, settle, userIn } from '../../test/fake-client.ts';
import { AREA_RETRY_MS } from './area-control.ts';
import { agentOf } from './desktop-client.ts';
import { MessageControl } from './message-control.ts';
import { Store } from './store.ts';
import { receivedBy, sentBy } from './team-messages.ts';

const NODE = '/finesse/api/Team/5000/TeamMessages';

let clock: VirtualClock;
let store: Store;
let client: FakeClient;
let control: MessageControl;

beforeEach(() => {
  clock = new VirtualClock();
  store = new Store();
  store.dispatch({ type: 'sign-in started', host: 'desk' });
  const roles = ['Agent', 'Supervisor'] as const;
  store.dispatch({ type: 'signed in', user: agentOf(userIn('NOT_READY', { roles })) });
  client = new FakeClient();
  control = new MessageControl({ store, clock, frame: (run) => run() });
  control.begin(client);
});

/** @param ageS how long ago it was sent */
const message = (id: string, ageS: number, more: Partial<TeamMessage> = {}): TeamMessage => ({
  uri: `/finesse/api/TeamMessage/${id}`,
  id,
  createdBy: { id: '2050', firstName: 'Minnie', lastName: 'Mouse' },
  createdAt: new Date(clock.now() - ageS * 1_000),
  durationSeconds: 300,
  content: id,
  teamIds: [5000],
  ...more,
});
const told = (teamMessage: TeamMessage, event = 'POST', node = NODE): Update => ({
  node,
  event,
  requestId: '',
  source: teamMessage.uri,
  data: { type: 'teamMessage', teamMessage },
});
const ids = () => store.snapshot().messages.list.map(({ id }) => id);

async function read(...messages: readonly TeamMessage[]) {
  client.messages = messages;
  control.load();
  await settle();
}

describe('the messages', () => {
  it('are those to the own team and those that were sent, each once, newest first', async () => {
    await read(message('old', 60), message('new', 10), message('foreign', 5, { teamIds: [5001] }));
    control.heard(
      told(message('mine', 1, { teamIds: [5001], createdBy: { id: '2001', firstName: '', lastName: '' } })),
    );
    control.heard(told(message('new', 10), 'POST', '/finesse/api/Team/5001/TeamMessages'));
    expect(ids()).toEqual(['mine', 'new', 'old']);
    const reader = { loginId: '2001', teamId: 5000 };
    expect(receivedBy(store.snapshot().messages.list, reader).map(({ id }) => id)).toEqual(['new', 'old']);
    expect(sentBy(store.snapshot().messages.list, reader).map(({ id }) => id)).toEqual(['mine']);
  });

  it('of the same second stand as they were told, the later one first', async () => {
    await read(message('a', 1));
    control.heard(told(message('c', 1)));
    control.heard(told(message('b', 1)));
    expect(ids()).toEqual(['b', 'c', 'a']);
  });

  it('are as they were told, whatever a list says that was asked for before', async () => {
    await read(message('a', 60), message('b', 50));
    client.messages = [message('a', 60), message('b', 50)];
    control.load();
    control.heard(told(message('a', 60), 'DELETE'));
    control.heard(told(message('c', 0)));
    await settle();
    expect(ids()).toEqual(['c', 'b']);
  });

  it('end when their time is up by the clock of the server, the one before takes over', async () => {
    store.dispatch({ type: 'clock', drift: 10_000 });
    await read(message('first', 200), message('second', 100));
    clock.advance(89_000);
    expect(ids()).toEqual(['second', 'first']);
    clock.advance(1_000);
    expect(ids()).toEqual(['second']);
    clock.advance(100_000);
    expect(ids()).toEqual([]);
    expect(clock.pending).toBe(0);
  });

  it('that are deleted go, also where the Update says no more than which', async () => {
    await read(message('a', 60), message('b', 50));
    control.heard({ ...told(message('a', 60), 'DELETE'), data: { type: 'none' } });
    expect(ids()).toEqual(['b']);
  });

  it('are asked for again when there was no answer; a recovery says so itself', async () => {
    client.messages = new ApiError(503, [{ errorType: '', errorData: '', errorMessage: '' }]);
    control.load();
    await settle();
    await expect(control.recover()).rejects.toThrow();
    client.messages = [message('a', 0)];
    control.load();
    await settle();
    expect(ids()).toEqual(['a']);
    clock.advance(AREA_RETRY_MS);
  });

  it('that cannot be read say why, and are read when the user asks for it', async () => {
    const readError = () => store.snapshot().messages.readError;
    const failing = (status: number) => {
      client.messages = new ApiError(status, []);
      control.again();
      return settle();
    };
    await failing(403);
    expect(readError()).toEqual({ key: 'error.forbidden' });
    await failing(404);
    expect(readError()).toBeNull();
    await failing(500);
    expect(readError()).toEqual({ key: 'error.fault' });
    await read(message('new', 10));
    expect([ids(), readError()]).toEqual([['new'], null]);
  });

  it('of other nodes are none', () => {
    control.heard(told(message('a', 0), 'POST', '/finesse/api/User/2001'));
    expect(ids()).toEqual([]);
  });
});

describe('sending and deleting', () => {
  it('a message is sent once; what was sent is counted, so that the form empties itself', async () => {
    void control.send('Lunch', [5000], 300);
    void control.send('Lunch', [5000], 300);
    expect(store.snapshot().messages.isBusy).toBe(true);
    expect(await client.answer('createTeamMessage', 'id')).toEqual(['Lunch', [5000], 300]);
    expect(store.snapshot().messages).toMatchObject({ isBusy: false, sent: 1, error: null });
    expect(client.waits('createTeamMessage')).toBe(0);
  });

  it('too many are told in plain words, and the form keeps its text', async () => {
    void control.send('Lunch', [5000], 300);
    const error = { errorType: 'System Resource Limit Exceeded', errorData: '', errorMessage: '' };
    await client.refuse('createTeamMessage', new ApiError(400, [error]));
    expect(store.snapshot().messages).toMatchObject({ sent: 0, error: { key: 'messages.error.limit' } });
  });

  it('several are deleted one after the other; one that has expired meanwhile is gone as it should be', async () => {
    void control.delete(['a', 'b']);
    await client.refuse(
      'deleteTeamMessage',
      new ApiError(404, [{ errorType: '', errorData: '', errorMessage: '' }]),
    );
    expect(await client.answer('deleteTeamMessage')).toEqual(['b']);
    expect(store.snapshot().messages).toMatchObject({ isBusy: false, error: null, sent: 0 });
  });
});
