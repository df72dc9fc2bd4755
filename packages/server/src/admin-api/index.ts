export type { ConsoleSessions } from './access.ts';
export type { ChangeOrigin } from './configuration.ts';
export { configurationPlugin } from './plugin.ts';
