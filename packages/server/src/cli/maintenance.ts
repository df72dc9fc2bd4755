/** `poise maintenance …`: desktops of the running server move to the other node. */

import { say } from '../messages/catalogue.ts';
import type { MaintenanceAnswer } from '../parts/maintenance-commands.ts';
import { type Arguments, EXIT } from './command.ts';
import { ask } from './control.ts';
import type { Terminal } from './terminal.ts';

export async function maintenance(
  verb: 'start' | 'status' | 'end',
  given: Arguments,
  terminal: Terminal,
): Promise<number> {
  const answer = (await ask(`maintenance.${verb}`, given, terminal)) as MaintenanceAnswer;
  if (given.flags.has('json')) terminal.print(JSON.stringify(answer));
  else terminal.print(sentence(answer, terminal));
  return EXIT.done;
}

function sentence({ mode, report }: MaintenanceAnswer, { messages }: Terminal): string {
  const desktops = report?.connected.desktop ?? 0;
  if (mode === 'INITIATING') return say(messages, 'cli.maintenanceAnnounced', { desktops });
  if (mode === 'IN_PROGRESS' && report?.status === 'COMPLETED') return say(messages, 'cli.maintenanceDone');
  if (mode === 'IN_PROGRESS') return say(messages, 'cli.maintenanceRuns', { desktops });
  return say(messages, report?.status === 'FAILED' ? 'cli.maintenanceFailed' : 'cli.maintenanceOff');
}
