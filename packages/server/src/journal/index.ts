export type { BeanWriter, LogForm } from './cti-lines.ts';
export { CLIENT_LOGS, FAMILIES, type Family, type FamilyName } from './families.ts';
export {
  Journal,
  type JournalOptions,
  type LogLevels,
  logDirectory,
  WEBSERVICES_LEVELS,
  type WebservicesLevel,
} from './journal.ts';
export { type LogFileSystem, nodeLogFiles } from './log-files.ts';
