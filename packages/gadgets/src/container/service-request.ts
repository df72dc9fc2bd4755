/** Requests of gadgets on the `….requests` topics of finesse.js, as the page reads them: everything in them may be anything. */
import type { GadgetContainer } from './container.ts';
import type { Gadget } from './gadget.ts';

export type Payload = Readonly<Record<string, unknown>>;

export interface ServiceRequest {
  readonly type: unknown;
  readonly data: Payload;
  readonly gadget: Gadget;
  /** Answers it, once; without effect where the gadget did not say how. */
  readonly respond: (answer: object) => void;
}

/** One token of a topic. */
export const isToken = (value: unknown): value is string =>
  typeof value === 'string' && /^[^.*\s]{1,200}$/.test(value);

/** An id of a gadget's own that goes back to it in a payload: whatever stands in it. */
export const isId = (value: unknown): value is string =>
  typeof value === 'string' && value !== '' && value.length <= 200;

export const isObject = (value: unknown): value is Payload =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Text of at most so many characters; anything else is none. */
export const textOf = (value: unknown, max: number): string =>
  typeof value === 'string' ? value.slice(0, max) : '';

/**
 * Hears requests of gadgets. Whose they are is told by the hub, not by what stands in them.
 * @param responses topic before the id of the request
 */
export function serve(
  container: GadgetContainer,
  requests: string,
  responses: string | null,
  handle: (request: ServiceRequest) => void,
): void {
  container.subscribe(requests, (request, _topic, client) => {
    const gadget = container.byClient(client);
    if (gadget === null || !isObject(request)) return;
    const { type, data, invokeID } = request;
    handle({
      type,
      data: isObject(data) ? data : {},
      gadget,
      respond: (answer) => {
        if (responses !== null && isToken(invokeID)) container.publish(`${responses}.${invokeID}`, answer);
      },
    });
  });
}
