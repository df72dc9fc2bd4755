/** The desktop page. Names after `desktop.` are those of the original, where it has such a property. */
import { boolean, choice, integer, text } from '../parsers.ts';
import { type SettingTable, setting } from '../setting.ts';

export const DESKTOP = {
  'desktop.securityBannerMessage': setting(
    text(0, 220),
    '',
    'Text below the sign-in of the desktop; empty: none.',
  ),
  'desktop.logonMessage': setting(
    text(0, 4000),
    '',
    'Text that must be acknowledged before the sign-in of the desktop can be used; empty: none.',
  ),
  'desktop.loginFailureRetryAttempts': setting(
    integer(0, 10),
    3,
    'How often the desktop tries a sign-in again that failed because of the phone; 0: never.',
  ),
  'desktop.loginFailureRetryInterval': setting(integer(15, 180), 60, 'Seconds between those attempts.'),
  'desktop.enableMobileAgentLogin': setting(
    boolean,
    true,
    'Whether the sign-in of the desktop offers to work as a mobile agent.',
  ),
  'desktop.serviceWorker': setting(
    boolean,
    true,
    'Whether browsers keep the desktop page, so that it can be loaded anew while its node is down. `false`: those that do throw it away with the next visit ([desktop.md](desktop.md)).',
  ),
  'desktop.enableDragDropAndResizeGadget': setting(
    boolean,
    false,
    'Whether gadgets of the desktop can be dragged and resized. This and the settings of `desktop` that follow, up to dropParticipant, give way to `configs` of a layout ([layout.md](layout.md)).',
  ),
  'desktop.enableShortCutKeys': setting(boolean, true, 'Whether the desktop has keyboard shortcuts.'),
  'desktop.forceWrapUp': setting(
    boolean,
    true,
    'Whether an agent must choose a wrap-up reason where one is required.',
  ),
  'desktop.showWrapUpTimer': setting(boolean, true, 'Whether the time in wrap-up is shown.'),
  'desktop.wrapUpCountDown': setting(
    boolean,
    true,
    'Whether the time in wrap-up counts down from what is allowed; else it counts up.',
  ),
  'desktop.showAgentHistoryGadgets': setting(
    boolean,
    true,
    'Whether supervisors see the state and call history of an agent in Team Performance.',
  ),
  'desktop.showActiveCallDetails': setting(
    boolean,
    true,
    'Whether supervisors see the calls of an agent in Team Performance.',
  ),
  'desktop.pendingDTMFThresholdCount': setting(
    integer(1, 20),
    20,
    'Digits of the keypad that may wait for their answer.',
  ),
  'desktop.dtmfRequestTimeoutInMs': setting(
    integer(1000, 200_000),
    5000,
    'Milliseconds after which a digit of the keypad counts as lost.',
  ),
  'desktop.dropParticipant': setting(
    choice('agents', 'all'),
    'agents',
    'Which parties of a conference the desktop offers to remove.',
  ),
  'desktop.maxTabsOnTabbedGadgetHeader': setting(
    integer(1, 20),
    7,
    'Tabs of a Multi-Tab gadget that are seen at once; the others are in a menu.',
  ),
  'desktop.showNotificationOnCallVariablesChange': setting(
    boolean,
    true,
    'Whether a hidden tab of call control bears a red dot when variables of a call were changed.',
  ),
  'desktop.showNotificationOnParticipantChange': setting(
    boolean,
    true,
    'The same, when somebody joins or leaves a call.',
  ),
  'desktop.showNotificationOnWrapUpReasonsChange': setting(
    boolean,
    true,
    'The same, when another agent of the call chose its wrap-up reason.',
  ),
  'desktop.showNotificationOnNumCallsChange': setting(boolean, true, 'The same, when a call came or went.'),
  'desktop.developerTools': setting(
    boolean,
    false,
    'Whether the desktop has the panel for developers of gadgets: what each of them asks and publishes. In demo mode it has it always ([gadgets.md](gadgets.md)).',
  ),
  'desktop.triggerWorkFlowForConsult': setting(
    boolean,
    true,
    'Whether consult calls run workflows ([workflows.md](workflows.md)).',
  ),
  'desktop.unreadNotificationsWaitTime': setting(
    integer(1, 3600),
    20,
    'Seconds until a notification that nobody looked at counts as unread.',
  ),
  'desktop.notificationPopupWaitTime': setting(
    integer(1, 3600),
    8,
    'Seconds that a notification stands on the screen.',
  ),
} as const satisfies SettingTable;
