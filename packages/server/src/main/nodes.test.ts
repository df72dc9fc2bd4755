/** Which other node clients are told of. */
import { expect, test } from 'vitest';
import type { Member, Members } from '../cluster/index.ts';
import { settingsOf } from '../settings/settings.ts';
import { nodesOf } from './nodes.ts';

test('a node that is cut off from the others names one that lives by the database, and tells its clients when that is another one', () => {
  const member = (name: string) =>
    ({ name, host: `${name}.example`, inService: true, inMaintenance: false }) as Member;
  const settings = settingsOf({
    domain: 'c.example',
    'node.name': 'c',
    'node.primary': 'a.example',
    'node.secondary': 'b.example',
    'node.others': 'c.example',
  });
  const members = { isCurrent: true, living: () => [member('a'), member('b')], onChange: () => () => {} };
  const silent = new Set<string>();
  let tell = () => {};
  const nodes = nodesOf(settings, members as unknown as Members);
  nodes.followSigns({
    hasFallenSilent: (name) => silent.has(name),
    onSilent: (listener) => {
      tell = listener;
      return () => {};
    },
  });
  let told = 0;
  nodes.onPair(() => told++);
  const other = () => nodes.pair().primary;
  silent.add('a');
  tell();
  // Whoever is heard lives.
  expect([other(), told]).toEqual(['a.example', 0]);
  members.isCurrent = false;
  tell();
  expect([other(), told]).toEqual(['b.example', 1]);
  silent.add('b');
  tell();
  // Nothing better is known than the settings.
  expect([other(), told]).toEqual(['a.example', 2]);
});
