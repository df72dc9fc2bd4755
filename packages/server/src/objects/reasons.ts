/** Reason codes and wrap-up reasons (objects.md 6). Lists print in declaration order, as captured. */
import type { ReasonCodeRecord, WrapUpReasonRecord } from '../store/directory.ts';
import { fieldsOf, type ObjectDescription } from './description.ts';

const code = fieldsOf<ReasonCodeRecord>();

export const REASON_CODE: ObjectDescription<ReasonCodeRecord> = {
  root: 'ReasonCode',
  eventRoot: 'reasonCode',
  declaration: true,
  fields: [
    code.uri('uri', (c) => `/finesse/api/ReasonCode/${c.id}`),
    code.integer('id', (c) => c.id),
    code.oneOf('category', ['NOT_READY', 'LOGOUT'], (c) => c.category),
    code.integer('code', (c) => c.code),
    code.text('label', (c) => c.label),
    code.boolean('forAll', (c) => c.forAll),
    code.boolean('systemCode', (c) => c.systemCode, { since: '11.6' }),
  ],
};

/** A wrap-up reason as a user sees it: the uri leads through the user; as a team sees it (null), it is the reason's own. */
export interface WrapUpReasonSource {
  readonly reason: WrapUpReasonRecord;
  readonly userId: string | null;
}

const reason = fieldsOf<WrapUpReasonSource>();

export const WRAP_UP_REASON: ObjectDescription<WrapUpReasonSource> = {
  root: 'WrapUpReason',
  eventRoot: 'wrapUpReason',
  declaration: true,
  fields: [
    reason.uri('uri', (r) =>
      r.userId === null
        ? `/finesse/api/WrapUpReason/${r.reason.id}`
        : `/finesse/api/User/${r.userId}/WrapUpReason/${r.reason.id}`,
    ),
    reason.text('label', (r) => r.reason.label),
    reason.boolean('forAll', (r) => r.reason.forAll),
  ],
};

const configured = fieldsOf<WrapUpReasonRecord>();

/** As administrators see it. */
export const WRAP_UP_REASON_CONFIGURATION: ObjectDescription<WrapUpReasonRecord> = {
  root: 'WrapUpReason',
  eventRoot: 'wrapUpReason',
  declaration: true,
  fields: [
    configured.uri('uri', (r) => `/finesse/api/WrapUpReason/${r.id}`),
    configured.text('label', (r) => r.label),
    configured.boolean('forAll', (r) => r.forAll),
  ],
};
