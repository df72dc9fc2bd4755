/** A gadget's frame without a browser: hub, proxy, preferences and storage that a test looks into. */
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { vi } from 'vitest';
import type { Config } from '../src/frame/config.ts';
import type * as library from '../src/index.ts';

export type Finesse = typeof library & {
  gadget: { Config: Config };
  container: { Config: Config };
  modules: Record<string, unknown>;
};

interface Sent {
  readonly url: string;
  readonly path: string;
  readonly method: string;
  readonly body: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly params: Readonly<Record<string, unknown>>;
  answer(rc: number | undefined, text?: string): void;
}

const copy = (value: unknown): unknown =>
  value === undefined ? undefined : JSON.parse(JSON.stringify(value));

/** A hub as gadgets have it: payloads are copied, whoever publishes hears himself. */
export class FakeHub {
  connected = true;
  readonly published: { topic: string; data: unknown }[] = [];
  readonly subscribed = new Map<string, { topic: string; onData: (topic: string, data: unknown) => void }>();
  #count = 0;

  isConnected = (): boolean => this.connected;
  subscribe = (topic: string, onData: (topic: string, data: unknown) => void): string => {
    if (!this.connected) throw new Error('OpenAjax.hub.Error.Disconnected');
    const id = String(++this.#count);
    this.subscribed.set(id, { topic, onData });
    return id;
  };
  unsubscribe = (id: string): void => {
    if (!this.subscribed.delete(id)) throw new Error('OpenAjax.hub.Error.NoSubscription');
  };
  publish = (topic: string, data: unknown): void => {
    if (!this.connected) throw new Error('OpenAjax.hub.Error.Disconnected');
    this.published.push({ topic, data: copy(data) });
    for (const each of [...this.subscribed.values()])
      if (each.topic === topic) each.onData(topic, copy(data));
  };

  listeners = (topic: string): number =>
    [...this.subscribed.values()].filter((each) => each.topic === topic).length;
  /** What was published on a topic. */
  on = (topic: string): unknown[] =>
    this.published.filter((each) => each.topic === topic).map(({ data }) => data);
  /** The last request of a type on a topic. */
  request = (
    topic: string,
    type: string,
  ): { type: string; data: Record<string, unknown>; invokeID: string } => {
    const found = this.on(topic).filter((each) => (each as { type: string }).type === type);
    if (found.length === 0) throw new Error(`no ${type} on ${topic}`);
    return found.at(-1) as { type: string; data: Record<string, unknown>; invokeID: string };
  };
  /** An event of the notification service. */
  update = (node: string, Update: object): void =>
    this.publish(node.slice(1).replaceAll('/', '.'), { content: `${node}<Update/>`, object: { Update } });
}

export class FakeStorage {
  readonly #items = new Map<string, string>();
  getItem = (key: string): string | null => this.#items.get(key) ?? null;
  setItem = (key: string, value: string): void => void this.#items.set(key, value);
  removeItem = (key: string): void => void this.#items.delete(key);
}

const PREFS = {
  id: '1001',
  host: 'fin.example',
  hostPort: '8445',
  scheme: 'https',
  restHost: 'localhost',
  localhostPort: '8445',
  locale: 'en_US',
  extension: '3001',
  systemAuthMode: 'NON_SSO',
};

export interface FrameOptions {
  readonly prefs?: Readonly<Record<string, string>>;
  readonly authorization?: string;
  readonly mid?: string;
  readonly tabId?: string | null;
  readonly parent?: unknown;
}

let bundle: Promise<string> | undefined;

/** finesse.js out of the sources, as it is built. */
export function bundled(): Promise<string> {
  bundle ??= (async () => {
    const build = await rolldown({ input: join(import.meta.dirname, '../src/script.ts') });
    const { output } = await build.generate({ format: 'iife' });
    return output[0].code;
  })();
  return bundle;
}

/** The library freshly loaded in a frame of its own: the script is evaluated once more, which is faster than its modules. */
export async function frame(options: FrameOptions = {}) {
  const script = await bundled();
  const hub = new FakeHub();
  const sent: Sent[] = [];
  const prefs: Record<string, string> = { ...PREFS, ...options.prefs };
  const session = new FakeStorage();
  const titles: string[] = [];
  const tabId = options.tabId === undefined ? 'home' : options.tabId;
  session.setItem('userFinesseAuth', options.authorization ?? btoa('1001:secret'));
  vi.stubGlobal('finesse', undefined);
  vi.stubGlobal('document', undefined);
  vi.stubGlobal('sessionStorage', session);
  vi.stubGlobal('localStorage', new FakeStorage());
  vi.stubGlobal('location', {
    search: `?mid=${options.mid ?? '7'}`,
    hostname: 'fin.example',
    href: 'https://fin.example/gadgets/ifr?mid=7&lang=en#x',
  });
  vi.stubGlobal('parent', options.parent ?? {});
  vi.stubGlobal('frameElement', {
    clientHeight: 250,
    closest: (selector: string) =>
      selector === 'div.tab-panel' && tabId !== null ? { id: `panel_${tabId}` } : null,
  });
  vi.stubGlobal('gadgets', {
    Hub: hub,
    Prefs: class {
      getString = (name: string): string => prefs[name] ?? '';
      set = (name: string, value: string): void => {
        prefs[name] = value;
      };
    },
    io: {
      makeRequest(url: string, callback: (response: object) => void, params: Record<string, unknown>): void {
        sent.push({
          url,
          path: url.replace(/^https?:\/\/[^/]+/, '').replace(/[?&]nocache=\d+/, ''),
          method: params.METHOD as string,
          body: params.POST_DATA as string | undefined,
          headers: params.HEADERS as Record<string, string>,
          params,
          answer: (rc, text = '') => callback({ rc, text, headers: {}, errors: [] }),
        });
      },
    },
    window: { setTitle: (title: string) => titles.push(title) },
  });
  // biome-ignore lint/security/noGlobalEval: a classic script in the global scope is what finesse.js is
  globalThis.eval(script);
  const { finesse } = globalThis as unknown as { finesse: Finesse };
  const last = (): Sent => {
    const found = sent.at(-1);
    if (!found) throw new Error('nothing was sent');
    return found;
  };
  /** A frame in which ClientServices has begun and the desktop is connected. */
  const begun = (): void => {
    finesse.clientservices.ClientServices.init(finesse.gadget.Config);
    hub.publish('finesse.info.connection', { status: 'connected', resourceID: 'desktop' });
  };
  return { finesse, hub, sent, last, prefs, session, titles, begun };
}

export type Frame = Awaited<ReturnType<typeof frame>>;
