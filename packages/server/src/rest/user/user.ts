/** GET and PUT of one user, and the list of all. */

import type { Admission, Asking } from '../../commands/admission.ts';
import { changeState } from '../../commands/change-state.ts';
import { signIn } from '../../commands/sign-in.ts';
import { signOut } from '../../commands/sign-out.ts';
import { isApiUser } from '../../domain/teams.ts';
import { listDocument } from '../../objects/list.ts';
import { lastChild, readRoot } from '../../objects/request.ts';
import { readUserRequest, type UserRequest } from '../../objects/user-request.ts';
import { type Answer, accepted, failed, ok } from '../answer.ts';
import type { Call } from '../call.ts';
import { requestParameters } from '../request-parameters.ts';
import type { Resource } from '../resource.ts';
import { userOf } from './find-user.ts';

function getUser(call: Call): Answer {
  const { presenter } = call.dependencies;
  const user = userOf(call);
  const addressed = call.parameters.userId!;
  call.announce(user.loginId, addressed);
  // By login name the uri echoes the name used; by id the stored form is printed.
  const byId = addressed.toLowerCase() === user.loginId.toLowerCase();
  return ok(presenter.user.document(presenter.userSource(user, byId ? user.loginId : addressed)));
}

function putUser(call: Call): Answer {
  const user = userOf(call);
  const root = readRoot(call.body, 'User');
  if (!root.ok) return failed(root.failure);
  const unusableId = call.adoptRequestId(lastChild(root.value, 'requestId')?.text);
  if (unusableId !== null) return failed(unusableId);
  const request = readUserRequest(root.value);
  if (!request.ok) return failed(request.failure);
  call.announce(user.loginId, parametersOf(request.value));
  const asking: Asking = {
    agent: user,
    actingId: call.principal!.loginId,
    requestId: call.requestId,
    cause: call.cause,
  };
  const admission = admit(call, asking, request.value);
  return admission.ok ? accepted(admission.start) : failed(admission.failure);
}

function admit(call: Call, asking: Asking, request: UserRequest): Admission {
  const { commands } = call.dependencies;
  const { verb, reasonCodeId } = request;
  if (verb === 'LOGOUT') return signOut(commands, asking, { reasonCodeId });
  if (verb !== 'LOGIN') return changeState(commands, asking, { verb, reasonCodeId });
  return signIn(commands, asking, {
    extension: request.extension!,
    mobileAgent: request.mobileAgent,
    activeDeviceId: request.activeDeviceId,
    reasonCodeId,
    password: call.secret,
    singleSignOn: call.singleSignOn,
  });
}

/** By name. */
function parametersOf(request: UserRequest): string {
  return requestParameters({
    activeDeviceId: request.activeDeviceId,
    dialNumber: request.mobileAgent?.dialNumber,
    extension: request.extension,
    mode: request.mobileAgent?.mode,
    reasonCodeId: request.reasonCodeId,
    state: request.verb,
  });
}

function getUsers(call: Call): Answer {
  const { presenter, directory } = call.dependencies;
  const sources = directory.current
    .users()
    .filter(isApiUser)
    .map((user) => presenter.userSource(user));
  return ok(listDocument('Users', presenter.user, sources));
}

export const USER_RESOURCES: readonly Resource[] = [
  {
    path: 'User/{userId}',
    methods: {
      GET: { operation: 'user.get', request: 'user.GET', handle: getUser },
      PUT: { operation: 'user.changeState', request: 'user.PUT', handle: putUser },
    },
  },
  { path: 'Users', methods: { GET: { operation: 'user.list', request: 'users.GET', handle: getUsers } } },
];
