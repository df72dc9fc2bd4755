/**
 * Serves one input at a time: what arrives while another is being served (an event of the switch inside an
 * order, a request made by somebody who was told a fact) waits until that one and its consequences are done.
 */
export class Turns {
  readonly #inputs: (() => void)[] = [];
  readonly #settle: () => void;
  #serving = false;

  /** @param settle run after each input: the consequences */
  constructor(settle: () => void) {
    this.#settle = settle;
  }

  /** Serves the input now, or after those that came before. An error of one never keeps others from being served. */
  run(input: () => void): void {
    this.#inputs.push(input);
    if (this.#serving) return;
    this.#serving = true;
    const errors: unknown[] = [];
    const attempt = (step: () => void): void => {
      try {
        step();
      } catch (error) {
        errors.push(error);
      }
    };
    for (let next = this.#inputs.shift(); next; next = this.#inputs.shift()) {
      attempt(next);
      attempt(this.#settle);
    }
    this.#serving = false;
    if (errors.length > 0) throw errors[0];
  }
}
