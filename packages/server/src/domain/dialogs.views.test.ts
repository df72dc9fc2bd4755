/** Calls that have to do with each other, and what each of their users reads of its own. */
import { expect, test } from 'vitest';
import * as scenario from '../../test/domain/call-scenarios.ts';
import {
  agentIs,
  begun,
  cleared,
  connectionCleared,
  dataUpdated,
  delivered,
  ended,
  established,
  held,
  originated,
  Picture,
  party,
  type Step,
  type Style,
  step,
  transferred,
} from '../../test/domain/call-script.ts';
import { viewAt } from './dialog-difference.ts';

const STYLES: readonly Style[] = ['perDevice', 'perCall'];

const play = (steps: readonly Step[], style: Style = 'perDevice') =>
  new Picture().play([...scenario.SIGNED_IN, ...steps], style);

test('each device has a call type of its own, and an Update when that changes', () => {
  const picture = play(scenario.CONSULTING);
  const type = (extension: string, id: string) => {
    const dialog = picture.book.get(id)!;
    return (
      dialog.participants.find(({ mediaAddress }) => mediaAddress === extension)?.callType ??
      dialog.media.callType
    );
  };
  expect([type('2001', '101'), type('2002', '101')]).toEqual(['CONSULT', 'CONSULT_OFFERED']);
  const before = picture.told.length;
  picture.play([dataUpdated('101', '2002', { callType: 'OTHER_IN' })]);
  expect(picture.told.slice(before).map(({ viewer, kind }) => `${kind} ${viewer}`)).toEqual(['PUT b']);
});

test('after a recovery both ends of a consultation have their own call types, whoever the snapshot was taken at', () => {
  for (const callType of ['CONSULT', 'CONSULT_OFFERED']) {
    const picture = play([]);
    picture.apply({
      type: 'snapshot',
      callId: '101',
      at: 0,
      device: null,
      local: null,
      callType,
      data: { ani: '2001', dialedNumber: '2002' },
      parties: ['2001', '2002'].map((address) => ({ ...party(address), callId: '101', local: 'CONNECT' })),
      original: '100',
      reportedBy: ['2001', '2002'],
    });
    const dialog = picture.book.get('101')!;
    expect(dialog).toMatchObject({ kind: 'consult', associatedDialogId: '100', fromAddress: '2001' });
    expect(dialog.participants.map(({ mediaAddress, callType: own }) => [mediaAddress, own])).toEqual([
      ['2001', 'CONSULT'],
      ['2002', 'CONSULT_OFFERED'],
    ]);
  }
});

test('after a transfer the receiver sees TRANSFER, the surviving call and the one that is gone', () => {
  const dialog = play(scenario.TRANSFERRED).book.at('2002')[0]!;
  expect(dialog).toMatchObject({
    id: '100',
    kind: 'call',
    fromAddress: '9001',
    toAddress: '6003',
    secondaryId: '101',
    associatedDialogId: null,
  });
  expect(dialog.participants.find(({ mediaAddress }) => mediaAddress === '2002')?.callType).toBe('TRANSFER');
  expect(dialog.participants.find(({ mediaAddress }) => mediaAddress === '2001')).toMatchObject({
    state: 'DROPPED',
    stateCause: 'OTHER',
  });
});

test('whoever sends a call on to an outside number has not placed it: the caller stays who called', () => {
  for (const style of STYLES) {
    const picture = play([...scenario.TALKING], style);
    const before = picture.told.length;
    // CALL_REACHED_NETWORK_EVENT at the phone that transfers in a single step.
    const dials = step(
      { type: 'originated', callId: '100', calling: null, called: party('99555') },
      { 2001: 'CONNECT' },
    );
    picture.play([dials], style);
    expect(picture.told.slice(before)).toEqual([]);
    expect(picture.book.get('100')?.fromAddress).toBe('9001');
    picture.play(
      [
        delivered('100', '9001', '99555', { 2001: 'CONNECT' }),
        transferred('100', null, '2001', '99555', '100', ['9001', '99555'], { 2001: 'NULL' }),
        agentIs('a', 'READY', '2001'),
      ],
      style,
    );
    expect(picture.told.slice(before).map(({ dialog }) => dialog.fromAddress)).toEqual([
      '9001',
      '9001',
      '9001',
    ]);
  }
});

test('a recovered call stays that of its caller too, whoever is listed first', () => {
  const picture = play([]);
  picture.apply({
    type: 'snapshot',
    callId: '100',
    at: 0,
    device: null,
    local: null,
    callType: 'PREROUTE_ACD_IN',
    data: { ani: '9001', dialedNumber: '6003' },
    parties: ['2001', '9001'].map((address) => ({ ...party(address), callId: '100', local: 'CONNECT' })),
    original: null,
    reportedBy: ['2001'],
  });
  picture.play([
    step({ type: 'originated', callId: '100', calling: null, called: party('99555') }, { 2001: 'CONNECT' }),
  ]);
  expect(picture.book.get('100')?.fromAddress).toBe('9001');
});

test('when the consult call is the one that survives, its addresses stay', () => {
  const picture = play([
    ...scenario.CONSULTING,
    step(
      {
        type: 'transferred',
        callId: '101',
        primaryCallId: '101',
        secondaryCallId: '100',
        transferring: party('2001'),
        transferred: party('9001'),
        parties: [
          { ...party('9001'), callId: '101', local: null },
          { ...party('2002'), callId: '101', local: null },
        ],
        cause: 'TRANSFER',
      },
      { 2001: 'NULL', 2002: 'CONNECT' },
    ),
    // Some servers go on telling what the device was called in as.
    dataUpdated('101', '2002', { callType: 'CONSULT_OFFERED' }),
    agentIs('a', 'READY', '2001'),
  ]);
  expect(picture.book.get('100')).toBeUndefined();
  const receiver = picture.book.at('2002')[0]!;
  expect(receiver.participants.find(({ mediaAddress }) => mediaAddress === '2002')?.callType).toBe(
    'TRANSFER',
  );
  expect(receiver).toMatchObject({
    id: '101',
    kind: 'call',
    fromAddress: '2001',
    toAddress: '2002',
    secondaryId: '100',
  });
});

/** What a user's node said last that a dialog belongs to. */
const links = (picture: Picture, viewer: string, id: string) =>
  picture.all
    .filter((change) => change.viewer === viewer && change.dialog.id === id)
    .map(({ kind, dialog }) => `${kind} ${dialog.associatedDialogId}`);

test('original and consult call name each other, and no longer when the consult call is gone', () => {
  for (const style of STYLES) {
    const picture = play(scenario.CONSULTING, style);
    expect(picture.book.get('101')).toMatchObject({ kind: 'consult', associatedDialogId: '100' });
    expect(picture.book.get('100')?.associatedDialogId).toBe('101');
    expect(links(picture, 'a', '100')).toEqual(['POST null', 'PUT null', 'PUT null', 'PUT 101']);
    picture.play(
      [
        connectionCleared('101', '2002', { 2001: 'CONNECT', 2002: 'NULL' }),
        connectionCleared('101', '2001', { 2001: 'NULL' }),
        cleared('101', { 2001: 'NULL', 2002: 'NULL' }),
        agentIs('b', 'NOT_READY', '2002'),
      ],
      style,
    );
    expect(picture.book.get('101')).toBeUndefined();
    expect(picture.book.get('100')?.associatedDialogId).toBeNull();
    expect(picture.node('a').slice(-2)).toEqual([
      expect.stringContaining('DELETE 101'),
      'PUT 100 ACTIVE: 9001 ACTIVE, 2001 HELD',
    ]);
    expect(links(picture, 'a', '100').at(-1)).toBe('PUT null');
  }
});

test('the original names a consult call that fails or waits in a queue, too', () => {
  const begins = scenario.CONSULT_RINGING.slice(0, -3);
  const fails = step(
    { type: 'failed', callId: '101', failing: party('99555'), cause: 'BUSY' },
    { 2001: 'FAIL' },
  );
  const waits = step(
    { type: 'queued', callId: '101', calling: party('2001'), skillGroup: 5001 },
    { 6003: 'QUEUED' },
  );
  for (const what of [fails, waits]) {
    const picture = play([...begins, originated('101', '2001', '6003'), what]);
    expect(links(picture, 'a', '100').at(-1)).toBe('PUT 101');
    picture.play([connectionCleared('101', '2001', { 2001: 'NULL' }), cleared('101', { 2001: 'NULL' })]);
    expect(links(picture, 'a', '100').at(-1)).toBe('PUT null');
  }
});

test('the link goes with whoever consulted, though the colleague still wraps the consult call up', () => {
  const picture = play([
    ...scenario.CONSULTING,
    connectionCleared('101', '2001', { 2001: 'NULL', 2002: 'CONNECT' }),
    connectionCleared('101', '2002', { 2002: 'NULL' }),
    cleared('101', { 2001: 'NULL', 2002: 'NULL' }),
    agentIs('b', 'WORK', '2002'),
  ]);
  expect(picture.book.at('2002')[0]?.participants[1]).toMatchObject({ state: 'WRAP_UP' });
  expect(picture.book.at('2001').map(({ id, associatedDialogId }) => [id, associatedDialogId])).toEqual([
    ['100', null],
  ]);
  expect(links(picture, 'a', '100').at(-1)).toBe('PUT null');
});

test('a watched agent is shown the monitor call and takes no part in it; the supervisor sees whom it watches', () => {
  const picture = play(scenario.MONITORED);
  const toAgent = () =>
    picture.all
      .filter(({ viewer, dialog }) => viewer === 'a' && dialog.id === '300')
      .map(({ kind, dialog }) => [kind, dialog.state, dialog.media.callType, dialog.participants.length]);
  expect(picture.book.get('300')).toMatchObject({
    kind: 'monitor',
    associatedDialogId: '100',
    fromAddress: '2050',
    toAddress: '2001',
    media: { dialedNumber: '2001' },
  });
  expect(picture.book.get('100')?.associatedDialogId).toBeNull();
  expect(picture.book.at('2001').map(({ id }) => id)).toEqual(['100']);
  expect(picture.book.shownAt('2001').map(({ id }) => id)).toEqual(['100', '300']);
  expect(Object.fromEntries(picture.book.viewersOf('300'))).toEqual({ 2050: 's', 2001: 'a' });
  expect(toAgent()[0]).toEqual(['POST', 'INITIATED', 'SUPERVISOR_MONITOR', 1]);
  expect(toAgent().at(-1)).toEqual(['PUT', 'ACTIVE', 'SUPERVISOR_MONITOR', 1]);
});

test('the watched agent is told when nobody listens any more', () => {
  const picture = play(scenario.BARGED);
  const kinds = picture.all
    .filter(({ viewer, dialog }) => viewer === 'a' && dialog.id === '300')
    .map(({ kind }) => kind);
  expect(kinds.filter((kind) => kind === 'DELETE')).toHaveLength(1);
  expect(kinds.at(-1)).toBe('DELETE');
  expect(picture.book.shownAt('2001').map(({ id }) => id)).toEqual(['100']);
});

test('whoever barged in keeps that call type when others join, and everybody else has CONFERENCE', () => {
  for (const style of STYLES) {
    const picture = play(scenario.ADDED_AFTER_BARGE, style);
    const types = (viewer: string) => [
      ...new Set(
        picture.all
          .filter((change) => change.viewer === viewer && change.dialog.id === '100')
          .map(({ dialog, extension }) => viewAt(dialog, extension).callType),
      ),
    ];
    expect(types('s')).toEqual(['BARGE_IN_CONSULT']);
    expect(types('a')).toEqual(['PREROUTE_ACD_IN', 'CONFERENCE']);
    expect(types('b')).toEqual(['CONFERENCE']);
    expect(picture.book.get('100')?.media.callType).toBe('CONFERENCE');
  }
});

test('to a supervisor who barged in the call belongs to the monitor call, to nobody else', () => {
  for (const style of STYLES) {
    const picture = play(scenario.BARGED, style);
    const dialog = picture.book.get('100')!;
    expect(viewAt(dialog, '2050').associatedDialogId).toBe('300');
    expect(viewAt(dialog, '2001').associatedDialogId).toBeNull();
    const post = picture.all.find(
      ({ kind, viewer, dialog: { id } }) => kind === 'POST' && viewer === 's' && id === '100',
    );
    expect(viewAt(post!.dialog, '2050').associatedDialogId).toBe('300');
  }
});

test('after a recovery each agent who was called reads its own number again, whoever the snapshot was taken at', () => {
  for (const asked of ['2001', '2002']) {
    const picture = play([]);
    picture.apply({
      type: 'snapshot',
      callId: '100',
      at: 0,
      device: null,
      local: null,
      callType: 'CONFERENCE',
      data: { ani: '2050', dnis: asked, dialedNumber: '6003' },
      parties: ['2050', '2001', '2002'].map((address) => ({
        ...party(address),
        callId: '100',
        local: 'CONNECT',
      })),
      original: null,
      reportedBy: ['2050', '2001', '2002'],
    });
    const dialog = picture.book.get('100')!;
    expect(['2001', '2002', '2050'].map((extension) => viewAt(dialog, extension).dnis)).toEqual([
      '2001',
      '2002',
      asked,
    ]);
  }
});

test('who listened once and is called in later has not barged in', () => {
  const picture = play([
    ...scenario.MONITORED,
    connectionCleared('300', '2050', { 2050: 'NULL' }),
    cleared('300', { 2050: 'NULL' }),
    ended('300', '2050'),
    begun('100', '2050', 'CONFERENCE', '6003', '9001'),
    established('100', '9001', '2050', { 2001: 'CONNECT', 2050: 'CONNECT' }),
  ]);
  expect(picture.book.at('2050').map((dialog) => viewAt(dialog, '2050').associatedDialogId)).toEqual([null]);
});

test('each reads the number that was delivered to it, wherever the call goes from there', () => {
  const told = (device: string, dnis: string) =>
    step(
      { type: 'begun', callId: '100', callType: 'ACD_IN', data: { ani: '9001', dnis } },
      { [device]: null },
    );
  const dnisOf = (picture: Picture) =>
    ['2001', '2002'].map((extension) => viewAt(picture.book.get('100')!, extension).dnis);
  const picture = play([
    told('2001', '2001'),
    established('100', '9001', '2001', { 2001: 'CONNECT' }),
    agentIs('a', 'TALKING', '2001'),
  ]);
  const before = picture.told.length;
  picture.play([told('2002', '2002')]);
  expect(picture.told.slice(before)).toEqual([]);
  picture.play([delivered('100', '9001', '2002', { 2001: 'CONNECT', 2002: 'ALERTING' })]);
  expect(dnisOf(picture)).toEqual(['2001', '2002']);
  // A change of one's own is told.
  const changed = picture.told.length;
  picture.play([
    step(
      {
        type: 'delivered',
        callId: '100',
        alerting: party('2002'),
        calling: null,
        called: null,
        skillGroup: null,
        original: null,
        cause: '',
        data: { dnis: '2999' },
      },
      { 2002: 'ALERTING' },
    ),
  ]);
  expect(picture.told.slice(changed).map(({ viewer, kind }) => `${kind} ${viewer}`)).toEqual(['PUT b']);
});

test('a conference has a controller until fewer than three are left', () => {
  const picture = play(scenario.CONFERENCE);
  expect(picture.book.get('100')).toMatchObject({ controller: '2001', media: { callType: 'CONFERENCE' } });
  picture.play([
    connectionCleared('100', '9001', { 2001: 'CONNECT', 2002: 'CONNECT' }),
    held('100', '2002', { 2002: 'HOLD' }),
  ]);
  expect(picture.book.get('100')?.controller).toBeNull();
  // Listed as DROPPED once, then gone.
  expect(picture.node('b').slice(-2)).toEqual([
    'PUT 100 ACTIVE: 9001 DROPPED, 2001 ACTIVE, 2002 ACTIVE',
    'PUT 100 ACTIVE: 2001 ACTIVE, 2002 HELD',
  ]);
});
