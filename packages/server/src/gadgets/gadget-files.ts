/** Texts that gadgets are made of, from this server's folder or from other hosts; kept for a while, each fetched once at a time. */
import type { Clock } from '@poise/clock';
import { phrase } from '../messages/catalogue.ts';
import { textOf } from './charset.ts';
import { GadgetError } from './gadget-error.ts';
import type { GuardedFetcher } from './guarded-fetcher.ts';
import { headerValue } from './headers.ts';
import { type Target, targetText } from './target.ts';

/** A text in one version: another object whenever it changed. */
export interface GadgetText {
  readonly text: string;
}

export interface GadgetFilesOptions {
  readonly clock: Clock;
  /** A file of this server, by its path below `/3rdpartygadget/files/`; null when there is none. */
  readonly ownFile: (
    path: string,
  ) => Promise<{ readonly etag: string; readonly bytes: Uint8Array | null } | null>;
  readonly fetcher: Pick<GuardedFetcher, 'fetch'>;
  /** How long a text of another host is kept, ms. */
  readonly lifeMs: number;
  readonly bytesMax: number;
}

interface Kept {
  expiresAt: number;
  readonly result: Promise<GadgetText>;
  state: 'underWay' | 'here' | 'failed';
  characters: number;
}

export const KEPT_MAX = { texts: 500, characters: 32 * 1024 * 1024 } as const;
/** A host that is down or slow is not asked again by each of a thousand desktops that start at once. */
const FAILURE_LIFE_MS = 3_000;

const OWN_FILES = '/3rdpartygadget/files/';

export class GadgetFiles {
  readonly #options: GadgetFilesOptions;
  /** Of other hosts, the one used longest ago first. */
  readonly #kept = new Map<string, Kept>();
  readonly #own = new Map<string, { readonly etag: string; readonly result: GadgetText }>();
  #ownCharacters = 0;
  #characters = 0;

  constructor(options: GadgetFilesOptions) {
    this.#options = options;
  }

  /**
   * @param fresh ask the host even though the text is known
   * @throws GadgetError 404 when there is no such file, else as {@link GuardedFetcher.fetch}
   */
  text(target: Target, fresh = false): Promise<GadgetText> {
    return target.kind === 'own' ? this.#ownText(target.path) : this.#foreignText(target.url, fresh);
  }

  async #ownText(path: string): Promise<GadgetText> {
    const file = path.startsWith(OWN_FILES)
      ? await this.#options.ownFile(path.slice(OWN_FILES.length))
      : null;
    if (file === null) throw new GadgetError(404, phrase('gadget.noFile', { path }));
    if (file.bytes === null) throw new GadgetError(413, phrase('gadget.tooLarge'), path);
    const known = this.#own.get(path);
    if (known?.etag === file.etag) return known.result;
    if (file.bytes.length > this.#options.bytesMax)
      throw new GadgetError(413, phrase('gadget.tooLarge'), path);
    const result = { text: textOf(file.bytes) };
    this.#forgetOwn(path);
    this.#own.set(path, { etag: file.etag, result });
    this.#ownCharacters += result.text.length;
    for (const oldest of this.#own.keys()) {
      if (this.#own.size <= KEPT_MAX.texts && this.#ownCharacters <= KEPT_MAX.characters) break;
      this.#forgetOwn(oldest);
    }
    return result;
  }

  #forgetOwn(path: string): void {
    this.#ownCharacters -= this.#own.get(path)?.result.text.length ?? 0;
    this.#own.delete(path);
  }

  #foreignText(url: URL, fresh: boolean): Promise<GadgetText> {
    const { clock, lifeMs } = this.#options;
    const key = url.href;
    const known = this.#kept.get(key);
    // While it is under way, nothing is fresher.
    if (known !== undefined && clock.monotonic() < known.expiresAt && (!fresh || known.state !== 'here')) {
      this.#kept.delete(key);
      this.#kept.set(key, known);
      return known.result;
    }
    this.#forget(key);
    const kept: Kept = {
      expiresAt: clock.monotonic() + lifeMs,
      result: this.#fetch(url),
      state: 'underWay',
      characters: 0,
    };
    this.#kept.set(key, kept);
    kept.result.then(
      ({ text }) => {
        kept.state = 'here';
        if (this.#kept.get(key) !== kept) return;
        kept.characters = text.length;
        this.#characters += text.length;
        this.#shorten();
      },
      (error) => {
        kept.state = 'failed';
        // What was never asked for costs nothing: it is allowed as soon as a layout or a setting says so.
        const wasRefused = error instanceof GadgetError && error.status === 403;
        kept.expiresAt = clock.monotonic() + (wasRefused ? 0 : FAILURE_LIFE_MS);
      },
    );
    this.#shorten();
    return kept.result;
  }

  #shorten(): void {
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= KEPT_MAX.texts && this.#characters <= KEPT_MAX.characters) break;
      this.#forget(oldest);
    }
  }

  #forget(key: string): void {
    const kept = this.#kept.get(key);
    if (kept === undefined) return;
    this.#kept.delete(key);
    this.#characters -= kept.characters;
  }

  async #fetch(url: URL): Promise<GadgetText> {
    const { fetcher, bytesMax } = this.#options;
    const answer = await fetcher.fetch(url, { method: 'GET', headers: [], bodyBytesMax: bytesMax });
    const from = targetText({ kind: 'foreign', url });
    if (answer.status === 404) throw new GadgetError(404, phrase('gadget.noFile', { path: from }));
    if (answer.status !== 200)
      throw new GadgetError(
        502,
        phrase('gadget.hostStatus', { host: url.host, status: answer.status }),
        from,
      );
    return { text: textOf(answer.body, headerValue(answer.headers, 'content-type')) };
  }
}
