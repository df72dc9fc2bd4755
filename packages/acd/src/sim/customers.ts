import type { Clock } from '@poise/clock';
import type { CallDataPatch } from '../calls/call.ts';
import { Customer, type CustomerState, type CustomerTimes } from './customer.ts';
import type { SimulatedSwitch } from './simulated-switch.ts';
import { SimulationError } from './simulation-error.ts';

/** All simulated customers: those who are on the line, and how the others fared. */

export interface CustomerCall extends CustomerTimes {
  /** Number of the caller. */
  readonly from: string;
  /** Dialled number or extension. */
  readonly to: string;
  readonly data?: CallDataPatch;
}

export interface CustomerView {
  /** Number of the customer, from 1. */
  readonly id: number;
  readonly from: string;
  readonly to: string;
  readonly state: CustomerState;
  /** Talk time so far, ms. */
  readonly talkedMs: number;
}

/** Customers by how they are or how they ended; `calls` is the sum. */
export type CustomerCounts = Readonly<Record<CustomerState | 'calls', number>>;

interface Entry {
  readonly id: number;
  readonly call: CustomerCall;
  customer: Customer;
}

/** Customers on the line at once; more are refused. */
export const CUSTOMERS_MAX = 20_000;
/** Customers who have ended and can still be asked about. */
const ENDED_KEPT_MAX = 1_000;

export class Customers {
  readonly #clock: Clock;
  readonly #switch: SimulatedSwitch;
  readonly #present = new Map<number, Entry>();
  /** The last ones that ended, oldest first. */
  readonly #ended = new Map<number, CustomerView>();
  readonly #counts: Record<CustomerState | 'calls', number> = {
    calls: 0,
    waiting: 0,
    talking: 0,
    onHold: 0,
    completed: 0,
    abandoned: 0,
    abandonedOnHold: 0,
    refused: 0,
  };
  #nextId = 1;

  constructor(options: { clock: Clock; switch: SimulatedSwitch }) {
    this.#clock = options.clock;
    this.#switch = options.switch;
  }

  get counts(): CustomerCounts {
    return { ...this.#counts };
  }

  /** On the line now. */
  get present(): number {
    return this.#present.size;
  }

  /** @throws SimulationError `tooMany` */
  call(call: CustomerCall): CustomerView {
    if (this.#present.size >= CUSTOMERS_MAX)
      throw new SimulationError(
        'tooMany',
        `more than ${CUSTOMERS_MAX} simulated customers cannot call at once.`,
      );
    const id = this.#nextId++;
    this.#counts.calls++;
    this.#counts.waiting++;
    let entry: Entry | undefined;
    this.#switch.arrive(call, (line) => {
      const customer = new Customer(line, this.#clock, call, (of, before) => {
        this.#counts[before]--;
        this.#counts[of.state]++;
        if (entry && of.hasEnded) this.#forget(entry);
      });
      entry = { id, call, customer };
      this.#present.set(id, entry);
      return customer;
    });
    return this.find(id)!;
  }

  /** On the line, or among the last ones that ended. */
  find(id: number): CustomerView | undefined {
    const entry = this.#present.get(id);
    return entry === undefined ? this.#ended.get(id) : viewOf(entry);
  }

  *list(): Iterable<CustomerView> {
    for (const entry of this.#present.values()) yield viewOf(entry);
  }

  /** @returns false when the customer is not on the line */
  hangUp(id: number): boolean {
    const entry = this.#present.get(id);
    entry?.customer.hangUp();
    return entry !== undefined;
  }

  /** @returns how many hung up */
  hangUpAll(): number {
    const all = [...this.#present.values()];
    for (const { customer } of all) customer.hangUp();
    return all.length;
  }

  #forget(entry: Entry): void {
    this.#present.delete(entry.id);
    this.#ended.set(entry.id, viewOf(entry));
    if (this.#ended.size > ENDED_KEPT_MAX) this.#ended.delete(this.#ended.keys().next().value!);
  }
}

function viewOf({ id, call, customer }: Entry): CustomerView {
  const { state, talkedMs } = customer;
  return { id, from: call.from, to: call.to, state, talkedMs: Math.round(talkedMs) };
}
