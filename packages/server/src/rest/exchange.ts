/** The state of one HTTP exchange between the hooks: what matched, who asks, what was told. */
import type { IncomingHttpHeaders } from 'node:http';
import type { Principal } from '../accounts/accounts.ts';
import type { Credentials } from '../accounts/authorization.ts';
import type { ApiFailure } from '../domain/errors.ts';
import type { Cause } from '../happenings.ts';
import { isSecretParameter } from '../secret-parameters.ts';
import type { Call } from './call.ts';
import type { ConfigurationRepositories, RestDependencies } from './dependencies.ts';
import { headerBytes, headerText, refuseRequestId } from './request-id.ts';
import type { Handler, Match } from './resource.ts';

export interface ExchangeStart {
  readonly dependencies: RestDependencies;
  readonly method: string;
  /** Below /finesse/api, without leading slash and query. */
  readonly url: string;
  readonly query: URLSearchParams;
  readonly scheme: 'http' | 'https';
  /** Of the client. */
  readonly address: string;
  readonly headers: IncomingHttpHeaders;
  /** As presented, verified or not. */
  readonly credentials: Credentials | undefined;
  readonly match: Match | undefined;
  readonly handler: Handler | undefined;
}

export class Exchange implements Call {
  static #calls = 0;
  /** Running number: lines of calls that are under way at the same time are told apart by it. */
  readonly #call = ++Exchange.#calls;
  readonly dependencies: RestDependencies;
  readonly method: string;
  readonly url: string;
  readonly query: URLSearchParams;
  readonly scheme: 'http' | 'https';
  readonly match: Match | undefined;
  readonly handler: Handler | undefined;
  readonly credentials: Credentials | undefined;
  /** User name presented, verified or not; of a token once it is verified. */
  userPresented: string;
  readonly #headers: IncomingHttpHeaders;
  readonly #address: string;
  readonly #startedAt: number;
  readonly contentType: string;
  body: Uint8Array | undefined;
  principal: Principal | undefined;
  secret: string | undefined;
  requestId: string;
  /** The requestId as header bytes, for the echo; empty when none. */
  requestIdEcho: string;
  #written: (() => void) | undefined;
  #announced = false;
  #over = false;

  constructor(start: ExchangeStart) {
    this.dependencies = start.dependencies;
    this.method = start.method;
    this.url = start.url;
    this.query = start.query;
    this.scheme = start.scheme;
    this.match = start.match;
    this.handler = start.handler;
    this.credentials = start.credentials;
    this.userPresented = start.credentials?.scheme === 'basic' ? start.credentials.user : '';
    this.#address = start.address;
    this.#headers = start.headers;
    // The header itself is made the same for all before the body is read.
    this.contentType = this.header('content-type') ?? '';
    this.#startedAt = start.dependencies.clock.monotonic();
    // Of what is around a header value, HTTP itself takes blanks and tabs only.
    this.requestIdEcho = (this.header('requestid') ?? '').replace(/^[ \t]+|[ \t]+$/g, '');
    this.requestId = headerText(this.requestIdEcho);
  }

  get parameters(): Readonly<Record<string, string>> {
    return this.match?.parameters ?? {};
  }

  get singleSignOn(): boolean {
    return this.principal !== undefined && this.credentials?.scheme === 'bearer';
  }

  get cause(): Cause {
    return {
      call: this.#call,
      nocache: this.query.get('nocache') ?? undefined,
      requestId: this.requestId === '' ? undefined : this.requestId,
      user: this.userPresented === '' ? undefined : this.userPresented,
    };
  }

  header(name: string): string | undefined {
    const value = this.#headers[name];
    return Array.isArray(value) ? value[0] : value;
  }

  change<T>(work: (repositories: ConfigurationRepositories) => Promise<T>): Promise<T> {
    return this.dependencies.change(work, {
      who: this.principal?.loginId ?? '',
      address: this.#address,
      client: 'rest',
      method: this.method,
      path: `/finesse/api/${this.url}`,
    });
  }

  adoptRequestId(text: string | undefined): ApiFailure | null {
    if (this.requestId !== '' || text === undefined) return null;
    const given = text.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, '');
    const refused = refuseRequestId(given);
    if (refused !== null) return refused;
    this.requestId = given;
    this.requestIdEcho = headerBytes(given);
    return null;
  }

  /** REQUEST_START. */
  begin(): void {
    const { happenings } = this.dependencies;
    if (!happenings.observed) return;
    const { method, query, userPresented: user } = this;
    happenings.publish(
      'request.start',
      {
        method,
        resource: `/${this.url}`,
        query: [...query].map(([name, value]) => [name, isSecretParameter(name) ? '***' : value] as const),
        user,
      },
      this.cause,
    );
  }

  announce(agentId: string, parameters: string): void {
    if (this.#announced || this.handler === undefined) return;
    this.#announced = true;
    const { request } = this.handler;
    this.dependencies.happenings.publish(
      'api.request',
      { url: this.url, agentId, request, parameters },
      this.cause,
    );
  }

  /** What the answer sets going; at once when the client has gone already, for it was accepted all the same. */
  whenWritten(written: () => void): void {
    if (this.#over) written();
    else this.#written = written;
  }

  /** REQUEST_END, then what the answer set going. At most once. */
  end(status: number): void {
    if (this.#over) return;
    this.#over = true;
    const { clock, happenings } = this.dependencies;
    const elapsedMs = Math.round(clock.monotonic() - this.#startedAt);
    happenings.publish('request.end', { elapsedMs, status }, this.cause);
    this.#written?.();
  }
}
