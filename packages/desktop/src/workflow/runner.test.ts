import type { Update, Workflow } from '@poise/client';
import { expect, test } from 'vitest';
import { dialog, OWN, part } from '../../test/dialogs.ts';
import { popAction, WORKFLOW_USER, workflow } from '../../test/workflows.ts';
import type { HttpRequest } from './action.ts';
import { WorkflowRunner, type WorkflowRunnerOptions } from './runner.ts';

const CALL = dialog('1', [part(OWN, 'ALERTING'), part('15551234', 'ACTIVE')]);
const update = (event: string, data: Update['data']): Update => ({
  node: `/finesse/api/User/2001/Dialogs`,
  event,
  requestId: '',
  source: '',
  data,
});
const posted = update('POST', { type: 'dialogs', dialogs: [CALL] });

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
    publish: (event) => done.push(`publish ${event.name}`),
    log: (line) => log.push(line),
    ...more,
  });
  return { runner, done, log };
}

const withActions = (...workflowActions: Workflow['workflowActions']) =>
  workflow('w', 'CALL_ARRIVES', { workflowActions });

test('actions run in their order, each after the one before has ended', async () => {
  let answer = () => {};
  const { runner, done, log } = runnerOf(
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
  const heard = runner.hear(posted);
  await Promise.resolve();
  expect(done).toEqual(['asked /finesse/api/x']);
  answer();
  await heard;
  expect(done).toEqual(['asked /finesse/api/x', 'open https://x.example/ w', 'publish pop']);
  expect(log).toEqual(['Workflow w runs: CALL_ARRIVES, dialog 1.']);
});

test('an action that fails is logged, and the next one runs', async () => {
  const { runner, done, log } = runnerOf(
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
  await runner.hear(posted);
  expect(done).toEqual(['publish last']);
  expect(log.slice(1)).toEqual([
    'Workflow w: action ask failed: 401.',
    'Workflow w: action ask failed: the path of a request to this server begins with one /.',
    'Workflow w: action pop failed: the browser did not let a window open.',
  ]);
});

test('Updates of one dialog and of lists, and their end', async () => {
  const { runner, done } = runnerOf([workflow('arrives'), workflow('ended', 'CALL_ENDED')]);
  await runner.hear(posted);
  await runner.hear(update('PUT', { type: 'dialog', dialog: CALL }));
  await runner.hear(update('DELETE', { type: 'dialogs', dialogs: [CALL] }));
  await runner.hear(update('PUT', { type: 'none' } as unknown as Update['data']));
  expect(done).toEqual(['open https://x.example/arrives w', 'open https://x.example/ended w']);
});

test('a page that is loaded anew begins with the call that is there', async () => {
  const { runner, done } = runnerOf([workflow('arrives')]);
  await runner.begin([CALL]);
  await runner.hear(update('PUT', { type: 'dialog', dialog: CALL }));
  expect(done).toEqual(['open https://x.example/arrives w']);
});

test('a workflow that cannot be understood is told of at once', () => {
  expect(runnerOf([workflow('x', 'FULL_MOON')]).log).toEqual([
    'Workflow x: the trigger FULL_MOON is not known.',
  ]);
});
