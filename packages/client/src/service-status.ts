import { qualifies } from './node-address.ts';
import type { SystemInfo } from './objects/system-info.ts';

/** What a connected client knows of the service: SystemInfo and the presence of `finesse` (notification-service.md 7.1). */
export class ServiceStatus {
  #inService = true;
  #isPresent = false;
  /** Grows with each event and presence: an answer that was asked for before is old. */
  #news = 0;

  get isUsable(): boolean {
    return this.#inService && this.#isPresent;
  }

  get isPresent(): boolean {
    return this.#isPresent;
  }

  /** A connection begins. */
  begin(): void {
    this.#inService = true;
    this.#isPresent = false;
  }

  /** An event of SystemInfo. */
  eventSays(status: string): void {
    this.#news++;
    this.#inService = status !== 'OUT_OF_SERVICE';
  }

  /** The presence of `finesse`. @returns whether it changed */
  presenceSays(isPresent: boolean): boolean {
    this.#news++;
    const isNew = this.#isPresent !== isPresent;
    this.#isPresent = isPresent;
    return isNew;
  }

  /** A question to SystemInfo begins: the function takes its answer, unless an event or a presence overtook it. */
  question(): (info: SystemInfo) => void {
    const news = this.#news;
    return (info) => {
      if (news === this.#news) this.#inService = qualifies(info);
    };
  }
}
