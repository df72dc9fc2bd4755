/**
 * What can be asked of a part of the page from elsewhere, by name: to open the dial pad, a field for a number, a menu. A part offers
 * a command while it is on the page; shortcuts, and other parts, ask for it. What talks to the server is no command but an action.
 */
export type Command = (argument: string) => void;

export class Commands {
  readonly #offered = new Map<string, Command[]>();

  /** The last one to offer a name is asked. @returns what takes the offer back */
  offer(name: string, run: Command): () => void {
    this.#offered.set(name, [...(this.#offered.get(name) ?? []), run]);
    return () => {
      const left = (this.#offered.get(name) ?? []).filter((other) => other !== run);
      if (left.length > 0) this.#offered.set(name, left);
      else this.#offered.delete(name);
    };
  }

  has(name: string): boolean {
    return this.#offered.has(name);
  }

  /** @returns whether anybody was asked */
  run(name: string, argument: string = ''): boolean {
    const command = this.#offered.get(name)?.at(-1);
    command?.(argument);
    return command !== undefined;
  }
}
