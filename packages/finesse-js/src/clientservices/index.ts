/** `finesse.clientservices`. */
export { ClientServices, type LogSink } from './client-services.ts';
