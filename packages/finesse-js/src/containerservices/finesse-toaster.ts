import type { LogSink } from '../clientservices/client-services.ts';
import type { Config } from '../frame/config.ts';
import { report } from '../frame/report.ts';
import { service } from '../frame/service.ts';

/** What a notification of the browser shows and does. */
export interface ToasterOptions {
  readonly body?: string;
  /** The address of an image, or one of FinesseToaster.TOASTER_DEFAULT_ICONS. */
  readonly icon?: string;
  /** Milliseconds until it closes; 8000 unless the desktop says otherwise. 0: it stays. */
  readonly autoClose?: number;
  /** Also while the desktop can be seen. */
  readonly showWhenVisible?: boolean;
  readonly onclick?: (event: Event) => void;
  readonly onclose?: (event: Event) => void;
  readonly onerror?: (event: Event) => void;
  readonly onshow?: (event: Event) => void;
  readonly tag?: string;
  readonly lang?: string;
}

const CLOSE_AFTER_MS = 8000;

let log: LogSink | undefined;
let closeAfterMs = CLOSE_AFTER_MS;

const say = (message: string): void => log?.log(`[FinesseToaster] ${message}`);

/** Asks the agent for leave if he has not said yet. */
function begin(config?: Partial<Config>, logger?: LogSink): void {
  log = logger;
  const wanted = Number(config?.toasterNotificationTimeout);
  closeAfterMs = Number.isFinite(wanted) && wanted > 0 ? wanted : CLOSE_AFTER_MS;
  if (typeof Notification === 'undefined' || Notification.permission !== 'default') return;
  Notification.requestPermission().then(
    (answer) => say(`permission: ${answer}`),
    (error: unknown) => report('no permission for notifications', error),
  );
}

/** `finesse.containerservices.FinesseToaster`: notifications of the browser. */
export const FinesseToaster = service(begin, {
  /** Icons to give as `icon`. */
  TOASTER_DEFAULT_ICONS: {
    INCOMING_CALL_ICON: '/desktop/theme/finesse/images/incoming-call.svg',
    INCOMING_CHAT_ICON: '/desktop/theme/finesse/images/incoming-chat.svg',
    INCOMING_TEAM_MESSAGE: '/desktop/theme/finesse/images/team-message.svg',
  } as const,

  /**
   * Shows a notification, by default only while the desktop cannot be seen.
   * @returns undefined where none is shown
   */
  showToaster(title: string, options: ToasterOptions = {}): Notification | undefined {
    const {
      autoClose = closeAfterMs,
      showWhenVisible = false,
      onclick,
      onclose,
      onerror,
      onshow,
      ...shown
    } = options;
    if (typeof Notification === 'undefined' || Notification.permission !== 'granted') return undefined;
    if (!showWhenVisible && !document.hidden) return undefined;
    const toaster = new Notification(title, shown);
    toaster.onclick = (event) => {
      window.parent.focus();
      toaster.close();
      onclick?.(event);
    };
    toaster.onclose = onclose ?? null;
    toaster.onerror = onerror ?? null;
    toaster.onshow = onshow ?? null;
    if (autoClose > 0) setTimeout(() => toaster.close(), autoClose);
    say(`shown: ${title}`);
    return toaster;
  },
});
