/** `poise workflow dry-run`: which workflow fires for a dialog, and why, by the engine that the desktop has. Nothing is opened or sent. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import {
  type ConditionCheck,
  type DialogEvent,
  dialogsFromXml,
  type ExpandedAction,
  type ExplainedStep,
  explainWorkflows,
  NO_WORKFLOWS_RUN,
  problemsOf,
  type WorkflowExplanation,
  WorkflowReadError,
  type WorkflowRules,
  workflowsFromXml,
} from '@poise/workflow';
import { PlainError, phrase, say } from '../messages/catalogue.ts';
import type { Directory, WorkflowRecord } from '../store/directory.ts';
import { Store, storeOptions } from '../store/store.ts';
import { type Arguments, EXIT, UsageError } from './command.ts';
import { settingsFrom } from './settings-arguments.ts';
import type { Terminal } from './terminal.ts';

type Workflow = WorkflowRules['workflows'][number];

/** Longest value that is printed in a line. */
const SHOWN_MAX = 200;

export async function workflowDryRun(given: Arguments, terminal: Terminal): Promise<number> {
  const events = await fromFile(given.positionals[0] as string, terminal, dialogsFromXml);
  const rules = await rulesFor(given, terminal, events);
  for (const problem of problemsOf(rules.workflows)) terminal.printError(problem);
  let state = NO_WORKFLOWS_RUN;
  const steps = events.map(({ dialog, ended }, index) => {
    const isLast = index === events.length - 1;
    const step = explainWorkflows(rules, state, dialog, ended || (isLast && given.flags.has('ended')));
    state = step.state;
    return { step, dialogState: dialog.state };
  });
  if (given.flags.has('json'))
    for (const { step } of steps) {
      const { dialogId, runs, workflows } = step;
      terminal.print(JSON.stringify({ dialogId, runs, workflows }));
    }
  else for (const { step, dialogState } of steps) printStep(step, dialogState, terminal);
  return EXIT.done;
}

async function fromFile<T>(name: string, terminal: Terminal, read: (text: string) => T): Promise<T> {
  const file = resolve(terminal.cwd, name);
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    throw new PlainError(phrase('workflow.file', { file }), { cause: error });
  }
  try {
    return read(text);
  } catch (error) {
    if (!(error instanceof WorkflowReadError)) throw error;
    throw new PlainError(
      error.detail === null
        ? phrase('workflow.nothing', { file })
        : phrase('workflow.xml', { file, detail: error.detail }),
    );
  }
}

/** From the file that is named, else those of a team in the data directory; for the agent whose call it is. */
async function rulesFor(
  given: Arguments,
  terminal: Terminal,
  events: readonly DialogEvent[],
): Promise<WorkflowRules> {
  const { settings } = await settingsFrom(given, terminal);
  const file = given.value('workflows');
  const loginId = given.value('agent') ?? '';
  const team = given.value('team');
  if (file === undefined && team === undefined && loginId === '')
    throw new UsageError(say(terminal.messages, 'workflow.source'));
  const needsStore = file === undefined || loginId !== '';
  const store = needsStore ? await Store.open(storeOptions(settings)) : null;
  try {
    const directory = store?.directory.current ?? null;
    const agent = directory?.user(loginId);
    const teamId = team === undefined ? (agent?.teamId ?? null) : Number(team);
    if (file === undefined && (teamId === null || directory?.team(teamId) === undefined))
      throw new PlainError(phrase('workflow.team', { team: team ?? loginId }));
    return {
      workflows:
        file === undefined
          ? workflowsOf(directory as Directory, teamId as number)
          : await fromFile(file, terminal, workflowsFromXml),
      user: {
        loginId: agent?.loginId ?? loginId,
        loginName: agent?.loginName ?? '',
        firstName: agent?.firstName ?? '',
        lastName: agent?.lastName ?? '',
        extension: given.value('extension') ?? extensionIn(events),
        teamName: teamId === null ? '' : (directory?.team(teamId)?.name ?? ''),
      },
      consultCalls: settings.desktop.triggerWorkFlowForConsult,
    };
  } finally {
    await store?.close();
  }
}

/** That of the first party who has an agent's phone; empty: there is none. */
const extensionIn = (events: readonly DialogEvent[]): string =>
  events
    .flatMap(({ dialog }) => dialog.participants)
    .find(({ mediaAddressType }) => mediaAddressType === 'AGENT_DEVICE')?.mediaAddress ?? '';

const workflowsOf = (directory: Directory, teamId: number): readonly Workflow[] =>
  directory.workflows(teamId).map(asRead);

/** As a page reads them from the server. */
const asRead = (record: WorkflowRecord): Workflow => ({
  uri: `/finesse/api/Workflow/${record.id}`,
  name: record.name,
  description: record.description,
  media: record.media,
  triggerSet: record.triggerSet,
  conditionSet: record.conditionSet,
  workflowActions: record.actions.map((action) => ({
    uri: `/finesse/api/WorkflowAction/${action.id}`,
    name: action.name,
    type: action.type,
    handledBy: action.handledBy,
    params: action.params,
    actionVariables: action.variables,
  })),
});

function printStep({ dialogId, runs, workflows }: ExplainedStep, state: string, terminal: Terminal): void {
  const { messages } = terminal;
  terminal.print(say(messages, 'workflow.dialog', { dialog: dialogId, state }));
  for (const each of workflows) {
    const { workflow, trigger, verdict } = each;
    terminal.print(`  ${say(messages, `workflow.${verdict}`, { workflow: plain(workflow), trigger })}`);
    printChecks(each, terminal);
    if (verdict !== 'runs') continue;
    for (const action of runs[0]?.actions ?? []) printAction(action, terminal);
  }
  if (runs.length === 0) terminal.print(`  ${say(messages, 'workflow.none')}`);
}

function printChecks(each: WorkflowExplanation, terminal: Terminal): void {
  const { triggerChecks, conditionChecks, method } = each;
  for (const check of triggerChecks) terminal.print(`    ${lineOf(check, terminal)}`);
  if (conditionChecks.length === 0) return;
  terminal.print(`    ${say(terminal.messages, method === 'ANY' ? 'workflow.any' : 'workflow.all')}`);
  for (const check of conditionChecks) terminal.print(`      ${lineOf(check, terminal)}`);
}

function lineOf(
  { holds, name, node, comparator, wanted, actual, problem }: ConditionCheck,
  terminal: Terminal,
): string {
  const found =
    problem === null
      ? say(terminal.messages, 'workflow.found', { value: JSON.stringify(plain(actual)) })
      : say(terminal.messages, `workflow.problem.${problem}`);
  const words = [holds ? '+' : '-', name || node, comparator, plain(wanted), found];
  return words.filter((word) => word !== '').join(' ');
}

function printAction(action: ExpandedAction, terminal: Terminal): void {
  const [head, ...rest] = linesOfAction(action, terminal);
  terminal.print(`    > ${plain(action.action)}: ${head}`);
  for (const line of rest) terminal.print(`      ${line}`);
}

function linesOfAction(action: ExpandedAction, { messages }: Terminal): readonly string[] {
  switch (action.type) {
    case 'BROWSER_POP':
      return [`BROWSER_POP ${plain(action.url)} ${plain(action.windowName)}`.trim()];
    case 'HTTP_REQUEST':
      return [
        `HTTP_REQUEST ${action.location} ${action.method} ${plain(action.url)}`,
        ...(action.body === null ? [] : [plain(action.body)]),
      ];
    case 'PUBLISH':
      return [
        say(messages, 'workflow.gadgets'),
        ...action.event.params.map(({ name, expandedValue }) => `${plain(name)}: ${plain(expandedValue)}`),
      ];
    case 'PROBLEM':
      return [plain(action.problem)];
  }
}

/** In one line, without what a terminal would obey. */
const plain = (text: string): string =>
  text
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is meant
    .replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/g, ' ')
    .slice(0, SHOWN_MAX);
