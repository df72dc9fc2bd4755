/** What the server tells of itself before anybody has signed in: `/desktop/api/desktopConfig` (desktop.md D5, D10). */

import { type AuthMode, readAuthMode } from './auth-mode.ts';

export interface DesktopConfig {
  /** Null: the server has not told. */
  readonly authMode: AuthMode | null;
  /** At the bottom of the page; '': none. */
  readonly banner: string;
  /** To be acknowledged before the sign-in; '': none. */
  readonly logonMessage: string;
  readonly retry: RetryRule;
  /** Whether the browser may keep the page for when the node is down. */
  readonly serviceWorker: boolean;
}

/** When a sign-in that failed because of the phone is tried again: `loginFailureRetryAttempts`, `loginFailureRetryInterval`. */
export interface RetryRule {
  /** 0: never. */
  readonly attempts: number;
  readonly intervalMs: number;
}

export const NO_CONFIG: DesktopConfig = {
  authMode: null,
  banner: '',
  logonMessage: '',
  retry: { attempts: 3, intervalMs: 60_000 },
  serviceWorker: false,
};

/** Longest banner of the original, and of a message that is still read. */
const BANNER_MAX = 220;
const MESSAGE_MAX = 4_000;

/** As the original bounds them; seconds. */
const ATTEMPTS = { min: 0, max: 10 } as const;
const INTERVAL = { min: 15, max: 180 } as const;

const text = (value: unknown, max: number) => (typeof value === 'string' ? value.trim().slice(0, max) : '');

const whole = (value: unknown, { min, max }: { min: number; max: number }, fallback: number) =>
  Number.isInteger(value) && (value as number) >= min && (value as number) <= max
    ? (value as number)
    : fallback;

export function readConfig(answer: unknown): DesktopConfig {
  if (typeof answer !== 'object' || answer === null) return NO_CONFIG;
  const {
    securityBannerMessage,
    logonMessage,
    loginFailureRetryAttempts,
    loginFailureRetryInterval,
    systemAuthMode,
    serviceWorker,
  } = answer as Record<string, unknown>;
  const { attempts, intervalMs } = NO_CONFIG.retry;
  return {
    authMode: systemAuthMode === undefined ? null : readAuthMode(systemAuthMode),
    banner: text(securityBannerMessage, BANNER_MAX),
    logonMessage: text(logonMessage, MESSAGE_MAX),
    retry: {
      attempts: whole(loginFailureRetryAttempts, ATTEMPTS, attempts),
      intervalMs: whole(loginFailureRetryInterval, INTERVAL, intervalMs / 1_000) * 1_000,
    },
    serviceWorker: serviceWorker === true,
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
