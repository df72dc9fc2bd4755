/** What is wrong with a document; stable, so that each protocol maps it to its own condition. */
export type XmlErrorCode =
  /** Breaks the grammar of XML 1.0 or of its namespaces. */
  | 'not-well-formed'
  /** Well formed, but not allowed here: DTD, processing instruction, comment, entity (RFC 6120 11.1). */
  | 'restricted'
  /** A character that XML 1.0 does not know, raw or as a reference, or half a surrogate pair. */
  | 'invalid-character'
  /** Bytes that are not UTF-8, or a declaration of another encoding. */
  | 'invalid-encoding'
  | 'limit-depth'
  /** Too many bytes, or an attribute value or run of text that is too long. */
  | 'limit-size'
  | 'limit-attributes'
  | 'limit-name'
  | 'unbound-prefix';

/** Thrown by `parse`, reported by `StreamParser`: nothing else ever is, whatever the input. */
export class XmlError extends Error {
  override readonly name = 'XmlError';
  readonly code: XmlErrorCode;
  /** Place of the offence: UTF-16 code units from the start of the document or stream, from 0. */
  readonly offset: number;
  /** From 1. */
  readonly line: number;
  /** Characters into the line, from 1. */
  readonly column: number;

  constructor(code: XmlErrorCode, detail: string, offset: number, line: number, column: number) {
    super(`${detail} (line ${line}, column ${column})`);
    this.code = code;
    this.offset = offset;
    this.line = line;
    this.column = column;
  }
}
