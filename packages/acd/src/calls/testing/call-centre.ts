import { VirtualClock } from '@poise/clock';
import { ControlFailureCode, FailureStatus } from '@poise/ged188';
import { AgentModel, type AgentStateRequest } from '../../agent-model.ts';
import { type Deployment, dialectOf, type OnDisconnect } from '../../dialect.ts';
import {
  type AcdAgent,
  type AcdDialledNumber,
  type AcdDirectory,
  type AcdTeam,
  Roster,
} from '../../directory.ts';
import type { CallDataPatch } from '../call.ts';
import type { CallFact } from '../call-fact.ts';
import { CallModel } from '../call-model.ts';
import type { CallOutcome, CallRequest, ConnectionWish } from '../call-request.ts';
import type { CallSettings } from '../call-settings.ts';
import { ScriptedSwitch } from './scripted-switch.ts';

/** A wish of a request without its data. */
type Wish<T extends CallRequest['type']> = Omit<CallRequest & { type: T }, 'type'>;

const agent = (
  loginId: string,
  teamId: number,
  skillGroups: readonly number[],
  supervisorOf: readonly number[] = [],
): AcdAgent => ({
  loginId,
  loginName: loginId,
  firstName: 'First',
  lastName: loginId,
  skillTargetId: Number(loginId) + 5000,
  teamId,
  skillGroups,
  supervisorOf,
});

/**
 * Agents 1001 to 1005 and supervisors 1090, 1091; phones 201 to 209; queues 7001 → 1 and 7002 → 2, 7009 → 1 with
 * priority. Team 10 has no wrap-up, 20 REQUIRED for 30 s, 30 OPTIONAL, 40 REQUIRED_WITH_WRAP_UP_DATA.
 */
export class TestDirectory implements AcdDirectory {
  readonly peripheralId = 5001;
  agentList: AcdAgent[] = [
    agent('1001', 10, [1]),
    agent('1002', 20, [1]),
    agent('1003', 30, [1, 2]),
    agent('1004', 40, [2]),
    agent('1005', 10, [1]),
    agent('1090', 10, [], [10, 20]),
    agent('1091', 30, [], [30]),
  ];
  teamList: AcdTeam[] = [
    { id: 10, name: 'None', wrapUpOnIncoming: 'NOT_ALLOWED', wrapUpOnOutgoing: 'NOT_ALLOWED' },
    {
      id: 20,
      name: 'Required',
      wrapUpOnIncoming: 'REQUIRED',
      wrapUpOnOutgoing: 'NOT_ALLOWED',
      wrapUpTimerSeconds: 30,
    },
    {
      id: 30,
      name: 'Optional',
      wrapUpOnIncoming: 'OPTIONAL',
      wrapUpOnOutgoing: 'OPTIONAL',
      wrapUpTimerSeconds: 60,
    },
    {
      id: 40,
      name: 'Data',
      wrapUpOnIncoming: 'REQUIRED_WITH_WRAP_UP_DATA',
      wrapUpOnOutgoing: 'REQUIRED',
      wrapUpTimerSeconds: 60,
    },
  ];
  groupList = [
    { number: 1, id: 5001, name: 'Sales' },
    { number: 2, id: 5002, name: 'Support' },
  ];
  phoneList = ['201', '202', '203', '204', '205', '206', '207', '208', '209'];
  numberList: AcdDialledNumber[] = [
    { number: '7001', skillGroup: 1 },
    { number: '7002', skillGroup: 2 },
    { number: '7009', skillGroup: 1, priority: 1 },
  ];

  agents = () => this.agentList;
  teams = () => this.teamList;
  skillGroups = () => this.groupList;
  devices = () => this.phoneList;
  dialledNumbers = () => this.numberList;
  checkPassword = async () => true;
}

export interface TestCentreOptions {
  readonly deployment?: Deployment;
  readonly onDisconnect?: OnDisconnect;
  readonly settings?: Partial<CallSettings>;
}

/** A call model on a clock that stands still, with a scripted switch and a readable log of what happened. */
export class CallCentre {
  readonly directory = new TestDirectory();
  readonly clock = new VirtualClock();
  readonly exchange = new ScriptedSwitch();
  readonly agents: AgentModel;
  readonly calls: CallModel;
  readonly facts: CallFact[] = [];
  /** Told of every line. */
  onFact: (line: string, fact: CallFact) => void = () => {};
  readonly #log: string[] = [];
  #callId = 100;

  constructor({ deployment = 'CCE', onDisconnect = 'notReady', settings = {} }: TestCentreOptions = {}) {
    const { clock } = this;
    const dialect = dialectOf(deployment, 5001, onDisconnect);
    this.agents = new AgentModel({ clock, dialect, roster: new Roster(this.directory) });
    this.calls = new CallModel({
      clock,
      dialect,
      agents: this.agents,
      switch: this.exchange,
      settings,
      nextCallId: () => ++this.#callId,
      emit: (fact) => {
        this.facts.push(fact);
        const line = describe(fact);
        this.#log.push(line);
        this.onFact(line, fact);
      },
      instrumentService: (device, inService) =>
        this.#log.push(`phone ${device} ${inService ? 'in' : 'out of'} service`),
      switchState: (up) => this.#log.push(`switch ${up ? 'back' : 'down'}`),
    });
  }

  /** What happened since the last look, one line each. */
  log(): string[] {
    return this.#log.splice(0);
  }

  /** Everything since the last look that contains one of the words. */
  logOf(...words: string[]): string[] {
    return this.log().filter((line) => words.some((word) => line.includes(word)));
  }

  /** @returns `ok` or the code of the refusal */
  state(request: AgentStateRequest): string {
    const outcome = this.agents.request(request);
    if (!outcome.ok) return outcome.failure.kind === 'control' ? String(outcome.failure.code) : 'status';
    this.calls.agentChanged(outcome.changes);
    return 'ok';
  }

  signIn(agentId: string, phone: string): void {
    this.state({ state: 'LOGIN', agentId, instrument: phone, forced: true });
  }

  /** Signs in as a mobile agent. */
  signInMobile(agentId: string, phone: string, number: string, mode: 'callByCall' | 'nailed'): void {
    const workMode = mode === 'callByCall' ? 3 : 4;
    this.state({ state: 'LOGIN', agentId, instrument: `${phone};${number}`, forced: true, workMode });
  }

  ready(agentId: string): string {
    return this.state({ state: 'AVAILABLE', agentId });
  }

  notReady(agentId: string, reason = 0): string {
    return this.state({ state: 'NOT_READY', agentId, reason });
  }

  signOut(agentId: string): string {
    return this.state({ state: 'LOGOUT', agentId });
  }

  /** Signs in and becomes available; says nothing in the log. */
  available(agentId: string, phone: string): void {
    this.signIn(agentId, phone);
    this.ready(agentId);
    this.log();
  }

  stateOf(agentId: string): string {
    const { state, reason, pending } = this.agents.agent(agentId)!.status;
    return `${state}${reason ? ` ${reason}` : ''}${pending ? ` (${pending.state})` : ''}`;
  }

  /** States of the connections at a phone, oldest call first. */
  at(device: string): string {
    return this.calls
      .callsAt(device)
      .map((call) => {
        const connection = call.connections.find((party) => party.device === device);
        return `${number(call.id)} ${connection?.state ?? 'WRAP_UP'}`;
      })
      .join(', ');
  }

  /** Parties of a call and their states. */
  parties(id: number): string {
    const call = this.calls.call(100 + id);
    return call ? call.connections.map(({ device, state }) => `${device} ${state}`).join(', ') : 'none';
  }

  /** @returns `ok`, `CF code[/peripheral]`, `E status`, or `waiting` while the switch has not answered */
  request(request: CallRequest): string {
    const answers: string[] = [];
    this.calls.request(request, (outcome) => answers.push(outcomeText(outcome)));
    return answers.length === 0 ? 'waiting' : answers.join(' and ');
  }

  /** As `request`; the answers arrive in the list. */
  ask(request: CallRequest, answers: string[]): void {
    this.calls.request(request, (outcome) => answers.push(outcomeText(outcome)));
  }

  make(device: string, dialed: string, extra: Partial<Wish<'make'>> = {}): string {
    return this.request({ type: 'make', device, dialed, belligerent: false, data: {}, ...extra });
  }

  answer(device: string, id: number | null = null): string {
    return this.request({ type: 'answer', connection: wish(device, id) });
  }

  hold(device: string, id: number | null = null): string {
    return this.request({ type: 'hold', connection: wish(device, id) });
  }

  retrieve(device: string, id: number | null = null): string {
    return this.request({ type: 'retrieve', connection: wish(device, id) });
  }

  drop(device: string, id: number | null = null, requesting = device): string {
    return this.request({ type: 'clear', connection: wish(device, id), requesting });
  }

  consult(device: string, dialed: string, id: number | null = null): string {
    return this.request({ type: 'consult', active: wish(device, id), dialed, purpose: 'transfer', data: {} });
  }

  pair(
    type: 'transfer' | 'conference' | 'alternate' | 'reconnect',
    device: string,
    active: number | null = null,
    held: number | null = null,
  ): string {
    return this.request({ type, active: wish(device, active), held: wish(device, held) });
  }

  singleStep(type: 'singleStepTransfer' | 'singleStepConference', device: string, dialed: string): string {
    return this.request({ type, active: wish(device, null), dialed, data: {} });
  }

  setData(device: string, data: CallDataPatch, id: number | null = null): string {
    return this.request({ type: 'setData', connection: wish(device, id), data });
  }

  supervise(
    action: Wish<'supervise'>['action'],
    supervisor: string,
    agent: string,
    own: number | null = null,
  ): string {
    return this.request({
      type: 'supervise',
      action,
      agent: wish(agent, null),
      supervisor: wish(supervisor, own),
    });
  }

  /** Takes over the changed directory. */
  directoryChanged(): void {
    const roster = new Roster(this.directory);
    const { difference, changes } = this.agents.replaceRoster(roster);
    this.calls.rosterReplaced(difference, changes);
  }
}

export function wish(device: string, id: number | null): ConnectionWish {
  return { device, callId: id === null ? null : 100 + id };
}

function number(id: number): string {
  return `#${id - 100}`;
}

export function outcomeText(outcome: CallOutcome): string {
  if (outcome.ok) return 'ok';
  const { failure } = outcome;
  if (failure.kind === 'status') return `E ${name(FailureStatus, failure.status)}`;
  const peripheral = failure.peripheral === 0 ? '' : `/${failure.peripheral}`;
  return `CF ${name(ControlFailureCode, failure.code)}${peripheral}`;
}

/** Name of a ControlFailureCode. */
export function codeName(code: number): string {
  return name(ControlFailureCode, code);
}

function name(names: Readonly<Record<string, unknown>>, value: number): string {
  return Object.entries(names).find(([, code]) => code === value)?.[0] ?? String(value);
}

/** One line per fact. */
export function describe(fact: CallFact): string {
  if (fact.type === 'agent') {
    const { agent, kind } = fact.change;
    const { state, reason, pending } = agent.status;
    const extra = `${reason ? ` ${reason}` : ''}${pending ? ` (${pending.state})` : ''}`;
    return `${agent.profile.loginId} ${state}${extra}${kind === 'again' ? ' again' : ''}`;
  }
  const call = number(fact.call.id);
  const because = 'cause' in fact && fact.cause !== 'NONE' ? ` ${fact.cause}` : '';
  const joint = (primary: number, secondary: number | null) =>
    secondary === null ? number(primary) : `${number(primary)}+${number(secondary)}`;
  switch (fact.type) {
    case 'begin':
    case 'end':
    case 'held':
    case 'retrieved':
    case 'serviceInitiated':
      return `${fact.type} ${call} ${fact.device.id}${because === ' NEW_CALL' ? '' : because}`;
    case 'originated':
    case 'reachedNetwork':
      return `${fact.type} ${call} ${fact.calling.id} > ${fact.called.id}`;
    case 'delivered':
      return `delivered ${call} ${fact.alerting.id} from ${fact.calling?.id ?? '-'}${because === ' NEW_CALL' ? '' : because}`;
    case 'established':
      return `established ${call} ${fact.answering.id} from ${fact.calling?.id ?? '-'}${because === ' NEW_CALL' ? '' : because}`;
    case 'queued':
    case 'dequeued':
      return `${fact.type} ${call} ${fact.routePoint.id} waiting ${fact.waiting}${because === ' NEW_CALL' ? '' : because}`;
    case 'diverted':
      return `diverted ${call} ${fact.diverting.id} > ${fact.called.id}${because}`;
    case 'failed':
      return `failed ${call} ${fact.failing.id}${because}`;
    case 'connectionCleared':
      return `left ${call} ${fact.releasing.id}${because}`;
    case 'cleared':
      return `cleared ${call} ${fact.devices.map(({ id }) => id).join()}${because}`;
    case 'transferred':
      return `transferred ${joint(fact.primaryCallId, fact.secondaryCallId)} by ${fact.transferring.id}: ${fact.parties.map(({ device }) => device).join()}`;
    case 'conferenced':
      return `conferenced ${joint(fact.primaryCallId, fact.secondaryCallId)} by ${fact.controller.id}: ${fact.parties.map(({ device }) => device).join()}${because}`;
    case 'dataUpdated':
      return `data ${call} ${Object.keys(fact.changed).join() || fact.call.type}`;
    case 'preCall':
    case 'preCallAbort':
      return `${fact.type} ${call} ${fact.agentId}`;
  }
}
