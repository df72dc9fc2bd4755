import { gadgetsIfAny, pageHost, parentContainer, session } from './gadgets.ts';
import { report } from './report.ts';

/**
 * `finesse.gadget.Config`: what the container tells the gadget in its preferences (gadgets.md 6). Every value is a string but
 * `clientDriftInMillis`.
 */
export interface Config {
  /** Id of the user. */
  id: string;
  /** Base64 of `id:password`; "" with single sign-on. */
  authorization: string;
  /** Access token of single sign-on. */
  authToken: string;
  /** NON_SSO, SSO or HYBRID. */
  systemAuthMode: string;
  host: string;
  hostPort: string;
  scheme: string;
  /** The host of the REST API as the server's own proxy sees it. */
  restHost: string;
  localhostFQDN: string;
  localhostPort: string;
  country: string;
  language: string;
  locale: string;
  extension: string;
  mobileAgentMode: string;
  mobileAgentDialNumber: string;
  xmppDomain: string;
  pubsubDomain: string;
  teamId: string;
  teamName: string;
  firstName: string;
  lastName: string;
  compatibilityMode: string;
  peripheralId: string;
  toasterNotificationTimeout: string;
  /** Milliseconds by which the browser's clock is ahead of the server's. */
  clientDriftInMillis: number;
  /** Gadgets may keep more here. */
  [name: string]: unknown;
}

const NAMES = [
  'id',
  'authorization',
  'authToken',
  'systemAuthMode',
  'host',
  'hostPort',
  'scheme',
  'restHost',
  'localhostFQDN',
  'localhostPort',
  'country',
  'language',
  'locale',
  'extension',
  'mobileAgentMode',
  'mobileAgentDialNumber',
  'xmppDomain',
  'pubsubDomain',
  'teamId',
  'teamName',
  'firstName',
  'lastName',
  'compatibilityMode',
  'peripheralId',
  'toasterNotificationTimeout',
] as const;

/** Copies the credentials of the session into the preference `authorization`, which gadgets of all releases read. */
function fillAuthorization(prefs: { set?(name: string, value: string): void }): string {
  const kept = session()?.getItem('userFinesseAuth') ?? '';
  if (kept === '') return '';
  try {
    prefs.set?.('authorization', kept);
  } catch (error) {
    report('the preference authorization could not be set', error);
  }
  return kept;
}

/** The Config of this frame; outside a gadget one with empty values and the host of the page. */
export function configOfFrame(): Config {
  const Prefs = gadgetsIfAny()?.Prefs;
  const prefs = Prefs ? new Prefs() : undefined;
  const kept = prefs ? fillAuthorization(prefs) : '';
  const read = (name: string): string => prefs?.getString(name) ?? '';
  const config = Object.fromEntries(NAMES.map((name) => [name, read(name)])) as unknown as Config;
  config.authorization ||= kept;
  // Tokens do not stand in the addresses of frames; the desktop keeps the newest one.
  config.authToken ||= String(parentContainer()?.Config?.authToken ?? '');
  config.host ||= pageHost();
  config.restHost ||= 'localhost';
  const drift = Number.parseInt(read('clientDriftInMillis'), 10);
  // The session has it the other way round.
  const keptDrift = -Number.parseInt(session()?.getItem('clientTimestampDrift') ?? '', 10);
  config.clientDriftInMillis = Number.isNaN(drift) ? keptDrift || 0 : drift;
  return config;
}
