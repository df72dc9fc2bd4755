import { expect, test } from 'vitest';
import { exposition } from './prometheus.ts';

test('families have HELP and TYPE, values stand as they are, and what has no value is left out', () => {
  expect(
    exposition([
      { name: 'a_total', type: 'counter', help: 'Things.', samples: [{ value: 3 }] },
      { name: 'none', type: 'gauge', help: 'Nothing.', samples: [] },
      {
        name: 'b',
        type: 'gauge',
        help: 'A \\ and\na line.',
        samples: [
          { labels: { part: 'x', side: 'A' }, value: 0.5 },
          { labels: { part: 'a "b" \\ \n' }, value: Number.NaN },
          { value: Number.POSITIVE_INFINITY },
        ],
      },
    ]),
  ).toBe(
    [
      '# HELP a_total Things.',
      '# TYPE a_total counter',
      'a_total 3',
      '# HELP b A \\\\ and\\na line.',
      '# TYPE b gauge',
      'b{part="x",side="A"} 0.5',
      'b{part="a \\"b\\" \\\\ \\n"} NaN',
      'b +Inf',
      '',
    ].join('\n'),
  );
});
