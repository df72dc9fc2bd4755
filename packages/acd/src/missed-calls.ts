import type { Clock } from '@poise/clock';
import { type CtiMessage, NONE_UINT, ServiceMask, wantsEvent } from '@poise/ged188';
import { type CtiClient, hasService } from './client.ts';

/**
 * Calls that began and ended while a bridge was away. No query of GED-188 tells of them: a snapshot shows what is up,
 * and events of a gap are never repeated (ged188.md 4.2). So their events are kept, and when the same client (ClientID
 * and ClientSignature) opens again, it gets them first: to any client they look like short calls. A client that was
 * never here gets nothing, and calls that are still up are left to its snapshots.
 */

export interface MissedCallsLimits {
  /** How long a client may be away, ms. */
  readonly keepMs: number;
  /** Clients that are waited for; the one that left first is given up. */
  readonly clientsMax: number;
  /** Calls kept; the oldest are dropped. */
  readonly callsMax: number;
  /** Messages kept of one call; a call with more is dropped. */
  readonly messagesMax: number;
}

export const MISSED_CALLS_LIMITS: MissedCallsLimits = {
  keepMs: 600_000,
  clientsMax: 16,
  callsMax: 4_000,
  messagesMax: 64,
};

interface Kept {
  readonly sequence: number;
  readonly message: CtiMessage;
  /** Another call that the message names; null: none. */
  readonly with: number | null;
}

interface MissedCall {
  /** Sequence of its first message. */
  readonly since: number;
  readonly messages: Kept[];
  /** Devices between BEGIN_CALL_EVENT and END_CALL_EVENT. */
  readonly open: Set<string>;
}

interface Absence {
  /** Sequence of the last message before. */
  readonly since: number;
  /** Monotonic ms. */
  readonly until: number;
}

export class MissedCalls {
  readonly #clock: Clock;
  readonly #limits: MissedCallsLimits;
  /** By client, the one that left first comes first. */
  readonly #away = new Map<string, Absence>();
  /** In the order in which they began. */
  readonly #calls = new Map<number, MissedCall>();
  #sequence = 0;

  constructor(clock: Clock, limits: Partial<MissedCallsLimits> = {}) {
    this.#clock = clock;
    this.#limits = { ...MISSED_CALLS_LIMITS, ...limits };
  }

  /** Calls kept. */
  get size(): number {
    return this.#calls.size;
  }

  /** A session ended, however that came. */
  left(client: CtiClient): void {
    if (!hasService(client, ServiceMask.ALL_EVENTS)) return;
    const { keepMs, clientsMax } = this.#limits;
    const key = identity(client);
    this.#away.delete(key);
    this.#away.set(key, { since: this.#sequence, until: this.#clock.monotonic() + keepMs });
    if (this.#away.size > clientsMax) this.#away.delete(this.#away.keys().next().value!);
    this.#tidy();
  }

  /** A session opened: what it missed, in order. The messages are its alone, nobody else gets them. */
  returned(client: CtiClient): readonly CtiMessage[] {
    this.#tidy();
    const absence = this.#away.get(identity(client));
    if (absence === undefined || !hasService(client, ServiceMask.ALL_EVENTS)) return [];
    this.#away.delete(identity(client));
    const missed = new Set<number>();
    for (const [id, { since, open }] of this.#calls)
      if (since > absence.since && open.size === 0) missed.add(id);
    const kept = [...missed].flatMap((id) => this.#calls.get(id)!.messages);
    // A merger with a call that goes on, or that the client knows, is not repeated: snapshots show what came of it.
    const messages = kept
      .filter((entry) => entry.with === null || missed.has(entry.with))
      .sort((a, b) => a.sequence - b.sequence)
      .map(({ message }) => message)
      .filter((message) => wantsEvent(client, message));
    this.#tidy();
    return messages;
  }

  /** A message of a call as bridges get it. Costs nothing while nobody is away. */
  heard(message: CtiMessage): void {
    if (this.#away.size === 0) return;
    const id = callIdOf(message);
    if (id === null) return;
    this.#sequence += 1;
    const known = this.#calls.get(id);
    if (known === undefined && message.name !== 'BEGIN_CALL_EVENT') return;
    const call = known ?? { since: this.#sequence, messages: [], open: new Set<string>() };
    if (known === undefined) this.#add(id, call);
    this.#follow(call, message);
    call.messages.push({ sequence: this.#sequence, message, with: otherCallOf(message, id) });
    if (call.messages.length > this.#limits.messagesMax) this.#calls.delete(id);
  }

  #add(id: number, call: MissedCall): void {
    this.#calls.set(id, call);
    if (this.#calls.size % TIDY_EVERY === 0) this.#tidy();
    if (this.#calls.size > this.#limits.callsMax) this.#calls.delete(this.#calls.keys().next().value!);
  }

  /** Which devices are still in the scope of the call. */
  #follow(call: MissedCall, { name, fields }: CtiMessage): void {
    const device = String(fields.ConnectionDeviceID);
    if (name === 'BEGIN_CALL_EVENT') call.open.add(device);
    if (name === 'END_CALL_EVENT') call.open.delete(device);
    const renamed = fields.NewConnectionCallID;
    if (name !== 'CALL_DATA_UPDATE_EVENT' || typeof renamed !== 'number') return;
    if (renamed === NONE_UINT || renamed === fields.ConnectionCallID) return;
    call.open.delete(device);
    this.#calls.get(renamed)?.open.add(device);
  }

  /** Forgets clients that are away for too long, and calls that nobody missed. */
  #tidy(): void {
    const now = this.#clock.monotonic();
    for (const [key, { until }] of this.#away) if (until <= now) this.#away.delete(key);
    const oldest = Math.min(...[...this.#away.values()].map(({ since }) => since));
    for (const [id, { since }] of this.#calls) {
      if (since > oldest) break;
      this.#calls.delete(id);
    }
  }
}

/** New calls between two looks for what may be forgotten. */
const TIDY_EVERY = 256;

/** The same client, as two OPEN_REQs of one client are (ged188.md 3.2). */
const identity = ({ clientId, clientSignature }: CtiClient): string =>
  JSON.stringify([clientId, clientSignature]);

/** The call that a message belongs to; null: none, or not one of calls. */
function callIdOf({ fields }: CtiMessage): number | null {
  const id = fields.ConnectionCallID ?? fields.PrimaryCallID;
  return typeof id === 'number' && id !== NONE_UINT ? id : null;
}

function otherCallOf({ fields }: CtiMessage, own: number): number | null {
  for (const id of [fields.SecondaryCallID, fields.NewConnectionCallID])
    if (typeof id === 'number' && id !== NONE_UINT && id !== own) return id;
  return null;
}
