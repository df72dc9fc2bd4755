/** What `node_statistics list` tells, counted over the agents when somebody asks (admin.md 4). */
import type { NodeFigures } from './serviceability.ts';

export interface CountedAgent {
  readonly signedIn: boolean;
  readonly skillGroupNumbers: readonly number[];
  readonly configuredMedia: number;
  readonly signedInMedia: number;
  readonly tasks: number;
}

export interface CountedNode {
  readonly agents: Iterable<CountedAgent>;
  readonly activeDialogs: number;
  /** Seconds from the start of the process until the server was there. */
  readonly startSeconds: number;
}

const share = (sum: number, count: number): number =>
  count === 0 ? 0 : Math.round((sum / count) * 100) / 100;

/** Averages are over the agents that are signed in at this node, with two digits. */
export function nodeFigures({ agents, activeDialogs, startSeconds }: CountedNode): NodeFigures {
  let [count, tasks, configured, signedIn, groups, most] = [0, 0, 0, 0, 0, 0];
  const numbers = new Set<number>();
  for (const agent of agents) {
    if (!agent.signedIn) continue;
    count++;
    tasks += agent.tasks;
    configured += agent.configuredMedia;
    signedIn += agent.signedInMedia;
    groups += agent.skillGroupNumbers.length;
    most = Math.max(most, agent.skillGroupNumbers.length);
    for (const number of agent.skillGroupNumbers) numbers.add(number);
  }
  return {
    activeDialogs,
    activeTasks: tasks,
    configuredMediaPerAgent: share(configured, count),
    signedInMediaPerAgent: share(signedIn, count),
    skillGroupsPerAgent: share(groups, count),
    skillGroupsMax: most,
    startSeconds,
    signedInAgents: count,
    skillGroups: numbers.size,
  };
}
