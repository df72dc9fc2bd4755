/** What the MaintenanceMode API answers (rest-api.md 9); names in declaration order, the root is our choice. */
import { fieldsOf, type ObjectDescription } from './description.ts';

export interface MaintenanceModeSource {
  readonly status: 'IN_PROGRESS' | 'COMPLETED' | 'FAILED';
  readonly connected: { readonly desktop: number; readonly fippa: number; readonly thirdparty: number };
  readonly pending: number;
  /** Wall ms; null: it is over. */
  readonly completionAt: number | null;
}

const users = fieldsOf<MaintenanceModeSource['connected']>();
const mode = fieldsOf<MaintenanceModeSource>();

export const MAINTENANCE_MODE: ObjectDescription<MaintenanceModeSource> = {
  root: 'MaintenanceMode',
  eventRoot: 'maintenanceMode',
  declaration: false,
  fields: [
    mode.oneOf('status', ['IN_PROGRESS', 'COMPLETED', 'FAILED'], (m) => m.status),
    mode.group(
      'usersLoggedIn',
      [
        users.integer('desktop', (u) => u.desktop),
        users.integer('fippa', (u) => u.fippa),
        users.integer('thirdpartyclients', (u) => u.thirdparty),
      ],
      (m) => m.connected,
    ),
    mode.integer('pendingUserDisconnections', (m) => m.pending),
    mode.time('estimatedCompletionTime', (m) => m.completionAt),
  ],
};
