/** A small OpenID Connect provider on loopback, with its faults on request: codes with PKCE, rotating refresh tokens. */
import { createHash, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';

export const CLIENT = { id: 'poise', secret: 'a client secret' } as const;

interface Authorization {
  readonly user: string;
  readonly redirectUri: string;
  readonly challenge: string;
  readonly nonce: string;
}

interface Refreshable {
  readonly user: string;
  readonly endsAt: number;
}

export class OidcProvider {
  /** Lifetime of access tokens and of the whole session, s. */
  accessSeconds = 300;
  sessionSeconds = 3_600;
  /** Claims laid over those of each access token. */
  claims: JWTPayload = {};
  /** Answers 503 to everything but sign-ins. */
  isDown = false;
  /** What was asked of the token endpoint. */
  readonly grants: string[] = [];
  /** Queries of the authorization endpoint. */
  readonly authorizations: URLSearchParams[] = [];
  readonly #server: Server;
  readonly #keys: Awaited<ReturnType<typeof generateKeyPair>>;
  readonly #codes = new Map<string, Authorization>();
  readonly #refresh = new Map<string, Refreshable>();

  private constructor(keys: Awaited<ReturnType<typeof generateKeyPair>>) {
    this.#keys = keys;
    this.#server = createServer((req, res) => void this.#answer(req, res));
  }

  static async start(): Promise<OidcProvider> {
    const provider = new OidcProvider(await generateKeyPair('RS256', { extractable: true }));
    await new Promise<void>((listening) => provider.#server.listen(0, '127.0.0.1', listening));
    return provider;
  }

  get issuer(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Nothing can be refreshed any more. */
  endSessions(): void {
    this.#refresh.clear();
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((closed) => this.#server.close(closed));
  }

  /** An access token as the token endpoint gives it. @param over claims that differ */
  accessToken(user: string, over: JWTPayload = {}, atMs: number = Date.now()): Promise<string> {
    const now = Math.floor(atMs / 1000);
    const jti = randomBytes(8).toString('hex');
    return this.sign({
      iss: this.issuer,
      aud: CLIENT.id,
      sub: `id-of-${user}`,
      preferred_username: user,
      iat: now,
      exp: now + this.accessSeconds,
      jti,
      ...this.claims,
      ...over,
    });
  }

  sign(claims: JWTPayload, key: CryptoKey = this.#keys.privateKey): Promise<string> {
    return new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: 'one' }).sign(key);
  }

  async #answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const url = new URL(req.url ?? '/', this.issuer);
    const json = (status: number, body: object) =>
      res.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
    if (this.isDown) return void json(503, { error: 'temporarily_unavailable' });
    switch (url.pathname) {
      case '/.well-known/openid-configuration':
        return void json(200, {
          issuer: this.issuer,
          authorization_endpoint: `${this.issuer}/authorize`,
          token_endpoint: `${this.issuer}/token`,
          jwks_uri: `${this.issuer}/jwks`,
          response_types_supported: ['code'],
          subject_types_supported: ['public'],
          id_token_signing_alg_values_supported: ['RS256'],
        });
      case '/jwks':
        return void json(200, {
          keys: [{ ...(await exportJWK(this.#keys.publicKey)), kid: 'one', alg: 'RS256', use: 'sig' }],
        });
      case '/authorize':
        return this.#authorize(url.searchParams, res);
      case '/token':
        return void (await this.#token(req, json));
      default:
        return void json(404, {});
    }
  }

  /** Asks for the name with a form; a `user` in the query has answered it. */
  #authorize(query: URLSearchParams, res: ServerResponse): void {
    const user = query.get('user');
    if (user === null) {
      this.authorizations.push(query);
      const hidden = [...query].map(
        ([name, value]) => `<input type="hidden" name="${name}" value="${value}">`,
      );
      res
        .writeHead(200, { 'Content-Type': 'text/html' })
        .end(
          `<!doctype html><title>Provider</title><form action="/authorize">${hidden.join('')}<label>Account <input name="user" value="${query.get('login_hint') ?? ''}"></label><button>Continue</button></form>`,
        );
      return;
    }
    const redirect = new URL(query.get('redirect_uri') ?? '');
    redirect.searchParams.set('state', query.get('state') ?? '');
    if (user === 'nobody') redirect.searchParams.set('error', 'access_denied');
    else {
      const code = randomBytes(12).toString('hex');
      this.#codes.set(code, {
        user,
        redirectUri: query.get('redirect_uri') ?? '',
        challenge: query.get('code_challenge') ?? '',
        nonce: query.get('nonce') ?? '',
      });
      redirect.searchParams.set('code', code);
    }
    res.writeHead(302, { Location: redirect.href }).end();
  }

  async #token(req: IncomingMessage, json: (status: number, body: object) => unknown): Promise<unknown> {
    let body = '';
    for await (const chunk of req) body += String(chunk);
    const form = new URLSearchParams(body);
    const basic = Buffer.from(req.headers.authorization?.slice(6) ?? '', 'base64').toString();
    if (basic !== `${CLIENT.id}:${CLIENT.secret.replaceAll(' ', '+')}`)
      return json(401, { error: 'invalid_client' });
    this.grants.push(form.get('grant_type') ?? '');
    if (form.get('grant_type') === 'authorization_code') {
      const code = this.#codes.get(form.get('code') ?? '');
      this.#codes.delete(form.get('code') ?? '');
      const challenge = createHash('sha256')
        .update(form.get('code_verifier') ?? '')
        .digest('base64url');
      if (code?.challenge !== challenge || code.redirectUri !== form.get('redirect_uri'))
        return json(400, { error: 'invalid_grant' });
      const now = Math.floor(Date.now() / 1000);
      const idToken = await this.sign({
        iss: this.issuer,
        aud: CLIENT.id,
        sub: `id-of-${code.user}`,
        nonce: code.nonce,
        preferred_username: code.user,
        at_hash: 'of the access token',
        iat: now,
        exp: now + 60,
      });
      const endsAt = Date.now() + this.sessionSeconds * 1000;
      return json(200, { ...(await this.#given({ user: code.user, endsAt })), id_token: idToken });
    }
    const known = this.#refresh.get(form.get('refresh_token') ?? '');
    this.#refresh.delete(form.get('refresh_token') ?? '');
    if (known === undefined || known.endsAt <= Date.now()) return json(400, { error: 'invalid_grant' });
    return json(200, await this.#given(known));
  }

  /** The session ends when it ends, however often its tokens are refreshed. */
  async #given(session: Refreshable): Promise<object> {
    const refreshToken = randomBytes(16).toString('hex');
    this.#refresh.set(refreshToken, session);
    return {
      access_token: await this.accessToken(session.user),
      token_type: 'Bearer',
      expires_in: this.accessSeconds,
      refresh_token: refreshToken,
      refresh_expires_in: Math.max(1, Math.round((session.endsAt - Date.now()) / 1000)),
    };
  }
}
