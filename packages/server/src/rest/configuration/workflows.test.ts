import { parse } from '@poise/xml';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { error } from '../../../test/centre/call-centre.ts';
import { openStoredCentre, type StoredCentre } from '../../../test/centre/stored-centre.ts';
import type { TestCentre } from '../../../test/centre/test-centre.ts';

let stored: StoredCentre;
let centre: TestCentre;

beforeEach(async () => {
  stored = await openStoredCentre();
  centre = stored.centre;
});
afterEach(() => stored.close());

const admin = (method: 'GET' | 'PUT' | 'POST' | 'DELETE', path: string, body?: string) =>
  centre.call('admin', method, path, body);
const plain = async (path: string, user = 'admin') =>
  (await centre.call(user, 'GET', path)).body.replace(/>\s+</g, '><');
const names = async (path: string) =>
  parse((await admin('GET', path)).body, { declaration: 'allow' })
    .elements()
    .map((one) => one.child('name')?.text);

const variable = (name: string, node: string, more = '') =>
  `<name>${name}</name><node>${node}</node><type>CUSTOM</type>${more}`;
const condition = (item: string, value = '1') =>
  `<${item}><Variable>${variable('v', '//Dialog/id')}</Variable><comparator>IS_EQUAL</comparator><value>${value}</value></${item}>`;
const triggers = (inner = condition('Trigger')) =>
  `<TriggerSet><type>SYSTEM</type><name>CALL_ARRIVES</name><triggers>${inner}</triggers></TriggerSet>`;
const workflow = (inner: string) => `<Workflow>${inner}</Workflow>`;
const named = (name: string, inner = '') => workflow(`<name>${name}</name>${triggers()}${inner}`);
const uses = (...ids: number[]) =>
  `<workflowActions>${ids
    .map((id) => `<WorkflowAction><uri>/finesse/api/WorkflowAction/${id}</uri></WorkflowAction>`)
    .join('')}</workflowActions>`;
const action = (inner: string) => `<WorkflowAction>${inner}</WorkflowAction>`;
const params = (values: Record<string, string>) =>
  `<params>${Object.entries(values)
    .map(([name, value]) => `<Param><name>${name}</name><value>${value}</value></Param>`)
    .join('')}</params>`;
const pop = (name: string, more = '') =>
  action(`<name>${name}</name><type>BROWSER_POP</type>${params({ path: 'https://x.example/' })}${more}`);
const ANSWER = {
  method: 'PUT',
  location: 'FINESSE',
  path: `/finesse/api/Dialog/\${dialogId}`,
  body: ' &lt;Dialog/&gt; ',
};
const request = (values: Record<string, string>) =>
  action(`<name>ask</name><type>HTTP_REQUEST</type>${params(values)}`);
const times = (count: number, text: (n: number) => string) =>
  Array.from({ length: count }, (_, n) => text(n)).join('');

it('a workflow keeps whether overlapping calls run it, and an update that leaves its triggers out does not forget it', async () => {
  const set = (word: string) =>
    triggers().replace(
      '</TriggerSet>',
      `<allowOverlappingCallWorkflow>${word}</allowOverlappingCallWorkflow></TriggerSet>`,
    );
  const made = await admin('POST', 'Workflow', workflow(`<name>over</name>${set('true')}`));
  const path = String(made.headers.location).split('/finesse/api/')[1]!;
  await admin('PUT', path, workflow('<description>changed</description>'));
  expect(await plain(path)).toContain(
    '</triggers><allowOverlappingCallWorkflow>true</allowOverlappingCallWorkflow></TriggerSet>',
  );
  await admin('PUT', path, workflow(set('false')));
  expect(await plain(path)).not.toContain('allowOverlapping');
  expect((await admin('PUT', path, workflow(set('maybe')))).statusCode).toBe(400);
});

describe('workflow actions', () => {
  it('are made, read, changed and deleted', async () => {
    const variables = `<actionVariables><ActionVariable>${variable('dialogId', '//Dialog/id', '<testValue>7</testValue>')}</ActionVariable></actionVariables>`;
    const made = await admin(
      'POST',
      'WorkflowAction/',
      request(ANSWER).replace('</WorkflowAction>', `${variables}</WorkflowAction>`),
    );
    expect([made.statusCode, made.body, made.headers.location]).toEqual([
      200,
      '',
      expect.stringMatching(/^http:\/\/[^/]+\/finesse\/api\/WorkflowAction\/2$/),
    ]);
    expect(await plain('WorkflowAction/2')).toMatch(
      new RegExp(
        '^<\\?xml[^>]*><WorkflowAction><uri>/finesse/api/WorkflowAction/2</uri><name>ask</name><type>HTTP_REQUEST</type>' +
          '<handledBy>FINESSE_DESKTOP</handledBy><params>.*<value> &lt;Dialog/&gt; </value></Param></params>' +
          '<actionVariables><ActionVariable><name>dialogId</name><type>CUSTOM</type><node>//Dialog/id</node>' +
          '<testValue>7</testValue></ActionVariable></actionVariables></WorkflowAction>$',
      ),
    );
    expect(await names('WorkflowActions')).toEqual(['Page about the caller', 'ask']);
    // What is left out keeps its value.
    expect((await admin('PUT', 'WorkflowAction/2', action('<handledBy>OTHER</handledBy>'))).statusCode).toBe(
      200,
    );
    expect(await plain('WorkflowAction/2')).toContain(
      '<name>ask</name><type>HTTP_REQUEST</type><handledBy>OTHER',
    );
    expect((await admin('DELETE', 'WorkflowAction/2')).statusCode).toBe(200);
    expect((await admin('GET', 'WorkflowAction/2')).statusCode).toBe(404);
  });

  it('in use cannot be deleted, and their change shows in the workflows', async () => {
    expect(error(await admin('DELETE', 'WorkflowAction/1'))).toEqual([
      400,
      'Finesse API Error',
      'WorkflowAction',
    ]);
    await admin('PUT', 'WorkflowAction/1', action('<name>Another</name>'));
    expect(await plain('User/2001/Workflows', '2001')).toContain('<WorkflowAction><name>Another</name>');
  });

  it.each([
    ['no XML', 'x', 'Bad Request', ''],
    ['another root', '<Action/>', 'Bad Request', 'Action'],
    ['nothing', action(''), 'Bad Request', 'name'],
    ['no name', action(`<type>BROWSER_POP</type>${params({ path: 'x' })}`), 'Bad Request', 'name'],
    ['a name that nobody sees', pop('\u202e'), 'Bad Request', 'name'],
    ['a long name', pop('x'.repeat(65)), 'Bad Request', 'name'],
    ['no type', action(`<name>x</name>${params({ path: 'x' })}`), 'Bad Request', 'type'],
    ['another type', action('<name>x</name><type>SONG</type>'), 'Bad Request', 'type'],
    ['somebody else', pop('x', '<handledBy>ME</handledBy>'), 'Bad Request', 'handledBy'],
    ['no path', action(`<name>x</name><type>BROWSER_POP</type>`), 'Bad Request', 'path'],
    [
      'a long path',
      action(`<name>x</name><type>BROWSER_POP</type>${params({ path: 'x'.repeat(501) })}`),
      'Bad Request',
      'path',
    ],
    [
      'a long window name',
      action(`<name>x</name><type>BROWSER_POP</type>${params({ path: 'x', windowName: 'x'.repeat(41) })}`),
      'Bad Request',
      'windowName',
    ],
    ['a long body', request({ ...ANSWER, body: 'x'.repeat(2001) }), 'Bad Request', 'body'],
    ['another method', request({ ...ANSWER, method: 'DELETE' }), 'Bad Request', 'method'],
    ['another location', request({ ...ANSWER, location: 'MARS' }), 'Bad Request', 'location'],
    ['no location', request({ ...ANSWER, location: '' }), 'Bad Request', 'location'],
    [
      'six variables',
      pop(
        'x',
        `<actionVariables>${times(6, (n) => `<ActionVariable>${variable(`v${n}`, '//x')}</ActionVariable>`)}</actionVariables>`,
      ),
      'Bad Request',
      'actionVariables',
    ],
    [
      'two of one name',
      pop(
        'x',
        `<actionVariables>${times(2, () => `<ActionVariable>${variable('v', '//x')}</ActionVariable>`)}</actionVariables>`,
      ),
      'Bad Request',
      'actionVariables',
    ],
    [
      'a variable without a path',
      pop('x', `<actionVariables><ActionVariable>${variable('v', '')}</ActionVariable></actionVariables>`),
      'Bad Request',
      'node',
    ],
    [
      'a used name',
      pop('Page about the caller'),
      'Database constraint violation',
      'Duplicate Workflow name.',
    ],
  ])('are refused with %s', async (_what, body, type, data) => {
    expect(error(await admin('POST', 'WorkflowAction', body))).toEqual([400, type, data]);
    expect(await names('WorkflowActions')).toEqual(['Page about the caller']);
  });

  it('a change of nothing, and one that leaves the whole wrong, are refused', async () => {
    expect(error(await admin('PUT', 'WorkflowAction/1', action('')))).toEqual([
      400,
      'Invalid Input',
      'For update, at least one field must be set.',
    ]);
    expect(error(await admin('PUT', 'WorkflowAction/1', action('<type>HTTP_REQUEST</type>')))).toEqual([
      400,
      'Bad Request',
      'method',
    ]);
  });

  it('there are at most 100', async () => {
    await stored.store.change(async ({ workflowActions }) => {
      const { id: _, ...one } = (await workflowActions.all())[0]!;
      for (let n = 0; n < 98; n++) await workflowActions.create({ ...one, name: `n${n}` });
    });
    expect((await admin('POST', 'WorkflowAction', pop('last'))).statusCode).toBe(200);
    expect(error(await admin('POST', 'WorkflowAction', pop('more')))).toEqual([
      400,
      'Maximum Exceeded',
      'WorkflowAction',
    ]);
  });
});

describe('workflows', () => {
  it('are made, read, changed and deleted', async () => {
    await admin('POST', 'WorkflowActions', pop('second'));
    const made = await admin('POST', 'Workflow', named('Mine', uses(2, 1, 2)));
    expect([made.statusCode, made.headers.location]).toEqual([200, expect.stringMatching(/Workflow\/2$/)]);
    const printed = await plain('Workflow/2');
    expect(printed).toContain(
      '<uri>/finesse/api/Workflow/2</uri><name>Mine</name><description></description><media>Voice</media>',
    );
    expect(printed).toContain('<ConditionSet><applyMethod>ALL</applyMethod><conditions/></ConditionSet>');
    // Actions are objects of their own.
    expect(printed).toContain(
      '<workflowActions><WorkflowAction><name>second</name><type>BROWSER_POP</type><uri>/finesse/api/WorkflowAction/2</uri></WorkflowAction><WorkflowAction><name>Page',
    );
    expect(await names('Workflows')).toEqual(['Mine', 'Page about the caller']);
    await admin(
      'PUT',
      'Workflow/2',
      workflow(
        `<description>d</description><ConditionSet><applyMethod>ANY</applyMethod><conditions>${condition('Condition')}</conditions></ConditionSet>`,
      ),
    );
    const changed = await plain('Workflow/2');
    expect(changed).toContain('<name>Mine</name><description>d</description>');
    expect(changed).toContain('<applyMethod>ANY</applyMethod><conditions><Condition><Variable>');
    expect(changed.match(/<WorkflowAction>/g)).toHaveLength(3);
    await admin('PUT', 'Workflow/2', workflow('<workflowActions/>'));
    expect(await plain('Workflow/2')).toContain('<workflowActions/>');
    expect((await admin('DELETE', 'Workflow/2')).statusCode).toBe(200);
    expect((await admin('GET', 'Workflow/2')).statusCode).toBe(404);
  });

  it.each([
    ['nothing', workflow(''), 'Bad Request', 'name'],
    ['no name', workflow(triggers()), 'Bad Request', 'name'],
    ['an empty name', named(''), 'Bad Request', 'name'],
    ['a name that nobody sees', named('\u202e'), 'Bad Request', 'name'],
    ['a long name', named('x'.repeat(41)), 'Bad Request', 'name'],
    [
      'a long description',
      named('x', `<description>${'x'.repeat(129)}</description>`),
      'Bad Request',
      'description',
    ],
    ['no trigger', workflow('<name>x</name>'), 'Bad Request', 'TriggerSet'],
    ['a trigger without a name', workflow('<name>x</name><TriggerSet/>'), 'Bad Request', 'TriggerSet'],
    [
      'six conditions',
      named(
        'x',
        `<ConditionSet><conditions>${times(6, () => condition('Condition'))}</conditions></ConditionSet>`,
      ),
      'Bad Request',
      'conditions',
    ],
    [
      'another method',
      named('x', '<ConditionSet><applyMethod>SOME</applyMethod></ConditionSet>'),
      'Bad Request',
      'applyMethod',
    ],
    ['six actions', named('x', uses(1, 1, 1, 1, 1, 1)), 'Bad Request', 'workflowActions'],
    ['an action that is none', named('x', uses(9)), 'Finesse API Error', '/finesse/api/WorkflowAction/9'],
    ['a uri that is none', named('x', uses(1).replace('WorkflowAction/1', 'Team/1')), 'Bad Request', 'uri'],
    [
      'a comparator that is none',
      workflow(`<name>x</name>${triggers(condition('Trigger').replace('IS_EQUAL', '='))}`),
      'Bad Request',
      'comparator',
    ],
    [
      'a used name',
      named('Page about the caller'),
      'Database constraint violation',
      'Duplicate Workflow name.',
    ],
  ])('are refused with %s', async (_what, body, type, data) => {
    expect(error(await admin('POST', 'Workflow', body))).toEqual([400, type, data]);
    expect(await names('Workflows')).toEqual(['Page about the caller']);
  });

  it('some errors repeat status and type in their message, line by line', async () => {
    const message = async (...request: Parameters<typeof admin>) =>
      parse((await admin(...request)).body)
        .child('ApiError')
        ?.child('ErrorMessage')
        ?.text.split('\n');
    expect(await message('POST', 'Workflow', named('Page about the caller'))).toEqual([
      'HTTP Status code: 400 (Bad Request)',
      'Api Error Type: Database constraint violation',
      'Error Message: A workflow with the same name already exists',
    ]);
    expect(await message('PUT', 'Workflow/1', workflow(''))).toEqual([
      'HTTP Status code: 400 (Bad Request)',
      'Api Error Type: Invalid Input',
      'Error Message: At least one element must be given',
    ]);
    expect(await message('PUT', 'Team/574/Workflows', '<Workflows/>')).toEqual([
      'HTTP Status code: 404 (Not Found)',
      'Api Error Type: finesse.api.team.team_assignment_invalid_team',
      'Error Message: This is not a valid team',
    ]);
  });

  it('a name is case-sensitive, and hostile text is text', async () => {
    expect((await admin('POST', 'Workflow', named('page ABOUT the caller'))).statusCode).toBe(200);
    expect((await admin('POST', 'Workflow', named('&lt;script&gt; 😀'))).statusCode).toBe(200);
    expect(await names('Workflows')).toContain('<script> 😀');
  });

  it('of others, and of ids that are none, there are none', async () => {
    for (const method of ['GET', 'PUT', 'DELETE'] as const)
      for (const id of ['9', 'x', '1e0', '-1'])
        expect(
          (await admin(method, `Workflow/${id}`, method === 'PUT' ? workflow('<name>x</name>') : undefined))
            .statusCode,
        ).toBe(404);
    for (const path of [
      'Workflow/1',
      'Workflows',
      'WorkflowAction/1',
      'WorkflowActions',
      'Team/5000/Workflows',
    ])
      expect((await centre.call('2050', 'GET', path)).statusCode).toBe(401);
  });
});

describe('workflows of a team', () => {
  const assign = (...ids: number[]) =>
    `<Workflows>${ids.map((id) => `<Workflow><uri>/finesse/api/Workflow/${id}</uri></Workflow>`).join('')}</Workflows>`;

  it('stand in the order that was asked for, and agents get them so', async () => {
    await admin('POST', 'Workflow', named('Mine', uses(1)));
    expect((await admin('PUT', 'Team/5000/Workflows', assign(2, 1))).statusCode).toBe(200);
    expect(await names('Team/5000/Workflows')).toEqual(['Mine', 'Page about the caller']);
    expect(await plain('User/2001/Workflows', '2001')).toMatch(/Workflow\/2<.*Workflow\/1</);
    await admin('PUT', 'Team/5000/Workflows', assign());
    expect(await plain('Team/5000/Workflows')).toMatch(/<Workflows\/>$/);
    expect(await names('Workflows')).toHaveLength(2);
  });

  it('are refused where the team, a workflow or the number is wrong', async () => {
    expect(error(await admin('GET', 'Team/574/Workflows'))).toEqual([
      404,
      'finesse.api.team.team_assignment_invalid_team',
      '574',
    ]);
    expect(error(await admin('PUT', 'Team/574/Workflows', assign()))).toEqual([
      404,
      'finesse.api.team.team_assignment_invalid_team',
      '574',
    ]);
    expect(error(await admin('PUT', 'Team/5000/Workflows', assign(9)))).toEqual([
      400,
      'Finesse API Error',
      '/finesse/api/Workflow/9',
    ]);
    expect(error(await admin('PUT', 'Team/5000/Workflows', assign(1, 1)))).toEqual([
      400,
      'Bad Request',
      'Workflows',
    ]);
    const many = assign(...Array.from({ length: 21 }, (_, n) => n + 1));
    expect(error(await admin('PUT', 'Team/5000/Workflows', many))).toEqual([
      400,
      'Maximum Exceeded',
      'Workflow',
    ]);
    expect(await names('Team/5000/Workflows')).toEqual(['Page about the caller']);
  });
});
