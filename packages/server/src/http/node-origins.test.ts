import { expect, test } from 'vitest';
import { nodeOrigins } from './node-origins.ts';

const pair = {
  hosts: ['Desk-A.example', '192.0.2.7'],
  http: 8082,
  https: 443,
  clearAllowed: false,
};

test('a node alone has no other to speak to', () => {
  expect(nodeOrigins({ ...pair, hosts: ['desk-a.example', '', 'Desk-A.example'] })).toEqual([]);
});

test.each<[string, Partial<typeof pair>, string[]]>([
  ['over TLS, in the form that browsers write', {}, ['https://desk-a.example', 'https://192.0.2.7']],
  [
    'in clear, too, where clear ports are open to others',
    { https: 8445, clearAllowed: true },
    [
      'https://desk-a.example:8445',
      'http://desk-a.example:8082',
      'https://192.0.2.7:8445',
      'http://192.0.2.7:8082',
    ],
  ],
  [
    'in clear on one machine',
    { hosts: ['127.0.0.1', '::1'], https: null as never },
    ['http://127.0.0.1:8082', 'http://[::1]:8082'],
  ],
  [
    'and more, each once',
    { hosts: ['a.example', 'b.example', 'c.example', 'B.example'] },
    ['https://a.example', 'https://b.example', 'https://c.example'],
  ],
])('nodes: %s', (_title, more, origins) => {
  expect(nodeOrigins({ ...pair, ...more })).toEqual(origins);
});
