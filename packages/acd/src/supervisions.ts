/** Which phones are being listened to: snapshots tell it, and no view of a call does. */
export class Supervisions {
  /** Monitor call → watched device. */
  readonly #targets = new Map<number, string>();
  /** Watched device → number of supervisors listening. */
  readonly #listeners = new Map<string, number>();

  /** A supervisor's call began to listen to a device. */
  begin(monitorCall: number, device: string): void {
    this.end(monitorCall);
    this.#targets.set(monitorCall, device);
    this.#listeners.set(device, (this.#listeners.get(device) ?? 0) + 1);
  }

  /** The supervisor's call is over, or became something else. */
  end(monitorCall: number): void {
    const device = this.#targets.get(monitorCall);
    if (device === undefined) return;
    this.#targets.delete(monitorCall);
    const left = (this.#listeners.get(device) ?? 1) - 1;
    if (left === 0) this.#listeners.delete(device);
    else this.#listeners.set(device, left);
  }

  /** The device that a monitor call listens to. */
  targetOf(monitorCall: number): string | undefined {
    return this.#targets.get(monitorCall);
  }

  isTarget(device: string): boolean {
    return this.#listeners.has(device);
  }
}
