import type { MediaPropertiesLayout, MediaPropertyEntry } from '@poise/client';
import { describe, expect, it } from 'vitest';
import { dialog, OWN, part } from '../../test/dialogs.ts';
import {
  edited,
  isEmpty,
  layoutOf,
  mayEdit,
  popOverVariables,
  reconciled,
  refusalOf,
  shownVariables,
} from './variables.ts';

const entry = (mediaProperty: string, more: Partial<MediaPropertyEntry> = {}): MediaPropertyEntry => ({
  displayName: '',
  mediaProperty,
  showInPopOver: false,
  uiEditable: false,
  ...more,
});
const layout = (name: string, more: Partial<MediaPropertiesLayout> = {}): MediaPropertiesLayout => ({
  uri: '',
  id: name,
  name,
  description: '',
  type: 'CUSTOM',
  header: null,
  columns: [],
  ...more,
});
const withVariables = (variables: Readonly<Record<string, string>>) =>
  dialog('1', [], {
    callVariables: Object.entries(variables).map(([name, value]) => ({ name, value })),
    mediaProperties: { queueName: 'Sales' },
    wrapUpReason: 'Sale',
  });

describe('the layout of a call', () => {
  const layouts = [layout('Gold'), layout('Standard', { type: 'DEFAULT' }), layout('Silver')];

  it.each([
    [{ 'user.Layout': 'Gold' }, 'Gold'],
    [{ 'user.Layout': 'Gold', 'user.layout': 'Silver' }, 'Silver'],
    [{ 'user.layout': ' ', 'user.Layout': 'Gold' }, 'Gold'],
    [{ 'user.layout': 'Bronze' }, 'Standard'],
    [{}, 'Standard'],
  ])('%j leads to %s', (variables, name) => {
    expect(layoutOf(withVariables(variables), layouts)?.name).toBe(name);
  });

  it('is the one that a server with a single one has, whatever its type', () => {
    expect(layoutOf(withVariables({}), [layout('')])?.name).toBe('');
  });
});

describe('what is shown', () => {
  it('is header and columns of the layout, with values of the call, empty ones too', () => {
    const shown = shownVariables(withVariables({ callVariable1: 'Ada', BAStatus: 'x' }), [
      layout('', {
        header: entry('callVariable1', { displayName: 'Name' }),
        columns: [
          [entry('queueName', { uiEditable: true }), entry('wrapUpReason')],
          [entry('callVariable2', { uiEditable: true }), entry('BAStatus', { uiEditable: true })],
        ],
      }),
    ]);
    expect(shown.header).toMatchObject({ label: 'Name', value: 'Ada' });
    expect(shown.columns.map((column) => column.map(({ value }) => value))).toEqual([
      ['Sales', 'Sale'],
      ['', 'x'],
    ]);
    // A layout can mark what cannot be changed.
    expect(shown.columns.flat().filter(({ isEditable }) => isEditable)).toMatchObject([
      { property: 'callVariable2' },
    ]);
  });

  it('is everything that has a value where the server has no layout', () => {
    const { header, columns } = shownVariables(
      withVariables({ callVariable1: '', callVariable2: 'b', callVariable3: 'c', 'user.x': 'd' }),
      [],
    );
    expect(header).toBeNull();
    expect(columns.map((column) => column.map(({ property }) => property))).toEqual([
      ['callVariable2', 'callVariable3'],
      ['user.x'],
    ]);
  });
});

describe('the pop-over', () => {
  const rows = (columns: readonly (readonly MediaPropertyEntry[])[]) =>
    popOverVariables(shownVariables(withVariables({}), [layout('', { columns })])).map(
      ({ property }) => property,
    );
  const marked = { showInPopOver: true };

  it('has the rows that are marked, five at most', () => {
    expect(rows([[entry('a'), entry('b', marked)], [entry('c', marked)]])).toEqual(['b', 'c']);
    expect(rows([['1', '2', '3', '4', '5', '6'].map((name) => entry(name, marked))])).toHaveLength(5);
  });

  it('has the first two of the left column where none is marked, else of the right', () => {
    expect(rows([[entry('a'), entry('b'), entry('c')], [entry('d')]])).toEqual(['a', 'b']);
    expect(rows([[], [entry('d')]])).toEqual(['d']);
    expect(rows([])).toEqual([]);
  });
});

it('variables can be changed while talking and in wrap-up, if the server allows it', () => {
  const may = (state: string, actions: readonly string[]) =>
    mayEdit(dialog('1', [part(OWN, state, actions)]), OWN);
  expect(may('ACTIVE', ['UPDATE_CALL_DATA'])).toBe(true);
  expect(may('WRAP_UP', ['UPDATE_CALL_DATA'])).toBe(true);
  expect(may('HELD', ['UPDATE_CALL_DATA'])).toBe(false);
  expect(may('ACTIVE', ['HOLD'])).toBe(false);
});

describe('changes that are not saved', () => {
  const edits = edited({}, 'callVariable1', 'old', 'mine');

  it('stay while the call is the same, and are none when the old text is back', () => {
    expect(reconciled(edits, () => 'old')).toEqual({ edits, overwritten: [] });
    expect(edited(edits, 'callVariable1', 'old', 'old')).toEqual({});
  });

  it('are over once they are saved', () => {
    expect(reconciled(edits, () => 'mine')).toEqual({ edits: {}, overwritten: [] });
  });

  it('give way to what others saved meanwhile, which is told; the rest stays', () => {
    const two = edited(edits, 'callVariable2', 'b', 'c');
    const now = (property: string) => (property === 'callVariable1' ? 'theirs' : 'b');
    expect(reconciled(two, now)).toEqual({
      edits: { callVariable2: { base: 'b', text: 'c' } },
      overwritten: ['callVariable1'],
    });
  });
});

it('a value is as long as the server takes it, in bytes', () => {
  expect(refusalOf('callVariable1', 'é'.repeat(20))).toBeNull();
  expect(refusalOf('callVariable1', 'é'.repeat(21))).not.toBeNull();
  expect(refusalOf('user.x', 'a'.repeat(210))).toBeNull();
  expect(refusalOf('user.x', 'a'.repeat(211))).not.toBeNull();
});

it('what has no value is empty, unless the agent may fill it in', () => {
  const shown = { property: 'callVariable4', label: '', value: '', isEditable: false, isInPopOver: false };
  expect(isEmpty(shown)).toBe(true);
  expect(isEmpty({ ...shown, value: ' ' })).toBe(false);
  expect(isEmpty({ ...shown, isEditable: true })).toBe(false);
});
