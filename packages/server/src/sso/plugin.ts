/**
 * `/desktop/sso`: the token service (rest-api.md 7.2) and the sign-in of the page. Where a browser goes afterwards is
 * never taken from a request: there are three purposes, and each has its place.
 */
import { timingSafeEqual } from 'node:crypto';
import type { Clock } from '@poise/clock';
import type { FastifyPluginCallback, FastifyReply, FastifyRequest } from 'fastify';
import { readCookies, setCookie } from '../accounts/cookies.ts';
import type { Happenings } from '../happenings.ts';
import { FLOW_SECONDS, type Flow, type FlowPurpose, FlowSeal } from './flow-seal.ts';
import { HANDOVER_SECONDS, Handover } from './handover.ts';
import { RateLimit } from './rate-limit.ts';
import type { SignedOn, SignOn } from './sign-on.ts';
import { SignOnError, type SignOnProblem } from './sign-on-error.ts';
import { TEST_SCRIPT, testPage } from './test-page.ts';

export interface SsoPluginDependencies {
  /** Undefined: everybody has a password. */
  readonly signOn: SignOn | undefined;
  readonly clock: Clock;
  readonly happenings: Happenings;
  /** Seals the cookies of a sign-in: 32 bytes that outlive a restart. */
  readonly key: () => Promise<Uint8Array>;
  /** Settings `sso.requestsMax`, `sso.origin`. */
  readonly requestsMax: number;
  readonly origins: readonly string[];
  /** Names of the nodes; this machine's own are known. */
  readonly hosts: readonly string[];
}

/** What went wrong; `expired`: the sign-in took too long, or began in another browser. */
type Problem = SignOnProblem | 'otherUser' | 'expired';
type Outcome = SignedOn | { readonly problem: Problem };

const FLOW_COOKIE = 'poise-sso-';
const HANDOVER_COOKIE = 'poise-sso';
/** Sign-ins that one browser may have begun at once. */
const FLOWS_MAX = 8;
const FORM_BYTES_MAX = 65_536;
const NAME_MAX = 255;
const PAGE = '/desktop/container/';

const SENTENCES: Readonly<Record<Problem, string>> = {
  refused: 'The identity provider refused the sign-in.',
  noToken: 'The identity provider gave no access token.',
  unknownUser: 'The identity provider names a user who does not sign in here so.',
  otherUser: 'Another user signed in at the identity provider.',
  expired: 'The sign-in took too long, or began in another browser.',
  unavailable: 'The identity provider does not answer.',
};

export const ssoPlugin =
  (dependencies: SsoPluginDependencies): FastifyPluginCallback =>
  (app, _options, done) => {
    const { signOn, clock, happenings } = dependencies;
    const limit = new RateLimit(dependencies.requestsMax, () => clock.monotonic());
    const seal = new FlowSeal(dependencies.key, clock);
    const handover = new Handover<Outcome>(clock);

    app.addContentTypeParser(
      'application/x-www-form-urlencoded',
      { parseAs: 'string', bodyLimit: FORM_BYTES_MAX },
      (_request, body, parsed) => parsed(null, new URLSearchParams(body as string)),
    );
    app.addHook('onRequest', async (request, reply) => {
      void reply.header('Cache-Control', 'no-store').header('Pragma', 'no-cache');
      if (limit.exceeded(request.ip))
        return refuse(reply.header('Retry-After', '60'), 429, 'Too many requests.', 'tooMany');
      if (signOn === undefined)
        return refuse(reply, 400, 'This server does not use single sign-on.', 'notInUse');
      return undefined;
    });

    const get = (url: string, handler: (request: FastifyRequest, reply: FastifyReply) => unknown) =>
      app.route({ method: 'GET', url, exposeHeadRoute: false, handler });

    get('/login', (request, reply) => begin(request, reply, 'desktop'));
    get('/test', (request, reply) => begin(request, reply, 'test'));
    get('/test.js', (_request, reply) => reply.type('text/javascript; charset=utf-8').send(TEST_SCRIPT));
    get('/token', (request, reply) => {
      const key = readCookies(request).get(HANDOVER_COOKIE);
      const outcome = key === undefined ? undefined : handover.take(key);
      if (outcome !== undefined) {
        setCookie(reply, HANDOVER_COOKIE, '', {
          maxAgeSeconds: 0,
          sameSite: 'Strict',
          secure: isSecure(request),
        });
        return sendTokens(reply, outcome, wishes(queryOf(request)));
      }
      // A script cannot follow to the provider: only a window can.
      const mode = request.headers['sec-fetch-mode'];
      if (mode !== undefined && mode !== 'navigate')
        return refuse(reply, 401, 'Nobody has signed in yet.', 'noToken');
      return begin(request, reply, 'token');
    });
    get('/callback', finish);
    app.post('/token', refresh);
    done();

    async function begin(request: FastifyRequest, reply: FastifyReply, purpose: FlowPurpose) {
      const query = queryOf(request);
      const cookies = readCookies(request);
      const flow: Flow = {
        ...signOn!.provider.newSecrets(),
        purpose,
        userName: nameOf(query, cookies),
        redirectUri: `${originOf(request)}/desktop/sso/callback`,
        ...wishes(query),
        locale: /^[a-zA-Z]{2,3}([_-][a-zA-Z]{2,4})?$/.exec(query.get('locale') ?? '')?.[0] ?? '',
      };
      let url: URL;
      try {
        url = await signOn!.provider.authorizationUrl(flow, flow.redirectUri, flow.userName);
      } catch (error) {
        return conclude(request, reply, flow, failed(error, purpose));
      }
      const secure = isSecure(request);
      const old = [...cookies.keys()].filter((name) => name.startsWith(FLOW_COOKIE));
      if (old.length >= FLOWS_MAX)
        for (const name of old) setCookie(reply, name, '', { maxAgeSeconds: 0, sameSite: 'Lax', secure });
      const options = { maxAgeSeconds: FLOW_SECONDS, sameSite: 'Lax', secure } as const;
      setCookie(reply, flowCookie(flow.state), await seal.seal(flow), options);
      return reply.redirect(url.href, 302);
    }

    async function finish(request: FastifyRequest, reply: FastifyReply) {
      const search = queryOf(request);
      const state = search.get('state') ?? '';
      const name = flowCookie(state);
      const sealed = readCookies(request).get(name);
      const flow = sealed === undefined ? null : await seal.open(sealed);
      setCookie(reply, name, '', { maxAgeSeconds: 0, sameSite: 'Lax', secure: isSecure(request) });
      if (flow === null || !equal(flow.state, state))
        return conclude(request, reply, { purpose: 'desktop', locale: '' }, { problem: 'expired' });
      const callback = new URL(flow.redirectUri);
      callback.search = search.toString();
      let outcome: Outcome;
      try {
        outcome = await signOn!.obtain((provider) => provider.exchange(callback, flow));
        const meant = flow.userName === '' ? outcome.user : signOn!.users.find(flow.userName);
        if (meant?.loginId !== outcome.user.loginId) outcome = { problem: 'otherUser' };
      } catch (error) {
        outcome = failed(error, flow.purpose);
      }
      return conclude(request, reply, flow, outcome);
    }

    /** Tells the outcome in the place that belongs to the purpose. */
    function conclude(
      request: FastifyRequest,
      reply: FastifyReply,
      flow: Pick<Flow, 'purpose' | 'locale'> & Partial<Flow>,
      outcome: Outcome,
    ) {
      const secure = isSecure(request);
      if (flow.purpose === 'desktop') {
        const options = { maxAgeSeconds: HANDOVER_SECONDS, sameSite: 'Strict', secure } as const;
        setCookie(reply, HANDOVER_COOKIE, handover.put(outcome), options);
        return reply.redirect(flow.locale === '' ? PAGE : `${PAGE}?locale=${flow.locale}`, 302);
      }
      if (flow.purpose === 'token')
        return sendTokens(reply, outcome, {
          returnUser: flow.returnUser !== false,
          returnRefreshToken: flow.returnRefreshToken === true,
        });
      const worked = !('problem' in outcome);
      setCookie(reply, 'ssotest', String(worked), {
        maxAgeSeconds: FLOW_SECONDS,
        sameSite: 'Lax',
        secure,
        // Read by scripts and thick clients; it holds nothing secret.
        httpOnly: false,
        path: '/',
      });
      return reply
        .code(worked ? 200 : statusOf(outcome.problem))
        .type('text/html; charset=utf-8')
        .send(
          worked
            ? testPage({ errorMessage: '', userId: outcome.name, expiresIn: outcome.expiresIn })
            : testPage({
                errorMessage: outcome.problem === 'noToken' ? 'NO TOKEN' : 'AUTH_ERROR',
                userId: '',
                expiresIn: 0,
              }),
        );
    }

    async function refresh(request: FastifyRequest, reply: FastifyReply) {
      const form = request.body instanceof URLSearchParams ? request.body : new URLSearchParams();
      const token = form.get('token') ?? '';
      const refreshToken = form.get('refresh-token') ?? '';
      if (token === '' || refreshToken === '')
        return refuse(reply, 400, 'token and refresh-token are needed.', 'incomplete');
      let outcome: Outcome;
      try {
        outcome = await signOn!.obtain((provider) => provider.refresh(refreshToken));
      } catch (error) {
        outcome = failed(error, 'refresh');
      }
      // Many providers give a new refresh token each time, and the old one is worth nothing then.
      const { returnUser } = wishes(form);
      return sendTokens(reply, outcome, { returnUser, returnRefreshToken: true });
    }

    function sendTokens(reply: FastifyReply, outcome: Outcome, wish: Wishes) {
      if ('problem' in outcome)
        return refuse(reply, statusOf(outcome.problem), SENTENCES[outcome.problem], outcome.problem);
      const { tokens, name, expiresIn, refreshExpiresIn } = outcome;
      const realm = new URL(signOn!.issuer).hostname;
      return reply.type('application/json; charset=utf-8').send({
        token: tokens.accessToken,
        ...(wish.returnRefreshToken &&
          tokens.refreshToken !== undefined && {
            refresh_token: tokens.refreshToken,
            ...(refreshExpiresIn !== undefined && { refresh_expires_in: refreshExpiresIn }),
          }),
        expires_in: expiresIn,
        ...(wish.returnUser && {
          user_id: name,
          realm,
          user_principal: name.includes('@') ? name : `${name}@${realm}`,
        }),
      });
    }

    function failed(error: unknown, purpose: string): Outcome {
      const problem = error instanceof SignOnError ? error.problem : 'unavailable';
      happenings.publish('operator', {
        level: 'warn',
        text: `Single sign-on (${purpose}): ${SENTENCES[problem]}${reasonOf(error)}`,
      });
      return { problem };
    }

    /** The origin as the browser knows it, provided that it is one of ours. */
    function originOf(request: FastifyRequest): string {
      const asked = `${request.protocol}://${request.host}`;
      const { origins, hosts } = dependencies;
      if (origins.length > 0) return origins.includes(asked) ? asked : origins[0]!;
      const name = request.hostname.toLowerCase();
      const isOurs = LOCAL.test(name) || hosts.some((host) => host.toLowerCase() === name);
      if (isOurs) return asked;
      // A Host without a port names that of the protocol.
      const port = request.port === null ? '' : `:${request.port}`;
      return `${request.protocol}://${hosts[0]}${port}`;
    }

    function isSecure(request: FastifyRequest): boolean {
      return originOf(request).startsWith('https:');
    }
  };

const LOCAL = /^(?:localhost|127(?:\.\d{1,3}){3}|\[?::1\]?)$/;

interface Wishes {
  readonly returnUser: boolean;
  readonly returnRefreshToken: boolean;
}

function wishes(given: URLSearchParams): Wishes {
  return {
    returnUser: given.get('return_user') !== 'no',
    returnRefreshToken: given.get('return_refresh_token') === 'true',
  };
}

/** `cc_username` as parameter, else as cookie; '' when there is none that could be a name. */
function nameOf(query: URLSearchParams, cookies: ReadonlyMap<string, string>): string {
  const cookie = cookies.get('cc_username') ?? '';
  let name = query.get('cc_username') ?? '';
  try {
    if (name === '') name = decodeURIComponent(cookie);
  } catch {
    return '';
  }
  return name.length > NAME_MAX || /[\u0000-\u001f\u007f]/.test(name) ? '' : name;
}

const flowCookie = (state: string): string =>
  `${FLOW_COOKIE}${state.replace(/[^A-Za-z0-9_-]/g, '').slice(0, 16)}`;

function queryOf(request: FastifyRequest): URLSearchParams {
  const url = request.raw.url ?? '';
  const question = url.indexOf('?');
  return new URLSearchParams(question < 0 ? '' : url.slice(question + 1));
}

const statusOf = (problem: Problem): 401 | 500 => (problem === 'unavailable' ? 500 : 401);

const refuse = (reply: FastifyReply, status: number, error: string, problem: string): FastifyReply =>
  reply.code(status).type('application/json; charset=utf-8').send({ error, problem });

function equal(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

/** The words of the innermost cause, which are the provider's or the network's and hold no tokens. */
function reasonOf(error: unknown): string {
  let cause = error;
  while (cause instanceof Error && cause.cause instanceof Error) cause = cause.cause;
  if (!(cause instanceof Error) || cause instanceof SignOnError) return '';
  const { error: code, code: kind } = cause as { error?: unknown; code?: unknown };
  const detail = typeof code === 'string' ? code : typeof kind === 'string' ? kind : cause.message;
  return ` (${detail.replace(/[^\x20-\x7e]/g, ' ').slice(0, 120)})`;
}
