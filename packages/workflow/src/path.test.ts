import { describe, expect, it, test } from 'vitest';
import { dialog, OWN, part } from '../../desktop/test/dialogs.ts';
import { WORKFLOW_USER } from '../test/workflows.ts';
import { treeOf } from './dialog-tree.ts';
import { PATH_CHARACTERS_MAX, parsePath, textAt } from './path.ts';

const call = dialog('42', [part('15551234', 'ACTIVE'), part(OWN, 'ALERTING', ['ANSWER'])], {
  callVariables: [
    { name: 'callVariable1', value: 'Chad & Co' },
    { name: 'user.ECC[1]', value: 'x' },
  ],
  mediaProperties: { callType: 'PREROUTE_ACD_IN', dialedNumber: '6003', DNIS: OWN },
});
const tree = treeOf(call, WORKFLOW_USER, false);
const at = (text: string) => {
  const path = parsePath(text);
  return path === null ? null : textAt(path, tree);
};

describe('paths', () => {
  it.each([
    ['//Dialog/mediaType', 'Voice'],
    ['/Dialog/id', '42'],
    ['Dialog/id', '42'],
    ['//mediaProperties/callType', 'PREROUTE_ACD_IN'],
    ["//Dialog/mediaProperties/callvariables/CallVariable[name='callVariable1']/value", 'Chad & Co'],
    ['//CallVariable[name="user.ECC[1]"]/value', 'x'],
    [`//Dialog/participants/Participant/mediaAddress[.=${OWN}]/../state`, 'ALERTING'],
    [`//Participant[mediaAddress='${OWN}']/state`, 'ALERTING'],
    ['//Participant[1]/state', 'ACTIVE'],
    ['//Participant[2]/actions/action', 'ANSWER'],
    ['//Participant[2]/actions/action/text()', 'ANSWER'],
    ['//participants/*[2]/state', 'ALERTING'],
    ['//User/extension', OWN],
    ['//User/loginId', WORKFLOW_USER.loginId],
    ['//Dialog/./id', '42'],
    [' //Dialog/id ', '42'],
  ])('%s leads to %j', (path, text) => expect(at(path)).toBe(text));

  it.each([
    '//Dialog/nothing',
    '//Participant[3]/state',
    '//Participant[0]',
    "//CallVariable[name='x']/value",
    '/..',
    '//dialog/id',
  ])('%s leads to nothing', (path) => expect(at(path)).toBe(''));

  it.each([
    '',
    '/',
    '//',
    '///Dialog',
    '//Dialog/@id',
    '//Dialog[',
    "//Dialog[name='x'",
    '//Dialog[position()=1]',
    '//Dialog | //User',
    'concat(//Dialog/id)',
    '//ancestor::Dialog',
    '//Dialog//',
    `//${'a/'.repeat(20)}a`,
    `//${'a'.repeat(PATH_CHARACTERS_MAX)}`,
  ])('%s is no path', (path) => expect(at(path)).toBeNull());

  it('finds the first of several', () => expect(at('//Participant/state')).toBe('ACTIVE'));
});

test('of a dialog that is gone the own part has left, whatever was told of it last', () => {
  const gone = treeOf(call, WORKFLOW_USER, true);
  expect(textAt(parsePath(`//Participant[mediaAddress='${OWN}']/state`)!, gone)).toBe('DROPPED');
  expect(textAt(parsePath('//Participant[1]/state')!, gone)).toBe('ACTIVE');
  expect(textAt(parsePath('//Dialog/state')!, gone)).toBe('DROPPED');
});
