/** `poise service …`: parts of the running server, one by one. */
import { say } from '../messages/catalogue.ts';
import type { ServiceState } from '../parts/service-commands.ts';
import { type Arguments, EXIT } from './command.ts';
import { ask } from './control.ts';
import type { Terminal } from './terminal.ts';

export async function serviceList(given: Arguments, terminal: Terminal): Promise<number> {
  const states = (await ask('service.list', given, terminal)) as readonly ServiceState[];
  if (given.flags.has('json')) terminal.print(JSON.stringify(states));
  else for (const state of states) terminal.print(line(state));
  return EXIT.done;
}

/** @param verb what is done with the part */
export async function service(
  verb: 'start' | 'stop' | 'restart',
  given: Arguments,
  terminal: Terminal,
): Promise<number> {
  const [part] = given.positionals;
  const state = (await ask(`service.${verb}`, given, terminal, { part })) as ServiceState;
  if (given.flags.has('json')) terminal.print(JSON.stringify(state));
  else {
    const id = verb === 'stop' ? 'cli.partStopped' : 'cli.partStarted';
    terminal.print(say(terminal.messages, id, { part: state.name }));
  }
  return EXIT.done;
}

const line = ({ name, state, ready, reason }: ServiceState): string =>
  `${name.padEnd(14)} ${ready ? 'ready' : `${state}${reason === undefined ? '' : `: ${reason}`}`}`;
