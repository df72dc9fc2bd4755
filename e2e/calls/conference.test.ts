/** Calls with more than two parties, and calls that are handed on: consultations, transfers, conferences. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { eventually, PATIENT_MS } from '../connections/deadline.ts';
import { Floor, PATIENT_CALLS } from '../connections/floor.ts';
import {
  actionsOf,
  dialogIn,
  dialogsOf,
  idOf,
  legOf,
  participants,
  type UserDesk,
} from '../connections/user-desk.ts';
import { type RunningPoise, startPoise } from '../server.ts';

let poise: RunningPoise;
let floor: Floor;
/** Of team 5002; the supervisor of it, and two of team 5001 who take from queue 6002. */
let one: UserDesk;
let two: UserDesk;
let three: UserDesk;
let supervisor: UserDesk;
let support: UserDesk;
beforeAll(async () => {
  poise = await startPoise({ args: PATIENT_CALLS });
  floor = await Floor.open(poise);
  [one, two, three, supervisor, support] = (await floor.signedIn(
    '3001',
    '3002',
    '3003',
    ['2051', '3019'],
    ['1001003', '1001003'],
  )) as [UserDesk, UserDesk, UserDesk, UserDesk, UserDesk];
});
afterEach(() => floor.isQuiet());
afterAll(async () => {
  floor?.close();
  await poise?.stop();
});

let steps = 0;
const step = (what: string) => `${what}-${++steps}`;

/** A customer reaches agent 3001 by queue 6003, and they talk. */
async function talk(): Promise<{ id: string; customer: number }> {
  await one.setState('READY', step('ready'));
  const customer = await floor.customer('6003', { variables: { callVariable3: 'kept' } });
  const id = idOf(await one.rings());
  await one.dialog(id, 'ANSWER', step('answer'));
  return { id, customer };
}

/** `from` asks a colleague from the call; the colleague answers. @returns the consult dialog */
async function consult(from: UserDesk, id: string, to: UserDesk): Promise<string> {
  await from.dialog(id, 'CONSULT_CALL', step('consult'), `<toAddress>${to.extension}</toAddress>`);
  const consultId = idOf(await to.rings());
  await to.dialog(consultId, 'ANSWER', step('answer'));
  await from.leg('ACTIVE', consultId);
  return consultId;
}

const partiesOf = async (desk: UserDesk, id: string) => (await floor.pictureOf(desk.id)).calls[id]?.parties;
/** Waits until these are the parties of a dialog, and that everybody agrees. */
async function holds(desk: UserDesk, id: string, parties: Readonly<Record<string, string>>): Promise<void> {
  await expect
    .poll(() => partiesOf(desk, id), { message: `the parties of ${id}`, timeout: PATIENT_MS })
    .toEqual(parties);
  await floor.agrees();
}

test('a conference of three agents: a supervisor removes one, the controller leaves, the rest talk on', async () => {
  const { id } = await talk();
  const ask = await consult(one, id, two);
  const conferenced = dialogIn(await one.dialog(id, 'CONFERENCE', step('conference')));
  expect(idOf(conferenced)).toBe(id);
  await one.over(ask);
  await two.over(ask);
  await holds(one, id, { '15551234': 'ACTIVE', '3001': 'ACTIVE', '3002': 'ACTIVE' });
  const seen = await one.rest('GET', `/Dialog/${id}`);
  expect(seen.text).toContain('<callType>CONFERENCE</callType>');
  expect(seen.text).toContain('<value>kept</value>');

  // Only the controller may add somebody: the guest is not offered it, and is refused.
  const joined = await eventually('the conference at 3002', () =>
    two.log.updates.findLast((u) => dialogsOf(u).some((dialog) => idOf(dialog) === id)),
  );
  expect(actionsOf(dialogIn(joined), '3002')).not.toContain('CONSULT_CALL');
  const refused = await two.dialog(id, 'CONSULT_CALL', step('guest'), '<toAddress>3003</toAddress>');
  expect(refused.text).toContain('<apiErrors>');

  const askThird = await consult(one, id, three);
  await one.dialog(id, 'CONFERENCE', step('conference'));
  await three.over(askThird);
  await holds(one, id, { '15551234': 'ACTIVE', '3001': 'ACTIVE', '3002': 'ACTIVE', '3003': 'ACTIVE' });

  // An agent may not remove another; the supervisor of the team takes part in no way, and may not either.
  const byAgent = await one.dialog(id, 'PARTICIPANT_DROP', step('drop'), '', '3002');
  expect(byAgent.text).toContain('<apiErrors>');
  const asGuest = await supervisor.rest(
    'PUT',
    `/Dialog/${id}`,
    '<Dialog><requestedAction>PARTICIPANT_DROP</requestedAction><targetMediaAddress>3002</targetMediaAddress></Dialog>',
  );
  expect([asGuest.status, asGuest.text]).toEqual([401, expect.stringContaining(`<ErrorData>${id}<`)]);

  // The supervisor joins, then removes 3002.
  const askSupervisor = await consult(one, id, supervisor);
  await one.dialog(id, 'CONFERENCE', step('conference'));
  await supervisor.over(askSupervisor);
  const everybody = { '15551234': 'ACTIVE', '3001': 'ACTIVE', '3002': 'ACTIVE', '3003': 'ACTIVE' };
  await holds(one, id, { ...everybody, '3019': 'ACTIVE' });
  const removed = await supervisor.dialog(id, 'PARTICIPANT_DROP', step('remove'), '', '3002');
  expect(removed.text).not.toContain('apiErrors');
  await two.over(id);
  await holds(one, id, { '15551234': 'ACTIVE', '3001': 'ACTIVE', '3003': 'ACTIVE', '3019': 'ACTIVE' });
  const customerLeg = await supervisor.rest(
    'PUT',
    `/Dialog/${id}`,
    '<Dialog><requestedAction>PARTICIPANT_DROP</requestedAction><targetMediaAddress>15551234</targetMediaAddress></Dialog>',
  );
  expect([customerLeg.status, customerLeg.text]).toEqual([
    400,
    expect.stringContaining('<ErrorType>Invalid Destination<'),
  ]);

  // The controller leaves.
  await one.dialog(id, 'DROP', step('drop'));
  await one.over(id);
  await holds(three, id, { '15551234': 'ACTIVE', '3003': 'ACTIVE', '3019': 'ACTIVE' });
  await supervisor.dialog(id, 'DROP', step('drop'));
  await holds(three, id, { '15551234': 'ACTIVE', '3003': 'ACTIVE' });
  await three.dialog(id, 'DROP', step('drop'));
  await three.over(id);
  await one.setState('NOT_READY', step('not-ready'));
}, 240_000);

test('a direct transfer to a phone without an agent', async () => {
  await floor.phone('10000', 'auto-answer', 'on');
  const { id, customer } = await talk();
  const transferred = await one.dialog(id, 'TRANSFER_SST', step('sst'), '<toAddress>10000</toAddress>');
  expect(transferred.text).not.toContain('apiErrors');
  await one.over(id);
  await one.becomes('READY');
  // The call goes on without any agent.
  await eventually('the colleague at 10000 talks', async () => {
    const calls = await floor.observer.callsAt('10000');
    const [call] = Object.values(calls);
    return call?.parties['10000'] === 'ACTIVE' && call.parties['15551234'] === 'ACTIVE' ? calls : undefined;
  });
  await floor.hangUp(customer);
  await eventually('the end at 10000', async () =>
    Object.keys(await floor.observer.callsAt('10000')).length === 0 ? true : undefined,
  );
  await one.setState('NOT_READY', step('not-ready'));
});

test('a direct transfer to a queue: the call rings at another team, as one of theirs', async () => {
  await support.setState('READY', step('ready'));
  const { id } = await talk();
  await one.dialog(id, 'TRANSFER_SST', step('sst'), '<toAddress>6002</toAddress>');
  const offered = await support.rings();
  const variables = offered.child('mediaProperties')?.child('callvariables')?.elements('CallVariable');
  expect(variables?.[2]?.child('value')?.text).toBe('kept');
  await one.over(id);
  const at = idOf(offered);
  const answered = dialogIn(await support.dialog(at, 'ANSWER', step('answer')));
  expect(legOf(answered, '1001003')).toBe('ACTIVE');
  expect(participants(answered).map((party) => party.child('mediaAddress')?.text)).toContain('15551234');
  await holds(support, at, { '15551234': 'ACTIVE', '1001003': 'ACTIVE' });
  await support.dialog(at, 'DROP', step('drop'));
  await support.over(at);
  await one.setState('NOT_READY', step('not-ready'));
  // The queue was one without wrap-up at its end: OPTIONAL, and nobody asked for it.
  await support.setState('NOT_READY', step('not-ready'), '<reasonCodeId>1</reasonCodeId>');
});

test('a direct transfer to a number outside', async () => {
  const { id, customer } = await talk();
  await one.dialog(id, 'TRANSFER_SST', step('sst'), '<toAddress>004930123456</toAddress>');
  await one.over(id);
  await one.becomes('READY');
  await floor.hangUp(customer);
  await one.setState('NOT_READY', step('not-ready'));
});

test('a queue is consulted, and the agent whom it finds takes the call', async () => {
  const { id } = await talk();
  await one.dialog(id, 'CONSULT_CALL', step('consult'), '<toAddress>6002</toAddress>');
  // Nobody is ready there: the consult call waits in the queue.
  const waiting = dialogIn(
    await one.next('the consult dialog', (u) =>
      dialogsOf(u).some((dialog) => idOf(dialog) !== id && dialog.child('toAddress')?.text === '6002'),
    ),
  );
  await floor.agrees();
  await support.setState('READY', step('ready'));
  const offered = idOf(await support.rings());
  expect(offered).toBe(idOf(waiting));
  await support.dialog(offered, 'ANSWER', step('answer'));
  await one.leg('ACTIVE', offered);
  await floor.agrees();
  await one.dialog(id, 'TRANSFER', step('transfer'));
  await one.over(id);
  await holds(support, id, { '15551234': 'ACTIVE', '1001003': 'ACTIVE' });
  await support.dialog(id, 'DROP', step('drop'));
  await support.over(id);
  await one.setState('NOT_READY', step('not-ready'));
  await support.setState('NOT_READY', step('not-ready'), '<reasonCodeId>1</reasonCodeId>');
});

test('a transfer while the consult call still rings is refused, and nothing is lost', async () => {
  const { id } = await talk();
  await one.dialog(id, 'CONSULT_CALL', step('consult'), '<toAddress>3002</toAddress>');
  const consultId = idOf(await two.rings());
  const early = await one.dialog(id, 'TRANSFER', step('early'));
  expect(early.text).toContain('INVALID_ACTION TRANSFER on extension 3001');
  const conference = await one.dialog(id, 'CONFERENCE', step('early'));
  expect(conference.text).toContain('INVALID_ACTION CONFERENCE on extension 3001');
  await floor.agrees();
  expect(await partiesOf(one, id)).toEqual({ '15551234': 'ACTIVE', '3001': 'HELD' });
  // The consult call is given up, and the customer is fetched back.
  await one.dialog(consultId, 'DROP', step('drop'));
  await two.over(consultId);
  const back = dialogIn(await one.dialog(id, 'RETRIEVE', step('retrieve')));
  expect(legOf(back, '3001')).toBe('ACTIVE');
  expect(actionsOf(back, '3001')).toContain('CONSULT_CALL');
  await one.dialog(id, 'DROP', step('drop'));
  await one.setState('NOT_READY', step('not-ready'));
});

test('the caller hangs up in the middle of the set-up of a conference', async () => {
  // While the consult call rings.
  const first = await talk();
  await one.dialog(first.id, 'CONSULT_CALL', step('consult'), '<toAddress>3002</toAddress>');
  const ringing = idOf(await two.rings());
  await floor.hangUp(first.customer);
  await one.over(first.id);
  await two.dialog(ringing, 'ANSWER', step('answer'));
  await holds(two, ringing, { '3001': 'ACTIVE', '3002': 'ACTIVE' });
  const late = await one.rest(
    'PUT',
    `/Dialog/${first.id}`,
    '<Dialog><requestedAction>CONFERENCE</requestedAction><targetMediaAddress>3001</targetMediaAddress></Dialog>',
  );
  expect([late.status, late.text]).toEqual([404, expect.stringContaining('Dialog Not Found')]);
  await two.dialog(ringing, 'DROP', step('drop'));
  await one.over(ringing);
  await floor.isQuiet();

  // In the same moment as CONFERENCE, and whoever comes first: one answer, and nobody is left over.
  const second = await talk();
  const asked = await consult(one, second.id, two);
  const [answer] = await Promise.all([
    one.rest(
      'PUT',
      `/Dialog/${second.id}`,
      '<Dialog><requestedAction>CONFERENCE</requestedAction><targetMediaAddress>3001</targetMediaAddress></Dialog>',
      'race',
    ),
    floor.hangUp(second.customer),
  ]);
  expect([202, 404]).toContain(answer.status);
  if (answer.status === 202) await one.answered('race');
  await one.becomes('TALKING');
  await floor.agrees();
  const pictures = await floor.agrees();
  const [left] = Object.keys(pictures.get('3002')!.calls);
  expect([second.id, asked]).toContain(left);
  await two.dialog(left!, 'DROP', step('drop'));
  await one.over(left!);
  const events = one.log.updates.filter(({ requestId }) => requestId === 'race');
  expect(events).toHaveLength(answer.status === 202 ? 1 : 0);
  await one.setState('NOT_READY', step('not-ready'));
});
