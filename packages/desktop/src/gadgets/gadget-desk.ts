/** Between the container of the gadgets and this page: one for the page, made with its first gadget. */
import { platformClock } from '@poise/client';
import {
  absolute,
  type Gadget,
  GadgetContainer,
  type GadgetEntry,
  type GadgetNote,
  gadgetFrameUrl,
  NODE_OF_PAGE,
  onHost,
  preferencesOf,
  SHARED_READS,
  SharedReads,
  TOPIC,
  windowGlobals,
} from '@poise/gadgets';
import type { Desk } from '../desk/desk-context.tsx';
import type { Desktop } from '../desktop-context.tsx';
import { LANGUAGES, type MessageKey, sayNow } from '../messages/index.tsx';
import { fetchConfig } from '../session/desktop-config.ts';
import { isPersistent } from '../session/stored-log.ts';
import { DeveloperLog } from './developer-log.ts';
import { GadgetDialog } from './gadget-dialog.ts';
import { FactsOfGadgets, type FactsQuestion, type GadgetFacts, type ToldOfGadget } from './gadget-facts.ts';
import { keepPreference, keptPreferences } from './gadget-preferences.ts';
import { GadgetServices } from './gadget-services.ts';
import { beginGadgetSession, endGadgetSession } from './gadget-session.ts';
import { GadgetWatch, watchdogWorker } from './gadget-watch.ts';
import { openGadgetDesk } from './open-desk.ts';
import { Relay } from './relay.ts';

/** How long the server may take to say what a gadget is, ms; then its frame is loaded without. */
const METADATA_TIMEOUT_MS = 4_000;

/** What the page does with an entry that shows a gadget. */
export interface GadgetPlace {
  /** Null: it cannot fill its tab. */
  readonly maximise: ((isMaximised: boolean) => void) | null;
}

/** Where the user is, as the layout knows it. */
interface Tabs {
  readonly active: string;
  readonly ids: readonly string[];
  readonly choose: (id: string) => void;
}

const text = (key: MessageKey) => sayNow({ key });

export class GadgetDesk {
  readonly container: GadgetContainer;
  readonly services: GadgetServices;
  readonly watch: GadgetWatch;
  /** Null: the layout does not want the panel. */
  readonly developer: DeveloperLog | null;
  readonly #desktop: Desktop;
  readonly #relay: Relay;
  readonly #places = new Map<string, GadgetPlace>();
  readonly #facts = new FactsOfGadgets({
    origin: location.origin,
    ask: (questions) => this.#metadata(questions),
    soon: () => new Promise((soon) => setTimeout(soon)),
    now: () => platformClock.monotonic(),
  });
  #tabs: Tabs = { active: '', ids: [], choose: () => {} };
  /** Whose credentials the browser keeps for gadgets; empty: nobody's. */
  #begunFor = '';

  constructor(desktop: Desktop, desk: Desk) {
    this.#desktop = desktop;
    const { controller, store } = desktop;
    const link = controller.gadgets;
    this.#relay = new Relay({
      workers: 'serviceWorker' in navigator ? navigator.serviceWorker : undefined,
      isWanted: async () => import.meta.env.PROD && (await fetchConfig()).serviceWorker,
      script: `${import.meta.env.BASE_URL}gadget-worker.js`,
      origin: location.origin,
      lost: (host) => void this.#openAnew(host),
      log: (line) => controller.log(line),
      wait: (ms) => new Promise((done) => setTimeout(done, ms)),
    });
    Object.assign(window, { [NODE_OF_PAGE]: () => link.node });
    const proxy = proxyOf(() => link.node ?? '');
    const log = store.snapshot().layout?.properties.developerTools ? new DeveloperLog(platformClock) : null;
    this.developer = log;
    this.container = new GadgetContainer(
      {
        ...(log && {
          seen: (publisher: string, topic: string, payload: string | undefined) => {
            const gadget = this.container.byClient(publisher);
            if (gadget) log.published(gadget, topic, payload);
          },
          noted: (gadget: Gadget, note: GadgetNote) => log.noted(gadget, note),
        }),
        clock: platformClock,
        nodes: {
          subscribe: (node) => link.subscribe(node),
          unsubscribe: (node) => link.unsubscribe(node),
          isConnected: () => link.isConnected,
        },
        activeTab: () => this.#tabs.active,
        activateTab: (id) => this.#activateTab(id),
        showView: (gadget, view) => this.#places.get(gadget.entry.id)?.maximise?.(view === 'canvas'),
        availableHeight,
        keepPreference: (gadget, name, value) =>
          keepPreference(store.snapshot().user?.loginId ?? '', gadget.entry.id, name, value),
        proxy,
        log: (line, isFormatted) => controller.log(line, isFormatted),
        flooded: (gadget, { delayed, dropped }) => {
          const name = gadget === null ? '' : `${gadget.mid} (${gadget.entry.id})`;
          controller.log(`Gadget ${name} floods the hub: ${delayed} messages wait, ${dropped} are lost`);
          gadget?.failed(text('gadget.floods'));
        },
      },
      location.origin,
    );
    const reads = new SharedReads(
      (body) => proxy('POST', body),
      () => platformClock.now(),
    );
    Object.assign(window, { [SHARED_READS]: reads });
    link.listen({
      notified: (node, xml, root) => {
        reads.changed();
        this.container.notified(node, xml, root);
      },
      connectionIs: (status) => {
        const tell = () => {
          reads.changed();
          this.container.connectionChanged(status, 'desktop');
        };
        // Their requests go to the same node before gadgets hear of it: they ask at once for what they may have missed.
        const { node } = link;
        const led = node !== undefined && link.isConnected ? this.#relay.nodeIs(node) : null;
        if (led === null) tell();
        else void led.then(tell);
      },
      presenceIs: (from, isAvailable) => this.container.presenceChanged(from, isAvailable),
      ended: () => this.#end(),
    });
    this.container.connectionChanged(link.status, 'desktop');
    controller.hub.connect((topic, payload) => this.container.publish(topic, payload));
    window.addEventListener('message', ({ source, origin, data }) => {
      this.container.received(source, origin, data);
    });
    window.addEventListener('resize', () => this.container.availableHeightChanged());
    let hadCalls = false;
    store.subscribe(() => {
      const hasCalls = store.snapshot().calls.dialogs.length > 0;
      if (hasCalls !== hadCalls)
        this.container.publish(TOPIC.activeCallStatus, { status: hasCalls, type: 'info' });
      hadCalls = hasCalls;
    });
    this.watch = new GadgetWatch(this.container, {
      worker: watchdogWorker,
      loginId: () => store.snapshot().user?.loginId ?? '',
      notice: () => ({ title: text('app.title'), text: sayNow({ key: 'watchdog.notice' }) }),
      stalled: (gadget, ms) => {
        const seconds = String(Math.round(ms / 1_000));
        const name = gadget === null ? 'something' : `gadget ${gadget.mid} (${gadget.entry.id})`;
        controller.log(`Watchdog: ${name} kept the page from answering for ${seconds} s`);
        gadget?.failed(sayNow({ key: 'watchdog.slow', values: { seconds } }));
      },
    });
    this.services = new GadgetServices(this.container, desktop, desk, () => this.#tabs.active);
    const dialog = new GadgetDialog(() => ({
      title: text('app.title'),
      message: text('gadget.dialog.error'),
      ok: text('gadget.dialog.ok'),
    }));
    Object.assign(
      window,
      windowGlobals(this.container, {
        activeTab: () => this.#tabs.active,
        activateTab: (id) => this.#activateTab(id),
        showDialog: (options) => dialog.show(options),
        hideDialog: () => dialog.hide(),
        config: () => this.#preferences(),
      }),
    );
  }

  /** What the layout shows now. */
  place(tabs: Tabs): void {
    const isOther = tabs.active !== this.#tabs.active;
    this.#tabs = tabs;
    if (!isOther) return;
    this.container.activeTabChanged();
    this.services.shortcuts.tabChanged();
  }

  /** @returns the function that ends it */
  attach(id: string, place: GadgetPlace): () => void {
    this.#places.set(id, place);
    return () => {
      if (this.#places.get(id) === place) this.#places.delete(id);
    };
  }

  /** @param isHidden whether its tab of a Multi-Tab gadget is hidden until it is shown */
  gadget(entry: GadgetEntry, isHidden: boolean): Gadget {
    this.#begin();
    this.#relay.begin();
    const isNew = !this.container.gadgets.some((gadget) => gadget.entry.id === entry.id);
    const gadget = this.container.gadget(entry, isHidden);
    if (isNew) this.#tryOtherHosts(gadget);
    return gadget;
  }

  /** For each load of its frame; never rejects. */
  async facts(gadget: Gadget, url: string): Promise<GadgetFacts> {
    const known = this.#facts.of({ mid: gadget.mid, url });
    // Whether it may be loaded at all.
    await this.watch.ready(gadget);
    const facts = await known;
    // It has its name before there is anything in its frame, and keeps what it has said itself.
    if (gadget.snapshot().title === '' && facts.title !== '') gadget.setTitle(facts.title);
    return facts;
  }

  frameUrl(gadget: Gadget, { securityToken }: GadgetFacts): string {
    const { url, loads, view } = gadget.snapshot();
    const { entry, mid } = gadget;
    const loginId = this.#desktop.store.snapshot().user?.loginId ?? '';
    this.developer?.begun(gadget);
    return gadgetFrameUrl(
      {
        mid,
        gadgetUrl: url,
        locale: locale(),
        view,
        preferences: {
          ...this.#preferences(),
          ...keptPreferences(loginId, entry.id),
          ...entry.preferences,
        },
        securityToken,
        isFresh: loads > 0,
        loads,
      },
      location.origin,
    );
  }

  async #metadata(questions: readonly FactsQuestion[]): Promise<readonly ToldOfGadget[]> {
    const [language, country] = locale().split('_');
    const answer = await fetch(`${this.#desktop.controller.gadgets.node ?? ''}/gadgets/metadata`, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        Authorization: await this.#desktop.controller.gadgets.authorization(),
      },
      body: JSON.stringify({
        context: { language, country, view: 'default', container: 'default' },
        gadgets: questions.map(({ mid, url }) => ({
          url: absolute(url, location.origin),
          moduleId: String(mid),
        })),
      }),
      signal: AbortSignal.timeout(METADATA_TIMEOUT_MS),
    });
    const { gadgets } = (await answer.json()) as { gadgets?: readonly ToldOfGadget[] };
    return gadgets ?? [];
  }

  /** When its host does not answer, those that the layout names are tried, each once (gadgets.md 1). */
  #tryOtherHosts(gadget: Gadget): void {
    const hosts = [...gadget.entry.alternateHosts];
    let seen: unknown = null;
    gadget.subscribe(() => {
      const { refused, url } = gadget.snapshot();
      if (refused === null || refused === seen) return;
      seen = refused;
      this.#desktop.controller.log(`Gadget ${gadget.mid} (${gadget.entry.id}): ${refused.sentence}`);
      const next = refused.status >= 500 && /^https?:/i.test(url) ? hosts.shift() : undefined;
      if (next !== undefined) this.container.reload(gadget, onHost(url, next));
    });
  }

  #activateTab(id: string): boolean {
    if (!this.#tabs.ids.includes(id)) return false;
    this.#tabs.choose(id);
    return true;
  }

  #begin(): void {
    const { controller, store } = this.#desktop;
    const { signIn, server } = controller.gadgets;
    if (signIn === null || this.#begunFor === signIn.id) return;
    this.#begunFor = signIn.id;
    beginGadgetSession(
      {
        id: signIn.id,
        password: signIn.password,
        driftMs: store.snapshot().drift,
        serverTimezoneOffset: server?.timezoneOffset ?? null,
        isLogKept: isPersistent(location.search),
        logKey: Math.random().toString(36).slice(2, 8).padEnd(6, '0'),
      },
      () => sessionStorage,
    );
  }

  /**
   * Gadgets cannot be led to the node that the page works with: the page is opened anew there, signed in as it is. Where that cannot be, it
   * goes on without them.
   */
  async #openAnew(host: string): Promise<void> {
    const { controller, store } = this.#desktop;
    const { node } = controller.gadgets;
    try {
      if (node === undefined) return;
      const fragment = await controller.leaveFor(node);
      controller.log(`Gadgets cannot follow: the page is opened anew at ${node}`);
      leadTo(`${node}${import.meta.env.BASE_URL}${location.search}${fragment}`);
    } catch (error) {
      controller.log(`Gadgets are left behind: ${String(error)}`);
      store.dispatch({
        type: 'notice',
        notice: { kind: 'other', sentence: { key: 'gadget.left', values: { host } } },
        at: platformClock.now(),
      });
    }
  }

  #end(): void {
    this.#begunFor = '';
    this.#facts.forget();
    this.watch.forget();
    this.container.forget();
    endGadgetSession(() => sessionStorage);
  }

  #preferences(): Record<string, string> {
    const { controller, store } = this.#desktop;
    const { user, drift } = store.snapshot();
    const { server, signIn } = controller.gadgets;
    return preferencesOf(
      {
        id: user?.loginId ?? '',
        host: location.hostname,
        port: location.port || (location.protocol === 'https:' ? '443' : '80'),
        scheme: location.protocol.slice(0, -1),
        locale: locale(),
        extension: user?.extension ?? '',
        mobileAgentMode: user?.mobileMode ?? '',
        mobileAgentDialNumber: signIn?.dialNumber ?? '',
        xmppDomain: server?.xmppDomain ?? location.hostname,
        pubsubDomain: server?.xmppPubSubDomain ?? `pubsub.${location.hostname}`,
        teamId: user?.teamId === null || user === null ? '' : String(user.teamId),
        teamName: user?.teamName ?? '',
        firstName: user?.firstName ?? '',
        lastName: user?.lastName ?? '',
        clientDriftInMillis: drift,
        systemAuthMode: server?.systemAuthMode || 'NON_SSO',
      },
      {},
    );
  }
}

/** Asks the proxy of the node in the place of a gadget. */
function proxyOf(node: () => string) {
  /** @param body form */
  return async (method: 'GET' | 'POST', body: string): Promise<{ status: number; text: string }> => {
    const get = method === 'GET';
    const answer = await fetch(`${node()}/gadgets/makeRequest${get ? `?${body}` : ''}`, {
      method,
      ...(!get && { body, headers: { 'Content-Type': 'application/x-www-form-urlencoded' } }),
    });
    return { status: answer.status, text: await answer.text() };
  };
}

const COUNTRIES: Readonly<Record<string, string>> = { en: 'en_US', de: 'de_DE', fr: 'fr_FR' };

/** The language of the page, as gadgets name it. */
function locale(): string {
  const { lang } = document.documentElement;
  return COUNTRIES[Object.hasOwn(LANGUAGES, lang) ? lang : 'en'] ?? 'en_US';
}

/** Height in px of what a tab shows, without the frame around a gadget. */
function availableHeight(): number {
  const top = document.getElementById('content')?.getBoundingClientRect().top ?? 0;
  return Math.max(200, Math.round(window.innerHeight - Math.max(0, top) - 96));
}

const desks = new WeakMap<object, GadgetDesk>();

export function gadgetDeskOf(desktop: Desktop, desk: Desk): GadgetDesk {
  const known = desks.get(desktop.controller);
  if (known) return known;
  const made = new GadgetDesk(desktop, desk);
  desks.set(desktop.controller, made);
  // Not while it is drawn that others look at it.
  queueMicrotask(() => openGadgetDesk(made));
  return made;
}

/** Leaves for that address, and has the browser say from where: without that the page there signs nobody in (`session/handover.ts`). */
function leadTo(address: string): void {
  const link = document.createElement('a');
  link.href = address;
  link.referrerPolicy = 'strict-origin';
  link.hidden = true;
  document.body.append(link);
  link.click();
  link.remove();
}
