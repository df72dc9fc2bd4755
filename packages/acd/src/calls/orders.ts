import type { Leg } from './call-record.ts';
import type { LegCause, OrderResult, Switch, SwitchOrder } from './switch.ts';
import type { Turns } from './turns.ts';

/** Orders to the switch. Answers come back as inputs of their own; while the switch is away all are refused. */
export class Orders {
  readonly #switch: Switch;
  readonly #turns: Turns;
  #up = true;

  constructor(exchange: Switch, turns: Turns) {
    this.#switch = exchange;
    this.#turns = turns;
  }

  get up(): boolean {
    return this.#up;
  }

  setUp(up: boolean): void {
    this.#up = up;
  }

  /** `answered` is called exactly once, never before this returns. */
  send(order: SwitchOrder, answered: (result: OrderResult) => void): void {
    let pending = true;
    const answer = (result: OrderResult): void => {
      if (!pending) return;
      pending = false;
      this.#turns.run(() => answered(result));
    };
    if (this.#up) this.#switch.order(order, answer);
    else answer('refused');
  }

  /** Ends a leg for good; whatever the switch says of it later means nothing any more. */
  drop(leg: Leg, cause: LegCause): void {
    if (leg.gone) return;
    leg.gone = true;
    this.send({ type: 'drop', leg: leg.id, cause }, () => {});
  }
}
