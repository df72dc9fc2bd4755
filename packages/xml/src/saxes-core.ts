import { SaxesParser } from 'saxes';

/**
 * What we use of saxes 6.0.0 below its public face. Its character-level state machine is the strict part
 * that we want; its trees, namespaces and tolerance after errors we replace by overriding. The version is
 * pinned, and the tests hold each override.
 *
 * Never call `on()`: it stores handlers under computed keys, and from the seventh on V8 turns the parser
 * object into a dictionary, five times slower. Named assignments do no such harm.
 */
export interface SaxesCore {
  /** Number of the state function that reads the next character. */
  state: number;
  /** Character data or attribute value read so far. */
  text: string;
  /** Name read so far. */
  name: string;
  /** Reference read so far, without its `&`. */
  entity: string;
  /** State to return to after a reference. */
  entityReturnState: number;
  /** The open elements; saxes itself only looks whether there are any. */
  tags: unknown[];
  sawRoot: boolean;
  closedRoot: boolean;
  xmlDeclPossible: boolean;
  readonly xmlDecl: { version?: string | undefined; encoding?: string | undefined };
  chunk: string;
  /** A CR at the end of the last chunk, held back until it is clear whether LF follows. */
  readonly carriedFromPrevious: string | undefined;
  /** UTF-16 code units before `chunk`. */
  readonly chunkPosition: number;
  /** Index in `chunk` of the next character, and of the one read last. */
  i: number;
  prevI: number;
  readonly line: number;
  /** Code units of the line so far. */
  column: number;
  /** How much of the forbidden `]]>` has been read; 0 for nothing. */
  readonly forbiddenState: number;
  readonly piTarget: string;
  textHandler: ((text: string) => void) | undefined;
  cdataHandler: ((text: string) => void) | undefined;

  write(chunk: string): this;
  close(): this;
  /** Called by `close` when the last chunk is read. */
  end(): this;
  fail(message: string): this;
  getCode(): number;
  captureNameChars(): number;
  pushAttribPlain(name: string, value: string): void;
  openTag(): void;
  openSelfClosingTag(): void;
  closeTag(): void;
  sDoctype(): void;
  sComment(): void;
  sPIFirstChar(): void;
  sPIBody(): void;
  sPIEnding(): void;
  sOpenTag(): void;
  sEntity(): void;
  handleTextInRoot(): void;
}

export const SaxesBase = SaxesParser as unknown as new (options: {
  xmlns: false;
  position: boolean;
  defaultXMLVersion: '1.0';
  forceXMLVersion: true;
}) => SaxesCore;

/** State numbers of saxes 6.0.0. */
export const STATE_BEGIN = 0;
export const STATE_TEXT = 13;
export const STATE_OPEN_TAG_SLASH = 35;
export const STATE_ATTRIBUTE = 36;

/** What `getCode` and `captureNameChars` return at the end of the chunk. */
export const END_OF_CHUNK = -1;
