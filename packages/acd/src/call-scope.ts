import type { DeviceName } from './calls/call-fact.ts';

/**
 * Which device knows of which call: from its BEGIN_CALL_EVENT to its END_CALL_EVENT, also after its connection is
 * gone (wrap-up). Keeps two promises of GED-188 whatever the model does: BEGIN is the first event of a call at a
 * device, END the last, and each comes once.
 */
export class CallScope {
  readonly #devicesOf = new Map<number, Map<string, DeviceName>>();
  readonly #callsAt = new Map<string, Set<number>>();

  has(callId: number, device: string): boolean {
    return this.#devicesOf.get(callId)?.has(device) === true;
  }

  /** The devices that know of a call, in the order in which they came to know. */
  devicesOf(callId: number): Iterable<DeviceName> {
    return this.#devicesOf.get(callId)?.values() ?? [];
  }

  /** Numbers of the calls that a device knows of. */
  callsAt(device: string): Iterable<number> {
    return this.#callsAt.get(device) ?? [];
  }

  /** @returns false if the device knew already */
  begin(callId: number, device: DeviceName): boolean {
    if (this.has(callId, device.id)) return false;
    const devices = this.#devicesOf.get(callId) ?? new Map<string, DeviceName>();
    this.#devicesOf.set(callId, devices.set(device.id, device));
    const calls = this.#callsAt.get(device.id) ?? new Set();
    this.#callsAt.set(device.id, calls.add(callId));
    return true;
  }

  /** @returns false if the device did not know */
  end(callId: number, device: string): boolean {
    const devices = this.#devicesOf.get(callId);
    if (devices?.delete(device) !== true) return false;
    if (devices.size === 0) this.#devicesOf.delete(callId);
    const calls = this.#callsAt.get(device);
    calls?.delete(callId);
    if (calls?.size === 0) this.#callsAt.delete(device);
    return true;
  }

  /** Pairs of call and device; 0 when no call is up. */
  get size(): number {
    let size = 0;
    for (const devices of this.#devicesOf.values()) size += devices.size;
    return size;
  }
}
