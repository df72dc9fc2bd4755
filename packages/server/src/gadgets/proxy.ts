/** Which way a request of a gadget takes: to this server, to another one, or nowhere. */
import { phrase } from '../messages/catalogue.ts';
import { GadgetError } from './gadget-error.ts';
import type { FetchRequest, GuardedFetcher } from './guarded-fetcher.ts';
import type { Answer } from './http-exchange.ts';
import { fetchRequestOf, type ProxyRequest } from './make-request.ts';
import type { OwnServer } from './own-server.ts';
import type { SecurityTokens } from './security-token.ts';
import { type OwnNames, readTarget } from './target.ts';

export interface ProxyDependencies {
  readonly fetcher: Pick<GuardedFetcher, 'fetch'>;
  readonly ownServer: Pick<OwnServer, 'fetch'>;
  readonly tokens: SecurityTokens;
  readonly names: OwnNames;
}

export interface ProxyResult {
  readonly answer: Answer;
  readonly newToken: string | undefined;
}

export class GadgetProxy {
  readonly #dependencies: ProxyDependencies;

  constructor(dependencies: ProxyDependencies) {
    this.#dependencies = dependencies;
  }

  /**
   * To this server anybody may ask, since REST looks at credentials itself. To others only a gadget that a signed-in user loaded,
   * which its security token says: gadgets with libraries of their own show none, and never needed more.
   * @param client who asks: address, and the host by which the browser knows this server
   * @throws GadgetError
   */
  async send(request: ProxyRequest, client: { address: string; host: string }): Promise<ProxyResult> {
    const { fetcher, ownServer, tokens, names } = this.#dependencies;
    const target = readTarget(request.url, names, client.host);
    const sent: FetchRequest = fetchRequestOf(request, client.address);
    const token = request.securityToken === '' ? undefined : await tokens.read(request.securityToken);
    const newToken = token && (await tokens.renewed(token));
    if (target.kind === 'own')
      return { answer: await ownServer.fetch(target, ownHostOf(request.url), sent), newToken };
    if (token === undefined || token.gadgetUrl !== request.gadgetUrl)
      throw new GadgetError(
        403,
        phrase('gadget.noToken'),
        request.securityToken === ''
          ? 'no security token'
          : 'the security token is not of this gadget, or expired',
      );
    return { answer: await fetcher.fetch(target.url, sent), newToken };
  }
}

/** What the gadget calls us: some answers repeat it. */
const ownHostOf = (url: string): string => (url.startsWith('/') ? 'localhost' : new URL(url).host);
