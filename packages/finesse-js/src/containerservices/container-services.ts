import { gadgetsIfAny, ownFrame, parentContainer, tolerate } from '../frame/gadgets.ts';
import { hub } from '../frame/hub.ts';
import { inMultiTab, ownGadgetId, ownTabId } from '../frame/own-gadget.ts';
import { service } from '../frame/service.ts';
import { TOPICS } from '../frame/topics.ts';
import { guarded, validateHandler } from '../restservices/handlers.ts';
import { text } from '../utilities/text.ts';
import { hideOwnDialog, showOwnDialog } from './dialog-box.ts';
import {
  type GadgetView,
  GadgetViewChangedEvent,
  MaxAvailableHeightChangedEvent,
  TimerTickEvent,
  WorkflowActionEvent,
} from './events.ts';

const CONTAINER_TOPICS = {
  ACTIVE_TAB: 'finesse.containerservices.activeTab',
  WORKFLOW_ACTION_EVENT: 'finesse.containerservices.workflowActionEvent',
  TIMER_TICK_EVENT: 'finesse.containerservices.timerTickEvent',
  RELOAD_GADGET_EVENT: 'finesse.containerservices.reloadGadget',
  GADGET_VIEW_CHANGED_EVENT: 'finesse.containerservices.gadgetViewChangedEvent',
  MAX_AVAILABLE_HEIGHT_CHANGED_EVENT: 'finesse.containerservices.maxAvailableHeightChangedEvent',
  ACTIVE_CALL_STATUS_EVENT: 'finesse.containerservices.activeCallStatusEvent',
  FINESSE_MAINTENANCE_MODE_EVENT: 'finesse.containerservices.finesseMaintenanceModeEvent',
} as const;

// biome-ignore lint/suspicious/noExplicitAny: what a handler gets depends on its topic
export type ContainerHandler = (event: any) => void;

/** What a box over the desktop says. */
export interface DialogOptions {
  /** false: no title. By default the name of the product. */
  readonly title?: string | false | undefined;
  readonly message?: string | undefined;
  /** Called when the box is closed. */
  readonly close?: (() => void) | undefined;
  /** Escape does not close it. Outside the desktop it has no button either, and stays until hideDialog. */
  readonly isBlocking?: boolean | undefined;
}

/** How a payload reaches the handlers of its topic; topics that are not here give it as it is. */
const EVENT_OF: Readonly<Record<string, new (payload: unknown) => unknown>> = {
  [CONTAINER_TOPICS.WORKFLOW_ACTION_EVENT]: WorkflowActionEvent,
  [CONTAINER_TOPICS.TIMER_TICK_EVENT]: TimerTickEvent,
  [CONTAINER_TOPICS.GADGET_VIEW_CHANGED_EVENT]: GadgetViewChangedEvent,
  [CONTAINER_TOPICS.MAX_AVAILABLE_HEIGHT_CHANGED_EVENT]: MaxAvailableHeightChangedEvent,
};

interface Listening {
  readonly handlers: ContainerHandler[];
  readonly leave: () => void;
}

const listening = new Map<string, Listening>();
let visible = false;
let initialised = false;
let view: GadgetView | undefined;

const topicNamed = (topic: string): string => (topic === 'tabVisible' ? CONTAINER_TOPICS.ACTIVE_TAB : topic);

function call(topic: string, event: unknown): void {
  for (const handler of [...(listening.get(topic)?.handlers ?? [])]) guarded(topic, () => handler(event));
}

/** Handlers of ACTIVE_TAB are called when the gadget's own tab becomes visible, and only then. */
function tabChanged(active: unknown): void {
  const was = visible;
  visible = String(active) === ownTabId();
  if (visible && !was) call(CONTAINER_TOPICS.ACTIVE_TAB, active);
}

function viewChanged(payload: unknown): void {
  const event = new GadgetViewChangedEvent(payload);
  if (event.getGadgetId() !== ownGadgetId()) return;
  view = {
    gadgetId: event.getGadgetId(),
    tabId: event.getTabId(),
    maxAvailableHeight: event.getMaxAvailableHeight(),
    view: event.getView(),
  };
}

function request(type: string, data: object): void {
  hub.request(TOPICS.containerRequests, type, data);
}

const aboutMe = (type: string) => (): void =>
  request(type, { gadgetId: ownGadgetId(), tabId: ownTabId() ?? '' });

/** What the frame of the desktop does itself for gadgets of its origin. */
function containerOfDesktop() {
  return parentContainer()?.Container;
}

const jQueryOf = (found: unknown): unknown => {
  const { jQuery } = globalThis as { jQuery?: (of: unknown) => unknown };
  return jQuery && found ? jQuery(found) : found;
};

/** Hears what concerns this gadget, and asks which tab is active. */
function begin(): void {
  if (initialised) return;
  initialised = true;
  hub.listen(CONTAINER_TOPICS.ACTIVE_TAB, tabChanged);
  hub.listen(CONTAINER_TOPICS.GADGET_VIEW_CHANGED_EVENT, viewChanged);
  hub.listen(CONTAINER_TOPICS.MAX_AVAILABLE_HEIGHT_CHANGED_EVENT, (payload) => {
    const maxAvailableHeight = new MaxAvailableHeightChangedEvent(payload).getMaxAvailableHeight();
    if (view) view = { ...view, maxAvailableHeight };
  });
  hub.listen(CONTAINER_TOPICS.RELOAD_GADGET_EVENT, (payload) => {
    const { gadgetId } = (payload ?? {}) as { gadgetId?: unknown };
    if (gadgetId === '*' || String(gadgetId) === ownGadgetId()) ContainerServices.reloadMyGadget();
  });
  ContainerServices.makeActiveTabReq();
  request('GadgetViewReq', { gadgetId: ownGadgetId() });
}

/** `finesse.containerservices.ContainerServices`: what the desktop does for a gadget. */
export const ContainerServices = service(begin, {
  /** Topics for addHandler. */
  Topics: CONTAINER_TOPICS,

  /**
   * Adds a handler for a topic of ContainerServices.Topics; one that is there already stays one. One of ACTIVE_TAB is called when the
   * gadget's own tab becomes visible.
   * @throws Error when it is neither a function nor undefined
   */
  addHandler(topic: string, handler: ContainerHandler | undefined): void {
    validateHandler(handler);
    if (!handler) return;
    const name = topicNamed(topic);
    const there = listening.get(name);
    if (there) {
      if (!there.handlers.includes(handler)) there.handlers.push(handler);
      return;
    }
    const Event = EVENT_OF[name];
    // ACTIVE_TAB is heard by init, which knows when it concerns this gadget.
    const leave =
      name === CONTAINER_TOPICS.ACTIVE_TAB
        ? () => undefined
        : hub.listen(name, (payload) => call(name, Event ? new Event(payload) : payload));
    listening.set(name, { handlers: [handler], leave });
  },

  /** Removes a handler, or all of the topic. */
  removeHandler(topic: string, handler?: ContainerHandler): void {
    const name = topicNamed(topic);
    const there = listening.get(name);
    if (!there) return;
    const at = handler ? there.handlers.indexOf(handler) : -1;
    if (at !== -1) there.handlers.splice(at, 1);
    if (handler && there.handlers.length > 0) return;
    there.leave();
    listening.delete(name);
  },

  /** Asks the desktop to say again which tab is active. */
  makeActiveTabReq: (): void => request('ActiveTabReq', {}),
  /** Whether the gadget's own tab is the active one. */
  tabVisible: (): boolean => visible,
  activateTab(tabId: string): void {
    request('SetActiveTabReq', { id: tabId });
  },
  activateMyTab(): void {
    ContainerServices.activateTab(ownTabId() ?? '');
  },
  /** Undefined for a gadget that stands in no tab. */
  getMyTabId: (): string | undefined => ownTabId(),
  /** The number that the desktop has given to this gadget (`mid`), as text. */
  getMyGadgetId: (): string => ownGadgetId(),

  /** Shows a box over the desktop. @returns the jQuery of its element, where jQuery is in the frame */
  showDialog(options: DialogOptions = {}): unknown {
    const { title, message = 'A generic error has occured', close, isBlocking = false } = options;
    const all = { title, message, close, isBlocking };
    const desktop = containerOfDesktop();
    return jQueryOf(desktop?.showDialog ? desktop.showDialog(all) : showOwnDialog(all));
  },
  hideDialog(): void {
    const desktop = containerOfDesktop();
    if (desktop?.hideDialog) desktop.hideDialog();
    else hideOwnDialog();
  },

  /** Renders the gadget again. */
  reloadMyGadget(): void {
    const id = ownGadgetId();
    const desktop = containerOfDesktop();
    if (!desktop?.reloadGadget) request('ReloadGadgetReq', { gadgetId: id });
    else {
      hub.leaveAll();
      desktop.reloadGadget(id);
    }
  },
  /** Renders the gadget again, from another address. */
  reloadMyGadgetFromUrl(url: string): void {
    const id = ownGadgetId();
    const desktop = containerOfDesktop();
    if (!desktop?.modifyGadgetUrl) request('ReloadGadgetReq', { gadgetId: id, url });
    else {
      desktop.modifyGadgetUrl(id, url);
      ContainerServices.reloadMyGadget();
    }
  },

  setMyGadgetTitle(title: string): void {
    gadgetsIfAny()?.window?.setTitle?.(title);
  },
  /** Shows the title bar of the gadget. */
  enableTitleBar: aboutMe('EnableTitleBarReq'),
  /** Leaves the title bar only. */
  collapseMyGadget: aboutMe('CollapseGadgetReq'),
  expandMyGadget: aboutMe('ExpandGadgetReq'),
  /** Hides the gadget's tab inside a Multi-Tab gadget. */
  hideMyGadget: aboutMe('HideGadgetReq'),
  showMyGadget: aboutMe('ShowGadgetReq'),
  /** Marks the gadget's tab inside a Multi-Tab gadget. */
  showMyGadgetNotification: aboutMe('ShowGadgetNotificationReq'),
  hideMyGadgetNotification: aboutMe('HideGadgetNotificationReq'),
  /** Whether the gadget stands inside a Multi-Tab gadget. */
  isTabbedGadget: (): boolean => tolerate(inMultiTab, false),
  /** How the gadget is shown: `{gadgetId, tabId, maxAvailableHeight, view}`. */
  getMyGadgetView: (): GadgetView =>
    view ?? {
      gadgetId: ownGadgetId(),
      tabId: ownTabId() ?? '',
      maxAvailableHeight: ownFrame()?.clientHeight ?? 0,
      view: 'default',
    },

  /** Publishes on a topic of the hub. */
  publish: (topic: string, data: unknown): void => hub.publish(topic, data),

  /**
   * Tells the agent that a certificate has to be accepted.
   * @param callback called when he closes the banner
   * @returns its id, for hideCertificateBanner
   */
  showCertificateBanner(callback?: () => void): string {
    validateHandler(callback);
    const bannerId = text.generateUUID();
    const leave = hub.listen(`${TOPICS.certificateBanner}.${bannerId}`, () => {
      leave();
      callback?.();
    });
    request('ShowCertificateBannerReq', { bannerId, gadgetId: ownGadgetId() });
    return bannerId;
  },
  hideCertificateBanner(bannerId: string): void {
    request('HideCertificateBannerReq', { bannerId, gadgetId: ownGadgetId() });
  },
});
