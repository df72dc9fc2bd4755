/** One id from the request to the event, and what led to an agent's state. */
export { PageTimes } from './page-times.ts';
export { actionTracePlugin } from './plugin.ts';
export { type ActionTrace, type Step, type StepName, TraceBook } from './trace-book.ts';
