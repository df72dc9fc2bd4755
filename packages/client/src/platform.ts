/** What the SDK needs of its surroundings, so that it runs in Node, in browsers and in tests alike. */

export interface ClientTimer {
  cancel(): void;
}

/** Time as an argument; a clock of `@poise/clock` fits. */
export interface ClientClock {
  /** Wall clock, ms since 1970. */
  now(): number;
  /** Ms with fraction since an arbitrary start, never set back; for measuring. */
  monotonic(): number;
  /** Calls `fn` once, `delayMs` from now, never synchronously. */
  schedule(delayMs: number, fn: () => void): ClientTimer;
}

export const platformClock: ClientClock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  schedule(delayMs, fn) {
    const timer = setTimeout(fn, delayMs);
    return { cancel: () => clearTimeout(timer) };
  },
};

/** The part of `fetch` that is used. */
export type FetchLike = (url: string, init: RequestInit) => Promise<Response>;

/** The part of a browser's WebSocket that is used; the `ws` package's class fits, too. */
export interface WebSocketLike {
  onopen: unknown;
  onmessage: unknown;
  onclose: unknown;
  onerror: unknown;
  send(data: string): void;
  close(code?: number, reason?: string): void;
}

export type WebSocketConstructor = new (url: string, protocols: string[]) => WebSocketLike;

/** A UUID, also on pages without a secure context, where `crypto.randomUUID` is missing. */
export function randomId(): string {
  if (typeof crypto.randomUUID === 'function') return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  // Version 4, variant 1 (RFC 9562 5.4).
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** Base64 of bytes, or of the UTF-8 form of a text, for HTTP Basic (RFC 7617) and SASL PLAIN (RFC 4616). */
export function base64(data: string | Uint8Array): string {
  let binary = '';
  for (const byte of typeof data === 'string' ? new TextEncoder().encode(data) : data)
    binary += String.fromCharCode(byte);
  return btoa(binary);
}
