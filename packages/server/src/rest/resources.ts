/** Every resource that the webservices serve. */
import { CLIENT_LOG_RESOURCES } from './client-log/client-log.ts';
import { CONFIG_INFO_RESOURCES } from './configuration/config-info.ts';
import { DESKTOP_LAYOUT_RESOURCES } from './configuration/desktop-layout.ts';
import { ECC_VARIABLE_RESOURCES } from './configuration/ecc-variables.ts';
import { MEDIA_PROPERTIES_RESOURCES } from './configuration/media-properties-layout.ts';
import { PHONE_BOOK_CONFIGURATION_RESOURCES } from './configuration/phone-books.ts';
import { REASON_CONFIGURATION_RESOURCES } from './configuration/reasons.ts';
import { SYSTEM_CONFIG_RESOURCES } from './configuration/system-config.ts';
import { TEAM_CONFIGURATION_RESOURCES } from './configuration/teams.ts';
import { WORKFLOW_CONFIGURATION_RESOURCES } from './configuration/workflows.ts';
import { CONNECTED_USERS_RESOURCES } from './connected-users/connected-users.ts';
import { DEVICES_RESOURCES } from './devices/devices.ts';
import { DIALOG_RESOURCES } from './dialog/dialog.ts';
import { MAINTENANCE_MODE_RESOURCES } from './maintenance-mode/maintenance-mode.ts';
import { MEDIA_RESOURCES } from './media/media.ts';
import { QUEUE_RESOURCES } from './queue/queue.ts';
import { REASON_RESOURCES } from './reasons/reasons.ts';
import type { Resource } from './resource.ts';
import { SYSTEM_INFO_RESOURCES } from './system-info/system-info.ts';
import { TEAM_RESOURCES } from './team/team.ts';
import { TEAM_RESOURCE_RESOURCES } from './team/team-resource.ts';
import { TEAM_MESSAGE_RESOURCES } from './team-message/team-message.ts';
import { AUTH_MODE_RESOURCES } from './user/auth-mode.ts';
import { DIALOGS_RESOURCES } from './user/dialogs.ts';
import { PHONE_BOOK_RESOURCES } from './user/phone-books.ts';
import { USER_RESOURCES } from './user/user.ts';
import { WORKFLOW_RESOURCES } from './workflow/workflow.ts';

export const RESOURCES: readonly Resource[] = [
  ...SYSTEM_INFO_RESOURCES,
  ...MAINTENANCE_MODE_RESOURCES,
  ...CONNECTED_USERS_RESOURCES,
  ...USER_RESOURCES,
  ...AUTH_MODE_RESOURCES,
  ...DIALOGS_RESOURCES,
  ...DIALOG_RESOURCES,
  ...PHONE_BOOK_RESOURCES,
  ...REASON_RESOURCES,
  ...TEAM_RESOURCES,
  ...TEAM_MESSAGE_RESOURCES,
  ...WORKFLOW_RESOURCES,
  ...QUEUE_RESOURCES,
  ...MEDIA_RESOURCES,
  ...CLIENT_LOG_RESOURCES,
  ...TEAM_RESOURCE_RESOURCES,
  ...DESKTOP_LAYOUT_RESOURCES,
  ...MEDIA_PROPERTIES_RESOURCES,
  ...WORKFLOW_CONFIGURATION_RESOURCES,
  ...REASON_CONFIGURATION_RESOURCES,
  ...PHONE_BOOK_CONFIGURATION_RESOURCES,
  ...TEAM_CONFIGURATION_RESOURCES,
  ...SYSTEM_CONFIG_RESOURCES,
  ...CONFIG_INFO_RESOURCES,
  ...ECC_VARIABLE_RESOURCES,
  ...DEVICES_RESOURCES,
];
