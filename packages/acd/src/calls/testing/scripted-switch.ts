import type { CallDataPatch } from '../call.ts';
import type { LegCause, LegId, OrderResult, Switch, SwitchEvent, SwitchOrder } from '../switch.ts';

export interface ScriptedLeg {
  readonly id: LegId;
  readonly address: string;
  readonly purpose: string;
  up: boolean;
  /** What it was last told to hear. */
  hears: string;
}

type Order<T extends SwitchOrder['type']> = SwitchOrder & { type: T };

/**
 * A switch whose every move a test decides. By itself it does what a healthy exchange does at once: phones ring
 * when they are offered a call and go off-hook when they are to dial; legs that are dropped report `gone`.
 */
export class ScriptedSwitch implements Switch {
  readonly legs = new Map<LegId, ScriptedLeg>();
  readonly orders: SwitchOrder[] = [];
  /** Addresses that do not ring when they are offered a call (the test decides what they do). */
  readonly silent = new Set<string>();
  /** Orders of these types are answered so, instead of being carried out. */
  readonly refuse = new Map<SwitchOrder['type'], OrderResult>();
  /** The same for the next order of the type alone. */
  readonly refuseOnce = new Map<SwitchOrder['type'], OrderResult>();
  /** While true answers wait until `release`; what the orders cause happens all the same. */
  holdAnswers = false;
  readonly #waiting: (() => void)[] = [];
  #listener: (event: SwitchEvent) => void = () => {};
  #number = 0;
  /** Orders about legs that are not there. */
  strays = 0;

  attach(listener: (event: SwitchEvent) => void): void {
    this.#listener = listener;
  }

  order(order: SwitchOrder, done: (result: OrderResult) => void): void {
    this.orders.push(order);
    const once = this.refuseOnce.get(order.type);
    this.refuseOnce.delete(order.type);
    const result = once ?? this.refuse.get(order.type) ?? this.#carryOut(order);
    if (this.holdAnswers) this.#waiting.push(() => done(result));
    else done(result);
  }

  /** Answers the orders that wait, oldest first. */
  release(count = Number.POSITIVE_INFINITY): void {
    for (let i = 0; i < count; i++) {
      const next = this.#waiting.shift();
      if (!next) return;
      next();
    }
  }

  get pending(): number {
    return this.#waiting.length;
  }

  emit(event: SwitchEvent): void {
    this.#listener(event);
  }

  /** Somebody outside calls. */
  arrive(from: string, to: string, data?: CallDataPatch): LegId {
    const id = this.#open(`c${++this.#number}`, from, 'arrived').id;
    const leg = this.legs.get(id)!;
    leg.up = true;
    this.emit({ type: 'arrived', leg: id, from, to, ...(data && { data }) });
    return id;
  }

  /** A phone is lifted and dials. */
  dial(device: string, to: string): LegId {
    const leg = this.#open(`d${++this.#number}`, device, 'dialled');
    leg.up = true;
    this.emit({ type: 'dialled', leg: leg.id, device, to });
    return leg.id;
  }

  /** The phone that rings is answered by hand. */
  pickUp(address: string): void {
    const leg = this.#find(address, (candidate) => !candidate.up);
    leg.up = true;
    this.emit({ type: 'up', leg: leg.id });
  }

  /** The newest leg of the address ends. */
  hangUp(address: string, cause: LegCause = 'normal'): void {
    this.gone(this.#find(address, () => true).id, cause);
  }

  gone(leg: LegId, cause: LegCause = 'normal'): void {
    if (this.legs.delete(leg)) this.emit({ type: 'gone', leg, cause });
  }

  at(address: string): ScriptedLeg | undefined {
    return [...this.legs.values()].findLast((leg) => leg.address === address);
  }

  #find(address: string, fits: (leg: ScriptedLeg) => boolean): ScriptedLeg {
    const leg = [...this.legs.values()].findLast(
      (candidate) => candidate.address === address && fits(candidate),
    );
    if (!leg) throw new Error(`no such leg at ${address}`);
    return leg;
  }

  #open(id: LegId, address: string, purpose: string): ScriptedLeg {
    const leg = { id, address, purpose, up: false, hears: '' };
    this.legs.set(id, leg);
    return leg;
  }

  #carryOut(order: SwitchOrder): OrderResult {
    switch (order.type) {
      case 'offer':
        return this.#offer(order);
      case 'connect': {
        // Those who are still there talk, as the contract says.
        const legs = order.legs.flatMap((id) => this.legs.get(id) ?? []);
        for (const leg of legs) leg.hears = `call ${order.callId}`;
        return legs.length === order.legs.length ? 'done' : this.#stray();
      }
      case 'record':
        return 'done';
      default: {
        const leg = this.legs.get(order.leg);
        if (!leg) return this.#stray();
        if (order.type === 'drop') this.gone(leg.id, 'normal');
        if (order.type === 'park') leg.hears = order.treatment;
        if (order.type === 'listen') leg.hears = `${order.mode} ${order.target}`;
        if (order.type === 'accept') {
          leg.up = true;
          this.emit({ type: 'up', leg: leg.id });
        }
        return 'done';
      }
    }
  }

  #offer(order: Order<'offer'>): OrderResult {
    const leg = this.#open(order.leg, order.address, order.purpose);
    if (this.silent.has(order.address)) return 'done';
    if (order.purpose !== 'originate') this.emit({ type: 'ringing', leg: leg.id });
    if ((order.purpose === 'originate' || order.autoAnswer) && this.legs.has(leg.id)) {
      leg.up = true;
      this.emit({ type: 'up', leg: leg.id });
    }
    return 'done';
  }

  #stray(): OrderResult {
    this.strays++;
    return 'gone';
  }
}
