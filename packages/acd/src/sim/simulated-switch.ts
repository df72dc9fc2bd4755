import type { Clock, Timer } from '@poise/clock';
import type { CallDataPatch } from '../calls/call.ts';
import type { LegCause, LegId, OrderResult, Switch, SwitchEvent, SwitchOrder } from '../calls/switch.ts';
import { Colleague } from './colleague.ts';
import { type Hearing, Media } from './media.ts';
import { outsideAnswer } from './outside-numbers.ts';
import type { Line, Person } from './person.ts';
import { drawInteger, type RandomSource, RandomStream } from './random.ts';
import { type AutoAnswer, type PhoneView, SimulatedPhone } from './simulated-phone.ts';
import { SimulationError } from './simulation-error.ts';

/** The numbers of the contact centre, as they are now. */
export interface NumberPlan {
  isPhone(number: string): boolean;
  isRoutePoint(number: string): boolean;
}

export interface SimulatedSwitchOptions {
  readonly clock: Clock;
  readonly plan: NumberPlan;
  /** Seed of all that is left to chance; see {@link RandomStream}. Default 1. */
  readonly seed?: number;
  /** Whether an agent is signed in on the phone; then nobody else answers it. Default: on none. */
  readonly attended?: (extension: string) => boolean;
  /**
   * Whether the phone has a call on hold beside an active one: one leg may carry both, so hanging up is a wish then
   * ({@link SwitchEvent} `hangUpWish`). Default: never.
   */
  readonly holdsAnother?: (extension: string) => boolean;
  /**
   * Undefined: orders are carried out at once, and their events come inside of `order`, after `done`. A number:
   * orders take that many ms, as on a network; what they cause comes after that.
   */
  readonly delayMs?: number;
}

/** One leg as tests and people see it. */
export interface LegView {
  readonly leg: LegId;
  /** Extension or outside number at its end. */
  readonly address: string;
  readonly kind: 'station' | 'external' | 'arrived';
  readonly state: 'ringing' | 'up';
  /** Call in which it talks. */
  readonly callId: number | null;
  readonly hears: Hearing;
  /** The last digits that were sent to it. */
  readonly digitsHeard: string;
}

interface Leg {
  readonly id: LegId;
  readonly kind: LegView['kind'];
  readonly address: string;
  readonly purpose: 'call' | 'originate' | 'nailed' | 'arrived' | 'dialled';
  state: 'ringing' | 'up';
  phone: SimulatedPhone | null;
  person: Person | null;
  /** Answers it, or ends it unanswered. */
  readonly timers: Set<Timer>;
  digitsHeard: string;
}

/** Lines of a phone: the call, a consultation, and some to spare. */
const LEGS_PER_PHONE_MAX = 4;
const LEG_ID_LENGTH_MAX = 64;
const DIGITS_KEPT_MAX = 64;
/** Parties of one call. */
const LEGS_PER_CALL_MAX = 64;
const LEGS_MAX = 100_000;
/** A phone that answers by itself lets it ring this long, ms. */
const ONE_RING_MS = 500;
/** Outside parties answer after this, ms. */
const OUTSIDE_RINGS_MS = [1_000, 4_000] as const;
/** Colleagues answer after this, ms. */
const COLLEAGUE_RINGS_MS = [2_000, 5_000] as const;
/** Nobody lets a phone ring longer, ms. */
const RINGS_MAX_MS = 180_000;

/** Digits of the phone keypad, as DTMF has them. */
const DTMF = /^[0-9*#A-D]{1,64}$/i;

/**
 * The simulated exchange: phones, the world outside, and what each party hears. It runs on the injected clock and
 * a seeded source of chance, so the same orders at the same times give the same events.
 */
export class SimulatedSwitch implements Switch {
  readonly #clock: Clock;
  readonly #plan: NumberPlan;
  readonly #attended: (extension: string) => boolean;
  readonly #holdsAnother: (extension: string) => boolean;
  readonly #delayMs: number | undefined;
  readonly #random: RandomSource;
  readonly #media = new Media();
  readonly #legs = new Map<LegId, Leg>();
  readonly #phones = new Map<string, SimulatedPhone>();
  #listener: (event: SwitchEvent) => void = () => {};
  readonly #events: SwitchEvent[] = [];
  /** Orders being carried out now; events wait for the end of the outermost. */
  #depth = 0;
  #delivering = false;
  #down = false;
  #nextLeg = 1;
  /** What phones do that are set to `default`. */
  #usualAutoAnswer: AutoAnswer = 'default';

  constructor(options: SimulatedSwitchOptions) {
    this.#clock = options.clock;
    this.#plan = options.plan;
    this.#attended = options.attended ?? (() => false);
    this.#holdsAnother = options.holdsAnother ?? (() => false);
    this.#delayMs = options.delayMs;
    this.#random = new RandomStream(options.seed ?? 1, 'switch');
  }

  attach(listener: (event: SwitchEvent) => void): void {
    this.#listener = listener;
  }

  order(order: SwitchOrder, done: (result: OrderResult) => void): void {
    if (this.#delayMs === undefined) this.#carryOut(order, done);
    else this.#clock.schedule(this.#delayMs, () => this.#carryOut(order, done));
  }

  // --- What people and tests see -------------------------------------------------------------------------------

  get legCount(): number {
    return this.#legs.size;
  }

  leg(id: LegId): LegView | undefined {
    const leg = this.#legs.get(id);
    return leg && this.#viewOf(leg);
  }

  *legs(): Iterable<LegView> {
    for (const leg of this.#legs.values()) yield this.#viewOf(leg);
  }

  isRecorded(callId: number): boolean {
    return this.#media.isRecorded(callId);
  }

  phone(extension: string): PhoneView {
    return phoneView(this.#phone(extension), this.#legs);
  }

  /** Phones that differ from untouched ones: set to something, out of service, or in a call. */
  *phones(): Iterable<PhoneView> {
    for (const phone of this.#phones.values()) if (!phone.isPlain) yield phoneView(phone, this.#legs);
  }

  // --- What people do by hand; all throw SimulationError --------------------------------------------------------

  /**
   * Somebody outside calls. `person` is made with the leg's line and acts for the caller.
   *
   * @param to a dialled number or an extension; others are the model's to refuse
   */
  arrive(
    call: { readonly from: string; readonly to: string; readonly data?: CallDataPatch },
    person?: (line: Line) => Person,
  ): LegId {
    this.#checkRoom();
    const leg = this.#add(this.#newId(), 'arrived', call.from, 'arrived', 'ringing', null);
    leg.person = person?.(this.#lineOf(leg)) ?? null;
    const { from, to, data } = call;
    this.#emit({ type: 'arrived', leg: leg.id, from, to, ...(data === undefined ? {} : { data }) });
    return leg.id;
  }

  setAutoAnswer(extension: string, autoAnswer: AutoAnswer): void {
    const phone = this.#phone(extension);
    phone.autoAnswer = autoAnswer;
    for (const id of phone.legs) {
      const leg = this.#legs.get(id)!;
      if (leg.state === 'ringing' && autoAnswer === 'on') this.#after(leg, ONE_RING_MS, () => this.#up(leg));
    }
  }

  /** What all phones do that have no setting of their own; holds for calls from now on. */
  set usualAutoAnswer(autoAnswer: AutoAnswer) {
    this.#usualAutoAnswer = autoAnswer;
  }

  get usualAutoAnswer(): AutoAnswer {
    return this.#usualAutoAnswer;
  }

  /** A phone out of service loses its calls. */
  setInService(extension: string, inService: boolean): void {
    const phone = this.#phone(extension);
    if (phone.inService === inService) return;
    phone.inService = inService;
    this.#together(() => {
      if (!inService) for (const id of [...phone.legs]) this.#end(this.#legs.get(id)!, 'outOfService');
      this.#emit({ type: 'deviceState', device: extension, inService });
    });
  }

  /** Picks up the phone that rings. */
  answer(extension: string): void {
    this.#up(this.#legAt(extension, (leg) => leg.state === 'ringing', 'does not ring'));
  }

  /** Hangs up the call that talks or is being made, else the one that rings, else the last one. A held one stays. */
  hangUp(extension: string): void {
    const phone = this.#phone(extension);
    const legs = [...phone.legs].map((id) => this.#legs.get(id)!);
    const active = legs.find(
      ({ id, state }) => state === 'up' && !phone.held.has(id) && !this.#isResting(id),
    );
    if (active !== undefined && !this.#down && this.#holdsAnother(extension)) {
      this.#emit({ type: 'hangUpWish', leg: active.id });
      return;
    }
    const leg = active ?? legs.find((each) => each.state === 'ringing') ?? legs.at(-1);
    if (leg === undefined) throw new SimulationError('noCall', `the phone ${extension} is in no call`);
    this.#end(leg, leg.state === 'ringing' ? 'rejected' : 'normal');
  }

  /** Goes off-hook and dials. */
  dial(extension: string, to: string): LegId {
    const phone = this.#phone(extension);
    if (!phone.inService)
      throw new SimulationError('outOfService', `the phone ${extension} is out of service`);
    if (!/^\+?[0-9*#]{1,32}$/.test(to))
      throw new SimulationError('badValue', 'a number to dial has 1 to 32 digits');
    const inUse = [...phone.legs].some((id) => !phone.held.has(id) && !this.#isResting(id));
    if (inUse || phone.legs.size >= LEGS_PER_PHONE_MAX)
      throw new SimulationError('busy', `the phone ${extension} is in a call already`);
    this.#checkRoom();
    const leg = this.#add(this.#newId(), 'station', extension, 'dialled', 'up', phone);
    this.#emit({ type: 'dialled', leg: leg.id, device: extension, to });
    return leg.id;
  }

  hold(extension: string): void {
    const phone = this.#phone(extension);
    const leg = this.#legAt(
      extension,
      (each) => each.state === 'up' && !phone.held.has(each.id),
      'has no call to hold',
    );
    phone.held.add(leg.id);
    this.#emit({ type: 'held', leg: leg.id });
  }

  unhold(extension: string): void {
    const phone = this.#phone(extension);
    const leg = this.#legAt(extension, (each) => phone.held.has(each.id), 'holds no call');
    phone.held.delete(leg.id);
    this.#emit({ type: 'unheld', leg: leg.id });
  }

  press(extension: string, digits: string): void {
    if (!DTMF.test(digits))
      throw new SimulationError(
        'badValue',
        'the keys of a phone are 0 to 9, *, # and A to D; at most 64 of them',
      );
    this.#press(
      this.#legAt(extension, (leg) => leg.state === 'up', 'is in no call'),
      digits,
    );
  }

  transfer(extension: string, to: string): void {
    const leg = this.#legAt(extension, (each) => each.state === 'up', 'has no call to transfer');
    this.#emit({ type: 'transferWish', leg: leg.id, to });
  }

  /** The connection to the exchange breaks: no events, orders are refused; calls go on by themselves. */
  goDown(): void {
    if (this.#down) return;
    this.#emit({ type: 'down' });
    this.#down = true;
  }

  comeBack(): void {
    if (!this.#down) return;
    this.#down = false;
    this.#emit({ type: 'back', legs: new Set(this.#legs.keys()) });
  }

  // --- Orders ----------------------------------------------------------------------------------------------------

  #carryOut(order: SwitchOrder, done: (result: OrderResult) => void): void {
    this.#together(() => done(this.#down ? 'refused' : this.#execute(order)));
  }

  #execute(order: SwitchOrder): OrderResult {
    switch (order.type) {
      case 'offer':
        return this.#offer(order);
      case 'connect':
        return this.#connect(order.callId, order.legs);
      case 'record':
        return this.#media.record(order.callId, order.on) ? 'done' : 'gone';
      default: {
        const leg = this.#legs.get(order.leg);
        return leg === undefined ? 'gone' : this.#toLeg(leg, order);
      }
    }
  }

  #toLeg(leg: Leg, order: Exclude<SwitchOrder, { type: 'offer' | 'connect' | 'record' }>): OrderResult {
    switch (order.type) {
      case 'accept':
        // Nobody can pick up the phone of somebody outside.
        if (leg.kind === 'external' && leg.state === 'ringing') return 'refused';
        this.#up(leg);
        return 'done';
      case 'park':
        if (leg.kind !== 'arrived' && leg.state === 'ringing') return 'refused';
        this.#tell(this.#media.park(leg.id, order.treatment));
        return 'done';
      case 'drop':
        this.#end(leg, order.cause);
        return 'done';
      case 'digits':
        if (leg.state === 'ringing' || !DTMF.test(order.digits)) return 'refused';
        leg.digitsHeard = (leg.digitsHeard + order.digits).slice(-DIGITS_KEPT_MAX);
        return 'done';
      case 'listen': {
        const target = this.#legs.get(order.target);
        if (target === undefined) return 'gone';
        if (leg === target || leg.state === 'ringing' || target.state === 'ringing') return 'refused';
        if (this.#media.place(target.id)?.kind === 'listening') return 'refused';
        this.#tell(this.#media.listen(leg.id, target.id, order.mode));
        return 'done';
      }
      case 'unlisten':
        if (this.#media.place(leg.id)?.kind === 'listening') this.#tell(this.#media.park(leg.id, 'silence'));
        return 'done';
    }
  }

  #offer(order: Extract<SwitchOrder, { type: 'offer' }>): OrderResult {
    const { leg: id, address, purpose } = order;
    if (id === '' || id.length > LEG_ID_LENGTH_MAX || this.#legs.has(id) || this.#legs.size >= LEGS_MAX)
      return 'refused';
    const isPhone = this.#plan.isPhone(address);
    const phone = isPhone ? this.#phone(address) : null;
    const cause = phone === null ? this.#outsideProblem(order) : phoneProblem(phone);
    const kind = phone === null ? 'external' : 'station';
    const leg = this.#add(id, kind, address, purpose, 'ringing', phone);
    if (cause !== null) {
      this.#end(leg, cause);
      return 'done';
    }
    // The phone at a number outside does not go off-hook by itself: a mobile agent is called first.
    if (purpose === 'originate' && order.kind === 'station') {
      this.#up(leg);
      return 'done';
    }
    this.#emit({ type: 'ringing', leg: id });
    const patience = Math.min(order.ringMs ?? RINGS_MAX_MS, RINGS_MAX_MS);
    const answersAfter = this.#answersAfter(leg, order.autoAnswer);
    if (answersAfter === 0) this.#up(leg);
    else if (answersAfter !== null) this.#after(leg, answersAfter, () => this.#answerAlone(leg));
    if (leg.state === 'ringing') this.#after(leg, patience, () => this.#end(leg, 'noAnswer'));
    return 'done';
  }

  #outsideProblem({ address, kind }: Extract<SwitchOrder, { type: 'offer' }>): LegCause | null {
    if (kind === 'station') return 'unobtainable';
    const answer = outsideAnswer(address);
    return answer.kind === 'fails' ? answer.cause : null;
  }

  /** Ms until somebody or something at the leg's end answers; null: nobody will. */
  #answersAfter(leg: Leg, autoAnswer: boolean): number | null {
    const { phone } = leg;
    if (phone === null) {
      if (outsideAnswer(leg.address).kind !== 'answers') return null;
      return drawInteger(this.#random, ...OUTSIDE_RINGS_MS);
    }
    if (autoAnswer) return 0;
    const setting = this.#autoAnswerOf(phone);
    if (setting === 'on') return ONE_RING_MS;
    if (setting === 'off' || this.#attended(phone.extension)) return null;
    return drawInteger(this.#random, ...COLLEAGUE_RINGS_MS);
  }

  /** A phone or an outside party answers by itself. */
  #answerAlone(leg: Leg): void {
    const { phone } = leg;
    const setting = phone && this.#autoAnswerOf(phone);
    // An agent may have signed in on the ringing phone, or somebody taken the colleague away.
    if (phone && (setting === 'off' || (setting === 'default' && this.#attended(phone.extension)))) return;
    this.#up(leg);
  }

  #autoAnswerOf({ autoAnswer }: SimulatedPhone): AutoAnswer {
    return autoAnswer === 'default' ? this.#usualAutoAnswer : autoAnswer;
  }

  #connect(callId: number, ids: readonly LegId[]): OrderResult {
    if (ids.length > LEGS_PER_CALL_MAX) return 'refused';
    const legs = ids.flatMap((id) => this.#legs.get(id) ?? []);
    if (legs.some((leg) => leg.kind !== 'arrived' && leg.state === 'ringing')) return 'refused';
    // Those who are still there talk; the answer tells of the one who is not.
    for (const leg of legs) leg.state = 'up';
    this.#tell(
      this.#media.connect(
        callId,
        legs.map((leg) => leg.id),
      ),
    );
    return legs.length === ids.length ? 'done' : 'gone';
  }

  // --- Legs ------------------------------------------------------------------------------------------------------

  #add(
    id: LegId,
    kind: Leg['kind'],
    address: string,
    purpose: Leg['purpose'],
    state: Leg['state'],
    phone: SimulatedPhone | null,
  ): Leg {
    const leg: Leg = {
      id,
      kind,
      address,
      purpose,
      state,
      phone,
      person: null,
      timers: new Set(),
      digitsHeard: '',
    };
    this.#legs.set(id, leg);
    this.#media.add(id);
    phone?.legs.add(id);
    return leg;
  }

  #up(leg: Leg): void {
    if (leg.state === 'up' || !this.#legs.has(leg.id)) return;
    leg.state = 'up';
    cancelAll(leg);
    const unattended = leg.phone !== null && !this.#attended(leg.phone.extension);
    if (leg.purpose === 'call' && leg.person === null && (leg.phone === null || unattended)) {
      // An outside number may be the phone of a mobile agent: whoever is there is never in a hurry.
      const isReal = (other: LegId) => leg.phone === null || this.#legs.get(other)?.person === null;
      leg.person = new Colleague(this.#lineOf(leg), this.#clock, isReal);
    }
    this.#emit({ type: 'up', leg: leg.id });
  }

  #end(leg: Leg, cause: LegCause): void {
    if (!this.#legs.delete(leg.id)) return;
    cancelAll(leg);
    leg.phone?.legs.delete(leg.id);
    leg.phone?.held.delete(leg.id);
    if (leg.phone?.isPlain) this.#phones.delete(leg.phone.extension);
    this.#together(() => {
      this.#emit({ type: 'gone', leg: leg.id, cause });
      this.#tell(this.#media.remove(leg.id));
      leg.person?.ended(cause);
    });
  }

  #press(leg: Leg, digits: string): void {
    this.#together(() => {
      for (const digit of digits) this.#emit({ type: 'digit', leg: leg.id, digit });
      for (const other of this.#media.company(leg.id)) {
        const heard = this.#legs.get(other);
        if (heard) heard.digitsHeard = (heard.digitsHeard + digits).slice(-DIGITS_KEPT_MAX);
      }
    });
  }

  /** Tells the people at these legs how they are now. */
  #tell(touched: ReadonlySet<LegId>): void {
    for (const id of touched) {
      const person = this.#legs.get(id)?.person;
      if (!person) continue;
      const place = this.#media.place(id);
      person.situation(this.#media.company(id), place?.kind === 'alone' ? place.treatment : null);
    }
  }

  #after(leg: Leg, delayMs: number, run: () => void): void {
    const timer = this.#clock.schedule(delayMs, () => {
      leg.timers.delete(timer);
      if (this.#legs.get(leg.id) === leg && leg.state === 'ringing') run();
    });
    leg.timers.add(timer);
  }

  #lineOf(leg: Leg): Line {
    return {
      leg: leg.id,
      answer: () => this.#up(leg),
      hangUp: (cause = 'normal') => this.#end(leg, cause),
      press: (digits) => {
        if (this.#legs.has(leg.id)) this.#press(leg, digits);
      },
    };
  }

  /** @throws SimulationError when there is no such phone */
  #phone(extension: string): SimulatedPhone {
    const known = this.#phones.get(extension);
    if (known !== undefined) return known;
    if (!this.#plan.isPhone(extension))
      throw new SimulationError(
        'unknownPhone',
        `there is no phone ${JSON.stringify(extension.slice(0, 64))}`,
      );
    const phone = new SimulatedPhone(extension);
    this.#phones.set(extension, phone);
    return phone;
  }

  #legAt(extension: string, fits: (leg: Leg) => boolean, otherwise: string): Leg {
    const phone = this.#phone(extension);
    for (const id of [...phone.legs].reverse()) {
      const leg = this.#legs.get(id)!;
      if (fits(leg)) return leg;
    }
    throw new SimulationError('noCall', `the phone ${extension} ${otherwise}`);
  }

  /** Up, but set aside by an order. */
  #isResting(id: LegId): boolean {
    const place = this.#media.place(id);
    return this.#legs.get(id)?.state === 'up' && place?.kind === 'alone' && place.treatment === 'silence';
  }

  #checkRoom(): void {
    if (this.#legs.size >= LEGS_MAX)
      throw new SimulationError('tooMany', `the simulated exchange carries ${LEGS_MAX} legs at most`);
  }

  #newId(): LegId {
    return `sim-${this.#nextLeg++}`;
  }

  #viewOf(leg: Leg): LegView {
    const place = this.#media.place(leg.id);
    return {
      leg: leg.id,
      address: leg.address,
      kind: leg.kind,
      state: leg.state,
      callId: place?.kind === 'call' ? place.callId : null,
      hears: this.#media.hears(leg.id),
      digitsHeard: leg.digitsHeard,
    };
  }

  // --- Events ----------------------------------------------------------------------------------------------------

  #emit(event: SwitchEvent): void {
    // What happens while the connection is broken is not told; the list of legs at `back` makes up for it.
    if (this.#down) return;
    this.#events.push(event);
    if (this.#depth === 0) this.#deliver();
  }

  /** Events of one happening wait for its end. */
  #together(run: () => void): void {
    this.#depth++;
    try {
      run();
    } finally {
      this.#depth--;
      if (this.#depth === 0) this.#deliver();
    }
  }

  /** One event at a time: what a listener causes comes after what it is being told. */
  #deliver(): void {
    if (this.#delivering) return;
    this.#delivering = true;
    try {
      for (let event = this.#events.shift(); event !== undefined; event = this.#events.shift()) {
        this.#listener(event);
      }
    } finally {
      this.#delivering = false;
    }
  }
}

/** Whether a further call is put through to a phone in use is the model's to decide, until its lines are used up. */
function phoneProblem(phone: SimulatedPhone): LegCause | null {
  if (!phone.inService) return 'outOfService';
  return phone.legs.size >= LEGS_PER_PHONE_MAX ? 'busy' : null;
}

function phoneView(phone: SimulatedPhone, legs: ReadonlyMap<LegId, Leg>): PhoneView {
  return {
    extension: phone.extension,
    autoAnswer: phone.autoAnswer,
    inService: phone.inService,
    legs: [...phone.legs].map((id) => ({
      leg: id,
      state: legs.get(id)!.state,
      held: phone.held.has(id),
    })),
  };
}

function cancelAll(leg: Leg): void {
  for (const timer of leg.timers) timer.cancel();
  leg.timers.clear();
}
