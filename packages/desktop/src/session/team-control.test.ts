import { ApiError, type Update, type User } from '@poise/client';
import { VirtualClock } from '@poise/clock';
import { beforeEach, describe, expect, it } from 'vitest';
import { dialog, part } from '../../test/dialogs.ts';
import { FakeClient, settle, userIn } from '../../test/fake-client.ts';
import { AREA_RETRY_MS } from './area-control.ts';
import { agentOf } from './desktop-client.ts';
import { Store } from './store.ts';
import { BEAT_MS, TeamControl } from './team-control.ts';
import { memberOf } from './team-members.ts';

const NODE = '/finesse/api/Team/5000/Users';
const api = (status: number, errorType = '', errorData = '') =>
  new ApiError(status, [{ errorType, errorData, errorMessage: '' }]);

let clock: VirtualClock;
let store: Store;
let client: FakeClient;
let team: TeamControl;

beforeEach(() => {
  clock = new VirtualClock(100_000);
  store = new Store();
  store.dispatch({ type: 'sign-in started', host: 'desk' });
  store.dispatch({ type: 'signed in', user: agentOf(userIn('NOT_READY', { loginId: '2050' })) });
  client = new FakeClient();
  team = new TeamControl({ store, clock, frame: (run) => run() });
  team.begin(client);
});

const agent = (loginId: string, state: string, more: Partial<User> = {}) =>
  userIn(state, { loginId, extension: loginId, ...more });
const teamOf = (...users: readonly User[]) => ({ uri: '', id: 5000, name: 'Minnies_Team', users });
const told = (data: Update['data'], event = 'PUT', node = NODE) =>
  team.heard({ node, event, requestId: '', source: '', data });
const states = () => Object.fromEntries([...team.members.entries()].map(([id, { state }]) => [id, state]));

async function open(...users: readonly User[]) {
  team.open(5000);
  await client.answer('subscribe');
  await client.answer('team', teamOf(...users));
}

describe('opening a team', () => {
  it('subscribes to its node, then reads all its members, also those who are signed out', async () => {
    team.open(5000);
    expect(client.made).toEqual(['subscribe']);
    expect(await client.answer('subscribe')).toEqual([NODE]);
    expect(team.state.snapshot()).toMatchObject({ teamId: 5000, isRead: false });
    expect(await client.answer('team', teamOf(agent('2001', 'READY')))).toEqual([5000, true]);
    expect(team.state.snapshot()).toMatchObject({ isRead: true, error: null });
    expect(states()).toEqual({ 2001: 'READY' });
  });

  it('shows nothing old over what was heard while it was read', async () => {
    team.open(5000);
    await client.answer('subscribe');
    told({ type: 'user', user: agent('2001', 'TALKING') });
    told({ type: 'none' }, 'DELETE');
    await client.answer('team', teamOf(agent('2001', 'READY'), agent('2002', 'NOT_READY')));
    expect(states()).toEqual({ 2001: 'TALKING', 2002: 'NOT_READY' });
  });

  it('has its order from the first reading on, whoever was heard of before, and wherever the pointer is', async () => {
    team.order.arrange({ belongs: () => true, compare: (a, b) => a.extension.localeCompare(b.extension) });
    team.order.hold('pointer', true);
    team.open(5000);
    await client.answer('subscribe');
    told({ type: 'user', user: agent('2003', 'TALKING') });
    await client.answer(
      'team',
      teamOf(agent('2002', 'READY'), agent('2003', 'READY'), agent('2001', 'READY')),
    );
    expect(team.order.snapshot()).toEqual({ ids: ['2001', '2002', '2003'], isStale: false });
    // Read again, later: rows keep their places.
    told({ type: 'user', user: agent('2003', 'READY', { extension: '1000' }) });
    void team.recover();
    await client.answer('subscribe');
    await client.answer(
      'team',
      teamOf(agent('2001', 'READY'), agent('2003', 'READY', { extension: '1000' })),
    );
    expect(team.order.snapshot()).toEqual({ ids: ['2001', '2003'], isStale: true });
  });

  it('another one leaves the node of the first, whose Updates and late answers say nothing any more', async () => {
    await open(agent('2001', 'READY'));
    team.open(5001);
    expect(await client.answer('unsubscribe')).toEqual([NODE]);
    expect(states()).toEqual({});
    told({ type: 'user', user: agent('2001', 'TALKING') });
    expect(states()).toEqual({});
    await client.answer('subscribe');
    team.open(5002);
    await client.answer('team', teamOf(agent('2001', 'READY')));
    expect(states()).toEqual({});
  });

  it('that fails for want of an answer is tried again; one that is refused says so and is not', async () => {
    team.open(5000);
    await client.answer('subscribe');
    await client.refuse('team', api(503));
    expect(team.state.snapshot().error).toEqual({ key: 'error.outOfService' });
    clock.advance(AREA_RETRY_MS);
    await settle();
    await client.answer('subscribe');
    await client.refuse('team', api(401, 'Invalid Supervisor'));
    expect(team.state.snapshot().error).toEqual({ key: 'team.error.notYours' });
    clock.advance(10 * AREA_RETRY_MS);
    expect(client.waits('subscribe')).toBe(0);
    // Until the supervisor asks; what any server may refuse is no word on teams.
    team.again();
    expect(team.state.snapshot().error).toBeNull();
    await client.answer('subscribe');
    await client.refuse('team', api(403));
    expect(team.state.snapshot().error).toEqual({ key: 'error.forbidden' });
    team.again();
    await client.answer('subscribe');
    await client.answer('team', teamOf(agent('2001', 'READY')));
    expect(team.state.snapshot()).toMatchObject({ isRead: true, error: null });
  });
});

describe('what happens in the team', () => {
  it('changes the one row that it is about', async () => {
    await open(agent('2001', 'READY'), agent('2002', 'READY'));
    const other = team.members.drawn('2002');
    told({ type: 'user', user: agent('2001', 'TALKING') });
    expect(states()).toEqual({ 2001: 'TALKING', 2002: 'READY' });
    expect(team.members.drawn('2002')).toBe(other);
    told({ type: 'user', user: agent('2001', 'HOLD') }, 'PUT', '/finesse/api/User/2001');
    expect(states()['2001']).toBe('TALKING');
  });

  it('may be another membership: all members as they are then', async () => {
    await open(agent('2001', 'READY'), agent('2002', 'READY'));
    told({ type: 'team', team: teamOf(agent('2002', 'HOLD'), agent('2003', 'LOGOUT')) });
    expect(states()).toEqual({ 2002: 'HOLD', 2003: 'LOGOUT' });
    told({ type: 'user', user: agent('2003', 'LOGOUT') }, 'DELETE');
    expect(states()).toEqual({ 2002: 'HOLD' });
  });

  it('and was missed while the connection was lost, is read again', async () => {
    await open(agent('2001', 'READY'), agent('2002', 'READY'));
    const recovery = team.recover();
    await client.answer('subscribe');
    told({ type: 'user', user: agent('2001', 'TALKING') });
    await client.answer('team', teamOf(agent('2001', 'NOT_READY')));
    await recovery;
    expect(states()).toEqual({ 2001: 'TALKING' });
    const failed = expect(team.recover()).rejects.toThrow();
    await client.refuse('subscribe', api(0));
    await failed;
  });

  it('does not touch the times in state but by the event itself and every 10 seconds', async () => {
    await open(agent('2001', 'READY'));
    team.members.subscribe('2001', () => {});
    const opened = team.shownAt;
    const drawn = team.members.drawn('2001');
    clock.advance(BEAT_MS - 1);
    expect([team.shownAt, team.members.drawn('2001')]).toEqual([opened, drawn]);
    clock.advance(1);
    expect(team.shownAt).toBe(clock.now());
    expect(team.members.drawn('2001')).not.toBe(drawn);
    clock.advance(3_000);
    told({ type: 'user', user: agent('2001', 'TALKING') });
    expect(team.shownAt).toBe(clock.now());
    team.end();
    expect(clock.pending).toBe(0);
  });
});

describe('what is asked of an agent', () => {
  const member = memberOf(agent('2001', 'READY', { firstName: 'Ada', lastName: 'L.' }));

  it('is sent once, is under way until its event comes, and others do not wait for it', async () => {
    await open(agent('2001', 'READY'));
    void team.setState(member, 'NOT_READY');
    void team.setState(member, 'NOT_READY');
    expect(team.state.snapshot().busy).toEqual(new Set(['2001']));
    expect(await client.answer('setState')).toEqual(['NOT_READY', undefined, '2001']);
    expect(team.state.snapshot()).toMatchObject({ busy: new Set(), failure: null });
    expect(client.waits('setState')).toBe(0);
  });

  it('and refused, is told with the name, until it is closed or something else is asked', async () => {
    await open(agent('2001', 'READY'));
    void team.monitor(member);
    await client.refuse('silentMonitor', api(400, 'Invalid State', 'fromAddress'));
    expect(team.state.snapshot().failure).toEqual({ name: 'Ada L.', sentence: { key: 'agent.monitorSelf' } });
    team.forgetFailure();
    expect(team.state.snapshot().failure).toBeNull();
  });

  it('of the CTI server, is told in its words where there are no better ones', async () => {
    await open(agent('2001', 'READY'));
    void team.monitor(member);
    const error = {
      errorType: 'Generic Error',
      errorData: '13145',
      errorMessage: 'CSS for monitoring is missing',
    };
    await client.refuse('silentMonitor', new ApiError(400, [error]));
    expect(team.state.snapshot().failure?.sentence).toEqual({
      key: 'error.other',
      values: { detail: 'CSS for monitoring is missing' },
    });
  });

  it('goes to the extension: monitor, barge in on the monitor call, intercept in the conference', async () => {
    await open(agent('2001', 'TALKING'));
    void team.monitor(member);
    expect(await client.answer('silentMonitor')).toEqual(['2001']);
    void team.bargeIn(member, '77');
    expect(await client.answer('barge')).toEqual(['2001', '77']);
    void team.intercept(member, '78');
    expect(await client.answer('dropParticipant')).toEqual(['78', '2001']);
  });

  it('is one of the monitor call, too, until it is answered: its end is a part of the conference', async () => {
    await open(agent('2001', 'TALKING'));
    const busy = () => [...store.snapshot().calls.busy];
    void team.bargeIn(member, '77');
    expect(busy()).toEqual(['77']);
    await client.answer('barge');
    expect(busy()).toEqual([]);
    void team.bargeIn(member, '77');
    await client.refuse('barge', api(404));
    expect(busy()).toEqual([]);
    expect(store.snapshot().calls.error, 'the team tells it').toBeNull();
    expect(team.state.snapshot().failure?.sentence).toEqual({ key: 'call.error.gone' });
  });

  it('and not confirmed in time, is not waited for, and that is told; what comes late is told too', async () => {
    await open(agent('2001', 'READY'));
    void team.setState(member, 'NOT_READY');
    clock.advance(12_000);
    await settle();
    expect(team.state.snapshot()).toMatchObject({
      busy: new Set(),
      failure: { name: 'Ada L.', sentence: { key: 'error.timeout' } },
    });
    await client.answer('setState');
    expect(team.state.snapshot().failure).toBeNull();
    void team.setState(member, 'NOT_READY');
    clock.advance(12_000);
    await client.refuse('setState', api(401, 'Invalid Supervisor'));
    expect(team.state.snapshot().failure?.sentence).toEqual({ key: 'team.error.notYours' });
  });

  it('has plain sentences for what is not an answer to it', async () => {
    await open(agent('2001', 'READY'));
    const said = async (call: 'setState' | 'silentMonitor' | 'dropParticipant', status: number) => {
      if (call === 'setState') void team.setState(member, 'NOT_READY');
      else if (call === 'silentMonitor') void team.monitor(member);
      else void team.intercept(member, '78');
      await client.refuse(call, api(status));
      return team.state.snapshot().failure?.sentence.key;
    };
    expect(await said('setState', 404)).toBe('error.unknownAgent');
    expect(await said('silentMonitor', 404)).toBe('error.unknownAgent');
    expect(await said('dropParticipant', 404)).toBe('call.error.gone');
    for (const call of ['setState', 'silentMonitor', 'dropParticipant'] as const) {
      expect(await said(call, 429)).toBe('error.tooMany');
      expect(await said(call, 302)).toBe('error.redirected');
    }
  });

  it('is not sent while there is no connection', async () => {
    await open(agent('2001', 'READY'));
    store.dispatch({ type: 'link', link: 'lost' });
    await team.setState(member, 'NOT_READY');
    expect(client.made).not.toContain('setState');
  });
});

describe('looking closely at the calls of one agent', () => {
  it('reads them, and again with each change of the agent and every 10 seconds', async () => {
    await open(agent('2001', 'TALKING'));
    const talk = dialog('1', [part('2001', 'ACTIVE')]);
    team.look('2001');
    expect(team.details.snapshot()).toEqual({ agentId: '2001', dialogs: null, error: null });
    expect(await client.answer('dialogs', [talk])).toEqual(['2001']);
    expect(team.details.snapshot().dialogs).toEqual([talk]);
    told({ type: 'user', user: agent('2001', 'HOLD') });
    await client.answer('dialogs', []);
    expect(team.details.snapshot().dialogs).toEqual([]);
    clock.advance(BEAT_MS);
    expect(client.waits('dialogs')).toBe(1);
    team.look(null);
    await client.answer('dialogs', [talk]);
    expect(team.details.snapshot().dialogs).toBeNull();
  });
});
