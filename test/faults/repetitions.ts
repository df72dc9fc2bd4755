/**
 * No event twice, also for events that answer nobody: two Updates about one object that follow each other on a node and say the
 * same are a repetition. The second one may say the same where it is an answer: a request that changed nothing has its event, too.
 */
import type { SimNode } from './node.ts';

export class Repetitions {
  readonly #broken: (invariant: string, detail: string) => void;
  /** Of the process that publishes: a new one knows nothing of what was said before. */
  #node: unknown;
  /** What was said last, by node and object. */
  readonly #last = new Map<string, string>();

  constructor(broken: (invariant: string, detail: string) => void) {
    this.#broken = broken;
  }

  /**
   * A recovery of the link is over: everything is told anew, once. SystemInfo need not say so, because the server is out of service
   * as long as its notification service is down.
   */
  recovered(): void {
    this.#last.clear();
  }

  /** The notification service is about to publish. */
  published(node: SimNode | object, topic: string, payload: string): void {
    if (node !== this.#node) {
      this.#node = node;
      this.#last.clear();
    }
    const object = `${topic} ${/<source>([^<]*)</.exec(payload)?.[1]} ${/<(?:Dialog|dialog)>[\s\S]*?<id>(\w+)</.exec(payload)?.[1]}`;
    const text = payload.replace(/<requestId>[^<]*<\/requestId>|<requestId\/>/, '').replaceAll(/\s/g, '');
    const isAnswer = /<requestId>[^<]/.test(payload);
    if (this.#last.get(object) === text && !isAnswer)
      this.#broken('no event twice', `${topic} was told again without a request: ${text}`);
    this.#last.set(object, text);
  }
}
