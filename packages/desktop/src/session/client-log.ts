/** What the page did, for whoever looks for a fault: the newest lines in memory and in the browser's console. */

/** What the server takes as one client log. */
const CHARACTERS_MAX = 1_000_000;

export class ClientLog {
  readonly #lines: string[] = [];
  readonly #charactersMax: number;
  readonly #echo: (line: string) => void;
  #characters = 0;

  constructor(echo: (line: string) => void = () => {}, charactersMax: number = CHARACTERS_MAX) {
    this.#echo = echo;
    this.#charactersMax = charactersMax;
  }

  add(line: string): void {
    this.#lines.push(line);
    this.#characters += line.length + 1;
    while (this.#characters > this.#charactersMax) this.#characters -= (this.#lines.shift()?.length ?? 0) + 1;
    this.#echo(line);
  }

  /** Oldest first. */
  text(): string {
    return this.#lines.join('\n');
  }
}
