/** `POST /gadgets/metadata`: what a container wants to know of gadgets before it shows them, in the original's JSON. */
import { checkFeatures, isIsolated } from './features.ts';
import { substitutionValues } from './page.ts';
import type { LoadedGadget } from './renderer.ts';
import { pixels } from './spec.ts';
import { substitute } from './substitutions.ts';

export interface MetadataRequest {
  readonly lang: string;
  readonly country: string;
  readonly gadgets: ReadonlyArray<{
    readonly url: string;
    readonly moduleId: string;
    readonly fresh: boolean;
  }>;
}

const GADGETS_MAX = 100;

/** Undefined: not what was asked for. */
export function readMetadataRequest(body: unknown): MetadataRequest | undefined {
  const { context, gadgets } = (typeof body === 'object' && body !== null ? body : {}) as {
    context?: { language?: unknown; country?: unknown; ignoreCache?: unknown };
    gadgets?: unknown;
  };
  if (!Array.isArray(gadgets) || gadgets.length > GADGETS_MAX) return undefined;
  const wanted = gadgets.map((gadget: { url?: unknown; moduleId?: unknown } | null) => ({
    url: typeof gadget?.url === 'string' ? gadget.url : '',
    moduleId: String(gadget?.moduleId ?? '0').slice(0, 64),
    fresh: context?.ignoreCache === true,
  }));
  if (wanted.some(({ url }) => url === '')) return undefined;
  const text = (value: unknown) => (typeof value === 'string' ? value : '');
  return { lang: text(context?.language), country: text(context?.country), gadgets: wanted };
}

/** @throws GadgetError when a required feature is not known */
export function metadataOf(
  url: string,
  moduleId: string,
  { spec, bundle }: LoadedGadget,
): Record<string, unknown> {
  checkFeatures(spec.features);
  const values = substitutionValues({ spec, bundle, prefs: {}, moduleId });
  const filled = (text: string) => substitute(text, values, (value) => value);
  const attribute = (name: string) => filled(spec.prefs[name] ?? '');
  return {
    url,
    moduleId,
    title: attribute('title'),
    titleUrl: attribute('title_url'),
    description: attribute('description'),
    author: attribute('author'),
    thumbnail: attribute('thumbnail'),
    screenshot: attribute('screenshot'),
    height: pixels(spec.prefs.height) ?? 0,
    width: pixels(spec.prefs.width) ?? 0,
    scrolling: spec.prefs.scrolling === 'true',
    languageDirection: bundle.direction,
    isolated: isIsolated(spec.features),
    features: Object.fromEntries(
      spec.features.map(({ name, required, params }) => [name, { required, params: { ...params } }]),
    ),
    views: Object.fromEntries(
      [...spec.views.values()].map(({ name, type, preferredHeight, preferredWidth }) => [
        name,
        { type, preferredHeight: preferredHeight ?? 0, preferredWidth: preferredWidth ?? 0 },
      ]),
    ),
    userPrefs: Object.fromEntries(
      spec.userPrefs.map((pref) => [
        pref.name,
        {
          displayName: filled(pref.displayName),
          type: pref.datatype,
          default: filled(pref.defaultValue),
          required: pref.required,
          enumValues: Object.fromEntries(
            pref.enumValues.map(({ value, displayValue }) => [value, filled(displayValue)]),
          ),
        },
      ]),
    ),
  };
}
