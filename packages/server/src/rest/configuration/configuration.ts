/** What the calls of configuration have in common: who asks for what, and what the store refuses (rest-api.md 8). */
import { type ApiFailure, failure } from '../../domain/errors.ts';
import type { BodyLimits } from '../../objects/request.ts';
import { Refused } from '../../objects/request-fields.ts';
import { StoreError } from '../../store/store-error.ts';
import { type Answer, failed, ok } from '../answer.ts';
import type { Call } from '../call.ts';
import type { ConfigurationRepositories } from '../dependencies.ts';
import { locationOf } from '../location.ts';
import type { Handler, Resource } from '../resource.ts';

export type Work = (call: Call) => Answer | Promise<Answer>;

/** Configuration is there while the CTI link is not, and who asked is told in the log. */
export const handler = (
  operation: Handler['operation'],
  request: string,
  work: Work,
  body?: BodyLimits,
): Handler => ({
  operation,
  request,
  always: true,
  ...(body !== undefined && { body }),
  handle: (call) => {
    call.announce(call.principal!.loginId, (call.parameters.id ?? '').slice(0, 32));
    return work(call);
  },
});

/** A number in the path; null when it is none. */
export function numberOf(call: Call, parameter = 'id'): number | null {
  const text = call.parameters[parameter] ?? '';
  return /^\d{1,10}$/.test(text) ? Number(text) : null;
}

export const notFound = (call: Call, object: string, parameter = 'id'): ApiFailure =>
  failure('NOT_FOUND', (call.parameters[parameter] ?? '').slice(0, 64), `Invalid ${object} id specified`);

/** @param path from the root of the server */
export const created = (call: Call, path: string): Answer => ({
  status: 200,
  body: '',
  headers: { Location: locationOf(call, path) },
});

/**
 * Changes the store in one transaction. Changes come one after the other: what `work` sees of the directory is what is
 * stored, and a limit that it looks at holds.
 *
 * @param work may throw {@link Refused}; nothing is changed then
 * @param object its name, for what the store refuses: a name or number that is used, something that does not exist
 * @param duplicate what a used name is answered with, where the object has an error of its own for it
 */
export async function changing(
  call: Call,
  object: string,
  work: (repositories: ConfigurationRepositories) => Promise<Answer>,
  duplicate?: ApiFailure,
): Promise<Answer> {
  try {
    return await call.change(work);
  } catch (error) {
    if (error instanceof Refused) return failed(error.failure);
    if (!(error instanceof StoreError)) throw error;
    switch (error.code) {
      case 'duplicate': {
        if (duplicate !== undefined) return failed(duplicate);
        const columns = error.columns.map((column) => column.slice(column.indexOf('.') + 1));
        return failed(
          failure('API_ERROR', object, `Another ${object} has the same ${columns.join(' and ')}`),
        );
      }
      case 'reference':
        return failed(
          failure('API_ERROR', object, `The ${object} is in use, or refers to what does not exist`),
        );
      case 'unavailable':
        return failed(failure('STORE_UNAVAILABLE'));
      case 'not-found':
        return failed(failure('NOT_FOUND', object, `Invalid ${object} id specified`));
      case 'invalid':
        return failed(failure('INVALID_INPUT', object, error.message));
    }
  }
}

/** Reading needs no transaction; what does not exist is thrown as {@link Refused}, too. */
export function answering(read: () => Answer): Answer {
  try {
    return read();
  } catch (error) {
    if (error instanceof Refused) return failed(error.failure);
    throw error;
  }
}

/** An update or removal, whose answer says nothing. */
export const changingQuietly = (
  call: Call,
  object: string,
  work: (repositories: ConfigurationRepositories) => Promise<void>,
  duplicate?: ApiFailure,
): Promise<Answer> =>
  changing(
    call,
    object,
    async (repositories) => {
      await work(repositories);
      return ok('');
    },
    duplicate,
  );

interface Operations {
  readonly read: Handler['operation'];
  readonly list?: Handler['operation'];
  readonly write: Handler['operation'];
}

interface Works {
  readonly list: Work;
  readonly get: Work;
  readonly create: Work;
  readonly update: Work;
  readonly remove: Work;
}

/**
 * The five calls of an object. Creations go to the singular; the plural is taken, too (rest-api.md 8).
 *
 * @param object as in the path, `ReasonCode`, or with what is above it, `PhoneBook/{phoneBookId}/Contact`
 * @param name as in the log, `reasonCode`
 */
export function resourcesOf(
  object: string,
  name: string,
  { read, list = read, write }: Operations,
  works: Works,
): readonly Resource[] {
  const POST = handler(write, `${name}.POST`, works.create);
  return [
    { path: object, methods: { POST } },
    { path: `${object}s`, methods: { GET: handler(list, `${name}s.GET`, works.list), POST } },
    {
      path: `${object}/{id}`,
      methods: {
        GET: handler(read, `${name}.GET`, works.get),
        PUT: handler(write, `${name}.PUT`, works.update),
        DELETE: handler(write, `${name}.DELETE`, works.remove),
      },
    },
  ];
}
