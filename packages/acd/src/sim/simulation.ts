import type { Clock } from '@poise/clock';
import type { OutboundContact } from '../calls/outbound.ts';
import { CustomerLoad, type LoadPlan, type LoadView } from './customer-load.ts';
import { type CustomerCall, type CustomerCounts, Customers, type CustomerView } from './customers.ts';
import { isOutsideNumber } from './outside-numbers.ts';
import type { PhoneView } from './simulated-phone.ts';
import type { NumberPlan, SimulatedSwitch } from './simulated-switch.ts';
import { SimulationError } from './simulation-error.ts';

export interface SimulationStatus {
  readonly customers: CustomerCounts;
  /** Null: none runs. */
  readonly load: LoadView | null;
  /** Phones that somebody set to something, and those in a call; at most {@link PHONES_SHOWN_MAX}. */
  readonly phones: readonly PhoneView[];
  /** Legs at the simulated exchange. */
  readonly legs: number;
}

const PHONES_SHOWN_MAX = 200;

/** What a person can do with the simulated telephony: let customers call, use the phones. */
export class Simulation {
  readonly switch: SimulatedSwitch;
  readonly customers: Customers;
  readonly #clock: Clock;
  readonly #plan: NumberPlan;
  readonly #offerContact: (device: string, contact: OutboundContact) => boolean;
  #load: CustomerLoad | null = null;

  /** @param options.offerContact false when the agent at the phone is not available; default: never */
  constructor(options: {
    clock: Clock;
    switch: SimulatedSwitch;
    plan: NumberPlan;
    offerContact?: (device: string, contact: OutboundContact) => boolean;
  }) {
    this.#offerContact = options.offerContact ?? (() => false);
    this.switch = options.switch;
    this.#clock = options.clock;
    this.#plan = options.plan;
    this.customers = new Customers(options);
  }

  /** @throws SimulationError */
  call(call: CustomerCall): CustomerView {
    this.#checkNumber(call.to);
    return this.customers.call(call);
  }

  /**
   * A campaign offers a contact to the agent at a phone.
   * @throws SimulationError `unknownPhone`, `busy`
   */
  preview(device: string, contact: OutboundContact): void {
    if (!this.#plan.isPhone(device))
      throw new SimulationError('unknownPhone', `there is no phone ${JSON.stringify(device.slice(0, 64))}`);
    if (!this.#offerContact(device, contact))
      throw new SimulationError('busy', `no agent is Ready at ${device}`);
  }

  /** @throws SimulationError `loadRunning`, `unknownNumber` */
  startLoad(plan: LoadPlan): LoadView {
    if (this.#load?.running)
      throw new SimulationError('loadRunning', 'simulated traffic is running already; stop it first');
    for (const number of plan.to) this.#checkNumber(number);
    this.#load = new CustomerLoad({ clock: this.#clock, customers: this.customers, plan });
    return this.#load.view;
  }

  /** No further arrivals; customers on the line stay. @returns false when no load was running */
  stopLoad(): boolean {
    const wasRunning = this.#load?.running === true;
    this.#load?.stop();
    this.#load = null;
    return wasRunning;
  }

  /** Ends the load, and lets all customers hang up. @returns how many hung up, and whether a load ran */
  stop(): { readonly hungUp: number; readonly loadStopped: boolean } {
    const loadStopped = this.stopLoad();
    return { hungUp: this.customers.hangUpAll(), loadStopped };
  }

  status(): SimulationStatus {
    const phones: PhoneView[] = [];
    for (const phone of this.switch.phones()) {
      if (phones.length === PHONES_SHOWN_MAX) break;
      phones.push(phone);
    }
    return {
      customers: this.customers.counts,
      load: this.#load?.running ? this.#load.view : null,
      phones,
      legs: this.switch.legCount,
    };
  }

  #checkNumber(number: string): void {
    if (this.#plan.isRoutePoint(number) || this.#plan.isPhone(number)) return;
    const hint = isOutsideNumber(number) ? ', but of somebody outside' : '';
    throw new SimulationError(
      'unknownNumber',
      `no customer can call ${JSON.stringify(number.slice(0, 64))}: it is neither a dialled number nor a phone here${hint}`,
    );
  }
}
