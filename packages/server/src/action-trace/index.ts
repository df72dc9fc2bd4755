/** One id from the request to the event, and what led to an agent's state. */
export { actionTracePlugin } from './plugin.ts';
export { TraceBook } from './trace-book.ts';
