/** Wrap-up, where it is REQUIRED: agent 2001 of team 5000 takes customers of queue 6001. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { Floor, PATIENT_CALLS } from '../connections/floor.ts';
import { actionsOf, dialogIn, idOf, legOf, type UserDesk } from '../connections/user-desk.ts';
import { dataDirectory, type RunningPoise, startPoise } from '../server.ts';

let poise: RunningPoise;
let floor: Floor;
let agent: UserDesk;
const data = dataDirectory();
beforeAll(async () => {
  // The first start makes the demonstration centre; then team 5001 wraps up like 5000, but for one second only, and 5000 for as long
  // as a busy machine may need.
  await (await startPoise({ data })).stop();
  const database = new DatabaseSync(join(data, 'poise.sqlite'));
  database.exec('UPDATE team SET wrap_up_timer_seconds = 3600 WHERE id = 5000');
  database.exec("UPDATE team SET wrap_up_incoming = 'REQUIRED', wrap_up_timer_seconds = 1 WHERE id = 5001");
  database.close();
  poise = await startPoise({ data, args: PATIENT_CALLS });
  floor = await Floor.open(poise);
  [agent] = (await floor.signedIn(['2001', '2005'])) as [UserDesk];
});
afterEach(() => floor.isQuiet());
afterAll(async () => {
  floor?.close();
  await poise?.stop();
  rmSync(data, { recursive: true, force: true });
});

let calls = 0;
/** Agent 2001 is READY, a customer calls, the agent answers. @returns the dialog and the customer */
async function talk(): Promise<{ id: string; customer: number }> {
  const n = ++calls;
  await agent.setState('READY', `ready-${n}`);
  const customer = await floor.customer('6001', { variables: { callVariable1: `call ${n}` } });
  const id = idOf(await agent.rings());
  await agent.dialog(id, 'ANSWER', `answer-${n}`);
  return { id, customer };
}

const reason = (label: string) => `<mediaProperties><wrapUpReason>${label}</wrapUpReason></mediaProperties>`;

test('the agent drops the call, gives a reason, and READY ends it', async () => {
  const { id } = await talk();
  const dropped = dialogIn(await agent.dialog(id, 'DROP', 'drop-1'));
  expect(legOf(dropped, '2005')).toBe('WRAP_UP');
  expect(actionsOf(dropped, '2005')).toEqual(['UPDATE_CALL_DATA']);
  // READY before, so READY will follow.
  await agent.becomes('WORK_READY');
  await floor.agrees();
  const updated = dialogIn(await agent.dialog(id, 'UPDATE_CALL_DATA', 'reason-1', reason('Sale made')));
  expect(updated.child('mediaProperties')?.child('wrapUpReason')?.text).toBe('Sale made');
  expect(legOf(updated, '2005')).toBe('WRAP_UP');
  const { calls: kept } = (await floor.agrees()).get('2001')!;
  expect(kept).toEqual({
    [id]: {
      parties: { '2005': 'WRAP_UP' },
      variables: { callVariable1: 'call 1', wrapUpReason: 'Sale made' },
    },
  });
  expect((await agent.rest('GET', `/Dialog/${id}`)).text).toContain('<wrapUpReason>Sale made</wrapUpReason>');
  expect(agent.log.updates.some((u) => u.event === 'DELETE' && u.text.includes(`<id>${id}</id>`))).toBe(
    false,
  );
  // What a leg in wrap-up may not do, and a reason that the team does not have.
  const hold = await agent.dialog(id, 'HOLD', 'hold-in-wrap-up');
  expect(hold.text).toContain('INVALID_ACTION HOLD on extension 2005');
  const wrong = await agent.rest(
    'PUT',
    `/Dialog/${id}`,
    `<Dialog><requestedAction>UPDATE_CALL_DATA</requestedAction>${reason('No such reason')}</Dialog>`,
  );
  expect([wrong.status, wrong.text]).toEqual([400, expect.stringContaining('<ErrorData>wrapUpReason<')]);
  await agent.setState('READY', 'ready-after');
  const end = await agent.over(id);
  expect(dialogIn(end).child('state')?.text).toBe('DROPPED');
  expect((await floor.agrees()).get('2001')).toEqual({ state: 'READY', extension: '2005', calls: {} });
});

test('the customer hangs up, and NOT_READY ends it', async () => {
  const { id, customer } = await talk();
  await agent.becomes('TALKING');
  await floor.hangUp(customer);
  await agent.leg('WRAP_UP', id);
  await agent.becomes('WORK_READY');
  await agent.setState('NOT_READY', 'lunch', '<reasonCodeId>2</reasonCodeId>');
  await agent.over(id);
  expect((await floor.agrees()).get('2001')?.state).toBe('NOT_READY');
});

test('NOT_READY asked for during the call leads to WORK', async () => {
  const { id } = await talk();
  await agent.becomes('TALKING');
  const wish = await agent.setState('NOT_READY', 'wish', '<reasonCodeId>1</reasonCodeId>');
  expect(wish.data?.child('pendingState')?.text).toBe('NOT_READY');
  await agent.dialog(id, 'DROP', 'drop-3');
  await agent.becomes('WORK');
  await agent.setState('NOT_READY', 'done', '<reasonCodeId>1</reasonCodeId>');
  await agent.over(id);
  expect(await agent.becomes('NOT_READY')).toContain('<label>Team Meeting</label>');
});

test('the timer ends it, and the agent is what was to follow', async () => {
  const [other] = (await floor.signedIn('1001003')) as [UserDesk];
  await other.setState('READY', 'ready-timer');
  await floor.customer('6002');
  const id = idOf(await other.rings());
  await other.dialog(id, 'ANSWER', 'answer-timer');
  expect(legOf(dialogIn(await other.dialog(id, 'DROP', 'drop-timer')), '1001003')).toBe('WRAP_UP');
  await other.state('WORK_READY');
  const end = await other.over(id);
  expect([end.requestId, dialogIn(end).child('state')?.text]).toEqual(['', 'DROPPED']);
  await other.state('READY');
});

test('an agent who is signed out by a supervisor during the call wraps it up first', async () => {
  const [other] = (await floor.signedIn('1001003')) as [UserDesk];
  const [supervisor] = (await floor.signedIn(['2051', '2006'])) as [UserDesk];
  await other.setState('READY', 'ready-out');
  const customer = await floor.customer('6002');
  const id = idOf(await other.rings());
  await other.dialog(id, 'ANSWER', 'answer-out');
  const out = await supervisor.rest('PUT', '/User/1001003', '<User><state>LOGOUT</state></User>');
  expect(out.status).toBe(202);
  await other.next('the wish', ({ data }) => data?.child('pendingState')?.text === 'LOGOUT');
  await floor.hangUp(customer);
  // What follows the wrap-up is told while it lasts.
  const wrapUp = await other.state('WORK');
  expect(wrapUp.data?.child('pendingState')?.text).toBe('LOGOUT');
  await other.state('LOGOUT');
  await other.over(id);
});
