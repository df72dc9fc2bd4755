export { type ConnectedDependencies, connectedPlugin, type UserConnection } from './connected.ts';
export { type ConsoleNodesDependencies, consoleNodesPlugin } from './nodes.ts';
export { consoleSessionPlugin } from './session.ts';
