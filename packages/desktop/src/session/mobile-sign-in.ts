/** The part of the sign-in for agents at a phone of their own (desktop.md D6; CCE). */
import type { MobileAgent } from '@poise/client';

export interface MobileSignIn {
  readonly isOn: boolean;
  readonly mode: MobileAgent['mode'];
  readonly dialNumber: string;
}

export const NOT_MOBILE: MobileSignIn = { isOn: false, mode: 'CALL_BY_CALL', dialNumber: '' };

/** What this browser has kept, whoever may have changed it. */
export function readMobile(kept: unknown): MobileSignIn {
  if (typeof kept !== 'object' || kept === null) return NOT_MOBILE;
  const { isOn, mode, dialNumber } = kept as Record<string, unknown>;
  return {
    isOn: isOn === true,
    mode: mode === 'NAILED_CONNECTION' ? mode : 'CALL_BY_CALL',
    dialNumber: typeof dialNumber === 'string' ? dialNumber.slice(0, 64) : '',
  };
}

/** Whether a telephone can dial it: digits, `*`, `#`, a comma for a pause, a plus in front, and what people write between them. */
export function isDialable(number: string): boolean {
  return /^\s*\+?[\d*#,\s()./-]*$/.test(number) && /\d/.test(number);
}

/** What the server is told; null: the agent sits at a phone of the office. */
export function mobileAgentOf({ isOn, mode, dialNumber }: MobileSignIn): MobileAgent | null {
  return isOn ? { mode, dialNumber: dialNumber.trim() } : null;
}

/** Whether the server offers it (property `enableMobileAgentLogin`; CCE alone). One that does not say so does. Never rejects. */
export async function fetchMobileOffer(get: typeof fetch = fetch): Promise<boolean> {
  try {
    const answer = await get('/desktop/api/desktopConfig', { credentials: 'omit', cache: 'no-store' });
    const config: unknown = answer.ok ? await answer.json() : null;
    return (config as { enableMobileAgentLogin?: unknown } | null)?.enableMobileAgentLogin !== false;
  } catch {
    return true;
  }
}
