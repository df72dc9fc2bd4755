/**
 * Digital channels of gadgets in the agent's state control (`finesse.digital.ChannelService`, finesse-js.md 9; desktop.md D35): which
 * there are, what they say, and what becomes of a choice.
 */
import type { HubClock } from '../hub/clock.ts';
import { channelFaults } from './channel-rules.ts';
import type { GadgetContainer } from './container.ts';
import type { Gadget } from './gadget.ts';
import { Listed } from './listed.ts';
import { isObject, isToken, type Payload, type ServiceRequest, serve, textOf } from './service-request.ts';

export type ChannelColour = 'available' | 'unavailable' | 'busy';

export interface ChannelItem {
  readonly id: string;
  readonly label: string;
  readonly colour: ChannelColour;
}

export interface Channel {
  readonly id: string;
  readonly gadget: Gadget;
  readonly menu: { readonly label: string; readonly items: readonly ChannelItem[] };
  readonly icon: { readonly type: string; readonly value: string } | null;
  /** How long a choice waits for its outcome, ms. */
  readonly timeoutMs: number;
  readonly state: {
    readonly label: string;
    readonly current: string;
    readonly colour: ChannelColour;
    readonly isEnabled: boolean;
    /** The agent cannot sign out. */
    readonly holdsSignOut: boolean;
    readonly badge: 'none' | 'info' | 'error' | 'warning';
    readonly hoverText: string;
  };
  /** Item that was chosen and has no outcome yet. */
  readonly pending: string | null;
}

/** Why a choice came to nothing. */
export type ChannelFailure = (
  channel: Channel,
  error: { readonly why: string; readonly code: string },
) => void;

export const ALL_READY = 'ALL_READY';
export const ALL_NOT_READY = 'ALL_NOT_READY';

/** Channels of a page: the original knows of four media. */
export const CHANNELS_MAX = 12;
const ITEMS_MAX = 30;
const LABEL_MAX = 100;
const VALUE_MAX = 1_000;
const TIMEOUT_MAX_S = 30;

const REQUESTS = 'finesse.digital.channel.requests';
const RESPONSES = 'finesse.digital.channel.responses';
const CLICKS = 'finesse.digital.channel.menuClicks';

interface Refusal {
  readonly code: string;
  readonly why: string;
}

const invalid = (faults: readonly string[]): Refusal => ({ code: 'INVALID_INPUT', why: faults.join('; ') });
const OF_OTHERS: Refusal = { code: 'CHANNEL_EXISTS', why: 'Another gadget has a channel of this id.' };
const NOT_FOUND: Refusal = { code: 'CHANNEL_NOT_FOUND', why: 'This gadget has no channel of this id.' };
const TOO_MANY: Refusal = { code: 'TOO_MANY', why: 'There are too many channels.' };

interface Known {
  given: Payload;
  channel: Channel;
  click: { readonly id: string; readonly timer: { cancel(): void } } | null;
}

export class Channels {
  readonly #container: GadgetContainer;
  readonly #clock: HubClock;
  readonly #failed: ChannelFailure;
  readonly #known = new Map<string, Known>();
  readonly #list = new Listed<Channel>();
  #clicks = 0;
  readonly snapshot = this.#list.snapshot;
  readonly subscribe = this.#list.subscribe;

  /** @param failed a choice came to nothing; an empty `why`: the gadget did not answer in time */
  constructor(container: GadgetContainer, clock: HubClock, failed: ChannelFailure) {
    this.#container = container;
    this.#clock = clock;
    this.#failed = failed;
    serve(container, REQUESTS, RESPONSES, (request) => this.#request(request));
    container.onLeft((gadget) => {
      for (const [id, { channel }] of [...this.#known]) if (channel.gadget === gadget) this.#remove(id);
      this.#tell();
    });
  }

  /** The agent chose an item of a channel's menu. */
  choose(id: string, menuId: string): void {
    const known = this.#known.get(id);
    if (known?.channel.state.isEnabled) this.#click(known, menuId);
  }

  /** The agent chose for all channels that can be changed now. */
  chooseAll(menuId: typeof ALL_READY | typeof ALL_NOT_READY): void {
    for (const known of this.#known.values()) if (known.channel.state.isEnabled) this.#click(known, menuId);
  }

  #click(known: Known, menuId: string): void {
    const { channel } = known;
    known.click?.timer.cancel();
    const clickId = String(++this.#clicks);
    const timer = this.#clock.schedule(channel.timeoutMs, () => {
      this.#settle(known);
      this.#failed(known.channel, { why: '', code: 'TIMEOUT' });
    });
    known.click = { id: clickId, timer };
    known.channel = { ...channel, pending: menuId };
    this.#tell();
    this.#container.publish(`${CLICKS}.${channel.id}`, { channelId: channel.id, clickId, menuId });
  }

  #settle(known: Known): void {
    known.click?.timer.cancel();
    known.click = null;
    known.channel = { ...known.channel, pending: null };
    this.#tell();
  }

  #request(request: ServiceRequest): void {
    const { channelId } = request.data;
    const outcome = this.#outcome(request, channelId);
    if (outcome === 'unanswered') return;
    if (outcome === 'done') this.#tell();
    request.respond({
      channelId,
      ...(outcome === 'done'
        ? { status: 'success' }
        : { status: 'failure', error: { errorCode: outcome.code, errorDesc: outcome.why } }),
    });
  }

  #outcome({ type, data, gadget }: ServiceRequest, channelId: unknown): Refusal | 'done' | 'unanswered' {
    if (!isToken(channelId)) return invalid(['channelId is missing, or has dots or wildcards in it']);
    const known = this.#known.get(channelId);
    const own = known?.channel.gadget === gadget ? known : null;
    const parts = partsOf(data);
    switch (type) {
      case 'AddChannelReq': {
        if (known && !own) return OF_OTHERS;
        const faults = channelFaults(parts, true);
        if (faults.length > 0) return invalid(faults);
        if (!known && this.#known.size >= CHANNELS_MAX) return TOO_MANY;
        this.#remove(channelId);
        this.#known.set(channelId, { given: parts, channel: read(channelId, gadget, parts), click: null });
        return 'done';
      }
      case 'UpdateChannelReq': {
        if (!own) return NOT_FOUND;
        const faults = channelFaults(parts, false);
        if (faults.length > 0) return invalid(faults);
        own.given = { ...own.given, ...parts };
        // A choice that waits goes on waiting.
        own.channel = { ...read(channelId, gadget, own.given), pending: own.channel.pending };
        return 'done';
      }
      case 'RemoveChannelReq':
        if (!own) return NOT_FOUND;
        this.#remove(channelId);
        return 'done';
      case 'MenuClickResultReq':
        if (own && own.click !== null && own.click.id === data.clickId) this.#clicked(own, data);
        return 'unanswered';
      default:
        return 'unanswered';
    }
  }

  #clicked(known: Known, { status, error }: Payload): void {
    this.#settle(known);
    if (status === 'success') return;
    const { errorCode, errorDesc } = isObject(error) ? error : {};
    const code = textOf(String(errorCode ?? ''), LABEL_MAX);
    this.#failed(known.channel, { why: textOf(errorDesc, VALUE_MAX) || code, code: code || 'FAILED' });
  }

  #remove(id: string): void {
    this.#known.get(id)?.click?.timer.cancel();
    this.#known.delete(id);
  }

  #tell(): void {
    this.#list.set([...this.#known.values()].map(({ channel }) => channel));
  }
}

/** What is given of the three parts. */
function partsOf(data: Payload): Payload {
  return Object.fromEntries(
    ['menuConfig', 'channelConfig', 'channelState'].flatMap((name) =>
      data[name] === undefined ? [] : [[name, data[name]]],
    ),
  );
}

const COLOURS: ReadonlySet<string> = new Set(['available', 'unavailable', 'busy']);
const BADGES: ReadonlySet<string> = new Set(['info', 'error', 'warning']);

function colourOf(value: unknown): ChannelColour {
  const name = String(value ?? '').toLowerCase();
  return COLOURS.has(name) ? (name as ChannelColour) : 'unavailable';
}

/** @param parts without faults */
function read(id: string, gadget: Gadget, parts: Payload): Channel {
  const { menuConfig, channelConfig, channelState } = parts as Readonly<Record<string, Payload>>;
  const items = (menuConfig?.menuItems ?? []) as readonly Payload[];
  const [icon] = (channelConfig?.icons ?? []) as readonly Payload[];
  const badge = String(channelState?.iconBadge ?? '');
  return {
    id,
    gadget,
    menu: {
      label: textOf(menuConfig?.label, LABEL_MAX),
      items: items.slice(0, ITEMS_MAX).map((item) => ({
        id: String(item.id),
        label: textOf(item.label, LABEL_MAX),
        colour: colourOf(item.iconColor),
      })),
    },
    icon: icon ? { type: String(icon.type), value: textOf(icon.value, VALUE_MAX) } : null,
    timeoutMs: Math.min(Number(channelConfig?.actionTimeoutInSec), TIMEOUT_MAX_S) * 1_000,
    state: {
      label: textOf(channelState?.label, LABEL_MAX),
      current: textOf(channelState?.currentState, LABEL_MAX),
      colour: colourOf(channelState?.iconColor),
      isEnabled: channelState?.enable === true,
      holdsSignOut: channelState?.logoutDisabled === true,
      badge: BADGES.has(badge) ? (badge as Channel['state']['badge']) : 'none',
      hoverText: textOf(channelState?.hoverText, VALUE_MAX),
    },
    pending: null,
  };
}
