/**
 * Scripts of calls as CTI servers tell them. One step is one happening; it becomes one event (servers that send one
 * per call) or one for each device that has to do with it (one per device). Agent events are steps of their own.
 */
import { VirtualClock } from '@poise/clock';
import type { AgentState } from '../../src/domain/agent-state.ts';
import { AgentBook } from '../../src/domain/agents.ts';
import type { CallEvent, CallParty, ListedParty, LocalState } from '../../src/domain/call-event.ts';
import type { Dialog, DialogChange } from '../../src/domain/dialog.ts';
import { DialogBook, type DialogLimits } from '../../src/domain/dialogs.ts';
import type { Deployment } from '../../src/domain/profile.ts';

type Plain<E> = E extends CallEvent ? Omit<E, 'at' | 'device' | 'local'> : never;
export type PlainEvent = Plain<CallEvent>;

/** A happening and the devices that are told of it, each with the state of its own connection afterwards. */
export interface CallStep {
  readonly event: PlainEvent;
  readonly devices: Readonly<Record<string, LocalState | null>>;
}

export interface AgentStep {
  readonly agent: string;
  readonly state: AgentState;
  readonly extension: string;
}

export type Step = CallStep | AgentStep;

export const agentIs = (agent: string, state: AgentState, extension: string): AgentStep => ({
  agent,
  state,
  extension,
});

/** Extensions of four digits that begin with 2 are phones of agents, 6… route points, the rest is outside. */
export function party(address: string): CallParty {
  const kind = /^2\d{3}$/.test(address) ? 'agent' : /^6\d{3}$/.test(address) ? 'queue' : 'outside';
  return { address, kind };
}

const listed = (callId: string, address: string): ListedParty => ({
  ...party(address),
  callId,
  local: null,
});

export const step = (event: PlainEvent, devices: Record<string, LocalState | null>): CallStep => ({
  event,
  devices,
});

// ---- happenings ----------------------------------------------------------------------------------

export const begun = (callId: string, device: string, callType: string, dialedNumber = '', ani = ''): Step =>
  step(
    { type: 'begun', callId, callType, data: { dialedNumber, ani, dnis: dialedNumber } },
    { [device]: null },
  );

export const ended = (callId: string, device: string): Step =>
  step({ type: 'ended', callId }, { [device]: null });

export const initiated = (callId: string, device: string): Step =>
  step({ type: 'initiated', callId, calling: party(device), original: null }, { [device]: 'INITIATE' });

export const originated = (callId: string, device: string, called: string): Step =>
  step(
    { type: 'originated', callId, calling: party(device), called: party(called) },
    { [device]: 'INITIATE' },
  );

export function delivered(
  callId: string,
  calling: string,
  alerting: string,
  devices: Record<string, LocalState | null>,
  skillGroup: number | null = null,
): Step {
  return step(
    {
      type: 'delivered',
      callId,
      calling: party(calling),
      alerting: party(alerting),
      called: party(alerting),
      skillGroup,
      original: null,
      cause: 'NEW_CALL',
      data: {},
    },
    devices,
  );
}

export const established = (
  callId: string,
  calling: string,
  answering: string,
  devices: Record<string, LocalState | null>,
): Step =>
  step(
    {
      type: 'established',
      callId,
      calling: party(calling),
      answering: party(answering),
      called: party(answering),
      skillGroup: null,
      cause: 'NEW_CALL',
    },
    devices,
  );

export const held = (callId: string, device: string, devices: Record<string, LocalState | null>): Step =>
  step({ type: 'held', callId, holding: party(device) }, devices);

export const retrieved = (callId: string, device: string, devices: Record<string, LocalState | null>): Step =>
  step({ type: 'retrieved', callId, retrieving: party(device) }, devices);

export const connectionCleared = (
  callId: string,
  device: string,
  devices: Record<string, LocalState | null>,
): Step => step({ type: 'connectionCleared', callId, releasing: party(device), cause: '' }, devices);

export const cleared = (callId: string, devices: Record<string, LocalState | null>): Step =>
  step({ type: 'cleared', callId, cause: '' }, devices);

export const transferred = (
  primaryCallId: string,
  secondaryCallId: string | null,
  transferring: string,
  transferredTo: string,
  survivor: string,
  parties: readonly string[],
  devices: Record<string, LocalState | null>,
): Step =>
  step(
    {
      type: 'transferred',
      callId: primaryCallId,
      primaryCallId,
      secondaryCallId,
      transferring: party(transferring),
      transferred: party(transferredTo),
      parties: parties.map((address) => listed(survivor, address)),
      cause: 'TRANSFER',
    },
    devices,
  );

export const conferenced = (
  primaryCallId: string,
  secondaryCallId: string | null,
  controller: string,
  added: string,
  parties: readonly string[],
  devices: Record<string, LocalState | null>,
  cause = 'KEY_CONFERENCE',
): Step =>
  step(
    {
      type: 'conferenced',
      callId: primaryCallId,
      primaryCallId,
      secondaryCallId,
      controller: party(controller),
      added: party(added),
      parties: parties.map((address) => listed(primaryCallId, address)),
      cause,
    },
    devices,
  );

export const dataUpdated = (
  callId: string,
  device: string,
  more: Partial<Extract<PlainEvent, { type: 'dataUpdated' }>>,
): Step =>
  step(
    { type: 'dataUpdated', callId, newCallId: callId, newDevice: null, callType: null, data: {}, ...more },
    { [device]: null },
  );

// ---- running -------------------------------------------------------------------------------------

/** `perDevice`: a copy for each device; `perCall`: the copy of the first device only. */
export type Style = 'perDevice' | 'perCall';

export interface Told extends DialogChange {
  /** Number of the step that caused it. */
  readonly step: number;
}

/** An agent book and a dialog book that are told scripts, and what they told. */
export class Picture {
  readonly clock = new VirtualClock();
  readonly agents: AgentBook;
  readonly book: DialogBook;
  readonly told: Told[] = [];
  readonly late: DialogChange[] = [];
  /** Both, in the order in which they came. */
  readonly all: DialogChange[] = [];
  #step = 0;

  constructor(deployment: Deployment = 'CCE', limits: Partial<DialogLimits> = {}) {
    this.agents = new AgentBook(deployment);
    this.book = new DialogBook({
      agents: this.agents,
      queueName: (number) => ({ 5001: 'Sales' })[number],
      deployment,
      clock: this.clock,
      late: (changes) => {
        this.late.push(...changes);
        this.all.push(...changes);
      },
      limits,
    });
  }

  play(steps: readonly Step[], style: Style = 'perDevice'): this {
    for (const one of steps) this.#play(one, style);
    return this;
  }

  apply(event: CallEvent): void {
    this.#note(this.book.apply(event));
  }

  agent({ agent, state, extension }: AgentStep): void {
    const at = this.clock.now();
    this.agents.apply(agent, { type: 'state', state, extension, reasonCode: 0, pendingState: undefined, at });
    this.#note(this.book.agentChanged(this.agents.get(agent), at));
  }

  #play(one: Step, style: Style): void {
    this.#step += 1;
    if ('agent' in one) this.agent(one);
    else for (const event of eventsOf(one, style, this.clock.now())) this.apply(event);
    this.clock.advance(1);
  }

  /** Suspends the book. */
  suspend(): void {
    this.book.suspend();
  }

  resume(): void {
    this.#note(this.book.resume(this.clock.now()));
  }

  #note(changes: readonly DialogChange[]): void {
    this.all.push(...changes);
    for (const change of changes) this.told.push({ ...change, step: this.#step });
  }

  /** What a user's node got: kind, dialog, state of dialog and of all parties. */
  node(viewer: string): string[] {
    return this.told.filter((change) => change.viewer === viewer).map(summary);
  }
}

export const summary = ({ kind, dialog }: DialogChange): string =>
  `${kind} ${dialog.id} ${dialog.state}: ${dialog.participants
    .map(({ mediaAddress, state }) => `${mediaAddress} ${state}`)
    .join(', ')}`;

export function eventsOf({ event, devices }: CallStep, style: Style, at: number): CallEvent[] {
  const copies = Object.entries(devices).map(
    ([device, local]) => ({ ...event, at, device, local }) as CallEvent,
  );
  return style === 'perCall' ? copies.slice(0, 1) : copies;
}

/** What does not depend on the order of events: who sees what, without times and parties that have left. */
export function essence(picture: Picture, extensions: readonly string[]): unknown {
  return extensions.map((extension) => ({
    extension,
    dialogs: picture.book
      .at(extension)
      .filter(({ state }) => state !== 'DROPPED')
      .map((dialog) => plain(dialog, extension))
      .sort((a, b) => a.id.localeCompare(b.id)),
  }));
}

function plain(dialog: Dialog, extension: string) {
  const { id, kind, state, fromAddress, toAddress, secondaryId, media } = dialog;
  const own = dialog.participants.find(({ mediaAddress }) => mediaAddress === extension);
  return {
    id,
    kind,
    state,
    fromAddress,
    toAddress,
    secondaryId,
    callType: own?.callType ?? media.callType,
    variables: media.callVariables,
    wrapUpReason: media.wrapUpReason,
    participants: dialog.participants
      .filter(({ state: of }) => of !== 'DROPPED')
      .map(({ mediaAddress, mediaAddressType, agentId, state: of }) => ({
        mediaAddress,
        mediaAddressType,
        agentId,
        state: of,
      }))
      .sort((a, b) => a.mediaAddress.localeCompare(b.mediaAddress)),
  };
}
