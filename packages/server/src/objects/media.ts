/** The Media of a user: printed, and read from the body of PUT (objects.md 4.1; rest-api.md 7.1). */
import type { Element } from '@poise/xml';
import {
  DIALOG_LIMIT,
  DIALOG_LOGOUT_ACTIONS,
  INTERRUPT_ACTIONS,
  MEDIA_STATES,
  type MediaWish,
  type Medium,
  WORKING_STATES,
} from '../domain/media.ts';
import type { ReasonCodeRecord } from '../store/directory.ts';
import { fieldsOf, type ObjectDescription } from './description.ts';
import type { Reading } from './request.ts';
import { flagOf, integerOf, invalid, missing, oneOf, reading } from './request-fields.ts';

export interface MediaSource {
  readonly medium: Medium;
  readonly loginId: string;
  /** That of `medium.reasonCodeId`, where it still exists. */
  readonly reason: ReasonCodeRecord | undefined;
}

const reason = fieldsOf<ReasonCodeRecord>();
const REASON_OF_MEDIA = [
  reason.oneOf('category', ['NOT_READY', 'LOGOUT'], (code) => code.category),
  reason.integer('code', (code) => code.code),
  reason.boolean('forAll', (code) => code.forAll),
  reason.integer('id', (code) => code.id),
  reason.text('label', (code) => code.label),
  reason.uri('uri', (code) => `/finesse/api/ReasonCode/${code.id}`),
];

const media = fieldsOf<MediaSource>();
export const MEDIA: ObjectDescription<MediaSource> = {
  root: 'Media',
  eventRoot: 'media',
  declaration: false,
  fields: [
    media.uri('uri', (m) => `/finesse/api/User/${m.loginId}/Media/${m.medium.channel.id}`),
    media.text('description', (m) => m.medium.channel.name),
    media.oneOf('dialogLogoutAction', DIALOG_LOGOUT_ACTIONS, (m) => m.medium.signIn?.dialogLogoutAction),
    media.text('id', (m) => m.medium.channel.id),
    media.oneOf('interruptAction', INTERRUPT_ACTIONS, (m) => m.medium.signIn?.interruptAction),
    media.boolean('interruptible', () => true),
    media.integer('maxDialogLimit', (m) => m.medium.signIn?.maxDialogLimit),
    media.boolean('mediaConnected', () => true),
    media.text('name', (m) => m.medium.channel.name),
    media.group('reasonCode', REASON_OF_MEDIA, (m) => m.reason),
    media.integer('reasonCodeId', (m) => m.reason?.id ?? -1),
    media.boolean('routable', (m) => m.medium.routable),
    media.oneOf('state', [...MEDIA_STATES, ...WORKING_STATES], (m) => m.medium.work ?? m.medium.state),
    media.time('stateChangeTime', (m) => m.medium.stateChangeTime),
  ],
};

const VERBS = ['LOGIN', ...MEDIA_STATES] as const;

/** Reads the children of `<Media>`: a sign-in, a state, or whether tasks may come. */
export function readMediaRequest(root: Element): Reading<MediaWish> {
  return reading(() => ({ ok: true, value: wishOf(root) }));
}

function wishOf(root: Element): MediaWish {
  const verb = oneOf(root, 'state', VERBS);
  if (verb === undefined) {
    const routable = flagOf(root, 'routable');
    if (routable === undefined) throw missing('state');
    return { verb: 'ROUTABLE', routable };
  }
  if (verb === 'LOGIN') {
    const maxDialogLimit = integerOf(root, 'maxDialogLimit', DIALOG_LIMIT.min, DIALOG_LIMIT.max);
    if (maxDialogLimit === undefined) throw missing('maxDialogLimit');
    const interruptAction = oneOf(root, 'interruptAction', INTERRUPT_ACTIONS);
    if (interruptAction === undefined) throw missing('interruptAction');
    const dialogLogoutAction = oneOf(root, 'dialogLogoutAction', DIALOG_LOGOUT_ACTIONS) ?? 'CLOSE';
    return { verb, signIn: { maxDialogLimit, interruptAction, dialogLogoutAction } };
  }
  const reasonCodeId = integerOf(root, 'reasonCodeId', 0, 2_147_483_647) ?? null;
  if (reasonCodeId !== null && verb === 'READY') throw invalid('reasonCodeId', 'READY has no reason');
  return { verb, reasonCodeId };
}
