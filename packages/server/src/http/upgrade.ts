/** Requests that offer another protocol than WebSocket are served as if they had not. */
import type { IncomingMessage } from 'node:http';

const DROPPED = new Set(['upgrade', 'http2-settings']);

/**
 * The head of a request as bytes again, without its offer to change the protocol, so that the same
 * connection can be parsed once more. Header lines keep their order and spelling.
 */
export function withoutUpgrade(req: IncomingMessage): Buffer {
  const lines = [`${req.method} ${req.url} HTTP/${req.httpVersion}`];
  const raw = req.rawHeaders;
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = raw[i] as string;
    const value = raw[i + 1] as string;
    const key = name.toLowerCase();
    if (DROPPED.has(key)) continue;
    if (key === 'connection') {
      const options = value.split(',').map((option) => option.trim());
      const kept = options.filter((option) => option !== '' && !DROPPED.has(option.toLowerCase()));
      if (kept.length > 0) lines.push(`${name}: ${kept.join(', ')}`);
      continue;
    }
    lines.push(`${name}: ${value}`);
  }
  // Node reads header bytes as Latin-1; written back the same way they are the same bytes.
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
}
