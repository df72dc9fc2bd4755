/**
 * Asks the other node whether a user works there (notification-service.md 6.5: an agent who moved is not signed
 * out by the node that he left).
 */
import { request } from 'node:https';
import { rootCertificates } from 'node:tls';
import { peerToken } from './peer-token.ts';

/** What is known of a user at the other node. */
export type PresenceElsewhere =
  | 'present'
  | 'absent'
  /** Nobody could be asked: no pair, no secret, or no answer. */
  | 'unknown';

export interface PeerPresenceOptions {
  /** Setting `node.secret`; empty: nobody is asked. */
  readonly secret: string;
  /** Hosts of the pair as SystemInfo names them. The own one may be among them: it answers as it would any. */
  readonly hosts: readonly string[];
  /** `ports.https`, the same at every node. */
  readonly port: number;
  /** Own certificate chain (PEM): what signed it is trusted, too. */
  readonly trusted: () => string;
  /** An answer that takes longer is none. */
  readonly timeoutMs?: number;
  readonly onProblem: (text: string) => void;
}

const TIMEOUT_MS = 3_000;
const ANSWER_BYTES_MAX = 1_024;

export class PeerPresence {
  readonly #options: PeerPresenceOptions;

  constructor(options: PeerPresenceOptions) {
    this.#options = options;
  }

  /** Never rejects; takes {@link PeerPresenceOptions.timeoutMs} at most. */
  async presenceElsewhere(loginId: string): Promise<PresenceElsewhere> {
    const { hosts, secret } = this.#options;
    if (secret === '') return 'unknown';
    const answers = await Promise.all(hosts.map((host) => this.#ask(host, loginId)));
    if (answers.includes('present')) return 'present';
    return answers.includes('absent') && !answers.includes('unknown') ? 'absent' : 'unknown';
  }

  #ask(host: string, loginId: string): Promise<PresenceElsewhere> {
    const { secret, port, trusted, timeoutMs = TIMEOUT_MS, onProblem } = this.#options;
    const path = `/poise/api/peer/presence/${encodeURIComponent(loginId)}`;
    return new Promise((resolve) => {
      const failed = (why: string) => {
        onProblem(`Node ${host} could not be asked whether ${loginId} is there: ${why}.`);
        resolve('unknown');
      };
      const asked = request(
        {
          host,
          port,
          path,
          headers: { authorization: peerToken(secret, path) },
          ca: [...rootCertificates, trusted()],
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
            const present = answer.statusCode === 200 ? presentOf(text) : undefined;
            if (present === undefined) failed(`status ${answer.statusCode}`);
            else resolve(present ? 'present' : 'absent');
          });
        },
      );
      asked.on('error', (error) => failed(error.message));
      asked.end();
    });
  }
}

function presentOf(text: string): boolean | undefined {
  try {
    const { present } = JSON.parse(text) as { present?: unknown };
    return typeof present === 'boolean' ? present : undefined;
  } catch {
    return undefined;
  }
}
