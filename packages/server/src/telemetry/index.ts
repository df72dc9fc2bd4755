/** Logs, figures and traces for a collector of OpenTelemetry. */
export { headersOf, httpPost } from './http-post.ts';
export { type Signal, Telemetry } from './telemetry.ts';
