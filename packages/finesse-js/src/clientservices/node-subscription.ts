import { hub, nextInvokeId } from '../frame/hub.ts';
import { TOPICS } from '../frame/topics.ts';

/** What a subscription is answered with that could not be made. */
export interface SubscriptionError {
  readonly errorType?: string;
  readonly errorMessage?: string;
  readonly content?: string;
}

function errorOf(payload: unknown): SubscriptionError | undefined {
  const { error, subscribe } = (payload ?? {}) as {
    error?: SubscriptionError;
    subscribe?: SubscriptionError;
  };
  return error ?? subscribe ?? undefined;
}

/**
 * Asks the desktop for the events of a node (gadgets.md 7.2); they come on its topic.
 * @returns the id by which it is given up again
 */
export function subscribeNode(
  node: string,
  handler?: (subid: string, error?: SubscriptionError) => void,
): string {
  const subid = nextInvokeId();
  const leave = hub.listen(`${TOPICS.responses}.${subid}`, (payload) => {
    leave();
    handler?.(subid, errorOf(payload));
  });
  return hub.request(TOPICS.requests, 'SubscribeNodeReq', { node }, subid);
}

export function unsubscribeNode(
  node: string,
  subid: string,
  handler?: (error?: SubscriptionError) => void,
): void {
  hub.ask(TOPICS.requests, TOPICS.responses, 'UnsubscribeNodeReq', { node, subid }, (payload) =>
    handler?.(errorOf(payload)),
  );
}
