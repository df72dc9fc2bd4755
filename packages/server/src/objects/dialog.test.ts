import { parse } from '@poise/xml';
import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import { callCentre, dialogUpdates } from '../../test/centre/call-centre.ts';
import type { TestCentre } from '../../test/centre/test-centre.ts';
import {
  BARGED,
  BUSY,
  CONFERENCE,
  CONSULTING,
  HELD_AND_BACK,
  INTO_WRAP_UP,
  MONITORED,
  OUTGOING,
  RINGING,
  SINGLE_STEP,
  TALKING,
  TRANSFERRED,
  WITHOUT_WRAP_UP,
} from '../../test/domain/call-scenarios.ts';
import { dataUpdated } from '../../test/domain/call-script.ts';
import type { Dialog } from '../domain/dialog.ts';
import { type Profile, RELEASES } from '../domain/profile.ts';
import { DIALOG, type DialogSource } from './dialog.ts';
import { objectWriter } from './writer.ts';

let centre: TestCentre;
afterEach(() => centre?.close());

/** The ten call variables as they are printed, with the values given. */
const variables = (pad: string, step: string, values: Record<number, string> = {}): string =>
  Array.from({ length: 10 }, (_, index) =>
    [
      `${pad}<CallVariable>`,
      `${pad}${step}<name>callVariable${index + 1}</name>`,
      `${pad}${step}<value>${values[index + 1] ?? ''}</value>`,
      `${pad}</CallVariable>`,
    ].join('\n'),
  ).join('\n');

test('a call that rings is posted as part of the list, flat, with what each party may do', async () => {
  centre = await callCentre(RINGING);
  expect(dialogUpdates(centre, 'a')).toEqual([
    `<Update>
<data>
<dialogs>
<Dialog>
<associatedDialogUri></associatedDialogUri>
<fromAddress>9001</fromAddress>
<id>100</id>
<mediaProperties>
<DNIS>6003</DNIS>
<callType>PREROUTE_ACD_IN</callType>
<dialedNumber>6003</dialedNumber>
<outboundClassification></outboundClassification>
<callvariables>
${variables('', '')}
</callvariables>
</mediaProperties>
<mediaType>Voice</mediaType>
<participants>
<Participant>
<actions>
<action>UPDATE_CALL_DATA</action>
<action>DROP</action>
</actions>
<mediaAddress>9001</mediaAddress>
<mediaAddressType></mediaAddressType>
<startTime>2013-04-23T22:40:08.429Z</startTime>
<state>INITIATED</state>
<stateCause></stateCause>
<stateChangeTime>2013-04-23T22:40:08.429Z</stateChangeTime>
</Participant>
<Participant>
<actions>
<action>ANSWER</action>
</actions>
<mediaAddress>2001</mediaAddress>
<mediaAddressType>AGENT_DEVICE</mediaAddressType>
<startTime>2013-04-23T22:40:08.429Z</startTime>
<state>ALERTING</state>
<stateCause></stateCause>
<stateChangeTime>2013-04-23T22:40:08.429Z</stateChangeTime>
</Participant>
</participants>
<state>ALERTING</state>
<toAddress>6003</toAddress>
<uri>/finesse/api/Dialog/100</uri>
</Dialog>
</dialogs>
</data>
<event>POST</event>
<requestId></requestId>
<source>/finesse/api/User/a/Dialogs</source>
</Update>`,
  ]);
});

const talking = (extraBefore: string, extraAfter: string, classification: string): string => `<Dialog>
  <associatedDialogUri></associatedDialogUri>
  <fromAddress>9001</fromAddress>
  <id>100</id>
  <mediaProperties>
${extraBefore}    <DNIS>6003</DNIS>
    <callType>PREROUTE_ACD_IN</callType>
    <dialedNumber>6003</dialedNumber>
${classification}    <callvariables>
${variables('      ', '  ', { 1: 'a &amp; b' })}
      <CallVariable>
        <name>user.account[2]</name>
        <value>&lt;7&gt;</value>
      </CallVariable>
      <CallVariable>
        <name>BAStatus</name>
        <value>x</value>
      </CallVariable>
    </callvariables>
${extraAfter}  </mediaProperties>
  <mediaType>Voice</mediaType>
  <participants>`;

const WITH_DATA = [
  ...TALKING,
  dataUpdated('100', '2001', {
    data: {
      variables: { 0: 'a & b' },
      named: [
        { name: 'BAStatus', index: null, value: 'x' },
        { name: 'user.account', index: 2, value: '<7>' },
      ],
      callKey: { day: 152000, callId: 17, sequence: 1 },
    },
  }),
];

test.each<[string, Partial<Profile>, string]>([
  ['9.1 knows no classification', { release: '9.1' }, talking('', '', '')],
  [
    '11.6 knows no keys',
    { release: '11.6' },
    talking('', '', '    <outboundClassification></outboundClassification>\n'),
  ],
  [
    '12.6 adds media, queue and keys',
    { release: '12.6' },
    talking(
      '    <mediaId>1</mediaId>\n',
      `    <queueNumber>5001</queueNumber>
    <queueName></queueName>
    <callKeyCallId>17</callKeyCallId>
    <callKeySequenceNum>1</callKeySequenceNum>
    <callKeyPrefix>152000</callKeyPrefix>
`,
      '    <outboundClassification></outboundClassification>\n',
    ),
  ],
  [
    'CCX has no keys',
    { release: '12.6', deployment: 'CCX' },
    talking(
      '    <mediaId>1</mediaId>\n',
      '    <queueNumber>5001</queueNumber>\n    <queueName></queueName>\n',
      '    <outboundClassification></outboundClassification>\n',
    ),
  ],
])('GET of a call: %s', async (_what, profile, expected) => {
  centre = await callCentre(WITH_DATA, { profile });
  const { body } = await centre.call('a', 'GET', 'Dialog/100');
  expect(body.slice(0, body.indexOf('<participants>') + '<participants>'.length)).toBe(expected);
  expect(
    body.endsWith('  <toAddress>6003</toAddress>\n  <uri>/finesse/api/Dialog/100</uri>\n</Dialog>'),
  ).toBe(true);
});

test('9.1 prints times without milliseconds', async () => {
  centre = await callCentre(TALKING, { profile: { release: '9.1' } });
  const { body } = await centre.call('a', 'GET', 'Dialog/100');
  expect(body).toContain('<startTime>2013-04-23T22:40:08Z</startTime>');
});

/** `address state: actions` of the participants, then the state of the dialog. */
function parties(payload: string): string[] {
  const dialog = parse(payload.slice(payload.indexOf('<Dialog>'), payload.indexOf('</Dialog>') + 9));
  const of = dialog.child('participants')!.elements('Participant');
  return [
    ...of.map((participant) => {
      const text = (name: string) => participant.child(name)!.text;
      const actions = participant.child('actions')!.elements('action');
      return `${text('mediaAddress')} ${text('state')}${text('stateCause')}: ${actions.map((a) => a.text).join(' ')}`;
    }),
    `${dialog.child('state')!.text} ${dialog.child('mediaProperties')!.child('callType')!.text}`,
  ];
}

const FULL = 'TRANSFER_SST CONSULT_CALL HOLD UPDATE_CALL_DATA SEND_DTMF DROP';

test.each([
  ['ringing', RINGING, 'a', '100', ['2001 ALERTING: ANSWER', 'ALERTING PREROUTE_ACD_IN']],
  ['talking', TALKING, 'a', '100', [`2001 ACTIVE: ${FULL}`, 'ACTIVE PREROUTE_ACD_IN']],
  [
    'on hold',
    HELD_AND_BACK.slice(0, -2),
    'a',
    '100',
    ['2001 HELD: RETRIEVE DROP UPDATE_CALL_DATA', 'ACTIVE PREROUTE_ACD_IN'],
  ],
  ['wrap-up', INTO_WRAP_UP, 'a', '100', ['2001 WRAP_UP: UPDATE_CALL_DATA', 'ACTIVE PREROUTE_ACD_IN']],
  [
    'held beside a consult call',
    CONSULTING,
    'a',
    '100',
    ['2001 HELD: RETRIEVE DROP UPDATE_CALL_DATA TRANSFER CONFERENCE', 'ACTIVE PREROUTE_ACD_IN'],
  ],
  [
    'consult call of the agent who asks',
    CONSULTING,
    'a',
    '101',
    [
      '2001 ACTIVE: HOLD UPDATE_CALL_DATA SEND_DTMF DROP',
      '2002 ACTIVE: HOLD UPDATE_CALL_DATA SEND_DTMF DROP',
      'ACTIVE CONSULT',
    ],
  ],
  ['consult call of the agent who is asked', CONSULTING, 'b', '101', ['ACTIVE CONSULT_OFFERED']],
  ['conference', CONFERENCE, 'a', '100', [`2001 ACTIVE: ${FULL}`, 'ACTIVE CONFERENCE']],
  [
    'a guest of the conference',
    CONFERENCE,
    'b',
    '100',
    ['2002 ACTIVE: HOLD UPDATE_CALL_DATA SEND_DTMF DROP', 'ACTIVE CONFERENCE'],
  ],
  ['a call to outside', OUTGOING, 'b', '200', [`2002 ACTIVE: ${FULL}`, 'ACTIVE OUT']],
  ['busy', BUSY, 'b', '201', ['2002 FAILEDBUSY: DROP', 'FAILED OUT']],
  ['monitored by', MONITORED, 's', '300', ['2050 ACTIVE: BARGE_CALL DROP', 'ACTIVE SUPERVISOR_MONITOR']],
  [
    'barged in on by',
    BARGED,
    's',
    '100',
    ['2050 ACTIVE: HOLD UPDATE_CALL_DATA SEND_DTMF DROP PARTICIPANT_DROP'],
  ],
])('what is printed of a call: %s', async (_what, script, user, id, expected) => {
  centre = await callCentre(script);
  const { body } = await centre.call(user, 'GET', `Dialog/${id}`);
  expect(parties(body)).toEqual(expect.arrayContaining(expected));
});

test('what a transfer leaves behind: the dropped leg once more with OTHER, and the number of the call that ended', async () => {
  centre = await callCentre(TRANSFERRED);
  const { body } = await centre.call('b', 'GET', 'Dialog/100');
  expect(body).toContain('<secondaryId>101</secondaryId>\n  <state>ACTIVE</state>');
  const [dropped] = dialogUpdates(centre, 'a').filter((payload) => payload.includes('<stateCause>OTHER'));
  expect(dropped).toContain('<actions/>');
});

test('an ended call is deleted with everything it held, in state DROPPED', async () => {
  centre = await callCentre(WITHOUT_WRAP_UP);
  const last = dialogUpdates(centre, 'a').at(-1)!;
  expect(last).toMatch(/^<Update>\n<data>\n<dialogs>\n<Dialog>\n<associatedDialogUri>/);
  expect(last).toContain('</participants>\n<state>DROPPED</state>');
  expect(last).toContain(
    '<event>DELETE</event>\n<requestId></requestId>\n<source>/finesse/api/User/a/Dialogs',
  );
});

test('a direct transfer is posted to the next agent with the leg that left listed as dropped', async () => {
  centre = await callCentre(SINGLE_STEP);
  expect(parties(dialogUpdates(centre, 'b')[0]!)).toEqual(
    expect.arrayContaining(['2001 DROPPEDOTHER: ', '2002 ALERTING: ANSWER']),
  );
});

test('a wrap-up reason is printed once it is set; CCX 12.6 prints the items, too', async () => {
  const chosen = [...TALKING, dataUpdated('100', '2001', { data: { wrapUpReason: 'Sale made,Other' } })];
  centre = await callCentre(chosen, { profile: { release: '12.6', deployment: 'CCX' } });
  expect((await centre.call('a', 'GET', 'Dialog/100')).body).toContain(`    <wrapUpItems>
      <wrapUpItem>Sale made</wrapUpItem>
      <wrapUpItem>Other</wrapUpItem>
    </wrapUpItems>
    <wrapUpReason>Sale made,Other</wrapUpReason>
    <callvariables>`);
  await centre.close();
  centre = await callCentre(chosen);
  const { body } = await centre.call('a', 'GET', 'Dialog/100');
  expect(body).toContain('    <wrapUpReason>Sale made,Other</wrapUpReason>\n    <callvariables>');
  expect(body).not.toContain('wrapUpItems');
});

const BASE: Dialog = {
  id: '1',
  kind: 'call',
  state: 'ACTIVE',
  fromAddress: '1',
  toAddress: '2',
  associatedDialogId: null,
  secondaryId: null,
  media: {
    dialedNumber: '',
    dnis: '',
    callType: 'OUT',
    outboundClassification: '',
    callback: null,
    wrapUpReason: null,
    callVariables: Array.from({ length: 10 }, () => ''),
    named: [],
    queueNumber: null,
    queueName: null,
    callKey: null,
  },
  participants: [],
  controller: null,
  recording: false,
};

test('whatever the texts hold, answer and event are documents with the same elements and values', () => {
  const text = fc.string({ unit: 'binary', maxLength: 20 });
  const profile = fc.record({
    release: fc.constantFrom(...RELEASES),
    deployment: fc.constantFrom('CCE' as const, 'CCX' as const),
  });
  fc.assert(
    fc.property(text, text, text, profile, (value, name, address, of) => {
      const dialog: Dialog = {
        ...BASE,
        fromAddress: address,
        media: {
          ...BASE.media,
          callVariables: BASE.media.callVariables.with(3, value),
          named: [{ name, index: null, value }],
        },
      };
      const source: DialogSource = { dialog, viewer: null, actionsOf: () => [] };
      const writer = objectWriter(DIALOG, of);
      const answer = parse(writer.document(source));
      const event = parse(writer.event(source).trimEnd());
      expect([answer.name, event.name]).toEqual(['Dialog', 'dialog']);
      const values = (root: typeof answer): string[] =>
        root
          .elements()
          .flatMap((child) =>
            child.elements().length > 0 ? [child.name, ...values(child)] : [child.name, child.text],
          );
      expect(values(event)).toEqual(values(answer));
    }),
  );
});
