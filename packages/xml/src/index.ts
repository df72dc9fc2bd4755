export { type Attributes, Element, element } from './element.ts';
export { escapeAttr, escapeText, isXmlText } from './escape.ts';
export { NS_STREAM, NS_XML } from './names.ts';
export { type ParseOptions, parse } from './parse.ts';
export { type PrefixScope, serialize } from './serialize.ts';
export { StreamParser, type StreamParserEvents } from './stream-parser.ts';
export type { Place } from './tree-parser.ts';
export { XmlError, type XmlErrorCode } from './xml-error.ts';
export { DEFAULT_LIMITS, type XmlLimits } from './xml-limits.ts';
