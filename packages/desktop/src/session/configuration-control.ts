/**
 * What an administrator changes while people work: menus, lists and workflows are read anew, so that nobody has to sign in again. The
 * layout is offered only: it would take what an agent looks at away. An agent who is moved to another team has what that team has.
 */
import type { PoiseClient, Update, User } from '@poise/client';
import type { AreaOptions } from './area-control.ts';
import type { CallControl } from './call-control.ts';
import { readLayoutAnswer } from './layout.ts';

/** Says which lists were changed; servers of others have no such node. */
export const CONFIGURATION_NODE = '/poise/api/configuration';

/** All pages hear of a change at one moment; they ask within this time, ms. */
export const SPREAD_MS = 1_000;
/** After a loss, which all pages had at one moment, too, other things are more urgent. */
export const RECOVERY_SPREAD_MS = 10_000;

/** The part of the SDK that this needs. */
export type ConfigurationClient = Pick<PoiseClient, 'subscribe' | 'poise'>;

/** What can be read anew. */
export interface Configured {
  /** Reasons of states and of wrap-up, layouts of variables. Never rejects. */
  readonly readMenus: () => Promise<void>;
  readonly calls: () => Pick<CallControl, 'renewPhoneBooks'> | null;
  readonly loadWorkflows: () => void;
}

const MENUS: ReadonlySet<string> = new Set([
  'teams',
  'reasonCodes',
  'wrapUpReasons',
  'mediaPropertiesLayouts',
]);

/** What an agent has of his team. */
const OF_TEAM = ['teams', 'phoneBooks', 'workflows', 'desktopLayouts'] as const;

export interface ConfigurationOptions extends AreaOptions {
  readonly configured: Configured;
  /** 0 to 1. */
  readonly random: () => number;
}

export class ConfigurationControl {
  readonly #o: ConfigurationOptions;
  readonly #waiting = new Set<string>();
  #client: ConfigurationClient | null = null;
  #isAsking = false;
  /** Of which the menus are; undefined: nobody has told yet. */
  #teamId: number | null | undefined;

  constructor(options: ConfigurationOptions) {
    this.#o = options;
  }

  begin(client: ConfigurationClient): void {
    this.end();
    this.#client = client;
  }

  /** After the sign-in. */
  load(): void {
    this.#teamId = this.#o.store.snapshot().user?.teamId;
    this.#client?.subscribe(CONFIGURATION_NODE).catch(() => {});
  }

  end(): void {
    this.#client = null;
    this.#waiting.clear();
    this.#teamId = undefined;
  }

  heard({ node, data }: Update): void {
    if (data.type === 'user') this.#heardOf(data.user);
    if (node !== CONFIGURATION_NODE || data.type !== 'other') return;
    const sections = data.element.child('sections')?.elements('section') ?? [];
    for (const { text } of sections) this.#waiting.add(text.trim());
    this.#askWithin(SPREAD_MS);
  }

  /** He alone hears of it, so that there is no need to spread the questions. */
  #heardOf({ loginId, teamId }: Pick<User, 'loginId' | 'teamId'>): void {
    if (this.#teamId === undefined || this.#o.store.snapshot().user?.loginId !== loginId) return;
    if (this.#teamId === teamId) return;
    this.#teamId = teamId;
    for (const section of OF_TEAM) this.#waiting.add(section);
    this.#askWithin(0);
  }

  /** What was changed while nothing was heard. Reasons, wrap-up reasons and layouts of variables are read after every loss anyway. */
  async recover(): Promise<void> {
    // A loss may have hidden the move; the menus are of the team that is told now.
    this.#teamId = this.#o.store.snapshot().user?.teamId;
    for (const section of ['phoneBooks', 'workflows', 'desktopLayouts']) this.#waiting.add(section);
    this.#askWithin(RECOVERY_SPREAD_MS);
  }

  #askWithin(spreadMs: number): void {
    const client = this.#client;
    if (this.#isAsking || client === null) return;
    this.#isAsking = true;
    const { clock, random } = this.#o;
    clock.schedule(random() * spreadMs, () => {
      this.#isAsking = false;
      if (this.#client === client) this.#ask(client);
    });
  }

  #ask(client: ConfigurationClient): void {
    const { configured } = this.#o;
    const changed = [...this.#waiting];
    this.#waiting.clear();
    if (changed.some((section) => MENUS.has(section))) void configured.readMenus();
    if (changed.includes('phoneBooks')) void configured.calls()?.renewPhoneBooks();
    if (changed.includes('workflows')) configured.loadWorkflows();
    if (changed.includes('desktopLayouts')) void this.#offerLayout(client);
  }

  async #offerLayout(client: ConfigurationClient): Promise<void> {
    const { store, clock } = this.#o;
    try {
      const told = readLayoutAnswer(await client.poise('/desktop/layout'));
      const { layout, phase } = store.snapshot();
      if (this.#client !== client || phase !== 'signed-in' || told === null || layout === null) return;
      if (JSON.stringify(told) === JSON.stringify(layout)) return;
      const notice = { kind: 'other', sentence: { key: 'notices.newLayout' } } as const;
      store.dispatch({ type: 'notice', notice, at: clock.now() });
    } catch {
      // Whoever loads the page anew gets it.
    }
  }
}
