/** One HTTP request and its answer within limits. Where it may go is decided before. */
import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { type RequestOptions as HttpsOptions, request as httpsRequest } from 'node:https';
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate } from 'node:zlib';
import type { Clock } from '@poise/clock';
import { phrase } from '../messages/catalogue.ts';
import { GadgetError } from './gadget-error.ts';
import { type HeaderLines, headerValue, linesOf } from './headers.ts';

export interface Answer {
  readonly status: number;
  readonly headers: HeaderLines;
  readonly body: Buffer;
}

export interface ExchangeLimits {
  readonly connectMs: number;
  readonly totalMs: number;
  readonly bodyBytesMax: number;
}

const DECOMPRESS: Readonly<
  Record<string, (body: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>>
> = {
  gzip: promisify(gunzip),
  'x-gzip': promisify(gunzip),
  deflate: promisify(inflate),
  br: promisify(brotliDecompress),
};
const HEADER_BYTES_MAX = 64 * 1024;

/**
 * Sends the request and takes the answer. Redirects are answers.
 * @throws GadgetError 504 when it takes too long, 413 when the answer is too large, else 502
 */
export function exchange(
  clock: Clock,
  options: RequestOptions & HttpsOptions & { readonly protocol: 'http:' | 'https:' },
  body: Buffer | undefined,
  limits: ExchangeLimits,
): Promise<Answer> {
  return new Promise<Answer>((resolve, reject) => {
    const send = options.protocol === 'https:' ? httpsRequest : httpRequest;
    let connected = false;
    let settled = false;
    const req = send({ ...options, maxHeaderSize: HEADER_BYTES_MAX, insecureHTTPParser: false });
    const timers = [
      clock.schedule(limits.connectMs, () => {
        if (!connected) fail(timeOut('no connection'));
      }),
      clock.schedule(limits.totalMs, () => fail(timeOut('no complete answer'))),
    ];
    const done = (act: () => void) => {
      if (settled) return;
      settled = true;
      for (const timer of timers) timer.cancel();
      act();
    };
    const fail = (error: GadgetError) =>
      done(() => {
        req.destroy();
        reject(error);
      });
    const broken = (error: unknown) =>
      fail(
        error instanceof GadgetError
          ? error
          : new GadgetError(502, phrase('gadget.hostFailed'), wordsOf(error)),
      );

    req.on('error', broken);
    req.on('socket', (socket) => {
      const ready = options.protocol === 'https:' ? 'secureConnect' : 'connect';
      // A connection that is used again is ready already.
      if (req.reusedSocket || (!socket.connecting && options.protocol === 'http:')) connected = true;
      else
        socket.once(ready, () => {
          connected = true;
        });
    });
    req.on('upgrade', (_res, socket) => {
      socket.destroy();
      broken(new Error('an upgrade nobody asked for'));
    });
    req.on('response', (res: IncomingMessage) => {
      connected = true;
      const chunks: Buffer[] = [];
      let bytes = 0;
      const announced = Number(res.headers['content-length'] ?? 0);
      if (options.method !== 'HEAD' && announced > limits.bodyBytesMax)
        return fail(tooLarge(limits.bodyBytesMax));
      res.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > limits.bodyBytesMax) fail(tooLarge(limits.bodyBytesMax));
        else chunks.push(chunk);
      });
      res.on('error', broken);
      res.on('aborted', () => broken(new Error('the answer ended early')));
      res.on('end', () => {
        const headers = linesOf(res.rawHeaders);
        decompressed(Buffer.concat(chunks), headers, limits.bodyBytesMax).then(
          (content) => done(() => resolve({ status: res.statusCode ?? 0, headers, body: content })),
          broken,
        );
      });
    });
    req.end(body);
  });
}

/** We ask for plain bodies; some servers compress anyway. */
async function decompressed(body: Buffer, headers: HeaderLines, bytesMax: number): Promise<Buffer> {
  const decompress = DECOMPRESS[headerValue(headers, 'content-encoding')?.trim().toLowerCase() ?? ''];
  if (decompress === undefined || body.length === 0) return body;
  try {
    return await decompress(body, { maxOutputLength: bytesMax });
  } catch (error) {
    if ((error as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(bytesMax);
    throw error;
  }
}

const timeOut = (reason: string): GadgetError => new GadgetError(504, phrase('gadget.hostSlow'), reason);

const tooLarge = (bytesMax: number): GadgetError =>
  new GadgetError(413, phrase('gadget.tooLarge'), `more than ${bytesMax} bytes`);

function wordsOf(error: unknown): string {
  const { code, message } = error as { code?: string; message?: string };
  return [code, message]
    .filter((word) => word !== undefined && word !== '')
    .join(': ')
    .slice(0, 300);
}
