import { afterEach, describe, expect, test } from 'vitest';
import { callCentre, dialogUpdates, error, inShort } from '../../../test/centre/call-centre.ts';
import type { TestCentre } from '../../../test/centre/test-centre.ts';
import {
  CONFERENCE,
  CONSULTING,
  HELD_AND_BACK,
  INTO_WRAP_UP,
  MONITORED,
  RINGING,
  TALKING,
} from '../../../test/domain/call-scenarios.ts';
import { connectionCleared, held, retrieved } from '../../../test/domain/call-script.ts';

let centre: TestCentre;
afterEach(() => centre?.close());

const ON_HOLD = HELD_AND_BACK.slice(0, -2);
const asked = () => centre.asked.map(({ control }) => control);
/** The error with this requestId on a's node: errorData, errorMessage, errorType, source. */
function errorOn(user: string, requestId: string): string[] {
  const payload = dialogUpdates(centre, user).filter((text) => text.includes(`>${requestId}<`));
  expect(payload).toHaveLength(1);
  const of = (name: string) => new RegExp(`<${name}>(.*?)</${name}>`).exec(payload[0]!)?.[1] ?? '';
  return [of('errorData'), of('errorMessage'), of('errorType'), of('source')];
}

describe('GET Dialog', () => {
  test('participants, supervisors of their teams and administrators see it, nobody else', async () => {
    centre = await callCentre(TALKING);
    for (const user of ['a', 's', 'admin'])
      expect((await centre.call(user, 'GET', 'Dialog/100')).statusCode).toBe(200);
    for (const user of ['b', '3001', '2051'])
      expect(error(await centre.call(user, 'GET', 'Dialog/100'))).toEqual([
        401,
        'Invalid Authorization User Specified',
        '100',
      ]);
  });

  test('an unknown one is not found, whoever asks', async () => {
    centre = await callCentre(TALKING);
    for (const id of ['101', 'x', '100%20', '151635_312_1'])
      expect(error(await centre.call('a', 'GET', `Dialog/${id}`))).toEqual([404, 'Not Found', '']);
    expect((await centre.call('a', 'GET', 'Dialog/101')).body).toContain(
      '<ErrorMessage>Invalid dialogId specified for dialog</ErrorMessage>',
    );
  });

  test('each sees the call type that its device was told', async () => {
    centre = await callCentre(CONSULTING);
    expect((await centre.call('a', 'GET', 'Dialog/101')).body).toContain('<callType>CONSULT</callType>');
    expect((await centre.call('b', 'GET', 'Dialog/101')).body).toContain(
      '<callType>CONSULT_OFFERED</callType>',
    );
  });

  test('DELETE and POST are not methods of a dialog', async () => {
    centre = await callCentre(TALKING);
    expect(error(await centre.call('a', 'DELETE', 'Dialog/100'))).toEqual([
      405,
      'Method Not Allowed',
      'DELETE',
    ]);
  });
});

describe('PUT Dialog', () => {
  test('each action reaches the CTI server with the leg of its user', async () => {
    centre = await callCentre(RINGING);
    const act = (requestedAction: string, more: Record<string, string> = {}, dialog = '100', user = 'a') =>
      centre.dialog(user, `Dialog/${dialog}`, { requestedAction, targetMediaAddress: '2001', ...more });
    centre.onCallControl = ({ answered }) => answered({ type: 'confirmed' });
    await act('ANSWER');
    centre.play(TALKING.slice(RINGING.length));
    await act('HOLD');
    centre.play([held('100', '2001', { 2001: 'HOLD' })]);
    await act('RETRIEVE');
    expect(asked()).toEqual(
      ['ANSWER', 'HOLD', 'RETRIEVE'].map((verb) => ({ verb, dialogId: '100', extension: '2001' })),
    );
  });

  test('actions of an active call with all that they carry', async () => {
    centre = await callCentre(TALKING);
    centre.onCallControl = ({ answered }) => answered({ type: 'confirmed' });
    const leg = { dialogId: '100', extension: '2001' };
    const put = (requestedAction: string, more: Record<string, string> = {}) =>
      centre.dialog('a', 'Dialog/100', { requestedAction, targetMediaAddress: '2001', ...more });
    await put('SEND_DTMF', {
      actionParams: '<ActionParam><name>dtmfString</name><value>12#</value></ActionParam>',
    });
    await put('UPDATE_CALL_DATA', {
      mediaProperties:
        '<wrapUpReason>Sale made</wrapUpReason><callvariables><CallVariable><name>callVariable2</name><value>x</value></CallVariable></callvariables>',
    });
    await put('CONSULT_CALL', { toAddress: '2002' });
    await put('TRANSFER_SST', { toAddress: '6001' });
    await put('DROP');
    expect(asked()).toEqual([
      { verb: 'SEND_DTMF', ...leg, digits: '12#' },
      { verb: 'UPDATE_CALL_DATA', ...leg, data: { variables: { 1: 'x' }, wrapUpReason: 'Sale made' } },
      { verb: 'CONSULT_CALL', ...leg, toAddress: '2002' },
      { verb: 'TRANSFER_SST', ...leg, toAddress: '6001' },
      { verb: 'DROP', ...leg },
    ]);
  });

  test.each(['TRANSFER', 'CONFERENCE'])('%s joins the held dialog with the active one', async (verb) => {
    centre = await callCentre(CONSULTING);
    const fields = { requestedAction: verb, targetMediaAddress: '2001' };
    expect((await centre.dialog('a', 'Dialog/100', fields)).statusCode).toBe(202);
    expect(asked()).toEqual([{ verb, heldDialogId: '100', activeDialogId: '101', extension: '2001' }]);
  });

  test.each<[string, number, string, string]>([
    ['b', 401, 'Invalid Authorization User Specified', '100'],
    ['s', 401, 'Invalid Authorization User Specified', '100'],
    ['2051', 401, 'Invalid Supervisor', '100'],
    ['admin', 401, 'Invalid Authorization User Specified', 'admin'],
  ])('%s may not act on a call of a', async (user, status, type, data) => {
    centre = await callCentre(TALKING);
    const fields = { requestedAction: 'HOLD', targetMediaAddress: '2001' };
    expect(error(await centre.dialog(user, 'Dialog/100', fields))).toEqual([status, type, data]);
    expect(centre.asked).toEqual([]);
  });

  test('wrong credentials, an unreadable body, another root, an unknown dialog', async () => {
    centre = await callCentre(TALKING);
    const fields = { requestedAction: 'HOLD', targetMediaAddress: '2001' };
    expect(error(await centre.dialog('nobody', 'Dialog/100', fields))).toEqual([
      401,
      'Authorization Failure',
      'nobody',
    ]);
    expect(error(await centre.call('a', 'PUT', 'Dialog/100', '<Dialog>'))).toEqual([400, 'Bad Request', '']);
    expect(error(await centre.call('a', 'PUT', 'Dialog/100'))).toEqual([400, 'Bad Request', 'Dialog']);
    expect(error(await centre.call('a', 'PUT', 'Dialog/100', '<User/>'))).toEqual([
      400,
      'Bad Request',
      'User',
    ]);
    expect(error(await centre.dialog('a', 'Dialog/101', fields))).toEqual([404, 'Dialog Not Found', '101']);
    expect(error(await centre.dialog('a', 'Dialog/151635_312_1', fields))).toEqual([
      404,
      'Dialog Not Found',
      '151635_312_1',
    ]);
  });

  test('out of service nothing is accepted', async () => {
    centre = await callCentre(TALKING);
    centre.server.listening = false;
    centre.server.drop();
    const fields = { requestedAction: 'HOLD', targetMediaAddress: '2001' };
    expect(error(await centre.dialog('a', 'Dialog/100', fields))).toEqual([503, 'Service Unavailable', '']);
    expect(error(await centre.call('a', 'GET', 'Dialog/100'))).toEqual([503, 'Service Unavailable', '']);
  });

  test.each<[string, Record<string, string>, unknown[]]>([
    [
      'another leg',
      { requestedAction: 'HOLD', targetMediaAddress: '9001' },
      [400, 'Invalid Input', 'targetMediaAddress'],
    ],
    [
      'a leg that is none',
      { requestedAction: 'DROP', targetMediaAddress: '7' },
      [400, 'Invalid Input', 'targetMediaAddress'],
    ],
    [
      'the own number as target of a consultation',
      { requestedAction: 'CONSULT_CALL', targetMediaAddress: '2001', toAddress: '2001' },
      [400, 'Invalid Destination', 'toAddress'],
    ],
    [
      'the own number as target of a transfer',
      { requestedAction: 'TRANSFER_SST', targetMediaAddress: '2001', toAddress: '2001' },
      [400, 'Invalid Destination', 'toAddress'],
    ],
    [
      'a wrap-up reason that the team does not have',
      {
        requestedAction: 'UPDATE_CALL_DATA',
        mediaProperties: '<wrapUpReason>Nonsense</wrapUpReason>',
      },
      [400, 'Invalid Input', 'wrapUpReason'],
    ],
  ])('%s is refused', async (_what, fields, expected) => {
    centre = await callCentre(TALKING);
    expect(error(await centre.dialog('a', 'Dialog/100', fields))).toEqual(expected);
  });

  test.each<[string, 'CCE' | 'CCX', Record<string, string>]>([
    [
      'DTMF',
      'CCE',
      {
        requestedAction: 'SEND_DTMF',
        actionParams: '<ActionParam><name>dtmfString</name><value>1</value></ActionParam>',
      },
    ],
    ['recording', 'CCX', { requestedAction: 'START_RECORDING' }],
  ])('%s on a held leg is 401 Invalid State', async (_what, deployment, fields) => {
    centre = await callCentre(ON_HOLD, { profile: { deployment } });
    const answer = await centre.dialog('a', 'Dialog/100', { targetMediaAddress: '2001', ...fields });
    expect(error(answer)).toEqual([401, 'Invalid State', '2001']);
  });

  test('a supervisor who monitors records on CCX; CCE has no recording', async () => {
    centre = await callCentre(MONITORED, { profile: { deployment: 'CCX' } });
    const fields = { requestedAction: 'START_RECORDING', targetMediaAddress: '2050' };
    expect((await centre.dialog('s', 'Dialog/300', fields)).statusCode).toBe(202);
    expect(asked()).toEqual([{ verb: 'START_RECORDING', dialogId: '300', extension: '2050' }]);
    await centre.close();
    centre = await callCentre(MONITORED);
    expect((await centre.dialog('s', 'Dialog/300', fields)).statusCode).toBe(501);
  });

  test('an administrator sets call data on the leg of an agent, who gets the Update', async () => {
    centre = await callCentre(TALKING);
    centre.onCallControl = ({ answered }) => answered({ type: 'confirmed' });
    const mediaProperties =
      '<callvariables><CallVariable><name>callVariable1</name><value>x</value></CallVariable></callvariables>';
    const fields = { requestedAction: 'UPDATE_CALL_DATA', mediaProperties };
    expect((await centre.dialog('admin', 'Dialog/100', fields, 'by-admin')).statusCode).toBe(202);
    expect(asked()[0]).toMatchObject({ dialogId: '100', extension: '2001' });
    centre.clock.advance(5_000);
    expect(dialogUpdates(centre, 'a').at(-1)).toContain('<requestId>by-admin</requestId>');
    const wrong = { ...fields, targetMediaAddress: '9001' };
    expect(error(await centre.dialog('admin', 'Dialog/100', wrong))).toEqual([
      400,
      'Invalid Input',
      'targetMediaAddress',
    ]);
  });

  test('in wrap-up the reason may be set still', async () => {
    centre = await callCentre(INTO_WRAP_UP);
    const fields = {
      requestedAction: 'UPDATE_CALL_DATA',
      mediaProperties: '<wrapUpReason>Sale made</wrapUpReason>',
    };
    expect((await centre.dialog('a', 'Dialog/100', fields)).statusCode).toBe(202);
    expect(asked()).toHaveLength(1);
  });
});

describe('an action that the leg does not have', () => {
  test.each<[string, readonly never[] | typeof TALKING, string, string, Record<string, string>]>([
    ['HOLD', RINGING, '100', 'a', {}],
    ['DROP', RINGING, '100', 'a', {}],
    ['ANSWER', TALKING, '100', 'a', {}],
    ['RETRIEVE', TALKING, '100', 'a', {}],
    ['HOLD', ON_HOLD, '100', 'a', {}],
    ['TRANSFER', ON_HOLD, '100', 'a', {}],
    ['CONFERENCE', TALKING, '100', 'a', {}],
    ['CONSULT_CALL', RINGING, '100', 'a', { toAddress: '2002' }],
    ['CONSULT_CALL', ON_HOLD, '100', 'a', { toAddress: '2002' }],
    ['TRANSFER_SST', RINGING, '100', 'a', { toAddress: '2002' }],
    [
      'UPDATE_CALL_DATA',
      RINGING,
      '100',
      'a',
      {
        mediaProperties:
          '<callvariables><CallVariable><name>callVariable1</name><value/></CallVariable></callvariables>',
      },
    ],
    ['ACCEPT', TALKING, '100', 'a', {}],
    ['CLOSE', TALKING, '100', 'a', {}],
    ['REJECT', TALKING, '100', 'a', {}],
    ['WRAP_UP', TALKING, '100', 'a', {}],
    ['CANCEL_SCHEDULED_CALLBACK', TALKING, '100', 'a', {}],
    ['DROP', INTO_WRAP_UP, '100', 'a', {}],
  ])(
    '%s is accepted, and refused on the node of the user in the words of a live system',
    async (word, script, id, user, more) => {
      centre = await callCentre(script);
      const fields = { requestedAction: word, targetMediaAddress: '2001', ...more };
      expect((await centre.dialog(user, `Dialog/${id}`, fields, 'late')).statusCode).toBe(202);
      expect(errorOn(user, 'late')).toEqual([
        '2001',
        `INVALID_ACTION ${word} on extension 2001`,
        'Generic Error',
        `/finesse/api/Dialog/${id}`,
      ]);
      expect(centre.asked).toEqual([]);
    },
  );

  test('CCX says it with a number of the CTI server', async () => {
    centre = await callCentre(TALKING, { profile: { deployment: 'CCX' } });
    await centre.dialog('a', 'Dialog/100', { requestedAction: 'ANSWER', targetMediaAddress: '2001' }, 'late');
    expect(errorOn('a', 'late')).toEqual([
      '21',
      'CF_GENERIC_STATE_INCOMPATIBILITY',
      'Generic Error',
      '/finesse/api/Dialog/100',
    ]);
  });

  test.each<['CCE' | 'CCX', string[]]>([
    ['CCE', ['20999', 'CF_GENERIC_OPERATION_REJECTION', 'Generic Error']],
    ['CCX', ['22', 'CF_INVALID_OBJECT_STATE', 'Invalid State']],
  ])('a conference by a guest of one is told apart on %s', async (deployment, expected) => {
    const guestHolds = [...CONFERENCE, held('100', '2002', { 2002: 'HOLD' })];
    centre = await callCentre(guestHolds, { profile: { deployment } });
    const fields = { requestedAction: 'CONFERENCE', targetMediaAddress: '2002' };
    await centre.dialog('b', 'Dialog/100', fields, 'late');
    expect(errorOn('b', 'late').slice(0, 3)).toEqual(expected);
  });

  test('a second consultation is refused as the first one is still there', async () => {
    const backToCustomer = [
      ...CONSULTING,
      held('101', '2001', { 2001: 'HOLD', 2002: 'CONNECT' }),
      retrieved('100', '2001', { 2001: 'CONNECT' }),
    ];
    centre = await callCentre(backToCustomer);
    const fields = { requestedAction: 'CONSULT_CALL', targetMediaAddress: '2001', toAddress: '2050' };
    await centre.dialog('a', 'Dialog/100', fields, 'late');
    expect(errorOn('a', 'late')[0]).toBe('20999');
  });
});

describe('PARTICIPANT_DROP', () => {
  const drop = (user: string, target: string) =>
    centre.dialog(
      user,
      'Dialog/100',
      { requestedAction: 'PARTICIPANT_DROP', targetMediaAddress: target },
      'drop',
    );

  test('is for supervisors of the conference by default', async () => {
    centre = await callCentre(CONFERENCE);
    expect((await drop('a', '2002')).statusCode).toBe(202);
    expect(errorOn('a', 'drop')[1]).toBe('INVALID_ACTION PARTICIPANT_DROP on extension 2001');
    expect(error(await drop('a', '9001'))).toEqual([400, 'Invalid Destination', 'targetMediaAddress']);
    expect(error(await drop('a', '2050'))).toEqual([400, 'Invalid Destination', 'targetMediaAddress']);
  });

  test('the controller, too, may remove anybody when the setting says so', async () => {
    centre = await callCentre(CONFERENCE, { participantDrop: 'conference_controller_and_supervisor' });
    expect((await drop('a', '9001')).statusCode).toBe(202);
    expect(asked()).toEqual([
      { verb: 'PARTICIPANT_DROP', dialogId: '100', extension: '2001', target: '9001' },
    ]);
    expect((await drop('b', '9001')).statusCode).toBe(202);
    centre.asked[0]!.answered({ type: 'confirmed' });
    centre.play([connectionCleared('100', '9001', { 2001: 'CONNECT', 2002: 'CONNECT' })]);
    expect(dialogUpdates(centre, 'a').at(-1)).toMatch(/DROPPED[\s\S]*<requestId>drop<\/requestId>/);
    expect(asked()).toHaveLength(1);
    expect(dialogUpdates(centre, 'b').map(inShort)).toContain(
      'error 2002 INVALID_ACTION PARTICIPANT_DROP on extension 2002',
    );
  });

  test('or every agent of the conference', async () => {
    centre = await callCentre(CONFERENCE, { participantDrop: 'all' });
    await drop('b', '2001');
    expect(asked()[0]).toMatchObject({ extension: '2002', target: '2001' });
  });

  test('a call of two is no conference', async () => {
    centre = await callCentre(TALKING, { participantDrop: 'all' });
    await drop('a', '9001');
    expect(errorOn('a', 'drop')[1]).toBe('INVALID_ACTION PARTICIPANT_DROP on extension 2001');
  });
});

test('the request is written to the log without digits and call variables', async () => {
  centre = await callCentre(TALKING);
  await centre.dialog('a', 'Dialog/100', {
    requestedAction: 'SEND_DTMF',
    targetMediaAddress: '2001',
    actionParams: '<ActionParam><name>dtmfString</name><value>4711</value></ActionParam>',
  });
  const lines = centre.told.filter(({ kind }) => kind === 'api.request' || kind === 'api.stats');
  expect(lines.map(({ at: _at, cause: _cause, ...rest }) => rest)).toEqual([
    {
      kind: 'api.request',
      url: 'Dialog/100',
      agentId: 'a',
      request: 'dialog.PUT',
      parameters: ' requestedAction:SEND_DTMF targetMediaAddress:2001',
    },
    { kind: 'api.stats', component: 'Dialog-[id]-PUT' },
  ]);
});
