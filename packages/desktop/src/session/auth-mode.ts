/** How agents of this server sign in, and how one of them does (desktop.md D7; rest-api.md 7.3). */
import { keep, recall } from '@poise/pages';

export type AuthMode = 'NON_SSO' | 'SSO' | 'HYBRID';

/** As long as the SDK waits. */
const ANSWER_MS = 10_000;
const REMEMBERED = 'poise.authMode';

export function readAuthMode(value: unknown): AuthMode {
  return value === 'SSO' || value === 'HYBRID' ? value : 'NON_SSO';
}

/** What the server said last time, so that the page need not change under the agent's hands; null: this browser has not heard it. */
export function rememberedAuthMode(): AuthMode | null {
  const kept = recall(REMEMBERED);
  return kept === null ? null : readAuthMode(kept);
}

export function rememberAuthMode(mode: AuthMode): void {
  if (mode !== rememberedAuthMode()) keep(REMEMBERED, mode);
}

/** Null: the server does not answer. */
export async function fetchUserAuthMode(
  user: string,
  get: typeof fetch = fetch,
  answerMs: number = ANSWER_MS,
): Promise<'SSO' | 'NON_SSO' | null> {
  try {
    const answer = await get(`/finesse/api/UserAuthMode/${encodeURIComponent(user)}`, {
      credentials: 'omit',
      cache: 'no-store',
      signal: AbortSignal.timeout(answerMs),
    });
    const mode = /<authMode>(SSO|NON_SSO)<\/authMode>/.exec(await answer.text())?.[1];
    // A server that does not tell (403) has the password decide.
    return mode === 'SSO' ? 'SSO' : mode === 'NON_SSO' || answer.status === 403 ? 'NON_SSO' : null;
  } catch {
    return null;
  }
}
