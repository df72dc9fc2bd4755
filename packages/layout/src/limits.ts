/** What one layout may hold: far more than any real one, and little enough to be drawn. */
export const LAYOUT_LIMITS = Object.freeze({
  /** UTF-8 bytes of the document. */
  bytesMax: 262_144,
  depthMax: 16,
  attributesMax: 32,
  attributeLengthMax: 2048,
  urlLengthMax: 4096,
  labelLengthMax: 256,
  configsMax: 100,
  /** Of each side of the header. */
  headerColumnsMax: 16,
  tabsMax: 30,
  columnsMax: 4,
  /** Gadgets of one role, on the page and in its tabs. */
  gadgetsMax: 100,
  alternateHostsMax: 10,
  /** Errors reported of one document; the rest is left out. */
  problemsMax: 50,
});
