import type { Clock } from '@poise/clock';
import { type CtiMessage, PGStatus, ServiceMask, SystemEventID } from '@poise/ged188';
import { hasService } from './client.ts';
import type { Dialect } from './dialect.ts';
import type { EventRouter } from './event-router.ts';

/** The state of the peripheral and of its phones, as bridges are told by SYSTEM_EVENT. */
export class Peripheral {
  readonly #dialect: Dialect;
  readonly #clock: Clock;
  readonly #router: EventRouter;
  #online = true;

  constructor(dialect: Dialect, clock: Clock, router: EventRouter) {
    this.#dialect = dialect;
    this.#clock = clock;
    this.#router = router;
  }

  get online(): boolean {
    return this.#online;
  }

  /** PGStatus. */
  get status(): number {
    return this.#online ? 0 : PGStatus.PERIPHERAL_OFFLINE;
  }

  setOnline(online: boolean): void {
    if (online === this.#online) return;
    this.#online = online;
    this.#tell(online ? SystemEventID.PERIPHERAL_ONLINE : SystemEventID.PERIPHERAL_OFFLINE);
  }

  instrumentService(instrument: string, inService: boolean): void {
    const id = inService ? SystemEventID.INSTRUMENT_BACK_IN_SERVICE : SystemEventID.INSTRUMENT_OUT_OF_SERVICE;
    this.#tell(id, instrument);
  }

  #tell(id: number, text?: string): void {
    const event: CtiMessage = {
      name: 'SYSTEM_EVENT',
      fields: {
        PGStatus: this.status,
        ICMCentralControllerTime: Math.floor(this.#clock.now() / 1000),
        SystemEventID: id,
        SystemEventArg1: this.#dialect.peripheralId,
        SystemEventArg2: 0,
        SystemEventArg3: 0,
        EventDeviceType: 0xffff,
        Text: text,
      },
    };
    this.#router.broadcast(event, (client) => hasService(client, ServiceMask.ALL_EVENTS));
  }
}
