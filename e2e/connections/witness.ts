/** An agent who does nothing wrong, and must go on being served whatever others do. */
import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { type RunningPoise, rest, signInBody } from '../server.ts';
import type { XmppSession } from './xmpp-session.ts';

/** Against what hangs: a machine that does twenty other things beside may need seconds for one answer. */
export const PROMPT_MS = 15_000;

export class Witness {
  readonly id: string;
  readonly session: XmppSession;
  readonly #poise: RunningPoise;
  #count = 0;
  /** The end of what is asked already. */
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(poise: RunningPoise, id: string, session: XmppSession) {
    this.#poise = poise;
    this.id = id;
    this.session = session;
  }

  /** Signs the agent in to the phone that bears the same number. */
  static async signIn(poise: RunningPoise, id: string, session: XmppSession): Promise<Witness> {
    const witness = new Witness(poise, id, session);
    await session.appear();
    await witness.asks(signInBody(id));
    return witness;
  }

  /**
   * Changes the state, and sees the Update with its own requestId in its own session. One after the other, where tests run side by
   * side: who waits for one Update takes what came before it out of the session.
   */
  isServed(): Promise<void> {
    const turn = this.#turn.then(() => this.#isServed());
    this.#turn = turn.catch(() => {});
    return turn;
  }

  async #isServed(): Promise<void> {
    const state = this.#count % 2 === 0 ? 'READY' : 'NOT_READY';
    const update = await this.asks(`<User><state>${state}</state></User>`);
    expect(update).toContain(`&lt;state&gt;${state}&lt;/state&gt;`);
  }

  /** PUTs its own User. @returns the event with its requestId */
  async asks(body: string): Promise<string> {
    const requestId = `witness-${this.id}-${++this.#count}`;
    const answer = await rest(this.#poise, this.id, 'PUT', `/User/${this.id}`, body, { requestId });
    expect(answer.status).toBe(202);
    return this.session.until(
      new RegExp(`requestId&gt;${requestId}&lt;(?:(?!</message>).)*</message>`, 's'),
      PROMPT_MS,
    );
  }
}

/** Resident memory of a process in MiB; undefined where the system has no /proc. */
export function residentMiB(pid: number): number | undefined {
  try {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
  } catch {
    return undefined;
  }
}
