import type { Call, QueuePlace } from './call-record.ts';
import { RankedHeap } from './ranked-heap.ts';

/** An agent who can be given a call, and since when. */
export interface AvailableAgent {
  readonly loginId: string;
  readonly skillGroups: readonly number[];
  /** Order in which agents became available; the longest available has the lowest. */
  readonly rank: number;
}

/**
 * Skill groups with the calls that wait and the agents who are available. A new call finds its agent, and an
 * agent who becomes available the call, without a walk over agents or calls.
 */
export class Queues {
  readonly #groups = new Map<number, SkillGroupQueue>();

  group(number: number): SkillGroupQueue {
    let group = this.#groups.get(number);
    if (!group) {
      group = new SkillGroupQueue();
      this.#groups.set(number, group);
    }
    return group;
  }

  find(number: number): SkillGroupQueue | undefined {
    return this.#groups.get(number);
  }

  enter(agent: AvailableAgent): void {
    for (const number of agent.skillGroups) this.group(number).agents.add(agent);
  }

  leave(agent: AvailableAgent): void {
    for (const number of agent.skillGroups) this.#groups.get(number)?.agents.delete(agent);
  }

  /** The call that an agent of these groups is given first. */
  bestFor(skillGroups: readonly number[]): Call | undefined {
    let best: Call | undefined;
    for (const number of skillGroups) {
      const call = this.#groups.get(number)?.calls.first();
      if (call && (!best || servedBefore(call, best))) best = call;
    }
    return best;
  }
}

class SkillGroupQueue {
  readonly calls = new RankedHeap<Call>(servedBefore);
  /** By the time they came, whatever their priority. */
  readonly #byAge = new RankedHeap<Call>((a, b) => placeOf(a).arrival < placeOf(b).arrival);
  readonly agents = new RankedHeap<AvailableAgent>((a, b) => a.rank < b.rank);

  /** The call's `waiting` is set. */
  add(call: Call): void {
    this.calls.add(call);
    this.#byAge.add(call);
  }

  /** The call's `waiting` is still set. */
  delete(call: Call): boolean {
    this.#byAge.delete(call);
    return this.calls.delete(call);
  }

  /** Wall ms at which the oldest waiting call came. */
  get longestSince(): number | null {
    return this.#byAge.first()?.waiting?.place.since ?? null;
  }
}

function placeOf(call: Call): QueuePlace {
  if (!call.waiting) throw new Error(`call ${call.id} does not wait`);
  return call.waiting.place;
}

/** Calls that an agent did not answer go first, then priority, then arrival. */
function servedBefore(a: Call, b: Call): boolean {
  const [x, y] = [placeOf(a), placeOf(b)];
  if (x.again !== y.again) return x.again;
  return x.priority !== y.priority ? x.priority < y.priority : x.arrival < y.arrival;
}
