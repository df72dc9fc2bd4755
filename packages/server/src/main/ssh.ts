/** The serviceability shell over SSH. */
import type { Clock } from '@poise/clock';
import type { StartOptions } from '../cli/main-types.ts';
import type { Settings } from '../settings/settings.ts';
import { hostKey, SshServer, spawnShell } from '../ssh/index.ts';
import type { Foundation } from './foundation.ts';

/** @param command path of the program `poise` */
export function sshShell(
  settings: Settings,
  port: number,
  clock: Clock,
  { store, accounts, directory }: Foundation,
  command: string,
  operator: StartOptions['operator'],
): SshServer {
  return new SshServer({
    host: settings.host,
    port,
    clock,
    accounts,
    directory,
    hostKey: () => hostKey(settings.data),
    spawn: spawnShell(command, settings.data),
    note: ({ who, address, command: line }) =>
      store.change(({ audit }) =>
        audit.add([
          {
            at: clock.now(),
            who,
            address,
            client: 'cli',
            method: 'ssh',
            path: 'poise shell',
            resource: 'shell',
            objectId: (line ?? '').slice(0, 128),
            before: null,
            after: JSON.stringify({ command: line }),
          },
        ]),
      ),
    info: (text) => operator.info(text),
  });
}
