/** The Dialog: one description for GET, lists and Updates (objects.md 3.1 to 3.3). */
import {
  DIALOG_STATES,
  type Dialog,
  type DialogAction,
  type NamedCallVariable,
  PARTICIPANT_STATES,
  type Participant,
  type ScheduledCallback,
} from '../domain/dialog.ts';
import { viewAt } from '../domain/dialog-difference.ts';
import { printedCallType, printedStatus } from '../domain/outbound.ts';
import { fieldsOf, type ObjectDescription } from './description.ts';

/** Everything a Dialog is printed from. */
export interface DialogSource {
  readonly dialog: Dialog;
  /** Extension of the user who looks at it, whose call type, DNIS and link are printed; null for nobody in particular. */
  readonly viewer: string | null;
  readonly actionsOf: (participant: Participant) => readonly DialogAction[];
}

interface Variable {
  readonly name: string;
  readonly value: string;
}

const variable = fieldsOf<Variable>();
const CALL_VARIABLE = [variable.text('name', (v) => v.name), variable.text('value', (v) => v.value)];

const media = fieldsOf<DialogSource>();
/** In the order of a live CCE system; what newer releases add stands before and after it (objects.md 3.2). */
const MEDIA_PROPERTIES = [
  media.integer('mediaId', () => 1, { since: '12.6' }),
  media.text('DNIS', ({ dialog, viewer }) => viewAt(dialog, viewer).dnis),
  media.text('callType', ({ dialog, viewer }) => printedCallType(viewAt(dialog, viewer).callType)),
  media.text('dialedNumber', ({ dialog }) => dialog.media.dialedNumber),
  media.text('outboundClassification', ({ dialog }) => dialog.media.outboundClassification, {
    since: '11.6',
  }),
  media.texts(
    'wrapUpItems',
    'wrapUpItem',
    ({ dialog }) => dialog.media.wrapUpReason?.split(WRAP_UP_SEPARATOR) ?? undefined,
    { deployment: 'CCX', since: '12.6' },
  ),
  media.text('wrapUpReason', ({ dialog }) => dialog.media.wrapUpReason ?? undefined, { optional: true }),
  media.list('callvariables', 'CallVariable', CALL_VARIABLE, ({ dialog, viewer }) =>
    variablesOf(dialog, viewAt(dialog, viewer).callType),
  ),
  media.integer('queueNumber', ({ dialog }) => dialog.media.queueNumber, { since: '12.6' }),
  media.text('queueName', ({ dialog }) => dialog.media.queueName, { since: '12.6' }),
  media.integer('callKeyCallId', ({ dialog }) => dialog.media.callKey?.callId ?? null, {
    since: '12.6',
    deployment: 'CCE',
  }),
  media.integer('callKeySequenceNum', ({ dialog }) => dialog.media.callKey?.sequence ?? null, {
    since: '12.6',
    deployment: 'CCE',
  }),
  media.integer('callKeyPrefix', ({ dialog }) => dialog.media.callKey?.day ?? null, {
    since: '12.6',
    deployment: 'CCE',
  }),
];

/** Several reasons of CCX are one text on the CTI link. */
export const WRAP_UP_SEPARATOR = ',';

/** The ten call variables, then the ECC ones as they were set, then those of the outbound option. */
function variablesOf({ media: { callVariables, named } }: Dialog, callType: string): Variable[] {
  const numbered = callVariables.map((value, index) => ({ name: `callVariable${index + 1}`, value }));
  const ecc = named.filter(({ name }) => !isOutbound(name));
  const outbound = named
    .filter(({ name }) => isOutbound(name))
    .map((one) => (one.name === 'BAStatus' ? { ...one, value: printedStatus(one.value, callType) } : one));
  return [...numbered, ...[...ecc, ...outbound].map(({ value, ...rest }) => ({ name: nameOf(rest), value }))];
}

const isOutbound = (name: string): boolean => name.startsWith('BA');

/** ECC variables bear their `user.` also where the CTI server leaves it out. */
function nameOf({ name, index }: Pick<NamedCallVariable, 'name' | 'index'>): string {
  const full = isOutbound(name) || name.startsWith('user.') ? name : `user.${name}`;
  return index === null ? full : `${full}[${index}]`;
}

/** A participant with what it may do. */
interface ParticipantSource {
  readonly participant: Participant;
  readonly actions: readonly DialogAction[];
}

const participant = fieldsOf<ParticipantSource>();
const PARTICIPANT = [
  participant.texts('actions', 'action', (p) => p.actions),
  participant.text('mediaAddress', (p) => p.participant.mediaAddress),
  participant.text('mediaAddressType', (p) => p.participant.mediaAddressType),
  participant.time('startTime', (p) => p.participant.startTime),
  participant.oneOf('state', PARTICIPANT_STATES, (p) => p.participant.state),
  participant.text('stateCause', (p) => p.participant.stateCause),
  participant.time('stateChangeTime', (p) => p.participant.stateChangeTime),
];

const callback = fieldsOf<ScheduledCallback>();
const SCHEDULED_CALLBACK = [
  callback.text('callbackTime', ({ time }) => time),
  callback.text('callbackNumber', ({ number }) => number),
];

const uriOf = (id: string): string => `/finesse/api/Dialog/${id}`;

const f = fieldsOf<DialogSource>();
export const DIALOG: ObjectDescription<DialogSource> = {
  root: 'Dialog',
  eventRoot: 'dialog',
  declaration: false,
  fields: [
    f.uri('associatedDialogUri', ({ dialog, viewer }) => {
      const { associatedDialogId } = viewAt(dialog, viewer);
      return associatedDialogId === null ? '' : uriOf(associatedDialogId);
    }),
    f.text('fromAddress', ({ dialog }) => dialog.fromAddress),
    f.text('id', ({ dialog }) => dialog.id),
    f.group('mediaProperties', MEDIA_PROPERTIES, (source) => source),
    f.text('mediaType', () => 'Voice'),
    f.list('participants', 'Participant', PARTICIPANT, ({ dialog, actionsOf }) =>
      dialog.participants.map((one) => ({ participant: one, actions: actionsOf(one) })),
    ),
    f.group('scheduledCallbackInfo', SCHEDULED_CALLBACK, ({ dialog }) => dialog.media.callback ?? undefined),
    f.text('secondaryId', ({ dialog }) => dialog.secondaryId ?? undefined, { optional: true }),
    f.oneOf('state', DIALOG_STATES, ({ dialog }) => dialog.state),
    f.text('toAddress', ({ dialog }) => dialog.toAddress),
    f.uri('uri', ({ dialog }) => uriOf(dialog.id)),
  ],
};
