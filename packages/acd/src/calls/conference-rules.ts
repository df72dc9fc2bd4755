import { ControlFailureCode as CF } from '@poise/ged188';
import type { Failure } from '../agent-model.ts';
import type { Deployment } from '../dialect.ts';
import type { Call } from './call-record.ts';
import { control } from './operation.ts';

/** Peripheral errors of CCE: the bridge is full; not the controller, or a consult call is under way. */
const BRIDGE_FULL = 20700;
const NOT_CONTROLLER = 20999;

/** Who may add parties to a call, and how many. */
export class ConferenceRules {
  readonly #deployment: Deployment;

  constructor(deployment: Deployment) {
    this.#deployment = deployment;
  }

  /** In a conference only the controller adds parties. */
  controllerRefusal(call: Call, device: string): Failure | null {
    const conference = call.connections.filter(({ listening }) => !listening).length >= 3;
    if (!conference || call.controller === device) return null;
    return control(CF.INVALID_OBJECT_STATE, this.#peripheral(NOT_CONTROLLER));
  }

  bridgeFull(): Failure {
    return control(CF.CONFERENCE_MEMBER_LIMIT_EXCEEDED, this.#peripheral(BRIDGE_FULL));
  }

  /** The agent already consults. */
  consulting(): Failure {
    return control(CF.INVALID_OBJECT_STATE, this.#peripheral(NOT_CONTROLLER));
  }

  #peripheral(code: number): number {
    return this.#deployment === 'CCE' ? code : 0;
  }
}
