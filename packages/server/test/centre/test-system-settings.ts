/** Settings of administrators over values that a test says. */
import { SETTINGS, type SettingKey } from '../../src/settings/keys.ts';
import { type Origin, settingsOf } from '../../src/settings/settings.ts';
import { SystemSettings } from '../../src/system-settings/system-settings.ts';

/** Seals so that a test sees what was sealed. */
const TEST_SEALER = {
  seal: (_key: string, text: string) => `sealed:${Buffer.from(text).toString('hex')}`,
  unseal: (_key: string, sealed: string) => Buffer.from(sealed.slice(7), 'hex').toString(),
};

/** @param origins of keys that are not there: the default */
export const testSystemSettings = (
  settings: Partial<Record<SettingKey, unknown>> = {},
  origins: ReadonlyMap<SettingKey, Origin> = new Map(),
): SystemSettings =>
  new SystemSettings({
    settings: settingsOf(settings),
    origins: new Map(
      (Object.keys(SETTINGS) as SettingKey[]).map((key) => [key, origins.get(key) ?? { kind: 'default' }]),
    ),
    sealer: TEST_SEALER,
  });
