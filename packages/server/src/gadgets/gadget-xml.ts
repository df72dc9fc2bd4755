/** XML of gadgets and of their message bundles: forgiving about what people write, strict about what attackers write. */
import { type Element, type Place, parse, XmlError } from '@poise/xml';
import { phrase } from '../messages/catalogue.ts';
import { GadgetError } from './gadget-error.ts';

/** A gadget may hold whole libraries in its CDATA. */
const GADGET_XML_LIMITS = {
  bytesMax: 2 * 1024 * 1024,
  depthMax: 32,
  attributesMax: 64,
  nameLengthMax: 256,
  attributeLengthMax: 64 * 1024,
  textLengthMax: 2 * 1024 * 1024,
} as const;

/** A document, and where each of its elements begins. */
export interface GadgetXml {
  readonly root: Element;
  /** Refuses the document: says what is wrong with this element, and where it stands. */
  refuse(element: Element, problem: string): GadgetError;
}

/**
 * White space in front of the declaration is passed over, as are comments; document types, entities beyond the five and
 * processing instructions are refused.
 * @param rootName name of the root element, in whatever namespace
 * @throws GadgetError 500 with line and column
 */
export function parseGadgetXml(text: string, rootName: string): GadgetXml {
  const places = new WeakMap<Element, Place>();
  const refuse = (element: Element, problem: string): GadgetError => {
    const line = places.get(element)?.line ?? 1;
    return broken(line, `<${element.name}>: ${problem}`);
  };
  const before = /^\s*/.exec(text)?.[0] ?? '';
  let root: Element;
  try {
    root = parse(text.slice(before.length), {
      ...GADGET_XML_LIMITS,
      comments: 'skip',
      declaration: 'allow',
      places,
    });
  } catch (error) {
    if (!(error instanceof XmlError)) throw error;
    const passedOver = before.split('\n').length - 1;
    const problem = error.message
      .replace(/ \(line \d+, column \d+\)$/, '')
      .replace(/ of line (\d+) /, (_, line: string) => ` of line ${Number(line) + passedOver} `);
    throw broken(error.line + passedOver, problem);
  }
  if (root.name !== rootName) throw refuse(root, `the root element must be ${rootName}`);
  return { root, refuse };
}

const broken = (line: number, problem: string): GadgetError =>
  new GadgetError(500, phrase('gadget.brokenXml', { line, problem }), `line ${line}: ${problem}`);
