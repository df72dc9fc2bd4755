/** Requests that come at the same time: none undoes what another wrote, and limits hold. */
import { DEFAULT_LAYOUT } from '@poise/layout';
import { escapeText, parse } from '@poise/xml';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { openStoredCentre, type StoredCentre } from '../../../test/centre/stored-centre.ts';

let stored: StoredCentre;
beforeEach(async () => {
  stored = await openStoredCentre();
});
afterEach(() => stored.close());

const call = (method: 'GET' | 'PUT' | 'POST' | 'DELETE', path: string, body?: string) =>
  stored.centre.call('admin', method, path, body);
const BYTES_MAX = 8 * 1024 * 1024;
const read = async (path: string) =>
  parse((await call('GET', path)).body, { declaration: 'allow', bytesMax: BYTES_MAX });

/** The answers to requests that came while another change was written: all of them wait for it. */
async function statuses(...requests: readonly (() => ReturnType<typeof call>)[]) {
  let go = (): void => {};
  const held = stored.store.change(
    () =>
      new Promise<void>((resolve) => {
        go = resolve;
      }),
  );
  const waiting = vi.spyOn(stored.store, 'change');
  const answers = requests.map((request) => request());
  // The default, a second, is less than a busy machine may take.
  await vi.waitUntil(() => waiting.mock.calls.length === requests.length, { timeout: 30_000 });
  waiting.mockRestore();
  go();
  await held;
  return (await Promise.all(answers)).map(({ statusCode }) => statusCode).sort();
}

const TRIGGERS = '<TriggerSet><name>CALL_ARRIVES</name></TriggerSet>';
const POP =
  '<type>BROWSER_POP</type><params><Param><name>path</name><value>https://x.example/</value></Param></params>';

it.each([
  ['Workflow', '<description>d</description>', ['description', 'd']],
  ['WorkflowAction', '<handledBy>OTHER</handledBy>', ['handledBy', 'OTHER']],
  ['MediaPropertiesLayout', '<description>d</description>', ['description', 'd']],
] as const)('two changes of different parts of one %s are both kept', async (object, part, [name, text]) => {
  const change = (inner: string) => () => call('PUT', `${object}/1`, `<${object}>${inner}</${object}>`);
  expect(await statuses(change('<name>Renamed</name>'), change(part))).toEqual([200, 200]);
  const now = await read(`${object}/1`);
  expect([now.child('name')?.text, now.child(name)?.text]).toEqual(['Renamed', text]);
});

it('the layout of a team, which is switched off while it is saved, is kept', async () => {
  const change = (inner: string) => () =>
    call('PUT', 'Team/5000/LayoutConfig', `<TeamLayoutConfig>${inner}</TeamLayoutConfig>`);
  const mine = `<!-- mine -->${DEFAULT_LAYOUT.replace(/^<\?xml[^>]*>/, '')}`;
  const save = change(`<layoutxml>${escapeText(mine)}</layoutxml>`);
  expect(await statuses(save, change('<useDefault>true</useDefault>'))).toEqual([200, 200]);
  expect((await change('<useDefault>false</useDefault>')()).statusCode).toBe(200);
  expect((await read('Team/5000/LayoutConfig')).child('layoutxml')?.text).toContain('<!-- mine -->');
});

it.each([
  ['Workflow', 100, TRIGGERS],
  ['WorkflowAction', 100, POP],
  ['MediaPropertiesLayout', 200, ''],
] as const)('of the last %s two are not made', async (object, max, inner) => {
  await stored.store.change(async (repositories) => {
    const { workflows, workflowActions, mediaPropertiesLayouts } = repositories;
    const { id: _w, actions: __, ...workflow } = (await workflows.all())[0]!;
    const { id: _a, ...action } = (await workflowActions.all())[0]!;
    const { id: _l, isDefault: _d, ...layout } = (await mediaPropertiesLayouts.all())[0]!;
    const create = {
      Workflow: (name: string) => workflows.create({ ...workflow, name, teams: [] }, []),
      WorkflowAction: (name: string) => workflowActions.create({ ...action, name }),
      MediaPropertiesLayout: (name: string) => mediaPropertiesLayouts.create({ ...layout, name }),
    }[object];
    for (let n = 0; n < max - 3; n++) await create(`n${n}`);
  });
  const create = (name: string) => () =>
    call('POST', object, `<${object}><name>${name}</name>${inner}</${object}>`);
  // The directory of the centre follows with a change of its own.
  expect((await create('first')()).statusCode).toBe(200);
  expect(await statuses(create('one'), create('other'))).toEqual([200, 400]);
  expect((await read(`${object}s`)).elements()).toHaveLength(max);
});

it.each(['Workflow', 'WorkflowAction', 'MediaPropertiesLayout'])('one %s is deleted once', async (object) => {
  const made = await call(
    'POST',
    object,
    `<${object}><name>gone</name>${{ Workflow: TRIGGERS, WorkflowAction: POP }[object] ?? ''}</${object}>`,
  );
  expect(made.statusCode).toBe(200);
  const remove = () => call('DELETE', `${object}/2`);
  const change = () => call('PUT', `${object}/2`, `<${object}><name>x</name></${object}>`);
  expect(await statuses(remove, remove, change)).toEqual([200, 404, 404]);
});
