import { DEFAULT_LAYOUT } from '@poise/layout';
import { escapeText, parse } from '@poise/xml';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TestCentre } from '../../../test/centre/test-centre.ts';

let centre: TestCentre;
beforeEach(async () => {
  centre = await TestCentre.open();
});
afterEach(() => centre.close());

const DEFAULT = 'LayoutConfig/default';
const TEAM = 'Team/5000/LayoutConfig';
const OTHER = DEFAULT_LAYOUT.replace('1262.01', '1300.0');
const config = (xml: string) => `<LayoutConfig><layoutxml>${escapeText(xml)}</layoutxml></LayoutConfig>`;
const ofTeam = (xml: string | null, useDefault?: string) =>
  `<TeamLayoutConfig>${xml === null ? '' : `<layoutxml>${escapeText(xml)}</layoutxml>`}${useDefault === undefined ? '' : `<useDefault>${useDefault}</useDefault>`}</TeamLayoutConfig>`;
const get = async (path: string) => {
  const answer = await centre.call('admin', 'GET', path);
  expect(answer.statusCode).toBe(200);
  return parse(answer.body, { declaration: 'allow' });
};
const put = (path: string, body: string) => centre.call('admin', 'PUT', path, body);
const errorsOf = (body: string) =>
  parse(body)
    .elements('ApiError')
    .map((error) => ['ErrorType', 'ErrorData', 'ErrorMessage'].map((name) => error.child(name)?.text));

describe('LayoutConfig/default', () => {
  it('is the layout of the product until another one is saved', async () => {
    const before = await get(DEFAULT);
    expect([before.name, before.child('uri')?.text]).toEqual([
      'LayoutConfig',
      '/finesse/api/LayoutConfig/default',
    ]);
    expect(before.child('layoutxml')?.text).toBe(DEFAULT_LAYOUT);
    const answer = await put(DEFAULT, config(OTHER));
    expect([answer.statusCode, answer.body]).toEqual([200, '']);
    expect((await get(DEFAULT)).child('layoutxml')?.text).toBe(OTHER.trim());
    expect(centre.told).toContainEqual(
      expect.objectContaining({
        kind: 'operator',
        text: 'The default desktop layout was changed.',
        detail: { by: 'admin' },
      }),
    );
  });

  // COMPAT: scripts that give teams a component unescape the whole answer and read it as one document, which a
  // declaration in its midst forbids. Captures of the original (12.0, 12.5) have none in front of the layout.
  it('is one document with its answer when the references are resolved', async () => {
    for (const path of [DEFAULT, TEAM]) {
      const { body } = await centre.call('admin', 'GET', path);
      const whole = body
        .replaceAll('&lt;', '<')
        .replaceAll('&gt;', '>')
        .replaceAll('&quot;', '"')
        .replaceAll('&apos;', "'")
        .replaceAll('&amp;', '&');
      const layout = parse(whole, { declaration: 'allow', comments: 'skip' })
        .child('layoutxml')
        ?.child('finesseLayout');
      expect(layout?.elements('layout').map((one) => one.child('role')?.text)).toEqual([
        'Agent',
        'Supervisor',
      ]);
    }
  });

  it('takes a layout that is longer than other bodies may be', async () => {
    const long = OTHER.replace('<configs>', `<!--${'x'.repeat(100_000)}--><configs>`);
    expect((await put(DEFAULT, config(long))).statusCode).toBe(200);
  });

  it('refuses a layout that breaks the schema, each error with line and element, and keeps the one before', async () => {
    const bad = OTHER.replace('<role>Agent</role>', '<role>Boss</role>').replace(
      '/desktop/scripts/js/queueStatistics.js',
      'javascript:x',
    );
    const answer = await put(DEFAULT, config(bad));
    expect(answer.statusCode).toBe(400);
    expect(errorsOf(answer.body)).toEqual([
      [
        'Invalid Input',
        'Line 44, column 5, finesseLayout/layout[1]/role: role must be Agent, Supervisor or Admin, not "Boss".',
        'layoutxml',
      ],
      [
        'Invalid Input',
        'Line 56, column 15, finesseLayout/layout[1]/tabs/tab[1]/columns/column/gadgets/gadget: The address "javascript:x" must be relative, or begin with http: or https:.',
        'layoutxml',
      ],
    ]);
    expect((await get(DEFAULT)).child('layoutxml')?.text).toBe(DEFAULT_LAYOUT);
  });

  it.each([
    [
      'a layout that is no XML',
      config('<finesseLayout>'),
      'Invalid Input',
      'Line 1, column 15: The layout cannot be read as XML: element finesseLayout of line 1 is not closed.',
    ],
    ['a body that is no XML', '<LayoutConfig>', 'Bad Request', ''],
    ['no layout', '<LayoutConfig/>', 'Parameter Missing', 'layoutxml'],
    ['another root', ofTeam(OTHER), 'Bad Request', 'TeamLayoutConfig'],
  ])('refuses %s', async (_what, body, type, data) => {
    const answer = await put(DEFAULT, body);
    expect([answer.statusCode, ...(errorsOf(answer.body)[0] ?? []).slice(0, 2)]).toEqual([400, type, data]);
  });

  it.each(['2001', '2050'])('is not for %s', async (user) => {
    expect((await centre.call(user, 'GET', DEFAULT)).statusCode).toBe(401);
    expect((await centre.call(user, 'PUT', DEFAULT, config(OTHER))).statusCode).toBe(401);
  });
});

describe('Team/{id}/LayoutConfig', () => {
  const state = async () => {
    const root = await get(TEAM);
    return [root.name, root.child('layoutxml')?.text, root.child('useDefault')?.text];
  };

  it('is the default until the team has its own, and can go back and forth without losing it', async () => {
    expect(await state()).toEqual(['TeamLayoutConfig', DEFAULT_LAYOUT, 'true']);
    expect((await put(TEAM, ofTeam(OTHER, 'false'))).statusCode).toBe(200);
    expect(await state()).toEqual(['TeamLayoutConfig', OTHER.trim(), 'false']);
    // With useDefault the layout beside it is not even looked at.
    expect((await put(TEAM, ofTeam('nonsense', 'true'))).statusCode).toBe(200);
    expect(await state()).toEqual(['TeamLayoutConfig', DEFAULT_LAYOUT, 'true']);
    expect((await put(TEAM, ofTeam(null, 'false'))).statusCode).toBe(200);
    expect(await state()).toEqual(['TeamLayoutConfig', OTHER.trim(), 'false']);
    const other = await get('Team/5001/LayoutConfig');
    expect(other.child('useDefault')?.text).toBe('true');
  });

  it.each([
    [
      'a layout that breaks the schema',
      ofTeam('<a/>', 'false'),
      'Invalid Input',
      'Line 1, column 1, a: The root element must be finesseLayout, not "a".',
    ],
    ['no layout where there was none', ofTeam(null, 'false'), 'Parameter Missing', 'layoutxml'],
    ['nothing at all', ofTeam(null), 'Parameter Missing', 'layoutxml'],
    ['a word that is none', ofTeam(OTHER, 'maybe'), 'Invalid Input', 'useDefault'],
  ])('refuses %s', async (_what, body, type, data) => {
    const answer = await put(TEAM, body);
    expect([answer.statusCode, ...(errorsOf(answer.body)[0] ?? []).slice(0, 2)]).toEqual([400, type, data]);
  });

  it.each(['574', 'x'])('says that there is no team %s', async (id) => {
    for (const answer of [
      await centre.call('admin', 'GET', `Team/${id}/LayoutConfig`),
      await put(`Team/${id}/LayoutConfig`, ofTeam(OTHER)),
    ]) {
      expect([answer.statusCode, ...(errorsOf(answer.body)[0] ?? []).slice(0, 2)]).toEqual([
        404,
        'finesse.api.team.team_assignment_invalid_team',
        id,
      ]);
    }
  });

  it('is not for supervisors', async () => {
    expect((await centre.call('2050', 'GET', TEAM)).statusCode).toBe(401);
  });
});
