import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Deployment } from '../domain/profile.ts';
import { DIALOG_REQUEST_WORDS, readDialogRequest, readNewDialog } from './dialog-request.ts';
import { readRoot } from './request.ts';

const read = (
  reader: typeof readDialogRequest | typeof readNewDialog,
  inner: string,
  deployment: Deployment,
) => {
  const root = readRoot(Buffer.from(`<Dialog>${inner}</Dialog>`), 'Dialog');
  if (!root.ok) throw new Error('not XML');
  return reader(root.value, deployment);
};
const put = (inner: string, deployment: Deployment = 'CCE') => read(readDialogRequest, inner, deployment);
const post = (inner: string, deployment: Deployment = 'CCE') => read(readNewDialog, inner, deployment);

const refusal = (reading: ReturnType<typeof put> | ReturnType<typeof post>) => {
  if (reading.ok) throw new Error('was accepted');
  return [reading.failure.status, reading.failure.errorType, reading.failure.errorData];
};

const action = (word: string, more = '', target = '2001') =>
  `<requestedAction>${word}</requestedAction><targetMediaAddress>${target}</targetMediaAddress>${more}`;
const make = (more = '', to = '2002', word = 'MAKE_CALL') =>
  `<requestedAction>${word}</requestedAction><fromAddress>2001</fromAddress><toAddress>${to}</toAddress>${more}`;
const properties = (inner: string) => `<mediaProperties>${inner}</mediaProperties>`;
const variables = (...pairs: ReadonlyArray<readonly [string, string]>) =>
  properties(
    `<callvariables>${pairs
      .map(([name, value]) => `<CallVariable><name>${name}</name><value>${value}</value></CallVariable>`)
      .join('')}</callvariables>`,
  );
const param = (name: string, value: string) =>
  `<actionParams><ActionParam><name>${name}</name><value>${value}</value></ActionParam></actionParams>`;

describe('PUT Dialog', () => {
  test('reads each action with what it needs', () => {
    expect(put(action('ANSWER'))).toEqual({
      ok: true,
      value: { targetMediaAddress: '2001', request: { action: 'ANSWER' } },
    });
    expect(put(action('CONSULT_CALL', '<toAddress> 2002 </toAddress>'))).toMatchObject({
      value: { request: { action: 'CONSULT_CALL', toAddress: '2002' } },
    });
    expect(put(action('SEND_DTMF', param('dtmfString', '12*#AD')))).toMatchObject({
      value: { request: { action: 'SEND_DTMF', digits: '12*#AD' } },
    });
    const data = properties(
      '<wrapUpReason>Sale made</wrapUpReason><callvariables>' +
        '<CallVariable><name>callVariable10</name><value> x </value></CallVariable>' +
        '<CallVariable><name>callVariable2</name><value></value></CallVariable>' +
        '<CallVariable><name>user.list[3]</name><value>v</value></CallVariable></callvariables>',
    );
    expect(put(`<requestedAction>UPDATE_CALL_DATA</requestedAction>${data}`)).toEqual({
      ok: true,
      value: {
        targetMediaAddress: undefined,
        request: {
          action: 'UPDATE_CALL_DATA',
          data: {
            variables: { 1: '', 9: ' x ' },
            named: [{ name: 'user.list', index: 3, value: 'v' }],
            wrapUpReason: 'Sale made',
          },
        },
      },
    });
  });

  test.each<[string, Deployment, unknown[]]>([
    ['', 'CCE', [400, 'Parameter Missing', 'requestedAction']],
    ['<requestedAction> </requestedAction>', 'CCE', [400, 'Parameter Missing', 'requestedAction']],
    [action('answer'), 'CCE', [400, 'Invalid Input', 'requestedAction']],
    [action('toString'), 'CCE', [400, 'Invalid Input', 'requestedAction']],
    [action('MAKE_CALL'), 'CCE', [400, 'Invalid Input', 'requestedAction']],
    [action('SILENT_MONITOR'), 'CCE', [400, 'Invalid Input', 'requestedAction']],
    [action('BARGE_CALL'), 'CCE', [400, 'Invalid Input', 'requestedAction']],
    ['<requestedAction>HOLD</requestedAction>', 'CCE', [400, 'Parameter Missing', 'targetMediaAddress']],
    [action('HOLD', '', '9'.repeat(65)), 'CCE', [400, 'Invalid Input', 'targetMediaAddress']],
    [action('CONSULT_CALL'), 'CCE', [400, 'Parameter Missing', 'toAddress']],
    [action('TRANSFER_SST'), 'CCE', [400, 'Parameter Missing', 'toAddress']],
    [action('TRANSFER_SST', '<toAddress>é</toAddress>'), 'CCE', [400, 'Invalid Input', 'toAddress']],
    [action('SEND_DTMF'), 'CCE', [400, 'Parameter Missing', 'actionParams']],
    [action('SEND_DTMF', param('other', '1')), 'CCE', [400, 'Parameter Missing', 'dtmfString']],
    [action('SEND_DTMF', param('dtmfString', '')), 'CCE', [400, 'Parameter Missing', 'dtmfString']],
    [action('SEND_DTMF', param('dtmfString', '1,2')), 'CCE', [400, 'Invalid Input', 'dtmfString']],
    [action('SEND_DTMF', param('dtmfString', 'E')), 'CCE', [400, 'Invalid Input', 'dtmfString']],
    [action('SEND_DTMF', param('dtmfString', 'A')), 'CCX', [400, 'Invalid Input', 'dtmfString']],
    [action('SEND_DTMF', param('dtmfString', '1'.repeat(32))), 'CCE', [400, 'Invalid Input', 'dtmfString']],
    [action('UPDATE_CALL_DATA'), 'CCE', [400, 'Parameter Missing', 'mediaProperties']],
    [action('UPDATE_CALL_DATA', properties('')), 'CCE', [400, 'Parameter Missing', 'callvariables']],
    [action('START_RECORDING'), 'CCE', [501, 'Not Implemented', 'START_RECORDING']],
    [action('PARTICIPANT_DROP'), 'CCX', [501, 'Not Implemented', 'PARTICIPANT_DROP']],
    [action('START'), 'CCX', [501, 'Not Implemented', 'START']],
    [action('PAUSE'), 'CCX', [501, 'Not Implemented', 'PAUSE']],
    [action('RESUME'), 'CCX', [501, 'Not Implemented', 'RESUME']],
    [action('WRAP_UP'), 'CCX', [501, 'Not Implemented', 'WRAP_UP']],
    [action('RECLASSIFY'), 'CCE', [400, 'Parameter Missing', 'outboundClassification']],
    [
      action('RECLASSIFY', param('outboundClassification', 'DOG')),
      'CCE',
      [400, 'Invalid Input', 'outboundClassification'],
    ],
    [action('UPDATE_SCHEDULED_CALLBACK'), 'CCE', [400, 'Parameter Missing', 'callbackTime']],
    [
      action('UPDATE_SCHEDULED_CALLBACK', param('callbackTime', 'tomorrow')),
      'CCE',
      [400, 'Invalid Input', 'callbackTime'],
    ],
    [
      action('UPDATE_SCHEDULED_CALLBACK', param('callbackNumber', 'é')),
      'CCE',
      [400, 'Invalid Input', 'callbackNumber'],
    ],
  ])('%s on %s is refused', (inner, deployment, expected) => {
    expect(refusal(put(inner, deployment))).toEqual(expected);
  });

  test.each(['ACCEPT', 'CLOSE', 'REJECT', 'CANCEL_SCHEDULED_CALLBACK'])('%s is a word of both', (word) => {
    expect(put(action(word), 'CCE').ok).toBe(true);
    expect(put(action(word), 'CCX').ok).toBe(true);
  });

  test('the longest DTMF fits the CTI field', () => {
    expect(put(action('SEND_DTMF', param('dtmfString', '1'.repeat(31)))).ok).toBe(true);
  });
});

describe('call data', () => {
  const update = (...pairs: ReadonlyArray<readonly [string, string]>) =>
    `<requestedAction>UPDATE_CALL_DATA</requestedAction>${variables(...pairs)}`;

  test.each<[string, string, string]>([
    ['callVariable0', 'x', 'callVariable0'],
    ['callVariable11', 'x', 'callVariable11'],
    ['CallVariable1', 'x', 'CallVariable1'],
    ['account', 'x', 'account'],
    ['user.', 'x', 'user.'],
    ['user.a[256]', 'x', 'user.a[256]'],
    [`user.${'n'.repeat(28)}`, 'x', `user.${'n'.repeat(28)}`],
    ['BAStatus', 'x', 'BAStatus'],
    ['BAResponse', 'x', 'BAResponse'],
    ['callVariable1', 'x'.repeat(41), 'callVariable1'],
    ['callVariable1', 'Grüße', 'callVariable1'],
    ['user.name', 'x'.repeat(211), 'user.name'],
  ])('%s = %s is refused', (name, value, data) => {
    expect(refusal(put(update([name, value])))).toEqual([400, 'Invalid Input', data]);
  });

  test('a name that comes twice is refused', () => {
    expect(refusal(put(update(['callVariable1', 'a'], ['callVariable1', 'b'])))).toEqual([
      400,
      'Invalid Input',
      'callVariable1',
    ]);
  });

  test('names and values may not be missing; an empty value clears', () => {
    const one = (inner: string) =>
      put(
        `<requestedAction>UPDATE_CALL_DATA</requestedAction>${properties(`<callvariables><CallVariable>${inner}</CallVariable></callvariables>`)}`,
      );
    expect(refusal(one('<value>x</value>'))).toEqual([400, 'Parameter Missing', 'name']);
    expect(refusal(one('<name>callVariable1</name>'))).toEqual([400, 'Parameter Missing', 'value']);
    expect(one('<name>callVariable1</name><value/>')).toMatchObject({
      value: { request: { data: { variables: { 0: '' } } } },
    });
  });

  test('CCX takes other alphabets; the limit is one of bytes', () => {
    const ok = put(update(['callVariable1', 'é'.repeat(20)]), 'CCX');
    expect(ok.ok).toBe(true);
    expect(refusal(put(update(['callVariable1', 'é'.repeat(21)]), 'CCX'))).toEqual([
      400,
      'Invalid Input',
      'callVariable1',
    ]);
  });

  test('ECC variables take 2000 bytes in all, with names and indexes', () => {
    const pairs = (count: number) =>
      Array.from({ length: count }, (_, index) => [`user.a[${index}]`, 'x'.repeat(192)] as const);
    expect(put(update(...pairs(10))).ok).toBe(true);
    expect(refusal(put(update(...pairs(11))))).toEqual([400, 'Invalid Input', 'user.a[10]']);
  });

  test('a wrap-up reason has 39 bytes; CCX joins its items', () => {
    const reason = (label: string) =>
      put(
        `<requestedAction>UPDATE_CALL_DATA</requestedAction>${properties(`<wrapUpReason>${label}</wrapUpReason>`)}`,
      );
    expect(reason('é'.repeat(19)).ok).toBe(true);
    expect(refusal(reason('é'.repeat(20)))).toEqual([400, 'Invalid Input', 'wrapUpReason']);
    const items = properties(
      '<wrapUpItems><wrapUpItem>A</wrapUpItem><wrapUpItem>B</wrapUpItem></wrapUpItems>',
    );
    const request = `<requestedAction>UPDATE_CALL_DATA</requestedAction>${items}`;
    expect(put(request, 'CCX')).toMatchObject({ value: { request: { data: { wrapUpReason: 'A,B' } } } });
    expect(refusal(put(request, 'CCE'))).toEqual([400, 'Parameter Missing', 'callvariables']);
  });
});

describe('POST User/{id}/Dialogs', () => {
  test('reads a call with its data', () => {
    expect(post(make(variables(['callVariable3', 'x'])))).toEqual({
      ok: true,
      value: {
        action: 'MAKE_CALL',
        fromAddress: '2001',
        toAddress: '2002',
        data: { variables: { 2: 'x' } },
      },
    });
    expect(post(make('', '+1 (555) 12-34;ext=5', 'MAKE_CALL'))).toMatchObject({
      value: { toAddress: '+1 (555) 12-34;ext=5' },
    });
  });

  test.each(['/finesse/api/Dialog/300', 'https://fin1.example:8445/finesse/api/Dialog/300'])(
    'a barge names its monitor call: %s',
    (uri) => {
      const request = make(`<associatedDialogUri>${uri}</associatedDialogUri>`, '2002', 'BARGE_CALL');
      expect(post(request)).toMatchObject({ value: { action: 'BARGE_CALL', monitorDialogId: '300' } });
    },
  );

  test.each<[string, Deployment, unknown[]]>([
    ['', 'CCE', [400, 'Parameter Missing', 'requestedAction']],
    [make('', '2', 'HOLD'), 'CCE', [400, 'Invalid Input', 'requestedAction']],
    [
      '<requestedAction>MAKE_CALL</requestedAction><toAddress>1</toAddress>',
      'CCE',
      [400, 'Parameter Missing', 'fromAddress'],
    ],
    [
      '<requestedAction>SILENT_MONITOR</requestedAction><fromAddress>1</fromAddress>',
      'CCE',
      [400, 'Parameter Missing', 'toAddress'],
    ],
    [make('', '1'.repeat(40)), 'CCE', [400, 'Invalid Input', 'toAddress']],
    [make('', '１２'), 'CCE', [400, 'Invalid Input', 'toAddress']],
    [make('', '1&#10;2'), 'CCE', [400, 'Invalid Input', 'toAddress']],
    [make('', '2', 'BARGE_CALL'), 'CCE', [400, 'Parameter Missing', 'associatedDialogUri']],
    [
      make('<associatedDialogUri>300</associatedDialogUri>', '2', 'BARGE_CALL'),
      'CCE',
      [400, 'Invalid Input', 'associatedDialogUri'],
    ],
    [make(variables(['BAStatus', 'x'])), 'CCE', [400, 'Invalid Input', 'BAStatus']],
    [
      make(properties('<wrapUpReason>Sale made</wrapUpReason>')),
      'CCE',
      [400, 'Invalid Input', 'wrapUpReason'],
    ],
    [make(variables(['callVariable1', 'x'])), 'CCX', [400, 'Invalid Input', 'mediaProperties']],
  ])('%s on %s is refused', (inner, deployment, expected) => {
    expect(refusal(post(inner, deployment))).toEqual(expected);
  });

  test('a call without data is a call of CCX too', () => {
    expect(post(make(), 'CCX')).toMatchObject({ ok: true, value: { data: {} } });
  });
});

test('whatever is in the body, it is read or refused with a status below 500 or 501', () => {
  const word = fc.constantFrom(...DIALOG_REQUEST_WORDS, 'MAKE_CALL', 'BARGE_CALL', '__proto__', '');
  const name = fc.constantFrom(
    'toAddress',
    'fromAddress',
    'targetMediaAddress',
    'mediaProperties',
    'callvariables',
    'actionParams',
    'wrapUpReason',
  );
  const text = fc.string({ maxLength: 60 }).map((value) => value.replace(/[<&>]/g, ''));
  const inner = fc
    .array(fc.tuple(name, text), { maxLength: 6 })
    .map((pairs) => pairs.map(([key, value]) => `<${key}>${value}</${key}>`).join(''));
  fc.assert(
    fc.property(word, inner, fc.constantFrom<Deployment>('CCE', 'CCX'), (requested, more, deployment) => {
      const body = `<requestedAction>${requested}</requestedAction>${more}`;
      for (const reading of [put(body, deployment), post(body, deployment)])
        if (!reading.ok) expect([400, 501]).toContain(reading.failure.status);
    }),
  );
});
