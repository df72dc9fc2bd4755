export type { ConsoleSessions, RecordingDependencies } from './access.ts';
export { auditPlugin } from './audit-plugin.ts';
export { certificatePlugin } from './certificate-plugin.ts';
export { gadgetFilesPlugin } from './gadget-files-plugin.ts';
export { logCasesPlugin } from './log-cases-plugin.ts';
export { logsPlugin } from './logs-plugin.ts';
export { configurationPlugin } from './plugin.ts';
export { shellPlugin } from './shell-plugin.ts';
export { shellRunner } from './shell-runner.ts';
