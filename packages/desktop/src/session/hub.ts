/**
 * Where the page tells gadgets of what it does: topics and payloads of gadgets.md 7. The container of the gadgets connects
 * itself; what is published before is not kept.
 */

/** The topic of workflow actions that a gadget handles (gadgets.md 7.5). */
export const WORKFLOW_ACTION_EVENT = 'finesse.containerservices.workflowActionEvent';

/**
 * The topic that tells gadgets of the maintenance mode: `{status}`, SCHEDULED when it is announced, MIGRATING 5 to 15 s before the page moves.
 * The original's string is not published.
 */
export const MAINTENANCE_MODE_EVENT = 'finesse.containerservices.finesseMaintenanceModeEvent';

export type HubListener = (topic: string, payload: unknown) => void;

export class Hub {
  readonly #listeners = new Set<HubListener>();

  /** @returns the function that ends it */
  connect(listener: HubListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** @returns whether anybody listens */
  publish(topic: string, payload: unknown): boolean {
    for (const listener of this.#listeners) listener(topic, payload);
    return this.#listeners.size > 0;
  }
}
