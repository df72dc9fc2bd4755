type AnyListener = (...args: unknown[]) => void;

/** Typed events. A listener that throws harms neither the others nor the connection. */
export class Emitter<Events extends Record<string, unknown[]>> {
  readonly #listeners = new Map<keyof Events, Set<AnyListener>>();

  /** Returns the function that ends the listening. */
  on<Name extends keyof Events>(name: Name, listener: (...args: Events[Name]) => void): () => void {
    const listeners = this.#listeners.get(name) ?? new Set<AnyListener>();
    this.#listeners.set(name, listeners);
    // A function of its own for each call: the same listener may be registered twice.
    const registered: AnyListener = (...args) => listener(...(args as Events[Name]));
    listeners.add(registered);
    return () => listeners.delete(registered);
  }

  emit<Name extends keyof Events>(name: Name, ...args: Events[Name]): void {
    for (const listener of [...(this.#listeners.get(name) ?? [])]) {
      try {
        listener(...args);
      } catch (error) {
        // Heard of by the platform (`uncaughtException`, `window.onerror`), after all others have run.
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }
}
