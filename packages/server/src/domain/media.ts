/**
 * Media of the agents beside voice (media routing domains of CCE; objects.md 4.1): who is signed in to which, and whether he is ready
 * there. This node keeps it by itself: no interface to an external task router is public. Tasks come from the simulation alone.
 */

export interface MediaChannel {
  /** Number of the media routing domain. */
  readonly id: string;
  readonly name: string;
}

export const INTERRUPT_ACTIONS = ['ACCEPT', 'IGNORE'] as const;
export const DIALOG_LOGOUT_ACTIONS = ['CLOSE', 'TRANSFER'] as const;
export const MEDIA_STATES = ['LOGOUT', 'NOT_READY', 'READY'] as const;
export type MediaState = (typeof MEDIA_STATES)[number];
/** What shows in place of the state while there are tasks. */
export const WORKING_STATES = ['RESERVED', 'ACTIVE', 'PAUSED', 'WORK'] as const;
export type WorkingState = (typeof WORKING_STATES)[number];
/** Tasks at a time. */
export const DIALOG_LIMIT = { min: 1, max: 10 };

/** How an agent signs in. */
export interface MediaSignIn {
  readonly maxDialogLimit: number;
  readonly interruptAction: (typeof INTERRUPT_ACTIONS)[number];
  readonly dialogLogoutAction: (typeof DIALOG_LOGOUT_ACTIONS)[number];
}

export type MediaWish =
  | { readonly verb: 'LOGIN'; readonly signIn: MediaSignIn }
  | { readonly verb: MediaState; readonly reasonCodeId: number | null }
  | { readonly verb: 'ROUTABLE'; readonly routable: boolean };

/** One medium of one agent. */
export interface Medium {
  readonly channel: MediaChannel;
  /** What was asked for; it shows again when the tasks are done. */
  readonly state: MediaState;
  readonly work: WorkingState | null;
  /** Wall ms; null: not since the start of this node. */
  readonly stateChangeTime: number | null;
  /** Database id of the reason. */
  readonly reasonCodeId: number | null;
  /** Whether tasks may come; only signed in. */
  readonly routable: boolean;
  /** Of the last sign-in; null before the first. */
  readonly signIn: MediaSignIn | null;
}

/** Refusals of the agent and resource manager, with its numbers (rest-api.md 2.4). */
export const MEDIA_ERRORS = {
  ALREADY_LOGGED_IN: {
    errorType: 'Agent already logged into MRD',
    errorData: '1',
    errorMessage: 'E_ARM_STAT_AGENT_ALREADY_LOGGED_IN',
  },
  NOT_LOGGED_IN: {
    errorType: 'Agent not logged into MRD',
    errorData: '6',
    errorMessage: 'E_ARM_STAT_AGENT_NOT_LOGGED_IN',
  },
} as const;
export type MediaRefusal = keyof typeof MEDIA_ERRORS;

export type MediaOutcome =
  | { readonly ok: true; readonly medium: Medium }
  | { readonly ok: false; readonly refusal: MediaRefusal };

export class MediaBook {
  readonly #channels: readonly MediaChannel[];
  /** By login id, then by id of the channel: only media that were signed in to. */
  readonly #media = new Map<string, Map<string, Medium>>();

  constructor(channels: readonly MediaChannel[]) {
    this.#channels = channels;
  }

  get channels(): readonly MediaChannel[] {
    return this.#channels;
  }

  /** In the order of the configuration. */
  of(loginId: string): readonly Medium[] {
    return this.#channels.map((channel) => this.#get(loginId, channel));
  }

  get(loginId: string, channelId: string): Medium | undefined {
    const channel = this.#channels.find(({ id }) => id === channelId);
    return channel && this.#get(loginId, channel);
  }

  /** @param now wall ms. @throws Error for an unknown channel: a defect of the caller */
  apply(loginId: string, channelId: string, wish: MediaWish, now: number): MediaOutcome {
    const before = this.get(loginId, channelId);
    if (before === undefined) throw new Error(`No medium is called ${channelId}.`);
    const isIn = before.state !== 'LOGOUT';
    if (isIn === (wish.verb === 'LOGIN'))
      return { ok: false, refusal: isIn ? 'ALREADY_LOGGED_IN' : 'NOT_LOGGED_IN' };
    const medium = changed(before, wish, now);
    const ofAgent = this.#media.get(loginId) ?? new Map<string, Medium>();
    this.#media.set(loginId, ofAgent.set(channelId, medium));
    return { ok: true, medium };
  }

  /** @returns the medium, where it shows another state than before */
  work(loginId: string, channelId: string, work: WorkingState | null, now: number): Medium | null {
    const before = this.get(loginId, channelId);
    if (before === undefined || before.work === work) return null;
    const medium: Medium = { ...before, work, stateChangeTime: now };
    this.#media.get(loginId)?.set(channelId, medium);
    return medium;
  }

  /** What another node has made of it. @returns whether it shows anything else than before */
  put(loginId: string, medium: Medium): boolean {
    const before = this.#get(loginId, medium.channel);
    const ofAgent = this.#media.get(loginId) ?? new Map<string, Medium>();
    this.#media.set(loginId, ofAgent.set(medium.channel.id, medium));
    const { signIn } = before;
    return (
      before.state !== medium.state ||
      before.work !== medium.work ||
      before.reasonCodeId !== medium.reasonCodeId ||
      before.routable !== medium.routable ||
      signIn?.maxDialogLimit !== medium.signIn?.maxDialogLimit ||
      signIn?.interruptAction !== medium.signIn?.interruptAction ||
      signIn?.dialogLogoutAction !== medium.signIn?.dialogLogoutAction
    );
  }

  forget(loginId: string): void {
    this.#media.delete(loginId);
  }

  #get(loginId: string, channel: MediaChannel): Medium {
    return (
      this.#media.get(loginId)?.get(channel.id) ?? {
        channel,
        state: 'LOGOUT',
        work: null,
        stateChangeTime: null,
        reasonCodeId: null,
        routable: false,
        signIn: null,
      }
    );
  }
}

/** Signing in makes NOT_READY and routable, READY routable again (objects.md 4.1). */
function changed(before: Medium, wish: MediaWish, now: number): Medium {
  switch (wish.verb) {
    case 'LOGIN':
      return {
        ...before,
        state: 'NOT_READY',
        stateChangeTime: now,
        reasonCodeId: null,
        routable: true,
        signIn: wish.signIn,
      };
    case 'ROUTABLE':
      return { ...before, routable: wish.routable };
    default:
      return {
        ...before,
        state: wish.verb,
        work: wish.verb === 'LOGOUT' ? null : before.work,
        stateChangeTime: wish.verb === before.state ? before.stateChangeTime : now,
        reasonCodeId: wish.reasonCodeId,
        routable: wish.verb === 'READY' || (wish.verb !== 'LOGOUT' && before.routable),
      };
  }
}
