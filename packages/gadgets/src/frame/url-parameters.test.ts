import { expect, test } from 'vitest';
import { escapeString, unescapeString } from './escape.ts';
import { fragmentOf } from './fragment-links.ts';
import { urlParameters } from './url-parameters.ts';

test('query and fragment, decoded; what cannot be decoded stays', () => {
  const url =
    '/gadgets/ifr?mid=3&url=http%3A%2F%2Fh%2Fa.xml%3Fb%3Dc%26d&up_x=a+b&bad=%E0&empty=&flag#rpctoken=9&x=y';
  expect(urlParameters(url)).toEqual({
    mid: '3',
    url: 'http://h/a.xml?b=c&d',
    up_x: 'a b',
    bad: '%E0',
    empty: '',
    rpctoken: '9',
    x: 'y',
  });
  expect(urlParameters('?__proto__=x&a=1')).toHaveProperty('a', '1');
  expect(({} as Record<string, unknown>).x).toBeUndefined();
});

test('escaped text is read again', () => {
  const text = '<a href="\'">\n\\ & ＂';
  expect(escapeString(text)).not.toMatch(/[<>"'\\\n＂]/);
  expect(unescapeString(escapeString(text))).toBe(text);
  expect(escapeString(null)).toBe('');
});

test('links to places in the document', () => {
  expect(['#top', ' # ', '#', 'a.html#x', '', null, 'https://h/#x'].map(fragmentOf)).toEqual([
    'top',
    '',
    '',
    null,
    null,
    null,
    null,
  ]);
});
