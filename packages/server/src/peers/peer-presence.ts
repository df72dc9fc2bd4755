/**
 * Asks the other node whether a user works there (notification-service.md 6.5: an agent who moved is not signed
 * out by the node that he left).
 */
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import type { Clock } from '@poise/clock';
import { ANSWER_HEADER, isAnswer, newNonce, questionToken } from './peer-token.ts';

/** What is known of a user at the other node. */
export type PresenceElsewhere =
  | 'present'
  /** Not there; or no server runs there. */
  | 'absent'
  /** A server is there, or may be, and does not say: no common secret, no answer. */
  | 'unknown';

export interface PeerPresenceOptions {
  /** Setting `node.secret`; empty: only whether a server runs there is found out. */
  readonly secret: string;
  /** Hosts of the pair as SystemInfo names them, the own one among them. */
  readonly hosts: readonly string[];
  /** `ports.https`, the same at every node. */
  readonly port: number;
  /** Of this process: an answer with it is our own. */
  readonly instance: string;
  readonly clock: Clock;
  /** An answer that takes longer is none. */
  readonly timeoutMs?: number;
  readonly onProblem: (text: string) => void;
}

const TIMEOUT_MS = 3_000;
const ANSWER_BYTES_MAX = 1_024;
/** Problems of a host are told once in this time, ms. */
const QUIET_MS = 60_000;

/**
 * Questions to one host at a time. Each needs a connection of its own; after a failover of a whole node 2,000 are due in one
 * millisecond, and all at once they would keep both nodes busy until none is answered in time.
 */
export const QUESTIONS_AT_ONCE = 8;

type Answer = PresenceElsewhere | 'self';

/** The questions to one host. */
interface Turns {
  running: number;
  /** Told whether their turn has come; or that nobody answers there. */
  readonly waiting: ((isTheirTurn: boolean) => void)[];
  /** In a row. */
  unanswered: number;
}

export class PeerPresence {
  readonly #options: PeerPresenceOptions;
  readonly #toldAt = new Map<string, number>();
  readonly #turns = new Map<string, Turns>();

  constructor(options: PeerPresenceOptions) {
    this.#options = options;
  }

  /**
   * Never rejects; takes {@link PeerPresenceOptions.timeoutMs} at most from its turn on. Who waits for his turn while as many
   * as may be asked at once get no answer in a row gets none either.
   * @param hosts default: those of the pair
   */
  async presenceElsewhere(
    loginId: string,
    hosts: readonly string[] = this.#options.hosts,
  ): Promise<PresenceElsewhere> {
    const answers = await Promise.all([...new Set(hosts)].map((host) => this.#askInTurn(host, loginId)));
    if (answers.includes('present')) return 'present';
    return answers.includes('unknown') ? 'unknown' : 'absent';
  }

  async #askInTurn(host: string, loginId: string): Promise<Answer> {
    const turns = this.#turnsOf(host);
    if (turns.running >= QUESTIONS_AT_ONCE) {
      const isOurTurn = await new Promise<boolean>((told) => turns.waiting.push(told));
      if (!isOurTurn) return 'unknown';
    } else turns.running += 1;
    const answer = await this.#ask(host, loginId);
    turns.unanswered = answer === 'unknown' ? turns.unanswered + 1 : 0;
    if (turns.unanswered >= QUESTIONS_AT_ONCE) for (const told of turns.waiting.splice(0)) told(false);
    const next = turns.waiting.shift();
    // Whoever follows takes over the place.
    if (next === undefined) turns.running -= 1;
    else next(true);
    return answer;
  }

  #turnsOf(host: string): Turns {
    let turns = this.#turns.get(host);
    if (turns === undefined) {
      turns = { running: 0, waiting: [], unanswered: 0 };
      this.#turns.set(host, turns);
    }
    return turns;
  }

  #ask(host: string, loginId: string): Promise<Answer> {
    const { secret, port, timeoutMs = TIMEOUT_MS } = this.#options;
    const path = `/poise/api/peer/presence/${encodeURIComponent(loginId)}`;
    const nonce = newNonce();
    return new Promise((resolve) => {
      const failed = (why: string) => {
        this.#tell(host, `Node ${host} could not be asked whether ${loginId} is there: ${why}.`);
        resolve('unknown');
      };
      const asked = request(
        {
          host,
          port,
          path,
          headers: secret === '' ? {} : { authorization: questionToken(secret, nonce, path) },
          // The MACs say who speaks: nodes may each have a certificate of their own making.
          rejectUnauthorized: false,
          agent: false,
          signal: AbortSignal.timeout(timeoutMs),
        },
        (answer) => {
          let text = '';
          answer.setEncoding('utf8');
          answer.on('data', (chunk: string) => {
            text += chunk;
            if (text.length > ANSWER_BYTES_MAX) asked.destroy(new Error('its answer is too long'));
          });
          answer.on('error', () => {});
          answer.on('end', () => {
            const read = this.#read(answer, nonce, text);
            if (read === undefined)
              failed(`its answer (status ${answer.statusCode}) is not that of a node with our secret`);
            else resolve(read);
          });
        },
      );
      asked.on('error', (error: NodeJS.ErrnoException) => {
        if (error.code === 'ECONNREFUSED') resolve('absent');
        else failed(error.message);
      });
      asked.end();
    });
  }

  #read({ statusCode, headers }: IncomingMessage, nonce: string, text: string): Answer | undefined {
    const { secret, instance } = this.#options;
    const told = contentOf(text);
    // Only the own process knows it: whoever else repeats it gains nothing but to be left out.
    if (told.instance === instance) return 'self';
    if (secret === '') return 'unknown';
    if (statusCode !== 200 || !isAnswer(secret, nonce, text, headers[ANSWER_HEADER])) return undefined;
    return told.present === true ? 'present' : 'absent';
  }

  #tell(host: string, text: string): void {
    const now = this.#options.clock.monotonic();
    if (now - (this.#toldAt.get(host) ?? Number.NEGATIVE_INFINITY) < QUIET_MS) return;
    this.#toldAt.set(host, now);
    this.#options.onProblem(text);
  }
}

function contentOf(text: string): { readonly present?: unknown; readonly instance?: unknown } {
  try {
    const content: unknown = JSON.parse(text);
    return typeof content === 'object' && content !== null ? content : {};
  } catch {
    return {};
  }
}
