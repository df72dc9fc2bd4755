/**
 * The sign-in of this tab, kept over a refresh of the page (desktop.md D102), so that nobody is asked for the password in the middle
 * of a call. The tab's storage has it enciphered; the key is where no script can read it, and neither outlives the tab for long.
 */
import type { ClientClock, ClientTimer, SignInOptions } from '@poise/client';

export interface KeptSignIn {
  readonly user: string;
  readonly password: string;
  /**
   * What the agent sits at: for a page that is loaded anew while its node is down, and finds the agent signed out by that. A
   * refreshed page does not sign anybody in else who is not signed in any more.
   */
  readonly seat?: SignInOptions | undefined;
  /** Origin of the node that may take over from the one that the page is from. */
  readonly other?: string | undefined;
  /** The page before this one waited for its node, and was loaded anew because there is a newer one. */
  readonly hasWaited?: boolean | undefined;
  /** The page before this one was another node's, and has left its sign-in with this one. */
  readonly isHandedOver?: boolean | undefined;
}

/** What an older page has kept, or somebody else has written. */
function readSignIn(text: string): KeptSignIn | null {
  const { user, password, seat, other, hasWaited } = JSON.parse(text) as Record<string, unknown>;
  if (typeof user !== 'string' || typeof password !== 'string') return null;
  const hasSeat =
    typeof seat === 'object' && seat !== null && typeof (seat as SignInOptions).extension === 'string';
  return {
    user,
    password,
    ...(hasSeat && { seat: seat as SignInOptions }),
    ...(typeof other === 'string' && { other }),
    ...(hasWaited === true && { hasWaited }),
  };
}

/** The part of AES-GCM and of a store of keys that is needed; each may fail. */
export interface Safe {
  /** Makes a key, remembers it under the name, and enciphers. */
  seal(name: string, text: string): Promise<string>;
  /** Rejects without the key. */
  open(name: string, sealed: string): Promise<string>;
  forget(name: string): Promise<void>;
}

type TabStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

/** A page that was not there for longer asks for the password: the grace of a lost desktop is over long before. */
export const KEPT_FOR_MS = 300_000;
/** How often the page notes that it is there. */
const NOTED_EVERY_MS = 15_000;
const KEY = 'poise.kept';

interface Kept {
  readonly name: string;
  readonly sealed: string;
  /** Wall ms at which the page was there last. */
  readonly at: number;
}

function readKept(text: string | null): Kept | null {
  try {
    const { name, sealed, at } = JSON.parse(text ?? '') as Record<string, unknown>;
    return typeof name === 'string' && typeof sealed === 'string' && typeof at === 'number'
      ? { name, sealed, at }
      : null;
  } catch {
    return null;
  }
}

/** None of its methods throws or rejects: what cannot be kept is asked for again. */
export class SignInKeeper {
  readonly #clock: ClientClock;
  readonly #storage: () => TabStorage;
  readonly #safe: Safe;
  readonly #newName: () => string;
  #timer: ClientTimer | undefined;
  /** Grows with each sign-in and its end, so that a late seal is not kept. */
  #number = 0;

  /**
   * @param storage the tab's; may throw, where the browser forbids it
   * @param newName of a key; may throw, where there is no secure context
   */
  constructor(clock: ClientClock, storage: () => TabStorage, safe: Safe, newName: () => string) {
    this.#clock = clock;
    this.#storage = storage;
    this.#safe = safe;
    this.#newName = newName;
  }

  /** Whether there may be something to go on with; known at once. */
  get hasKept(): boolean {
    return this.#recall() !== null;
  }

  /** The sign-in that the page before this one had; null: none, or too long ago. */
  async recall(): Promise<KeptSignIn | null> {
    const kept = this.#recall();
    if (kept === null) return null;
    try {
      const signIn = readSignIn(await this.#safe.open(kept.name, kept.sealed));
      if (signIn !== null) return signIn;
    } catch {
      // The key is gone.
    }
    this.forget();
    return null;
  }

  /** The agent works here from now on. */
  async keep(signIn: KeptSignIn): Promise<void> {
    this.forget();
    const number = ++this.#number;
    try {
      const name = this.#newName();
      const sealed = await this.#safe.seal(name, JSON.stringify(signIn));
      if (number !== this.#number) return void (await this.#safe.forget(name));
      this.#write({ name, sealed, at: this.#clock.now() });
      this.#noteLater();
    } catch {
      // No secure context, no store, no room: a refresh asks for the password.
    }
  }

  /** The page goes: from now on the time counts. */
  note(): void {
    if (this.#timer !== undefined) this.stay();
  }

  /** The page is there, and waits for its node: another refresh shall go on waiting. */
  stay(): void {
    const kept = this.#recall();
    try {
      if (kept !== null) this.#write({ ...kept, at: this.#clock.now() });
    } catch {
      // No room: it is as old as it was.
    }
  }

  /** Nobody is signed in here any more. */
  forget(): void {
    this.#number++;
    this.#timer?.cancel();
    this.#timer = undefined;
    const kept = readKept(this.#read());
    if (kept === null) return;
    try {
      this.#storage().removeItem(KEY);
    } catch {
      // Without its key it is of no use.
    }
    void this.#safe.forget(kept.name).catch(() => {});
  }

  #noteLater(): void {
    this.#timer = this.#clock.schedule(NOTED_EVERY_MS, () => {
      this.note();
      this.#noteLater();
    });
  }

  #recall(): Kept | null {
    const kept = readKept(this.#read());
    return kept !== null && Math.abs(this.#clock.now() - kept.at) <= KEPT_FOR_MS ? kept : null;
  }

  #read(): string | null {
    try {
      return this.#storage().getItem(KEY);
    } catch {
      return null;
    }
  }

  #write(kept: Kept): void {
    this.#storage().setItem(KEY, JSON.stringify(kept));
  }
}
