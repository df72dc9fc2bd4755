import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { seedDemo } from '../demo/seed.ts';
import { EN } from '../messages/en.ts';
import { Store } from '../store/store.ts';
import type { Arguments } from './command.ts';
import type { Terminal } from './terminal.ts';
import { workflowDryRun } from './workflow.ts';

let dir: string;
let lines: string[];
let errors: string[];
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'poise workflow-'));
  lines = [];
  errors = [];
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const run = (file: string, options: Readonly<Record<string, string>> = {}, ...flags: string[]) => {
  const given: Arguments = {
    flags: new Set(flags),
    value: (name) => (name === 'data' ? join(dir, 'data') : options[name]),
    values: () => [],
    positionals: [file],
  };
  const terminal: Terminal = {
    env: {},
    cwd: dir,
    interactive: false,
    messages: EN,
    print: (line) => void lines.push(line),
    printError: (line) => void errors.push(line),
    write: () => {},
    ask: () => Promise.resolve(null),
    askSecret: () => Promise.resolve(null),
  };
  return workflowDryRun(given, terminal);
};

const DIALOG = (variable: string) => `<Dialog><id>42</id><state>ALERTING</state><mediaType>Voice</mediaType>
  <fromAddress>15551234</fromAddress><toAddress>6003</toAddress>
  <mediaProperties><callType>PREROUTE_ACD_IN</callType><callvariables>
  <CallVariable><name>callVariable1</name><value>${variable}</value></CallVariable></callvariables></mediaProperties>
  <participants><Participant><mediaAddress>15551234</mediaAddress><state>ACTIVE</state></Participant>
  <Participant><mediaAddress>3001</mediaAddress><mediaAddressType>AGENT_DEVICE</mediaAddressType><state>ALERTING</state></Participant></participants></Dialog>`;

const WORKFLOWS = `<Workflows><Workflow><name>Pop</name><TriggerSet><type>SYSTEM</type><name>CALL_ARRIVES</name></TriggerSet>
  <ConditionSet><applyMethod>ALL</applyMethod><conditions><Condition><Variable><name>callVariable1</name><type>SYSTEM</type></Variable>
  <comparator>IS_EQUAL</comparator><value>gold</value></Condition></conditions></ConditionSet>
  <workflowActions><WorkflowAction><name>CRM</name><type>BROWSER_POP</type><handledBy>FINESSE_DESKTOP</handledBy>
  <params><Param><name>path</name><value>https://crm.example/?ani=\${fromAddress}</value></Param></params>
  <actionVariables><ActionVariable><name>fromAddress</name><type>SYSTEM</type></ActionVariable></actionVariables>
  </WorkflowAction></workflowActions></Workflow></Workflows>`;

test('a workflow that fires is shown with its conditions and its action, filled', async () => {
  await writeFile(join(dir, 'd.xml'), DIALOG('gold'));
  await writeFile(join(dir, 'w.xml'), WORKFLOWS);
  expect(await run('d.xml', { workflows: 'w.xml' })).toBe(0);
  expect(lines.slice(0, 2)).toEqual(['Dialog 42 (ALERTING)', '  Pop: runs (CALL_ARRIVES)']);
  expect(lines).toContain('      + callVariable1 IS_EQUAL gold (found "gold")');
  expect(lines.at(-1)).toBe('    > CRM: BROWSER_POP https://crm.example/?ani=15551234');
});

test('one that does not says which condition is not met; nothing of the terminal’s is obeyed', async () => {
  await writeFile(join(dir, 'd.xml'), DIALOG('tin&#10;\u009b31m\u202e'));
  await writeFile(join(dir, 'w.xml'), WORKFLOWS);
  await run('d.xml', { workflows: 'w.xml' });
  expect(lines).toContain('  Pop: does not run, its conditions are not met (CALL_ARRIVES)');
  expect(lines).toContain('      - callVariable1 IS_EQUAL gold (found "tin 31m ")');
  expect(lines.at(-1)).toBe('  No workflow runs.');
});

test('JSON has one line for each dialog, in the order of the file', async () => {
  await writeFile(join(dir, 'd.xml'), `<Dialogs>${DIALOG('gold')}${DIALOG('gold')}</Dialogs>`);
  await writeFile(join(dir, 'w.xml'), WORKFLOWS);
  await run('d.xml', { workflows: 'w.xml' }, 'json');
  expect(lines.map((line) => JSON.parse(line).workflows[0].verdict)).toEqual(['runs', 'hasRun']);
});

test('workflows of a team come from the data directory', async () => {
  const store = await Store.open({ path: join(dir, 'data') });
  await seedDemo(store);
  const teamId = store.directory.current.allWorkflows()[0]?.teams[0]?.teamId;
  await store.close();
  await writeFile(join(dir, 'd.xml'), DIALOG('workflow'));
  expect(await run('d.xml', { team: String(teamId) })).toBe(0);
  expect(lines[1]).toMatch(/: runs \(/);
  expect(errors).toEqual([]);
  await expect(run('d.xml', { team: '1' })).rejects.toThrow('There is no team 1');
  await expect(run('d.xml', { agent: 'nobody' })).rejects.toThrow('There is no team nobody');
});

test('what is not there, or not understood, is said in a sentence', async () => {
  await writeFile(join(dir, 'd.xml'), DIALOG(''));
  await writeFile(join(dir, 'broken.xml'), '<Dialog>');
  await writeFile(join(dir, 'other.xml'), '<User/>');
  await expect(run('none.xml')).rejects.toThrow(`The file ${join(dir, 'none.xml')} cannot be read.`);
  await expect(run('broken.xml')).rejects.toThrow('is no sound XML');
  await expect(run('other.xml')).rejects.toThrow('There is neither a Dialog nor a Workflow');
  await expect(run('d.xml')).rejects.toThrow('Say where the workflows come from');
  await expect(run('d.xml', { workflows: 'other.xml' })).rejects.toThrow('There is neither');
});
