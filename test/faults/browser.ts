/** A browser on a simulated machine: `fetch` and `WebSocket` over its lines to the nodes. */
import type { WebSocketConstructor } from '@poise/client';
import type { Lines } from './lines.ts';
import type { Network } from './network.ts';
import { webAt } from './node.ts';
import type { SimProcess } from './process.ts';
import type { Frame, HttpAnswer, Opening } from './web-server.ts';

export interface BrowserOptions {
  readonly network: Network;
  readonly process: SimProcess;
  readonly lines: Lines;
  /** Everything that the notification service sends, as the page reads it: one stanza or body each. */
  heard(xml: string, rid: string | undefined): void;
}

export type FetchLike = (url: string, init: RequestInit) => Promise<Response>;

export function browserFetch({ network, process, lines, heard }: BrowserOptions): FetchLike {
  return (url, init) =>
    new Promise<Response>((resolve, reject) => {
      const { signal } = init;
      const path = url.replace(/^https?:\/\/[^/]+/, '');
      const { hostname } = new URL(url);
      const wire = lines.to(hostname);
      const body = init.body as string | undefined;
      const refusal = wire.refuses?.(path);
      if (refusal !== undefined) {
        const { status } = refusal;
        process.clock.schedule(2 * wire.latencyMs, () => {
          if (status === undefined) reject(new TypeError('Failed to fetch'));
          else resolve(responseOf({ status, headers: {}, text: '' }));
        });
        return;
      }
      const end = network.connect(process, wire, webAt(hostname), {
        connected: () =>
          end.send({
            type: 'request',
            method: init.method ?? 'GET',
            path,
            headers: init.headers as Record<string, string>,
            body,
          } satisfies Opening),
        data: (data) => {
          const answer = data as HttpAnswer;
          if (path.startsWith('/http-bind/') && answer.status === 200)
            heard(answer.text, /\brid="(\d+)"/.exec(body ?? '')?.[1]);
          resolve(responseOf(answer));
          end.close();
        },
        closed: (error) => reject(new TypeError(`fetch failed: ${error || 'closed'}`)),
      });
      signal?.addEventListener('abort', () => {
        if (!end.open) return;
        end.reset();
        reject(new DOMException('This operation was aborted', 'AbortError'));
      });
    });
}

function responseOf({ status, headers, text }: HttpAnswer): Response {
  const response = {
    status,
    ok: status >= 200 && status < 300,
    statusText: '',
    headers: { get: (name: string) => headers[name.toLowerCase()] ?? null },
    text: async () => text,
  };
  return response as unknown as Response;
}

export function browserWebSocket({ network, process, lines, heard }: BrowserOptions): WebSocketConstructor {
  class SimWebSocket {
    onopen: unknown = null;
    onmessage: unknown = null;
    onclose: unknown = null;
    onerror: unknown = null;
    readonly #end: ReturnType<Network['connect']>;
    #asked = false;

    constructor(url: string) {
      const { hostname } = new URL(url);
      this.#end = network.connect(process, lines.to(hostname), webAt(hostname), {
        connected: () => {
          this.#asked = true;
          this.#end.send({ type: 'upgrade' } satisfies Opening);
          call(this.onopen, {});
        },
        data: (data) => this.#frame(data as Frame),
        closed: (error) => call(this.onclose, { code: error === '' ? 1005 : 1006 }),
      });
    }

    send(text: string): void {
      this.#end.send({ type: 'text', text } satisfies Frame);
    }

    close(): void {
      if (this.#asked) this.#end.send({ type: 'close' } satisfies Frame);
      this.#end.close();
    }

    #frame(frame: Frame): void {
      if (frame.type === 'text') {
        heard(frame.text, undefined);
        call(this.onmessage, { data: frame.text });
      } else if (frame.type === 'ping') this.#end.send({ type: 'pong' } satisfies Frame);
      else if (frame.type === 'close') {
        this.#end.close();
        call(this.onclose, { code: 1000 });
      }
    }
  }
  return SimWebSocket as unknown as WebSocketConstructor;
}

function call(listener: unknown, event: object): void {
  (listener as ((event: object) => void) | null)?.(event);
}
