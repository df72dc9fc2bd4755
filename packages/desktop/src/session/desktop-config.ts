/** What the server tells of itself before anybody has signed in: `/desktop/api/desktopConfig` (desktop.md D10). */

import { type AuthMode, readAuthMode } from './auth-mode.ts';

export interface DesktopConfig {
  /** Null: the server has not told. */
  readonly authMode: AuthMode | null;
  /** At the bottom of the page; '': none. */
  readonly banner: string;
  /** To be acknowledged before the sign-in; '': none. */
  readonly logonMessage: string;
}

export const NO_CONFIG: DesktopConfig = { authMode: null, banner: '', logonMessage: '' };

/** Longest banner of the original, and of a message that is still read. */
const BANNER_MAX = 220;
const MESSAGE_MAX = 4_000;

const text = (value: unknown, max: number) => (typeof value === 'string' ? value.trim().slice(0, max) : '');

export function readConfig(answer: unknown): DesktopConfig {
  if (typeof answer !== 'object' || answer === null) return NO_CONFIG;
  const { securityBannerMessage, logonMessage, systemAuthMode } = answer as Record<string, unknown>;
  return {
    authMode: systemAuthMode === undefined ? null : readAuthMode(systemAuthMode),
    banner: text(securityBannerMessage, BANNER_MAX),
    logonMessage: text(logonMessage, MESSAGE_MAX),
  };
}

/** Never rejects: a server that has no such object has nothing to say. */
export async function fetchConfig(get: typeof fetch = fetch): Promise<DesktopConfig> {
  try {
    const answer = await get('/desktop/api/desktopConfig', { credentials: 'omit', cache: 'no-store' });
    return answer.ok ? readConfig(await answer.json()) : NO_CONFIG;
  } catch {
    return NO_CONFIG;
  }
}
