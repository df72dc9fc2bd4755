/** The commands of `poise sim`, and of the administrator's API, which has the same ones. */
import type { CustomerView, LoadView, PhoneView, Simulation, SimulationStatus } from '@poise/acd';
import { SimulationError } from '@poise/acd';
import { actOnPhone, phoneOrAll } from './phone-actions.ts';
import {
  type Input,
  type PreviewCall,
  readCall,
  readLoad,
  readPreview,
  refuseOthers,
  required,
  text,
} from './requests.ts';

export interface SimulationDependencies {
  /** The simulated telephony of the running CTI server; undefined while there is none. */
  readonly simulation: () => Simulation | undefined;
  /** Numbers that lead to queues. */
  readonly dialledNumbers: () => readonly string[];
  /** A seed for a load without one: differs each time. */
  readonly newSeed: () => number;
}

/** The simulation cannot be asked: the CTI server runs elsewhere, or not at the moment. */
export class NoSimulationError extends Error {
  override readonly name: string = 'NoSimulationError';

  constructor() {
    super('no contact centre with simulated telephony runs in this process');
  }
}

export class SimulationCommands {
  readonly #dependencies: SimulationDependencies;

  constructor(dependencies: SimulationDependencies) {
    this.#dependencies = dependencies;
  }

  /** What the control socket offers. */
  get control(): Readonly<Record<string, (input: Input) => unknown>> {
    return {
      'sim.call': (input) => this.call(input),
      'sim.preview': (input) => this.preview(input),
      'sim.load': (input) => this.startLoad(input),
      'sim.stop': () => this.stop(),
      'sim.status': () => this.status(),
      'sim.phone': (input) => this.actOnPhone(input),
    };
  }

  call(input: Input): CustomerView {
    return this.#simulation.call(readCall(input));
  }

  /** Offers a contact of a campaign to an agent. @throws SimulationError */
  preview(input: Input): PreviewCall {
    const preview = readPreview(input);
    this.#simulation.preview(preview.to, preview.contact);
    return preview;
  }

  startLoad(input: Input): LoadView {
    const { dialledNumbers, newSeed } = this.#dependencies;
    return this.#simulation.startLoad(readLoad(input, dialledNumbers(), newSeed));
  }

  /** Ends arrivals; customers on the line stay. @returns false when none was running */
  stopLoad(): boolean {
    return this.#simulation.stopLoad();
  }

  /** Ends the load and lets all customers hang up. */
  stop(): ReturnType<Simulation['stop']> {
    return this.#simulation.stop();
  }

  status(): SimulationStatus {
    return this.#simulation.status();
  }

  customers(): readonly CustomerView[] {
    return [...this.#simulation.customers.list()];
  }

  /** @throws SimulationError `unknownCustomer` */
  customer(id: string): CustomerView {
    return this.#simulation.customers.find(customerId(id)) ?? unknownCustomer(id);
  }

  /** @throws SimulationError `unknownCustomer` */
  hangUp(id: string): void {
    if (!this.#simulation.customers.hangUp(customerId(id))) unknownCustomer(id);
  }

  phone(extension: string): PhoneView {
    return phoneOrAll(this.#simulation.switch, extension);
  }

  /** `extension`, `action`, `value`. */
  actOnPhone(input: Input): PhoneView {
    refuseOthers(input, ['extension', 'action', 'value']);
    const extension = required('extension', text(input, 'extension'));
    const action = required('action', text(input, 'action'));
    const { switch: exchange } = this.#simulation;
    actOnPhone(exchange, extension, action, text(input, 'value'));
    return phoneOrAll(exchange, extension);
  }

  get #simulation(): Simulation {
    const simulation = this.#dependencies.simulation();
    if (simulation === undefined) throw new NoSimulationError();
    return simulation;
  }
}

const customerId = (text: string): number => (/^\d{1,15}$/.test(text) ? Number(text) : -1);

function unknownCustomer(id: string): never {
  throw new SimulationError('unknownCustomer', `there is no customer ${JSON.stringify(id.slice(0, 64))}`);
}
