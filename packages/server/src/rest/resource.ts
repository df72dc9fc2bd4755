/** The resources of the API as a table: path, methods, who may, and what answers. */
import type { Operation } from '../accounts/policy.ts';
import type { Deployment } from '../domain/profile.ts';
import type { BodyLimits } from '../objects/request.ts';
import type { Answer } from './answer.ts';
import type { Call } from './call.ts';

export type Method = 'GET' | 'PUT' | 'POST' | 'DELETE';

export interface Handler {
  /** Row of the table of roles; a function where the body decides (PUT User). */
  readonly operation: Operation;
  /** Name in API_REQUEST, e.g. `user.PUT`. */
  readonly request: string;
  /** The only deployment that has the call; the other one answers 501 (developer guide, errors). */
  readonly deployment?: Deployment;
  /** Answers while the server is out of service. */
  readonly always?: boolean;
  readonly body?: BodyLimits;
  handle(call: Call): Answer | Promise<Answer>;
}

export interface Resource {
  /** Below /finesse/api, parameters in braces: `User/{id}/ReasonCodes`. Names match exactly. */
  readonly path: string;
  readonly methods: Readonly<Partial<Record<Method, Handler>>>;
}

export interface Match {
  readonly resource: Resource;
  /** Decoded values of the parameters. */
  readonly parameters: Readonly<Record<string, string>>;
}

/** `User/{id}` → `User-[id]`, as REGISTER_API_STATS_OBJECT writes it. */
export function statsName(resource: Pick<Resource, 'path'>, method: string): string {
  return `${resource.path.replaceAll('{userId}', '{id}').replaceAll('/', '-').replaceAll('{', '[').replaceAll('}', ']')}-${method}`;
}

/** Looks resources up by path. The number of resources is small and fixed; segments are compared in turn. */
export class ResourceTable {
  readonly #byLength = new Map<number, Array<{ resource: Resource; segments: string[] }>>();

  constructor(resources: readonly Resource[]) {
    for (const resource of resources) {
      const segments = resource.path.split('/');
      const group = this.#byLength.get(segments.length) ?? [];
      group.push({ resource, segments });
      this.#byLength.set(segments.length, group);
    }
  }

  /** @param path raw, without leading slash and query; one trailing slash is tolerated */
  find(path: string): Match | undefined {
    const trimmed = path.endsWith('/') ? path.slice(0, -1) : path;
    const given = trimmed.split('/');
    for (const { resource, segments } of this.#byLength.get(given.length) ?? []) {
      const parameters = match(segments, given);
      if (parameters !== undefined) return { resource, parameters };
    }
    return undefined;
  }
}

function match(segments: readonly string[], given: readonly string[]): Record<string, string> | undefined {
  const parameters: Record<string, string> = {};
  for (const [index, segment] of segments.entries()) {
    const value = given[index]!;
    if (!segment.startsWith('{')) {
      if (segment !== value) return undefined;
      continue;
    }
    const decoded = decode(value);
    if (decoded === undefined || decoded === '') return undefined;
    parameters[segment.slice(1, -1)] = decoded;
  }
  return parameters;
}

function decode(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}
