/**
 * Rebuilds the picture after the link came (back), a window of requests at a time (ged188.md 12): the state of
 * every agent, the calls at the devices of those who are signed in, and each of these calls once. The steps overlap:
 * what an answer leads to is asked before the next agent. A live event that comes meanwhile is newer than any answer.
 */
import type { Clock, Timer } from '@poise/clock';
import type { AgentKey } from './agent-messages.ts';
import type { Connection } from './connections.ts';
import { RecoveryPatience } from './recovery-patience.ts';
import { RecoveryWindow, type RecoveryWindowLimits } from './recovery-window.ts';

/** A connection that a device snapshot lists. */
export interface DeviceCall {
  readonly connection: Connection;
  /** The device is the target of a silent monitor in this call. */
  readonly watched: boolean;
  /** The connection is gone, its agent wraps up. */
  readonly over: boolean;
}

/** By what the snapshot of a call is known. */
export interface ExpectedCall {
  /** Extensions of the devices that have reported the call and are in it, with their ids in it. */
  readonly devices: ReadonlyMap<string, string>;
  /** Whether this is the number of another call that a device has reported. */
  isOtherCall(callId: number): boolean;
}

/** Devices that reported a call. */
export interface Reporters {
  /** Other than as the target of a silent monitor. */
  readonly devices: readonly string[];
  /** Those whose connection is gone already. */
  readonly over: readonly string[];
}

export interface RecoveryDependencies {
  /** `done`: the extension on which the agent is signed in, or null. Called once, with or without an answer. */
  readonly queryAgent: (agent: AgentKey, done: (extension: string | null) => void) => void;
  readonly snapshotDevice: (
    extension: string,
    done: (calls: readonly DeviceCall[]) => void,
    /** Whether this is a device of another agent who is signed in. */
    isOtherDevice: (deviceId: string) => boolean,
  ) => void;
  /** `done` once: the answer, not yet told to anybody; null: the call is gone, or nobody answered. */
  readonly snapshotCall: (
    connection: Connection,
    done: (answer: CallAnswer | null) => void,
    expected: ExpectedCall,
  ) => void;
  readonly finished: () => void;
  /** Requests in flight. */
  readonly window: RecoveryWindowLimits;
  /** The answers that are still missing are waited for no longer: ends each question as one without an answer. */
  readonly giveUp: () => void;
  readonly clock: Clock;
}

/** The answer to a call snapshot. */
export interface CallAnswer {
  /** Tells it, as far as it is still true. */
  use(reporters: Reporters): void;
}

/** A call whose events are always faster than the answers is left to its events. */
export const CALL_ATTEMPTS_MAX = 4;

interface CallEntry {
  readonly connection: Connection;
  readonly devices: Set<string>;
  readonly over: Set<string>;
  /** Extension → ConnectionDeviceID, of those whose connection is there; grows. */
  readonly present: Map<string, string>;
  attempts: number;
  /** Events heard since the last request. */
  touched: boolean;
  /** Asked for, or about to be. */
  asking: boolean;
  answer: CallAnswer | null;
}

export class Recovery {
  readonly #d: RecoveryDependencies;
  readonly #window: RecoveryWindow;
  readonly #agents: readonly AgentKey[];
  readonly #devices: string[] = [];
  readonly #calls: CallEntry[] = [];
  readonly #known = { devices: new Set<string>(), calls: new Map<number, CallEntry>() };
  readonly #touchedAgents = new Set<string>();
  #next = { agents: 0, devices: 0, calls: 0 };
  readonly #patience: RecoveryPatience;
  #timer: Timer | null = null;
  #inFlight = 0;
  #over = false;
  #sending = false;
  /** The missing answers are being ended, one after another. */
  #isGivingUp = false;

  constructor(agents: readonly AgentKey[], dependencies: RecoveryDependencies) {
    this.#agents = agents;
    this.#d = dependencies;
    this.#window = new RecoveryWindow(dependencies.window);
    this.#patience = new RecoveryPatience(() => dependencies.clock.monotonic());
  }

  start(): void {
    this.#send();
  }

  /** A live event told of this agent: its query is out of date. Empty extension: not signed in. */
  touch(agentId: string, extension: string): void {
    this.#touchedAgents.add(agentId);
    this.addPhone(extension);
  }

  /** Asks for the calls at this phone, too. */
  addPhone(extension: string): void {
    this.#addDevice(extension);
    if (!this.#over) this.#send();
  }

  /** A live event told of this call. */
  touchCall(callId: number): void {
    const entry = this.#known.calls.get(callId);
    if (entry !== undefined) entry.touched = true;
  }

  /** Whether an answer about this agent may still be used. */
  isFresh(agentId: string): boolean {
    return !this.#over && !this.#touchedAgents.has(agentId);
  }

  /** The link was lost: nothing more is sent or reported. */
  cancel(): void {
    this.#end();
  }

  /** The CTI server answered something, so many ms after it was asked. */
  heard(elapsedMs: number): void {
    this.#patience.answered(elapsedMs);
  }

  #end(): void {
    this.#over = true;
    this.#timer?.cancel();
    this.#timer = null;
  }

  #addDevice(extension: string | null): void {
    if (extension === null || extension === '' || this.#known.devices.has(extension)) return;
    this.#known.devices.add(extension);
    this.#devices.push(extension);
  }

  #addCall(extension: string, { connection, watched, over }: DeviceCall): void {
    let entry = this.#known.calls.get(connection.callId);
    const first = entry === undefined;
    entry ??= {
      connection,
      devices: new Set(),
      over: new Set(),
      present: new Map(),
      attempts: 0,
      touched: false,
      asking: true,
      answer: null,
    };
    if (!watched) entry.devices.add(extension);
    if (over) entry.over.add(extension);
    else entry.present.set(extension, connection.deviceId);
    if (first) {
      this.#known.calls.set(connection.callId, entry);
      this.#calls.push(entry);
    } else if (entry.answer !== null && !entry.touched) {
      // Answered before this device was: it is in the call, too.
      this.#use(entry);
    } else if (entry.answer === null && !entry.asking && !over) {
      // Nothing could be used while only others had reported it, who may have left it meanwhile.
      entry.asking = true;
      this.#calls.push(entry);
    }
  }

  #use(entry: CallEntry): void {
    entry.answer?.use({ devices: [...entry.devices], over: [...entry.over] });
  }

  #send(): void {
    // An answer that comes at once must not nest a thousand deep.
    if (this.#sending) return;
    this.#sending = true;
    while (!this.#over && this.#inFlight < this.#window.size && this.#sendOne());
    this.#sending = false;
    if (this.#over) return;
    if (this.#inFlight === 0) {
      this.#end();
      this.#d.finished();
    } else if (this.#timer === null && !this.#isGivingUp) {
      this.#waitForStragglers();
    }
  }

  get #isAllAsked(): boolean {
    const { agents, devices, calls } = this.#next;
    return agents === this.#agents.length && devices === this.#devices.length && calls === this.#calls.length;
  }

  /** From when everything is asked. Looks again when the time of the last answer is over: there may have been later ones. */
  #waitForStragglers(): void {
    const leftMs = this.#isAllAsked ? this.#patience.leftMs(this.#inFlight) : null;
    if (leftMs === null) return;
    if (leftMs === 0) {
      // Each question that ends comes by here again.
      this.#isGivingUp = true;
      this.#d.giveUp();
      return;
    }
    this.#timer = this.#d.clock.schedule(leftMs, () => {
      this.#timer = null;
      this.#waitForStragglers();
    });
  }

  /** Calls before devices before agents: what is known first is complete first. */
  #sendOne(): boolean {
    const next = this.#next;
    if (next.calls < this.#calls.length) {
      this.#askCall(this.#calls[next.calls++]!);
    } else if (next.devices < this.#devices.length) {
      const extension = this.#devices[next.devices++]!;
      const answered = this.#answers((calls: readonly DeviceCall[]) => {
        for (const call of calls) this.#addCall(extension, call);
      });
      const isOtherDevice = (id: string) => id !== extension && this.#known.devices.has(id);
      this.#d.snapshotDevice(extension, answered, isOtherDevice);
    } else if (next.agents < this.#agents.length) {
      const agent = this.#agents[next.agents++]!;
      const answered = this.#answers((extension: string | null) => this.#addDevice(extension));
      this.#d.queryAgent(agent, answered);
    } else {
      return false;
    }
    return true;
  }

  #askCall(entry: CallEntry): void {
    entry.attempts += 1;
    entry.touched = false;
    const answered = this.#answers((answer: CallAnswer | null) => {
      if (entry.touched && answer !== null) {
        // Nobody can tell whether the answer is older than the event: it is asked once more.
        entry.asking = entry.attempts < CALL_ATTEMPTS_MAX;
        if (entry.asking) this.#calls.push(entry);
        return;
      }
      entry.asking = false;
      entry.answer = answer;
      this.#use(entry);
    });
    const { connection, present: devices } = entry;
    const isOtherCall = (callId: number) => callId !== connection.callId && this.#known.calls.has(callId);
    this.#d.snapshotCall(connection, answered, { devices, isOtherCall });
  }

  /** Counts a request in flight until `then` has had its answer; only the first answer counts. */
  #answers<T>(then: (answer: T) => void): (answer: T) => void {
    this.#inFlight += 1;
    this.#patience.asked();
    const asked = this.#d.clock.monotonic();
    let answered = false;
    return (answer) => {
      if (answered) return;
      answered = true;
      this.#inFlight -= 1;
      this.#window.answered(this.#d.clock.monotonic() - asked);
      if (this.#over) return;
      then(answer);
      this.#send();
    };
  }
}
