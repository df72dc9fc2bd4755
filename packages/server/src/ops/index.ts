export { collect, type ProcessFigures } from './figures.ts';
export {
  type HealthDependencies,
  type HealthSummary,
  healthPlugin,
  healthSummary,
  type Readiness,
} from './health.ts';
export { Leaving } from './leaving.ts';
export { Metrics, type MetricsOptions } from './metrics.ts';
export { NodeFigures } from './process-figures.ts';
export type { MetricFamily } from './prometheus.ts';
