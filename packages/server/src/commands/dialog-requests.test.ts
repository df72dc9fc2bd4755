import { afterEach, describe, expect, test } from 'vitest';
import { CALL_DATA, callCentre, dialogUpdates, error, inShort } from '../../test/centre/call-centre.ts';
import type { TestCentre } from '../../test/centre/test-centre.ts';
import {
  CONFERENCE,
  CONSULTING,
  HELD_AND_BACK,
  INTO_WRAP_UP,
  RINGING,
  SINGLE_STEP,
  TALKING,
  TRANSFERRED,
  WITHOUT_WRAP_UP,
  WRAP_UP_DONE,
} from '../../test/domain/call-scenarios.ts';
import {
  cleared,
  connectionCleared,
  dataUpdated,
  held,
  retrieved,
  type Step,
} from '../../test/domain/call-script.ts';
import { DIALOG_REQUEST_LIMITS } from './dialog-requests.ts';

let centre: TestCentre;
afterEach(() => centre?.close());

const put = (action: string, requestId: string, more: Record<string, string> = {}, dialog = '100') =>
  centre.dialog(
    'a',
    `Dialog/${dialog}`,
    { requestedAction: action, targetMediaAddress: '2001', ...more },
    requestId,
  );
const setVariable = (value: string) => ({
  mediaProperties: `<callvariables><CallVariable><name>callVariable1</name><value>${value}</value></CallVariable></callvariables>`,
});
const answer = (requestId: string) => {
  const payloads = centre.answers(requestId);
  expect(payloads).toHaveLength(1);
  expect(payloads[0]!.node).toBe('/finesse/api/User/a/Dialogs');
  return inShort(payloads[0]!.payload);
};
const verbs = () => centre.asked.map(({ control }) => control.verb);
const confirm = (index = 0) => centre.asked[index]!.answered({ type: 'confirmed' });

describe('the first fitting Update of the dialog addressed answers the request:', () => {
  const steps = (whole: readonly Step[], from: readonly Step[]) => whole.slice(from.length);
  test.each<[string, readonly Step[], readonly Step[], Record<string, string>, string]>([
    ['ANSWER', RINGING, steps(TALKING, RINGING), {}, 'PUT 100 ACTIVE'],
    ['HOLD', TALKING, steps(HELD_AND_BACK, TALKING).slice(0, 2), {}, 'PUT 100 ACTIVE'],
    ['RETRIEVE', HELD_AND_BACK.slice(0, -2), HELD_AND_BACK.slice(-2), {}, 'PUT 100 ACTIVE'],
    ['DROP', TALKING, steps(WITHOUT_WRAP_UP, TALKING), {}, 'PUT 100 DROPPED'],
    ['DROP', TALKING, steps(INTO_WRAP_UP, TALKING), {}, 'PUT 100 ACTIVE'],
    ['CONSULT_CALL', TALKING, steps(CONSULTING, TALKING), { toAddress: '2002' }, 'PUT 100 ACTIVE'],
    ['TRANSFER', CONSULTING, steps(TRANSFERRED, CONSULTING), {}, 'PUT 100 ACTIVE'],
    ['CONFERENCE', CONSULTING, steps(CONFERENCE, CONSULTING), {}, 'PUT 100 ACTIVE'],
    ['TRANSFER_SST', TALKING, steps(SINGLE_STEP, TALKING), { toAddress: '2002' }, 'PUT 100 ACTIVE'],
    ['UPDATE_CALL_DATA', INTO_WRAP_UP, steps(WRAP_UP_DONE, INTO_WRAP_UP), setVariable('x'), 'PUT 100 ACTIVE'],
  ])('%s', async (action, before, after, more, expected) => {
    for (const confirmed of ['before', 'after', 'in the middle'] as const) {
      centre = await callCentre(before);
      centre.published.length = 0;
      await put(action, 'r1', more);
      if (confirmed === 'before') confirm();
      centre.play(after.slice(0, 1));
      if (confirmed === 'in the middle') confirm();
      centre.play(after.slice(1));
      if (confirmed === 'after') confirm();
      centre.clock.advance(60_000);
      expect(answer('r1')).toMatch(expected);
      expect(centre.desk.dialogRequests.pending).toBe(0);
      await centre.close();
    }
  });
});

test('a hold by the other party is not the outcome of the own one', async () => {
  centre = await callCentre(CONFERENCE);
  await put('HOLD', 'r1');
  confirm();
  centre.play([held('100', '2002', { 2001: 'CONNECT', 2002: 'HOLD' })]);
  expect(centre.answers('r1')).toHaveLength(0);
  centre.play([held('100', '2001', { 2001: 'HOLD', 2002: 'HOLD' })]);
  expect(answer('r1')).toBe('PUT 100 ACTIVE');
});

test('an answer to a campaign is never sent for a call of none, even while another request is unsettled', async () => {
  centre = await callCentre(TALKING);
  await put('HOLD', 'r1');
  confirm();
  expect(centre.answers('r1')).toHaveLength(0);
  await put('ACCEPT', 'r2');
  expect(answer('r2')).toContain('INVALID_ACTION ACCEPT');
});

test('DTMF and recording end with their confirmation, in the dialog as it is', async () => {
  centre = await callCentre(TALKING);
  await put('SEND_DTMF', 'r1', {
    actionParams: '<ActionParam><name>dtmfString</name><value>1</value></ActionParam>',
  });
  expect(centre.answers('r1')).toHaveLength(0);
  confirm();
  expect(answer('r1')).toBe('PUT 100 ACTIVE');
  await centre.close();
  centre = await callCentre(TALKING, { profile: { deployment: 'CCX' } });
  await put('START_RECORDING', 'r1');
  confirm();
  expect(answer('r1')).toBe('PUT 100 ACTIVE');
});

test('call data that are there already end with the confirmation', async () => {
  centre = await callCentre([...TALKING, dataUpdated('100', '2001', { data: { variables: { 0: 'x' } } })]);
  await put('UPDATE_CALL_DATA', 'r1', setVariable('x'));
  confirm();
  expect(answer('r1')).toBe('PUT 100 ACTIVE');
});

test('a confirmation without a change ends in the dialog as it is, after 5 s', async () => {
  centre = await callCentre(TALKING);
  await put('HOLD', 'r1');
  confirm();
  centre.clock.advance(4_990);
  expect(centre.answers('r1')).toHaveLength(0);
  centre.clock.advance(20);
  expect(answer('r1')).toBe('PUT 100 ACTIVE');
});

test('a dialog that ends meanwhile answers with its DELETE, and what is left with its last picture', async () => {
  centre = await callCentre(TALKING);
  await put('HOLD', 'r1');
  confirm(0);
  await put('UPDATE_CALL_DATA', 'r2', setVariable('x'));
  confirm(1);
  centre.play(WITHOUT_WRAP_UP.slice(TALKING.length));
  expect(answer('r1')).toBe('DELETE 100 DROPPED');
  expect(answer('r2')).toMatch(/^PUT 100/);
});

test('a request whose turn comes when the dialog is gone is refused', async () => {
  centre = await callCentre(TALKING);
  await put('HOLD', 'r1');
  await put('RETRIEVE', 'r2');
  centre.play(WITHOUT_WRAP_UP.slice(TALKING.length));
  centre.asked[0]!.answered({ type: 'refused', refusal: { code: 13 } });
  expect(answer('r1')).toBe('error 13 CF_INVALID_CSTA_CONNECTION_IDENTIFIER');
  expect(answer('r2')).toBe('error 13 CF_INVALID_CSTA_CONNECTION_IDENTIFIER');
  expect(verbs()).toEqual(['HOLD']);
});

test('of two answers from two desktops one succeeds and the other gets its error', async () => {
  centre = await callCentre(RINGING);
  await Promise.all([put('ANSWER', 'r1'), put('ANSWER', 'r2')]);
  expect(verbs()).toEqual(['ANSWER']);
  confirm(0);
  // The first is not settled yet, so the CTI server decides about the second.
  expect(verbs()).toEqual(['ANSWER', 'ANSWER']);
  centre.play(TALKING.slice(RINGING.length));
  centre.asked[1]!.answered({ type: 'refused', refusal: { code: 22 } });
  expect([answer('r1'), answer('r2')]).toEqual(['PUT 100 ACTIVE', 'error 22 CF_INVALID_OBJECT_STATE']);
  await centre.close();

  centre = await callCentre(RINGING);
  await Promise.all([put('ANSWER', 'r1'), put('ANSWER', 'r2')]);
  centre.play(TALKING.slice(RINGING.length));
  confirm(0);
  expect(verbs()).toEqual(['ANSWER']);
  expect([answer('r1'), answer('r2')]).toEqual([
    'PUT 100 ACTIVE',
    'error 2001 INVALID_ACTION ANSWER on extension 2001',
  ]);
});

test('requests about one dialog wait for each other; those about another do not', async () => {
  centre = await callCentre(CONSULTING);
  await put('HOLD', 'r1', {}, '101');
  await put('DROP', 'r2', {}, '101');
  await put('UPDATE_CALL_DATA', 'r3', setVariable('x'));
  expect(verbs()).toEqual(['HOLD', 'UPDATE_CALL_DATA']);
  confirm(0);
  expect(verbs()).toEqual(['HOLD', 'UPDATE_CALL_DATA', 'DROP']);
});

test('what the CTI server refuses is told with its number; some numbers of the peripheral take its place', async () => {
  centre = await callCentre(CONSULTING, { profile: { release: '12.6' } });
  await put('CONFERENCE', 'r1');
  centre.asked[0]!.answered({
    type: 'refused',
    refusal: { code: 71, constant: 'CF_GENERIC_OPERATION_REJECTION', peripheralErrorCode: 20999 },
  });
  expect(centre.answers('r1')[0]!.payload).toBe(`<Update>
<data>
<apiErrors>
<apiError>
<peripheralErrorCode>20999</peripheralErrorCode>
<errorType>Generic Error</errorType>
<errorMessage>CF_GENERIC_OPERATION_REJECTION</errorMessage>
<errorData>20999</errorData>
</apiError>
</apiErrors>
</data>
<requestId>r1</requestId>
<source>/finesse/api/Dialog/100</source>
<event>put</event>
</Update>`);
  await put('CONFERENCE', 'r2');
  centre.asked[1]!.answered({ type: 'refused', refusal: { code: 38 } });
  expect(centre.answers('r2')[0]!.payload).toContain('<errorType>Call Operation Failure</errorType>');
});

test('a timeout and a lost link are error 78', async () => {
  centre = await callCentre(TALKING);
  await put('HOLD', 'r1');
  centre.asked[0]!.answered({ type: 'timeout' });
  expect(answer('r1')).toBe('error 78 CF_REQUEST_TIMEOUT_REJECTION');
  await put('HOLD', 'r2');
  await put('DROP', 'r3');
  centre.asked[1]!.answered({ type: 'confirmed' });
  centre.server.drop();
  centre.asked[2]!.answered({ type: 'lost' });
  expect([answer('r2'), answer('r3')]).toEqual([
    'error 78 CF_REQUEST_TIMEOUT_REJECTION',
    'error 78 CF_REQUEST_TIMEOUT_REJECTION',
  ]);
});

test('a confirmation that does not follow its change holds the next request back for seconds, not until the time-out', async () => {
  centre = await callCentre(TALKING);
  await put('HOLD', 'r1');
  await put('RETRIEVE', 'r2');
  const [hold, , back] = HELD_AND_BACK.slice(TALKING.length);
  centre.play([hold!]);
  expect(answer('r1')).toBe('PUT 100 ACTIVE');
  centre.clock.advance(2_000);
  expect(verbs()).toEqual(['HOLD']);
  centre.clock.advance(500);
  expect(verbs()).toEqual(['HOLD', 'RETRIEVE']);
  centre.play([back!]);
  confirm();
  centre.clock.advance(60_000);
  expect(answer('r2')).toBe('PUT 100 ACTIVE');
  expect(centre.desk.dialogRequests.pending).toBe(0);
});

test('a flood on one dialog is refused beyond 16, of one user beyond 32, and everything accepted is answered', async () => {
  centre = await callCentre(CONSULTING);
  const accepted: string[] = [];
  for (const dialog of ['100', '101'])
    for (let n = 0; n < DIALOG_REQUEST_LIMITS.perLaneMax + 2; n++) {
      const requestId = `${dialog}-${n}-`;
      const response = await put('UPDATE_CALL_DATA', requestId, setVariable('x'), dialog);
      if (response.statusCode === 202) accepted.push(requestId);
      else expect(error(response)).toEqual([400, 'Generic Error', dialog]);
    }
  expect(accepted).toHaveLength(2 * DIALOG_REQUEST_LIMITS.perLaneMax);
  const make = { requestedAction: 'MAKE_CALL', fromAddress: '2001', toAddress: '99555' };
  expect(error(await centre.dialog('a', 'User/a/Dialogs', make))).toEqual([400, 'Generic Error', 'a']);
  centre.onCallControl = ({ answered }) => answered({ type: 'refused', refusal: { code: 22 } });
  for (const { answered } of [...centre.asked]) answered({ type: 'refused', refusal: { code: 22 } });
  for (const requestId of accepted) expect(centre.answers(requestId)).toHaveLength(1);
  expect(centre.desk.dialogRequests.pending).toBe(0);
  expect((await centre.dialog('a', 'User/a/Dialogs', make)).statusCode).toBe(202);
});

test.each(['CONFERENCE', 'TRANSFER'])(
  'the caller who hangs up in the middle of a %s: the refusal is the answer, not the end of the call',
  async (verb) => {
    centre = await callCentre(CONSULTING);
    await put(verb, 'r1');
    centre.play([
      connectionCleared('100', '9001', { 2001: 'HOLD' }),
      connectionCleared('100', '2001', { 2001: 'NULL' }),
      cleared('100', { 2001: 'NULL' }),
    ]);
    centre.clock.advance(5_000);
    expect(dialogUpdates(centre, 'a').map(inShort)).toContain('DELETE 100 DROPPED');
    expect(centre.answers('r1')).toHaveLength(0);
    centre.asked[0]!.answered({ type: 'refused', refusal: { code: 13 } });
    expect(answer('r1')).toBe('error 13 CF_INVALID_CSTA_CONNECTION_IDENTIFIER');
  },
);

test('a user who is deleted takes its requests along', async () => {
  centre = await callCentre(TALKING);
  await put('HOLD', 'r1');
  centre.directory.replace({ ...CALL_DATA, users: CALL_DATA.users.filter(({ loginId }) => loginId !== 'a') });
  centre.asked[0]!.answered({ type: 'confirmed' });
  centre.clock.advance(60_000);
  expect(centre.answers('r1')).toHaveLength(0);
  expect(centre.desk.dialogRequests.pending).toBe(0);
});

test('an agent who consults and changes its mind: every step is answered in order', async () => {
  centre = await callCentre(CONSULTING);
  centre.onCallControl = ({ answered }) => answered({ type: 'confirmed' });
  await put('HOLD', 'r1', {}, '101');
  centre.play([held('101', '2001', { 2001: 'HOLD', 2002: 'CONNECT' })]);
  await put('RETRIEVE', 'r2');
  centre.play([retrieved('100', '2001', { 2001: 'CONNECT' })]);
  await put('TRANSFER', 'r3', {}, '101');
  expect(centre.asked.at(-1)!.control).toEqual({
    verb: 'TRANSFER',
    heldDialogId: '101',
    activeDialogId: '100',
    extension: '2001',
  });
  expect([answer('r1'), answer('r2')]).toEqual(['PUT 101 ACTIVE', 'PUT 100 ACTIVE']);
  expect(dialogUpdates(centre, 'a').filter((payload) => payload.includes('>r3<'))).toHaveLength(0);
  centre.clock.advance(5_000);
  expect(answer('r3')).toMatch(/^PUT 101/);
});
