/**
 * Who and what the contact centre consists of. The directory is handed in (the server's store, a test, a
 * file); the ACD takes an immutable, indexed copy, the {@link Roster}, and compares copies after a change.
 */

/** AgentDeskSettings wrap-up modes, GED-188 WrapupDataMode. */
export type WrapUpMode = 'REQUIRED' | 'OPTIONAL' | 'NOT_ALLOWED' | 'REQUIRED_WITH_WRAP_UP_DATA';

export interface AcdAgent {
  /** AgentID of GED-188 (CCE: peripheral number). Unique without regard to case. */
  readonly loginId: string;
  readonly loginName: string;
  readonly firstName: string;
  readonly lastName: string;
  /** ICMAgentID; unique. */
  readonly skillTargetId: number;
  /** Team the agent is a member of; null for a supervisor outside every team. */
  readonly teamId: number | null;
  /** Numbers of the skill groups the agent works for; the first is the one the fixed part of events names. */
  readonly skillGroups: readonly number[];
  /** Teams the agent supervises. */
  readonly supervisorOf: readonly number[];
  /** Signs in at an identity provider; told to CTI clients. Default: no. */
  readonly ssoEnabled?: boolean;
}

export interface AcdTeam {
  readonly id: number;
  readonly name: string;
  readonly wrapUpOnIncoming?: WrapUpMode;
  readonly wrapUpOnOutgoing?: WrapUpMode;
  /** Length of wrap-up in seconds. */
  readonly wrapUpTimerSeconds?: number;
  /** NOT_READY without a reason is then refused with 281 REASON_CODE_REQUIRED. */
  readonly notReadyReasonRequired?: boolean;
  /** LOGOUT without a reason is then refused with 281 REASON_CODE_REQUIRED. */
  readonly logoutReasonRequired?: boolean;
}

export interface AcdSkillGroup {
  /** SkillGroupNumber. */
  readonly number: number;
  /** SkillGroupID. */
  readonly id: number;
  readonly name: string;
}

/** A number that callers dial to reach a queue: a route point. */
export interface AcdDialledNumber {
  readonly number: string;
  /** SkillGroupNumber of the queue. */
  readonly skillGroup: number;
  /** 1 (served first) to 10; 5 unless given. */
  readonly priority?: number;
}

/** Source of the roster. The iterables are read again after each change. */
export interface AcdDirectory {
  readonly peripheralId: number;
  agents(): Iterable<AcdAgent>;
  teams(): Iterable<AcdTeam>;
  skillGroups(): Iterable<AcdSkillGroup>;
  /** Extensions of the phones that an agent may sign in on. */
  devices(): Iterable<string>;
  /** Route points. A number that is also a phone counts as the phone. Without it nothing is queued. */
  dialledNumbers?(): Iterable<AcdDialledNumber>;
  /**
   * Called only when a client sent a password. A rejection counts as a wrong password and is logged.
   *
   * @param from IP address of the client that sent it
   * @returns `locked`: neither right nor wrong, nobody looked (289)
   */
  checkPassword(loginId: string, password: string, from: string): Promise<boolean | 'locked'>;
  /** @returns the function that ends the observation, if the source has one */
  onChange?(listener: () => void): (() => void) | undefined;
}

/** Immutable, indexed copy of the directory: every lookup is O(1). */
export class Roster {
  readonly agents: readonly AcdAgent[];
  readonly teams: readonly AcdTeam[];
  readonly skillGroups: readonly AcdSkillGroup[];
  readonly devices: readonly string[];
  readonly dialledNumbers: readonly AcdDialledNumber[];
  readonly #agentById = new Map<string, AcdAgent>();
  readonly #agentByLowerId = new Map<string, AcdAgent>();
  readonly #agentBySkillTarget = new Map<number, AcdAgent>();
  readonly #teamById = new Map<number, AcdTeam>();
  readonly #members = new Map<number, AcdAgent[]>();
  readonly #supervisors = new Map<number, AcdAgent[]>();
  readonly #skillGroupByNumber = new Map<number, AcdSkillGroup>();
  readonly #devices: ReadonlySet<string>;
  readonly #dialled = new Map<string, AcdDialledNumber>();

  constructor(
    directory: Pick<AcdDirectory, 'agents' | 'teams' | 'skillGroups' | 'devices' | 'dialledNumbers'>,
  ) {
    this.agents = [...directory.agents()];
    this.teams = [...directory.teams()];
    this.skillGroups = [...directory.skillGroups()];
    this.devices = [...new Set(directory.devices())];
    this.#devices = new Set(this.devices);
    for (const entry of directory.dialledNumbers?.() ?? []) {
      if (!this.#devices.has(entry.number)) this.#dialled.set(entry.number, entry);
    }
    this.dialledNumbers = [...this.#dialled.values()];
    for (const group of this.skillGroups) this.#skillGroupByNumber.set(group.number, group);
    for (const team of this.teams) this.#teamById.set(team.id, team);
    for (const agent of this.agents) {
      this.#agentById.set(agent.loginId, agent);
      this.#agentByLowerId.set(agent.loginId.toLowerCase(), agent);
      this.#agentBySkillTarget.set(agent.skillTargetId, agent);
      if (agent.teamId !== null) append(this.#members, agent.teamId, agent);
      for (const team of agent.supervisorOf) append(this.#supervisors, team, agent);
    }
  }

  /** Exact match first, else without regard to case. */
  agent(loginId: string): AcdAgent | undefined {
    return this.#agentById.get(loginId) ?? this.#agentByLowerId.get(loginId.toLowerCase());
  }

  agentBySkillTarget(id: number): AcdAgent | undefined {
    return this.#agentBySkillTarget.get(id);
  }

  team(id: number | null): AcdTeam | undefined {
    return id === null ? undefined : this.#teamById.get(id);
  }

  members(teamId: number): readonly AcdAgent[] {
    return this.#members.get(teamId) ?? [];
  }

  supervisors(teamId: number): readonly AcdAgent[] {
    return this.#supervisors.get(teamId) ?? [];
  }

  skillGroup(number: number): AcdSkillGroup | undefined {
    return this.#skillGroupByNumber.get(number);
  }

  hasDevice(extension: string): boolean {
    return this.#devices.has(extension);
  }

  dialledNumber(number: string): AcdDialledNumber | undefined {
    return this.#dialled.get(number);
  }
}

function append<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}

/** One kind of record compared between two rosters. */
export interface Difference<T> {
  readonly added: readonly T[];
  readonly removed: readonly T[];
  readonly changed: readonly { readonly before: T; readonly after: T }[];
}

export interface RosterDifference {
  readonly agents: Difference<AcdAgent>;
  readonly teams: Difference<AcdTeam>;
  readonly skillGroups: Difference<AcdSkillGroup>;
  readonly devices: Difference<string>;
  readonly dialledNumbers: Difference<AcdDialledNumber>;
}

/** Compares two rosters, O(size). Agents are the same by login id, teams and groups by number. */
export function compareRosters(before: Roster, after: Roster): RosterDifference {
  return {
    agents: compare(before.agents, after.agents, (agent) => agent.loginId),
    teams: compare(before.teams, after.teams, (team) => team.id),
    skillGroups: compare(before.skillGroups, after.skillGroups, (group) => group.number),
    devices: compare(before.devices, after.devices, (device) => device),
    dialledNumbers: compare(before.dialledNumbers, after.dialledNumbers, (entry) => entry.number),
  };
}

function compare<T>(before: readonly T[], after: readonly T[], key: (item: T) => unknown): Difference<T> {
  const old = new Map(before.map((item) => [key(item), item]));
  const added: T[] = [];
  const changed: { before: T; after: T }[] = [];
  for (const item of after) {
    const previous = old.get(key(item));
    if (previous === undefined) added.push(item);
    else if (!sameRecord(previous, item)) {
      changed.push({ before: previous, after: item });
    }
    old.delete(key(item));
  }
  return { added, removed: [...old.values()], changed };
}

/** Compares flat records whose values are scalars or lists of scalars. */
function sameRecord(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  const before = a as Record<string, unknown>;
  const after = b as Record<string, unknown>;
  for (const key in after) if (!sameValue(before[key], after[key])) return false;
  for (const key in before) if (!(key in after) && before[key] !== undefined) return false;
  return true;
}

function sameValue(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
  return a.every((element, i) => element === b[i]);
}
