import { hub } from '../frame/hub.ts';
import { ownGadgetId } from '../frame/own-gadget.ts';
import { service } from '../frame/service.ts';
import { TOPICS } from '../frame/topics.ts';
import { validateHandler } from '../restservices/handlers.ts';
import { text } from '../utilities/text.ts';

/** The icon of a notification: a name with size and colour, or an SVG. */
export type NotificationIcon =
  | { readonly name: string; readonly size?: string | number; readonly color?: string }
  | { readonly svg: string };

const SHOWN_MS = 8000;
/** Clicks that are waited for; the oldest notification is forgotten. */
const OPEN_MAX = 100;

const open: (() => void)[] = [];

/** @param _containerServices as the original's; nothing of it is needed */
function begin(_containerServices?: unknown): void {}

/** `finesse.containerservices.NotificationPopoverService`: messages in the desktop's notification centre. */
export const NotificationPopoverService = service(begin, {
  /**
   * Shows a message.
   * @param from who says it
   * @param timeout milliseconds; 0: it is collected, and shown with the others later
   * @param pristine as it is, without the sender before it
   * @param showAlways also to whoever has switched notifications off
   * @param onClick called once, when the agent clicks it
   * @returns its id
   */
  showNotification(
    from: string,
    message: string,
    isDismissable = true,
    timeout = SHOWN_MS,
    icon?: NotificationIcon,
    type?: string,
    pristine = false,
    showAlways = false,
    customLink?: unknown,
    onClick?: () => void,
  ): string {
    validateHandler(onClick);
    const notificationId = text.generateUUID();
    if (onClick) {
      const leave = hub.listen(`${TOPICS.notificationClicks}.${notificationId}`, () => {
        leave();
        onClick();
      });
      open.push(leave);
      if (open.length > OPEN_MAX) open.shift()?.();
    }
    hub.publish(TOPICS.notificationPopover, {
      notificationId,
      gadgetId: ownGadgetId(),
      from,
      message,
      isDismissable,
      timeout,
      icon: icon ?? null,
      type: type ?? null,
      pristine,
      showAlways,
      customLink: customLink ?? null,
    });
    return notificationId;
  },
});
