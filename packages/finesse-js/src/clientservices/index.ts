/** `finesse.clientservices`. */
export { ClientServices, type LogSink, type StandAloneConfig } from './client-services.ts';
export { Topics } from './topics.ts';
