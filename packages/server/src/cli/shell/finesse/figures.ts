/** What the node counts, who is connected or locked out, the log levels, the maintenance mode (admin.md 4). */
import { phrase } from '../../../messages/catalogue.ts';
import type { MaintenanceAnswer } from '../../../parts/maintenance-commands.ts';
import type { ShellCommand, ShellParameter } from '../grammar.ts';
import { refusal, type Shell } from '../shell.ts';
import { labelled, lockedOutLines, table } from './tables.ts';

interface NodeFigures {
  readonly activeDialogs: number;
  readonly activeTasks: number;
  readonly configuredMediaPerAgent: number;
  readonly signedInMediaPerAgent: number;
  readonly skillGroupsPerAgent: number;
  readonly skillGroupsMax: number;
  readonly startSeconds: number;
  readonly signedInAgents: number;
  readonly skillGroups: number;
}

const statisticsLines = (figures: NodeFigures): readonly string[] =>
  labelled([
    ['Active Dialogs Count', figures.activeDialogs],
    ['Active Tasks Count', figures.activeTasks],
    ['Average Configured Media per Agent Count', figures.configuredMediaPerAgent],
    ['Average Logged in Media per Agent Count', figures.signedInMediaPerAgent],
    ['Average Skill Groups per Agent Count', figures.skillGroupsPerAgent],
    ['Max Skill Groups per Agent Count', figures.skillGroupsMax],
    ['Total Time for Finesse to Start (in seconds)', figures.startSeconds],
    ['Logged in Agents on current node', figures.signedInAgents],
    ['Unique Configured Skill Groups per Agent Count', figures.skillGroups],
  ]);

async function statistics(_given: readonly string[], shell: Shell): Promise<void> {
  for (const line of statisticsLines((await shell.control('utils.node_statistics')) as NodeFigures))
    shell.print(line);
}

async function lockedOut(_given: readonly string[], shell: Shell): Promise<void> {
  for (const line of lockedOutLines((await shell.control('utils.locked_out_users')) as string[]))
    shell.print(line);
}

interface Connected {
  readonly desktop: number;
  readonly fippa: number;
  readonly thirdParty: number;
}

/** Where clients sit is not told apart here, so the LAN and WAN counts of the original are left out. */
const connectedLines = ({ desktop, fippa, thirdParty }: Connected): readonly string[] =>
  labelled([
    ['Total Connected Users', desktop + fippa + thirdParty],
    ['Desktop Users', desktop],
    ['FIPPA Users', fippa],
    ['Third-party Users', thirdParty],
  ]);

async function connected(_given: readonly string[], shell: Shell): Promise<void> {
  for (const line of connectedLines((await shell.control('utils.connected_users')) as Connected))
    shell.print(line);
}

interface Levels {
  readonly webservices: 'error' | 'warning' | 'information';
  readonly notification: 'information' | 'debug';
}

const LEVELS = { ERROR: 'error', WARN: 'warning', INFO: 'information' } as const;
const nameOf = (level: string): string =>
  Object.entries(LEVELS).find(([, own]) => own === level)?.[0] ?? level.toUpperCase();

/** The audit and realm logs have one level. */
const levelRows = ({ webservices, notification }: Levels): ReadonlyArray<readonly string[]> =>
  [
    ['audit', 'ROOT', 'INFO'],
    ['notification', 'ROOT', nameOf(notification)],
    ['realm', 'ROOT', 'INFO'],
    ['webservices', 'ROOT', nameOf(webservices)],
  ].map((row, at) => [String(at + 1), ...row]);

async function logList(_given: readonly string[], shell: Shell): Promise<void> {
  const levels = (await shell.control('utils.log_level')) as Levels;
  for (const line of table(['No.', 'Module', 'Name', 'Level'], levelRows(levels))) shell.print(line);
}

async function logUpdate(
  [module = '', name = '', level = '']: readonly string[],
  shell: Shell,
): Promise<void> {
  if (module !== 'webservices' || name !== 'ROOT') throw refusal(phrase('shell.absent.logger'));
  const own = LEVELS[level.toUpperCase() as keyof typeof LEVELS];
  if (own === undefined) throw refusal(phrase('shell.logLevel', { levels: Object.keys(LEVELS).join(', ') }));
  if (own !== 'information' && shell.interactive) {
    shell.print(
      'WARNING! Without INFO the logs do not show sign-ins and calls; whoever traces them needs it.',
    );
    await shell.ask('Press ENTER to continue: ');
  }
  await shell.control('utils.log_level', { level: own });
  shell.print(`Successfully updated the log level of ${module} ${name} to ${level.toUpperCase()}.`);
  shell.print('It is in force at once, until the next start of Poise.');
}

const noLogger = (): never => {
  throw refusal(phrase('shell.absent.logger'));
};

function maintenanceLines({ mode, seconds, report }: MaintenanceAnswer): readonly string[] {
  const words = { INITIATING: 'Initiated', IN_PROGRESS: 'In progress' } as const;
  const state = mode === null ? 'Not in maintenance mode' : words[mode];
  return [
    `Maintenance mode: ${state}`,
    ...(seconds < 0 ? [] : [`Seconds since it was initiated: ${seconds}`]),
    ...(report === null
      ? []
      : [`Status: ${report.status}`, `Connected desktop users: ${report.connected.desktop}`]),
  ];
}

const maintenance =
  (verb: 'start' | 'status') =>
  async (_given: readonly string[], shell: Shell): Promise<void> => {
    const answer = (await shell.control(`maintenance.${verb}`)) as MaintenanceAnswer;
    for (const line of maintenanceLines(answer)) shell.print(line);
  };

async function channelStatus(_given: readonly string[], shell: Shell): Promise<void> {
  shell.print('User sign out channel: a (all: voice and the non-voice media of this node)');
}

async function traceStatus(_given: readonly string[], shell: Shell): Promise<void> {
  const { webservices, notification } = (await shell.control('utils.log_level')) as Levels;
  const on = (is: boolean): string => (is ? 'enabled' : 'disabled');
  shell.print(`Finesse trace (requests, CTI messages, Updates): ${on(webservices === 'information')}`);
  shell.print(`Command dispatcher logging: ${on(webservices === 'information')}`);
  shell.print('IPPA trace: disabled (there is no IP phone agent here)');
  shell.print('Realm logging: enabled');
  shell.print(`Notification service debug log: ${on(notification === 'debug')}`);
}

const refuse =
  (id: 'shell.absent.trace' | 'shell.absent.channel' | 'shell.absent.queueStatistics') => (): never => {
    throw refusal(phrase(id));
  };

function queueStatus(_given: readonly string[], shell: Shell): void {
  shell.print('Queue statistics are enabled.');
}

const MODULE: ShellParameter = { name: 'module', takes: 'one', complete: () => ['webservices'] };
const LOGGER: ShellParameter = { name: 'name', takes: 'one', complete: () => ['ROOT'] };
const LEVEL: ShellParameter = {
  name: Object.keys(LEVELS).join('|'),
  takes: 'one',
  complete: () => Object.keys(LEVELS),
};

export const FIGURE_COMMANDS: readonly ShellCommand[] = [
  { words: 'utils finesse node_statistics list', help: 'shell.help.statistics', run: statistics },
  { words: 'utils finesse locked_out_users list', help: 'shell.help.lockedOut', run: lockedOut },
  { words: 'utils finesse show_connected_users summary', help: 'shell.help.connected', run: connected },
  { words: 'utils finesse log configuration list', help: 'shell.help.logList', run: logList },
  {
    words: 'utils finesse log configuration update',
    parameters: [MODULE, LOGGER, LEVEL],
    help: 'shell.help.logUpdate',
    run: logUpdate,
  },
  ...(['add', 'delete'] as const).map(
    (verb): ShellCommand => ({
      words: `utils finesse log configuration ${verb}`,
      parameters: [{ name: 'module name level', takes: 'options' }],
      help: 'shell.help.absent',
      run: noLogger,
    }),
  ),
  {
    words: 'utils finesse maintenance initiate',
    help: 'shell.help.maintenanceInitiate',
    run: maintenance('start'),
  },
  {
    words: 'utils finesse maintenance status',
    help: 'shell.help.maintenanceStatus',
    run: maintenance('status'),
  },
  { words: 'utils finesse trace status', help: 'shell.help.traceStatus', run: traceStatus },
  ...(['enable', 'disable'] as const).map(
    (verb): ShellCommand => ({
      words: `utils finesse trace ${verb}`,
      help: 'shell.help.absent',
      run: refuse('shell.absent.trace'),
    }),
  ),
  {
    words: 'utils finesse user_signout_channel status',
    help: 'shell.help.channelStatus',
    run: channelStatus,
  },
  {
    words: 'utils finesse user_signout_channel type',
    help: 'shell.help.absent',
    run: refuse('shell.absent.channel'),
  },
  { words: 'utils finesse queue_statistics status', help: 'shell.help.queueStatus', run: queueStatus },
  { words: 'utils finesse queue_statistics enable', help: 'shell.help.queueStatus', run: queueStatus },
  {
    words: 'utils finesse queue_statistics disable',
    help: 'shell.help.absent',
    run: refuse('shell.absent.queueStatistics'),
  },
];
