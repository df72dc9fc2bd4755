import { parse } from '@poise/xml';
import { expect, test } from 'vitest';
import { readFinesse } from './finesse.ts';
import type { WholeTree } from './tree.ts';

const CURRENT = { teams: [], users: [] } as unknown as WholeTree;
const read = (answers: Readonly<Record<string, string>>) =>
  readFinesse(
    async (path) => {
      const answer = answers[path];
      return answer === undefined ? null : parse(answer);
    },
    CURRENT,
    'CCE',
  );

test('names with line breaks are one line, everywhere alike, and each entry is told of once', async () => {
  const { tree, joined, omissions } = await read({
    Teams: '<Teams><Team><uri>/finesse/api/Team/7</uri><name>New\nSales</name></Team></Teams>',
    Users:
      '<Users><User><loginId>1</loginId><loginName>anna</loginName><firstName>Anna\n  Maria</firstName><lastName>A</lastName><teamName>New\nSales</teamName><roles><role>Agent</role></roles></User></Users>',
    'ReasonCodes?category=ALL':
      '<ReasonCodes><ReasonCode><uri>/finesse/api/ReasonCode/5</uri><category>NOT_READY</category><code>5</code><label>Long\n    lunch</label><forAll>false</forAll></ReasonCode></ReasonCodes>',
    'Team/7/ReasonCodes?category=NOT_READY':
      '<ReasonCodes><ReasonCode><uri>/finesse/api/ReasonCode/5</uri></ReasonCode></ReasonCodes>',
    WrapUpReasons:
      '<WrapUpReasons><WrapUpReason><uri>/finesse/api/WrapUpReason/1</uri><label>\n  Sold\n</label><forAll>true</forAll></WrapUpReason></WrapUpReasons>',
    PhoneBooks:
      '<PhoneBooks><PhoneBook><uri>/finesse/api/PhoneBook/1</uri><name>All</name><type>GLOBAL</type></PhoneBook></PhoneBooks>',
    'PhoneBook/1/Contacts':
      '<Contacts><Contact><firstName>B\nC</firstName><phoneNumber>1</phoneNumber><description>D\n\nE</description></Contact></Contacts>',
    WorkflowActions:
      '<WorkflowActions><WorkflowAction><name>Note</name><type>HTTP_REQUEST</type><handledBy>OTHER</handledBy><params><Param><name>body</name><value>a\nb</value></Param></params></WorkflowAction></WorkflowActions>',
  });
  expect(tree.teams?.map(({ name }) => name)).toEqual(['New Sales']);
  expect(tree.users).toMatchObject([{ firstName: 'Anna Maria', team: 'New Sales' }]);
  expect(tree.reasonCodes).toMatchObject([{ label: 'Long lunch', assignedTo: ['New Sales'] }]);
  expect(tree.wrapUpReasons).toMatchObject([{ label: 'Sold' }]);
  expect(tree.phoneBooks?.[0]?.contacts).toMatchObject([{ firstName: 'B C', description: 'D E' }]);
  expect(tree.workflowActions?.[0]?.params).toEqual([{ name: 'body', value: 'a\nb' }]);
  expect(joined).toEqual([
    { section: 'teams', key: 'New Sales' },
    { section: 'users', key: '1' },
    { section: 'reasonCodes', key: 'Long lunch' },
    { section: 'phoneBooks', key: 'All' },
  ]);
  expect(omissions).toEqual([]);
});

test('codes of the system stay where they are, also of a server that does not mark them', async () => {
  const code = (number: number, label: string, more = '') =>
    `<ReasonCode><uri>/finesse/api/ReasonCode/${number}</uri><category>NOT_READY</category><code>${number}</code><label>${label}</label><forAll>true</forAll>${more}</ReasonCode>`;
  const { tree } = await read({
    'ReasonCodes?category=ALL': `<ReasonCodes category="ALL">${[
      code(999, 'Supervisor Initiated'),
      code(32762, 'Offhook', '<systemCode>true</systemCode>'),
      code(32763, 'Of the other deployment'),
      // Somebody's own, and marked as that.
      code(32767, 'Own', '<systemCode>false</systemCode>'),
      code(5, 'Lunch'),
    ].join('')}</ReasonCodes>`,
  });
  expect(tree.reasonCodes?.map(({ label }) => label)).toEqual(['Of the other deployment', 'Own', 'Lunch']);
});
