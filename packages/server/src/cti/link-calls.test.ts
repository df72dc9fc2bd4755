import { AgentState, CallType, DeviceIDType, type Fields, LocalConnectionState } from '@poise/ged188';
import { afterEach, expect, test } from 'vitest';
import { LinkPicture } from '../../test/cti/link-picture.ts';
import type { CallControl, CtiAnswer } from './port.ts';

let picture: LinkPicture | undefined;
afterEach(async () => {
  await picture?.link.stop();
  picture = undefined;
});

async function open(): Promise<LinkPicture> {
  picture = new LinkPicture({ agents: ['a', 'b'] });
  picture.server.agents.set('a', { state: AgentState.AVAILABLE, extension: '2001' });
  picture.server.agents.set('b', { state: AgentState.NOT_READY, extension: '2002' });
  return picture.start();
}

const connection = (callId: number, device: string): Fields => ({
  MonitorID: 0,
  PeripheralID: 5000,
  PeripheralType: 17,
  ConnectionCallID: callId,
  ConnectionDeviceIDType: 0,
  ConnectionDeviceID: device,
});

/** A customer's call rings at 2001. */
function ring(link: LinkPicture, callId = 100): void {
  link.server.send('BEGIN_CALL_EVENT', {
    ...connection(callId, '2001'),
    CallType: CallType.PREROUTE_ACD_IN,
    ANI: '9001',
    DialedNumber: '6003',
  });
  link.server.send('CALL_DELIVERED_EVENT', {
    ...connection(callId, '2001'),
    LocalConnectionState: LocalConnectionState.ALERTING,
    AlertingDeviceType: DeviceIDType.AGENT_DEVICE,
    AlertingDeviceID: '2001',
    CallingDeviceType: DeviceIDType.EXTERNAL,
    CallingDeviceID: '9001',
  });
}

const ANSWER: CallControl = { verb: 'ANSWER', dialogId: '100', extension: '2001' };

test('a call that rings is a dialog, and ANSWER names its connection', async () => {
  const link = await open();
  ring(link);
  expect(link.news('a')).toEqual(['POST 100 ALERTING: 9001 INITIATED, 2001 ALERTING']);
  link.server.onCallRequest = ({ name, fields }) =>
    link.server.send(name.replace('_REQ', '_CONF'), { InvokeID: fields.InvokeID });
  expect(link.control(ANSWER)).toEqual([{ type: 'confirmed' }]);
  expect(link.requests('ANSWER_CALL_REQ')).toHaveLength(1);
});

test('a call that no event told of is refused at once', async () => {
  const link = await open();
  expect(link.control(ANSWER)).toMatchObject([
    { type: 'refused', refusal: { code: 13, constant: 'CF_INVALID_CSTA_CONNECTION_IDENTIFIER' } },
  ]);
  expect(link.requests('ANSWER_CALL_REQ')).toEqual([]);
});

test.each([
  ['CONTROL_FAILURE_CONF', { FailureCode: 22, PeripheralErrorCode: 7 }, 22, 7],
  ['FAILURE_CONF', { Status: 13 }, 13, undefined],
  ['FAILURE_CONF', { Status: 12 }, 70, undefined],
] as const)('a refusal by %s %o has code %i', async (name, fields, code, peripheralErrorCode) => {
  const link = await open();
  ring(link);
  link.server.onCallRequest = ({ fields: { InvokeID } }) => link.server.send(name, { InvokeID, ...fields });
  const [answer] = link.control(ANSWER) as [Extract<CtiAnswer, { type: 'refused' }>];
  expect(answer.type).toBe('refused');
  expect(answer.refusal.code).toBe(code);
  expect(answer.refusal.peripheralErrorCode).toBe(peripheralErrorCode);
});

test('MAKE_CALL tells the number of the new dialog, which may come before its events', async () => {
  const link = await open();
  const wish: CallControl = {
    verb: 'MAKE_CALL',
    extension: '2002',
    toAddress: '99555',
    fromReady: false,
    data: {},
  };
  link.server.onCallRequest = ({ fields: { InvokeID } }) =>
    link.server.send('MAKE_CALL_CONF', {
      InvokeID,
      NewConnectionCallID: 200,
      NewConnectionDeviceIDType: 0,
      NewConnectionDeviceID: '2002',
    });
  expect(link.control(wish)).toEqual([{ type: 'confirmed', newDialogId: '200' }]);
  // Its connection is known from the confirmation alone.
  link.server.onCallRequest = ({ fields: { InvokeID } }) =>
    link.server.send('CLEAR_CONNECTION_CONF', { InvokeID });
  expect(link.control({ verb: 'DROP', dialogId: '200', extension: '2002' })).toEqual([{ type: 'confirmed' }]);
});

test('a request that is not answered times out once, and a late confirmation changes nothing', async () => {
  const link = await open();
  ring(link);
  const answers = link.control(ANSWER);
  expect(answers).toEqual([]);
  link.clock.advance(20_000);
  expect(answers).toEqual([{ type: 'timeout' }]);
  const [request] = link.requests('ANSWER_CALL_REQ');
  link.server.send('ANSWER_CALL_CONF', { InvokeID: request!.fields.InvokeID });
  expect(answers).toEqual([{ type: 'timeout' }]);
});

test('when the link is lost, requests end with it; without a link none begins', async () => {
  const link = await open();
  ring(link);
  const answers = link.control(ANSWER);
  link.server.listening = false;
  link.server.drop();
  expect(answers).toEqual([{ type: 'lost' }]);
  expect(link.control(ANSWER)).toEqual([{ type: 'lost' }]);
});

test('barging in from a monitor call is two requests and one answer', async () => {
  const link = await open();
  ring(link);
  link.server.send('BEGIN_CALL_EVENT', { ...connection(300, '2002'), CallType: CallType.SUPERVISOR_MONITOR });
  const wish: CallControl = {
    verb: 'BARGE_CALL',
    dialogId: '100',
    agentExtension: '2001',
    supervisorExtension: '2002',
    monitorDialogId: '300',
  };
  link.server.onCallRequest = ({ fields: { InvokeID, SupervisoryAction } }) => {
    // The monitor call has just ended by itself.
    if (SupervisoryAction === 0)
      link.server.send('CONTROL_FAILURE_CONF', { InvokeID, FailureCode: 13, PeripheralErrorCode: 0 });
    else
      link.server.send('SUPERVISE_CALL_CONF', {
        InvokeID,
        ConnectionCallID: 100,
        ConnectionDeviceIDType: 0,
        ConnectionDeviceID: '2002',
      });
  };
  expect(link.control(wish)).toEqual([{ type: 'confirmed', newDialogId: '100' }]);
  expect(link.requests('SUPERVISE_CALL_REQ').map(({ fields }) => fields.SupervisoryAction)).toEqual([0, 3]);
});

test('a recording that began is shown, though no event tells of it', async () => {
  const link = await open();
  ring(link);
  link.server.onCallRequest = ({ fields: { InvokeID } }) =>
    link.server.send('START_RECORDING_CONF', { InvokeID, SessionID: 1, ServerData: 0 });
  link.control({ verb: 'START_RECORDING', dialogId: '100', extension: '2001' });
  expect(link.dialogs.get('100')?.recording).toBe(true);
});

test('call control is told with its cause, questions are not', async () => {
  const link = await open();
  ring(link);
  link.server.onCallRequest = ({ fields: { InvokeID } }) =>
    link.server.send('ANSWER_CALL_CONF', { InvokeID });
  link.observed.length = 0;
  link.control(ANSWER);
  link.link.query('QUERY_SKILL_GROUP_STATISTICS_REQ', { SkillGroupNumber: 5001 }, () => {});
  const sent = link.observed.flatMap((happening) => (happening.kind === 'cti.sent' ? [happening] : []));
  expect(sent.map(({ name }) => name)).toEqual(['ANSWER_CALL_REQ']);
  const received = link.observed.flatMap((happening) =>
    happening.kind === 'cti.received' ? [happening] : [],
  );
  expect(received.map(({ name, cause }) => [name, cause.requestId])).toEqual([['ANSWER_CALL_CONF', 'r1']]);
});

test('a question is answered by the message itself', async () => {
  const link = await open();
  link.server.figures.set(5001, { AgentsLoggedOn: 3 });
  const figures: unknown[] = [];
  link.link.query('QUERY_SKILL_GROUP_STATISTICS_REQ', { SkillGroupNumber: 5001 }, (answer) =>
    figures.push(answer.type === 'answered' ? answer.message.fields.AgentsLoggedOn : answer.type),
  );
  link.clock.advance(1);
  link.server.drop();
  link.link.query('QUERY_SKILL_GROUP_STATISTICS_REQ', {}, ({ type }) => figures.push(type));
  expect(figures).toEqual([3, 'lost']);
});
