/**
 * A CTI server that answers badly: answers (…_CONF) on the link that come late, twice, exchanged, or never. Events come
 * as they are, but for the one that a request which is never answered would have brought.
 */
import { decode, Framer, messageByType } from '@poise/ged188';
import { between, chance, type Random } from './chance.ts';
import type { World } from './world.ts';

/** Protocol version of the link. */
const VERSION = 24;
const MESSAGE_TYPE_AT = 4;
const INVOKE_ID_AT = 8;
/** Below the patience of a recovery: what comes later than that is not used, and no picture is promised (docs/faults.md 3). */
const LATE_MAX_MS = 1_500;
/** A lone answer waits for another one to be exchanged with for this long. */
const EXCHANGE_WITHIN_MS = 300;
/** Events about the agent of an unanswered request are lost for this long after it: until shortly before the agent is asked for. */
const SILENT_MS = 18_000;
/** A request times out after 20 s; then the agent is asked for. */
export const UNANSWERED_FOR_MS = 22_000;
/** Session, heartbeats: without them there is no link, which is another fault. */
const OF_THE_SESSION = new Set(['OPEN_CONF', 'HEARTBEAT_CONF', 'CLOSE_CONF']);

export type BadAnswers = 'late' | 'twice' | 'exchanged' | 'never';

type Deliver = (bytes: Uint8Array) => void;

/** What all connections of the link have in common. */
export class CtiAnswers {
  readonly #world: Pick<World, 'clock' | 'faultBegins' | 'faultEnds' | 'line'>;
  readonly random: Random;
  /** Kinds that last now. */
  readonly kinds = new Set<BadAnswers>();

  constructor(world: CtiAnswers['world'], random: Random) {
    this.#world = world;
    this.random = random;
  }

  get world(): Pick<World, 'clock' | 'faultBegins' | 'faultEnds' | 'line'> {
    return this.#world;
  }

  /** One connection; `deliver` is what it is read by. */
  connection(deliver: Deliver): AnswerFilter {
    return new AnswerFilter(this, deliver);
  }

  /** A request is never answered: the fault lasts until its time is over and the agent was asked for. */
  swallow(what: string): void {
    this.#world.faultBegins(`CTI server never answers ${what}`);
    this.#world.clock.schedule(UNANSWERED_FOR_MS, () => this.#world.faultEnds(`${what}: time is over`));
  }
}

class AnswerFilter {
  readonly #all: CtiAnswers;
  readonly #deliver: Deliver;
  readonly #there = new Framer();
  readonly #back = new Framer();
  /** InvokeIDs that are never answered. */
  readonly #never = new Set<number>();
  /** Agents of whom no event comes before this moment (monotonic ms). */
  readonly #silentUntil = new Map<string, number>();
  /** Agents whose answer was exchanged; once each, for the link asks three times in all. */
  readonly #exchanged = new Set<string>();
  #waiting: Uint8Array | null = null;

  constructor(all: CtiAnswers, deliver: Deliver) {
    this.#all = all;
    this.#deliver = deliver;
  }

  /** The link sends. */
  sent(bytes: Uint8Array): void {
    for (const frame of this.#there.push(bytes)) {
      if (nameOf(frame) !== 'SET_AGENT_STATE_REQ') continue;
      const { kinds, random, world } = this.#all;
      if (!kinds.has('never') || !chance(random, 0.8)) continue;
      const { InvokeID, AgentID } = decode(frame, VERSION).fields;
      this.#never.add(Number(InvokeID));
      this.#silentUntil.set(String(AgentID), world.clock.monotonic() + SILENT_MS);
      this.#all.swallow(`request ${InvokeID} for ${AgentID}`);
    }
  }

  /** The CTI server sends. */
  received(bytes: Uint8Array): void {
    for (const frame of this.#back.push(bytes)) this.#frame(frame);
  }

  #frame(frame: Uint8Array): void {
    const name = nameOf(frame);
    if (name === 'AGENT_STATE_EVENT' && this.#isSilent(frame)) return;
    if (!name.endsWith('_CONF') || OF_THE_SESSION.has(name)) {
      this.#deliver(frame);
      return;
    }
    if (this.#never.delete(invokeIdOf(frame))) return;
    const { kinds, random, world } = this.#all;
    if (kinds.has('exchanged') && name === 'QUERY_AGENT_STATE_CONF') {
      this.#exchange(frame);
      return;
    }
    if (kinds.has('twice') && chance(random, 0.5)) this.#later(frame, between(random, 0, LATE_MAX_MS));
    if (kinds.has('late') && chance(random, 0.8)) {
      world.line(`${name} ${invokeIdOf(frame)} is late`);
      const leastMs = name === 'QUERY_AGENT_STATE_CONF' ? LATE_MAX_MS / 2 : 50;
      this.#later(frame, between(random, leastMs, LATE_MAX_MS));
    } else this.#deliver(frame);
  }

  #isSilent(frame: Uint8Array): boolean {
    if (this.#silentUntil.size === 0) return false;
    const agentId = String(decode(frame, VERSION).fields.AgentID);
    return this.#all.world.clock.monotonic() < (this.#silentUntil.get(agentId) ?? 0);
  }

  /** Each of two answers bears the InvokeID of the other. */
  #exchange(frame: Uint8Array): void {
    const agentId = String(decode(frame, VERSION).fields.AgentID);
    if (this.#exchanged.has(agentId)) {
      this.#deliver(frame);
      return;
    }
    this.#exchanged.add(agentId);
    const other = this.#waiting;
    if (other === null) {
      this.#waiting = frame;
      this.#all.world.clock.schedule(EXCHANGE_WITHIN_MS, () => {
        if (this.#waiting !== frame) return;
        this.#waiting = null;
        this.#deliver(frame);
      });
      return;
    }
    this.#waiting = null;
    this.#all.world.line(`answers ${invokeIdOf(other)} and ${invokeIdOf(frame)} are exchanged`);
    this.#deliver(withInvokeId(other, invokeIdOf(frame)));
    this.#deliver(withInvokeId(frame, invokeIdOf(other)));
  }

  #later(frame: Uint8Array, ms: number): void {
    const copy = frame.slice();
    this.#all.world.clock.schedule(ms, () => this.#deliver(copy));
  }
}

const view = (frame: Uint8Array): DataView => new DataView(frame.buffer, frame.byteOffset, frame.byteLength);

const nameOf = (frame: Uint8Array): string =>
  messageByType(view(frame).getUint32(MESSAGE_TYPE_AT))?.name ?? '';

/** The first field of every answer. */
const invokeIdOf = (frame: Uint8Array): number => view(frame).getUint32(INVOKE_ID_AT);

function withInvokeId(frame: Uint8Array, invokeId: number): Uint8Array {
  const copy = frame.slice();
  view(copy).setUint32(INVOKE_ID_AT, invokeId);
  return copy;
}
