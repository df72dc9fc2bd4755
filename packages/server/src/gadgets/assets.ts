/**
 * Scripts and styles that gadgets load from the server under the original's paths (gadgets.md 9). Where it had an old release of a
 * library, there is the current one, with what brings back the functions of old.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { FastifyPluginCallback, FastifyReply, FastifyRequest } from 'fastify';
import { allowIsolated, type StaticFile, StaticFolder, sendFile } from '../http/index.ts';

/** Written for this server: packages/server/web. */
const OWN = resolve(import.meta.dirname, '../../web');
const require = createRequire(import.meta.url);
const JAVASCRIPT = 'text/javascript; charset=utf-8';

export interface AssetsOptions {
  /** The built @poise/finesse-js. */
  readonly finesseJsDir: string;
}

/**
 * A dozen gadgets that are loaded at once ask for the same library: browsers fetch it once, and ask again whether it is the latest
 * after five minutes.
 */
const BRIEFLY = 'public, max-age=300';

/** Several files as one, read when it is first asked for. */
class Joined {
  readonly #paths: readonly string[];
  readonly #contentType: string;
  #file: Promise<StaticFile> | undefined;

  constructor(contentType: string, ...paths: readonly string[]) {
    this.#contentType = contentType;
    this.#paths = paths;
  }

  /** Null when one of them is not there. */
  async file(): Promise<StaticFile | null> {
    this.#file ??= this.#read();
    try {
      return await this.#file;
    } catch {
      this.#file = undefined;
      return null;
    }
  }

  async #read(): Promise<StaticFile> {
    const contents = await Promise.all(this.#paths.map((path) => readFile(path)));
    const content = Buffer.concat(contents.flatMap((part) => [part, Buffer.from('\n')]));
    return {
      contentType: this.#contentType,
      cacheControl: BRIEFLY,
      etag: `"${createHash('sha256').update(content).digest('base64url').slice(0, 22)}"`,
      lastModified: LAST_MODIFIED,
      size: content.length,
      content,
      gzipped: await promisify(gzip)(content),
      stream: () => Readable.from(content),
    };
  }
}

/** The entity tag tells versions apart. */
const LAST_MODIFIED = new Date(0).toUTCString();

/** Folder of an installed package; a name that leads nowhere when it is not installed. */
function packageDir(name: string): string {
  try {
    return dirname(require.resolve(`${name}/package.json`));
  } catch {
    return join(OWN, 'not-installed', name);
  }
}

export const assetsPlugin =
  ({ finesseJsDir }: AssetsOptions): FastifyPluginCallback =>
  (app, _options, done) => {
    const jquery = new Joined(
      JAVASCRIPT,
      join(packageDir('jquery'), 'dist/jquery.min.js'),
      join(packageDir('jquery-migrate'), 'dist/jquery-migrate.min.js'),
      join(OWN, 'jquery-compat.js'),
    );
    const jqueryUi = new StaticFolder({ root: join(packageDir('jquery-ui'), 'dist') });
    const bootstrap3 = new StaticFolder({ root: join(packageDir('bootstrap3'), 'dist') });
    const bootstrap5 = new StaticFolder({ root: join(packageDir('bootstrap'), 'dist') });
    const finesseJs = new StaticFolder({ root: finesseJsDir, index: 'index.html' });
    const own = new StaticFolder({ root: OWN });

    const route = (url: string, find: (rest: string) => Promise<StaticFile | null>): void => {
      app.route({
        method: ['GET', 'HEAD'],
        url,
        handler: async (request: FastifyRequest, reply: FastifyReply) => {
          const file = await find((request.params as { '*'?: string })['*'] ?? '');
          allowIsolated(request, reply);
          return file === null
            ? reply.callNotFound()
            : sendFile(request, reply, { ...file, cacheControl: BRIEFLY });
        },
      });
    };
    route('/assets/js/finesse.js', () => finesseJs.file('finesse.js'));
    route('/assets/js/finesse.min.js', () => finesseJs.file('finesse.min.js'));
    route('/assets/js/doc/*', (rest) => finesseJs.file(`doc/${encodeURI(rest)}`));
    route('/assets/js/jquery.min.js', () => jquery.file());
    route('/thirdparty/jquery/js/*', async (rest) => {
      if (/^jquery-ui-[\w.-]+\.js$/.test(rest)) return jqueryUi.file('jquery-ui.min.js');
      return /^jquery(?:-\d[\d.]*)?(?:\.min)?\.js$/.test(rest) ? jquery.file() : null;
    });
    route('/thirdparty/bootstrap/*', async (rest) => {
      const match = /^([35])\.[\d.]+\/(.+)$/.exec(rest);
      return match === null
        ? null
        : (match[1] === '3' ? bootstrap3 : bootstrap5).file(encodeURI(match[2] as string));
    });
    route('/js/utilities/MessageDisplay.js', () => own.file('message-display.js'));
    route('/theme/finesse/css/base.css', () => own.file('base.css'));
    route('/theme/finesse/css/login.css', () => own.file('login.css'));
    route('/theme/finesse/images/*', async (rest) =>
      /^[\w-]+\.svg$/.test(rest) ? own.file(`images/${rest}`) : null,
    );
    done();
  };
