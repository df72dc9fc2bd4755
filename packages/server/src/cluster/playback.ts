/** Knows what has been heard before: messages that somebody recorded and plays back are genuine but for that. */

/** Messages may overtake each other within so many numbers of their sender; older ones are taken for heard. */
const WINDOW = 1_024;
/** Processes that are remembered; the one that spoke first is forgotten. */
const SENDERS_MAX = 1_000;

interface Sender {
  highest: number;
  /** Within the window. */
  readonly heard: Set<number>;
}

export class Playback {
  readonly #senders = new Map<string, Sender>();

  /**
   * @param number as in the envelope: grows with all that the process has sealed
   * @param said a number of that process which is known from elsewhere: what is heard of it for the first time is newer
   * @returns whether it is the first time that it is heard
   */
  isNew(instance: string, number: number, said = 0): boolean {
    let sender = this.#senders.get(instance);
    if (sender === undefined) {
      if (number <= said) return false;
      if (this.#senders.size >= SENDERS_MAX)
        this.#senders.delete(this.#senders.keys().next().value as string);
      sender = { highest: number, heard: new Set() };
      this.#senders.set(instance, sender);
    }
    const { heard } = sender;
    if (number <= sender.highest - WINDOW || heard.has(number)) return false;
    heard.add(number);
    sender.highest = Math.max(sender.highest, number);
    if (heard.size > 2 * WINDOW)
      for (const old of heard) if (old <= sender.highest - WINDOW) heard.delete(old);
    return true;
  }
}
