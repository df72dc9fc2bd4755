/**
 * The connections of calls as the CTI server names them (ged188.md 8.1): requests copy call number, type and device
 * id verbatim. Those of ended calls are kept for a while, because call data can still be set during wrap-up.
 */
import { ConnectionDeviceIDType } from '@poise/ged188';

/** ConnectionCallID, ConnectionDeviceIDType and ConnectionDeviceID. */
export interface Connection {
  readonly callId: number;
  readonly deviceIdType: number;
  readonly deviceId: string;
}

/** Calls remembered; the ones not heard of for the longest time are forgotten first. */
export const CONNECTED_CALLS_MAX = 20_000;
/** Connections of one call. */
const CONNECTIONS_MAX = 64;

export class Connections {
  /** Call number → extension or number → connection. */
  readonly #calls = new Map<number, Map<string, Connection>>();

  /**
   * `extension` null: which device a dynamic id belongs to is not known. `listed`: from a list of parties, which
   * does not tell the type of the id and must not replace what an event told.
   */
  note(connection: Connection, extension: string | null, listed = false): void {
    const { callId, deviceId } = connection;
    const call = this.#calls.get(callId) ?? new Map<string, Connection>();
    this.#calls.delete(callId);
    this.#calls.set(callId, call);
    const key = extension ?? deviceId;
    if (listed && call.has(key)) return;
    if (call.size < CONNECTIONS_MAX || call.has(key)) call.set(key, connection);
    // The same id under its own name was noted before it was known whose it is.
    if (key !== deviceId && call.get(deviceId)?.deviceIdType === ConnectionDeviceIDType.DYNAMIC)
      call.delete(deviceId);
    if (this.#calls.size > CONNECTED_CALLS_MAX) this.#calls.delete(this.#calls.keys().next().value!);
  }

  /** Undefined: the call is not known. A device of a known call that had no event of its own has a static id. */
  find(callId: number, extension: string): Connection | undefined {
    const call = this.#calls.get(callId);
    if (call === undefined) return undefined;
    return (
      call.get(extension) ?? { callId, deviceIdType: ConnectionDeviceIDType.STATIC, deviceId: extension }
    );
  }

  /** The device that a connection id of a call was seen to belong to. */
  extensionOf(callId: number, deviceId: string): string | null {
    for (const [extension, connection] of this.#calls.get(callId) ?? [])
      if (connection.deviceId === deviceId && extension !== deviceId) return extension;
    return null;
  }

  get size(): number {
    return this.#calls.size;
  }
}
