import { frameGadgets, type GadgetsResponse } from '../frame/gadgets.ts';
import { authorization } from '../utilities/authorization.ts';
import { clientConfig } from './client-config.ts';

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

/** Sends a request to the REST API through the gadget container. The answer comes later, never before this returns. */
export function clientRequest(
  relative: string,
  answered: (response: GadgetsResponse) => void,
  params: ClientRequestParams = {},
): void {
  const config = clientConfig();
  const { SCHEME, HEADERS, ...others } = params;
  const authorize = authorization.getAuthHeaderString(config);
  const headers = {
    ...(authorize !== '' && { Authorization: authorize }),
    ...(config.locale ? { locale: config.locale } : {}),
    ...HEADERS,
  };
  const { io } = frameGadgets();
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
