/** From the address of a gadget to the page of its frame: fetch, read, choose locale and view, put together. */
import { phrase } from '../messages/catalogue.ts';
import { checkFeatures, isIsolated } from './features.ts';
import { GadgetError } from './gadget-error.ts';
import type { GadgetFiles, GadgetText } from './gadget-files.ts';
import { bundleFor, type MessageBundle, readMessageBundle, type WantedLocale } from './message-bundle.ts';
import { gadgetPage, type PageParts, pageAround } from './page.ts';
import { DEFAULT_VIEW, type GadgetSpec, type GadgetView, readGadgetSpec } from './spec.ts';
import { substitute } from './substitutions.ts';
import { type OwnNames, readTarget, resolveTarget, type Target, targetText } from './target.ts';

export interface RenderRequest {
  /** As the `url` parameter has it. */
  readonly gadgetUrl: string;
  readonly moduleId: string;
  readonly locale: WantedLocale;
  readonly view: string;
  readonly prefs: Readonly<Record<string, string>>;
  /** Ask hosts even for what is known. */
  readonly fresh: boolean;
  /** Of this gadget; empty: none was shown. */
  readonly securityToken: string;
  /** How the browser reached this server. */
  readonly serverOrigin: string;
  readonly requestHost: string;
  /** See {@link PageParts.featuresVersion}. */
  readonly featuresVersion: string;
  /** See {@link PageParts.changes}. */
  readonly changes: number | null;
}

export type Rendered =
  | { readonly kind: 'page'; readonly html: string; readonly isolated: boolean }
  /** The gadget is a page of its own, on this server. */
  | { readonly kind: 'redirect'; readonly url: string };

export interface LoadedGadget {
  readonly spec: GadgetSpec;
  readonly target: Target;
  readonly bundle: MessageBundle;
}

export interface RenderRules {
  /** Whether an administrator put a gadget of this host into a layout. */
  readonly isInLayout: (url: URL) => boolean;
}

export class GadgetRenderer {
  readonly #files: GadgetFiles;
  readonly #names: OwnNames;
  /** A text is the same object until it changes: each is read once, whoever loads the gadget. */
  readonly #specs = new WeakMap<GadgetText, GadgetSpec>();
  readonly #bundles = new WeakMap<GadgetText, Readonly<Record<string, string>>>();

  readonly #rules: RenderRules;

  constructor(files: GadgetFiles, names: OwnNames, rules: RenderRules) {
    this.#files = files;
    this.#names = names;
    this.#rules = rules;
  }

  /** @throws GadgetError */
  async load(
    gadgetUrl: string,
    locale: WantedLocale,
    { fresh = false, requestHost = '' } = {},
  ): Promise<LoadedGadget> {
    const target = readTarget(gadgetUrl, this.#names, requestHost);
    const spec = known(this.#specs, await this.#files.text(target, fresh), readGadgetSpec);
    const bundle = await bundleFor(spec, locale, async (url) =>
      known(
        this.#bundles,
        await this.#files.text(resolveTarget(url, target, this.#names, requestHost), fresh),
        readMessageBundle,
      ),
    );
    return { spec, target, bundle };
  }

  /** @throws GadgetError */
  async render(request: RenderRequest): Promise<Rendered> {
    const { gadgetUrl, fresh, requestHost, moduleId, prefs } = request;
    const { spec, target, bundle } = await this.load(gadgetUrl, request.locale, { fresh, requestHost });
    checkFeatures(spec.features);
    const view = viewOf(spec, request.view);
    const values = { messages: bundle.messages, prefs, moduleId, direction: bundle.direction };
    const reference = substitute(view.href, values, encodeURIComponent);
    if (view.type === 'url') {
      const url = this.#pageUrl(reference, target, request);
      return url.startsWith('/')
        ? { kind: 'redirect', url }
        : { kind: 'page', html: pageAround(url), isolated: false };
    }
    const content =
      reference === ''
        ? view.content
        : (await this.#files.text(resolveTarget(reference, target, this.#names, requestHost), fresh)).text;
    // The frame has the origin of the desktop. A link that somebody was sent must not bring foreign code there.
    const isTrusted =
      target.kind === 'own' || request.securityToken !== '' || this.#rules.isInLayout(target.url);
    const isolated = !isTrusted || isIsolated(spec.features);
    const html = gadgetPage({
      spec,
      view,
      content,
      bundle,
      moduleId,
      gadgetUrl,
      base: targetText(target),
      serverOrigin: target.kind === 'own' && !isolated ? '' : request.serverOrigin,
      prefs,
      securityToken: request.securityToken,
      isolated,
      changes: request.changes,
      featuresVersion: request.featuresVersion,
    });
    return { kind: 'page', html, isolated };
  }

  /** The page of a gadget of type url, with what the original appends: preferences, language, the container's address. */
  #pageUrl(
    reference: string,
    gadget: Target,
    { prefs, locale, serverOrigin, requestHost }: RenderRequest,
  ): string {
    const target = resolveTarget(reference, gadget, this.#names, requestHost);
    const url = new URL(targetText(target), serverOrigin);
    for (const [name, value] of Object.entries(prefs)) url.searchParams.append(`up_${name}`, value);
    url.searchParams.append('lang', locale.lang);
    url.searchParams.append('country', locale.country);
    url.searchParams.append('parent', serverOrigin);
    return target.kind === 'own' ? url.pathname + url.search : url.href;
  }
}

/** The wanted view, else the default one, else the one there is: what names only `home` is shown all the same. */
function viewOf(spec: GadgetSpec, wanted: string): GadgetView {
  const view =
    spec.views.get(wanted) ??
    spec.views.get(DEFAULT_VIEW) ??
    (spec.views.size === 1 ? first(spec) : spec.views.get('home'));
  if (view === undefined)
    throw new GadgetError(
      500,
      phrase('gadget.noView', { view: wanted.slice(0, 64) }),
      [...spec.views.keys()].join(),
    );
  return view;
}

const first = (spec: GadgetSpec): GadgetView => [...spec.views.values()][0] as GadgetView;

function known<T extends object>(
  read: WeakMap<GadgetText, T>,
  source: GadgetText,
  reader: (text: string) => T,
): T {
  const before = read.get(source);
  if (before !== undefined) return before;
  const result = reader(source.text);
  read.set(source, result);
  return result;
}
