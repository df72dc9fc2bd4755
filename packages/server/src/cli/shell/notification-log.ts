/** `utils finesse notification logging …` and `utils uccx notification-service log …`: the debug log of the notification service (admin.md 3 and 4, seeds 001 and 003). */
import type { ServerStatus } from '../control.ts';
import type { ShellCommand } from './grammar.ts';
import { FAILED, type Shell } from './shell.ts';

const CCE = 'Cisco Finesse Notification Service';
const CCX = 'Cisco Unified CCX Notification Service';

/** What the server answers. */
interface NotificationLog {
  readonly debug: boolean;
  /** What a restart of the service makes of it. */
  readonly afterRestart: boolean;
}

const logging = (shell: Shell, enable?: boolean): Promise<NotificationLog> =>
  shell.control('utils.notification_log', enable === undefined ? {} : { enable }) as Promise<NotificationLog>;

/** Says whether the service is started, in the lines of the original. */
async function checked(shell: Shell): Promise<boolean> {
  shell.print();
  shell.print(`Checking that the ${CCE} is started...`);
  const { parts } = (await shell.control('status')) as ServerStatus;
  const started = parts.some(({ name, state }) => name === 'notification' && state === 'running');
  shell.print(`The ${CCE} is ${started ? 'started' : 'not started'}.`);
  shell.print();
  return started;
}

const warning = (name: string): readonly string[] => [
  `WARNING! ${name} logging can affect system performance`,
  'and should be disabled when logging is not required.',
];

async function enable(_given: readonly string[], shell: Shell): Promise<number | undefined> {
  if (!(await checked(shell))) return FAILED;
  const { afterRestart } = await logging(shell, true);
  shell.print(`${CCE} logging is now enabled.`);
  shell.print();
  for (const line of warning(CCE)) shell.print(line);
  shell.print();
  shell.print(
    afterRestart
      ? `Note: The setting notification.log.debug enables logging again whenever the ${CCE} is started.`
      : `Note: Logging will be disabled automatically if you restart the ${CCE}.`,
  );
  return undefined;
}

async function disable(_given: readonly string[], shell: Shell): Promise<number | undefined> {
  if (!(await checked(shell))) return FAILED;
  await logging(shell, false);
  shell.print(`${CCE} logging is now disabled.`);
  return undefined;
}

async function status(_given: readonly string[], shell: Shell): Promise<number | undefined> {
  if (!(await checked(shell))) return FAILED;
  const { debug } = await logging(shell);
  shell.print(`${CCE} logging is ${debug ? 'enabled' : 'disabled'}.`);
  return undefined;
}

async function enableCcx(_given: readonly string[], shell: Shell): Promise<number | undefined> {
  shell.print();
  shell.print(`WARNING! Enabling ${CCX} logging can affect system performance`);
  shell.print('and should be disabled when logging is not required.');
  shell.print();
  const answer = await shell.ask('Do you want to proceed (yes/no)? ');
  if (!/^\s*yes\s*$/i.test(answer ?? '')) {
    shell.print('Nothing has been changed.');
    return FAILED;
  }
  await logging(shell, true);
  shell.print();
  shell.print(`${CCX} logging enabled successfully.`);
  shell.print();
  shell.print(`NOTE: Logging will be disabled automatically if ${CCX} is restarted.`);
  return undefined;
}

async function disableCcx(_given: readonly string[], shell: Shell): Promise<void> {
  await logging(shell, false);
  shell.print(`${CCX} logging disabled successfully.`);
}

async function statusCcx(_given: readonly string[], shell: Shell): Promise<void> {
  const { debug } = await logging(shell);
  shell.print(`${CCX} logging is ${debug ? 'enabled' : 'disabled'}.`);
}

export const NOTIFICATION_LOG_COMMANDS: readonly ShellCommand[] = [
  { words: 'utils finesse notification logging enable', help: 'shell.help.notificationEnable', run: enable },
  {
    words: 'utils finesse notification logging disable',
    help: 'shell.help.notificationDisable',
    run: disable,
  },
  { words: 'utils finesse notification logging status', help: 'shell.help.notificationStatus', run: status },
  {
    words: 'utils uccx notification-service log enable',
    help: 'shell.help.notificationEnable',
    run: enableCcx,
  },
  {
    words: 'utils uccx notification-service log disable',
    help: 'shell.help.notificationDisable',
    run: disableCcx,
  },
  {
    words: 'utils uccx notification-service log status',
    help: 'shell.help.notificationStatus',
    run: statusCcx,
  },
];
