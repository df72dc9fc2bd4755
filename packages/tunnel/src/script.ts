/** EventTunnel.js: puts `finesse.EventTunnel` into the frame, as pages of others know it. */
import { EventTunnel } from './event-tunnel.ts';

const { src } = document.currentScript as HTMLScriptElement;
const scope = globalThis as { finesse?: { EventTunnel?: unknown } };
scope.finesse ??= {};
// The server is where this script is from, also when the page is another's.
scope.finesse.EventTunnel = class extends EventTunnel {
  constructor() {
    super(new URL(src).origin);
  }
};
