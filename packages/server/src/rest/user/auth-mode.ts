/** Which way a user signs in; asked without credentials, so it says nothing about who exists. */
import { failure } from '../../domain/errors.ts';
import { userAuthMode } from '../../objects/list.ts';
import { type Answer, failed, ok } from '../answer.ts';
import type { Call } from '../call.ts';
import type { Resource } from '../resource.ts';

function getAuthMode(call: Call): Answer {
  if (call.dependencies.userAuthMode === false)
    return failed(failure('FORBIDDEN', '', 'UserAuthModeService is disabled'));
  return ok(userAuthMode(call.dependencies.authModeOf?.(call.parameters.name ?? '') ?? 'NON_SSO'));
}

export const AUTH_MODE_RESOURCES: readonly Resource[] = [
  {
    path: 'UserAuthMode/{name}',
    methods: {
      GET: {
        operation: 'user.authMode',
        request: 'userAuthMode.GET',
        deployment: 'CCE',
        handle: getAuthMode,
      },
    },
  },
];
