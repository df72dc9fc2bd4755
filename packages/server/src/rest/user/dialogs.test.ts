import { afterEach, describe, expect, test } from 'vitest';
import { CALL_DATA, callCentre, dialogUpdates, error, inShort } from '../../../test/centre/call-centre.ts';
import type { TestCentre, TestCentreOptions } from '../../../test/centre/test-centre.ts';
import { agent } from '../../../test/centre/test-directory.ts';
import {
  BARGED,
  CONFERENCE,
  CONSULTING,
  INTO_WRAP_UP,
  MONITORED,
  OUTGOING,
  TALKING,
} from '../../../test/domain/call-scenarios.ts';
import { agentIs, begun, held, initiated, type Step } from '../../../test/domain/call-script.ts';

let centre: TestCentre;
afterEach(() => centre?.close());

const controls = () => centre.asked.map(({ control }) => control);
const last = (user: string) => inShort(dialogUpdates(centre, user).at(-1)!);

describe('GET', () => {
  test('lists the voice dialogs of a user, indented like the one', async () => {
    centre = await callCentre(CONSULTING);
    const { body } = await centre.call('a', 'GET', 'User/a/Dialogs');
    expect(body).toMatch(/^<Dialogs>\n {2}<Dialog>\n {4}<associatedDialogUri>/);
    expect([...body.matchAll(/<id>(\d+)<\/id>/g)].map(([, id]) => id)).toEqual(['100', '101']);
    const one = (await centre.call('a', 'GET', 'Dialog/100')).body;
    expect(body).toContain(one.replace(/^/gm, '  '));
  });

  test('is empty for those without calls and those signed out', async () => {
    centre = await callCentre(TALKING);
    expect((await centre.call('b', 'GET', 'User/b/Dialogs')).body).toBe('<Dialogs/>');
    expect((await centre.call('3001', 'GET', 'User/3001/Dialogs')).body).toBe('<Dialogs/>');
  });

  test('holds a call whose agent wraps up', async () => {
    centre = await callCentre(INTO_WRAP_UP);
    expect((await centre.call('a', 'GET', 'User/a/Dialogs')).body).toContain('<state>WRAP_UP</state>');
  });

  test('is for the user, its supervisors and administrators', async () => {
    centre = await callCentre(TALKING);
    for (const user of ['a', 's', 'admin'])
      expect((await centre.call(user, 'GET', 'User/a/Dialogs')).body).toContain('<id>100</id>');
    expect(error(await centre.call('b', 'GET', 'User/a/Dialogs'))).toEqual([
      401,
      'Invalid Authorization User Specified',
      'a',
    ]);
    expect(error(await centre.call('a', 'GET', 'User/zz/Dialogs'))).toEqual([404, 'User Not Found', 'zz']);
  });
});

describe('MAKE_CALL', () => {
  const make = (user: string, more: Record<string, string> = {}, requestId = 'make') =>
    centre.dialog(
      user,
      `User/${user}/Dialogs`,
      { requestedAction: 'MAKE_CALL', fromAddress: '2002', toAddress: '99555', ...more },
      requestId,
    );

  test('is answered by the POST of the new dialog; what follows carries no requestId', async () => {
    centre = await callCentre();
    centre.onCallControl = ({ answered }) => answered({ type: 'confirmed', newDialogId: '200' });
    expect((await make('b')).statusCode).toBe(202);
    expect(controls()).toEqual([
      { verb: 'MAKE_CALL', extension: '2002', toAddress: '99555', fromReady: false, data: {} },
    ]);
    centre.play(OUTGOING);
    const updates = dialogUpdates(centre, 'b');
    expect(updates.map(inShort)).toEqual([
      'POST 200 INITIATING',
      'PUT 200 INITIATED',
      'PUT 200 ALERTING',
      'PUT 200 ACTIVE',
    ]);
    expect(updates.map((payload) => payload.includes('<requestId>make</requestId>'))).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });

  test('may be confirmed after its event', async () => {
    centre = await callCentre();
    await make('b');
    centre.play(OUTGOING.slice(0, 2));
    expect(last('b')).toBe('POST 200 INITIATING');
    centre.asked[0]!.answered({ type: 'confirmed', newDialogId: '200' });
    centre.clock.advance(60_000);
    expect(centre.answers('make')).toHaveLength(1);
  });

  test('that never becomes a call is answered with an error in the end', async () => {
    centre = await callCentre();
    centre.onCallControl = ({ answered }) => answered({ type: 'confirmed' });
    await make('b');
    centre.clock.advance(4_990);
    expect(centre.answers('make')).toHaveLength(0);
    centre.clock.advance(20);
    expect(last('b')).toBe('error 78 CF_REQUEST_TIMEOUT_REJECTION');
    expect(centre.answers('make')[0]!.payload).toContain('<source>/finesse/api/User/b/Dialogs</source>');
  });

  test.each([
    [14, '14', 'CF_INVALID_DESTINATION'],
    [34, '34', 'CF_RESOURCE_OUT_OF_SERVICE'],
    [6, '6', 'CF_INVALID_CALLED_DEVICE'],
    [22, '22', 'CF_INVALID_OBJECT_STATE'],
  ])('that the CTI server refuses with %i is a Generic Error', async (code, data, message) => {
    centre = await callCentre();
    centre.onCallControl = ({ answered }) => answered({ type: 'refused', refusal: { code } });
    await make('b');
    expect(last('b')).toBe(`error ${data} ${message}`);
    expect(centre.answers('make')[0]!.payload).toContain('<errorType>Generic Error</errorType>');
  });

  test('is allowed from READY on CCE, where the agent becomes NOT_READY meanwhile', async () => {
    for (const [deployment, fromReady] of [
      ['CCE', true],
      ['CCX', false],
    ] as const) {
      centre = await callCentre([agentIs('b', 'READY', '2002')], { profile: { deployment } });
      await make('b');
      expect(controls()).toMatchObject([{ verb: 'MAKE_CALL', fromReady }]);
      await centre.close();
    }
  });

  test('takes call variables along', async () => {
    centre = await callCentre();
    const mediaProperties =
      '<callvariables><CallVariable><name>callVariable1</name><value>x</value></CallVariable></callvariables>';
    await make('b', { mediaProperties });
    expect(controls()).toMatchObject([{ data: { variables: { 0: 'x' } } }]);
  });

  test('does not mistake a call that comes in for the one that was asked for', async () => {
    centre = await callCentre();
    await make('b');
    centre.play([begun('500', '2002', 'PREROUTE_ACD_IN', '6003', '9001'), ...incoming('500', '2002')]);
    expect(last('b')).toBe('POST 500 ALERTING');
    expect(centre.answers('make')).toHaveLength(0);
  });

  test.each<[string, Record<string, string>, unknown[]]>([
    ['the own number', { toAddress: '2002' }, [400, 'Invalid Destination', 'toAddress']],
    ['another extension as caller', { fromAddress: '2001' }, [400, 'Invalid Input', 'fromAddress']],
    ['no number', { toAddress: '' }, [400, 'Parameter Missing', 'toAddress']],
    ['an unknown action', { requestedAction: 'SHOUT' }, [400, 'Invalid Input', 'requestedAction']],
  ])('with %s is refused', async (_what, more, expected) => {
    centre = await callCentre();
    expect(error(await make('b', more))).toEqual(expected);
    expect(centre.asked).toEqual([]);
  });

  test('is refused to those signed out, to others, and to administrators', async () => {
    centre = await callCentre();
    const fields = { requestedAction: 'MAKE_CALL', fromAddress: '2002', toAddress: '99555' };
    expect(error(await centre.dialog('3001', 'User/3001/Dialogs', fields))).toEqual([
      400,
      'Invalid Input',
      'fromAddress',
    ]);
    expect(error(await centre.dialog('a', 'User/b/Dialogs', fields))).toEqual([
      401,
      'Invalid Authorization User Specified',
      'b',
    ]);
    const byAdministrator = await centre.dialog('admin', 'User/b/Dialogs', fields);
    expect(error(byAdministrator)).toEqual([401, 'Invalid Authorization User Specified', 'admin']);
    expect(byAdministrator.body).toContain('is not an authorized supervisor');
    expect(error(await centre.dialog('nobody', 'User/b/Dialogs', fields))).toEqual([
      401,
      'Authorization Failure',
      'nobody',
    ]);
    expect(error(await centre.call('b', 'POST', 'User/b/Dialogs', '<Dialog'))).toEqual([
      400,
      'Bad Request',
      '',
    ]);
  });

  test('is written to the log without the data of the call', async () => {
    centre = await callCentre();
    await make('b');
    const lines = centre.told.filter(({ kind }) => kind === 'api.request');
    expect(lines[0]).toMatchObject({
      url: 'User/b/Dialogs',
      request: 'dialogs.POST',
      parameters: ' fromAddress:2002 requestedAction:MAKE_CALL toAddress:99555',
    });
  });
});

/** The rest of a call that reaches an agent. */
function incoming(callId: string, device: string): Step[] {
  const [delivered] = TALKING.filter((step) => 'event' in step && step.event.type === 'delivered');
  if (delivered === undefined || !('event' in delivered)) throw new Error('no such step');
  const alerting = { address: device, kind: 'agent' } as const;
  const event = { ...delivered.event, callId, alerting, called: alerting } as typeof delivered.event;
  return [{ event, devices: { [device]: 'ALERTING' } }];
}

describe('CONSULT_CALL by the list', () => {
  const fields = { requestedAction: 'CONSULT_CALL', fromAddress: '2001', toAddress: '2002' };

  test('consults from the active call', async () => {
    centre = await callCentre(TALKING);
    expect((await centre.dialog('a', 'User/a/Dialogs', fields, 'consult')).statusCode).toBe(202);
    expect(controls()).toEqual([
      { verb: 'CONSULT_CALL', dialogId: '100', extension: '2001', toAddress: '2002' },
    ]);
    centre.play([held('100', '2001', { 2001: 'HOLD' })]);
    expect(centre.answers('consult')).toHaveLength(1);
  });

  test('needs one', async () => {
    centre = await callCentre();
    expect(error(await centre.dialog('a', 'User/a/Dialogs', fields))).toEqual([
      400,
      'Invalid State',
      'fromAddress',
    ]);
  });
});

describe('SILENT_MONITOR', () => {
  const monitor = (user = 's', more: Record<string, string> = {}) =>
    centre.dialog(
      user,
      `User/${user}/Dialogs`,
      { requestedAction: 'SILENT_MONITOR', fromAddress: '2050', toAddress: '2001', ...more },
      'monitor',
    );

  test('is answered by the POST of the monitor call', async () => {
    centre = await callCentre(TALKING);
    expect((await monitor()).statusCode).toBe(202);
    expect(controls()).toEqual([
      {
        verb: 'SILENT_MONITOR',
        dialogId: '100',
        agentExtension: '2001',
        supervisorExtension: '2050',
        monitorDialogId: null,
      },
    ]);
    centre.asked[0]!.answered({ type: 'confirmed', newDialogId: '300' });
    centre.play(MONITORED.slice(TALKING.length));
    const [first] = dialogUpdates(centre, 's');
    expect(inShort(first!)).toBe('POST 300 INITIATED');
    expect(first).toContain('<requestId>monitor</requestId>');
    expect(centre.answers('monitor')).toHaveLength(1);
  });

  test.each<[string, Step[], TestCentreOptions, string[]]>([
    ['HOLD on CCE', [agentIs('a', 'HOLD', '2001')], {}, ['13145', 'Generic Error']],
    ['NOT_READY on CCE', [agentIs('a', 'NOT_READY', '2001')], {}, ['13145', 'Generic Error']],
    ['READY on CCE', [agentIs('a', 'READY', '2001')], {}, ['22', 'Invalid State']],
    ['WORK on CCE', [agentIs('a', 'WORK', '2001')], {}, ['22', 'Invalid State']],
    ...(['READY', 'WORK', 'HOLD', 'NOT_READY'] as const).map(
      (state): [string, Step[], TestCentreOptions, string[]] => [
        `${state} on CCX`,
        [agentIs('a', state, '2001')],
        { profile: { deployment: 'CCX' } },
        ['88049', 'Generic Error'],
      ],
    ),
  ])('of an agent in %s is accepted and refused later', async (_what, script, options, expected) => {
    centre = await callCentre(script, options);
    expect((await monitor()).statusCode).toBe(202);
    const { payload } = centre.answers('monitor')[0]!;
    const of = (name: string) => new RegExp(`<${name}>(.*?)</${name}>`).exec(payload)![1];
    expect([of('errorData'), of('errorType')]).toEqual(expected);
    expect(of('source')).toBe('/finesse/api/User/s/Dialogs');
    expect(centre.asked).toEqual([]);
  });

  test('of an agent of CCX who talks in NOT_READY is possible', async () => {
    centre = await callCentre([...TALKING, agentIs('a', 'NOT_READY', '2001')], {
      profile: { deployment: 'CCX' },
    });
    await monitor();
    expect(controls()).toMatchObject([{ verb: 'SILENT_MONITOR', dialogId: '100' }]);
  });

  test.each<[string, Step[], unknown[]]>([
    ['talks', [agentIs('s', 'TALKING', '2050')], [400, 'Invalid State', 'fromAddress']],
    ['holds', [agentIs('s', 'HOLD', '2050')], [400, 'Invalid State', 'fromAddress']],
    ['is ready', [agentIs('s', 'READY', '2050')], [400, 'Invalid State', 'fromAddress']],
    ['monitors already', MONITORED.slice(TALKING.length), [400, 'Invalid State', 'fromAddress']],
    [
      'is in a call that shows in no state',
      [begun('400', '2050', 'OUT'), initiated('400', '2050')],
      [400, 'Invalid State', 'fromAddress'],
    ],
  ])('is refused to a supervisor who %s', async (_what, script, expected) => {
    centre = await callCentre([...TALKING, ...script]);
    expect(error(await monitor())).toEqual(expected);
  });

  test('needs the extension of an agent of the own teams', async () => {
    const stranger = agent('z', 'zname', 'Z', 'Z', 5001);
    centre = await callCentre([...TALKING, agentIs('z', 'TALKING', '2099')], {
      data: { ...CALL_DATA, users: [...CALL_DATA.users, stranger] },
    });
    expect(error(await monitor('s', { toAddress: '2099' }))).toEqual([401, 'Invalid Supervisor', '2099']);
    expect(error(await monitor('s', { toAddress: '7777' }))).toEqual([
      400,
      'Invalid Destination',
      'toAddress',
    ]);
    expect(error(await monitor('s', { toAddress: '2050' }))).toEqual([
      400,
      'Invalid Destination',
      'toAddress',
    ]);
  });

  test('is no call of agents', async () => {
    centre = await callCentre(TALKING);
    expect(error(await monitor('b', { fromAddress: '2002' }))).toEqual([401, 'Authorization Failure', 'b']);
  });

  test('ends with DROP of the own leg, and not with that of the agent', async () => {
    centre = await callCentre(MONITORED);
    const drop = (target: string) =>
      centre.dialog('s', 'Dialog/300', { requestedAction: 'DROP', targetMediaAddress: target });
    expect(error(await drop('2001'))).toEqual([400, 'Invalid Input', 'targetMediaAddress']);
    expect((await drop('2050')).statusCode).toBe(202);
    expect(controls()).toEqual([{ verb: 'DROP', dialogId: '300', extension: '2050' }]);
  });
});

describe('BARGE_CALL', () => {
  const barge = (more: Record<string, string> = {}, user = 's') =>
    centre.dialog(
      user,
      `User/${user}/Dialogs`,
      {
        requestedAction: 'BARGE_CALL',
        fromAddress: '2050',
        toAddress: '2001',
        associatedDialogUri: '/finesse/api/Dialog/300',
        ...more,
      },
      'barge',
    );

  test('joins the watched call; its POST is the answer', async () => {
    centre = await callCentre(MONITORED);
    expect((await barge()).statusCode).toBe(202);
    expect(controls()).toEqual([
      {
        verb: 'BARGE_CALL',
        dialogId: '100',
        agentExtension: '2001',
        supervisorExtension: '2050',
        monitorDialogId: '300',
      },
    ]);
    centre.asked[0]!.answered({ type: 'confirmed', newDialogId: '100' });
    centre.play(BARGED.slice(MONITORED.length));
    const { payload, node } = centre.answers('barge')[0]!;
    expect([node, inShort(payload)]).toEqual(['/finesse/api/User/s/Dialogs', 'POST 100 ACTIVE']);
    expect(centre.answers('barge')).toHaveLength(1);
  });

  test.each<[string, Step[], Record<string, string>, unknown[]]>([
    ['no monitor call', TALKING as Step[], {}, [400, 'Invalid Input', 'associatedDialogUri']],
    [
      'the watched call in place of the monitor call',
      MONITORED as Step[],
      { associatedDialogUri: '/finesse/api/Dialog/100' },
      [400, 'Invalid Input', 'associatedDialogUri'],
    ],
    ['another agent', MONITORED as Step[], { toAddress: '2002' }, [400, 'Invalid Destination', 'toAddress']],
    [
      'the agent on hold',
      [...MONITORED, held('100', '2001', { 2001: 'HOLD' })],
      {},
      [400, 'Invalid Destination', 'toAddress'],
    ],
    [
      'the agent consulting',
      [
        ...MONITORED,
        ...CONSULTING.slice(TALKING.length),
        held('101', '2001', { 2001: 'HOLD', 2002: 'CONNECT' }),
        {
          event: { type: 'retrieved', callId: '100', retrieving: { address: '2001', kind: 'agent' } },
          devices: { 2001: 'CONNECT' },
        },
      ],
      {},
      [400, '20999', 'toAddress'],
    ],
  ])('with %s is refused', async (_what, script, more, expected) => {
    centre = await callCentre(script);
    expect(error(await barge(more))).toEqual(expected);
    expect(centre.asked).toEqual([]);
  });

  test('on a guest of a conference is 20999, on its controller it is not', async () => {
    const watchingB = [
      ...CONFERENCE,
      begun('300', '2050', 'SUPERVISOR_MONITOR', '2002', '2050'),
      {
        event: {
          type: 'established',
          callId: '300',
          calling: { address: '2002', kind: 'agent' },
          answering: { address: '2050', kind: 'agent' },
          called: { address: '2050', kind: 'agent' },
          skillGroup: null,
          cause: 'SUPERVISOR_MONITOR',
        },
        devices: { 2050: 'CONNECT' },
      },
    ] as Step[];
    centre = await callCentre(watchingB);
    expect(error(await barge({ toAddress: '2002' }))).toEqual([400, '20999', 'toAddress']);
  });

  test('is no call of agents', async () => {
    centre = await callCentre(MONITORED);
    expect(error(await barge({ fromAddress: '2002' }, 'b'))).toEqual([401, 'Authorization Failure', 'b']);
  });
});
