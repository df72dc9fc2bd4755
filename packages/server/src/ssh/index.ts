/** The serviceability command line over SSH. */
export { hostKey } from './host-key.ts';
export { spawnShell } from './spawn-shell.ts';
export { SshServer } from './ssh-server.ts';
