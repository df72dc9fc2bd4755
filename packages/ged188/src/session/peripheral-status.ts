import { PGStatus, SystemEventID } from '../enums/session.ts';
import type { MessageOf } from '../message-table.ts';

/** Gateway or peripheral down: agents and calls cannot be controlled. CC_DOWN alone leaves that possible. */
const OUT_OF_SERVICE = PGStatus.OPC_DOWN | PGStatus.PERIPHERAL_OFFLINE;

/** What the server says about itself and the peripherals behind it: OPEN_CONF, then SYSTEM_EVENT. */
export class PeripheralStatus {
  #pgStatus = 0;
  #onlineAtOpen = false;
  readonly #online = new Map<number, boolean>();

  /** Bits of PGStatus; 0: fully operational. */
  get pgStatus(): number {
    return this.#pgStatus;
  }

  /** Peripherals by PeripheralID, as far as SYSTEM_EVENTs named them. */
  get peripherals(): ReadonlyMap<number, boolean> {
    return this.#online;
  }

  opened(conf: MessageOf<'OPEN_CONF'>): void {
    this.#online.clear();
    this.#pgStatus = conf.fields.PGStatus ?? 0;
    this.#onlineAtOpen = Boolean(conf.fields.PeripheralOnline);
  }

  /** Takes in a SYSTEM_EVENT; true when it changed anything. */
  changed({ fields }: MessageOf<'SYSTEM_EVENT'>): boolean {
    const before = this.#pgStatus;
    this.#pgStatus = fields.PGStatus ?? before;
    const id = fields.SystemEventArg1 ?? 0;
    const known = this.#online.get(id);
    if (fields.SystemEventID === SystemEventID.PERIPHERAL_ONLINE) this.#online.set(id, true);
    if (fields.SystemEventID === SystemEventID.PERIPHERAL_OFFLINE) this.#online.set(id, false);
    return before !== this.#pgStatus || known !== this.#online.get(id);
  }

  /**
   * True while agents and calls of a peripheral can be controlled; without an id: of any peripheral.
   * A controller that is out of reach (CC_DOWN) stops routing only, so it does not count.
   */
  inService(peripheralId?: number): boolean {
    if ((this.#pgStatus & OUT_OF_SERVICE) !== 0) return false;
    if (peripheralId !== undefined) return this.#online.get(peripheralId) ?? this.#onlineAtOpen;
    return this.#online.size === 0 ? this.#onlineAtOpen : [...this.#online.values()].includes(true);
  }
}
