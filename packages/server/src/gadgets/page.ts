/** The page that a gadget's frame loads: the gadget's HTML as it is, and around it what the gadget relies on (gadgets.md 3.2). */
import { isOffered } from './features.ts';
import { outlineOf, replaceUrls } from './html-scan.ts';
import type { MessageBundle } from './message-bundle.ts';
import { type GadgetSpec, type GadgetView, pixels } from './spec.ts';
import { escapeHtml, type SubstitutionValues, substitute } from './substitutions.ts';

export interface PageParts {
  readonly spec: GadgetSpec;
  readonly view: GadgetView;
  /** HTML of the view, before substitution. */
  readonly content: string;
  readonly bundle: MessageBundle;
  /** `mid` of the frame. */
  readonly moduleId: string;
  /** As the `url` parameter has it. */
  readonly gadgetUrl: string;
  /** Base of relative references: path of a gadget on this server, URL of one elsewhere. */
  readonly base: string;
  /** Origin of this server for gadgets of other hosts; '' for those here. */
  readonly serverOrigin: string;
  /** `up_*` of the URL. */
  readonly prefs: Readonly<Record<string, string>>;
  /** Empty: none was shown. */
  readonly securityToken: string;
  /** Without the origin of the desktop. */
  readonly isolated: boolean;
  /** How many changes of files had been counted before it was made: with the next it loads itself anew. Null: it does not, but for developers. */
  readonly changes: number | null;
  /** Of the script with the features; '' when it is not known. */
  readonly featuresVersion: string;
}

const FEATURES_SCRIPT = '/gadgets/js/features.js';
/** The parameter that names a version of it: an address with one always answers the same, and browsers ask once. */
export const VERSION_PARAMETER = 'v';
/** Paths that are ours whoever's gadget it is (H9). */
const OWN_PATHS = /^\/(?:desktop|3rdpartygadget|gadgets)\//;
/** Gadgets without a document type were written for these. */
const DEFAULT_STYLE =
  'body{margin:0;padding:0;background:#fff}body,td,div,span,p{font-family:arial,sans-serif}';

export function gadgetPage(parts: PageParts): string {
  const { bundle, serverOrigin, base } = parts;
  const values = substitutionValues(parts);
  const written = substitute(parts.content, values, escapeHtml);
  const first = outlineOf(written);
  const html =
    serverOrigin === ''
      ? written
      : replaceUrls(written, first.tags, (url) => (OWN_PATHS.test(url) ? serverOrigin + url : undefined));
  const outline = html === written ? first : outlineOf(html);
  const version = parts.featuresVersion === '' ? '' : `?${VERSION_PARAMETER}=${parts.featuresVersion}`;
  const src = serverOrigin + FEATURES_SCRIPT + version;
  const head = [
    '<meta charset="utf-8">',
    // The first one counts: a gadget that brings its own keeps it.
    outline.tags.some(({ name }) => name === 'base') ? '' : `<base href="${attribute(base)}">`,
    outline.hasDoctype ? '' : `<style>${DEFAULT_STYLE}</style>`,
    `<script src="${attribute(src)}"></script>`,
    `<script>${beginning(parts, values)}</script>`,
  ].join('');
  const dir = bundle.direction;
  // Scripts alone are all in the head: without this there is no body yet. One that is open stays as it is.
  const end = `<body><script>document.body.dir||document.body.setAttribute("dir","${dir}");gadgets.util.runOnLoadHandlers();</script>${followChanges(serverOrigin, parts.changes)}`;
  return `${html.slice(0, outline.headAt)}${head}${html.slice(outline.headAt)}${outline.closing}\n${end}\n`;
}

/** Messages, preferences (defaults where the URL has none) and module id, for content and attributes. */
export function substitutionValues({
  spec,
  bundle,
  prefs,
  moduleId,
}: Pick<PageParts, 'spec' | 'bundle' | 'prefs' | 'moduleId'>): SubstitutionValues {
  return {
    messages: bundle.messages,
    prefs: { ...defaultPrefs(spec, bundle, moduleId), ...prefs },
    moduleId,
    direction: bundle.direction,
  };
}

function defaultPrefs(spec: GadgetSpec, bundle: MessageBundle, moduleId: string): Record<string, string> {
  const values = { messages: bundle.messages, prefs: {}, moduleId, direction: bundle.direction };
  return Object.fromEntries(
    spec.userPrefs.map(({ name, defaultValue }) => [name, substitute(defaultValue, values, (text) => text)]),
  );
}

function beginning(parts: PageParts, values: SubstitutionValues): string {
  const { spec, view, bundle, moduleId, gadgetUrl, securityToken } = parts;
  const attributeOf = (name: string) => substitute(spec.prefs[name] ?? '', values, (text) => text);
  const config = {
    'core.util': Object.fromEntries([
      ['core', {}],
      ['rpc', {}],
      ...spec.features
        .filter(({ name }) => isOffered(name))
        .map(({ name, params }) => [name, simplified(params)]),
    ]),
    'core.io': { proxyUrl: '', jsonProxyUrl: `${parts.serverOrigin}/gadgets/makeRequest` },
    rpc: { parentRelayUrl: '' },
    views: {
      default: { isOnlyVisible: false, urlTemplate: '', aliases: ['home', 'profile', 'DASHBOARD'] },
      canvas: { isOnlyVisible: true, urlTemplate: '', aliases: ['FULL_PAGE'] },
    },
    'shindig.auth': { authToken: securityToken },
    poise: {
      moduleId,
      gadgetUrl,
      title: attributeOf('title'),
      features: spec.features.map(({ name }) => name),
      view: view.name,
      views: [...spec.views.keys()],
      height: view.preferredHeight ?? pixels(spec.prefs.height) ?? null,
      width: view.preferredWidth ?? pixels(spec.prefs.width) ?? null,
      scrolling: spec.prefs.scrolling === 'true',
      isolated: parts.isolated,
    },
  };
  const defaults = defaultPrefs(spec, bundle, moduleId);
  return [
    bundle.direction === 'rtl' ? 'document.documentElement.dir="rtl";' : '',
    `gadgets.config.init(${scriptJson(config)});`,
    `gadgets.Prefs.setMessages_(${scriptJson({ ...bundle.messages })});`,
    `gadgets.Prefs.setDefaultPrefs_(${scriptJson(defaults)});`,
    'gadgets.io.preloaded_={};',
  ].join('');
}

/** A parameter that is given once is a text, as in the original. */
function simplified(params: Readonly<Record<string, readonly string[]>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(params).map(([name, values]) => [name, values.length === 1 ? values[0] : values]),
  );
}

/** Asks twice a second whether a file has changed; an answer that does not come is asked for again. */
export const followChanges = (serverOrigin: string, changes: number | null): string =>
  changes === null
    ? ''
    : `<script>setInterval(function(){fetch("${serverOrigin}/gadgets/changes").then(function(r){return r.text()}).then(function(now){if(now!=="${changes}")location.reload()},function(){})},500);</script>`;

/** A page of another host: in a frame of its own, because the desktop holds frames of this server alone. */
export const pageAround = (url: string): string =>
  '<!doctype html><meta charset="utf-8"><style>html,body{margin:0;height:100%}iframe{width:100%;height:100%;border:0;display:block}</style>' +
  `<iframe src="${attribute(url)}"></iframe>\n`;

/** JSON inside of a script element: nothing that ends it, and no line ends that old scripts do not know in texts. */
export function scriptJson(value: unknown): string {
  return JSON.stringify(value)
    .replace(/</g, '\\u003c')
    .replace(/>/g, '\\u003e')
    .replace(/\u2028/g, '\\u2028')
    .replace(/\u2029/g, '\\u2029');
}

const attribute = (text: string): string => text.replace(/[&<>"]/g, (char) => `&#${char.charCodeAt(0)};`);
