/** What requests about reason codes and wrap-up reasons may hold (objects.md 6; rest-api.md 8). */
import {
  CODE_MAX,
  hasVisible,
  oneLine,
  REASON_LABEL_MAX,
  WRAP_UP_LABEL_BYTES_MAX,
} from '../configuration/limits.ts';
import { failure } from '../domain/errors.ts';
import type { Deployment } from '../domain/profile.ts';
import type { ReasonCodeRecord, WrapUpReasonRecord } from '../store/directory.ts';
import { lastChild, type Reading, readRoot, refuse } from './request.ts';
import { flagOf, integerOf, invalid, oneOf, reading, short, unseen } from './request-fields.ts';

/** What a request sets; what it leaves out keeps its value. */
export type ReasonCodeChange = Partial<Pick<ReasonCodeRecord, 'category' | 'code' | 'label' | 'forAll'>>;
export type WrapUpReasonChange = Partial<Pick<WrapUpReasonRecord, 'label' | 'forAll'>>;

/** Of reason codes every value that cannot be is a Bad Request; an update that sets nothing is an Invalid Input. */
const BAD = 'BAD_REQUEST';

export function readReasonCode(
  body: Uint8Array | undefined,
  deployment: Deployment,
): Reading<ReasonCodeChange> {
  return reading(() => {
    const root = readRoot(body, 'ReasonCode');
    if (!root.ok) return root;
    const element = root.value;
    const category = oneOf(element, 'category', ['NOT_READY', 'LOGOUT'], BAD);
    const code = integerOf(element, 'code', 1, CODE_MAX[deployment], BAD);
    const label = short(element, 'label', REASON_LABEL_MAX, 1, BAD);
    const forAll = flagOf(element, 'forAll', BAD);
    return {
      ok: true,
      value: {
        ...(category !== undefined && { category }),
        ...(code !== undefined && { code }),
        ...(label !== undefined && { label }),
        ...(forAll !== undefined && { forAll }),
      },
    };
  });
}

/** An update that says nothing. */
export const nothingSet = (object: string) =>
  failure('INVALID_INPUT', object, 'At least one element must be given');

/** @param isNew something has to be set, but of a new one it is told what */
export function readWrapUpReason(body: Uint8Array | undefined, isNew = false): Reading<WrapUpReasonChange> {
  return reading(() => {
    const root = readRoot(body, 'WrapUpReason');
    if (!root.ok) return root;
    const given = lastChild(root.value, 'label')?.text;
    const label = given === undefined ? undefined : oneLine(given);
    const forAll = flagOf(root.value, 'forAll', BAD);
    if (label !== undefined && (label === '' || Buffer.byteLength(label) > WRAP_UP_LABEL_BYTES_MAX))
      throw invalid('label', `label must have 1 to ${WRAP_UP_LABEL_BYTES_MAX} bytes in UTF-8`, BAD);
    if (label !== undefined && !hasVisible(label)) throw unseen('label', BAD);
    const value = { ...(label !== undefined && { label }), ...(forAll !== undefined && { forAll }) };
    return !isNew && Object.keys(value).length === 0
      ? refuse(nothingSet('WrapUpReason'))
      : { ok: true, value };
  });
}
