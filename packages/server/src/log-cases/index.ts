/** Logs that were uploaded, and what the tracer made of them. */
export { CaseError, type CaseProblem, LogCases, OWN_CASE } from './log-cases.ts';
export { processTracer, type TraceQuestion, type Tracer } from './tracer.ts';
