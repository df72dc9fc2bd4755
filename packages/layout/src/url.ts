/** Addresses in layouts, and the placeholders that a user's data take the place of (gadgets.md 1.2). */
import { LAYOUT_LIMITS } from './limits.ts';

/** Why an address cannot be used: the second half of a sentence; null when it can. */
export function refuseUrl(url: string): string | null {
  if (url === '') return 'is empty';
  if (url.length > LAYOUT_LIMITS.urlLengthMax)
    return `is longer than ${LAYOUT_LIMITS.urlLengthMax} characters`;
  // Browsers leave out some of these before they look at the scheme.
  if (/[\s\p{Cc}\p{Cf}\p{Z}]/u.test(url)) return 'contains white space or control characters';
  if (url.includes('\\')) return 'contains a backslash';
  if (url.startsWith('//')) return 'must begin with http: or https: when it names a host';
  const scheme = /^([^/?#]*?):/.exec(url)?.[1];
  if (scheme === undefined) return null;
  if (!/^https?$/i.test(scheme)) return 'must be relative, or begin with http: or https:';
  if (!/^https?:\/\/[^/?#]/i.test(url) || !URL.canParse(url)) return 'is not a complete address';
  if (/^[^/]*\/\/[^/?#]*@/.test(url)) return 'must not contain a user name';
  return null;
}

/** Whose data take the place of placeholders. */
export interface PlaceholderValues {
  /** Team of the user; empty: the placeholder becomes nothing. */
  readonly teamName: string;
  /** Names of the teams that a supervisor supervises. */
  readonly teams: readonly string[];
  /** Agent chosen in the managing Team Performance; left as it is while nobody is. */
  readonly agentId?: string | undefined;
}

const encoded = encodeURIComponent;

/**
 * The address with `CL%20teamName`, `CL%20~teams~` and `AgentEvent:Id` filled, each value percent-encoded. The rest stays byte for
 * byte. In report gadgets of the original several teams are one value, parted by commas.
 */
export function expandPlaceholders(url: string, values: PlaceholderValues): string {
  return url.replace(/(CL%20)(teamName\b|~teams~)|AgentEvent:Id\b/g, (whole, prefix, which) => {
    if (prefix === undefined) return values.agentId === undefined ? whole : encoded(values.agentId);
    return prefix + (which === 'teamName' ? encoded(values.teamName) : values.teams.map(encoded).join(','));
  });
}
