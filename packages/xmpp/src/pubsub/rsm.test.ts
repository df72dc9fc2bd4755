import { element, parse } from '@poise/xml';
import { expect, test } from 'vitest';
import { NS } from '../namespaces.ts';
import { pageOf } from './rsm.ts';

const LIST = ['a', 'b', 'c', 'd', 'e'];
const set = (inner: string) => parse(`<set xmlns='${NS.rsm}'>${inner}</set>`);

test.each([
  ['<max>2</max>', 'ab', 0],
  ['<max>2</max><after>b</after>', 'cd', 2],
  ['<max>2</max><before>d</before>', 'bc', 1],
  ['<max>2</max><before/>', 'de', 3],
  ['<max>2</max><index>4</index>', 'e', 4],
  ['<max>9</max><after>e</after>', '', 5],
  ['<max>0</max>', '', 0],
  ['<max>x</max>', 'abcde', 0],
])('%s of five is "%s"', (request, entries, index) => {
  const page = pageOf(LIST, set(request));
  expect(page?.entries.join('')).toBe(entries);
  const bounds =
    entries === '' ? '' : `<first index="${index}">${entries[0]}</first><last>${entries.at(-1)}</last>`;
  expect(page?.xml).toBe(`<set xmlns="${NS.rsm}">${bounds}<count>5</count></set>`);
});

test('without a request there is all and no set; an unknown entry is not found', () => {
  expect(pageOf(LIST, undefined)).toEqual({ entries: LIST, xml: '' });
  expect(pageOf(LIST, element('set', NS.rsm, {}, [element('after', NS.rsm, {}, ['z'])]))).toBeNull();
  expect(pageOf(LIST, element('set', NS.rsm, {}, [element('before', NS.rsm, {}, ['z'])]))).toBeNull();
});
