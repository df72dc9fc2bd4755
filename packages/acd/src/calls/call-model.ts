import type { Clock } from '@poise/clock';
import type { AgentChange, AgentModel } from '../agent-model.ts';
import type { Dialect } from '../dialect.ts';
import type { RosterDifference } from '../directory.ts';
import type { CallView } from './call.ts';
import type { CallControl } from './call-control.ts';
import type { CallFact } from './call-fact.ts';
import type { CallOutcome, CallRequest } from './call-request.ts';
import type { CallSettings } from './call-settings.ts';
import type { SkillGroupFigures } from './skill-group-figures.ts';
import type { Switch } from './switch.ts';

export interface CallModelOptions {
  readonly clock: Clock;
  readonly dialect: Dialect;
  readonly agents: AgentModel;
  readonly switch: Switch;
  /** Unique also across restarts; 1 to 0xfffffffe. */
  readonly nextCallId: () => number;
  /** Told of everything that happens, in order. May call the model again: it is served afterwards. */
  readonly emit: (fact: CallFact) => void;
  readonly settings?: Partial<CallSettings>;
  /** A phone left or came back into service: told before the agent's and the calls' facts. */
  readonly instrumentService?: (device: string, inService: boolean) => void;
  /** The exchange went away or came back. */
  readonly switchState?: (up: boolean) => void;
}

/**
 * Calls, queues and the lines of agents. Pure and synchronous: time and switch are handed in; what happens
 * comes out as facts. Inputs that arrive while another is being served wait for it.
 */
export class CallModel implements CallControl {
  constructor(options: CallModelOptions) {
    options.switch.attach(() => {});
  }

  request(_request: CallRequest, done: (outcome: CallOutcome) => void): void {
    done({ ok: false, failure: { kind: 'control', code: 15, peripheral: 0 } });
  }

  call(_id: number): CallView | undefined {
    return undefined;
  }

  callsAt(_device: string): readonly CallView[] {
    return [];
  }

  calls(): Iterable<CallView> {
    return [];
  }

  figures(_skillGroup: number): SkillGroupFigures | undefined {
    return undefined;
  }

  /**
   * What AgentModel answered to a request of a client: told as facts of type `agent`, then routing follows
   * (an available agent gets a call, wrap-up ends, a nailed connection is set up). Nobody else needs to
   * publish these changes.
   */
  agentChanged(_changes: readonly AgentChange[]): void {}

  /**
   * A phone left or came back into service: its agent is signed out, its calls are cleared.
   * @returns false if nothing changed
   */
  setInstrumentService(_device: string, _inService: boolean): boolean {
    return false;
  }

  /** After AgentModel.replaceRoster: agents, skills and queues as they are now. `changes` are told as facts. */
  rosterReplaced(_difference: RosterDifference, _changes: readonly AgentChange[]): void {}
}
