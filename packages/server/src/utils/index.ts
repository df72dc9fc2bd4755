/** The server's side of `poise utils finesse …` and of `poise shell`. */
export { LogCollection } from './log-collection.ts';
export { nodeFigures } from './node-figures.ts';
export { PropertyBook } from './properties.ts';
export { serviceability } from './serviceability.ts';
