import { afterEach, beforeEach, expect, it } from 'vitest';
import { TestCentre } from '../../../test/centre/test-centre.ts';

let centre: TestCentre;
beforeEach(async () => {
  centre = await TestCentre.open();
});
afterEach(() => centre.close());

it('counts what is configured', async () => {
  const { statusCode, body } = await centre.call('admin', 'GET', 'ConfigInfo');
  const { current } = centre.directory;
  const supervisors = current.users().filter(({ roles }) => roles.includes('Supervisor'));
  expect([statusCode, body.split('\n')]).toEqual([
    200,
    [
      '<ConfigInfo>',
      `  <totalSkillGroups>${current.skillGroups().length}</totalSkillGroups>`,
      `  <totalSupervisors>${supervisors.length}</totalSupervisors>`,
      `  <totalTeams>${current.teams().length}</totalTeams>`,
      `  <totalUsers>${current.users().length}</totalUsers>`,
      '  <uri>/finesse/api/ConfigInfo</uri>',
      expect.stringMatching(/^ {2}<versionInfo>[\d.]+ \(Poise 1\.0\.0\)<\/versionInfo>$/),
      '</ConfigInfo>',
    ],
  ]);
});

it('lists the system variables with their place in an event', async () => {
  const { statusCode, body } = await centre.call('admin', 'GET', 'SystemVariables');
  expect(statusCode).toBe(200);
  for (const [name, node] of [
    ['dialogId', '//Dialog/id'],
    ['fromAddress', '//Dialog/fromAddress'],
    ['dialedNumber', '//Dialog/mediaProperties/dialedNumber'],
    ['callVariable10', "//CallVariable[name='callVariable10']/value"],
    ['extension', '//User/extension'],
  ])
    expect(body.replaceAll('&apos;', "'")).toContain(
      `  <SystemVariable>\n    <name>${name}</name>\n    <node>${node}</node>\n  </SystemVariable>`,
    );
});

it('is for administrators, and read alone', async () => {
  for (const path of ['ConfigInfo', 'SystemVariables']) {
    expect([path, (await centre.call('2050', 'GET', path)).statusCode]).toEqual([path, 401]);
    expect([path, (await centre.call('admin', 'PUT', path, '<x/>')).statusCode]).toEqual([path, 405]);
  }
});
