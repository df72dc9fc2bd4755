import { expect, test } from 'vitest';
import { expandPlaceholders, refuseUrl } from './index.ts';

test.each([
  '/desktop/scripts/js/callcontrol.js',
  '3rdpartygadget/files/a.xml?time=12:30&x=|',
  'https://reports.example.com:8444/cuicui/gadget/LiveData/LiveDataGadget.xml?filterId_1=agent.id=CL%20teamName',
  'HTTP://example.com/a',
  '/redirect?to=javascript:x',
])('%s can be used', (url) => {
  expect(refuseUrl(url)).toBeNull();
});

test.each([
  ['', 'is empty'],
  ['javascript:alert(1)', 'must be relative, or begin with http: or https:'],
  ['JavaScript:alert(1)', 'must be relative, or begin with http: or https:'],
  ['data:text/html,x', 'must be relative, or begin with http: or https:'],
  ['ftp://example.com/', 'must be relative, or begin with http: or https:'],
  ['java\tscript:alert(1)', 'contains white space or control characters'],
  ['\u0001javascript:alert(1)', 'contains white space or control characters'],
  ['/a b', 'contains white space or control characters'],
  ['/\u202Ea', 'contains white space or control characters'],
  ['//example.com/a', 'must begin with http: or https: when it names a host'],
  ['/\\example.com/a', 'contains a backslash'],
  ['https:a', 'is not a complete address'],
  ['https://[1/', 'is not a complete address'],
  ['https://me:secret@example.com/', 'must not contain a user name'],
  [`/${'a'.repeat(4096)}`, 'is longer than 4096 characters'],
])('%j cannot: it %s', (url, why) => {
  expect(refuseUrl(url)).toBe(why);
});

test('placeholders are filled, encoded; the rest stays byte for byte', () => {
  const values = { teamName: 'Sales & Co/1', teams: ['A B', 'C,D'], agentId: '20 01' };
  const fill = (url: string, more = {}) => expandPlaceholders(url, { ...values, ...more });
  expect(fill('/x?a=CL%20teamName&b=%7e;c=CL%20~teams~')).toBe(
    '/x?a=CL%20Sales%20%26%20Co%2F1&b=%7e;c=CL%20A%20B,C%2CD',
  );
  expect(fill('/x?id=AgentEvent:Id&y')).toBe('/x?id=20%2001&y');
  expect(fill('/x?id=AgentEvent:Id', { agentId: undefined })).toBe('/x?id=AgentEvent:Id');
  expect(fill('/x?teamName=1&a=CL%20teamNames&b=AgentEvent:Ids')).toBe(
    '/x?teamName=1&a=CL%20teamNames&b=AgentEvent:Ids',
  );
  expect(fill('/x?a=CL%20teamName', { teamName: '$&' })).toBe('/x?a=CL%20%24%26');
});
