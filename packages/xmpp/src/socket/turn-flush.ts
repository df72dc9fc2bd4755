/** Collects connections that have something to write and lets each write once at the end of the turn. */

export interface Flushable {
  flush(): void;
}

export class TurnFlush {
  #waiting: Flushable[] = [];
  readonly #run = (): void => {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const connection of waiting) connection.flush();
  };

  /** The connection's `flush` is called once, after the current callback and before other I/O. */
  add(connection: Flushable): void {
    if (this.#waiting.length === 0) process.nextTick(this.#run);
    this.#waiting.push(connection);
  }
}
