/** `utils service …`: the services of the original, each a part of the running server that is really stopped and started (admin.md 3). */

import type { Deployment } from '../../domain/profile.ts';
import { phrase } from '../../messages/catalogue.ts';
import type { ServerStatus } from '../control.ts';
import type { ShellCommand } from './grammar.ts';
import { FAILED, refusal, type Shell } from './shell.ts';

interface Service {
  readonly name: string;
  /** Part of the server behind it; null: there is nothing of the kind here. */
  readonly part: string | null;
  /** Everything else stands on it, so it is not stopped alone. */
  readonly fixed?: true;
  readonly only?: Deployment;
}

const TOMCAT = 'Cisco Finesse Tomcat';
const NOTIFICATION = 'Cisco Finesse Notification Service';
const NOTIFICATION_CCX = 'Cisco Unified CCX Notification Service';

/** In the order in which they are listed: the original's names, then parts that it has elsewhere. */
const SERVICES: readonly Service[] = [
  { name: 'A Cisco DB', part: 'store', fixed: true },
  { name: 'A Cisco DB Replicator', part: null },
  { name: 'Cisco Database Layer Monitor', part: 'store', fixed: true },
  { name: 'Cluster Manager', part: null },
  { name: 'Cisco Tomcat', part: 'http' },
  { name: TOMCAT, part: 'webservices' },
  { name: NOTIFICATION, part: 'notification', only: 'CCE' },
  { name: NOTIFICATION_CCX, part: 'notification', only: 'CCX' },
  { name: 'Poise CTI Link', part: 'cti' },
  { name: 'Poise CTI Server', part: 'cti-server' },
  { name: 'Poise Log Writer', part: 'journal', fixed: true },
  { name: 'Poise Metrics', part: 'metrics' },
];

/** Starting a part may take 20 s. */
const CHANGE_MS = 30_000;

const STATES: Readonly<Record<string, string>> = {
  running: 'STARTED',
  starting: 'STARTING',
  stopped: 'STOPPED',
  stopping: 'STOPPING',
  // It is tried again until somebody stops it.
  failed: 'STARTING',
};

const servicesOf = (deployment: Deployment): readonly Service[] =>
  SERVICES.filter(({ only }) => only === undefined || only === deployment);

export const notificationNameOf = (deployment: Deployment): string =>
  deployment === 'CCX' ? NOTIFICATION_CCX : NOTIFICATION;

/** One line for each service. A state has what the platform appends to it behind two blanks. */
export function serviceLines(deployment: Deployment, parts: ServerStatus['parts']): readonly string[] {
  const states = new Map(parts.map(({ name, state }) => [name, state]));
  return servicesOf(deployment).map(({ name, part }) => {
    const state = part === null ? undefined : states.get(part);
    if (state === undefined) return `${name}[STOPPED]  Service Not Activated`;
    return `${name}[${STATES[state] ?? 'STOPPED'}]${state === 'stopped' ? '  Commanded Out of Service' : ''}`;
  });
}

const partsOf = async (shell: Shell): Promise<ServerStatus['parts']> =>
  ((await shell.control('status')) as ServerStatus).parts;

async function list(_given: readonly string[], shell: Shell): Promise<void> {
  for (const line of serviceLines(shell.node.deployment, await partsOf(shell))) shell.print(line);
}

/** The service of this name, in any case of letters. @throws PlainError */
async function named(words: readonly string[], shell: Shell): Promise<{ name: string; part: string }> {
  const said = words.join(' ');
  const { deployment } = shell.node;
  // Notes and scripts of either deployment name the one service.
  const wanted = [NOTIFICATION, NOTIFICATION_CCX].some((name) => sameName(name, said))
    ? notificationNameOf(deployment)
    : said;
  const service = servicesOf(deployment).find(({ name }) => sameName(name, wanted));
  if (service === undefined) throw refusal(phrase('shell.serviceUnknown', { service: said }));
  if (service.fixed) throw refusal(phrase('shell.serviceFixed', { service: service.name }));
  const { name, part } = service;
  if (part === null || !(await partsOf(shell)).some((one) => one.name === part))
    throw refusal(phrase('shell.serviceAbsent', { service: name }));
  return { name, part };
}

const sameName = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

const change =
  (verb: 'start' | 'stop' | 'restart') =>
  async (given: readonly string[], shell: Shell): Promise<number | undefined> => {
    const { name, part } = await named(given, shell);
    const doing = { start: 'started', stop: 'stopped', restart: 'restarted' }[verb];
    shell.print(`Do not press Ctrl+C while the service is being ${doing}.`);
    shell.print('If it has not come to its end, give the same command again.');
    shell.print('Service Manager is running');
    const steps = { start: ['start'], stop: ['stop'], restart: ['stop', 'start'] } as const;
    for (const step of steps[verb]) {
      shell.print(`${name}[${step === 'start' ? 'STARTING' : 'STOPPING'}]`);
      const { state } = (await shell.control(`service.${step}`, { part }, CHANGE_MS)) as { state: string };
      shell.print(`${name}[${STATES[state] ?? 'STOPPED'}]`);
      if (state !== (step === 'start' ? 'running' : 'stopped')) return FAILED;
    }
    return undefined;
  };

const SERVICE_NAME = {
  name: 'service-name',
  takes: 'rest',
  complete: ({ node }: Pick<Shell, 'node'>) =>
    servicesOf(node.deployment)
      .filter(({ part, fixed }) => part !== null && fixed !== true)
      .map(({ name }) => name),
} as const;

export const SERVICE_COMMANDS: readonly ShellCommand[] = [
  {
    words: 'utils service list',
    parameters: [{ name: 'page', takes: 'optional' }],
    help: 'shell.help.serviceList',
    run: list,
  },
  {
    words: 'utils service start',
    parameters: [SERVICE_NAME],
    help: 'shell.help.serviceStart',
    run: change('start'),
  },
  {
    words: 'utils service stop',
    parameters: [SERVICE_NAME],
    help: 'shell.help.serviceStop',
    run: change('stop'),
  },
  {
    words: 'utils service restart',
    parameters: [SERVICE_NAME],
    help: 'shell.help.serviceRestart',
    run: change('restart'),
  },
];
