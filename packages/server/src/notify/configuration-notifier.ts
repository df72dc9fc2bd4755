/**
 * Tells the pages that ask for it that configuration was changed, so that menus and lists are right without a new sign-in.
 * The original publishes nothing of the kind, and nobody hears it who did not subscribe: existing clients see no difference.
 */
import type { Clock, Timer } from '@poise/clock';
import { TOLD_SECTIONS } from '../objects/configuration-sections.ts';
import { updateOf } from '../objects/update.ts';
import { leaf } from '../objects/writer.ts';
import type { DirectorySection } from '../store/directory.ts';
import type { Publisher } from './publisher.ts';

export const CONFIGURATION_NODE = '/poise/api/configuration';

/** What is written in a row, as scripts do, is told together: at most so often, ms. */
export const GATHER_MS = 500;

export interface ConfigurationNotifierDependencies {
  readonly publisher: Publisher;
  readonly clock: Clock;
}

export class ConfigurationNotifier {
  readonly #d: ConfigurationNotifierDependencies;
  readonly #waiting = new Set<DirectorySection>();
  #timer: Timer | undefined;

  constructor(dependencies: ConfigurationNotifierDependencies) {
    this.#d = dependencies;
  }

  changed(sections: ReadonlySet<DirectorySection>): void {
    for (const section of TOLD_SECTIONS) if (sections.has(section)) this.#waiting.add(section);
    if (this.#waiting.size === 0 || this.#timer !== undefined) return;
    this.#timer = this.#d.clock.schedule(GATHER_MS, () => {
      this.#timer = undefined;
      this.#tell();
    });
  }

  /** What was not told yet is not told any more. */
  close(): void {
    this.#timer?.cancel();
  }

  #tell(): void {
    const { publisher } = this.#d;
    const sections = TOLD_SECTIONS.filter((section) => this.#waiting.has(section));
    this.#waiting.clear();
    if (!publisher.hasSubscribers(CONFIGURATION_NODE)) return;
    const names = sections.map((section) => leaf('section', section)).join('');
    const data = `<configuration>\n<sections>\n${names}</sections>\n</configuration>\n`;
    const payload = updateOf(data, { event: 'PUT', requestId: '', source: CONFIGURATION_NODE });
    publisher.publish('other', CONFIGURATION_NODE, payload, {});
  }
}
