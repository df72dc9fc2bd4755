import { hub } from '../frame/hub.ts';
import { ownGadgetId } from '../frame/own-gadget.ts';
import { service } from '../frame/service.ts';
import { TOPICS } from '../frame/topics.ts';
import { guarded, validateHandler } from '../restservices/handlers.ts';
import { type JsonSchema, JsonValidator } from '../utilities/json-validator.ts';

export interface ChannelMenuItem {
  readonly id: string;
  readonly label: string;
  /** One of ChannelService.STATE_STATUS. */
  readonly iconColor?: string;
}

export interface ChannelMenu {
  readonly label: string;
  readonly menuItems: readonly ChannelMenuItem[];
}

export interface ChannelConfig {
  /** Seconds for which a click waits for its outcome, at most 30. */
  readonly actionTimeoutInSec: number;
  /** `type` is one of ChannelService.ICON_TYPE. */
  readonly icons: readonly { readonly type: string; readonly value: string }[];
}

export interface ChannelState {
  readonly label: string;
  readonly currentState: string;
  /** One of ChannelService.STATE_STATUS. */
  readonly iconColor: string;
  readonly enable: boolean;
  /** The agent cannot sign out as long as it is true. */
  readonly logoutDisabled: boolean;
  /** One of ChannelService.ICON_BADGE_TYPE. */
  readonly iconBadge: string;
  readonly hoverText?: string;
}

export interface ChannelOutcome {
  readonly channelId: string;
  /** One of ChannelService.STATUS. */
  readonly status: string;
  readonly error?: { readonly errorCode: string; readonly errorDesc: string };
}

export type ChannelCallback = (outcome: ChannelOutcome) => void;

/**
 * The agent chose something in a channel's menu. The gadget does it and calls one of the two functions.
 * @param menuId the id of the item; ALL_READY or ALL_NOT_READY when he chose for all channels
 */
export type ChannelMenuClick = (
  channelId: string,
  menuId: string,
  onSuccess: (outcome?: unknown) => void,
  onError: (outcome?: { readonly error?: ChannelOutcome['error'] }) => void,
) => void;

const STATE_STATUS = { AVAILABLE: 'available', UNAVAILABLE: 'unavailable', BUSY: 'busy' } as const;
const ICON_TYPE = { COLLAB_ICON: 'collab-icon', URL: 'url' } as const;
const ICON_BADGE_TYPE = { NONE: 'none', INFO: 'info', ERROR: 'error', WARNING: 'warning' } as const;
const STATUS = { SUCCESS: 'success', FAILURE: 'failure' } as const;

const text: JsonSchema = { type: 'string' };

const MENU: JsonSchema = {
  type: 'object',
  required: ['label', 'menuItems'],
  properties: {
    label: text,
    menuItems: {
      type: 'array',
      items: {
        type: 'object',
        required: ['id', 'label'],
        properties: { id: text, label: text, iconColor: text },
      },
    },
  },
};

const CONFIG: JsonSchema = {
  type: 'object',
  required: ['actionTimeoutInSec', 'icons'],
  properties: {
    actionTimeoutInSec: { type: 'number', minimum: 1, maximum: 30 },
    icons: {
      type: 'array',
      minItems: 1,
      items: {
        type: 'object',
        required: ['type', 'value'],
        properties: { type: { type: 'string', enum: Object.values(ICON_TYPE) }, value: text },
      },
    },
  },
};

const STATE: JsonSchema = {
  type: 'object',
  required: ['label', 'currentState', 'iconColor', 'enable', 'logoutDisabled', 'iconBadge'],
  properties: {
    label: text,
    currentState: text,
    iconColor: text,
    enable: { type: 'boolean' },
    logoutDisabled: { type: 'boolean' },
    iconBadge: { type: 'string', enum: Object.values(ICON_BADGE_TYPE) },
    hoverText: text,
  },
};

const SCHEMAS: Readonly<Record<string, JsonSchema>> = {
  menuConfig: MENU,
  channelConfig: CONFIG,
  channelState: STATE,
};

type ChannelData = { readonly [name: string]: unknown };

function faults(data: ChannelData): string[] {
  return Object.entries(data).flatMap(([name, value]) => {
    const schema = SCHEMAS[name];
    if (!schema) return [`${name} is not known`];
    return JsonValidator.validateJson(value, schema).errors.map((error) => `${name}: ${error}`);
  });
}

/** The menus of this gadget's channels: what stops listening to each. */
const menus = new Map<string, () => void>();

/** Asks; the outcome goes to one of the two callbacks. */
function ask(
  type: string,
  channelId: string,
  data: ChannelData,
  onSuccess: ChannelCallback | undefined,
  onError: ChannelCallback | undefined,
): void {
  validateHandler(onSuccess);
  validateHandler(onError);
  const wrong = channelId ? faults(data) : ['channelId is missing'];
  if (wrong.length > 0) {
    const error = { errorCode: 'INVALID_INPUT', errorDesc: wrong.join('; ') };
    guarded('channel', () => onError?.({ channelId, status: STATUS.FAILURE, error }));
    return;
  }
  const content = { channelId, gadgetId: ownGadgetId(), ...data };
  hub.ask(TOPICS.channelRequests, TOPICS.channelResponses, type, content, (payload) => {
    const outcome = payload as ChannelOutcome;
    const well = outcome?.status === STATUS.SUCCESS;
    if (type === 'AddChannelReq' && !well) forgetMenu(channelId);
    guarded('channel', () => (well ? onSuccess : onError)?.(outcome));
  });
}

function forgetMenu(channelId: string): void {
  menus.get(channelId)?.();
  menus.delete(channelId);
}

function listenToMenu(channelId: string, clicked: ChannelMenuClick): void {
  forgetMenu(channelId);
  const leave = hub.listen(`${TOPICS.channelMenuClicks}.${channelId}`, (payload) => {
    const { clickId, menuId } = payload as { readonly clickId: string; readonly menuId: string };
    const answer = (status: string, error?: ChannelOutcome['error']): void => {
      const data = { channelId, gadgetId: ownGadgetId(), clickId, menuId, status, ...(error && { error }) };
      hub.request(TOPICS.channelRequests, 'MenuClickResultReq', data);
    };
    guarded('menu', () =>
      clicked(
        channelId,
        menuId,
        () => answer(STATUS.SUCCESS),
        (outcome) => answer(STATUS.FAILURE, outcome?.error),
      ),
    );
  });
  menus.set(channelId, leave);
}

/** @param _containerServices as the original's; nothing of it is needed */
function begin(_containerServices?: unknown): void {}

/** `finesse.digital.ChannelService`: channels other than voice in the agent's state menu. */
export const ChannelService = service(begin, {
  STATE_STATUS,
  ICON_TYPE,
  ICON_BADGE_TYPE,
  STATUS,

  /**
   * Adds a channel.
   * @param channelId without dots and wildcards
   * @param onMenuClick called when the agent chooses something in its menu
   */
  addChannel(
    channelId: string,
    data: {
      readonly menuConfig: ChannelMenu;
      readonly channelConfig: ChannelConfig;
      readonly channelState: ChannelState;
    },
    onMenuClick: ChannelMenuClick,
    onSuccess?: ChannelCallback,
    onError?: ChannelCallback,
  ): void {
    if (typeof onMenuClick !== 'function') throw new Error('onMenuClick must be a function');
    const { menuConfig, channelConfig, channelState } = data ?? {};
    if (channelId) listenToMenu(channelId, onMenuClick);
    ask('AddChannelReq', channelId, { menuConfig, channelConfig, channelState }, onSuccess, onError);
  },

  /** Changes what is given of menuConfig, channelConfig, channelState. */
  updateChannel(
    channelId: string,
    data: {
      readonly menuConfig?: ChannelMenu;
      readonly channelConfig?: ChannelConfig;
      readonly channelState?: ChannelState;
    },
    onSuccess?: ChannelCallback,
    onError?: ChannelCallback,
  ): void {
    ask('UpdateChannelReq', channelId, data ?? {}, onSuccess, onError);
  },

  updateChannelMenu(
    channelId: string,
    menuConfig: ChannelMenu,
    onSuccess?: ChannelCallback,
    onError?: ChannelCallback,
  ): void {
    ask('UpdateChannelReq', channelId, { menuConfig }, onSuccess, onError);
  },

  updateChannelState(
    channelId: string,
    channelState: ChannelState,
    onSuccess?: ChannelCallback,
    onError?: ChannelCallback,
  ): void {
    ask('UpdateChannelReq', channelId, { channelState }, onSuccess, onError);
  },

  removeChannel(channelId: string, onSuccess?: ChannelCallback, onError?: ChannelCallback): void {
    forgetMenu(channelId);
    ask('RemoveChannelReq', channelId, {}, onSuccess, onError);
  },
});
