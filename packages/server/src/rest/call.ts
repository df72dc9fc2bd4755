/** One request on its way through the API. */
import type { Principal } from '../accounts/accounts.ts';
import type { ApiFailure } from '../domain/errors.ts';
import type { Cause } from '../happenings.ts';
import type { ConfigurationRepositories, RestDependencies } from './dependencies.ts';

export interface Call {
  readonly dependencies: RestDependencies;
  readonly method: string;
  /** Path below /finesse/api as sent, without leading slash: `User/2001`. */
  readonly url: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** Of the request's URL. */
  readonly scheme: 'http' | 'https';
  /** Value of a request header. */
  header(name: string): string | undefined;
  readonly body: Uint8Array | undefined;
  /** As the client wrote it; empty when it said none. XML is read whatever it says. */
  readonly contentType: string;
  /** Undefined on public resources only. */
  readonly principal: Principal | undefined;
  /** Whether a token of the identity provider was verified instead of a password. */
  readonly singleSignOn: boolean;
  /** The password that was verified; goes to the CTI server at sign-in, nowhere else. */
  readonly secret: string | undefined;
  /** As the client wrote it; empty when none. Of the header; a handler that finds one in the body adopts it. */
  readonly requestId: string;
  readonly cause: Cause;
  /** Changes the store in the name of who asks. @throws StoreError */
  change<T>(work: (repositories: ConfigurationRepositories) => Promise<T>): Promise<T>;
  /** Takes over a requestId found in the body, unless the header brought one. @returns why it is refused, or null */
  adoptRequestId(text: string | undefined): ApiFailure | null;
  /** Writes API_REQUEST, once. `agentId` and `parameters` as the original prints them. */
  announce(agentId: string, parameters: string): void;
}
