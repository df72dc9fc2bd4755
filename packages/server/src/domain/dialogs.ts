/**
 * All dialogs: what the CTI server told us of the calls, and what the users were told of them. Events go in, the
 * Updates that follow come out; nothing is awaited in between.
 */
import type { Clock } from '@poise/clock';
import type { Agent } from './agents.ts';
import type { CallEvent, PreCall } from './call-event.ts';
import type { Dialog, DialogBookView, DialogChange } from './dialog.ts';

export interface DialogBookDependencies {
  /** The agents as last heard (AgentBook). */
  readonly agents: { at(extension: string): Agent | undefined };
  /** Name of a skill group; undefined: unknown. */
  readonly queueName: (skillGroupNumber: number) => string | undefined;
  readonly clock: Clock;
  /** Changes that come from the passing of time alone. */
  readonly late: (changes: readonly DialogChange[]) => void;
  readonly limits?: Partial<DialogLimits>;
}

/** Bounds of the picture; what is beyond them is forgotten, oldest first. */
export interface DialogLimits {
  /** Calls, with and without agents. */
  readonly callsMax: number;
  /** Calls at one extension. */
  readonly callsPerDeviceMax: number;
  /** Parties of one call (SNAPSHOT_CALL_CONF has room for 16). */
  readonly participantsMax: number;
  /** How long an ended leg waits for the word whether its agent wraps up, ms. */
  readonly settleMs: number;
}

export const DIALOG_LIMITS: DialogLimits = {
  callsMax: 20_000,
  callsPerDeviceMax: 16,
  participantsMax: 16,
  settleMs: 3_000,
};

export class DialogBook implements DialogBookView {
  constructor(_dependencies: DialogBookDependencies) {}

  /** A dialog that some user sees. */
  get(_id: string): Dialog | undefined {
    return undefined;
  }

  at(_extension: string): readonly Dialog[] {
    return [];
  }

  /** Dialogs that some user sees. */
  get size(): number {
    return 0;
  }

  /** Something happened to a call. Never throws, whatever the order of events. */
  apply(_event: CallEvent): readonly DialogChange[] {
    return [];
  }

  /** The router is about to send a call to an agent. */
  expect(_call: PreCall): void {}

  /**
   * An agent signed in, moved, changed state or signed out (call it after AgentBook.apply, for every agent event and
   * snapshot): wrap-up begins and ends, dialogs appear and go. Costs nothing for agents without calls.
   */
  agentChanged(_agent: Agent, _at: number): readonly DialogChange[] {
    return [];
  }

  /** The link was lost: until {@link resume} nothing is told, and what is not confirmed counts as gone. */
  suspend(): void {}

  /** The picture is complete again: everything that differs from what the users were told last. */
  resume(_at: number): readonly DialogChange[] {
    return [];
  }
}
