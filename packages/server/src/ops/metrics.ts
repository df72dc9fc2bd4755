/**
 * `GET /metrics` for Prometheus, on a server of its own that listens on loopback alone: figures are for the
 * operator's collector on this machine, not for whoever reaches the desktop.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Part, PartHealth, PartState } from '../parts/part.ts';
import { collect } from './figures.ts';
import { isLocalName } from './health.ts';
import type { Leaving } from './leaving.ts';
import { NodeFigures } from './process-figures.ts';
import { EXPOSITION_TYPE, exposition } from './prometheus.ts';

const HOST = '127.0.0.1';

/** Connections at once; more are closed. A collector needs one. */
export const METRICS_CONNECTIONS_MAX = 16;
/** Time for a whole request, ms. */
const REQUEST_TIMEOUT_MS = 10_000;
/** Request line and headers together, bytes; more is answered 431. */
const HEADER_BYTES_MAX = 8 * 1024;
/** Characters of what tells a program apart. */
const READER_MAX = 256;

export interface MetricsOptions {
  /** 0: any free one. */
  readonly port: number;
  readonly parts: () => Iterable<Part>;
  readonly leaving: Pick<Leaving, 'now' | 'read'>;
}

export class Metrics implements Part {
  readonly name = 'metrics';
  readonly #options: MetricsOptions;
  readonly #figures = new NodeFigures();
  #server: Server | undefined;
  #state: PartState = 'stopped';
  #reason = '';

  constructor(options: MetricsOptions) {
    this.#options = options;
  }

  /** The port in use, 0 while closed. */
  get port(): number {
    return (this.#server?.address() as AddressInfo | null | undefined)?.port ?? 0;
  }

  async start(): Promise<void> {
    if (this.#server !== undefined) return;
    this.#state = 'starting';
    const server = createServer(
      {
        maxHeaderSize: HEADER_BYTES_MAX,
        requestTimeout: REQUEST_TIMEOUT_MS,
        headersTimeout: REQUEST_TIMEOUT_MS,
      },
      (req, res) => this.#answer(req, res),
    );
    server.maxConnections = METRICS_CONNECTIONS_MAX;
    try {
      await listen(server, this.#options.port);
    } catch (error) {
      this.#state = 'failed';
      this.#reason = openFailure(error as NodeJS.ErrnoException, this.#options.port);
      throw new Error(this.#reason, { cause: error });
    }
    this.#server = server;
    this.#figures.start();
    this.#state = 'running';
  }

  async stop(): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    this.#server = undefined;
    this.#figures.stop();
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeAllConnections();
    await closed;
    this.#state = 'stopped';
  }

  health(): PartHealth {
    if (this.#state === 'running') return { state: 'running', ready: true, detail: { port: this.port } };
    return { state: this.#state, ready: false, reason: this.#reason || `The metrics are ${this.#state}.` };
  }

  #answer(req: IncomingMessage, res: ServerResponse): void {
    const refused = refusal(req);
    if (refused === null) {
      const { parts, leaving } = this.#options;
      const said = leaving.now;
      if (req.method === 'GET') res.once('finish', () => leaving.read(said, readerOf(req)));
      say(res, 200, exposition(collect(parts(), this.#figures, said)), EXPOSITION_TYPE);
    } else {
      if (refused.status === 405) res.setHeader('Allow', 'GET, HEAD');
      say(res, refused.status, `${refused.text}\n`);
    }
  }
}

/** What tells the programs apart that ask: all of them come from this machine, if only by way of a proxy. */
const readerOf = ({ headers }: IncomingMessage): string =>
  `${headers['user-agent'] ?? ''} ${String(headers['x-forwarded-for'] ?? '')}`.slice(0, READER_MAX);

function refusal({ headers, method, url }: IncomingMessage): { status: number; text: string } | null {
  // A page whose host name was pointed at 127.0.0.1 is none of us.
  if (!isLocalName(headers.host)) return { status: 403, text: 'Only programs on this machine may ask.' };
  if (url?.split('?')[0] !== '/metrics') return { status: 404, text: 'The figures are at /metrics.' };
  if (method !== 'GET' && method !== 'HEAD') return { status: 405, text: 'The figures can only be read.' };
  return null;
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: HOST, port }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function say(res: ServerResponse, status: number, text: string, type = 'text/plain; charset=utf-8'): void {
  res.writeHead(status, {
    'Content-Type': type,
    'Content-Length': Buffer.byteLength(text),
    'Cache-Control': 'no-store',
  });
  res.end(res.req.method === 'HEAD' ? undefined : text);
}

function openFailure(error: NodeJS.ErrnoException, port: number): string {
  if (error.code === 'EADDRINUSE') {
    return `Port ${port} on ${HOST} is used by another program. Stop that program, choose another port with the setting ports.metrics or ports.offset, or switch the metrics off with ports.metrics=off.`;
  }
  return `Cannot listen on ${HOST}:${port} (ports.metrics): ${error.message}.`;
}
