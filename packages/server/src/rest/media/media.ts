/**
 * Media of a user other than voice (rest-api.md 7.1), as far as they are told by a centre that routes no tasks: nobody has any, so lists
 * are empty and no id is known. CCE only.
 */
import { failure } from '../../domain/errors.ts';
import { listDocument } from '../../objects/list.ts';
import { readRoot } from '../../objects/request.ts';
import { type Answer, failed, ok } from '../answer.ts';
import type { Call } from '../call.ts';
import type { Resource } from '../resource.ts';
import { userOf } from '../user/find-user.ts';

/** Of the error alone: what a client has sent may be long. */
const ID_MAX = 64;

function getMediaList(call: Call): Answer {
  const { loginId } = userOf(call);
  call.announce(loginId, loginId);
  return ok('<MediaList/>');
}

function getMedia(call: Call): Answer {
  call.announce(userOf(call).loginId, mediaId(call));
  return unknown(call);
}

/** What is no Media is told before its id is looked for. */
function putMedia(call: Call): Answer {
  call.announce(userOf(call).loginId, mediaId(call));
  const root = readRoot(call.body, 'Media');
  return root.ok ? unknown(call) : failed(root.failure);
}

function getTasks(call: Call): Answer {
  const { loginId } = userOf(call);
  call.announce(loginId, loginId);
  return ok(listDocument('Dialogs', call.dependencies.presenter.dialog, []));
}

const mediaId = (call: Call): string => (call.parameters.mediaId ?? '').slice(0, ID_MAX);
const unknown = (call: Call): Answer =>
  failed(failure('NOT_FOUND', mediaId(call), 'The user has no such media'));

export const MEDIA_RESOURCES: readonly Resource[] = [
  {
    path: 'User/{userId}/Media',
    methods: {
      GET: { operation: 'media.get', request: 'mediaList.GET', deployment: 'CCE', handle: getMediaList },
    },
  },
  {
    path: 'User/{userId}/Media/{mediaId}',
    methods: {
      GET: { operation: 'media.get', request: 'media.GET', deployment: 'CCE', handle: getMedia },
      PUT: { operation: 'media.changeState', request: 'media.PUT', deployment: 'CCE', handle: putMedia },
    },
  },
  {
    path: 'User/{userId}/Dialogs/Media',
    methods: {
      GET: { operation: 'user.dialogs', request: 'mediaDialogs.GET', deployment: 'CCE', handle: getTasks },
    },
  },
];
