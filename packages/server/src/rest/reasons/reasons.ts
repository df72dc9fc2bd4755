/** Reason codes and wrap-up reasons, as users and administrators see them (rest-api.md 4.9). */
import { failure } from '../../domain/errors.ts';
import { listDocument } from '../../objects/list.ts';
import { REASON_CODE, WRAP_UP_REASON } from '../../objects/reasons.ts';
import { type Reading, refuse } from '../../objects/request.ts';
import { objectWriter } from '../../objects/writer.ts';
import type {
  ReasonCategory,
  ReasonCodeRecord,
  UserRecord,
  WrapUpReasonRecord,
} from '../../store/directory.ts';
import { type Answer, failed, ok } from '../answer.ts';
import type { Call } from '../call.ts';
import type { Resource } from '../resource.ts';
import { userOf } from '../user/find-user.ts';

const CATEGORIES: readonly ReasonCategory[] = ['NOT_READY', 'LOGOUT'];
const ID = /^\d{1,10}$/;

const isVisible = (record: ReasonCodeRecord | WrapUpReasonRecord, user: UserRecord): boolean =>
  record.forAll || (user.teamId !== null && record.teamIds.includes(user.teamId));

function getUserReasonCodes(call: Call): Answer {
  const user = userOf(call);
  return reasonCodesOf(call, user.loginId, user.teamId);
}

/** The category that a request asks for; it has to say one. */
export function reasonCategoryOf(call: Call): Reading<ReasonCategory | 'ALL'> {
  const category = call.query.get('category');
  if (category === null || category === '')
    return refuse(failure('BAD_REQUEST', 'category', 'category Parameter missing'));
  return category === 'ALL' || category === 'NOT_READY' || category === 'LOGOUT'
    ? { ok: true, value: category }
    : refuse(failure('BAD_REQUEST', 'category', 'Invalid category specified for ReasonCodes'));
}

/** The reason codes of a team's members, of the category that the request asks for. */
export function reasonCodesOf(call: Call, announcedId: string, teamId: number | null): Answer {
  const { presenter, directory } = call.dependencies;
  const asked = call.query.get('category');
  call.announce(announcedId, asked === null ? '' : ` category:${asked.slice(0, 32)}`);
  const read = reasonCategoryOf(call);
  if (!read.ok) return failed(read.failure);
  const category = read.value;
  const all = category === 'ALL';
  const wanted: readonly ReasonCategory[] = all ? CATEGORIES : [category];
  const codes = [
    ...wanted.flatMap((one) => directory.current.reasonCodes(one, teamId)),
    // Nobody chooses them: only who wants all gets them, as captured (objects.md 6).
    ...(all ? directory.current.systemReasonCodes() : []),
  ];
  return ok(listDocument('ReasonCodes', objectWriter(REASON_CODE, presenter.profile), codes, { category }));
}

function getUserReasonCode(call: Call): Answer {
  const user = userOf(call);
  const { id = '' } = call.parameters;
  call.announce(user.loginId, id.slice(0, 32));
  const code = ID.test(id) ? call.dependencies.directory.current.reasonCode(Number(id)) : undefined;
  return code !== undefined && isVisible(code, user) ? reasonCode(call, code) : unknownReason(id);
}

/** Administrators see every code, others those that they may choose. */
export function getReasonCode(call: Call): Answer {
  const { id = '' } = call.parameters;
  const { directory } = call.dependencies;
  const { principal } = call;
  call.announce(principal!.loginId, id.slice(0, 32));
  const code = ID.test(id) ? directory.current.reasonCode(Number(id)) : undefined;
  const all = principal!.roles.has('Administrator');
  return code !== undefined && (all || isVisible(code, principal!.user))
    ? reasonCode(call, code)
    : unknownReason(id);
}

function getWrapUpReasons(call: Call): Answer {
  const { presenter, directory } = call.dependencies;
  const user = userOf(call);
  call.announce(user.loginId, user.loginId);
  const sources = directory.current
    .wrapUpReasons(user.teamId)
    .map((reason) => ({ reason, userId: user.loginId }));
  return ok(listDocument('WrapUpReasons', objectWriter(WRAP_UP_REASON, presenter.profile), sources));
}

function getWrapUpReason(call: Call): Answer {
  const { presenter, directory } = call.dependencies;
  const user = userOf(call);
  const { id = '' } = call.parameters;
  call.announce(user.loginId, id.slice(0, 32));
  const reason = ID.test(id) ? directory.current.wrapUpReason(Number(id)) : undefined;
  if (reason === undefined || !isVisible(reason, user))
    return failed(failure('NOT_FOUND', id, 'Invalid WrapUpReason id specified'));
  return ok(objectWriter(WRAP_UP_REASON, presenter.profile).document({ reason, userId: user.loginId }));
}

function reasonCode(call: Call, code: ReasonCodeRecord): Answer {
  return ok(objectWriter(REASON_CODE, call.dependencies.presenter.profile).document(code));
}

const unknownReason = (id: string): Answer =>
  failed(failure('NOT_FOUND', id, 'Invalid ReasonCode id specified'));

export const REASON_RESOURCES: readonly Resource[] = [
  {
    path: 'User/{userId}/ReasonCodes',
    methods: {
      GET: { operation: 'user.reasonCodes', request: 'reasonCodes.GET', handle: getUserReasonCodes },
    },
  },
  {
    path: 'User/{userId}/ReasonCode/{id}',
    methods: { GET: { operation: 'user.reasonCode', request: 'reasonCode.GET', handle: getUserReasonCode } },
  },
  {
    path: 'User/{userId}/WrapUpReasons',
    methods: {
      GET: { operation: 'user.wrapUpReasons', request: 'wrapUpReasons.GET', handle: getWrapUpReasons },
    },
  },
  {
    path: 'User/{userId}/WrapUpReason/{id}',
    methods: {
      GET: { operation: 'user.wrapUpReason', request: 'wrapUpReason.GET', handle: getWrapUpReason },
    },
  },
];
