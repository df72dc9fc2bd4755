/** Names of the original (`set_property`, `show_property`, admin.md 4) for settings that there are here. */
import type { StoredKey } from './stored.ts';

export const PROPERTY_MODULES = ['desktop', 'webservices', 'fippa', 'admin', 'notification'] as const;

export interface PropertyName {
  readonly module: (typeof PROPERTY_MODULES)[number];
  /** As the original has it. */
  readonly name: string;
  readonly key: StoredKey;
  /** The setting is a duration, the property a number of seconds. */
  readonly seconds?: true;
}

const desktop = (...names: readonly string[]): readonly PropertyName[] =>
  names.map((name) => ({ module: 'desktop', name, key: `desktop.${name}` as StoredKey }));

export const PROPERTIES: readonly PropertyName[] = [
  ...desktop(
    'securityBannerMessage',
    'logonMessage',
    'loginFailureRetryAttempts',
    'loginFailureRetryInterval',
    'enableMobileAgentLogin',
    'enableDragDropAndResizeGadget',
    'enableShortCutKeys',
    'forceWrapUp',
    'showWrapUpTimer',
    'wrapUpCountDown',
    'showAgentHistoryGadgets',
    'showActiveCallDetails',
    'pendingDTMFThresholdCount',
    'dtmfRequestTimeoutInMs',
    'dropParticipant',
    'maxTabsOnTabbedGadgetHeader',
    'triggerWorkFlowForConsult',
    'unreadNotificationsWaitTime',
    'notificationPopupWaitTime',
  ),
  { module: 'webservices', name: 'enableDropParticipantFor', key: 'dialogs.participantDrop' },
  { module: 'webservices', name: 'enableUserAuthMode', key: 'sso.enableUserAuthMode' },
  { module: 'webservices', name: 'maxMMTimeSec', key: 'maintenance.limit', seconds: true },
];
