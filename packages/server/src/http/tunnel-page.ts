/** The page of the event tunnel: which pages may put it in a frame (docs/tunnel.md). */
import type { FastifyInstance } from 'fastify';
import type { CorsPolicy } from './cors.ts';
import { ownOrigins, type PagePort } from './own-origins.ts';
import { sendFile, sendNotFound } from './pages.ts';
import { StaticFolder } from './static-folder.ts';

export interface TunnelPageOptions {
  /** The built @poise/tunnel. */
  readonly dir: string;
  /** Whoever may call REST and `/http-bind/` may have the tunnel in a frame. */
  readonly cors: CorsPolicy;
  /** Open ports of the pages: the desktop's is another than that of the tunnel. */
  readonly pagePorts: () => readonly PagePort[];
}

/** What the frame loads; the compiler's files beside it are nobody's business. */
const FILES = new Set(['index.html', 'EventTunnel.js', 'begin.js']);

/** Policies know names of IPv4 only; `[::1]` is never asked for by name. */
const LOOPBACK = ['localhost', '*.localhost', '127.0.0.1', '127.0.0.2'].flatMap((name) => [
  `http://${name}:*`,
  `https://${name}:*`,
]);

/** The Content-Security-Policy of the tunnel for a browser that knows this server by the Host header. */
export function tunnelPolicy(
  cors: CorsPolicy,
  hostHeader: string | undefined,
  ports: readonly PagePort[],
): string {
  const named = cors === 'off' ? [] : [...cors.origins, ...(cors.loopback ? LOOPBACK : [])];
  const ancestors = [...new Set(["'self'", ...ownOrigins(hostHeader, ports), ...named])];
  return `default-src 'none'; script-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors ${ancestors.join(' ')}`;
}

export function registerTunnelPage(app: FastifyInstance, { dir, cors, pagePorts }: TunnelPageOptions): void {
  const files = new StaticFolder({ root: dir, index: 'index.html' });
  app.route({
    method: ['GET', 'HEAD'],
    url: '/tunnel',
    handler: (_request, reply) => reply.header('Cache-Control', 'no-cache').redirect('/tunnel/', 302),
  });
  app.route({
    method: ['GET', 'HEAD'],
    url: '/tunnel/*',
    handler: async (request, reply) => {
      const name = (request.params as { '*': string })['*'] || 'index.html';
      const file = FILES.has(name) ? await files.file(name) : null;
      if (file === null) return sendNotFound(reply);
      reply.header('Content-Security-Policy', tunnelPolicy(cors, request.headers.host, pagePorts()));
      return sendFile(request, reply, file);
    },
  });
}
