/** The address of a gadget's frame (gadgets.md 3.1, H4), and the preferences that it bears (gadgets.md 6). */

export interface GadgetUrlParts {
  readonly mid: number;
  /** As in the layout. */
  readonly gadgetUrl: string;
  /** `en_US` */
  readonly locale: string;
  readonly view: string;
  readonly preferences: Readonly<Record<string, string>>;
  /** Empty: it has none. */
  readonly securityToken: string;
  /** The specification is fetched anew. */
  readonly isFresh: boolean;
  /** Grows with each reload: browsers would show what they have otherwise. */
  readonly loads: number;
}

const encoded = encodeURIComponent;

/** @param origin of the desktop page, in whose place relative gadgets are */
export function gadgetFrameUrl(parts: GadgetUrlParts, origin: string): string {
  const [language = 'en', country = 'US'] = parts.locale.split('_');
  const fields: [string, string][] = [
    ['container', 'default'],
    ['mid', String(parts.mid)],
    ['nocache', parts.isFresh ? '1' : '0'],
    ['country', country],
    ['lang', language],
    ['view', parts.view],
    ...(parts.loads > 0 ? ([['reload', String(parts.loads)]] satisfies [string, string][]) : []),
    ...Object.entries(parts.preferences)
      // Not where logs and histories keep it.
      .filter(([name]) => !/^(authorization|authToken|password)$/i.test(name))
      .map(([name, value]): [string, string] => [`up_${name}`, value]),
    ['parent', origin],
    ...(parts.securityToken !== '' ? ([['st', parts.securityToken]] satisfies [string, string][]) : []),
    ['url', absolute(parts.gadgetUrl, origin)],
  ];
  return `/gadgets/ifr?${fields.map(([name, value]) => `${encoded(name)}=${encoded(value)}`).join('&')}`;
}

/** Relative gadgets are on this server. The query stays as it was written: gadgets take it apart themselves. */
export function absolute(url: string, origin: string): string {
  return /^https?:\/\//i.test(url) ? url : `${origin}/${url.replace(/^\/+/, '')}`;
}

/** The same address on another host. */
export function onHost(url: string, host: string): string {
  return url.replace(/^(https?:\/\/)[^/:?#]+/i, (_all, scheme: string) => scheme + host);
}

/** The parameter of a gadget's own query, whichever of `&` and `;` parts them (gadgets.md 3.1). */
export function layoutParameter(url: string, name: string): string | null {
  const at = url.indexOf('?');
  if (at < 0) return null;
  for (const pair of url.slice(at + 1).split(/[&;]/)) {
    const [key, value = ''] = pair.split('=');
    if (key === name) return value;
  }
  return null;
}

/** What is known of the agent and the server, for the preferences of every gadget. */
export interface PreferenceFacts {
  readonly id: string;
  readonly host: string;
  readonly port: string;
  readonly scheme: string;
  readonly locale: string;
  readonly extension: string;
  readonly mobileAgentMode: string;
  readonly mobileAgentDialNumber: string;
  readonly xmppDomain: string;
  readonly pubsubDomain: string;
  readonly teamId: string;
  readonly teamName: string;
  readonly firstName: string;
  readonly lastName: string;
  /** Server's clock minus the client's, ms. */
  readonly clientDriftInMillis: number;
  readonly systemAuthMode: string;
}

/** @param own values of the layout, and those that the gadget keeps: they win */
export function preferencesOf(
  facts: PreferenceFacts,
  own: Readonly<Record<string, string>>,
): Record<string, string> {
  const [language = 'en', country = 'US'] = facts.locale.split('_');
  return {
    id: facts.id,
    systemAuthMode: facts.systemAuthMode,
    host: facts.host,
    hostPort: facts.port,
    scheme: facts.scheme,
    // The proxy asks for the gadget: it is the server itself.
    restHost: 'localhost',
    localhostFQDN: facts.host,
    localhostPort: facts.port,
    country,
    language,
    locale: facts.locale,
    extension: facts.extension,
    mobileAgentMode: facts.mobileAgentMode,
    mobileAgentDialNumber: facts.mobileAgentDialNumber,
    xmppDomain: facts.xmppDomain,
    pubsubDomain: facts.pubsubDomain,
    teamId: facts.teamId,
    teamName: facts.teamName,
    firstName: facts.firstName,
    lastName: facts.lastName,
    clientDriftInMillis: String(Math.round(facts.clientDriftInMillis)),
    compatibilityMode: '',
    peripheralId: facts.id,
    toasterNotificationTimeout: '8000',
    ...own,
  };
}
