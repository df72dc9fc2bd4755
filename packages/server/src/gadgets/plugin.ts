/** The routes below `/gadgets`: frames, their script, the proxy, what containers ask (gadgets.md 3 and 5). */
import type { FastifyInstance, FastifyPluginCallback, FastifyReply, FastifyRequest } from 'fastify';
import type { Accounts } from '../accounts/accounts.ts';
import { check, readAuthorization } from '../accounts/authorization.ts';
import { lockScopeOf } from '../accounts/policy.ts';
import {
  GADGET_FRAME_POLICY,
  plainAddress,
  type StaticFile,
  type StaticFolder,
  sendFile,
} from '../http/index.ts';
import { catalogueOf, LANGUAGES, phrase, words } from '../messages/catalogue.ts';
import { errorPage } from './error-page.ts';
import { GadgetError } from './gadget-error.ts';
import { cacheControlOf, failedAnswer, proxyAnswer, readProxyRequest } from './make-request.ts';
import { metadataOf, readMetadataRequest } from './metadata.ts';
import { VERSION_PARAMETER } from './page.ts';
import type { GadgetProxy } from './proxy.ts';
import type { GadgetRenderer } from './renderer.ts';
import type { SecurityTokens } from './security-token.ts';
import { DEFAULT_VIEW } from './spec.ts';
import { type OwnNames, readTarget, targetText } from './target.ts';
import type { TroubleLog } from './trouble-log.ts';

export interface GadgetsPluginDependencies {
  readonly renderer: GadgetRenderer;
  readonly proxy: GadgetProxy;
  readonly tokens: SecurityTokens;
  readonly names: OwnNames;
  /** See {@link GadgetsOptions.changes}. */
  readonly changes?: (() => number) | undefined;
  /** Hosts that may be asked for something; see {@link GuardedFetcherOptions.allowed}. */
  readonly allowed: (url: URL) => boolean;
  readonly accounts: Accounts;
  /** The built @poise/gadgets. */
  readonly scripts: StaticFolder;
  /** Whether this request came by TLS that a trusted proxy ended. */
  readonly isSecure: (request: FastifyRequest) => boolean;
  readonly troubles: TroubleLog;
  /** Whether pages of an origin may ask here: those of the other node. */
  readonly allowsOrigin: (origin: string) => boolean;
}

/** What a form of `makeRequest` may hold: 1 MiB of data, encoded twice. */
const FORM_BYTES_MAX = 4 * 1024 * 1024;
const FEATURES = 'features.js';
const FOR_EVER = 'public, max-age=31536000, immutable';
const METADATA_BYTES_MAX = 256 * 1024;
/** Isolated gadgets run without our origin: neither storage, nor cookies, nor the desktop's objects. */
const SANDBOX = 'sandbox allow-scripts allow-forms allow-popups allow-modals allow-downloads';

export const gadgetsPlugin =
  (dependencies: GadgetsPluginDependencies): FastifyPluginCallback =>
  (app, _options, done) => {
    app.addContentTypeParser(
      'application/x-www-form-urlencoded',
      { parseAs: 'string', bodyLimit: FORM_BYTES_MAX },
      (_request, body, parsed) => parsed(null, new URLSearchParams(body as string)),
    );
    frames(app, dependencies);
    proxy(app, dependencies);
    metadata(app, dependencies);
    const { changes } = dependencies;
    if (changes !== undefined)
      app.get('/changes', (_request, reply) =>
        // Isolated frames have no origin, and ask too.
        reply
          .headers({ 'Cache-Control': 'no-store', 'Access-Control-Allow-Origin': '*' })
          .send(String(changes())),
      );
    app.route({ method: 'POST', url: '/rpc', handler: notImplemented });
    app.get('/js/*', async (request, reply) => {
      // Whatever features the name lists, as in the original: they are in one script.
      const isScript = /\.js(?:\?|$)/.test(request.raw.url ?? '');
      const file = isScript ? await dependencies.scripts.file(FEATURES) : null;
      if (file === null) return reply.callNotFound();
      const isThisVersion = queryOf(request).get(VERSION_PARAMETER) === versionOf(file);
      return sendFile(request, reply, isThisVersion ? { ...file, cacheControl: FOR_EVER } : file);
    });
    done();
  };

/** '' without the file. */
const versionOf = (file: StaticFile | null): string => (file?.etag ?? '').replace(/[^\w-]/g, '');

function frames(app: FastifyInstance, dependencies: GadgetsPluginDependencies): void {
  const { renderer, tokens, troubles } = dependencies;
  app.get('/ifr', async (request, reply) => {
    const query = queryOf(request);
    const gadgetUrl = query.get('url') ?? '';
    const moduleId = safe(query.get('mid'), /^[\w.-]{1,64}$/, '0');
    const locale = localeOf(query.get('lang'), query.get('country'));
    // Before any file is read: a change meanwhile is not missed.
    const changes = dependencies.changes?.() ?? null;
    // It has the agent's preferences in it, and a token.
    void reply.header('Cache-Control', 'no-store').type('text/html; charset=utf-8');
    try {
      if (gadgetUrl === '') throw new GadgetError(400, phrase('gadget.badUrl'), 'no url');
      const shown = await tokens.read(query.get('st') ?? '');
      const rendered = await renderer.render({
        gadgetUrl,
        moduleId,
        locale,
        view: query.get('view') || DEFAULT_VIEW,
        prefs: prefsOf(query),
        fresh: query.get('nocache') === '1',
        securityToken: shown?.gadgetUrl === gadgetUrl ? (query.get('st') as string) : '',
        ...reachedBy(request, dependencies),
        featuresVersion: versionOf(await dependencies.scripts.file(FEATURES)),
        changes,
      });
      if (rendered.kind === 'redirect') return reply.redirect(rendered.url, 302);
      if (rendered.isolated)
        void reply.header('Content-Security-Policy', `${GADGET_FRAME_POLICY}; ${SANDBOX}`);
      return reply.send(rendered.html);
    } catch (error) {
      const trouble = troubles.told(error, gadgetUrl);
      const lang = LANGUAGES.find((language) => language === locale.lang) ?? 'en';
      const catalogue = await catalogueOf(lang);
      return reply.code(trouble.status).send(errorPage(trouble, moduleId, lang, catalogue, changes));
    }
  });
}

function proxy(
  app: FastifyInstance,
  { proxy, troubles, names, allowed, allowsOrigin }: GadgetsPluginDependencies,
): void {
  app.route({
    method: ['GET', 'POST'],
    url: '/makeRequest',
    exposeHeadRoute: false,
    handler: async (request, reply) => {
      const viaGet = request.method === 'GET';
      void reply
        .header('Cache-Control', 'no-store')
        .header('Content-Disposition', 'attachment;filename=p.txt')
        .type('application/json; charset=UTF-8');
      const refuse = (status: number, error: GadgetError) =>
        reply.code(status).type('text/plain; charset=UTF-8').send(`${error.message}\n`);
      try {
        // Scripts of other sites have nothing to ask for here, whatever the user's browser would send along.
        const { origin } = request.headers;
        const isOfOther = origin !== undefined && allowsOrigin(origin);
        if (request.headers['sec-fetch-site'] === 'cross-site' && !isOfOther)
          throw new GadgetError(403, phrase('gadget.notAllowed'), 'asked for by a page of another site');
        const asked = readProxyRequest(viaGet ? queryOf(request) : formOf(request));
        try {
          const { answer, newToken } = await proxy.send(asked, {
            address: plainAddress(request.ip),
            host: request.host,
          });
          return reply
            .header('Cache-Control', cacheControlOf(asked, viaGet, answer.status))
            .send(proxyAnswer(asked, answer, newToken));
        } catch (error) {
          const trouble = troubles.told(error, asked.gadgetUrl, asked.url);
          if (trouble.status === 400) return refuse(400, trouble);
          return reply.send(failedAnswer(asked, trouble));
        }
      } catch (error) {
        const trouble = troubles.told(error, '');
        return refuse(trouble.status, trouble);
      }
    },
  });

  // Pictures and files of others load from where they are; libraries that ask for them here are sent on.
  app.get('/proxy', (request, reply) => {
    try {
      const target = readTarget(queryOf(request).get('url') ?? '', names, request.host);
      if (target.kind === 'foreign' && !allowed(target.url))
        throw new GadgetError(403, phrase('gadget.notAllowed'), `${target.url.host} is not in gadgets.hosts`);
      return reply.header('Cache-Control', 'no-store').redirect(targetText(target), 302);
    } catch (error) {
      const trouble = troubles.told(error, '');
      return reply.code(trouble.status).type('text/plain; charset=utf-8').send(`${trouble.message}\n`);
    }
  });
}

function metadata(app: FastifyInstance, dependencies: GadgetsPluginDependencies): void {
  const { renderer, tokens, accounts, troubles } = dependencies;
  app.post('/metadata', { bodyLimit: METADATA_BYTES_MAX }, async (request, reply) => {
    void reply.header('Cache-Control', 'no-store').type('application/json; charset=utf-8');
    const asked = readMetadataRequest(request.body);
    if (asked === undefined)
      return reply.code(400).send({ error: 'context and gadgets (with url) are needed' });
    const credentials = readAuthorization(request.headers.authorization);
    const known =
      credentials && (await check(accounts, lockScopeOf('desktop.layout'), credentials, request.ip));
    if (known?.ok === false) return reply.code(401).send({ error: 'Name or password is wrong.' });
    const locale = localeOf(asked.lang, asked.country);
    const catalogue = await catalogueOf(LANGUAGES.find((language) => language === locale.lang) ?? 'en');
    const { requestHost } = reachedBy(request, dependencies);
    const gadgets = await Promise.all(
      asked.gadgets.map(async ({ url, moduleId, fresh }) => {
        // Also of a gadget that cannot be read now: it may be there when its frame is loaded.
        const token =
          known?.ok === true ? { securityToken: await tokens.make(known.principal.loginId, url) } : {};
        try {
          const loaded = await renderer.load(url, locale, { fresh, requestHost });
          return { ...metadataOf(url, moduleId, loaded), ...token };
        } catch (error) {
          return { url, moduleId, errors: [words(troubles.told(error, url).said, catalogue)], ...token };
        }
      }),
    );
    return reply.send({ gadgets });
  });
}

const notImplemented = (_request: FastifyRequest, reply: FastifyReply) =>
  reply.code(501).send({ error: { code: 501, message: 'not implemented' } });

function queryOf(request: FastifyRequest): URLSearchParams {
  const url = request.raw.url ?? '';
  const question = url.indexOf('?');
  return new URLSearchParams(question < 0 ? '' : url.slice(question + 1));
}

/** The form; libraries put parameters into the URL, too. */
function formOf(request: FastifyRequest): URLSearchParams {
  const form = request.body instanceof URLSearchParams ? request.body : new URLSearchParams();
  for (const [name, value] of queryOf(request)) form.append(name, value);
  return form;
}

function prefsOf(query: URLSearchParams): Record<string, string> {
  const prefs: Record<string, string> = {};
  for (const [name, value] of query) {
    const pref = name.startsWith('up_') ? name.slice(3) : '';
    if (pref !== '' && !Object.hasOwn(prefs, pref)) prefs[pref] = value;
  }
  return prefs;
}

const safe = (text: string | null, form: RegExp, otherwise: string): string =>
  text !== null && form.test(text) ? text : otherwise;

const localeOf = (lang: string | null, country: string | null) => ({
  lang: safe(lang, /^[a-z]{2,3}$/i, 'all').toLowerCase(),
  country: safe(country, /^(?:[a-z]{2}|\d{3})$/i, 'ALL').toUpperCase(),
});

/** The origin as the browser knows it, as far as it can be told. */
function reachedBy(
  request: FastifyRequest,
  { isSecure }: GadgetsPluginDependencies,
): { serverOrigin: string; requestHost: string } {
  const host = safe(request.host, /^(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?$/i, 'localhost');
  const scheme = request.protocol === 'https' || isSecure(request) ? 'https' : 'http';
  return {
    serverOrigin: `${scheme}://${host}`,
    requestHost: host,
  };
}
