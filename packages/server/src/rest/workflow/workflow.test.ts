import { afterEach, expect, test } from 'vitest';
import { error } from '../../../test/centre/call-centre.ts';
import { TestCentre } from '../../../test/centre/test-centre.ts';
import { TEST_DATA } from '../../../test/centre/test-directory.ts';
import { demoConfiguration } from '../../demo/centre.ts';

let centre: TestCentre;
afterEach(() => centre.close());

const open = async (release: '11.6' | '12.6' = '12.6') => {
  const { workflows } = demoConfiguration();
  centre = await TestCentre.open({ profile: { release }, data: { ...TEST_DATA, workflows } });
};

test('GET User/{id}/Workflows: the workflows of the own team, with their whole actions', async () => {
  await open();
  const { statusCode, body } = await centre.call('2001', 'GET', 'User/2001/Workflows');
  expect(statusCode).toBe(200);
  expect(body).toMatch(/^<\?xml [^>]*>\s*<Workflows>\s*<Workflow>\s*<uri>\/finesse\/api\/Workflow\/1<\/uri>/);
  const plain = body.replace(/>\s+</g, '><');
  expect(plain).toContain(
    '<TriggerSet><type>SYSTEM</type><name>CALL_ARRIVES</name><triggers>' +
      '<Trigger><Variable><name>mediaType</name><node>//Dialog/mediaType</node><type>CUSTOM</type></Variable>' +
      '<comparator>IS_EQUAL</comparator><value>Voice</value></Trigger>',
  );
  expect(plain).toContain('<ConditionSet><applyMethod>ALL</applyMethod><conditions><Condition><Variable>');
  expect(plain).toContain(
    '<workflowActions><WorkflowAction><name>Page about the caller</name><type>BROWSER_POP</type>' +
      '<uri>/finesse/api/WorkflowAction/1</uri><handledBy>FINESSE_DESKTOP</handledBy><params><Param>' +
      `<name>path</name><value>https://www.example.com/?caller=\${fromAddress}</value></Param>`,
  );
  expect(plain).toContain(
    '<actionVariables><ActionVariable><name>fromAddress</name><type>SYSTEM</type>' +
      '<node>//Dialog/fromAddress</node><testValue>15550100</testValue></ActionVariable></actionVariables>',
  );
  expect(plain).toContain('<media>Voice</media>');
});

test('media came with 12.0', async () => {
  await open('11.6');
  expect((await centre.call('2001', 'GET', 'User/2001/Workflows')).body).not.toContain('<media>');
});

test('a supervisor gets those of the team he belongs to; others get nothing of another user', async () => {
  await open();
  expect((await centre.call('2050', 'GET', 'User/2050/Workflows')).body).toContain('<Workflow>');
  expect((await centre.call('3001', 'GET', 'User/3001/Workflows')).body).not.toContain('<Workflow>');
  expect(error(await centre.call('2050', 'GET', 'User/2001/Workflows'))).toEqual([
    401,
    'Invalid Authorization User Specified',
    '2001',
  ]);
});

test('GET TeamResource/{id}/Workflows: the same, for members and supervisors of the team', async () => {
  await open();
  const own = await centre.call('2001', 'GET', 'User/2001/Workflows');
  expect((await centre.call('2001', 'GET', 'TeamResource/5000/Workflows')).body).toBe(own.body);
  expect((await centre.call('2050', 'GET', 'TeamResource/5000/Workflows')).body).toBe(own.body);
  expect((await centre.call('3001', 'GET', 'TeamResource/5000/Workflows')).statusCode).toBe(401);
  expect((await centre.call('2050', 'GET', 'TeamResource/4711/Workflows')).statusCode).toBe(404);
});
