/** What nodes ask of the CTI server: only what somebody has asked of them, and once. */
import { AgentState } from '@poise/ged188';
import type { Happening } from '../../packages/server/src/happenings.ts';

/** Reason code of sign-outs that nobody asked for. */
const FORCED_REASON = 255;

/** What it asks of the world. */
interface Surroundings {
  readonly broken: (invariant: string, detail: string) => void;
}

export class Doings {
  readonly #world: Surroundings;
  /** By requestId. */
  readonly #asked = new Set<string>();
  /** `requestId name of the message`. */
  readonly #done = new Set<string>();

  constructor(world: Surroundings) {
    this.#world = world;
  }

  /** A page sends a request that changes something. */
  asked(requestId: string): void {
    this.#asked.add(requestId);
  }

  /** A node asks the CTI server for something. @param host of the node */
  sent(host: string, { name, fields, cause }: Extract<Happening, { kind: 'cti.sent' }>): void {
    const { broken } = this.#world;
    const { requestId = '' } = cause;
    const isForced = fields.AgentState === AgentState.LOGOUT && fields.EventReasonCode === FORCED_REASON;
    // As often as it takes.
    if (isForced) return;
    const what = `${host} sends ${name} ${JSON.stringify(fields)}`;
    if (!this.#asked.has(requestId)) {
      broken('nothing is done that nobody asked for', what);
      return;
    }
    const key = `${requestId} ${name}`;
    if (this.#done.has(key)) broken('every request is carried out once', `${what} for ${requestId} again`);
    this.#done.add(key);
  }
}
