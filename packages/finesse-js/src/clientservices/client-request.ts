import { type GadgetsResponse, gadgetsIfAny } from '../frame/gadgets.ts';
import { standsAlone } from '../frame/stand-alone.ts';
import { authorization } from '../utilities/authorization.ts';
import { clientConfig } from './client-config.ts';
import { directRequest } from './master/direct-request.ts';
import { serverOrigin } from './master/server-origin.ts';

/** Parameters of `gadgets.io.makeRequest` by their names (METHOD, POST_DATA, HEADERS …), and SCHEME. */
export interface ClientRequestParams {
  [name: string]: unknown;
  /** Headers by name; Authorization and locale are added. */
  HEADERS?: Readonly<Record<string, string>>;
  /** http unless something else stands here. */
  SCHEME?: string;
}

/** The address of the REST API as the proxy of the server sees it (gadgets.md H10). */
export function absoluteUrl(relative: string, scheme = 'http'): string {
  const { restHost = 'localhost', localhostPort } = clientConfig();
  return `${scheme}://${restHost || 'localhost'}${localhostPort ? `:${localhostPort}` : ''}${relative}`;
}

/** Sends a request to the REST API: through the gadget container, or by itself where there is none. The answer comes later, never before this returns. */
export function clientRequest(
  relative: string,
  answered: (response: GadgetsResponse) => void,
  params: ClientRequestParams = {},
): void {
  const config = clientConfig();
  const { SCHEME, HEADERS, ...others } = params;
  const authorize = authorization.getAuthHeaderString(config);
  const headers: Record<string, string> = {
    ...(authorize !== '' && { Authorization: authorize }),
    ...(config.locale ? { locale: config.locale } : {}),
    ...HEADERS,
  };
  const io = gadgetsIfAny()?.io;
  if (!io && standsAlone()) {
    const server = serverOrigin(config, location, SCHEME);
    // Not among the headers that servers let pages of other origins send.
    if (server !== location.origin) delete headers.locale;
    const { METHOD = 'GET', POST_DATA } = others;
    const body = typeof POST_DATA === 'string' ? POST_DATA : undefined;
    void directRequest({ url: server + relative, method: String(METHOD), headers, body }, answered);
    return;
  }
  if (!io) throw new Error('finesse.js: gadgets.io is missing in this frame');
  io.makeRequest(absoluteUrl(relative, SCHEME), answered, {
    METHOD: 'GET',
    AUTHORIZATION: 'NONE',
    CONTENT_TYPE: 'TEXT',
    // Never as a GET of the proxy: credentials must not stand in addresses.
    REFRESH_INTERVAL: 0,
    GET_FULL_HEADERS: true,
    ...others,
    HEADERS: headers,
  });
}
