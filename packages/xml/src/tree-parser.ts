import { SCRATCH_BYTES, scratch, scratchText } from './ascii-scratch.ts';
import { AttributeMap, type Attributes, Element, NO_ATTRIBUTES } from './element.ts';
import { isName, NS_XML, NS_XMLNS } from './names.ts';
import { dereference, isReferenceCharacter, predefinedAt, REFERENCE_LENGTH_MAX } from './references.ts';
import { END_OF_CHUNK, SaxesBase, STATE_ATTRIBUTE, STATE_OPEN_TAG_SLASH, STATE_TEXT } from './saxes-core.ts';
import { XmlError, type XmlErrorCode } from './xml-error.ts';
import type { XmlLimits } from './xml-limits.ts';

/** Where something stands in the text. */
export interface Place {
  /** From 1. */
  readonly line: number;
  /** Characters into the line, from 1. */
  readonly column: number;
}

/** Who receives the tree: a document takes the root, a stream takes each first-level element. */
export interface TreeEvents {
  /** The root's start tag is complete; its children are still to come. */
  rootOpened(root: Element): void;
  /** A child of the root is complete. */
  firstLevelClosed(element: Element): void;
  rootClosed(root: Element): void;
}

export interface TreeRules {
  readonly limits: XmlLimits;
  readonly comments: 'refuse' | 'skip';
  readonly declaration: 'refuse' | 'allow';
  /** Whether children are hung under the root; a stream would collect them for hours. */
  readonly keepFirstLevel: boolean;
  /** Whether the input was bytes, so that a declared encoding must be ours. */
  readonly fromBytes: boolean;
  /** Is told where each element's start tag begins, before its children are. */
  readonly places?: WeakMap<Element, Place> | undefined;
}

/** Innermost namespace declaration; outer ones behind it. Lookups cost declarations, not depth. */
interface Binding {
  readonly prefix: string;
  readonly ns: string;
  readonly outer: Binding | undefined;
}

interface OpenElement {
  readonly element: Element;
  readonly children: (Element | string)[];
  /** As written, with prefix: what the end tag must repeat. */
  readonly qualifiedName: string;
  /** Bindings in force outside of the element, restored at its end. */
  readonly outer: Binding | undefined;
}

/** What a text has besides printable ASCII: markup, `]]>`, line ends, everything that saxes has to look at. */
const REMARKABLE = /[^ -%'-;=-\\^-~]/g;
const AMPERSAND = 0x26;
const LESS_THAN = 0x3c;
const CLOSING_BRACKET = 0x5d;

const ENCODINGS = /^(utf-?8|us-ascii|ascii)$/i;

/** Saxes with our own tree, namespaces, limits and refusals. Throws XmlError out of `write` and `close`. */
export class TreeParser extends SaxesBase {
  readonly #events: TreeEvents;
  rules: TreeRules;
  #bindings: Binding | undefined;
  #parent: OpenElement | undefined;
  // The start tag that is being read.
  #tagName = '';
  #attributes: Record<string, string> | undefined;
  #attributeCount = 0;
  #prefixedNames: string[] | undefined;
  #outer: Binding | undefined;
  #tagPlace: Place | undefined;

  constructor(events: TreeEvents, rules: TreeRules) {
    super({ xmlns: false, position: true, defaultXMLVersion: '1.0', forceXMLVersion: true });
    this.#events = events;
    this.rules = rules;
    this.textHandler = (text) => this.#addText(text);
    this.cdataHandler = (text) => this.#addText(text);
  }

  /** Elements that are open now. */
  get depth(): number {
    return this.tags.length;
  }

  /** Refuses names, values and texts that grow beyond their limits before their end is in sight. */
  checkUnfinished(): void {
    const { limits } = this.rules;
    if (this.name.length > limits.nameLengthMax) this.refuse('limit-name', 'name too long');
    if (this.text.length > Math.max(limits.textLengthMax, limits.attributeLengthMax)) {
      this.refuse('limit-size', 'text too long');
    }
  }

  override write(chunk: string): this {
    super.write(chunk);
    this.#releaseChunk();
    return this;
  }

  override end(): this {
    // The place is behind the last chunk: counted already, also a CR that was held back.
    this.#releaseChunk();
    const open = this.#parent;
    if (open !== undefined && this.state === STATE_TEXT)
      this.refuse('not-well-formed', `${this.#named(open)} is not closed`);
    return super.end();
  }

  /** A stream would keep its last chunk until the next, which may be a minute of silence away. */
  #releaseChunk(): void {
    this.chunk = '';
    this.i = 0;
    this.prevI = 0;
  }

  /** Throws the error, with the place of the character read last. */
  refuse(code: XmlErrorCode, detail: string): never {
    throw new XmlError(code, detail, this.chunkPosition + this.prevI, this.line, Math.max(1, this.column));
  }

  // Saxes goes on after an error; we never do.
  override fail(message: string): this {
    const illegal = message === 'disallowed character.' && this.chunk[this.prevI] !== '<';
    if (illegal) return this.refuse('invalid-character', 'character not allowed in XML');
    return this.refuse(
      message.startsWith('inappropriately located doctype') ? 'restricted' : 'not-well-formed',
      // The library names what it has not read yet.
      message === 'unclosed tag: undefined' ? 'the text ends within a tag' : message.replace(/\.$/, ''),
    );
  }

  override sDoctype(): void {
    this.#refuseMarkup('document type declarations are not allowed');
  }

  override sComment(): void {
    if (this.rules.comments === 'refuse') this.#refuseMarkup('comments are not allowed');
    super.sComment();
  }

  override sPIFirstChar(): void {
    // The XML declaration looks like a processing instruction until its name is read.
    if (!this.xmlDeclPossible) this.#refuseMarkup('processing instructions are not allowed');
    super.sPIFirstChar();
  }

  override sPIBody(): void {
    this.#refuseMarkup('processing instructions are not allowed');
  }

  override sPIEnding(): void {
    this.#refuseMarkup('processing instructions are not allowed');
  }

  #refuseMarkup(detail: string): never {
    // The character is read first, so that the place does not depend on how the stream was cut.
    this.getCode();
    return this.refuse('restricted', detail);
  }

  // Saxes looks for the `;` however far it is. A bare `&` must be an error where it stands, or the peer
  // would wait for an answer that never comes.
  override sEntity(): void {
    const { chunk, i: start } = this;
    for (;;) {
      const code = this.getCode();
      if (code === 0x3b /* ; */) break;
      if (code === END_OF_CHUNK || this.i - start + this.entity.length > REFERENCE_LENGTH_MAX) {
        this.entity += chunk.slice(start, this.i);
        if (this.entity.length > REFERENCE_LENGTH_MAX) this.refuse('restricted', 'reference too long');
        return;
      }
      if (!isReferenceCharacter(code)) this.refuse('not-well-formed', 'malformed reference');
    }
    const meaning = dereference(this.entity + chunk.slice(start, this.prevI));
    if (typeof meaning !== 'string') this.refuse(meaning.code, meaning.detail);
    this.text += meaning;
    this.entity = '';
    this.state = this.entityReturnState;
  }

  // An event carries a document as text, a reference in every tenth place. Plain stretches and the five
  // entities are taken here in one go; saxes goes on at the first character that is neither.
  override handleTextInRoot(): void {
    const { chunk, i: start } = this;
    let at = start;
    // After a `]` the next characters count.
    while (this.forbiddenState === 0) {
      REMARKABLE.lastIndex = at;
      const next = REMARKABLE.test(chunk) ? REMARKABLE.lastIndex - 1 : chunk.length;
      if (next > at) this.text += chunk.slice(at, next);
      at = next;
      if (chunk.charCodeAt(at) !== AMPERSAND) break;
      const taken = this.#takeReferences(at);
      if (taken === at) break;
      at = taken;
    }
    if (at > start) {
      this.i = at;
      this.prevI = at - 1;
      this.column += at - start;
    }
    if (at < chunk.length) super.handleTextInRoot();
  }

  /** Takes what follows as long as it is the five entities and what stands plain between them. @returns where that ends */
  #takeReferences(from: number): number {
    const { chunk } = this;
    const end = Math.min(chunk.length, from + SCRATCH_BYTES);
    let at = from;
    let length = 0;
    while (at < end) {
      const code = chunk.charCodeAt(at);
      if (code === AMPERSAND) {
        const entity = predefinedAt(chunk, at);
        if (entity === undefined) break;
        scratch[length++] = entity.meaning.charCodeAt(0);
        at += entity.name.length + 2;
      } else if (code < 0x20 || code > 0x7e || code === LESS_THAN || code === CLOSING_BRACKET) break;
      else {
        scratch[length++] = code;
        at++;
      }
    }
    if (length > 0) this.text += scratchText(length);
    return at;
  }

  override sOpenTag(): void {
    // Saxes is here when it has read `<` and the first character of the name; a name cut by a chunk's end comes twice.
    if (this.rules.places !== undefined && this.#tagPlace === undefined)
      this.#tagPlace = { line: this.line, column: Math.max(1, this.column) };
    const next = this.captureNameChars();
    if (next === END_OF_CHUNK) return;
    const { limits } = this.rules;
    if (this.closedRoot) this.refuse('not-well-formed', 'a document has only one root');
    if (!this.sawRoot) this.#checkDeclaration();
    if (this.tags.length >= limits.depthMax) this.refuse('limit-depth', 'elements nested too deep');
    if (this.name.length > limits.nameLengthMax) this.refuse('limit-name', 'name too long');
    this.sawRoot = true;
    this.#tagName = this.name;
    this.name = '';
    this.#outer = this.#bindings;
    this.#attributes = undefined;
    this.#attributeCount = 0;
    this.#prefixedNames = undefined;
    if (next === 0x3e /* > */) this.openTag();
    else if (next === 0x2f /* / */) this.state = STATE_OPEN_TAG_SLASH;
    else if (next === 0x20 || next === 0x0a || next === 0x09 || next === 0x0d) this.state = STATE_ATTRIBUTE;
    else this.refuse('not-well-formed', 'disallowed character in tag name');
  }

  #checkDeclaration(): void {
    const { version, encoding } = this.xmlDecl;
    if (version === undefined) return;
    if (this.rules.declaration === 'refuse') this.refuse('restricted', 'an XML declaration is not allowed');
    if (encoding !== undefined && this.rules.fromBytes && !ENCODINGS.test(encoding)) {
      this.refuse('invalid-encoding', 'only UTF-8 is supported');
    }
  }

  override pushAttribPlain(name: string, value: string): void {
    const { limits } = this.rules;
    if (++this.#attributeCount > limits.attributesMax) this.refuse('limit-attributes', 'too many attributes');
    if (name.length > limits.nameLengthMax) this.refuse('limit-name', 'name too long');
    if (value.length > limits.attributeLengthMax) this.refuse('limit-size', 'attribute value too long');
    if (name === 'xmlns') {
      this.#bind('', value);
      return;
    }
    if (name.includes(':')) {
      if (name.startsWith('xmlns:')) {
        if (!isName(name.slice(6))) this.refuse('not-well-formed', `malformed name ${name}`);
        this.#bind(name.slice(6), value);
        return;
      }
      this.#prefixedNames ??= [];
      this.#prefixedNames.push(name);
    }
    this.#attributes ??= new AttributeMap();
    if (this.#attributes[name] !== undefined) this.#refuseDuplicate(name);
    this.#attributes[name] = value;
  }

  #bind(prefix: string, ns: string): void {
    for (let seen = this.#bindings; seen !== this.#outer; seen = seen!.outer) {
      if (seen!.prefix === prefix) this.#refuseDuplicate(prefix === '' ? 'xmlns' : `xmlns:${prefix}`);
    }
    const isXml = prefix === 'xml';
    if (prefix === 'xmlns' || ns === NS_XMLNS || isXml !== (ns === NS_XML)) {
      this.refuse('not-well-formed', 'reserved prefix or namespace');
    }
    if (ns === '' && prefix !== '') this.refuse('not-well-formed', 'a prefix cannot be undeclared');
    this.#bindings = { prefix, ns, outer: this.#bindings };
  }

  #refuseDuplicate(name: string): never {
    return this.refuse('not-well-formed', `duplicate attribute ${name}`);
  }

  #resolve(prefix: string): string {
    for (let binding = this.#bindings; binding !== undefined; binding = binding.outer) {
      if (binding.prefix === prefix) return binding.ns;
    }
    if (prefix === '') return '';
    if (prefix === 'xml') return NS_XML;
    return this.refuse('unbound-prefix', `unbound prefix ${prefix}`);
  }

  /** Splits a qualified name; 0 when there is no prefix. */
  #colonOf(name: string): number {
    const colon = name.indexOf(':');
    if (colon < 0) return 0;
    if (colon === 0 || colon === name.length - 1 || name.indexOf(':', colon + 1) >= 0) {
      this.refuse('not-well-formed', `malformed name ${name}`);
    }
    // A local name has to begin like a name, too: `a:1` is none.
    if (!isName(name.slice(colon + 1))) {
      this.refuse('not-well-formed', `malformed name ${name}`);
    }
    return colon;
  }

  /** Prefix -> namespace of the prefixed attributes, without `xml`. */
  #resolveAttributes(): Attributes | undefined {
    if (this.#prefixedNames === undefined) return undefined;
    let prefixes: Record<string, string> | undefined;
    // Two prefixes may stand for one namespace, and then the attributes are the same.
    const expandedNames = new Set<string>();
    for (const name of this.#prefixedNames) {
      const colon = this.#colonOf(name);
      const prefix = name.slice(0, colon);
      const ns = this.#resolve(prefix);
      expandedNames.add(`${ns} ${name.slice(colon + 1)}`);
      if (prefix === 'xml') continue;
      prefixes ??= new AttributeMap();
      prefixes[prefix] = ns;
    }
    if (expandedNames.size < this.#prefixedNames.length) this.#refuseDuplicate('under two prefixes');
    return prefixes;
  }

  #open(): OpenElement {
    const name = this.#tagName;
    const colon = this.#colonOf(name);
    const prefix = colon === 0 ? '' : name.slice(0, colon);
    if (prefix === 'xmlns') this.refuse('not-well-formed', 'elements cannot have the prefix xmlns');
    const children: (Element | string)[] = [];
    const element = new Element(
      colon === 0 ? name : name.slice(colon + 1),
      prefix,
      this.#resolve(prefix),
      this.#attributes ?? NO_ATTRIBUTES,
      children,
      this.#resolveAttributes(),
    );
    if (this.#tagPlace !== undefined) {
      this.rules.places?.set(element, this.#tagPlace);
      this.#tagPlace = undefined;
    }
    this.state = STATE_TEXT;
    return { element, children, qualifiedName: name, outer: this.#outer };
  }

  override openTag(): void {
    const open = this.#open();
    this.tags.push(open);
    this.#parent = open;
    if (this.tags.length === 1) this.#events.rootOpened(open.element);
  }

  override openSelfClosingTag(): void {
    const open = this.#open();
    if (this.tags.length === 0) this.#events.rootOpened(open.element);
    this.#close(open);
  }

  override closeTag(): void {
    const open = this.#parent;
    // Saxes hands out the element before it compares the names; a wrong end tag must not deliver anything.
    if (open === undefined) this.refuse('not-well-formed', `unexpected end tag ${this.name}`);
    if (open.qualifiedName !== this.name) {
      // Who forgot an end tag looks for the element; who wrote one too many or another name looks for the tag.
      const detail = this.tags.some((tag) => (tag as OpenElement).qualifiedName === this.name)
        ? `${this.#named(open)} is not closed before the end tag ${this.name}`
        : `unexpected end tag ${this.name}: ${this.#named(open)} is not closed`;
      this.refuse('not-well-formed', detail);
    }
    this.state = STATE_TEXT;
    this.name = '';
    this.tags.pop();
    this.#parent = this.tags[this.tags.length - 1] as OpenElement | undefined;
    this.#close(open);
  }

  /** With its line, where places are noted. */
  #named({ element, qualifiedName }: OpenElement): string {
    const place = this.rules.places?.get(element);
    return place === undefined
      ? `element ${qualifiedName}`
      : `element ${qualifiedName} of line ${place.line}`;
  }

  #close(open: OpenElement): void {
    this.#bindings = open.outer;
    const parent = this.#parent;
    if (parent === undefined) {
      this.closedRoot = true;
      this.#events.rootClosed(open.element);
    } else if (this.tags.length > 1 || this.rules.keepFirstLevel) parent.children.push(open.element);
    else this.#events.firstLevelClosed(open.element);
  }

  #addText(text: string): void {
    const parent = this.#parent;
    // Outside of the root only white space gets here; empty CDATA sections leave nothing.
    if (parent === undefined || text === '') return;
    if (text.length > this.rules.limits.textLengthMax) this.refuse('limit-size', 'text too long');
    if (this.tags.length === 1 && !this.rules.keepFirstLevel) {
      if (/[^ \t\r\n]/.test(text)) this.refuse('not-well-formed', 'text between the elements of a stream');
      return;
    }
    const { children } = parent;
    const last = children.length - 1;
    const before = last >= 0 ? children[last] : undefined;
    if (typeof before !== 'string') {
      children.push(text);
      return;
    }
    if (before.length + text.length > this.rules.limits.textLengthMax)
      this.refuse('limit-size', 'text too long');
    children[last] = before + text;
  }
}
