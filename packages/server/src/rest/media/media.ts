/**
 * Media of a user other than voice (rest-api.md 7.1): signing in and out, states, whether tasks may come, and the tasks. CCE only.
 */
import { failure } from '../../domain/errors.ts';
import { listDocument } from '../../objects/list.ts';
import { MEDIA, readMediaRequest } from '../../objects/media.ts';
import { lastChild, readRoot } from '../../objects/request.ts';
import { TASK } from '../../objects/task.ts';
import { objectWriter } from '../../objects/writer.ts';
import { type Answer, accepted, failed, ok } from '../answer.ts';
import type { Call } from '../call.ts';
import type { Resource } from '../resource.ts';
import { userOf } from '../user/find-user.ts';

/** Of the error alone: what a client has sent may be long. */
const ID_MAX = 64;

const writerOf = (call: Call) => objectWriter(MEDIA, call.dependencies.presenter.profile);

function getMediaList(call: Call): Answer {
  const { media, presenter } = call.dependencies;
  const user = userOf(call);
  call.announce(user.loginId, user.loginId);
  const sources = media.of(user.loginId).map((medium) => presenter.mediaSource(user, medium));
  return ok(listDocument('MediaList', writerOf(call), sources));
}

function getMedia(call: Call): Answer {
  const { media, presenter } = call.dependencies;
  const user = userOf(call);
  call.announce(user.loginId, mediaId(call));
  const medium = media.get(user.loginId, mediaId(call));
  return medium === undefined
    ? unknown(call)
    : ok(writerOf(call).document(presenter.mediaSource(user, medium)));
}

/** Asynchronous: what becomes of it, or why it is refused, is an event. What is no Media is told before its id is looked for. */
function putMedia(call: Call): Answer {
  const { media, directory } = call.dependencies;
  const user = userOf(call);
  const id = mediaId(call);
  const root = readRoot(call.body, 'Media');
  if (!root.ok) return failed(root.failure);
  const unusableId = call.adoptRequestId(lastChild(root.value, 'requestId')?.text);
  if (unusableId !== null) return failed(unusableId);
  call.announce(user.loginId, id);
  if (media.get(user.loginId, id) === undefined) return unknown(call);
  const request = readMediaRequest(root.value);
  if (!request.ok) return failed(request.failure);
  const wish = request.value;
  if ('reasonCodeId' in wish && wish.reasonCodeId !== null && wish.verb !== 'READY') {
    const codes = directory.current.reasonCodes(wish.verb, user.teamId);
    if (!codes.some((code) => code.id === wish.reasonCodeId))
      return failed(failure('INVALID_INPUT', 'reasonCodeId', 'Invalid reasonCodeId specified for media'));
  }
  return accepted(() => media.apply(user, id, wish, call.requestId, call.cause));
}

function getTasks(call: Call): Answer {
  const { media, presenter } = call.dependencies;
  const { loginId } = userOf(call);
  call.announce(loginId, loginId);
  return ok(listDocument('Dialogs', objectWriter(TASK, presenter.profile), media.tasksOf(loginId)));
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
