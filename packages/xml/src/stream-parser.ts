import type { Element } from './element.ts';
import { STATE_BEGIN, STATE_TEXT } from './saxes-core.ts';
import { TreeParser, type TreeRules } from './tree-parser.ts';
import { Utf8Decoder, utf8Length } from './utf8.ts';
import { XmlError } from './xml-error.ts';
import { withDefaults, type XmlLimits } from './xml-limits.ts';

export interface StreamParserEvents {
  /** The root's start tag; an Element without children. */
  open(root: Element): void;
  /** A complete child of the root, as soon as its end tag is complete. */
  element(element: Element): void;
  /** The root's end tag. Nothing is reported after it until `reset`. */
  close(): void;
  /** The first error ends the stream. Nothing is reported after it until `reset`. */
  error(error: XmlError): void;
}

/** Thrown through the tokenizer when a handler asks for a restart or an end in the midst of a chunk. */
const INTERRUPTED = Symbol('interrupted');

class HandlerFailure {
  readonly error: unknown;

  constructor(error: unknown) {
    this.error = error;
  }
}

/**
 * Reads an XMPP stream (RFC 6120 section 4): one root that stays open, and complete elements below it.
 * Handlers are called from inside `write` and may call `reset`, `stop` and `setLimits`. An exception of a
 * handler ends the parser and comes out of `write`.
 */
export class StreamParser {
  readonly #events: StreamParserEvents;
  readonly #decoder = new Utf8Decoder();
  #rules: TreeRules;
  #parser: TreeParser;
  #state: 'reading' | 'ended' = 'reading';
  #writing = false;
  /** What a handler asked for while a chunk was read. */
  #interruption: 'restart' | 'restart and discard' | 'stop' | undefined;
  /** Bytes since the end of the last first-level element. */
  #pendingBytes = 0;
  /** Index in the tokenizer's chunk up to which bytes are counted. */
  #countedTo = 0;
  /** Bytes of the current piece behind that index. */
  #uncountedBytes = 0;
  /** The current piece is ASCII alone: a byte each. */
  #ascii = false;

  constructor(events: StreamParserEvents, limits?: Partial<XmlLimits>) {
    this.#events = events;
    this.#rules = rulesFor(withDefaults(limits));
    this.#parser = this.#newParser();
  }

  /** Any piece of the stream, cut anywhere, also inside of a character. */
  write(chunk: Uint8Array): void {
    if (this.#writing) throw new Error('write called from inside of a handler');
    this.#writing = true;
    try {
      // A chunk may be longer than an element may: it is read in pieces that cannot exceed the limit by much.
      const stride = Math.max(this.#rules.limits.bytesMax, 4096);
      for (let from = 0; from < chunk.length && this.#state === 'reading'; from += stride) {
        this.#read(chunk.length <= stride ? chunk : chunk.subarray(from, from + stride));
      }
    } catch (error) {
      this.#end();
      throw error instanceof HandlerFailure ? error.error : error;
    } finally {
      this.#writing = false;
    }
  }

  /**
   * Starts anew, as after SASL (RFC 6120 4.3.3). Called from a handler, the rest of the chunk belongs to the
   * new stream, or is dropped with `discard`: after STARTTLS nothing that came in clear may count.
   */
  reset(rest: 'keep' | 'discard' = 'keep'): void {
    if (this.#writing) {
      this.#interruption = rest === 'keep' ? 'restart' : 'restart and discard';
      this.#state = 'reading';
      return;
    }
    this.#decoder.reset();
    this.#restart();
  }

  /** Ends the parser: nothing more is reported until `reset`. */
  stop(): void {
    if (this.#writing) this.#interruption = 'stop';
    this.#end();
  }

  /** In force from the next element on. */
  setLimits(limits: Partial<XmlLimits>): void {
    this.#rules = rulesFor({ ...this.#rules.limits, ...limits });
    this.#parser.rules = this.#rules;
  }

  #newParser(): TreeParser {
    return new TreeParser(
      {
        rootOpened: (root) => {
          this.#countBytes();
          this.#pendingBytes = 0;
          this.#tell(() => this.#events.open(root));
        },
        firstLevelClosed: (element) => {
          this.#countBytes();
          this.#pendingBytes = 0;
          this.#tell(() => this.#events.element(element));
        },
        rootClosed: () => {
          this.#end();
          this.#tell(() => {
            this.#events.close();
            this.#interruption ??= 'stop';
          });
        },
      },
      this.#rules,
    );
  }

  #restart(): void {
    this.#parser = this.#newParser();
    this.#pendingBytes = 0;
    this.#state = 'reading';
  }

  #end(): void {
    this.#state = 'ended';
    this.#decoder.reset();
  }

  /** Calls a handler. What it throws must not be taken for an error of the stream. */
  #tell(handler: () => void): void {
    try {
      handler();
    } catch (error) {
      throw new HandlerFailure(error);
    }
    if (this.#interruption !== undefined) throw INTERRUPTED;
  }

  #read(bytes: Uint8Array): void {
    const whole = this.#decoder.pending === 0;
    const { text, bad } = this.#decoder.write(bytes);
    // A character of several bytes has fewer code units than bytes.
    this.#ascii = whole && text.length === bytes.length;
    let rest = text;
    try {
      while (rest !== '' && this.#state === 'reading') rest = this.#parse(rest);
      if (bad && this.#state === 'reading') this.#parser.refuse('invalid-encoding', 'not UTF-8');
    } catch (error) {
      if (!(error instanceof XmlError)) throw error;
      this.#end();
      this.#events.error(error);
      this.#takeInterruption('');
    }
  }

  /** Parses `text` up to its end (returns '') or to where a handler interrupted (returns the rest). */
  #parse(text: string): string {
    const parser = this.#parser;
    // White space that a client sent after its last element, before it restarts the stream.
    const piece = parser.state === STATE_BEGIN ? text.replace(/^[ \t\r\n]+/, '') : text;
    if (piece === '') return '';
    this.#countedTo = 0;
    this.#uncountedBytes = this.#ascii ? piece.length : utf8Length(piece);
    try {
      parser.write(piece);
    } catch (error) {
      if (error !== INTERRUPTED) throw error;
      return this.#takeInterruption(parser.chunk.slice(parser.i) + (parser.carriedFromPrevious ?? ''));
    }
    this.#pendingBytes += this.#uncountedBytes;
    if (parser.depth === 1 && parser.state === STATE_TEXT) this.#dropWhitespace();
    else parser.checkUnfinished();
    this.#checkSize();
    return '';
  }

  #takeInterruption(rest: string): string {
    const interruption = this.#interruption;
    this.#interruption = undefined;
    if (interruption === undefined || interruption === 'stop') return '';
    this.#restart();
    return interruption === 'restart' ? rest : '';
  }

  /** Whitespace between elements keeps a connection alive for days; it must not add up. */
  #dropWhitespace(): void {
    const parser = this.#parser;
    if (/[^ \t\r\n]/.test(parser.text)) {
      parser.refuse('not-well-formed', 'text between the elements of a stream');
    }
    parser.text = '';
    this.#pendingBytes = 0;
  }

  #countBytes(): void {
    const { chunk, i } = this.#parser;
    const bytes = this.#ascii ? i - this.#countedTo : utf8Length(chunk, this.#countedTo, i);
    this.#pendingBytes += bytes;
    this.#uncountedBytes -= bytes;
    this.#countedTo = i;
    this.#checkSize();
  }

  #checkSize(): void {
    if (this.#pendingBytes > this.#rules.limits.bytesMax) {
      this.#parser.refuse('limit-size', `element of more than ${this.#rules.limits.bytesMax} bytes`);
    }
  }
}

function rulesFor(limits: XmlLimits): TreeRules {
  return { limits, comments: 'refuse', declaration: 'allow', keepFirstLevel: false, fromBytes: true };
}
