/** `finesse.cslogger`. */
export { ClientLogger } from './client-logger.ts';
