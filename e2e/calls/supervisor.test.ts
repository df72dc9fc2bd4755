/** Supervisor 2050 and her team 5000: what she is told, listening and joining in, states of agents who talk. */
import { AgentState } from '@poise/ged188';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { eventually } from '../connections/deadline.ts';
import { Floor, PATIENT_CALLS } from '../connections/floor.ts';
import { tcpSession } from '../connections/tcp-session.ts';
import {
  actionsOf,
  dialogIn,
  dialogsOf,
  idOf,
  legOf,
  type SeenUpdate,
  UpdateLog,
  type UserDesk,
} from '../connections/user-desk.ts';
import { type RunningPoise, startPoise } from '../server.ts';

const TEAM = '/finesse/api/Team/5000/Users';
let poise: RunningPoise;
let floor: Floor;
let agent: UserDesk;
let supervisor: UserDesk;
let stranger: UserDesk;
let team: UpdateLog;
beforeAll(async () => {
  poise = await startPoise({ args: PATIENT_CALLS });
  floor = await Floor.open(poise);
  supervisor = (await floor.signedIn(['2050', '2006']))[0]!;
  // A client that asks for the events of the team, as the desktop of a supervisor does.
  const session = (await tcpSession(poise.ports.xmpp, '2050', 'team')).answerPings();
  await session.appear();
  session.send(
    `<iq type='set' id='team' to='pubsub.localhost'><pubsub xmlns='http://jabber.org/protocol/pubsub'><subscribe node='${TEAM}' jid='${session.jid}'/></pubsub></iq>`,
  );
  await session.until(/<iq[^>]*type="result"[^>]*id="team"|<iq[^>]*id="team"[^>]*type="result"/);
  team = new UpdateLog(session);
  [agent, stranger] = (await floor.signedIn(['2001', '2005'], ['2051', '2007'])) as [UserDesk, UserDesk];
});
afterEach(() => floor.isQuiet());
afterAll(async () => {
  floor?.close();
  await poise?.stop();
});

let steps = 0;
const step = (what: string) => `${what}-${++steps}`;
const LUNCH = '<reasonCodeId>2</reasonCodeId>';

async function talk(): Promise<{ id: string; customer: number }> {
  await agent.setState('READY', step('ready'));
  const customer = await floor.customer('6001', { from: '15559876' });
  const id = idOf(await agent.rings());
  await agent.dialog(id, 'ANSWER', step('answer'));
  await agent.becomes('TALKING');
  return { id, customer };
}

/** The call ends and the wrap-up is left at once. */
async function endCall(id: string): Promise<void> {
  await agent.dialog(id, 'DROP', step('drop'));
  await agent.setState('NOT_READY', step('not-ready'), LUNCH);
  await agent.over(id);
}

const statesOfTeam = () =>
  team.updates
    .filter(({ node, text }) => node === TEAM && text.includes('<loginId>2001</loginId>'))
    .map(({ data }) => (data?.name === 'user' ? data : data?.child('user'))?.child('state')?.text);

test('the team is told of every state of its agents, in order', async () => {
  const before = statesOfTeam().length;
  const { id } = await talk();
  await agent.dialog(id, 'HOLD', step('hold'));
  await agent.becomes('HOLD');
  await agent.dialog(id, 'RETRIEVE', step('retrieve'));
  await agent.becomes('TALKING');
  await endCall(id);
  await eventually('the last state', () => (statesOfTeam().at(-1) === 'NOT_READY' ? true : undefined));
  expect(statesOfTeam().slice(before)).toEqual([
    'READY',
    'RESERVED',
    'TALKING',
    'HOLD',
    'TALKING',
    'WORK_READY',
    'NOT_READY',
  ]);
  // The node of a team bears users only, and none of another team.
  expect(team.updates.filter(({ node, text }) => node === TEAM && /<dialog>|<Dialog>/.test(text))).toEqual(
    [],
  );
  expect(team.updates.filter(({ node, text }) => node === TEAM && text.includes('>2051<'))).toEqual([]);
});

const monitorBody = (from: string, to: string) =>
  `<Dialog><requestedAction>SILENT_MONITOR</requestedAction><fromAddress>${from}</fromAddress><toAddress>${to}</toAddress></Dialog>`;
const refusal = ({ status, text }: { status: number; text: string }) => [
  status,
  /<ErrorType>(.*)<\/ErrorType>/.exec(text)?.[1],
];
const errorOf = (update: SeenUpdate) => {
  const error = update.data?.child('apiError');
  return [error?.child('errorType')?.text, error?.child('errorData')?.text];
};

test('listening: who may, when, and that the agent is shown it and is in no other call by it', async () => {
  // Nobody talks: refused by an event (states that a live system refuses later).
  expect(errorOf(await supervisor.call('SILENT_MONITOR', '2005', step('early')))).toEqual([
    'Generic Error',
    '13145',
  ]);
  const { id } = await talk();
  // What the answer of this call was told by has come once what was asked after it has.
  const data = '<mediaProperties><callvariables><CallVariable><name>callVariable1</name><value>x</value>';
  const ends = '</CallVariable></callvariables></mediaProperties>';
  await agent.dialog(id, 'UPDATE_CALL_DATA', step('data'), data + ends);
  const seen = agent.log.updates.length;
  expect(refusal(await stranger.rest('POST', '/User/2051/Dialogs', monitorBody('2007', '2005')))).toEqual([
    401,
    'Invalid Supervisor',
  ]);
  // An agent is no supervisor, and nobody listens under another name or to a phone without an agent.
  expect(refusal(await agent.rest('POST', '/User/2001/Dialogs', monitorBody('2005', '2006')))[0]).toBe(401);
  expect(refusal(await stranger.rest('POST', '/User/2050/Dialogs', monitorBody('2006', '2005')))[0]).toBe(
    401,
  );
  expect(refusal(await supervisor.rest('POST', '/User/2050/Dialogs', monitorBody('2006', '2040')))).toEqual([
    400,
    'Invalid Destination',
  ]);
  const monitor = dialogIn(await supervisor.call('SILENT_MONITOR', '2005', step('monitor')));
  const monitorId = idOf(monitor);
  await supervisor.leg('ACTIVE', monitorId);
  await floor.agrees();
  const again = await supervisor.rest('POST', '/User/2050/Dialogs', monitorBody('2006', '2005'));
  expect(refusal(again)).toEqual([400, 'Invalid State']);
  // One who listens cannot do what one who talks can.
  const held = await supervisor.dialog(monitorId, 'HOLD', step('hold'));
  expect(held.text).toContain('INVALID_ACTION HOLD on extension 2006');
  await supervisor.dialog(monitorId, 'DROP', step('drop'));
  await supervisor.over(monitorId);
  expect(await floor.pictureOf('2001')).toMatchObject({ state: 'TALKING' });
  const heard = () => agent.log.updates.slice(seen);
  await eventually('the agent hears that nobody listens', async () =>
    heard().some(({ event }) => event === 'DELETE') ? true : undefined,
  );
  expect(heard()[0]?.event).toBe('POST');
  for (const { text } of heard()) {
    expect(text).toContain(`<id>${monitorId}</id>`);
    expect(text).toContain('<callType>SUPERVISOR_MONITOR</callType>');
  }
  await endCall(id);
  await supervisor.becomes('NOT_READY');
});

test('listening ends with the call', async () => {
  const { id, customer } = await talk();
  const monitorId = idOf(dialogIn(await supervisor.call('SILENT_MONITOR', '2005', step('monitor'))));
  await supervisor.leg('ACTIVE', monitorId);
  await floor.hangUp(customer);
  await supervisor.over(monitorId);
  await agent.setState('NOT_READY', step('not-ready'), LUNCH);
  await agent.over(id);
});

test('joining in: a conference of three, which goes on when the agent leaves it', async () => {
  const { id } = await talk();
  const monitorId = idOf(dialogIn(await supervisor.call('SILENT_MONITOR', '2005', step('monitor'))));
  const listening = dialogIn(await supervisor.leg('ACTIVE', monitorId));
  expect(actionsOf(listening, '2006')).toEqual(['BARGE_CALL', 'DROP']);
  const uri = `<associatedDialogUri>/finesse/api/Dialog/${monitorId}</associatedDialogUri>`;
  // Not of a call on hold.
  await agent.dialog(id, 'HOLD', step('hold'));
  const onHold = await supervisor.rest(
    'POST',
    '/User/2050/Dialogs',
    `<Dialog><requestedAction>BARGE_CALL</requestedAction><fromAddress>2006</fromAddress><toAddress>2005</toAddress>${uri}</Dialog>`,
  );
  expect(refusal(onHold)).toEqual([400, 'Invalid Destination']);
  await agent.dialog(id, 'RETRIEVE', step('retrieve'));
  const joined = dialogIn(await supervisor.call('BARGE_CALL', '2005', step('barge'), uri));
  expect(idOf(joined)).toBe(id);
  await supervisor.over(monitorId);
  await agent.next('the conference', (u) => dialogsOf(u).some((d) => legOf(d, '2006') === 'ACTIVE'));
  const parties = { '15559876': 'ACTIVE', '2005': 'ACTIVE', '2006': 'ACTIVE' };
  expect((await floor.agrees()).get('2001')?.calls[id]?.parties).toEqual(parties);
  // The agent leaves, and wraps up while the others talk.
  const left = dialogIn(await agent.dialog(id, 'DROP', step('drop')));
  expect([legOf(left, '2005'), left.child('state')?.text]).toEqual(['WRAP_UP', 'ACTIVE']);
  await floor.agrees();
  await supervisor.dialog(id, 'DROP', step('drop'));
  await agent.setState('NOT_READY', step('not-ready'), LUNCH);
  await supervisor.over(id);
  await agent.over(id);
});

const change = (desk: UserDesk, state: string, requestId: string, more = '') =>
  desk.rest('PUT', '/User/2001', `<User><state>${state}</state>${more}</User>`, requestId);

test('the state of an agent who talks is changed after the call; strangers change nothing', async () => {
  const { id } = await talk();
  expect(refusal(await change(stranger, 'READY', step('no')))).toEqual([401, 'Invalid Supervisor']);
  expect(refusal(await change(stranger, 'LOGOUT', step('no')))).toEqual([401, 'Invalid Supervisor']);
  expect(refusal(await change(supervisor, 'WORK', step('no')))).toEqual([400, 'Invalid State']);
  // READY waits; NOT_READY is not possible by a supervisor while the agent talks.
  expect(refusal(await change(supervisor, 'NOT_READY', step('no')))).toEqual([400, 'Invalid State']);
  const ready = step('ready');
  expect((await change(supervisor, 'READY', ready)).status).toBe(202);
  await eventually('the answer at the supervisor or the agent', () =>
    [...supervisor.log.updates, ...agent.log.updates].find(({ requestId }) => requestId === ready),
  );
  await floor.agrees();
  expect((await floor.pictureOf('2001')).state).toBe('TALKING');
  await agent.dialog(id, 'DROP', step('drop'));
  await agent.becomes('WORK_READY');
  // In wrap-up the supervisor may, without a reason.
  const before = floor.observer.events.length;
  expect(refusal(await change(supervisor, 'NOT_READY', step('no'), LUNCH))).toEqual([400, 'Invalid Input']);
  expect((await change(supervisor, 'NOT_READY', step('not-ready'))).status).toBe(202);
  await agent.becomes('NOT_READY');
  // Its reason is that of supervisors, which no team has in its list.
  const told = await eventually('the event of the CTI server', () =>
    floor.observer.events
      .slice(before)
      .find(
        ({ name, fields }) =>
          name === 'AGENT_STATE_EVENT' &&
          fields['AgentID'] === '2001' &&
          fields['AgentState'] === AgentState.NOT_READY,
      ),
  );
  expect(told.fields['EventReasonCode']).toBe(999);
  await agent.over(id);
});

test('an agent who talks is signed out by the supervisor once the call is over', async () => {
  const other = (await floor.signedIn('3001'))[0]!;
  await other.setState('READY', step('ready'));
  const customer = await floor.customer('6003');
  const id = idOf(await other.rings());
  await other.dialog(id, 'ANSWER', step('answer'));
  await other.becomes('TALKING');
  const out = (desk: UserDesk) =>
    desk.rest('PUT', '/User/3001', '<User><state>LOGOUT</state></User>', step('out'));
  expect(refusal(await out(supervisor))).toEqual([401, 'Invalid Supervisor']);
  expect((await out(stranger)).status).toBe(202);
  await eventually('LOGOUT is pending', async () => {
    const { text } = await other.rest('GET', '/User/3001');
    return text.includes('<pendingState>LOGOUT</pendingState>') || undefined;
  });
  await floor.agrees();
  expect((await floor.pictureOf('3001')).state).toBe('TALKING');
  await floor.hangUp(customer);
  await other.over(id);
  await other.becomes('LOGOUT');
});
