/** Everything a browser may ask for besides REST: redirects, the desktop page, gadget files, plain answers. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { pathOf } from './exchange.ts';
import { HTTP_MESSAGES, plainPage } from './messages.ts';
import type { SecurityHeaders } from './security-headers.ts';
import { RELAY_FILE, relayScope, WORKER_FILE, WORKER_THAT_ENDS } from './service-worker.ts';
import { isHashedAsset, type StaticFile, StaticFolder } from './static-folder.ts';

export interface PagesOptions {
  /** The built page (packages/desktop/dist). */
  readonly desktopDir: string;
  /** The built administration console (packages/console/dist). Default: none. */
  readonly consoleDir?: string;
  /** <data>/3rdpartygadget/files */
  readonly gadgetFilesDir: string;
  /** A folder beside it: what is below its name comes from there. */
  readonly gadgetFolder?: { readonly name: string; readonly dir: string } | undefined;
  /** Whether browsers may keep the desktop page for when the node is down. Default: true. */
  readonly serviceWorker?: boolean;
  /** Origins of the pair of nodes: what the pages may call besides their own. Default: none. */
  readonly nodeOrigins?: ReadonlySet<string>;
  /** Origins that workflows of the desktop page may send requests to. Default: none. */
  readonly workflowOrigins?: readonly string[];
}

const DESKTOP = '/desktop/container/';
const CONSOLE = '/cfadmin/';
/** What leads there; the last ones are addresses of the original that people have among their bookmarks. */
const TO_DESKTOP = [
  '/',
  '/desktop',
  '/desktop/',
  '/desktop/container',
  `${DESKTOP}landing.jsp`,
  `${DESKTOP}index.jsp`,
];
const GADGET_FILES = '/3rdpartygadget/files/';
const READ = ['GET', 'HEAD'];

export function registerPages(app: FastifyInstance, options: PagesOptions): void {
  const desktop = pageIn(options.desktopDir);
  const gadgetFiles = gadgetFilesOf(options);

  for (const url of TO_DESKTOP) app.route({ method: READ, url, handler: redirectTo(DESKTOP) });
  app.route({ method: READ, url: '/cfadmin', handler: redirectTo(CONSOLE) });

  // The log that the browser keeps: a page of its own among the built files.
  app.route({
    method: READ,
    url: '/desktop/locallog',
    handler: redirectTo(`${DESKTOP}locallog.html`),
  });

  // Where desktops of the other node send who has to accept the certificate of this one.
  app.route({
    method: READ,
    url: '/desktop/certificate',
    handler: (_request, reply) =>
      sendPage(reply, 200, HTTP_MESSAGES.certificateTitle, HTTP_MESSAGES.certificate),
  });

  if (options.serviceWorker === false)
    for (const name of [WORKER_FILE, RELAY_FILE])
      app.route({
        method: READ,
        url: `${DESKTOP}${name}`,
        handler: (request, reply) => {
          reply.header('Cache-Control', 'no-cache').type('text/javascript; charset=utf-8');
          // Only the one of frames looks after another folder. The page's would be refused for it, and stay for ever.
          if (name === RELAY_FILE) reply.header('Service-Worker-Allowed', relayScope(request.raw.url ?? ''));
          return reply.send(WORKER_THAT_ENDS);
        },
      });

  for (const [prefix, page] of [
    [DESKTOP, desktop],
    [CONSOLE, options.consoleDir === undefined ? null : pageIn(options.consoleDir)],
  ] as const)
    app.route({
      method: READ,
      url: `${prefix}*`,
      handler: async (request, reply) => {
        const path = below(prefix, request);
        const file = (await page?.file(path)) ?? null;
        if (path === RELAY_FILE)
          void reply.header('Service-Worker-Allowed', relayScope(request.raw.url ?? ''));
        if (file !== null) return sendFile(request, reply, file);
        if (path === '') return sendPage(reply, 503, HTTP_MESSAGES.notBuiltTitle, HTTP_MESSAGES.notBuilt);
        return sendNotFound(reply);
      },
    });
  app.route({
    method: READ,
    url: `${GADGET_FILES}*`,
    handler: async (request, reply) => {
      const file = await gadgetFiles.file(below(GADGET_FILES, request));
      allowIsolated(request, reply);
      return file === null ? sendNotFound(reply) : sendFile(request, reply, file);
    },
  });
}

const pageIn = (root: string) => new StaticFolder({ root, index: 'index.html', immutable: isHashedAsset });

/** Leads to a page, which has the query of the address: a language, the wish for a log. */
function redirectTo(page: string) {
  return (request: FastifyRequest, reply: FastifyReply) => {
    const url = request.raw.url ?? '';
    const query = url.includes('?') ? url.slice(url.indexOf('?')) : '';
    return reply.header('Cache-Control', 'no-cache').redirect(page + query, 302);
  };
}

/** Files of gadgets, by their path below `/3rdpartygadget/files/`, still escaped. */
export function gadgetFilesOf({
  gadgetFilesDir,
  gadgetFolder,
}: Pick<PagesOptions, 'gadgetFilesDir' | 'gadgetFolder'>): Pick<StaticFolder, 'file'> {
  const files = new StaticFolder({ root: gadgetFilesDir });
  if (gadgetFolder === undefined) return files;
  const folder = new StaticFolder({ root: gadgetFolder.dir });
  const prefix = `${encodeURIComponent(gadgetFolder.name)}/`;
  return {
    file: (path) => (path.startsWith(prefix) ? folder.file(path.slice(prefix.length)) : files.file(path)),
  };
}

export function sendPage(reply: FastifyReply, status: number, title: string, text: string): FastifyReply {
  return reply
    .code(status)
    .header('Cache-Control', 'no-cache')
    .type('text/html; charset=utf-8')
    .send(plainPage(title, text));
}

export function sendNotFound(reply: FastifyReply): FastifyReply {
  return sendPage(reply, 404, HTTP_MESSAGES.notFoundTitle, HTTP_MESSAGES.notFound);
}

/** Root hook: adds the headers that `headersOf` names for this path, where the answer has none of its own. */
export function addSecurityHeaders(
  headersOf: (path: string) => SecurityHeaders | undefined,
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  const headers = headersOf(pathOf(request.raw.url ?? '/'));
  for (const [name, value] of Object.entries(headers ?? {}))
    if (!reply.hasHeader(name)) void reply.header(name, value);
}

/** The rest of the path as it was sent: the router decodes once, and decoding twice is how `%252e` gets through. */
function below(prefix: string, request: FastifyRequest): string {
  return pathOf(request.raw.url ?? '').slice(prefix.length);
}

/**
 * Frames without an origin may read the answer: module scripts and fonts need that. For files that everybody may load; no
 * credentials come along.
 */
export function allowIsolated(request: FastifyRequest, reply: FastifyReply): void {
  void reply.header('Vary', 'Origin');
  if (request.headers.origin === 'null') void reply.header('Access-Control-Allow-Origin', 'null');
}

/** With entity tag, compressed where both sides can, or 304. */
export function sendFile(request: FastifyRequest, reply: FastifyReply, file: StaticFile): FastifyReply {
  reply
    .header('ETag', file.etag)
    .header('Cache-Control', file.cacheControl)
    .header('Last-Modified', file.lastModified);
  if (file.gzipped !== undefined) {
    const before = reply.getHeader('Vary');
    reply.header('Vary', before === undefined ? 'Accept-Encoding' : `${String(before)}, Accept-Encoding`);
  }
  if (notModified(request, file)) return reply.code(304).send();

  reply.type(file.contentType);
  const body = file.gzipped !== undefined && acceptsGzip(request) ? file.gzipped : file.content;
  if (body === file.gzipped && body !== undefined) reply.header('Content-Encoding', 'gzip');
  reply.header('Content-Length', body?.length ?? file.size);
  if (request.method === 'HEAD') return reply.send();
  return reply.send(body ?? file.stream());
}

/** RFC 9110 13.2.2: If-None-Match decides when present, with weak comparison. */
function notModified(request: FastifyRequest, file: StaticFile): boolean {
  const tags = request.headers['if-none-match'];
  if (tags !== undefined) {
    if (tags.trim() === '*') return true;
    const own = file.etag.replace(/^W\//, '');
    return tags.split(',').some((tag) => tag.trim().replace(/^W\//, '') === own);
  }
  const since = request.headers['if-modified-since'];
  if (since === undefined) return false;
  const sinceMs = Date.parse(since);
  return Number.isFinite(sinceMs) && Date.parse(file.lastModified) <= sinceMs;
}

function acceptsGzip(request: FastifyRequest): boolean {
  const accepted = request.headers['accept-encoding'];
  if (typeof accepted !== 'string') return false;
  return accepted.split(',').some((entry) => {
    const [coding, ...parameters] = entry.split(';').map((part) => part.trim().toLowerCase());
    const refused = parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter));
    return (coding === 'gzip' || coding === '*') && !refused;
  });
}
