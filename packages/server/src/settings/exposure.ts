/** Who can reach the server, and what must hold before anybody but this machine may. */
import { BlockList, isIP } from 'node:net';
import { type Phrase, phrase } from '../messages/catalogue.ts';
import type { Settings } from './settings.ts';

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

/** Whether an address (or the name localhost) can be reached from this machine only. */
export function isLoopback(host: string): boolean {
  const name = host.toLowerCase().replace(/\.$/, '');
  if (name === 'localhost' || name.endsWith('.localhost')) return true;
  const family = isIP(name);
  return family !== 0 && LOOPBACK.check(name, family === 6 ? 'ipv6' : 'ipv4');
}

/** The address that a listener binds: clear text stays on loopback unless an administrator allows more. */
export function bindHost(settings: Settings, security: 'clear' | 'tls'): string {
  if (security === 'tls' || settings.http.allowInsecure || isLoopback(settings.host)) return settings.host;
  return '127.0.0.1';
}

/** Why a server must not be opened to others yet; null when it may. */
export function exposureProblem(settings: Settings, administratorPasswordSet: boolean): Phrase | null {
  if (isLoopback(settings.host)) return null;
  if (settings.ports.https === null) return phrase('settings.exposedTls', { host: settings.host });
  return administratorPasswordSet ? null : phrase('settings.exposedPassword', { host: settings.host });
}

/** Whether the embedded CTI server is wanted beside the link (see `cti.embedded`). */
export function embedsCti(settings: Settings): boolean {
  if (settings.cti.embedded !== 'auto') return settings.cti.embedded === 'true';
  return (
    settings.cti.a !== null && (isLoopback(settings.cti.a.host) || settings.cti.a.host === settings.host)
  );
}
