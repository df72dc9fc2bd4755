export { readMessage, type TunnelMessage, type TunnelStatus, TYPES, writeMessage } from './messages.ts';
export { type ConnectionType, Tunnel, type TunnelOptions, type TunnelSession } from './tunnel.ts';
