/** Queues with live statistics (rest-api.md 6): CCE only, for every user, of every user. */
import { failure } from '../../domain/errors.ts';
import { queuesOf } from '../../domain/user-queues.ts';
import { listDocument } from '../../objects/list.ts';
import { type Answer, failed, ok } from '../answer.ts';
import type { Call } from '../call.ts';
import type { Resource } from '../resource.ts';
import { userOf } from '../user/find-user.ts';

const NUMBER = /^\d{1,10}$/;

function getQueue(call: Call): Answer {
  const { presenter, directory } = call.dependencies;
  const { queueId = '' } = call.parameters;
  call.announce(call.principal!.loginId, queueId.slice(0, 32));
  const queue = NUMBER.test(queueId) ? directory.current.skillGroup(Number(queueId)) : undefined;
  if (queue === undefined) return failed(failure('NOT_FOUND', queueId, 'Invalid queue id specified'));
  return ok(presenter.queue.document(presenter.queueSource(queue)));
}

function getUserQueues(call: Call): Answer {
  const { presenter, directory } = call.dependencies;
  const user = userOf(call);
  call.announce(user.loginId, user.loginId);
  const sources = queuesOf(user, directory.current).map((queue) => presenter.queueSource(queue));
  return ok(listDocument('Queues', presenter.queue, sources));
}

export const QUEUE_RESOURCES: readonly Resource[] = [
  {
    path: 'Queue/{queueId}',
    methods: {
      GET: { operation: 'queue.get', request: 'queue.GET', deployment: 'CCE', handle: getQueue },
    },
  },
  {
    path: 'User/{userId}/Queues',
    methods: {
      GET: { operation: 'user.queues', request: 'queues.GET', deployment: 'CCE', handle: getUserQueues },
    },
  },
];
