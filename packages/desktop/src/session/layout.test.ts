import { configOf, defaultLayout, layoutFor } from '@poise/layout';
import { expect, test } from 'vitest';
import { productState, readLayoutAnswer } from './layout.ts';

const model = defaultLayout();
const answer = {
  role: 'Agent',
  source: 'team',
  version: 'v1',
  teamName: 'Sales',
  teams: [],
  header: model.header,
  layout: layoutFor(model, 'Agent'),
  properties: { ...configOf({}).properties, forceWrapUp: false },
  problems: [],
};

test('the answer of the server is what is drawn', () => {
  const state = readLayoutAnswer(JSON.parse(JSON.stringify(answer)));
  expect(state).toMatchObject({ source: 'server', properties: { forceWrapUp: false } });
  expect(state?.page).toMatchObject({ version: 'v1', tabs: [{ id: 'home' }, { id: 'myHistory' }] });
});

test.each([
  [30, 30],
  [0, null],
  ['30', null],
  [undefined, null],
])('wrap-up of %j s is %j', (told, wrapUpSeconds) => {
  expect(readLayoutAnswer({ ...answer, wrapUpSeconds: told })).toMatchObject({ wrapUpSeconds });
});

test('properties that an older server does not know have their defaults', () => {
  const { forceWrapUp: _, ...fewer } = answer.properties;
  expect(readLayoutAnswer({ ...answer, properties: fewer })?.properties.forceWrapUp).toBe(true);
});

test.each([
  null,
  'text',
  {},
  { ...answer, layout: null },
  { ...answer, layout: { ...answer.layout, tabs: [] } },
  { ...answer, header: {} },
  { ...answer, version: 7 },
])('an answer that cannot be drawn is none: %j', (garbage) => {
  expect(readLayoutAnswer(garbage)).toBeNull();
});

test('without it there is the product’s own layout of the role', () => {
  const names = (roles: readonly string[]) =>
    productState({ roles, teamName: '' })
      .page.tabs[0]?.columns.flat()
      .map(({ id }) => id);
  expect(names(['Agent'])).not.toContain('team-performance');
  expect(names(['Agent', 'Supervisor'])).toContain('team-performance');
});
