import { expect, test } from 'vitest';
import { jsonText } from './json-text.ts';

test.each<[unknown, string]>([
  [{ name: 'Ada', codes: [1, null] }, '{"name":"Ada","codes":[1,null]}'],
  [{ name: 'a "b" \\' }, '{"name":"a \\"b\\" \\\\"}'],
  [{ name: '\u202enimda', to: '\u2066x' }, '{"name":"\\u202enimda","to":"\\u2066x"}'],
  [{ first: 'שלום', last: 'כהן' }, '{"first":\u2068"שלום"\u2069,"last":\u2068"כהן"\u2069}'],
])('%j', (value, text) => {
  expect(jsonText(value)).toBe(text);
});
