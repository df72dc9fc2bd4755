import { hub } from '../frame/hub.ts';
import { ownGadgetId } from '../frame/own-gadget.ts';
import { service } from '../frame/service.ts';
import { TOPICS } from '../frame/topics.ts';
import { guarded, validateHandler } from '../restservices/handlers.ts';
import { type JsonSchema, JsonValidator } from '../utilities/json-validator.ts';
import { text } from '../utilities/text.ts';
import { PopoverSchema } from './popover-schema.ts';

/** What a pop-over shows. */
export interface PopoverBannerData {
  /** `type` is "collab-icon" or "url". */
  readonly icon?: { readonly type: string; readonly value: string };
  readonly content: readonly { readonly name: string; readonly value?: string | null }[];
  readonly headerContent?: { readonly maxHeaderTitle?: string; readonly minHeaderTitle?: string };
}

/** How long it is shown, and what counts in it. */
export interface PopoverTimerData {
  /** Seconds; -1: for ever. */
  readonly displayTimeoutInSecs?: number;
  readonly display?: boolean;
  /** One of PopoverService.COUNTER_TYPE. */
  readonly counterType?: string;
}

export interface PopoverButton {
  readonly id: string;
  readonly label: string;
  readonly type: 'Affirm' | 'Decline';
  readonly hoverText?: string;
  /** At most two. */
  readonly confirmButtons?: readonly {
    readonly id: string;
    readonly label: string;
    readonly hoverText?: string;
  }[];
}

/** What the agent can do with it. */
export interface PopoverActionData {
  readonly dismissible?: boolean;
  readonly keepMaximised?: boolean;
  readonly clientIdentifier?: string;
  /** Shown where there are no buttons. */
  readonly requiredActionText?: string;
  /** At most two. */
  readonly buttons?: readonly PopoverButton[];
}

/** `source`: the id of the button, "dismissed" or "timeout". */
export type PopoverCallback = (outcome: { readonly popoverId: string; readonly source: string }) => void;

function checked<T>(data: T | undefined | null, schema: JsonSchema, what: string): T | undefined {
  if (data === undefined || data === null) return undefined;
  const { isValid, errors } = JsonValidator.validateJson(data, schema);
  if (!isValid) throw new Error(`${what}: ${errors.join('; ')}`);
  return data;
}

function payload(
  bannerData: PopoverBannerData | undefined | null,
  timerData: PopoverTimerData | undefined | null,
  actionData: PopoverActionData | undefined | null,
) {
  const banner = checked(bannerData, PopoverSchema.getBannerDataSchema(), 'bannerData');
  const timer = checked(timerData, PopoverSchema.getTimerDataSchema(), 'timerData');
  const action = checked(actionData, PopoverSchema.getActionDataSchema(), 'actionData');
  return {
    ...(banner && { bannerData: banner }),
    ...(timer && { timerData: timer }),
    ...(action && { actionData: action }),
  };
}

function request(type: string, popoverId: string, data: object): void {
  hub.request(TOPICS.popoverRequests, type, { popoverId, gadgetId: ownGadgetId(), ...data });
}

const open = new Map<string, () => void>();

/** Hears the one answer of a pop-over; who listened to it before hears nothing any more. */
function listen(popoverId: string, callback: PopoverCallback | undefined): void {
  open.get(popoverId)?.();
  const leave = hub.listen(`${TOPICS.popoverEvents}.${popoverId}`, (event) => {
    leave();
    open.delete(popoverId);
    const source = String((event as { source?: unknown } | null)?.source ?? '');
    guarded('pop-over', () => callback?.({ popoverId, source }));
  });
  open.set(popoverId, leave);
}

/** @param _containerServices as the original's; nothing of it is needed */
function begin(_containerServices?: unknown): void {}

/** `finesse.containerservices.PopoverService`: small windows over the desktop that call for an answer. */
export const PopoverService = service(begin, {
  COUNTER_TYPE: { COUNT_UP: 'COUNT_UP', COUNT_DOWN: 'COUNT_DOWN' } as const,

  /**
   * Shows a pop-over.
   * @param callback called once, when it is answered, dismissed or over
   * @returns its id
   * @throws Error with every fault of the data (see PopoverSchema)
   */
  showPopover(
    bannerData: PopoverBannerData,
    timerData: PopoverTimerData | null | undefined,
    actionData: PopoverActionData | null | undefined,
    callback?: PopoverCallback,
  ): string {
    validateHandler(callback);
    if (!bannerData) throw new Error('bannerData is missing');
    const data = payload(bannerData, timerData, actionData);
    const popoverId = text.generateUUID();
    listen(popoverId, callback);
    request('ShowPopoverReq', popoverId, data);
    return popoverId;
  },

  /** Changes a pop-over that is shown: what is given takes the place of what was, the callback, too. @throws Error as showPopover */
  updatePopover(
    popoverId: string,
    bannerData?: PopoverBannerData | null,
    timerData?: PopoverTimerData | null,
    actionData?: PopoverActionData | null,
    callback?: PopoverCallback,
  ): string {
    validateHandler(callback);
    const data = payload(bannerData, timerData, actionData);
    if (callback) listen(popoverId, callback);
    request('UpdatePopoverReq', popoverId, data);
    return popoverId;
  },

  /** Takes a pop-over away; its callback is not called. */
  dismissPopover(popoverId: string): void {
    open.get(popoverId)?.();
    open.delete(popoverId);
    request('DismissPopoverReq', popoverId, {});
  },

  /** What showPopover would send; `isExisting` and the id may stand before the data. @throws Error as showPopover */
  generatePayload(...given: readonly unknown[]) {
    const [banner, timer, action] = typeof given[0] === 'boolean' ? given.slice(2) : given;
    return payload(
      banner as PopoverBannerData,
      timer as PopoverTimerData | null | undefined,
      action as PopoverActionData | null | undefined,
    );
  },
});
