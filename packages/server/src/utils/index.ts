/** The server's side of `poise utils finesse …`. */
export { LogCollection } from './log-collection.ts';
