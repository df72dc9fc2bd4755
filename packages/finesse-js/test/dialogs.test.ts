import { beforeEach, describe, expect, test, vi } from 'vitest';
import { parseXml } from '../src/utilities/xml.ts';
import { type Frame, frame } from './frame.ts';

let f: Frame;
const log: string[] = [];

beforeEach(async () => {
  f = await frame();
  f.begun();
  log.length = 0;
});

const NODE = '/finesse/api/User/1001/Dialogs';

const dialogXml = (id: string, state: string, more = '') =>
  `<Dialog><uri>/finesse/api/Dialog/${id}</uri><id>${id}</id><state>${state}</state><fromAddress>5551234</fromAddress><toAddress/>
<mediaProperties><DNIS>3001</DNIS><callType>ACD_IN</callType><wrapUpReason/><callvariables>
<CallVariable><name>callVariable1</name><value>Anna &amp; Co</value></CallVariable>
<CallVariable><name>user.note</name><value/></CallVariable></callvariables></mediaProperties>
<participants><Participant><mediaAddress>3001</mediaAddress><mediaAddressType>AGENT_DEVICE</mediaAddressType><state>${state}</state>
<stateCause/><startTime>2026-01-01T00:00:00.000Z</startTime><stateChangeTime>2026-01-01T00:00:05.000Z</stateChangeTime>
<actions><action>ANSWER</action></actions></Participant></participants>${more}</Dialog>`;

const body = (id: string, state: string, more = '') => parseXml(dialogXml(id, state, more)).Dialog;
const collection = (event: string, id: string, state: string) =>
  f.hub.update(NODE, { event, source: NODE, data: { dialogs: { Dialog: body(id, state) } } });

function dialogs() {
  const user = new f.finesse.restservices.User({ id: '1001' });
  f.last().answer(200, '<User><loginId>1001</loginId><extension>3001</extension></User>');
  const all = user.getDialogs({
    onLoad: (it) => void log.push(`load ${it.length}`),
    onCollectionAdd: (it) => void log.push(`add ${it.getId()} ${it.getState()}`),
    onCollectionDelete: (it) =>
      void log.push(`delete ${it.getId()} ${it.getState()} of ${all.getDialogCount()}`),
  });
  return { user, all };
}

describe('the calls of a user', () => {
  test('are read once, with the items that there are', () => {
    const { all } = dialogs();
    expect(all.getCollection()).toEqual({});
    f.last().answer(200, `<Dialogs>${dialogXml('1', 'ACTIVE')}</Dialogs>`);
    expect(log).toEqual(['load 1']);
    expect(all.getCollection()['1']?.getState()).toBe('ACTIVE');
  });

  test('come, change and go by events', () => {
    const { all } = dialogs();
    f.last().answer(200, '<Dialogs/>');
    collection('POST', '1', 'ALERTING');
    const dialog = all.getCollection()['1'];
    dialog?.addHandler('change', (it) => void log.push(`change ${it.getState()}`));
    dialog?.addHandler('delete', (it) => void log.push(`gone ${it.getState()}`));
    collection('POST', '1', 'ALERTING');
    f.hub.update(NODE, {
      event: 'PUT',
      source: '/finesse/api/Dialog/1',
      data: { dialog: body('1', 'ACTIVE') },
    });
    f.hub.update(NODE, {
      event: 'PUT',
      source: '/finesse/api/Dialog/9',
      data: { dialog: body('9', 'ACTIVE') },
    });
    collection('DELETE', '1', 'DROPPED');
    collection('DELETE', '1', 'DROPPED');
    expect(log).toEqual([
      'load 0',
      'add 1 ALERTING',
      'change ALERTING',
      'change ACTIVE',
      'delete 1 DROPPED of 1',
      'gone DROPPED',
    ]);
    expect(all.length).toBe(0);
  });

  test('come before the list is read, and are not lost by an older list', () => {
    const { all } = dialogs();
    collection('POST', '2', 'ALERTING');
    f.last().answer(200, '<Dialogs/>');
    expect(log).toEqual(['add 2 ALERTING', 'load 1']);
    expect(Object.keys(all.getCollection())).toEqual(['2']);
  });

  test('are one object for all who ask, with the handlers of the first; getDialogsNoCache gives another', () => {
    const { user, all } = dialogs();
    const again = user.getDialogs({ onLoad: () => void log.push('second') });
    f.last().answer(200, '<Dialogs/>');
    expect(again).toBe(all);
    expect(log).toEqual(['load 0']);
    expect(user.getDialogsNoCache()).not.toBe(all);
  });

  test('are counted without the one that is monitored', () => {
    const { all } = dialogs();
    f.last().answer(
      200,
      `<Dialogs>${dialogXml('1', 'ACTIVE')}${dialogXml('2', 'ACTIVE').replace('ACD_IN', 'SUPERVISOR_MONITOR')}</Dialogs>`,
    );
    expect([all.getDialogCount(), all.getDialogCount(true)]).toEqual([2, 1]);
  });

  test('are made by requests', () => {
    const { all } = dialogs();
    all.createNewCallDialog('5000', '3001');
    expect([f.last().method, f.last().path, f.last().body]).toEqual([
      'POST',
      NODE,
      '<Dialog><requestedAction>MAKE_CALL</requestedAction><fromAddress>3001</fromAddress><toAddress>5000</toAddress></Dialog>',
    ]);
    all.createNewSuperviseCallDialog('3002', '3001', 'SILENT_MONITOR');
    expect(f.last().body).toContain('<requestedAction>SILENT_MONITOR</requestedAction>');
    all.createNewBargeCall('3001', '3002', 'BARGE_CALL', '/finesse/api/Dialog/1');
    expect(f.last().body).toContain('<associatedDialogUri>/finesse/api/Dialog/1</associatedDialogUri>');
  });
});

describe('a call', () => {
  const dialog = () => {
    const { all } = dialogs();
    const callback =
      '<scheduledCallbackInfo><callbackTime>2026-01-02T10:00</callbackTime></scheduledCallbackInfo>';
    f.last().answer(200, `<Dialogs>${dialogXml('1', 'ACTIVE', callback)}</Dialogs>`);
    const found = all.getCollection()['1'];
    if (!found) throw new Error('no dialog');
    return found;
  };

  test('gives its data in one flat object, empty ones as text', () => {
    const d = dialog();
    expect(d.getMediaProperties()).toEqual({
      DNIS: '3001',
      callType: 'ACD_IN',
      wrapUpReason: '',
      callVariable1: 'Anna & Co',
      'user.note': '',
    });
    expect(d.getCallVariable('callVariable1')).toBe('Anna & Co');
    expect(d.getCallVariable('callVariable9')).toBe('');
    expect([d.getFromAddress(), d.getToAddress(), d.getCallType(), d.getDNIS()]).toEqual([
      '5551234',
      '',
      'ACD_IN',
      '3001',
    ]);
    expect([d.getDialogUri(), d.getRestUrl()]).toEqual(['/finesse/api/Dialog/1', '/finesse/api/Dialog/1']);
    expect(d.getCallbackInfo()).toEqual({ callbackTime: '2026-01-02T10:00' });
  });

  test('has participants as an array, also a single one', () => {
    const d = dialog();
    expect(d.getParticipants()).toMatchObject([
      { mediaAddress: '3001', stateCause: null, actions: { action: 'ANSWER' } },
    ]);
    expect(d.getParticipantTimerCounters('3001')).toEqual({
      state: 'ACTIVE',
      startTime: '2026-01-01T00:00:00.000Z',
      stateChangeTime: '2026-01-01T00:00:05.000Z',
    });
    // Gadgets read members of it when the call goes, whoever is still in it then.
    expect(d.getParticipantTimerCounters('9')).toEqual({});
    expect(d.isParticipantDroppable('3001')).toBe(true);
    expect(d.getDroppableParticipants('3001')).toEqual([]);
    expect(d.getDroppableParticipants()).toHaveLength(1);
  });

  test.each<[string, (d: ReturnType<typeof dialog>) => unknown, string]>([
    [
      'requestAction',
      (d) => d.requestAction('3001', 'HOLD'),
      '<targetMediaAddress>3001</targetMediaAddress><requestedAction>HOLD</requestedAction>',
    ],
    [
      'makeConsultCall',
      (d) => d.makeConsultCall('3001', '3002'),
      '<targetMediaAddress>3001</targetMediaAddress><requestedAction>CONSULT_CALL</requestedAction><toAddress>3002</toAddress>',
    ],
    [
      'initiateDirectTransfer',
      (d) => d.initiateDirectTransfer('3001', '3002'),
      '<targetMediaAddress>3001</targetMediaAddress><requestedAction>TRANSFER_SST</requestedAction><toAddress>3002</toAddress>',
    ],
    [
      'sendDTMFRequest',
      (d) => d.sendDTMFRequest('3001', undefined, '5'),
      '<targetMediaAddress>3001</targetMediaAddress><requestedAction>SEND_DTMF</requestedAction><actionParams><ActionParam><name>dtmfString</name><value>5</value></ActionParam></actionParams>',
    ],
    [
      'dropCall',
      (d) => d.dropCall('3001'),
      '<targetMediaAddress>3001</targetMediaAddress><requestedAction>DROP</requestedAction>',
    ],
    [
      'dropParticipant',
      (d) => d.dropParticipant('3002'),
      '<targetMediaAddress>3002</targetMediaAddress><requestedAction>PARTICIPANT_DROP</requestedAction>',
    ],
    [
      'updateWrapUpReason',
      (d) => d.updateWrapUpReason('A & B'),
      '<requestedAction>UPDATE_CALL_DATA</requestedAction><mediaProperties><wrapUpReason>A &amp; B</wrapUpReason></mediaProperties>',
    ],
    [
      'updateWrapUpReason, several',
      (d) => d.updateWrapUpReason(['A', 'B']),
      '<requestedAction>UPDATE_CALL_DATA</requestedAction><mediaProperties><wrapUpItems><wrapUpItem>A</wrapUpItem><wrapUpItem>B</wrapUpItem></wrapUpItems></mediaProperties>',
    ],
    [
      'updateCallVariable',
      (d) => d.updateCallVariable('callVariable1', 'x'),
      '<requestedAction>UPDATE_CALL_DATA</requestedAction><mediaProperties><callvariables><CallVariable><name>callVariable1</name><value>x</value></CallVariable></callvariables></mediaProperties>',
    ],
    [
      'updateCallbackTime',
      (d) => d.updateCallbackTime('3001', '2026-01-02T10:00'),
      '<targetMediaAddress>3001</targetMediaAddress><requestedAction>UPDATE_SCHEDULED_CALLBACK</requestedAction><actionParams><ActionParam><name>callbackTime</name><value>2026-01-02T10:00</value></ActionParam></actionParams>',
    ],
    [
      'updateCallbackNumber',
      (d) => d.updateCallbackNumber('3001', '55'),
      '<targetMediaAddress>3001</targetMediaAddress><requestedAction>UPDATE_SCHEDULED_CALLBACK</requestedAction><actionParams><ActionParam><name>callbackNumber</name><value>55</value></ActionParam></actionParams>',
    ],
    [
      'cancelCallback',
      (d) => d.cancelCallback('3001'),
      '<targetMediaAddress>3001</targetMediaAddress><requestedAction>CANCEL_SCHEDULED_CALLBACK</requestedAction>',
    ],
    [
      'reclassifyCall',
      (d) => d.reclassifyCall('3001', 'FAX'),
      '<targetMediaAddress>3001</targetMediaAddress><requestedAction>RECLASSIFY</requestedAction><actionParams><ActionParam><name>outboundClassification</name><value>FAX</value></ActionParam></actionParams>',
    ],
  ])('%s asks for it', (_name, act, content) => {
    const d = dialog();
    expect(act(d)).toBe(d);
    expect([f.last().method, f.last().path, f.last().body]).toEqual([
      'PUT',
      '/finesse/api/Dialog/1',
      `<Dialog>${content}</Dialog>`,
    ]);
  });

  test('hears of errors of its requests on the node of the calls', () => {
    const error = vi.fn();
    dialog().requestAction('3001', 'HOLD', { error });
    const { requestId } = f.last().headers;
    f.last().answer(202);
    f.hub.update(NODE, {
      event: 'put',
      requestId,
      source: '/finesse/api/Dialog/1',
      data: { apiErrors: { apiError: { errorType: 'Generic Error' } } },
    });
    expect(error).toHaveBeenCalledWith(
      expect.objectContaining({
        status: 400,
        object: { ApiErrors: { ApiError: { ErrorType: 'Generic Error' } } },
      }),
    );
  });

  test('by itself is not read until it is asked for, and hears its own events only', () => {
    const before = f.sent.length;
    const d = new f.finesse.restservices.Dialog({
      id: '5',
      onLoad: () => void log.push('load'),
      onChange: () => void log.push('change'),
    });
    expect(f.sent).toHaveLength(before);
    d.refresh();
    f.last().answer(200, dialogXml('5', 'ACTIVE'));
    for (const id of ['5', '6'])
      f.hub.update(NODE, {
        event: 'PUT',
        source: `/finesse/api/Dialog/${id}`,
        data: { dialog: body(id, 'ACTIVE') },
      });
    expect(log).toEqual(['load', 'change']);
  });

  test('remembers that digits were sent', () => {
    const d = dialog();
    expect(d.isSentDTMF()).toBe(false);
    d.setSentDTMF(true);
    expect(d.isSentDTMF()).toBe(true);
  });
});
