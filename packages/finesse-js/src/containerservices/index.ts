/** `finesse.containerservices`. */
export { type ContainerHandler, ContainerServices, type DialogOptions } from './container-services.ts';
export {
  type GadgetView,
  GadgetViewChangedEvent,
  MaxAvailableHeightChangedEvent,
  TimerTickEvent,
  WorkflowActionEvent,
  type WorkflowParam,
  type WorkflowVariable,
} from './events.ts';
export { FinesseToaster, type ToasterOptions } from './finesse-toaster.ts';
export { type NotificationIcon, NotificationPopoverService } from './notification-popover-service.ts';
export { PopoverSchema } from './popover-schema.ts';
export {
  type PopoverActionData,
  type PopoverBannerData,
  type PopoverButton,
  type PopoverCallback,
  PopoverService,
  type PopoverTimerData,
} from './popover-service.ts';
export {
  type TaskActivity,
  TaskActivityNotification,
  type TaskNotification,
} from './task-activity-notification.ts';
