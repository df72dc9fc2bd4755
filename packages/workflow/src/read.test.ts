import { expect, test } from 'vitest';
import { dialogsFromXml, WorkflowReadError, workflowsFromXml } from './read.ts';

const DIALOG = '<Dialog><id>7</id><mediaType>Voice</mediaType></Dialog>';

test.each([
  ['a dialog', DIALOG, [['7', false]]],
  ['with a byte-order mark', `\uFEFF<?xml version="1.0"?>${DIALOG}`, [['7', false]]],
  [
    'a list',
    `<Dialogs>${DIALOG}<Dialog><id>8</id></Dialog></Dialogs>`,
    [
      ['7', false],
      ['8', false],
    ],
  ],
  [
    'events',
    `<events><Update><data><dialogs>${DIALOG}</dialogs></data><event>POST</event></Update>
     <Update><event>DELETE</event><data><dialog><id>7</id></dialog></data></Update></events>`,
    [
      ['7', false],
      ['7', true],
    ],
  ],
])('dialogs: %s', (_name, xml, expected) => {
  expect(dialogsFromXml(xml).map(({ dialog, ended }) => [dialog.id, ended])).toEqual(expected);
});

test('workflows: one, or a list', () => {
  const one = '<Workflow><name>a</name></Workflow>';
  expect(workflowsFromXml(one).map(({ name }) => name)).toEqual(['a']);
  expect(workflowsFromXml(`<Workflows>${one}${one}</Workflows>`)).toHaveLength(2);
});

test.each(['', 'text', '<a>', '<a/>', '<Workflows/>', '<!DOCTYPE a [<!ENTITY b "c">]><Dialog>&b;</Dialog>'])(
  '%j has nothing in it',
  (xml) => {
    expect(() => dialogsFromXml(xml)).toThrow(WorkflowReadError);
    expect(() => workflowsFromXml(xml)).toThrow(WorkflowReadError);
  },
);
