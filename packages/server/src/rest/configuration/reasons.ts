/** Reason codes and wrap-up reasons, for administrators (rest-api.md 8; admin.md A10 to A12). */
import { isFull, TEAM_REASON_CODES_MAX, TEAM_WRAP_UP_REASONS_MAX } from '../../configuration/limits.ts';
import { failure } from '../../domain/errors.ts';
import { listDocument } from '../../objects/list.ts';
import { nothingSet, readReasonCode, readWrapUpReason } from '../../objects/reason-request.ts';
import { REASON_CODE, WRAP_UP_REASON_CONFIGURATION } from '../../objects/reasons.ts';
import { missing, Refused } from '../../objects/request-fields.ts';
import { objectWriter } from '../../objects/writer.ts';
import type { ReasonCategory, ReasonCodeRecord, WrapUpReasonRecord } from '../../store/directory.ts';
import { type Answer, failed, ok } from '../answer.ts';
import type { Call } from '../call.ts';
import { getReasonCode, reasonCategoryOf } from '../reasons/reasons.ts';
import type { Resource } from '../resource.ts';
import {
  answering,
  changing,
  changingQuietly,
  created,
  handler,
  notFound,
  numberOf,
  resourcesOf,
} from './configuration.ts';

const directoryOf = (call: Call) => call.dependencies.directory.current;
const codeWriter = (call: Call) => objectWriter(REASON_CODE, call.dependencies.presenter.profile);
const wrapUpWriter = (call: Call) =>
  objectWriter(WRAP_UP_REASON_CONFIGURATION, call.dependencies.presenter.profile);

/** Global ones and those of teams are counted by themselves. @throws Refused */
function refuseOneMore(object: string, ...counted: Parameters<typeof isFull>): void {
  if (isFull(...counted)) throw new Refused(failure('MAXIMUM_EXCEEDED', object));
}

/** No reason that exists. */
const NEW = 0;

function codeOf(call: Call): ReasonCodeRecord {
  const id = numberOf(call);
  const code = id === null ? undefined : directoryOf(call).reasonCode(id);
  if (code === undefined) throw new Refused(notFound(call, 'ReasonCode'));
  return code;
}

const selectable = (call: Call, category: ReasonCategory) =>
  directoryOf(call)
    .allReasonCodes(category)
    .filter(({ systemCode }) => !systemCode);

/** Those of the system come with ALL only, as captured (objects.md 6). */
function listCodes(call: Call): Answer {
  const category = reasonCategoryOf(call);
  if (!category.ok) return failed(category.failure);
  const { current } = call.dependencies.directory;
  const codes =
    category.value === 'ALL'
      ? [...selectable(call, 'NOT_READY'), ...selectable(call, 'LOGOUT'), ...current.systemReasonCodes()]
      : selectable(call, category.value);
  return ok(listDocument('ReasonCodes', codeWriter(call), codes, { category: category.value }));
}

/** By what CTI events say: `ReasonCode?category=NOT_READY&code=32762`. Everybody may ask; those of the system are found, too. */
function lookUpCode(call: Call): Answer {
  const category = reasonCategoryOf(call);
  if (!category.ok) return failed(category.failure);
  if (category.value === 'ALL')
    return failed(failure('BAD_REQUEST', 'category', 'Invalid category specified for ReasonCode'));
  const text = call.query.get('code') ?? '';
  if (!/^\d{1,9}$/.test(text))
    return failed(failure('BAD_REQUEST', 'code', text === '' ? 'code Parameter missing' : 'Invalid code'));
  const code = directoryOf(call).reasonCodeByCode(category.value, Number(text));
  return code === undefined
    ? failed(failure('NOT_FOUND', text, 'There is no ReasonCode with this code'))
    : ok(codeWriter(call).document(code));
}

async function createCode(call: Call): Promise<Answer> {
  const read = readReasonCode(call.body, call.dependencies.presenter.profile.deployment);
  if (!read.ok) return failed(read.failure);
  return changing(call, 'ReasonCode', async ({ reasonCodes }) => {
    const { category, code, label, forAll } = read.value;
    if (category === undefined) throw missing('category', 'BAD_REQUEST');
    if (code === undefined) throw missing('code', 'BAD_REQUEST');
    if (label === undefined) throw missing('label', 'BAD_REQUEST');
    if (forAll === undefined) throw missing('forAll', 'BAD_REQUEST');
    refuseOneMore('ReasonCode', selectable(call, category), { id: NEW, forAll }, TEAM_REASON_CODES_MAX);
    const id = await reasonCodes.create({ category, code, label, forAll, systemCode: false, teamIds: [] });
    return created(call, `/finesse/api/ReasonCode/${id}`);
  });
}

async function updateCode(call: Call): Promise<Answer> {
  const read = readReasonCode(call.body, call.dependencies.presenter.profile.deployment);
  return changingQuietly(call, 'ReasonCode', async ({ reasonCodes }) => {
    const before = codeOf(call);
    if (!read.ok) throw new Refused(read.failure);
    const { category, ...change } = read.value;
    if (Object.keys(change).length === 0) throw new Refused(nothingSet('ReasonCode'));
    const fixed = (name: string) =>
      new Refused(failure('API_ERROR', name, `The ${name} of this ReasonCode cannot be changed`));
    if (category !== undefined && category !== before.category) throw fixed('category');
    const { code = before.code, forAll = before.forAll } = change;
    if (before.systemCode && code !== before.code) throw fixed('code');
    if (before.systemCode && !forAll) throw fixed('forAll');
    if (forAll !== before.forAll) {
      const all = selectable(call, before.category);
      refuseOneMore('ReasonCode', all, { id: before.id, forAll }, TEAM_REASON_CODES_MAX);
    }
    // What everybody has needs no teams.
    await reasonCodes.update(before.id, { ...change, ...(forAll && { teamIds: [] }) });
  });
}

const removeCode = (call: Call): Promise<Answer> =>
  changingQuietly(call, 'ReasonCode', async ({ reasonCodes }) => {
    const { id, systemCode } = codeOf(call);
    if (systemCode)
      throw new Refused(failure('API_ERROR', 'systemCode', 'A ReasonCode of the system cannot be deleted'));
    await reasonCodes.remove(id);
  });

function wrapUpOf(call: Call): WrapUpReasonRecord {
  const id = numberOf(call);
  const reason = id === null ? undefined : directoryOf(call).wrapUpReason(id);
  if (reason === undefined) throw new Refused(notFound(call, 'WrapUpReason'));
  return reason;
}

async function createWrapUp(call: Call): Promise<Answer> {
  const read = readWrapUpReason(call.body, true);
  if (!read.ok) return failed(read.failure);
  return changing(call, 'WrapUpReason', async ({ wrapUpReasons }) => {
    const { label, forAll = true } = read.value;
    if (label === undefined) throw missing('label', 'BAD_REQUEST');
    const all = directoryOf(call).allWrapUpReasons();
    refuseOneMore('WrapUpReason', all, { id: NEW, forAll }, TEAM_WRAP_UP_REASONS_MAX);
    const id = await wrapUpReasons.create({ label, forAll, teamIds: [] });
    return created(call, `/finesse/api/WrapUpReason/${id}`);
  });
}

async function updateWrapUp(call: Call): Promise<Answer> {
  const read = readWrapUpReason(call.body);
  return changingQuietly(call, 'WrapUpReason', async ({ wrapUpReasons }) => {
    const before = wrapUpOf(call);
    if (!read.ok) throw new Refused(read.failure);
    const { forAll = before.forAll } = read.value;
    if (forAll !== before.forAll) {
      const all = directoryOf(call).allWrapUpReasons();
      refuseOneMore('WrapUpReason', all, { id: before.id, forAll }, TEAM_WRAP_UP_REASONS_MAX);
    }
    await wrapUpReasons.update(before.id, { ...read.value, ...(forAll && { teamIds: [] }) });
  });
}

export const REASON_CONFIGURATION_RESOURCES: readonly Resource[] = [
  ...resourcesOf(
    'ReasonCode',
    'reasonCode',
    { read: 'reasonCode.read', list: 'reasonCode.list', write: 'reasonCode.write' },
    { list: listCodes, get: getReasonCode, create: createCode, update: updateCode, remove: removeCode },
  ).map((resource) =>
    resource.path === 'ReasonCode'
      ? {
          ...resource,
          methods: { ...resource.methods, GET: handler('reasonCode.lookup', 'reasonCode.GET', lookUpCode) },
        }
      : resource,
  ),
  ...resourcesOf(
    'WrapUpReason',
    'wrapUpReason',
    { read: 'wrapUpReason.read', write: 'wrapUpReason.write' },
    {
      list: (call) =>
        ok(listDocument('WrapUpReasons', wrapUpWriter(call), directoryOf(call).allWrapUpReasons())),
      get: (call) => answering(() => ok(wrapUpWriter(call).document(wrapUpOf(call)))),
      create: createWrapUp,
      update: updateWrapUp,
      remove: (call) =>
        changingQuietly(call, 'WrapUpReason', async ({ wrapUpReasons }) =>
          wrapUpReasons.remove(wrapUpOf(call).id),
        ),
    },
  ),
];
