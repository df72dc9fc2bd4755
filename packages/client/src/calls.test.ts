import { describe, expect, test } from 'vitest';
import { Harness, rejection } from '../test/harness.ts';
import { settle, updateXml, userXml } from '../test/wire-texts.ts';
import type { Calls, Dialog } from './index.ts';

const DIALOGS = '/finesse/api/User/2001/Dialogs';
const dialog = (id: string, root = 'dialog') =>
  `<${root}><id>${id}</id><state>ACTIVE</state><uri>/finesse/api/Dialog/${id}</uri></${root}>`;

async function open(): Promise<Harness> {
  return await new Harness().connect();
}

/** Runs a request, publishes the event, and tells what was sent and what came back. */
async function run(
  harness: Harness,
  request: (calls: Calls) => Promise<Dialog>,
  event = (requestId: string) => updateXml(dialog('7'), requestId, '/finesse/api/Dialog/7'),
) {
  const outcome = request(harness.client.calls);
  outcome.catch(() => {});
  await settle();
  const sent = harness.server.requests.filter(({ method }) => method !== 'GET').at(-1)!;
  harness.server.publish(DIALOGS, event(harness.requestId(sent.method)));
  return { sent: [sent.method, sent.path, sent.body], dialog: await outcome };
}

const put = (action: string, more = '', target = '2003') =>
  `<Dialog><requestedAction>${action}</requestedAction><targetMediaAddress>${target}</targetMediaAddress>${more}</Dialog>`;

describe('call control', () => {
  test('a call that is made resolves with the new dialog', async () => {
    const harness = await open();
    const { sent, dialog: made } = await run(
      harness,
      (calls) => calls.make('3002', [{ name: 'callVariable1', value: 'a & b' }]),
      (requestId) => updateXml(`<dialogs>${dialog('9', 'Dialog')}</dialogs>`, requestId, DIALOGS, 'POST'),
    );
    expect(sent).toEqual([
      'POST',
      '/User/2001/Dialogs',
      '<Dialog><requestedAction>MAKE_CALL</requestedAction><fromAddress>2003</fromAddress><toAddress>3002</toAddress>' +
        '<mediaProperties><callvariables><CallVariable><name>callVariable1</name><value>a &amp; b</value></CallVariable></callvariables></mediaProperties></Dialog>',
    ]);
    expect(made.id).toBe('9');
    harness.client.close();
  });

  test.each<[string, (calls: Calls) => Promise<Dialog>, string]>([
    ['answer', (calls) => calls.answer('7'), put('ANSWER')],
    ['hold', (calls) => calls.hold('7'), put('HOLD')],
    ['retrieve', (calls) => calls.retrieve('7'), put('RETRIEVE')],
    ['drop', (calls) => calls.drop('7'), put('DROP')],
    ['consult', (calls) => calls.consult('7', '10000'), put('CONSULT_CALL', '<toAddress>10000</toAddress>')],
    ['transfer', (calls) => calls.transfer('7'), put('TRANSFER')],
    ['conference', (calls) => calls.conference('7'), put('CONFERENCE')],
    [
      'transferDirectly',
      (calls) => calls.transferDirectly('7', '6001'),
      put('TRANSFER_SST', '<toAddress>6001</toAddress>'),
    ],
    [
      'sendDtmf',
      (calls) => calls.sendDtmf('7', '12#'),
      put(
        'SEND_DTMF',
        '<actionParams><ActionParam><name>dtmfString</name><value>12#</value></ActionParam></actionParams>',
      ),
    ],
    [
      'updateData',
      (calls) => calls.updateData('7', { wrapUpReason: 'Sale made' }),
      put('UPDATE_CALL_DATA', '<mediaProperties><wrapUpReason>Sale made</wrapUpReason></mediaProperties>'),
    ],
    ['startRecording', (calls) => calls.startRecording('7'), put('START_RECORDING')],
    ['dropParticipant', (calls) => calls.dropParticipant('7', '3002'), put('PARTICIPANT_DROP', '', '3002')],
  ])('%s names the own extension and resolves with the dialog of its event', async (_name, request, body) => {
    const harness = await open();
    const { sent, dialog: changed } = await run(harness, request);
    expect(sent).toEqual(['PUT', '/Dialog/7', body]);
    expect(changed.id).toBe('7');
    harness.client.close();
  });

  test('a supervisor listens and joins', async () => {
    const harness = await open();
    const posted = (requestId: string) =>
      updateXml(`<dialogs>${dialog('9', 'Dialog')}</dialogs>`, requestId, DIALOGS, 'POST');
    const monitor = await run(harness, (calls) => calls.silentMonitor('3001'), posted);
    expect(monitor.sent[2]).toBe(
      '<Dialog><requestedAction>SILENT_MONITOR</requestedAction><fromAddress>2003</fromAddress><toAddress>3001</toAddress></Dialog>',
    );
    const barge = await run(harness, (calls) => calls.barge('3001', monitor.dialog), posted);
    expect(barge.sent[2]).toContain('<associatedDialogUri>/finesse/api/Dialog/9</associatedDialogUri>');
    harness.client.close();
  });

  test('an error that comes as an event rejects', async () => {
    const harness = await open();
    const outcome = rejection(harness.client.calls.hold('7'));
    await settle();
    const errors =
      '<apiErrors><apiError><errorData>22</errorData><errorMessage>CF_INVALID_OBJECT_STATE</errorMessage><errorType>Generic Error</errorType></apiError></apiErrors>';
    harness.server.publish(DIALOGS, updateXml(errors, harness.requestId(), '/finesse/api/Dialog/7', 'put'));
    expect(await outcome).toMatchObject({ status: 400, errorType: 'Generic Error' });
    harness.client.close();
  });

  test('the extension is the one that the last event told', async () => {
    const harness = await open();
    await harness.client.user();
    const moved = userXml('NOT_READY').replace('2003', '2009');
    harness.server.publish('/finesse/api/User/2001', updateXml(moved, ''));
    await settle();
    const { sent } = await run(harness, (calls) => calls.answer('7'));
    expect(sent[2]).toBe(put('ANSWER', '', '2009'));
    harness.client.close();
  });
});

describe('queues and team messages', () => {
  test('figures that nobody knows are null', async () => {
    const harness = await open();
    harness.server.handlers.set('GET /User/2001/Queues', () => ({
      status: 200,
      body: '<Queues><Queue><name>Sales</name><statistics><agentsReady>2</agentsReady><callsInQueue>-1</callsInQueue><startTimeOfLongestCallInQueue>2026-02-15T17:58:21Z</startTimeOfLongestCallInQueue></statistics><uri>/finesse/api/Queue/85881</uri></Queue></Queues>',
    }));
    const [queue] = await harness.client.queues();
    expect(queue).toMatchObject({ id: '85881', name: 'Sales' });
    expect(queue!.statistics).toMatchObject({
      agentsReady: 2,
      callsInQueue: null,
      agentsLoggedOn: null,
      startTimeOfLongestCallInQueue: new Date('2026-02-15T17:58:21Z'),
    });
    harness.client.close();
  });

  test('a team message is created, told and deleted', async () => {
    const harness = await open();
    harness.server.handlers.set('POST /TeamMessage', () => ({
      status: 200,
      headers: { Location: 'https://desk.example/finesse/api/TeamMessage/abc' },
    }));
    harness.server.handlers.set('DELETE /TeamMessage/abc', () => ({ status: 200 }));
    expect(await harness.client.createTeamMessage('Fire drill', [5000, 5001], 300)).toBe('abc');
    expect(harness.server.requests.at(-1)!.body).toBe(
      '<TeamMessage><duration>300</duration><content>Fire drill</content><teams><team>5000</team><team>5001</team></teams></TeamMessage>',
    );
    const body =
      '<TeamMessage><uri>/finesse/api/TeamMessage/abc</uri><id>abc</id><createdBy><id>2050</id></createdBy><createdAt>1763636831</createdAt><duration>300</duration><content>Fire drill</content><teams><team>5000</team></teams></TeamMessage>';
    harness.server.publish(
      '/finesse/api/Team/5000/TeamMessages',
      updateXml(body, '', '/finesse/api/TeamMessage/abc', 'POST'),
    );
    await settle();
    expect(harness.updates.at(-1)!.data).toMatchObject({
      type: 'teamMessage',
      teamMessage: { id: 'abc', durationSeconds: 300, teamIds: [5000], createdAt: new Date(1763636831000) },
    });
    await harness.client.deleteTeamMessage('abc');
    harness.client.close();
  });
});
