import type { Element } from './element.ts';
import { type Place, TreeParser, type TreeRules } from './tree-parser.ts';
import { decodeUtf8, utf8Length } from './utf8.ts';
import { XmlError } from './xml-error.ts';
import { withDefaults, type XmlLimits } from './xml-limits.ts';

export interface ParseOptions extends Partial<XmlLimits> {
  /** Default `refuse`. */
  readonly comments?: 'refuse' | 'skip';
  /** `<?xml …?>` at the beginning. Default `refuse`. */
  readonly declaration?: 'refuse' | 'allow';
  /** Is filled with the place of each element's start tag, for messages about what stands there. */
  readonly places?: WeakMap<Element, Place>;
}

/**
 * Parses a whole document. DTDs, processing instructions and entities beyond the five are always refused.
 * Bytes must be UTF-8. Throws XmlError, never anything else.
 */
export function parse(input: Uint8Array | string, options?: ParseOptions): Element {
  const fromBytes = typeof input !== 'string';
  const limits = withDefaults(options);
  checkSize(input, limits.bytesMax);
  const { text, bad } = fromBytes ? decode(input) : { text: input, bad: false };
  if (!fromBytes) checkSurrogates(text);
  const rules: TreeRules = {
    limits,
    comments: options?.comments ?? 'refuse',
    declaration: options?.declaration ?? 'refuse',
    keepFirstLevel: true,
    fromBytes,
    places: options?.places,
  };
  const parser = idleParser ?? newParser(rules);
  parser.rules = rules;
  // Taken while in use and given back only after success: after an error its state is unknown.
  idleParser = undefined;
  try {
    parser.write(text);
    if (bad) parser.refuse('invalid-encoding', 'not UTF-8');
    parser.close();
    const root = parsedRoot!;
    idleParser = parser;
    return root;
  } finally {
    parsedRoot = undefined;
  }
}

// Making a parser costs as much as parsing a short document; one is kept for the next.
let idleParser: TreeParser | undefined;
let parsedRoot: Element | undefined;

function newParser(rules: TreeRules): TreeParser {
  return new TreeParser(
    {
      rootOpened() {},
      firstLevelClosed() {},
      rootClosed(root) {
        parsedRoot = root;
      },
    },
    rules,
  );
}

function checkSize(input: Uint8Array | string, bytesMax: number): void {
  // A string has between one and three bytes for each code unit: most need no counting.
  if (input.length <= bytesMax / 3) return;
  const bytes = typeof input === 'string' && input.length <= bytesMax ? utf8Length(input) : input.length;
  if (bytes > bytesMax) throw new XmlError('limit-size', `more than ${bytesMax} bytes`, 0, 1, 1);
}

function decode(bytes: Uint8Array): { text: string; bad: boolean } {
  // UTF-16 or UTF-32, with the byte-order mark or without: the first character is '<'.
  if (bytes[0] === 0 || bytes[1] === 0) throw new XmlError('invalid-encoding', 'not UTF-8', 0, 1, 1);
  return decodeUtf8(bytes);
}

/** Saxes takes half a pair together with its neighbour for some character. Bytes cannot hold one. */
function checkSurrogates(text: string): void {
  // Native where the platform has it (Node 20, browsers since 2023); the compiler's ES2023 does not know it.
  if ((text as { isWellFormed?: () => boolean }).isWellFormed?.()) return;
  const at = text.search(/\p{Surrogate}/u);
  if (at < 0) return;
  const before = text.slice(0, at);
  const line = before.split('\n').length;
  throw new XmlError('invalid-character', 'half a surrogate pair', at, line, at - before.lastIndexOf('\n'));
}
