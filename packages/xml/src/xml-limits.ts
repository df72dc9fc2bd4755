/** What one document, or one first-level element of a stream, may ask of us. */
export interface XmlLimits {
  /** UTF-8 bytes of a document, or of one first-level element of a stream. */
  readonly bytesMax: number;
  /** Levels of elements, the root being the first. */
  readonly depthMax: number;
  /** Attributes of one element, namespace declarations included. */
  readonly attributesMax: number;
  /** UTF-16 code units of a name with its prefix. */
  readonly nameLengthMax: number;
  /** UTF-16 code units of one attribute value. */
  readonly attributeLengthMax: number;
  /** UTF-16 code units of one run of character data. */
  readonly textLengthMax: number;
}

export const DEFAULT_LIMITS: XmlLimits = Object.freeze({
  bytesMax: 262_144,
  depthMax: 64,
  attributesMax: 64,
  nameLengthMax: 256,
  attributeLengthMax: 16_384,
  textLengthMax: 262_144,
});

/** The limits named in `wanted`, the defaults for the rest. */
export function withDefaults(wanted: Partial<XmlLimits> | undefined): XmlLimits {
  if (wanted === undefined) return DEFAULT_LIMITS;
  return {
    bytesMax: wanted.bytesMax ?? DEFAULT_LIMITS.bytesMax,
    depthMax: wanted.depthMax ?? DEFAULT_LIMITS.depthMax,
    attributesMax: wanted.attributesMax ?? DEFAULT_LIMITS.attributesMax,
    nameLengthMax: wanted.nameLengthMax ?? DEFAULT_LIMITS.nameLengthMax,
    attributeLengthMax: wanted.attributeLengthMax ?? DEFAULT_LIMITS.attributeLengthMax,
    textLengthMax: wanted.textLengthMax ?? DEFAULT_LIMITS.textLengthMax,
  };
}
