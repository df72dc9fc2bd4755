/** The calls that we know, by number and by the devices that take part. Bounded. */
import { type CallPicture, type Leg, legOf } from './call-picture.ts';
import { left } from './call-reducer.ts';

export interface CallLimits {
  readonly callsMax: number;
  /** Calls that are found by the address of one device. */
  readonly callsPerDeviceMax: number;
}

/** Who shows the calls to users. */
export interface CallKeeper {
  /** Some user sees the call: it may not be forgotten for want of room. */
  isSeen(id: string): boolean;
  /** A device was taken out of a call for want of room. */
  evicted(id: string): void;
}

export class Calls {
  readonly #limits: CallLimits;
  readonly #keeper: CallKeeper;
  /** In the order in which they became known. */
  readonly #calls = new Map<string, CallPicture>();
  /** Numbers of calls by address of a leg that stays, oldest first. */
  readonly #byAddress = new Map<string, Set<string>>();

  constructor(limits: CallLimits, keeper: CallKeeper) {
    this.#limits = limits;
    this.#keeper = keeper;
  }

  get(id: string): CallPicture | undefined {
    return this.#calls.get(id);
  }

  get size(): number {
    return this.#calls.size;
  }

  ids(): readonly string[] {
    return [...this.#calls.keys()];
  }

  /** Numbers of the calls at a device, oldest first; of a device without an agent the latest few. */
  idsAt(address: string): readonly string[] {
    const ids = this.#byAddress.get(address);
    return ids === undefined ? [] : [...ids];
  }

  /** The legs of a device in other calls than this. */
  otherLegs(address: string, id: string): ReadonlyArray<{ readonly call: CallPicture; readonly leg: Leg }> {
    return this.idsAt(address).flatMap((other) => {
      const call = other === id ? undefined : this.#calls.get(other);
      const leg = call === undefined ? undefined : legOf(call, address);
      return call === undefined || leg === undefined ? [] : [{ call, leg }];
    });
  }

  store(call: CallPicture): void {
    const before = this.#calls.get(call.id);
    if (before === call) return;
    this.#calls.set(call.id, call);
    this.#index(before, call);
    if (before === undefined && this.#calls.size > this.#limits.callsMax) this.#makeRoom(call.id);
  }

  forget(call: CallPicture): void {
    this.#index(this.#calls.get(call.id), undefined);
    this.#calls.delete(call.id);
  }

  #index(before: CallPicture | undefined, after: CallPicture | undefined): void {
    for (const { mediaAddress } of before?.legs ?? []) {
      const now = after === undefined ? undefined : legOf(after, mediaAddress);
      if (now === undefined || !stays(now)) this.#remove(mediaAddress, before!.id);
    }
    for (const leg of after?.legs ?? []) if (stays(leg)) this.#add(leg.mediaAddress, after!.id);
  }

  #add(address: string, id: string): void {
    const ids = this.#byAddress.get(address);
    if (ids === undefined) {
      this.#byAddress.set(address, new Set([id]));
      return;
    }
    if (ids.has(id)) return;
    ids.add(id);
    if (ids.size > this.#limits.callsPerDeviceMax) this.#makeRoomAt(address, ids);
  }

  #remove(address: string, id: string): void {
    const ids = this.#byAddress.get(address);
    ids?.delete(id);
    if (ids?.size === 0) this.#byAddress.delete(address);
  }

  /**
   * An agent's phone with that many calls has lost the end of its oldest one. Outside numbers may be in any number of
   * calls (a switchboard, a withheld number): there the oldest is only not found by its address any more.
   */
  #makeRoomAt(address: string, ids: Set<string>): void {
    const [oldest] = ids;
    ids.delete(oldest!);
    const call = this.#calls.get(oldest!);
    if (call === undefined || legOf(call, address)?.agentId == null) return;
    this.#calls.set(call.id, left(call, address, null));
    this.#keeper.evicted(call.id);
  }

  #makeRoom(newest: string): void {
    for (const [id, call] of this.#calls) {
      if (id === newest || this.#keeper.isSeen(id)) continue;
      this.forget(call);
      return;
    }
  }
}

/** The device still has to do with the call. */
export const stays = (leg: Leg): boolean => leg.state !== 'DROPPED' || leg.shown === 'settling';

/** Nobody has to do with the call any more. */
export const isOver = (call: CallPicture): boolean =>
  call.legs.length === 0 ? call.open.size === 0 : !call.legs.some(stays);
