import type { WorkflowAction } from '@poise/client';
import { describe, expect, it } from 'vitest';
import { dialog, OWN, part } from '../../desktop/test/dialogs.ts';
import { popAction, WORKFLOW_USER } from '../test/workflows.ts';
import { expandAction } from './action.ts';
import { treeOf } from './dialog-tree.ts';
import { nodeOf } from './system-variables.ts';

const variable = (name: string, node: string) => ({ name, node, type: 'SYSTEM', testValue: 'test' });
const VARIABLES = [
  variable('dialogId', '//Dialog/id'),
  variable('extension', '//User/extension'),
  variable('first', "//CallVariable[name='callVariable1']/value"),
  variable('broken', '//Dialog/@id'),
];

const treeWith = (value: string) =>
  treeOf(
    dialog('42', [part(OWN, 'ALERTING')], { callVariables: [{ name: 'callVariable1', value }] }),
    WORKFLOW_USER,
    false,
  );

const pop = (path: string, value = 'Chad & Co', windowName = 'w') =>
  expandAction(
    popAction(path, {
      actionVariables: VARIABLES,
      params: [
        { name: 'path', value: path },
        { name: 'windowName', value: windowName },
      ],
    }),
    treeWith(value),
  );

const request = (params: Record<string, string>, value = 'Chad & Co') => {
  const action: WorkflowAction = popAction('', {
    type: 'HTTP_REQUEST',
    name: 'ask',
    params: Object.entries(params).map(([name, text]) => ({ name, value: text })),
    actionVariables: VARIABLES,
  });
  return expandAction(action, treeWith(value));
};

it('variables of the system are filled in, also those that the action does not list', () => {
  const url = `https://crm.example/?v=\${callVariable1}&c=\${dialogId}&u=\${teamName}&e=\${user.none}&x=\${nothing}`;
  expect(pop(url)).toMatchObject({
    url: `https://crm.example/?v=Chad%20%26%20Co&c=42&u=${encodeURIComponent(WORKFLOW_USER.teamName)}&e=&x=`,
  });
  // One of its own counts more.
  const own = popAction(`https://x.example/\${callVariable1}`, {
    actionVariables: [variable('callVariable1', '//Dialog/id')],
  });
  expect(expandAction(own, treeWith('v'))).toMatchObject({ url: 'https://x.example/42' });
});

describe('BROWSER_POP', () => {
  it('fills in variables, as a URL needs them', () => {
    expect(pop(`https://crm.example/?q=\${first}&d=\${dialogId}&x=\${broken}\${none}`)).toEqual({
      type: 'BROWSER_POP',
      action: 'pop',
      url: 'https://crm.example/?q=Chad%20%26%20Co&d=42&x=',
      windowName: 'w',
      // Gadgets hear of it, too (gadgets.md 7.5).
      event: expect.objectContaining({
        name: 'pop',
        type: 'BROWSER_POP',
        handledBy: 'FINESSE',
        params: expect.arrayContaining([
          expect.objectContaining({
            name: 'path',
            expandedValue: 'https://crm.example/?q=Chad%20%26%20Co&d=42&x=',
          }),
        ]),
      }),
    });
    expect(pop('/page', '', `for \${dialogId}`)).toMatchObject({ url: '/page', windowName: 'for 42' });
  });

  it('a window name has no meaning to the browser, and at most 40 characters', () => {
    for (const name of ['_self', '_top', '_parent', '__self', ' _self'])
      expect(pop('/page', '', name)).toMatchObject({ windowName: expect.not.stringMatching(/^_/) });
    expect(pop('/page', '', 'x'.repeat(60))).toMatchObject({ windowName: 'x'.repeat(40) });
    expect(pop('/page', '', '')).toMatchObject({ windowName: '' });
  });

  it.each([
    'javascript:alert(1)',
    ' JavaScript:alert(1)',
    'java\nscript:alert(1)',
    '\u0001javascript:alert(1)',
    'data:text/html,x',
    'vbscript:x',
    'blob:x',
    'file:///etc/passwd',
    'FILE:///C:/',
    'view-source:https://x.example/',
    'about:blank',
    '',
    `https://x.example/${'x'.repeat(8_192)}`,
  ])('does not open %j', (path) => expect(pop(path)).toMatchObject({ type: 'PROBLEM', action: 'pop' }));

  it('a value cannot make an address of its own', () => {
    expect(pop(`\${first}`, 'javascript:alert(1)')).toMatchObject({ url: 'javascript%3Aalert(1)' });
    expect(pop(`https://crm.example/\${first}`, '../..//evil.example?#')).toMatchObject({
      url: 'https://crm.example/..%2F..%2F%2Fevil.example%3F%23',
    });
  });

  it('programs of the computer may be opened', () => {
    expect(pop('mailto:x@y.example')).toMatchObject({ type: 'BROWSER_POP' });
    expect(pop('crm:open')).toMatchObject({ type: 'BROWSER_POP' });
  });
});

describe('HTTP_REQUEST', () => {
  const answer = {
    method: 'PUT',
    location: 'FINESSE',
    path: `/finesse/api/Dialog/\${dialogId}`,
    body: `<Dialog><requestedAction>ANSWER</requestedAction><targetMediaAddress>\${extension}</targetMediaAddress><x>\${first}</x></Dialog>`,
  };

  it('at this server: path and body with variables, XML unless said otherwise', () => {
    expect(request(answer)).toEqual({
      type: 'HTTP_REQUEST',
      action: 'ask',
      method: 'PUT',
      location: 'FINESSE',
      url: '/finesse/api/Dialog/42',
      contentType: 'application/xml',
      body: `<Dialog><requestedAction>ANSWER</requestedAction><targetMediaAddress>${OWN}</targetMediaAddress><x>Chad &amp; Co</x></Dialog>`,
      event: expect.objectContaining({ name: 'ask', type: 'HTTP_REQUEST', handledBy: 'FINESSE' }),
    });
  });

  it('elsewhere: a whole URL; the body as its type needs it', () => {
    const elsewhere = {
      method: 'post',
      location: 'OTHER',
      path: 'https://crm.example/calls',
      contentType: 'application/json',
      body: `\\{"name":"\${first}"\\}`,
    };
    expect(request(elsewhere, 'say "x"')).toMatchObject({
      method: 'POST',
      location: 'OTHER',
      url: 'https://crm.example/calls',
      contentType: 'application/json',
      body: '{"name":"say \\"x\\""}',
    });
    expect(request({ ...elsewhere, method: 'GET' })).toMatchObject({ body: null, contentType: null });
    expect(request({ ...elsewhere, body: '' })).toMatchObject({ body: null, contentType: null });
  });

  it.each([
    'https://evil.example/',
    '//evil.example/',
    '/\\evil.example/',
    '/x\\..\\y',
    'finesse/api',
    '',
    '/finesse/api/../../x',
    '/finesse/api/./x',
    '/a/%2e%2e/b',
    '/a\r\nX: y',
    '/a b',
  ])('at this server %j is no path', (path) =>
    expect(request({ ...answer, path })).toMatchObject({ type: 'PROBLEM', action: 'ask' }),
  );

  it('a value does not lead elsewhere at this server', () => {
    const path = `/finesse/api/Dialog/\${first}/x`;
    expect(request({ ...answer, path }, '..')).toMatchObject({ type: 'PROBLEM' });
    expect(request({ ...answer, path }, '../User')).toMatchObject({ url: '/finesse/api/Dialog/..%2FUser/x' });
    expect(request({ ...answer, path: `/a?q=\${first}` }, '..')).toMatchObject({ url: '/a?q=..' });
  });

  it.each([
    [{ method: 'DELETE' }, 'the method DELETE is not allowed'],
    [{ method: '' }, 'it has no method'],
    [{ location: 'MARS' }, 'the location MARS is not known'],
    [
      { location: 'OTHER', path: 'ftp://x.example' },
      'the address of a request begins with https:// or http://',
    ],
    [{ body: 'x'.repeat(70_000) }, 'the body is too long'],
    [{ path: `/${'x'.repeat(9_000)}` }, 'the path is too long'],
  ])('refuses %j', (more, problem) =>
    expect(request({ ...answer, ...more })).toEqual({ type: 'PROBLEM', action: 'ask', problem }),
  );

  it('a content type brings no other header along', () => {
    expect(request({ ...answer, contentType: 'text/plain\r\nX-Evil: 1' })).toMatchObject({
      contentType: 'application/xml',
    });
  });
});

it('an action for others is published, with what its variables are worth', () => {
  const action = popAction(`https://x.example/?q=\${first}`, {
    handledBy: 'OTHER',
    actionVariables: [VARIABLES[2]!],
  });
  expect(expandAction(action, treeWith('a b'))).toEqual({
    type: 'PUBLISH',
    action: 'pop',
    event: {
      uri: '/finesse/api/WorkflowAction/1',
      name: 'pop',
      type: 'BROWSER_POP',
      handledBy: 'OTHER',
      params: [
        {
          name: 'path',
          value: `https://x.example/?q=\${first}`,
          expandedValue: 'https://x.example/?q=a%20b',
        },
        { name: 'windowName', value: 'w', expandedValue: 'w' },
      ],
      actionVariables: [{ ...VARIABLES[2], actualValue: 'a b' }],
    },
  });
});

it('a type that is not known is a problem', () => {
  expect(expandAction(popAction('/x', { type: 'PLAY_SONG' }), treeWith(''))).toMatchObject({
    problem: 'the type PLAY_SONG is not known',
  });
});

describe('variables of type SYSTEM may come as a name alone', () => {
  const system = (name: string, node = '') => nodeOf({ name, node, type: 'SYSTEM' });

  it.each([
    ['dialogId', '//Dialog/id'],
    ['fromAddress', '//Dialog/fromAddress'],
    ['extension', '//User/extension'],
    ['callVariable10', "//CallVariable[name='callVariable10']/value"],
    ['user.account[3]', "//CallVariable[name='user.account[3]']/value"],
    ['BAStatus', "//CallVariable[name='BAStatus']/value"],
    ['DNIS', '//Dialog/mediaProperties/DNIS'],
    ["x']", ''],
  ])('%s', (name, node) => expect(system(name)).toBe(node));

  it('a path of their own counts more, and others have nothing else', () => {
    expect(system('dialogId', '//Dialog/toAddress')).toBe('//Dialog/toAddress');
    expect(nodeOf({ name: 'dialogId', node: '', type: 'CUSTOM' })).toBe('');
  });

  it('they are filled in', () => {
    const actionVariables = [{ name: 'dialogId', node: '', type: 'SYSTEM', testValue: '' }];
    expect(expandAction(popAction(`/x/\${dialogId}`, { actionVariables }), treeWith(''))).toMatchObject({
      url: '/x/42',
    });
  });
});

describe('hostile call data', () => {
  const hostile = `<script>alert(1)</script>"'&\u0000\ud800😀${'x'.repeat(10_000)}`;

  it('is percent-encoded in addresses, which have a limit', () => {
    expect(pop(`https://x.example/?q=\${first}`, hostile)).toMatchObject({
      problem: 'the address is too long',
    });
    expect(pop(`https://x.example/?q=\${first}`, hostile.slice(0, 40))).toMatchObject({
      url: expect.stringMatching(/^https:\/\/x\.example\/\?q=[\w%.~!*'()-]+$/),
    });
  });

  it('is text in XML, and a string in JSON', () => {
    const ask = { method: 'PUT', location: 'FINESSE', path: '/x' };
    const xml = request({ ...ask, body: `<x>\${first}</x>` }, hostile) as { body: string };
    expect(xml.body).toMatch(
      /^<x>&lt;script&gt;alert\(1\)&lt;\/script&gt;&quot;&apos;&amp;\ufffd😀x{10000}<\/x>$/,
    );
    const json = request({ ...ask, contentType: 'application/json', body: `{"x":"\${first}"}` }, hostile) as {
      body: string;
    };
    expect(JSON.parse(json.body)).toEqual({ x: hostile });
  });
});
