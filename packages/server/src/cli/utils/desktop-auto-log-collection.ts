/** `poise utils finesse desktop_auto_log_collection …`: schedules by which desktops send their logs (admin.md 4). */
import { type Arguments, EXIT } from '../command.ts';
import { ask } from '../control.ts';
import { dateLine } from '../date-line.ts';
import type { Terminal } from '../terminal.ts';
import { optionOrAnswer } from './questions.ts';

/** As the server answers. */
interface Schedule {
  readonly id: number;
  readonly createdAt: number;
  readonly durationS: number;
  readonly intervalS: number;
  readonly agentIds: readonly string[];
}

const NAME = 'utils.finesse.desktop_auto_log_collection';

export async function create(given: Arguments, terminal: Terminal): Promise<number> {
  const agents = await optionOrAnswer(given, terminal, {
    option: 'agents',
    question: 'Enter agent IDs to continue. (Maximum 15 agents) [Example : 1001001,1001002] : ',
    echo: 'Agent IDs entered',
  });
  const duration = await optionOrAnswer(given, terminal, {
    option: 'duration',
    question: 'Enter duration in seconds.(value between 30 and 900) : ',
    echo: 'Duration entered',
  });
  const interval = await optionOrAnswer(given, terminal, {
    option: 'interval',
    question: 'Enter interval in seconds.(value between 30 and 240) : ',
    echo: 'Interval entered',
  });
  const schedule = await ask(`${NAME}.create`, given, terminal, { agents, duration, interval });
  if (given.flags.has('json')) terminal.print(JSON.stringify(schedule));
  else {
    terminal.print('');
    terminal.print('Successfully scheduled client log collection for the specified agent(s).');
    terminal.print('');
    terminal.print('Ensure the same is enabled in all the Finesse nodes in the cluster..');
  }
  return EXIT.done;
}

export async function list(given: Arguments, terminal: Terminal): Promise<number> {
  const schedules = await live(given, terminal);
  if (given.flags.has('json')) terminal.print(JSON.stringify(schedules));
  else printSchedules(schedules, terminal);
  return EXIT.done;
}

export async function remove(given: Arguments, terminal: Terminal): Promise<number> {
  if (given.value('id') === undefined && !given.flags.has('json')) {
    const schedules = await live(given, terminal);
    printSchedules(schedules, terminal);
    if (schedules.length === 0) return EXIT.done;
  }
  const id = await optionOrAnswer(given, terminal, {
    option: 'id',
    question: "Enter schedule ID to delete (enter 'all' to delete all): ",
    echo: 'Schedule ID entered',
  });
  const answer = await ask(`${NAME}.delete`, given, terminal, { id });
  if (given.flags.has('json')) terminal.print(JSON.stringify(answer));
  else {
    terminal.print('');
    terminal.print(`Successfully deleted the log collection with schedule id : ${id}`);
  }
  return EXIT.done;
}

const live = async (given: Arguments, terminal: Terminal): Promise<readonly Schedule[]> =>
  (await ask(`${NAME}.list`, given, terminal)) as readonly Schedule[];

function printSchedules(schedules: readonly Schedule[], terminal: Terminal): void {
  if (schedules.length === 0) {
    terminal.print('There are no live log collection schedules.');
    return;
  }
  terminal.print('These are the live log collection schedules:');
  for (const { id, createdAt, durationS, intervalS, agentIds } of schedules) {
    terminal.print('');
    terminal.print(`Schedule ID:${id} Created At: ${dateText(createdAt)}`);
    terminal.print(`Duration: ${durationS} seconds`);
    terminal.print(`Frequency: ${intervalS} seconds`);
    terminal.print(`Agent Ids: ${agentIds.join(',')}`);
  }
}

/** `Thu Jun 6 23:23:53 PDT 2019`, in the time zone of this computer unless another is named. */
export const dateText = (wallMs: number, timeZone?: string): string => dateLine(wallMs, timeZone, 1);
