/** Tokens of single sign-on as the page keeps them, and when what is due with them (desktop.md D103). Pure. */

export interface SsoTokens {
  /** Login id or login name, as the provider wrote it. */
  readonly user: string;
  readonly token: string;
  /** Epoch ms by this computer's clock, as all times here. */
  readonly obtainedAt: number;
  readonly expiresAt: number;
  /** '' when the provider gave none. */
  readonly refreshToken: string;
  /** Null: the provider did not say. */
  readonly refreshExpiresAt: number | null;
  /** The end of the refresh token does not move any more: the session at the provider ends then. */
  readonly isLast: boolean;
}

/** How near the end is: `ten` and `five` minutes, the `last` one. */
export type SsoWarning = 'ten' | 'five' | 'last';

/** What the page shows of it; null: nothing to say. */
export interface SsoState {
  readonly warning: SsoWarning;
  readonly endsAt: number;
}

/** Part of the lifetime after which a token is refreshed (developer guide 12.5, page 193). */
const REFRESH_PART = 0.75;
/** Two ends that lie no further apart are the same one. */
const SAME_END_MS = 5_000;
const MINUTE = 60_000;
const WARNINGS: readonly (readonly [SsoWarning, number])[] = [
  ['last', MINUTE],
  ['five', 5 * MINUTE],
  ['ten', 10 * MINUTE],
];

const seconds = (value: unknown): number | null =>
  typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : null;
const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Reads an answer of `/desktop/sso/token`. @param before what was in use; keeps what is not said again */
export function readTokens(answer: unknown, now: number, before: SsoTokens | null): SsoTokens | null {
  if (typeof answer !== 'object' || answer === null) return null;
  const given = answer as Readonly<Record<string, unknown>>;
  const lifetime = seconds(given.expires_in);
  const token = text(given.token);
  const user = text(given.user_id) || (before?.user ?? '');
  if (token === '' || user === '' || lifetime === null) return null;
  const isNew = text(given.refresh_token) !== '';
  const left = seconds(given.refresh_expires_in);
  const tokens: SsoTokens = {
    user,
    token,
    obtainedAt: now,
    expiresAt: now + lifetime * 1000,
    refreshToken: isNew ? text(given.refresh_token) : (before?.refreshToken ?? ''),
    refreshExpiresAt: isNew ? left && now + left * 1000 : (before?.refreshExpiresAt ?? null),
    isLast: false,
  };
  const [end, endBefore] = [endOf(tokens), before && endOf(before)];
  return { ...tokens, isLast: end !== null && endBefore !== null && end - endBefore <= SAME_END_MS };
}

/** When nothing can be refreshed any more; null: unknown. */
export function endOf({ refreshToken, refreshExpiresAt, expiresAt }: SsoTokens): number | null {
  return refreshToken === '' ? expiresAt : refreshExpiresAt;
}

/** The provider refuses to refresh: the access token is the last one. */
export const withoutRefresh = (tokens: SsoTokens): SsoTokens => ({
  ...tokens,
  refreshToken: '',
  refreshExpiresAt: null,
  isLast: true,
});

export const refreshAt = ({ obtainedAt, expiresAt }: SsoTokens): number =>
  obtainedAt + (expiresAt - obtainedAt) * REFRESH_PART;

/** Warnings that this end can have: one that each refresh moves on is no end to be warned of from the start. */
function warningsOf(tokens: SsoTokens, end: number) {
  return WARNINGS.filter(
    ([, ms]) => tokens.isLast || tokens.refreshToken === '' || end - tokens.obtainedAt > ms,
  );
}

export function warningAt(tokens: SsoTokens, now: number): SsoState | null {
  const endsAt = endOf(tokens);
  if (endsAt === null) return null;
  const warning = warningsOf(tokens, endsAt).find(([, ms]) => endsAt - now <= ms)?.[0];
  return warning === undefined ? null : { warning, endsAt };
}

/** The next moment at which something changes: a refresh, a warning, the end. Null: never. */
export function nextAt(tokens: SsoTokens, now: number, canRefresh: boolean): number | null {
  const end = endOf(tokens);
  const moments = [
    ...(canRefresh && tokens.refreshToken !== '' ? [refreshAt(tokens)] : []),
    ...(end === null ? [] : [end, ...warningsOf(tokens, end).map(([, ms]) => end - ms)]),
  ].filter((moment) => moment > now);
  return moments.length === 0 ? null : Math.min(...moments);
}

/** What this tab keeps over a refresh of the page: the tokens, and where the agent sat if he was at work. */
export interface SsoKept {
  readonly tokens: SsoTokens;
  readonly extension: string | null;
  readonly dialNumber: string;
  readonly mode: string;
}

/** Null: nothing, or nothing that still holds. */
export function readKept(stored: string | null, now: number): SsoKept | null {
  try {
    const kept = JSON.parse(stored ?? 'null') as SsoKept | null;
    const tokens = kept?.tokens;
    if (typeof tokens?.token !== 'string' || typeof tokens.user !== 'string') return null;
    const end = endOf(tokens);
    return (end !== null && end <= now) || typeof tokens.expiresAt !== 'number' ? null : kept;
  } catch {
    return null;
  }
}
