import type { LegId } from '../calls/switch.ts';

/** What a simulated phone is set to, and which legs end at it. */

/**
 * `on`: answers each call after one ring. `off`: somebody must answer it, by an order or by hand. `default`: as
 * `off` where an agent is signed in; a simulated colleague answers the other phones after some seconds.
 */
export type AutoAnswer = 'on' | 'off' | 'default';

export interface PhoneView {
  readonly extension: string;
  readonly autoAnswer: AutoAnswer;
  readonly inService: boolean;
  readonly legs: readonly {
    readonly leg: LegId;
    readonly state: 'ringing' | 'up';
    /** Held by the phone's own key. */
    readonly held: boolean;
  }[];
}

export class SimulatedPhone {
  readonly extension: string;
  autoAnswer: AutoAnswer = 'default';
  inService = true;
  /** In the order in which they came. */
  readonly legs = new Set<LegId>();
  /** Legs held by the phone's own key. */
  readonly held = new Set<LegId>();

  constructor(extension: string) {
    this.extension = extension;
  }

  /** Nothing about it differs from a phone that nobody has touched. */
  get isPlain(): boolean {
    return this.autoAnswer === 'default' && this.inService && this.legs.size === 0;
  }
}
