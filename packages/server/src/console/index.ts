export { type ConnectedDependencies, connectedPlugin, type UserConnection } from './connected.ts';
export { consoleSessionPlugin } from './session.ts';
