import { parse } from '@poise/xml';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TestCentre } from '../../../test/centre/test-centre.ts';
import { TEST_DATA } from '../../../test/centre/test-directory.ts';
import type { MediaPropertiesLayoutRecord } from '../../store/directory.ts';

const entry = (mediaProperty: string, showInPopOver = false) => ({
  displayName: `The ${mediaProperty}`,
  mediaProperty,
  showInPopOver,
  uiEditable: false,
});
const THE_DEFAULT: MediaPropertiesLayoutRecord = {
  id: 1,
  name: 'Default Layout',
  description: '',
  isDefault: true,
  header: entry('callVariable1', true),
  columns: [[entry('callVariable2')], [entry('user.account[1]'), entry('BAStatus')]],
};

let centre: TestCentre;
beforeEach(async () => {
  centre = await TestCentre.open({ data: { ...TEST_DATA, mediaPropertiesLayouts: [THE_DEFAULT] } });
});
afterEach(() => centre.close());

const PATH = 'MediaPropertiesLayout';
const xmlEntry = (property: string, more = '') =>
  `<entry><displayName>&lt;${property}&gt;</displayName><mediaProperty>${property}</mediaProperty>${more}</entry>`;
const body = (inner: string) => `<MediaPropertiesLayout>${inner}</MediaPropertiesLayout>`;
const named = (name: string, inner = '') => body(`<name>${name}</name>${inner}`);
const admin = (method: 'GET' | 'PUT' | 'POST' | 'DELETE', path: string, content?: string) =>
  centre.call('admin', method, path, content);
const names = async (user = 'admin', path = `${PATH}s`) => {
  const root = parse((await centre.call(user, 'GET', path)).body, { declaration: 'allow' });
  expect(root.name).toBe('MediaPropertiesLayouts');
  return root.elements(PATH).map((layout) => layout.child('name')?.text);
};
const errorOf = (text: string) =>
  ['ErrorType', 'ErrorData'].map((name) => parse(text).child('ApiError')?.child(name)?.text);

describe('layouts of call variables', () => {
  it('are printed with header and two columns', async () => {
    const answer = await centre.call('2001', 'GET', `User/2001/${PATH}`);
    expect(answer.statusCode).toBe(200);
    const printed = (property: string, popOver = false) =>
      `    <entry>
      <displayName>The ${property}</displayName>
      <mediaProperty>${property}</mediaProperty>
      <showInPopOver>${popOver}</showInPopOver>
      <uiEditable>false</uiEditable>
    </entry>`;
    expect(answer.body).toBe(`<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<MediaPropertiesLayout>
  <uri>/finesse/api/MediaPropertiesLayout/1</uri>
  <name>Default Layout</name>
  <description></description>
  <type>DEFAULT</type>
  <header>
${printed('callVariable1', true)}
  </header>
  <column>
${printed('callVariable2')}
  </column>
  <column>
${printed('user.account[1]')}
${printed('BAStatus')}
  </column>
</MediaPropertiesLayout>`);
  });

  it('are made, read, changed and deleted by administrators, and seen by everybody', async () => {
    const made = await admin(
      'POST',
      PATH,
      named(
        'Sales',
        `<header>${xmlEntry('callVariable3')}</header><column/><column>${xmlEntry('user.x')}</column>`,
      ),
    );
    expect([made.statusCode, made.body, made.headers.location]).toEqual([
      200,
      '',
      expect.stringMatching(/^http:\/\/[^/]+\/finesse\/api\/MediaPropertiesLayout\/2$/),
    ]);
    expect(await names()).toEqual(['Default Layout', 'Sales']);
    expect(await names('2001', `User/2001/${PATH}s`)).toEqual(['Default Layout', 'Sales']);
    expect(await names('2001', `TeamResource/5000/${PATH}s`)).toEqual(['Default Layout', 'Sales']);
    // What is left out keeps its value.
    expect((await admin('PUT', `${PATH}/2`, body('<description>New</description>'))).statusCode).toBe(200);
    const root = parse((await admin('GET', `${PATH}/2`)).body, { declaration: 'allow' });
    expect(['name', 'description', 'type'].map((name) => root.child(name)?.text)).toEqual([
      'Sales',
      'New',
      'CUSTOM',
    ]);
    expect(root.elements('column').map((column) => column.elements('entry').length)).toEqual([0, 1]);
    expect(root.child('header')?.child('entry')?.child('displayName')?.text).toBe('<callVariable3>');
    expect((await admin('DELETE', `${PATH}/2`)).statusCode).toBe(200);
    expect((await admin('GET', `${PATH}/2`)).statusCode).toBe(404);
  });

  it('have a default one that can be changed, not deleted, under both its names', async () => {
    expect((await admin('PUT', `${PATH}/default`, body('<header/>'))).statusCode).toBe(200);
    const root = parse((await admin('GET', `${PATH}/default`)).body, { declaration: 'allow' });
    expect([root.child('header'), root.child('uri')?.text]).toEqual([
      undefined,
      '/finesse/api/MediaPropertiesLayout/1',
    ]);
    const refused = await admin('DELETE', `${PATH}/1`);
    expect([refused.statusCode, errorOf(refused.body)[0]]).toEqual([403, 'Forbidden']);
    for (const method of ['POST', 'DELETE'] as const) {
      const answer = await admin(method, `${PATH}/default`, method === 'POST' ? named('x') : undefined);
      expect([answer.statusCode, answer.headers.allow]).toEqual([405, 'GET, PUT, HEAD, OPTIONS']);
    }
  });

  it.each<[what: string, body: string, type: string, data: string]>([
    ['no XML', '<MediaPropertiesLayout>', 'Bad Request', ''],
    ['nothing', body(''), 'Parameter Missing', 'name'],
    ['no name', body('<description>x</description>'), 'Parameter Missing', 'name'],
    ['an empty name', named(' '), 'Invalid Input', 'name'],
    ['a name that nobody sees', named('\u202e'), 'Invalid Input', 'name'],
    ['a long name', named('x'.repeat(41)), 'Invalid Input', 'name'],
    ['a name that is used', named('Default Layout'), 'Finesse API Error', 'MediaPropertiesLayout'],
    [
      'a long description',
      named('x', `<description>${'x'.repeat(129)}</description>`),
      'Invalid Input',
      'description',
    ],
    ['three columns', named('x', '<column/><column/><column/>'), 'Invalid Input', 'column'],
    [
      'eleven entries',
      named('x', `<column>${xmlEntry('callVariable1').repeat(11)}</column>`),
      'Invalid Input',
      'column',
    ],
    [
      'two entries in the header',
      named('x', `<header>${xmlEntry('callVariable1').repeat(2)}</header>`),
      'Invalid Input',
      'header',
    ],
    [
      'a variable that is none',
      named('x', `<column>${xmlEntry('callVariable11')}</column>`),
      'Invalid Input',
      'mediaProperty',
    ],
    [
      'an entry without variable',
      named('x', '<column><entry/></column>'),
      'Parameter Missing',
      'mediaProperty',
    ],
    [
      'a long display name',
      named(
        'x',
        `<column><entry><displayName>${'x'.repeat(51)}</displayName><mediaProperty>BAStatus</mediaProperty></entry></column>`,
      ),
      'Invalid Input',
      'displayName',
    ],
    [
      'a flag that is none',
      named('x', `<column>${xmlEntry('user.a', '<uiEditable>1</uiEditable>')}</column>`),
      'Invalid Input',
      'uiEditable',
    ],
    [
      'six entries for the pop-over',
      named('x', `<column>${xmlEntry('user.a', '<showInPopOver>true</showInPopOver>').repeat(6)}</column>`),
      'Invalid Input',
      'showInPopOver',
    ],
  ])('are refused with %s', async (_what, content, type, data) => {
    const answer = await admin('POST', PATH, content);
    expect([answer.statusCode, ...errorOf(answer.body)]).toEqual([400, type, data]);
    expect(await names()).toEqual(['Default Layout']);
  });

  it('are at most 200', async () => {
    const many = Array.from({ length: 200 }, (_, n) => ({
      ...THE_DEFAULT,
      id: n + 1,
      name: `L${n}`,
      isDefault: n === 0,
    }));
    centre.directory.replace({ ...centre.directory.data, mediaPropertiesLayouts: many });
    const answer = await admin('POST', PATH, named('one more'));
    expect([answer.statusCode, ...errorOf(answer.body)]).toEqual([400, 'Maximum Exceeded', PATH]);
  });

  it('are changed by administrators only, and users see their own', async () => {
    for (const user of ['2001', '2050'])
      expect((await centre.call(user, 'POST', PATH, named('x'))).statusCode).toBe(401);
    expect((await centre.call('2001', 'GET', `User/2002/${PATH}s`)).statusCode).toBe(401);
    expect((await admin('GET', `User/2002/${PATH}s`)).statusCode).toBe(200);
  });

  it.each(['77', 'x'])('say that there is no layout %s', async (id) => {
    for (const method of ['GET', 'PUT', 'DELETE'] as const) {
      const answer = await admin(method, `${PATH}/${id}`, method === 'PUT' ? named('y') : undefined);
      expect([answer.statusCode, ...errorOf(answer.body)]).toEqual([404, 'Not Found', id]);
    }
  });
});
