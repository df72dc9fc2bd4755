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
  poise = await startPoise();
});
afterAll(() => poise?.stop());

/** `poise sim …` against the running server. */
async function sim(...args: string[]): Promise<string> {
  const program = join(import.meta.dirname, '../packages/server/bin/poise.mjs');
  const { stdout } = await run(process.execPath, [program, 'sim', ...args, '--data', poise.data]);
  return stdout;
}

async function desk(id: string, extension = id): Promise<UserDesk> {
  const session = await (await tcpSession(poise.ports.xmpp, id, 'desktop')).appear();
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
    await agent.state('RESERVED').catch(() => undefined);
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
