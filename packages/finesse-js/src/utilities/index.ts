/** `finesse.utilities`. */
export { type CacheCallback, type CacheEntry, DesktopCache } from './desktop-cache.ts';
export { I18n } from './i18n.ts';
export { type JsonSchema, type JsonValidation, JsonValidator } from './json-validator.ts';
export { Logger } from './logger.ts';
export { MessageDisplay } from './message-display.ts';
export { SaxParser } from './saxparser.ts';
export { Utilities } from './utilities.ts';
export type { XmlObject, XmlValue } from './xml.ts';
