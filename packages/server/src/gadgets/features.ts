/** Features that a gadget may require. What it requires and nobody has is an error in its frame; what is optional may be absent. */
import { phrase } from '../messages/catalogue.ts';
import { GadgetError } from './gadget-error.ts';
import type { GadgetFeature } from './spec.ts';

/** All are in the one script of @poise/gadgets; `core` and `rpc` are always there. */
const PRESENT = [
  'core',
  'core.config',
  'core.io',
  'core.json',
  'core.legacy',
  'core.log',
  'core.prefs',
  'core.util',
  'dynamic-height',
  'dynamic-height.util',
  'globals',
  'loadingindicator',
  'minimessage',
  'osapi',
  'osapi.base',
  'pubsub',
  'pubsub-2',
  'rpc',
  'setprefs',
  'settitle',
  'tabs',
  'views',
] as const;

/** Mean something to a container that rewrites, analyses or decorates gadgets: accepted, and nothing follows. */
const WITHOUT_EFFECT = [
  'analytics',
  'auth-refresh',
  'caja',
  'collapsible',
  'content-rewrite',
  'dynamic-height.height',
  'dynamic-width',
  'i18n',
  'open-views',
  'oauthpopup',
  'security-token',
  'shindig.auth',
  'skins',
  'swfobject',
  'xmlutil',
] as const;

/** The gadget gets an origin of its own and cannot reach into the desktop, nor into other gadgets. */
const ISOLATION = 'locked-domain';

const OFFERED: ReadonlySet<string> = new Set([...PRESENT, ISOLATION]);
const KNOWN: ReadonlySet<string> = new Set([...PRESENT, ...WITHOUT_EFFECT, ISOLATION]);

/** @throws GadgetError 500 that names the first required feature which is not known */
export function checkFeatures(features: readonly GadgetFeature[]): void {
  const missing = features.find(({ name, required }) => required && !KNOWN.has(name));
  if (missing !== undefined)
    throw new GadgetError(
      500,
      phrase('gadget.unknownFeature', { feature: missing.name }),
      `Require ${missing.name}`,
    );
}

/** Whether there is more to a feature than its name: what `gadgets.util.hasFeature` answers to a gadget that asks for it. */
export const isOffered = (name: string): boolean => OFFERED.has(name);

export const isIsolated = (features: readonly GadgetFeature[]): boolean =>
  features.some(({ name }) => name === ISOLATION);
