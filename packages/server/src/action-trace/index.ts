/** One id from the request to the event, and what led to an agent's state. */
export { PageTimes } from './page-times.ts';
export { actionTracePlugin } from './plugin.ts';
export { TraceBook } from './trace-book.ts';
