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

/** Whether an agent can sign in now; `unknown`: the server has not been asked, or is an older one that does not tell. */
export type ServerStatus = 'unknown' | 'in-service' | 'out-of-service' | 'unreachable';

export interface ConfigAnswer {
  readonly status: ServerStatus;
  /** Null: the server could not be asked. */
  readonly config: DesktopConfig | null;
}

/** How long the answer may take. */
const ANSWER_MS = 10_000;

/** Never rejects: a server that has no such object has nothing to say. */
export async function askConfig(get: typeof fetch = fetch): Promise<ConfigAnswer> {
  try {
    const answer = await get('/desktop/api/desktopConfig', {
      credentials: 'omit',
      cache: 'no-store',
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    if ([502, 503, 504].includes(answer.status)) return { status: 'out-of-service', config: null };
    const json: unknown = answer.ok ? await answer.json() : null;
    const told = (json as { systemStatus?: unknown } | null)?.systemStatus;
    const status =
      typeof told !== 'string' ? 'unknown' : told === 'IN_SERVICE' ? 'in-service' : 'out-of-service';
    return { status, config: readConfig(json) };
  } catch (error) {
    // What is no JSON has been answered.
    return { status: error instanceof SyntaxError ? 'unknown' : 'unreachable', config: null };
  }
}

/** Never rejects: without an answer nothing is known. */
export async function fetchConfig(get: typeof fetch = fetch): Promise<DesktopConfig> {
  return (await askConfig(get)).config ?? NO_CONFIG;
}
