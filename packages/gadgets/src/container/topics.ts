/** Topics of the desktop (gadgets.md 7; those of our own choice: finesse-js.md). */

const SERVICES = 'finesse.containerservices';

export const TOPIC = {
  requests: 'finesse.info.requests',
  responses: 'finesse.info.responses',
  connection: 'finesse.info.connection',
  presence: 'finesse.info.presence',
  clientLogging: 'finesse.clientLogging',
  containerRequests: `${SERVICES}.requests`,
  activeTab: `${SERVICES}.activeTab`,
  reloadGadget: `${SERVICES}.reloadGadget`,
  timerTick: `${SERVICES}.timerTickEvent`,
  viewChanged: `${SERVICES}.gadgetViewChangedEvent`,
  availableHeight: `${SERVICES}.maxAvailableHeightChangedEvent`,
  activeCallStatus: `${SERVICES}.activeCallStatusEvent`,
  maintenanceMode: `${SERVICES}.finesseMaintenanceModeEvent`,
  /** Of a gadget, for the notification centre. */
  notification: 'finext.notification.popover',
} as const;

/** `/finesse/api/User/1001/Dialogs` → `finesse.api.User.1001.Dialogs` (gadgets.md 7.1). */
export function topicOf(node: string): string {
  return node.replace(/^\/+/, '').replaceAll('/', '.');
}
