/**
 * What cannot be done with calls. After each case the webservices and the CTI server agree on every agent, nobody is
 * left in a call, and every request was answered exactly once.
 */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { boshSession } from '../connections/bosh.ts';
import { Floor, PATIENT_CALLS } from '../connections/floor.ts';
import {
  actionsOf,
  dialogIn,
  idOf,
  legOf,
  type SeenUpdate,
  UpdateLog,
  type UserDesk,
} from '../connections/user-desk.ts';
import { type RunningPoise, rest, startPoise } from '../server.ts';

let poise: RunningPoise;
let floor: Floor;
let agent: UserDesk;
let other: UserDesk;
/** In a call of his own all the time: nothing of this may touch him. */
let bystander: UserDesk;
let bystanderCall: string;
beforeAll(async () => {
  poise = await startPoise({ args: PATIENT_CALLS });
  floor = await Floor.open(poise);
  [agent, other, bystander] = (await floor.signedIn('3001', '3002', '3003')) as [
    UserDesk,
    UserDesk,
    UserDesk,
  ];
  await bystander.setState('READY', 'bystander');
  await floor.customer('6003', { from: '15550000' });
  bystanderCall = idOf(await bystander.rings());
  await bystander.dialog(bystanderCall, 'ANSWER', 'bystander-answer');
  await bystander.becomes('TALKING');
  // From here on the floor holds only those to be quiet who should be.
  floor.desks.delete('3003');
});
let toldBystander = 0;
afterEach(async () => {
  await floor.isQuiet();
  answersOnce(agent);
  answersOnce(other);
  expect((await floor.agrees(['3003'])).get('3003')).toEqual({
    state: 'TALKING',
    extension: '3003',
    calls: { [bystanderCall]: { parties: { '15550000': 'ACTIVE', '3003': 'ACTIVE' }, variables: {} } },
  });
  toldBystander ||= bystander.log.updates.length;
  expect(bystander.log.updates).toHaveLength(toldBystander);
});
afterAll(async () => {
  floor?.close();
  await poise?.stop();
});

let steps = 0;
const step = (what: string) => `${what}-${++steps}`;

/** No request of a desk was answered by more than one Update. */
function answersOnce({ log }: UserDesk): void {
  const seen = new Set<string>();
  for (const { requestId } of log.updates) {
    if (requestId === '') continue;
    // The Update of a state goes to the node of the user alone here: no second node bears the same id.
    expect(seen.has(requestId), requestId).toBe(false);
    seen.add(requestId);
  }
}

/** A customer rings at agent 3001. */
async function ringing(): Promise<{ id: string; customer: number }> {
  await agent.setState('READY', step('ready'));
  const customer = await floor.customer('6003');
  return { id: idOf(await agent.rings()), customer };
}

async function talk() {
  const call = await ringing();
  await agent.dialog(call.id, 'ANSWER', step('answer'));
  return call;
}

async function endCall(id: string): Promise<void> {
  await agent.dialog(id, 'DROP', step('drop'));
  await agent.over(id);
  await agent.setState('NOT_READY', step('not-ready'));
}

const action = (word: string, target: string, more = '') =>
  `<Dialog><requestedAction>${word}</requestedAction><targetMediaAddress>${target}</targetMediaAddress>${more}</Dialog>`;
const dtmf = (digits: string) =>
  `<actionParams><ActionParam><name>dtmfString</name><value>${digits}</value></ActionParam></actionParams>`;
const variables = (...pairs: readonly (readonly [name: string, value: string])[]) =>
  `<mediaProperties><callvariables>${pairs
    .map(([name, value]) => `<CallVariable><name>${name}</name><value>${value}</value></CallVariable>`)
    .join('')}</callvariables></mediaProperties>`;
const refusal = ({ status, text }: { status: number; text: string }) => [
  status,
  /<ErrorType>(.*)<\/ErrorType>/.exec(text)?.[1],
  /<ErrorData>(.*)<\/ErrorData>/.exec(text)?.[1],
];
const errorOf = ({ data, event }: SeenUpdate) => {
  const error = data?.child('apiError');
  return [event, ...['errorType', 'errorData', 'errorMessage'].map((name) => error?.child(name)?.text)];
};

/** Every word that requires a leg in some state, with what it needs beside its name. */
const WORDS = [
  ['ANSWER', ''],
  ['HOLD', ''],
  ['RETRIEVE', ''],
  ['DROP', ''],
  ['TRANSFER', ''],
  ['CONFERENCE', ''],
  ['CONSULT_CALL', '<toAddress>3002</toAddress>'],
  ['TRANSFER_SST', '<toAddress>3002</toAddress>'],
  ['SEND_DTMF', dtmf('1')],
  ['UPDATE_CALL_DATA', variables(['callVariable1', 'x'])],
  ['PARTICIPANT_DROP', ''],
  ['ACCEPT', ''],
  ['CLOSE', ''],
  ['REJECT', ''],
] as const;

/** Each word that is not among the actions of the leg is accepted, and refused by an Update. */
async function refusesAllButItsActions(id: string): Promise<readonly string[]> {
  const { text } = await agent.rest('GET', `/Dialog/${id}`);
  const own = text.split('<Participant>').find((part) => part.includes('<mediaAddress>3001<'));
  const allowed = [...(own ?? '').matchAll(/<action>(\w+)<\/action>/g)].map(([, word]) => word!);
  for (const [word, more] of WORDS) {
    if (allowed.includes(word)) continue;
    if (word === 'SEND_DTMF' && text.includes('<state>HELD</state>')) {
      const held = await agent.rest('PUT', `/Dialog/${id}`, action(word, '3001', more), step(word));
      expect(refusal(held)).toEqual([401, 'Invalid State', '3001']);
      continue;
    }
    const update = await agent.dialog(id, word, step(word), more);
    expect([update.source, update.node]).toEqual([
      `/finesse/api/Dialog/${id}`,
      '/finesse/api/User/3001/Dialogs',
    ]);
    expect(errorOf(update)).toEqual([
      'put',
      'Generic Error',
      '3001',
      `INVALID_ACTION ${word} on extension 3001`,
    ]);
  }
  return allowed;
}

test('actions that the state of the leg does not allow: ringing, active, held', async () => {
  const { id } = await ringing();
  expect(await refusesAllButItsActions(id)).toEqual(['ANSWER']);
  await agent.dialog(id, 'ANSWER', step('answer'));
  expect(await refusesAllButItsActions(id)).toContain('HOLD');
  await agent.dialog(id, 'HOLD', step('hold'));
  expect(await refusesAllButItsActions(id)).toEqual(['RETRIEVE', 'DROP', 'UPDATE_CALL_DATA']);
  await floor.agrees();
  await agent.dialog(id, 'RETRIEVE', step('retrieve'));
  await endCall(id);
});

test('words, elements and bodies that are none', async () => {
  const { id } = await talk();
  for (const [body, answer] of [
    [action('JUMP', '3001'), [400, 'Invalid Input', 'requestedAction']],
    [action('SILENT_MONITOR', '3001'), [400, 'Invalid Input', 'requestedAction']],
    [
      '<Dialog><requestedAction>HOLD</requestedAction></Dialog>',
      [400, 'Parameter Missing', 'targetMediaAddress'],
    ],
    [
      '<Dialog><targetMediaAddress>3001</targetMediaAddress></Dialog>',
      [400, 'Parameter Missing', 'requestedAction'],
    ],
    [action('HOLD', '3002'), [400, 'Invalid Input', 'targetMediaAddress']],
    [action('CONSULT_CALL', '3001'), [400, 'Parameter Missing', 'toAddress']],
    [
      action('CONSULT_CALL', '3001', '<toAddress>3001</toAddress>'),
      [400, 'Invalid Destination', 'toAddress'],
    ],
    [
      action('TRANSFER_SST', '3001', '<toAddress>3001</toAddress>'),
      [400, 'Invalid Destination', 'toAddress'],
    ],
    [
      action('CONSULT_CALL', '3001', `<toAddress>${'1'.repeat(40)}</toAddress>`),
      [400, 'Invalid Input', 'toAddress'],
    ],
    [action('CONSULT_CALL', '3001', '<toAddress>☎</toAddress>'), [400, 'Invalid Input', 'toAddress']],
    [action('START_RECORDING', '3001'), [501, 'Not Implemented', 'START_RECORDING']],
    ['<Dialog>', [400, 'Bad Request', expect.anything()]],
    ['<User><state>READY</state></User>', [400, 'Bad Request', expect.anything()]],
    ['', [400, 'Bad Request', expect.anything()]],
  ] as const) {
    const answered = await agent.rest('PUT', `/Dialog/${id}`, body, step('bad'));
    expect(refusal(answered), body.slice(0, 120)).toEqual(answer);
  }
  await endCall(id);
});

test('call variables and keys that do not fit, and some that just do', async () => {
  const { id } = await talk();
  const put = (word: string, more: string) =>
    agent.rest('PUT', `/Dialog/${id}`, action(word, '3001', more), step('data'));
  for (const [pairs, data] of [
    [[['callVariable1', 'x'.repeat(41)]], 'callVariable1'],
    [[['callVariable1', 'é']], 'callVariable1'],
    [[['callVariable1', '漢字']], 'callVariable1'],
    [[['callVariable11', 'x']], 'callVariable11'],
    [[['BAStatus', 'x']], 'BAStatus'],
    [
      [
        ['callVariable1', 'a'],
        ['callVariable1', 'b'],
      ],
      'callVariable1',
    ],
    [[['user.account', 'x'.repeat(211)]], 'user.account'],
    [[[`user.${'n'.repeat(28)}`, 'x']], `user.${'n'.repeat(28)}`],
  ] as const)
    expect(refusal(await put('UPDATE_CALL_DATA', variables(...pairs))), JSON.stringify(pairs)).toEqual([
      400,
      'Invalid Input',
      data,
    ]);
  const many = Array.from({ length: 10 }, (_, i) => [`user.many${i}`, 'y'.repeat(200)] as const);
  expect(refusal(await put('UPDATE_CALL_DATA', variables(...many))).slice(0, 2)).toEqual([
    400,
    'Invalid Input',
  ]);
  // Bytes that are no UTF-8, and a body that says it is something else.
  const latin1 = Buffer.from(action('UPDATE_CALL_DATA', '3001', variables(['callVariable1', 'é'])), 'latin1');
  const raw = await fetch(`http://127.0.0.1:${poise.ports.http}/finesse/api/Dialog/${id}`, {
    method: 'PUT',
    headers: {
      authorization: `Basic ${Buffer.from('3001:3001').toString('base64')}`,
      'content-type': 'application/xml',
    },
    body: latin1,
  });
  expect(raw.status).toBe(400);
  for (const digits of ['12X', '1'.repeat(32), '', 'é', '1 2', 'abcd'])
    expect((await put('SEND_DTMF', dtmf(digits))).status, digits).toBe(400);
  await floor.agrees();
  expect((await floor.pictureOf('3001')).calls[id]?.variables).toEqual({});

  const longest = 'x'.repeat(40);
  await agent.dialog(
    id,
    'UPDATE_CALL_DATA',
    step('data'),
    variables(['callVariable1', longest], ['user.account', 'z'.repeat(200)]),
  );
  expect((await floor.agrees()).get('3001')?.calls[id]?.variables).toEqual({
    callVariable1: longest,
    'user.account': 'z'.repeat(200),
  });
  const keys = await agent.dialog(id, 'SEND_DTMF', step('keys'), dtmf('0123456789*#ABCD0123456789*#ABC'));
  expect(legOf(dialogIn(keys), '3001')).toBe('ACTIVE');
  // A variable is emptied by an empty value.
  await agent.dialog(id, 'UPDATE_CALL_DATA', step('data'), variables(['callVariable1', '']));
  expect((await floor.agrees()).get('3001')?.calls[id]?.variables).toEqual({
    'user.account': 'z'.repeat(200),
  });
  await endCall(id);
});

test('dialogs of somebody else, of nobody, and in the name of another', async () => {
  const { id } = await talk();
  for (const [who, status] of [
    ['3002', 401],
    ['2001', 401],
    ['2050', 401],
  ] as const) {
    expect((await rest(poise, who, 'GET', `/Dialog/${id}`)).status, who).toBe(status);
    const dropped = await rest(poise, who, 'PUT', `/Dialog/${id}`, action('DROP', '3001'));
    expect(dropped.status, who).toBe(status);
  }
  expect(refusal(await other.rest('PUT', `/Dialog/${id}`, action('DROP', '3002')))).toEqual([
    401,
    'Invalid Authorization User Specified',
    id,
  ]);
  for (const nobody of ['1', '4294967295', '4294967296', '99999999999999999999', 'abc', '-1'])
    expect((await agent.rest('PUT', `/Dialog/${nobody}`, action('DROP', '3001'))).status, nobody).toBe(404);
  expect((await other.rest('GET', '/User/3001/Dialogs')).status).toBe(401);
  const made = await other.rest(
    'POST',
    '/User/3001/Dialogs',
    '<Dialog><requestedAction>MAKE_CALL</requestedAction><fromAddress>3001</fromAddress><toAddress>10000</toAddress></Dialog>',
  );
  expect(made.status).toBe(401);
  const from = await other.rest(
    'POST',
    '/User/3002/Dialogs',
    '<Dialog><requestedAction>MAKE_CALL</requestedAction><fromAddress>3001</fromAddress><toAddress>10000</toAddress></Dialog>',
  );
  expect(refusal(from)).toEqual([400, 'Invalid Input', 'fromAddress']);
  await endCall(id);
});

test('calls to oneself, to numbers that do not exist, that are busy, and to a phone out of service', async () => {
  const own = await agent.rest(
    'POST',
    '/User/3001/Dialogs',
    '<Dialog><requestedAction>MAKE_CALL</requestedAction><fromAddress>3001</fromAddress><toAddress>3001</toAddress></Dialog>',
  );
  expect(refusal(own)).toEqual([400, 'Invalid Destination', 'toAddress']);
  await floor.phone('10007', 'out-of-service');
  for (const [number, cause] of [
    ['77', 'BAD_DESTINATION'],
    ['0015555550102', 'BAD_DESTINATION'],
    ['0015555550101', 'BUSY'],
    ['3003', 'BUSY'],
    ['10007', expect.stringMatching(/^(OTHER|BAD_DESTINATION|DEVICE_RESOURCE_NOT_AVAILABLE)$/)],
  ] as const) {
    const made = await agent.call('MAKE_CALL', number, step('make'));
    if (made.data?.name === 'apiErrors') {
      expect(errorOf(made).slice(0, 2), number).toEqual(['put', 'Generic Error']);
      continue;
    }
    const id = idOf(dialogIn(made));
    const failed = dialogIn(await agent.leg('FAILED', id));
    const leg = failed.child('participants')?.elements('Participant')[0];
    expect([number, leg?.child('stateCause')?.text]).toEqual([number, cause]);
    expect(actionsOf(failed, '3001')).toEqual(['DROP']);
    await floor.agrees();
    await agent.dialog(id, 'DROP', step('drop'));
    await agent.over(id);
  }
  await floor.phone('10007', 'in-service');
  await agent.becomes('NOT_READY');
  // A second call beside one that talks is a consultation, not a call.
  const { id } = await talk();
  const second = await agent.call('MAKE_CALL', '10000', step('second'));
  expect(second.data?.name).toBe('apiErrors');
  expect((await floor.agrees()).get('3001')?.calls).toHaveProperty(id);
  await endCall(id);
});

test('the phone of an agent goes out of service in the middle of a call', async () => {
  const { id } = await talk();
  await floor.phone('3001', 'out-of-service');
  await agent.over(id);
  await agent.becomes('LOGOUT');
  await floor.agrees();
  const refused = await agent.setState('LOGIN', step('in'), '<extension>3001</extension>');
  expect(errorOf(refused).slice(0, 3)).toEqual(['put', 'Invalid Device', '260']);
  await floor.phone('3001', 'in-service');
  await agent.signIn(step('in'));
});

test('two desktops of one agent answer, hold and drop at once', async () => {
  const second = new UpdateLog(await (await boshSession(poise.ports.bosh, '3001', 'second')).appear());
  const { id } = await ringing();
  for (const word of ['ANSWER', 'HOLD', 'RETRIEVE', 'DROP']) {
    const ids = [step('both'), step('both')] as const;
    const answers = await Promise.all(
      ids.map((requestId) => agent.rest('PUT', `/Dialog/${id}`, action(word, '3001'), requestId)),
    );
    const updates = await Promise.all(
      ids.filter((_, i) => answers[i]!.status === 202).map((requestId) => agent.answered(requestId)),
    );
    const succeeded = updates.filter(({ data }) => data?.name !== 'apiErrors');
    // The end of the dialog may answer a second DROP: what it wished has happened.
    if (word === 'DROP') expect(succeeded.length).toBeGreaterThanOrEqual(1);
    else expect(succeeded, word).toHaveLength(1);
    // Who comes too late is told so, by the answer or by an Update.
    for (const { status } of answers) expect([202, 404]).toContain(status);
    // Both desktops see both outcomes.
    for (const { requestId } of updates)
      await expect.poll(() => second.updates.filter((u) => u.requestId === requestId)).toHaveLength(1);
  }
  await agent.over(id);
  await agent.setState('NOT_READY', step('not-ready'));
});

test('a flood of every action on one dialog, from two desktops: all answered once, and the call can go on', async () => {
  const { id } = await talk();
  // ANSWER to UPDATE_CALL_DATA without those that end the call or bring another one.
  const words = WORDS.filter(
    ([word]) => !['DROP', 'CONSULT_CALL', 'TRANSFER_SST', 'PARTICIPANT_DROP'].includes(word),
  );
  const ids = Array.from({ length: 400 }, () => step('flood'));
  const answers = await Promise.all(
    ids.map((requestId, i) => {
      const [word, more] = words[i % words.length]!;
      return agent.rest('PUT', `/Dialog/${id}`, action(word, '3001', more), requestId);
    }),
  );
  const accepted = ids.filter((_, i) => answers[i]!.status === 202);
  expect(accepted.length).toBeGreaterThan(15);
  for (const answer of answers)
    if (answer.status !== 202)
      expect([refusal(answer)]).toEqual(
        expect.arrayContaining([
          expect.toBeOneOf([
            [400, 'Generic Error', id],
            [401, 'Invalid State', '3001'],
          ]),
        ]),
      );
  for (const requestId of accepted) await agent.answered(requestId);
  await floor.agrees();
  const { text } = await agent.rest('GET', `/Dialog/${id}`);
  if (text.includes('<state>HELD</state>')) await agent.dialog(id, 'RETRIEVE', step('retrieve'));
  await endCall(id);
});

test('a flood of calls to be made, and of requests of many agents at once', async () => {
  const ids = Array.from({ length: 100 }, () => step('calls'));
  const answers = await Promise.all(
    ids.map((requestId) =>
      agent.rest(
        'POST',
        '/User/3001/Dialogs',
        '<Dialog><requestedAction>MAKE_CALL</requestedAction><fromAddress>3001</fromAddress><toAddress>3002</toAddress></Dialog>',
        requestId,
      ),
    ),
  );
  const accepted = ids.filter((_, i) => answers[i]!.status === 202);
  const updates = await Promise.all(accepted.map((requestId) => agent.answered(requestId)));
  const made = updates.filter(({ data }) => data?.name !== 'apiErrors');
  expect(made).toHaveLength(1);
  const id = idOf(dialogIn(made[0]!));
  await floor.agrees();
  // Both ends at once, again and again.
  const both = Array.from({ length: 100 }, () => step('ends'));
  const ends = await Promise.all(
    both.map((requestId, i) => {
      const desk = i % 2 === 0 ? agent : other;
      return desk.rest('PUT', `/Dialog/${id}`, action('DROP', desk.extension), requestId);
    }),
  );
  for (const [i, { status }] of ends.entries())
    if (status === 202) await (i % 2 === 0 ? agent : other).answered(both[i]!);
    else expect([400, 404]).toContain(status);
  // 3002 was ringing: who rings cannot drop, and the caller has.
  await agent.over(id);
  await other.over(id);
});
