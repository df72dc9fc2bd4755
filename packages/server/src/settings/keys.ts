/**
 * The one table of settings, put together from those of `keys/`. The type `Settings`, the checks, the printed settings and
 * docs/settings.md all derive from it. To add a setting, add a row to one of them; names are `part.thing`, durations are in
 * ms, sizes in bytes.
 */
import { ACCOUNTS } from './keys/accounts.ts';
import { CONTACT_CENTRE, EMBEDDED_CENTRE } from './keys/contact-centre.ts';
import { DESKTOP } from './keys/desktop.ts';
import { HTTP } from './keys/http.ts';
import { NODE } from './keys/node.ts';
import { NOTIFICATION } from './keys/notification.ts';
import { OPERATION } from './keys/operation.ts';
import { PRESENCE } from './keys/presence.ts';
import type { SettingTable } from './setting.ts';

export type { Computed, DefaultContext, SettingDefinition } from './setting.ts';

/** In the order of docs/settings.md; a default may depend on what stands before it. */
export const SETTINGS = {
  ...NODE,
  ...CONTACT_CENTRE,
  ...DESKTOP,
  ...EMBEDDED_CENTRE,
  ...PRESENCE,
  ...NOTIFICATION,
  ...HTTP,
  ...ACCOUNTS,
  ...OPERATION,
} as const satisfies SettingTable;

export type SettingKey = keyof typeof SETTINGS;
