import { VirtualClock } from '@poise/clock';
import { AgentModel } from '../agent-model.ts';
import type { CallControl } from '../calls/call-control.ts';
import type { CallFact } from '../calls/call-fact.ts';
import { CallModel } from '../calls/call-model.ts';
import type { CallSettings } from '../calls/call-settings.ts';
import { type Deployment, dialectOf } from '../dialect.ts';
import { type AcdAgent, type AcdTeam, Roster } from '../directory.ts';
import { CustomerLoad } from './customer-load.ts';
import { type CustomerCounts, Customers } from './customers.ts';
import { factLine, History } from './history.ts';
import { RandomStream } from './random.ts';
import { type AgentScript, ScriptedAgent, USUAL_SCRIPT } from './scripted-agent.ts';
import { SimulatedSwitch } from './simulated-switch.ts';

/** A shift of a whole contact centre in virtual time, without sockets and messages: the same seed, the same history. */

export interface ShiftOptions {
  readonly agents: number;
  /** Length of the shift, ms. */
  readonly durationMs: number;
  readonly seed: number;
  /** Arrivals per second. Default: what keeps nine of ten agents busy. */
  readonly callsPerSecond?: number;
  readonly deployment?: Deployment;
  readonly script?: Partial<AgentScript>;
  readonly callSettings?: Partial<CallSettings>;
  /** Sees each fact as it happens. */
  readonly onFact?: (fact: CallFact) => void;
  /** Looks at the centre every minute of the shift. */
  readonly onMinute?: (centre: ShiftCentre) => void;
}

/** What is there during a shift. */
export interface ShiftCentre {
  readonly calls: CallControl;
  readonly exchange: SimulatedSwitch;
  readonly agents: AgentModel;
}

export interface ShiftResult {
  readonly facts: number;
  /** SHA-256 of all facts with their times. */
  readonly hash: string;
  readonly customers: CustomerCounts;
  /** Facts by their type. */
  readonly byType: Readonly<Record<string, number>>;
  /** Requests of agents, and how many were refused (the caller hung up first, …). */
  readonly requests: number;
  readonly refused: number;
  /** What is left when everybody has gone home: all must be 0. */
  readonly left: {
    readonly calls: number;
    readonly legs: number;
    readonly agentsSignedIn: number;
    readonly callsInQueue: number;
    readonly agentsInGroups: number;
    readonly timers: number;
  };
}

const QUEUES = [
  { number: '6001', skillGroup: 1 },
  { number: '6002', skillGroup: 2 },
  { number: '6003', skillGroup: 3 },
] as const;
const FIRST_AGENT = 1001;
const AGENTS_PER_TEAM = 20;
/** Phones of colleagues who belong to no queue, one for so many agents. */
const FIRST_COLLEAGUE = 20_001;
const AGENTS_PER_COLLEAGUE = 10;
/** Agents do not all arrive, and do not all leave, in the same minute, ms. */
const ARRIVE_WITHIN_MS = 600_000;
/** Customers stop calling this long before the agents go home, ms. */
const CALM_BEFORE_END_MS = 900_000;
/** After the end, for the last calls, ms. */
const OVERTIME_MS = 7_200_000;
/** Of one agent, a call every five minutes or so. */
const CALLS_PER_AGENT_SECOND = 0.0036;
const FIRST_CALL_ID = 16_777_217;
const MINUTE_MS = 60_000;

/** Simulates a shift; nothing but the options decides what happens in it. */
export function simulateShift(options: ShiftOptions): ShiftResult {
  const { agents: count, durationMs, seed, deployment = 'CCE' } = options;
  const clock = new VirtualClock();
  const dialect = dialectOf(deployment, 5001, 'notReady');
  const model = new AgentModel({ clock, dialect, roster: rosterOf(count) });
  const exchange = new SimulatedSwitch({
    clock,
    seed,
    plan: {
      isPhone: (number) => model.roster.hasDevice(number),
      isRoutePoint: (number) => model.roster.dialledNumber(number) !== undefined,
    },
    attended: (extension) => model.agentOn(extension) !== undefined,
  });
  const history = new History();
  const byType: Record<string, number> = {};
  const agents = new Map<string, ScriptedAgent>();
  let nextCallId = FIRST_CALL_ID;
  const calls = new CallModel({
    clock,
    dialect,
    agents: model,
    switch: exchange,
    nextCallId: () => nextCallId++,
    settings: options.callSettings ?? {},
    emit: (fact) => {
      history.add(clock.monotonic(), factLine(fact));
      byType[fact.type] = (byType[fact.type] ?? 0) + 1;
      options.onFact?.(fact);
      tell(agents, fact);
    },
  });

  let requests = 0;
  let refused = 0;
  const script = {
    ...USUAL_SCRIPT,
    consultNumbers: [...colleaguesOf(count), QUEUES[2].number],
    ...options.script,
  };
  const hands: ConstructorParameters<typeof ScriptedAgent>[0]['hands'] = {
    state: (request) => {
      requests++;
      const outcome = model.request(request);
      if (outcome.ok) calls.agentChanged(outcome.changes);
      else refused++;
    },
    call: (request, done) => {
      requests++;
      calls.request(request, (outcome) => {
        if (!outcome.ok) refused++;
        done(outcome);
      });
    },
  };
  const arrivals = new RandomStream(seed, 'agents');
  for (const { loginId } of model.roster.agents) {
    const random = new RandomStream(seed, `agent ${loginId}`);
    const agent = new ScriptedAgent({ loginId, extension: loginId, clock, random, script, hands });
    agents.set(loginId, agent);
    const within = Math.min(ARRIVE_WITHIN_MS, durationMs / 10);
    agent.work(arrivals.next() * within, durationMs - arrivals.next() * within);
  }

  const customers = new Customers({ clock, switch: exchange });
  new CustomerLoad({
    clock,
    customers,
    plan: {
      callsPerSecond: options.callsPerSecond ?? count * CALLS_PER_AGENT_SECOND,
      durationMs: Math.max(durationMs - CALM_BEFORE_END_MS, durationMs / 2),
      to: QUEUES.map(({ number }) => number),
      talk: { kind: 'logNormal', medianMs: 180_000, sigma: 0.5 },
      patience: { kind: 'exponential', meanMs: 180_000 },
      data: (n) => ({ variables: { 0: `customer ${n}` } }),
      seed,
    },
  });
  const end = durationMs + OVERTIME_MS;
  while (clock.monotonic() < end) {
    clock.advance(Math.min(MINUTE_MS, end - clock.monotonic()));
    options.onMinute?.({ calls, exchange, agents: model });
  }
  const groups = QUEUES.flatMap(({ skillGroup }) => calls.figures(skillGroup) ?? []);
  return {
    facts: history.facts,
    hash: history.digest(),
    customers: customers.counts,
    byType,
    requests,
    refused,
    left: {
      calls: [...calls.calls()].length,
      legs: exchange.legCount,
      agentsSignedIn: model.signedIn,
      callsInQueue: groups.reduce((sum, group) => sum + group.callsInQueue, 0),
      agentsInGroups: groups.reduce((sum, group) => sum + group.agentsLoggedOn, 0),
      timers: clock.pending,
    },
  };
}

const colleaguesOf = (agents: number): string[] =>
  Array.from({ length: Math.ceil(agents / AGENTS_PER_COLLEAGUE) }, (_, i) => String(FIRST_COLLEAGUE + i));

function rosterOf(count: number): Roster {
  const agents: AcdAgent[] = Array.from({ length: count }, (_, i) => ({
    loginId: String(FIRST_AGENT + i),
    loginName: `agent${i + 1}`,
    firstName: 'Agent',
    lastName: String(i + 1),
    skillTargetId: FIRST_AGENT + i,
    teamId: Math.floor(i / AGENTS_PER_TEAM) + 1,
    // Every fifth agent works for two queues.
    skillGroups: i % 5 === 0 ? [(i % 3) + 1, ((i + 1) % 3) + 1] : [(i % 3) + 1],
    supervisorOf: [],
  }));
  const teams: AcdTeam[] = Array.from({ length: Math.ceil(count / AGENTS_PER_TEAM) }, (_, i) => ({
    id: i + 1,
    name: `Team ${i + 1}`,
    wrapUpOnIncoming: i % 2 === 0 ? 'REQUIRED' : 'NOT_ALLOWED',
    wrapUpOnOutgoing: 'NOT_ALLOWED',
    wrapUpTimerSeconds: 20,
  }));
  return new Roster({
    agents: () => agents,
    teams: () => teams,
    skillGroups: () =>
      QUEUES.map(({ skillGroup }) => ({ number: skillGroup, id: skillGroup, name: `Queue ${skillGroup}` })),
    devices: () => [...agents.map(({ loginId }) => loginId), ...colleaguesOf(count)],
    dialledNumbers: () => QUEUES,
  });
}

/** Tells the agents whom a fact concerns, and nobody else. */
function tell(agents: ReadonlyMap<string, ScriptedAgent>, fact: CallFact): void {
  switch (fact.type) {
    case 'agent':
      agents.get(fact.change.agent.profile.loginId)?.told(fact);
      break;
    case 'delivered':
      agents.get(fact.alerting.id)?.told(fact);
      break;
    case 'connectionCleared':
      agents.get(fact.releasing.id)?.told(fact);
      break;
    case 'end':
      agents.get(fact.device.id)?.told(fact);
      break;
    case 'transferred':
      agents.get(fact.transferring.id)?.told(fact);
      for (const { device } of fact.parties)
        if (device !== fact.transferring.id) agents.get(device)?.told(fact);
      break;
    case 'established':
    case 'failed':
      for (const { device } of fact.call.connections) agents.get(device)?.told(fact);
      break;
  }
}
