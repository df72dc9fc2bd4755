import type { Clock, Timer } from '@poise/clock';
import type { AgentChange, AgentStateRequest } from '../agent-model.ts';
import type { CallFact } from '../calls/call-fact.ts';
import type { CallOutcome, CallRequest, ConnectionWish } from '../calls/call-request.ts';
import { type Distribution, draw } from './distribution.ts';
import { chance, pick, type RandomSource } from './random.ts';

/** An agent who works by a script: signs in, answers, holds, consults, transfers, wraps up, has breaks, goes home. */

export interface AgentScript {
  /** From the ringing to the answer. */
  readonly answer: Distribution;
  /** Of a call that rings: nobody answers. */
  readonly missedShare: number;
  readonly holdShare: number;
  readonly holdAfter: Distribution;
  readonly hold: Distribution;
  /** Of the calls from a queue: consulted about, then transferred. */
  readonly transferShare: number;
  readonly consultAfter: Distribution;
  /** From the answer of the consulted party to the transfer. */
  readonly consult: Distribution;
  /** Whom to consult. Not empty. */
  readonly consultNumbers: readonly string[];
  /** Of the calls that the agent does not transfer: hung up by the agent, after this. */
  readonly hangUpShare: number;
  readonly hangUpAfter: Distribution;
  readonly wrapUp: Distribution;
  /** In NOT_READY without a reason of one's own: after sign-in, after a missed call. */
  readonly back: Distribution;
  /** From one break to the next. */
  readonly betweenBreaks: Distribution;
  readonly pause: Distribution;
}

const seconds = (minS: number, maxS: number): Distribution => ({
  kind: 'uniform',
  minMs: minS * 1000,
  maxMs: maxS * 1000,
});

/** A usual day; {@link AgentScript.consultNumbers} are the caller's. */
export const USUAL_SCRIPT: Omit<AgentScript, 'consultNumbers'> = {
  answer: seconds(1, 6),
  missedShare: 0.01,
  holdShare: 0.15,
  holdAfter: seconds(10, 60),
  hold: seconds(5, 45),
  transferShare: 0.1,
  consultAfter: seconds(20, 90),
  consult: seconds(5, 30),
  hangUpShare: 0.3,
  hangUpAfter: { kind: 'logNormal', medianMs: 180_000, sigma: 0.5 },
  wrapUp: seconds(5, 25),
  back: seconds(5, 60),
  betweenBreaks: seconds(5_400, 9_000),
  pause: seconds(300, 1_800),
};

const REASON_BREAK = 20;
const REASON_HOME = 1;

/** What an agent can do. */
export interface AgentHands {
  state(request: AgentStateRequest): void;
  call(request: CallRequest, done: (outcome: CallOutcome) => void): void;
}

export class ScriptedAgent {
  readonly loginId: string;
  readonly extension: string;
  readonly #clock: Clock;
  readonly #random: RandomSource;
  readonly #script: AgentScript;
  readonly #hands: AgentHands;
  #wish: 'break' | 'home' | null = null;
  /** Ends the present state; a new state cancels it. */
  #stateTimer: Timer | null = null;
  /** The next thing to do with the call at the phone; the end of the call cancels it. */
  #callTimer: Timer | null = null;
  #call: number | null = null;
  #consult: number | null = null;

  constructor(options: {
    loginId: string;
    extension: string;
    clock: Clock;
    random: RandomSource;
    script: AgentScript;
    hands: AgentHands;
  }) {
    this.loginId = options.loginId;
    this.extension = options.extension;
    this.#clock = options.clock;
    this.#random = options.random;
    this.#script = options.script;
    this.#hands = options.hands;
  }

  /** Works from `startMs` to about `endMs` from now. */
  work(startMs: number, endMs: number): void {
    this.#clock.schedule(startMs, () => {
      this.#hands.state({ state: 'LOGIN', agentId: this.loginId, instrument: this.extension });
      this.#planBreak(this.#clock.monotonic() + endMs - startMs);
    });
    this.#clock.schedule(endMs, () => this.#want('home'));
  }

  /** Something happened at this agent's phone or to the agent. The agent acts later, never inside of this. */
  told(fact: CallFact): void {
    switch (fact.type) {
      case 'agent':
        this.#stateIs(fact.change);
        break;
      case 'delivered':
        if (fact.alerting.id === this.extension) this.#rings(fact.call.id);
        break;
      case 'established':
        if (fact.answering.id === this.extension) this.#talks(fact.call.id);
        else if (fact.call.id === this.#consult)
          this.#afterwards(this.#script.consult, () => this.#transfer());
        break;
      case 'failed':
        if (fact.call.id === this.#consult) this.#afterwards(seconds(1, 3), () => this.#return());
        break;
      case 'transferred':
        if (fact.transferring.id === this.extension) this.#forgetCalls();
        // A call that was taken over has a new number from now on.
        else if (fact.secondaryCallId !== null && fact.secondaryCallId === this.#call)
          this.#call = fact.call.id;
        break;
      case 'connectionCleared':
        if (fact.releasing.id === this.extension) this.#ended(fact.call.id);
        break;
      // Comes after the wrap-up; a call that was taken over by another one has nothing else.
      case 'end':
        if (fact.device.id === this.extension) this.#ended(fact.call.id);
        break;
    }
  }

  #rings(callId: number): void {
    if (chance(this.#random, this.#script.missedShare)) return;
    this.#afterwards(this.#script.answer, () => this.#do({ type: 'answer', connection: this.#at(callId) }));
  }

  #talks(callId: number): void {
    this.#call = callId;
    const { transferShare, consultAfter, holdShare, holdAfter, hangUpShare } = this.#script;
    if (chance(this.#random, transferShare)) this.#afterwards(consultAfter, () => this.#consultSomebody());
    else if (chance(this.#random, holdShare)) this.#afterwards(holdAfter, () => this.#hold());
    else if (chance(this.#random, hangUpShare))
      this.#afterwards(this.#script.hangUpAfter, () => this.#hangUp());
  }

  #hold(): void {
    this.#do({ type: 'hold', connection: this.#at(this.#call) });
    this.#afterwards(this.#script.hold, () =>
      this.#do({ type: 'retrieve', connection: this.#at(this.#call) }),
    );
  }

  #hangUp(): void {
    this.#do({ type: 'clear', connection: this.#at(this.#call), requesting: this.extension });
  }

  #consultSomebody(): void {
    const dialed = pick(this.#random, this.#script.consultNumbers);
    const request: CallRequest = {
      type: 'consult',
      active: this.#at(this.#call),
      dialed,
      purpose: 'transfer',
      data: {},
    };
    this.#hands.call(request, (outcome) => {
      this.#consult = outcome.ok ? (outcome.connection?.callId ?? null) : null;
    });
  }

  #transfer(): void {
    this.#leaveConsultation('transfer');
  }

  /** Back to the customer: nobody answered the consultation. */
  #return(): void {
    this.#leaveConsultation('reconnect');
  }

  #leaveConsultation(how: 'transfer' | 'reconnect'): void {
    if (this.#consult === null) return;
    const active = this.#at(this.#consult);
    // Without the customer there is nothing to transfer or to go back to.
    if (this.#call === null) this.#do({ type: 'clear', connection: active, requesting: this.extension });
    else
      this.#hands.call({ type: how, active, held: this.#at(this.#call) }, ({ ok }) => {
        if (ok) this.#consult = null;
      });
  }

  #ended(callId: number): void {
    if (callId === this.#consult) {
      this.#consult = null;
      // The consulted party left: the customer is still on hold.
      if (this.#call !== null)
        this.#afterwards(seconds(1, 3), () =>
          this.#do({ type: 'retrieve', connection: this.#at(this.#call) }),
        );
    } else if (callId === this.#call) {
      this.#call = null;
      this.#callTimer?.cancel();
      // The customer left: nothing to consult about any more.
      if (this.#consult !== null) this.#afterwards(seconds(1, 3), () => this.#return());
    }
  }

  #forgetCalls(): void {
    this.#callTimer?.cancel();
    this.#call = null;
    this.#consult = null;
  }

  #stateIs({ agent, kind }: AgentChange): void {
    if (kind === 'pending') return;
    this.#stateTimer?.cancel();
    const { wrapUp, back, pause } = this.#script;
    switch (agent.status.state) {
      case 'NOT_READY':
        if (this.#wish === 'home') this.#next(seconds(1, 3), () => this.#ask('LOGOUT', REASON_HOME));
        else this.#next(this.#wish === 'break' ? pause : back, () => this.#ask('AVAILABLE'));
        if (this.#wish === 'break') this.#wish = null;
        break;
      case 'AVAILABLE':
        if (this.#wish !== null) this.#next(seconds(0, 1), () => this.#leave());
        break;
      case 'WORK_READY':
      case 'WORK_NOT_READY':
        this.#next(wrapUp, () => (this.#wish === null ? this.#ask('AVAILABLE') : this.#leave()));
        break;
    }
  }

  #planBreak(endsAt: number): void {
    const delayMs = draw(this.#random, this.#script.betweenBreaks);
    // Nobody has a break just before going home.
    if (this.#clock.monotonic() + delayMs > endsAt - 1_800_000) return;
    this.#clock.schedule(delayMs, () => {
      this.#want('break');
      this.#planBreak(endsAt);
    });
  }

  #want(wish: 'break' | 'home'): void {
    this.#wish = wish;
    this.#leave();
  }

  /** Out of the queue; in a call it happens after it, while a phone rings at the next change of state. */
  #leave(): void {
    this.#ask('NOT_READY', this.#wish === 'break' ? REASON_BREAK : 0);
  }

  #ask(state: AgentStateRequest['state'], reason = 0): void {
    this.#hands.state({ state, agentId: this.loginId, reason });
  }

  #do(request: CallRequest): void {
    this.#hands.call(request, () => {});
  }

  #at(callId: number | null): ConnectionWish {
    return { callId, device: this.extension };
  }

  #next(after: Distribution, run: () => void): void {
    this.#stateTimer = this.#clock.schedule(draw(this.#random, after), run);
  }

  #afterwards(after: Distribution, run: () => void): void {
    this.#callTimer?.cancel();
    this.#callTimer = this.#clock.schedule(draw(this.#random, after), run);
  }
}
