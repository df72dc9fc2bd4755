import { expect, test } from 'vitest';
import { requestNote } from './own-requests.ts';

const entry = (name: string, initiatorType: string, more = {}) => ({
  name,
  initiatorType,
  duration: 12.4,
  responseStatus: 404,
  ...more,
});

test('requests of scripts are told, with what made them', () => {
  const url = 'https://poise.test/finesse/api/User/1';
  expect(requestNote(entry(url, 'xmlhttprequest'))).toEqual({
    kind: 'request',
    method: 'XMLHttpRequest',
    url,
    status: 404,
    ms: 12,
  });
  // Not every browser knows the status.
  expect(requestNote(entry(url, 'fetch', { responseStatus: undefined }))).toMatchObject({
    method: 'fetch',
    status: 0,
  });
});

test.each([
  ['https://poise.test/a.png', 'img'],
  ['https://poise.test/a.js', 'script'],
  ['https://poise.test/gadgets/makeRequest?url=x', 'xmlhttprequest'],
  ['https://poise.test/gadgets/changes', 'fetch'],
  ['https://poise.test/x', 'constructor'],
  ['', 'fetch'],
])('%s by %s is none of these', (name, maker) => expect(requestNote(entry(name, maker))).toBeNull());
