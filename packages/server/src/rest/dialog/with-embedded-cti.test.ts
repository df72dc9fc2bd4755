/**
 * Two agents, a supervisor and a simulated caller on the real embedded CTI server: what the nodes of the agents are told
 * of every step, in order and complete (objects.md 3.4, notification-service.md 5.4 and 5.5).
 */
import { afterEach, expect, test } from 'vitest';
import { EmbeddedCentre } from '../../../test/centre/embedded-centre.ts';
import { TEST_DATA } from '../../../test/centre/test-directory.ts';

const CUSTOMER = '15551234';
const PHONES: Readonly<Record<string, string>> = { 2001: '2003', 2002: '2004', 2050: '2060' };

let centre: EmbeddedCentre;
/** How many Updates of each user were looked at already. */
let looked: Map<string, number>;
let requests: number;

afterEach(() => centre?.close());

/**
 * All three signed in, 2001 ready, and nothing of that left to look at.
 * @param more XML beside the extension, by user
 */
async function open(more: Readonly<Record<string, string>> = {}): Promise<void> {
  requests = 0;
  looked = new Map();
  const users = TEST_DATA.users.filter(({ teamId }) => teamId !== null);
  centre = await new EmbeddedCentre(users).open([...Object.values(PHONES), '2099']);
  for (const [user, phone] of Object.entries(PHONES))
    await centre.put(
      user,
      `<User><state>LOGIN</state><extension>${phone}</extension>${more[user] ?? ''}</User>`,
      `in-${user}`,
    );
  await centre.updates(3);
  await centre.put('2001', '<User><state>READY</state></User>', 'ready');
  await centre.updates(4);
  centre.published.length = 0;
}

/**
 * An Update in short: of a User its state; of a Dialog event, id, state, type, its agents and the caller with
 * their states; an error with number and text. A requestId stands at the end.
 */
function inShort(payload: string): string {
  const of = (name: string) => new RegExp(`<${name}>(.*?)</${name}>`).exec(payload)?.[1] ?? '';
  const requestId = of('requestId') === '' ? '' : ` ← ${of('requestId')}`;
  if (payload.includes('<apiErrors>')) return `error ${of('errorData')} ${of('errorMessage')}${requestId}`;
  if (payload.includes('<user>')) return `${of('state')}${requestId}`;
  const parties = [...payload.matchAll(/<mediaAddress>(.*?)<[\s\S]*?<state>(\w+)</g)]
    .map(([, address, state]) => `${address === CUSTOMER ? 'caller' : address} ${state}`)
    .join(', ');
  const state = /<\/participants>[\s\S]*?<state>(\w+)</.exec(payload)?.[1];
  return `${of('event')} ${of('id')} ${state} ${of('callType')}: ${parties}${requestId}`;
}

const updatesOf = (user: string): string[] =>
  centre.published.flatMap(({ node, payload }) =>
    node === `/finesse/api/User/${user}` || node === `/finesse/api/User/${user}/Dialogs`
      ? [inShort(payload)]
      : [],
  );

/** The next Updates of a user, on both nodes, in order: these and no others before them. */
async function next(user: string, ...expected: string[]): Promise<void> {
  const from = looked.get(user) ?? 0;
  const heard = () => updatesOf(user).slice(from, from + expected.length);
  const differs = () => heard().some((line, index) => line !== expected[index]);
  await centre.until(() => heard().length === expected.length || differs());
  expect(heard()).toEqual(expected);
  looked.set(user, from + expected.length);
}

async function send(user: string, method: 'PUT' | 'POST', path: string, fields: Record<string, string>) {
  const requestId = `r${++requests}`;
  const inner = Object.entries(fields).map(([name, value]) => `<${name}>${value}</${name}>`);
  const response = await centre.request(user, method, path, `<Dialog>${inner.join('')}</Dialog>`, requestId);
  expect(response.statusCode).toBe(202);
}

const act = (user: string, dialog: number, requestedAction: string, more: Record<string, string> = {}) =>
  send(user, 'PUT', `Dialog/${dialog}`, { requestedAction, targetMediaAddress: PHONES[user]!, ...more });
const start = (user: string, requestedAction: string, toAddress: string, more: Record<string, string> = {}) =>
  send(user, 'POST', `User/${user}/Dialogs`, {
    requestedAction,
    fromAddress: PHONES[user]!,
    toAddress,
    ...more,
  });
const variable = (name: string, value: string) => ({
  mediaProperties: `<callvariables><CallVariable><name>${name}</name><value>${value}</value></CallVariable></callvariables>`,
});

const callIn = () =>
  centre.simulation.call({
    from: CUSTOMER,
    to: '6001',
    talkMs: null,
    patienceMs: null,
    data: { variables: { 0: 'gold' } },
  });

/** The caller reaches 2001, who answers. The call is dialog 100. */
async function answered(): Promise<void> {
  await open();
  callIn();
  await next('2001', 'RESERVED', 'POST 100 ALERTING PREROUTE_ACD_IN: caller INITIATED, 2003 ALERTING');
  await act('2001', 100, 'ANSWER');
  await next('2001', 'PUT 100 ACTIVE PREROUTE_ACD_IN: caller ACTIVE, 2003 ACTIVE ← r1', 'TALKING');
}

/** 2001 consults 2002 about the call; the consult call is dialog 101. */
async function consulting(): Promise<void> {
  await answered();
  await act('2001', 100, 'CONSULT_CALL', { toAddress: '2004' });
  await next(
    '2001',
    'PUT 100 ACTIVE PREROUTE_ACD_IN: caller ACTIVE, 2003 HELD ← r2',
    'POST 101 INITIATING CONSULT: 2003 INITIATING',
    // It names its consult call now.
    'PUT 100 ACTIVE PREROUTE_ACD_IN: caller ACTIVE, 2003 HELD',
    'PUT 101 INITIATED CONSULT: 2003 INITIATED',
    'PUT 101 ALERTING CONSULT: 2003 INITIATED, 2004 ALERTING',
  );
  await next('2002', 'POST 101 ALERTING CONSULT_OFFERED: 2003 INITIATED, 2004 ALERTING');
  await act('2002', 101, 'ANSWER');
  await next(
    '2001',
    'PUT 101 ACTIVE CONSULT: 2003 ACTIVE, 2004 ACTIVE',
    // TRANSFER and CONFERENCE are among the actions of the held call now.
    'PUT 100 ACTIVE PREROUTE_ACD_IN: caller ACTIVE, 2003 HELD',
  );
  await next('2002', 'PUT 101 ACTIVE CONSULT_OFFERED: 2003 ACTIVE, 2004 ACTIVE ← r3', 'TALKING');
}

test('answer, hold, retrieve, DTMF, call data, drop, wrap-up with its reason', async () => {
  await answered();
  const { body } = await centre.request('2001', 'GET', 'Dialog/100');
  expect(body).toContain('<name>callVariable1</name>\n        <value>gold</value>');
  expect(body).toContain(`<fromAddress>${CUSTOMER}</fromAddress>`);
  expect(body).toContain('<toAddress>6001</toAddress>');
  await act('2001', 100, 'HOLD');
  await next('2001', 'PUT 100 ACTIVE PREROUTE_ACD_IN: caller ACTIVE, 2003 HELD ← r2', 'HOLD');
  await act('2001', 100, 'RETRIEVE');
  await next('2001', 'PUT 100 ACTIVE PREROUTE_ACD_IN: caller ACTIVE, 2003 ACTIVE ← r3', 'TALKING');
  const dtmfString = '<ActionParam><name>dtmfString</name><value>12#</value></ActionParam>';
  await act('2001', 100, 'SEND_DTMF', { actionParams: dtmfString });
  await next('2001', 'PUT 100 ACTIVE PREROUTE_ACD_IN: caller ACTIVE, 2003 ACTIVE ← r4');
  await act('2001', 100, 'UPDATE_CALL_DATA', variable('user.account', '4711'));
  await next('2001', 'PUT 100 ACTIVE PREROUTE_ACD_IN: caller ACTIVE, 2003 ACTIVE ← r5');
  expect((await centre.request('2001', 'GET', 'Dialog/100')).body).toContain(
    '<name>user.account</name>\n        <value>4711</value>',
  );
  await act('2001', 100, 'DROP');
  await next('2001', 'WORK_READY', 'PUT 100 ACTIVE PREROUTE_ACD_IN: caller DROPPED, 2003 WRAP_UP ← r6');
  const wrapUpReason = { mediaProperties: '<wrapUpReason>Sale made</wrapUpReason>' };
  await act('2001', 100, 'UPDATE_CALL_DATA', wrapUpReason);
  await next('2001', 'PUT 100 ACTIVE PREROUTE_ACD_IN: caller DROPPED, 2003 WRAP_UP ← r7');
  await centre.put('2001', '<User><state>READY</state></User>', 'done');
  await next(
    '2001',
    'READY ← done',
    'PUT 100 DROPPED PREROUTE_ACD_IN: caller DROPPED, 2003 DROPPED',
    'DELETE 100 DROPPED PREROUTE_ACD_IN: caller DROPPED, 2003 DROPPED',
  );
  expect((await centre.request('2001', 'GET', 'User/2001/Dialogs')).body).toBe('<Dialogs/>');
});

test('a consult transfer, as objects.md 3.4 has it', async () => {
  await consulting();
  await act('2001', 100, 'TRANSFER');
  await next(
    '2001',
    'WORK_READY',
    'PUT 101 DROPPED CONSULT: 2003 DROPPED, 2004 DROPPED',
    'DELETE 101 DROPPED CONSULT: 2003 DROPPED, 2004 DROPPED',
    'PUT 100 ACTIVE PREROUTE_ACD_IN: caller ACTIVE, 2003 WRAP_UP, 2004 ACTIVE ← r4',
  );
  await next(
    '2002',
    'PUT 101 DROPPED CONSULT_OFFERED: 2003 DROPPED, 2004 DROPPED',
    'DELETE 101 DROPPED CONSULT_OFFERED: 2003 DROPPED, 2004 DROPPED',
    'POST 100 ACTIVE TRANSFER: caller ACTIVE, 2003 WRAP_UP, 2004 ACTIVE',
  );
  expect((await centre.request('2002', 'GET', 'Dialog/100')).body).toContain(
    '<secondaryId>101</secondaryId>',
  );
  await centre.put('2001', '<User><state>NOT_READY</state><reasonCodeId>12</reasonCodeId></User>', 'done');
  await next(
    '2001',
    'NOT_READY ← done',
    'PUT 100 ACTIVE PREROUTE_ACD_IN: caller ACTIVE, 2003 DROPPED, 2004 ACTIVE',
    'DELETE 100 DROPPED PREROUTE_ACD_IN: caller ACTIVE, 2003 DROPPED, 2004 ACTIVE',
  );
  await next('2002', 'PUT 100 ACTIVE TRANSFER: caller ACTIVE, 2003 DROPPED, 2004 ACTIVE');
  await act('2002', 100, 'HOLD');
  await next('2002', 'PUT 100 ACTIVE TRANSFER: caller ACTIVE, 2004 HELD ← r5', 'HOLD');
});

test('a conference, a guest who may not add anybody, and its end', async () => {
  await consulting();
  await act('2001', 100, 'CONFERENCE');
  await next(
    '2001',
    'PUT 101 DROPPED CONSULT: 2003 DROPPED, 2004 DROPPED',
    'DELETE 101 DROPPED CONSULT: 2003 DROPPED, 2004 DROPPED',
    'PUT 100 ACTIVE CONFERENCE: caller ACTIVE, 2003 ACTIVE, 2004 ACTIVE ← r4',
  );
  await next(
    '2002',
    'PUT 101 DROPPED CONSULT_OFFERED: 2003 DROPPED, 2004 DROPPED',
    'DELETE 101 DROPPED CONSULT_OFFERED: 2003 DROPPED, 2004 DROPPED',
    'POST 100 ACTIVE CONFERENCE: caller ACTIVE, 2003 ACTIVE, 2004 ACTIVE',
  );
  await act('2002', 100, 'CONSULT_CALL', { toAddress: '2060' });
  await centre.until(() => centre.payloads.has('r5'));
  expect(inShort(centre.payloads.get('r5')![0]!)).toBe(
    'error 2004 INVALID_ACTION CONSULT_CALL on extension 2004 ← r5',
  );
  await act('2001', 100, 'DROP');
  await centre.until(() => centre.payloads.has('r6'));
  expect(inShort(centre.payloads.get('r6')![0]!)).toMatch(
    /^PUT 100 ACTIVE \w+: caller ACTIVE, 2003 WRAP_UP, 2004 ACTIVE ← r6$/,
  );
});

test('an agent calls another one; a call to nowhere and to a phone that is not attended', async () => {
  await open();
  await start('2002', 'MAKE_CALL', '2003', variable('callVariable3', 'hello'));
  await next('2002', 'POST 100 INITIATING AGENT_INSIDE: 2004 INITIATING ← r1');
  await centre.until(() => updatesOf('2001').some((line) => line.startsWith('POST 100 ALERTING')));
  expect((await centre.request('2001', 'GET', 'Dialog/100')).body).toContain('<value>hello</value>');
  await act('2002', 100, 'DROP');
  await centre.until(() => updatesOf('2002').some((line) => line.startsWith('DELETE 100')));
  await start('2050', 'MAKE_CALL', '77');
  await centre.until(() => centre.payloads.has('r3'));
  expect(updatesOf('2050').find((line) => line.endsWith('← r3'))).toMatch(/^(error|POST)/);
});

test('a mobile agent, call by call, is called first and then makes the call', async () => {
  await open({
    2002: '<mobileAgent><mode>CALL_BY_CALL</mode><dialNumber>15559990000</dialNumber></mobileAgent>',
  });
  await start('2002', 'MAKE_CALL', '15558887777');
  await next(
    '2002',
    'POST 100 INITIATING OUT: 2004 INITIATING ← r1',
    'TALKING',
    'PUT 100 INITIATED OUT: 2004 INITIATED',
    'PUT 100 ALERTING OUT: 2004 INITIATED, 15558887777 ALERTING',
  );
});

test('a supervisor listens, joins, and leaves', async () => {
  await answered();
  await start('2050', 'SILENT_MONITOR', '2003');
  await centre.until(() => centre.payloads.has('r2'));
  expect(inShort(centre.payloads.get('r2')![0]!)).toMatch(/^POST 101 \w+ SUPERVISOR_MONITOR: /);
  await centre.until(() => updatesOf('2050').some((line) => line.startsWith('PUT 101 ACTIVE')));
  await centre.until(() => updatesOf('2001').some((line) => line.startsWith('PUT 101 ACTIVE')));
  // Gadgets of the watched agent see who listens; it is no call of the agent's.
  expect(updatesOf('2001').find((line) => line.includes('101'))).toMatch(
    /^POST 101 \w+ SUPERVISOR_MONITOR: /,
  );
  const mine = (await centre.request('2001', 'GET', 'User/2001/Dialogs')).body;
  expect([...mine.matchAll(/<id>(\d+)<\/id>/g)].map(([, id]) => id)).toEqual(['100', '101']);
  expect((await centre.request('2001', 'GET', 'Dialog/101')).body).toContain('<id>101</id>');
  await start('2050', 'BARGE_CALL', '2003', { associatedDialogUri: '/finesse/api/Dialog/101' });
  await centre.until(() => centre.payloads.has('r3'));
  expect(inShort(centre.payloads.get('r3')![0]!)).toMatch(
    /^POST 100 ACTIVE \w+: caller ACTIVE, 2003 ACTIVE, 2060 \w+ ← r3$/,
  );
  await centre.until(() => updatesOf('2050').some((line) => line.startsWith('DELETE 101')));
  await centre.until(() => updatesOf('2001').some((line) => line.startsWith('DELETE 101')));
  await act('2050', 100, 'DROP');
  await centre.until(() => centre.payloads.has('r4'));
  expect(inShort(centre.payloads.get('r4')![0]!)).toMatch(
    /^PUT 100 ACTIVE \w+: .*2060 (DROPPED|WRAP_UP) ← r4$/,
  );
});

test('two answers at once: one succeeds, the other gets its error', async () => {
  await open();
  callIn();
  await next('2001', 'RESERVED', 'POST 100 ALERTING PREROUTE_ACD_IN: caller INITIATED, 2003 ALERTING');
  await Promise.all([act('2001', 100, 'ANSWER'), act('2001', 100, 'ANSWER')]);
  await centre.until(() => centre.payloads.has('r1') && centre.payloads.has('r2'));
  const answers = ['r1', 'r2'].map((id) => centre.payloads.get(id)!.map(inShort));
  expect(answers.map((list) => list.length)).toEqual([1, 1]);
  expect(answers.flat().filter((line) => line.startsWith('PUT 100 ACTIVE'))).toHaveLength(1);
  expect(answers.flat().filter((line) => line.startsWith('error'))).toHaveLength(1);
});

const offer = (mode: 'preview' | 'directPreview' | 'personalCallback') =>
  centre.simulation.preview('2003', {
    mode,
    number: CUSTOMER,
    campaign: 'Spring',
    account: 'A-7',
    name: 'Doe, Jo',
    timeZone: -300,
  });
const parameters = (values: Record<string, string>) => ({
  actionParams: Object.entries(values)
    .map(([name, value]) => `<ActionParam><name>${name}</name><value>${value}</value></ActionParam>`)
    .join(''),
});
const lastOf = (user: string) =>
  centre.published.findLast(({ node }) => node === `/finesse/api/User/${user}/Dialogs`)!.payload;

test('outbound option: a contact is rejected, the next one accepted, reclassified and called back', async () => {
  await open();
  offer('directPreview');
  const reserved = 'ALERTING OUTBOUND_DIRECT_PREVIEW: 8900 INITIATED, 2003 ALERTING';
  await next('2001', 'RESERVED_OUTBOUND_PREVIEW', `POST 100 ${reserved}`);
  expect(lastOf('2001')).toContain(
    '<action>ACCEPT</action>\n<action>REJECT</action>\n<action>CLOSE</action>',
  );
  expect(lastOf('2001')).toContain(
    '<name>BAStatus</name>\n<value>DIRECT_PREVIEW_OUTBOUND_RESERVATION</value>',
  );
  await act('2001', 100, 'HOLD');
  await next('2001', 'error 2003 INVALID_ACTION HOLD on extension 2003 ← r1');
  await act('2001', 100, 'REJECT');
  await centre.until(() => updatesOf('2001').at(-1) === 'READY');
  looked.set('2001', updatesOf('2001').length);
  offer('directPreview');
  await next('2001', 'RESERVED_OUTBOUND_PREVIEW', `POST 101 ${reserved}`);
  await act('2001', 101, 'ACCEPT');
  await next('2001', 'PUT 101 ACCEPTED OUTBOUND_DIRECT_PREVIEW: 8900 INITIATED, 2003 ACCEPTED ← r3');
  await centre.until(() =>
    /ACTIVE OUTBOUND: 2003 ACTIVE, caller ACTIVE/.test(updatesOf('2001').at(-1) ?? ''),
  );
  looked.set('2001', updatesOf('2001').length);
  expect(updatesOf('2001')).toContain('TALKING');
  await act('2001', 102, 'RECLASSIFY', parameters({ outboundClassification: 'FAX' }));
  await next('2001', 'PUT 102 ACTIVE OUTBOUND: 2003 ACTIVE, caller ACTIVE ← r4');
  expect(lastOf('2001')).toContain('<value>REX_FAX</value>');
  await act(
    '2001',
    102,
    'UPDATE_SCHEDULED_CALLBACK',
    parameters({ callbackTime: '2014-03-07T14:30', callbackNumber: '5551212' }),
  );
  await centre.until(() => updatesOf('2001').at(-1)?.endsWith('← r5') === true);
  expect(lastOf('2001')).toContain(
    '<scheduledCallbackInfo>\n<callbackTime>2014-03-07T14:30</callbackTime>\n<callbackNumber>5551212</callbackNumber>',
  );
  await act('2001', 102, 'CANCEL_SCHEDULED_CALLBACK');
  await centre.until(() => updatesOf('2001').at(-1)?.endsWith('← r6') === true);
  expect(lastOf('2001')).not.toContain('scheduledCallbackInfo');
  // Only a reservation is accepted.
  await act('2001', 102, 'ACCEPT');
  await centre.until(() => /INVALID_ACTION ACCEPT/.test(updatesOf('2001').at(-1) ?? ''));
});
