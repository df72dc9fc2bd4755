/**
 * The one script that comes before all others in the page of a gadget: `window.gadgets`, `osapi`, `OpenAjax` and the old names. Classic, since
 * gadgets take what it defines as globals (gadgets.md 4, H5, H7).
 */
import { legacyAliases } from './aliases.ts';
import { browserSend, browserXml, throughContainer } from './browser-io.ts';
import { config as makeConfig } from './config.ts';
import { keepFragmentLinks } from './fragment-links.ts';
import type { GadgetFeatures } from './gadget-features.ts';
import { io } from './io.ts';
import { linkOf } from './link.ts';
import { loadingIndicator } from './loading-indicator.ts';
import { LOG_LEVEL, logOf } from './log.ts';
import { miniMessageClass } from './minimessage.ts';
import { OwnRequests } from './own-requests.ts';
import { watchWrites } from './own-writes.ts';
import { prefsClass } from './prefs.ts';
import { pubSub } from './pubsub.ts';
import { readiness } from './readiness.ts';
import { rpc as makeRpc } from './rpc.ts';
import { marked, markRuns, runMarksOf } from './run-marks.ts';
import { sharedReaderOf } from './shared-read.ts';
import { leadWaitingRequests } from './sync-requests.ts';
import { tabSetClass } from './tabs.ts';
import { urlParameters } from './url-parameters.ts';
import { util as makeUtil } from './util.ts';
import { views } from './views.ts';
import { contentHeight, gadgetWindow } from './window.ts';

type Globals = Window & typeof globalThis & Record<string, unknown>;

function install(frame: Globals): void {
  const { document, location } = frame;
  const { origin } = location;
  const parameters = urlParameters(location.href);
  const marks = runMarksOf(frame);
  const link = linkOf(frame, marks);
  const log = logOf(frame.console);
  const explain = (text: string, error?: unknown) => {
    if (error === undefined) return log.warn(`gadgets: ${text}`);
    log.error(`gadgets: ${text}`, error);
    link.send({ type: 'failed', text: `${text}: ${String(error)}`.slice(0, TEXT_MAX), source: '', line: 0 });
  };
  const later = (ms: number, run: () => void) => {
    const timer = frame.setTimeout(run, ms);
    return () => frame.clearTimeout(timer);
  };
  const whenReady = readiness(document, later);

  const sessionCredentials = () => {
    try {
      return frame.sessionStorage.getItem('userFinesseAuth') ?? '';
    } catch {
      // An isolated gadget has no storage, and no credentials.
      return '';
    }
  };

  const config = makeConfig();
  const util = makeUtil(frame, config, explain);
  const rpc = makeRpc(link, origin, explain);
  const requests = new OwnRequests();
  const { Hub, HubSettings, OpenAjax } = pubSub(link, origin, whenReady, explain, (payload, deliver) =>
    requests.inTurn(payload, deliver),
  );
  const loading = loadingIndicator({
    document,
    lang: parameters.lang ?? '',
    schedule: later,
    retry: () => location.reload(),
  });
  // An address that the server gives is a path; a relative one would be sought beside the gadget, which may be elsewhere.
  const own = (value: unknown, otherwise: string) => {
    const text = typeof value === 'string' && value !== '' ? value.split('?')[0] : otherwise;
    return new URL(text as string, origin).href;
  };
  const core = () => config.get('core.io') as { jsonProxyUrl?: unknown; proxyUrl?: unknown };
  let token: string | null = null;
  const isIsolated = frame.origin === 'null';
  const reader = isIsolated ? null : sharedReaderOf(frame);
  if (reader) watchWrites(frame, () => reader.changed());
  let isGone = false;
  frame.addEventListener('pagehide', () => {
    isGone = true;
  });
  const gadgets: GadgetFeatures = {
    config,
    util,
    json: { parse: (text) => parsed(text), stringify: (value) => JSON.stringify(value) },
    rpc,
    io: io({
      send: isIsolated
        ? throughContainer((service, callback, ...args) => rpc.call(null, service, callback, ...args))
        : browserSend(frame),
      proxyUrl: () => own(core().jsonProxyUrl, '/gadgets/makeRequest'),
      resourceProxyUrl: () => own(core().proxyUrl, '/gadgets/proxy'),
      token: () =>
        token ??
        String((config.get('shindig.auth') as { authToken?: unknown }).authToken ?? parameters.st ?? ''),
      renew: (next) => {
        token = next;
      },
      gadgetUrl: parameters.url,
      shared: reader && {
        // The page calls back: a run of this gadget like any other, and none of a document that is gone.
        read: (key, body, done) =>
          reader.read(
            key,
            body,
            marked(marks, (...answer) => {
              if (!isGone) done(...answer);
            }),
          ),
        changed: () => reader.changed(),
      },
      parseXml: browserXml(frame),
      began: (headers) => requests.begin(headers),
      asked: (request) => link.send({ type: 'asked', ...request }),
      log: explain,
    }),
    Prefs: prefsClass(
      parameters,
      (pairs) => rpc.call(null, 'set_pref', null, 0, ...pairs),
      log.log,
      sessionCredentials,
    ),
    window: gadgetWindow(
      rpc,
      () => ({ width: document.documentElement.clientWidth, height: document.documentElement.clientHeight }),
      () => contentHeight(frame),
    ),
    views: views(parameters, config, rpc),
    loadingindicator: loading.feature,
    MiniMessage: miniMessageClass(document, later),
    TabSet: tabSetClass(document),
    Hub,
    HubSettings,
    ...log,
  };
  Object.assign(gadgets.log, LOG_LEVEL);
  Object.assign(frame, {
    gadgets,
    OpenAjax,
    osapi: { http: {} },
    ...legacyAliases(gadgets, document),
  });

  config.register('poise', null, (settings) => {
    const { title } = (settings.poise ?? {}) as { title?: unknown };
    if (typeof title === 'string' && title !== '') link.send({ type: 'loaded', title });
    const parameters = util.getFeatureParameters('loadingindicator');
    if (parameters !== null) loading.begin(parameters);
  });
  frame.addEventListener('load', () => loading.loaded());
  frame.addEventListener('error', ({ message, filename, lineno }) => {
    // Elements that do not load tell it in the same way, without a message.
    if (message)
      link.send({ type: 'failed', text: message.slice(0, TEXT_MAX), source: filename, line: lineno });
  });
  frame.addEventListener('unhandledrejection', ({ reason }) =>
    link.send({ type: 'failed', text: String(reason).slice(0, TEXT_MAX), source: '', line: 0 }),
  );
  keepFragmentLinks(frame);
  markRuns(frame, marks);
  leadWaitingRequests(frame);
}

/** Longest text of an error that is told to the page. */
const TEXT_MAX = 1_000;

/** `gadgets.json.parse` answers false to what is no JSON, as Shindig's does. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return false;
  }
}

// A page may have it twice: the first one holds.
if (!(window as unknown as Globals).gadgets) install(window as unknown as Globals);
