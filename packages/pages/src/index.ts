/** What our pages in browsers have in common: the design, languages, what they keep. Each page is a package of its own. */
export { keep, recall } from './browser-storage.ts';
export { frenchSpaces } from './french-spaces.ts';
export { directionOf, format, preferredAmong, regionOf } from './language.ts';
export { balanced, LABEL_MAX, shortened, TEXT_MAX, within } from './typed-text.ts';
