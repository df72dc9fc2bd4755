import type { Dialog, Workflow } from '@poise/client';
import { expect, test } from 'vitest';
import { dialog, OWN, part } from '../../desktop/test/dialogs.ts';
import { popAction, WORKFLOW_USER, workflow } from '../test/workflows.ts';
import type { HttpRequest } from './action.ts';
import { RUNS_MAX, WorkflowRunner, type WorkflowRunnerOptions } from './runner.ts';

const CALL = dialog('1', [part(OWN, 'ALERTING'), part('15551234', 'ACTIVE')]);
const requestAction = (path: string) =>
  popAction('', {
    name: 'ask',
    type: 'HTTP_REQUEST',
    params: Object.entries({ method: 'PUT', location: 'FINESSE', path, body: '<x/>' }).map(
      ([name, value]) => ({
        name,
        value,
      }),
    ),
  });

function runnerOf(workflows: readonly Workflow[], more: Partial<WorkflowRunnerOptions> = {}) {
  const done: string[] = [];
  const log: string[] = [];
  const runner = new WorkflowRunner({
    rules: { workflows, user: WORKFLOW_USER, consultCalls: true },
    openWindow: (url, name) => done.push(`open ${url} ${name}`) > 0,
    request: async ({ method, url }: HttpRequest) => void done.push(`${method} ${url}`),
    publish: (event) => done.push(`publish ${event.name} ${event.handledBy}`) > 0,
    blocked: ({ url }) => done.push(`blocked ${url}`),
    log: (line) => log.push(line),
    ...more,
  });
  const opened = () => done.filter((line) => line.startsWith('open'));
  return { runner, done, opened, log };
}

/** The runner of a page that was ready before the call came. */
async function readyFor(workflows: readonly Workflow[], more: Partial<WorkflowRunnerOptions> = {}) {
  const all = runnerOf(workflows, more);
  await all.runner.follow([]);
  return all;
}

const withActions = (...workflowActions: Workflow['workflowActions']) =>
  workflow('w', 'CALL_ARRIVES', { workflowActions });

test('actions run in their order, each after the one before has ended', async () => {
  let answer = () => {};
  const { runner, done, log } = await readyFor(
    [
      withActions(
        requestAction('/finesse/api/x'),
        popAction('https://x.example/'),
        popAction('', { handledBy: 'OTHER' }),
      ),
    ],
    {
      request: ({ url }) => {
        done.push(`asked ${url}`);
        return new Promise<void>((resolve) => {
          answer = resolve;
        });
      },
    },
  );
  const heard = runner.follow([CALL]);
  await Promise.resolve();
  expect(done).toEqual(['publish ask FINESSE', 'asked /finesse/api/x']);
  answer();
  await heard;
  expect(done).toEqual([
    'publish ask FINESSE',
    'asked /finesse/api/x',
    'publish pop FINESSE',
    'open https://x.example/ w',
    'publish pop OTHER',
  ]);
  expect(log).toEqual(['Workflow w runs: CALL_ARRIVES, dialog 1.', 'Action pop is for gadgets.']);
});

test('an action that fails is logged, and the next one runs', async () => {
  const { runner, done, log } = await readyFor(
    [
      withActions(
        requestAction('/finesse/api/x'),
        requestAction('//evil.example'),
        popAction('https://x.example/'),
        popAction('', { name: 'last', handledBy: 'OTHER' }),
      ),
    ],
    { request: () => Promise.reject(new Error('401')), openWindow: () => false },
  );
  await runner.follow([CALL]);
  // What is refused is not told to gadgets: nobody carries it out.
  expect(done).toEqual([
    'publish ask FINESSE',
    'publish pop FINESSE',
    'blocked https://x.example/',
    'publish last OTHER',
  ]);
  expect(log.slice(1)).toEqual([
    'Workflow w: action ask failed: 401.',
    'Workflow w: action ask failed: the path of a request to this server begins with one /.',
    'Workflow w: action pop failed: the browser did not let a window open.',
    'Action last is for gadgets.',
  ]);
});

test('a dialog that is another object has changed, one that is gone has ended', async () => {
  const { runner, opened } = await readyFor([workflow('arrives'), workflow('ended', 'CALL_ENDED')]);
  await runner.follow([CALL]);
  await runner.follow([{ ...CALL }]);
  await runner.follow([]);
  expect(opened()).toEqual(['open https://x.example/arrives w', 'open https://x.example/ended w']);
});

test('of a call that took the place of another the end comes first', async () => {
  const { runner, opened } = await readyFor([workflow('arrives'), workflow('ended', 'CALL_ENDED')]);
  await runner.follow([CALL]);
  await runner.follow([{ ...CALL, id: '2' }]);
  expect(opened().map((line) => line.split('/')[3])).toEqual(['arrives w', 'ended w', 'arrives w']);
});

test('a page that is loaded anew begins with the call that is there', async () => {
  const { runner, opened } = runnerOf([workflow('arrives')]);
  await runner.follow([CALL]);
  await runner.follow([{ ...CALL }]);
  expect(opened()).toEqual(['open https://x.example/arrives w']);
});

test('after a stop no further action begins', async () => {
  let answer = () => {};
  const actions = [requestAction('/finesse/api/x'), popAction('https://x.example/')];
  const request = () =>
    new Promise<void>((resolve) => {
      answer = resolve;
    });
  const { runner, opened } = await readyFor([withActions(...actions)], { request });
  const followed = runner.follow([CALL]);
  runner.stop();
  answer();
  await followed;
  expect(opened()).toEqual([]);
});

test('while too many have not ended no other runs', async () => {
  const answers: (() => void)[] = [];
  const request = () => new Promise<void>((resolve) => answers.push(resolve));
  const { runner, log } = await readyFor([withActions(requestAction('/x'))], { request });
  const numbered = (n: number): Dialog => ({ ...CALL, id: String(n) });
  const followed = Array.from({ length: RUNS_MAX + 1 }, (_, n) => runner.follow([numbered(n)]));
  expect(answers).toHaveLength(RUNS_MAX);
  expect(log.at(-1)).toBe('Workflow w does not run: 20 others have not ended.');
  for (const answer of answers) answer();
  await Promise.all(followed);
  void runner.follow([numbered(99)]);
  expect(log.at(-1)).toBe('Workflow w runs: CALL_ARRIVES, dialog 99.');
});

test('a workflow that cannot be understood is told of at once', () => {
  expect(runnerOf([workflow('x', 'FULL_MOON')]).log).toEqual([
    'Workflow x: the trigger FULL_MOON is not known.',
  ]);
});
