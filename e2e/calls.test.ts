/**
 * Calls as a new user meets them: the real command, agents on sessions of two kinds, customers by `poise sim call`,
 * every action over REST, and what each of them is told.
 */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { boshSession } from './connections/bosh.ts';
import { eventually } from './connections/deadline.ts';
import { PATIENT_CALLS } from './connections/floor.ts';
import { tcpSession } from './connections/tcp-session.ts';
import {
  actionsOf,
  dialogIn,
  dialogsOf,
  idOf,
  legOf,
  type SeenUpdate,
  UpdateLog,
  UserDesk,
} from './connections/user-desk.ts';
import { type RunningPoise, startPoise } from './server.ts';

const run = promisify(execFile);
let poise: RunningPoise;
beforeAll(async () => {
  poise = await startPoise({ args: PATIENT_CALLS });
});
afterAll(() => poise?.stop());

/** `poise sim …` against the running server. */
async function sim(...args: string[]): Promise<string> {
  const program = join(import.meta.dirname, '../packages/server/bin/poise.mjs');
  const { stdout } = await run(process.execPath, [program, 'sim', ...args, '--data', poise.data]);
  return stdout;
}

async function desk(id: string, extension = id): Promise<UserDesk> {
  const session = await (await tcpSession(poise.ports.xmpp, id, 'desktop')).answerPings().appear();
  return new UserDesk(poise.ports, id, extension, session);
}

const onDialogs = ({ node }: SeenUpdate) => node.endsWith('/Dialogs');
/** Updates of calls as `POST ALERTING`: event and state of the leg. */
const story = (log: UpdateLog, extension: string, dialogId: string) =>
  log.updates
    .filter(onDialogs)
    .flatMap((update) =>
      dialogsOf(update)
        .filter((dialog) => idOf(dialog) === dialogId)
        .map((dialog) => `${update.event} ${dialog.child('state')?.text}/${legOf(dialog, extension)}`),
    )
    .filter((step, i, all) => step !== all[i - 1]);

describe('a customer calls 6003', () => {
  let agent: UserDesk;
  let other: UpdateLog;
  let colleague: UserDesk;
  let id: string;

  beforeAll(async () => {
    agent = await desk('3001');
    // The same agent at a second client of another kind.
    other = new UpdateLog(await (await boshSession(poise.ports.bosh, '3001', 'wallboard')).appear());
    colleague = await desk('3002');
    await agent.signIn('in-1');
    await colleague.signIn('in-2');
    await agent.setState('READY', 'ready-1');
  });

  test('it rings at the agent, on both clients, with what is known of the caller', async () => {
    await sim('call', '--to', '6003', '--from', '15551234', '--var', 'callVariable1=gold & silver');
    const update = await agent.leg('ALERTING');
    const dialog = dialogIn(update);
    id = idOf(dialog);
    expect(update).toMatchObject({
      event: 'POST',
      requestId: '',
      source: '/finesse/api/User/3001/Dialogs',
      node: '/finesse/api/User/3001/Dialogs',
    });
    expect(dialog.child('fromAddress')?.text).toBe('15551234');
    expect(dialog.child('toAddress')?.text).toBe('6003');
    expect(dialog.child('state')?.text).toBe('ALERTING');
    expect(actionsOf(dialog, '3001')).toEqual(['ANSWER']);
    const media = dialog.child('mediaProperties')!;
    expect(media.child('callType')?.text).toBe('PREROUTE_ACD_IN');
    expect(media.child('DNIS')?.text).toBe('3001');
    expect(media.child('dialedNumber')?.text).toBe('6003');
    expect(media.child('callvariables')?.elements('CallVariable')[0]?.child('value')?.text).toBe(
      'gold & silver',
    );
    await eventually('the same Update at the other client', () =>
      other.updates.find(({ text }) => text === update.text),
    );
    const got = await agent.rest('GET', `/Dialog/${id}`);
    expect(got.status).toBe(200);
    expect(got.text).toMatch(/^<Dialog>\n {2}<associatedDialogUri>/);
  });

  test('it is answered, held, retrieved; keys and data go with it', async () => {
    const answered = await agent.dialog(id, 'ANSWER', 'answer-1');
    expect(answered).toMatchObject({ event: 'PUT', source: `/finesse/api/Dialog/${id}` });
    expect(legOf(dialogIn(answered), '3001')).toBe('ACTIVE');
    expect(actionsOf(dialogIn(answered), '3001')).toEqual([
      'TRANSFER_SST',
      'CONSULT_CALL',
      'HOLD',
      'UPDATE_CALL_DATA',
      'SEND_DTMF',
      'DROP',
    ]);
    await agent.state('TALKING');
    expect(legOf(dialogIn(await agent.dialog(id, 'HOLD', 'hold-1')), '3001')).toBe('HELD');
    await agent.state('HOLD');
    expect(legOf(dialogIn(await agent.dialog(id, 'RETRIEVE', 'retrieve-1')), '3001')).toBe('ACTIVE');
    const keys =
      '<actionParams><ActionParam><name>dtmfString</name><value>12*#</value></ActionParam></actionParams>';
    expect(legOf(dialogIn(await agent.dialog(id, 'SEND_DTMF', 'dtmf-1', keys)), '3001')).toBe('ACTIVE');
    const data =
      '<mediaProperties><callvariables><CallVariable><name>callVariable2</name><value>b2</value></CallVariable></callvariables></mediaProperties>';
    const updated = await agent.dialog(id, 'UPDATE_CALL_DATA', 'data-1', data);
    expect(updated.text).toContain('<name>callVariable2</name>\n<value>b2</value>');
    expect(updated.text).toContain('<value>gold &amp; silver</value>');
  });

  test('a colleague is consulted and the call handed over', async () => {
    await agent.dialog(id, 'CONSULT_CALL', 'consult-1', '<toAddress>3002</toAddress>');
    const ringing = await colleague.leg('ALERTING');
    const consultId = idOf(dialogIn(ringing));
    expect(consultId).not.toBe(id);
    expect(dialogIn(ringing).child('mediaProperties')?.child('callType')?.text).toBe('CONSULT_OFFERED');
    await colleague.dialog(consultId, 'ANSWER', 'answer-2');
    await agent.leg('ACTIVE', consultId);
    const held = await agent.rest('GET', `/Dialog/${id}`);
    expect(held.text).toContain('<action>TRANSFER</action>');
    expect(held.text).toContain('<action>CONFERENCE</action>');
    await agent.dialog(id, 'TRANSFER', 'transfer-1');
    // The receiving agent loses the consult dialog and gets the surviving one.
    await colleague.next(
      'the end of the consult dialog',
      (u) => u.event === 'DELETE' && u.text.includes(consultId),
    );
    const received = await eventually('the surviving dialog', () =>
      colleague.log.updates.find(
        (u) => u.event === 'POST' && dialogsOf(u).some((dialog) => idOf(dialog) === id),
      ),
    );
    expect(legOf(dialogIn(received), '3002')).toBe('ACTIVE');
    await eventually('the end at the transferring agent', () =>
      agent.log.updates.find((u) => u.event === 'DELETE' && u.text.includes(`<id>${id}</id>`)),
    );
    expect(story(agent.log, '3001', id)).toEqual([
      'POST ALERTING/ALERTING',
      'PUT ACTIVE/ACTIVE',
      'PUT ACTIVE/HELD',
      'PUT ACTIVE/ACTIVE',
      'PUT ACTIVE/HELD',
      'PUT ACTIVE/DROPPED',
      'DELETE DROPPED/DROPPED',
    ]);
    await agent.state('READY');
    expect((await agent.rest('GET', '/User/3001/Dialogs')).text).toBe('<Dialogs/>');
  });

  test('the colleague ends it, and every agent is where it began', async () => {
    await colleague.dialog(id, 'DROP', 'drop-2');
    await colleague.next('the end', (u) => u.event === 'DELETE' && u.text.includes(`<id>${id}</id>`));
    await eventually(
      '3002 is NOT_READY',
      async () =>
        (await colleague.rest('GET', '/User/3002')).text.includes('<state>NOT_READY</state>') || undefined,
    );
    for (const requestId of [
      'answer-1',
      'hold-1',
      'retrieve-1',
      'dtmf-1',
      'data-1',
      'consult-1',
      'transfer-1',
    ])
      expect(
        agent.log.updates.filter((u) => u.requestId === requestId),
        requestId,
      ).toHaveLength(1);
  });
});

/** Ends what is left of a user's dialogs and waits until the list is empty. */
async function isFree(user: UserDesk): Promise<void> {
  await eventually(
    `${user.id} has no dialogs`,
    async () => (await user.rest('GET', `/User/${user.id}/Dialogs`)).text === '<Dialogs/>' || undefined,
  );
}

const errorsOf = (update: SeenUpdate) => update.text.replaceAll('\n', '');

describe('a team with wrap-up', () => {
  let agent: UserDesk;
  let supervisor: UserDesk;
  let id: string;

  beforeAll(async () => {
    agent = await desk('2001', '2005');
    supervisor = await desk('2050', '2006');
    await agent.signIn('w-in');
    await supervisor.signIn('s-in');
    await agent.setState('READY', 'w-ready');
    await sim('call', '--to', '6001', '--from', '15559876');
    id = idOf(dialogIn(await agent.leg('ALERTING')));
    await agent.dialog(id, 'ANSWER', 'w-answer');
  });

  test('a supervisor listens, joins in, and leaves; the agent is shown it and told of the conference', async () => {
    const monitor = await supervisor.call('SILENT_MONITOR', '2005', 's-monitor');
    expect(monitor.event).toBe('POST');
    const active = await supervisor.leg('ACTIVE', idOf(dialogIn(monitor)));
    const monitorDialog = dialogIn(active);
    expect(actionsOf(monitorDialog, '2006')).toEqual(['BARGE_CALL', 'DROP']);
    expect((await agent.rest('GET', '/User/2001/Dialogs')).text.match(/<Dialog>/g)).toHaveLength(2);
    const uri = `<associatedDialogUri>/finesse/api/Dialog/${idOf(monitorDialog)}</associatedDialogUri>`;
    const barge = await supervisor.call('BARGE_CALL', '2005', 's-barge', uri);
    expect(dialogIn(barge).child('participants')?.elements('Participant')).toHaveLength(3);
    await agent.next('the conference', (u) =>
      dialogsOf(u).some((dialog) => idOf(dialog) === id && legOf(dialog, '2006') === 'ACTIVE'),
    );
    await supervisor.dialog(idOf(dialogIn(barge)), 'DROP', 's-drop');
    await isFree(supervisor);
  });

  test('a supervisor of other teams may not', async () => {
    const other = await desk('2051', '2007');
    await other.signIn('o-in');
    const answer = await other.rest(
      'POST',
      '/User/2051/Dialogs',
      '<Dialog><requestedAction>SILENT_MONITOR</requestedAction><fromAddress>2007</fromAddress><toAddress>2005</toAddress></Dialog>',
      'o-monitor',
    );
    expect([answer.status, /<ErrorType>(.*)<\/ErrorType>/.exec(answer.text)?.[1]]).toEqual([
      401,
      'Invalid Supervisor',
    ]);
    expect((await other.rest('GET', `/Dialog/${id}`)).status).toBe(401);
  });

  test('after the call the leg is in wrap-up until the agent is ready again', async () => {
    const dropped = await agent.dialog(id, 'DROP', 'w-drop');
    expect(legOf(dialogIn(dropped), '2005')).toBe('WRAP_UP');
    expect(actionsOf(dialogIn(dropped), '2005')).toEqual(['UPDATE_CALL_DATA']);
    await agent.state('WORK_READY');
    const reason = '<mediaProperties><wrapUpReason>Sale made</wrapUpReason></mediaProperties>';
    const wrapped = await agent.dialog(id, 'UPDATE_CALL_DATA', 'w-reason', reason);
    expect(wrapped.text).toContain('<wrapUpReason>Sale made</wrapUpReason>');
    await agent.setState('READY', 'w-done');
    await agent.next('the end', (u) => u.event === 'DELETE' && u.text.includes(`<id>${id}</id>`));
    await isFree(agent);
  });
});

describe('what cannot be done', () => {
  let agent: UserDesk;
  let other: UserDesk;
  let id: string;
  let sequence = 0;
  const next = () => `bad-${sequence++}`;

  beforeAll(async () => {
    agent = await desk('3003');
    other = await desk('3004');
    await agent.signIn(next());
    await other.signIn(next());
    await agent.setState('READY', next());
    // Agents of the same queue who became ready before have their own calls.
    for (let tries = 0; tries < 3; tries++) {
      await sim('call', '--to', '3003', '--from', '15550001');
      const update = await agent.leg('ALERTING');
      id = idOf(dialogIn(update));
      if (id) break;
    }
  });

  test('two clients answer at once: one succeeds, the other is told why not, each exactly once', async () => {
    const answers = await Promise.all([
      agent.dialog(id, 'ANSWER', 'twice-1'),
      agent.dialog(id, 'ANSWER', 'twice-2'),
    ]);
    const failed = answers.filter(({ data }) => data?.name === 'apiErrors');
    expect(failed).toHaveLength(1);
    expect(errorsOf(failed[0]!)).toContain('<errorType>Generic Error</errorType>');
    for (const requestId of ['twice-1', 'twice-2'])
      expect(agent.log.updates.filter((u) => u.requestId === requestId)).toHaveLength(1);
    expect(legOf(dialogIn(answers.find(({ data }) => data?.name !== 'apiErrors')!), '3003')).toBe('ACTIVE');
  });

  test.each([
    ['RETRIEVE', ''],
    ['TRANSFER', ''],
    ['CONFERENCE', ''],
    ['ANSWER', ''],
  ])('%s of an active call is accepted and then refused by an event', async (action, more) => {
    const update = await agent.dialog(id, action, next(), more);
    expect(update.event).toBe('put');
    expect(errorsOf(update)).toMatch(/<apiErrors><apiError>.*<errorType>Generic Error<\/errorType>/);
  });

  const put = (user: UserDesk, body: string, dialogId = id) =>
    user.rest('PUT', `/Dialog/${dialogId}`, body, next());
  const typeOf = ({ text }: { text: string }) => /<ErrorType>(.*)<\/ErrorType>/.exec(text)?.[1];
  const action = (word: string, more = '', target = '3003') =>
    `<Dialog><requestedAction>${word}</requestedAction><targetMediaAddress>${target}</targetMediaAddress>${more}</Dialog>`;
  const variable = (name: string, value: string) =>
    action(
      'UPDATE_CALL_DATA',
      `<mediaProperties><callvariables><CallVariable><name>${name}</name><value>${value}</value></CallVariable></callvariables></mediaProperties>`,
    );
  const dtmf = (digits: string) =>
    action(
      'SEND_DTMF',
      `<actionParams><ActionParam><name>dtmfString</name><value>${digits}</value></ActionParam></actionParams>`,
    );

  test('synchronous errors', async () => {
    expect((await put(other, action('HOLD', '', '3004'))).status).toBe(401);
    expect((await put(agent, action('HOLD'), '4711')).status).toBe(404);
    for (const [body, type] of [
      [action('JUMP'), 'Invalid Input'],
      ['<Dialog><targetMediaAddress>3003</targetMediaAddress></Dialog>', 'Parameter Missing'],
      [action('CONSULT_CALL'), 'Parameter Missing'],
      [variable('callVariable1', 'x'.repeat(41)), 'Invalid Input'],
      [variable('callVariable11', 'x'), 'Invalid Input'],
      [variable('BAStatus', 'x'), 'Invalid Input'],
      [dtmf('12X'), 'Invalid Input'],
      ['<Dialog>', 'Bad Request'],
    ] as const) {
      const answer = await put(agent, body);
      expect([answer.status, typeOf(answer)], body.slice(0, 200)).toEqual([400, type]);
    }
    const own = await agent.rest(
      'POST',
      '/User/3003/Dialogs',
      '<Dialog><requestedAction>MAKE_CALL</requestedAction><fromAddress>3003</fromAddress><toAddress>3003</toAddress></Dialog>',
      next(),
    );
    expect([own.status, typeOf(own)]).toEqual([400, 'Invalid Destination']);
  });

  test('a flood of requests on one dialog: each is answered once, and nobody else notices', async () => {
    const answers = await Promise.all(
      Array.from({ length: 120 }, (_, i) =>
        agent.rest('PUT', `/Dialog/${id}`, action(i % 2 ? 'RETRIEVE' : 'HOLD'), `flood-${i}`),
      ),
    );
    const accepted = answers.flatMap(({ status }, i) => (status === 202 ? [i] : []));
    expect(accepted.length).toBeGreaterThan(0);
    expect(answers.filter(({ status }) => status !== 202 && status !== 400)).toEqual([]);
    for (const i of accepted) await agent.answered(`flood-${i}`);
    for (const i of accepted)
      expect(
        agent.log.updates.filter((u) => u.requestId === `flood-${i}`),
        `flood-${i}`,
      ).toHaveLength(1);
    expect((await other.setState('READY', next())).text).toContain('<state>READY</state>');
    await other.setState('NOT_READY', next());
  });

  test('an unknown number fails at the caller, who can end it; then everybody is free', async () => {
    const current = await agent.rest('GET', `/Dialog/${id}`);
    if (current.text.includes('<state>HELD</state>')) await agent.dialog(id, 'RETRIEVE', next());
    await agent.dialog(id, 'DROP', next());
    await isFree(agent);
    const made = await agent.call('MAKE_CALL', '77', next());
    if (made.data?.name !== 'apiErrors') {
      const failedId = idOf(dialogIn(made));
      const failed = await agent.leg('FAILED', failedId);
      expect(failed.text).toContain('<stateCause>BAD_DESTINATION</stateCause>');
      await agent.dialog(failedId, 'DROP', next());
    }
    await isFree(agent);
    await eventually(
      '3003 is not in a call',
      async () =>
        /<state>(READY|NOT_READY)<\/state>/.test((await agent.rest('GET', '/User/3003')).text) || undefined,
    );
  });
});
