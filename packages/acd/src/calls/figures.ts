import type { AgentView } from '../agent-model.ts';
import type { Connection, Line } from './call-record.ts';
import type { Parts } from './parts.ts';
import type { SkillGroupFigures } from './skill-group-figures.ts';

type Counter = Exclude<keyof SkillGroupFigures, 'longestQueuedSince' | 'callsInQueue'>;
type Counters = { -readonly [K in Counter]: number };

const ZERO: Counters = {
  agentsLoggedOn: 0,
  agentsAvail: 0,
  agentsNotReady: 0,
  agentsReady: 0,
  agentsTalkingIn: 0,
  agentsTalkingOut: 0,
  agentsTalkingOther: 0,
  agentsWorkNotReady: 0,
  agentsWorkReady: 0,
  agentsBusyOther: 0,
  agentsReserved: 0,
  agentsHold: 0,
};

interface Share {
  readonly skillGroup: number;
  readonly counters: readonly Counter[];
}

/**
 * Figures of the skill groups, kept as agents and queues change: an agent counts with one state in the group of
 * the present call (without one: the first group) and as busy for another in the rest.
 */
export class Figures {
  readonly #parts: Parts;
  readonly #groups = new Map<number, Counters>();
  readonly #shares = new Map<string, readonly Share[]>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  of(skillGroup: number): SkillGroupFigures | undefined {
    if (!this.#parts.agents.roster.skillGroup(skillGroup)) return undefined;
    const queue = this.#parts.routing.queues.find(skillGroup);
    return {
      ...(this.#groups.get(skillGroup) ?? ZERO),
      callsInQueue: queue?.calls.size ?? 0,
      longestQueuedSince: queue?.longestSince ?? null,
    };
  }

  /** State, skills or calls of the agent changed. */
  update(agent: AgentView): void {
    const { loginId } = agent.profile;
    const before = this.#shares.get(loginId);
    const after = this.#sharesOf(agent);
    if (before && sameShares(before, after)) return;
    this.#add(before ?? [], -1);
    this.#add(after, 1);
    if (after.length > 0) this.#shares.set(loginId, after);
    else this.#shares.delete(loginId);
  }

  /** The agent is no longer in the directory. */
  forget(loginId: string): void {
    this.#add(this.#shares.get(loginId) ?? [], -1);
    this.#shares.delete(loginId);
  }

  #add(shares: readonly Share[], by: number): void {
    for (const { skillGroup, counters } of shares) {
      let group = this.#groups.get(skillGroup);
      if (!group) {
        group = { ...ZERO };
        this.#groups.set(skillGroup, group);
      }
      for (const counter of counters) group[counter] += by;
    }
  }

  #sharesOf({ profile, status, instrument }: AgentView): Share[] {
    if (instrument === null) return [];
    const line = this.#parts.board.line(instrument);
    const own = counterOf(status.state, line);
    const everywhere = own === 'agentsAvail' || own === 'agentsNotReady';
    const group = line ? presentGroup(line) : null;
    const home = profile.skillGroups.includes(group ?? -1) ? group : profile.skillGroups[0];
    return profile.skillGroups.map((skillGroup) => ({
      skillGroup,
      counters: countersFor(everywhere || skillGroup === home ? own : 'agentsBusyOther'),
    }));
  }
}

function countersFor(counter: Counter): readonly Counter[] {
  // Ready in the sense of the desktop: can be given a call.
  return counter === 'agentsAvail' ? ['agentsLoggedOn', counter, 'agentsReady'] : ['agentsLoggedOn', counter];
}

function counterOf(state: AgentView['status']['state'], line: Line | undefined): Counter {
  switch (state) {
    case 'AVAILABLE':
      return 'agentsAvail';
    case 'TALKING':
      return talking(line);
    case 'HOLD':
      return 'agentsHold';
    case 'WORK_NOT_READY':
      return 'agentsWorkNotReady';
    case 'WORK_READY':
      return 'agentsWorkReady';
    case 'RESERVED':
    case 'RESERVED_OUTBOUND':
    case 'RESERVED_OUTBOUND_PREVIEW':
      return 'agentsReserved';
    default:
      return 'agentsNotReady';
  }
}

function talking(line: Line | undefined): Counter {
  const connection = line && presentConnection(line);
  switch (connection?.callType) {
    case 'OUT':
    case 'AGENT_OUT':
    case 'AUTO_OUT':
    case 'CUSTOMER_PREVIEW':
    case 'CUSTOMER_PREVIEW_DIRECT':
    case 'CUSTOMER_CALLBACK':
    case 'CUSTOMER_PERSONAL':
      return 'agentsTalkingOut';
    case 'AGENT_INSIDE':
    case 'CONSULT':
    case 'CONSULT_OFFERRED':
    case 'ASSIST':
    case 'EMERGENCY':
    case 'SUPERVISOR_MONITOR':
    case 'SUPERVISOR_WHISPER':
    case 'SUPERVISOR_BARGEIN':
    case 'SUPERVISOR_INTERCEPT':
      return 'agentsTalkingOther';
    default:
      return 'agentsTalkingIn';
  }
}

/** The connection that stands for what the agent is doing: the active one, else a held one. */
function presentConnection({ connections }: Line): Connection | undefined {
  return (
    connections.find(({ state }) => state === 'CONNECT' || state === 'INITIATE' || state === 'FAIL') ??
    connections.find(({ state }) => state === 'HOLD')
  );
}

function presentGroup(line: Line): number | null {
  const connection = presentConnection(line);
  if (connection) return connection.skillGroup;
  return line.reservation?.skillGroup ?? line.wrapUp?.call.skillGroup ?? null;
}

function sameShares(a: readonly Share[], b: readonly Share[]): boolean {
  return (
    a.length === b.length &&
    a.every(({ skillGroup, counters }, i) => {
      const other = b[i];
      return skillGroup === other?.skillGroup && counters.join() === other.counters.join();
    })
  );
}
