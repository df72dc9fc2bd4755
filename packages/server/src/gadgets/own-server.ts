/**
 * Requests of gadgets to this very server (gadgets.md H10): over HTTP at an own listener, so that they are admitted, answered and
 * logged like any other. Only what gadgets have to do with: REST, the files of the desktop and those of gadgets.
 */
import { X509Certificate } from 'node:crypto';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import type { Clock } from '@poise/clock';
import { phrase } from '../messages/catalogue.ts';
import { GadgetError } from './gadget-error.ts';
import type { FetchRequest } from './guarded-fetcher.ts';
import { headerValue } from './headers.ts';
import { type Answer, exchange } from './http-exchange.ts';
import type { OwnTarget } from './target.ts';

/** An open listener of this server. */
export interface OwnListener {
  readonly protocol: 'http:' | 'https:';
  /** Address it is bound to. */
  readonly host: string;
  readonly port: number;
}

export interface OwnServerOptions {
  readonly clock: Clock;
  /** The one to use, clear before TLS; undefined while none is open. */
  readonly listener: () => OwnListener | undefined;
  /** Certificate in use (PEM): the listener must present this one and no other. */
  readonly certificate: () => string | undefined;
  readonly limits: OwnLimits;
}

export interface OwnLimits {
  readonly connectMs: number;
  readonly totalMs: number;
  readonly bodyBytesMax: number;
  /** At once; further ones are refused. */
  readonly concurrentMax: number;
}

/** A list of all users is some MiB; the slowest answer is a question to the CTI server. */
export const OWN_LIMITS: OwnLimits = {
  connectMs: 5_000,
  totalMs: 30_000,
  bodyBytesMax: 16 * 1024 * 1024,
  concurrentMax: 512,
};

const CONNECTIONS_MAX = 256;
const ALLOWED = ['/finesse/api/', '/desktop/', '/3rdpartygadget/files/'];
/** Hands out tokens to windows of browsers. */
const REFUSED = ['/desktop/sso/'];

/**
 * Whether a gadget may ask for this path, as the reader of URLs has normalised it. An escaped slash or dot could still be
 * unescaped by somebody on the way.
 */
export function isForGadgets(path: string): boolean {
  if (/%(?:2f|5c|2e|25|[01][0-9a-f]|7f)|\/\/|\/\.\.?;/i.test(path)) return false;
  const whole = `${path}/`;
  return (
    ALLOWED.some((prefix) => whole.startsWith(prefix)) && !REFUSED.some((prefix) => whole.startsWith(prefix))
  );
}

export class OwnServer {
  readonly #options: OwnServerOptions;
  readonly #http = new HttpAgent({ keepAlive: true, maxSockets: CONNECTIONS_MAX });
  readonly #https: HttpsAgent;
  #underWay = 0;

  constructor(options: OwnServerOptions) {
    this.#options = options;
    this.#https = new OwnAgent(options.certificate);
  }

  /** @throws GadgetError 403 for other paths, 502 and 504 as {@link exchange}, 503 when too many are under way */
  async fetch({ path, search }: OwnTarget, host: string, request: FetchRequest): Promise<Answer> {
    if (!isForGadgets(path))
      throw new GadgetError(403, phrase('gadget.notAllowed'), `${path} is not for gadgets`);
    const { clock, limits } = this.#options;
    const listener = this.#options.listener();
    if (listener === undefined) throw new GadgetError(503, phrase('gadget.busy'), 'no listener is open');
    if (this.#underWay >= limits.concurrentMax)
      throw new GadgetError(503, phrase('gadget.busy'), `${limits.concurrentMax} requests are under way`);
    this.#underWay++;
    try {
      return await exchange(
        clock,
        {
          protocol: listener.protocol,
          host: connectable(listener.host),
          port: listener.port,
          path: path + search,
          method: request.method,
          headers: headerArray(host, request),
          agent: listener.protocol === 'http:' ? this.#http : this.#https,
        },
        request.body,
        limits,
      );
    } finally {
      this.#underWay--;
    }
  }

  close(): void {
    this.#http.destroy();
    this.#https.destroy();
  }
}

/** Its certificate may be made for other names, by an authority that nobody knows: it is compared as a whole. */
class OwnAgent extends HttpsAgent {
  readonly #certificate: () => string | undefined;

  constructor(certificate: () => string | undefined) {
    super({ keepAlive: true, maxSockets: CONNECTIONS_MAX, rejectUnauthorized: false });
    this.#certificate = certificate;
  }

  override createConnection(...args: Parameters<HttpsAgent['createConnection']>): Duplex | null | undefined {
    const socket = super.createConnection(...args) as TLSSocket;
    socket.prependOnceListener('secureConnect', () => {
      const expected = this.#certificate();
      const presented = socket.getPeerX509Certificate()?.fingerprint256;
      if (expected === undefined || presented !== new X509Certificate(expected).fingerprint256)
        socket.destroy(new Error('the listener does not present our certificate'));
    });
    return socket;
  }
}

/** Where to connect for a listener that is bound to every address. */
const connectable = (host: string): string =>
  host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;

function headerArray(host: string, request: FetchRequest): string[] {
  const lines = ['Host', host, 'Accept-Encoding', 'identity'];
  if (request.forwardedFor !== undefined) lines.push('X-Forwarded-For', request.forwardedFor);
  if (request.body !== undefined) lines.push('Content-Length', String(request.body.length));
  if (headerValue(request.headers, 'user-agent') === undefined) lines.push('User-Agent', 'Poise gadget');
  for (const [name, value] of request.headers) lines.push(name, value);
  return lines;
}
