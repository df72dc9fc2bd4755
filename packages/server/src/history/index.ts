/** Calls and states of the agents' shifts. */
export { historyPlugin } from './plugin.ts';
export { ShiftBook } from './shift-book.ts';
export { shiftStore } from './stores.ts';
