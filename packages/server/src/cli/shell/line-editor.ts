/** The prompt on a terminal: editing, history, the Tab key, help at a question mark, Ctrl+C. One reader for all lines, so that none of several pasted at once is lost. */
import { createInterface, type Interface } from 'node:readline';
import { type Readable, Writable } from 'node:stream';

export interface LineEditorOptions {
  readonly input: Readable & { readonly isTTY?: boolean };
  readonly output: Writable;
  /** Candidates for what is typed, and the part of the line that they stand for. */
  readonly complete: (line: string) => readonly [readonly string[], string];
  /** Help for a line that is being typed. */
  readonly help: (line: string) => readonly string[];
  /** Ctrl+C while nobody waits for a line. */
  readonly interrupted: () => void;
}

interface Waiting {
  readonly kind: 'command' | 'answer';
  /** Letters that are an answer at once. */
  readonly keys: string;
  /** What is typed is not shown. */
  readonly hidden: boolean;
  readonly resolve: (line: string | null) => void;
}

const HISTORY_MAX = 500;

export class LineEditor {
  readonly #options: LineEditorOptions;
  readonly #reader: Interface;
  #waiting: Waiting | undefined;
  #isHidden = false;
  /** Lines that came while a command was running. */
  readonly #queue: string[] = [];
  #closed = false;

  constructor(options: LineEditorOptions) {
    this.#options = options;
    this.#reader = createInterface({
      input: options.input,
      output: veiled(options.output, () => this.#isHidden),
      terminal: true,
      historySize: HISTORY_MAX,
      removeHistoryDuplicates: true,
      completer: (line: string) =>
        this.#waiting?.kind === 'command' ? ([...options.complete(line)] as [string[], string]) : [[], line],
    });
    this.#reader.on('line', (line) => this.#line(line));
    this.#reader.on('SIGINT', () => this.#interrupt());
    this.#reader.on('close', () => {
      this.#closed = true;
      this.#settle(null);
    });
    // An answer to a question is no command that somebody wants back.
    this.#reader.on('history', (history: string[]) => {
      if (this.#waiting?.kind === 'answer') history.shift();
    });
    options.input.on('keypress', (text: string | undefined) => this.#pressed(text ?? ''));
  }

  /** The next command line; null: end of input. */
  command(prompt: string): Promise<string | null> {
    return this.#next(prompt, 'command');
  }

  /** The answer to a question; null: end of input, or Ctrl+C. */
  answer(question: string, keys = ''): Promise<string | null> {
    return this.#next(question, 'answer', { keys });
  }

  /** The answer to a question for a secret: not shown while it is typed, nor afterwards. Null: as with {@link answer}. */
  secret(question: string): Promise<string | null> {
    return this.#next(question, 'answer', { hidden: true });
  }

  close(): void {
    this.#reader.close();
  }

  #next(
    prompt: string,
    kind: Waiting['kind'],
    { keys = '', hidden = false }: Partial<Pick<Waiting, 'keys' | 'hidden'>> = {},
  ): Promise<string | null> {
    const early = this.#queue.shift();
    if (early !== undefined) {
      this.#options.output.write(`${prompt}${hidden ? '' : early}\n`);
      return Promise.resolve(early);
    }
    if (this.#closed) return Promise.resolve(null);
    return new Promise((resolve) => {
      this.#waiting = { kind, keys, hidden, resolve };
      this.#reader.setPrompt(prompt);
      this.#reader.prompt();
      this.#isHidden = hidden;
    });
  }

  #line(line: string): void {
    if (this.#waiting === undefined) this.#queue.push(line);
    else this.#settle(line);
  }

  #settle(line: string | null): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (this.#isHidden && line !== null) this.#options.output.write('\n');
    this.#isHidden = false;
    waiting?.resolve(line);
  }

  #interrupt(): void {
    if (this.#waiting === undefined) {
      this.#queue.length = 0;
      this.#options.interrupted();
      return;
    }
    this.#options.output.write('^C\n');
    this.#clear();
    if (this.#waiting.kind === 'answer') this.#settle(null);
    else this.#reader.prompt();
  }

  #clear(): void {
    this.#reader.write(null, { ctrl: true, name: 'e' });
    this.#reader.write(null, { ctrl: true, name: 'u' });
  }

  /** The reader has taken the key already. */
  #pressed(text: string): void {
    const waiting = this.#waiting;
    if (waiting === undefined || text === '') return;
    const { line, cursor } = this.#reader;
    if (waiting.kind === 'answer') {
      if (line === text && waiting.keys.includes(text)) this.#reader.write(null, { name: 'return' });
    } else if (text === '?' && asksForHelp(line, cursor)) {
      this.#reader.write(null, { name: 'backspace' });
      this.#options.output.write('?\n');
      for (const one of this.#options.help(line.slice(0, cursor - 1))) this.#options.output.write(`${one}\n`);
      this.#reader.prompt(true);
    }
  }
}

/** What the reader writes, but for what it writes while that is hidden. As wide as the terminal is at the time. */
function veiled(output: Writable & { readonly columns?: number }, isHidden: () => boolean): Writable {
  const shown = new Writable({
    write(chunk, _encoding, done) {
      if (!isHidden()) output.write(chunk);
      done();
    },
  });
  Object.defineProperty(shown, 'columns', { get: () => output.columns });
  output.on('resize', () => shown.emit('resize'));
  return shown;
}

/** A question mark that is a word of its own, outside quotes: elsewhere it belongs to a pattern. */
function asksForHelp(line: string, cursor: number): boolean {
  const before = line.slice(0, cursor - 1);
  const quotes = before.match(/["']/g)?.length ?? 0;
  return line[cursor - 1] === '?' && /(^|\s)$/.test(before) && quotes % 2 === 0;
}
