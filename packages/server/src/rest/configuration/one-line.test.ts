import { afterEach, beforeEach, expect, it } from 'vitest';
import { openStoredCentre, type StoredCentre } from '../../../test/centre/stored-centre.ts';

let stored: StoredCentre;
beforeEach(async () => {
  stored = await openStoredCentre();
});
afterEach(() => stored.close());

const make = async (path: string, body: string, headers = {}) => {
  const made = await stored.centre.call('admin', 'POST', path, body, headers);
  expect(made.statusCode).toBeLessThan(300);
  return String(made.headers.location ?? '').split('/finesse/api/')[1]!;
};
const read = async (path: string) => (await stored.centre.call('admin', 'GET', path)).body;

// The JSON API, and so the console, refuses a name with a line break: what the XML API took could not be saved there any more.
it.each([
  [
    'ReasonCode',
    'label',
    '<category>NOT_READY</category><code>413</code><label>Long\n    talk</label><forAll>true</forAll>',
  ],
  ['WrapUpReason', 'label', '<label>\n  Long&#13;&#10;talk</label><forAll>true</forAll>'],
  ['PhoneBook', 'name', '<name>Long&#9;talk</name><type>TEAM</type>'],
  ['PhoneBook/1/Contact', 'firstName', '<firstName>Long \n\n talk</firstName><phoneNumber>1</phoneNumber>'],
  ['MediaPropertiesLayout', 'description', '<name>x</name><description>Long\ntalk</description>'],
  [
    'MediaPropertiesLayout',
    'displayName',
    '<name>x</name><header><entry><displayName>Long\ntalk</displayName><mediaProperty>callVariable1</mediaProperty></entry></header>',
  ],
  [
    'WorkflowAction',
    'name',
    '<name>Long\ntalk</name><type>BROWSER_POP</type><params><Param><name>path</name><value>https://x/</value></Param></params>',
  ],
])('a line that was broken is one line again: %s, %s', async (path, field, fields) => {
  const root = path.split('/').at(-1)!;
  const at = await make(path, `<${root}>${fields}</${root}>`);
  expect(await read(at)).toContain(`<${field}>Long talk</${field}>`);
});

it('a note of several lines in a file of contacts is one line', async () => {
  await make('PhoneBook/1/Contacts/csvFileContent', '"A","B","1","Long\r\ntalk"\r\n', {
    'content-type': 'text/csv',
  });
  expect(await read('PhoneBook/1/Contacts')).toContain('<description>Long talk</description>');
});
