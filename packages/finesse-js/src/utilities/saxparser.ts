import { parseXml, type XmlObject } from './xml.ts';

/** `finesse.utilities.SaxParser`: XML as objects. */
export const SaxParser = {
  /** @returns `{RootName: value}`; repeated elements are an array, single ones an object or a string, empty ones null. @throws Error when it is not well-formed */
  parse: (xml: string): XmlObject => parseXml(xml),
};
