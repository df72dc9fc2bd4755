export { type HealthDependencies, type HealthSummary, healthPlugin, healthSummary } from './health.ts';
export { Metrics, type MetricsOptions } from './metrics.ts';
