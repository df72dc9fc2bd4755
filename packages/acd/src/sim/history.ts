import { createHash } from 'node:crypto';
import type { CallFact } from '../calls/call-fact.ts';

/** Facts as text, and the hash of all of them: two runs with the same hash had the same history. */

/** One line that names what happened and the state after it; views in facts are live, so it is made at once. */
export function factLine(fact: CallFact): string {
  if (fact.type === 'agent') {
    const { agent, kind } = fact.change;
    const { state, reason, pending } = agent.status;
    return `agent ${agent.profile.loginId} ${kind} ${state} ${reason} ${pending?.state ?? '-'} ${agent.instrument ?? '-'}`;
  }
  const { call } = fact;
  let line = `${fact.type} ${call.id} ${call.type} ${call.skillGroup ?? '-'}`;
  if ('cause' in fact) line += ` ${fact.cause}`;
  if ('device' in fact) line += ` at ${fact.device.id}`;
  if ('agentId' in fact) line += ` of ${fact.agentId}`;
  if ('waiting' in fact) line += ` waiting ${fact.waiting}`;
  if ('secondaryCallId' in fact) line += ` with ${fact.secondaryCallId ?? '-'}`;
  for (const { device, state } of call.connections) line += ` ${device}:${state}`;
  return line;
}

/** Lines are gathered before they are hashed: one call per line would cost more than the rest. */
const GATHERED_MAX = 1_000;

export class History {
  readonly #hash = createHash('sha256');
  #lines: string[] = [];
  #facts = 0;

  get facts(): number {
    return this.#facts;
  }

  /** @param atMs monotonic time of the fact */
  add(atMs: number, line: string): void {
    this.#facts++;
    this.#lines.push(`${atMs} ${line}`);
    if (this.#lines.length === GATHERED_MAX) this.#flush();
  }

  /** Hexadecimal; ends the history. */
  digest(): string {
    this.#flush();
    return this.#hash.digest('hex');
  }

  #flush(): void {
    this.#hash.update(`${this.#lines.join('\n')}\n`);
    this.#lines = [];
  }
}
