/** What the server says of gadgets before their frames are loaded (`POST /gadgets/metadata`): asked once, and again after it could not say. */
import { absolute } from '@poise/gadgets';

export interface GadgetFacts {
  /** Lets it ask hosts of others through the proxy; empty: it may not. */
  readonly securityToken: string;
  /** As its specification has it; empty: unknown. */
  readonly title: string;
  /** Height that the gadget asks for, px; null: none. */
  readonly height: number | null;
}

export interface FactsQuestion {
  /** Number of the gadget on this page. */
  readonly mid: number;
  /** As in the layout. */
  readonly url: string;
}

/** One gadget of the answer, as it came. */
export type ToldOfGadget = Readonly<Record<string, unknown>>;

export interface FactsOptions {
  /** Of the page. */
  readonly origin: string;
  /** Asks the server; one answer for each question, in their order. May reject. */
  readonly ask: (questions: readonly FactsQuestion[]) => Promise<readonly ToldOfGadget[]>;
  /** Waits until all that is drawn together has asked. */
  readonly soon: () => Promise<void>;
  /** Monotonic ms. */
  readonly now: () => number;
}

/**
 * For so long an answer is used again, ms. Its token is good for 12 h, and a frame renews only that which it began with: one that is
 * loaded late in a shift begins with a new one.
 */
export const FACTS_KEPT_MS = 3_600_000;

export const NO_FACTS: GadgetFacts = { securityToken: '', title: '', height: null };

function factsOf({ securityToken, title, height }: ToldOfGadget): GadgetFacts {
  return {
    securityToken: typeof securityToken === 'string' ? securityToken : '',
    title: typeof title === 'string' ? title : '',
    height: typeof height === 'number' && height > 0 ? height : null,
  };
}

/** Whether all was said that the server can say: a gadget whose host was down, or a user who could not be known, is asked for anew. */
const isWhole = (told: ToldOfGadget | undefined): told is ToldOfGadget =>
  told !== undefined && typeof told['securityToken'] === 'string' && told['errors'] === undefined;

interface Batch {
  readonly questions: FactsQuestion[];
  readonly answers: Promise<readonly ToldOfGadget[]>;
}

interface Known {
  readonly at: number;
  readonly told: Promise<ToldOfGadget | undefined>;
}

export class FactsOfGadgets {
  readonly #options: FactsOptions;
  /** By address. What the server could not say is not in it any longer. */
  readonly #known = new Map<string, Known>();
  /** What is asked for in this turn. */
  #batch: Batch | null = null;

  constructor(options: FactsOptions) {
    this.#options = options;
  }

  /** Never rejects: what is not known is empty. */
  async of(question: FactsQuestion): Promise<GadgetFacts> {
    return factsOf((await this.#told(question)) ?? {});
  }

  /** Another user: a token is its user's own. */
  forget(): void {
    this.#known.clear();
  }

  #told(question: FactsQuestion): Promise<ToldOfGadget | undefined> {
    const { url } = question;
    const now = this.#options.now();
    const before = this.#known.get(url);
    if (before !== undefined && now - before.at < FACTS_KEPT_MS) return before.told;
    const known: Known = {
      at: now,
      told: this.#asked(question)
        .catch(() => undefined)
        .then((told) => {
          if (!isWhole(told) && this.#known.get(url) === known) this.#known.delete(url);
          return told;
        }),
    };
    this.#known.set(url, known);
    return known.told;
  }

  /** Those of this server, which answers at once, are asked for together; others wait for nobody's host but their own. */
  async #asked(question: FactsQuestion): Promise<ToldOfGadget | undefined> {
    const { origin, ask, soon } = this.#options;
    if (!absolute(question.url, origin).startsWith(`${origin}/`)) return (await ask([question]))[0];
    if (this.#batch === null) {
      const questions: FactsQuestion[] = [];
      const answers = soon().then(() => {
        this.#batch = null;
        return ask(questions);
      });
      this.#batch = { questions, answers };
    }
    const { questions, answers } = this.#batch;
    const place = questions.push(question) - 1;
    return (await answers)[place];
  }
}
