/** Settings that an administrator may store: which they are, and how stored ones become settings at the start. */
import { SETTINGS, type SettingDefinition, type SettingKey } from './keys.ts';
import type { Sealer } from './seal.ts';
import type { RawSetting } from './settings.ts';

export const STORED_KEYS = [
  'cti.a',
  'cti.b',
  'cti.peripheralId',
  'node.secondary',
  'chat.primary',
  'chat.secondary',
  'enterpriseDatabase.host',
  'enterpriseDatabase.backupHost',
  'enterpriseDatabase.port',
  'enterpriseDatabase.name',
  'enterpriseDatabase.domain',
  'enterpriseDatabase.user',
  'enterpriseDatabase.password',
  // Properties of the serviceability commands (docs/shell.md).
  'dialogs.participantDrop',
  'desktop.securityBannerMessage',
  'desktop.logonMessage',
  'desktop.loginFailureRetryAttempts',
  'desktop.loginFailureRetryInterval',
  'desktop.enableMobileAgentLogin',
  'desktop.enableDragDropAndResizeGadget',
  'desktop.enableShortCutKeys',
  'desktop.forceWrapUp',
  'desktop.showWrapUpTimer',
  'desktop.wrapUpCountDown',
  'desktop.showAgentHistoryGadgets',
  'desktop.showActiveCallDetails',
  'desktop.pendingDTMFThresholdCount',
  'desktop.dtmfRequestTimeoutInMs',
  'desktop.dropParticipant',
  'desktop.maxTabsOnTabbedGadgetHeader',
  'desktop.triggerWorkFlowForConsult',
  'desktop.unreadNotificationsWaitTime',
  'desktop.notificationPopupWaitTime',
  'maintenance.limit',
  'http.corsOrigins',
  'gadgets.hosts',
  'sso.enableUserAuthMode',
] as const satisfies readonly SettingKey[];
export type StoredKey = (typeof STORED_KEYS)[number];

export interface StoredSettings {
  readonly raw: readonly RawSetting[];
  /** Keys of what cannot be used: a server must start with what a newer one, or another key file, has left. */
  readonly unusable: readonly string[];
}

export function storedSettings(
  records: Iterable<{ readonly key: string; readonly value: string }>,
  sealer: Pick<Sealer, 'unseal'>,
): StoredSettings {
  const raw: RawSetting[] = [];
  const unusable: string[] = [];
  for (const { key, value } of records) {
    const known = STORED_KEYS.find((each) => each === key);
    const definition = known && (SETTINGS[known] as SettingDefinition<unknown>);
    const text = definition?.secret ? sealer.unseal(key, value) : value;
    if (definition === undefined || text === undefined || definition.parser.parse(text) === undefined)
      unusable.push(key);
    else raw.push({ key, value: text, origin: { kind: 'store' } });
  }
  return { raw, unusable };
}

/**
 * Secrets among the stored settings that other nodes cannot open, sealed anew; those that cannot be opened here either are left to the node
 * that can, or to whoever sets them again.
 *
 * @returns what has to be written
 */
export function resealed(
  records: Iterable<{ readonly key: string; readonly value: string }>,
  sealer: Sealer,
): { readonly key: string; readonly value: string }[] {
  const changed: { readonly key: string; readonly value: string }[] = [];
  for (const { key, value } of records) {
    const known = STORED_KEYS.find((each) => each === key);
    if (known === undefined || (SETTINGS[known] as SettingDefinition<unknown>).secret !== true) continue;
    const text = sealer.isOfOtherKey(value) ? sealer.unseal(key, value) : undefined;
    if (text !== undefined) changed.push({ key, value: sealer.seal(key, text) });
  }
  return changed;
}
