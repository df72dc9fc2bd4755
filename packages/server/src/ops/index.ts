export { type HealthDependencies, type HealthSummary, healthPlugin, healthSummary } from './health.ts';
